"""How far a rate, a ratio or a mean can be trusted."""

from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
JEFFREYS = (0.5, 0.5)


class Interval(NamedTuple):
    """An estimate and the interval around it."""

    estimate: float
    low: float
    high: float


class Difference(NamedTuple):
    """First rate minus second, its interval, and the test of "no difference"."""

    difference: float
    low: float
    high: float
    z: float
    p: float


def wilson(k: npt.ArrayLike, n: npt.ArrayLike, level: float = 0.95) -> tuple[Any, Any]:
    """Low and high end of the Wilson score interval of k out of n; numbers in, numbers out, arrays in, arrays out.

    NaN where nothing was counted (n is 0) or where k is no part of n.

    Source: Wilson (1927), JASA 22:209-212. Written out: every page needs it, and statsmodels takes a second to import.
    """
    part, whole = np.asarray(k, dtype=float), np.asarray(n, dtype=float)
    usable = (whole > 0) & (part >= 0) & (part <= whole)
    size = np.where(usable, whole, 1)
    rate, z = np.where(usable, part, 0) / size, NormalDist().inv_cdf((1 + level) / 2)
    centre = (rate + z**2 / (2 * size)) / (1 + z**2 / size)
    reach = z * np.sqrt(rate * (1 - rate) / size + z**2 / (4 * size**2)) / (1 + z**2 / size)
    low, high = np.clip(centre - reach, 0, 1), np.clip(centre + reach, 0, 1)
    return np.where(usable, low, np.nan)[()], np.where(usable, high, np.nan)[()]


def ratio_interval(num: npt.ArrayLike, den: npt.ArrayLike, level: float = 0.95) -> Interval:
    """Sum of ``num`` over sum of ``den``, where each pair is one cluster (a session, a day), with its interval.

    Clusters may be of any size and rows inside a cluster may depend on each other. The interval is NaN with fewer than
    two clusters, and the ratio too where ``den`` sums to 0.

    Source: linearised ratio estimator, Cochran (1977), Sampling Techniques, section 6.3; Student's t over clusters.
    """
    from scipy import stats

    y, x = np.asarray(num, dtype=float), np.asarray(den, dtype=float)
    m, total = y.size, float(x.sum())
    if total == 0:
        return Interval(np.nan, np.nan, np.nan)
    ratio = float(y.sum()) / total
    if m < 2:
        return Interval(ratio, np.nan, np.nan)
    se = float(np.sqrt(m / (m - 1) * np.square(y - ratio * x).sum())) / abs(total)
    reach = float(stats.t.ppf((1 + level) / 2, m - 1)) * se
    return Interval(ratio, ratio - reach, ratio + reach)


def mean_interval(values: npt.ArrayLike, level: float = 0.95) -> Interval:
    """Mean of the values with Student's t interval, which is NaN with fewer than two values.

    Source: Student (1908), Biometrika 6:1-25.
    """
    from scipy import stats

    data = np.asarray(values, dtype=float)
    if data.size < 2:
        return Interval(float(data.mean()) if data.size else np.nan, np.nan, np.nan)
    mean, error = float(data.mean()), float(data.std(ddof=1)) / data.size**0.5
    reach = float(stats.t.ppf((1 + level) / 2, data.size - 1)) * error
    return Interval(mean, mean - reach, mean + reach)


def proportion_test(k1: float, n1: float, k2: float, n2: float, level: float = 0.95) -> Difference:
    """First rate minus second, Newcombe's interval, and the pooled z test; all NaN where a rate has no n.

    Source: Newcombe (1998), Statistics in Medicine 17:873-890, method 10; computed by statsmodels.
    """
    from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

    if not (n1 > 0 and n2 > 0 and 0 <= k1 <= n1 and 0 <= k2 <= n2):
        return Difference(*[np.nan] * 5)
    low, high = confint_proportions_2indep(k1, n1, k2, n2, method="newcomb", alpha=1 - level)
    mixed = 0 < k1 + k2 < n1 + n2  # all or none on both sides: no difference, and the z test would divide by zero
    z, p = proportions_ztest([k1, k2], [n1, n2]) if mixed else (0.0, 1.0)
    return Difference(k1 / n1 - k2 / n2, float(low), float(high), float(z), float(p))


def bar_test(k: float, n: float, bar: float) -> float:
    """Two-sided p of "the true rate is the bar"; NaN where n is 0.

    The standard error is the sample's own, or the bar's where all or none of the sample count.

    Source: z test of one proportion; computed by statsmodels.
    """
    from statsmodels.stats.proportion import proportions_ztest

    if n <= 0:
        return np.nan
    return float(proportions_ztest(k, n, bar, prop_var=False if 0 < k < n else bar)[1])


def prob_at_least(k: npt.ArrayLike, n: npt.ArrayLike, bar: float, prior: tuple[float, float] = JEFFREYS) -> Any:
    """Probability that the true rate is at least the bar, given k of n; NaN where wilson is NaN.

    Source: beta posterior with Jeffreys' prior, Brown, Cai & DasGupta (2001), Statistical Science 16:101-133.
    """
    from scipy import stats

    part, whole = np.asarray(k, dtype=float), np.asarray(n, dtype=float)
    usable = (whole > 0) & (part >= 0) & (part <= whole)
    hit, miss = np.where(usable, part, 0), np.where(usable, whole - part, 0)
    return np.where(usable, stats.beta.sf(bar, hit + prior[0], miss + prior[1]), np.nan)[()]


def benjamini_hochberg(p: npt.ArrayLike) -> Array:
    """The p values adjusted for how many questions were asked; below q means a false discovery rate of q.

    NaN stays NaN and does not count as a question.

    Source: Benjamini & Hochberg (1995), JRSS B 57:289-300; computed by SciPy.
    """
    from scipy import stats

    given = np.asarray(p, dtype=float)
    adjusted = np.full_like(given, np.nan)
    asked = ~np.isnan(given)
    if asked.any():
        adjusted[asked] = stats.false_discovery_control(given[asked])
    return adjusted
