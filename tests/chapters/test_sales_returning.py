"""Handling returns: keep or delist, costs, stages, effort, and the price of speed, worked out by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sales_frames import after_sales, history, orders

from helpers.chapters import sales
from helpers.chapters.lines import waited
from helpers.chapters.sales.return_balance import _frontier
from helpers.chapters.sales.return_costs import _steps, against_untreated
from helpers.findings import Gap
from helpers.period import Period

MONTH = 365 / 12
LATE = [("L0", "L0", "2026-10-31 10:00", 1, "L", 1)]


def costs(product, unit=40, back=10):
    row = {"product_id": [product], "valid_from": [pd.Timestamp("2026-01-01")], "unit_cost_fen": [unit * 100]}
    more = {
        "freight_out_fen": 500,
        "packing_fen": 100,
        "return_cost_fen": back * 100,
        "fee_rate": 0.0,
        "commission_rate": 0.0,
    }
    return pd.DataFrame(row).assign(**more)


def target(limit):
    return pd.DataFrame({"metric": ["return_rate"], "valid_from": [pd.Timestamp("2026-01-01")], "amount": [limit]})


def shop(returned, count=180, unit=40, yuan=100, limit=0.2, back=10):
    """Ninety mature days with lines of one product, of which those at the places in ``returned`` came back."""
    days = pd.date_range("2026-07-08", "2026-10-05")
    rows = [(f"X{i}", f"X{i}", f"{days[i % 90]:%Y-%m-%d} 10:00", yuan, "X", 1) for i in range(count)]
    young = [(f"W{i}", f"W{i}", f"2026-10-{6 + i % 14:02} 10:00", yuan, "X", 1) for i in range(60)]
    asked = [
        (f"X{i}", yuan, f"{days[i % 90] + pd.Timedelta(days=8)}", "return", "质量问题", "success") for i in returned
    ]
    asked += [(f"W{i}", yuan, f"2026-10-{14 + i % 14:02} 10:00", "return", "质量问题", "success") for i in range(30)]
    first = [("Z0a", 1, "2026-06-25", "refund_unshipped", "多拍", "success")]
    lines = pd.concat([history("2026-06-24"), orders(*rows, *young, *LATE)])
    tables = {"orders": lines, "after_sales": after_sales(*first, *asked), "costs": costs("X", unit, back)}
    return tables | {"targets": target(limit)}


def test_a_product_that_still_earns_is_kept_and_its_break_even_rate_told(make_report):
    report = make_report(shop(range(0, 180, 2)))
    answer = sales.delist(report)
    # a line that stays leaves 100 - 40 - 6 = 54, one that comes back -6 - 10 = -16; half come back
    assert answer.headline.key == "sales.delist.talk"
    assert answer.values["keep_month"].value == pytest.approx(180 * 19 / 90 * MONTH, abs=0.006)
    assert answer.values["break_even_rate"].value == pytest.approx(54 / 70)
    assert answer.values["talk_month"].value == pytest.approx((0.5 - 0.2) * 70 * 180 / 90 * MONTH, abs=0.006)
    assert answer.values["returned_share"].value == 0.5
    assert answer.tables["decisions"].frame["decision"].to_list() == ["talk"]


def test_a_product_that_loses_on_every_line_is_to_be_delisted(make_report):
    answer = sales.delist(make_report(shop(range(0, 180, 3), unit=96)))
    assert answer.headline.key == "sales.delist.delist"
    assert answer.values["keep_month"].value == pytest.approx((120 * -2 + 60 * -16) / 90 * MONTH, abs=0.006)
    assert answer.values["p_loss"].value > 0.99
    assert "break_even_rate" not in answer.values  # a line that stays loses too


def test_what_may_be_a_loss_or_not_is_left_open(make_report):
    # the lines that come back eat what the others leave: 54 * 2 - 16 * 2 - ... close to nothing
    places = [i for i in range(180) if i % 9 < 7]
    answer = sales.delist(make_report(shop(places)))
    assert answer.headline.key == "sales.delist.open"
    assert answer.action is None


def test_no_product_above_the_limit_needs_no_decision_and_no_cost_is_a_gap(make_report):
    tables = shop(range(0, 180, 2), limit=0.9)
    assert sales.delist(make_report(tables)).headline.key == "sales.delist.none"
    bare = sales.delist(make_report({name: part for name, part in tables.items() if name != "costs"}, shop="other"))
    assert isinstance(bare, Gap) and bare.needs == ("CST",)


def hours(middle, count, spread):
    """So many spans whose median is the middle, a few hours apart."""
    return pd.to_timedelta(middle + np.arange(count) % spread - spread // 2, unit="h")


def requests(count, agree=10, send=20, settle=100, day="2026-10-03", still=0, **more):
    """Requests for a return with their moments; the last ``still`` of them were sent late and are not settled."""
    applied = pd.Timestamp(f"{day} 08:00") + pd.to_timedelta(np.arange(count) % 12, unit="h")
    frame = after_sales(*[(f"R{i}", 50, "2026-10-10", "return", "7天无理由", "success") for i in range(count)])
    agreed = applied + hours(agree, count, 5)
    sent = agreed + hours(send, count, 7)
    paid = pd.Series(sent + hours(settle, count, 11))
    frame = frame.assign(applied_at=applied, agreed_at=agreed, returned_at=sent, refunded_at=paid, closed_at=pd.NaT)
    late = frame.index >= count - still
    frame.loc[late, ["refunded_at"]] = pd.NaT
    frame.loc[late, "status"] = "pending"
    return frame.assign(**more)


def bought(frame):
    rows = [(line, line, "2026-09-28 10:00", 50, "P", 1) for line in frame["line_id"].unique()]
    return pd.concat([history(), orders(*rows, *LATE)])


def test_the_slowest_stage_is_told_with_the_open_cases_counted(make_report):
    asked = requests(60, still=12)
    report = make_report({"orders": bought(asked), "after_sales": asked})
    answer = sales.return_stages(report)
    frame = answer.tables["stages"].frame.set_index("return_stage")
    medians = {"agree": 10, "send": 20, "settle": 100, "whole": 130}
    assert frame["stage_median"].to_dict() == pytest.approx(medians, abs=2)
    assert frame["stage_slow"].isna().to_dict()["settle"]  # a fifth is not through: nobody knows when nine of ten are
    assert frame["open"].to_dict() == {"agree": 0, "send": 0, "settle": 12, "whole": 12}
    assert answer.headline.key == "sales.return_stages.slowest"
    assert answer.headline.slots["stage"].key == "settle"


def test_most_cases_still_open_means_nothing_is_said_of_the_whole(make_report):
    asked = requests(40, still=40)
    answer = sales.return_stages(make_report({"orders": bought(asked), "after_sales": asked}))
    assert answer.headline.key == "sales.return_stages.open"
    assert "whole" not in answer.values


def test_closed_requests_leave_when_they_closed(make_report):
    asked = requests(60)
    shut = asked.index < 20
    asked.loc[shut, ["agreed_at", "returned_at", "refunded_at"]] = pd.NaT
    asked.loc[shut, "closed_at"] = asked["applied_at"] + pd.Timedelta(hours=2)
    asked.loc[shut, "status"] = "closed"
    report = make_report({"orders": bought(asked), "after_sales": asked})
    frame = sales.return_stages(report).tables["stages"].frame.set_index("return_stage")
    medians = {"agree": 10, "send": 20, "settle": 100, "whole": 130}
    assert frame["stage_median"].to_dict() == pytest.approx(medians, abs=2)
    assert report.notes.facts["sales.returns_closed"].value == pytest.approx(1 / 3)


def test_returns_are_compared_with_the_month_before_at_the_same_age(make_report):
    then = requests(60, settle=120, day="2026-09-10")
    then = then.assign(line_id=[f"T{i}" for i in range(60)], after_sale_id=[f"T{i}" for i in range(60)])
    now = requests(60, settle=60)
    now.loc[now.index < 3, "refunded_at"] += pd.Timedelta(hours=48)  # three take longer than the bar of 120 hours
    asked = pd.concat([now, then])
    report = make_report({"orders": bought(asked), "after_sales": asked})
    answer = sales.return_stages(report)
    said = next(line for line in answer.more if line.key.endswith("faster"))
    assert said.slots["share"].value == pytest.approx(
        57 / 60
    )  # the others about 90 hours, those of September about 150
    assert said.slots["change"].value == pytest.approx(95)


def test_without_moments_or_with_few_returns_the_reason_is_named(make_report):
    asked = requests(60)
    none = asked.drop(columns=["agreed_at", "returned_at"])
    assert sales.return_stages(make_report({"orders": bought(none), "after_sales": none})).why == "missing_column"
    few = make_report({"orders": bought(asked), "after_sales": asked.head(5)}, shop="other")
    assert sales.return_stages(few).why == "too_few"
    assert sales.return_effort(few).why == "too_few"
    assert sales.return_stages(make_report({"orders": bought(asked)}, shop="third")).needs == ("AFS",)


def test_what_runs_by_itself_is_given_up_or_asked_twice_is_counted(make_report):
    asked = requests(60, fast=False)
    asked.loc[asked.index < 15, "fast"] = True
    first = asked.tail(6).assign(after_sale_id=[f"F{i}" for i in range(6)], status="closed", refunded_at=pd.NaT)
    first = first.assign(applied_at=first["applied_at"] - pd.Timedelta(hours=1), agreed_at=pd.NaT, returned_at=pd.NaT)
    rows = pd.concat([asked, first.assign(closed_at=first["applied_at"] + pd.Timedelta(minutes=30))])
    report = make_report({"orders": bought(rows), "after_sales": rows})
    answer = sales.return_effort(report)
    assert answer.values["automatic"].value == pytest.approx(15 / 66)
    assert answer.values["given_up"].value == pytest.approx(6 / 66)
    assert answer.values["again"].value == pytest.approx(6 / 66)
    assert answer.values["free"].value == 51
    assert answer.values["free_wait"].value == 10
    assert [gap.needs for gap in answer.gaps] == [("FGK",)]


def test_sessions_per_request_are_found_where_days_differ_by_them_alone(make_report):
    asked = requests(180)
    days = pd.date_range("2026-08-03", periods=90)
    per_day = np.random.default_rng(1).multinomial(180, np.full(90, 1 / 90))
    asked = asked.assign(applied_at=days.repeat(per_day) + pd.Timedelta(hours=9))
    asked = asked.assign(agreed_at=asked["applied_at"] + hours(10, 180, 5))
    service = pd.DataFrame({"agent_key": "a", "day": days, "sessions": 10 + 2 * per_day})
    lines = bought(asked)
    report = make_report({"orders": lines, "after_sales": asked, "service_days": service})
    answer = sales.return_effort(report)
    assert answer.values["contacts"].value == pytest.approx(2)


def test_a_return_costs_its_way_back_and_what_was_spent_in_vain(make_report):
    asked = requests(40)
    lines = bought(asked)
    report = make_report({"orders": lines, "after_sales": asked, "costs": costs("P")})
    answer = sales.return_costs(report)
    assert answer.values["each"].value == pytest.approx(10 + 5 + 1)
    assert answer.values["month"].value == pytest.approx(40 * 16)
    assert {gap.needs for gap in answer.gaps} == {("ACT",), ("REV",)}
    bare = make_report({"orders": lines, "after_sales": asked}, shop="other")
    assert sales.return_costs(bare).needs == ("CST",)


def weekly(after, before, size=100, weeks=8):
    """Lines of so many weeks on either side; the hits of each side are spread over them."""
    rows = []
    for late, hits in ((False, before), (True, after)):
        days = pd.Timestamp("2026-06-01") + pd.to_timedelta(7 * (np.arange(size) % weeks + weeks * late), unit="D")
        rows.append(pd.DataFrame({"day": days, "hit": np.arange(size) < hits, "after": late}))
    return pd.concat(rows)


def test_a_step_is_measured_against_what_happened_to_the_others():
    effect = against_untreated(weekly(after=10, before=30), weekly(after=15, before=10))
    assert effect.difference == pytest.approx((0.10 - 0.30) - (0.15 - 0.10))
    assert effect.high < 0
    assert against_untreated(weekly(5, 5), weekly(5, 5)).difference == 0


def test_the_interval_of_a_step_covers_the_truth_as_often_as_it_says():
    rng, covered, rounds = np.random.default_rng(11), 0, 200
    for _ in range(rounds):
        sides = []
        for rates, size in (((0.30, 0.20), 180), ((0.10, 0.08), 900)):
            day = rng.integers(0, 26 * 7, size)
            late = day >= 13 * 7
            rate = np.where(late, rates[1], rates[0]) * np.exp(rng.normal(0, 0.15, 26))[day // 7]
            days = pd.Timestamp("2026-01-05") + pd.to_timedelta(day, unit="D")
            sides.append(pd.DataFrame({"day": days, "hit": rng.random(size) < rate, "after": late}))
        effect = against_untreated(*sides)
        covered += effect.low <= (0.20 - 0.30) - (0.08 - 0.10) <= effect.high
    assert 0.90 <= covered / rounds <= 0.985


def test_an_action_on_a_product_is_read_against_products_without_one(make_report):
    days = pd.date_range("2026-06-01", "2026-10-15")
    rows = [
        (f"{code}{i}", f"{code}{i}", f"{days[i % len(days)]:%Y-%m-%d} 10:00", 50, code, 1)
        for code, count in (("X", 400), ("Y", 800))
        for i in range(count)
    ]
    start = pd.Timestamp("2026-08-01")
    hits = [row for row in rows if row[4] == "X" and pd.Timestamp(row[2]) < start and int(row[0][1:]) % 3 == 0]
    asked = [
        (row[1], 50, f"{pd.Timestamp(row[2]) + pd.Timedelta(days=6)}", "return", "质量问题", "success") for row in hits
    ]
    asked += [
        ("Y0", 50, "2026-10-08", "return", "质量问题", "success"),
        ("Z0a", 1, "2026-05-20", "return", "其他", "success"),
    ]
    action = {"action_id": ["A"], "claim": ["2.3.2c"], "object": ["X"], "start": [start], "metric": ["return_rate"]}
    lines = pd.concat([history("2026-05-19"), orders(*rows, *LATE)])
    tables = {"orders": lines, "after_sales": after_sales(*asked), "costs": costs("Y")}
    answer = sales.return_costs(make_report(tables | {"actions": pd.DataFrame(action)}))
    row = answer.tables["treated"].frame.iloc[0]
    assert row["rate_after"] == 0
    assert row["rate_before"] == pytest.approx(1 / 3, abs=0.03)
    assert row["treated_standing"] == "better"
    ahead = pd.DataFrame(action | {"start": [pd.Timestamp("2027-06-01")]})
    assert not len(_steps(make_report(tables | {"actions": ahead}, shop="ahead")))


def test_refunds_of_no_line_have_waited_for_nothing():
    asked = pd.DataFrame({"line_id": ["a", "b"], "refunded_at": pd.to_datetime(["2026-10-03", "2026-10-04"])})
    paid = pd.DataFrame({"line_id": ["a"], "paid_at": pd.to_datetime(["2026-10-01"])})
    assert waited(asked, paid).dt.days.tolist()[0] == 2 and waited(asked, paid).isna().tolist() == [False, True]
    assert waited(asked, paid.head(0)).isna().all()


def test_the_price_of_speed_is_the_goods_less_the_way_back(make_report):
    tables = shop(range(0, 180, 3))
    asked = tables["after_sales"]
    mine = asked["kind"] == "return"
    asked.loc[mine, "applied_at"] = asked["refunded_at"] - pd.Timedelta(hours=120)
    asked["agreed_at"] = asked["applied_at"] + pd.Timedelta(hours=12)
    answer = sales.return_balance(make_report(tables))
    assert answer.values["taken"].value == pytest.approx(5)
    assert answer.values["saved"].value == pytest.approx(4.5)
    assert answer.values["each"].value == pytest.approx(40 - 10)
    assert answer.values["month"].value == pytest.approx(60 * 30 / 90 * MONTH, abs=0.006)
    last = answer.tables["frontier"].frame.iloc[-1]
    assert (last["return_days"], last["goods_limit"]) == (pytest.approx(0.5), 40)
    assert answer.values["cheap"].value == 0


def test_goods_cheaper_than_their_way_back_are_paid_back_at_once_for_less(make_report):
    tables = shop(range(0, 180, 3), unit=4)
    asked = tables["after_sales"]
    asked["agreed_at"] = asked["applied_at"] = asked["refunded_at"] - pd.Timedelta(hours=48)
    answer = sales.return_balance(make_report(tables))
    assert answer.headline.key == "sales.return_balance.cheaper"
    assert answer.values["cheap"].value == answer.values["each"].n == 60


class Steps:
    """Stands in for the report where only a threshold is asked for."""

    @staticmethod
    def threshold(name):
        return {"frontier_steps": 5}[name]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(-900, 9000), st.integers(0, 40), st.integers(0, 300)), min_size=1, max_size=60))
def test_the_frontier_begins_as_now_and_ends_with_all_and_never_gets_slower(cases):
    frame = pd.DataFrame(cases, columns=["extra", "quick", "more"]).astype(float)
    frame = frame.assign(hours=frame["quick"] + frame["more"], goods=frame["extra"] + 950)
    steps = _frontier(Steps(), frame, Period.parse("2026-10"))
    assert steps["return_days"].iloc[0] == pytest.approx(frame["hours"].mean() / 24)
    assert steps["return_days"].iloc[-1] == pytest.approx(frame["quick"].mean() / 24)
    assert steps["extra_month"].iloc[-1] == pytest.approx(frame["extra"].sum() * MONTH / 31)
    assert (steps["return_days"].diff().dropna() <= 1e-9).all()


def test_the_sample_shops_worst_product_comes_back_as_planted_and_still_earns(sample_report):
    answer = sales.delist(sample_report)
    assert answer.headline.key == "sales.delist.talk"
    share = answer.values["returned_share"]
    assert share.low < 0.32 < share.high


def test_the_sample_shops_planted_stages_are_recovered(sample_report):
    values = sales.return_stages(sample_report).values
    planted = {"send": 24 * (0.4 + 0.9), "settle": 24 * (2.2 + 1.3), "agree": 6 * np.log(2) + 1 / 6}
    for stage, hours in planted.items():
        assert values[stage].low < hours < values[stage].high, stage


def test_the_sample_shops_effort_is_as_planted(sample_report):
    values = sales.return_effort(sample_report).values
    assert values["automatic"].value == 0
    assert values["given_up"].low < 0.08 / 1.08 < values["given_up"].high
    assert values["contacts"].low < 0 < values["contacts"].high  # agents were asked without regard to returns


def test_the_sample_shops_steps_changed_nothing_and_are_not_called_a_success(sample_report):
    answer = sales.return_costs(sample_report)
    frame = answer.tables["treated"].frame
    assert ((frame["low"] < 0) & (frame["high"] > 0)).all()
    assert set(frame["treated_standing"]) == {"open"}
    assert "sales.return_costs.reviews_open" in [line.key for line in answer.more]


def test_the_sample_shops_reviews_do_not_depend_on_speed(sample_report):
    values = sales.return_balance(sample_report).values
    assert values["gap"].low < 0 < values["gap"].high
    assert values["taken"].low < (6 + 24 * (1.3 + 3.5) + 1 / 6 + 1) / 24 < values["taken"].high
