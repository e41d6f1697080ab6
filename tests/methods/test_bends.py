"""Bends of growth in series whose truth is known."""

import numpy as np
import pandas as pd
import pytest

from helpers.methods.bends import bend

DAYS = pd.date_range("2024-09-01", periods=791)
NUMBER = np.arange(791)
MONTHS = np.array([0.97, 0.90, 1.01, 1.01, 1.02, 1.01, 0.95, 0.97, 1.00, 1.04, 1.03, 0.99])
JOINT = 56 + 7 * 70  # one of the weeks that are tried


def grown(before, after, joint=JOINT):
    return before * np.minimum(NUMBER, joint) + after * np.maximum(NUMBER - joint, 0)


def test_without_noise_both_slopes_and_the_day_are_exact_whatever_weekday_and_month_add():
    season = np.log(MONTHS[DAYS.month - 1]) + np.where(DAYS.day_of_week > 4, 0.3, 0)
    found = bend(pd.Series(np.exp(5 + grown(0.001, -0.0005) + season), DAYS))
    assert (found.before, found.slope) == pytest.approx((0.001, -0.0005), abs=1e-7)
    assert (found.first, found.day, found.last) == (DAYS[JOINT],) * 3
    assert (found.bent, found.not_rising) == (1, 1)
    assert found.seasonal
    # the season is out of what is drawn: a day later the level is 0.1 % higher, weekend or not
    assert np.diff(np.log(found.days["adjusted"]))[:100] == pytest.approx(0.001, abs=1e-6)


def test_a_straight_line_has_no_bend_and_its_own_slope():
    noise = np.random.default_rng(1).normal(0, 0.05, 791)
    found = bend(pd.Series(np.exp(3 + 0.0004 * NUMBER + noise), DAYS))
    assert found.bent < 0.3
    assert found.low < 0.0004 < found.high
    assert found.not_rising < 0.05


def test_less_than_two_years_leave_the_season_in_and_less_than_24_weeks_tell_nothing():
    short = pd.Series(np.exp(0.001 * NUMBER[:400]), DAYS[:400])
    assert not bend(short).seasonal
    assert bend(short[:168]) is None
    assert bend(pd.Series(dtype="float64", index=pd.DatetimeIndex([]))) is None


def test_masked_days_and_days_at_nought_are_left_out():
    series = pd.Series(np.exp(5 + grown(0.001, -0.0005)), DAYS)
    series.iloc[100:130], series.iloc[300] = np.nan, 0.0
    found = bend(series)
    assert found.slope == pytest.approx(-0.0005, abs=1e-6)
    assert len(found.days) == 791 - 31


def test_the_interval_of_the_slope_and_of_the_day_hold_the_truth_about_as_often_as_they_say():
    rng, slopes, days = np.random.default_rng(5), 0, 0
    for _ in range(200):
        noise = rng.normal(0, 0.09, 791)
        noise[1:] += 0.3 * noise[:-1]
        truth = 5 + grown(0.0006, -0.0004, 607) + np.log(MONTHS[DAYS.month - 1])
        found = bend(pd.Series(np.exp(truth + noise), DAYS))
        slopes += found.low <= -0.0004 <= found.high
        days += found.first <= DAYS[607] <= found.last
    assert 182 <= slopes <= 197
    assert days >= 180


def test_a_quiet_series_is_seldom_called_bent():
    rng = np.random.default_rng(6)
    called = [bend(pd.Series(np.exp(5 + rng.normal(0, 0.1, 400)), DAYS[:400])).bent > 0.8 for _ in range(100)]
    assert sum(called) <= 3


def test_a_noisy_shop_with_every_second_day_masked_keeps_its_bend_in_the_interval():
    rng, held = np.random.default_rng(7), 0
    for _ in range(50):
        noise = rng.normal(0, 0.25, 791)
        series = pd.Series(np.exp(5 + grown(0.0006, -0.0004, 607) + np.log(MONTHS[DAYS.month - 1]) + noise), DAYS)
        series[rng.random(791) < 0.45] = np.nan
        found = bend(series)
        held += found.low <= -0.0004 <= found.high
    assert held >= 43  # 36 where a straight line is weighed too, by BIC
