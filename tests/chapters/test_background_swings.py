"""Unusual days: what is planted is found, what the calendar explains or no file holds is not called a fall."""

import numpy as np
import pandas as pd
import pytest
from planning_frames import PLAIN, events

from helpers.chapters import background
from helpers.chapters.background import day_figures
from helpers.chapters.background.swings import _judged
from helpers.findings import Gap

FIRST, LAST = "2026-05-01", "2026-10-31"


def orders(change=None, first=FIRST, each=20, seed=3):
    """Some twenty orders a day of about 100 yuan; ``change`` multiplies the day's number of orders."""
    rng, rows = np.random.default_rng(seed), []
    for day in pd.date_range(first, LAST):
        count = round(each * (change(day) if change else 1))
        rows += [(day + pd.Timedelta(hours=10), int(fen)) for fen in rng.normal(10_000, 500, count)]
    frame = pd.DataFrame(rows, columns=["paid_at", "payable_fen"])
    names = [f"O{at}" for at in frame.index]
    return frame.assign(order_id=names, line_id=names, ordered_at=frame["paid_at"], quantity=1)


def fallen(*days, share=0.4):
    lost = [pd.Timestamp(day) for day in days]
    return lambda day: share if day in lost else 1


def traffic(rows, share=1.0):
    """What the platform counted that day, whatever the order file holds."""
    by = rows.groupby(rows["paid_at"].dt.normalize())["payable_fen"].sum()
    days = pd.date_range(FIRST, LAST)
    frame = pd.DataFrame({"day": days, "paid_fen": (by.reindex(days).to_numpy() * share).astype("int64")})
    return frame.assign(
        carrier="all", ad_window="any", click_users=400, buyers=[20 + at % 3 for at in range(len(days))]
    )


def shown(make_report, shop="probe", **tables):
    return background.swings(make_report(tables, shop=shop, shop_toml=PLAIN))


def test_a_day_that_lost_most_of_its_orders_is_found_in_orders_and_payments(make_report):
    answer = shown(make_report, orders=orders(fallen("2026-10-14")))
    frame = answer.tables["swings"].frame
    assert set(zip(frame["day"].dt.day, frame["figure"], frame["way"], strict=True)) == {
        (14, "paid", "low"),
        (14, "orders", "low"),
    }
    assert frame["excuse"].isna().all()
    assert answer.values["plain"].value == 2
    assert answer.headline.key == "swings.swings.found"
    row = frame[frame["figure"] == "orders"].iloc[0]
    assert (row["actual"].value, round(row["expected"].value)) == (8, 20)


def test_a_quiet_shop_is_called_calm_and_told_how_rarely_this_method_errs(make_report):
    answer = shown(make_report, orders=orders())
    assert not answer.tables
    assert answer.headline.key == "swings.swings.calm"
    assert answer.values["judged"].value == 62  # 31 days of payments and of orders
    assert answer.values["false"].value < 3


def test_false_alarms_of_noisy_quiet_shops_stay_near_what_is_said():
    class Bars:
        calendar = events().iloc[:0]

        @staticmethod
        def threshold(name):
            return {"swing_least": 0.25, "swing_score": 3.5, "swing_long_days": 14, "swing_edge_days": 3}[name]

    rng, days = np.random.default_rng(5), pd.date_range("2026-05-01", periods=120)
    raised = [_judged(Bars(), pd.Series(rng.poisson(40, 120) * 1.0, days))["alarm"].sum() for _ in range(5)]
    assert sum(raised) / (5 * 78) < 0.03


@pytest.mark.parametrize(("share", "excuse"), [(2.2, "秋促"), (0.3, None)])
def test_a_promotion_excuses_a_rise_and_no_fall(make_report, share, excuse):
    given = orders(fallen("2026-10-20", share=share))
    answer = shown(make_report, orders=given, calendar=events(("秋促", "2026-10-10", "2026-10-31")))
    frame = answer.tables["swings"].frame
    assert set(frame["day"].dt.day) == {20}
    assert [None if cell != cell else cell for cell in frame["excuse"]] == [excuse] * 2


def test_opening_days_and_short_events_are_not_judged(make_report):
    given = orders(lambda day: 3 if "2026-10-05" <= f"{day:%Y-%m-%d}" <= "2026-10-07" else 1)
    answer = shown(make_report, orders=given, calendar=events(("节", "2026-10-05", "2026-10-07")))
    assert not answer.tables
    assert answer.values["special"].value == 3


def test_days_after_a_promotion_excuse_a_dip(make_report):
    given = orders(fallen("2026-10-12"))
    answer = shown(make_report, orders=given, calendar=events(("促", "2026-10-08", "2026-10-10")))
    assert set(answer.tables["swings"].frame["excuse"]) == {"促"}
    assert answer.headline.key == "swings.swings.excused"


def test_days_without_a_file_are_no_fall(make_report):
    hole = orders(fallen("2026-10-14", "2026-10-15", share=0))
    answer = shown(make_report, orders=hole)
    assert not answer.tables
    assert answer.values["holes"].value == 2
    assert "swings.swings.holes" in [said.key for said in answer.more]


def test_an_order_file_that_holds_half_of_what_the_platform_counted_is_no_fall(make_report):
    whole = orders()
    half = whole[(whole["paid_at"].dt.normalize() != pd.Timestamp("2026-10-14")) | (whole.index % 2 == 0)]
    answer = shown(make_report, orders=half, channel_days=traffic(whole))
    assert not answer.tables
    assert answer.values["holes"].value == 1
    same = shown(make_report, shop="b", orders=half, channel_days=traffic(half))
    assert set(same.tables["swings"].frame["day"].dt.day) == {14}  # here the platform saw the fall too


def test_a_quiet_day_of_a_small_shop_is_no_hole():
    rows = pd.Series([2, 0, 1, 3, 0, 0, 2, 1, 1] * 3)
    assert not day_figures.empty(rows, 0.001).any()
    assert day_figures.empty(pd.Series([9, 8, 0, 9, 7]), 0.001).to_list() == [False, False, True, False, False]


def test_no_history_is_a_gap_and_one_huge_order_is_an_alarm_of_payments_alone(make_report):
    assert isinstance(shown(make_report, orders=orders(first="2026-10-01")), Gap)
    huge = orders()
    at = huge.index[huge["paid_at"].dt.normalize() == pd.Timestamp("2026-10-21")][0]
    huge.loc[at, "payable_fen"] = 9_000_000
    frame = shown(make_report, shop="b", orders=huge).tables["swings"].frame
    assert list(zip(frame["day"].dt.day, frame["figure"], strict=True)) == [(21, "paid")]


def test_a_shop_with_one_order_has_no_list(make_report):
    one = orders().head(1).assign(paid_at=pd.Timestamp("2026-10-05 10:00"))
    assert isinstance(shown(make_report, orders=one), Gap)


def test_the_sample_has_nothing_planted_and_few_alarms(sample_report):
    answer = background.swings(sample_report)
    assert answer.values["judged"].value > 80
    assert answer.values["plain"].value <= 3
    assert answer.values["holes"].value == 0
    assert answer.values["special"].value == 10  # seven days of holiday, three of the opening of Double 11
