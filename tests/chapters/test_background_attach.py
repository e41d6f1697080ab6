"""Whether traffic items bring profit items with them, worked out by hand."""

import pandas as pd
import pytest
from planning_frames import PLAIN
from sales_frames import history, orders

from helpers.chapters import background
from helpers.findings import Gap

ROLES = pd.DataFrame(
    {"product_id": ["T", "P", "I"], "role": ["traffic", "profit", "image"], "name": ["引", "利", "形"]}
)


def bought(*rows):
    """Orders as (number, day of October, products), each line 100 yuan."""
    lines = [
        (f"O{number}", f"O{number}{at}", f"2026-10-{day:02} 10:00", 100, product, 1)
        for number, day, products in rows
        for at, product in enumerate(products)
    ]
    return orders(*lines)


def shown(make_report, lines, shop="probe", **more):
    tables = {"orders": pd.concat([history(), lines]), "roles": ROLES} | more
    return background.attach(make_report(tables, shop=shop, shop_toml=PLAIN))


def test_the_rate_counts_orders_and_not_lines(make_report):
    lines = bought((1, 2, "TP"), (2, 3, "TTP"), (3, 4, "T"), (4, 5, "TI"), (5, 6, "P"))
    answer = shown(make_report, lines)
    assert answer.values["same"].value == 0.5  # two of the four orders with a traffic item
    assert answer.values["same"].n == 4
    assert {gap.why for gap in answer.gaps} == {"no_buyer", "no_cost"}


def members(lines, buyers):
    """The member file: the buyer of each order by its number."""
    first = lines.drop_duplicates("order_id")
    key = first["order_id"].str[1:].astype(int).map(buyers)
    return pd.DataFrame({"order_id": first["order_id"], "buyer_key": key, "paid_at": first["paid_at"], "amount_fen": 1})


def test_only_profit_items_within_a_week_after_count_as_drawn(make_report):
    drawn = [(number, 1, "T") for number in range(40)]
    other = [(number, 1, "I") for number in range(40, 80)]
    back = [
        (100 + number, 8 if number < 10 else 9, "P") for number in range(20)
    ]  # ten a week later, ten a day after that
    lines = bought(*drawn, *other, *back)
    buyers = {number: f"B{number}" for number in range(80)} | {100 + number: f"B{number}" for number in range(20)}
    answer = shown(make_report, lines, members=members(lines, buyers))
    assert answer.values["after"].value == 0.25
    assert answer.values["others"].value == 0
    assert answer.values["gain"].value == 25
    assert answer.headline.key == "goals.attach.more"


def test_orders_not_watched_for_a_week_are_left_out(make_report):
    lines = bought(*[(number, 31, "T") for number in range(40)], *[(number, 1, "I") for number in range(40, 80)])
    answer = shown(make_report, lines, members=members(lines, {number: f"B{number}" for number in range(80)}))
    assert "after" not in answer.values


def test_contribution_per_thousand_exposures_adds_what_traffic_drew(make_report):
    lines = bought((1, 2, "TP"), (2, 3, "T"), (3, 4, "P"))
    cost = {"product_id": ["T", "P"], "valid_from": pd.Timestamp("2026-01-01"), "unit_cost_fen": [9500, 4000]}
    costs = pd.DataFrame(cost).assign(
        freight_out_fen=0, packing_fen=0, return_cost_fen=0, fee_rate=0.0, commission_rate=0.0
    )
    span = {"period_start": pd.Timestamp("2026-10-01"), "period_end": pd.Timestamp("2026-10-31")}
    seen = pd.DataFrame({"product_id": ["T", "P", "I"], "exposures": [2000, 500, 10], "clicks": [20, 5, 1]})
    seen = seen.assign(carrier="all", seller="own", **span)
    answer = shown(make_report, lines, costs=costs, product_periods=seen)
    frame = answer.tables["attach"].frame.set_index("role")["per_thousand"]
    assert frame["traffic"] == pytest.approx(5.0)  # two times 5 yuan of 2,000 exposures
    assert frame["profit"] == pytest.approx(240.0)
    assert frame["drawn"] == pytest.approx(35.0)  # and the 60 yuan of one profit item


def test_without_roles_or_traffic_items_there_is_no_rate(make_report):
    lines = bought((1, 2, "P"))
    assert shown(make_report, lines).why == "no_rows"
    bare = background.attach(make_report({"orders": pd.concat([history(), lines])}, shop="b", shop_toml=PLAIN))
    assert isinstance(bare, Gap)
    assert bare.needs == ("ROL",)


def test_the_samples_rate_is_that_of_its_orders(sample_report):
    answer = background.attach(sample_report)
    roles = sample_report.every("roles").set_index("product_id")["role"]
    rows = sample_report.table("orders").dropna(subset=["paid_at"])
    held = rows.assign(role=rows["product_id"].map(roles)).groupby("order_id")["role"].agg(set)
    drawn = held[[("traffic" in one) for one in held]]
    assert answer.values["same"].value == pytest.approx(sum("profit" in one for one in drawn) / len(drawn))
    per = answer.tables["attach"].frame.set_index("role")["per_thousand"]
    assert per["traffic"] < per["drawn"] < per["profit"]
