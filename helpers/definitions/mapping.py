"""How the columns of an export become those of a table: rules on rows, and where each column's cells come from."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from helpers.definitions.tables import Table
from helpers.errors import DefinitionError, nearest

NUMBERS = ("product", "sum", "difference")
BETWEEN = r"[,，;；、\s]+"


@dataclass(frozen=True)
class Rule:
    """A test on a row: every part that is given must hold; ``also`` are further tests that must hold with it."""

    headers: tuple[str, ...]
    equals: tuple[str | float, ...] = ()
    not_equals: tuple[str | float, ...] = ()
    pattern: str = ""
    above: float | None = None
    below: float | None = None
    empty: bool | None = None
    also: tuple["Rule", ...] = ()
    why: str = ""
    then: str = ""


@dataclass(frozen=True)
class Column:
    """Where the cells of one column come from, and how they are read."""

    headers: tuple[str, ...] = ()
    value: str | None = None
    combine: str = ""
    parts: tuple["Column", ...] = ()
    between: str = "-"
    when: tuple[Rule, ...] = ()
    otherwise: "Column | None" = None
    unit: str = ""
    form: str = ""
    format: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    unknown: str | None = None
    empty: str | None = None
    null: tuple[str, ...] = ()
    pattern: str = ""
    negate: bool = False
    mask: bool = False


@dataclass(frozen=True)
class Total:
    """Rows that meet ``total`` must equal the sum of those that meet ``of`` (all others, where none is given).

    ``by`` are columns of the table that both share, ``columns`` those that add up.
    """

    total: Rule
    of: Rule | None
    by: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Into:
    """One table that an export feeds, which rows go there, and the columns.

    ``each`` splits a cell that holds several ids by ``between``: one row of the table per id. ``totals`` are checked.
    """

    table: str
    keep: tuple[Rule, ...]
    drop: tuple[Rule, ...]
    columns: Mapping[str, Column]
    each: tuple[str, ...] = ()
    between: str = ""
    totals: tuple[Total, ...] = ()


def header(text: object) -> str:
    """A header without what differs between versions of an export: spaces, case, width of letters and brackets."""
    return "".join(unicodedata.normalize("NFKC", str(text)).split()).casefold()


def into(place: str, raw: Mapping[str, Any], tables: Mapping[str, Table]) -> Into:
    """One [[into]] block of a definition.

    Raises
    ------
    DefinitionError
        It names a table, column or option that does not exist.
    """
    only(f"{place} into", raw, ("table", "keep", "drop", "columns", "each", "between", "totals"))
    name = raw.get("table", "")
    if name not in tables:
        raise DefinitionError(place, f"unknown table {name!r}", nearest(name, list(tables)))
    known = tables[name].columns
    for column in raw.get("columns", {}):
        if column not in known:
            raise DefinitionError(place, f"{name} has no column {column!r}", nearest(column, list(known)))
    keep, drop = (tuple(rule(place, entry) for entry in raw.get(word, ())) for word in ("keep", "drop"))
    columns = {column: _column(f"{place} {name}.{column}", entry) for column, entry in raw.get("columns", {}).items()}
    each = tuple(header(word) for word in listed(raw.get("each", [])))
    totals = tuple(_total(f"{place} totals", entry, known) for entry in raw.get("totals", ()))
    return Into(name, keep, drop, columns, each, raw.get("between", BETWEEN), totals)


def _total(place: str, raw: Mapping[str, Any], known: Mapping[str, str]) -> Total:
    only(place, raw, ("total", "of", "by", "columns"))
    by, columns = tuple(raw.get("by", ())), tuple(raw["columns"])
    for column in (*by, *columns):
        if column not in known:
            raise DefinitionError(place, f"the table has no column {column!r}", nearest(column, list(known)))
    return Total(rule(place, raw["total"]), rule(place, raw["of"]) if "of" in raw else None, by, columns)


def rule(place: str, raw: Mapping[str, Any]) -> Rule:
    """A test on rows as a definition writes it."""
    only(place, raw, ("header", *(name for name in Rule.__dataclass_fields__ if name != "headers")))
    return Rule(
        tuple(header(name) for name in listed(raw.get("header", []))),
        tuple(listed(raw.get("equals", []))),
        tuple(listed(raw.get("not_equals", []))),
        raw.get("pattern", ""),
        raw.get("above"),
        raw.get("below"),
        raw.get("empty"),
        tuple(rule(place, entry) for entry in listed(raw.get("also", []))),
        raw.get("why", ""),
        raw.get("then", ""),
    )


def _column(place: str, raw: Any) -> Column:
    if isinstance(raw, str | list):
        return Column(headers=tuple(header(name) for name in listed(raw)))
    combine = next((word for word in ("join", "row_number", *NUMBERS) if word in raw), "")
    plain = ("value", "unit", "form", "unknown", "empty", "pattern", "negate", "mask")
    only(place, raw, ("header", "format", "values", "null", "when", "else", "with", combine or "header", *plain))
    return Column(
        headers=tuple(header(name) for name in listed(raw.get("header", []))),
        combine=combine,
        parts=tuple(_column(place, part) for part in raw.get(combine, [])),
        between=raw.get("with", "-"),
        when=tuple(rule(place, entry) for entry in raw.get("when", ())),
        otherwise=_else(place, raw),
        format=tuple(listed(raw.get("format", []))),
        values={header(key): str(value) for key, value in raw.get("values", {}).items()},
        null=tuple(header(word) for word in listed(raw.get("null", []))),
        **{word: raw[word] for word in plain if word in raw},
    )


def _else(place: str, raw: Mapping[str, Any]) -> Column | None:
    given = raw.get("else")
    return Column(value=given) if isinstance(given, str) else _column(place, given) if given is not None else None


def listed(entry: Any) -> list[Any]:
    """The entry as a list; a single one becomes a list of one."""
    return list(entry) if isinstance(entry, list | tuple) else [entry]


def only(place: str, raw: Mapping[str, Any], known: tuple[str, ...]) -> None:
    """Nothing, unless an entry has a name that no definition knows: then a DefinitionError."""
    for word in raw:
        if word not in known:
            raise DefinitionError(place, f"unknown entry {word!r}", nearest(word, known))
