"""What of a row that is set aside may be kept until somebody corrects it: no name, no address, no remark as it was."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from helpers.definitions.mapping import Column
from helpers.definitions.tables import Table
from helpers.ingest import values
from helpers.ingest.quarantine import SHIFTED, covered, person
from helpers.ingest.rules import RawSheet


def rows(sheet: RawSheet, frames: Sequence[tuple[str, Any]], tables: Mapping[str, Table]) -> list[dict[str, Any]]:
    """The rows set aside as the store lists them, without their shop, source, file and snapshot."""
    if not sheet.aside.first:
        return []
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


def _keys(sheet: RawSheet, frames: Sequence[tuple[str, Any]], tables: Mapping[str, Table]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for name, frame in frames:
        part = frame[frame["position"].isin(list(sheet.aside.first))].dropna(subset=list(tables[name].key))
        for place, *key in part[["position", *tables[name].key]].itertuples(index=False):
            found.setdefault(place, []).append([name, *map(str, key)])
    return found


def uses(sheet: RawSheet, tables: Mapping[str, Table]) -> dict[str, list[tuple[str, Column]]]:
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


def _cells(sheet: RawSheet, place: int, used: Mapping[str, list[tuple[str, Column]]]) -> dict[str, str]:
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


def _spare(sheet: RawSheet, named: Mapping[str, str]) -> set[str]:
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


def _kept(sheet: RawSheet, text: str, used: Sequence[tuple[str, Column]], shifted: bool) -> str:
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


def _readable(sheet: RawSheet, text: str, used: Sequence[tuple[str, Column]]) -> bool:
    for kind, column in used:
        try:
            values.parser(kind, column, sheet.formats, sheet.shop)(text)
        except (ValueError, ArithmeticError, KeyError):
            return False
    return True
