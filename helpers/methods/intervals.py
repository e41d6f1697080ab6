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


class Ratio(NamedTuple):
    """A ratio of two sums over clusters, its standard error, and the degrees of freedom that the error deserves."""

    estimate: float
    error: float
    freedom: float


class Difference(NamedTuple):
    """First rate, ratio or share minus second, its interval, and the test of "no difference" (z or t, two-sided p)."""

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


def clustered_ratio(num: npt.ArrayLike, den: npt.ArrayLike) -> Ratio:
    """Sum of ``num`` over sum of ``den``, where each pair is one cluster, with its standard error.

    The error is NaN with fewer than two clusters of any weight, and the ratio too where ``den`` sums to 0.

    Source: linearised ratio, Cochran (1977), Sampling Techniques, section 6.3; small-sample error CR2 and its degrees
    of freedom, Bell & McCaffrey (2002), Survey Methodology 28:169-181, which keep the level where a few clusters
    outweigh the others (Cochran's own covers 75 instead of 90 % there).
    """
    y, x = np.asarray(num, dtype=float), np.asarray(den, dtype=float)
    total = float(x.sum())
    if total == 0:
        return Ratio(np.nan, np.nan, np.nan)
    ratio, share = float(y.sum()) / total, x / total
    residual = y - ratio * x
    if not (share < 1).all():
        return Ratio(ratio, np.nan, np.nan)
    residual[np.abs(residual) <= 1e-12 * np.abs(y).max()] = 0  # clusters that are alike must not differ by rounding
    error = float(np.sqrt((np.square(residual) / (1 - share)).sum())) / abs(total)
    return Ratio(ratio, error, _freedom(x, share))


def ratio_interval(num: npt.ArrayLike, den: npt.ArrayLike, level: float = 0.95) -> Interval:
    """Sum of ``num`` over sum of ``den``, where each pair is one cluster (a session, a day), with its interval.

    Clusters may be of any size and rows inside a cluster may depend on each other. NaN where `clustered_ratio` is.
    Clusters that are all alike have no width, as in `mean_interval`, unless they are all 0 or all 1: such a share has
    the interval of a rate of which each cluster is one trial.

    Source: delta method, see `clustered_ratio`; Student's t. Shares of 0 or 1: Wilson's interval of as many trials as
    even clusters would be, Kish (1965), Survey Sampling, section 11.7.
    """
    ratio, error, freedom = clustered_ratio(num, den)
    if error == 0 and ratio in (0, 1):
        return Interval(ratio, *_all_or_none(ratio, np.asarray(den, dtype=float), level))
    reach = _student(level, freedom) * error
    return Interval(ratio, ratio - reach, ratio + reach)


def mean_interval(values: npt.ArrayLike, level: float = 0.95) -> Interval:
    """Mean of the values with Student's t interval, which is NaN with fewer than two values.

    Source: Student (1908), Biometrika 6:1-25.
    """
    data = np.asarray(values, dtype=float)
    if data.size < 2:
        return Interval(float(data.mean()) if data.size else np.nan, np.nan, np.nan)
    mean, error = float(data.mean()), float(data.std(ddof=1)) / data.size**0.5
    reach = _student(level, data.size - 1) * error
    return Interval(mean, mean - reach, mean + reach)


def _student(level: float, freedom: float) -> float:
    from scipy import special  # scipy.stats takes a second to import, and a first page needs no more than this

    return float(special.stdtrit(freedom, (1 + level) / 2))


def proportion_test(k1: float, n1: float, k2: float, n2: float, level: float = 0.95) -> Difference:
    """First rate minus second, Newcombe's interval, and the pooled z test; all NaN where a rate has no n.

    Source: Newcombe (1998), Statistics in Medicine 17:873-890, method 10. Written out, as `wilson`.
    """
    from scipy import special

    if not (n1 > 0 and n2 > 0 and 0 <= k1 <= n1 and 0 <= k2 <= n2):
        return Difference(*[np.nan] * 5)
    first, second, pooled = k1 / n1, k2 / n2, (k1 + k2) / (n1 + n2)
    (low1, high1), (low2, high2) = wilson(k1, n1, level), wilson(k2, n2, level)
    below, above = np.hypot(first - low1, high2 - second), np.hypot(high1 - first, second - low2)
    gap, mixed = first - second, 0 < pooled < 1  # all or none on both sides: no difference, and z would divide by zero
    z = gap / (pooled * (1 - pooled) * (1 / n1 + 1 / n2)) ** 0.5 if mixed else 0.0
    return Difference(gap, float(gap - below), float(gap + above), float(z), 2 * float(special.ndtr(-abs(z))))


def bar_test(k: float, n: float, bar: float) -> float:
    """Two-sided p of "the true rate is the bar"; NaN where `wilson` is.

    The standard error is the sample's own, or the bar's where all or none of the sample count.

    Source: z test of one proportion; computed by statsmodels.
    """
    from statsmodels.stats.proportion import proportions_ztest

    if not (n > 0 and 0 <= k <= n and 0 <= bar <= 1):
        return np.nan
    if bar in (0, 1):  # one case to the contrary refutes it, and its own standard error is 0
        return float(k / n == bar)
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


def _all_or_none(ratio: float, x: Array, level: float) -> tuple[float, float]:
    size = float(x.sum()) ** 2 / float(np.square(x).sum())
    low, high = wilson(ratio * size, size, level)
    return float(low), float(high)


def _freedom(x: Array, share: Array) -> float:
    """Satterthwaite's degrees of freedom of the CR2 error, when clusters vary in proportion to their size.

    With the residual maker G = diag(1 / sqrt(1 - share)) (I - share 1') and W = diag(x^2), of O = G W G': its squared
    trace over its sum of squares, written out so that thousands of clusters need no matrix.
    """
    scale = 1 / np.sqrt(1 - share)
    a, u, v, s = np.square(scale * x), scale * share, scale * np.square(x), float(np.square(x).sum())
    uu, uv, vv = float(u @ u), float(u @ v), float(v @ v)
    diagonal = s * np.square(u) - 2 * u * v
    squares = np.square(a).sum() + 2 * a @ diagonal + 2 * (uu * vv + uv**2) - 4 * s * uv * uu + (s * uu) ** 2
    return float((a + diagonal).sum() ** 2 / squares)
