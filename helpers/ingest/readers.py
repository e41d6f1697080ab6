"""Sheets of text out of files of any kind: what a file is in truth is told by its first bytes, not by its name."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.ingest import markup, records, texts, workbooks
from helpers.ingest.limits import refused
from helpers.ingest.pages import Sheet
from helpers.ingest.refusal import words

FAMILIES = {
    **dict.fromkeys(("csv", "tsv", "txt"), "text"),
    **dict.fromkeys(("xlsx", "xls", "xlsm", "xlsb", "ods", "et"), "book"),
    **dict.fromkeys(("json", "jsonl", "ndjson"), "records"),
    "parquet": "parquet",
    "zip": "packed",
}
ENDINGS = tuple(FAMILIES)
STARTS = {b"PK": "book", b"\xd0\xcf\x11\xe0": "book", b"PAR1": "parquet", b"Rar!": "packed", b"7z\xbc\xaf": "packed"}
STARTS |= {
    b"\x1f\x8b": "packed",
    b"%PDF": "picture",
    b"\x89PNG": "picture",
    b"\xff\xd8\xff": "picture",
    b"GIF8": "picture",
}
PAGE = re.compile(rb"\s*(<!--.*?-->\s*)*<(!doctype html|html|head|meta|body|table|style)\b", re.IGNORECASE | re.DOTALL)
MARKUP = re.compile(rb"\s*<\?xml\b")
DUMP = re.compile(rb'\s*(\[\s*)?\{\s*"')
LOOK = 4096


def ending(path: Path) -> str:
    """The file name's ending in lower case, without the dot."""
    return path.suffix.lower().removeprefix(".")


def sheets(path: Path, data: bytes, formats: Mapping[str, Any]) -> list[Sheet]:
    """All sheets of a file.

    Raises
    ------
    Refusal
        The file cannot be opened or decoded, was cut off, has a password, or would take too much memory.
    """
    kind, said = _family(path, data), FAMILIES.get(ending(path), "")
    found = _read(path, data, kind, formats)
    widest = max((len(row) for sheet in found for row in sheet.head), default=0)
    if widest > formats["limits"]["columns"]:
        raise refused(path, formats, "too_wide", n=widest, limit=formats["limits"]["columns"])
    if kind == said or not said:
        return found
    note = words(formats["messages"]["wrong_ending"], ending=ending(path), kind=formats["families"][kind])
    return [replace(sheet, told=(*sheet.told, note)) for sheet in found]


def _family(path: Path, data: bytes) -> str:
    start = data[:LOOK]
    known = next((kind for sign, kind in STARTS.items() if start.startswith(sign)), "")
    if known:
        return known
    plain = start.removeprefix(b"\xef\xbb\xbf")
    if PAGE.match(plain):
        return "page"
    if MARKUP.match(plain):
        return "markup"
    dump = FAMILIES.get(ending(path)) == "records" or DUMP.match(plain)
    return "records" if dump else "text"


def _read(path: Path, data: bytes, kind: str, formats: Mapping[str, Any]) -> list[Sheet]:
    if kind == "packed":
        raise refused(path, formats, "archive", "unpack")
    if kind in ("picture", "markup"):
        raise refused(path, formats, "other_program", "save_as")
    if kind == "parquet":
        return _parquet(path, data, formats)
    reader = {"book": workbooks, "page": markup, "records": records}.get(kind, texts)
    found: list[Sheet] = reader.sheets(path, data, formats)
    return found


def _parquet(path: Path, data: bytes, formats: Mapping[str, Any]) -> list[Sheet]:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(pa.BufferReader(data))
    except (pa.ArrowException, OSError) as error:
        raise workbooks.broken(path, error, formats) from None
    names, limits = file.schema_arrow.names, formats["limits"]
    size = sum(file.metadata.row_group(at).total_byte_size for at in range(file.metadata.num_row_groups))
    if size > limits["unfolded"]:
        raise refused(path, formats, "bomb", limit=limits["unfolded"] // 10**6)

    def body(skip: int, positions: Any) -> Any:  # the header is not among its rows
        try:
            table = file.read([names[place] for place in positions])
            cells = [column.cast(pa.large_string()).fill_null("") for column in table.columns]
        except (pa.ArrowException, OSError) as error:
            raise workbooks.broken(path, error, formats) from None
        found = pa.table(cells, names=[str(place) for place in positions]).to_pandas()
        return found.set_axis(list(positions), axis=1).set_axis(pd.RangeIndex(2, 2 + len(found)))

    return [Sheet("", [names], body, "parquet")]
