"""Days of a file: those that cannot be, those that its name tells otherwise, and those that were not whole when it was made."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import reduce
from typing import Any

import pandas as pd

from helpers.definitions.tables import Table
from helpers.ingest import columns, recognise
from helpers.ingest.quarantine import sound
from helpers.ingest.refusal import words
from helpers.ingest.rules import RawSheet

Frames = Sequence[tuple[str, Any]]
MOMENT = "%Y-%m-%d %H:%M"


def periods(sheet: RawSheet, frames: Frames) -> None:
    """Give the rows of period totals their counting period; rows without one are set aside.

    Raises
    ------
    Refusal
        No row has one.
    """
    if not sheet.kind.period:
        return
    start, end, agreed = recognise.periods(sheet.raw, sheet.kind, sheet.path.name, sheet.formats)
    if len(start) and start.isna().all():
        raise sheet.refusal("no_period", "rename")
    for _, frame in frames:
        frame["period_start"] = start.to_numpy()[frame["position"]]
        frame["period_end"] = end.to_numpy()[frame["position"]]
        places = frame["position"][frame["period_start"].isna()].tolist()
        rows = sheet.raw.index.to_numpy()[places].tolist()
        sheet.aside.add(places, rows, "period", [""] * len(places), "no_period")
    if not agreed:
        inside = f"{start.min():%Y-%m-%d}..{end.max():%Y-%m-%d}"
        message = sheet.formats["messages"]["other_period"]
        sheet.problems.append(words(message, name=sheet.path.name, inside=inside))


def exported(sheet: RawSheet, frames: Frames, tables: Mapping[str, Table], zone: str) -> datetime:
    """When the file was exported: as its name tells, unless most rows are later, else the newest moment in it.

    Rows booked too early, or later than that, are set aside.
    """
    limits, kind = sheet.formats["booking"], sheet.kind
    booked = _late_enough(sheet, frames, tables, pd.Timestamp(kind.earliest or limits["earliest"]))
    named = recognise.name_snapshot(sheet.path.name, kind, sheet.formats, zone)
    moments = pd.concat([column for _, _, column in booked] or [pd.Series(dtype="M8[us]")]).dropna()
    if named:
        latest = pd.Timestamp(named) + pd.Timedelta(limits["late_days"], "D")
        if (moments > latest).mean() > sheet.formats["quarantine_share"]:
            slots = {"named": f"{named:{MOMENT}}", "inside": f"{moments.max():{MOMENT}}"}
            sheet.problems.append(words(sheet.formats["messages"]["other_moment"], **slots))
            named = None
    if not named and len(moments):
        middle = moments.astype("datetime64[us]").quantile(0.5, interpolation="lower")
        latest = middle + max(pd.Timedelta(limits["ahead_days"], "D"), 2 * (middle - moments.min()))
    for name, title, column in booked if len(moments) else []:
        _mark(sheet, name, title, column[column > latest], "future")
    if named:
        return named
    kept = [(name, sound(sheet, frame)) for name, frame in frames]
    return recognise.inside_snapshot(sheet.raw, kept, kind, tables, sheet.formats)


def _late_enough(
    sheet: RawSheet, frames: Frames, tables: Mapping[str, Table], first: pd.Timestamp
) -> list[tuple[str, str, Any]]:
    """The columns that book rows, without those booked too early, which are set aside."""
    before, booked = len(sheet.aside.first), _booked(sheet, frames, tables)
    for name, title, column in booked:
        _mark(sheet, name, title, column[column < first], "early")
    return booked if len(sheet.aside.first) == before else _booked(sheet, frames, tables)


def _booked(sheet: RawSheet, frames: Frames, tables: Mapping[str, Table]) -> list[tuple[str, str, Any]]:
    """The columns that book rows, those of sound rows only, by their place in the sheet."""
    found = []
    for into, (table, frame) in zip(sheet.kind.into, frames, strict=True):
        booking = dict.fromkeys([*tables[table].booked, tables[table].month]) if not into.ahead else ()
        names = [name for name in booking if name in frame]
        rows = sound(sheet, frame)
        for name in names:
            column, moments = into.columns.get(name), pd.Series(rows[name].array, rows["position"])
            found.append((name, sheet.title(column.headers) if column else name, moments))
    return found


def _mark(sheet: RawSheet, name: str, title: str, wrong: Any, reason: str) -> None:
    if len(wrong):
        places = wrong.index.tolist()
        rows, shown = sheet.raw.index.to_numpy()[places].tolist(), [f"{moment:{MOMENT}}" for moment in wrong]
        sheet.aside.add(places, rows, title, shown, reason)


def told_hour(moment: datetime | None) -> datetime | None:
    """The moment, if it is more than a day."""
    return moment if moment and moment.time().replace(microsecond=0) != time() else None


def moment(frame: Any, names: Sequence[str]) -> Any:
    """Per row the moment that books it: the first of the columns that is filled."""
    columns = [frame[name] for name in names if name in frame] or [pd.Series(pd.NaT, index=frame.index)]
    return reduce(lambda first, then: first.fillna(then), columns)


def compare(sheet: RawSheet, frames: Frames, tables: Mapping[str, Table], exported: datetime | None) -> None:
    """Tell the days that were not yet whole, and days that differ from those in the file's name."""
    _pending(sheet)
    moments = [
        sound(sheet, frame)["period_end"] if sheet.kind.period else moment(sound(sheet, frame), tables[name].booked)
        for into, (name, frame) in zip(sheet.kind.into, frames, strict=True)
        if not into.ahead
    ]
    booked = pd.concat([column.dropna() for column in moments] or [pd.Series(dtype="M8[us]")])
    if not len(booked):
        return
    first, last = booked.min().date(), booked.max().date()
    if exported and last > (whole := sheet.kind.whole_until(exported)):
        days = _span(max(first, whole + timedelta(1)), last)
        message = sheet.formats["messages"]["unfinished"]
        sheet.problems.append(words(message, days=days, moment=f"{exported:{MOMENT}}"))
    elif (day := recognise.updated(sheet.path.stem, sheet.formats)) and not exported and last >= day:
        sheet.problems.append(words(sheet.formats["messages"]["updated"], day=day))
    if not sheet.kind.period:
        _named(sheet, booked, [tables[name] for name, _ in frames])


