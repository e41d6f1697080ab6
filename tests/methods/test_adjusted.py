"""Means of groups at one mixture of strata, against numbers worked out by hand."""

import numpy as np
import pytest

from helpers.methods.adjusted import adjusted_difference, adjusted_means


def test_what_the_strata_add_is_taken_out():
    # group a adds 1, b adds 3; stratum y adds 10 and holds half of all cases, but a quarter of a and three quarters of b
    groups, strata = list("aaaabbbb"), list("xxxyxyyy")
    values = [1, 1, 1, 11, 3, 13, 13, 13]
    found = adjusted_means(values, groups, strata)
    assert found["mean"].to_list() == pytest.approx([6, 8])
    assert found["n"].to_list() == [4, 4]
    assert np.mean(values[:4]) == 3.5 and np.mean(values[4:]) == 10.5  # what a plain mean would say


def test_one_stratum_leaves_plain_means_with_the_spread_of_all_groups():
    found = adjusted_means([1, 3, 5, 7, 9], list("aabbb"), ["x"] * 5)
    assert found["mean"].to_list() == pytest.approx([2, 7])
    # within groups: (2 + 8) / (5 - 2) = 10 / 3
    assert found["error"].to_list() == pytest.approx([(10 / 3 / 2) ** 0.5, (10 / 3 / 3) ** 0.5])


def test_a_difference_has_its_students_interval():
    found = adjusted_difference([1, 3, 5, 7, 9], [False, False, True, True, True], ["x"] * 5)
    # standard error: (10 / 3 × (1 / 2 + 1 / 3)) ** 0.5 = 1.6667; t with 3 degrees of freedom: 3.1824
    assert found.difference == pytest.approx(5)
    assert (found.low, found.high) == pytest.approx((5 - 5.3041, 5 + 5.3041), abs=1e-3)


def test_what_cannot_be_told_is_not_a_number():
    assert np.isnan(adjusted_difference([1, 2], [True, True], ["x", "x"]).difference)
    assert np.isnan(adjusted_difference([1, 2], [True, False], ["x", "x"]).low)
    assert np.isnan(adjusted_means([1, 2], ["a", "b"], ["x", "x"])["error"]).all()


def test_values_that_are_all_alike_do_not_look_perfectly_known():
    same = [0.05] * 12
    assert np.isnan(adjusted_means(same, list("abc") * 4, list("xy") * 6)["error"]).all()
    assert np.isnan(adjusted_difference(same, [True, False] * 6, list("xyz") * 4).low)
