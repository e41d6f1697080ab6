"""Exact parts of a change: they add up to it, with nothing left over."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]


def lmdi(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """The part of each factor in the change of the product of all factors.

    The parts add up to the product after minus the product before. A product that starts or ends at 0 is charged, in
    equal parts, to the factors that are 0 there. A rate that is undefined (NaN, such as 0 / 0) beside a factor of 0
    counts as unchanged.

    Parameters
    ----------
    before, after : mapping of str to float
        The same factors, in any order, none negative: for example views, clicks per view, value per click.

    Raises
    ------
    ValueError
        The factors differ, one is negative, or one is undefined though the product is not 0.

    Source: additive log-mean Divisia index (LMDI-I), Ang (2005), Energy Policy 33:867-871; zeros by the limits of
    Ang & Liu (2007), Energy Policy 35:238-246.
    """
    if before.keys() != after.keys():
        raise ValueError(f"factors differ: {sorted(before)} before, {sorted(after)} after")
    pair = np.array([[before[name], after[name]] for name in before], dtype=float).reshape(1, -1, 2)
    return dict(zip(before, _lmdi(pair[..., 0], pair[..., 1])[0].tolist(), strict=True))


def lmdi_groups(before: Any, after: Any) -> Any:
    """One row per segment: what volume, mix and each rate contributed to the change of the total.

    All cells add up to the change of the total (sum over segments of the product of the row).

    Parameters
    ----------
    before, after : DataFrame
        One row per segment (index). First column: a volume that adds up over segments (such as views); the others:
        factors per segment (such as clicks per view). A segment absent on one side has volume 0 there.

    Returns
    -------
    DataFrame
        Columns: the name of the volume (effect of the total volume), ``mix`` (effect of the segment's share in it),
        then one effect per factor, in the unit of the product.

    Raises
    ------
    ValueError
        As `lmdi`.

    Source: as `lmdi`, summed over segments.
    """
    segments = before.index.union(after.index, sort=False)
    sides = [_with_share(side.reindex(segments)) for side in (before, after[before.columns])]
    volume, *factors = before.columns
    return pd.DataFrame(_lmdi(*sides), index=segments, columns=[volume, "mix", *factors])


def mix_rate(weights0: npt.ArrayLike, rates0: npt.ArrayLike, weights1: npt.ArrayLike, rates1: npt.ArrayLike) -> Any:
    """One row per segment: ``mix`` and ``rate``, which add up to the change of the weighted mean rate.

    ``mix`` says what the segment's changed share moved (against the overall rate, so growth of a good segment is
    positive), ``rate`` what its changed rate moved; both in the unit of the rates. A rate that is NaN because the
    segment has no weight counts as unchanged. All NaN where a side has no weight at all.

    Source: Kitagawa (1955), JASA 50:1168-1194, with midpoint weights.
    """
    w0, w1 = (np.asarray(w, dtype=float) for w in (weights0, weights1))
    r0, r1 = (np.asarray(r, dtype=float) for r in (rates0, rates1))
    r0, r1 = np.where(w0 == 0, np.where(w1 == 0, 0, r1), r0), np.where(w1 == 0, np.where(w0 == 0, 0, r0), r1)
    share0, share1 = (w / (w.sum() or np.nan) for w in (w0, w1))
    overall = (share0 @ r0 + share1 @ r1) / 2
    mix = (share1 - share0) * ((r0 + r1) / 2 - overall)
    return pd.DataFrame({"mix": mix, "rate": (r1 - r0) * (share0 + share1) / 2})


def exact_cents(parts: npt.ArrayLike, total: int) -> npt.NDArray[np.int64]:
    """The parts as whole cents that add up to ``total`` exactly; each moves by less than one cent.

    Parameters
    ----------
    parts : array of float
        Cents with fractions, adding up to ``total`` but for rounding.
    total : int
        Cents.

    Raises
    ------
    ValueError
        The parts do not add up to the total, or one is missing.

    Source: largest-remainder (Hamilton) method; of equal remainders the first row comes first.
    """
    given = np.asarray(parts, dtype=float)
    if not abs(given.sum() - total) < 1:
        raise ValueError(f"the parts add up to {given.sum():.2f}, not to {total}")
    whole = np.floor(given)
    missing = int(total - whole.sum())
    # rounding noise of floats must not break ties, or pull a part that is whole already below itself
    rest = np.round(given - whole, 6)
    cents: npt.NDArray[np.int64] = whole.astype(np.int64)
    cents[np.argsort(-rest, kind="stable")[:missing]] += 1
    return cents


def _with_share(side: Any) -> Array:
    values: Array = side.to_numpy(dtype=float)
    volume = np.nan_to_num(values[:, 0])
    total = volume.sum()
    share = volume / total if total else np.where(volume == 0, np.nan, 0)
    return np.column_stack([np.full(len(volume), total), share, values[:, 1:]])


def _lmdi(before: Array, after: Array) -> Array:
    """Effects, one row per product and one column per factor."""
    from scipy.special import exprel

    for side in (before, after):
        if (side < 0).any():
            raise ValueError("a factor is negative, and a negative number has no logarithm")
        if (np.isnan(side).any(axis=1) & ~(side == 0).any(axis=1)).any():
            raise ValueError("a factor is missing though the product is not 0")
    old = np.where(np.isnan(before), np.where(np.isnan(after), 1, after), before)
    new = np.where(np.isnan(after), np.where(np.isnan(before), 1, before), after)
    v0, v1 = old.prod(axis=1, keepdims=True), new.prod(axis=1, keepdims=True)
    positive = (v0 > 0) & (v1 > 0)
    log = np.log(np.where(positive, new, 1)) - np.log(np.where(positive, old, 1))
    log_mean = v0 * exprel(log.sum(axis=1, keepdims=True))
    switched = (old == 0) != (new == 0)
    blame = switched / np.maximum(switched.sum(axis=1, keepdims=True), 1)
    effects: Array = np.where(positive, log_mean * log, (v1 - v0) * blame)
    return effects
