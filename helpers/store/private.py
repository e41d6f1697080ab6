"""Small groups of people: sums by where they live never show a group that is too small to hide them."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

OTHER = "other"


def pooled(frame: Any, regions: Sequence[str], least: int) -> Any:
    """The groups of a frame of sums with the small ones put together, the rest as it was.

    Among the groups that agree in everything else, those with fewer than ``least`` rows become one named ``other`` in every
    region column; where that one is still too small it takes in the next smallest. Groups without a region count like others.

    Parameters
    ----------
    frame : DataFrame
        Group columns, then ``rows``, then sums.
    regions : sequence of str
        The group columns that tell where people live.
    """
    names = list(frame.columns)
    by = names[: names.index("rows")]
    rest = [name for name in by if name not in regions]
    groups = frame.groupby(rest, dropna=False, sort=False).indices.values() if rest else [range(len(frame))]
    small = [place for places in groups for place in _small(frame["rows"].iloc[list(places)], list(places), least)]
    if not small:
        return frame
    found = frame.copy()
    for name in regions:
        found.iloc[small, names.index(name)] = OTHER
    found = found.groupby(by, dropna=False, as_index=False).sum(min_count=1)
    return found.astype({name: str(frame[name].dtype) for name in names}).sort_values(by, ignore_index=True)


def _small(rows: Any, places: list[int], least: int) -> list[int]:
    """The places of the groups to put together."""
    order = pd.Series(rows.to_numpy(), index=places).sort_values(kind="stable")
    few = int((order < least).sum())
    if few and order.iloc[:few].sum() < least:
        few += 1  # a pool that is itself too small takes in the next smallest
    return list(order.index[:few])


def chosen(frame: Any, by: Sequence[str], asked: Mapping[str, str | Sequence[str]]) -> Any:
    """The pooled groups whose regions are asked for, summed again by the wanted columns."""
    for name, wanted in asked.items():
        frame = frame[frame[name].isin([wanted] if isinstance(wanted, str) else list(wanted))]
    extra = [name for name in asked if name not in by]
    frame = frame.drop(columns=extra)
    if not extra:
        return frame.reset_index(drop=True)
    sums = frame.groupby(list(by), dropna=False, as_index=False).sum(min_count=1) if by else frame.sum().to_frame().T
    return sums.astype({name: str(frame[name].dtype) for name in frame.columns})
