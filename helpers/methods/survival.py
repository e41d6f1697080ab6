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
        the horizon, and at early ages when the few old orders had late refunds only. Before the first delay and after
        the last the band is Wilson's of the refunds that could have shown otherwise.

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
    found[(days >= delay.min()) & (found["share"] < 1e-9)] = np.nan
    early, late = days < delay.min(), (days >= delay.max()) & (days < horizon)
    whole = int((age >= horizon).sum())  # the fewest that watched any one of the later days
    found.loc[early] = [0.0, 0.0, float(wilson(0, delay.size, level)[1])]
    found.loc[late, "low"] = float(wilson(whole, whole, level)[0])
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
        From `maturity`, at the same level.

    Returns
    -------
    Interval
        What has come, and what is still to come by the refunds over the orders that could have shown theirs by now.
        The band is that of the rest only, so it closes as the group grows old: chance of the orders to come, of the
        rate itself, and of the curve. NaN when the curve is unknown, when the orders are so young that the curve's low
        end promises nothing yet, or when more has come than the curve holds possible.

    Source: exposure-adjusted (Cape Cod) development, Mack (1993), ASTIN Bulletin 23:213-225; rest by the negative
    binomial that a Poisson rate with Jeffreys' prior predicts; curve joined in by squares, Zou & Donner (2008),
    Statistics in Medicine 27:1693-1702.
    """
    from scipy import stats

    count = np.asarray(orders, dtype=float)
    share = curve.set_index("age").reindex(np.clip(np.asarray(ages, dtype=int), 0, curve["age"].max()))
    mature, least, most = share[["share", "low", "high"]].to_numpy().T @ count
    if not least > 0 or refunds > mature:
        return Interval(np.nan, np.nan, np.nan)
    total = float(count.sum())
    rest, slow, fast = (refunds * (total - part) / part for part in (mature, least, most))
    law = stats.nbinom(refunds + 0.5, mature / total)
    low, high = min(law.ppf((1 - level) / 2), rest), max(law.ppf((1 + level) / 2), rest)
    down, up = rest - np.hypot(rest - low, rest - fast), rest + np.hypot(high - rest, slow - rest)
    ends = (rest, max(down, 0.0), min(up, total - refunds))
    return Interval(*(float((refunds + end) / total) for end in ends))


def ended_by(durations: npt.ArrayLike, observed: npt.ArrayLike, age: float, level: float = 0.95) -> Interval:
    """Share that has ended by an age (refunded within so many days), 0-1, young cases counted as far as they were seen.

    NaN where none was watched up to that age: what nobody has seen is no rate. Where none has ended, Wilson's interval
    of those that were watched so long; where all have, of all.

    Source: 1 minus `kaplan_meier`, whose intervals it turns round.
    """
    time, ended = np.asarray(durations, dtype=float), np.asarray(observed, dtype=bool)
    known = ~np.isnan(time)
    time, ended = time[known], ended[known]
    if not (time >= age).any():
        return Interval(*[np.nan] * 3)
    seen = kaplan_meier(time, ended, level)
    last = seen[seen["time"] <= age].tail(1)
    if last.empty:
        return Interval(0.0, 0.0, float(wilson(0, (time >= age).sum(), level)[1]))
    if last["survival"].iloc[0] <= 0:
        return Interval(1.0, float(wilson(ended.sum(), ended.sum(), level)[0]), 1.0)
    return Interval(*(1 - float(last[end].iloc[0]) for end in ("survival", "high", "low")))


def equal_age(a: Interval, b: Interval) -> Interval:
    """First share minus second, both from `ended_by` at one age and level, with the interval of the difference.

    So a month that ended yesterday is compared with one whose refunds have all come.

    Source: from the two intervals, Zou & Donner (2008), Statistics in Medicine 27:1693-1702.
    """
    between = a.estimate - b.estimate
    low = between - float(np.hypot(a.estimate - a.low, b.high - b.estimate))
    return Interval(between, low, between + float(np.hypot(a.high - a.estimate, b.estimate - b.low)))


def _survival(durations: npt.ArrayLike, observed: npt.ArrayLike, entry: Any = None) -> Any:
    from statsmodels.duration.survfunc import SurvfuncRight

    return SurvfuncRight(np.asarray(durations, dtype=float), np.asarray(observed, dtype=float), entry=entry)


def _log_log(survival: Any, se: Any, level: float) -> tuple[Any, Any]:
    from scipy import stats

    inside = (survival > 0) & (survival < 1)
    safe = np.where(inside, survival, 0.5)
    reach = stats.norm.ppf((1 + level) / 2) * np.where(inside, se, np.nan) / (safe * np.log(safe))
    return safe ** np.exp(-reach), safe ** np.exp(reach)
