"""Words that one text uses more than another, and counts per thousand."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.methods.intervals import benjamini_hochberg


class Rate(NamedTuple):
    """Counts per thousand and their interval; numbers or arrays, as given."""

    rate: Any
    low: Any
    high: Any


def keyness(
    counts_a: Mapping[str, int], counts_b: Mapping[str, int], total_a: int | None = None, total_b: int | None = None
) -> Any:
    """One row per word, the most typical of A first: how much more often A uses it than B, and whether by chance.

    Parameters
    ----------
    counts_a, counts_b : mapping of str to int
        Occurrences per word, or documents that contain it.
    total_a, total_b : int, optional
        All words, or all documents; the sum of the counts when left out.

    Returns
    -------
    DataFrame
        word, a, b (counts), per_thousand_a, per_thousand_b, log_ratio (1 is twice as often, -1 half as often; a count
        of 0 stands as 0.5), g2, p, q (p adjusted for the number of words).

    Raises
    ------
    ValueError
        A total is 0 or smaller than one of its counts.

    Source: G2 of Dunning (1993), Computational Linguistics 19:61-74; log ratio of Hardie (2014); Benjamini & Hochberg.
    """
    from scipy import special, stats

    words = sorted({*counts_a, *counts_b})
    a, b = (np.array([counts.get(word, 0) for word in words], dtype=float) for counts in (counts_a, counts_b))
    n_a, n_b = (float(part.sum() if total is None else total) for part, total in ((a, total_a), (b, total_b)))
    if not (n_a > 0 and n_b > 0 and (a <= n_a).all() and (b <= n_b).all()):
        raise ValueError("a total is 0 or smaller than one of its counts")
    observed = np.array([a, b, n_a - a, n_b - b])
    used = (a + b) / (n_a + n_b)
    expected = np.array([n_a * used, n_b * used, n_a * (1 - used), n_b * (1 - used)])
    # xlogy is 0 where nothing was observed; where nothing was expected nothing was observed either
    g2 = 2 * special.xlogy(observed, observed / np.where(expected > 0, expected, 1)).sum(axis=0)
    p = stats.chi2.sf(np.maximum(g2, 0), 1)
    found = pd.DataFrame({"word": words, "a": a.astype(int), "b": b.astype(int)})
    found["per_thousand_a"], found["per_thousand_b"] = 1000 * a / n_a, 1000 * b / n_b
    found["log_ratio"] = np.log2(np.where(a, a, 0.5) / n_a) - np.log2(np.where(b, b, 0.5) / n_b)
    found["g2"], found["p"], found["q"] = np.maximum(g2, 0), p, benjamini_hochberg(p)
    signed = np.sign(found["log_ratio"]) * found["g2"]
    return found.iloc[np.argsort(-signed.to_numpy(), kind="stable")].reset_index(drop=True)


def per_thousand(k: npt.ArrayLike, n: npt.ArrayLike, level: float = 0.95) -> Rate:
    """Events per thousand (orders, parcels, viewers), where one may have several events; NaN where n is 0.

    Source: exact Poisson interval, Garwood (1936), Biometrika 28:437-442; computed by SciPy.
    """
    from scipy import stats

    events, base = np.asarray(k, dtype=float), np.asarray(n, dtype=float)
    per = 1000 / np.where(base > 0, base, np.nan)
    low = np.where(events > 0, stats.gamma.ppf((1 - level) / 2, np.where(events > 0, events, 1)), 0)
    high = stats.gamma.ppf((1 + level) / 2, events + 1)
    return Rate((events * per)[()], (low * per)[()], (high * per)[()])


def rates_differ(k1: npt.ArrayLike, n1: float, k2: npt.ArrayLike, n2: float) -> Any:
    """Two-sided p of equal rates per unit, for each pair of counts over ``n1`` and ``n2`` units; 1 where both are 0.

    Source: Przyborowski and Wilenski (1940), Biometrika 31:313-323: given their sum, one count is binomial.
    """
    from scipy.stats import binomtest

    pairs = zip(np.atleast_1d(k1), np.atleast_1d(k2), strict=True)
    return np.array([binomtest(int(a), int(a + b), n1 / (n1 + n2)).pvalue if a + b else 1.0 for a, b in pairs])


def pooled_odds(tables: Sequence[npt.ArrayLike]) -> tuple[float, float]:
    """p of equal odds and the pooled odds ratio over several 2 x 2 tables; NaN without a table.

    Source: Mantel and Haenszel (1959), Journal of the National Cancer Institute 22:719-748; computed by statsmodels.
    """
    from statsmodels.stats.contingency_tables import StratifiedTable

    if not len(tables):
        return np.nan, np.nan
    found = StratifiedTable([np.asarray(one, dtype=float) for one in tables])
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(found.test_null_odds().pvalue), float(found.oddsratio_pooled)
