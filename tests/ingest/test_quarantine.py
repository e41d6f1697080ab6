"""Rows that cannot be trusted wait for a correction, come back corrected, and are counted all the way."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import ORDER, SHOP, order, write_csv, write_xlsx  # type: ignore[import-not-found]
from python_calamine import CalamineWorkbook

from helpers import paths
from helpers.errors import XiaodianError
from helpers.ingest import feedback, ingest, summary_lines
from helpers.ingest.reading import Reading
from helpers.ingest.report import Entry
from helpers.ingest.writing import balance
from helpers.store import Store

FIRST, LATER = "1793500000_a.csv", "1793600000_b.csv"  # 2026-11-01 and 2026-11-02 in Beijing
Read = Callable[..., Any]


def balanced(entry: Any) -> bool:
    return bool(entry.rows_in == entry.kept + entry.replaced + entry.quarantined + sum(entry.dropped.values()))


def written(name: str = "更正-1793500000_a.xlsx") -> list[list[str]]:
    """The cells of a workbook of rows to correct."""
    feedback.lines(SHOP, "zh")
    return CalamineWorkbook.from_path(paths.quarantine(SHOP) / name).get_sheet_by_index(0).to_python()


def corrected(path: Path, cells: list[list[str]], changes: dict[str, str], row: int = 1) -> Path:
    """The workbook with other cells in one row, saved as a person would."""
    for header, value in changes.items():
        cells[row][cells[0].index(header)] = value
    return write_xlsx(path, {"Sheet1": cells})


# setting aside -------------------------------------------------------------------------------------------------------


def test_a_faulty_row_waits_and_the_others_are_stored(raw: Path, read: Read) -> None:
    rows = [order("0001"), order("0002", amount="八十九"), order("0003", paid="尽快")]
    report, store = read(write_csv(raw / FIRST, ORDER, [*rows, order("0004"), order("0005")]))
    entry = report.entries[0]
    assert (entry.rows_in, entry.kept, entry.quarantined, entry.status) == (5, 3, 2, "read") and balanced(entry)
    assert store.frame("orders", SHOP)["line_id"].str[-4:].tolist() == ["0001", "0004", "0005"]
    waiting = store.quarantine(SHOP)
    columns = ["file", "kind", "row", "column", "value", "reason"]
    assert waiting[columns].values.tolist() == [
        [FIRST, "ORD", 3, "订单应付金额", "＊", "unreadable"],
        [FIRST, "ORD", 4, "支付完成时间", "＊", "unreadable"],
    ]
    assert waiting["snapshot"].tolist() == [pd.Timestamp("2026-11-01 10:26:40")] * 2
    assert store.files(SHOP)["quarantined"].tolist() == [2]
    cells = json.loads(waiting["cells"][0])
    assert cells["选购商品"] == "纸尿裤 M" and cells["省"] == "广东省" and cells["订单状态"] == "已完成"
    assert not {"收件人", "收件人手机号", "详细地址", "买家留言"} & set(cells)


def test_a_repeated_import_lists_a_row_once(raw: Path, read: Read) -> None:
    path = write_csv(raw / FIRST, ORDER, [order("0001"), order("0002", amount="x")])
    read(path)
    report, store = read(
        path, write_csv(raw / "1793500000_a (1).csv", ORDER, [order("0001"), order("0002", amount="x")])
    )
    assert [entry.status for entry in report.entries] == ["same", "same"] and len(store.quarantine(SHOP)) == 1


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"订单应付金额": "99999999999999999"}, "订单应付金额", "too_large"),
        ({"子订单编号": "-"}, "子订单编号", "empty_key"),
        ({"订单提交时间": "2062-10-03 09:59:00", "支付完成时间": "-"}, "订单提交时间", "future"),
        ({"订单提交时间": "2001-10-03 09:59:00", "支付完成时间": "-"}, "订单提交时间", "early"),
        ({"支付完成时间": "2026-10-01 09:59:00"}, "支付完成时间", "paid_before_ordered"),
        ({"订单应付金额": "-89.00"}, "订单应付金额", "negative_amount"),
    ],
)
def test_the_reason_is_named(raw: Path, read: Read, cells: dict[str, str], column: str, reason: str) -> None:
    _, store = read(write_csv(raw / FIRST, ORDER, [order("0001"), order("0002", **cells), order("0003")]))
    assert store.quarantine(SHOP)[["row", "column", "reason"]].values.tolist() == [[3, column, reason]]


def test_a_row_with_more_cells_than_the_header_is_shifted_and_keeps_nothing(raw: Path, read: Read) -> None:
    longer = order("0002")
    longer.insert(5, "张三丰")
    report, store = read(write_csv(raw / FIRST, ORDER, [order("0001"), longer, order("0003")]))
    assert store.quarantine(SHOP)[["row", "reason", "cells"]].values.tolist() == [[3, "shifted", "{}"]]
    assert balanced(report.entries[0]) and len(store.frame("orders", SHOP)) == 2


def test_a_typing_error_does_not_become_the_moment_of_export(raw: Path, read: Read) -> None:
    rows = [order("0001"), order("0002", paid="2062-10-04 08:00:00"), order("0003", paid="2026-10-05 08:00:00")]
    report, store = read(write_csv(raw / "订单.csv", ORDER, rows))
    assert report.entries[0].snapshot == datetime(2026, 10, 5, 8)
    assert store.quarantine(SHOP)["reason"].tolist() == ["future"]


def test_of_a_name_that_lies_behind_most_rows_the_rows_are_believed(raw: Path, read: Read) -> None:
    report, store = read(write_csv(raw / "1790000000_a.csv", ORDER, [order("0001"), order("0002")]))  # 2026-09-21
    entry = report.entries[0]
    assert entry.snapshot == datetime(2026, 10, 3, 10) and len(store.frame("orders", SHOP)) == 2
    assert "2026-09-21" in entry.problems[0]["en"] and "2026-10-03 10:00" in entry.problems[0]["en"]


def test_the_same_key_with_other_amounts_in_one_file_is_told(raw: Path, read: Read) -> None:
    rows = [order("0001"), order("0002"), order("0001", amount="90.00"), order("0002")]
    report, store = read(write_csv(raw / FIRST, ORDER, rows))
    entry = report.entries[0]
    assert (entry.kept, entry.replaced) == (2, 2) and len(entry.problems) == 1
    assert "row 2" in entry.problems[0]["en"] and "row 4" in entry.problems[0]["en"]
    assert store.frame("orders", SHOP)["payable_fen"].tolist() == [9000, 8900]


def test_a_balance_that_does_not_add_up_stops_the_import() -> None:
    reading = Reading(Entry("a.csv", "read"), reasons=pd.array(["", "total_row", ""]).to_numpy(dtype=object))
    sent = pd.array([True, False, True]).to_numpy(dtype=bool)
    balance(reading, sent, sent)
    assert (reading.entry.rows_in, reading.entry.kept, reading.entry.dropped) == (3, 2, {"total_row": 1})
    with pytest.raises(XiaodianError, match="3 rows came in, 2 are accounted for"):
        balance(
            reading, pd.array([True, False, False]).to_numpy(dtype=bool), pd.array([True] + [False] * 2).to_numpy(bool)
        )


# coming back -----------------------------------------------------------------------------------------------------


def test_a_corrected_row_comes_back_with_the_moment_of_its_first_export(raw: Path, read: Read) -> None:
    read(write_csv(raw / FIRST, ORDER, [order("0001"), order("0002", amount="八十九")]))
    cells = written()
    assert cells[0][0] == "【问题】" and "订单应付金额" in cells[1][0] and cells[1][1] == FIRST
    report, store = read(corrected(raw / "1793500000_a.xlsx", cells, {"订单应付金额": "89.00"}))
    entry = report.entries[0]
    assert (entry.status, entry.kinds, entry.rows_in, entry.kept) == ("read", ("ORD",), 1, 1), entry.reason
    frame = store.frame("orders", SHOP, columns=["line_id", "payable_fen", "province", "status", "snapshot"])
    assert frame["payable_fen"].tolist() == [8900, 8900] and frame["province"].tolist() == ["广东省"] * 2
    assert frame["snapshot"].tolist() == [pd.Timestamp("2026-11-01 10:26:40")] * 2
    assert len(store.quarantine(SHOP)) == 0 and feedback.lines(SHOP, "en") == ["no row waits for a correction"]
    files = store.files(SHOP).set_index("name")
    assert files.loc[FIRST, ["rows_in", "kept", "quarantined"]].tolist() == [2, 1, 1]


@pytest.mark.parametrize(("name", "status"), [(LATER, "closed"), ("1793400000_c.csv", "finished")])
def test_a_later_export_wins_over_a_correction_and_an_earlier_one_does_not(
    raw: Path, read: Read, name: str, status: str
) -> None:
    read(write_csv(raw / FIRST, ORDER, [order("0001"), order("0002", amount="x")]))
    read(corrected(raw / "back.xlsx", written(), {"订单应付金额": "89.00"}))
    _, store = read(write_csv(raw / name, ORDER, [order("0002", 订单状态="已关闭")]))
    assert store.frame("orders", SHOP)["status"].tolist() == ["finished", status]


def test_a_row_that_is_still_wrong_waits_under_its_new_file(raw: Path, read: Read) -> None:
    rows = [order("0001"), order("0002"), order("0003", amount="x"), order("0004", amount="y")]
    read(write_csv(raw / FIRST, ORDER, rows))
    report, store = read(corrected(raw / "back.xlsx", written(), {"订单应付金额": "89.00"}))
    entry = report.entries[0]
    assert (entry.rows_in, entry.kept, entry.quarantined) == (2, 1, 1) and balanced(entry)
    waiting = store.quarantine(SHOP)
    assert waiting[["file", "row"]].values.tolist() == [["back.xlsx", 3]]
    assert waiting["snapshot"].tolist() == [pd.Timestamp("2026-11-01 10:26:40")]
    read(corrected(raw / "again.xlsx", written("更正-back.xlsx"), {"订单应付金额": "1.00"}))
    assert Store.open().frame("orders", SHOP)["payable_fen"].tolist() == [8900, 8900, 8900, 100]
    assert len(Store.open().quarantine(SHOP)) == 0


def test_a_correction_made_anew_takes_the_place_of_the_first(raw: Path, read: Read) -> None:
    read(write_csv(raw / FIRST, ORDER, [order("0001"), order("0002", amount="x")]))
    cells = written()
    for amount in ("89.00", "98.00", "89.00"):
        _, store = read(corrected(raw / "back.xlsx", cells, {"订单应付金额": amount}))
        assert store.frame("orders", SHOP)["payable_fen"].tolist() == [8900, round(float(amount) * 100)]


def test_a_later_export_with_the_row_settles_it(raw: Path, read: Read) -> None:
    read(write_csv(raw / FIRST, ORDER, [order("0001"), order("0002", amount="x")]))
    _, store = read(write_csv(raw / "1793400000_c.csv", ORDER, [order("0002")]))
    assert len(store.quarantine(SHOP)) == 1  # an earlier state says nothing about this one
    _, store = read(write_csv(raw / LATER, ORDER, [order("0002")]))
    assert len(store.quarantine(SHOP)) == 0 and store.files(SHOP)["quarantined"].sum() == 1


def test_a_later_copy_of_a_corrected_export_leaves_nothing_waiting(raw: Path, read: Read) -> None:
    sound = write_csv(raw / FIRST, ORDER, [order("0001"), order("0002", amount="x")])
    read(sound)
    back = corrected(raw / "back.xlsx", written(), {"订单应付金额": "89.00"})
    read(back)
    copy = raw / LATER
    copy.write_bytes(sound.read_bytes())
    _, store = read(copy, back)
    assert len(store.quarantine(SHOP)) == 0 and store.frame("orders", SHOP)["payable_fen"].tolist() == [8900, 8900]


def test_a_row_of_two_equal_files_waits_from_the_later_of_their_moments(raw: Path, read: Read) -> None:
    sound = write_csv(raw / LATER, ORDER, [order("0001"), order("0002", amount="x")])
    (raw / "copy.csv").write_bytes(sound.read_bytes())  # its name tells no moment, so the last one inside counts
    between = write_csv(raw / FIRST, ORDER, [order("0002")])
    _, store = read(between, sound, raw / "copy.csv")
    waiting = store.quarantine(SHOP)
    assert waiting["snapshot"].tolist() == [pd.Timestamp("2026-11-02 14:13:20")]


def test_a_file_corrected_in_place_takes_its_rows_off_the_list(raw: Path, read: Read) -> None:
    read(write_csv(raw / "订单.csv", ORDER, [order("0001"), order("0002", 子订单编号="-"), order("0003")]))
    report, store = read(write_csv(raw / "订单.csv", ORDER, [order("0001"), order("0002"), order("0003")]))
    assert len(store.quarantine(SHOP)) == 0 and "1 rows of the earlier file" in report.entries[0].problems[0]["en"]


def test_persons_are_not_hashed_twice_and_new_names_are(raw: Path, read: Read) -> None:
    headers = ["订单编号", "买家代号", "支付时间", "金额", "会员等级", "唤醒方式"]
    row = ["o1", "M1", "2026-10-01 20:15:30", "89", "普通", "短信"]
    sound = write_csv(raw / "会员订单.csv", headers, [row])
    _, store = read(sound)
    key = store.frame("members", SHOP)["buyer_key"].iloc[0]
    rows = [row, ["o2", "M1", "x", *row[3:]], ["o3", "M2", "x", *row[3:]], ["o4", *row[1:]]]
    read(write_csv(raw / "会员订单2.csv", headers, rows))
    cells = written("更正-会员订单2.xlsx")
    assert key in cells[1] and "M1" not in cells[1]
    corrected(raw / "back.xlsx", cells, {"支付时间": "2026-10-02 08:00:00"}, 1)
    read(corrected(raw / "back.xlsx", cells, {"支付时间": "2026-10-02 08:00:00", "买家代号": "M1"}, 2))
    frame = Store.open().frame("members", SHOP)
    assert frame["order_id"].tolist() == ["o1", "o4", "o2", "o3"] and set(frame["buyer_key"]) == {key}


def test_text_that_looks_like_a_formula_stays_text(raw: Path, read: Read) -> None:
    rows = [order("0001"), order("0002", amount="x", 选购商品="=HYPERLINK(1)")]
    read(write_csv(raw / FIRST, ORDER, rows))
    assert "=HYPERLINK(1)" in written()[1]
    import zipfile

    with zipfile.ZipFile(paths.quarantine(SHOP) / "更正-1793500000_a.xlsx") as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_a_workbook_with_corrections_is_never_overwritten(raw: Path, read: Read) -> None:
    read(write_csv(raw / FIRST, ORDER, [order("0001"), order("0002", amount="x")]))
    cells = written()
    mine = corrected(paths.quarantine(SHOP) / "更正-1793500000_a.xlsx", cells, {"订单应付金额": "1.00"}).read_bytes()
    lines = feedback.lines(SHOP, "zh")
    assert (
        paths.quarantine(SHOP) / "更正-1793500000_a.xlsx"
    ).read_bytes() == mine and "更正-1793500000_a-2.xlsx" in lines[-1]
    assert feedback.lines(SHOP, "zh") == lines


def test_rows_without_their_origin_are_refused(raw: Path, read: Read) -> None:
    read(write_csv(raw / FIRST, ORDER, [order("0001"), order("0002", amount="x")]))
    report, store = read(corrected(raw / "back.xlsx", written(), {"【来历，勿改】": "?"}))
    assert report.entries[0].status == "refused" and "来历" in report.entries[0].reason["zh"]
    assert len(store.quarantine(SHOP)) == 1


def test_ten_rows_are_listed_and_the_rest_counted(raw: Path, read: Read) -> None:
    rows = [order(f"{at:04}", amount="x" if at < 12 else "1.00") for at in range(30)]
    report, _ = read(write_csv(raw / FIRST, ORDER, rows))
    lines = feedback.lines(SHOP, "en")
    assert len(lines) == 1 + 10 + 1 + 1 and lines[11].strip() == "… and 2 more"
    assert "12 waiting for a correction" in summary_lines(report, "en")[1]


def test_a_period_total_comes_back_in_its_period_whatever_the_file_is_called(raw: Path, read: Read) -> None:
    headers = ["视频ID", "视频标题", "发布时间", "视频时长", "视频观看次数", "用户支付金额(元)"]
    rows = [[f"v{at}", "t", "2026-10-01 08:00:00", "66秒", "5", amount] for at, amount in enumerate(["1", "2", "若干"])]
    name = "[20261001-20261031]_自营_挂车_视频详情数据.xlsx"
    read(write_xlsx(raw / name, {"Sheet1": [headers, *rows]}))
    cells = written(f"更正-{name}")
    _, store = read(corrected(raw / "back.xlsx", cells, {"用户支付金额(元)": "3"}))
    frame = store.frame("videos", SHOP)
    assert frame["period_end"].tolist() == [pd.Timestamp("2026-10-31")] * 3 and len(store.quarantine(SHOP)) == 0


def test_one_run_over_original_and_correction_leaves_nothing_waiting(raw: Path, read: Read) -> None:
    first = write_csv(raw / FIRST, ORDER, [order("0001"), order("0002", 子订单编号="-")])
    read(first)
    back = corrected(raw / "back.xlsx", written(), {"子订单编号": "6920000000001000002"})
    read(first, back)
    clean = Store.open(paths.data() / "other")
    ingest([back, first], SHOP, clean)
    assert len(clean.quarantine(SHOP)) == 0 and len(clean.frame("orders", SHOP)) == 2
