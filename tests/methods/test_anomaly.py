"""Unusual days, planted and excused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.methods.anomaly import false_alarms, unusual

DAYS = pd.date_range("2026-01-05", periods=84)  # twelve weeks from a Monday
QUIET = np.where(DAYS.day_of_week >= 5, 200.0, 100.0) + np.random.default_rng(6).normal(0, 8, 84)


def alarms(values, **options):
    found = unusual(pd.Series(values, DAYS[: len(values)]), **options)
    return np.flatnonzero(found["alarm"]).tolist()


def test_a_quiet_shop_with_a_weekly_pattern_raises_no_alarm():
    assert alarms(QUIET) == []


def test_a_planted_drop_is_found_on_its_day_and_the_days_after_it_are_not_blamed():
    values = QUIET.copy()
    values[70] -= 80
    found = unusual(pd.Series(values, DAYS))
    assert np.flatnonzero(found["alarm"]).tolist() == [70]
    day = found.iloc[70]
    assert day["actual"] < day["low"] < day["expected"] < day["high"]
    assert day["expected"] == pytest.approx(100, abs=12)
    assert day["score"] < -3.5


def test_an_exact_week_promises_itself_and_any_departure_is_far_off():
    values = np.tile([1.0, 2, 3, 4, 5, 9, 9], 12)
    assert alarms(values) == []
    values[83] += 1
    assert alarms(values) == [83]


def test_a_departure_that_is_worth_little_raises_no_alarm():
    values = QUIET.copy()
    values[70] -= 80
    assert alarms(values, least=60) == [70]
    assert alarms(values, least=200) == []


def test_excused_days_are_neither_judged_nor_learned_from():
    values = QUIET.copy()
    values[60:66] += 5000
    masked = pd.Series(False, DAYS)
    masked.iloc[60:66] = True
    found = unusual(pd.Series(values, DAYS), masked)
    assert found.iloc[60:66]["score"].isna().all()
    assert not found["alarm"].any()
    assert 60 in alarms(values)


def test_nothing_is_judged_before_four_weeks_and_two_weeks_of_forecasts():
    found = unusual(pd.Series(QUIET, DAYS))
    assert found["expected"].first_valid_index() == DAYS[28]
    assert found["score"].first_valid_index() == DAYS[42]
    assert unusual(pd.Series(dtype=float, index=pd.DatetimeIndex([]))).empty
    assert not unusual(pd.Series([5.0], DAYS[:1]))["alarm"].any()


def test_a_shop_that_sells_nothing_is_not_unusual():
    assert alarms(np.zeros(84)) == []


def test_days_that_are_missing_from_the_index_are_missing_days():
    gaps = pd.Series(QUIET, DAYS).drop(DAYS[[30, 31, 50]])
    found = unusual(gaps)
    assert found.index.equals(gaps.index)
    assert not found["alarm"].any()


def test_false_alarms_are_counted_on_the_days_that_could_be_judged():
    days = pd.DataFrame({"score": [np.nan, 1, 4, -1, 0], "alarm": [False, False, True, False, False]})
    # Wilson 1 of 4: centre (1/4 + 3.8415/8) / (1 + 3.8415/4) = 0.37253, reach 0.32694
    assert false_alarms(days) == pytest.approx((0.25, 0.04559, 0.69936), abs=1e-4)
    assert np.isnan(false_alarms(days.head(1))).all()


def test_the_rate_of_false_alarms_of_quiet_shops_is_low():
    rng = np.random.default_rng(9)
    shops = [unusual(pd.Series(rng.normal(100, 10, 84), DAYS)) for _ in range(4)]
    assert false_alarms(pd.concat(shops)).estimate < 0.02


@settings(max_examples=2)
@given(st.integers(50, 80))
def test_what_came_later_does_not_change_how_a_day_was_judged(end):
    pd.testing.assert_frame_equal(
        unusual(pd.Series(QUIET[:end], DAYS[:end])), unusual(pd.Series(QUIET, DAYS)).iloc[:end], check_freq=False
    )
