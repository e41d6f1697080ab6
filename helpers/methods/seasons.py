"""When in the year things sell: too few numbers per item, so items of a group lend each other theirs."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]
ROUNDS = 50
FEWEST = 5
MOST = 50


def group_season(sold: npt.ArrayLike, days: npt.ArrayLike, level: float = 0.9) -> Any:
    """One row per period of the year: how many times its usual rate a group of items sells then, with its interval.

    Parameters
    ----------
    sold, days : array, one row per item and one column per period (for example month of the year)
        Units sold, and days on which the item could be bought (0 where it was not on sale); years added up.
    level : float
        Of the interval.

    Returns
    -------
    DataFrame
        index (1 is the mean of the known periods), low, high. NaN for a period in which nothing was on sale, and
        everywhere when nothing was sold. The interval says how far the items agree, because the fashion of one is no
        season: NaN below five items that sold, and for a period that hangs on a single one.

    Source: pooled factors of a product group, Dekker, van Donselaar & Ouwehand (2004), Int J Production Economics
    90:151-167; fitted as a Poisson table of item x period, whose margins tie out; interval on the log scale by the
    jackknife over (at most fifty bundles of) items, Kott (2001), J Official Statistics 17:521-526.
    """
    from scipy import stats

    units, open_days = _table(sold, days)
    index = _index(units, open_days)
    items = np.flatnonzero(units.sum(axis=1) > 0)
    if items.size < FEWEST:
        return pd.DataFrame({"index": index, "low": np.nan, "high": np.nan})
    bundles = min(items.size, MOST)
    rest = [items[np.arange(items.size) % bundles != out] for out in range(bundles)]
    left = np.array([_index(units[some], open_days[some]) for some in rest])
    logs = np.log(np.where(left > 0, left, np.nan))
    error = np.sqrt((bundles - 1) / bundles * np.square(logs - logs.mean(axis=0)).sum(axis=0))
    reach = np.exp(stats.t.ppf((1 + level) / 2, bundles - 1) * error)
    return pd.DataFrame({"index": index, "low": index / reach, "high": index * reach})


def item_season(sold: npt.ArrayLike, days: npt.ArrayLike, index: npt.ArrayLike) -> Array:
    """Season factors per item (row) and period (column): its own sales, pulled towards the index of its group.

    An item with few sales, or few years, gets the index of the group; one that sells much and differs keeps its own.

    Parameters
    ----------
    sold, days : array
        As `group_season`.
    index : array of float
        Of the group, from `group_season`.

    Source: gamma-Poisson shrinkage of observed to expected counts, Clayton & Kaldor (1987), Biometrics 43:671-681, its
    weight by moments; for seasonal factors Miller & Williams (2003), Int J Forecasting 19:669-684.
    """
    units, open_days = _table(sold, days)
    usual = open_days * np.nan_to_num(np.asarray(index, dtype=float))
    total = usual.sum(axis=1, keepdims=True)
    expected = usual * np.divide(units.sum(axis=1, keepdims=True), total, out=np.zeros_like(total), where=total > 0)
    weight = _weight(units, expected)
    factors: Array = np.asarray(index, dtype=float) * (units + weight) / (expected + weight)
    return factors


def _table(sold: npt.ArrayLike, days: npt.ArrayLike) -> tuple[Array, Array]:
    """Both tables; what was not on sale sold nothing, what is missing was not on sale."""
    open_days = np.nan_to_num(np.atleast_2d(np.asarray(days, dtype=float)))
    units = np.nan_to_num(np.atleast_2d(np.asarray(sold, dtype=float)))
    open_days[np.isnan(np.atleast_2d(np.asarray(sold, dtype=float)))] = 0
    return np.where(open_days > 0, units, 0), open_days


def _index(units: Array, days: Array) -> Array:
    """Season index: rates of items and of periods fitted in turn until both margins tie out."""
    on_sale = days.sum(axis=0) > 0
    index = on_sale.astype(float)
    for _ in range(ROUNDS):
        rate = _over(units.sum(axis=1), days @ index)
        index = _over(units.sum(axis=0), rate @ days)
    mean = index[on_sale].mean() if index.any() else np.nan
    return np.where(on_sale, index / mean, np.nan)


def _over(part: Array, whole: Array) -> Array:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _weight(units: Array, expected: Array) -> float:
    """Units that the group's index weighs against an item's own: 1 over the variance of true factors around it."""
    told = expected > 0
    if not told.any():
        return 1.0
    excess = (np.square(units - expected) - expected)[told].sum() / np.square(expected[told]).sum()
    return float(1 / max(excess, 1 / expected.sum()))
