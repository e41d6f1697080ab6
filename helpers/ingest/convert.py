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
from helpers.ingest import bounds, checks, columns, damage, quarantine, values
from helpers.ingest.filled import allowed
from helpers.ingest.refusal import cells as listed
from helpers.ingest.refusal import words
from helpers.ingest.rules import RawSheet, holds, reasons, refuse

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
    mapped = {name: numbered(sheet, column) for name, column in given.items()}
    part, position = _rows(sheet, into, used)
    strict, read, rounded = _strict(table), {}, np.full(len(position), None, dtype=object)
    every = _every(part, table, mapped)
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


def _every(sheet: RawSheet, table: Table, mapped: Mapping[str, Column]) -> dict[str, tuple[Any, Any, Any]]:
    """All columns as `cells` gives them; those that are read in the same way are read together."""
    found: dict[str, tuple[Any, Any, Any]] = {}
    alike: dict[tuple[str, Column], dict[str, Any]] = {}
    for name, column in mapped.items():
        kind = table.columns[name]
        if column.when or column.digits or kind in ("id", "person"):
            found[name] = cells(sheet, kind, column)
        else:
            column = suited(kind, column, sheet.titles, sheet.formats)
            way = kind, replace(column, headers=(), strict=False)
            alike.setdefault(way, {})[name] = _texts(sheet, column)
    for (kind, column), texts in alike.items():
        read = columns.read_alike(kind, column, list(texts.values()), sheet.formats, sheet.shop)
        found.update(zip(texts, read, strict=True))
    return found


def cells(sheet: RawSheet, kind: str, column: Column) -> tuple[Any, Any, Any]:
    """One column of the store, and per row whether its cell could not be read, and whether it was rounded."""
    if column.when:
        return _cased(sheet, kind, column)
    if kind == "person" and sheet.fed is not None:
        return _returned(sheet, _texts(sheet, column))
    column = suited(kind, column, sheet.titles, sheet.formats)
    texts = _texts(sheet, column)
    found, bad, rounded = columns.read(
        kind, replace(column, digits=()) if column.digits else column, texts, sheet.formats, sheet.shop
    )
    if kind in ("id", "person") and column.headers:
        _check_ids(
            sheet, column, found if kind == "id" else columns.read("id", column, texts, sheet.formats, sheet.shop)[0]
        )
    if column.digits and (wrong := bounds.miscounted(column.digits, found)).any():
        found, bad = pd.array(pd.Series(found).mask(wrong), dtype="str"), bad | wrong
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
    """The column with what is counted or gathered over the whole sheet put in as if it were a header."""
    if not column.parts:
        return column
    if column.combine == "gather":
        return replace(column, headers=(_gathered(sheet, column),), combine="", parts=())
    if column.combine != "row_number":
        return replace(column, parts=tuple(numbered(sheet, part) for part in column.parts))
    groups = [sheet.column(part.headers) for part in column.parts]
    name = "#" + "+".join(str(group.name) for group in groups)
    sheet.raw[name] = (sheet.raw.groupby(groups, sort=False, dropna=False).cumcount() + 1).astype("str")
    return Column(headers=(name,))


def _gathered(sheet: RawSheet, column: Column) -> str:
    """The name of a column with the different words of the first part in all rows that share the others."""
    said, *groups = (sheet.column(part.headers) for part in column.parts)
    name = "#" + "+".join(str(one.name) for one in (said, *groups))
    rows = pd.DataFrame(
        {"word": said.str.strip().to_numpy(), "group": pd.MultiIndex.from_arrays(groups).to_flat_index()}
    )
    words_of = (
        rows[~sheet.empty(said)].drop_duplicates().sort_values("word").groupby("group")["word"].agg(column.between.join)
    )
    found = [words_of.get(group, "") for group in rows["group"]]
    sheet.raw[name] = pd.Series(found, sheet.raw.index, dtype="str")
    return name


def title(sheet: RawSheet, column: Column) -> str:
    """How the file prints the headers of a column."""
    return "+".join(sheet.title(part.headers) for part in (column, *column.parts) if part.headers)


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
    slots = {"column": title(sheet, column), "n": len(shown), "why": quarantine.why(sheet.formats, why)}
    sheet.problems.append(words(sheet.formats["messages"][message], values=found, **slots))


def _rounded(sheet: RawSheet, column: Column, coarse: Any) -> None:
    """Tell the numbers that were rounded by the back office, by examples; people may write 18万 for just that."""
    if sheet.kind.template:
        return
    texts = [text.replace(values.SPLIT, " | ") for text in dict.fromkeys(_cell_texts(sheet, column, coarse))]
    slots = {"column": title(sheet, column), "n": int(coarse.sum()), "values": ", ".join(texts[:EXAMPLES])}
    told = words(sheet.formats["messages"]["rounded"], **slots)
    if told not in sheet.problems:  # a header may feed several columns and tables
        sheet.problems.append(told)


def _cell_texts(sheet: RawSheet, column: Column, chosen: Any) -> list[str]:
    texts: list[str] = _texts(sheet, column)[chosen].fillna("").tolist()
    return texts


def _aside(sheet: RawSheet, column: Column, position: Any, chosen: Any, shown: list[str], reason: str) -> None:
    rows = sheet.raw.index.to_numpy()[chosen].tolist()
    sheet.aside.add(position[chosen].tolist(), rows, title(sheet, column), shown, reason)


def _check_ids(sheet: RawSheet, column: Column, ids: Any) -> None:
    if found := damage.damaged(ids, sheet.formats):
        shown = ", ".join(found[:3])
        todo = "again_fed" if sheet.fed is not None else "again_typed" if sheet.kind.template else "again"
        raise sheet.refusal("damaged_ids", todo, column=sheet.title(column.headers), values=shown)
