"""Files that must not be read: each is refused with its file, column, reason and what to download instead."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ORDER, SHOP, order, write_csv, write_xlsx  # type: ignore[import-not-found]

Read = Callable[..., Any]


def refused(read: Read, path: Path, status: str = "refused") -> Any:
    report, store = read(path)
    entry = report.entries[0]
    assert entry.status == status and entry.todo["zh"] and entry.todo["en"]
    assert store.tables(SHOP) == [] and store.files(SHOP)["status"].tolist() == [status]
    return entry.reason


def without(*names: str) -> tuple[list[str], list[list[str]]]:
    places = [at for at, name in enumerate(ORDER) if name not in names]
    return [ORDER[at] for at in places], [[order("0001")[at] for at in places]]


def test_a_missing_column_is_named(raw: Path, read: Read) -> None:
    headers, rows = without("订单应付金额")
    reason = refused(read, write_csv(raw / "a.csv", headers, rows))
    assert "订单应付金额" in reason["zh"] and "订单应付金额" in reason["en"] and "订单导出" in reason["zh"]


def test_a_stranger_is_unknown_and_the_nearest_kind_is_named(raw: Path, read: Read) -> None:
    path = write_csv(raw / "a.csv", ["商品ID", "日期", "心情"], [["1", "2026-10-01", "好"]])
    reason = refused(read, path, "unknown")
    assert "库存" in reason["zh"] or "可售库存" in reason["zh"]


def test_a_file_without_any_known_header_says_so(raw: Path, read: Read) -> None:
    reason = refused(read, write_csv(raw / "a.csv", ["colour", "mood"], [["red", "fine"]]), "unknown")
    assert "none of its headers" in reason["en"]


@pytest.mark.parametrize("content", [b"", b"\n\n"])
def test_an_empty_file_is_unknown(raw: Path, read: Read, content: bytes) -> None:
    path = raw / "a.csv"
    path.write_bytes(content)
    refused(read, path, "unknown")


def test_ids_in_scientific_notation_are_damaged(raw: Path, read: Read) -> None:
    reason = refused(read, write_csv(raw / "a.csv", ORDER, [order("0001", 子订单编号="6.92E+18")]))
    assert "子订单编号" in reason["zh"] and "6.92E+18" in reason["en"]


def test_ids_that_a_spreadsheet_holds_as_numbers_are_damaged(raw: Path, read: Read) -> None:
    row: list[Any] = order("0001")
    row[0] = row[1] = 6920000000001013001
    reason = refused(read, write_xlsx(raw / "a.xlsx", {"Sheet1": [ORDER, row]}))
    assert "编号" in reason["zh"]


def test_ids_cut_to_fifteen_digits_are_damaged_but_a_few_round_ones_are_not(raw: Path, read: Read) -> None:
    many = [
        order("0001", 子订单编号=f"69200000000{at:04}0000" if at < 3 else f"69200000000{at:04}1234") for at in range(40)
    ]
    assert "0000" in refused(read, write_csv(raw / "a.csv", ORDER, many))["zh"]
    few = [
        order("0001", 子订单编号=f"69200000000{at:04}0000" if at < 1 else f"69200000000{at:04}1234") for at in range(40)
    ]
    assert read(write_csv(raw / "a.csv", ORDER, few))[0].entries[0].status == "read"


def test_a_report_per_order_is_refused(raw: Path, read: Read) -> None:
    joined = "6920000000001000001;6920000000001000002"
    reason = refused(read, write_csv(raw / "a.csv", ORDER, [order("0001", 子订单编号=joined)]))
    assert "订单维度" in reason["zh"] and "per order" in reason["en"]


def test_an_amount_that_cannot_be_read_refuses_the_file_and_shows_ten_cells(raw: Path, read: Read) -> None:
    rows = [order(f"{at:04}", amount=f"约{at}" if at else "1.00") for at in range(13)]
    reason = refused(read, write_csv(raw / "a.csv", ORDER, rows))
    assert "订单应付金额" in reason["en"] and "row 3 '＊1'" in reason["en"] and "2 more" in reason["en"]


def test_a_time_that_cannot_be_read_refuses_the_file(raw: Path, read: Read) -> None:
    reason = refused(read, write_csv(raw / "a.csv", ORDER, [order("0001", paid="10/3/2026 8:00")]))
    assert "支付完成时间" in reason["en"]


def test_an_empty_key_refuses_the_file(raw: Path, read: Read) -> None:
    reason = refused(read, write_csv(raw / "a.csv", ORDER, [order("0001", 子订单编号="-")]))
    assert "子订单编号" in reason["zh"] and "2" in reason["zh"]


def test_other_cells_that_cannot_be_read_are_left_empty_and_told(raw: Path, read: Read) -> None:
    report, store = read(write_csv(raw / "a.csv", ORDER, [order("0001", 商品数量="许多", 承诺发货时间="尽快")]))
    entry = report.entries[0]
    assert entry.status == "read" and len(entry.problems) == 2 and "row 2 '＊'" in entry.problems[0]["en"]
    assert store.frame("orders", SHOP)["quantity"].isna().all()


def test_an_unknown_state_is_left_empty_and_shown_once_many_rows_have_it(raw: Path, read: Read) -> None:
    rows = [order(f"000{at}", 订单状态="新状态" if at < 5 else "张三") for at in range(6)]
    report, store = read(write_csv(raw / "a.csv", ORDER, rows))
    problem = report.entries[0].problems[0]["zh"]
    assert "新状态" in problem and "张三" not in problem and store.frame("orders", SHOP)["status"].isna().all()


def test_a_workbook_that_does_not_open_is_refused(raw: Path, read: Read) -> None:
    path = raw / "a.xlsx"
    path.write_bytes(b"PK\x03\x04 broken")
    assert "opened" in refused(read, path)["en"]


def test_text_in_no_known_encoding_is_refused(raw: Path, read: Read) -> None:
    path = raw / "a.csv"
    path.write_bytes(b"\xff\x81,\x80\xff\n1,2")
    assert "GB18030" in refused(read, path)["en"]


def test_a_period_total_without_any_date_is_refused(raw: Path, read: Read) -> None:
    headers = ["视频ID", "视频标题", "发布时间", "视频观看次数"]
    reason = refused(read, write_xlsx(raw / "视频详情.xlsx", {"s": [headers, ["v1", "t", "2026-10-01 08:00:00", 5]]}))
    assert "period" in reason["en"]


def test_the_fault_of_one_file_stops_no_other(raw: Path, read: Read) -> None:
    bad = write_csv(raw / "bad.csv", ORDER, [order("0001", amount="x")])
    good = write_csv(raw / "good.csv", ORDER, [order("0002")])
    gone, picture = raw / "gone.csv", raw / "a.jpg"
    picture.write_bytes(b"x")
    report, store = read(bad, gone, picture, good)
    assert [entry.status for entry in report.entries] == ["refused", "refused", "ignored", "read"]
    assert len(store.frame("orders", SHOP)) == 1


def test_a_corrected_file_of_the_same_name_clears_the_refusal(raw: Path, read: Read) -> None:
    refused(read, write_csv(raw / "a.csv", ORDER, [order("0001", amount="x")]))
    _, store = read(write_csv(raw / "a.csv", ORDER, [order("0001")]))
    assert store.files(SHOP)["status"].tolist() == ["read"]


def test_a_row_of_blanks_is_dropped_by_name(raw: Path, read: Read) -> None:
    path = write_csv(raw / "a.csv", ORDER, [order("0001"), ["-"] * len(ORDER)])
    entry = read(path)[0].entries[0]
    assert (entry.rows_in, entry.kept, entry.dropped) == (2, 1, {"blank_row": 1})
