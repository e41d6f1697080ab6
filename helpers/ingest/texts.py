"""CSV files, whatever their delimiter and their ragged rows; one that was cut off or is badly quoted is refused."""

import csv
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.ingest import decoding, quotes
from helpers.ingest.limits import refused
from helpers.ingest.pages import Sheet, column, frame

LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)?")
SIGNS = ",;\t|"
GUARD = re.compile(r"(^|[,;|])\t(?=\d)")  # a tab before an id keeps a spreadsheet from rounding it; it cuts no cells
BLOCKS = (
    1 << 20,
    1 << 22,
    1 << 22,
    1 << 28,
)  # bytes that the compiled reader takes at a time; the longest record must fit
FOOTER = 2  # a last row with so few words may be a note


@dataclass(frozen=True)
class Record:
    """One record, its number as a spreadsheet counts, and the byte after it."""

    cells: list[str]
    number: int
    end: int


@dataclass(frozen=True)
class Text:
    """A CSV file as UTF-8: its bytes, where they begin and end, the sign between cells, and its first records."""

    path: Path
    data: bytes
    start: int
    end: int
    sign: str
    formats: Mapping[str, Any]

    def lines(self) -> Iterator[tuple[int, int]]:
        """Start and end of each line, its line end included, whatever that is."""
        found = (line.span() for line in LINE.finditer(self.data, self.start, self.end))
        return ((start, end) for start, end in found if end > start)

    def fault(self, message: str, row: int) -> Exception:
        """The error that names the row."""
        todo = "reload_quotes" if message == "quotes" else "reload"
        return refused(self.path, self.formats, message, todo, row=row)


def sheets(path: Path, data: bytes, formats: Mapping[str, Any]) -> list[Sheet]:
    """The one sheet of a CSV file.

    Raises
    ------
    Refusal
        Its text is in no known encoding or damaged; from ``body`` also: it was cut off, or its quotes do not match.
    """
    plain, start = decoding.utf8(path, data, formats)
    end, rows = len(plain), formats["header_rows"]
    while end > start and plain[end - 1] in b"\r\n":
        end -= 1
    longest = max(line.end() - line.start() for line in itertools.islice(LINE.finditer(plain, start), 4 * rows))
    if longest > formats["limits"]["line"]:
        raise refused(path, formats, "long_text", n=longest)
    csv.field_size_limit(max(len(plain), csv.field_size_limit()))
    held = [Text(path, plain, start, end, _delimiter(plain, start, rows), formats)]
    head = list(itertools.islice((entry for entry in _records(held[0]) if _says(entry.cells)), rows))

    def body(skip: int, positions: Sequence[int]) -> Any:
        return _body(held[0], head, skip - 1, positions)

    return [
        Sheet("", [entry.cells for entry in head], body, "text", [entry.number for entry in head], close=held.clear)
    ]


def _says(cells: Sequence[str]) -> bool:
    return any(cell.strip() for cell in cells)


def _records(text: Text) -> Iterator[Record]:
    end = text.start

    def fed() -> Iterator[str]:
        nonlocal end
        for start, end in text.lines():
            yield text.data[start:end].decode()

    for number, cells in enumerate(csv.reader(fed(), delimiter=text.sign), 1):
        yield Record(cells, number, end)


def _delimiter(data: bytes, start: int, rows: int) -> str:
    """The sign that cuts most rows into equally many cells; commas inside a text do not do that for every row."""
    found = itertools.islice(LINE.finditer(data, start), 4 * rows)
    lines = [GUARD.sub(r"\1", line.group().decode()) for line in found if line.group().strip()][: 2 * rows]

    def even(sign: str) -> tuple[int, int]:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=sign) if len(row) > 1)
        return max(((count, width) for width, count in widths.items()), default=(0, 0))

    return max(SIGNS, key=even)


# the rows under the header ---------------------------------------------------------------------------------------


