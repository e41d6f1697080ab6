"""HTML tables of pandas (DataFrame or Styler) to Typst tables that fit the page.

Everything that a cell says is handed over as a string literal. A Styler's fills, colours, weights and bars are kept.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from helpers.publish import css, glyphs

LANDSCAPE_COLUMNS = 12
PORTRAIT_EM, LANDSCAPE_EM = 70.0, 118.0  # em that a page is wide at the smallest sizes that read well
WRAP_EM = 9.0  # a column of words may get this narrow
PAD_EM = 1.1  # left and right inset of a cell together
LONG_WORD = 16
CELLS = {"td", "th"}
EMPTY = {"", "-", "—", "–"}
SIGNS = r"\s¥$€£R+\-−–—~≈<>≤≥±(（)）"
NUMBER = re.compile(rf"[{SIGNS}]*\d[\d{SIGNS}.,:/%％‰万亿]*[^\W\d_]{{0,5}}[)）]*|[-—–]?")


@dataclass(frozen=True)
class Cell:
    """One cell where it stands: first column, span, text, style by CSS property."""

    column: int
    colspan: int
    rowspan: int
    text: str
    style: Mapping[str, str]


Rows = list[list[Cell]]


def literal(text: str) -> str:
    """A Typst string literal: nothing in it can be read as markup or code."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "").replace("\t", " ")
    return f'"{escaped}"'


