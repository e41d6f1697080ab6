"""Forecasts: histories whose future is known, and results by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.methods.forecast import crossing_days, growth_probability, reach_path, reach_probability, weekday_weights

NOISY = np.random.default_rng(2).normal(100, 10, 90)


def test_an_even_history_goes_on_evenly():
    assert reach_probability([100] * 30, 500, 10, 1500) == (1, 1500, 1500, 1500)
    assert reach_probability([100] * 30, 500, 10, 1501).probability == 0


def test_calendar_weights_are_taken_out_of_the_past_and_put_on_the_future():
    # ordinary day 100; past weekends sold double, the two days left weigh 3 and 1
    history = [100] * 5 + [200] * 2
    weights = [1] * 5 + [2] * 2
    found = reach_probability(history * 3, 0, 2, 400, weights=[3, 1], history_weights=weights * 3)
    assert (found.probability, found.median) == (1, 400)


def test_no_day_left_is_certain():
    assert reach_probability([], 10, 0, 10) == (1, 10, 10, 10)
    assert reach_probability([], 9, 0, 10).probability == 0


def test_too_little_history_says_nothing():
    assert np.isnan(reach_probability([100] * 13, 0, 5, 100)).all()
    assert np.isnan(crossing_days([100] * 13, 0, 100, [1] * 5)).all()


def test_the_chance_of_a_noisy_history_follows_the_normal_law():
    # 30 days to come: mean 30 m, variance s^2 (30 + 30^2 / 900) = 31 s^2; one such deviation above: 15.9 %
    history = np.random.default_rng(2).normal(100, 10, 900)
    found = reach_probability(history, 0, 30, 30 * history.mean() + history.std() * 31**0.5)
    assert found.probability == pytest.approx(0.159, abs=0.03)
    assert found.low < 30 * history.mean() < found.high


def test_a_shop_that_sells_nothing_reaches_nothing():
    assert reach_probability([0] * 30, 0, 10, 1) == (0, 0, 0, 0)


def test_the_day_of_crossing_by_hand():
    assert crossing_days([100] * 20, 250, 1000, [1] * 30) == (8, 8, 8)
    assert crossing_days([100] * 20, 250, 1000, [1, 1, 6.5]) == (3, 3, 3)
    assert crossing_days([100] * 20, 250, 1000, [1] * 7) == (np.inf, np.inf, np.inf)
    assert crossing_days([], 1000, 1000, [1]) == (0, 0, 0)


def test_the_total_of_each_day_ahead_by_hand():
    found = reach_path([100] * 20, 250, 1000, [1, 1, 6.5])
    assert [chance.median for chance in found] == [350, 450, 1100]
    assert [chance.probability for chance in found] == [0, 0, 1]
    assert np.isnan(reach_path([100] * 13, 0, 100, [1])[0]).all()


@given(target=st.floats(500, 2500), days=st.integers(1, 20))
def test_the_last_day_of_the_path_says_what_the_whole_says(target, days):
    path = reach_path(NOISY, 0, target, [1.0] * days, draws=200)
    whole = reach_probability(NOISY, 0, days, target, draws=200)
    assert path[-1] == whole
    assert len(path) == days


def test_growth_by_hand():
    # log changes 0.1 0.3 0.1 0.3: mean 0.2, s 0.11547, predictive scale 0.1291; growth exp(0.2) - 1 is a coin toss
    totals = np.exp(np.cumsum([0, 0.1, 0.3, 0.1, 0.3]))
    found = growth_probability(totals, np.exp(0.2) - 1)
    assert found.probability == pytest.approx(0.5)
    # t(3 df, 90 %) = 1.637744
    ends = np.exp([0.2 - 1.637744 * 0.1290994, 0.2 + 1.637744 * 0.1290994]) - 1
    assert (found.low, found.high) == pytest.approx(tuple(ends), rel=1e-4)


def test_the_season_is_taken_out_and_put_back():
    # underlying level flat at 100, next month's season twice this month's
    season = [1, 2, 1, 2, 1, 2]
    found = growth_probability([100, 200, 100, 200, 100], 0.9, season)
    assert found.median == pytest.approx(1)
    assert found.probability == pytest.approx(1)


def test_few_or_empty_months_say_nothing():
    assert np.isnan(growth_probability([1, 2, 3, 4], 0.2)).all()
    assert np.isnan(growth_probability([1, 2, 0, 4, 5], 0.2)).all()


def test_weekday_weights_by_hand():
    # Mondays 10 and 30, Sunday 60, one touched Sunday left out: means 20 and 60, usual 40
    found = weekday_weights([10, 30, 60, 999], [0, 0, 6, 6], [False, False, False, True])
    assert found.tolist() == [0.5, 1, 1, 1, 1, 1, 1.5]
    assert weekday_weights([0, 0], [0, 1]).tolist() == [1] * 7


@given(st.floats(0, 5000), st.floats(0, 5000))
def test_a_higher_target_is_never_likelier(one, other):
    low, high = sorted([one, other])
    assert (
        reach_probability(NOISY, 0, 30, low, draws=200).probability
        >= reach_probability(NOISY, 0, 30, high, draws=200).probability
    )
