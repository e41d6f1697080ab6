"""Rows under the header that are no data: the header once more, blocks with a header of their own, explanations.

And cells that are longer than any export has.
"""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from helpers.definitions.mapping import Column, header
from helpers.definitions.tables import Table
from helpers.ingest import columns, shapes, values
from helpers.ingest.limits import refused
from helpers.ingest.rules import RawSheet, holds

HEADER, NESTED, EXPLAINS = "header_row", "nested_row", "explanation_row"
SIMPLE = ("money", "int", "rate", "seconds", "time", "day")
FIRST = 5  # rows under the header that may explain it
LOOKED = 3  # columns in which a header is looked for
MARKS = '\ufeff"'  # stand before a header when files are joined
SIGNS = 2  # words of a header, or unreadable cells, that do not stand in a row by chance


def separated(sheet: RawSheet, titles: Collection[str], tables: Mapping[str, Table]) -> Any:
    """Why rows are no data, by row number; these rows leave the sheet.

    ``titles`` are all headers of the file as it prints them.

    Raises
    ------
    Refusal
        A header with other columns stands among the rows: what is below it would be read under wrong names.
    """
    why = np.full(len(sheet.raw), "", dtype=object)
    own, other = _headers(sheet, titles)
    why[own] = HEADER
    if len(other) and sheet.kind.nested is None:
        row = int(sheet.raw.index[other[0]])
        raise refused(sheet.path, sheet.formats, "second_header", "apart", row=row)
    if len(other) or sheet.kind.nested is not None:
        _nest(sheet, why, other)
    for at in _explanations(sheet, why, tables):
        why[at] = EXPLAINS
    found = pd.Series(why[why != ""], index=sheet.raw.index[why != ""], dtype=object)
    if len(found):
        sheet.raw = sheet.raw[why == ""].copy()
    return found


def short(sheet: RawSheet) -> None:
    """Nothing, unless a cell is too long to be one: then a Refusal."""
    limit = sheet.formats["limits"]["cell"]
    for names in columns.bunches(sheet.raw.columns, len(sheet.raw)):
        cells = columns.joined([sheet.raw[name] for name in names])
        if (pc.max(pc.binary_length(cells)).as_py() or 0) > limit:
            _long(sheet, names, limit)


def _long(sheet: RawSheet, names: Collection[str], limit: int) -> None:
    for name in names:
        lengths = pc.utf8_length(columns.arrow(sheet.raw[name])).to_numpy(zero_copy_only=False)
        if lengths.max() > limit:
            slots = {"row": int(sheet.raw.index[lengths.argmax()]), "n": int(lengths.max()), "limit": limit}
            raise sheet.refusal("long_cell", "correct", column=sheet.title((name,)), **slots)


def _headers(sheet: RawSheet, titles: Collection[str]) -> tuple[list[int], list[int]]:
    """Places of rows that repeat the header, and of rows that are another header."""
    raw, nested = sheet.raw, sheet.kind.nested
    said = {*titles, *(nested.words if nested else ())} - {""}
    names = [name for name in raw.columns if name in sheet.titles]
    looked = names if nested else names[:LOOKED]
    titled = [pc.is_in(columns.arrow(raw[name]), shapes.known(said)) for name in looked]
    hit = np.sum([found.to_numpy(zero_copy_only=False) for found in titled], axis=0)
    candidates = hit >= min(SIGNS, len(looked))
    if not candidates.any():
        return [], []
    words = set(map(header, said))
    same = np.all([(raw[name] == sheet.titles[name]).to_numpy() for name in names], axis=0) & candidates
    own, other = np.flatnonzero(same).tolist(), []
    for at in np.flatnonzero(candidates & ~same).tolist():
        cells = {name: header(cell.strip(MARKS)) for name, cell in raw.iloc[at][names].items() if cell.strip()}
        if all(cell == header(sheet.titles[name]) for name, cell in cells.items()):
            own.append(at)
        elif len(cells) >= SIGNS and (nested or 2 * sum(cell in words for cell in cells.values()) >= len(cells)):
            other.append(at)
    return own, other


def _nest(sheet: RawSheet, why: Any, starts: list[int]) -> None:
    """Mark the blocks that begin with a header of their own and end before the next row of the outer table."""
    outer = holds(sheet, sheet.kind.nested.until) if sheet.kind.nested else np.zeros(len(why), dtype=bool)
    ends = np.flatnonzero(outer | (why == HEADER))
    for start in starts:
        after = ends[ends > start]
        why[start : after[0] if len(after) else len(why)] = NESTED


def _explanations(sheet: RawSheet, why: Any, tables: Mapping[str, Table]) -> list[int]:
    """Places of the first rows in which words stand where numbers, times and ids should, and none of those can be read."""
    readers, found = _readers(sheet, tables), []
    for at in np.flatnonzero(why == "")[:FIRST].tolist():
        if not _explains(sheet, at, readers):
            break
        found.append(at)
    return found


def _explains(sheet: RawSheet, at: int, readers: Mapping[str, tuple[str, Column]]) -> bool:
    signs = []
    for name, (kind, column) in readers.items():
        signs.append(_says(sheet, kind, column, sheet.raw[name].array[at]))
        if signs[-1]:  # most rows are data, and say so in their first cell
            return False
    return signs.count(False) >= SIGNS


def _readers(sheet: RawSheet, tables: Mapping[str, Table]) -> dict[str, tuple[str, Column]]:
    """The columns whose cells can be told from words, with how they are read."""
    found = {}
    for into in sheet.kind.into:
        for name, column in into.columns.items():
            place = next((word for word in column.headers if word in sheet.raw.columns), None)
            kind = tables[into.table].columns[name]
            if place is not None and not column.values and (kind in SIMPLE or kind == "id"):
                found[place] = kind, column
    return found


def _says(sheet: RawSheet, kind: str, column: Column, cell: str) -> bool | None:
    """Whether the cell can be read; None where it says nothing."""
    if kind == "id":
        return any(sign.isdigit() for sign in cell) or (None if not cell.strip(" -") else cell.isascii())
    try:
        return None if values.parser(kind, column, sheet.formats, sheet.shop)(cell) is None else True
    except (ValueError, ArithmeticError):
        return False
