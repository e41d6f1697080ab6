"""How a top list changes from one period to the next."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd


class Turnover(NamedTuple):
    """What stayed and what changed between two top lists.

    ``moves``: one row per item in either list: item, before, after (rank in the whole period, missing where it was not
    sold), kind (kept, entered, left). ``overlap``: items in both lists over the length of the longer one, 0-1, NaN
    when both are empty.
    """

    moves: Any
    kept: int
    entered: int
    left: int
    overlap: float


def top_turnover(before: Mapping[str, float], after: Mapping[str, float], top: int = 10) -> Turnover:
    """Which items stayed in, entered and left the top list, by value per item in both periods.

    Of equal values the item whose name sorts first ranks first; items without a positive value have no rank.

    Source: overlap of top-k lists, Fagin, Kumar & Sivakumar (2003), SIAM J Discrete Math 17:134-160.
    """
    old, new = _ranks(before), _ranks(after)
    was, now = ({item for item, rank in ranks.items() if rank <= top} for ranks in (old, new))
    items = sorted(was | now, key=lambda item: (new.get(item, len(new) + old.get(item, 0)), item))
    moves = pd.DataFrame(
        {
            "item": items,
            "before": pd.array([old.get(item) for item in items], dtype="Int64"),
            "after": pd.array([new.get(item) for item in items], dtype="Int64"),
            "kind": ["kept" if item in was & now else "entered" if item in now else "left" for item in items],
        }
    )
    longest = max(len(was), len(now))
    overlap = len(was & now) / longest if longest else float("nan")
    return Turnover(moves, len(was & now), len(now - was), len(was - now), overlap)


def _ranks(values: Mapping[str, float]) -> dict[str, int]:
    sold = [item for item, value in values.items() if value > 0]
    return {item: place for place, item in enumerate(sorted(sold, key=lambda item: (-values[item], item)), start=1)}
