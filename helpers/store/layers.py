"""Exports that have fewer columns than others of the same rows: none may empty what another one told.

Rows are stored once per set of columns (``layer``), the newest state of each; a reader sees one row per key, each of its
cells from the newest export that says something there.
"""

from dataclasses import replace
from typing import Any

from helpers.definitions.tables import Table

LAYER = "layer"
PLAIN = "all"


def stored(table: Table) -> Table:
    """The table as it lies on the disk: its key tells layers apart."""
    return replace(table, key=(*table.key, LAYER), columns={**table.columns, LAYER: "text"})


def marked(frame: Any) -> Any:
    """The rows with a layer; rows of no file in particular are of the plain one."""
    return frame if LAYER in frame else frame.assign(**{LAYER: PLAIN})


def several(files: Any) -> bool:
    """Whether these files hold more than one layer."""
    ends = [files[name] for name in (f"min.{LAYER}", f"max.{LAYER}") if name in files]
    return len({layer for end in ends for layer in end.dropna()}) > 1
