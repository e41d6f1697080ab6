"""What items that do well have in common, compared only inside their own groups."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.methods.intervals import benjamini_hochberg
from helpers.methods.shrinkage import normal

LEAST_FREEDOM = 5


def shared(hit: npt.ArrayLike, trait: npt.ArrayLike, group: npt.ArrayLike) -> Any:
    """One row per trait: how many of its items are hits, how many its groups let expect, and whether that is chance.

    Parameters
    ----------
    hit : array of bool
        Whether the item is a hit.
    trait, group : array
        What is told apart (a function, a price band), and inside what it is compared (a category).

    Returns
    -------
    DataFrame
        trait, items, hits, expected, p (two-sided: both tails alike), q (p adjusted for the number of traits).

    Source: exact conditional test of 2 x 2 tables in strata, Fisher (1934) for one, Cox (1970) for several: given how
    many hits each group has, the hits of a trait are a sum of independent hypergeometric counts.
    """
    frame = pd.DataFrame({"hit": np.asarray(hit, dtype=bool), "trait": trait, "group": group})
    rows = []
    for name, part in frame.groupby("trait", sort=True):
        chances = _chances(frame, part)
        hits = int(part["hit"].sum())
        tails = chances[: hits + 1].sum(), chances[hits:].sum()
        expected = float(np.arange(len(chances)) @ chances)
        rows.append((name, len(part), hits, expected, min(1.0, 2 * min(tails))))
    found = pd.DataFrame(rows, columns=["trait", "items", "hits", "expected", "p"])
    return found.assign(q=benjamini_hochberg(found["p"]))


def multiples(
    values: npt.ArrayLike,
    trait: npt.ArrayLike,
    group: npt.ArrayLike,
    level: float = 0.95,
) -> Any:
    """One row per trait: how many times the value of other items of the same group its items have.

    Parameters
    ----------
    values : array of float
        Above 0; compared on a log scale, so the means are geometric.
    trait, group : array
        As in `shared`.

    Returns
    -------
    DataFrame
        trait, items, raw (as measured), multiple with low and high (shrunken towards the other traits, as far as few
        items deserve). NaN where no group holds items with and without the trait, or too few items are left to tell.

    Source: least squares on logs with an effect per group; estimates of traits pooled as in `shrinkage.normal`.
    """
    y, names = np.log(np.asarray(values, dtype=float)), np.asarray(trait, dtype=object)
    base = pd.get_dummies(pd.Series(np.asarray(group, dtype=object))).to_numpy(dtype=float)
    kinds = sorted(set(names))
    fits = [_contrast(y, np.column_stack([base, names == kind])) for kind in kinds]
    found = pd.DataFrame(fits, columns=["effect", "error"])
    found.insert(0, "trait", kinds)
    found.insert(1, "items", [int((names == kind).sum()) for kind in kinds])
    known = found["error"] > 0
    pooled = normal(found.loc[known, "effect"], found.loc[known, "error"], level).set_axis(found.index[known])
    scaled = np.exp(pooled.rename(columns={"mean": "multiple"})).reindex(found.index)
    return found.assign(raw=np.exp(found["effect"])).drop(columns=["effect", "error"]).join(scaled)


def _chances(frame: pd.DataFrame, part: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Probability of 0, 1, 2 … hits among the items of a trait, were hits drawn by lot inside each group."""
    from scipy import stats

    found = np.ones(1)
    for name, mine in part.groupby("group"):
        items = frame[frame["group"] == name]
        law = stats.hypergeom(len(items), int(items["hit"].sum()), len(mine))
        found = np.convolve(found, law.pmf(np.arange(len(mine) + 1)))
    return np.asarray(found, dtype=np.float64)


def _contrast(y: npt.NDArray[np.float64], design: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Coefficient of the last column and its standard error; NaN where the others already tell it."""
    freedom = len(y) - np.linalg.matrix_rank(design)
    if freedom < LEAST_FREEDOM or np.linalg.matrix_rank(design) == np.linalg.matrix_rank(design[:, :-1]):
        return np.nan, np.nan
    inverse = np.linalg.pinv(design.T @ design)
    weights = inverse @ design.T @ y
    residual = y - design @ weights
    return float(weights[-1]), max(float((residual @ residual / freedom * inverse[-1, -1]) ** 0.5), 1e-9)
