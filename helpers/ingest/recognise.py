"""Which kind of export a sheet is, when it was made, and which period it counts."""

import contextlib
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from helpers.definitions.exports import ExportKind
from helpers.definitions.mapping import bare, header, known_as
from helpers.definitions.tables import Table
from helpers.ingest import choice, values
from helpers.ingest.folder import shown
from helpers.ingest.pages import Sheet
from helpers.ingest.readers import FAMILIES, ending
from helpers.ingest.refusal import Refusal, Words, words

EPOCH = datetime(1970, 1, 1)


@dataclass(frozen=True)
class Match:
    """A sheet, its kind, and where in it the header stands."""

    sheet: Sheet
    kind: ExportKind
    row: int
    headers: tuple[str, ...]
    score: int = 0
    notes: tuple[Words, ...] = ()

    @property
    def number(self) -> int:
        """The row of the header as a spreadsheet shows it."""
        return self.sheet.number(self.row)

    def problems(self, formats: Mapping[str, Any]) -> list[Words]:
        """What must be said of the sheet although it is read."""
        wanted, printed = used_headers(self.kind), self.sheet.head[self.row]
        twice = [printed[at] for at, name in enumerate(self.headers) if name in wanted and name in self.headers[:at]]
        told = [words(formats["messages"]["twice"], columns=", ".join(dict.fromkeys(twice)))] if twice else []
        return [*self.sheet.told, *self.notes, *told]

    def titles(self) -> dict[str, str]:
        """Normalised header → header as the file prints it, the first of several that are alike."""
        return dict(reversed(list(zip(self.headers, self.sheet.head[self.row], strict=True))))

    def told(self, path: Path) -> dict[str, str]:
        """What a definition may read beside the cells: the file's name, the sheet's, and which headers it has."""
        read = ",".join(sorted(set(self.headers) & used_headers(self.kind)))
        chosen = hashlib.sha256(read.encode()).hexdigest()[:8]
        return {"#name": path.stem, "#sheet": self.sheet.name, "#headers": chosen}

    def raw(self) -> Any:
        """The columns that the kind's definition names, and no others; the index holds row numbers."""
        wanted = used_headers(self.kind)
        places = {name: at for at, name in reversed(list(enumerate(self.headers))) if name in wanted}
        if not places:
            return pd.DataFrame()
        return self.sheet.body(self.row + 1, list(places.values())).set_axis(list(places), axis=1)


def used_headers(kind: ExportKind) -> frozenset[str]:
    """All headers, with their other spellings, that the definition reads."""
    return kind.headers


def by_name(kind: ExportKind) -> bool:
    """Whether the days of its rows stand in the file's name, so that equal contents may be different days."""
    return "name" in kind.period or "#name" in used_headers(kind)


def matches(path: Path, found: Sequence[Sheet], kinds: Sequence[ExportKind], formats: Mapping[str, Any]) -> list[Match]:
    """The sheets of a file that are to be read, with their kinds.

    Raises
    ------
    Refusal
        No sheet has the headers of any kind; names the nearest kind and the headers it lacks.
    """
    usable = [kind for kind in kinds if any(_may_be(kind, sheet, path) for sheet in found)]
    for hidden in (False, True):
        pages = [sheet for sheet in found if sheet.hidden == hidden]
        known = [options for sheet in pages if (options := _matched(path, sheet, usable, formats))]
        if known:
            taken, told = choice.choose(path, known, formats)
            if hidden:
                names = ", ".join(shown(match.sheet.name) for match in taken)
                told.append(words(formats["messages"]["sheet_hidden"], sheets=names))
            return [replace(taken[0], notes=tuple(told)), *taken[1:]]
    raise _stranger(path, found, usable, formats)


def _may_be(kind: ExportKind, sheet: Sheet, path: Path) -> bool:
    """Whether the kind comes in files of this family."""
    family = sheet.family or FAMILIES.get(ending(path), "")
    return any(FAMILIES.get(word) == family for word in kind.formats)


def _matched(path: Path, sheet: Sheet, kinds: Sequence[ExportKind], formats: Mapping[str, Any]) -> list[Match]:
    """The sheet's match with every kind whose headers stand in one of its first rows."""
    usable = [kind for kind in kinds if _may_be(kind, sheet, path)]
    rows = [tuple(map(values.word, row)) for row in sheet.head]
    said = {name for row in rows for name in row}
    found = [match for kind in usable if not _missing(kind, said) and (match := _best(sheet, kind, rows))]
    if not found:  # headers that differ only in their unit, such as 支付金额(万元)
        short = [{bare(name, formats)[0] for name in row} for row in rows]
        likely = [kind for kind in usable if any(_alike(kind, row, formats) for row in short)]
        alike = ((kind, [known_as(row, used_headers(kind), formats) for row in rows]) for kind in likely)
        found = [match for kind, rows in alike if (match := _best(sheet, kind, rows))]
    else:
        found = [replace(match, headers=known_as(match.headers, used_headers(match.kind), formats)) for match in found]
    nothing = None if found else _nothing(sheet, usable, formats)
    return [nothing] if nothing else found


def _alike(kind: ExportKind, short: set[str], formats: Mapping[str, Any]) -> bool:
    """Whether a row, its units left out, has all headers that the kind must have."""
    return all(any(bare(name, formats)[0] in short for name in names) for _, names in kind.asked)


