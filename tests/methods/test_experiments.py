"""Read-outs of split tests: printed power of the R manual, a published sample-ratio mismatch, and results by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.methods.experiments import (
    detectable_gap,
    detectable_rate,
    guard,
    read_out,
    sample_ratio,
    units_needed,
)
from helpers.methods.intervals import Difference, proportion_test

WON, LOST, OPEN = (
    Difference(0.02, 0.01, 0.03, 4, 1e-4),
    Difference(-0.02, -0.03, -0.01, -4, 1e-4),
    Difference(0.01, -0.01, 0.03, 1, 0.3),
)


def test_the_sample_ratio_of_44700_to_45489_is_suspicious():
    # chi-square 789^2 / 90189 = 6.9024
    p = sample_ratio([44700, 45489])
    assert p == pytest.approx(0.0086, abs=5e-5)
    effect = proportion_test(20034, 44700, 20119, 45489)
    assert (effect.z, effect.p) == pytest.approx((1.7841, 0.0744), abs=5e-5)
    found = read_out(effect, [44700, 45489], finished=True)
    assert (found.verdict, found.split) == ("uneven", p)


def test_arms_in_their_planned_shares_are_not_suspicious():
    assert sample_ratio([900, 100], [9, 1]) == 1
    # planned 5000 and 5000: 100^2 / 5000 twice, chi-square 4 on 1 degree of freedom
    assert sample_ratio([5100, 4900]) == pytest.approx(0.0455, abs=5e-5)
    assert sample_ratio([10, 10, 10]) == 1
    assert np.isnan([sample_ratio([0, 0]), sample_ratio([5]), sample_ratio([np.nan, 5])]).all()


def test_units_needed_are_those_of_the_manual_of_r():
    # power.prop.test(p1 = .50, p2 = .75, power = .90): n = 76.7
    assert units_needed(0.5, 0.25, power=0.9) == 77
    assert units_needed(0.75, -0.25, power=0.9) == 77
    assert np.isnan([units_needed(0.5, 0), units_needed(0.9, 0.2), units_needed(np.nan, 0.1)]).all()


def test_the_detectable_rise_is_that_of_the_manual_of_r():
    # power.prop.test(n = 50, p1 = .50, p2 = .75): power = 0.740
    assert detectable_rate(0.5, 50, 50, power=0.740) == pytest.approx(0.25, abs=5e-4)
    assert np.isnan([detectable_rate(0.5, 2, 2), detectable_rate(0.5, 0, 9), detectable_rate(1, 9, 9)]).all()


def test_the_detectable_gap_is_blooms_multiple_of_the_standard_error():
    assert detectable_gap(1) == pytest.approx(2.8, abs=5e-3)
    assert np.isnan(detectable_gap(np.nan))


def test_a_guardrail_holds_breaks_or_stays_open():
    harm = Difference(0.004, -0.002, 0.01, 1, 0.3)
    assert [guard(harm, margin) for margin in (0.01, 0.005, -0.003)] == ["holds", "open", "broken"]
    assert guard(Difference(*[np.nan] * 5), 0.01) == "open"


def test_a_test_is_read_in_order_split_end_guardrails_effect():
    counts, bad = [500, 500], {"refunds": (Difference(0.05, 0.03, 0.07, 4, 1e-4), 0.02)}
    assert read_out(WON, [500, 700], False, guards=bad).verdict == "uneven"
    assert read_out(WON, counts, False, guards=bad).verdict == "early"
    assert read_out(WON, counts, True, guards=bad).verdict == "harm"
    assert read_out(WON, counts, True, guards=bad).guards == {"refunds": "broken"}
    assert [read_out(effect, counts, True).verdict for effect in (WON, LOST, OPEN)] == ["better", "worse", "open"]


def test_a_test_whose_units_nobody_counted_is_not_read():
    assert read_out(WON, [0, 0], True).verdict == "uneven"


@given(st.floats(0.02, 0.6), st.floats(0.02, 0.3))
def test_as_many_units_as_needed_detect_what_they_were_needed_for(rate, rise):
    n = units_needed(rate, rise)
    assert detectable_rate(rate, n, n) <= rise * 1.001
    assert detectable_rate(rate, n - 1, n - 1) > rise * 0.999
