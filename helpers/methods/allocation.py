"""Totals split by weights so that the parts tie out to the cent."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.methods.decomposition import exact_cents


def cascade(total_cents: int, weights: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """One part per weight, in cents, adding up to the total exactly and each less than a cent off its share.

    Weights that are all 0 share evenly; no weights take nothing.

    Raises
    ------
    ValueError
        A weight is negative or missing, or there is something to split and no weight.

    Source: largest-remainder (Hamilton) method, see `decomposition.exact_cents`.
    """
    given = np.asarray(weights, dtype=float)
    if not (given >= 0).all():
        raise ValueError("weights must be 0 or more")
    if given.size and given.sum() == 0:
        given = np.ones(given.size)
    share = given / given.sum() if given.size else given
    return exact_cents(share * total_cents, total_cents)


def nested_cascade(totals: Mapping[Any, int], parents: npt.ArrayLike, weights: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """One part per row, in cents; the rows of each parent add up to that parent's total exactly.

    Parameters
    ----------
    totals : mapping to int
        Cents per parent (for example per day, when rows are sessions).
    parents, weights : array
        Parent and weight of each row.

    Raises
    ------
    ValueError
        As `cascade`, a parent with something to split has no row, or a row's parent has no total.
    """
    rows = pd.Series(np.asarray(weights, dtype=float)).groupby(np.asarray(parents)).indices
    if missing := sorted(map(str, set(rows) - set(totals))):
        raise ValueError(f"no total for {', '.join(missing)}")
    given, parts = np.asarray(weights, dtype=float), np.zeros(np.size(weights), dtype=np.int64)
    for parent, total in totals.items():
        mine = rows.get(parent, np.array([], dtype=int))
        parts[mine] = cascade(total, given[mine])
    return parts