def _body(text: Text, head: Sequence[Record], at: int, positions: Sequence[int]) -> Any:
    """The text of some columns under a row of the head; rows that are too long are cut, too short ones filled."""
    start, titles = head[at], max((place for place, cell in enumerate(head[at].cells, 1) if cell.strip()), default=0)
    first = start.number + 1
    if start.end >= text.end:
        return frame({place: [] for place in positions}, [])
    below = [len(entry.cells) for entry in head[at + 1 :]]
    width = Counter(below).most_common(1)[0][0] if len(below) > 1 else titles
    table, odd, flat = _parsed(text, start.end, width, positions)
    count = table.num_rows + len(odd)
    ragged = {number: quotes.record(text, first + number - 1, odd[number], number == count) for number in sorted(odd)}
    _whole(text, ragged, count, min(width, titles), first)
    quotes.check(text, start.end, count, width, first, flat)
    found = _joined(table, ragged, positions, first)
    longer = [number for number, cells in ragged.items() if _says(cells[max(width, titles) :])]
    found.attrs["shifted"] = [first + number - 1 for number in longer]
    shorter = [number for number, cells in ragged.items() if len(cells) < min(width, titles)]
    found.attrs["short"] = [first + number - 1 for number in shorter]
    return found


def _parsed(text: Text, start: int, width: int, positions: Sequence[int]) -> tuple[Any, dict[int, str], bool]:
    """The columns of all rows of the usual width, by the compiled reader, the other rows by number, and if all are lines."""
    import pyarrow as pa
    from pyarrow import csv as arrow

    odd: dict[int, str] = {}

    def keep(row: Any) -> str:
        odd[row.number] = row.text
        return "skip"

    names = [f"f{at}" for at in positions if at < width]
    data = pa.py_buffer(text.data).slice(start, text.end - start)
    for turn, block in enumerate(BLOCKS):
        odd.clear()
        try:
            table = arrow.read_csv(
                data,
                arrow.ReadOptions(use_threads=False, block_size=block, column_names=[f"f{at}" for at in range(width)]),
                arrow.ParseOptions(
                    delimiter=text.sign,
                    newlines_in_values=turn > 0,
                    ignore_empty_lines=False,
                    invalid_row_handler=keep if turn > 1 else None,
                ),
                arrow.ConvertOptions(
                    check_utf8=False,
                    strings_can_be_null=False,
                    include_columns=names or ["f0"],
                    column_types=dict.fromkeys(names or ["f0"], pa.large_string()),
                ),
            )
            if turn or (width > 1 and table.num_rows == quotes.lines(text, start)):  # no cell holds a line end
                return table, odd, not turn
        except pa.ArrowInvalid:  # a row of another width, or a record longer than a block
            continue
    raise text.fault("quotes", decoding.row_of(text.data, start))


def _whole(text: Text, ragged: Mapping[int, Sequence[str]], count: int, width: int, first: int) -> None:
    """Nothing, unless the last row alone is too short: then the file was cut off."""
    last = ragged.get(count, ())
    short = [number for number, cells in ragged.items() if len(cells) < width and _says(cells)]
    finished = text.end < len(text.data) and sum(bool(cell.strip()) for cell in last) <= FOOTER
    if short == [count] and not finished:
        raise text.fault("cut_off", first + count - 1)


def _joined(table: Any, ragged: Mapping[int, Sequence[str]], positions: Sequence[int], first: int) -> Any:
    count = table.num_rows + len(ragged)
    numbers = np.delete(np.arange(count), [number - 1 for number in ragged]) if ragged else None
    index = pd.RangeIndex(first, first + count) if numbers is None else pd.Index(numbers + first)
    known = table.to_pandas(split_blocks=True, self_destruct=True)
    columns = {
        at: known[f"f{at}"].array if f"f{at}" in known else pd.array([""] * len(index), "str") for at in positions
    }
    found = pd.DataFrame(columns, index=index)
    if not ragged:
        return found
    others = {at: [column([cells[at] if at < len(cells) else "" for cells in ragged.values()])] for at in positions}
    more = frame(others, [number + first - 1 for number in ragged])
    return pd.concat([found, more]).sort_index()