def _best(sheet: Sheet, kind: ExportKind, rows: Sequence[tuple[str, ...]]) -> Match | None:
    """The row that has most of the kind's headers, among those that have all it must have."""
    wanted = used_headers(kind)
    found = [
        Match(sheet, kind, at, row, len(wanted & set(row))) for at, row in enumerate(rows) if _fits(kind, set(row))
    ]
    return max(found, key=lambda match: match.score, default=None)


def _nothing(sheet: Sheet, kinds: Sequence[ExportKind], formats: Mapping[str, Any]) -> Match | None:
    """A sheet that is known by its name and says in its only cell that there are no data."""
    cells = [cell for row in sheet.head for cell in row if cell.strip()]
    kind = next((kind for kind in kinds if sheet.name in kind.sheets), None)
    if kind is None or len(cells) != 1 or not values.says_nothing(cells[0], frozenset(map(header, formats["null"]))):
        return None
    return Match(sheet, kind, 0, tuple(header(cell) for cell in sheet.head[0]))


def _fits(kind: ExportKind, headers: set[str]) -> bool:
    return not _missing(kind, headers) and not headers & kind.barred


def _missing(kind: ExportKind, headers: set[str]) -> list[str]:
    return [name for name, known in kind.asked if not headers & known]


def _stranger(path: Path, found: Sequence[Sheet], kinds: Sequence[ExportKind], formats: Mapping[str, Any]) -> Refusal:
    messages, todo = formats["messages"], formats["todo"]
    rows = [{header(cell) for cell in row} - {""} for sheet in found for row in sheet.head]
    names = header(" ".join([path.stem, *(sheet.name for sheet in found)]))
    ranked = [
        (
            _called(kind, names) and bool(row & used_headers(kind)),
            len(row & used_headers(kind)),
            1 - len(_missing(kind, row)) / len(kind.required),
            -len(used_headers(kind)),
            at,
        )
        for row in rows
        for at, kind in enumerate(kinds)
        if not row & set(map(header, kind.forbidden))
    ]
    called, overlap, share, _, at = max(ranked, key=lambda entry: entry[:4], default=(False, 0, 0.0, 0, 0))
    if not any(rows):
        return Refusal(path.name, words(messages["nothing"]), words(todo["reload"]), "unknown")
    if not overlap and (figures := _values(found)):
        return Refusal(path.name, words(messages["headerless"], values=figures), words(todo["head"]), "unknown")
    if not overlap:
        return Refusal(path.name, words(messages["unknown"]), words(todo["define"]), "unknown")
    kind = kinds[at]
    row = max(rows, key=lambda row: len(row & used_headers(kind)))
    slots = {"kind": kind.name, "headers": ", ".join(_missing(kind, row))}
    mostly = share >= formats["like_kind"] and overlap >= formats["same_kind"] * len(row)
    if called:
        return Refusal(path.name, words(messages["missing"], **slots), words(todo["headers"], where=kind.where))
    if share >= formats["same_kind"] or mostly:
        return Refusal(path.name, words(messages["missing"], **slots), words(todo["where"], where=kind.where))
    return Refusal(path.name, words(messages["nearest"], **slots), words(todo["define"]), "unknown")


def _called(kind: ExportKind, names: str) -> bool:
    """Whether the file or one of its sheets is called as the kind's template."""
    return kind.template is not None and header(kind.template.file) in names


def _values(found: Sequence[Sheet]) -> str:
    """Masked examples from a first row that holds numbers instead of headers; empty where it may hold headers."""
    cells = [cell.strip() for sheet in found[:1] for row in sheet.head[:1] for cell in row if cell.strip()]
    figures = [re.sub(r"\d", "0", cell) for cell in cells if re.fullmatch(r"[\s\d.,:/%¥-]*\d[\s\d.,:/%¥-]*", cell)]
    return ", ".join(figures[:3]) if 2 * len(figures) >= len(cells) > 1 else ""


# moments ---------------------------------------------------------------------------------------------------------


def name_snapshot(name: str, kind: ExportKind, formats: Mapping[str, Any], zone: str) -> datetime | None:
    """The moment of export that the file's name tells, in the shop's time; a ``(2)`` makes it a little later."""
    stem = Path(name).stem
    for rule in kind.snapshot:
        if rule == "name_unix" and (seconds := re.search(formats["name_unix"], stem)):
            return datetime.fromtimestamp(int(seconds[1]), ZoneInfo(zone)).replace(tzinfo=None)
        if rule in ("name_date", "name_first") and (moments := _named(stem, formats)):
            copy = re.search(formats["name_copy"], stem)
            moment = moments[0] if rule == "name_first" else moments[-1]
            return moment.replace(microsecond=int(copy[1]) if copy else 0)
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


def updated(text: str, formats: Mapping[str, Any]) -> date | None:
    """The day on which a name says that its data were brought up to date; None, where it says none."""
    found = re.search(formats["name_updated"], text)
    return _named(found[1], formats)[0].date() if found and _named(found[1], formats) else None


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
    codes, known = pd.factorize(texts)
    days = [pd.Timestamp(span[at]) if (span := spans[text]) else np.datetime64("NaT") for text in known]
    return pd.Series(np.array(days, dtype="datetime64[us]")[codes], texts.index)
