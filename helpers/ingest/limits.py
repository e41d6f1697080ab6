"""What a packed file unfolds to, measured before any reader opens it, so that no file can take the machine's memory."""

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from helpers.ingest.refusal import Refusal, words

PIECE = 1 << 16  # bytes that are unfolded at a time
LONGEST = 1 << 22  # bytes of text between two tags
ENTRY = b"PK\x01\x02"
XML = (".xml", ".rels", ".vml")
BEGUN = int.from_bytes(b"<c", "little")
OTHER = [ord(sign) for sign in "ofue"]  # what else begins like a cell in a sheet: <col, <cfRule …
PAD = bytes(16)  # room behind a tag, so that no look ahead leaves the piece


@dataclass
class Extent:
    """How far the cells of one sheet reach: last row, last column, cells; ``odd`` where this cannot be told for sure."""

    rows: int = 0
    columns: int = 0
    cells: int = 0
    odd: bool = False


def refused(path: Path, formats: Mapping[str, Any], message: str, todo: str = "reload", **slots: object) -> Refusal:
    """An error about a file of which no more is known than its name."""
    return Refusal(path.name, words(formats["messages"][message], **slots), words(formats["todo"][todo]))


def parts(path: Path, data: bytes, formats: Mapping[str, Any]) -> list[zipfile.ZipInfo]:
    """The parts of a zip file: none locked, not thousands.

    Raises
    ------
    Refusal
        It needs a password, is cut off, or holds too many parts.
    """
    if data.count(ENTRY) > formats["limits"]["parts"]:
        raise refused(path, formats, "bomb", limit=formats["limits"]["unfolded"] // 10**6)
    try:
        found = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise refused(path, formats, "cut_book") from None
    if any(part.flag_bits & 1 for part in found):
        raise refused(path, formats, "locked_zip", "unpack")
    return found


def safe(path: Path, data: bytes, found: Sequence[zipfile.ZipInfo], formats: Mapping[str, Any]) -> bool:
    """Whether a workbook's sheets are small enough to open here; False where that cannot be told for sure.

    Raises
    ------
    Refusal
        It unfolds to too much, declares entities, or a cell lies so far out that the sheet would fill the memory.
    """
    limits, total, text, sheets = formats["limits"], 0, 0, []
    for part in found:
        extent = Extent()
        for chunk, size in _unfolded(path, data, part, formats):
            total += size
            if total > min(limits["unfolded"], max(limits["free"], limits["ratio"] * len(data))):
                raise refused(path, formats, "bomb", limit=limits["unfolded"] // 10**6)
            if b"<!DOCTYPE" in chunk[:PIECE]:
                raise refused(path, formats, "entities")
            if "/worksheets/" in part.filename:
                _measure(chunk, extent, limits["cells"])
            elif part.filename.endswith("sharedStrings.xml"):
                text = max(text, _widest(chunk))
        sheets.append(extent)
    for extent in sheets:
        if extent.rows * extent.columns > limits["cells"]:
            raise refused(path, formats, "far_cell", "split", rows=extent.rows, columns=extent.columns)
    copies = sum(extent.cells for extent in sheets) * text  # every cell gets its own copy of a shared text
    return copies <= limits["memory"] and not any(extent.odd for extent in sheets)


def _unfolded(
    path: Path, data: bytes, part: zipfile.ZipInfo, formats: Mapping[str, Any]
) -> Iterator[tuple[bytes, int]]:
    """Whole tags of the part, piece by piece, and how many bytes each piece has, whatever size the part claims."""
    at, rest = part.header_offset + 26, b""
    start = at + 4 + int.from_bytes(data[at : at + 2], "little") + int.from_bytes(data[at + 2 : at + 4], "little")
    packed = memoryview(data)[start : start + part.compress_size]
    try:
        for piece in _pieces(packed, part.compress_type != zipfile.ZIP_STORED):
            cut = max(piece.rfind(b"<"), 0) if part.filename.endswith(XML) else len(piece)
            yield b"".join((rest, piece[:cut], PAD)) if cut else PAD, len(piece)
            rest = piece[cut:] if cut else rest + piece
            if len(rest) > LONGEST:
                raise refused(path, formats, "long_text", n=len(rest))
    except zlib.error:
        raise refused(path, formats, "cut_book") from None
    yield rest + PAD, 0


def _pieces(packed: memoryview, deflated: bool) -> Iterator[bytes]:
    unfold = zlib.decompressobj(-zlib.MAX_WBITS)
    for at in range(0, len(packed), PIECE):
        rest = bytes(packed[at : at + PIECE])
        while rest and deflated and not unfold.eof:
            yield unfold.decompress(rest, LONGEST)
            rest = unfold.unconsumed_tail
        if not deflated:
            yield rest


def _measure(chunk: bytes, extent: Extent, limit: int) -> None:
    """Widen the sheet's extent by the cells of one piece of it."""
    signs = np.frombuffer(chunk, dtype=np.uint8)
    begun = np.concatenate([_pairs(chunk, at) for at in (0, 1)])
    third = signs[begun + 2]
    starts, other = begun[third == ord(" ")], third[third != ord(" ")]
    rows, columns, sound = _places(signs, starts)
    extent.odd |= not sound or not np.isin(other, OTHER).all() or b":c" in chunk or b"\0" in chunk[: -len(PAD)]
    extent.cells += len(starts)
    if max(rows.max(initial=0), extent.rows) * max(columns.max(initial=0), extent.columns) > limit:
        ends = np.flatnonzero(signs == ord(">"))  # cells that only have a colour do not count
        filled = signs[ends[np.minimum(np.searchsorted(ends, starts), len(ends) - 1)] - 1] != ord("/")
        rows, columns = rows[filled], columns[filled]
    extent.rows = max(extent.rows, int(rows.max(initial=0)))
    extent.columns = max(extent.columns, int(columns.max(initial=0)))


def _pairs(chunk: bytes, first: int) -> Any:
    """Where ``<c`` stands at every second place from the first on: signs are compared two at a time."""
    return 2 * np.flatnonzero(np.frombuffer(chunk, "<u2", (len(chunk) - first) // 2, first) == BEGUN) + first


def _places(signs: Any, starts: Any) -> tuple[Any, Any, bool]:
    """Rows and columns of the cells that begin there, and whether all are written as ``<c r="AB12"``."""
    sound = all((signs[starts + at] == ord(sign)).all() for at, sign in ((3, "r"), (4, "="), (5, '"')))
    columns, first = _read(signs, starts + 6, ord("A"), 26, 3)
    rows, end = _read(signs, first, ord("0"), 10, 7)
    return rows, columns, bool(sound and ((signs[end] == ord('"')) & (end > first) & (first > starts + 6)).all())


def _read(signs: Any, at: Any, zero: int, base: int, most: int) -> tuple[Any, Any]:
    """Numbers that begin there, written in letters (from 1) or digits (from 0), and the places behind them."""
    found, going = np.zeros(len(at), dtype=np.int64), np.ones(len(at), dtype=bool)
    for _ in range(most):
        sign = signs[at] - np.uint8(zero)  # what is less than zero becomes large
        going &= sign < base
        if not going.any():
            break
        found[going] = found[going] * base + sign[going] + (base == 26)
        at = at + going
    return found, at


def _widest(chunk: bytes) -> int:
    """The most bytes that one shared text takes, at least."""
    starts = np.flatnonzero(np.frombuffer(chunk, dtype=np.uint8) == ord("<"))
    return int(np.diff(starts, append=len(chunk)).max(initial=0))
