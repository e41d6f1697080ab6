"""How many equal groups a total is spread over."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class Spread(NamedTuple):
    """Effective number of groups, its interval, and the standard error of its logarithm (for comparing two)."""

    number: float
    low: float
    high: float
    log_error: float


def effective_number(amounts: npt.ArrayLike, level: float = 0.95) -> Spread:
    """How many groups of equal size would be as concentrated: 1 where one group has all, k where k share alike.

    NaN where nothing is positive in sum; no interval with fewer than two rows.

    Parameters
    ----------
    amounts : array, one row per case (an order) and one column per group
        What each case brings to each group; groups must not sum to less than 0.

    Raises
    ------
    ValueError
        A group sums to less than 0: a loss has no share.

    Source: inverse of the Herfindahl index, Hill (1973), Ecology 54:427-432, number of order 2; error by the delta method
    over cases that come at random (compound Poisson), interval on the log scale.
    """
    from scipy import stats

    cases = np.asarray(amounts, dtype=float)
    groups = cases.sum(axis=0)
    if (groups < 0).any():
        raise ValueError("a group sums to less than 0")
    total, squares = float(groups.sum()), float(np.square(groups).sum())
    if not squares > 0:
        return Spread(np.nan, np.nan, np.nan, np.nan)
    number = total**2 / squares
    pull = 2 * (cases.sum(axis=1) / total - cases @ groups / squares)  # of each case on the logarithm of the number
    size = len(cases)
    if size < 2:
        return Spread(number, np.nan, np.nan, np.nan)
    error = float(np.sqrt(np.square(pull).sum() * size / (size - 1)))
    reach = np.exp(float(stats.t.ppf((1 + level) / 2, size - 1)) * error)
    return Spread(number, max(number / reach, 1.0), min(number * reach, float((groups > 0).sum())), error)
