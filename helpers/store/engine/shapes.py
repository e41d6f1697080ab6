"""Rows of a period, rows that match, groups and their sums."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import ibis
import pandas as pd

DERIVED = ("day", "month", "hour", "weekday")


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
