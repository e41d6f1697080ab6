"""Who comes back: shares worked out by hand, with buyers who are still under way."""

import pandas as pd
import pytest
from interaction_frames import all_of, bought, orders

from helpers.chapters import interaction
from helpers.findings import Gap

FORTY = [f"b{i}" for i in range(40)]
EARLY = bought(["z"], "2026-01-01")
BASE = [EARLY, bought(FORTY, "2026-05-01"), bought(FORTY[:10], "2026-05-11"), bought(FORTY[10:20], "2026-06-30")]


def test_a_quarter_is_back_after_30_days_and_half_after_90(make_report):
    values = interaction.repeat(make_report({"orders": all_of(*BASE, orders())})).values
    assert values["repeat_30"].value == pytest.approx(0.25)
    assert values["repeat_90"].value == pytest.approx(0.5)
    assert values["half"].value == 10  # half of those back within 90 days


def test_buyers_who_have_not_been_followed_so_long_do_not_count_as_lost(make_report):
    fresh = bought([f"n{i}" for i in range(40)], "2026-10-26")
    values = interaction.repeat(make_report({"orders": all_of(*BASE, fresh)})).values
    assert values["buyers"].value == 80
    assert values["repeat_90"].value == pytest.approx(0.5)


def test_orders_after_the_period_are_not_known_yet(make_report):
    later = bought(FORTY[20:40], "2026-11-03")
    values = interaction.repeat(make_report({"orders": all_of(*BASE, orders(), later)})).values
    assert values["repeat_90"].value == pytest.approx(0.5)


def test_buyers_of_the_first_days_on_record_are_left_out(make_report):
    old = [f"o{i}" for i in range(50)]
    known = [bought(old, "2026-01-05"), bought(old, "2026-01-20")]
    values = interaction.repeat(make_report({"orders": all_of(*BASE, *known, orders())})).values
    assert values["buyers"].value == 40
    assert values["repeat_30"].value == pytest.approx(0.25)


def test_the_member_file_serves_where_orders_name_no_buyer(make_report):
    members = all_of(*BASE)[["order_id", "buyer_key", "paid_at"]].assign(amount_fen=10_000)
    report = make_report({"orders": all_of(*BASE, orders()).drop(columns="buyer_key"), "members": members})
    values = interaction.repeat(report).values
    assert values["repeat_90"].value == pytest.approx(0.5)
    assert values["known"].value == 0  # the only order of October has no known buyer


def test_orders_worth_nothing_are_no_purchase(make_report):
    samples = bought(FORTY[20:], "2026-05-05").assign(payable_fen=0)
    values = interaction.repeat(make_report({"orders": all_of(*BASE, samples, orders())})).values
    assert values["repeat_30"].value == pytest.approx(0.25)


def test_the_verdict_follows_the_interval(make_report):
    assert interaction.repeat(make_report({"orders": all_of(*BASE, orders())})).verdict == "open"


def test_the_stake_is_gap_times_new_buyers_times_what_a_second_order_left(make_report):
    """200 buyers, 40 back: 20 %; target 50 %; 50 new buyers in October; a second order leaves 100 - 60 yuan."""
    many = [f"m{i}" for i in range(200)]
    rows = [
        EARLY,
        bought(many, "2026-07-01"),
        bought(many[:40], "2026-08-10"),
        bought([f"n{i}" for i in range(50)], "2026-10-20"),
    ]
    cost = pd.DataFrame({"product_id": ["P"], "valid_from": pd.Timestamp("2026-01-01"), "unit_cost_fen": 6000})
    found = interaction.repeat(make_report({"orders": all_of(*rows).assign(refund_fen=0), "costs": cost}))
    assert found.values["repeat_90"].value == pytest.approx(0.2)
    assert found.verdict == "fails"
    assert found.stake.value == pytest.approx(600)  # 0.3 x 50 x 40
    assert found.stake.low < 600 < found.stake.high


def test_quarters_are_judged_only_once_enough_of_their_buyers_have_been_followed(make_report):
    fresh = bought([f"n{i}" for i in range(40)], "2026-10-26")
    frame = interaction.repeat(make_report({"orders": all_of(*BASE, fresh)})).tables["cohorts"].frame
    assert frame["cohort"].tolist() == ["2026Q2", "2026Q4"]
    assert frame["repeat_90"].notna().tolist() == [True, False]


def test_without_buyers_the_member_file_is_named(make_report):
    gap = interaction.repeat(make_report({"orders": orders()}))
    assert isinstance(gap, Gap) and gap.why == "no_buyer" and gap.needs == ("MEM",)


def test_a_short_history_says_how_long_it_must_be(make_report):
    gap = interaction.repeat(make_report({"orders": bought(FORTY, "2026-10-01")}))
    assert gap.why == "no_history"
    assert (gap.slots["have"].value, gap.slots["need"].value) == (31, 120)


def test_few_buyers_are_not_judged(make_report):
    gap = interaction.repeat(make_report({"orders": all_of(EARLY, bought(["a", "b"], "2026-05-01"), orders())}))
    assert isinstance(gap, Gap) and gap.why == "too_few"
