"""Natural traffic, co-branded goods, a challenge and new channels, worked out by hand."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import paths
from helpers.chapters import background
from helpers.chapters.background.siblings import change
from helpers.methods.intervals import Interval

NUMBER = np.arange(791)
DAYS = pd.date_range("2024-09-01", periods=791)


def natural(visits, days=DAYS):
    frame = pd.DataFrame({"day": days, "carrier": "all", "ad_window": "off"})
    return frame.assign(click_users=np.round(visits).astype(int), paid_fen=100)


def sales(product, first, last, yuan, **columns):
    """An order a day of one product."""
    days = pd.date_range(first, last)
    ids = [f"{product}{day:%Y%m%d}" for day in days]
    frame = pd.DataFrame({"order_id": ids, "line_id": ids, "product_id": product, "payable_fen": round(yuan * 100)})
    return frame.assign(paid_at=days + pd.Timedelta(hours=12), ordered_at=days, quantity=1, **columns)


def test_a_stall_is_dated_and_its_chance_told(make_report):
    noise = np.exp(np.random.default_rng(2).normal(0, 0.02, 791))
    bent = np.exp(0.0008 * np.minimum(NUMBER, 560) - 0.0008 * np.maximum(NUMBER - 560, 0))
    found = background.natural_traffic(make_report({"channel_days": natural(5000 * bent * noise)}))
    values = found.values
    assert values["slope"].low < np.expm1(-0.0008 * 30) < values["slope"].high < 0
    assert values["before"].value == pytest.approx(np.expm1(0.0008 * 30), abs=0.003)
    assert (found.verdict, found.headline.key) == ("holds", "background.natural_traffic.falling")
    said = {line.key.rpartition(".")[2]: line.slots for line in found.more}
    assert abs(pd.Timestamp(said["bend_down"]["day"]) - DAYS[560]) <= pd.Timedelta(days=21)
    assert "season" in said


def test_growth_that_goes_on_is_no_stall(make_report):
    noise = np.exp(np.random.default_rng(3).normal(0, 0.02, 791))
    found = background.natural_traffic(make_report({"channel_days": natural(5000 * np.exp(0.0008 * NUMBER) * noise)}))
    assert (found.verdict, found.headline.key) == ("fails", "background.natural_traffic.growing")


def test_a_short_history_says_that_season_and_stall_look_alike(make_report):
    falling = 5000 * np.exp(-0.002 * NUMBER[:200])
    report = make_report({"channel_days": natural(falling, pd.date_range("2026-04-15", periods=200))})
    keys = [line.key for line in background.natural_traffic(report).more]
    assert "background.natural_traffic.no_season" in keys


def test_without_a_split_of_hours_organic_orders_stand_in_and_without_both_it_is_a_gap(make_report):
    lines = sales("P", "2026-01-01", "2026-10-31", 10, traffic="organic")
    found = background.natural_traffic(make_report({"orders": lines}, shop="orders"))
    assert "background.natural_traffic.basis_orders" in [line.key for line in found.more]
    bare = make_report({"orders": sales("P", "2026-01-01", "2026-10-31", 10)}, shop="bare")
    assert background.natural_traffic(bare).why == "missing_file"
    young = make_report({"channel_days": natural([100] * 20, DAYS[-20:])}, shop="young")
    assert background.natural_traffic(young).why == "no_history"


FILL = sales("Z", "2026-08-30", "2026-08-30", 1)
LAST = sales("Z", "2026-11-04", "2026-11-04", 1)
HOSTS = pd.DataFrame({"host": "H1", "start": pd.to_datetime(["2026-08-30 19:00", "2026-11-04 19:00"])})
OPEN = {"orders": pd.concat([FILL, LAST])}  # data that reach from August into November

ROLES = pd.DataFrame(
    {
        "product_id": ["P", "S", "X"],
        "name": ["联名", "同类", "其他"],
        "category": ["甲", "甲", "乙"],
        "cobrand": ["yes", "no", "no"],
        "listed_on": pd.to_datetime(["2026-10-01", None, None]),
    }
)
COSTS = pd.DataFrame(
    {
        "product_id": ["P"],
        "valid_from": [pd.Timestamp("2026-01-01")],
        "unit_cost_fen": 4000,
        "freight_out_fen": 1000,
        "packing_fen": 0,
        "return_cost_fen": 0,
        "fee_rate": 0.0,
        "commission_rate": 0.0,
    }
)
FEE = pd.DataFrame(
    {
        "item": ["licence"],
        "name": ["授权"],
        "start": [pd.Timestamp("2026-10-01")],
        "end": [pd.Timestamp("2026-12-01")],  # 62 days, of which 31 in October
        "amount_fen": 200_000,
    }
)
SHOP = [
    sales("P", "2026-10-01", "2026-10-31", 100),
    sales("S", "2026-08-31", "2026-09-30", 100),
    sales("S", "2026-10-01", "2026-10-31", 50),
    sales("X", "2026-08-31", "2026-10-31", 100),
]


def test_what_co_branded_goods_leave_and_take_is_worked_out_line_by_line(make_report):
    report = make_report({"orders": pd.concat(SHOP), "roles": ROLES, "costs": COSTS, "overheads": FEE})
    found = background.cobrand(report)
    values = found.values
    assert values["paid"].value == 3100
    assert values["costs"].value == -31 * 50
    assert values["licence"].value == -1000
    assert (values["left"].value, found.verdict) == (550, "open")
    # the sibling's weight in the rest of the shop halved: it would have sold 3,100 and sold 1,550
    assert values["taken"].value == pytest.approx(0.5)
    amounts = found.tables["cobrand"].frame["cobrand_amount"]
    assert amounts.iloc[:-1].sum() == pytest.approx(amounts.iloc[-1])


def test_first_orders_with_it_stand_beside_first_orders_without(make_report):
    ids = [f"P202610{day:02}" for day in range(1, 32)] + [f"X202610{day:02}" for day in range(1, 32)]
    keys = [f"n{i}" for i in range(31)] + ["old"] * 31  # 31 new buyers against 31 orders of one
    paid = [f"2026-10-{day:02} 12:00" for day in range(1, 32)] * 2
    known = pd.DataFrame({"order_id": ids, "buyer_key": keys, "paid_at": pd.to_datetime(paid), "amount_fen": 1})
    early = known.tail(1).assign(order_id="X20260831", paid_at=pd.Timestamp("2026-08-31 12:00"))
    tables = {"orders": pd.concat(SHOP), "roles": ROLES, "members": pd.concat([known, early])}
    values = background.cobrand(make_report(tables)).values
    assert (values["new"].value, values["new_others"].value) == (1, 0)
    assert values["gap"].value == 100


def test_what_is_missing_for_co_branded_goods_is_named(make_report):
    lines = pd.concat(SHOP)
    found = background.cobrand(make_report({"orders": lines, "roles": ROLES, "costs": COSTS}, shop="no_fee"))
    assert found.headline.key == "background.cobrand.before_licence"
    assert ("missing_file", ("CST",)) in [(gap.why, gap.needs) for gap in found.gaps]
    found = background.cobrand(make_report({"orders": lines, "roles": ROLES}, shop="no_cost"))
    assert [gap.why for gap in found.gaps] == ["no_cost", "no_buyer"]
    assert background.cobrand(make_report({"orders": lines}, shop="no_roles")).why == "missing_file"
    none = make_report({"orders": lines, "roles": ROLES.assign(cobrand="no")}, shop="none")
    assert background.cobrand(none).why == "not_applicable"
    bare = make_report({"orders": lines, "roles": ROLES.drop(columns="cobrand")}, shop="bare")
    assert background.cobrand(bare).why == "missing_column"
    assert background.cobrand(make_report({"hosts": HOSTS}, shop="empty")).why == "missing_file"


@given(st.lists(st.floats(-3, 3), min_size=3, max_size=3))
def test_a_change_that_a_year_ago_saw_too_is_none(ends):
    a, b, shift = ends
    now, before, then, earlier = (Interval(one, one, one) for one in (a + shift, b + shift, a, b))
    assert change([now, before, then, earlier]).estimate == pytest.approx(0, abs=1e-9)
    assert change([now, before]).estimate == pytest.approx(a - b)


def test_a_licence_of_other_days_costs_nothing(make_report):
    early = FEE.assign(start=pd.Timestamp("2026-01-01"), end=pd.Timestamp("2026-01-31"))
    values = background.cobrand(
        make_report({"orders": pd.concat(SHOP), "roles": ROLES, "costs": COSTS, "overheads": early})
    ).values
    assert (values["licence"].value, values["left"].value) == (0, 1550)


def challenged(mechanic="challenge", cost=3000):
    event = {
        "name": ["晒娃"],
        "kind": "own",
        "start": [pd.Timestamp("2026-09-10")],
        "end": [pd.Timestamp("2026-09-12")],
    }
    return pd.DataFrame(event).assign(mechanic=mechanic, cost_fen=cost, name_en="Baby show")


def steady(extra=0.0):
    noise = np.random.default_rng(4).normal(0, 3, 245)
    lines = sales("P", "2026-03-01", "2026-10-31", 100)
    added = np.where(
        lines["paid_at"].dt.strftime("%Y-%m-%d").isin(["2026-09-10", "2026-09-11", "2026-09-12"]), extra, 0
    )
    return lines.assign(payable_fen=((100 + noise + added) * 100).round().astype(int))


def test_a_challenge_is_measured_beyond_its_ordinary_days_and_less_its_cost(make_report):
    found = background.challenge(make_report({"orders": steady(50), "calendar": challenged()}))
    values = found.values
    assert values["sales"].low < 150 < values["sales"].high  # three days with 50 more
    assert values["left"].value == pytest.approx(values["sales"].value - 30)
    assert [gap.needs for gap in found.gaps] == [("CDL",), ("LIV",)]
    assert len(found.tables["days"].frame) <= 7 + 3 + 14


def test_a_challenge_that_added_nothing_is_not_praised(make_report):
    found = background.challenge(make_report({"orders": steady(), "calendar": challenged(cost=None)}))
    assert found.headline.key == "background.challenge.alike"
    assert found.verdict == "open"


def test_visits_and_fans_are_told_where_their_files_are(make_report):
    days = pd.date_range("2026-03-01", "2026-10-31")
    lift = np.where((days >= "2026-09-10") & (days <= "2026-09-12"), 40, 0)
    noise = np.random.default_rng(6).integers(-3, 4, len(days))
    visits = pd.DataFrame({"day": days, "carrier": "all", "ad_window": "any", "click_users": 100 + lift + noise})
    rooms = pd.DataFrame(
        {"account_id": "a", "started_at": days + pd.Timedelta(hours=20), "new_fans": 10 + lift // 4 + noise}
    )
    tables = {"orders": steady(50), "calendar": challenged(), "channel_days": visits, "live_sessions": rooms}
    values = background.challenge(make_report(tables)).values
    assert values["visits"].low < 120 < values["visits"].high
    assert values["follows"].low < 30 < values["follows"].high


def test_without_a_challenge_or_a_history_there_is_nothing_to_tell(make_report):
    lines = steady()
    assert background.challenge(make_report({"orders": lines}, shop="a")).why == "missing_file"
    assert (
        background.challenge(make_report({"orders": lines, "calendar": challenged("coupon")}, shop="b")).why
        == "no_rows"
    )
    late = challenged().assign(start=pd.Timestamp("2026-10-10"), end=pd.Timestamp("2026-10-12"))
    short = lines[lines["paid_at"] >= "2026-10-01"]
    assert background.challenge(make_report({"orders": short, "calendar": late}, shop="c")).why == "no_history"


def channels(month, **people):
    """Visitors, buyers and money of each channel of one month."""
    start = pd.Period(month, freq="M")
    rows = [{"channel": name, "sub_channel": "-", "click_users": n, "buyers": k} for name, (n, k) in people.items()]
    days = {"period_start": start.start_time.normalize(), "period_end": start.end_time.normalize()}
    return pd.DataFrame(rows).assign(paid_fen=1000, **days)


def test_a_channel_below_one_percent_before_and_above_now_is_a_door(make_report):
    before = channels("2026-09", search=(9950, 800), partner=(50, 4))
    now = channels("2026-10", search=(9000, 900), partner=(1000, 200))
    found = background.new_channels(make_report({**OPEN, "card_channels": pd.concat([before, now])}))
    values = found.values
    assert values["visitors"].value == 0.1
    assert values["buyers"].value == pytest.approx(200 / 1100)
    assert (values["rate"].value, values["rate_others"].value) == (0.2, 0.1)
    assert "background.new_channels.better" in [line.key for line in found.more]
    assert found.tables["doors"].frame["door"].to_list() == ["partner · -"]


def test_a_channel_that_barely_passes_one_percent_is_no_door_yet(make_report):
    before = channels("2026-09", search=(1000, 80), partner=(5, 0))
    now = channels("2026-10", search=(985, 80), partner=(15, 1))  # 1.5 %, but 0.9 to 2.5
    found = background.new_channels(make_report({**OPEN, "card_channels": pd.concat([before, now])}))
    assert found.headline.key == "background.new_channels.none"
    assert not len(found.tables["doors"].frame)


def test_channels_need_files_of_now_and_before(make_report):
    assert background.new_channels(make_report(OPEN, shop="a")).why == "missing_file"
    now = channels("2026-10", search=(100, 8))
    assert background.new_channels(make_report({**OPEN, "card_channels": now}, shop="b")).why == "no_history"
    before = channels("2026-09", search=(0, 0))
    empty = channels("2026-10", search=(0, 0))
    assert (
        background.new_channels(make_report({**OPEN, "card_channels": pd.concat([before, empty])}, shop="c")).why
        == "too_few"
    )
    assert background.new_channels(make_report({**OPEN, "card_channels": before}, shop="d")).why == "no_rows"


def test_the_planted_truths_of_the_sample_are_recovered(sample_report):
    file = paths.raw("sample") / "truths" / "truths.json"
    found = json.loads(file.read_text(encoding="utf-8"))
    story, truths = found["story"], found["truths"]
    slope = background.natural_traffic(sample_report).values["slope"]
    assert slope.low <= story["growth"]["organic_after_break"] <= slope.high
    door = background.new_channels(sample_report).values["visitors"]
    assert door.low <= story["card_sources"]["door"]["clicks"] <= door.high
    joint = background.cobrand(sample_report).values
    assert joint["taken"].low <= truths["cobrand"]["from_siblings"] <= joint["taken"].high
    assert joint["left"].value < 0
    dare = background.challenge(sample_report).values["sales"]
    assert dare.low <= truths["challenge"]["sales_yuan"] <= dare.high
