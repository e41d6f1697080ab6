"""The cells of one sheet as columns of the store: text put together from headers, read by its type."""

from collections.abc import Mapping
from dataclasses import replace
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd

from helpers.definitions.mapping import Column, suited
from helpers.definitions.tables import Table
from helpers.ingest import bounds, columns, damage, quarantine, values
from helpers.ingest.rules import RawSheet, holds


def every(sheet: RawSheet, table: Table, mapped: Mapping[str, Column]) -> dict[str, tuple[Any, Any, Any]]:
    """All columns as `read` gives them; those that are read in the same way are read together."""
    found: dict[str, tuple[Any, Any, Any]] = {}
    alike: dict[tuple[str, Column], dict[str, Any]] = {}
    for name, column in mapped.items():
        kind = table.columns[name]
        if column.when or column.digits or kind in ("id", "person"):
            found[name] = read(sheet, kind, column)
        else:
            column = suited(kind, column, sheet.titles, sheet.formats)
            way = kind, replace(column, headers=(), strict=False)
            alike.setdefault(way, {})[name] = joined(sheet, column)
    for (kind, column), texts in alike.items():
        answers = columns.read_alike(kind, column, list(texts.values()), sheet.formats, sheet.shop)
        found.update(zip(texts, answers, strict=True))
    return found


def read(sheet: RawSheet, kind: str, column: Column) -> tuple[Any, Any, Any]:
    """One column of the store, and per row whether its cell could not be read, and whether it was rounded."""
    if column.when:
        return _cased(sheet, kind, column)
    if kind == "person" and sheet.fed is not None:
        return _returned(sheet, joined(sheet, column))
    column = suited(kind, column, sheet.titles, sheet.formats)
    texts = joined(sheet, column)
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
    found, bad, coarse = read(sheet, kind, column.otherwise or Column(headers=column.headers))
    parse, free = values.parser(kind, Column(value=""), sheet.formats, sheet.shop), np.ones(len(sheet.raw), dtype=bool)
    for rule in column.when:
        hit = holds(sheet, rule) & free
        found[hit] = parse(rule.then)
        free &= ~hit
    return found, bad & free, coarse & free


def joined(sheet: RawSheet, column: Column) -> Any:
    """The cells as text, several headers put together as the definition says."""
    if column.value is not None:
        return pd.Series(column.value, index=sheet.raw.index, dtype="str")
    if not column.combine:
        return sheet.column(column.headers)
    if column.combine == "join":
        ids = [pd.Series(read(sheet, "id", part)[0], index=sheet.raw.index) for part in column.parts]
        return reduce(lambda left, right: left + column.between + right, ids)
    parts = [joined(sheet, part).fillna("") for part in column.parts]
    if column.combine == "first":
        return reduce(lambda left, right: left.mask(sheet.empty(left), right), parts)
    whole = reduce(lambda left, right: left + values.SPLIT + right, parts)
    return whole.mask(whole.str.strip(values.SPLIT + " ") == "")


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


def _check_ids(sheet: RawSheet, column: Column, ids: Any) -> None:
    if found := damage.damaged(ids, sheet.formats):
        shown = ", ".join(found[:3])
        todo = "again_fed" if sheet.fed is not None else "again_typed" if sheet.kind.template else "again"
        raise sheet.refusal("damaged_ids", todo, column=sheet.title(column.headers), values=shown)
