"""Sheets of text out of CSV, Excel and Parquet files, whatever their encoding, delimiter or ragged rows."""

import csv
import io
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.ingest.refusal import Refusal, words

TEXT = ("csv", "tsv", "txt")
BOOKS = ("xlsx", "xls", "xlsm", "xlsb", "ods")
ENDINGS = (*TEXT, *BOOKS, "parquet")
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
        ``(rows to skip, positions of columns) -> DataFrame`` of text, columns numbered by position.
    """

    name: str
    head: list[list[str]]
    body: Callable[[int, Sequence[int]], Any]


def ending(path: Path) -> str:
    """The file name's ending in lower case, without the dot."""
    return path.suffix.lower().removeprefix(".")


def sheets(path: Path, data: bytes, formats: Mapping[str, Any]) -> list[Sheet]:
    """All sheets of a file.

    Raises
    ------
    Refusal
        The file cannot be opened or decoded.
    """
    kind, rows = ending(path), formats["header_rows"]
    if kind in TEXT:
        return [_csv(_decoded(path, data, formats), rows)]
    try:
        return _parquet(data, rows) if kind == "parquet" else _book(data, rows)
    except Exception as error:  # the readers raise errors of their own kinds; all mean: this file does not open
        message, todo = formats["messages"]["not_opened"], formats["todo"]["save"]
        raise Refusal(path.name, words(message, error=error), words(todo)) from None


def _decoded(path: Path, data: bytes, formats: Mapping[str, Any]) -> str:
    utf16 = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ["utf-16"] if utf16 else ["utf-8-sig", "gb18030"]:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refusal(path.name, words(formats["messages"]["encoding"]), words(formats["todo"]["save"]))


def _csv(text: str, rows: int) -> Sheet:
    lines = list(itertools.islice(io.StringIO(text), rows))
    delimiter = max(",;\t", key=lambda sign: sum(line.count(sign) for line in lines))
    head = list(itertools.islice(_rows(text, delimiter), rows))

    def body(skip: int, positions: Sequence[int]) -> Any:
        found = _fast(text, delimiter, positions)
        titles = [head[skip - 1][at] for at in positions]
        if found is None or found.iloc[skip - 1].tolist() != titles:
            return _frame(list(_rows(text, delimiter))[skip:], positions)
        return found[skip:].reset_index(drop=True)

    return Sheet("", head, body)


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return (row for row in reader if any(cell.strip() for cell in row))


def _fast(text: str, delimiter: str, positions: Sequence[int]) -> Any:
    """The columns by the compiled reader; None where rows differ in length, which only the slow one cuts and fills."""
    import pyarrow as pa
    from pyarrow import csv as arrow

    names = [f"f{at}" for at in positions]
    try:
        table = arrow.read_csv(
            pa.py_buffer(text.encode()),
            read_options=arrow.ReadOptions(autogenerate_column_names=True),
            parse_options=arrow.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=arrow.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), include_columns=names, strings_can_be_null=False
            ),
        )
    except pa.ArrowException:
        return None
    return table.to_pandas().set_axis(list(positions), axis=1)


def _book(data: bytes, rows: int) -> list[Sheet]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return [
        _page(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False), rows) for name in book.sheet_names
    ]


def _page(name: str, cells: list[list[Any]], rows: int) -> Sheet:
    filled = [row for row in cells if any(cell != "" for cell in row)]

    def body(skip: int, positions: Sequence[int]) -> Any:
        rows, columns = filled[skip:], {}
        for at in positions:
            cells = [row[at] for row in rows]
            columns[at] = [cell if type(cell) is str else _text(cell) for cell in cells]
        return pd.DataFrame({at: pd.Series(column, dtype="str") for at, column in columns.items()})

    return Sheet(name, [[_text(cell) for cell in row] for row in filled[:rows]], body)


def _parquet(data: bytes, rows: int) -> list[Sheet]:
    import pyarrow as pa
    from pyarrow import parquet

    table = parquet.read_table(pa.BufferReader(data))

    def body(skip: int, positions: Sequence[int]) -> Any:  # the header is not among its rows: nothing to skip
        columns = [table.column(at).cast(pa.string()) for at in positions]
        return pa.table(columns, names=[str(at) for at in positions]).to_pandas().set_axis(list(positions), axis=1)

    return [Sheet("", [list(table.column_names)], body)]


def _frame(rows: Sequence[Any], positions: Sequence[int]) -> Any:
    columns = {at: [row[at] if at < len(row) else "" for row in rows] for at in positions}
    return pd.DataFrame({at: pd.Series(column, dtype="str") for at, column in columns.items()})


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool | int):
        return str(cell)
    if isinstance(cell, float):
        whole = cell.is_integer() and abs(cell) < BIG
        return str(int(cell)) if whole else f"{cell:.5E}" if abs(cell) >= BIG else repr(cell)
    if isinstance(cell, datetime | date | time):
        return cell.isoformat(" ") if isinstance(cell, datetime) else cell.isoformat()
    if isinstance(cell, timedelta):
        seconds = round(cell.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return "" if cell is None else str(cell)
