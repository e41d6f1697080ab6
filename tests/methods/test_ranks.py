"""Top lists by hand."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from helpers.methods.ranks import top_turnover

values = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(-2, 9))


def test_turnover_by_hand():
    # top two: a b, then c a; b falls to rank 3
    found = top_turnover({"a": 9, "b": 5, "c": 1}, {"a": 5, "b": 1, "c": 9}, top=2)
    assert found.moves.to_dict("list") == {
        "item": ["c", "a", "b"],
        "before": [3, 1, 2],
        "after": [1, 2, 3],
        "kind": ["entered", "kept", "left"],
    }
    assert (found.kept, found.entered, found.left, found.overlap) == (1, 1, 1, 0.5)


def test_an_item_that_is_no_longer_sold_has_no_rank():
    found = top_turnover({"a": 9}, {"b": 5, "a": 0}, top=1)
    assert found.moves["after"].isna().tolist() == [False, True]
    assert found.overlap == 0


def test_equal_values_rank_by_name():
    assert top_turnover({"b": 1, "a": 1}, {}, top=1).moves["item"].tolist() == ["a"]


def test_two_empty_lists_have_no_overlap():
    found = top_turnover({}, {})
    assert np.isnan(found.overlap) and found.moves.empty


@given(values, values, st.integers(1, 6))
def test_kept_and_entered_make_the_new_list_kept_and_left_the_old(before, after, top):
    found = top_turnover(before, after, top)
    assert found.kept + found.entered == min(top, sum(value > 0 for value in after.values()))
    assert found.kept + found.left == min(top, sum(value > 0 for value in before.values()))
