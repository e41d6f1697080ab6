"""The rows that arrive: in the types of the store, the newest of each key, by month."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from helpers.definitions.tables import Table, pandas_type
from helpers.errors import XiaodianError
from helpers.store import delta


def prepared(table: Table, frame: Any) -> pa.Table:
    """The rows in the stored types, with ``rounded``, ``source`` and ``snapshot``."""
    kinds = {**table.columns, "rounded": "text", "source": "text", "snapshot": "time"}
    rows = pa.table({name: _column(table, frame, name, kind) for name, kind in kinds.items()})
    for name in (*table.key, "source", "snapshot"):
        column = rows[name]
        blank = pa.types.is_string(column.type) and pc.any(pc.equal(column, "")).as_py()
        if column.null_count or blank:
            raise XiaodianError(f"table {table.name}", f"{name} is empty in some rows", "fill it")
    return rows


def _column(table: Table, frame: Any, name: str, kind: str) -> Any:
    stored = delta.arrow_type(kind)
    if name not in frame:
        return pa.nulls(len(frame), stored)
    try:
        cells = pa.array(frame[name].astype(pandas_type(kind)), from_pandas=True)
        return cells.cast(stored)
    except (TypeError, ValueError) as error:  # of pandas and of Arrow
        what = f"cannot be stored as {kind}: {error}"
        raise XiaodianError(f"table {table.name}.{name}", what, "correct the definition of the export") from None


def newest(rows: pa.Table, table: Table) -> Any:
    """Which rows are the newest of their key among those that arrive."""
    order = np.arange(len(rows))
    if len(rows["snapshot"].unique()) > 1 or len(rows["source"].unique()) > 1:
        codes, _ = pd.factorize(rows["source"].to_pandas(), sort=True)
        order = np.lexsort((codes, rows["snapshot"].cast(pa.int64()).to_numpy()))
    rank = np.empty_like(order)
    rank[order] = np.arange(len(rows))
    best = rows.select(table.key).append_column("rank", pa.array(rank)).group_by(table.key).aggregate([("rank", "max")])
    last = np.zeros(len(rows), dtype=bool)
    last[order[best["rank_max"].to_numpy()]] = True
    return last


def by_month(rows: pa.Table, table: Table, places: Any) -> dict[str, Any]:
    """The rows at these places by the month that they are stored under."""
    if not table.month or not len(places):
        return {delta.NO_MONTH: places} if len(places) else {}
    months = rows[table.month].to_numpy()[places].astype("datetime64[M]")
    labels, codes = np.unique(months, return_inverse=True)
    names = [delta.NO_MONTH if np.isnat(label) else str(label) for label in labels]
    return {name: places[codes == at] for at, name in enumerate(names)}
