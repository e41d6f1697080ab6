"""Seasons of groups and items by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.methods.seasons import group_season, item_season

YEAR = np.array([0.5, 0.5, 1.0, 2.0])


def test_the_season_of_two_items_that_agree_by_hand():
    found = group_season([[10, 30], [20, 60]], [[30, 30], [30, 30]])
    assert found["index"].tolist() == pytest.approx([0.5, 1.5])
    assert found[["low", "high"]].isna().all().all()  # two items are too few to say how far items agree


def test_an_item_that_came_late_does_not_make_a_season():
    # sums would say 10 against 90; the second item was on sale in the second period only
    assert group_season([[10, 30], [0, 60]], [[30, 30], [0, 30]])["index"].tolist() == pytest.approx([0.5, 1.5])


def test_rates_per_day_on_sale_count_and_not_sums():
    assert group_season([[10, 30]], [[10, 30]])["index"].tolist() == pytest.approx([1, 1])


def test_a_period_without_anything_on_sale_is_unknown_and_one_without_sales_is_nothing():
    found = group_season([[10, 0, np.nan], [30, 0, 5]], [[30, 30, 30], [30, 30, 0]])["index"]
    assert found.tolist() == pytest.approx([2, 0, np.nan], nan_ok=True)
    assert group_season([[0, 0]], [[30, 30]])["index"].isna().all()
    assert group_season(np.empty((0, 3)), np.empty((0, 3)))["index"].isna().all()


def test_items_that_agree_to_the_unit_have_no_doubt_and_one_that_differs_makes_it():
    sold = np.outer([10, 20, 30, 40, 50], YEAR)
    exact = group_season(sold, np.full(sold.shape, 30))
    assert exact[["low", "high"]].to_numpy() == pytest.approx(np.column_stack([YEAR, YEAR]))
    sold[0] = sold[0][::-1]
    found = group_season(sold, np.full(sold.shape, 30))
    assert (found["low"] < found["index"]).all() and (found["index"] < found["high"]).all()


def test_a_period_that_hangs_on_one_item_has_no_interval():
    sold, days = np.outer([10, 20, 30, 40, 50], YEAR), np.full((5, 4), 30)
    sold[1:, 3], days[1:, 3] = 0, 0
    found = group_season(sold, days)
    assert found["index"].tolist() == pytest.approx(YEAR.tolist())
    assert found["low"].isna().tolist() == [False, False, False, True]


def test_the_season_of_an_item_by_hand():
    # 40 units, 20 and 20 expected; excess ((100 - 20) + (100 - 20)) / 800 = 0.2: the index weighs 5 units
    assert item_season([[30, 10]], [[30, 30]], [1, 1]).tolist() == [pytest.approx([35 / 25, 15 / 25])]


def test_an_item_that_sold_nothing_has_the_season_of_its_group():
    assert item_season([[0, 0], [9, 3]], [[30, 30], [30, 30]], [0.5, 1.5])[0].tolist() == pytest.approx([0.5, 1.5])


def test_what_the_group_does_not_know_the_item_does_not_know_either():
    found = item_season([[5, 5, 0]], [[30, 30, 0]], [1, 1, np.nan])[0]
    assert np.isnan(found[2]) and not np.isnan(found[:2]).any()


tables = st.lists(st.lists(st.integers(0, 50), min_size=4, max_size=4), min_size=1, max_size=5)


@given(tables, st.floats(0.1, 10))
def test_a_season_has_mean_one_and_does_not_depend_on_the_unit(sold, unit):
    days = np.full((len(sold), 4), 30.0)
    found = group_season(sold, days)["index"]
    assert found.isna().all() or found.mean() == pytest.approx(1)
    assert group_season(np.array(sold) * unit, days)["index"].tolist() == pytest.approx(found.tolist(), nan_ok=True)
