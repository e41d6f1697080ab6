"""One file on its way into the store, and one of its sheets."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np

from helpers.ingest.convert import Frames
from helpers.ingest.report import Entry
from helpers.ingest.rules import RawSheet


@dataclass
class Reading:
    """One file on its way into the store.

    Parameters
    ----------
    entry : Entry
        What became of it.
    frames : list of (str, DataFrame)
        Its rows by table.
    reasons : array of str
        Per raw row why it was dropped, or `quarantine.MARK`; empty where it is used.
    numbers : array of int
        Per raw row its number as a spreadsheet counts.
    aside : list of dict
        The rows set aside, as the store lists them.
    corrected : set of (str, str, int)
        Rows set aside earlier, by source, sheet and row, that come back with this file.
    """

    entry: Entry
    frames: Frames = field(default_factory=list)
    reasons: Any = field(default_factory=lambda: np.empty(0, dtype=object))
    numbers: Any = field(default_factory=lambda: np.empty(0, dtype=int))
    aside: list[dict[str, Any]] = field(default_factory=list)
    corrected: set[tuple[str, str, int]] = field(default_factory=set)


@dataclass(frozen=True)
class Look:
    """One sheet: its raw rows, its rows by table, why each was dropped, when it was exported and whether the name told that."""

    sheet: RawSheet
    frames: Frames
    reasons: Any
    taken: datetime
    told: datetime | None
