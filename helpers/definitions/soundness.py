"""What a definition may write: the shape of each entry, expressions, forms of times and words that the store knows."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import TYPE_CHECKING, Any

from helpers.errors import DefinitionError, nearest

if TYPE_CHECKING:
    from helpers.definitions.exports import ExportKind
    from helpers.definitions.mapping import Column

TEXTS = ("kind", "variant", "table", "value", "unit", "form", "pattern", "with", "between", "why", "then", "whole_from")
LISTS = (
    "into", "refuse", "drop", "keep", "totals", "check", "when", "join", "first", "row_number", "gather", "product", "sum",
    "difference",
)  # fmt: skip
TABLES = ("name", "short", "where", "values", "nested", "template")
FORMS = ("fraction", "percent", "number", "round", "code")
DIRECTIVES = re.compile(r"%[^aAbBcdfHIjmMpSUwWxXyYzZGuV%]|%$")
AS_THEY_ARE = "keep"


def shaped(place: str, raw: Any) -> None:
    """Nothing, unless an entry is a list where a text belongs, and the like: then a DefinitionError."""
    _entries(place, raw)
    for words, wanted, sample in ((TEXTS, str, '"…"'), (LISTS, list, "[…]"), (TABLES, Mapping, "{ … }")):
        for word in words:
            if word in raw and not isinstance(raw[word], wanted):
                raise DefinitionError(place, f"{word} = {raw[word]!r} has another shape", f"write {word} = {sample}")


def _entries(place: str, raw: Any) -> None:
    if not isinstance(raw, Mapping):
        raise DefinitionError(
            place, f"{raw!r} stands where entries belong", "write { header = … }, see docs/exports.md"
        )


def blocks(place: str, raw: Any) -> None:
    """Nothing, unless a block of the definition, a check or a column has another shape: then a DefinitionError."""
    shaped(place, raw)
    for into in raw.get("into", ()):
        shaped(f"{place} into", into)
        _entries(f"{place} into.columns", columns := into.get("columns", {}))
        for check in into.get("check", ()):
            shaped(f"{place} check", check)
        for name, entry in columns.items():
            if not isinstance(entry, str | list):
                shaped(f"{place} {into.get('table')}.{name}", entry)


def spoken(place: str, raw: Mapping[str, Any]) -> None:
    """Nothing, unless what is shown to people lacks a language: then a DefinitionError."""
    for word in ("name", "short", "where"):
        if missing := [lang for lang in ("zh", "en") if word in raw and not raw[word].get(lang)]:
            raise DefinitionError(place, f"{word} lacks {missing[0]}", f"write {word} = {{ zh = …, en = … }}")


def dated(place: str, whole_from: str, earliest: str) -> None:
    """Nothing, unless the time or the day cannot be read: then a DefinitionError."""
    for word, text, read, sample in (
        ("whole_from", whole_from, time.fromisoformat, "10:00"),
        ("earliest", earliest, date.fromisoformat, "2026-10-01"),
    ):
        try:
            read(text or sample)
        except ValueError:
            raise DefinitionError(place, f"{word} = {text!r} cannot be read", f'write "{sample}"') from None


def expression(place: str, pattern: str, groups: int = 0) -> None:
    """Nothing, unless the regular expression is broken or has too few groups: then a DefinitionError."""
    try:
        found = re.compile(pattern).groups
    except re.error as error:
        raise DefinitionError(place, f"pattern {pattern!r} is no regular expression: {error}", "correct it") from None
    if pattern and found < groups:
        raise DefinitionError(place, f"pattern {pattern!r} has no group", "put the part to take in (…)")


def column(place: str, raw: Mapping[str, Any], formats: Iterable[str]) -> None:
    """Nothing, unless an option of a column cannot be meant so: then a DefinitionError."""
    if "value" in raw and "header" in raw:
        raise DefinitionError(place, "has both value and header", "value is a constant; words of cells are values")
    if raw.get("form", FORMS[0]) not in FORMS:
        raise DefinitionError(place, f"unknown form {raw['form']!r}", nearest(raw["form"], FORMS))
    for text in formats:
        if found := DIRECTIVES.search(text):
            raise DefinitionError(
                place, f"format {text!r} has {found[0]!r}, which means nothing", "see docs/exports.md"
            )
    expression(place, raw.get("pattern", ""), 1)


def reasons(kind: "ExportKind", messages: Mapping[str, Any]) -> None:
    """Nothing, unless a file would be refused for a reason that nobody can say: then a DefinitionError."""
    for why in (rule.why for rule in kind.refuse):
        if why not in messages:
            place, todo = f"{kind.file} refuse", nearest(why, tuple(messages))
            raise DefinitionError(place, f"why = {why!r} stands not under [messages] in formats.toml", todo)


def known(place: str, entry: "Column", words: Iterable[str]) -> None:
    """Nothing, unless the column may give a word that the store's table does not know: then a DefinitionError."""
    given = [*entry.values.values(), *(rule.then for rule in entry.when), entry.value, entry.empty]
    given += [entry.unknown] if entry.unknown != AS_THEY_ARE else []
    for word in given:
        if word and word not in words:
            raise DefinitionError(place, f"the store has no word {word!r} here", nearest(word, tuple(words)))
    for part in (*entry.parts, *([entry.otherwise] if entry.otherwise else [])):
        known(place, part, words)
