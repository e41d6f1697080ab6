"""What single days of one kind do to a daily series, on the day itself and on the days around it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.methods.changes import WEEK, calendar_terms, fit_line


def pulses(series: Any, marked: Any, lags: Sequence[int] = (0,), level: float = 0.95) -> Any | None:
    """How far marked days stand from what weekday and trend let expect: one row per lag with effect, low, high, days.

    All lags are estimated together, in the unit of the series; ``attrs["usual"]`` is its mean without them. None with
    fewer than four weeks of values, or where some lag cannot be told from the rest.

    Parameters
    ----------
    series : Series
        Value per day, index of days; days that are missing or NaN are left out.
    marked : sequence of days
        Each once.
    lags : sequence of int
        Days after a marked day; below 0 before it, where there should be nothing.

    Source: distributed lag regression, Almon (1965), Econometrica 33:178-196, without restrictions; variances widened for
    autocorrelated days as in `changes.trend`.
    """
    from scipy import stats

    values = series.dropna()
    index, days = pd.DatetimeIndex(values.index), pd.DatetimeIndex(marked)
    hit = np.column_stack([index.isin(days + pd.Timedelta(days=lag)) for lag in lags]).astype(float)
    design = np.column_stack([calendar_terms(index), hit]) if len(index) else hit
    if len(values) < 4 * WEEK or np.linalg.matrix_rank(design) < design.shape[1]:
        return None
    line, count = fit_line(values.to_numpy(dtype=float), design), len(lags)
    effect, variance = line.coefficients[-count:], np.diag(line.covariance)[-count:]
    reach = float(stats.t.ppf((1 + level) / 2, line.freedom)) * np.sqrt(variance)
    found = pd.DataFrame({"lag": list(lags), "effect": effect, "low": effect - reach, "high": effect + reach})
    found["days"] = hit.sum(axis=0).astype(int)
    found.attrs["usual"] = float((design[:, :-count] @ line.coefficients[:-count]).mean())
    return found


def moved_pulses(series: Any, marked: Any, moves: Sequence[int]) -> npt.NDArray[np.float64]:
    """Effects of the marked days moved together by so many days each time: what the method finds at days of no meaning.

    Moves that leave too little to estimate give no number. Compare `events.placebo_p`.
    """
    values, days = series.dropna(), pd.DatetimeIndex(marked)
    if len(values) < 4 * WEEK:
        return np.array([])
    index, y = pd.DatetimeIndex(values.index), values.to_numpy(dtype=float)
    terms = calendar_terms(index)
    designs = (np.column_stack([terms, index.isin(days + pd.Timedelta(days=move))]) for move in moves)
    known = (design for design in designs if np.linalg.matrix_rank(design) == design.shape[1])
    return np.array([fit_line(y, design).coefficients[-1] for design in known], dtype=float)
