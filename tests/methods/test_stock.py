"""Stock: lost sales and reorder points by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.methods.stock import lead_time, lead_time_demand, lost_sales


def test_lost_sales_by_hand():
    # Mondays 10 and 14 in stock, 3 without; Tuesdays 20 and 20 in stock
    found = lost_sales([10, 14, 3, 20, 20], [True, True, False, True, True], [0, 0, 0, 1, 1])
    assert found.days.to_dict("list") == {"expected": [12], "sold": [3], "lost": [9]}
    # pooled variance (4 + 4) / 2 = 4 on 2 degrees of freedom, one day of a weekday with two: 1 + 1/2; t 4.302653
    reach = 4.302653 * 6**0.5
    assert (found.units, found.low) == (9, 0)
    assert found.high == pytest.approx(9 + reach)


def test_days_of_one_weekday_share_the_error_of_its_mean():
    # four stocked Mondays 8 12 8 12 (variance 16/3), two empty ones: 2 + 4/4 = 3; t(3 df) 3.182446
    found = lost_sales([8, 12, 8, 12, 0, 0], [True] * 4 + [False] * 2, [0] * 6)
    assert found.units == 20
    assert found.high == pytest.approx(20 + 3.182446 * 16**0.5)


def test_a_day_that_sold_more_than_usual_before_it_ran_out_lost_nothing():
    assert lost_sales([10, 14, 30], [True, True, False], [0, 0, 0]).units == 0


def test_a_weekday_that_never_had_stock_is_expected_to_sell_the_overall_mean():
    assert lost_sales([10, 14, 0], [True, True, False], [0, 0, 3]).units == 12


def test_always_in_stock_loses_nothing_and_never_in_stock_says_nothing():
    assert lost_sales([1, 2], [True, True], [0, 1])[1:] == (0, 0, 0)
    assert np.isnan(lost_sales([0, 0], [False, False], [0, 1])[1:]).all()
    assert np.isnan(lost_sales([5, 0], [True, False], [0, 0])[1:]).all()


def test_the_reorder_point_of_even_demand_is_demand_times_lead_time():
    assert lead_time_demand([4] * 20, [5]) == 20
    # lead times of 2 and 6 days alike: nine in ten are covered only by six days
    assert lead_time_demand([4] * 20, [2, 6], service=0.9) == 24
    assert lead_time_demand([4] * 20, [2, 6], service=0.3) == 8


def test_the_next_delivery_is_as_late_as_the_rank_among_all_and_one_more():
    # 19 seen: the longest is outlived once in 20; 20 seen at 90 %: rank 18.9, so the 19th
    assert lead_time(range(1, 20), 0.95) == 19
    assert lead_time([*range(1, 21), np.nan], 0.9) == 19
    assert lead_time([7, 3, 5], 0.5) == 5
    assert np.isnan([lead_time(range(1, 19), 0.95), lead_time([], 0.5)]).all()


def test_missing_days_and_lead_times_are_left_out():
    assert lead_time_demand([4] * 20 + [np.nan], [5, np.nan]) == 20


def test_too_little_history_gives_no_reorder_point():
    assert np.isnan(lead_time_demand([4] * 13, [5]))
    assert np.isnan(lead_time_demand([4] * 20, []))


@given(st.lists(st.tuples(st.integers(0, 99), st.booleans(), st.integers(0, 6)), min_size=1, max_size=40), st.randoms())
def test_lost_sales_do_not_depend_on_the_order_of_the_days(rows, random):
    mixed = random.sample(rows, len(rows))
    one, two = (lost_sales(*zip(*days, strict=True))[1:] for days in (rows, mixed))
    assert one == pytest.approx(two, nan_ok=True)