def _named(sheet: RawSheet, booked: Any, fed: Sequence[Table]) -> None:
    """Tell rows outside the days of the file's name, and days without rows where there should be some every day."""
    first, last, named = booked.min().date(), booked.max().date(), recognise.dates(sheet.path.stem, sheet.formats)
    if named is None or named[0] >= named[1]:
        return
    share = ((last - first).days + 1) / ((named[1] - named[0]).days + 1)
    dense = not sheet.kind.template and all(table.columns[name] == "day" for table in fed for name in table.booked)
    missing = pd.date_range(*named).difference(booked.dt.normalize())
    if first < named[0] or last > named[1] or (dense and share < sheet.formats["booking"]["named_share"]):
        message = sheet.formats["messages"]["other_days"]
        sheet.problems.append(words(message, name=_span(*named), inside=_span(first, last)))
    elif any(table.daily for table in fed) and len(missing):
        days = ", ".join(f"{day:%m-%d}" for day in missing[: sheet.formats["shown"]])
        message = sheet.formats["messages"]["missing_days"]
        sheet.problems.append(words(message, name=_span(*named), n=len(missing), days=days))


def _pending(sheet: RawSheet) -> None:
    message, size = sheet.formats["messages"]["pending"], len(sheet.raw)
    for names in columns.bunches([name for name in sheet.raw.columns if name in sheet.titles], size):
        found = columns.pending(columns.joined([sheet.raw[name] for name in names]), sheet.formats)
        for name, said in zip(names, found.reshape(len(names), size), strict=True):
            if n := int(said.sum()):
                sheet.problems.append(words(message, column=sheet.titles[name], n=n))


def _span(first: date, last: date) -> str:
    return str(first) if first == last else f"{first}..{last}"
