"""What days without something bring less."""

import numpy as np
import pandas as pd
import pytest

from helpers.methods.absence import shortfall

DAYS = pd.date_range("2026-06-01", periods=84)


def test_a_shortfall_that_is_planted_exactly_is_found():
    absent = np.isin(np.arange(84), [7, 21, 45, 60])
    series = pd.Series(100 + 2.0 * np.arange(84) + 10 * (DAYS.day_of_week == 5) - 30 * absent, DAYS)
    assert shortfall(series, absent, np.zeros(84)).estimate == pytest.approx(30)


def test_touched_days_teach_nothing():
    absent = np.isin(np.arange(84), [7, 21, 45, 60])
    series = pd.Series(np.where(np.arange(84) == 60, 9999.0, 100.0) - 30 * absent, DAYS)
    assert shortfall(series, absent, np.arange(84) == 60).estimate == pytest.approx(30)


@pytest.mark.parametrize(("days", "missed"), [(20, 4), (84, 1), (84, 83)])
def test_too_few_days_tell_nothing(days, missed):
    absent = np.arange(days) < missed
    assert np.isnan(shortfall(pd.Series(np.ones(days), DAYS[:days]), absent, np.zeros(days)).estimate)


def test_the_interval_covers_the_planted_shortfall():
    inside = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        absent = rng.random(84) < 0.12
        found = shortfall(pd.Series(rng.normal(100, 12, 84) - 15 * absent, DAYS), absent, np.zeros(84))
        inside.append(found.low <= 15 <= found.high)
    assert 0.91 <= np.mean(inside) <= 0.99
