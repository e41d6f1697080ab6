"""How fresh and complete each export of a shop is for a period: last day, holes, whole days, rows, age of refunds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Any

import pandas as pd

from helpers.definitions.exports import ExportKind
from helpers.period import Period

GREEN, AMBER, RED = "green", "amber", "red"
UNKNOWN = 1970  # the year that stands for an unknown moment of export


@dataclass(frozen=True)
class ExportState:
    """One export of the shop.

    Parameters
    ----------
    code, light : str
        Code of the export; green, amber or red.
    why : tuple of str
        Reasons of the light: missing, empty, early, holes, unfinished, thin, young, refused, quarantined.
    files : int
        Files read.
    last, exported, whole : str
        Last booked day; moment of the newest export; last day that this export shows whole. Empty where unknown.
    rows : int
        Rows in the period; all rows of an export without dates.
    usual : float or None
        Median rows of earlier periods.
    covered, days : int or None
        Days of the period that have data, and days it has; None for an export without dates.
    missing : tuple of str
        Days of the period without data, as ``first..last`` or a single day.
    refund_age : tuple of int or None
        Days that refunds had to arrive for what was paid on the first and the last day of the period.
    quarantined, refused : int
        Rows that wait for a correction; files of this kind that were refused.
    """

    code: str
    light: str
    why: tuple[str, ...]
    files: int
    last: str
    exported: str
    whole: str
    rows: int
    usual: float | None
    covered: int | None
    days: int | None
    missing: tuple[str, ...]
    refund_age: tuple[int, int] | None
    quarantined: int
    refused: int


def states(
    store: Any, shop: str, period: Period, kinds: Sequence[ExportKind], asked: Sequence[str], rules: Mapping[str, Any]
) -> Iterator[ExportState]:
    """The state of every export that the shop has or that a chapter asks for, in the order of their codes."""
    files, waiting = store.files(shop), store.quarantine(shop)
    codes = {row.kind: {word.partition("/")[0] for word in row.kind.split("+")} for row in files.itertuples()}
    present = set().union(*codes.values()) if codes else set()
    for code in sorted({*asked, *present} - {""}):
        own = files[[code in codes[kind] for kind in files["kind"]]]
        of_code = [kind for kind in kinds if kind.code == code]
        if of_code:
            yield _state(store, shop, period, code, of_code, own, waiting, rules)


def _state(
    store: Any, shop: str, period: Period, code: str, kinds: Sequence[ExportKind], files: Any, waiting: Any, rules: Any
) -> ExportState:
    read, refused = files[files["status"] == "read"], int((files["status"] == "refused").sum())
    held = int(waiting["source"].isin(read["sha256"]).sum())
    table = _main_table(store, shop, kinds, read)
    if table is None:
        why = ("missing", *(["refused"] if refused else []))
        return ExportState(code, RED, why, len(read), "", "", "", 0, None, None, None, (), None, held, refused)
    exported, told = store.snapshot(table, shop), read["exported"].max()
    whole = None if pd.isna(told) else whole_until(told.to_pydatetime(), kinds[0].whole_from)
    found = _dated(store, shop, table, period, rules, whole)
    age = _refund_age(period, exported) if table == rules["refund_table"] else None
    young = age is not None and age[1] < rules["refund_days"]
    why = (*found.pop("why"), *_marked(young=young, refused=refused, quarantined=held))
    light = RED if "empty" in why else AMBER if why else GREEN
    moment = f"{exported:%Y-%m-%d %H:%M}" if exported and exported.year > UNKNOWN else ""
    return ExportState(
        code, light, why, len(read), exported=moment, refund_age=age, quarantined=held, refused=refused, **found
    )


def whole_until(exported: datetime, whole_from: str) -> date:
    """The last day whose figures were whole when the export was made."""
    hour, minute = map(int, whole_from.split(":"))
    return exported.date() - timedelta(1 if exported.time() >= time(hour, minute) else 2)


def _main_table(store: Any, shop: str, kinds: Sequence[ExportKind], read: Any) -> str | None:
    """The first table of the export that has rows of the shop."""
    present = set(store.tables(shop))
    fed = {name for names in read["tables"] for name in names.split("+")}
    names = [into.table for kind in kinds for into in kind.into if into.table in present]
    return next((name for name in names if name in fed or not len(read)), None)


def _dated(store: Any, shop: str, table: str, period: Period, rules: Any, whole: date | None) -> dict[str, Any]:
    span = store.span(table, shop)
    if span is None:
        return {
            **dict.fromkeys(("last", "whole"), ""),
            **dict.fromkeys(("usual", "covered", "days")),
            "rows": len(store.frame(table, shop)),
            "missing": (),
            "why": (),
        }
    rows, days = _rows(store, table, shop, period), covered_days(store, table, shop, period)
    earlier = [past for past in period.back(rules["periods_before"] + 1)[:-1] if past.start >= span[0]]
    usual = median(_rows(store, table, shop, past) for past in earlier) if earlier else None
    last = last_day(store, table, shop, span[1])
    daily = "period_end" in store.definitions[table].columns or table in rules["daily"]
    missing = _holes(period, days, min(last, period.end)) if daily else ()
    why = _marked(
        empty=not rows,
        early=rows and last < period.end,
        holes=missing,
        unfinished=whole and period.start <= whole < min(last, period.end),
        thin=rows and usual and rows < usual * rules["usual_share"],
    )
    return {
        "last": str(last),
        "whole": str(whole or ""),
        "rows": rows,
        "usual": usual,
        "covered": len(days),
        "days": period.days,
        "missing": missing,
        "why": why,
    }


def _marked(**marks: Any) -> tuple[str, ...]:
    return tuple(name for name, mark in marks.items() if mark)


def _refund_age(period: Period, exported: datetime | None) -> tuple[int, int] | None:
    if exported is None or exported.year == UNKNOWN:
        return None
    return (exported.date() - period.start).days, max((exported.date() - period.end).days, 0)


def last_day(store: Any, table: str, shop: str, booked: date) -> date:
    """The last day with data; of rows that count a span of days, its end."""
    if "period_end" not in store.definitions[table].columns:
        return booked
    counted: date = store.frame(table, shop, columns=["period_end"])["period_end"].max().date()
    return max(booked, counted)


def _rows(store: Any, table: str, shop: str, period: Period) -> int:
    return int(store.sums(table, shop, ["day"], [], period.start, period.end)["rows"].sum())


def covered_days(store: Any, table: str, shop: str, period: Period) -> set[date]:
    """Days of the period with data; a row that counts a span of days covers all of them."""
    if "period_end" not in store.definitions[table].columns:
        return {day.date() for day in store.sums(table, shop, ["day"], [], period.start, period.end)["day"]}
    spans = store.frame(table, shop, period.start, period.end, ["period_start", "period_end"]).drop_duplicates()
    days = {
        start.date() + timedelta(step)
        for start, end in spans.itertuples(index=False)
        for step in range((end - start).days + 1)
    }
    return {day for day in days if period.start <= day <= period.end}


def _holes(period: Period, days: set[date], last: date) -> tuple[str, ...]:
    """The days without data up to the last one, neighbours put together."""
    wanted = [period.start + timedelta(step) for step in range(period.days)]
    gone = pd.Series([day for day in wanted if day not in days and day <= last], dtype="object")
    if not len(gone):
        return ()
    runs = gone.groupby([day.toordinal() - at for at, day in enumerate(gone)], sort=False)
    return tuple(f"{run.iloc[0]}..{run.iloc[-1]}" if len(run) > 1 else str(run.iloc[0]) for _, run in runs)
