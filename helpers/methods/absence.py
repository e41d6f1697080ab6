"""What a day without something brings less than the same day with it."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.methods.changes import WEEK, calendar_terms, fit_line
from helpers.methods.intervals import Interval


def shortfall(series: Any, absent: npt.ArrayLike, touched: npt.ArrayLike, level: float = 0.95) -> Interval:
    """By how much a day falls short because something was absent, in the unit of the series, with its interval.

    Weekday and trend are taken out. Below 0: such days brought more. NaN with fewer than four weeks of untouched days, or
    fewer than two of them with and without it. What else those days had in common counts as its absence.

    Parameters
    ----------
    series : Series
        Value per day, index of days.
    absent, touched : array of bool
        Days without it; days that events touched, which teach nothing.

    Source: least squares on weekday, trend and a dummy of the days; Student's t, variances widened as in `trend`.
    """
    from scipy import stats

    learn = ~np.asarray(touched, dtype=bool)
    without = np.asarray(absent, dtype=bool)[learn]
    if learn.sum() < 4 * WEEK or min(without.sum(), (~without).sum()) < 2:
        return Interval(np.nan, np.nan, np.nan)
    index = pd.DatetimeIndex(series.index)[learn]
    design = np.column_stack([without.astype(float), calendar_terms(index)])
    line = fit_line(series.to_numpy(dtype=float)[learn], design)
    reach = float(stats.t.ppf((1 + level) / 2, line.freedom)) * float(line.covariance[0, 0]) ** 0.5
    short = -float(line.coefficients[0])
    return Interval(short, short - reach, short + reach)
