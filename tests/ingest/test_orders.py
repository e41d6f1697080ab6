"""The order export: its versions, its nulls, its snapshots and its balance."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import ORDER, SHOP, order, write_csv, write_xlsx  # type: ignore[import-not-found]
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.ingest import discover, ingest, run, summary_lines
from helpers.store import Store

FIRST = "1793500000_a.csv"  # 2026-11-01 in Beijing
Read = Callable[..., Any]


def test_a_line_is_read_with_its_words_and_exact_fen(raw: Path, read: Read) -> None:
    path = write_csv(
        raw / FIRST,
        ORDER,
        [
            order("0001", amount="1,234.50"),
            order("0002", paid="-", 订单状态="已关闭", 流量体裁="数据将于第二天更新", 流量类型="-"),
            order("0003", amount="0.00", 售后状态="退款成功", 达人ID="0", 流量体裁="橱窗"),
        ],
    )
    report, store = read(path)
    entry = report.entries[0]
    assert (entry.status, entry.kinds, entry.rows_in, entry.kept) == ("read", ("ORD",), 3, 3)
    assert [problem["en"] for problem in entry.problems] == [
        "column 流量体裁: 1 rows say that they are updated the next day; export them again later"
    ]
    assert entry.snapshot == datetime(2026, 11, 1, 10, 26, 40) and entry.tables == ("orders",)
    assert (entry.first_day, entry.last_day) == (date(2026, 10, 3), date(2026, 10, 3))
    frame = store.frame("orders", SHOP)
    assert frame["payable_fen"].tolist() == [8900, 123450, 0] and frame["line_id"].str.len().eq(19).all()
    rows = frame.set_index(frame["line_id"].str[-1])
    assert rows["status"].to_dict() == {"1": "finished", "2": "closed", "3": "finished"}
    assert rows["carrier"].fillna("?").to_dict() == {"1": "live", "2": "?", "3": "other"}
    assert rows["after_sale"].to_dict() == {"1": "none", "2": "none", "3": "refunded"}
    assert rows["line_kind"].to_dict() == {"1": "product", "2": "product", "3": "gift"}
    assert rows["traffic"].fillna("?").to_dict() == {"1": "organic", "2": "?", "3": "organic"}
    assert rows["talent_id"].isna().all() and rows.at["2", "paid_at"] is pd.NaT


def test_names_and_phones_are_in_no_file_of_the_store(raw: Path, data: Path, read: Read) -> None:
    read(write_csv(raw / FIRST, ORDER, [order("0001"), order("0002")]))
    written = [path.read_bytes() for path in (data / "store").rglob("*") if path.is_file()]
    assert written
    for secret in ("张三丰", "13812345678", "幸福路", "请放门口"):
        assert not any(secret.encode() in content for content in written)
    assert (
        not Store.open()
        .frame("orders", SHOP)
        .astype("str")
        .apply(lambda column: column.str.contains("张三|138"))
        .any()
        .any()
    )


@pytest.mark.parametrize("change", ["gb18030", "reordered", "semicolon", "tab", "xlsx", "title row", "utf-16"])
def test_every_way_of_saving_it_gives_the_same_rows(raw: Path, read: Read, change: str) -> None:
    rows, headers = [order("0001"), order("0002", paid="-")], list(ORDER)
    if change == "gb18030":
        path = write_csv(raw / FIRST, headers, rows, "gb18030")
    elif change == "utf-16":
        path = write_csv(raw / FIRST, headers, rows, "utf-16")
    elif change == "reordered":
        path = write_csv(raw / FIRST, headers[::-1] + ["新列"], [row[::-1] + ["x"] for row in rows])
    elif change in ("semicolon", "tab"):
        sign = ";" if change == "semicolon" else "\t"
        text = "\n".join(sign.join(cell.strip() for cell in row) for row in [headers, *rows])
        path = raw / "1793500000_a.txt"
        path.write_text(text, encoding="utf-8")
    elif change == "xlsx":
        path = write_xlsx(raw / "1793500000_a.xlsx", {"说明": [["无"]], "订单": [headers, *rows]})
    else:
        path = write_csv(raw / FIRST, ["订单导出"], [headers, *rows])
    report, store = read(path)
    assert report.entries[0].status == "read", report.entries[0].reason
    frame = store.frame("orders", SHOP)
    assert frame["payable_fen"].tolist() == [8900, 8900] and frame["province"].tolist() == ["广东省"] * 2
    assert frame["product_id"].tolist() == ["3612345678901234567"] * 2 and frame["paid_at"].notna().sum() == 1


def test_a_newer_export_replaces_states_and_the_older_one_counts_as_replaced(raw: Path, read: Read) -> None:
    old = write_csv(raw / FIRST, ORDER, [order("0001", 订单状态="已发货"), order("0002")])
    new = write_csv(raw / "1793600000_b.csv", ORDER, [order("0001"), order("0003")])
    report, store = read(new, old)
    kept = {entry.file: (entry.rows_in, entry.kept, entry.replaced) for entry in report.entries}
    assert kept == {FIRST: (2, 1, 1), "1793600000_b.csv": (2, 2, 0)}
    assert store.frame("orders", SHOP)["status"].tolist() == ["finished"] * 3
    counts = {
        source.file: source.rows for source in store.sources("orders", SHOP, date(2026, 10, 1), date(2026, 10, 31))
    }
    assert counts == {FIRST: 1, "1793600000_b.csv": 2}


def test_the_same_file_again_is_not_read_and_changes_nothing(raw: Path, read: Read) -> None:
    path = write_csv(raw / FIRST, ORDER, [order("0001")])
    read(path)
    before = Store.open().frame("orders", SHOP).attrs["versions"]
    copy = write_csv(raw / "1793500000_a (1).csv", ORDER, [order("0001")])
    report, store = read(path, copy)
    assert [entry.status for entry in report.entries] == ["same", "same"]
    assert store.frame("orders", SHOP).attrs["versions"] == before and len(store.files(SHOP)) == 1


def test_two_copies_in_one_import_count_once(raw: Path, read: Read) -> None:
    report, store = read(*(write_csv(raw / name, ORDER, [order("0001")]) for name in (FIRST, "1793500000_a (1).csv")))
    assert [entry.status for entry in report.entries] == ["read", "same"] and len(store.files(SHOP)) == 1


def test_a_changed_definition_reads_the_file_anew_and_takes_out_what_it_no_longer_gives(raw: Path, read: Read) -> None:
    path = write_csv(raw / FIRST, ORDER, [order("0001"), order("0002", amount="0.00")])
    assert len(read(path)[1].frame("orders", SHOP)) == 2
    shipped = (Path(__file__).parents[2] / "data/definitions/exports/ord.toml").read_text(encoding="utf-8")
    own = raw / "definitions/exports/ord.toml"
    own.parent.mkdir(parents=True)
    rule = 'drop = [{ header = "订单应付金额", equals = 0, why = "sample" },'
    own.write_text(shipped.replace("drop = [", rule, 1), encoding="utf-8")
    report, store = read(path)
    assert report.entries[0].status == "read" and report.entries[0].dropped == {"sample": 1}
    assert store.frame("orders", SHOP)["payable_fen"].tolist() == [8900] and len(store.files(SHOP)) == 1


def test_discover_leaves_out_definitions_truths_and_hidden_files(raw: Path) -> None:
    for name in (
        "b.csv",
        "sub/a.xlsx",
        ".hidden.csv",
        "definitions/exports/x.toml",
        "truths/t.csv",
        "shop.toml",
        "~$a.xlsx",
        "n.md",
    ):
        (raw / name).parent.mkdir(parents=True, exist_ok=True)
        (raw / name).write_text("x")
    assert [path.relative_to(raw).as_posix() for path in discover(SHOP)] == ["b.csv", "sub/a.xlsx"]
    assert discover(SHOP, raw / "sub") == [raw / "sub/a.xlsx"] and discover(SHOP, raw / "truths") == []
    other = raw.parent.parent / "other"
    other.mkdir()
    (other / "c.csv").write_text("x")
    assert discover(SHOP, other) == [other / "c.csv"]


def test_the_summary_names_every_status_in_both_languages(raw: Path, read: Read) -> None:
    bad = raw / "x.csv"
    bad.write_text("a,b\n1,2\n")
    report, _ = read(write_csv(raw / FIRST, ORDER, [order("0001"), order("")]), bad, raw / "photo.jpg")
    zh, en = summary_lines(report, "zh"), summary_lines(report, "en")
    assert len(zh) == len(en) and zh[0].startswith("已读 1") and any("unknown: 1" in line for line in en)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    exports=st.lists(
        st.lists(
            st.tuples(st.sampled_from(["0001", "0002", "0003"]), st.sampled_from(["已发货", "已完成"])),
            min_size=1,
            max_size=3,
        ),
        min_size=2,
        max_size=3,
    ),
    draw=st.data(),
)
def test_order_and_repetition_of_files_do_not_matter(
    tmp_path_factory: pytest.TempPathFactory, exports: list[list[tuple[str, str]]], draw: Any
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        results = []
        for shuffled in (False, True):
            root = tmp_path_factory.mktemp("order") / "data"
            patch.setenv("XIAODIAN_DATA", str(root))
            files = [
                write_csv(
                    root / "raw" / SHOP / f"179350000{at}_x.csv",
                    ORDER,
                    [order(line, 订单状态=word) for line, word in rows],
                )
                for at, rows in enumerate(exports)
            ]
            picked = draw.draw(st.permutations(files)) + files[:1] if shuffled else files
            entries = [entry for path in picked for entry in ingest([path], SHOP).entries]
            for entry in entries:
                assert entry.status == "same" or entry.rows_in == entry.kept + entry.replaced + sum(
                    entry.dropped.values()
                )
            results.append(Store.open().frame("orders", SHOP, columns=["line_id", "status"]).values.tolist())
        newest = {line: word for rows in exports for line, word in rows}
        words = {"已发货": "shipped", "已完成": "finished"}
        assert results[0] == results[1]
        assert {row[0][-4:]: row[1] for row in results[0]} == {line: words[word] for line, word in newest.items()}


@pytest.mark.parametrize("batch", [1, 1_000_000])
def test_a_row_that_a_new_definition_drops_gives_way_to_the_older_export(
    raw: Path, read: Read, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(run, "BATCH", batch)
    old = write_csv(raw / FIRST, ORDER, [order("0001"), order("0002")])
    new = write_csv(raw / "1793600000_b.csv", ORDER, [order("0002", amount="0.00"), order("0003")])
    assert read(old, new)[1].frame("orders", SHOP)["payable_fen"].tolist() == [8900, 0, 8900]
    shipped = (Path(__file__).parents[2] / "data/definitions/exports/ord.toml").read_text(encoding="utf-8")
    own = raw / "definitions/exports/ord.toml"
    own.parent.mkdir(parents=True)
    rule = 'drop = [{ header = "订单应付金额", equals = 0, why = "sample" },'
    own.write_text(shipped.replace("drop = [", rule, 1), encoding="utf-8")
    report, store = read(old, new)
    assert [entry.status for entry in report.entries] == ["read", "read"]
    assert store.frame("orders", SHOP)["payable_fen"].tolist() == [8900, 8900, 8900]
    assert set(store.files(SHOP)["status"]) == {"read"} and len(store.files(SHOP)) == 2


def test_a_row_that_leaves_one_list_comes_back_from_another(raw: Path, read: Read) -> None:
    headers = ["商品ID", "生效日期", "单件成本"]
    one = write_csv(raw / "成本表.csv", headers, [["p1", "2026-10-01", "5"], ["p2", "2026-10-01", "6"]])
    two = write_csv(raw / "成本表二.csv", headers, [["p1", "2026-10-01", "7"], ["p3", "2026-10-02", "8"]])
    costs = read(one, two)[1].frame("costs", SHOP).set_index("product_id")["unit_cost_fen"]
    assert costs.to_dict() == {"p1": 700, "p2": 600, "p3": 800}  # the second list has the newer day
    write_csv(two, headers, [["p3", "2026-10-02", "8"]])
    costs = read(one, two)[1].frame("costs", SHOP).set_index("product_id")["unit_cost_fen"]
    assert costs.to_dict() == {"p1": 500, "p2": 600, "p3": 800}


def test_of_two_names_of_one_content_the_readable_one_counts(raw: Path, read: Read) -> None:
    headers = ["视频ID", "视频标题", "发布时间", "视频观看次数"]
    rows = [headers, ["v1", "t", "2026-10-01 08:00:00", 5]]
    told = write_xlsx(raw / "[20261001-20261031]_自营_挂车_视频详情数据.xlsx", {"s": rows})
    silent = raw / "视频.xlsx"
    silent.write_bytes(told.read_bytes())
    report, store = read(told, silent)
    assert [entry.status for entry in report.entries] == ["read", "refused"]
    assert store.files(SHOP)["status"].tolist() == ["read"] and len(store.frame("videos", SHOP)) == 1
    report, store = read(silent, told)
    assert [entry.status for entry in report.entries] == ["refused", "same"]
    assert store.files(SHOP)["status"].tolist() == ["read"] and len(store.frame("videos", SHOP)) == 1
