"""Is a rate steady? Control charts of counts."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.methods.intervals import ratio_interval, wilson

RUN = 8
FEWEST = 8
MOVING_RANGE = 1.128  # mean distance of two standard normal draws


class Steady(NamedTuple):
    """Whether a rate stays at or above a bar: the share of points that do, the mean rate with interval, the verdict."""

    share: float
    rate: float
    low: float
    high: float
    out: int
    verdict: str


def control_limits(k: npt.ArrayLike, n: npt.ArrayLike) -> Any:
    """One row per point in time: its rate, the limits that an even process keeps, and whether the point broke them.

    Parameters
    ----------
    k, n : array of int
        Successes and trials (sessions, days, batches), in order of time.

    Returns
    -------
    DataFrame
        rate, centre, low, high (0-1); ``out``: beyond the limits; ``run``: part of eight or more in a row on one side
        of the centre. A point without trials has NaN for a rate and for limits, and is neither.

    Source: p' chart with three sigma, Laney (2002), Quality Engineering 14:531-537, never narrower than Shewhart's p
    chart; runs by the Western Electric (1956) rules.
    """
    hits, tries = np.asarray(k, dtype=float), np.asarray(n, dtype=float)
    some = tries > 0
    rate = np.divide(hits, tries, out=np.full_like(hits, np.nan), where=some)
    centre = hits.sum() / tries.sum() if some.any() else np.nan
    sigma = np.sqrt(centre * (1 - centre) / np.where(some, tries, np.nan))
    z = ((rate - centre) / np.where(sigma > 0, sigma, np.nan))[some]
    spread = np.abs(np.diff(z)).mean() / MOVING_RANGE if z.size > 1 else 1.0
    reach = 3 * sigma * max(1.0, spread if np.isfinite(spread) else 1.0)
    low, high = np.clip(centre - reach, 0, 1), np.clip(centre + reach, 0, 1)
    run = np.zeros(hits.size, dtype=bool)
    run[some] = _runs(np.sign(np.round(rate[some] - centre, 12)))
    return pd.DataFrame(
        {"rate": rate, "centre": centre, "low": low, "high": high, "out": (rate < low) | (rate > high), "run": run}
    )


def steady(k: npt.ArrayLike, n: npt.ArrayLike, bar: float, level: float = 0.95) -> Steady:
    """Whether the rate stays at or above the bar.

    The verdict is ``holds`` when no point is out of control and the whole interval of the mean rate reaches the bar,
    ``fails`` when the whole interval lies below the bar or points are out of control, and ``open`` otherwise or with
    fewer than eight points. ``out`` counts the points beyond the limits or in a run. Points are clusters: see
    `intervals.ratio_interval`, and Wilson's interval of all trials together where points do not vary at all.
    """
    hits, tries = np.asarray(k, dtype=float), np.asarray(n, dtype=float)
    hits, tries = hits[tries > 0], tries[tries > 0]
    chart = control_limits(hits, tries)
    out = int((chart["out"] | chart["run"]).sum())
    rate, low, high = ratio_interval(hits, tries, level)
    if hits.size > 1 and np.ptp(hits / tries) == 0:
        low, high = wilson(hits.sum(), tries.sum(), level)
    verdict = "open"
    if hits.size >= FEWEST:
        verdict = "fails" if out or high < bar else "holds" if low >= bar else "open"
    share = float((hits / tries >= bar).mean()) if hits.size else np.nan
    return Steady(share, rate, float(low), float(high), out, verdict)


def _runs(side: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    sides = pd.Series(side)
    block = (sides != sides.shift()).cumsum()
    long = sides.groupby(block).transform("size") >= RUN
    return np.asarray(long & (sides != 0), dtype=bool)
