"""Days that were not what the days before them promised."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.methods.changes import WEEK
from helpers.methods.intervals import Interval, wilson

Array = npt.NDArray[np.float64]
WINDOW = 8 * WEEK
FEWEST = 4 * WEEK
FEWEST_ERRORS = 2 * WEEK
NORMAL = 1.4826  # standard deviations per median distance of normal draws


def unusual(series: Any, masked: Any = None, threshold: float = 3.5, least: float = 0.0) -> Any:
    """One row per day: what the eight weeks before it promised, and whether it lay so far off as to raise an alarm.

    A day is judged by the days before it only, as someone who looked the morning after could have, so that past days
    tell how often this method cries wolf (`false_alarms`).

    Parameters
    ----------
    series : Series
        Value per day, index of days; NaN is neither learned from nor judged.
    masked : Series of bool, optional
        Days that the calendar excuses (promotions, holidays, closures), on the same index: as NaN.
    threshold : float
        Robust standard deviations; 3.5 is usual.
    least : float
        Distance in the unit of the series below which a day is not worth an alarm.

    Returns
    -------
    DataFrame
        actual, expected, low, high (unit of the series), score (robust standard deviations), alarm (bool). NaN and no
        alarm where fewer than four weeks of unmasked days, or two weeks of forecasts, came before.

    Source: STL with robustness weights, Cleveland et al. (1990), J Official Statistics 6:3-33, computed by statsmodels;
    median distance of its past one-day-ahead errors, threshold of Iglewicz & Hoaglin (1993).
    """
    days = series.astype("float64").asfreq("D")
    if masked is not None:
        days = days.mask(pd.Series(np.asarray(masked, dtype=bool), series.index).reindex(days.index, fill_value=False))
    values = days.to_numpy(dtype=float)
    expected = np.array([_promised(values[max(0, at - WINDOW) : at]) for at in range(values.size)], dtype=float)
    error = pd.Series(values - expected)
    past = error.abs().rolling(WINDOW, min_periods=FEWEST_ERRORS).median().shift()
    scale = NORMAL * past.to_numpy() + 1e-9 * (1 + np.abs(expected))  # a history without noise must not divide by 0
    score = error.to_numpy() / scale
    low, high = expected - threshold * scale, expected + threshold * scale
    alarm = (np.abs(score) > threshold) & (error.abs() >= least).to_numpy()
    found = {"actual": values, "expected": expected, "low": low, "high": high, "score": score, "alarm": alarm}
    return pd.DataFrame(found, index=days.index).reindex(series.index)


def false_alarms(days: Any, level: float = 0.95) -> Interval:
    """Alarms per judged day among days on which nothing is known to have happened, with Wilson's interval.

    Parameters
    ----------
    days : DataFrame
        Rows of `unusual` before those that are to be judged. True anomalies among them count as false ones: the rate
        is stated rather too high than too low. NaN where no day could be judged.
    """
    judged = days["score"].notna()
    n, k = int(judged.sum()), int(days.loc[judged, "alarm"].sum())
    low, high = wilson(k, n, level)
    return Interval(k / n if n else np.nan, float(low), float(high))


def _promised(past: Array) -> float:
    """The day after ``past``, NaN days filled with what their weekday usually is; NaN with too few days."""
    from statsmodels.tsa.seasonal import STL

    known = ~np.isnan(past)
    if known.sum() < FEWEST or past.size < FEWEST:
        return np.nan
    weekday, filled = np.arange(past.size) % WEEK, past.copy()
    for day in np.unique(weekday[~known]):
        usual = past[known & (weekday == day)]
        filled[~known & (weekday == day)] = np.median(usual if usual.size else past[known])
    parts = STL(filled, period=WEEK, seasonal=13, trend=29, robust=True).fit(inner_iter=1, outer_iter=5)
    return float(parts.trend[-1] + parts.seasonal[-WEEK])