def to_typst(html: str) -> str:
    """Typst code of all tables in a piece of HTML; of its plain text where it has none."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(html, "html.parser")
    styles = css.styles("\n".join(tag.get_text() for tag in soup.find_all("style")))
    for tag in soup(["style", "script"]):
        tag.decompose()
    tables = [table for table in soup.find_all("table") if table.find_parent("table") is None]
    if not tables:
        text = soup.get_text(" ", strip=True)
        return f"#plain({literal(text)})" if text else ""
    return "\n\n".join(code for code in (_table(table, styles) for table in tables) if code)


def _table(table: Any, styles: Mapping[str, Mapping[str, str]]) -> str:
    rows = [row for row in table.find_all("tr") if _cells(row)]
    if not rows:
        return ""
    in_head = [row for row in rows if row.find_parent("thead")]
    head = _merged(list(_placed(in_head, styles)))
    body = list(_placed([row for row in rows if row not in in_head], styles))
    caption = table.caption.get_text(" ", strip=True) if table.caption else ""
    columns = _columns(head, body)
    numeric = _numeric(body, columns)
    widths = _widths(head, body, columns, numeric)
    spanned = any(cell.colspan > 1 or cell.rowspan > 1 for row in [*head, *body] for cell in row)
    if sum(widths[-1]) <= LANDSCAPE_EM or spanned:
        return _sheet(head, body, caption, numeric, widths)
    return "\n\n".join(
        _sheet(_only(head, part), _only(body, part), caption, _at(numeric, part), [_at(one, part) for one in widths])
        for part in _parts(widths[-1])
    )


def _sheet(head: Rows, body: Rows, caption: str, numeric: Sequence[bool], widths: Sequence[Sequence[float]]) -> str:
    full, folded, least = widths
    squeezed = sum(least) > LANDSCAPE_EM
    landscape = len(least) > LANDSCAPE_COLUMNS or sum(least) > PORTRAIT_EM
    aligned = ", ".join("right" if flag else "left" for flag in numeric)
    parts = [
        f"caption: {literal(caption) if caption else 'none'}",
        f"landscape: {str(landscape).lower()}, squeezed: {str(squeezed).lower()}, rows: {len(body)}",
        f"full: {_numbers(full)}, folded: {_numbers(folded)}, least: {_numbers(least)}, align: ({aligned},)",
        f"head: ({''.join(_cell(cell, numeric, squeezed, 'th') + ', ' for row in head for cell in row)})",
        *(_cell(cell, numeric, squeezed, "text") for row in body for cell in row),
    ]
    return "#datatable(" + ",\n  ".join(parts) + ")"


def _parts(least: Sequence[float]) -> Iterator[list[int]]:
    """Columns of side by side parts that each fit a turned page and repeat the first column."""
    part, room = [0], LANDSCAPE_EM - least[0]
    for column in range(1, len(least)):
        if least[column] > room and len(part) > 1:
            yield part
            part, room = [0], LANDSCAPE_EM - least[0]
        part.append(column)
        room -= least[column]
    yield part


def _at(values: Sequence[Any], places: Sequence[int]) -> list[Any]:
    return [values[place] for place in places]


def _only(rows: Rows, columns: Sequence[int]) -> Rows:
    places = {column: place for place, column in enumerate(columns)}
    return [[replace(cell, column=places[cell.column]) for cell in row if cell.column in places] for row in rows]


def _columns(head: Rows, body: Rows) -> int:
    return max(cell.column + cell.colspan for row in [*head, *body] for cell in row)


def _numbers(values: Sequence[float]) -> str:
    return "(" + "".join(f"{value:.2f}, " for value in values) + ")"


def _placed(rows: Sequence[Any], styles: Mapping[str, Mapping[str, str]]) -> Iterator[list[Cell]]:
    """Cells of each row with the column they stand in, spans of earlier rows respected."""
    taken: dict[int, int] = {}
    for row in rows:
        column, cells = 0, []
        blocked = {place for place, left in taken.items() if left > 0}
        taken = {place: left - 1 for place, left in taken.items() if left > 1}
        for tag in _cells(row):
            while column in blocked:
                column += 1
            colspan, rowspan = (max(1, int(tag.get(name, 1))) for name in ("colspan", "rowspan"))
            style = dict(styles.get(tag.get("id", ""), {})) | css.declared(tag.get("style", ""))
            cells.append(Cell(column, colspan, rowspan, tag.get_text("\n", strip=True), style))
            if rowspan > 1:
                taken |= dict.fromkeys(range(column, column + colspan), rowspan - 1)
            column += colspan
        yield cells


def _cells(row: Any) -> list[Any]:
    return [tag for tag in row.children if tag.name in CELLS]


def _merged(head: Rows) -> Rows:
    """The head without the nearly empty row that pandas adds for index names."""
    if len(head) < 2 or any(cell.colspan > 1 or cell.rowspan > 1 for row in head[-2:] for cell in row):
        return head
    upper, lower = head[-2:]
    if len(upper) != len(lower) or any(one.text and two.text for one, two in zip(upper, lower, strict=True)):
        return head
    return [*head[:-2], [one if one.text else two for one, two in zip(upper, lower, strict=True)]]


def _numeric(body: Rows, columns: int) -> list[bool]:
    """Which columns hold numbers and nothing else."""
    texts: list[set[str]] = [set() for _ in range(columns)]
    for cell in (cell for row in body for cell in row if cell.colspan == 1):
        texts[cell.column].add(cell.text)
    return [bool(held - EMPTY) and all(map(NUMBER.fullmatch, held)) for held in texts]


def _widths(head: Rows, body: Rows, columns: int, numeric: Sequence[bool]) -> tuple[list[float], ...]:
    """Width in em of each column with its head in one line, with its head in two, and with its words broken as well."""
    full, folded, least = ([2.0] * columns for _ in range(3))
    for bold, rows in ((True, head), (False, body)):
        for cell in (cell for row in rows for cell in row if cell.colspan == 1):
            scale = glyphs.BOLD if bold else 1.0
            wide, word = glyphs.width(cell.text) * scale + PAD_EM, _word(cell.text) * scale + PAD_EM
            two_lines = min(wide, max(word, wide / 2 + PAD_EM)) if bold else wide
            whole = numeric[cell.column] and not bold
            narrow = wide if whole else min(two_lines, max(word, WRAP_EM / 2 if bold else WRAP_EM))
            for needs, need in ((full, wide), (folded, two_lines), (least, narrow)):
                needs[cell.column] = max(needs[cell.column], need)
    return full, folded, least


def _word(text: str) -> float:
    """Width in em of the longest part that cannot break."""
    return max((glyphs.width(part[:LONG_WORD]) for part in re.findall(r"[!-~]+", text)), default=1.0)


def _cell(cell: Cell, numeric: Sequence[bool], squeezed: bool, call: str) -> str:
    text = cell.text if numeric[cell.column] and not squeezed else _soft(cell.text, 1 if squeezed else LONG_WORD)
    arguments = [f"{name}: {span}" for name, span in (("colspan", cell.colspan), ("rowspan", cell.rowspan)) if span > 1]
    if cell.colspan > 1:
        arguments.append("align: center")
    elif cell.style.get("text-align") in {"left", "right", "center"}:
        arguments.append(f"align: {cell.style['text-align']}")
    fill = css.background(cell.style.get("background", "")) or css.colour(cell.style.get("background-color", ""))
    if fill:
        arguments.append(f"fill: {fill}")
    return f"table.cell({', '.join([*arguments, _text(call, text, cell.style)])})"


def _text(call: str, text: str, style: Mapping[str, str]) -> str:
    colour, bold = css.colour(style.get("color", "")), style.get("font-weight") in {"bold", "600", "700"}
    settings = [f"fill: {colour}"] * bool(colour) + ['weight: "bold"'] * bold
    return f"{call}({', '.join([*settings, literal(text)])})"


def _soft(text: str, every: int) -> str:
    """The text with invisible break points inside words that would otherwise push the table off the page."""
    return re.sub(rf"([!-~]{{{every}}})(?=[!-~])", "\\1\u200b", text)
