"""Marked days in a daily series: exact on a made-up series, honest where there is nothing."""

import numpy as np
import pandas as pd
import pytest

from helpers.methods.pulses import moved_pulses, pulses

DAYS = pd.date_range("2026-01-01", periods=120)
MARKED = DAYS[[5, 17, 26, 40, 41, 58, 77, 90, 101]]


def test_a_series_of_weekdays_trend_and_pulses_is_taken_apart_exactly():
    weekday = np.array([3, 1, 4, 1, 5, 9, 2])[DAYS.day_of_week]
    values = (
        50 + 0.2 * np.arange(120) + weekday + 7.0 * DAYS.isin(MARKED) + 2.0 * DAYS.isin(MARKED + pd.Timedelta(days=1))
    )
    found = pulses(pd.Series(values, DAYS), MARKED, (-1, 0, 1)).set_index("lag")
    assert found["effect"].to_dict() == pytest.approx({-1: 0, 0: 7, 1: 2}, abs=1e-8)
    assert found["days"].to_dict() == {-1: 9, 0: 9, 1: 9}


def test_the_usual_level_is_that_without_the_pulses():
    values = 10.0 + 90.0 * DAYS.isin(MARKED)
    assert pulses(pd.Series(values, DAYS), MARKED).attrs["usual"] == pytest.approx(10)


def test_missing_days_are_left_out():
    values = pd.Series(20.0 + 5.0 * DAYS.isin(MARKED), DAYS)
    values.iloc[10:20] = np.nan
    found = pulses(values, MARKED)
    assert (found["days"].iloc[0], found["effect"].iloc[0]) == (8, pytest.approx(5))


@pytest.mark.parametrize("marked", [[], DAYS, DAYS[DAYS.day_of_week == 2]])
def test_days_that_cannot_be_told_from_the_calendar_give_nothing(marked):
    assert pulses(pd.Series(np.arange(120.0), DAYS), marked) is None


def test_a_short_or_empty_series_gives_nothing():
    assert pulses(pd.Series(1.0, DAYS[:20]), MARKED) is None
    assert pulses(pd.Series([], pd.DatetimeIndex([]), dtype=float), MARKED) is None
    assert not len(moved_pulses(pd.Series(1.0, DAYS[:20]), MARKED, range(3, 9)))


def test_the_interval_covers_the_truth_as_often_as_it_says():
    rng, hits = np.random.default_rng(4), 0
    for _ in range(300):
        noise = np.empty(120)
        noise[0] = rng.normal()
        for at in range(1, 120):
            noise[at] = 0.3 * noise[at - 1] + rng.normal()
        marked = rng.choice(DAYS, 20, replace=False)
        row = pulses(pd.Series(30 + noise + 0.8 * DAYS.isin(marked), DAYS), marked, (-1, 0, 1)).iloc[1]
        hits += row["low"] <= 0.8 <= row["high"]
    assert 0.91 <= hits / 300 <= 0.99


def test_moved_days_scatter_around_nothing():
    rng = np.random.default_rng(5)
    moved = moved_pulses(pd.Series(30 + rng.normal(0, 1, 120) + 3 * DAYS.isin(MARKED), DAYS), MARKED, [*range(3, 12)])
    assert len(moved) == 9 and np.abs(moved).max() < 2
