"""Quotes of a CSV file: one that is never closed swallows the rows behind it, and no row may vanish in silence."""

import csv
import io
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from helpers.ingest.texts import Text

PIECE = 1 << 18
QUOTE = b'"'


def record(text: "Text", row: int, line: str, last: bool) -> list[str]:
    """The cells of one record.

    Raises
    ------
    Refusal
        A quote in it is never closed.
    """
    try:
        return next(csv.reader(io.StringIO(line, newline=""), delimiter=text.sign, strict=True), [])
    except csv.Error:
        if last and line.count('"') % 2:
            raise text.fault("cut_off", row) from None
        if "\n" in line or "\r" in line:
            raise text.fault("quotes", row) from None
        return next(csv.reader([line], delimiter=text.sign))


def lines(text: "Text", start: int) -> int:
    """How many lines there are, whatever their ends."""
    signs, ends = np.frombuffer(text.data, dtype=np.uint8), [end for end in b"\r\n" if end in text.data]
    found = 1 - (text.data.count(b"\r\n", start, text.end) if len(ends) > 1 else 0)
    for at in range(start, text.end, PIECE):
        piece = signs[at : min(at + PIECE, text.end)]
        found += sum(int(np.count_nonzero(piece == end)) for end in ends)
    return found


def check(text: "Text", start: int, count: int, width: int, first: int, flat: bool) -> None:
    """Nothing, unless a quote is never closed or, where not every row is one line, swallows a row: then a Refusal."""
    if _open_at_end(text, start, width) and text.data.count(QUOTE, start, text.end) % 2:
        raise text.fault("cut_off", first + count - 1)
    if not flat and not _in_order(text, start):
        _no_row_swallowed(text, start, width, first)


def _open_at_end(text: "Text", start: int, width: int) -> bool:
    """Whether the last line ends within quotes."""
    at = max(text.data.rfind(b"\n", start, text.end), text.data.rfind(b"\r", start, text.end), start - 1) + 1
    line = text.data[at : text.end].decode()
    try:
        cells = next(csv.reader([line], delimiter=text.sign, strict=True), [])
    except csv.Error as error:
        return "unexpected end" in str(error) or len(next(csv.reader([line], delimiter=text.sign))) != width
    return len(cells) != width and not line.endswith('"')


def _in_order(text: "Text", start: int) -> bool:
    """Whether each quote that opens stands before a cell, and each that closes behind one."""
    signs, seen = np.frombuffer(text.data, dtype=np.uint8), 0
    known = np.zeros(256, dtype=bool)
    known[[ord(sign) for sign in f'\r\n"{text.sign}']] = True
    for at in range(start, text.end, PIECE):
        marks = np.flatnonzero(signs[at : min(at + PIECE, text.end)] == ord('"')) + at
        opens, closes = marks[seen % 2 :: 2], marks[1 - seen % 2 :: 2]
        before, after = opens[opens > start] - 1, closes[closes < text.end - 1] + 1
        if not (known[signs[before]].all() and known[signs[after]].all()):
            return False
        seen += len(marks)
    return True


def _no_row_swallowed(text: "Text", start: int, width: int, first: int) -> None:
    """The slow way: no cell may hold line ends and as many delimiters as a row."""
    source = io.StringIO(text.data[start : text.end].decode(), newline="")
    for number, cells in enumerate(csv.reader(source, delimiter=text.sign), first):
        for cell in cells:
            if "\n" in cell and cell.count(text.sign) >= width - 1 > 0:
                raise text.fault("quotes", number)
