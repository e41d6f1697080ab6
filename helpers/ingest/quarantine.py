"""Rows that cannot be trusted are set aside: each with its first fault, and with what of it may be kept."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from helpers.definitions.mapping import Column, Rule, header
from helpers.definitions.tables import Table
from helpers.ingest import filled, values
from helpers.ingest.refusal import LANGUAGES, Words, cells, words

if TYPE_CHECKING:
    from helpers.ingest.rules import RawSheet

LETTERS = re.compile(r"[^\W\d_]+")
MARK, SHIFTED = "quarantined", "shifted"
HASHED = re.compile("[0-9a-f]{16}")


@dataclass(frozen=True)
class Fault:
    """Why a row is set aside: the column as the file prints it, its cell with words covered, a key of ``[faults]``."""

    column: str
    value: str
    reason: str


@dataclass
class Aside:
    """The rows of one sheet that are set aside, by their place: the first fault of each, and all faults by column.

    ``doubts`` counts per row the cells that are no good, in whatever column: a row with several may be shifted.
    """

    first: dict[int, Fault] = field(default_factory=dict)
    faults: dict[tuple[str, str], list[tuple[int, str]]] = field(default_factory=dict)
    doubts: Counter[int] = field(default_factory=Counter)

    def add(self, places: Sequence[int], rows: Sequence[int], column: str, shown: Sequence[str], reason: str) -> None:
        """Set rows aside, by place and row number, for a fault in this column; ``shown`` are its cells, covered."""
        self.doubts.update(places)
        for place, row, value in zip(places, rows, shown, strict=True):
            self.first.setdefault(place, Fault(column, value, reason))
            self.faults.setdefault((reason, column), []).append((row, value))


def known_words(sheet: "RawSheet") -> set[str]:
    """Words that the formats or the definition name: they may be shown, any other may be somebody's name."""
    formats, found = sheet.formats, {"e", "t"}
    for word in (*formats["null"], *formats["units"], *formats["durations"], *formats["money_signs"]):
        found |= set(LETTERS.findall(header(word)))
    for into in sheet.kind.into:
        tests = [*into.keep, *into.drop, *(total.total for total in into.totals)]
        for column in into.columns.values():
            found |= {part for word in column.values for part in LETTERS.findall(word)}
            tests += column.when
        found |= {part for word in _equals(tests) for part in LETTERS.findall(header(word))}
    return found


def _equals(rules: Iterable[Rule]) -> Iterable[str]:
    for rule in rules:
        yield from (word for word in (*rule.equals, *rule.not_equals) if isinstance(word, str))
        yield from _equals(rule.also)


def covered(text: str, known: set[str], formats: Mapping[str, Any]) -> str:
    """The cell without phone and identity numbers, and without words that nobody defined."""
    rules, found = formats["cover"], values.personal(text.replace(values.SPLIT, " | "), formats)
    return LETTERS.sub(lambda word: word[0] if header(word[0]) in known else rules["with"], found)[: rules["longest"]]


def shown(sheet: "RawSheet", kind: str, column: Column, texts: Any) -> list[str]:
    """The cells of a fault as they may be printed; a word of a list that many rows share is no one's name."""
    formats, known = sheet.formats, sheet.known
    if kind == "text" and not column.values and column.form != "code":
        return [values.masked(text, formats) for text in texts]
    often = Counter(texts) if kind == "text" and column.form != "code" else Counter()
    least, word = formats["cover"]["seen"], re.compile(formats["cover"]["word"])
    common = {text for text, count in often.items() if count >= least and word.fullmatch(text)}
    return [text if text in common else covered(text, known, formats) for text in texts]


def judge(sheet: "RawSheet", used: int) -> None:
    """Tell the faults of the rows set aside.

    Raises
    ------
    Refusal
        More than the share of rows that may fail did: then the file as a whole is not what it should be.
    """
    aside, formats = sheet.aside, sheet.formats
    if not aside.first:
        return
    groups = sorted(aside.faults.items(), key=lambda group: -len(group[1]))
    if len(aside.first) > formats["quarantine_share"] * used and sheet.fed is None:
        reason, _ = groups[0][0]
        told = [_told(sheet, "faulty", reason, column, found) for (reason, column), found in groups]
        text = {lang: "; ".join(part[lang] for part in told) for lang in LANGUAGES}
        raise sheet.refusal("faults", "fill" if reason == "empty_key" else "correct", text=text)
    sheet.problems += [_told(sheet, "aside", reason, column, found) for (reason, column), found in groups]


def _told(sheet: "RawSheet", message: str, reason: str, column: str, found: list[tuple[int, str]]) -> Words:
    formats, said = sheet.formats, why(sheet.formats, reason)
    if reason == filled.UNKNOWN:
        known = filled.allowed(filled.coded(sheet, column), formats)
        said = {lang: said[lang] + known[lang] for lang in LANGUAGES}
    message = message if column else f"{message}_row"
    return words(formats["messages"][message], column=column, why=said, n=len(found), values=cells(formats, found))


