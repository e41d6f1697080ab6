"""Control charts by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.methods.control import control_limits, steady

EVEN = [50, 52, 48, 51, 49, 50, 53, 47, 50, 50]


def test_limits_of_a_p_chart_by_hand():
    # centre 500/1000 = 0.5, sigma sqrt(0.25 / 100) = 0.05
    found = control_limits(EVEN, [100] * 10)
    assert found[["centre", "low", "high"]].iloc[0].tolist() == pytest.approx([0.5, 0.35, 0.65])
    assert not found[["out", "run"]].to_numpy().any()


def test_laney_widens_the_limits_of_large_samples_that_wobble_by_more_than_chance():
    # p 0.4, 0.6, 0.4 …; sigma 0.005; z -20, 20 …: moving range 40 / 1.128
    found = control_limits([4000, 6000] * 5, [10_000] * 10)
    assert found["low"].iloc[0] == 0
    assert not found["out"].any()


def test_one_session_far_above_the_rest_is_out():
    found = control_limits([*EVEN, 90, *EVEN], [100] * 21)
    assert found.index[found["out"]].tolist() == [10]


def test_eight_in_a_row_above_the_centre_are_a_run_and_seven_are_not():
    # centre 50 of 100 in both
    assert control_limits([52] * 8 + [48] * 8, [100] * 16)["run"].all()
    assert not control_limits([52] * 7 + [48] * 7, [100] * 14)["run"].any()


def test_a_point_without_trials_is_left_out():
    found = control_limits([*EVEN, 0], [100] * 10 + [0])
    assert np.isnan(found.iloc[10][["rate", "low", "high"]].astype(float)).all()
    assert not found.iloc[10][["out", "run"]].any()
    assert found["low"].iloc[0] == pytest.approx(0.35)


def test_a_rate_of_nothing_at_all_is_in_control():
    found = control_limits([0] * 10, [100] * 10)
    assert not found[["out", "run"]].to_numpy().any()
    assert found["high"].tolist() == [0] * 10


def test_steady_holds_fails_or_stays_open():
    assert steady(EVEN, [100] * 10, 0.48).verdict == "holds"
    assert steady(EVEN, [100] * 10, 0.5).verdict == "open"
    assert steady(EVEN, [100] * 10, 0.55).verdict == "fails"
    assert steady([*EVEN, 95], [100] * 11, 0.4).verdict == "fails"
    assert steady(EVEN[:7], [100] * 7, 0.4).verdict == "open"
    assert steady([], [], 0.4).verdict == "open"


def test_points_that_never_succeed_are_judged_by_all_their_trials():
    # Wilson 0 of 50: up to 3.8415 / 53.8415 = 7.13 %
    found = steady([0] * 10, [5] * 10, 0.1)
    assert (found.low, found.high) == pytest.approx((0, 0.07135), abs=1e-5)
    assert found.verdict == "fails"
    assert steady([0] * 10, [5] * 10, 0.05).verdict == "open"


def test_steady_counts_the_sessions_that_reach_the_bar():
    # 50 52 51 50 53 50 50 of ten
    found = steady(EVEN, [100] * 10, 0.5)
    assert (found.share, found.rate, found.out) == (0.7, 0.5, 0)


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), max_size=20))
def test_the_centre_lies_between_the_limits(pairs):
    k, n = [min(p) for p in pairs], [max(p) for p in pairs]
    found = control_limits(k, n).dropna()
    assert ((found["low"] <= found["centre"]) & (found["centre"] <= found["high"])).all()


def test_equal_rates_of_unequal_sizes_are_no_run():
    assert not control_limits(np.arange(1, 12), np.arange(1, 12) * 10)["run"].any()
