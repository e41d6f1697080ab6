"""The rows of one sheet as rows of the store's tables, by the definition of its kind."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd

from helpers.definitions.mapping import Column, Into, column_headers, suited
from helpers.definitions.tables import Table
from helpers.ingest import checks, columns, damage, quarantine, values
from helpers.ingest.filled import allowed
from helpers.ingest.refusal import cells as listed
from helpers.ingest.refusal import words
from helpers.ingest.rules import RawSheet, holds, reasons, refuse

BLANK = "blank_row"
Frames = list[tuple[str, Any]]


def converted(sheet: RawSheet, tables: Mapping[str, Table]) -> tuple[Frames, Any]:
    """The frames for the store with their tables, and per raw row why it was dropped (empty: it is used).

    Each frame carries ``position``, the place of its row in the sheet, ``rounded``, the names of its columns whose
    cell was rounded, and ``layer``, a word for the columns that the file has: a column that it lacks is not in it. Rows
    with a fault in their key, an amount or a booking moment, or that meet a check of the definition, are still in it:
    ``sheet.aside`` names them.

    Raises
    ------
    Refusal
        Damaged or joined ids.
    """
    refuse(sheet)
    blank = sheet.blank()
    why = [np.where(blank, BLANK, reasons(sheet, into)) for into in sheet.kind.into]
    used = reduce(np.logical_or, [reason == "" for reason in why])
    sound = ~_longer(sheet, used)
    _shorter(sheet, used)
    frames = [
        (into.table, _frame(sheet, into, tables[into.table], (reason == "") & sound))
        for into, reason in zip(sheet.kind.into, why, strict=True)
    ]
    return frames, np.where(used, "", why[0])


def _longer(sheet: RawSheet, used: Any) -> Any:
    """Per row whether it has more cells than the header and is set aside: nobody knows which cell belongs where."""
    longer = used & sheet.raw.index.isin(sheet.raw.attrs.get("shifted", []))
    places, rows = np.flatnonzero(longer).tolist(), sheet.raw.index.to_numpy()[longer].tolist()
    sheet.aside.add(places, rows, "", [""] * len(rows), quarantine.SHIFTED)
    return longer


def _shorter(sheet: RawSheet, used: Any) -> None:
    """Tell the rows that end before the header does: what they do not say is empty."""
    rows = sheet.raw.index[used & sheet.raw.index.isin(sheet.raw.attrs.get("short", []))].tolist()
    if rows:
        message = sheet.formats["messages"]["short_rows"]
        sheet.problems.append(words(message, n=len(rows), rows=", ".join(map(str, rows[:3]))))


def _frame(sheet: RawSheet, into: Into, table: Table, used: Any) -> Any:
    given = {name: column for name, column in into.columns.items() if name in table.key or _given(sheet, column)}
    mapped = {name: numbered(sheet, column) for name, column in given.items()}
    part, position = _rows(sheet, into, used)
    strict = {*table.key, *table.moments, *(name for name, kind in table.columns.items() if kind == "money")}
    frame, rounded = pd.DataFrame({"position": position}), pd.Series("", index=range(len(position)), dtype="str")
    for name, column in mapped.items():
        kind = table.columns[name]
        found, bad, coarse = cells(part, kind, column)
        frame[name] = found
        if bad.any():
            _fault(part, kind, column.otherwise or column, position, bad, name in strict or column.strict)
        if coarse.any():
            rounded[coarse] += "," + name
        if name in table.key and (missing := pd.isna(found) & ~bad).any():
            _aside(part, column, position, missing, [""] * int(missing.sum()), "empty_key")
    for check in into.check:
        wrong = checks.met(check, frame) & ~np.isin(position, list(sheet.aside.first))
        column = mapped.get(check.column, Column())
        if wrong.any():
            shown = quarantine.shown(part, table.columns[check.column], column, _cell_texts(part, column, wrong))
            _aside(part, column, position, wrong, shown, check.why)
    layer = hashlib.sha256(",".join(sorted(given)).encode()).hexdigest()[:8]
    return frame.assign(rounded=rounded.str.removeprefix(",").replace("", None), layer=layer)


def _given(sheet: RawSheet, column: Column) -> bool:
    """Whether the file can say anything of a column: it is a constant, or the file has one of its headers."""
    names = column_headers(column)
    return not names or any(name.startswith("#") or name in sheet.titles for name in names)


def _rows(sheet: RawSheet, into: Into, used: Any) -> tuple[RawSheet, Any]:
    """The rows that go into the table with their places in the sheet; one row per id where a cell holds several."""
    raw, position = (sheet.raw, np.arange(len(used))) if used.all() else (sheet.raw[used], np.flatnonzero(used))
    name = next((name for name in into.each if name in raw), "")
    if name:
        parts = [
            [part for part in ids if part] or [""] for ids in raw[name].fillna("").str.split(into.between, regex=True)
        ]
        times = [len(ids) for ids in parts]
        raw, position = raw.loc[raw.index.repeat(times)].copy(), np.repeat(position, times)
        raw[name] = pd.Series([part for ids in parts for part in ids], index=raw.index, dtype="str")
    return replace(sheet, raw=raw), position


def cells(sheet: RawSheet, kind: str, column: Column) -> tuple[Any, Any, Any]:
    """One column of the store, and per row whether its cell could not be read, and whether it was rounded."""
    if column.when:
        return _cased(sheet, kind, column)
    if kind == "person" and sheet.fed is not None:
        return _returned(sheet, _texts(sheet, column))
    column = suited(kind, column, sheet.titles, sheet.formats)
    texts = _texts(sheet, column)
    found, bad, rounded = columns.read(kind, column, texts, sheet.formats, sheet.shop)
    if kind in ("id", "person") and column.headers:
        _check_ids(
            sheet, column, found if kind == "id" else columns.read("id", column, texts, sheet.formats, sheet.shop)[0]
        )
    return found, bad, rounded


def _returned(sheet: RawSheet, texts: Any) -> tuple[Any, Any, Any]:
    """Persons' keys of corrected rows: they were hashed when the rows were set aside."""
    said = columns.silence(texts, sheet.nothing)
    found = [None if empty else quarantine.person(sheet, text) for text, empty in zip(texts, said, strict=True)]
    none = np.zeros(len(texts), dtype=bool)
    return pd.array(found, dtype="str"), none, none


