"""Shrinkage: Lindsey's table of sons in families of twelve, the eight schools, and results by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.methods.shrinkage import (
    beta_binomial,
    beta_prior,
    funnel_limits,
    normal,
    normal_above,
    normal_ranks,
    prob_above,
    rank_interval,
)

FAMILIES = [3, 24, 104, 286, 670, 1033, 1343, 1112, 829, 478, 181, 45, 7]  # with 0, 1 … 12 sons
EFFECTS, ERRORS = [28, 8, -3, 7, -1, 1, 18, 12], [15, 10, 16, 11, 9, 11, 10, 18]


def test_beta_prior_finds_the_published_maximum_for_the_families_of_saxony():
    sons = np.repeat(np.arange(13), FAMILIES)
    assert beta_prior(sons, np.full(sons.size, 12)) == pytest.approx((34.09558, 31.5715), rel=2e-3)


def test_two_items_are_too_few_to_learn_from():
    assert beta_prior([1, 2, 0], [10, 10, 0]) == (0.5, 0.5)


def test_beta_binomial_by_hand_with_a_given_prior():
    # prior 2 of 10: (1 + 2) / (2 + 10), (80 + 2) / (90 + 10), nothing of its own: 0.2
    found = beta_binomial([1, 80, 0], [2, 90, 0], prior=(2, 8))
    assert found["mean"].tolist() == pytest.approx([0.25, 0.82, 0.2])
    assert found["rate"].tolist() == pytest.approx([0.5, 80 / 90, np.nan], nan_ok=True)


def test_items_that_differ_by_chance_only_are_pulled_together():
    # the prior weighs as much as all 400 trials, so one success more moves an item by 1 / (100 + 400)
    found = beta_binomial([10, 11, 9, 10], [100, 100, 100, 100])["mean"]
    assert found.tolist() == pytest.approx([0.1, 0.102, 0.098, 0.1], abs=1e-3)
    assert found[1] - found[0] == pytest.approx(0.002)


def test_all_or_none_does_not_make_a_certainty():
    assert beta_prior([0, 0, 0], [9, 9, 9]) == beta_prior([9, 9, 9], [9, 9, 9]) == (0.5, 0.5)
    assert beta_binomial([5, 5, 5], [5, 5, 5])["low"].max() < 0.7


def test_items_that_truly_differ_keep_their_own_rates():
    found = beta_binomial([1000, 3000, 6000, 9000], [10_000] * 4)
    assert found["mean"].tolist() == pytest.approx([0.1, 0.3, 0.6, 0.9], abs=2e-3)


def test_prob_above_by_hand():
    # uniform prior, 1 of 1: density 2p, above 0.5 three quarters
    assert prob_above([1], [1], 0.5, prior=(1, 1)) == pytest.approx([0.75])


def test_rank_interval_of_clear_winners_is_a_point_and_of_twins_is_not():
    found = rank_interval([900, 500, 100], [1000] * 3)
    assert found[["low", "high"]].to_numpy().tolist() == [[1, 1], [2, 2], [3, 3]]
    assert found["best"].tolist() == [1, 0, 0]
    twins = rank_interval([50, 50, 50], [100] * 3)
    assert twins["best"].tolist() == pytest.approx([1 / 3] * 3, abs=0.03)
    assert twins[["low", "high"]].to_numpy().tolist() == [[1, 3]] * 3


def test_the_eight_schools_have_the_posterior_means_that_stan_prints():
    # Gelman et al., Bayesian Data Analysis, section 5.5, as the RStan manual runs it: mean and sd per school
    found = normal(EFFECTS, ERRORS)
    assert found["mean"].tolist() == pytest.approx([11.4, 7.9, 6.2, 7.7, 5.1, 6.1, 10.7, 8.5], abs=0.15)
    deviation = (found["high"] - found["low"]) / 2 / 1.959964
    assert deviation.tolist() == pytest.approx([8.4, 6.3, 7.8, 6.6, 6.4, 6.8, 6.8, 7.9], abs=0.15)


def test_two_items_keep_their_own_means():
    found = normal([0, 9], [1, 2])
    assert found["mean"].tolist() == [0, 9]
    assert (found["high"] - found["mean"]).tolist() == pytest.approx([1.959964, 3.919928])
    assert normal([], []).empty


def test_equal_items_stay_where_they_are_and_clear_ones_are_hardly_moved():
    assert normal([4, 4, 4], [1, 2, 3])["mean"].tolist() == pytest.approx([4] * 3)
    assert normal([0, 100, 200], [1] * 3)["mean"].tolist() == pytest.approx([0, 100, 200], abs=0.1)


def test_the_chance_of_a_mean_to_reach_a_bar_by_hand():
    # its own mean; one standard error above the bar: 0.841345
    assert normal_above([5, 9], [1, 4], 5) == pytest.approx([0.5, 0.841345], abs=1e-6)
    assert normal_above([4, 4, 4], [1, 1, 1], 4) == pytest.approx([0.5] * 3)


def test_ranks_of_clear_means_are_points_and_those_of_the_eight_schools_are_open():
    clear = normal_ranks([1, 9, 5], [0.1] * 3)
    assert clear[["low", "high"]].to_numpy().tolist() == [[3, 3], [1, 1], [2, 2]]
    schools = normal_ranks(EFFECTS, ERRORS)
    assert schools[["low", "high"]].to_numpy().tolist() == [[1, 8]] * 8
    assert schools["best"].sum() == pytest.approx(1)
    assert schools["best"].idxmax() == 0


def test_normal_refuses_an_error_of_nothing_and_a_missing_mean():
    with pytest.raises(ValueError, match="standard error"):
        normal([1, 2], [1, 0])
    with pytest.raises(ValueError, match="mean"):
        normal_ranks([1, np.nan, 3], [1, 1, 1])


def test_funnel_limits_of_ten_coins():
    # P(≤ 1) = 11/1024 < 2.5 %, P(≤ 2) = 56/1024: low limit 2 of 10, high 8 of 10
    low, high = funnel_limits([10, 0], 0.5)
    assert (low[0], high[0]) == (0.2, 0.8)
    assert np.isnan([low[1], high[1]]).all()


def test_more_successes_than_trials_are_refused():
    with pytest.raises(ValueError, match="successes"):
        beta_binomial([3], [2])


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=12))
def test_a_shrunken_rate_lies_between_the_own_rate_and_what_is_usual(pairs):
    k, n = np.array([(min(pair), max(pair)) for pair in pairs]).T
    a, b = beta_prior(k, n)
    found = beta_binomial(k, n)
    usual = a / (a + b)
    own = found["rate"].fillna(usual)
    assert (found["mean"] >= np.minimum(own, usual) - 1e-9).all()
    assert (found["mean"] <= np.maximum(own, usual) + 1e-9).all()
    assert ((found["low"] <= found["mean"]) | (found["mean"] < 1e-3)).all()


@given(st.lists(st.tuples(st.floats(-100, 100), st.floats(0.1, 10)), min_size=2, max_size=8), st.randoms())
def test_normal_does_not_depend_on_the_order_of_the_items(rows, random):
    order = random.sample(range(len(rows)), len(rows))
    means, ses = np.array(rows).T
    assert normal(means[order], ses[order]).to_numpy() == pytest.approx(
        normal(means, ses).to_numpy()[order], rel=1e-4, abs=1e-4
    )
