"""What a little more brings, and where it is best moved."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.methods.intervals import Interval
from helpers.methods.marginal import elasticity, gain, moved


def panel(seed, power=0.6, slots=8, groups=25, orders=60):
    rng = np.random.default_rng(seed)
    slot, group = (part.ravel() for part in np.meshgrid(np.arange(slots), np.arange(groups), indexing="ij"))
    level = rng.normal(0, 0.5, slots)[slot]
    put = np.exp(level + rng.normal(0, 0.4, slot.size) + rng.normal(0, 0.3, groups)[group])
    got = rng.poisson(orders / slots * np.exp(0.3 * level + rng.normal(0, 0.3, groups)[group]) * put**power)
    return put, got, slot, group


def test_an_exact_power_curve_gives_its_power():
    put = np.exp(np.random.default_rng(1).normal(0, 0.5, (6, 10)))
    got = np.arange(1, 7)[:, None] * np.arange(1, 11)[None, :] * put**0.7
    slot, group = np.meshgrid(np.arange(6), np.arange(10), indexing="ij")
    found = elasticity(put.ravel(), got.ravel(), slot.ravel(), group.ravel())
    assert found.estimate == pytest.approx(0.7, abs=1e-6)


def test_it_is_what_statsmodels_finds():
    import statsmodels.api as sm

    put, got, slot, group = panel(5)
    dummies = [(slot == one).astype(float) for one in range(8)] + [(group == one).astype(float) for one in range(1, 25)]
    fit = sm.GLM(got, np.column_stack([np.log(put), *dummies]), family=sm.families.Poisson()).fit(tol=1e-12)
    assert elasticity(put, got, slot, group).estimate == pytest.approx(fit.params[0], abs=1e-6)


def test_the_interval_covers_the_true_power():
    found = [elasticity(*panel(seed)) for seed in range(200)]
    assert 0.91 <= np.mean([one.low <= 0.6 <= one.high for one in found]) <= 0.98


@pytest.mark.parametrize("put", [np.ones(60), np.zeros(60)])
def test_no_variation_tells_nothing(put):
    slot, group = np.arange(60) % 6, np.arange(60) // 6
    assert np.isnan(elasticity(put, np.ones(60), slot, group).estimate)


def test_too_few_cells_tell_nothing():
    assert np.isnan(elasticity([1, 2], [1, 2], [0, 1], [0, 0]).estimate)


def test_without_limits_marginal_yields_become_equal():
    # two slots, power 1/2, yields per unit 3 and 1 at 100 each: sales a_i sqrt(x) with a = 30 and 10; equal slopes where
    # a_1^2 / x_1 = a_2^2 / x_2, that is x_1 = 9 x_2: 180 and 20
    assert moved([100, 100], [3, 1], 0.5, 0.9).tolist() == pytest.approx([180, 20])


def test_limits_and_stock_hold():
    assert moved([100, 100], [3, 1], 0.5, 0.2).tolist() == pytest.approx([120, 80])
    assert moved([100, 100], [3, 1], 0.5, 0.2, [105, np.inf]).tolist() == pytest.approx([105, 95])


def test_nothing_moves_where_more_brings_nothing_or_all_bring_the_same():
    assert moved([100, 50], [3, 1], 0.0, 0.2).tolist() == [100, 50]
    assert moved([100, 50], [0, 0], 0.5, 0.2).tolist() == [100, 50]
    assert moved([100, 50], [2, 2], 0.5, 0.2).tolist() == pytest.approx([100, 50])


@given(
    st.lists(st.tuples(st.floats(1, 1000), st.floats(0, 10)), min_size=2, max_size=8),
    st.floats(0.05, 1),
    st.floats(0.05, 0.5),
)
def test_the_total_stays_and_no_slot_leaves_its_limits(slots, power, reach):
    put, rates = (np.array(part) for part in zip(*slots, strict=True))
    new = moved(put, rates, power, reach)
    assert new.sum() == pytest.approx(put.sum())
    assert (new >= put * (1 - reach) - 1e-6).all() and (new <= put * (1 + reach) + 1e-6).all()


def test_a_gain_of_sure_numbers_is_the_difference_of_the_curves():
    # sales 30 sqrt(x) and 10 sqrt(x): 120 and 80 instead of 100 each
    found = gain([100, 100], [120, 80], [3, 1], [1e-6, 1e-6], Interval(0.5, 0.5, 0.5))
    assert found.estimate == pytest.approx(30 * (120**0.5 - 10) + 10 * (80**0.5 - 10), rel=1e-3)


def test_slots_that_differ_by_luck_alone_promise_no_gain():
    promised = []
    for seed in range(60):
        rates = np.random.default_rng(seed).normal(2, 0.3, 12)  # all truly 2
        put = np.full(12, 100.0)
        new = moved(put, rates, 0.6, 0.2)
        promised.append(gain(put, new, rates, np.full(12, 0.3), Interval(0.6, 0.6, 0.6), draws=400).low > 0)
    assert np.mean(promised) <= 0.1


def test_the_gains_interval_covers_the_true_gain():
    inside = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        true, put = rng.normal(3, 0.8, 12), np.full(12, 100.0)
        rates, power = true + rng.normal(0, 0.3, 12), 0.6 + rng.normal(0, 0.05)
        new = moved(put, rates, power, 0.2)
        found = gain(put, new, rates, np.full(12, 0.3), Interval(power, power - 0.098, power + 0.098), draws=600)
        inside.append(found.low <= (put * true * ((new / put) ** 0.6 - 1)).sum() <= found.high)
    assert 0.91 <= np.mean(inside) <= 0.985
