"""The rows of one sheet as rows of the store's tables, by the definition of its kind."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd

from helpers.definitions.mapping import Column, Into
from helpers.definitions.tables import Table, pandas_type
from helpers.ingest import values
from helpers.ingest.refusal import words
from helpers.ingest.rules import RawSheet, holds, reasons, refuse

BLANK = "blank_row"
Frames = list[tuple[str, Any]]


def converted(sheet: RawSheet, tables: Mapping[str, Table]) -> tuple[Frames, Any]:
    """The frames for the store with their tables, and per raw row why it was dropped (empty: it is used).

    Each frame carries ``position``, the place of its row in the sheet.

    Raises
    ------
    Refusal
        Damaged or joined ids, an empty key, or a key, amount or moment that cannot be read.
    """
    refuse(sheet)
    blank = sheet.blank()
    why = [np.where(blank, BLANK, reasons(sheet, into)) for into in sheet.kind.into]
    frames = [
        (into.table, _frame(sheet, into, tables[into.table], reason == ""))
        for into, reason in zip(sheet.kind.into, why, strict=True)
    ]
    used = reduce(np.logical_or, [reason == "" for reason in why])
    return frames, np.where(used, "", why[0])


def _frame(sheet: RawSheet, into: Into, table: Table, used: Any) -> Any:
    mapped = {name: _numbered(sheet, column) for name, column in into.columns.items()}
    part = replace(sheet, raw=sheet.raw[used])
    strict = {*table.key, *table.moments, *(name for name, kind in table.columns.items() if kind == "money")}
    columns = {name: _typed(part, table.columns[name], column, name in strict) for name, column in mapped.items()}
    for name in [name for name in table.key if name in columns]:
        missing = pd.isna(columns[name])
        if missing.any():
            shown = part.at(missing, _texts(part, mapped[name]))
            raise sheet.refusal("empty_key", "fill", column=_title(sheet, mapped[name]), values=shown)
    return pd.DataFrame({"position": np.flatnonzero(used), **columns})


def _title(sheet: RawSheet, column: Column) -> str:
    return "+".join(sheet.title(part.headers) for part in (column, *column.parts) if part.headers)


def _typed(sheet: RawSheet, kind: str, column: Column, strict: bool) -> Any:
    """One column of the store, read word by word: equal cells are read once."""
    if column.when:
        return _cased(sheet, kind, column, strict)
    texts = _texts(sheet, column)
    codes, known = pd.factorize(texts)
    if kind == "id" and column.headers:
        _check_ids(sheet, column, known.tolist())
    found, bad = _read(values.parser(kind, column, sheet.formats, sheet.shop), known.tolist())
    if bad.any():
        _fault(sheet, column, np.append(bad, False)[codes], texts, strict)
    return pd.array(found, dtype=pandas_type(kind)).take(codes, allow_fill=True)


def _read(parse: values.Parse, known: list[str]) -> tuple[list[Any], Any]:
    found, bad = [], np.zeros(len(known), dtype=bool)
    for at, word in enumerate(known):
        try:
            found.append(parse(word))
        except (ValueError, ArithmeticError):
            found.append(None)
            bad[at] = True
    return found, bad


def _cased(sheet: RawSheet, kind: str, column: Column, strict: bool) -> Any:
    found = _typed(sheet, kind, column.otherwise or Column(headers=column.headers), strict)
    read, free = values.parser(kind, Column(value=""), sheet.formats, sheet.shop), np.ones(len(sheet.raw), dtype=bool)
    for rule in column.when:
        hit = holds(sheet, rule) & free
        found[hit] = read(rule.then)
        free &= ~hit
    return found


def _texts(sheet: RawSheet, column: Column) -> Any:
    """The cells as text, several headers put together as the definition says."""
    if column.value is not None:
        return pd.Series(column.value, index=sheet.raw.index, dtype="str")
    if not column.combine:
        return sheet.column(column.headers)
    if column.combine == "join":
        ids = [pd.Series(_typed(sheet, "id", part, True), index=sheet.raw.index) for part in column.parts]
        return reduce(lambda left, right: left + column.between + right, ids)
    parts = [_texts(sheet, part).fillna("") for part in column.parts]
    joined = reduce(lambda left, right: left + values.SPLIT + right, parts)
    return joined.mask(joined.str.strip(values.SPLIT + " ") == "")


def _numbered(sheet: RawSheet, column: Column) -> Column:
    """The column with its running numbers, counted over the whole sheet, put in as if they were a header."""
    if column.combine != "row_number":
        return replace(column, parts=tuple(_numbered(sheet, part) for part in column.parts))
    groups = [sheet.column(part.headers) for part in column.parts]
    name = "#" + "+".join(str(group.name) for group in groups)
    sheet.raw[name] = (sheet.raw.groupby(groups, sort=False, dropna=False).cumcount() + 1).astype("str")
    return Column(headers=(name,))


def _check_ids(sheet: RawSheet, column: Column, known: list[str]) -> None:
    rules, ids = sheet.formats["damaged_ids"], [values.identity(word) for word in known]
    long = [word for word in ids if len(word) >= rules["digits"] and word.isdigit()]
    damaged = [word for word in ids if "+" in word and re.match(rules["scientific"], word)]
    zeros = [word for word in long if word.endswith(rules["zeros"])]
    if len(long) >= rules["least"] and len(zeros) > rules["share"] * len(long):
        damaged += zeros
    if damaged:
        shown = ", ".join(damaged[:3])
        raise sheet.refusal("damaged_ids", "again", column=sheet.title(column.headers), values=shown)


def _fault(sheet: RawSheet, column: Column, bad: Any, texts: Any, strict: bool) -> None:
    title, shown = _title(sheet, column), sheet.at(bad, texts.str.replace(values.SPLIT, " | "))
    if strict:
        raise sheet.refusal("unreadable", "correct", column=title, values=shown)
    message = sheet.formats["messages"]["emptied"]
    sheet.problems.append(words(message, column=title, n=int(bad.sum()), values=shown))
