"""Checks of a definition: rows that were read but cannot be true."""

from functools import reduce
from operator import add
from typing import Any

import numpy as np
import pandas as pd

from helpers.definitions.mapping import Check


def met(check: Check, frame: Any) -> Any:
    """Per row whether it meets the check; a column that the file lacks is empty, and a gap meets no comparison."""
    own, found = frame.get(check.column), np.ones(len(frame), dtype=bool)
    if own is None:
        own = pd.Series(None, frame.index, "str")
        if not check.empty:
            return ~found
    by: Any = pd.Timedelta(check.by, "D") if own.dtype.kind == "M" else check.by
    if check.empty is not None:
        found &= (own.isna() == check.empty).to_numpy()
    if check.equals:
        found &= own.isin(check.equals).to_numpy(dtype=bool)
    if check.pattern:
        found &= own.fillna("").str.contains(check.pattern).to_numpy(dtype=bool)
    for limit, sign in ((check.above, 1), (check.below, -1)):
        if limit is not None:
            gap = pd.Series(None, frame.index, own.dtype)
            other = reduce(add, [frame.get(name, gap) for name in limit]) if isinstance(limit, tuple) else limit
            apart = own - other if sign == 1 else other - own
            found &= (apart > by).fillna(False).to_numpy(dtype=bool)
    for other in check.also:
        found &= met(other, frame)
    return found
