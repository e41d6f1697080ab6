"""The only module that talks to a query engine: Ibis on DuckDB, in the subset that gives the same numbers elsewhere.

No approximate or missing functions (distinct counts, quantiles), no bare window lags, no float literals times a column,
divisions guarded, orders of rows always complete, weekdays by index, times without a zone.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import ibis
import pandas as pd
import pyarrow as pa

from helpers.store.delta import arrow_type

LATEST = ("delivered_at", "finished_at")  # of several heads of an order the last counts, of other times the first
DERIVED = ("day", "month", "hour", "weekday")


def connect() -> Any:
    """A connection of its own, in memory."""
    return ibis.duckdb.connect()


def table(con: Any, files: Sequence[str], columns: Mapping[str, str]) -> Any:
    """The files as one table with exactly these columns (name → type); a column that no file has is empty."""
    wanted = pa.schema({name: arrow_type(kind) for name, kind in columns.items()})
    if not len(files):
        return ibis.memtable(wanted.empty_table())
    found, types = (
        con.read_parquet(list(files), union_by_name=True, hive_partitioning=False),
        ibis.Schema.from_pyarrow(wanted),
    )
    known = set(found.columns)
    return found.select(**{name: found[name] if name in known else ibis.null(types[name]) for name in columns})


def booked(rows: Any, columns: Sequence[str]) -> Any:
    """The moment by which a row belongs to a period: the first of the columns that is present."""
    return ibis.coalesce(*(rows[name] for name in columns)) if len(columns) > 1 else rows[columns[0]]


def within(rows: Any, columns: Sequence[str], start: date | None, end: date | None) -> Any:
    """The rows booked in the days from start to end, both included; all where a table is not booked."""
    if not columns:
        return rows
    moment = booked(rows, columns)
    if start is not None:
        rows = rows.filter(moment >= ibis.timestamp(f"{start} 00:00:00"))
    if end is not None:
        rows = rows.filter(booked(rows, columns) < ibis.timestamp(f"{end + pd.Timedelta(days=1)} 00:00:00"))
    return rows


def matching(rows: Any, where: Mapping[str, str | Sequence[str]] | None) -> Any:
    """The rows whose columns equal the given words, or one of them."""
    for name, wanted in (where or {}).items():
        rows = rows.filter(rows[name].isin([wanted] if isinstance(wanted, str) else list(wanted)))
    return rows


def grouped(rows: Any, by: Sequence[str], sums: Sequence[str], columns: Sequence[str]) -> Any:
    """Number of rows and sums by columns or by parts of the booked moment, in the order of ``by``."""
    keys = {name: rows[name] if name in rows.columns else derived(booked(rows, columns), name) for name in by}
    found = rows.select(**keys, **{f"sum_{name}": rows[name] for name in sums})
    totals = {name: found[f"sum_{name}"].sum().cast(found[f"sum_{name}"].type()) for name in sums}
    counted = found.aggregate(by=list(by), rows=found.count(), **totals)
    return counted.order_by(list(by)) if by else counted


def derived(moment: Any, name: str) -> Any:
    """Day (midnight), month (text 2026-10), hour (0-23) or weekday (0 = Monday) of a moment."""
    if name == "day":
        return moment.date().cast("timestamp(6)")
    if name == "month":
        return moment.year().cast("string") + "-" + moment.month().cast("string").lpad(2, "0")
    return (moment.hour() if name == "hour" else moment.day_of_week.index()).cast("int64")


def orders(lines: Any, heads: Any) -> Any:
    """The order lines completed by the heads of their orders.

    Times, status, type, province and buyer of a line win over those of its head. The head's money counts only where no
    line of the order has any, and then stands on its first line. A head without lines becomes one line. ``head_source``
    names the head's file.
    """
    head = _one_per_order(heads)
    first = lines.group_by("order_id").aggregate(
        first_line=lines.line_id.min(), paid_lines=lines.payable_fen.count(), refund_lines=lines.refund_fen.count()
    )
    joined = (
        lines.left_join(first, "order_id").drop("order_id_right").left_join(head, "order_id").drop("order_id_right")
    )
    filled = {
        name: ibis.coalesce(joined[name], joined[f"head_{name}"]) for name in _shared(heads) if name not in _MONEY
    }
    leading = joined.line_id == joined.first_line
    for name, count in _MONEY.items():
        lone = (joined[count] == 0) & joined[f"head_{name}"].notnull()
        filled[name] = ibis.cases((lone & leading, joined[f"head_{name}"]), (lone, 0), else_=joined[name])
    completed = joined.mutate(**filled).select(*lines.columns, "head_source")
    return completed.union(_lone(lines, head, heads))


_MONEY = {"payable_fen": "paid_lines", "refund_fen": "refund_lines"}


def _shared(heads: Any) -> list[str]:
    return [name for name in heads.columns if name not in ("head_id", "order_id", "source", "snapshot")]


def _one_per_order(heads: Any) -> Any:
    found = {"head_source": heads.source.min(), "head_snapshot": heads.snapshot.max()}
    for name in _shared(heads):
        column = heads[name]
        one = column.sum().cast("int64") if name in _MONEY else column.max() if name in LATEST else column.min()
        found[f"head_{name}"] = one
    return heads.group_by("order_id").aggregate(**found)


def _lone(lines: Any, head: Any, heads: Any) -> Any:
    alone = head.anti_join(lines, "order_id")
    own = {name: alone[f"head_{name}"] for name in _shared(heads)}
    own |= {
        "order_id": alone.order_id,
        "line_id": alone.order_id,
        "source": ibis.null("string"),
        "snapshot": alone.head_snapshot,
    }
    columns = {name: own.get(name, ibis.null(kind)).cast(kind) for name, kind in lines.schema().items()}
    return alone.select(**columns, head_source=alone.head_source)


def fetch(found: Any) -> Any:
    """The result as a frame: int64 (Int64 where something is missing), float64, datetime64[us], text as str."""
    frame = found.to_pyarrow().to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
    for name in frame.columns:
        kind = str(frame[name].dtype)
        if kind == "Int64" and not frame[name].isna().any():
            frame[name] = frame[name].astype("int64")
        elif kind == "object":
            frame[name] = frame[name].astype("str")
        elif kind.startswith("datetime64"):
            frame[name] = frame[name].astype("datetime64[us]")
    return frame
