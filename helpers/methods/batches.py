"""Which batches are worse than the usual difference between batches allows."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.methods.shrinkage import Prior, beta_prior


def batch_limits(faulty: npt.ArrayLike, size: npt.ArrayLike, level: float = 0.998, prior: Prior | None = None) -> Any:
    """One row per batch: its rate, and the limits that sound batches of its size keep, which differ anyway.

    Parameters
    ----------
    faulty, size : array of int
        Faulty pieces and pieces of each batch; sizes above 0.
    level : float
        Of the limits: a sound batch lies above them with probability (1 - level) / 2.
    prior : tuple of float or None
        How the true rates of sound batches differ; learned by `sound_prior` when left out.

    Returns
    -------
    DataFrame
        rate, centre, lower, upper (0-1) and ``out``: above the upper limit.

    Source: control limits of over-dispersed counts, beta-binomial, Spiegelhalter (2005), Statistics in Medicine
    24:1185-1202; computed by SciPy.
    """
    from scipy import stats

    count, pieces = np.asarray(faulty, dtype=float), np.asarray(size, dtype=float)
    a, b = prior or sound_prior(count, pieces, level)
    sizes, place = np.unique(pieces, return_inverse=True)
    lower, upper = (
        stats.betabinom.ppf(tail, sizes, a, b)[place] / pieces for tail in ((1 - level) / 2, (1 + level) / 2)
    )
    rate = count / pieces
    return pd.DataFrame({"rate": rate, "centre": a / (a + b), "lower": lower, "upper": upper, "out": rate > upper})


def sound_prior(faulty: npt.ArrayLike, size: npt.ArrayLike, level: float = 0.998) -> Prior:
    """How sound batches differ: the worst is set aside as long as the others would hardly bring forth one like it."""
    from scipy import stats

    count, pieces = np.asarray(faulty, dtype=float), np.asarray(size, dtype=float)
    while count.size > 2:
        worst = int((count / pieces).argmax())
        rest = np.delete(count, worst), np.delete(pieces, worst)
        if count[worst] <= stats.betabinom.ppf((1 + level) / 2, pieces[worst], *beta_prior(*rest)):
            break
        count, pieces = rest
    return beta_prior(count, pieces)
