"""Which kind of export a sheet is, when it was made, and which period it counts."""

import contextlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from helpers.definitions.exports import ExportKind
from helpers.definitions.mapping import Column, Rule, header
from helpers.definitions.tables import Table
from helpers.ingest import values
from helpers.ingest.readers import Sheet, ending
from helpers.ingest.refusal import Refusal, words

EPOCH = datetime(1970, 1, 1)


@dataclass(frozen=True)
class Match:
    """A sheet, its kind, and where in it the header stands."""

    sheet: Sheet
    kind: ExportKind
    row: int
    headers: tuple[str, ...]

    def titles(self) -> dict[str, str]:
        """Normalised header → header as the file prints it."""
        return dict(zip(self.headers, self.sheet.head[self.row], strict=True))

    def raw(self) -> Any:
        """The columns that the kind's definition names, and no others; the index holds row numbers."""
        wanted = used_headers(self.kind)
        places = {name: at for at, name in reversed(list(enumerate(self.headers))) if name in wanted}
        frame = self.sheet.body(self.row + 1, list(places.values())).set_axis(list(places), axis=1)
        return frame.set_axis(pd.RangeIndex(self.row + 2, self.row + 2 + len(frame)))


def used_headers(kind: ExportKind) -> set[str]:
    """All headers, with their other spellings, that the definition reads."""
    found = {header(name) for names in kind.required for name in names}
    for rule in (*kind.snapshot, *kind.period):
        found |= {header(name) for name in rule.partition(":")[2].split("|") if name}
    for into in kind.into:
        found |= _of_rules((*into.keep, *into.drop))
        for column in into.columns.values():
            found |= _of_column(column)
    return found | _of_rules(kind.refuse)


def _of_rules(rules: Iterable[Rule]) -> set[str]:
    return {name for rule in rules for name in {*rule.headers, *_of_rules(rule.also)}}


def _of_column(column: Column) -> set[str]:
    parts = [*column.parts, *([column.otherwise] if column.otherwise else [])]
    return {*column.headers, *_of_rules(column.when), *(name for part in parts for name in _of_column(part))}


def matches(path: Path, found: Sequence[Sheet], kinds: Sequence[ExportKind], formats: Mapping[str, Any]) -> list[Match]:
    """The sheets of a file that are to be read, with their kinds.

    Raises
    ------
    Refusal
        No sheet has the headers of any kind; names the nearest kind and the headers it lacks.
    """
    usable = [kind for kind in kinds if ending(path) in kind.formats]
    known = [match for sheet in found if (match := _match(sheet, usable))]
    named = [match for match in known if not match.kind.sheets or match.sheet.name in match.kind.sheets]
    if known:
        return named or known[:1]
    raise _stranger(path, found, usable, formats)


def _match(sheet: Sheet, kinds: Sequence[ExportKind]) -> Match | None:
    for at, row in enumerate(sheet.head):
        headers = tuple(header(cell) for cell in row)
        fitting = [kind for kind in kinds if _fits(kind, set(headers))]
        if fitting:
            best = min(fitting, key=lambda kind: (kind.rank, -len(kind.required)))
            return Match(sheet, best, at, headers)
    return None


def _fits(kind: ExportKind, headers: set[str]) -> bool:
    return not _missing(kind, headers) and not headers & set(map(header, kind.forbidden))


def _missing(kind: ExportKind, headers: set[str]) -> list[str]:
    return [names[0] for names in kind.required if not headers & set(map(header, names))]


