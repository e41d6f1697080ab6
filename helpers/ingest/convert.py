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
from helpers.ingest import bounds, cells, checks, columns, quarantine, values
from helpers.ingest.filled import allowed
from helpers.ingest.refusal import cells as listed
from helpers.ingest.refusal import words
from helpers.ingest.rules import RawSheet, reasons, refuse

BLANK = "blank_row"
EXAMPLES = 3
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
    why = [np.where(sheet.blank, BLANK, reasons(sheet, into)) for into in sheet.kind.into]
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
    mapped = {name: cells.numbered(sheet, column) for name, column in given.items()}
    part, position = _rows(sheet, into, used)
    strict, read, rounded = _strict(table), {}, np.full(len(position), None, dtype=object)
    every = cells.every(part, table, mapped)
    for name, column in mapped.items():
        kind, (found, bad, coarse) = table.columns[name], every[name]
        read[name] = found
        if bad.any():
            _fault(part, kind, column.otherwise or column, position, bad, name in strict or column.strict)
        if coarse.any():
            rounded[coarse] = [f"{names},{name}" if names else name for names in rounded[coarse]]
            _rounded(part, column, coarse)
        if name in table.key and (missing := pd.isna(found) & ~bad).any():
            _aside(part, column, position, missing, [""] * int(missing.sum()), "empty_key")
    layer = hashlib.sha256(",".join(sorted(given)).encode()).hexdigest()[:8]
    marks = {"rounded": pd.array(rounded, dtype="str"), "layer": layer}
    frame = pd.DataFrame({"position": position, **read, **marks}, copy=False)
    _judged(part, into, table, mapped, frame)
    return frame


def _judged(sheet: RawSheet, into: Into, table: Table, mapped: Mapping[str, Column], frame: Any) -> None:
    """Set rows aside that meet a check; then look at every number that is outside the range of its column."""
    position, strict = frame["position"].to_numpy(), _strict(table)
    for check in into.check:
        wrong = checks.met(check, frame) & ~np.isin(position, list(sheet.aside.first))
        column = into.columns.get(check.column, Column())
        if wrong.any():
            shown = quarantine.shown(sheet, table.columns[check.column], column, _cell_texts(sheet, column, wrong))
            if check.told:
                _tell(sheet, "doubtful", column, wrong, shown, check.why)
            else:
                _aside(sheet, column, position, wrong, shown, check.why)
    for name, column in mapped.items():
        wrong, why = bounds.beyond(table, name, column, frame, sheet.formats)
        if wrong.any():
            frame[name] = frame[name].mask(wrong)
            _beyond(sheet, table.columns[name], column, position, wrong, why, name in strict or column.strict)


def _strict(table: Table) -> set[str]:
    """Columns that decide about money, key or day: a fault in them sets the row aside."""
    return {*table.key, *table.moments, *(name for name, kind in table.columns.items() if kind == "money")}


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


def _fault(sheet: RawSheet, kind: str, column: Column, position: Any, bad: Any, strict: bool) -> None:
    """Set rows aside where the cell decides about money, key or day; else tell that it was left empty."""
    texts = _cell_texts(sheet, column, bad)
    shown = quarantine.shown(sheet, kind, column, texts, position[bad].tolist())
    if not strict:
        sheet.aside.doubts.update(position[bad].tolist())
        rows = sheet.raw.index.to_numpy()[bad].tolist()
        message, found = (
            sheet.formats["messages"]["emptied"],
            listed(sheet.formats, list(zip(rows, shown, strict=True))),
        )
        told, known = (
            words(message, column=cells.title(sheet, column), n=len(rows), values=found),
            allowed(column, sheet.formats),
        )
        sheet.problems.append({lang: told[lang] + known[lang] for lang in told})
        return
    column = suited(kind, column, sheet.titles, sheet.formats)
    why = {text: columns.cause(kind, column, text, sheet.formats, sheet.shop) for text in set(texts)}
    for reason in sorted(set(why.values())):
        hit = np.array([why[text] == reason for text in texts])
        _aside(sheet, column, position, np.flatnonzero(bad)[hit], np.array(shown, dtype=object)[hit].tolist(), reason)


def _beyond(sheet: RawSheet, kind: str, column: Column, position: Any, wrong: Any, why: str, strict: bool) -> None:
    """Set rows aside whose value cannot be where it decides about money, key or day; else tell that it was left empty."""
    shown = quarantine.shown(sheet, kind, column, _cell_texts(sheet, column, wrong))
    if strict:
        _aside(sheet, column, position, wrong, shown, why)
        return
    sheet.aside.doubts.update(position[wrong].tolist())
    _tell(sheet, "impossible", column, wrong, shown, why)


def _tell(sheet: RawSheet, message: str, column: Column, wrong: Any, shown: list[str], why: str) -> None:
    """Tell rows of which one column cannot be right."""
    found = listed(sheet.formats, list(zip(sheet.raw.index.to_numpy()[wrong].tolist(), shown, strict=True)))
    slots = {"column": cells.title(sheet, column), "n": len(shown), "why": quarantine.why(sheet.formats, why)}
    sheet.problems.append(words(sheet.formats["messages"][message], values=found, **slots))


def _rounded(sheet: RawSheet, column: Column, coarse: Any) -> None:
    """Tell the numbers that were rounded by the back office, by examples; people may write 18万 for just that."""
    if sheet.kind.template:
        return
    texts = [text.replace(values.SPLIT, " | ") for text in dict.fromkeys(_cell_texts(sheet, column, coarse))]
    slots = {"column": cells.title(sheet, column), "n": int(coarse.sum()), "values": ", ".join(texts[:EXAMPLES])}
    told = words(sheet.formats["messages"]["rounded"], **slots)
    if told not in sheet.problems:  # a header may feed several columns and tables
        sheet.problems.append(told)


def _cell_texts(sheet: RawSheet, column: Column, chosen: Any) -> list[str]:
    texts: list[str] = cells.joined(sheet, column)[chosen].fillna("").tolist()
    return texts


def _aside(sheet: RawSheet, column: Column, position: Any, chosen: Any, shown: list[str], reason: str) -> None:
    rows = sheet.raw.index.to_numpy()[chosen].tolist()
    sheet.aside.add(position[chosen].tolist(), rows, cells.title(sheet, column), shown, reason)
