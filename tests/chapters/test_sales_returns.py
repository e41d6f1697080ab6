"""Reasons of refunds and products above the return limit, worked out by hand."""

import pandas as pd
import pytest
from sales_frames import after_sales, history, many, orders

from helpers.chapters import sales
from helpers.definitions import reasons as mapping
from helpers.errors import DefinitionError
from helpers.findings import Gap

LINES = pd.concat([history("2026-08-01"), orders(*many("P", 6, "2026-09-25", 100), *many("O", 1, "2026-10-31"))])
REFUNDS = after_sales(
    ("P0", 100, "2026-09-20", "return", "质量问题", "success"),  # before the period
    ("P1", 60, "2026-10-02", "return", "质量问题（开线）", "success"),
    ("P2", 30, "2026-10-03", "refund_unshipped", "多拍/错拍/不想要", "success"),
    ("P3", 20, "2026-10-04", "refund_shipped", "少件/漏发", "success"),
    ("P4", 10, "2026-10-05", "return", "家里的猫不喜欢", "success"),
    ("P5", 99, "2026-10-06", "return", "质量问题", "pending"),
)


def test_refunds_of_the_period_are_grouped_and_add_up(make_report):
    report = make_report({"orders": LINES, "after_sales": REFUNDS})
    answer = sales.reasons(report)
    facts = report.notes.facts
    assert facts["sales.refund_amount_by_time"].value == 120
    assert facts["sales.refund_by_reason/reason=quality"].value == 60
    assert facts["sales.refund_by_reason/reason=changed_mind"].value == 30
    assert facts["sales.refund_by_reason/reason=missing"].value == 20
    assert facts["sales.refund_unmapped_share"].value == pytest.approx(10 / 120)
    assert facts["sales.refund_by_way/way=unshipped"].value == 30
    assert facts["sales.refund_by_way/way=shipped"].value == 20
    assert facts["sales.refund_by_way/way=returned"].value == 70
    frame = answer.tables["reasons"].frame
    assert frame["reason_group"].to_list() == ["quality", "changed_mind", "missing", "unmapped"]
    assert frame["cumulative"].to_list() == pytest.approx([0.5, 0.75, 110 / 120, 1])
    assert answer.tables["unknown"].frame["reason"].to_list() == ["家里的猫不喜欢"]


def test_what_avoidable_refunds_took_is_the_contribution_that_the_orders_would_have_left(make_report):
    cost = {
        "product_id": ["P"],
        "valid_from": [pd.Timestamp("2026-01-01")],
        "unit_cost_fen": [4000],
        "return_cost_fen": [500],
    }
    costs = pd.DataFrame(cost).assign(freight_out_fen=1000, packing_fen=0, fee_rate=0.0, commission_rate=0.0)
    back = REFUNDS.iloc[[0]].assign(line_id="P1", refunded_at=pd.Timestamp("2026-10-02"))
    report = make_report({"orders": LINES, "after_sales": back, "costs": costs})
    # without the return 100 - 40 - 10 = 50, with it 0 - 0 - 10 - 5 = -15
    assert sales.reasons(report).stake.value == 65


def test_a_month_without_refunds_says_so_and_a_missing_file_is_a_gap(make_report):
    early = REFUNDS.iloc[[0]].assign(refunded_at=pd.Timestamp("2026-09-02"), applied_at=pd.Timestamp("2026-09-02"))
    answer = sales.reasons(make_report({"orders": LINES, "after_sales": early}))
    assert answer.headline.key == "sales.reasons.none"
    assert isinstance(sales.reasons(make_report({"orders": LINES}, shop="other")), Gap)


def test_reasons_are_found_by_their_beginning_whatever_the_width_of_letters():
    group = mapping.groups()
    assert group("７天无理由退货") == "changed_mind"
    assert group("质量问题") == "quality"
    assert group("不是质量问题") is None
    assert group(None) is None


def test_a_group_that_does_not_exist_is_refused(data):
    folder = data / "definitions"
    folder.mkdir(parents=True)
    (folder / "reasons.csv").write_text("reason,group\n质量问题,qualty\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match="qualty"):
        mapping.groups()


def shop_with_returns(limit=None):
    lines = orders(*many("X", 100, "2026-10-05"), *many("Y", 100, "2026-10-05"), *many("V", 100, "2026-10-05"))
    late = orders(*[(f"L{i}", f"L{i}", "2026-10-28 10:00", 50, "Y", 1) for i in range(50)])
    back = [(f"X{i}", 50, "2026-10-12", "return", "质量问题", "success") for i in range(40)]
    back += [(f"Y{i}", 50, "2026-10-12", "return", "质量问题", "success") for i in range(5)]
    back += [(f"Y{i}", 50, "2026-10-25", "return", "质量问题", "success") for i in range(50, 90)]  # twenty days later
    back += [(f"V{i}", 50, "2026-10-06", "refund_unshipped", "多拍", "success") for i in range(20)]
    back += [("Z0a", 1, "2026-09-01", "return", "x", "closed")]
    tables = {"orders": pd.concat([history(), lines, late]), "after_sales": after_sales(*back)}
    if limit is not None:
        row = {"metric": ["return_rate"], "valid_from": [pd.Timestamp("2026-01-01")], "amount": [limit]}
        tables["targets"] = pd.DataFrame(row)
    return tables


def test_every_line_is_watched_for_the_same_days_and_the_offender_is_named(make_report):
    report = make_report(shop_with_returns(0.2))
    answer = sales.returned_products(report)
    frame = answer.tables["returned"].frame.set_index("product_name")
    assert frame["n"].to_dict() == {"X": 100, "Y": 100, "V": 80}  # young lines and those never shipped are left out
    assert frame["returned"].to_dict() == {"X": 40, "Y": 5, "V": 0}
    assert frame["standing"].to_dict() == {"X": "above", "Y": "within", "V": "within"}
    assert report.notes.facts["sales.return_rate"].value == pytest.approx(45 / 280)
    assert report.notes.facts["sales.return_rate/product=X"].value == 0.4
    assert report.notes.facts["sales.products_above"].value == 1
    assert report.notes.facts["sales.return_rate"].period == "2026-09-20..2026-10-20"


def test_without_a_target_the_shops_own_rate_stands_in_and_that_is_said(make_report):
    answer = sales.returned_products(make_report(shop_with_returns()))
    assert set(answer.tables["returned"].frame["target"]) == {45 / 280}
    assert "sales.returns.bar_shop" in [line.key for line in answer.more]


def test_a_category_without_any_return_has_nobody_above_it(make_report):
    tables = shop_with_returns()
    tables["roles"] = pd.DataFrame({"product_id": ["X", "Y", "V"], "category": ["童装", "童装", "湿巾"]})
    frame = sales.returned_products(make_report(tables)).tables["returned"].frame.set_index("product_name")
    assert frame.loc["V", "standing"] == "within"
    assert frame.loc["X", "target"] == 45 / 200
    assert frame.loc["X", "standing"] == "above"


def test_too_young_a_file_is_a_gap(make_report):
    lines = orders(*many("X", 5, "2026-10-30"))
    back = after_sales(("X0", 50, "2026-10-31", "return", "质量问题", "success"))
    answer = sales.returned_products(make_report({"orders": lines, "after_sales": back}))
    assert isinstance(answer, Gap)
    assert answer.why == "not_mature"