def _stranger(path: Path, found: Sequence[Sheet], kinds: Sequence[ExportKind], formats: Mapping[str, Any]) -> Refusal:
    messages, todo = formats["messages"], formats["todo"]
    rows = [{header(cell) for cell in row} - {""} for sheet in found for row in sheet.head]
    ranked = [
        (len(row & used_headers(kind)) / len(used_headers(kind)), 1 - len(_missing(kind, row)) / len(kind.required), at)
        for row in rows
        for at, kind in enumerate(kinds)
    ]
    overlap, share, at = max(ranked, key=lambda entry: entry[:2], default=(0.0, 0.0, 0))
    if not overlap:
        return Refusal(path.name, words(messages["unknown"]), words(todo["define"]), "unknown")
    kind = kinds[at]
    row = max(rows, key=lambda row: len(row & used_headers(kind)))
    slots = {"kind": kind.name, "headers": ", ".join(_missing(kind, row)) or "/".join(kind.forbidden)}
    if share >= formats["same_kind"]:
        return Refusal(path.name, words(messages["missing"], **slots), words(todo["where"], where=kind.where))
    return Refusal(path.name, words(messages["nearest"], **slots), words(todo["define"]), "unknown")


# moments ---------------------------------------------------------------------------------------------------------


def name_snapshot(name: str, kind: ExportKind, formats: Mapping[str, Any], zone: str) -> datetime | None:
    """The moment of export that the file's name tells, in the shop's time; a ``(2)`` makes it a little later."""
    stem = Path(name).stem
    for rule in kind.snapshot:
        if rule == "name_unix" and (seconds := re.search(formats["name_unix"], stem)):
            return datetime.fromtimestamp(int(seconds[1]), ZoneInfo(zone)).replace(tzinfo=None)
        if rule == "name_date" and (moments := _named(stem, formats)):
            copy = re.search(formats["name_copy"], stem)
            return moments[-1].replace(microsecond=int(copy[1]) if copy else 0)
    return None


def _named(text: str, formats: Mapping[str, Any]) -> list[datetime]:
    found = []
    for match in re.finditer(formats["name_date"], text):
        parts = [int(part or 0) for part in match.groups()]
        with contextlib.suppress(ValueError):  # digits that no calendar has, such as a 31st of February
            found.append(datetime(*parts))  # type: ignore[arg-type]
    return found


def inside_snapshot(
    raw: Any,
    frames: Iterable[tuple[str, Any]],
    kind: ExportKind,
    tables: Mapping[str, Table],
    formats: Mapping[str, Any],
) -> datetime:
    """The newest moment that the rows tell: a column named by the rule, else the moments that place rows in time."""
    for rule in kind.snapshot:
        names = [header(name) for name in rule.partition(":")[2].split("|")]
        cells = {cell for name in names if name in raw for cell in raw[name].dropna().unique()}
        if times := [found for cell in cells if (found := _time(cell, formats))]:
            return max(times)
    latest = [frame[name].max() for table, frame in frames for name in tables[table].moments if name in frame]
    latest = [moment for moment in latest if not pd.isna(moment)]
    return max(latest).to_pydatetime() if latest else EPOCH


def _time(cell: str, formats: Mapping[str, Any]) -> datetime | None:
    try:
        return values.moment(cell, (), formats)
    except (ValueError, ArithmeticError):
        return None


def dates(text: str, formats: Mapping[str, Any]) -> tuple[date, date] | None:
    """First and last day that a text such as ``20261001-20261031`` names; one day counts as both."""
    found = [moment.date() for moment in _named(text, formats)]
    return (found[0], found[1] if len(found) > 1 else found[0]) if found else None


def periods(raw: Any, kind: ExportKind, name: str, formats: Mapping[str, Any]) -> tuple[Any, Any, bool]:
    """First and last day of each row's counting period, and whether name and rows agree; dates inside win."""
    named = dates(Path(name).stem, formats) if "name" in kind.period else None
    wanted = [header(rule.partition(":")[2]) for rule in kind.period if rule.startswith("column")]
    column = next((raw[name] for name in wanted if name in raw), None)
    texts = pd.Series("", index=raw.index, dtype="str") if column is None else column.fillna("")
    spans = {text: dates(text, formats) or named for text in texts.unique()}
    agreed = named is None or set(spans.values()) <= {named}
    return _days(texts, spans, 0), _days(texts, spans, 1), agreed


def _days(texts: Any, spans: Mapping[str, tuple[date, date] | None], at: int) -> Any:
    days = {text: pd.Timestamp(span[at]) if span else pd.NaT for text, span in spans.items()}
    return texts.map(days).astype("datetime64[us]")
