"""When a daily series broke, and where it is heading."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.methods.intervals import Interval

Array = npt.NDArray[np.float64]
WEEK = 7
EDGE = 0.15
STRONG = 6.0


class Break(NamedTuple):
    """The most likely day on which level or slope changed.

    ``step`` is the jump on that day, slopes are per day, ``evidence`` is the gain in BIC over "no break", and ``found``
    says whether that is strong.
    """

    day: Any
    step: float
    slope_before: float
    slope_after: float
    evidence: float
    found: bool


class Trend(NamedTuple):
    """Change per day with its interval, and the probability that it is not above 0."""

    slope: float
    low: float
    high: float
    not_rising: float


class Line(NamedTuple):
    """A least-squares fit: its numbers, and the variances that autocorrelated days leave it.

    ``noise`` is the variance of one day; a sum of m days varies by m * noise * inflation.
    """

    coefficients: Array
    covariance: Array
    noise: float
    inflation: float
    freedom: int


def slope_break(series: Any) -> Break | None:
    """The day on which the level or slope of a daily series broke, or None with fewer than four weeks of values.

    Parameters
    ----------
    series : Series
        Value per day, index of days; NaN (masked days) is left out. Weekdays are allowed for. The first and last 15 %
        of the days are no candidates.

    Source: segmented regression, Wagner et al. (2002), J Clin Pharm Ther 27:299-309; the day by least squares and the
    verdict by BIC, Yao (1988), Stat Prob Letters 6:181-189, strong above 6 (Kass & Raftery 1995), with the number of
    days reduced for autocorrelation.
    """
    values = series.dropna()
    if len(values) < 4 * WEEK:
        return None
    y, days, base = values.to_numpy(dtype=float), _day_numbers(values.index), calendar_terms(values.index)
    inner = days[int(EDGE * len(days)) : len(days) - int(EDGE * len(days))]
    fits = [(_fit(y, _broken(base, days, start)), start) for start in inner]
    (coefficients, residuals), start = min(fits, key=lambda fit: float(np.square(fit[0][1]).sum()))
    straight = float(np.square(_fit(y, base)[1]).sum())
    broken = float(np.square(residuals).sum())
    effective = len(y) / _inflation(residuals)
    noise = 1e-12 * float(np.square(y).sum()) + 1e-300  # an exact line must not break on rounding errors
    evidence = float(effective * np.log((straight + noise) / (broken + noise)) - 3 * np.log(effective))
    slope, jump, bend = (float(number) for number in (coefficients[1], coefficients[-2], coefficients[-1]))
    day = values.index[int(np.searchsorted(days, start))]
    return Break(day, jump, slope, slope + bend, evidence, evidence > STRONG)


def trend(series: Any, level: float = 0.95) -> Trend:
    """Change per day of a daily series, weekdays allowed for; all NaN with fewer than two weeks of values.

    Source: least squares, standard error widened for autocorrelated days (variance inflation of an AR(1), Kendall's
    small-sample correction), which keeps its level on one to three months of days where Newey-West does not.
    """
    from scipy import stats

    values = series.dropna()
    if len(values) < 2 * WEEK:
        return Trend(*[np.nan] * 4)
    line = fit_line(values.to_numpy(dtype=float), calendar_terms(values.index))
    slope, se = float(line.coefficients[1]), max(float(line.covariance[1, 1]) ** 0.5, 1e-300)
    law = stats.t(line.freedom, loc=slope, scale=se)
    low, high = law.interval(level)
    return Trend(slope, float(low), float(high), float(law.cdf(0)))


def level_change(series: Any, day: Any, level: float = 0.95) -> Interval:
    """Step of a daily series on a day that is known beforehand (a new rule, another page), with its interval.

    The series goes on as it went: weekdays and one straight trend are allowed for. NaN with fewer than two weeks of
    values on either side. For a day that was picked because it looks striking see `slope_break`: its step is flattered.

    Source: interrupted time series, Wagner et al. (2002), variances as `trend`.
    """
    from scipy import stats

    values = series.dropna()
    late = pd.DatetimeIndex(values.index) >= pd.Timestamp(day)
    if min(late.sum(), (~late).sum()) < 2 * WEEK:
        return Interval(*[np.nan] * 3)
    design = np.column_stack([calendar_terms(values.index), late.astype(float)])
    line = fit_line(values.to_numpy(dtype=float), design)
    step = float(line.coefficients[-1])
    reach = float(stats.t.ppf((1 + level) / 2, line.freedom) * line.covariance[-1, -1] ** 0.5)
    return Interval(step, step - reach, step + reach)


def _day_numbers(index: Any) -> Array:
    days: Array = (pd.DatetimeIndex(index) - pd.Timestamp(2000, 1, 1)).days.to_numpy(dtype=float)
    return days


def calendar_terms(index: Any) -> Array:
    """One row per day: one, days since the first day, and a dummy for each weekday but one."""
    days, weekday = _day_numbers(index), pd.DatetimeIndex(index).day_of_week.to_numpy()
    dummies = [(weekday == day).astype(float) for day in np.unique(weekday)[1:]]
    return np.column_stack([np.ones(len(days)), days - days.min(), *dummies])


def _broken(base: Array, days: Array, start: float) -> Array:
    late = days >= start
    return np.column_stack([base, late.astype(float), np.where(late, days - start, 0)])


def _fit(y: Array, design: Array) -> tuple[Array, Array]:
    coefficients = np.asarray(np.linalg.lstsq(design, y, rcond=None)[0], dtype=np.float64)
    return coefficients, y - design @ coefficients


def fit_line(y: Array, design: Array) -> Line:
    """Least squares of y on the columns of the design, variances widened for autocorrelation."""
    coefficients, residuals = _fit(y, design)
    freedom = len(y) - design.shape[1]
    noise, inflation = float(residuals @ residuals) / freedom, _inflation(residuals)
    return Line(coefficients, noise * inflation * np.linalg.pinv(design.T @ design), noise, inflation, freedom)


def partial_slope(y: Array, design: Array, level: float = 0.95) -> Interval:
    """Change of y with one more unit of the design's last column, all others alike, with its interval.

    Source: least squares, variances as `fit_line`.
    """
    from scipy import stats

    line = fit_line(y, design)
    slope = float(line.coefficients[-1])
    reach = float(stats.t.ppf((1 + level) / 2, line.freedom) * line.covariance[-1, -1] ** 0.5)
    return Interval(slope, slope - reach, slope + reach)


def _inflation(residuals: Array) -> float:
    """How much wider a sum of autocorrelated days spreads than one of independent days, 1 or more."""
    variance = float(residuals @ residuals)
    rho = float(residuals[1:] @ residuals[:-1]) / variance if variance > 0 else 0.0
    rho = min(max(rho + (1 + 4 * rho) / len(residuals), 0.0), 0.9)  # Kendall's correction of a short series
    return (1 + rho) / (1 - rho)
