"""The chance that a ratio reaches a bar."""

import numpy as np
import pytest

from helpers.methods.intervals import Ratio, clustered_ratio, ratio_interval
from helpers.methods.ratios import ratio_at_least


def test_the_ends_of_the_interval_are_the_tails():
    num, den = np.array([2.0, 5, 3, 7, 4]), np.array([10.0, 20, 15, 30, 12])
    reach, found = ratio_interval(num, den, 0.9), clustered_ratio(num, den)
    assert ratio_at_least(found, reach.low) == pytest.approx(0.95)
    assert ratio_at_least(found, reach.estimate) == pytest.approx(0.5)
    assert ratio_at_least(found, reach.high) == pytest.approx(0.05)


def test_a_printed_quantile_of_students_t():
    # two-sided 5 % of t with 10 degrees of freedom: 2.228
    assert ratio_at_least(Ratio(0.0, 1.0, 10), 2.228) == pytest.approx(0.025, abs=1e-4)


def test_an_unknown_error_gives_no_chance():
    assert np.isnan(ratio_at_least(Ratio(1.0, np.nan, np.nan), 0.5))
    assert np.isnan(ratio_at_least(Ratio(1.0, 0.0, 5), 0.5))
