"""Which things are taken together more often than their popularity explains."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.methods.intervals import benjamini_hochberg

Array = npt.NDArray[np.float64]
ROUNDS = 300


def pair_lift(baskets: npt.ArrayLike, items: npt.ArrayLike, strata: npt.ArrayLike, level: float = 0.95) -> Any:
    """One row per pair of items: how often they share a basket, as a multiple of what chance would make of it.

    Only baskets of several items tell; chance pairs them at random inside each stratum (a month), each item as often as
    it was seen there, so that two items of one season are no pair for that alone.

    Parameters
    ----------
    baskets, items, strata : array, one element per basket and item
        A repeated item of a basket counts once.
    level : float
        Of the interval.

    Returns
    -------
    DataFrame
        a, b (a sorts before b), n, expected, lift, low, high, p (one-sided), q (Benjamini-Hochberg over all pairs).

    Source: quasi-independence of a symmetric table without diagonal, Bishop, Fienberg & Holland (1975), Discrete
    Multivariate Analysis, chapter 5; exact Poisson limits, Garwood (1936), Biometrika 28:437-442; false discoveries as
    `benjamini_hochberg`.
    """
    from scipy import stats

    rows = pd.DataFrame({"basket": baskets, "item": items, "stratum": strata}).drop_duplicates(["basket", "item"])
    rows = rows[rows.groupby("basket")["item"].transform("size") > 1]
    names = np.array(sorted(rows["item"].unique()), dtype=object)
    count, expected = np.zeros((names.size, names.size)), np.zeros((names.size, names.size))
    for _, some in rows.groupby("stratum"):
        together = _together(some, names)
        count += together
        expected += _by_chance(together)
    one, two = np.nonzero(np.triu(expected > 0, 1))
    n, mean, tail = count[one, two], expected[one, two], (1 - level) / 2
    low, high = np.where(n > 0, stats.gamma.ppf(tail, np.maximum(n, 1)), 0), stats.gamma.ppf(1 - tail, n + 1)
    p = stats.poisson.sf(n - 1, mean)
    found = {"a": names[one], "b": names[two], "n": n.astype(int), "expected": mean, "lift": n / mean}
    found |= {"low": low / mean, "high": high / mean, "p": p, "q": benjamini_hochberg(p) if p.size else p}
    return pd.DataFrame(found)


def _together(rows: Any, names: Any) -> Array:
    """Baskets that hold both items, for each pair; 0 on the diagonal."""
    from scipy import sparse

    baskets, at = np.unique(rows["basket"], return_inverse=True)
    place = np.searchsorted(names, rows["item"])
    held = sparse.csr_array((np.ones(len(rows)), (at, place)), shape=(baskets.size, names.size))
    found: Array = np.asarray((held.T @ held).todense(), dtype=float)
    np.fill_diagonal(found, 0)
    return found


def _by_chance(together: Array) -> Array:
    """The table whose margins are those of the given one and whose pairs are w_i w_j off the diagonal."""
    margin = together.sum(axis=1)
    weight = margin / max(float(margin.sum()), 1.0) ** 0.5
    for _ in range(ROUNDS):
        others = weight.sum() - weight
        wanted = np.divide(margin, others, out=np.zeros_like(margin), where=others > 0)
        weight = np.sqrt(weight * wanted)
    found = np.outer(weight, weight)
    np.fill_diagonal(found, 0)
    return found
