"""When growth bent and what it has been since, with weekdays and the season of the year taken out."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.methods.changes import WEEK, calendar_terms, fit_line

Array = npt.NDArray[np.float64]
YEARS = 730
EDGE = 8 * WEEK
DRAWS = 4000


class Bend(NamedTuple):
    """Growth of a daily series now, and the day on which it bent.

    Slopes are changes of the logarithm per day, with interval; ``not_rising`` is the probability that the slope now is not
    above 0, ``bent`` that there was a bend at all. ``day`` with ``first`` and ``last`` is the bend's, were there one.
    ``days``: one row per day used: adjusted (season taken out), level, low, high (of the level). ``seasonal``: whether
    two years allowed the months to be taken out.
    """

    slope: float
    low: float
    high: float
    not_rising: float
    before: float
    bent: float
    day: Any
    first: Any
    last: Any
    days: Any
    seasonal: bool


def bend(series: Any, level: float = 0.95, seed: int = 23) -> Bend | None:
    """Growth of a daily series on both sides of an unknown bend; None with fewer than 24 weeks between first and last day.

    Every week is weighed as the one of the bend, so that the doubt about the day is part of the interval of the slope; a
    straight line is a bend of nought. The first and last eight weeks are no candidates.

    Parameters
    ----------
    series : Series
        Value per day, index of days; NaN (masked days) and days that are not above 0 are left out.
    level : float
        Of the intervals.
    seed : int
        Of the draws from the weighed fits.

    Source: two lines with an unknown joint, Bacon & Watts (1971), Biometrika 58:525-534; whether there was a bend at all
    by BIC (Raftery, 1995, Sociological Methodology 25:111-163). The straight line has no weight of its own in the slope's
    interval: in noisy series it would lose true bends. The days that are left after autocorrelation count.
    """
    values = series[series > 0].astype("float64").dropna()
    if len(values) < EDGE or (values.index[-1] - values.index[0]).days < 3 * EDGE:
        return None
    seasonal = (values.index[-1] - values.index[0]).days >= YEARS
    y, design = np.log(values.to_numpy()), _design(values.index, seasonal)
    t = design[:, 1]
    joints = np.arange(t[0] + EDGE, t[-1] - EDGE + 1, WEEK)
    hinges = np.maximum(t[:, None] - joints, 0.0)
    line, inverse = fit_line(y, design), np.linalg.pinv(design)
    shares = inverse @ hinges  # what of each hinge the other columns explain
    rest, left = hinges - design @ shares, y - design @ line.coefficients
    width = np.square(rest).sum(axis=0)
    bends = rest.T @ left / width
    weights, bent, noise = _weights(left, rest, bends, design.shape[1])
    rng = np.random.default_rng(seed)
    at = rng.choice(len(joints), DRAWS, p=weights)
    spread = noise**0.5 * rng.standard_t(line.freedom, (DRAWS, design.shape[1] + 1))
    angle = bends[at] + spread[:, -1] / width[at] ** 0.5
    root = np.linalg.cholesky(inverse @ inverse.T + 1e-15 * np.eye(design.shape[1]))
    coefficients = line.coefficients + spread[:, :-1] @ root.T - shares[:, at].T * angle[:, None]
    after = coefficients[:, 1] + angle
    ends = (1 - level) / 2, (1 + level) / 2
    day, first, last = (
        values.index[0] + pd.Timedelta(days=int(round(one))) for one in np.quantile(joints[at], [0.5, *ends])
    )
    days = _days(values.index, y, design, hinges, coefficients, angle, at, ends)
    low, high = np.quantile(after, ends)
    before, not_rising = float(coefficients[:, 1].mean()), float((after <= 0).mean())
    return Bend(
        float(after.mean()), float(low), float(high), not_rising, before, bent,
        day, first, last, days, seasonal,
    )  # fmt: skip


def _design(index: Any, seasonal: bool) -> Array:
    """One, days since the first day, then weekdays and months, centred so that the first two tell an average day."""
    base = calendar_terms(index)
    months = pd.DatetimeIndex(index).month.to_numpy()
    dummies = [(months == month).astype(float) for month in np.unique(months)[1:]] if seasonal else []
    season = np.column_stack([base[:, 2:], *dummies])
    return np.column_stack([base[:, :2], season - season.mean(axis=0)])


def _weights(left: Array, rest: Array, bends: Array, columns: int) -> tuple[Array, float, float]:
    """Weight of each joint; the probability of a bend at all; a day's variance widened for autocorrelation."""
    straight = float(left @ left)
    squares = np.maximum(straight - bends * (rest.T @ left), 1e-12 * straight + 1e-300)
    best = int(squares.argmin())
    fitted = fit_line(left - rest[:, best] * bends[best], np.ones((left.size, 1)))
    size = left.size / fitted.inflation
    noise = float(squares[best]) / (left.size - columns - 1) * fitted.inflation
    odds = np.exp(size / 2 * np.log(squares[best] / squares))  # against the best joint
    against = size / 2 * np.log(squares[best] / (straight + 1e-300)) + np.log(size) / 2  # a bend is one parameter more
    return odds / odds.sum(), float(1 / (1 + np.exp(against) / odds.mean())), noise


def _days(
    index: Any, y: Array, design: Array, hinges: Array, coefficients: Array, angle: Array, at: Any, ends: Any
) -> Any:
    few = slice(0, 500)  # draws enough for a band
    lines = coefficients[few, :2] @ design[:, :2].T + hinges[:, at[few]].T * angle[few, None]
    season = design[:, 2:] @ coefficients[:, 2:].mean(axis=0)
    low, high = np.quantile(lines, ends, axis=0)
    found = {"adjusted": y - season, "level": lines.mean(axis=0), "low": low, "high": high}
    return pd.DataFrame({name: np.exp(part) for name, part in found.items()}, index=index)
