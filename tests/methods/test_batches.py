"""Limits of batches that differ anyway."""

import numpy as np
import pytest
from scipy import stats

from helpers.methods.batches import batch_limits, sound_prior


def test_limits_are_those_of_the_beta_binomial_law():
    found = batch_limits([3, 30], [100, 200], 0.95, prior=(2, 48))
    assert found["centre"].to_list() == [0.04, 0.04]
    assert found["upper"].to_list() == [stats.betabinom.ppf(0.975, n, 2, 48) / n for n in (100, 200)]
    assert found["out"].to_list() == [False, True]


def test_a_spoilt_batch_does_not_widen_the_limits_of_the_others():
    sound = [2, 1, 3, 2, 2, 1, 3, 2, 2]
    assert sound_prior([*sound, 20], [100] * 10) == pytest.approx(sound_prior(sound, [100] * 9))
    assert batch_limits([*sound, 20], [100] * 10)["out"].to_list() == [False] * 9 + [True]


def test_sound_batches_that_differ_anyway_seldom_lie_above_the_limit():
    rng, out = np.random.default_rng(3), 0
    for _ in range(60):
        rate = rng.beta(0.03 * 150, 0.97 * 150, 40)
        out += int(batch_limits(rng.binomial(200, rate), np.full(40, 200))["out"].sum())
    assert out / (60 * 40) < 0.005


def test_one_batch_and_batches_without_a_fault_have_limits():
    assert not batch_limits([1], [50])["out"].any()
    assert not batch_limits([0, 0, 0], [50, 50, 60])["out"].any()
