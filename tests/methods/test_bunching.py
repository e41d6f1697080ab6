"""Amounts that pile up above a threshold."""

import numpy as np
import pytest

from helpers.methods.bunching import bunching


def orders(seed, moved=0.0, per_day=30, days=28):
    """Amounts of as many days before as during; of those between 160 and 200 so many move up to 205 while it runs."""
    rng = np.random.default_rng(seed)
    day = np.repeat(np.arange(2 * days), per_day)
    on = day >= days
    amount = np.exp(rng.normal(np.log(150), 0.5, day.size))
    jump = on & (amount >= 170) & (amount < 200) & (rng.random(day.size) < moved)
    return np.where(jump, 205, amount), day, on


def test_shares_change_by_what_was_counted():
    # ten orders a day: before 2 above and 3 below 100, during 4 above and 1 below
    before, during = [50] * 5 + [105] * 2 + [95] * 3, [50] * 5 + [105] * 4 + [95]
    amounts = np.tile(before, 10).tolist() + np.tile(during, 10).tolist()
    days, on = np.repeat(np.arange(20), 10), np.repeat([False, True], 100)
    found = bunching(amounts, days, on, 100, 0.1)
    assert (found.above.difference, found.below.difference) == pytest.approx((0.2, -0.2))


def test_orders_that_move_up_are_found_above_and_missed_below():
    found = bunching(*orders(1, moved=0.6), 200, 0.15)
    assert found.above.low > 0 and found.below.high < 0
    assert found.chance < 0.1


def test_without_a_reaction_the_interval_covers_nothing_most_times():
    found = [bunching(*orders(seed, per_day=12), 200, 0.15).above for seed in range(100)]
    assert 0.91 <= np.mean([one.low <= 0 <= one.high for one in found]) <= 0.98


def test_one_side_alone_tells_nothing():
    amounts, days, on = orders(1)
    assert np.isnan(bunching(amounts[on], days[on], on[on], 200, 0.15).above.low)
