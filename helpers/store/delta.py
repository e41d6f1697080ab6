"""Delta tables by shop and month: created, merged by key with the newest export winning, listed file by file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pandas as pd
import pyarrow as pa
from deltalake import DeltaTable, write_deltalake

from helpers.definitions.tables import MOMENT, REAL, WHOLE, Table, pandas_type
from helpers.errors import XiaodianError

PARTITION = ("shop", "month")
ORIGIN = ("source", "snapshot", "row_hash")
NO_MONTH = "none"
EARLY, LATE = date(1900, 1, 1), date(2200, 1, 1)


@dataclass(frozen=True)
class Pin:
    """One version of a Delta table: its number and its files, one row each (path, shop, month, rows, min.*, max.*)."""

    version: int
    files: Any


def arrow_type(kind: str) -> pa.DataType:
    """The stored type of a column."""
    if kind in WHOLE:
        return pa.int64()
    if kind in REAL:
        return pa.float64()
    return pa.timestamp("us") if kind in MOMENT else pa.bool_() if kind == "flag" else pa.string()


def schema(table: Table) -> pa.Schema:
    """All stored columns of a table."""
    own = {name: arrow_type(kind) for name, kind in table.columns.items()}
    origin = {"source": pa.string(), "snapshot": pa.timestamp("us"), "row_hash": pa.int64()}
    return pa.schema({"shop": pa.string(), "month": pa.string(), **own, **origin})


def pinned(path: Path) -> Pin | None:
    """The newest version of the table at that path, or None where there is none."""
    if not (path / "_delta_log").is_dir():
        return None
    delta = DeltaTable(path)
    if "deletionVectors" in (delta.protocol().reader_features or []):
        raise XiaodianError(
            path.name, "was written with deletion vectors, its files cannot be read alone", "build the store anew"
        )
    files = pa.table(delta.get_add_actions(flatten=True)).to_pandas()
    files = files.rename(columns={"num_records": "rows", "partition.shop": "shop", "partition.month": "month"})
    files["path"] = [str(path / unquote(name)) for name in files["path"]]
    return Pin(delta.version(), files)


def quoted(word: str) -> str:
    """A text as a literal of the SQL in Delta predicates."""
    return "'" + word.replace("'", "''") + "'"


def _any_of(words: Iterable[str]) -> str:
    return "(" + ", ".join(quoted(word) for word in sorted(words)) + ")"


def merge(path: Path, table: Table, shop: str, frame: Any) -> Any:
    """What became of each row: new, changed, same (nothing new in it) or replaced (a newer export has another state).

    Parameters
    ----------
    frame : DataFrame
        Columns of the table (missing ones are empty) with ``source`` and ``snapshot``; its order decides between
        rows of one file with the same key: the last one wins.

    Raises
    ------
    XiaodianError
        A key column is empty.
    """
    rows = _prepared(table, shop, frame)
    stored = _stored(path, table, shop, set(rows["month"]))
    outcome, written = _outcome(table, rows, stored)
    if written.any():
        _write(path, table, shop, rows[written])
    return outcome


def _prepared(table: Table, shop: str, frame: Any) -> Any:
    own = pd.DataFrame({name: _cells(frame, name, kind) for name, kind in table.columns.items()}, index=frame.index)
    empty = [name for name in table.key if own[name].isna().any()]
    if empty:
        raise XiaodianError(f"table {table.name}", f"key {', '.join(empty)} is empty in some rows", "fill it")
    hashed = pd.util.hash_pandas_object(own, index=False).astype("int64")
    month = own[table.month].dt.strftime("%Y-%m").fillna(NO_MONTH) if table.month else NO_MONTH
    origin = {"source": frame["source"].astype("str"), "snapshot": frame["snapshot"].astype("datetime64[us]")}
    return own.assign(shop=shop, month=month, **origin, row_hash=hashed).reset_index(drop=True)


def _cells(frame: Any, name: str, kind: str) -> Any:
    given = frame[name] if name in frame else pd.Series(None, index=frame.index, dtype="object")
    return given.astype(pandas_type(kind))


def _stored(path: Path, table: Table, shop: str, months: set[str]) -> Any:
    names = [*table.key, *ORIGIN]
    if not (path / "_delta_log").is_dir():
        return schema(table).empty_table().to_pandas()[names]
    filters = [("shop", "=", shop)]
    if NO_MONTH not in months:  # a row without a month may have got one since, or the other way round
        filters.append(("month", "in", sorted({*months, NO_MONTH})))  # type: ignore[arg-type]
    return DeltaTable(path).to_pyarrow_table(filters=filters, columns=names).to_pandas()


def _outcome(table: Table, rows: Any, stored: Any) -> tuple[Any, Any]:
    key = list(table.key)
    order = rows.sort_values(["snapshot", "source"], kind="stable")
    last = ~order.duplicated(key, keep="last").sort_index()
    if not len(stored):
        return last.map({True: "new", False: "replaced"}), last
    both = rows[[*key, *ORIGIN]].merge(stored, on=key, how="left", suffixes=("", "_old"))
    new = both["row_hash_old"].isna()
    ahead = (both["snapshot"] > both["snapshot_old"]) | (
        (both["snapshot"] == both["snapshot_old"]) & (both["source"] >= both["source_old"])
    )
    differs = both["row_hash"] != both["row_hash_old"]
    again = (both["snapshot"] == both["snapshot_old"]) & (both["source"] == both["source_old"])
    outcome = pd.Series("same", index=rows.index)
    outcome[differs & ahead] = "changed"
    outcome[differs & ~ahead] = "replaced"
    outcome[new] = "new"
    outcome[~last] = "replaced"
    return outcome, last & (new | (ahead & (differs | ~again)))


def _write(path: Path, table: Table, shop: str, rows: Any) -> None:
    data = pa.Table.from_pandas(rows, schema=schema(table), preserve_index=False)
    if not (path / "_delta_log").is_dir():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_deltalake(path, data, partition_by=list(PARTITION))
        return
    delta = DeltaTable(path)
    _add_columns(delta, table)
    months = set(rows["month"])
    where = [f"t.shop = {quoted(shop)}", *(f"t.{name} = s.{name}" for name in table.key)]
    if NO_MONTH not in months:
        where.append(f"t.month IN {_any_of({*months, NO_MONTH})}")
    merger = delta.merge(data, " AND ".join(where), source_alias="s", target_alias="t")
    merger.when_matched_update_all().when_not_matched_insert_all().execute()


def _add_columns(delta: DeltaTable, table: Table) -> None:
    from deltalake import Schema

    known = {field.name for field in delta.schema().fields}
    missing = [field for field in schema(table) if field.name not in known]
    if missing:
        delta.alter.add_columns(list(Schema.from_arrow(pa.schema(missing)).fields))


def forget(path: Path, shop: str, sources: Iterable[str]) -> None:
    """Take out of a table all rows that came from the given files of a shop."""
    DeltaTable(path).delete(f"shop = {quoted(shop)} AND source IN {_any_of(sources)}")


def overwrite(path: Path, shop: str, data: pa.Table) -> None:
    """Put the rows in place of all rows of the shop in a small table without months."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if (path / "_delta_log").is_dir():
        write_deltalake(path, data, mode="overwrite", predicate=f"shop = {quoted(shop)}")
    else:
        write_deltalake(path, data, partition_by=["shop"])


def rows_of(path: Path, shop: str, schema: pa.Schema) -> Any:
    """All rows of a shop in a small table as a frame."""
    if not (path / "_delta_log").is_dir():
        return schema.empty_table().to_pandas()
    return DeltaTable(path).to_pyarrow_table(filters=[("shop", "=", shop)]).select(schema.names).to_pandas()


def between(pin: Pin, shop: str, columns: Sequence[str], start: date | None, end: date | None) -> Any:
    """The shop's files that may hold a moment of the days in one of the columns; all, where statistics do not say."""
    files = pin.files[pin.files["shop"] == shop]
    if not columns or (start is None and end is None):
        return files
    low, until = pd.Timestamp(start or EARLY), pd.Timestamp(end or LATE) + pd.Timedelta(1, "D")
    hit = pd.Series(False, index=files.index)
    for name in columns:
        if f"min.{name}" not in files:
            return files
        least, most = files[f"min.{name}"], files[f"max.{name}"]
        silent = least.isna() & (files[f"null_count.{name}"] != files["rows"])
        hit |= silent | ((least < until) & (most >= low - pd.Timedelta(1, "ms")))  # statistics are cut to milliseconds
    return files[hit]
