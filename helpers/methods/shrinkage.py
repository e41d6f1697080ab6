"""Fair league tables: each item's own record, pulled towards the others as far as its few numbers deserve."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.methods.intervals import JEFFREYS, prob_at_least

Array = npt.NDArray[np.float64]
Prior = tuple[float, float]
FEWEST = 3


class _Pooled(NamedTuple):
    """Per possible spread between items (row): its probability, and mean and variance of each item (column) then."""

    weight: Array
    mean: Array
    variance: Array


def beta_prior(k: npt.ArrayLike, n: npt.ArrayLike) -> Prior:
    """The two parameters of the beta distribution that the items' true rates follow.

    Items with n of 0 teach nothing and are left out. (0.5, 0.5) below three items, and where all trials or none
    succeeded. The prior never weighs more than all trials together: equal items must not look perfectly known.

    Source: maximum likelihood of the beta-binomial, Skellam (1948), JRSS B 10:257-261.
    """
    from scipy import optimize, special

    hits, tries = _counts(k, n)
    hits, tries = hits[tries > 0], tries[tries > 0]
    if hits.size < FEWEST or not 0 < hits.sum() < tries.sum():
        return JEFFREYS

    def parameters(point: Array) -> tuple[Any, Any]:
        centre, size = special.expit(point[0]), np.exp(point[1])
        return centre * size, (1 - centre) * size

    def surprise(point: Array) -> float:
        a, b = parameters(point)
        return -float((special.betaln(hits + a, tries - hits + b) - special.betaln(a, b)).sum())

    start = [special.logit(hits.sum() / tries.sum()), np.log(tries.mean())]
    bounds = [(-20, 20), (-3, np.log(tries.sum()))]
    best = optimize.minimize(surprise, start, method="Nelder-Mead", bounds=bounds)
    a, b = parameters(best.x)
    return float(a), float(b)


def beta_binomial(k: npt.ArrayLike, n: npt.ArrayLike, level: float = 0.95, prior: Prior | None = None) -> Any:
    """One row per item: the rate it most likely has, given its own record and what is usual among the items.

    Parameters
    ----------
    k, n : array of int
        Successes and trials per item; an item without trials gets what is usual.
    level : float
        Of the interval.
    prior : tuple of float or None
        Given, or fitted by `beta_prior`.

    Returns
    -------
    DataFrame
        rate (k / n), mean, low, high (shrunken), all 0-1.

    Source: empirical Bayes, Casella (1985), The American Statistician 39:83-87.
    """
    from scipy import stats

    hits, tries = _counts(k, n)
    a, b = prior or beta_prior(hits, tries)
    posterior = stats.beta(hits + a, tries - hits + b)
    rate = np.divide(hits, tries, out=np.full_like(hits, np.nan), where=tries > 0)
    low, high = posterior.interval(level)
    return pd.DataFrame({"rate": rate, "mean": posterior.mean(), "low": low, "high": high})


def prob_above(k: npt.ArrayLike, n: npt.ArrayLike, bar: float, prior: Prior | None = None) -> Any:
    """Probability per item that its true rate is at least the bar; the prior is given or fitted by `beta_prior`.

    NaN for an item without trials.
    """
    return prob_at_least(k, n, bar, prior or beta_prior(k, n))


def rank_interval(
    k: npt.ArrayLike, n: npt.ArrayLike, level: float = 0.9, draws: int = 4000, seed: int = 7, prior: Prior | None = None
) -> Any:
    """One row per item: low and high end of its rank (1 is the highest rate) and ``best``, the probability of rank 1.

    Source: ranks of posterior draws, Goldstein & Spiegelhalter (1996), JRSS A 159:385-443.
    """
    hits, tries = _counts(k, n)
    a, b = prior or beta_prior(hits, tries)
    return _ranked(np.random.default_rng(seed).beta(hits + a, tries - hits + b, size=(draws, hits.size)), level)


def normal(means: npt.ArrayLike, ses: npt.ArrayLike, level: float = 0.95) -> Any:
    """One row per item: mean, low and high of its shrunken mean, in the unit of the means.

    Below three items nothing is learned from the others: each keeps its own mean and interval.

    Parameters
    ----------
    means, ses : array of float
        Estimate per item and its standard error, which must be positive.

    Raises
    ------
    ValueError
        A mean is missing, or a standard error is missing or 0.

    Source: hierarchical normal model with an even prior on the spread between items, so that not knowing the spread
    widens the intervals, Gelman et al., Bayesian Data Analysis, section 5.4.
    """
    from scipy import stats

    pooled = _pooled(means, ses)
    mean = pooled.weight @ pooled.mean
    variance = pooled.weight @ (pooled.variance + np.square(pooled.mean - mean))
    reach = stats.norm.ppf((1 + level) / 2) * np.sqrt(variance)
    return pd.DataFrame({"mean": mean, "low": mean - reach, "high": mean + reach})


def normal_above(means: npt.ArrayLike, ses: npt.ArrayLike, bar: float) -> Array:
    """Probability per item that its true mean is at least the bar; shrunken as `normal`, same parameters and errors."""
    from scipy import stats

    pooled = _pooled(means, ses)
    above: Array = pooled.weight @ stats.norm.sf(bar, pooled.mean, np.sqrt(pooled.variance))
    return above


def normal_ranks(means: npt.ArrayLike, ses: npt.ArrayLike, level: float = 0.9, draws: int = 4000, seed: int = 7) -> Any:
    """One row per item: low, high and best as of `rank_interval`, 1 being the highest mean; shrunken as `normal`."""
    pooled, rng = _pooled(means, ses), np.random.default_rng(seed)
    drawn = rng.choice(pooled.weight.size, size=draws, p=pooled.weight)
    noise = rng.standard_normal((draws, pooled.mean.shape[1]))
    return _ranked(pooled.mean[drawn] + noise * np.sqrt(pooled.variance[drawn]), level)


def funnel_limits(n: npt.ArrayLike, rate: float, level: float = 0.95) -> tuple[Array, Array]:
    """Lowest and highest rate that chance alone gives items of n trials when all share one true rate.

    An item below the low or above the high limit differs; with many items choose a level near 0.998. Rates 0-1, NaN
    where n is 0.

    Source: exact binomial limits, Spiegelhalter (2005), Statistics in Medicine 24:1185-1202.
    """
    from scipy import stats

    tries = np.asarray(n, dtype=float)
    some = np.where(tries > 0, tries, 1)
    low, high = (stats.binom.ppf(tail, some, rate) / some for tail in ((1 - level) / 2, (1 + level) / 2))
    return np.where(tries > 0, low, np.nan), np.where(tries > 0, high, np.nan)


def _counts(k: npt.ArrayLike, n: npt.ArrayLike) -> tuple[Array, Array]:
    hits, tries = np.asarray(k, dtype=float), np.asarray(n, dtype=float)
    if not ((hits >= 0) & (hits <= tries)).all():
        raise ValueError("successes must lie between 0 and the number of trials")
    return hits, tries


def _pooled(means: npt.ArrayLike, ses: npt.ArrayLike, steps: int = 400) -> _Pooled:
    effect, variance = np.asarray(means, dtype=float), np.square(np.asarray(ses, dtype=float))
    if not (variance > 0).all() or np.isnan(effect).any():
        raise ValueError("every item needs a mean, and a standard error above 0")
    if effect.size < FEWEST:
        return _Pooled(np.ones(1), effect[None, :], variance[None, :])
    odds = (np.arange(steps) + 0.5) / (steps - np.arange(steps) - 0.5)  # even steps of tau / (tau + scale)
    scale = float((variance.mean() + effect.var()) ** 0.5)
    between = np.square(odds * scale)[:, None]
    weight = 1 / (variance + between)
    centre = (weight * effect).sum(axis=1, keepdims=True) / weight.sum(axis=1, keepdims=True)
    fit = np.log(weight) - weight * np.square(effect - centre)
    likelihood = (fit.sum(axis=1) - np.log(weight.sum(axis=1))) / 2 + 2 * np.log1p(odds)
    chance = np.exp(likelihood - likelihood.max())
    own = between * weight
    spread = own * variance + np.square(1 - own) / weight.sum(axis=1, keepdims=True)
    return _Pooled(chance / chance.sum(), centre + own * (effect - centre), spread)


def _ranked(draws: Array, level: float) -> Any:
    ranks = (-draws).argsort(axis=1).argsort(axis=1) + 1
    low, high = np.quantile(ranks, [(1 - level) / 2, (1 + level) / 2], axis=0, method="nearest")
    return pd.DataFrame({"low": low, "high": high, "best": (ranks == 1).mean(axis=0)})
