"""Events planted in series whose truth is known."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.methods.events import baseline, placebo, placebo_p, uplift

DAYS = pd.date_range("2026-03-02", periods=70)  # ten weeks from a Monday
CALM = np.where(DAYS.day_of_week >= 5, 200.0, 100.0)


def test_baseline_is_the_median_of_the_same_weekday_without_the_touched_days():
    # Mondays 10, 30, 900 (touched), Tuesdays 5 and 7
    found = baseline([10, 5, 30, 7, 900], [0, 1, 0, 1, 0], [False, False, False, False, True])
    assert found.tolist() == [20, 6, 20, 6, 20]


def test_a_weekday_without_an_untouched_day_has_no_baseline():
    assert baseline([10, 5], [0, 1], [True, False]).tolist() == pytest.approx([np.nan, 5], nan_ok=True)


def test_uplift_counts_the_event_and_what_it_took_from_the_days_around():
    # two event days at 500 more, 10 less on each of 7 days before, 20 less on each of 14 after
    sales = pd.Series(CALM.copy(), DAYS)
    sales.iloc[40:42] += 500
    sales.iloc[33:40] -= 10
    sales.iloc[42:56] -= 20
    found = uplift(sales, DAYS[40].date(), DAYS[41].date()).parts
    assert found["excess"].to_dict() == pytest.approx({"before": -70, "event": 1000, "after": -280, "net": 650})
    assert found.loc["event", "expected"] == pytest.approx(400)  # days 40 and 41 are a Saturday and a Sunday
    assert found.loc["event", "actual"] == 1400


def test_the_band_of_an_event_holds_the_truth_and_misses_nothing_around():
    sales = pd.Series(CALM + np.random.default_rng(5).normal(0, 10, 70), DAYS)
    sales.iloc[40:42] += 500
    found = uplift(sales, DAYS[40], DAYS[41])
    assert found.parts.loc["event", "low"] < 1000 < found.parts.loc["event", "high"]
    assert found.parts.loc["before", "low"] < 0 < found.parts.loc["before", "high"]
    assert len(found.days) == 7 + 2 + 14
    assert (found.days["low"] < found.days["expected"]).all()


def test_the_parts_add_up_to_the_net():
    sales = pd.Series(CALM + np.random.default_rng(5).normal(0, 10, 70), DAYS)
    found = uplift(sales, DAYS[40], DAYS[41]).parts
    assert found.loc[["before", "event", "after"], "excess"].sum() == pytest.approx(found.loc["net", "excess"])


def test_other_events_are_neither_learned_from_nor_counted():
    sales = pd.Series(CALM.copy(), DAYS)
    sales.iloc[[10, 44]] = 9999
    touched = pd.Series(False, DAYS)
    touched.iloc[[10, 44]] = True
    found = uplift(sales, DAYS[40], DAYS[41], touched).parts
    assert found["excess"].tolist() == pytest.approx([0] * 4, abs=1e-6)


def test_too_few_untouched_days_give_no_uplift():
    assert uplift(pd.Series(CALM[:40], DAYS[:40]), DAYS[20], DAYS[21]) is None
    assert uplift(pd.Series(CALM, DAYS), "2027-01-01", "2027-01-02") is None


def test_placebos_find_nothing_where_nothing_happened_and_keep_off_the_real_event():
    sales = pd.Series(CALM.copy(), DAYS)
    sales.iloc[60] = 9999
    touched = pd.Series(False, DAYS)
    touched.iloc[60] = True
    found = placebo(sales, 2, touched, before=3, after=5)
    # starts at day 3, 5 … 53, the last that keeps five days off day 60
    assert found == pytest.approx(np.zeros(26), abs=1e-6)


def test_a_dip_that_is_not_over_yet_is_not_complete():
    sales = pd.Series(CALM.copy(), DAYS)
    assert uplift(sales, DAYS[40], DAYS[41]).complete
    assert not uplift(sales[:50], DAYS[40], DAYS[41], after=14).complete
    sales.iloc[45] = np.nan
    assert not uplift(sales, DAYS[40], DAYS[41]).complete


def test_the_rank_of_an_event_among_its_placebos_by_hand():
    # of -3, 5 and 1 only 5 stands out as far as 4: (1 + 1) / (1 + 3)
    assert placebo_p(4, [-3, 5, 1]) == 0.5
    assert placebo_p(-9, [-3, 5, 1]) == 0.25
    assert np.isnan(placebo_p(4, []))


@given(st.integers(30, 50), st.floats(0, 1e4))
def test_an_event_has_the_same_effect_on_whatever_day_it_falls(at, size):
    sales = pd.Series(CALM.copy(), DAYS)
    sales.iloc[at] += size
    found = uplift(sales, DAYS[at], DAYS[at]).parts["excess"]
    assert found[["event", "net"]].tolist() == pytest.approx([size, size], abs=1e-6)