def _cased(sheet: RawSheet, kind: str, column: Column) -> tuple[Any, Any, Any]:
    found, bad, coarse = cells(sheet, kind, column.otherwise or Column(headers=column.headers))
    read, free = values.parser(kind, Column(value=""), sheet.formats, sheet.shop), np.ones(len(sheet.raw), dtype=bool)
    for rule in column.when:
        hit = holds(sheet, rule) & free
        found[hit] = read(rule.then)
        free &= ~hit
    return found, bad & free, coarse & free


def _texts(sheet: RawSheet, column: Column) -> Any:
    """The cells as text, several headers put together as the definition says."""
    if column.value is not None:
        return pd.Series(column.value, index=sheet.raw.index, dtype="str")
    if not column.combine:
        return sheet.column(column.headers)
    if column.combine == "join":
        ids = [pd.Series(cells(sheet, "id", part)[0], index=sheet.raw.index) for part in column.parts]
        return reduce(lambda left, right: left + column.between + right, ids)
    parts = [_texts(sheet, part).fillna("") for part in column.parts]
    if column.combine == "first":
        return reduce(lambda left, right: left.mask(sheet.empty(left), right), parts)
    joined = reduce(lambda left, right: left + values.SPLIT + right, parts)
    return joined.mask(joined.str.strip(values.SPLIT + " ") == "")


def numbered(sheet: RawSheet, column: Column) -> Column:
    """The column with its running numbers, counted over the whole sheet, put in as if they were a header."""
    if column.combine != "row_number":
        return replace(column, parts=tuple(numbered(sheet, part) for part in column.parts))
    groups = [sheet.column(part.headers) for part in column.parts]
    name = "#" + "+".join(str(group.name) for group in groups)
    sheet.raw[name] = (sheet.raw.groupby(groups, sort=False, dropna=False).cumcount() + 1).astype("str")
    return Column(headers=(name,))


def title(sheet: RawSheet, column: Column) -> str:
    """How the file prints the headers of a column."""
    return "+".join(sheet.title(part.headers) for part in (column, *column.parts) if part.headers)


def _fault(sheet: RawSheet, kind: str, column: Column, position: Any, bad: Any, strict: bool) -> None:
    """Set rows aside where the cell decides about money, key or day; else tell that it was left empty."""
    texts = _cell_texts(sheet, column, bad)
    shown = quarantine.shown(sheet, kind, column, texts)
    if not strict:
        sheet.aside.doubts.update(position[bad].tolist())
        rows = sheet.raw.index.to_numpy()[bad].tolist()
        message, found = (
            sheet.formats["messages"]["emptied"],
            listed(sheet.formats, list(zip(rows, shown, strict=True))),
        )
        told, known = (
            words(message, column=title(sheet, column), n=len(rows), values=found),
            allowed(column, sheet.formats),
        )
        sheet.problems.append({lang: told[lang] + known[lang] for lang in told})
        return
    column = suited(kind, column, sheet.titles, sheet.formats)
    why = {text: columns.cause(kind, column, text, sheet.formats, sheet.shop) for text in set(texts)}
    for reason in sorted(set(why.values())):
        hit = np.array([why[text] == reason for text in texts])
        _aside(sheet, column, position, np.flatnonzero(bad)[hit], np.array(shown, dtype=object)[hit].tolist(), reason)


def _cell_texts(sheet: RawSheet, column: Column, chosen: Any) -> list[str]:
    texts: list[str] = _texts(sheet, column)[chosen].fillna("").tolist()
    return texts


def _aside(sheet: RawSheet, column: Column, position: Any, chosen: Any, shown: list[str], reason: str) -> None:
    rows = sheet.raw.index.to_numpy()[chosen].tolist()
    sheet.aside.add(position[chosen].tolist(), rows, title(sheet, column), shown, reason)


def _check_ids(sheet: RawSheet, column: Column, ids: Any) -> None:
    if found := damage.damaged(ids, sheet.formats):
        shown = ", ".join(found[:3])
        raise sheet.refusal("damaged_ids", "again", column=sheet.title(column.headers), values=shown)
