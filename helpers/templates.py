"""The sheets that only a shop can fill, written as workbooks: one example row, drop-down lists, a note on every column."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from helpers.definitions import exports, tables, templates
from helpers.definitions.exports import ExportKind
from helpers.definitions.tables import MOMENT
from helpers.definitions.templates import Field, Template

WRITTEN = datetime(2020, 1, 1)  # stands in every file, so that the same definitions give the same bytes
PLAIN = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
LAST = "XFD1048576"
WIDEST = 32
FORMATS = {"day": "yyyy-mm-dd", "time": "yyyy-mm-dd hh:mm:ss", "money": "#,##0.00", "int": "0", "rate": "0.0#%"}
TEXT = "@"  # what is no number stays as it was typed
HEAD = {"bold": True, "font_color": "#FFFFFF", "text_wrap": True, "valign": "top", "border": 1}


def write_templates(folder: Path, lang: str = "zh", shop: str = "") -> list[Path]:
    """Paths of the workbooks, one for each kind of export that only a shop can fill; the same bytes at every run.

    Parameters
    ----------
    folder : Path
        Where they go; files of an earlier run are replaced, unless somebody has filled them in since (see `filled`).
    lang : str
        Language of notes and explanations; headers and file names stay as the definitions read them.
    shop : str
        Whose own definitions count too.
    """
    folder.mkdir(parents=True, exist_ok=True)
    words = templates.settings(shop)
    kinds = [kind for kind in exports.load(shop, tables.load(shop)) if kind.template]
    return [_write(folder, kind, words, lang) for kind in kinds]


def filled(path: Path) -> bool:
    """Whether somebody saved the workbook after it was written."""
    try:
        with ZipFile(path) as book:
            return f"{WRITTEN:%Y-%m-%dT%H:%M:%SZ}</dcterms:modified>" not in book.read("docProps/core.xml").decode()
    except (BadZipFile, KeyError):
        return True


def _write(folder: Path, kind: ExportKind, words: Mapping[str, Any], lang: str) -> Path:
    import xlsxwriter

    assert kind.template
    path = folder / f"{kind.template.file}.xlsx"
    if path.exists() and filled(path):
        return path
    with xlsxwriter.Workbook(str(path), PLAIN) as book:
        book.set_properties({"title": kind.name[lang], "created": WRITTEN})
        pages = [book.add_worksheet(name) for name in (kind.template.file, *words["sheets"].values())]
        _sheet(book, pages[0], kind.template, words, lang)
        _explained(book, pages[1], kind, words, lang)
        _choices(book, pages[2], kind.template, words, lang)
    return path


def _sheet(book: Any, page: Any, template: Template, words: Mapping[str, Any], lang: str) -> None:
    """The mark and the columns, the example under them, and below it cells that know what they take."""
    mark, at = words["mark"], 0
    _column(book, page, at, mark["header"], mark["word"], "text", False)
    page.write_comment(0, at, mark[lang], {"author": ""})
    lists = [field for field in template.fields if field.choices]
    for at, field in enumerate(template.fields, 1):
        _column(book, page, at, field.header, field.example, _kind(field), field.required)
        page.write_comment(0, at, _note(field, words, lang), {"author": "", "x_scale": 2, "y_scale": 1.2})
        rule = _allowed(field, 2 * lists.index(field) if field in lists else 0, words, lang)
        if rule:
            page.data_validation(1, at, words["rows"], at, rule)
    page.freeze_panes(1, 1)
    page.ignore_errors({"number_stored_as_text": f"A1:{LAST}"})


def _column(book: Any, page: Any, at: int, header: str, example: str, kind: str, required: bool) -> None:
    shown = {"num_format": FORMATS.get(kind, "General" if kind in ("number", "seconds") else TEXT)}
    page.set_column(at, at, min(max(_width(header), _width(example), 10) + 2, WIDEST), book.add_format(shown))
    head = book.add_format({**HEAD, "bg_color": "#A61C28" if required else "#6B7280"})
    page.write_string(0, at, header, head)
    _cell(page, at, example, kind, book.add_format({**shown, "italic": True, "font_color": "#808080"}))


def _cell(page: Any, at: int, example: str, kind: str, style: Any) -> None:
    """The example as a person would have typed it."""
    if not example:
        page.write_blank(1, at, None, style)
    elif kind in MOMENT:
        page.write_datetime(1, at, datetime.fromisoformat(example), style)
    elif kind == "rate":
        page.write_number(1, at, float(example.removesuffix("%")) / (100 if example.endswith("%") else 1), style)
    elif kind in ("money", "int", "number", "seconds") and example.replace(".", "", 1).isdigit():
        page.write_number(1, at, float(example), style)
    else:
        page.write_string(1, at, example, style)


def _kind(field: Field) -> str:
    return "number" if field.kind == "rate" and field.form == "number" else field.kind


def _note(field: Field, words: Mapping[str, Any], lang: str) -> str:
    need = words["words"]["required" if field.required else "optional"][lang]
    kind = words["kinds"]["choice" if field.choices else _kind(field)][lang]
    example = words["words"]["example"][lang].format(example=field.example)
    return "\n".join([f"【{need}】{field.note[lang]}", kind, *([example] if field.example else [])])


def _allowed(field: Field, at: int, words: Mapping[str, Any], lang: str) -> Mapping[str, Any]:
    """What the cells of a column take: words of a list, days, or anything."""
    told = words["words"]
    if field.choices:
        letter, last = _letter(at), len(field.choices) + 1
        message = told["bad_word" if field.strict else "other_word"][lang]
        return {
            "validate": "list",
            "source": f"='{words['sheets']['choices']}'!${letter}$2:${letter}${last}",
            "error_type": "stop" if field.strict else "information",
            "error_message": message,
        }
    if field.kind in MOMENT:
        first: date = words["least_day"]
        return {"validate": "date", "criteria": ">=", "value": first, "error_message": told["bad_day"][lang]}
    return {}


def _letter(at: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(at))


def _explained(book: Any, page: Any, kind: ExportKind, words: Mapping[str, Any], lang: str) -> None:
    """What the sheet is for, the rules, and one line a column."""
    template, told = kind.template, words["words"]
    assert template
    wrap, bold = book.add_format({"text_wrap": True, "valign": "top"}), book.add_format({"bold": True, "font_size": 14})
    page.write_string(0, 0, kind.name[lang], bold)
    lines = [template.about[lang], told["row"][lang].format(row=template.row[lang]), *told["rules"][lang].splitlines()]
    for at, line in enumerate(lines, 1):
        page.merge_range(at, 0, at, 4, "", wrap)
        page.write_string(at, 0, line, wrap)
        page.set_row(at, 16 * (1 + _width(line) // 110))
    rows = [[told[name][lang] for name in ("column", "need", "kind", "note", "sample")]]
    rows += [_line(field, words, lang) for field in template.fields]
    head = book.add_format({**HEAD, "bg_color": "#6B7280"})
    for down, row in enumerate(rows, len(lines) + 2):
        for across, text in enumerate(row):
            page.write_string(down, across, text, head if row is rows[0] else wrap)
    for across, width in enumerate((20, 8, 34, 50, 26)):
        page.set_column(across, across, width)


def _line(field: Field, words: Mapping[str, Any], lang: str) -> list[str]:
    need = words["words"]["required" if field.required else "optional"][lang]
    kind = words["kinds"]["choice" if field.choices else _kind(field)][lang]
    return [field.header, need, kind, field.note[lang], field.example]


def _choices(book: Any, page: Any, template: Template, words: Mapping[str, Any], lang: str) -> None:
    """The words of the drop-down lists, two columns each: the word and what it means."""
    head, told = book.add_format({**HEAD, "bg_color": "#6B7280"}), words["words"]
    for at, field in enumerate(field for field in template.fields if field.choices):
        _list(page, 2 * at, [f"{field.header}：{told['word'][lang]}", *(one.word[lang] for one in field.choices)], head)
        _list(page, 2 * at + 1, [told["meaning"][lang], *(one.meaning[lang] for one in field.choices)], head)


def _list(page: Any, at: int, cells: Sequence[str], head: Any) -> None:
    page.set_column(at, at, min(max(map(_width, cells)) + 2, WIDEST))
    for down, text in enumerate(cells):
        page.write_string(down, at, text, *([] if down else [head]))


def _width(text: str) -> int:
    """How many narrow letters wide a text is printed."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
