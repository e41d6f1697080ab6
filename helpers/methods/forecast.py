"""How likely a target is, simulated from one's own history."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.methods.intervals import Interval

Array = npt.NDArray[np.float64]
FEWEST_DAYS = 14
FEWEST_CHANGES = 4
WEEK = 7


class Chance(NamedTuple):
    """Probability of reaching a target, and the median with the interval of what will come."""

    probability: float
    median: float
    low: float
    high: float


def weekday_weights(values: npt.ArrayLike, weekdays: npt.ArrayLike, touched: npt.ArrayLike | None = None) -> Array:
    """Seven weights, Monday (0) to Sunday: the mean of the weekday's untouched days over the mean of all weekdays.

    A weekday without untouched days, and every weekday when nothing was sold, weighs 1.
    """
    calm = pd.Series(np.asarray(values, dtype=float))
    calm = calm if touched is None else calm.where(~np.asarray(touched, dtype=bool))
    means = calm.groupby(np.asarray(weekdays)).mean().reindex(range(WEEK))
    usual = float(means.mean())
    weights: Array = (means / usual if usual > 0 else means * np.nan).fillna(1.0).to_numpy(dtype=float)
    return weights


def reach_probability(
    history_daily: npt.ArrayLike,
    so_far: float,
    days_left: int,
    target: float,
    weights: npt.ArrayLike | None = None,
    history_weights: npt.ArrayLike | None = None,
    level: float = 0.8,
    draws: int = 4000,
    seed: int = 11,
) -> Chance:
    """Probability that the total so far plus the days left reaches the target.

    All NaN with fewer than fourteen days of history, unless no day is left.

    Parameters
    ----------
    history_daily : array of float
        Own past days in order of time, without gaps, as near as possible to what the days left will be.
    so_far, target : float
        In the unit of the history.
    days_left : int
        Days still to come.
    weights, history_weights : array of float, optional
        Calendar weight of each day left and of each past day (1 is an ordinary day; see `weekday_weights`).
    level : float
        Of the interval of the total.
    draws, seed : int
        Simulated futures, and where their chance starts.

    Source: circular block bootstrap, Politis & Romano (1992), blocks of one week; the level itself is drawn too, and
    spreads as wide as Student's t on so few weeks (without this, 90 % bands of a month's history cover 75 to 80).
    """
    if days_left <= 0:
        return Chance(float(so_far >= target), so_far, so_far, so_far)
    ahead = np.ones(days_left) if weights is None else np.asarray(weights, dtype=float)
    futures = _futures(history_daily, ahead, history_weights, draws, seed)
    if futures is None:
        return Chance(*[np.nan] * 4)
    return _chance(so_far + np.maximum(futures.sum(axis=1), 0), target, level)


def reach_path(
    history_daily: npt.ArrayLike,
    so_far: float,
    target: float,
    weights: npt.ArrayLike,
    history_weights: npt.ArrayLike | None = None,
    level: float = 0.8,
    draws: int = 4000,
    seed: int = 11,
) -> list[Chance]:
    """As `reach_probability`, for the total at the end of each day ahead, one weight per such day."""
    ahead, found = np.asarray(weights, dtype=float), list[Chance]()
    for first in range(0, ahead.size, WEEK):  # a future is drawn by weeks: all days of one share their draws
        futures = _futures(history_daily, ahead[: first + WEEK], history_weights, draws, seed)
        for days in range(first + 1, min(first + WEEK, ahead.size) + 1):
            sums = None if futures is None else so_far + np.maximum(futures[:, :days].sum(axis=1), 0)
            found.append(Chance(*[np.nan] * 4) if sums is None else _chance(sums, target, level))
    return found


def crossing_days(
    history_daily: npt.ArrayLike,
    so_far: float,
    target: float,
    weights: npt.ArrayLike,
    history_weights: npt.ArrayLike | None = None,
    level: float = 0.8,
    draws: int = 2000,
    seed: int = 11,
) -> Interval:
    """Days from now until the running total reaches the target: median, early end, late end.

    Infinite where the days of ``weights`` (one weight per day ahead) do not suffice; NaN with too little history.

    Source: as `reach_probability`.
    """
    if so_far >= target:
        return Interval(0.0, 0.0, 0.0)
    futures = _futures(history_daily, np.asarray(weights, dtype=float), history_weights, draws, seed)
    if futures is None:
        return Interval(np.nan, np.nan, np.nan)
    reached = so_far + futures.cumsum(axis=1) >= target
    days = np.where(reached.any(axis=1), reached.argmax(axis=1) + 1.0, np.inf)
    ends = np.quantile(days, [0.5, (1 - level) / 2, (1 + level) / 2], method="inverted_cdf")
    return Interval(*(float(end) for end in ends))


def growth_probability(
    monthly_totals: npt.ArrayLike, growth: float, season: npt.ArrayLike | None = None, level: float = 0.8
) -> Chance:
    """Probability that next month grows by at least ``growth`` (0.2 is 20 %), and the growth to expect.

    All NaN with fewer than five months, or when a month sold nothing.

    Parameters
    ----------
    monthly_totals : array of float
        Complete months in order of time.
    season : array of float, optional
        Season factor of each of these months and of the next one.

    Source: predictive t distribution of the monthly log changes, Gelman et al., Bayesian Data Analysis, section 3.2.
    """
    from scipy import stats

    totals = np.asarray(monthly_totals, dtype=float)
    factors = np.ones(totals.size + 1) if season is None else np.asarray(season, dtype=float)
    if totals.size <= FEWEST_CHANGES or not (totals > 0).all():
        return Chance(*[np.nan] * 4)
    changes = np.diff(np.log(totals / factors[:-1]))
    expected = float(changes.mean() + np.log(factors[-1] / factors[-2]))
    spread = float(changes.std(ddof=1)) * (1 + 1 / changes.size) ** 0.5
    law = stats.t(changes.size - 1, loc=expected, scale=max(spread, 1e-9))
    low, high = law.interval(level)
    ends = (float(np.expm1(end)) for end in (expected, low, high))
    return Chance(float(law.sf(np.log1p(growth))), *ends)


def _futures(history: npt.ArrayLike, ahead: Array, history_weights: Any, draws: int, seed: int) -> Array | None:
    """One row per simulated future, one column per day ahead; None with too little history."""
    past = np.asarray(history, dtype=float)
    usual = np.ones(past.size) if history_weights is None else np.asarray(history_weights, dtype=float)
    kept = (usual > 0) & ~np.isnan(past)
    if kept.sum() < FEWEST_DAYS:
        return None
    base = _widened(past[kept] / usual[kept])
    rng = np.random.default_rng(seed)
    again = _blocks(base, base.size, draws, rng).mean(axis=1, keepdims=True)
    level = again / base.mean() if base.mean() > 0 else np.ones_like(again)
    futures: Array = _blocks(base, ahead.size, draws, rng) * level * ahead
    return futures


def _widened(base: Array) -> Array:
    """The days, their distances from the mean made good for what blocks of one sample hide: n weeks know n - 1."""
    from scipy import stats

    weeks = base.size / WEEK
    factor = (weeks / (weeks - 1)) ** 0.5 * stats.t.ppf(0.9, weeks - 1) / stats.norm.ppf(0.9)
    wide: Array = base.mean() + (base - base.mean()) * factor
    return wide


def _blocks(base: Array, days: int, draws: int, rng: np.random.Generator) -> Array:
    starts = rng.integers(0, base.size, size=(draws, -(-days // WEEK), 1))
    days_drawn: Array = base[(starts + np.arange(WEEK)) % base.size].reshape(draws, -1)
    return days_drawn[:, :days]


def _chance(totals: Array, target: float, level: float) -> Chance:
    median, low, high = (float(q) for q in np.quantile(totals, [0.5, (1 - level) / 2, (1 + level) / 2]))
    return Chance(float((totals >= target).mean()), median, low, high)
