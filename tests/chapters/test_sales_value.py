"""Value per order, hours, and categories, worked out by hand: second Thursdays of September (10th) and October (8th)."""

import math

import pandas as pd
import pytest
from sales_frames import history, orders

from helpers.chapters import sales
from helpers.findings import Gap

PLAIN = 'platform = "other"'  # no calendar: every day is an ordinary one


def effects(report):
    found = sales.order_value(report).tables["bridge"].frame
    return dict(zip(found["value_factor"], found["value_change"], strict=True))


def month_of(yuan, day, **more):
    return orders(*[(f"{day}{i}", f"{day}{i}", f"{day} 1{i}:00", yuan, "P", 1) for i in range(4)], **more)


def test_a_higher_price_tag_is_list_price_and_a_discount_is_discount(make_report):
    then = month_of(100, "2026-09-10", discount_fen=0)
    now = month_of(99, "2026-10-08", discount_fen=1100)  # tag 110, 10 % off
    found = effects(make_report({"orders": pd.concat([history(), then, now])}, shop_toml=PLAIN))
    log_mean = (99 - 100) / math.log(99 / 100)
    assert found["list_price"] == pytest.approx(log_mean * math.log(1.1), abs=0.01)
    assert found["discount"] == pytest.approx(log_mean * math.log(0.9), abs=0.01)
    assert found["start"] + found["list_price"] + found["discount"] == pytest.approx(found["end"], abs=1e-9)


def test_two_units_at_half_the_price_cancel_out(make_report):
    then = month_of(100, "2026-09-10")
    now = month_of(100, "2026-10-08").assign(quantity=2)
    found = effects(make_report({"orders": pd.concat([history(), then, now])}, shop_toml=PLAIN))
    assert found["items"] == pytest.approx(69.31)
    assert found["list_price"] == pytest.approx(-69.31)
    assert found["start"] == found["end"] == 100


def test_a_new_dear_product_is_mix_not_price(make_report):
    then = month_of(100, "2026-09-10")
    now = month_of(100, "2026-10-08")
    now.loc[now.index[2:], ["product_id", "payable_fen"]] = ["Q", 30000]
    found = effects(make_report({"orders": pd.concat([history(), then, now])}, shop_toml=PLAIN))
    assert found == {"start": 100, "mix": 100, "end": 200}


def test_freight_and_lines_that_are_no_goods_stand_apart(make_report):
    then = month_of(100, "2026-09-10")
    now = month_of(110, "2026-10-08", freight_fen=1000)
    fee = orders(("2026-10-080", "fee", "2026-10-08 10:00", 8, "F", 1), line_kind="other")
    found = effects(make_report({"orders": pd.concat([history(), then, now, fee])}, shop_toml=PLAIN))
    assert found["freight"] == 10
    assert found["other"] == 2
    assert set(found) == {"start", "freight", "other", "end"}


def test_the_bridge_ties_to_the_cent_on_odd_numbers(make_report):
    then = orders(*[(f"a{i}", f"a{i}", "2026-09-10 10:00", 33.33 + i, f"P{i % 3}", 1 + i % 2) for i in range(7)])
    now = orders(*[(f"b{i}", f"b{i}", "2026-10-08 10:00", 41.17 + i, f"P{i % 4}", 1 + i % 3) for i in range(11)])
    frame = (
        sales.order_value(make_report({"orders": pd.concat([history(), then, now])}, shop_toml=PLAIN))
        .tables["bridge"]
        .frame
    )
    numbers = list(frame["value_change"])
    assert sum(numbers[:-1]) == pytest.approx(numbers[-1], abs=0.001)


def test_without_quantities_the_value_stands_and_the_parts_are_a_gap(make_report):
    then, now = month_of(100, "2026-09-10"), month_of(120, "2026-10-08")
    answer = sales.order_value(
        make_report(
            {"orders": pd.concat([history(), then, now]).drop(columns=["quantity", "product_id"])}, shop_toml=PLAIN
        )
    )
    assert answer.values["order_value"].value == 120
    assert [gap.why for gap in answer.gaps] == ["missing_column"]


def test_hours_and_weekdays_are_counted_per_order_and_the_map_per_such_day(make_report):
    lines = orders(
        ("A", "A1", "2026-10-05 20:10", 10, "P", 1),
        ("A", "A2", "2026-10-05 20:10", 10, "Q", 1),
        ("B", "B1", "2026-10-05 20:40", 10, "P", 1),
        ("C", "C1", "2026-10-12 20:00", 10, "P", 1),
        ("D", "D1", "2026-10-13 09:00", 10, "P", 1),
    )
    report = make_report({"orders": lines})
    answer = sales.peak_hours(report)
    facts = report.notes.facts
    assert facts["sales.orders_by_hour/hour=20"].value == 3
    assert facts["sales.orders_by_hour/hour=0"].value == 0
    assert facts["sales.orders_by_weekday/weekday=1"].value == 3
    assert sum(facts[f"sales.orders_by_hour/hour={hour}"].value for hour in range(24)) == 4
    heat = answer.tables["heat"].frame
    assert len(heat) == 7 * 24
    monday = heat[(heat["weekday"] == "0") & (heat["hour"] == 20)]
    assert monday["orders_per_day"].item() == 0.75  # three orders on four Mondays


def test_payment_days_without_a_time_of_day_have_no_hours(make_report):
    answer = sales.peak_hours(
        make_report({"orders": month_of(10, "2026-10-08").assign(paid_at=pd.Timestamp("2026-10-08"))})
    )
    assert isinstance(answer, Gap)
    assert answer.why == "missing_column"


def test_a_category_that_vanishes_is_mix(make_report):
    then = orders(("a", "a", "2026-09-25 10:00", 100, "P", 10), ("b", "b", "2026-09-25 11:00", 200, "Q", 10))
    now = orders(("c", "c", "2026-10-02 10:00", 200, "P", 20))
    roles = pd.DataFrame({"product_id": ["P", "Q"], "category": ["纸尿裤", "湿巾"]})
    report = make_report(
        {"orders": pd.concat([history(), then, now]), "roles": roles}, period="2026-10-01..2026-10-10", shop_toml=PLAIN
    )
    frame = sales.categories(report).tables["segments"].frame.set_index("segment")
    assert frame.loc["纸尿裤", "effect_mix"] == 100
    assert frame.loc["湿巾", "effect_mix"] == -200
    assert frame[["effect_volume", "effect_price"]].abs().sum().sum() == 0
    assert frame["change"].sum() == -100
    assert report.notes.facts["sales.segment_share/category=纸尿裤"].value == 1


def test_parts_of_every_category_add_up_to_its_change(make_report):
    then = orders(*[(f"a{i}", f"a{i}", "2026-09-10 10:00", 7.77 * (i + 1), f"P{i % 5}", 1 + i % 3) for i in range(23)])
    now = orders(*[(f"b{i}", f"b{i}", "2026-10-08 10:00", 9.13 * (i + 1), f"P{i % 6}", 1 + i % 2) for i in range(19)])
    frame = (
        sales.categories(make_report({"orders": pd.concat([history(), then, now])}, shop_toml=PLAIN))
        .tables["segments"]
        .frame
    )
    parts = frame[["effect_volume", "effect_mix", "effect_price"]].sum(axis=1)
    assert parts.to_list() == pytest.approx(frame["change"].to_list(), abs=0.001)
    assert frame["amount_before"].sum() == pytest.approx(then["payable_fen"].sum() / 100, abs=0.001)
