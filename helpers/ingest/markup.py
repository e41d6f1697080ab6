"""Tables of a web page that was saved under the name of a workbook, as some back offices do."""

from collections.abc import Mapping
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from helpers.ingest import decoding
from helpers.ingest.limits import refused
from helpers.ingest.pages import Sheet, of_rows

WIDEST = 1000  # columns that one cell may span


class _Tables(HTMLParser):
    """Collects the rows of all tables; a cell that spans columns is followed by empty ones."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self._cell: list[str] | None = None
        self._span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._close()
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self._close()
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables and self.tables[-1]:
            self._close()
            span = dict(attrs).get("colspan") or "1"
            self._cell, self._span = [], min(int(span), WIDEST) if span.isdecimal() else 1
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._close()

    def _close(self) -> None:
        if self._cell is not None:
            self.tables[-1][-1] += ["".join(self._cell).strip(), *[""] * (self._span - 1)]
            self._cell = None


def sheets(path: Path, data: bytes, formats: Mapping[str, Any]) -> list[Sheet]:
    """One sheet per table of the page.

    Raises
    ------
    Refusal
        It is too large, has no table, or its text is in no known encoding.
    """
    limit = formats["limits"]["page"]
    if len(data) > limit:
        raise refused(path, formats, "too_large", "split", size=len(data) // 10**6, limit=limit // 10**6)
    plain, start = decoding.utf8(path, data, formats)
    reader = _Tables()
    reader.feed(plain[start:].decode())
    reader.close()
    if not any(filter(None, reader.tables)):
        raise refused(path, formats, "page_only", "reload")
    found = []
    for rows in filter(None, reader.tables):
        width = max(map(len, rows))
        even = [row + [""] * (width - len(row)) for row in rows]
        found.append(of_rows("", partial(iter, even), "book", formats["header_rows"]))
    return found
