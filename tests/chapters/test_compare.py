"""Like for like: which day stands beside which, and that a calendar that moves makes neither growth nor a drop."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planning_frames import PLAIN

from helpers.chapters import compare, daily
from helpers.period import Period

NOW, THEN = Period.parse("2026-10"), Period.parse("2025-10")
REACH, FIRST = 31, date(2024, 1, 1)


def events(*rows):
    frame = pd.DataFrame(rows, columns=["kind", "series", "start", "peak", "end"])
    days = {name: pd.to_datetime(frame[name]) for name in ("start", "peak", "end")}
    return frame.assign(name=frame["series"], **days)


def pairs(*rows, now=NOW, then=THEN):
    return compare.paired(now, then, events(*rows), REACH, FIRST)


def test_ordinary_days_stand_beside_the_same_weekday():
    found = pairs()
    assert len(found) == 30  # both Octobers have 31 days, but five Fridays here and five Fridays, Wednesdays there
    assert (found["now"].dt.day_of_week == found["then"].dt.day_of_week).all()
    assert found["event"].isna().all() and not found["then"].duplicated().any()


def test_days_of_a_promotion_stand_beside_those_as_far_from_its_peak():
    last = ("promotion", "双11", "2025-10-09", "2025-11-11", "2025-11-11")
    here = ("promotion", "双11", "2026-10-14", "2026-11-11", "2026-11-11")
    found = pairs(last, here)
    inside = found[found["event"].notna()]
    assert inside["now"].min() == pd.Timestamp("2026-10-14")
    assert inside.set_index("now").loc["2026-10-31", "then"] == pd.Timestamp("2025-10-31")
    assert len(inside) == 18
    assert not found["then"].isin(pd.date_range("2025-10-09", "2025-10-13")).any()  # its opening has no partner


def test_a_promotion_without_an_earlier_turn_is_left_out():
    found = pairs(("promotion", "新活动", "2026-10-20", None, "2026-10-31"))
    assert found["now"].max() == pd.Timestamp("2026-10-19")


def test_a_turn_that_lies_too_far_off_is_none():
    spring = ("own", "会员日", "2025-05-10", "2025-05-10", "2025-05-12")
    found = pairs(spring, ("own", "会员日", "2026-10-10", "2026-10-10", "2026-10-12"))
    assert not found["now"].isin(pd.date_range("2026-10-10", "2026-10-12")).any()


def made_up(first, last, rows, lift):
    """A day's sales: its weekday's, times what the day of the promotion brings; no chance in it."""
    days = pd.date_range(first, last)
    sales = pd.Series(np.array([100.0, 90, 95, 105, 120, 150, 130])[days.day_of_week], index=days)
    for _, _, start, _, end in rows:
        inside = pd.date_range(start, end)
        sales[inside] *= lift[: len(inside)]
    return sales


@settings(deadline=None)
@given(
    moved=st.integers(-9, 9),
    lift=st.lists(st.floats(0.5, 6), min_size=12, max_size=12),
    level=st.floats(0.5, 2),
)
def test_a_promotion_that_moves_makes_neither_a_drop_nor_growth(make_base, moved, lift, level):
    start = date(2026, 10, 12) + timedelta(moved)
    last = ("promotion", "节", "2025-10-12", None, "2025-10-23")
    here = ("promotion", "节", f"{start}", None, f"{start + timedelta(11)}")
    sales = made_up("2025-09-01", "2026-12-01", [last, here], np.array(lift))
    sales["2026-10-01":"2026-10-31"] *= level
    base = make_base(pairs(last, here), sales, [last, here])
    assert compare.growth(base, sales, sales).estimate == pytest.approx(level - 1)


@pytest.fixture(scope="session")
def make_base():
    def make(found, sales, rows):
        calm = pd.Series(False, index=sales.index)
        for _, _, start, _, end in rows:
            calm[start:end] = True
        calm["2026-10-01":"2026-10-31"] = True
        return compare.Base("year_ago", THEN, found.assign(weight=compare.weights(sales, calm, found)))

    return make


def test_nothing_sold_then_gives_no_growth():
    base = compare.Base("previous", THEN, pairs().assign(weight=1.0))
    assert np.isnan(compare.growth(base, made_up("2026-10-01", "2026-10-31", [], []), pd.Series(dtype=float)).estimate)


def test_growth_is_that_of_the_paired_days():
    base = compare.Base("year_ago", THEN, pairs().assign(weight=1.0))
    now = pd.Series(12.0, index=pd.date_range("2026-10-01", "2026-10-31"))
    then = pd.Series(10.0, index=pd.date_range("2025-10-01", "2025-10-31"))
    found = compare.growth(base, now, then)
    assert found.estimate == pytest.approx(0.2)


def a_year(make_report, *yuan):
    """A report on October 2026 after months with one order a day, each of so many yuan, October's last."""
    days = pd.date_range(f"2026-{11 - len(yuan):02}-01", "2026-10-31")
    fen = [yuan[day.month - 11 + len(yuan)] * 100 for day in days]
    ids, moment = [f"{day:%m%d}" for day in days], days + pd.Timedelta(hours=10)
    rows = pd.DataFrame({"order_id": ids, "line_id": ids, "ordered_at": moment, "paid_at": moment, "payable_fen": fen})
    return make_report({"orders": rows.assign(quantity=1)}, shop_toml=PLAIN)


def test_the_usual_period_is_the_median_of_the_shops_own_earlier_ones(make_report):
    report = a_year(make_report, 80, 90, 100, 100, 110, 150, 100, 120)
    growth, above, periods = compare.beside_usual(report, daily.paid_per_day(report, Period.parse("2026")))
    assert growth == pytest.approx(120 / 100 - 1)  # the median of the seven months before is 100
    assert (above, periods) == (6, 7)


def test_a_few_earlier_periods_are_not_called_usual(make_report):
    report = a_year(make_report, 100, 100, 100, 100, 120)
    growth, above, periods = compare.beside_usual(report, daily.paid_per_day(report, Period.parse("2026")))
    assert np.isnan(growth) and (above, periods) == (0, 0)
