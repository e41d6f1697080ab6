"""Intervals: printed results of Newcombe (1998), Benjamini & Hochberg (1995) and the statsmodels manual."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.methods.intervals import (
    bar_test,
    benjamini_hochberg,
    clustered_ratio,
    mean_interval,
    prob_at_least,
    proportion_test,
    ratio_interval,
    wilson,
)


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_intervals_of_newcombes_table(k, n, low, high):
    assert wilson(k, n) == pytest.approx((low, high), abs=5e-5)


def test_wilson_keeps_quiet_where_nothing_was_counted_or_the_part_exceeds_the_whole():
    low, high = wilson([1, 0, 5], [29, 0, 4])
    assert low[0] == pytest.approx(0.0061, abs=5e-5)
    assert np.isnan([low[1], high[1], low[2], high[2]]).all()


def test_sessions_of_one_size_have_the_interval_of_cochran():
    # 6/30 = 0.2; residuals -1 0 1; variance 3/2 * 2 / 900; t(2 df, 97.5 %) = 4.30265
    found = ratio_interval([1, 2, 3], [10, 10, 10])
    reach = 4.30265 * np.sqrt(3) / 30
    assert found == pytest.approx((0.2, 0.2 - reach, 0.2 + reach), rel=1e-5)


def test_the_error_of_three_uneven_sessions_by_hand():
    # 6/60 = 0.1; residuals 1 0 -1 over 1 - 1/6, 1 - 1/3, 1 - 1/2: 1.2 + 0 + 2
    ratio, error, freedom = clustered_ratio([2, 2, 2], [10, 20, 30])
    assert (ratio, error) == pytest.approx((0.1, np.sqrt(3.2) / 60))
    x = np.array([10.0, 20, 30])
    maker = np.diag(1 / np.sqrt(1 - x / 60)) @ (np.eye(3) - np.outer(x / 60, np.ones(3)))
    spread = maker @ np.diag(x**2) @ maker.T
    assert freedom == pytest.approx(np.trace(spread) ** 2 / np.square(spread).sum())
    assert freedom < 2


def test_clusters_that_are_all_alike_have_no_width():
    assert ratio_interval([29.7, 49.5], [3, 5]) == pytest.approx((9.9, 9.9, 9.9))
    assert ratio_interval([5, 10], [10, 20]) == (0.5, 0.5, 0.5)


def test_none_or_all_in_every_session_counts_each_session_as_one_trial():
    # Kish: 60^2 / 1400 = 2.571429 even sessions; Wilson 0 of 2.571429: up to 3.841459 / 6.412888
    assert ratio_interval([0, 0, 0], [10, 20, 30]) == pytest.approx((0, 0, 0.599022), abs=1e-6)
    assert ratio_interval([10, 20, 30], [10, 20, 30]) == pytest.approx((1, 0.400978, 1), abs=1e-6)
    assert ratio_interval([0], [4]) == pytest.approx((0, np.nan, np.nan), nan_ok=True)


def test_one_cluster_that_holds_everything_has_no_ends():
    assert ratio_interval([2, 0, 0], [10, 0, 0]) == pytest.approx((0.2, np.nan, np.nan), nan_ok=True)
    assert np.isnan(ratio_interval([1, np.nan], [2, 3])).all()


def test_ratio_interval_has_no_ends_for_one_cluster_and_nothing_without_a_denominator():
    assert ratio_interval([1], [4]) == pytest.approx((0.25, np.nan, np.nan), nan_ok=True)
    assert np.isnan(ratio_interval([], [])).all()


def test_mean_interval_by_hand():
    # mean 3, s = sqrt(2.5), t(4 df) = 2.77645, reach = 2.77645 * sqrt(2.5 / 5)
    assert mean_interval([1, 2, 3, 4, 5]) == pytest.approx((3, 3 - 1.963247, 3 + 1.963247), rel=1e-5)
    assert mean_interval([7, 7, 7]) == (7, 7, 7)
    assert mean_interval([7]) == pytest.approx((7, np.nan, np.nan), nan_ok=True)


def test_proportion_test_gives_newcombes_interval_for_56_of_70_against_48_of_80():
    found = proportion_test(56, 70, 48, 80)
    assert found[:3] == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_proportion_test_gives_the_p_value_of_the_statsmodels_manual():
    assert proportion_test(5, 83, 12, 99).p == pytest.approx(0.159, abs=5e-4)


def test_proportion_test_of_two_large_samples_by_hand():
    # 0.448188 - 0.442283, pooled 40153/90189 = 0.445210
    found = proportion_test(20034, 44700, 20119, 45489)
    assert (found.z, found.p) == pytest.approx((1.7841, 0.0744), abs=5e-5)


def test_no_successes_on_either_side_is_no_difference():
    found = proportion_test(0, 50, 0, 80)
    assert (found.difference, found.z, found.p) == (0, 0, 1)
    assert found.low < 0 < found.high
    assert np.isnan(proportion_test(0, 0, 3, 80)).all()


def test_bar_test_gives_the_p_value_of_the_statsmodels_manual():
    assert bar_test(5, 83, 0.05) == pytest.approx(0.695, abs=5e-4)


def test_bar_test_of_nothing_in_a_hundred_uses_the_standard_error_of_the_bar():
    # z = -0.05 / sqrt(0.05 * 0.95 / 100) = -2.2942
    assert bar_test(0, 100, 0.05) == pytest.approx(0.0218, abs=5e-5)


def test_bar_test_of_a_bar_that_allows_no_exception():
    assert bar_test(0, 10, 0) == bar_test(10, 10, 1) == 1
    assert bar_test(1, 10, 0) == bar_test(9, 10, 1) == 0
    assert np.isnan([bar_test(0, 0, 0.5), bar_test(11, 10, 0.5), bar_test(np.nan, 10, 0.5)]).all()


def test_prob_at_least_is_a_half_by_symmetry_and_follows_the_beta_integral():
    assert prob_at_least(5, 10, 0.5) == pytest.approx(0.5)
    assert prob_at_least(1, 1, 0.5, prior=(1, 1)) == pytest.approx(0.75)  # integral of 2p from 0.5 to 1
    assert np.isnan(prob_at_least(0, 0, 0.5))


def test_benjamini_hochberg_rejects_the_four_hypotheses_of_the_paper():
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
    p += [0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    found = benjamini_hochberg(p)
    assert (found <= 0.05).sum() == 4
    assert found[:4] == pytest.approx([0.0015, 0.003, 0.0095, 0.035625])


def test_benjamini_hochberg_leaves_missing_questions_out():
    assert benjamini_hochberg([0.01, np.nan, 0.5]) == pytest.approx([0.02, np.nan, 0.5], nan_ok=True)


@given(st.integers(1, 10_000), st.data())
def test_wilson_holds_the_rate_and_mirrors(n, data):
    k = data.draw(st.integers(0, n))
    low, high = wilson(k, n)
    assert 0 <= low <= k / n + 1e-12 and k / n - 1e-12 <= high <= 1
    assert wilson(n - k, n) == pytest.approx((1 - high, 1 - low), abs=1e-9)


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(1, 100)), min_size=2, max_size=30), st.randoms())
def test_ratio_interval_does_not_depend_on_the_order_of_the_clusters(pairs, random):
    mixed = random.sample(pairs, len(pairs))
    one, other = (tuple(ratio_interval(*zip(*rows, strict=True))) for rows in (pairs, mixed))
    assert one == pytest.approx(other, nan_ok=True)
