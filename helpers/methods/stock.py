"""What empty shelves cost, and how much to keep on them."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd


class LostSales(NamedTuple):
    """Units that buyers did not find.

    ``days``: one row per day without stock: expected, sold, lost. Then the total and its interval, in units.
    """

    days: Any
    units: float
    low: float
    high: float


def lost_sales(
    daily_units: npt.ArrayLike, available: npt.ArrayLike, weekdays: npt.ArrayLike, level: float = 0.95
) -> LostSales:
    """Units not sold on the days without stock, by what the same weekday sells when there is stock.

    A weekday that never had stock is expected to sell the mean of all days that had. The total is NaN when no weekday
    had stock twice. Rather too little than too much: stock runs out on the days on which most is wanted.

    Parameters
    ----------
    daily_units : array of float
        Sold per day; on a day without stock this is less than was wanted.
    available : array of bool
        Whether stock lasted all day.
    weekdays : array of int
        Weekday of each day.

    Source: censored days left out, weekday means of the others; interval of the sum of future days, with the pooled
    variance within weekdays.
    """
    from scipy import stats

    frame = pd.DataFrame({"sold": np.asarray(daily_units, dtype=float), "weekday": np.asarray(weekdays)})
    empty = ~np.asarray(available, dtype=bool)
    stocked = frame[~empty]
    by = stocked.groupby("weekday")["sold"]
    known = frame["weekday"].isin(stocked["weekday"])
    means, sizes = frame["weekday"].map(by.mean()), frame["weekday"].map(by.size())
    expected = means.where(known, stocked["sold"].mean())
    lost = (expected - frame["sold"]).clip(lower=0)
    days = pd.DataFrame({"expected": expected, "sold": frame["sold"], "lost": lost})[empty]
    if days.empty:
        return LostSales(days, 0.0, 0.0, 0.0)
    freedom = len(stocked) - by.ngroups
    if freedom < 1:
        return LostSales(days, np.nan, np.nan, np.nan)
    noise = float(np.square(stocked["sold"] - by.transform("mean")).sum()) / freedom
    # days of one weekday share the error of its mean: m days vary by m + m^2 / n
    groups = sizes.where(known, len(stocked))[empty].groupby(frame["weekday"].where(known, -1)[empty])
    spread = (noise * float((groups.size() + np.square(groups.size()) / groups.first()).sum())) ** 0.5
    units, reach = float(days["lost"].sum()), float(stats.t.ppf((1 + level) / 2, freedom)) * spread
    return LostSales(days, units, max(units - reach, 0.0), units + reach)


def lead_time_demand(
    daily_units: npt.ArrayLike, lead_days: npt.ArrayLike, service: float = 0.95, draws: int = 4000, seed: int = 13
) -> float:
    """Units that the demand until the next delivery stays within, with probability ``service``: the reorder point.

    NaN with fewer than fourteen days of sales or without a lead time; missing days and lead times are left out.

    Parameters
    ----------
    daily_units : array of float
        Sold per day on days with stock.
    lead_days : array of int
        Lead times seen, in days.

    Source: bootstrap of both lead time and daily demand, Bookbinder & Lordahl (1989), IIE Transactions 21:302-312.
    """
    units, seen = np.asarray(daily_units, dtype=float), np.asarray(lead_days, dtype=float)
    units, leads = units[~np.isnan(units)], seen[~np.isnan(seen)].astype(int)
    if units.size < 14 or not leads.size:
        return float("nan")
    rng = np.random.default_rng(seed)
    lead = rng.choice(leads, size=(draws, 1))
    demand = rng.choice(units, size=(draws, int(leads.max())))
    return float(np.quantile(np.where(np.arange(leads.max()) < lead, demand, 0).sum(axis=1), service))


def lead_time(lead_days: npt.ArrayLike, service: float = 0.95) -> float:
    """Days within which the next delivery comes with probability ``service``, by the lead times seen so far.

    NaN with too few to say so (19 for 95 %, 9 for 90 %): the longest seen is then no safe guess.

    Source: one-sided prediction limit, the smallest order statistic of rank service * (n + 1) or more, Hahn & Meeker
    (1991), Statistical Intervals, section 5.3.
    """
    seen = np.sort(np.asarray(lead_days, dtype=float))
    seen = seen[~np.isnan(seen)]
    rank = int(np.ceil(service * (seen.size + 1) - 1e-9))
    return float(seen[rank - 1]) if 0 < rank <= seen.size else np.nan
