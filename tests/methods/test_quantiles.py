import numpy as np
import pytest

from helpers.methods.quantiles import quantile_interval


def test_the_median_of_ten_values_lies_between_the_second_and_the_ninth() -> None:
    # Order statistics 2 and 9 of 10 cover the median with 1 - 2 (1 + 10) / 1024 = 97.9 %, ranks 3 and 8 with 89.1 %.
    found = quantile_interval(range(1, 11), 0.5)
    assert (found.estimate, found.low, found.high) == (5.5, 2, 9)


def test_few_values_leave_the_ends_open() -> None:
    found = quantile_interval([5.0, 7.0], 0.9)
    assert found.estimate == pytest.approx(6.8)
    assert np.isnan(found.high)
    assert np.isnan(quantile_interval([], 0.5).estimate)
