"""A sheet as all readers give it: its first rows, and the text of chosen columns under one of them."""

import contextlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from operator import itemgetter
from typing import Any

import pandas as pd

from helpers.ingest.refusal import Words

ROWS = 256  # turned into columns at a time: so many cells are still in the processor's reach
BIG = 1e15  # from here on a float no longer holds every digit of an id


@dataclass(frozen=True)
class Sheet:
    """One sheet of a file.

    Parameters
    ----------
    name : str
        Its name; empty in files without sheets.
    head : list of list of str
        The first rows that are not blank.
    body : callable
        ``(rows of the head to skip, positions of columns) -> DataFrame`` of the text below them, columns numbered by
        position; the index holds row numbers as a spreadsheet shows them.
    family : str
        What the file is in truth: text, book, records or parquet; empty: as its name says.
    rows : sequence of int
        The numbers of the rows of the head; none: 1, 2, 3 …
    hidden : bool
        Whether a spreadsheet program would not show it.
    one_of : bool
        Whether all sheets of the file are the same rows in other forms, of which only one may be read.
    told : tuple of Words
        What must be said of the file although it is read.
    close : callable
        Lets go of the file; ``body`` cannot be called after it.
    """

    name: str
    head: list[list[str]]
    body: Callable[[int, Sequence[int]], Any]
    family: str = ""
    rows: Sequence[int] = ()
    hidden: bool = False
    one_of: bool = False
    told: tuple[Words, ...] = ()
    close: Callable[[], None] = lambda: None

    def number(self, at: int) -> int:
        """The number of a row of the head as a spreadsheet shows it."""
        return self.rows[at] if self.rows else at + 1


def of_rows(name: str, rows: Callable[[], Iterable[Sequence[Any]]], family: str, size: int, **more: Any) -> Sheet:
    """A sheet of cells of any type, blank rows left out.

    ``rows`` gives them, equally long, from the first row on, as often as it is called; ``size`` is that of the head.
    """
    head = list(itertools.islice(_said(rows()), size))

    def body(skip: int, positions: Sequence[int]) -> Any:
        start = head[skip - 1][0]
        chosen = itemgetter(0, 0, *positions)  # two at least, for itemgetter to give a tuple
        below = ((number, chosen(row)) for number, row in _said(rows()) if number > start)
        numbers: list[int] = []
        columns: list[list[Any]] = [[] for _ in positions]
        while piece := list(itertools.islice(below, ROWS)):
            numbers += [number for number, _ in piece]
            cells = list(zip(*(row for _, row in piece), strict=True))[2:]
            for pieces, part in zip(columns, cells, strict=True):
                pieces.append(column(part))
        return frame(dict(zip(positions, columns, strict=True)), numbers)

    texts = [[text(cell) for cell in row] for _, row in head]
    return Sheet(name, texts, body, family, [number for number, _ in head], **more)


def column(cells: Sequence[Any]) -> Any:
    """Cells of any type as Arrow text."""
    import pyarrow as pa

    with contextlib.suppress(pa.ArrowTypeError):
        found = pa.array(cells, pa.large_string())
        if not found.null_count:
            return found
    return pa.array([text(cell) for cell in cells], pa.large_string())


def _said(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[int, Sequence[Any]]]:
    """Rows that are not blank, with their numbers; most say something in their first cell."""
    for number, row in enumerate(rows, 1):
        if row and (row[0] or any(cell != "" and cell is not None for cell in row)):
            yield number, row


def frame(columns: Mapping[int, Sequence[Any]], numbers: Sequence[int]) -> Any:
    """Columns of Arrow text, each in pieces, as a DataFrame whose index holds the numbers of its rows."""
    import pyarrow as pa

    index = pd.Index(numbers, dtype="int64")
    table = pa.table({str(at): pa.chunked_array(pieces, pa.large_string()) for at, pieces in columns.items()})
    return table.to_pandas().set_axis(list(columns), axis=1).set_axis(index) if columns else pd.DataFrame(index=index)


def text(cell: Any) -> str:
    """A cell of any type as text; a number that has lost digits is shown as one, with an exponent."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float):
        whole = cell.is_integer() and abs(cell) < BIG
        return str(int(cell)) if whole else f"{cell:.5E}" if abs(cell) >= BIG else repr(cell)
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, datetime | date | time):
        return cell.isoformat(" ") if isinstance(cell, datetime) else cell.isoformat()
    if isinstance(cell, timedelta):
        seconds = round(cell.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return "" if cell is None else str(cell)
