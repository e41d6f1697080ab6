"""Cascades tie out to the cent."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.methods.allocation import cascade, nested_cascade


def test_a_yuan_in_three_gives_the_odd_cent_to_the_first():
    assert cascade(100, [1, 1, 1]).tolist() == [34, 33, 33]


def test_the_odd_cents_go_to_the_largest_remainders():
    # 10 in 7 : 2 : 1 = 7, 2, 1; 11 = 7.7, 2.2, 1.1
    assert cascade(10, [7, 2, 1]).tolist() == [7, 2, 1]
    assert cascade(11, [7, 2, 1]).tolist() == [8, 2, 1]


def test_weights_of_nothing_share_evenly_and_no_weights_take_nothing():
    assert cascade(9, [0, 0, 0]).tolist() == [3, 3, 3]
    assert cascade(0, []).tolist() == []


def test_bad_weights_are_refused():
    for weights in ([1, -1], [1, np.nan]):
        with pytest.raises(ValueError, match="0 or more"):
            cascade(10, weights)
    with pytest.raises(ValueError, match="add up"):
        cascade(10, [])


def test_sessions_tie_out_to_their_day():
    found = nested_cascade({"mon": 100, "tue": 7}, ["tue", "mon", "mon", "mon", "tue"], [1, 1, 1, 1, 1])
    assert found.tolist() == [4, 34, 33, 33, 3]


def test_a_day_without_sessions_cannot_be_split():
    with pytest.raises(ValueError, match="add up"):
        nested_cascade({"mon": 100, "tue": 5}, ["tue"], [1])
    with pytest.raises(ValueError, match="no total for wed"):
        nested_cascade({"mon": 100}, ["mon", "wed"], [1, 1])


@given(st.integers(0, 10**13), st.lists(st.floats(0, 1e6), min_size=1, max_size=60))
def test_the_parts_tie_out_and_none_is_a_cent_off(total, weights):
    parts = cascade(total, weights)
    assert parts.sum() == total
    if sum(weights) > 0:
        assert np.abs(parts - total * (np.array(weights) / sum(weights))).max() < 1 + 1e-2
