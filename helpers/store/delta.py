"""Delta tables by shop and month: which columns they store, which files one version has, which of these matter."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pandas as pd
import pyarrow as pa
from deltalake import DeltaTable, Schema
from deltalake.exceptions import DeltaError

from helpers.definitions.tables import MOMENT, REAL, WHOLE, Table
from helpers.errors import XiaodianError

PARTITION = ("shop", "month")
ORIGIN = {"rounded": pa.string(), "source": pa.string(), "snapshot": pa.timestamp("us")}
NAMES = {"num_records": "rows", "partition.shop": "shop", "partition.month": "month"}  # in the log, here
NO_MONTH = "none"
EARLY, LATE = date(1900, 1, 1), date(2200, 1, 1)


@dataclass(frozen=True)
class Pin:
    """One version of a Delta table: its number, and what the log says of its files."""

    version: int
    actions: pa.Table

    @cached_property
    def files(self) -> Any:
        """Its files, one row each (path, shop, month, rows, min.*, max.*, null_count.*)."""
        return self.actions.to_pandas()

    def rows(self, shop: str) -> int:
        """How many rows the shop has in it."""
        own = self.actions.select(["shop", "rows"]).to_pydict()
        return sum(rows for name, rows in zip(own["shop"], own["rows"], strict=True) if name == shop)


def arrow_type(kind: str) -> pa.DataType:
    """The stored type of a column."""
    if kind in WHOLE:
        return pa.int64()
    if kind in REAL:
        return pa.float64()
    return pa.timestamp("us") if kind in MOMENT else pa.bool_() if kind == "flag" else pa.string()


def own(table: Table) -> pa.Schema:
    """The columns of a table and the names of the rounded ones: what makes the state of a row."""
    kinds = {name: arrow_type(kind) for name, kind in table.columns.items()}
    return pa.schema({**kinds, "rounded": ORIGIN["rounded"]})


def schema(table: Table) -> pa.Schema:
    """All stored columns of a table."""
    return pa.schema([*((name, pa.string()) for name in PARTITION), *own(table), *list(pa.schema(ORIGIN))[1:]])


def exists(path: Path) -> bool:
    """Whether a table was ever written there; a folder that a killed run left without a commit is none."""
    return (path / "_delta_log").is_dir() and DeltaTable.is_deltatable(str(path))


def pinned(path: Path, version: int | None = None) -> Pin | None:
    """One version of the table at that path, by default the newest, or None where there is no table.

    Raises
    ------
    XiaodianError
        The version was cleaned up, or another program wrote it in a way that its files alone do not tell.
    """
    if not exists(path):
        return None
    gone = XiaodianError(
        path.name, f"version {version} is not there", "it was cleaned up, or never was; use a later one"
    )
    try:
        delta = DeltaTable(path, version=version)
    except DeltaError:
        raise gone from None
    if "deletionVectors" in (delta.protocol().reader_features or []):
        raise XiaodianError(
            path.name, "was written with deletion vectors, its files cannot be read alone", "build the store anew"
        )
    found = pa.table(delta.get_add_actions(flatten=True))
    found = found.rename_columns([NAMES.get(name, name) for name in found.column_names])
    places = [str(path / unquote(name)) for name in found["path"].to_pylist()]
    if version is not None and not all(map(os.path.exists, places)):
        raise gone
    at = found.column_names.index("path")
    return Pin(delta.version(), found.set_column(at, "path", pa.array(places, pa.string())))


def of_shop(path: Path, shop: str) -> Any:
    """The files of a shop in the newest version, one row each; none where there is no table."""
    pin = pinned(path)
    files = pd.DataFrame({"path": [], "shop": [], "month": [], "rows": []}) if pin is None else pin.files
    return files[files["shop"] == shop]


def stored_schema(path: Path, wanted: pa.Schema) -> pa.Schema:
    """The columns of the table at that path once the wanted ones have been added to it; a text column stays if unwanted.

    Raises
    ------
    XiaodianError
        It holds a column as another type.
    """
    if not exists(path):
        return wanted
    delta = DeltaTable(path)
    known = pa.schema(delta.schema())
    missing = [field for field in wanted if field.name not in known.names]
    for field in wanted:
        if field.name in known.names and known.field(field.name).type != field.type:
            stored = known.field(field.name).type
            todo = "name the column differently, or move the store away and import the exports again"
            raise XiaodianError(f"{path.name}.{field.name}", f"is stored as {stored}, not as {field.type}", todo)
    if missing:
        delta.alter.add_columns(list(Schema.from_arrow(pa.schema(missing)).fields))
    return pa.schema([*known, *missing])


def told(files: Any) -> list[str]:
    """The columns of which statistics tell least and greatest value."""
    return [name[4:] for name in files.columns if name.startswith("min.") and files[name].notna().any()]


def overlapping(files: Any, column: str, least: Any, most: Any) -> Any:
    """The files that may hold a value from least to most in a column; all, where statistics do not say."""
    if f"min.{column}" not in files:
        return files
    low, high = files[f"min.{column}"], files[f"max.{column}"]
    silent = low.isna() | high.isna()
    inside = pd.Series(False, index=files.index)
    inside[~silent] = (low[~silent] <= most) & (high[~silent] >= least)
    return files[silent | inside]


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
