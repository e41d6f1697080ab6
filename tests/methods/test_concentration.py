"""Effective number of groups: worked by hand, and an interval that holds its level."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.methods.concentration import effective_number


def test_equal_groups_count_as_many_as_they_are_and_one_group_as_one() -> None:
    assert effective_number(np.eye(4)).number == pytest.approx(4)
    assert effective_number([[5.0, 0], [3.0, 0]]).number == 1


def test_three_to_one_is_worth_one_and_six_tenths_groups() -> None:
    found = effective_number([[1, 0], [1, 0], [1, 0], [0, 1]])
    assert found.number == pytest.approx(16 / 10)  # 4² over 3² + 1²
    # pull of a case of the first group: 2 (1/4 − 3/10) = −0.1, of the second 2 (1/4 − 1/10) = 0.3
    assert found.log_error == pytest.approx((4 / 3 * (3 * 0.01 + 0.09)) ** 0.5)
    assert 1 <= found.low < found.number < found.high <= 2


def test_nothing_sold_has_no_number_and_one_case_no_interval() -> None:
    assert np.isnan(effective_number(np.zeros((3, 2))).number)
    one = effective_number([[1.0, 1.0]])
    assert one.number == 2 and np.isnan(one.low)


def test_a_group_that_loses_is_refused() -> None:
    with pytest.raises(ValueError, match="less than 0"):
        effective_number([[1.0, -2.0], [1.0, 1.0]])


def test_a_95_percent_interval_covers_the_truth_for_skewed_orders() -> None:
    shares, rng, hits, runs = np.array([0.45, 0.25, 0.15, 0.10, 0.05]), np.random.default_rng(3), 0, 400
    truth = 1 / (shares**2).sum()
    for _ in range(runs):
        count = rng.poisson(400)
        amounts = rng.lognormal(0, 0.8, count)[:, None] * np.eye(5)[rng.choice(5, count, p=shares)]
        found = effective_number(amounts)
        hits += found.low <= truth <= found.high
    assert 0.92 <= hits / runs <= 0.98


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.floats(0, 1e6), min_size=3, max_size=3), min_size=2, max_size=20))
def test_the_number_lies_between_one_and_the_groups_and_knows_no_currency(cases: list[list[float]]) -> None:
    found, cents = effective_number(cases), effective_number(np.asarray(cases) * 100)
    if np.isnan(found.number):
        return
    assert 1 - 1e-9 <= found.number <= 3 + 1e-9
    assert cents.number == pytest.approx(found.number)
