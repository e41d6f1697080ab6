"""Shared traits worked out by hand and against Fisher's test; multiples by hand and over simulated ranges."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from helpers.methods.lifts import multiples, shared


def test_two_hits_on_the_two_items_of_a_trait_are_one_chance_in_six():
    found = shared([True, True, False, False], ["x", "x", "y", "y"], ["g"] * 4).set_index("trait")
    assert found.loc["x", ["items", "hits", "expected"]].tolist() == [2, 2, 1]
    assert found.loc["x", "p"] == pytest.approx(2 / 6)  # both tails: the one draw of six in which x has both, doubled


def test_strata_are_convolved_and_expected_hits_add_up_over_groups():
    # each group has 2 items and 1 hit, x has one item in each: 2 hits have the chance 1/4
    found = shared([True, False, True, False], ["x", "y", "x", "y"], ["a", "a", "b", "b"]).set_index("trait")
    assert found.loc["x", "expected"] == 1
    assert found.loc["x", "p"] == pytest.approx(0.5)


def test_one_group_agrees_with_fisher():
    hit = [True] * 7 + [False] * 13
    trait = ["x"] * 5 + ["y"] * 2 + ["x"] * 3 + ["y"] * 10
    one_sided = stats.fisher_exact([[5, 3], [2, 10]], alternative="greater").pvalue
    assert shared(hit, trait, ["g"] * 20).set_index("trait").loc["x", "p"] == pytest.approx(2 * one_sided)


def test_a_trait_that_fills_a_group_of_hits_has_what_its_group_lets_expect():
    found = shared([True, True, False, False], ["x", "x", "y", "y"], ["a", "a", "b", "b"]).set_index("trait")
    assert found.loc["x", "expected"] == 2
    assert found.loc["x", "p"] == 1


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.booleans(), st.sampled_from("xyz"), st.sampled_from("ab")), min_size=1, max_size=20))
def test_hits_and_expected_hits_of_all_traits_add_up_to_the_hits(items):
    found = shared(*zip(*items, strict=True))
    total = sum(hit for hit, _, _ in items)
    assert found["hits"].sum() == total
    assert found["expected"].sum() == pytest.approx(total)
    assert found["p"].between(0, 1).all()


def test_a_multiple_is_the_geometric_mean_of_the_ratios_inside_groups():
    ratios = [2, 8, 2, 8, 2, 8, 4]  # 2 to the power of 14, seventh root: 4
    values = [number for at, ratio in enumerate(ratios) for number in (ratio * 10.0**at, 10.0**at)]
    groups = np.repeat(list("abcdefg"), 2)
    found = multiples(values, ["x", "y"] * 7, groups).set_index("trait")
    assert found.loc["x", "raw"] == pytest.approx(4)
    assert found.loc["x", "multiple"] == pytest.approx(4)  # two traits: nothing to pool
    assert found.loc["y", "raw"] == pytest.approx(0.25)
    # logs of the ratios (base 2) deviate by 1,1,1,1,1,1,0: error of their mean with 6 degrees of freedom, then 1.96
    error = np.log(2) * np.sqrt(6 / 6 / 7)
    assert found.loc["x", "high"] == pytest.approx(4 * np.exp(1.96 * error), rel=1e-3)


def test_a_trait_that_no_group_shares_with_others_cannot_be_told():
    found = multiples(np.arange(1, 13.0), ["x"] * 6 + ["y"] * 6, ["a"] * 6 + ["b"] * 6)
    assert found[["raw", "multiple"]].isna().all(axis=None)


def test_few_items_are_too_few_for_a_multiple():
    assert multiples([1.0, 2, 3, 4], ["x", "y"] * 2, ["a"] * 4)["multiple"].isna().all()


def test_a_95_percent_interval_holds_the_true_multiple_in_91_to_98_of_100_ranges():
    inside = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        group, trait = np.repeat(np.arange(6), 7), rng.integers(0, 6, 42)
        effect = rng.normal(0, 0.4, 6)
        logs = rng.normal(0, 1, 6)[group] + effect[trait] + rng.normal(0, 0.6, 42)
        found = multiples(np.exp(logs), trait, group).set_index("trait")
        design = pd.get_dummies(group).to_numpy(float)
        for name, row in found.iterrows():  # the truth: the same contrast of the true effects
            flag = (trait == name).astype(float)
            truth = np.linalg.lstsq(np.column_stack([design, flag]), effect[trait], rcond=None)[0][-1]
            inside.append(row["low"] <= np.exp(truth) <= row["high"])
    assert 0.91 <= np.mean(inside) <= 0.98
