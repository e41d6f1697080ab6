"""Sheets that only a shop can fill: their columns, examples and choices, and how the example row is told from data."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from helpers.definitions import files
from helpers.definitions.mapping import Check, Into, Rule, header, listed, only
from helpers.definitions.tables import MOMENT, Table
from helpers.errors import DefinitionError, nearest

LANGUAGES = ("zh", "en")
SHEET_NAME = r"[^\[\]:*?/\\.'][^\[\]:*?/\\]{0,30}"
MIDNIGHT = " 00:00:00"
EXAMPLE, MARKED, TOTAL, UNFILLED = "example_row", "marked_row", "total_row", "not_filled"


@dataclass(frozen=True)
class Choice:
    """A word that a cell may hold, and what it stands for, by language."""

    word: Mapping[str, str]
    meaning: Mapping[str, str]


@dataclass(frozen=True)
class Field:
    """One column of a template.

    Parameters
    ----------
    name, header, kind : str
        Column of the table, the header that it is read from, and its type.
    form : str
        How a rate is written (``number`` is no rate but any number).
    required : bool
        Whether a row without it is set aside.
    key : bool
        Whether it tells rows apart.
    example : str
        Its cell in the example row.
    note : mapping of str to str
        What to write, by language.
    choices : tuple of Choice
        Words of its drop-down list.
    strict : bool
        Whether other words are faults.
    """

    name: str
    header: str
    kind: str
    form: str
    required: bool
    key: bool
    example: str
    note: Mapping[str, str]
    choices: tuple[Choice, ...]
    strict: bool


@dataclass(frozen=True)
class Template:
    """One sheet: its file name without ending, what it is for and what one row is (by language), its columns."""

    file: str
    about: Mapping[str, str]
    row: Mapping[str, str]
    fields: tuple[Field, ...]


def settings(shop: str = "") -> dict[str, Any]:
    """The words that all templates share: the mark of the example row, kinds of cells, headings."""
    return files.toml(files.find("templates.toml", shop))


def worded(raw: dict[str, Any], shop: str) -> dict[str, Any]:
    """The definition with the words of its coded columns complete: those of ``values_from``, and the stored ones.

    Raises
    ------
    DefinitionError
        ``values_from`` names no file of the definitions.
    """
    for check in (entry for into in raw.get("into", ()) for entry in into.get("check", ())):
        for part in (check, *check.get("also", ())):
            part["equals"] = _ids(part.pop("equals_from"), shop) if "equals_from" in part else part.get("equals", [])
    for column in (entry for into in raw.get("into", ()) for entry in into.get("columns", {}).values()):
        if not isinstance(column, dict) or not {"values", "values_from"} & set(column):
            continue
        words = {word: id for id, one in _listed(column, shop).items() for word in (*one.word.values(), id)}
        given = column.get("values", {})
        stored = {word: word for word in given.values() if word} if "template" in raw else {}
        column["values"] = {**stored, **given, **words}
    return raw


def _ids(source: Mapping[str, str], shop: str) -> list[str]:
    """The ids of the list ``file`` whose rows have the other cells that are named."""
    cells = {name: word for name, word in source.items() if name != "file"}
    rows = files.rows(files.find(source["file"], shop))
    return [next(iter(row.values())) for row in rows if cells.items() <= row.items()]


def fingerprint(raw: Mapping[str, Any], mark: Mapping[str, Any]) -> object:
    """The part of a template that decides how a file is read: its example and what must be filled."""
    columns = raw.get("template", {}).get("columns", {})
    cells = {name: [entry.get("example"), entry.get("required")] for name, entry in columns.items()}
    return [mark["header"], mark["pattern"], mark["totals"], cells] if cells else []


def read(place: str, raw: Mapping[str, Any], into: Into, table: Table, shop: str) -> Template:
    """The template of a definition.

    Raises
    ------
    DefinitionError
        A column without an entry or an entry without a column, a key that may stay empty, an example or a choice that
        the column's values do not know, a text that is missing in one of the languages.
    """
    entry, place = raw["template"], f"{place} template"
    only(place, entry, ("file", "about", "columns"))
    if not re.fullmatch(SHEET_NAME, entry.get("file", "")):
        raise DefinitionError(place, f"file {entry.get('file')!r} cannot name a sheet", "at most 31 signs, no []:*?/\\")
    first = {column.headers[0]: name for name, column in reversed(list(into.columns.items())) if column.headers}
    mapped = [name for name in into.columns if name in first.values()]  # a header may feed several columns
    given = entry.get("columns", {})
    for name in given:
        if name not in mapped:
            raise DefinitionError(place, f"{name!r} is not read from a header", nearest(name, mapped))
    for name in mapped:
        if name not in given:
            raise DefinitionError(place, f"column {name!r} has no entry", f"add [template.columns] {name} = {{ … }}")
    _both(f"{place} about", entry.get("about", {}))
    asked = [header(name) for names in raw["required"] for name in listed(names)]
    source = raw["into"][0]["columns"]
    fields = tuple(
        _field(f"{place} {name}", name, given[name], source[name], into, table, asked, shop) for name in given
    )
    if not any(field.key and field.example for field in fields):
        raise DefinitionError(place, "no column of the key has an example", "the example row is known by it")
    return Template(entry["file"], entry["about"], table.row, fields)


def _field(
    place: str, name: str, given: Mapping[str, Any], source: Any, into: Into, table: Table, asked: list[str], shop: str
) -> Field:
    only(place, given, ("example", "zh", "en", "required", "choices"))
    _both(place, given)
    column, key = into.columns[name], name in table.key
    required = given.get("required", column.headers[0] in asked)
    if key and not required and column.empty is None:
        raise DefinitionError(place, "is part of the key but may stay empty", "add its header to required")
    title = listed(source["header"] if isinstance(source, dict) else source)[0]
    choices = _choices(source if isinstance(source, dict) else {}, given.get("choices", ()), shop)
    strict = bool(column.values) and column.unknown is None
    example = str(given.get("example", ""))
    if isinstance(source, dict) and "values_from" in source and header(example) not in column.values:
        example = (
            choices[0].word["zh"] if choices else ""
        )  # a shop's own list need not have the word of the shipped example
    for word in (*given.get("choices", ()), *([example] if example else [])):
        if strict and header(word) not in column.values:
            raise DefinitionError(place, f"{word!r} is not among its values", nearest(word, list(column.values)))
    note = {lang: given[lang] for lang in LANGUAGES}
    return Field(name, title, table.columns[name], column.form, required, key, example, note, choices, strict)


def _both(place: str, texts: Mapping[str, Any]) -> None:
    for lang in LANGUAGES:
        if not texts.get(lang):
            raise DefinitionError(place, f"has no text in {lang!r}", 'write { zh = "…", en = "…" }')


def _listed(column: Mapping[str, Any], shop: str) -> dict[str, Choice]:
    """The list that ``values_from`` names, by the id in its first column: name_zh, name_en, basis_zh, basis_en."""
    if "values_from" not in column:
        return {}
    rows = {next(iter(row.values())): row for row in files.rows(files.find(column["values_from"], shop))}
    return {
        id: Choice(
            {lang: row.get(f"name_{lang}") or id for lang in LANGUAGES},
            {lang: row.get(f"basis_{lang}", "") for lang in LANGUAGES},
        )
        for id, row in rows.items()
    }


def _choices(source: Mapping[str, Any], given: tuple[str, ...], shop: str) -> tuple[Choice, ...]:
    """The words given, else one for each value: in Chinese the first one written, in English the stored one."""
    blank = dict.fromkeys(LANGUAGES, "")
    if given:
        return tuple(Choice(dict.fromkeys(LANGUAGES, word), blank) for word in given)
    if found := _listed(source, shop):
        return tuple(found.values())
    first: dict[str, str] = {}
    for word, value in source.get("values", {}).items():
        if value and word != value:
            first.setdefault(value, word)
    return tuple(Choice({"zh": word, "en": value}, {"zh": value, "en": word}) for value, word in first.items())


def filled(into: Into, template: Template, mark: Mapping[str, Any]) -> Into:
    """How the sheet is read: without its example row; a row that lacks a required cell, or has it wrong, is set aside."""
    needed = [field.name for field in template.fields if field.required and not field.key]
    return replace(
        into,
        drop=(*_example(template, mark), *into.drop),
        check=(*into.check, *(Check(name, empty=True, why=UNFILLED) for name in needed)),
        columns={
            name: replace(column, strict=column.strict or name in needed) for name, column in into.columns.items()
        },
    )


def _example(template: Template, mark: Mapping[str, Any]) -> tuple[Rule, ...]:
    """The rules that keep the example and sums out of the table: by the example's key, the mark, the word of a total."""
    keys = [field for field in template.fields if field.key and field.example]
    tests = [Rule((header(field.header),), _spellings(field)) for field in keys]
    same = Rule(tests[0].headers, tests[0].equals, also=tuple(tests[1:]), why=EXAMPLE)
    places = {header(mark["header"]), *(header(field.header) for field in keys[:1])}
    sums = (Rule((place,), tuple(mark["totals"]), why=TOTAL) for place in sorted(places))
    return same, Rule((header(mark["header"]),), pattern=mark["pattern"], why=MARKED), *sums


def _spellings(field: Field) -> tuple[str, ...]:
    """The example as typed, and a day as a spreadsheet's date cell prints it."""
    day = field.example.removesuffix(MIDNIGHT)
    return (day, day + MIDNIGHT) if field.kind in MOMENT and " " not in day else (field.example,)
