"""Decompositions: worked by hand, and the parts always add up."""

from math import log

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.methods.decomposition import exact_cents, lmdi, lmdi_groups, mix_rate

factor = st.one_of(st.just(0.0), st.floats(1e-3, 1e6))


def test_lmdi_of_two_doublings_splits_the_change_in_half():
    # 2 * 3 = 6 becomes 4 * 6 = 24: both factors have the same logarithm, 18 / 2 each
    assert lmdi({"a": 2, "b": 3}, {"a": 4, "b": 6}) == pytest.approx({"a": 9, "b": 9})


def test_lmdi_weighs_the_factors_by_their_logarithms():
    # 100 * 0.1 = 10 becomes 200 * 0.15 = 30: log mean 20 / ln 3
    mean = 20 / log(3)
    found = lmdi({"views": 100, "rate": 0.1}, {"rate": 0.15, "views": 200})
    assert found == pytest.approx({"views": mean * log(2), "rate": mean * log(1.5)})


def test_lmdi_of_factors_that_cancel_out_adds_up_to_nothing():
    # 4 * 5 = 20 = 5 * 4, log mean 20
    found = lmdi({"a": 4, "b": 5}, {"a": 5, "b": 4})
    assert found == pytest.approx({"a": 20 * log(1.25), "b": -20 * log(1.25)})


def test_a_product_that_starts_at_nothing_is_charged_to_the_factors_that_were_nothing():
    assert lmdi({"a": 0, "b": 2}, {"a": 3, "b": 4}) == {"a": 12, "b": 0}
    assert lmdi({"a": 0, "b": 0}, {"a": 3, "b": 4}) == {"a": 6, "b": 6}
    assert lmdi({"a": 3, "b": 2}, {"a": 0, "b": np.nan}) == {"a": -6, "b": 0}
    assert lmdi({"a": 0, "b": 2}, {"a": 3, "b": 0}) == {"a": 0, "b": 0}


def test_lmdi_refuses_what_it_cannot_split():
    with pytest.raises(ValueError, match="differ"):
        lmdi({"a": 1}, {"b": 1})
    with pytest.raises(ValueError, match="negative"):
        lmdi({"a": 1}, {"a": -1})
    with pytest.raises(ValueError, match="missing"):
        lmdi({"a": 1, "b": np.nan}, {"a": 1, "b": 1})


def test_groups_that_only_swap_their_shares_show_mix_and_nothing_else():
    before = pd.DataFrame({"views": [100, 300], "value": [2.0, 1.0]}, index=["live", "card"])
    after = pd.DataFrame({"views": [300, 100], "value": [2.0, 1.0]}, index=["live", "card"])
    found = lmdi_groups(before, after)
    # live 200 → 600, card 300 → 100
    assert found["mix"].to_dict() == pytest.approx({"live": 400, "card": -200})
    assert found[["views", "value"]].to_numpy() == pytest.approx(0)


def test_a_new_segment_is_mix():
    before = pd.DataFrame({"views": [100], "value": [2.0]}, index=["live"])
    after = pd.DataFrame({"value": [2.0, 3.0], "views": [100, 50]}, index=["live", "card"])
    found = lmdi_groups(before, after)
    assert found.loc["card"].to_dict() == pytest.approx({"views": 0, "mix": 150, "value": 0})
    # live stays at 200: volume 200 * ln 1.5, mix the same the other way round
    assert found.loc["live"].to_dict() == pytest.approx({"views": 200 * log(1.5), "mix": -200 * log(1.5), "value": 0})


def test_mix_and_rate_by_hand():
    # shares 0.5/0.5 → 0.75/0.25, rates 0.1/0.2 → 0.1/0.3; overall 0.15 → 0.15
    found = mix_rate([50, 50], [0.1, 0.2], [75, 25], [0.1, 0.3])
    assert found["mix"].tolist() == pytest.approx([0.25 * (0.1 - 0.15), -0.25 * (0.25 - 0.15)])
    assert found["rate"].tolist() == pytest.approx([0, 0.1 * 0.375])
    assert found.to_numpy().sum() == pytest.approx(0)


def test_a_segment_that_disappears_has_no_rate_effect():
    found = mix_rate([50, 50], [0.1, 0.2], [80, 0], [0.1, np.nan])
    assert found["rate"].tolist() == [0, 0]
    assert found["mix"].sum() == pytest.approx(0.1 - 0.15)


def test_a_side_without_any_weight_has_no_mean_to_explain():
    assert np.isnan(mix_rate([0, 0], [0.1, 0.2], [1, 2], [0.1, 0.2]).to_numpy()).all()


def test_exact_cents_gives_the_missing_cent_to_the_largest_remainder():
    assert exact_cents([33.3, 33.3, 33.4], 100).tolist() == [33, 33, 34]
    assert exact_cents([1 / 3 * 100] * 3, 100).tolist() == [34, 33, 33]
    assert exact_cents([-1.5, 2.75, -1.25], 0).tolist() == [-2, 3, -1]
    assert exact_cents([], 0).tolist() == []


def test_exact_cents_refuses_parts_of_another_total():
    with pytest.raises(ValueError, match="add up to 10.00, not to 12"):
        exact_cents([5, 5], 12)
    with pytest.raises(ValueError, match="add up"):
        exact_cents([5, np.nan], 5)


@given(st.lists(st.tuples(factor, factor), min_size=1, max_size=5))
def test_the_parts_of_lmdi_add_up_to_the_change(pairs):
    before = {str(i): pair[0] for i, pair in enumerate(pairs)}
    after = {str(i): pair[1] for i, pair in enumerate(pairs)}
    v0, v1 = np.prod(list(before.values())), np.prod(list(after.values()))
    assert sum(lmdi(before, after).values()) == pytest.approx(v1 - v0, rel=1e-6, abs=1e-6 * max(v0, v1))


@given(st.lists(st.tuples(*[factor] * 4), min_size=1, max_size=6))
def test_the_cells_of_the_groups_add_up_to_the_change_of_the_total(rows):
    table = np.array(rows)
    before, after = (pd.DataFrame(side, columns=["views", "value"]) for side in (table[:, :2], table[:, 2:]))
    v0, v1 = (float(side.prod(axis=1).sum()) for side in (before, after))
    assert lmdi_groups(before, after).to_numpy().sum() == pytest.approx(v1 - v0, rel=1e-6, abs=1e-6 * max(v0, v1, 1))


@given(st.lists(st.tuples(st.floats(1, 1e6), *[st.floats(0, 1)] * 2, st.floats(1, 1e6)), min_size=1, max_size=8))
def test_mix_and_rate_add_up_to_the_change_of_the_mean(rows):
    w0, r0, r1, w1 = np.array(rows).T
    change = np.average(r1, weights=w1) - np.average(r0, weights=w0)
    assert mix_rate(w0, r0, w1, r1).to_numpy().sum() == pytest.approx(change, abs=1e-9)


@given(st.lists(st.floats(-1e9, 1e9), max_size=50))
def test_exact_cents_ties_out_and_moves_no_part_by_a_whole_cent(parts):
    total = round(sum(parts))
    cents = exact_cents(parts, total)
    assert cents.sum() == total
    assert (np.abs(cents - np.array(parts)) <= 1).all()
