"""Ratios over clusters by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.methods.intervals import Ratio, ratio_interval
from helpers.methods.ratios import prob_below, ratio_bootstrap, ratio_difference


def test_the_bootstrap_of_two_sessions_reaches_from_one_to_the_other():
    # drawn again: both the first, one of each, both the second
    assert ratio_bootstrap([0, 1], [1, 1]) == (0.5, 0, 1)


def test_the_bootstrap_of_many_even_sessions_agrees_with_the_delta_method():
    rng = np.random.default_rng(4)
    orders, viewers = rng.binomial(100, 0.2, 200), np.full(200, 100)
    assert ratio_bootstrap(orders, viewers) == pytest.approx(ratio_interval(orders, viewers), abs=1e-3)


def test_the_bootstrap_knows_no_more_than_the_clusters_do():
    assert ratio_bootstrap([0, 0], [1, 2]) == ratio_interval([0, 0], [1, 2])
    assert ratio_bootstrap([3], [4]) == pytest.approx((0.75, np.nan, np.nan), nan_ok=True)
    assert np.isnan(ratio_bootstrap([1, np.nan], [2, 3])).all()


def test_the_difference_of_two_ratios_by_hand():
    # error hypot(3, 4) = 5; df 5^4 / (3^4 / 10 + 4^4 / 20) = 625 / 20.9 = 29.904; t 2.0425; t = 2
    found = ratio_difference(Ratio(0.3, 0.03, 10), Ratio(0.2, 0.04, 20))
    assert found[:4] == pytest.approx((0.1, 0.1 - 2.0425 * 0.05, 0.1 + 2.0425 * 0.05, 2), abs=1e-5)
    assert found.p == pytest.approx(0.0546, abs=1e-4)
    unknown = ratio_difference(Ratio(0.3, 0.03, 10), Ratio(0.2, np.nan, np.nan))
    assert unknown == pytest.approx((0.1, *[np.nan] * 4), nan_ok=True)


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(1, 100)), min_size=2, max_size=12))
def test_the_bootstrap_stays_between_the_lowest_and_the_highest_cluster(pairs):
    ratios = [num / den for num, den in pairs]
    _, low, high = ratio_bootstrap(*zip(*pairs, strict=True), draws=200)
    assert min(ratios) == max(ratios) or min(ratios) - 1e-9 <= low <= high <= max(ratios) + 1e-9


def test_the_chance_of_lying_below_a_bar_is_students():
    assert prob_below(Ratio(2.0, 1.0, 10.0), 2.0) == pytest.approx(0.5)
    assert prob_below(Ratio(2.228, 1.0, 10.0)) == pytest.approx(0.025, abs=1e-4)  # t of 10 degrees, printed tables
    assert np.isnan(prob_below(Ratio(1.0, 0.0, 5.0)))
