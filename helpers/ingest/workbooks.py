"""Workbooks: only cell values are read; macros, links and formulas never run."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from helpers.ingest import apart, limits
from helpers.ingest.limits import refused
from helpers.ingest.pages import Sheet, of_rows
from helpers.ingest.refusal import Refusal, words

SEALED = "EncryptedPackage".encode("utf-16-le")  # the one part of a workbook with a password
MACROS = ("vbaproject.bin", "_VBA_PROJECT".encode("utf-16-le"))
PANIC = "PanicException"  # of the compiled reader; no Exception, and its class stands in no module
BOOK = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")


def sheets(path: Path, data: bytes, formats: Mapping[str, Any]) -> list[Sheet]:
    """The sheets of a workbook, hidden ones marked as such.

    Raises
    ------
    Refusal
        It has a password, is damaged or no workbook at all, or would fill the memory.
    """
    packed, here, macros = data[:2] == b"PK", False, MACROS[1] in data
    if packed:
        found = limits.parts(path, data, formats)
        names = [part.filename for part in found]
        if not any(name in names for name in BOOK):
            raise refused(path, formats, *_archive(names))
        here = limits.safe(path, data, found, formats) and BOOK[0] in names
        macros = any(name.lower().endswith(MACROS[0]) for name in names)
    elif SEALED in data:
        raise refused(path, formats, "locked", "save")
    told = (words(formats["messages"]["macros"]),) if macros else ()
    return list(_here(path, data, formats, told) if here else _apart(path, data, formats, told))


def _archive(names: Sequence[str]) -> tuple[str, str]:
    """What a zip file without a workbook is, and what to do about it."""
    return ("other_program", "save_as") if any(name.endswith(".iwa") for name in names) else ("archive", "unpack")


def _here(path: Path, data: bytes, formats: Mapping[str, Any], told: tuple[Any, ...]) -> Iterator[Sheet]:
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for known in book.sheets_metadata:
            if known.typ == SheetTypeEnum.WorkSheet:
                hidden = known.visible != SheetVisibleEnum.Visible
                rows = partial(_rows, book.get_sheet_by_name(known.name))
                yield of_rows(known.name, rows, "book", formats["header_rows"], hidden=hidden, told=told)
    except BaseException as error:
        if not isinstance(error, CalamineError) and type(error).__name__ != PANIC:
            raise
        raise broken(path, error, formats) from None


def _rows(sheet: Any) -> Iterable[list[Any]]:
    left = [""] * sheet.start[1] if sheet.start else []
    return (left + row for row in sheet.iter_rows()) if left else sheet.iter_rows()


def _apart(path: Path, data: bytes, formats: Mapping[str, Any], told: tuple[Any, ...]) -> Iterator[Sheet]:
    most = formats["limits"]
    found, reason = apart.opened(data, most["memory"], most["cells"], most["seconds"])
    if reason:
        raise broken(path, reason, formats)
    if not found:
        raise refused(path, formats, "too_much", "split", limit=most["memory"] // 10**6)
    for name, shown, rows in found:
        yield of_rows(name, partial(iter, rows), "book", formats["header_rows"], hidden=not shown, told=told)


def broken(path: Path, error: object, formats: Mapping[str, Any]) -> Refusal:
    """The error that passes on a reader's own words, in one line."""
    said = " ".join(str(error).split())[:100]
    if "password" in said.lower():
        return refused(path, formats, "locked", "save")
    return refused(path, formats, "not_opened", "reopen", error=said)
