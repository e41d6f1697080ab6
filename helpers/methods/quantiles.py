"""How far a quantile can be trusted."""

import numpy as np
import numpy.typing as npt

from helpers.methods.intervals import Interval


def quantile_interval(values: npt.ArrayLike, share: float, level: float = 0.95) -> Interval:
    """The quantile of the values and the interval between two of them that covers the true one.

    The ends are NaN where the values are too few to hold the level on that side.

    Parameters
    ----------
    share : float
        0.5 for the median, 0.9 for the 90th percentile.

    Source: order statistics and the binomial distribution, David & Nagaraja (2003), Order Statistics, section 7.1.
    """
    from scipy import stats

    data = np.sort(np.asarray(values, dtype=float))
    if not data.size:
        return Interval(np.nan, np.nan, np.nan)
    tail = (1 - level) / 2
    first = int(stats.binom.ppf(tail, data.size, share)) - 1  # the largest rank that is still sure to lie below
    last = int(stats.binom.ppf(1 - tail, data.size, share))
    low = float(data[first]) if first >= 0 else np.nan
    high = float(data[last]) if last < data.size else np.nan
    return Interval(float(np.quantile(data, share)), low, high)
