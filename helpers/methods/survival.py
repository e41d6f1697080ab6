"""How long things take when some are still under way, and how many are still to come."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.methods.intervals import Interval, wilson


def kaplan_meier(durations: npt.ArrayLike, observed: npt.ArrayLike, level: float = 0.95) -> Any:
    """One row per time at which something ended: the share that lasts longer, with its interval.

    Parameters
    ----------
    durations : array of float
        Time to the end, or to the last look at what has not ended yet; rows without one are left out.
    observed : array of bool
        Whether the end was seen.

    Returns
    -------
    DataFrame
        time (unit of the durations), at_risk (count), ended (count), survival, low, high (0-1). The interval is NaN
        where nothing survives.

    Source: Kaplan & Meier (1958), JASA 53:457-481, Greenwood's variance on the log-log scale; computed by statsmodels.
    """
    time, ended = np.asarray(durations, dtype=float), np.asarray(observed, dtype=float)
    curve = _survival(time[~np.isnan(time)], ended[~np.isnan(time)])
    low, high = _log_log(curve.surv_prob, curve.surv_prob_se, level)
    return pd.DataFrame(
        {
            "time": curve.surv_times,
            "at_risk": curve.n_risk.astype(int),
            "ended": curve.n_events.astype(int),
            "survival": curve.surv_prob,
            "low": low,
            "high": high,
        }
    )


def duration_quantile(
    durations: npt.ArrayLike, observed: npt.ArrayLike, share: float = 0.5, level: float = 0.95
) -> Interval:
    """Time by which the share has ended, with its interval; NaN when not so many have, infinite where the end is open.

    Source: Brookmeyer & Crowley (1982), Biometrics 38:29-41, log-log scale, read from `kaplan_meier`.
    """
    curve = kaplan_meier(durations, observed, level)
    rest = 1 - share + 1e-12

    def first(column: str, missing: float) -> float:
        return float(curve["time"][curve[column] <= rest].min()) if (curve[column] <= rest).any() else missing

    middle = first("survival", np.nan)
    return Interval(middle, first("low", np.nan if np.isnan(middle) else middle), first("high", np.inf))


def maturity(delays: npt.ArrayLike, ages: npt.ArrayLike, horizon: int, level: float = 0.95) -> Any:
    """One row per age 0 to ``horizon``: the share of what finally comes that has come by that age.

    Only what has come is needed (refunds, not orders). Orders too young to have shown their late refunds bias nothing:
    a delay of d days is compared only with orders that are at least d days old. Young orders are taken to go the way
    that old ones went.

    Parameters
    ----------
    delays : array of int
        Days from the order to its refund, one per refund. Longer ones than the horizon are left out.
    ages : array of int
        Days from the same order to the day on which the data end, never less than the delay.
    horizon : int
        Age in days at which everything counts as having come.

    Returns
    -------
    DataFrame
        age (days), share, low, high (0-1). NaN where nobody can know: everywhere when none of the orders has reached
        the horizon, and at early ages when the few old orders had late refunds only.

    Raises
    ------
    ValueError
        A refund came after the data end.

    Source: reverse-time Kaplan-Meier for right truncation, Lagakos, Barraj & De Gruttola (1988), Biometrika
    75:515-523; the same numbers as chain-ladder development factors.
    """
    delay, age = np.asarray(delays, dtype=float), np.asarray(ages, dtype=float)
    if (delay > age).any():
        raise ValueError("a refund came after the end of the data")
    came = (delay >= 0) & (delay <= horizon)
    delay, age = delay[came], np.minimum(age[came], horizon)
    days = np.arange(horizon + 1)
    if not (age >= horizon).any():
        return pd.DataFrame({"age": days, "share": np.nan, "low": np.nan, "high": np.nan})
    # time runs backwards from the horizon: an order enters the risk set at its age and leaves it at its delay
    curve = _survival(horizon - delay, np.ones(delay.size), entry=horizon - age - 0.5)
    low, high = _log_log(curve.surv_prob, curve.surv_prob_se, level)
    steps = pd.DataFrame({"share": curve.surv_prob, "low": low, "high": high}, index=curve.surv_times.astype(int))
    backwards = steps.reindex(np.arange(-1, horizon + 1)).ffill().fillna(1.0)
    found = backwards.reindex(horizon - 1 - days).reset_index(drop=True)
    found[days < delay.min()] = 0.0
    found[(days >= delay.min()) & (found["share"] < 1e-9)] = np.nan
    found.insert(0, "age", days)
    return found


def project(refunds: float, orders: npt.ArrayLike, ages: npt.ArrayLike, curve: Any, level: float = 0.95) -> Interval:
    """Final rate of a group of orders whose refunds have not all come yet, 0-1.

    Parameters
    ----------
    refunds : float
        Come so far.
    orders, ages : array of int
        Orders per day (or other group), and the days from then to the end of the data.
    curve : DataFrame
        From `maturity`.

    Returns
    -------
    Interval
        Refunds over the orders that could have shown theirs by now. The band takes the Wilson interval of the refunds
        and, at its low end, the fastest curve of the band, at its high end the slowest: wider than the level, never
        narrower. NaN when the curve is unknown or all orders are too young to say anything.

    Source: exposure-adjusted (Cape Cod) development, Mack (1993), ASTIN Bulletin 23:213-225.
    """
    share = curve.set_index("age").reindex(np.clip(np.asarray(ages, dtype=int), 0, curve["age"].max()))
    mature, least, most = share[["share", "low", "high"]].to_numpy().T @ np.asarray(orders, dtype=float)
    if not least > 0 or refunds > least:
        return Interval(float(refunds / mature) if mature > 0 else np.nan, np.nan, np.nan)
    low, high = wilson(refunds, most, level)[0], wilson(refunds, least, level)[1]
    return Interval(float(refunds / mature), float(low), float(high))


def _survival(durations: npt.ArrayLike, observed: npt.ArrayLike, entry: Any = None) -> Any:
    from statsmodels.duration.survfunc import SurvfuncRight

    return SurvfuncRight(np.asarray(durations, dtype=float), np.asarray(observed, dtype=float), entry=entry)


def _log_log(survival: Any, se: Any, level: float) -> tuple[Any, Any]:
    from scipy import stats

    inside = (survival > 0) & (survival < 1)
    safe = np.where(inside, survival, 0.5)
    reach = stats.norm.ppf((1 + level) / 2) * np.where(inside, se, np.nan) / (safe * np.log(safe))
    return safe ** np.exp(-reach), safe ** np.exp(reach)
