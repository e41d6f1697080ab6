"""Whether amounts pile up just above a threshold that pays, and thin out just below it."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.methods.events import placebo_p
from helpers.methods.intervals import Difference, clustered_ratio
from helpers.methods.ratios import ratio_difference

Array = npt.NDArray[np.float64]


class Bunching(NamedTuple):
    """What changed around a threshold since it pays to reach it.

    ``above``, ``below``: change of the share of amounts in the band above and below it, with intervals. ``chance``: share of
    thresholds that pay nothing around which as much changed; NaN with fewer than nine of them.
    """

    above: Difference
    below: Difference
    chance: float


FEWEST_PLACEBOS = 9


def bunching(
    amounts: npt.ArrayLike,
    days: npt.ArrayLike,
    offered: npt.ArrayLike,
    threshold: float,
    width: float,
    level: float = 0.95,
) -> Bunching:
    """Shares of amounts in [T, T (1 + width)) and [T (1 - width), T) while the offer runs, less those before it.

    Prices make amounts lumpy, so that no smooth curve is their counterfactual: the same shop's amounts without the offer
    are, and thresholds that pay nothing show how much such bands move anyway.

    Parameters
    ----------
    amounts, days, offered : array, one element per order
        Amount, its day (the cluster), and whether the offer ran.

    Source: bunching at notches, Kleven & Waseem (2013), Quarterly J Economics 128:669-723, with a difference over time
    instead of a polynomial; shares over days as `ratio_difference`; placebo as `placebo_p`.
    """
    frame = pd.DataFrame(
        {"amount": np.asarray(amounts, dtype=float), "day": days, "on": np.asarray(offered, dtype=bool)}
    )
    above = _change(frame, (frame["amount"] >= threshold) & (frame["amount"] < threshold * (1 + width)), level)
    below = _change(frame, (frame["amount"] < threshold) & (frame["amount"] >= threshold * (1 - width)), level)
    others = [_score(frame, other, width, level) for other in _placebos(frame["amount"], threshold, width)]
    known = np.array([z for z in others if z == z])
    chance = placebo_p(_score(frame, threshold, width, level), known) if known.size >= FEWEST_PLACEBOS else float("nan")
    return Bunching(above, below, chance)


def _placebos(amounts: Any, threshold: float, width: float) -> Array:
    """Thresholds that pay nothing, among the amounts, whose bands stay clear of those of the real one."""
    low, high = amounts.quantile([0.1, 0.9])
    steps = np.exp(np.arange(np.log(max(low, 1e-9)), np.log(max(high, 1e-9)) + 1e-9, width / 4))
    clear = (steps * (1 + width) <= threshold * (1 - width)) | (steps * (1 - width) >= threshold * (1 + width))
    return np.asarray(steps[clear], dtype=float)


def _score(frame: Any, threshold: float, width: float, level: float) -> float:
    """Test statistic of "more above and less below"."""
    amount = frame["amount"]
    up = (amount >= threshold) & (amount < threshold * (1 + width))
    down = (amount < threshold) & (amount >= threshold * (1 - width))
    return _change(frame, up.astype(float) - down.astype(float), level).z


def _change(frame: Any, inside: Any, level: float) -> Difference:
    sums = frame.assign(inside=inside.astype(float)).groupby(["on", "day"])["inside"].agg(["sum", "size"])
    sides = []
    for on in (True, False):
        some = sums.loc[on] if on in sums.index.get_level_values(0) else sums.head(0)
        sides.append(clustered_ratio(some["sum"], some["size"]))
    return ratio_difference(sides[0], sides[1], level)
