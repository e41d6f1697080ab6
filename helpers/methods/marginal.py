"""What a little more of something brings, and where it is best moved."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.methods.intervals import Interval
from helpers.methods.shrinkage import normal

Array = npt.NDArray[np.float64]
FEWEST = 30  # cells, below which no curve is fitted
ROUNDS = 50
STEEPEST = 0.99  # a curve at least this steep has no best split but "all to the best": it is cut here


def elasticity(
    put: npt.ArrayLike, got: npt.ArrayLike, slots: npt.ArrayLike, groups: npt.ArrayLike, level: float = 0.95
) -> Interval:
    """By how many per cent the yield grows when one per cent more is put in, with its interval.

    Read from what differs inside a slot (an hour of the clock) from group to group (day to day), the group's own level
    taken out: neither strong slots nor strong groups make it. NaN with too few cells. Not an experiment: who puts more
    in just when demand is higher makes it too high.

    Parameters
    ----------
    put, got, slots, groups : array, one element per cell
        Cells where nothing was put in are left out; slots and groups that got nothing teach nothing.

    Source: Poisson pseudo maximum likelihood with two fixed effects, Santos Silva & Tenreyro (2006), Review of
    Economics and Statistics 88:641-658; errors clustered by group.
    """
    frame = pd.DataFrame({"put": put, "got": got, "slot": slots, "group": groups}).astype({"put": float, "got": float})
    frame = frame[(frame["put"] > 0) & (frame["got"] >= 0)]
    for name in ("slot", "group"):
        frame = frame[frame.groupby(name)["got"].transform("sum") > 0]
    slot, group = (pd.get_dummies(frame[name], dtype=float).to_numpy() for name in ("slot", "group"))
    design = np.column_stack([np.log(frame["put"].to_numpy(dtype=float)), slot, group[:, 1:]])
    if len(frame) < max(FEWEST, design.shape[1] + 2) or not _varies(design):
        return Interval(np.nan, np.nan, np.nan)
    return _fitted(frame["got"].to_numpy(dtype=float), design, group, level)


def _varies(design: Array) -> bool:
    """Whether the first column differs from what the others make of it."""
    one, others = design[:, 0], design[:, 1:]
    rest = one - others @ (np.linalg.pinv(others.T @ others) @ (others.T @ one))
    return bool(np.square(rest).mean() > 1e-9)


def _fitted(got: Array, design: Array, groups: Array, level: float) -> Interval:
    """First coefficient of the Poisson regression; a plain Newton search, because statsmodels takes seconds to import."""
    from scipy import stats

    y = got / got.mean()
    mean = (y + 1) / 2
    for _ in range(ROUNDS):
        line = np.log(mean) + (y - mean) / mean
        bread = np.linalg.pinv(design.T @ (design * mean[:, None]))
        last, mean = mean, np.exp(np.clip(design @ (bread @ (design.T @ (mean * line))), -30, 30))
        if np.abs(mean - last).max() < 1e-9 * mean.max():
            break
    many = groups.shape[1]
    scores = groups.T @ (design * (y - mean)[:, None])
    spread = bread @ (scores.T @ scores) @ bread * many / (many - 1)
    power = float((bread @ (design.T @ (mean * (np.log(mean) + (y - mean) / mean))))[0])
    reach = float(stats.t.ppf((1 + level) / 2, many - 1)) * float(spread[0, 0]) ** 0.5
    return Interval(power, power - reach, power + reach)


def moved(
    put: npt.ArrayLike, rates: npt.ArrayLike, power: float, reach: npt.ArrayLike, most: npt.ArrayLike = np.inf
) -> Array:
    """The same total, put where it brings most: marginal yields made equal as far as the limits allow.

    Parameters
    ----------
    put, rates : array of float
        What each slot has now, and what one unit of it brings there on average.
    power : float
        Elasticity of the yield, at most ``STEEPEST``; with 0 or less nothing is moved.
    reach : float or array
        Largest relative change of a slot: 0.2 keeps it between 80 and 120 %.
    most : float or array
        Largest amount of a slot (stock), never below what it has now less ``reach``.

    Source: water filling on power curves; Boyd & Vandenberghe (2004), Convex Optimization, section 5.5.3.
    """
    now, worth = np.asarray(put, dtype=float), np.maximum(np.asarray(rates, dtype=float), 0)
    if not power > 0 or not (worth * now > 0).any():
        return now.copy()
    bent = min(power, STEEPEST)
    floor = now * (1 - np.asarray(reach))
    roof = np.maximum(np.minimum(now * (1 + np.asarray(reach)), most), floor)
    total = min(float(now.sum()), float(roof.sum()))

    def split(log_price: float) -> Array:
        with np.errstate(divide="ignore", over="ignore"):
            wanted: Array = np.clip(now * np.exp((np.log(worth) - log_price) / (1 - bent)), floor, roof)
        return wanted

    logs = np.log(worth[worth > 0])
    low, high = logs.min() - 9, logs.max() + 9
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if split(middle).sum() > total else (low, middle)
    found: Array = split(high)
    rest = total - float(found.sum())
    found += rest * _room(found, floor, roof, rest)
    return found


def _room(at: Array, floor: Array, roof: Array, rest: float) -> Array:
    """Shares by which what rounding left over is laid on slots with room for it."""
    room: Array = roof - at if rest > 0 else at - floor
    shares: Array = room / room.sum() if room.sum() > 0 else np.zeros_like(at)
    return shares


def gain(
    put: npt.ArrayLike,
    new: npt.ArrayLike,
    rates: npt.ArrayLike,
    errors: npt.ArrayLike,
    power: Interval,
    level: float = 0.95,
    draws: int = 4000,
    seed: int = 23,
) -> Interval:
    """What the new split brings more than the present one, and its interval, in the unit of the rates.

    The rates are drawn from what is believed of them after shrinkage, so that a slot that was lucky promises no gain;
    the elasticity from its own interval, cut at 0 and 1.

    Parameters
    ----------
    rates, errors : array of float
        Yield per unit and its standard error, as measured (not yet shrunken).

    Source: shrunken as `shrinkage.normal`; Monte Carlo over the estimates.
    """
    from scipy import stats

    now, rng = np.asarray(put, dtype=float), np.random.default_rng(seed)
    believed = normal(rates, errors, level)
    z = float(stats.norm.ppf((1 + level) / 2))
    spread = (believed["high"] - believed["low"]).to_numpy() / (2 * z)
    drawn = believed["mean"].to_numpy() + spread * rng.standard_normal((draws, now.size))
    bent = np.clip(power.estimate + (power.high - power.low) / (2 * z) * rng.standard_normal((draws, 1)), 0, 1)
    ratio = np.divide(np.asarray(new, dtype=float), now, out=np.ones_like(now), where=now > 0)
    more = (now * drawn * (ratio**bent - 1)).sum(axis=1)
    low, high = np.quantile(more, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(more.mean()), float(low), float(high))
