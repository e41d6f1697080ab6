"""How fast something wears out, when many things wear out side by side."""

import numpy as np
import numpy.typing as npt

from helpers.methods.intervals import Interval, ratio_interval


def within_slope(
    y: npt.ArrayLike, x: npt.ArrayLike, weight: npt.ArrayLike, group: npt.ArrayLike, level: float = 0.95
) -> Interval:
    """Slope of y on x inside the groups, each group with a level of its own, and its interval with groups as clusters.

    That bad things are stopped early biases nothing: each is compared with itself only.

    Parameters
    ----------
    weight : array of float
        How much each row tells, such as its clicks; rows of weight 0 tell nothing.

    Source: within estimator with errors clustered by group, Arellano (1987), Oxford Bulletin 49:431-434; it is a ratio of
    two sums over groups, so its error is that of `intervals.ratio_interval`.
    """
    _, place = np.unique(np.asarray(group, dtype=object).astype(str), return_inverse=True)
    ys, xs, w = (np.asarray(part, dtype=float) for part in (y, x, weight))
    total = np.bincount(place, w)
    share = w / np.where(total > 0, total, 1)[place]
    left, right = (part - np.bincount(place, share * part)[place] for part in (ys, xs))
    return ratio_interval(np.bincount(place, w * left * right), np.bincount(place, w * right**2), level)


def half_life(slope: Interval) -> Interval:
    """Time in which something halves that changes by e to the slope per unit of time; infinite where it need not fall."""
    ends = (np.log(2) / -part if part < 0 else np.inf for part in (slope.estimate, slope.low, slope.high))
    return Interval(*(float(end) if not np.isnan(slope.estimate) else np.nan for end in ends))
