"""Totals against the rows they stand for, cells with several ids, and checks of a definition."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import SHOP, write_csv  # type: ignore[import-not-found]

Read = Callable[..., Any]
HEADERS = ["日期", "渠道", "金额", "人数"]
KIND = """
kind = "XYZ"
name = { zh = "试验", en = "trial" }
where = { zh = "无", en = "nowhere" }
required = ["日期", "渠道", "金额", "人数"]
snapshot = ["last_row"]
[[into]]
table = "channel_days"
DROP
[[into.totals]]
total = { header = "渠道", equals = "全部" }
by = ["day"]
columns = ["paid_fen", "buyers"]
rounds = true
[into.columns]
day = "日期"
carrier = "渠道"
ad_window = { value = "any" }
paid_fen = "金额"
buyers = "人数"
"""


def define(raw: Path, text: str) -> None:
    folder = raw / "definitions/exports"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "xyz.toml").write_text(text, encoding="utf-8")


def kind(raw: Path, dropped: bool) -> None:
    rule = 'drop = [{ header = "渠道", equals = "全部", why = "total_row" }]' if dropped else ""
    define(raw, KIND.replace("DROP", rule))


@pytest.mark.parametrize("dropped", [True, False])
def test_a_total_that_is_not_the_sum_of_its_rows_is_told(raw: Path, read: Read, dropped: bool) -> None:
    kind(raw, dropped)
    rows = [
        ["2026-10-01", "全部", "100.00", "5"],
        ["2026-10-01", "直播", "60.00", "3"],
        ["2026-10-01", "图文", "40.01", "2"],  # rounded, in this export: 2 fen are none too many
        ["2026-10-02", "全部", "100.00", "5"],
        ["2026-10-02", "直播", "60.00", "3"],
        ["2026-10-03", "全部", "7.00", "1"],  # no rows of its own: nothing to compare
    ]
    entry = read(write_csv(raw / "a.csv", HEADERS, rows))[0].entries[0]
    assert (entry.status, entry.kinds) == ("read", ("XYZ",)), entry.reason
    assert entry.dropped == ({"total_row": 3} if dropped else {}) and entry.kept == (3 if dropped else 6)
    told = [problem["en"] for problem in entry.problems]
    assert len(told) == 2 and "金额" in told[0] and "row 5 '100 ≠ 60'" in told[0] and "row 2" not in told[0]
    assert "人数" in told[1] and "row 5 '5 ≠ 3'" in told[1]


def test_rounded_numbers_may_differ_by_their_rounding(raw: Path, read: Read) -> None:
    kind(raw, True)
    rows = [["2026-10-01", "全部", "1.2万", "2"], ["2026-10-01", "直播", "11,700.00", "2"]]
    assert read(write_csv(raw / "a.csv", HEADERS, rows))[0].entries[0].problems == []
    rows = [["2026-10-01", "全部", "1.2万", "2"], ["2026-10-01", "直播", "11,000.00", "2"]]
    assert len(read(write_csv(raw / "b.csv", HEADERS, rows))[0].entries[0].problems) == 1


def test_a_row_set_aside_shows_in_the_total(raw: Path, read: Read) -> None:
    kind(raw, True)
    rows = [
        ["2026-10-01", "全部", "100.00", "5"],
        ["2026-10-01", "直播", "x", "3"],
        ["2026-10-01", "图文", "40.00", "2"],
    ]
    entry = read(write_csv(raw / "a.csv", HEADERS, rows))[0].entries[0]
    assert entry.quarantined == 1 and any("100 ≠ 40" in problem["en"] for problem in entry.problems)


def test_rounded_columns_are_stored_with_the_row(raw: Path, read: Read) -> None:
    kind(raw, True)
    rows = [["2026-10-01", "直播", "1.2万", "2.5万"], ["2026-10-01", "图文", "40.00", "3"]]
    _, store = read(write_csv(raw / "a.csv", HEADERS, rows))
    frame = store.frame("channel_days", SHOP, columns=["carrier", "rounded"]).set_index("carrier")["rounded"]
    assert frame["直播"] == "paid_fen,buyers" and pd.isna(frame["图文"])


EACH = """
kind = "XYZ"
name = { zh = "试验", en = "trial" }
where = { zh = "无", en = "nowhere" }
required = ["运单", "订单们", "发货"]
[[into]]
table = "order_heads"
each = "订单们"
[into.columns]
head_id = { join = ["运单", "订单们"] }
order_id = "订单们"
ordered_at = "发货"
"""


def test_a_cell_with_several_ids_gives_a_row_for_each_and_counts_once(raw: Path, read: Read) -> None:
    define(raw, EACH)
    rows = [
        ["p1", "o1；o2 o3", "2026-10-01"],
        ["p2", "o4", "2026-10-02"],
        ["p3", "", "2026-10-03"],
        ["p4", "o5,", "2026-10-03"],
    ]
    report, store = read(write_csv(raw / "a.csv", ["运单", "订单们", "发货"], rows))
    entry = report.entries[0]
    assert (entry.rows_in, entry.kept, entry.quarantined) == (4, 3, 1)
    frame = store.frame("order_heads", SHOP)
    assert frame["head_id"].tolist() == ["p1-o1", "p1-o2", "p1-o3", "p2-o4", "p4-o5"]
    assert store.quarantine(SHOP)[["row", "column", "reason"]].values.tolist() == [[4, "运单+订单们", "empty_key"]]
    _, store = read(write_csv(raw / "b.csv", ["运单", "订单们", "发货"], [["p1", "o1;o2;o3", "2026-10-05"]]))
    assert {row["name"]: row["kept"] for _, row in store.files(SHOP).iterrows()} == {"a.csv": 3, "b.csv": 1}


CHECKS = """
kind = "XYZ"
name = { zh = "试验", en = "trial" }
where = { zh = "无", en = "nowhere" }
required = ["单号", "金额", "退款", "下单", "付款"]
[[into]]
table = "order_heads"
check = [
  { column = "refund_fen", above = "payable_fen", by = 100, why = "refund_above_paid" },
  { column = "paid_at", below = "ordered_at", by = 1, why = "paid_before_ordered" },
  { column = "payable_fen", empty = true, also = [{ column = "paid_at", empty = false }], why = "no_amount_of_mine" },
]
[into.columns]
head_id = "单号"
payable_fen = "金额"
refund_fen = "退款"
ordered_at = "下单"
paid_at = "付款"
"""


def test_checks_of_a_definition_set_rows_aside_by_their_own_name(raw: Path, read: Read) -> None:
    define(raw, CHECKS)
    rows = [
        ["a", "10.00", "11.00", "2026-10-03", "2026-10-02"],  # one yuan and one day are allowed
        ["b", "10.00", "11.01", "2026-10-03", "2026-10-03"],
        ["c", "10.00", "-", "2026-10-03", "2026-10-01"],
        ["d", "-", "-", "2026-10-03", "2026-10-03"],
        ["e", "-", "-", "2026-10-03", "-"],
        *[[f"g{at}", "1", "0", "2026-10-03", "2026-10-03"] for at in range(3)],
    ]
    report, store = read(write_csv(raw / "a.csv", ["单号", "金额", "退款", "下单", "付款"], rows))
    assert report.entries[0].quarantined == 3
    assert store.quarantine(SHOP)[["row", "column", "value", "reason"]].values.tolist() == [
        [3, "退款", "11.01", "refund_above_paid"],
        [4, "付款", "2026-10-01", "paid_before_ordered"],
        [5, "金额", "-", "no_amount_of_mine"],
    ]
