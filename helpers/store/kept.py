"""A small table kept in memory as one frame, from which any period is a slice: a shop's page asks hundreds of times."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from helpers.definitions.tables import Table
from helpers.store import delta, layers, parts
from helpers.store.frames import framed

MOMENT = "booked moment"


@dataclass(frozen=True)
class Kept:
    """All rows of a shop's table by booked moment and key, those without a moment last.

    Parameters
    ----------
    rows : DataFrame
        Its columns, and where each row came from.
    moments : array of datetime64, or None
        Booked moments of the first rows, as many as have one; None where the table is not booked.
    """

    rows: Any
    moments: Any

    def between(self, start: date | None, end: date | None) -> Any:
        """The rows booked in the days from start to end, both included; all where both are None or nothing is booked."""
        if self.moments is None or (start is None and end is None):
            return self.rows
        first = 0 if start is None else np.searchsorted(self.moments, np.datetime64(start), "left")
        until = len(self.moments) if end is None else np.searchsorted(self.moments, np.datetime64(end) + 1, "left")
        return self.rows.iloc[first:until].reset_index(drop=True)

    def span(self) -> tuple[date, date] | None:
        """First and last booked day, or None where none is booked."""
        if self.moments is None or not len(self.moments):
            return None
        first, last = pd.to_datetime(self.moments[[0, -1]])
        return first.date(), last.date()


class Told(dict[str, int]):
    """What a frame carries about its origin: pandas copies it deeply with nearly every step unless it says that it need not."""

    def __deepcopy__(self, memo: Any) -> "Told":
        """Itself: nobody changes it."""
        return self


def read(files: Any, seen: Any, definition: Table) -> Kept:
    """A table out of its files and those of its register, in the order in which the engine would give it."""
    columns = [field for field in delta.schema(definition) if field.name not in delta.PARTITION]
    rows = _united(files, seen, definition, columns) if layers.several(files) else _gathered(files, columns)
    if definition.booked:
        rows = rows.append_column(MOMENT, pc.coalesce(*(rows[name] for name in definition.booked)))
    order = [MOMENT, *definition.key] if definition.booked else definition.key
    return keep(framed(rows.sort_by([(name, "ascending") for name in order])))


def _united(files: Any, seen: Any, definition: Table, columns: Sequence[pa.Field]) -> pa.Table:
    mark = pa.field(layers.LAYER, pa.string())
    told = [field for field in columns if field.name in (*definition.key, "snapshot")]
    confirmed = _gathered(seen, [*told, mark]) if len(seen) else None
    rows = layers.united(_gathered(files, [*columns, mark]), definition.key, confirmed)
    return rows.select([field.name for field in columns])


def _gathered(files: Any, columns: Sequence[pa.Field]) -> pa.Table:
    schema = pa.schema(columns)
    return pa.concat_tables([schema.empty_table(), *(parts.read(file, schema) for file in files["path"])])


def keep(rows: Any) -> Kept:
    """The rows of a table, in order, with their booked moments beside its own columns where it is booked."""
    rows = typed(rows)  # a column without a gap has none in any period
    if MOMENT not in rows:
        return Kept(rows, None)
    return Kept(rows.drop(columns=MOMENT), rows[MOMENT].dropna().to_numpy())


def typed(rows: Any) -> Any:
    """The rows with whole numbers as int64 in the columns where none is missing."""
    sound = {
        name: "int64" for name, kind in rows.dtypes.items() if kind == pd.Int64Dtype() and not rows[name].isna().any()
    }
    return rows.astype(sound) if sound else rows
