"""How fast things wear out: exact cases, and intervals that hold what they promise."""

import numpy as np
import pytest

from helpers.methods.decay import half_life, within_slope
from helpers.methods.intervals import Interval


def test_each_group_keeps_its_own_level():
    # both fall by 0.1 a day, from 5 and from 2; the second, lower one is seen later, which a common line would call a fall
    x = [0, 1, 2, 10, 11, 12]
    y = [5.0, 4.9, 4.8, 1.0, 0.9, 0.8]
    assert within_slope(y, x, np.ones(6), list("aaabbb")) == pytest.approx((-0.1, -0.1, -0.1))


def test_weights_count_rows():
    slope = within_slope([0, 1, 0, 3], [0, 1, 0, 1], [1, 1, 1, 1], list("aabb")).estimate
    heavy = within_slope([0, 1, 0, 3], [0, 1, 0, 1], [1, 1, 3, 3], list("aabb")).estimate
    assert slope == pytest.approx(2)
    assert heavy == pytest.approx((1 + 3 * 3) / 4)


def test_a_rate_that_falls_by_a_factor_halves_in_its_half_life():
    found = half_life(Interval(-np.log(2) / 10, -np.log(2) / 8, -np.log(2) / 20))
    assert found == pytest.approx((10, 8, 20))
    assert half_life(Interval(-0.1, -0.2, 0.05)).high == np.inf
    assert np.isnan(half_life(Interval(np.nan, np.nan, np.nan))).all()


def test_one_group_tells_a_slope_but_no_interval():
    found = within_slope([0.0, -0.1], [0, 1], [1, 1], ["a", "a"])
    assert found.estimate == pytest.approx(-0.1) and np.isnan(found.low)


def test_95_percent_intervals_hold_the_true_wear():
    rng, hits = np.random.default_rng(20), 0
    for _ in range(200):
        life = rng.integers(6, 20, 30)
        group = np.repeat(np.arange(30), life)
        age = np.arange(len(group)) - np.repeat(np.cumsum(life) - life, life)
        shows = rng.poisson(3000, len(group))
        clicks = rng.binomial(shows, (0.04 * np.exp(rng.normal(0, 0.2, 30)))[group] * 0.5 ** (age / 12))
        found = within_slope(np.log(clicks / shows), age, clicks, group)
        hits += found.low <= -np.log(2) / 12 <= found.high
    assert 0.91 <= hits / 200 <= 0.98
