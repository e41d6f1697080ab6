"""Means of groups as if each held the same mixture of something else, such as goods of every kind."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.methods.intervals import Difference

TINY = 1e-20


def adjusted_means(values: npt.ArrayLike, groups: npt.ArrayLike, strata: npt.ArrayLike) -> Any:
    """One row per group, in sorted order: n, its mean at the strata's overall mixture, and the standard error of that.

    The spread inside groups is taken to be one and the same, so that a group of two or three is not judged by its own.
    Errors are NaN where the values do not tell the spread: too few, or all alike.

    Parameters
    ----------
    values : array of float
        One per case; none may be missing.
    groups, strata : array
        To which group and which stratum each case belongs. Their effects add up.

    Source: population marginal means, Searle, Speed & Milliken (1980), The American Statistician 34:216-221; least
    squares computed by statsmodels.
    """
    names, place = np.unique(np.asarray(groups, dtype=object).astype(str), return_inverse=True)
    fit = _fitted(values, np.eye(len(names))[place], strata)
    error = fit.bse[: len(names)] if _spread(fit) else np.full(len(names), np.nan)
    return pd.DataFrame({"group": names, "n": np.bincount(place), "mean": fit.params[: len(names)], "error": error})


def adjusted_difference(
    values: npt.ArrayLike, first: npt.ArrayLike, strata: npt.ArrayLike, level: float = 0.95
) -> Difference:
    """Mean of the cases that are ``first`` minus mean of the others, at the same mixture of strata; as `adjusted_means`.

    All NaN where one side is empty; all but the difference where the values do not tell the spread.
    """
    side = np.asarray(first, dtype=float)
    if not 0 < side.sum() < side.size:
        return Difference(*[np.nan] * 5)
    fit = _fitted(values, np.column_stack([np.ones(side.size), side]), strata)
    if not _spread(fit):
        return Difference(float(fit.params[1]), *[np.nan] * 4)
    low, high = fit.conf_int(1 - level)[1]
    return Difference(float(fit.params[1]), float(low), float(high), float(fit.tvalues[1]), float(fit.pvalues[1]))


def _spread(fit: Any) -> bool:
    """Whether there is more between the values and the fit than rounding."""
    return bool(fit.df_resid > 0 and fit.mse_resid > TINY * np.square(fit.model.endog).mean())


def _fitted(values: npt.ArrayLike, design: Any, strata: npt.ArrayLike) -> Any:
    """Least squares of the design and of the strata, these as distances from their mean."""
    from statsmodels.regression.linear_model import OLS

    other = np.unique(np.asarray(strata, dtype=object).astype(str), return_inverse=True)[1]
    dummies = np.eye(other.max() + 1)[other][:, 1:]
    return OLS(np.asarray(values, dtype=float), np.column_stack([design, dummies - dummies.mean(axis=0)])).fit()
