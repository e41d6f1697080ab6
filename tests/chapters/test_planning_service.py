"""Replies and shipping against their bars, worked out by hand."""

import pandas as pd
import pytest
from planning_frames import PLAIN, all_of, orders, service

from helpers.chapters import planning
from helpers.findings import Gap

OLD = orders(1, "2026-08-20 10:00")  # the data reach back to the start of the month before


def shipped(make_report, *frames, period="2026-10", **tables):
    return planning.shipping(make_report({"orders": all_of(OLD, *frames), **tables}, period))


def test_the_rate_counts_orders_due_and_the_bar_is_judged_by_its_probability(make_report):
    found = shipped(make_report, orders(360), orders(24, hours=60, name="B"), orders(16, hours=None, name="C"))
    values = found.values
    assert (values["rate"].value, values["rate"].n) == (pytest.approx(0.9), 400)
    assert values["rate"].low == pytest.approx(0.8666, abs=1e-4)  # Wilson
    assert values["late"].value == 40
    assert values["target"].value == 0.95
    assert found.verdict == "fails"
    assert values["chance"].value < 0.001
    assert found.stake is None


def test_all_in_time_holds_and_a_handful_stays_open(make_report):
    assert shipped(make_report, orders(400)).verdict == "holds"


def test_a_handful_is_not_judged(make_report):
    assert shipped(make_report, orders(10)).verdict == "open"


def test_exactly_48_hours_is_in_time(make_report):
    values = shipped(make_report, orders(1, hours=48), orders(1, hours=48.01, name="B")).values
    assert values["rate"].value == 0.5


def test_presale_appointments_virtual_goods_and_refunds_before_shipping_do_not_count(make_report):
    back = pd.DataFrame({"after_sale_id": ["S"], "line_id": ["R2026-10-05 10:00-0"], "kind": ["refund_unshipped"]})
    when = pd.Timestamp("2026-10-06 10:00")
    back = back.assign(status="success", applied_at=when, refunded_at=when, goods_refund_fen=10_000)
    found = shipped(
        make_report,
        orders(2),
        orders(1, hours=None, name="P", order_type="presale"),
        orders(1, hours=None, name="V", order_type="virtual"),
        orders(1, hours=None, name="T", appointed_at=pd.Timestamp("2026-10-20")),
        orders(1, hours=None, name="C").assign(status="closed"),
        orders(1, hours=None, name="R"),
        after_sales=back,
    )
    assert (found.values["rate"].value, found.values["rate"].n) == (1.0, 2)
    assert found.values["waited"].value == 0


def test_a_buyer_who_gave_up_after_48_hours_is_said_beside_the_rate(make_report):
    back = pd.DataFrame({"after_sale_id": ["S"], "line_id": ["R2026-10-05 10:00-0"], "kind": ["refund_unshipped"]})
    when = pd.Timestamp("2026-10-08 10:00")
    back = back.assign(status="success", applied_at=when, refunded_at=when, goods_refund_fen=10_000)
    found = shipped(make_report, orders(2), orders(1, hours=None, name="R"), after_sales=back)
    assert (found.values["rate"].n, found.values["waited"].value) == (2, 1)
    assert "planning.shipping.waited" in [said.key for said in found.more]


def test_orders_whose_48_hours_were_not_over_at_the_export_do_not_count(make_report):
    # exported on 5 November at 10:00: payments after 3 November 10:00 are too young, shipped or not
    frames = [
        orders(1, "2026-11-03 09:00", hours=None),
        orders(3, "2026-11-03 11:00"),
        orders(2, "2026-11-04 09:00", None),
    ]
    found = shipped(make_report, *frames, period="2026-11-03..2026-11-04")
    assert (found.values["rate"].value, found.values["rate"].n) == (0.0, 1)


def test_an_order_is_out_when_its_last_line_is(make_report):
    lines = all_of(orders(1), orders(1, hours=72, name="B")).assign(order_id="both")
    assert shipped(make_report, lines, orders(1, name="C")).values["rate"].value == 0.5


