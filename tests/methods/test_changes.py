"""Breaks and trends in series whose truth is known."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.methods.changes import fit_line, level_change, partial_slope, slope_break, trend

DAYS = pd.date_range("2026-01-01", periods=84)


def noisy(values, spread=1.0):
    return pd.Series(values + np.random.default_rng(3).normal(0, spread, len(values)), DAYS[: len(values)])


def test_a_planted_break_is_found_on_its_day_with_its_step_and_slopes():
    # rises by 1 a day for 40 days, jumps by 30, then falls by 2 a day
    late = np.arange(84) - 40
    found = slope_break(pd.Series(np.arange(84) + np.where(late >= 0, 30 - 3 * late, 0), DAYS, dtype=float))
    assert found.day == DAYS[40]
    assert (found.step, found.slope_before, found.slope_after) == pytest.approx((30, 1, -2), abs=1e-6)
    assert found.found


def test_a_noisy_break_is_found_near_its_day():
    found = slope_break(noisy(np.where(np.arange(84) < 50, 100.0, 80.0), 3))
    assert found.found
    assert abs((found.day - DAYS[50]).days) <= 2


def test_a_straight_line_and_a_weekly_pattern_do_not_break():
    assert not slope_break(pd.Series(5.0 + np.arange(84), DAYS)).found
    assert not slope_break(pd.Series(np.where(DAYS.day_of_week >= 5, 150.0, 100.0), DAYS)).found
    assert not slope_break(noisy(np.full(84, 100.0), 5)).found


def test_masked_days_do_not_make_a_break():
    series = noisy(np.full(84, 100.0))
    series.iloc[40:45] = np.nan
    assert not slope_break(series).found


def test_four_weeks_are_needed_for_a_break_and_two_for_a_trend():
    assert slope_break(noisy(np.zeros(27))) is None
    assert np.isnan(trend(noisy(np.zeros(13)))).all()


def test_a_line_has_its_own_slope_whatever_the_weekdays_add():
    found = trend(pd.Series(2.0 * np.arange(84) + np.where(DAYS.day_of_week == 6, 50, 0), DAYS))
    assert found.slope == pytest.approx(2)
    assert found.not_rising == pytest.approx(0, abs=1e-9)


def test_a_level_series_rises_or_falls_with_even_chances():
    found = trend(noisy(np.full(84, 100.0), 5))
    assert found.low < 0 < found.high
    assert 0.02 < found.not_rising < 0.98


def test_a_step_on_a_known_day_is_found_beside_slope_and_weekdays():
    base = 2.0 * np.arange(84) + np.where(DAYS.day_of_week == 6, 50, 0)
    found = level_change(pd.Series(base + np.where(np.arange(84) >= 40, 30, 0), DAYS), DAYS[40])
    assert found == pytest.approx((30, 30, 30), abs=1e-6)
    noise = level_change(noisy(np.full(84, 100.0), 5), "2026-02-10")
    assert noise.low < 0 < noise.high


def test_a_step_needs_two_weeks_on_either_side():
    assert np.isnan(level_change(noisy(np.zeros(40)), DAYS[13])).all()
    assert np.isnan(level_change(noisy(np.zeros(40)), DAYS[27])).all()
    assert not np.isnan(level_change(noisy(np.zeros(40)), DAYS[26])).any()


def test_the_variances_of_a_fit_by_hand():
    # 1 2 6 on days 0 1 2: slope 2.5, residuals 0.5 -1 0.5, noise 1.5 on 1 degree of freedom;
    # rho -1/1.5, corrected by (1 - 8/3)/3, is below 0: no inflation; slope variance 1.5 / 2
    found = fit_line(np.array([1.0, 2, 6]), np.array([[1.0, 0], [1, 1], [1, 2]]))
    assert found.coefficients == pytest.approx([0.5, 2.5])
    assert (found.noise, found.inflation, found.freedom) == (pytest.approx(1.5), 1, 1)
    assert found.covariance[1, 1] == pytest.approx(0.75)


@given(st.lists(st.floats(-1e3, 1e3), min_size=20, max_size=40))
def test_a_mirrored_series_has_the_mirrored_trend(values):
    series = pd.Series(values, DAYS[: len(values)])
    up, down = trend(series), trend(-series)
    assert (up.slope, up.low) == pytest.approx((-down.slope, -down.high), abs=1e-9)


def test_a_slope_is_found_beside_another_cause():
    x, other = np.arange(40.0), np.tile([0.0, 3.0], 20)
    found = partial_slope(5 + 2 * other + 0.5 * x, np.column_stack([np.ones(40), other, x]))
    assert found.estimate == pytest.approx(0.5)
    assert found.low == pytest.approx(0.5, abs=1e-6)
