"""What an event added to a daily series, beside what its days would have brought anyway."""

from datetime import date
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.methods.changes import WEEK, calendar_terms, fit_line

Array = npt.NDArray[np.float64]


class Uplift(NamedTuple):
    """What an event added.

    ``days``: one row per day from before the event to after it: part, actual, expected, low, high (of the expected).
    ``parts``: one row each for before, event, after and net: actual, expected, excess, low, high (of the excess).
    ``complete``: whether every day of the three was counted, so that ``net`` has seen the whole dip.
    """

    days: Any
    parts: Any
    complete: bool


def baseline(values: npt.ArrayLike, weekdays: npt.ArrayLike, touched: npt.ArrayLike) -> Array:
    """Median of the untouched days with the same weekday, for each day; NaN where a weekday has none.

    Source: weekday-matched median, as for event studies of daily sales.
    """
    frame = pd.DataFrame({"value": np.asarray(values, dtype=float), "weekday": np.asarray(weekdays)})
    calm = frame["value"].where(~np.asarray(touched, dtype=bool))
    usual: Array = calm.groupby(frame["weekday"]).transform("median").to_numpy(dtype=float)
    return usual


def uplift(
    series: Any, start: date, end: date, touched: Any = None, before: int = 7, after: int = 14, level: float = 0.95
) -> Uplift | None:
    """What the days from ``start`` to ``end`` brought beyond what they would have brought anyway.

    Buyers who waited (fewer sales before) or bought ahead (fewer after) are counted against the event in ``net``. None
    with fewer than four weeks of untouched days.

    Parameters
    ----------
    series : Series
        Value per day, index of days.
    touched : Series of bool, optional
        Days that other events touched, on the same index: neither learned from nor counted.
    before, after : int
        Days around the event in which sales may have been pulled forward or exhausted.
    level : float
        Of the intervals.

    Source: regression on weekday and linear trend of the untouched days; variances widened as in `trend`. Compare
    `placebo`.
    """
    index = pd.DatetimeIndex(series.index)
    first, last = pd.Timestamp(start), pd.Timestamp(end)
    other = np.zeros(len(index), dtype=bool) if touched is None else np.asarray(touched, dtype=bool)
    near = (index >= first - pd.Timedelta(days=before)) & (index <= last + pd.Timedelta(days=after))
    usable = series.notna().to_numpy()
    learn = usable & ~other & ~near
    event = (index >= first) & (index <= last)
    count = usable & near & (event | ~other)
    if learn.sum() < 4 * WEEK or not event.any():
        return None
    part = np.where(event, "event", np.where(index < first, "before", "after"))
    days, parts = _excess(series, index, learn, count, part, level)
    return Uplift(days, parts, int(count.sum()) == before + (last - first).days + 1 + after)


def placebo(series: Any, length: int, touched: Any = None, before: int = 7, after: int = 14) -> Array:
    """Net excess of made-up events of the same length, one after the other through the untouched days.

    A real event should stand clear of them: they show what the method finds where nothing happened. ``touched`` must
    mark the real event too.
    """
    index = pd.DatetimeIndex(series.index)
    busy = np.zeros(len(index), dtype=bool) if touched is None else np.asarray(touched, dtype=bool)
    found = []
    for at in range(before, len(index) - length - after + 1, length):
        if not busy[at - before : at + length + after].any():
            result = uplift(series, index[at], index[at + length - 1], busy, before, after)
            found += [] if result is None else [float(result.parts.loc["net", "excess"])]
    return np.array(found, dtype=float)


def placebo_p(excess: float, placebos: npt.ArrayLike) -> float:
    """Share of made-up events that stand out as far as the real one, itself counted; NaN without any.

    Source: randomisation in time, Abadie, Diamond & Hainmueller (2010), JASA 105:493-505, (1 + hits) / (1 + n).
    """
    others = np.asarray(placebos, dtype=float)
    if not others.size or np.isnan(excess):
        return np.nan
    return float((1 + (np.abs(others) >= abs(excess)).sum()) / (1 + others.size))


def _excess(series: Any, index: Any, learn: Any, count: Any, part: Any, level: float) -> tuple[Any, Any]:
    from scipy import stats

    design = calendar_terms(index)
    y = series.to_numpy(dtype=float)
    line, rows = fit_line(y[learn], design[learn]), design[count]
    reach = stats.t.ppf((1 + level) / 2, line.freedom)
    expected = rows @ line.coefficients
    band = reach * np.sqrt(np.einsum("ij,jk,ik->i", rows, line.covariance, rows) + line.noise)
    days = pd.DataFrame({"part": part[count], "actual": y[count], "expected": expected}, index=series.index[count])
    days["low"], days["high"] = expected - band, expected + band
    parts = {}
    for name in ("before", "event", "after", "net"):
        chosen = np.ones(len(days), dtype=bool) if name == "net" else (days["part"] == name).to_numpy()
        together = rows[chosen].sum(axis=0)
        spread = reach * np.sqrt(together @ line.covariance @ together + line.noise * line.inflation * chosen.sum())
        actual, usual = float(days["actual"][chosen].sum()), float(expected[chosen].sum())
        parts[name] = [actual, usual, actual - usual, actual - usual - spread, actual - usual + spread]
    return days, pd.DataFrame.from_dict(parts, "index", columns=["actual", "expected", "excess", "low", "high"])