def test_gifts_do_not_hold_an_order_back(make_report):
    gift = orders(1, hours=None, name="G").assign(order_id="A2026-10-05 10:00-0", payable_fen=0, line_kind="gift")
    found = shipped(make_report, orders(1, line_kind="product"), gift)
    assert (found.values["rate"].value, found.values["rate"].n) == (1.0, 1)


def test_promises_are_kept_apart_and_hold_presale_too(make_report):
    promised = {"promised_at": pd.Timestamp("2026-10-20")}
    found = shipped(
        make_report, orders(1, hours=72, **promised), orders(1, hours=400, name="P", order_type="presale", **promised)
    )
    assert found.values["rate"].value == 0.0
    assert (found.values["promise"].value, found.values["promise"].n) == (0.5, 2)


def test_the_matching_days_of_the_month_before_are_compared_with_their_interval(make_report):
    # the first Mondays are 7 September and 5 October; a fifth Saturday, 31 October, has no partner
    before = [orders(100, "2026-09-07 10:00"), orders(100, "2026-09-07 10:00", 60, name="B")]
    rows = all_of(OLD, orders(200), orders(50, "2026-10-31 10:00", 60), *before)
    values = planning.shipping(make_report({"orders": rows}, shop_toml=PLAIN)).values
    assert values["rate"].value == 0.8
    assert values["rate.previous"].value == 0.5
    assert values["rate.change"].value == pytest.approx(50)
    assert values["rate.change"].unit == "points"
    assert values["rate.change"].low > 40


def test_the_weekday_that_is_late_gets_the_action(make_report):
    # 5 October 2026 is a Monday, 6 October a Tuesday
    found = shipped(make_report, orders(50), orders(50, hours=90, name="B"), orders(300, "2026-10-06 10:00"))
    weekdays = found.tables["weekdays"].frame
    assert weekdays["weekday"].tolist() == ["0", "1"]
    assert weekdays["late"].tolist() == [50, 0]
    assert found.action.slots["weekday"].key == "0"
    assert found.action.slots["share"].value == 0.5


def test_days_alike_get_no_action_and_days_without_orders_no_rate(make_report):
    found = shipped(make_report, orders(20), orders(20, "2026-10-09 10:00"))
    assert found.action is None
    assert found.tables["days"].frame["day"].dt.day.tolist() == [5, 9]


def test_a_file_without_shipping_times_is_a_gap(make_report):
    found = shipped(make_report, orders(3).assign(shipped_at=pd.NaT))
    assert isinstance(found, Gap)  # sent, but nobody says when
    assert found.why == "no_rows"
    bare = orders(3).drop(columns=["shipped_at", "status", "quantity"])
    gap = planning.shipping(make_report({"orders": bare}, shop="bare"))
    assert isinstance(gap, Gap)
    assert (gap.why, gap.needs) == ("missing_column", ("ORD",))


def test_the_sample_shop_ships_what_was_planted(sample_report):
    values = planning.shipping(sample_report).values
    assert values["rate"].value == pytest.approx(0.9351, abs=0.005)


REPLIES = [("x", "2026-10-01", 30, 20.0, 1.0), ("x", "2026-10-02", 10, 40.0, 0.9), ("y", "2026-10-02", 40, 10.0, 1.0)]


def test_replies_are_weighted_by_conversations_and_never_hold(make_report):
    found = planning.reply(make_report({"orders": all_of(OLD, orders(1)), "service_days": service(*REPLIES)}))
    assert (found.values["share"].value, found.values["share"].n) == (70 / 80, 80)
    assert 0 <= found.values["share"].low <= found.values["share"].high <= 1
    assert found.verdict == "open"
    assert [gap.why for gap in found.gaps] == ["no_single_replies"]


def test_replies_that_are_slow_on_average_fail(make_report):
    slow = [("x", f"2026-10-{day:02}", 10, 60.0 + day, 0.9) for day in range(1, 11)]
    found = planning.reply(make_report({"orders": all_of(OLD, orders(1)), "service_days": service(*slow)}))
    assert (found.values["share"].value, found.verdict) == (0.0, "fails")


def test_replies_without_the_file_are_a_gap_of_this_claim(make_report):
    gap = planning.reply(make_report({"orders": orders(1)}))
    assert isinstance(gap, Gap)
    assert (gap.claim, gap.needs) == ("6.1.2d", ("FGK",))
