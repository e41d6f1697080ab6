"""Faults that a stranger's corpus of Compass, Qianchuan and shop-filled files found."""

from pathlib import Path
from typing import Any

import pytest
from conftest import SHOP, write_csv, write_xlsx  # type: ignore[import-not-found]

from helpers import cli
from helpers.definitions import exports
from helpers.definitions.tables import load as tables
from helpers.errors import DefinitionError
from helpers.ingest import ingest
from helpers.store import Store

ADS = ["素材ID", "素材名称", "日期", "整体消耗", "整体成交金额"]
COSTS = ["商品ID", "生效日期", "单件成本", "包材"]
CASH = ["日期", "资金池类型", "余额总消耗(元)", "非赠款消耗(元)", "赠款消耗(元)"]
ORDERS = """kind = "ORD"
name = { zh = "快橙订单", en = "orders" }
where = { zh = "快橙", en = "market" }
required = ["no", "sum"]
[[into]]
table = "orders"
[into.columns]
order_id = "no"
line_id = "no"
payable_fen = { header = "sum", unit = "UNIT" }
"""


def told(entry: Any) -> str:
    return " ".join(problem["en"] for problem in entry.problems)


def test_a_tab_before_each_id_of_a_ragged_file_does_not_cut_its_cells(raw: Path) -> None:
    rows = [[f"\t73123456789012345{at:02}", "a,b", "2026-10-01", "1,000.50", "10"] + [""] * (at % 2) for at in range(8)]
    write_csv(raw / "全域推广数据-视频-20261101.csv", ADS, rows)
    [entry] = ingest([raw / "全域推广数据-视频-20261101.csv"], SHOP).entries
    assert (entry.status, entry.kept) == ("read", 8)
    assert Store.open().frame("ads", SHOP)["spend_fen"].sum() == 8 * 100050


def test_a_row_that_ends_before_its_header_is_told(raw: Path) -> None:
    rows = [[f"73123456789012345{at:02}", "a", "2026-10-01", "1.50", "10"] for at in range(8)]
    rows[3] = rows[3][:3]
    write_csv(raw / "全域推广数据-视频-20261101.csv", ADS, rows)
    [entry] = ingest([raw / "全域推广数据-视频-20261101.csv"], SHOP).entries
    assert "1 rows have fewer cells than the header (row 5)" in told(entry)


def test_a_cost_below_nothing_waits_for_a_correction(raw: Path) -> None:
    rows = [[f"36123456789012345{at:02}", "2026-10-01", "-52" if at == 2 else "52", "0.80"] for at in range(8)]
    write_xlsx(raw / "成本表.xlsx", {"Sheet1": [COSTS, *rows]})
    [entry] = ingest([raw / "成本表.xlsx"], SHOP).entries
    assert (entry.kept, entry.quarantined) == (7, 1)
    assert Store.open().frame("costs", SHOP)["unit_cost_fen"].sum() == 7 * 5200


def test_a_review_numbered_r000001_is_no_example_and_nine_stars_of_five_are_set_aside(raw: Path) -> None:
    head = ["评价编号", "评价时间", "商品ID", "评分", "评价内容"]
    rows = [[f"R{at:06}", "2026-10-02 10:00:00", "3612345678901234567", "5", "好"] for at in range(1, 9)]
    rows[4][3] = "9"
    write_xlsx(raw / "评价.xlsx", {"Sheet1": [head, *rows]})
    [entry] = ingest([raw / "评价.xlsx"], SHOP).entries
    assert (entry.kept, entry.quarantined, dict(entry.dropped)) == (7, 1, {})
    assert Store.open().frame("reviews", SHOP)["score"].max() == 5


def test_a_total_of_all_days_and_all_kinds_of_money_is_checked(raw: Path) -> None:
    rows = [[f"2026-10-{at:02}", "账户资金池", "12", "10", "2"] for at in range(1, 9)]
    write_xlsx(raw / "财务流水.xlsx", {"Sheet1": [CASH, *rows, ["合计", "-", "99", "80", "16"]]})
    [entry] = ingest([raw / "财务流水.xlsx"], SHOP).entries
    assert "99 ≠ 96" in told(entry)
    assert (entry.kept, dict(entry.dropped)) == (8, {"total_row": 1})


def test_a_page_to_log_in_is_called_a_web_page(raw: Path) -> None:
    (raw / "a.xls").write_text("<html><body>请登录</body></html>", encoding="utf-8")
    [entry] = ingest([raw / "a.xls"], SHOP).entries
    assert (entry.status, "没有表格的网页" in entry.reason["zh"]) == ("refused", True)


def test_a_session_that_ends_before_it_began_waits_for_a_correction(raw: Path) -> None:
    head = ["主播抖音号", "直播开始时间", "直播结束时间", "直播间观看人数", "直播间成交金额"]
    rows = [["shop", f"2026/10/{at:02} 22:00:00", f"2026/10/{at + 1:02} 01:00:00", "9", "10"] for at in range(1, 9)]
    rows[2][2] = "2026/09/03 01:00:00"
    write_xlsx(raw / "直播明细_20261001_20261031.xlsx", {"直播间明细": [head, *rows]})
    [entry] = ingest([raw / "直播明细_20261001_20261031.xlsx"], SHOP).entries
    assert (entry.kept, entry.quarantined) == (7, 1)


def test_an_unknown_unit_is_told_with_its_file_and_column(raw: Path) -> None:
    folder = raw / "definitions" / "exports"
    folder.mkdir(parents=True)
    (folder / "own.toml").write_text(ORDERS.replace("UNIT", "dollar"))
    with pytest.raises(DefinitionError, match=r"exports/own\.toml orders\.payable_fen: unknown unit 'dollar'"):
        exports.load(SHOP, tables())


def test_one_shop_s_broken_definition_stops_no_other_shop(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = raw.parent / "a_first" / "definitions" / "exports"
    broken.mkdir(parents=True)
    (broken / "own.toml").write_text("kind = ")
    (broken.parent.parent / "a.csv").write_text("no,sum\n1,2\n")
    write_xlsx(raw / "成本表.xlsx", {"Sheet1": [COSTS, ["3612345678901234567", "2026-10-01", "52", "1"]]})
    assert cli.main(["ingest", "--lang", "en"]) == 1
    assert len(Store.open().frame("costs", SHOP)) == 1
    shown = capsys.readouterr()
    assert f"{SHOP}:" in shown.out
    assert "own.toml: not valid TOML" in shown.err
