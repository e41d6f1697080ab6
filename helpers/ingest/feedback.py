"""Rows that wait for a correction: listed, written as workbooks that a person corrects, and recognised when they come back."""

import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import pandas as pd

from helpers import paths
from helpers.definitions import exports, tables
from helpers.definitions.exports import ExportKind
from helpers.definitions.mapping import header
from helpers.ingest import filled, quarantine
from helpers.ingest.pages import Sheet
from helpers.ingest.recognise import Match
from helpers.ingest.refusal import Refusal, words
from helpers.store import Store

ORIGIN = ("source", "file", "sheet", "row", "kind", "snapshot")
SHEET = re.compile(r"[^\[\]:*?/\\']{1,31}")  # what a spreadsheet program takes for the name of a sheet
MADE = datetime(2020, 1, 1)  # the same rows give the same file, byte for byte


def lines(shop: str, lang: str) -> list[str]:
    """What waits for a correction, file by file with ten rows each, and the workbooks written for it."""
    formats, waiting = exports.formats(shop), Store.open().quarantine(shop)
    speech = formats["feedback"]
    if not len(waiting):
        return [speech["none"][lang]]
    found = []
    for (_, file), rows in waiting.groupby(["source", "file"], sort=False):
        path = _written(shop, file, rows, formats)
        found.append(speech["head"][lang].format(file=file, n=len(rows)))
        found += [_line(row, formats, lang) for row in rows.head(formats["shown"]).itertuples()]
        if len(rows) > formats["shown"]:
            found.append("  " + formats["messages"]["more"][lang].format(n=len(rows) - formats["shown"]))
        found += _words(shop, rows[rows["reason"] == filled.UNKNOWN], formats, lang)
        found.append(speech["todo"][lang].format(path=path, shop=shop))
    return found


def _words(shop: str, rows: Any, formats: Mapping[str, Any], lang: str) -> list[str]:
    """One line for each column whose words were not known, with those that are."""
    if not len(rows):
        return []
    kinds = {kind.id: kind for kind in exports.load(shop, tables.load(shop))}
    asked = dict.fromkeys(rows[["kind", "column"]].itertuples(index=False, name=None))
    known = [(title, filled.known(kinds[kind], title, formats)) for kind, title in asked if kind in kinds]
    return [formats["feedback"]["known"][lang].format(column=title, words=words) for title, words in known if words]


def _line(row: Any, formats: Mapping[str, Any], lang: str) -> str:
    sheet, speech = f"{row.sheet} " if row.sheet else "", formats["feedback"]
    slots = {"sheet": sheet, "row": row.row, "column": row.column, "value": repr(row.value)}
    return str(speech["row" if row.column else "whole_row"][lang]).format(
        why=quarantine.why(formats, row.reason)[lang], **slots
    )


def _written(shop: str, file: str, rows: Any, formats: Mapping[str, Any]) -> Path:
    """Where the rows of one file stand as a workbook; a workbook that may hold corrections is never overwritten."""
    content, folder, prefix = _workbook(rows, formats), paths.quarantine(shop), formats["feedback"]["prefix"]
    stem = prefix + Path(file).stem.removeprefix(prefix)  # a name of its own: beside the export it covers nothing
    folder.mkdir(parents=True, exist_ok=True)
    for number in count(1):
        path = folder / (f"{stem}.xlsx" if number == 1 else f"{stem}-{number}.xlsx")
        if not path.exists():
            path.write_bytes(content)
        if path.read_bytes() == content:
            break
    return path


def _workbook(rows: Any, formats: Mapping[str, Any]) -> bytes:
    """One sheet per sheet of the file: reason, place, its readable columns as text, and the origin of each row."""
    import xlsxwriter

    target = io.BytesIO()
    as_text = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, {**as_text, "in_memory": True}) as book:
        book.set_properties({"created": MADE})
        plain, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "num_format": "@"})
        wrong = book.add_format({"num_format": "@", "bg_color": formats["feedback"]["colour"]})
        for name, part in rows.groupby("sheet", sort=False):
            page = book.add_worksheet(name if SHEET.fullmatch(name) else None)
            _page(page, part, formats, plain, bold, wrong)
    return target.getvalue()


def _page(page: Any, rows: Any, formats: Mapping[str, Any], plain: Any, bold: Any, wrong: Any) -> None:
    speech, cells = formats["feedback"], [json.loads(text) for text in rows["cells"]]
    headers = list(dict.fromkeys(name for row in cells for name in row))
    titles = [speech["why"], speech["place"], *headers, speech["origin"]]
    page.freeze_panes(1, 0)
    page.set_column(0, len(titles) - 1, speech["width"])
    for at, title in enumerate(titles):
        page.write_string(0, at, title, bold)
    for line, (row, own) in enumerate(zip(rows.itertuples(), cells, strict=True), 1):
        marked = set(row.column.split("+"))
        page.write_string(line, 0, _line(row, formats, "zh").strip(), plain)
        page.write_string(line, 1, row.file, plain)
        for at, name in enumerate(headers, 2):
            page.write_string(line, at, own.get(name, ""), wrong if name in marked else plain)
        page.write_string(line, len(titles) - 1, _origin(row), plain)


def _origin(row: Any) -> str:
    return json.dumps({name: str(getattr(row, name)) for name in ORIGIN}, ensure_ascii=False)


def matches(
    path: Path, pages: Sequence[Sheet], kinds: Sequence[ExportKind], formats: Mapping[str, Any]
) -> list[tuple[Match, Any]]:
    """The sheets of a workbook of corrected rows, each with where its rows come from; none, if it is another file.

    Raises
    ------
    Refusal
        The column that says where a row comes from was changed, or its kind of export is no longer known.
    """
    mark, found = header(formats["feedback"]["origin"]), []
    for page in pages:
        headers = tuple(header(cell) for cell in page.head[0]) if page.head else ()
        if mark in headers:
            texts = page.body(1, [headers.index(mark)]).iloc[:, 0]
            origins = _origins(path, texts.fillna(""), formats)
            kind = next((kind for kind in kinds if {kind.id} == set(origins["kind"])), None)
            if kind is None and len(origins):
                raise _changed(path, formats)
            if kind:
                found.append((Match(page, kind, 0, headers), origins))
    return found


def _origins(path: Path, texts: Iterable[str], formats: Mapping[str, Any]) -> Any:
    try:
        rows = pd.DataFrame([json.loads(text) for text in texts], columns=list(ORIGIN))
        return rows.assign(row=rows["row"].astype("int64"), snapshot=pd.to_datetime(rows["snapshot"]))
    except (ValueError, TypeError, AttributeError):
        raise _changed(path, formats) from None


def _changed(path: Path, formats: Mapping[str, Any]) -> Refusal:
    messages, column = formats["messages"], formats["feedback"]["origin"]
    return Refusal(path.name, words(messages["origin_changed"], column=column), words(formats["todo"]["origin"]))
