"""Ratios over clusters, beyond `intervals.ratio_interval`: uneven intervals, and the difference of two."""

import numpy as np
import numpy.typing as npt

from helpers.methods.intervals import Difference, Interval, Ratio, clustered_ratio, ratio_interval


def ratio_bootstrap(
    num: npt.ArrayLike, den: npt.ArrayLike, level: float = 0.95, draws: int = 2000, seed: int = 17
) -> Interval:
    """As `ratio_interval`, but with ends that need not lie evenly and never leave the possible: for skewed amounts.

    Source: clusters drawn again, percentiles widened for few clusters, Hesterberg (2015), The American Statistician
    69:371-386, section 5.3.
    """
    from scipy import stats

    y, x = np.asarray(num, dtype=float), np.asarray(den, dtype=float)
    ratio, error, _ = clustered_ratio(y, x)
    if not error > 0:
        return ratio_interval(y, x, level)
    rng, pairs = np.random.default_rng(seed), np.column_stack([y, x])
    sums = np.array([rng.multinomial(y.size, np.full(y.size, 1 / y.size)) @ pairs for _ in range(draws)])
    sums = sums[sums[:, 1] != 0]
    ratios = sums[:, 0] / sums[:, 1]
    reach = stats.t.ppf((1 + level) / 2, y.size - 1) * (y.size / (y.size - 1)) ** 0.5
    low, high = np.quantile(ratios, stats.norm.cdf([-reach, reach]))
    return Interval(ratio, float(low), float(high))


def ratio_difference(a: Ratio, b: Ratio, level: float = 0.95) -> Difference:
    """First ratio minus second, its interval, and the test of "no difference"; NaN where an error is unknown.

    Source: delta method for ratio metrics, Deng, Knoblich & Lu (2018), KDD, 233-242; degrees of freedom after Welch
    (1947), Biometrika 34:28-35.
    """
    from scipy import stats

    between, error = a.estimate - b.estimate, float(np.hypot(a.error, b.error))
    if not error > 0:
        return Difference(between, *[np.nan] * 4)
    freedom = error**4 / (a.error**4 / a.freedom + b.error**4 / b.freedom)
    reach, z = float(stats.t.ppf((1 + level) / 2, freedom)) * error, between / error
    return Difference(between, between - reach, between + reach, z, 2 * float(stats.t.sf(abs(z), freedom)))


def ratio_at_least(ratio: Ratio, bar: float) -> float:
    """Probability that the true ratio is at least the bar; NaN where its error is unknown or 0.

    Source: Student's t around the estimate, as `intervals.ratio_interval`, read as a posterior with an even prior.
    """
    from scipy import stats

    if not ratio.error > 0:
        return float("nan")
    return float(stats.t.sf((bar - ratio.estimate) / ratio.error, ratio.freedom))


def prob_below(ratio: Ratio, bar: float = 0.0) -> float:
    """Probability that the true ratio lies below the bar; NaN where the error is unknown or 0.

    Source: Student's t with the degrees of freedom of `clustered_ratio`.
    """
    from scipy import stats

    if not ratio.error > 0:
        return np.nan
    return float(stats.t.cdf((bar - ratio.estimate) / ratio.error, ratio.freedom))
