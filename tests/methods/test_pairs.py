"""Pairs of items against chance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from helpers.methods.pairs import _by_chance, pair_lift


def baskets(*sets):
    rows = [(f"o{at}", item) for at, items in enumerate(sets) for item in items]
    return [row[0] for row in rows], [row[1] for row in rows]


def test_chance_keeps_each_items_number_of_partners():
    together = np.array([[0, 5, 1, 4], [5, 0, 3, 2], [1, 3, 0, 6], [4, 2, 6, 0]], dtype=float)
    found = _by_chance(together)
    assert found.sum(axis=1) == pytest.approx(together.sum(axis=1))
    assert np.diag(found).tolist() == [0] * 4


def test_four_equal_items_share_the_baskets_evenly_by_chance():
    # 12 baskets: a-b and c-d four times each, the other four pairs once; every item has 6 partners, so each of the
    # six pairs should come 12 / 6 = 2 times: a-b has lift 2, a-c has lift 1/2
    sets = ["ab"] * 4 + ["cd"] * 4 + ["ac", "ad", "bc", "bd"]
    found = pair_lift(*baskets(*sets), ["m"] * 24).set_index(["a", "b"])
    assert found["expected"].to_numpy() == pytest.approx([2] * 6)
    assert found.loc[("a", "b"), "n"] == 4
    assert found.loc[("a", "b"), "lift"] == pytest.approx(2)
    assert found.loc[("a", "c"), "lift"] == pytest.approx(0.5)
    assert found.loc[("a", "b"), "p"] == pytest.approx(1 - stats.poisson.cdf(3, 2))


def test_the_limits_are_garwoods_printed_ones():
    # Garwood (1936): 4 events seen, 95 % limits 1.090 and 10.242
    sets = ["ab"] * 4 + ["cd"] * 4 + ["ac", "ad", "bc", "bd"]
    row = pair_lift(*baskets(*sets), ["m"] * 24).set_index(["a", "b"]).loc[("a", "b")]
    assert (row["low"] * 2, row["high"] * 2) == pytest.approx((1.090, 10.242), abs=0.001)


def test_two_goods_of_one_season_are_no_pair_for_that_alone():
    # in winter only a, b, c, d sell, in summer only e, f, g, h; inside a season every pair comes once
    def every(letters):
        return [x + y for at, x in enumerate(letters) for y in letters[at + 1 :]]

    sets = every("abcd") * 3 + every("efgh") * 3
    orders, items = baskets(*sets)
    season = ["w" if item in "abcd" else "s" for item in items]
    assert pair_lift(orders, items, season)["lift"].to_numpy() == pytest.approx([1] * 12)
    assert pair_lift(orders, items, ["m"] * len(items))["lift"].max() > 2


def test_a_repeated_item_and_single_item_baskets_tell_nothing():
    found = pair_lift(["1", "1", "2", "2", "3"], ["a", "a", "a", "b", "c"], ["m"] * 5)
    assert found[["a", "b", "n"]].to_numpy().tolist() == [["a", "b", 1]]
    assert len(pair_lift(["1"], ["a"], ["m"])) == 0


@given(st.lists(st.sets(st.sampled_from("abcdef"), min_size=2, max_size=2), min_size=1, max_size=30))
def test_observed_and_expected_pairs_are_never_negative(sets):
    found = pair_lift(*baskets(*[sorted(one) for one in sets]), ["m"] * (2 * len(sets)))
    assert (found["expected"] >= 0).all() and (found["n"] >= 0).all()
    assert (found["low"] <= found["lift"] + 1e-9).all() and (found["lift"] <= found["high"] + 1e-9).all()
    assert found["p"].between(0, 1).all()


def test_random_pairing_gives_few_false_pairs():
    rng, false = np.random.default_rng(3), 0
    for _ in range(40):
        popular = rng.dirichlet(np.ones(12) * 3)
        sets = [rng.choice(12, 2, replace=False, p=popular) for _ in range(300)]
        orders = np.repeat(np.arange(300), 2)
        found = pair_lift(orders, [f"i{item:02}" for one in sets for item in one], ["m"] * 600)
        false += int((found["q"] <= 0.05).any())
    assert false <= 5  # at a false discovery rate of 5 %, some 2 of 40
