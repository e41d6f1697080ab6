"""Text files as UTF-8, whatever they were written in; what was damaged or cut off on its way is told, never guessed."""

import codecs
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from helpers.ingest.limits import refused

PIECE = 1 << 24
START = 1 << 16
CHARACTERS = 4  # so many Chinese characters in a row of bytes are not there by chance
WIDE, LEAST = 0.1, 4  # share and number of zero bytes in one half of UTF-16


def utf8(path: Path, data: bytes, formats: Mapping[str, Any]) -> tuple[bytes, int]:
    """The text as UTF-8 and where in it the first line begins; the same bytes where they are UTF-8 already.

    Raises
    ------
    Refusal
        It has bytes of zero, is in no known encoding, or ends within a character.
    """
    encoding = _wide(data)
    if not encoding and b"\0" in data:
        raise refused(path, formats, "nul", n=data.count(b"\0"), row=row_of(data, data.index(b"\0")))
    if not encoding and (place := _fault(data, "utf-8")) is not None:
        if _chinese(data, place):
            raise _damaged(path, data, place, formats)
        encoding = "gb18030"
    if encoding:
        data = _recoded(path, data, encoding, formats)
    start = 0
    while data.startswith(codecs.BOM_UTF8, start):
        start += len(codecs.BOM_UTF8)
    return data, start


def row_of(data: bytes, place: int) -> int:
    """The line in which a byte stands."""
    return data.count(b"\n", 0, place) + 1


def _wide(data: bytes) -> str:
    """Which UTF-16 it is, by its mark or by zeros in every second byte; empty for any other text."""
    if data[:2] == codecs.BOM_UTF16_LE:
        return "utf-16-le"
    if data[:2] == codecs.BOM_UTF16_BE:
        return "utf-16-be"
    zeros = [data[at:START:2].count(0) for at in (0, 1)]
    enough = max(WIDE * len(data[:START]) / 2, LEAST)
    if zeros[0] == 0 and zeros[1] > enough:
        return "utf-16-le"
    return "utf-16-be" if zeros[1] == 0 and zeros[0] > enough else ""


def _fault(data: bytes, encoding: str) -> int | None:
    """Where the text stops being in that encoding; None where it is, to its end."""
    if encoding == "utf-8" and _is_utf8(data):
        return None
    decoder, view = codecs.getincrementaldecoder(encoding)(), memoryview(data)
    for at in range(0, len(data), PIECE):
        kept = len(decoder.getstate()[0])
        try:
            decoder.decode(view[at : at + PIECE], at + PIECE >= len(data))
        except UnicodeDecodeError as error:
            return at - kept + error.start
    return None


def _is_utf8(data: bytes) -> bool:
    """The check of the compiled reader, which copies nothing."""
    import pyarrow as pa

    ends = pa.array([0, len(data)], pa.int64()).buffers()[1]
    try:
        pa.LargeStringArray.from_buffers(1, ends, pa.py_buffer(data)).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _chinese(data: bytes, place: int) -> bool:
    """Whether what stands before the fault is UTF-8 beyond doubt."""
    before = data[max(0, place - START) : place].decode("utf-8", "ignore")
    found = sum("\u3000" <= sign <= "\u9fff" or "\uff00" <= sign <= "\uffee" for sign in before)
    return data.startswith(codecs.BOM_UTF8) or found >= CHARACTERS


def _damaged(path: Path, data: bytes, place: int, formats: Mapping[str, Any]) -> Exception:
    """The file was cut off where the fault is its last character; else its text is damaged."""
    message = "cut_off" if len(data) - place < 4 else "encoding"
    return refused(path, formats, message, row=row_of(data, place))


def _recoded(path: Path, data: bytes, encoding: str, formats: Mapping[str, Any]) -> bytes:
    decoder, view, out = codecs.getincrementaldecoder(encoding)(), memoryview(data), io.BytesIO()
    try:
        for at in range(0, len(data), PIECE):
            out.write(decoder.decode(view[at : at + PIECE], at + PIECE >= len(data)).encode())
    except UnicodeError:
        place = _fault(data, encoding)
        raise _damaged(path, data, len(data) // 2 if place is None else place, formats) from None
    return out.getvalue()
