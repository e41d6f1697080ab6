"""Writers of CSV and XLSX as the back offices write them: the same bytes at every run."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, repeat
from pathlib import Path
from string import ascii_uppercase
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np
import pandas as pd

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
FORMATS = "http://schemas.openxmlformats.org"
MAIN = f'xmlns="{FORMATS}/spreadsheetml/2006/main"'
LINKS = f"{FORMATS}/officeDocument/2006/relationships"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{FORMATS}/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{TYPE}.worksheet+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{TYPE}.sharedStrings+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{FORMATS}/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{LINKS}"><sheets>'
    '<sheet name="SHEET" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{FORMATS}/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{LINKS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{LINKS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
}
Columns = Mapping[str, Sequence[Any]]


def yuan(fen: Any) -> list[str]:
    """Money as the order export prints it: two decimals, a comma at thousands."""
    values, place = np.unique(np.asarray(fen), return_inverse=True)
    texts = np.array([f"{value / 100:,.2f}" for value in values.tolist()], dtype=object)
    return list(texts[place])


def clock(times: Any, null: str = "-") -> list[str]:
    """Times as ``2026-10-01 20:15:30``."""
    texts = np.datetime_as_string(np.asarray(times, dtype="datetime64[s]"), unit="s").tolist()
    return [null if text == "NaT" else text.replace("T", " ") for text in texts]


def percent(part: Any, whole: Any) -> list[str]:
    """Ratios as ``3.25%``, a dash where there is nothing to divide by."""
    return ["-" if np.isnan(value) else f"{value:.2%}" for value in ratio(part, whole).tolist()]


def ratio(part: Any, whole: Any, digits: int = 6) -> Any:
    """Part by whole, not a number where the whole is 0."""
    whole = np.asarray(whole, dtype=float)
    found = np.divide(np.asarray(part, dtype=float), whole, out=np.full(whole.shape, np.nan), where=whole > 0)
    return np.round(found, digits)


def arranged(headers: Sequence[str], columns: Columns, missing: Any = "-") -> list[Sequence[Any]]:
    """The columns in the order of the headers; a header without a column is filled with dashes."""
    rows = len(next(iter(columns.values())))
    return [columns.get(header, [missing] * rows) for header in headers]


def write_csv(path: Path, headers: Sequence[str], rows: Iterable[Sequence[str]], encoding: str, quoted: bool) -> Path:
    """Write a CSV file, all cells quoted or none, and return its path."""
    left, join, right = ('"', '","', '"\n') if quoted else ("", ",", "\n")
    text = "".join(left + join.join(row) + right for row in [headers, *rows])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


def write_xlsx(path: Path, sheet: str, headers: Sequence[str], columns: Columns, missing: Any = "-") -> Path:
    """Write one sheet and return its path; numbers stay numbers, dashes stand for what is not known.

    Written by hand: a workbook of one plain sheet is six small XML parts, and the usual library takes ten times longer.
    """
    texts: list[str] = []
    page = _page(headers, [_plain(column) for column in arranged(headers, columns, missing)], texts)
    strings = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in texts)
    parts = dict(PARTS) | {"xl/workbook.xml": PARTS["xl/workbook.xml"].replace("SHEET", escape(sheet))}
    parts |= {"xl/worksheets/sheet1.xml": page, "xl/sharedStrings.xml": f"<sst {MAIN}>{strings}</sst>"}
    path.parent.mkdir(parents=True, exist_ok=True)
    with ZipFile(path, "w") as book:
        for name, body in parts.items():
            book.writestr(ZipInfo(name), HEAD + body, ZIP_DEFLATED, 1)  # dated 1980, whenever it is written
    return path


def _plain(column: Sequence[Any]) -> list[Any]:
    return column.tolist() if isinstance(column, np.ndarray | pd.Series) else list(column)


def _page(headers: Sequence[str], columns: Sequence[Sequence[Any]], texts: list[str]) -> str:
    seen: dict[Any, str] = {}
    cells = []
    for header, column in zip(headers, columns, strict=True):
        full = [header, *column]
        cells.append([seen[cell] if cell in seen else seen.setdefault(cell, _cell(cell, texts)) for cell in full])
    letters = [f'<c r="{_letters(at)}' for at in range(len(headers))]
    rows = "".join(
        f'<row r="{number}">{"".join(chain.from_iterable(zip(letters, repeat(str(number)), row)))}</row>'
        for number, row in enumerate(zip(*cells, strict=True), 1)
    )
    return f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>"


def _cell(cell: Any, texts: list[str]) -> str:
    if isinstance(cell, str) or cell is None or cell != cell:
        texts.append(cell if isinstance(cell, str) else "-")
        return f'" t="s"><v>{len(texts) - 1}</v></c>'
    return f'"><v>{cell}</v></c>'


def _letters(at: int) -> str:
    """The name of a column by its place: A, B … Z, AA …"""
    return (_letters(at // 26 - 1) if at > 25 else "") + ascii_uppercase[at % 26]
