"""Strong and weak products, and the list of best-sellers."""

import pandas as pd
import pytest
from sales_frames import after_sales, history, many, orders

from helpers import show
from helpers.chapters import sales

MONTH = {"period_start": pd.Timestamp("2026-10-01"), "period_end": pd.Timestamp("2026-10-31"), "seller": "own"}


def traffic(*rows, **more):
    columns = ["product_id", "exposures", "clicks", "orders", "paid_fen"]
    return pd.DataFrame(rows, columns=columns).assign(**({"carrier": "live", "refund_fen": 0} | MONTH | more))


STRONG, WEAK, THIN = ("S", 10_000, 1000, 200, 1_000_000), ("W", 10_000, 1000, 10, 50_000), ("T", 50, 10, 1, 5_000)
LINES = pd.concat([history(), orders(("a", "a", "2026-10-05 10:00", 50, "S", 1))])


def test_strong_and_weak_products_part_and_a_thin_one_stays_doubtful(make_report):
    report = make_report({"orders": LINES, "product_periods": traffic(STRONG, WEAK, THIN)})
    answer = sales.products(report)
    placed = answer.tables["products"].frame.set_index("product_name")["quadrant"]
    assert placed.to_dict() == {"S": "star", "W": "weak", "T": "doubt"}
    assert report.notes.facts["sales.click_conversion"].value == pytest.approx(211 / 2010)
    assert report.notes.facts["sales.net_per_1000"].value == pytest.approx(10_550 / 20_050 * 1000, abs=0.01)
    assert report.notes.facts["sales.weak_exposure_share"].value == pytest.approx(10_000 / 20_050)
    assert [gap.needs for gap in answer.gaps] == [("CST",)]


def test_a_total_row_and_a_day_file_do_not_count_twice(make_report):
    total, live = traffic(STRONG, WEAK, carrier="all"), traffic(STRONG, WEAK)
    day = traffic(("S", 500, 50, 9, 45_000), period_end=pd.Timestamp("2026-10-01"), carrier="all")
    report = make_report({"orders": LINES, "product_periods": pd.concat([total, live, day])})
    sales.products(report)
    assert report.notes.facts["sales.click_conversion"].value == pytest.approx(210 / 2000)


def test_with_costs_the_yield_is_contribution(make_report):
    lines = pd.concat([history(), orders(*many("S", 2, "2026-10-05", 100))])
    cost = {
        "product_id": ["S"],
        "valid_from": [pd.Timestamp("2026-01-01")],
        "unit_cost_fen": [4000],
        "packing_fen": [300],
    }
    costs = pd.DataFrame(cost).assign(freight_out_fen=700, return_cost_fen=500, fee_rate=0.05, commission_rate=0.0)
    back = after_sales(
        ("Z0a", 1, "2026-09-01", "return", "x", "closed"), ("S0", 100, "2026-10-09", "return", "质量问题", "success")
    )
    seen = traffic(("S", 1000, 100, 2, 20_000))
    report = make_report({"orders": lines, "after_sales": back, "costs": costs, "product_periods": seen})
    answer = sales.products(report)
    # kept: 100 - 5 fee - 40 goods - 10 sent = 45; returned: 0 - 0 fee - 0 goods - 10 sent - 5 way back = -15
    assert answer.values["per_1000"].id == "sales.contribution_per_1000"
    assert answer.values["per_1000"].value == 30


def test_without_traffic_the_products_still_stand_by_net_amount(make_report):
    report = make_report(
        {"orders": pd.concat([history(), orders(*many("P", 2, "2026-10-05"), *many("Q", 3, "2026-10-05"))])}
    )
    answer = sales.products(report)
    assert answer.tables["top"].frame["product_name"].to_list() == ["Q", "P"]
    assert answer.tables["top"].frame["net_amount"].to_list() == [150, 100]
    assert report.notes.facts["sales.top_products_share"].value == 1
    assert [gap.needs for gap in answer.gaps] == [("PRD", "CST")]


def test_the_list_turns_over_by_net_amount_without_gifts(make_report):
    then = [line for i in range(11) for line in many(f"p{i:02}", 1, "2026-09-10", 200 - i)]
    now = [line for i in range(2, 12) for line in many(f"p{i:02}", 1, "2026-10-10", 200 - i)]
    now = [(f"n{order}", f"n{line}", *rest) for order, line, *rest in now]
    gift = orders(("g", "g", "2026-10-10 10:00", 999, "GIFT", 1), line_kind="gift")
    big = orders(("x", "x", "2026-10-10 10:00", 500, "BACK", 1))
    back = after_sales(
        ("Z0a", 1, "2026-09-01", "return", "x", "closed"), ("x", 500, "2026-10-12", "return", "质量问题", "success")
    )
    report = make_report({"orders": pd.concat([history(), orders(*then, *now), gift, big]), "after_sales": back})
    answer = sales.turnover(report)
    facts = report.notes.facts
    assert facts["sales.top_list_stayed"].value == 8  # p02 to p09
    assert facts["sales.top_list_entered"].value == 2  # p10 was eleventh, p11 is new
    assert facts["sales.top_list_left"].value == 2  # p00 and p01
    assert facts["sales.top_list_overlap"].value == 0.8
    stages = answer.tables["list"].frame.set_index("product_name")["stage"]
    assert stages[["p10", "p11", "p00", "p02"]].to_list() == ["entered", "new", "left", "steady"]
    assert show.flow(answer, "flow") is not None


def test_products_of_one_name_are_told_apart_by_their_ids(make_report):
    lines = orders(*many("A1001", 2, "2026-10-05"), *many("A1002", 1, "2026-10-05")).assign(product_name="围兜")
    answer = sales.products(make_report({"orders": pd.concat([history(), lines])}))
    assert answer.tables["top"].frame["product_name"].to_list() == ["围兜 1001", "围兜 1002"]
