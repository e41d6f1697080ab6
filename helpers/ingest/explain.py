"""What a file is taken for and why, and how each of its columns was read; nothing is written."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.definitions.exports import ExportKind
from helpers.definitions.mapping import Column, header
from helpers.ingest import cells, convert, quarantine, recognise, values
from helpers.ingest.desk import Desk
from helpers.ingest.reading import Look
from helpers.ingest.refusal import Refusal
from helpers.ingest.rules import RawSheet
from helpers.store import Store

NEAREST = 2


def lines(path: Path, shop: str, lang: str) -> list[str]:
    """What the file is taken for and why; for a file that is refused, the cause and what to do."""
    return list(Explanation(path, shop, lang).lines())


class Explanation:
    """The lines about one file in one language."""

    def __init__(self, path: Path, shop: str, lang: str) -> None:
        self.path, self.lang = path, lang
        self.desk = Desk(shop, Store.open(), [path])
        self.speech: Mapping[str, Any] = self.desk.formats["explain"]

    def lines(self) -> Iterator[str]:
        """What it was taken for, sheet by sheet; for a refused file the cause and what to do."""
        yield self.word("file", file=self.desk.name(self.path))
        try:
            found = self.desk.matches(self.path, [self.desk.content(self.path)])
            for match, rows in found:
                yield from self._kind(match)
                look = self.desk.look(self.path, match, rows)
                yield from self._sheet(look)
                quarantine.judge(look.sheet, int((look.reasons == "").sum()))
                yield from (f"  {problem[self.lang]}" for problem in look.sheet.problems)
        except Refusal as error:
            yield self.word("refused", reason=error.reason[self.lang], todo=error.advice[self.lang])

    def word(self, key: str, **slots: object) -> str:
        """One line of the explanation."""
        return str(self.speech[key][self.lang]).format(**slots)

    def _kind(self, match: recognise.Match) -> Iterator[str]:
        kind, titles = match.kind, match.titles()
        yield self.word("kind", kind=kind.id, name=kind.name[self.lang], definition=kind.file)
        yield self.word("header", sheet=match.sheet.name or "-", row=match.number)
        spelled = [next(titles[header(name)] for name in names if header(name) in titles) for names in kind.required]
        shown = [
            name if header(name) == header(names[0]) else f"{name} (= {names[0]})"
            for name, names in zip(spelled, kind.required, strict=True)
        ]
        yield self.word("required", headers=", ".join(shown))
        for other, missing in _nearest(match, self.desk.kinds):
            yield self.word("nearest", kind=other.id, name=other.name[self.lang], missing=", ".join(missing))

    def _sheet(self, look: Look) -> Iterator[str]:
        sheet = look.sheet
        rule = (
            "name"
            if recognise.name_snapshot(sheet.path.name, sheet.kind, sheet.formats, self.desk.zone)
            else "rows_inside"
        )
        yield self.word("snapshot", moment=look.taken, how=self.word(rule), rules=", ".join(sheet.kind.snapshot))
        if sheet.kind.period:
            yield self.word("period", days=_period(look.frames))
        yield self.word("columns")
        for into in sheet.kind.into:
            yield from self._columns(sheet, look, into)
        if unread := [sheet.titles[name] for name in sheet.printed if name and name not in sheet.raw.columns]:
            yield self.word("unread", headers=", ".join(values.masked(title, sheet.formats) for title in unread))
        yield from self._rows(look)

    def _columns(self, sheet: RawSheet, look: Look, into: Any) -> Iterator[str]:
        types, absent = self.desk.tables[into.table].columns, []
        for name, column in into.columns.items():
            own, target = cells.numbered(sheet, column), f"{into.table}.{name}"
            if self._present(sheet, own):
                yield "  " + self._column(sheet, look, types[name], own, target)
            else:
                absent.append(target)
        if absent:
            yield self.word("absent", columns=", ".join(absent))

    def _present(self, sheet: RawSheet, column: Column) -> bool:
        found = {*_headers(column)}
        return not found or bool(found & {*sheet.raw.columns, *sheet.told})

    def _column(self, sheet: RawSheet, look: Look, kind: str, column: Column, target: str) -> str:
        found, bad, rounded = cells.read(sheet, kind, column)
        used, missing = look.reasons == "", pd.isna(found)
        aside = np.isin(np.arange(len(used)), list(sheet.aside.first))
        counts = {"read": used & ~missing, "empty": used & missing & ~bad, "bad": used & bad, "rounded": used & rounded}
        titles = dict.fromkeys(sheet.titles[name] for name in _headers(column) if name in sheet.titles)
        form = " ".join(part for part in (kind, column.unit, column.form, *column.format) if part)
        slots = {name: int(rows.sum()) for name, rows in counts.items()}
        title = "+".join(titles) or self.word("constant")
        text = self.word("column", title=title, target=target, kind=form, **slots)
        example = _example(sheet, kind, column, found, counts["read"] & ~aside)
        return text + (self.word("example", example=example) if example else "")

    def _rows(self, look: Look) -> Iterator[str]:
        reasons, counts = np.unique(look.reasons.astype(str), return_counts=True)
        waiting, n = len(look.sheet.aside.first), len(look.reasons)
        dropped = {reason: int(count) for reason, count in zip(reasons, counts, strict=True) if reason}
        text = ", ".join(f"{reason} {count}" for reason, count in dropped.items()) or "0"
        kept = n - sum(dropped.values()) - waiting
        yield self.word("rows", n=n, kept=kept, quarantined=waiting, dropped=text)


def _nearest(match: recognise.Match, kinds: Sequence[ExportKind]) -> list[tuple[ExportKind, list[str]]]:
    """The other kinds that share most of their required headers, with the headers that they lack."""
    own = set(match.headers)
    shares = [(kind, [names[0] for names in kind.required if not own & set(map(header, names))]) for kind in kinds]
    others = [
        (kind, gone) for kind, gone in shares if kind.id != match.kind.id and 0 < 2 * len(gone) <= len(kind.required)
    ]
    return sorted(others, key=lambda other: len(other[1]) / len(other[0].required))[:NEAREST]


def _headers(column: Column) -> Iterator[str]:
    """All headers that the column may be read from."""
    yield from column.headers
    yield from (name for rule in column.when for name in rule.headers)
    for part in (*column.parts, *([column.otherwise] if column.otherwise else [])):
        yield from _headers(part)


def _period(frames: convert.Frames) -> str:
    starts, ends = (pd.concat([frame[name] for _, frame in frames]) for name in ("period_start", "period_end"))
    return f"{starts.min():%Y-%m-%d}..{ends.max():%Y-%m-%d}"


def _example(sheet: RawSheet, kind: str, column: Column, found: Any, read: Any) -> str:
    """One cell as it may be shown and what became of it: of ids the shape only, of persons the key, of texts no number."""
    places = np.flatnonzero(read)
    if not len(places) or column.value is not None:
        return ""
    place = int(places[0])
    value = found[place]
    if kind == "id":
        return f"{len(value)} × {'0-9' if value.isdigit() else 'a-z0-9'}"
    text = sheet.column(column.headers).iloc[place] if column.headers else ""
    shown = (
        str(value)
        if kind in ("text", "person")
        else f"{quarantine.covered(text or '', sheet.known, sheet.formats)} → {value}"
    )
    return values.masked(shown, sheet.formats) if kind == "text" and not column.values else shown