def why(formats: Mapping[str, Any], reason: str) -> Words:
    """The words of a named reason; a reason that only a definition knows stands for itself."""
    return dict(formats["faults"].get(reason, dict.fromkeys(LANGUAGES, reason)))


def rows(sheet: "RawSheet", frames: Sequence[tuple[str, Any]], tables: Mapping[str, Table]) -> list[dict[str, Any]]:
    """The rows set aside as the store lists them, without their shop, source, file and snapshot."""
    keys, numbers, used = _keys(sheet, frames, tables), sheet.raw.index, uses(sheet, tables)
    return [
        {
            "kind": sheet.kind.id,
            "sheet": sheet.told.get("#sheet", ""),
            "row": int(numbers[place]),
            "column": fault.column,
            "value": fault.value,
            "reason": fault.reason,
            "cells": json.dumps(_cells(sheet, place, used), ensure_ascii=False),
            "key": json.dumps(keys.get(place, []), ensure_ascii=False),
            "place": place,
        }
        for place, fault in sorted(sheet.aside.first.items())
    ]


def _keys(sheet: "RawSheet", frames: Sequence[tuple[str, Any]], tables: Mapping[str, Table]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for name, frame in frames:
        part = frame[frame["position"].isin(list(sheet.aside.first))].dropna(subset=list(tables[name].key))
        for place, *key in part[["position", *tables[name].key]].itertuples(index=False):
            found.setdefault(place, []).append([name, *map(str, key)])
    return found


def sound(sheet: "RawSheet", frame: Any) -> Any:
    """The rows of a frame that are not set aside."""
    return frame[~frame["position"].isin(list(sheet.aside.first))] if sheet.aside.first else frame


def uses(sheet: "RawSheet", tables: Mapping[str, Table]) -> dict[str, list[tuple[str, Column]]]:
    """Normalised header → the types of columns that it is read for, with how its cell alone is read."""
    found: dict[str, list[tuple[str, Column]]] = {}
    for into in sheet.kind.into:
        for name, column in into.columns.items():
            for kind, leaf in _leaves(tables[into.table].columns[name], column):
                for title in leaf.headers:
                    found.setdefault(title, []).append((kind, leaf))
    return found


def _leaves(kind: str, column: Column) -> Iterable[tuple[str, Column]]:
    if column.headers and not column.when:
        yield kind, column
    for part in column.parts:
        part = replace(part, mask=part.mask or column.mask)
        yield from _leaves("id" if column.combine in ("join", "row_number") else kind, part)
    if column.otherwise:
        yield from _leaves(kind, column.otherwise)


def _cells(sheet: "RawSheet", place: int, used: Mapping[str, list[tuple[str, Column]]]) -> dict[str, str]:
    """The row's cells under the headers that the definition reads, as far as they may be kept."""
    shifted = sheet.aside.doubts[place] > 1
    row = sheet.raw.iloc[place]
    if sheet.aside.first[place].reason == SHIFTED:
        return {}
    named = {name: row[name] for name in sheet.printed if name in sheet.raw.columns and isinstance(row[name], str)}
    spare = _spare(sheet, named)
    return {
        sheet.titles[name]: "" if name in spare else _kept(sheet, text, used.get(name, []), shifted)
        for name, text in named.items()
    }


def _spare(sheet: "RawSheet", named: Mapping[str, str]) -> set[str]:
    """Headers, such as a remark, whose masked text only stands in for a cell that this row has."""
    found: set[str] = set()
    for column in (column for into in sheet.kind.into for column in into.columns.values()):
        if column.combine == "first" and column.mask:
            said = [
                any(not values.says_nothing(named.get(name, ""), sheet.nothing) for name in part.headers)
                for part in column.parts
            ]
            found |= {
                name
                for part in column.parts[said.index(True) + 1 if True in said else len(said) :]
                for name in part.headers
            }
    return found


def _kept(sheet: "RawSheet", text: str, used: Sequence[tuple[str, Column]], shifted: bool) -> str:
    formats, kinds = sheet.formats, {kind for kind, _ in used}
    if values.says_nothing(text, sheet.nothing):
        return text.strip()
    if kinds == {"person"}:
        return person(sheet, text)
    if kinds == {"text"} and not any(column.values or column.form == "code" for _, column in used):
        masked = any(column.mask for _, column in used)
        return "" if shifted else values.masked(text, formats) if masked else values.personal(text, formats)
    if kinds <= {"text", "person"} or shifted or not _readable(sheet, text, used):
        return covered(text, sheet.known, formats)
    return values.plain(text)


def person(sheet: "RawSheet", text: str) -> str:
    """A person's key; one that comes back with a corrected row is not hashed a second time."""
    back = sheet.fed is not None and HASHED.fullmatch(text)
    return text if back else values.hashed(sheet.shop, values.identity(text))


def _readable(sheet: "RawSheet", text: str, used: Sequence[tuple[str, Column]]) -> bool:
    for kind, column in used:
        try:
            values.parser(kind, column, sheet.formats, sheet.shop)(text)
        except (ValueError, ArithmeticError, KeyError):
            return False
    return True
