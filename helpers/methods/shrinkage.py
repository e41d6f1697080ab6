"""Fair league tables: each item's own record, pulled towards the others as far as its few numbers deserve."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.methods.intervals import JEFFREYS, prob_at_least

Array = npt.NDArray[np.float64]
Prior = tuple[float, float]
FEWEST = 3


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
    rates = np.random.default_rng(seed).beta(hits + a, tries - hits + b, size=(draws, hits.size))
    ranks = (-rates).argsort(axis=1).argsort(axis=1) + 1
    low, high = np.quantile(ranks, [(1 - level) / 2, (1 + level) / 2], axis=0, method="nearest")
    return pd.DataFrame({"low": low, "high": high, "best": (ranks == 1).mean(axis=0)})


def normal(means: npt.ArrayLike, ses: npt.ArrayLike, level: float = 0.95) -> Any:
    """One row per item: mean, low and high of its shrunken mean, in the unit of the means.

    Parameters
    ----------
    means, ses : array of float
        Estimate per item and its standard error, which must be positive.

    Raises
    ------
    ValueError
        A standard error is 0 or missing.

    Source: normal empirical Bayes with the error of the common mean, Morris (1983), JASA 78:47-55; spread between
    items after Paule & Mandel (1982), computed by statsmodels.
    """
    from scipy import stats
    from statsmodels.stats.meta_analysis import combine_effects

    effect, variance = np.asarray(means, dtype=float), np.square(np.asarray(ses, dtype=float))
    if not (variance > 0).all():
        raise ValueError("every item needs a standard error above 0")
    with np.errstate(divide="ignore"):  # statsmodels also derives figures that equal effects do not have
        between = float(combine_effects(effect, variance, method_re="iterated").tau2) if effect.size > 1 else 0.0
    weight = 1 / (variance + between)
    centre = (weight * effect).sum() / weight.sum()
    own = between / (between + variance)
    mean = centre + own * (effect - centre)
    spread = np.sqrt(own * variance + np.square(1 - own) / weight.sum())
    reach = stats.norm.ppf((1 + level) / 2) * spread
    return pd.DataFrame({"mean": mean, "low": mean - reach, "high": mean + reach})


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
