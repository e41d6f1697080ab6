"""Exports that have fewer columns than others of the same rows: none may empty what another one told.

Rows are stored once per set of columns (``layer``), the newest state of each; a reader sees one row per key, each of its
cells from the newest export that says something there.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from helpers.definitions.tables import Table

LAYER = "layer"
PLAIN = "all"
PLACE = "place of a row"


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


def united(rows: pa.Table, key: Sequence[str], seen: pa.Table | None) -> pa.Table:
    """Each key once, its cells from the newest export that says something there, in any order; as the engine, for small tables.

    ``seen`` holds the newest export that confirmed a stored row, which then is as new as that; None: nothing was.
    """
    if seen is not None:
        rows = _confirmed(rows, [*key, LAYER], seen)
    places = rows.select(key).append_column(PLACE, pa.array(np.arange(rows.num_rows)))
    told = places.group_by(key, use_threads=False).aggregate([(PLACE, "min"), (PLACE, "count")])
    alone = told.filter(pc.equal(told[f"{PLACE}_count"], 1))[f"{PLACE}_min"].to_numpy()
    others = [name for name in rows.column_names if name not in (*key, LAYER)]
    if len(alone) == rows.num_rows:  # nothing to unite: so it mostly is, and to do it takes long
        return rows.select([*key, *others])
    several = rows.take(np.setdiff1d(np.arange(rows.num_rows), alone))
    several = several.sort_by([(name, "ascending") for name in ("snapshot", "source", LAYER)])
    last = [(name, "last") for name in others]  # the last that is not empty
    found = several.group_by(key, use_threads=False).aggregate(last)
    found = found.select([*key, *(f"{name}_last" for name in others)]).rename_columns([*key, *others])
    return pa.concat_tables([rows.take(alone).select(found.column_names), found])


def _confirmed(rows: pa.Table, key: Sequence[str], seen: pa.Table) -> pa.Table:
    told = seen.select([*key, "snapshot"]).rename_columns([*key, "confirmed"])
    both = rows.join(told, list(key))
    newest = pc.max_element_wise(both["snapshot"], both["confirmed"])
    return both.set_column(both.column_names.index("snapshot"), "snapshot", newest).select(rows.column_names)
