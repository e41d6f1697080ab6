"""Faults that a third stranger's corpus found: months of re-exports, sheets as people fill them, definitions of other platforms."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ORDER, SHOP, order, write_csv, write_xlsx  # type: ignore[import-not-found]

from helpers.definitions import exports
from helpers.definitions.tables import load as tables
from helpers.errors import DefinitionError
from helpers.ingest import feedback
from helpers.ingest.summary import summary_lines as summary
from helpers.period import Period
from helpers.report import bars

Read = Callable[..., Any]
COSTS = ["商品ID", "生效日期", "单件成本"]
ONE, TWO = "3612345678901234561", "3612345678901234562"
MARKET = """kind = "ORD"
name = { zh = "快橙订单", en = "orders" }
where = { zh = "快橙", en = "market" }
required = ["no", "sum", "day"]
[[into]]
table = "orders"
[into.columns]
order_id = "no"
line_id = "no"
payable_fen = "sum"
paid_at = { header = "day", format = "%d/%m/%Y" }
province = { header = "place", pattern = "^(..省)" }
status = { header = "state", values = { "已付" = "paid" } }
"""


def told(entry: Any) -> str:
    return " ".join(problem["en"] for problem in entry.problems)


def test_a_copied_sheet_beside_its_original_is_not_read_and_told(raw: Path, read: Read) -> None:
    old = [COSTS, [ONE, "2026-01-01", "1.00"], [TWO, "2026-01-01", "1.00"]]
    new = [COSTS, [ONE, "2026-01-01", "40.00"], [TWO, "2026-01-01", "41.00"]]
    report, store = read(write_xlsx(raw / "成本表.xlsx", {"成本表": new, "成本表 (2)": old}))
    assert store.frame("costs", SHOP)["unit_cost_fen"].sum() == 8100
    assert "sheets that were not read: 成本表 (2)" in told(report.entries[0])


def test_a_typed_target_counts_as_the_import_read_it(raw: Path, read: Read) -> None:
    rows = [["月支付订单数", "2026-10-01", "3000单"], ["月支付金额", "2026-10-01", "(5)"]]
    _, store = read(write_xlsx(raw / "目标表.xlsx", {"目标表": [["指标", "生效日期", "目标值"], *rows]}))
    found = bars.targets(SHOP, store.frame("targets", SHOP), Period.parse("2026-10"))
    assert sorted(one.value for one in found.values() if one.origin == "shop") == [-5, 3000]


def test_a_typed_benchmark_counts_as_the_import_read_it(raw: Path, read: Read) -> None:
    headers = ["指标", "基准值", "下限", "上限", "来源", "来源日期"]
    write_xlsx(raw / "行业基准.xlsx", {"行业基准": [headers, ["访客价值", "1.2元", "1 元", "", "罗盘", "2026-10-01"]]})
    _, store = read(raw / "行业基准.xlsx")
    frame = store.frame("benchmarks", SHOP)
    found = bars.benchmark(frame, frame["metric"].iloc[0])
    assert found is not None and (found.value, found.low, found.high) == (1.2, 1, None)


def test_a_filled_sheet_with_other_headers_is_named_by_its_template(raw: Path, read: Read) -> None:
    report, _ = read(
        write_xlsx(raw / "成本表.xlsx", {"成本表": [["商品编号", "生效日期", "成本(元)"], [ONE, "2026-10-01", "5"]]})
    )
    [entry] = report.entries
    assert entry.reason["en"] == "it is Product costs sheet, but the required columns 商品ID, 单件成本 are missing"
    assert "headers of the template" in entry.todo["en"]


def test_ids_that_excel_damaged_in_a_filled_sheet_are_pasted_again_not_downloaded(raw: Path, read: Read) -> None:
    rows = [[float(ONE), "2026-10-01", "5"], [float(TWO), "2026-10-01", "5"]]
    report, _ = read(write_xlsx(raw / "成本表.xlsx", {"成本表": [COSTS, *rows]}))
    [entry] = report.entries
    assert (
        entry.status == "refused" and "paste the ids again" in entry.todo["en"] and "download" not in entry.todo["en"]
    )


def test_an_empty_sheet_is_told_by_its_name(raw: Path, read: Read) -> None:
    book = {"成本表": [COSTS, [ONE, "2026-10-01", "5"]], "成本表9月": [COSTS]}
    report, _ = read(write_xlsx(raw / "成本表.xlsx", book))
    assert "sheet 成本表9月: not filled in yet" in told(report.entries[0])


@pytest.mark.parametrize(
    ("name", "rows", "why"),
    [
        (
            "商品角色表",
            [["商品ID", "商品名称", "角色", "上架日期", "下架日期"], [ONE, "尿裤", "引流", "2026-03-01", "2026-01-01"]],
            "is before the start",
        ),
        (
            "行业基准",
            [
                ["指标", "基准值", "下限", "上限", "来源", "来源日期"],
                ["行业退货率", "3%", "5%", "2%", "罗盘", "2026-10-01"],
            ],
            "is below its low end",
        ),
    ],
)
def test_ranges_that_run_backwards_wait(raw: Path, read: Read, name: str, rows: list[list[str]], why: str) -> None:
    report, _ = read(write_xlsx(raw / f"{name}.xlsx", {name: rows}))
    [entry] = report.entries
    assert entry.kept == 0 and why in told(entry) + entry.reason.get("en", "")


def test_rows_that_came_back_corrected_are_not_said_to_wait(raw: Path, read: Read) -> None:
    lines = [order(f"1{at:02}", amount="abc" if at == 3 else "10.00") for at in range(60)]
    write_csv(raw / "1793500000_a.csv", ORDER, lines)
    report, store = read(raw / "1793500000_a.csv")
    assert report.entries[0].waiting == 1 and any("--quarantine" in line for line in summary(report, "en"))
    feedback.lines(SHOP, "en")
    [book] = (raw.parents[1] / "quarantine" / SHOP).glob("*.xlsx")
    from python_calamine import CalamineWorkbook

    [head, row] = CalamineWorkbook.from_path(book).get_sheet_by_index(0).to_python()
    for amount in ("x", "10.00"):
        row[head.index("订单应付金额")] = amount
        report, store = read(raw / "1793500000_a.csv", write_xlsx(raw / "更正.xlsx", {"更正": [head, row]}))
    assert store.frame("orders", SHOP)["payable_fen"].sum() == 60 * 1000 and not len(store.quarantine(SHOP))
    assert not any("--quarantine" in line for line in summary(report, "en"))


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ("values = {", "value = {", "has another shape"),
        ('"state", values', '"state", value = "paid", values', "both value and header"),
        ('= "paid"', '= "waiting"', "no word 'waiting'"),
        ('"%d/%m/%Y"', '"%q/%m/%Y"', "'%q'"),
        (', en = "orders" }', " }", "name lacks en"),
        ('"^(..省)"', '"省"', "has no group"),
        ('"^(..省)"', '"("', "no regular expression"),
        ('required = ["no", "sum", "day"]', 'required = "no"', "is no list"),
        ('kind = "ORD"', 'kind = "ORD"\nwhole_from = "ten"', "whole_from"),
        ('kind = "ORD"', 'kind = "ORD"\nearliest = "last year"', "earliest"),
        ('payable_fen = "sum"', "payable_fen = 5", "where entries belong"),
        ('payable_fen = "sum"', 'payable_fen = { header = "sum", form = "rond" }', "did you mean round?"),
        ('line_id = "no"', 'line_id = { join = "no" }', "join = 'no' has another shape"),
        ('table = "orders"', 'table = "orders"\ndrop = { header = "no" }', "drop ="),
        ('kind = "ORD"', 'kind = "ORD"\nrefuse = [{ header = "no", why = "nix" }]', "why = 'nix'"),
    ],
)
def test_a_definition_that_cannot_be_meant_so_is_named(raw: Path, written: str, instead: str, said: str) -> None:
    (raw / "definitions/exports").mkdir(parents=True)
    assert written in MARKET
    (raw / "definitions/exports/market.toml").write_text(MARKET.replace(written, instead, 1), encoding="utf-8")
    with pytest.raises(DefinitionError) as error:
        exports.load(SHOP, tables())
    assert said in str(error.value) and "market.toml" in str(error.value)


def test_a_definition_in_another_encoding_is_named_with_its_line(raw: Path) -> None:
    (raw / "definitions/exports").mkdir(parents=True)
    (raw / "definitions/exports/market.toml").write_bytes(MARKET.encode("gb18030"))
    with pytest.raises(DefinitionError, match="market.toml: line 2 is not UTF-8"):
        exports.load(SHOP, tables())


def test_the_market_of_these_tests_is_read(raw: Path, read: Read) -> None:
    (raw / "definitions/exports").mkdir(parents=True)
    (raw / "definitions/exports/market.toml").write_text(MARKET, encoding="utf-8")
    rows = [["A1", "10.50", "02/10/2026", "浙江省杭州市", "已付"]]
    _, store = read(write_csv(raw / "m.csv", ["no", "sum", "day", "place", "state"], rows, "gb18030"))
    [row] = store.frame("orders", SHOP).itertuples()
    assert (row.payable_fen, row.province, row.status, row.paid_at.day) == (1050, "浙江省", "paid", 2)


@pytest.mark.parametrize("headers", [["行标记", *COSTS], COSTS])
def test_a_sum_below_a_filled_sheet_is_left_out(raw: Path, read: Read, headers: list[str]) -> None:
    first = [""] * (len(headers) - 3)
    rows = [
        [*first, ONE, "2026-01-01", "40"],
        [*first, TWO, "2026-01-01", "41"],
        ["合计", *[""] * (len(headers) - 2), "81"],
    ]
    report, store = read(write_xlsx(raw / "成本表.xlsx", {"成本表": [headers, *rows]}))
    [entry] = report.entries
    assert (entry.kept, entry.quarantined, entry.dropped) == (2, 0, {"total_row": 1})
    assert store.frame("costs", SHOP)["unit_cost_fen"].sum() == 8100


@pytest.mark.parametrize(("typed", "printed"), [("10月1日", "10月1日"), ("1号", "1号"), ("3号王小美", "3＊")])
def test_a_day_that_lacks_its_year_is_shown_and_a_name_is_not(raw: Path, read: Read, typed: str, printed: str) -> None:
    rows = [[ONE, "2026-01-01", "40"], [TWO, typed, "41"]]
    report, _ = read(write_xlsx(raw / "成本表.xlsx", {"成本表": [COSTS, *rows]}))
    [entry] = report.entries
    assert f"'{printed}'" in told(entry) + entry.reason.get("en", "")
