"""How the columns of an export become those of a table: rules on rows, and where each column's cells come from."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from helpers.definitions import soundness
from helpers.definitions.tables import Table
from helpers.errors import DefinitionError, nearest

NUMBERS = ("product", "sum", "difference")
BETWEEN = r"[,，;；、\s]+"


@dataclass(frozen=True)
class Rule:
    """A test on a row: every part that is given must hold; ``also`` are further tests that must hold with it.

    With ``within`` it holds for all rows that share these headers' cells with a row for which it holds; with ``differs`` for
    rows that share the header's cell with one whose cell is another under one of these.
    """

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
    within: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()


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
    values: Mapping[str, str] = field(default_factory=dict, hash=False)
    unknown: str | None = None
    empty: str | None = None
    null: tuple[str, ...] = ()
    pattern: str = ""
    digits: tuple[int, ...] = ()
    negate: bool = False
    mask: bool = False
    strict: bool = False


@dataclass(frozen=True)
class Total:
    """Rows that meet ``total`` must equal the sum of those that meet ``of`` (all others, where none is given).

    ``by`` are columns of the table that both share, ``columns`` those that add up; ``rounds`` says that the export rounds
    each amount to the fen, so that their sum may differ a little.
    """

    total: Rule
    of: Rule | None
    by: tuple[str, ...]
    columns: tuple[str, ...]
    rounds: bool = False


@dataclass(frozen=True)
class Check:
    """A row of which this holds is set aside: a column of the table is above or below a number or the sum of others.

    ``by`` says by how much more than that, in days for moments; ``equals`` and ``pattern`` test words; ``also`` are further
    tests that must hold with it. One that is ``told`` sets no row aside: it is read as it is, and said.
    """

    column: str
    above: float | tuple[str, ...] | None = None
    below: float | tuple[str, ...] | None = None
    empty: bool | None = None
    equals: tuple[str, ...] = ()
    pattern: str = ""
    by: float = 0
    also: tuple["Check", ...] = ()
    why: str = ""
    told: bool = False


@dataclass(frozen=True)
class Nested:
    """Blocks among the rows that begin with a header of their own and end before a row of which ``until`` holds.

    ``words`` are headers of such blocks beside those of the file.
    """

    until: Rule
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Into:
    """One table that an export feeds, which rows go there, and the columns.

    ``each`` splits a cell that holds several ids by ``between``: one row of the table per id. ``totals`` are checked.
    Rows that meet a ``check`` are set aside; so are those booked after the export was made, unless they lie ``ahead``.
    """

    table: str
    keep: tuple[Rule, ...]
    drop: tuple[Rule, ...]
    columns: Mapping[str, Column]
    each: tuple[str, ...] = ()
    between: str = ""
    totals: tuple[Total, ...] = ()
    check: tuple[Check, ...] = ()
    ahead: bool = False


@lru_cache(maxsize=1 << 14, typed=True)
def header(text: object) -> str:
    """A header without what differs between versions of an export: spaces, case, width of letters, the unit (元)."""
    return "".join(unicodedata.normalize("NFKC", str(text)).split()).casefold().removesuffix("(元)")


def bare(name: str, formats: Mapping[str, Any]) -> tuple[str, str]:
    """A normalised header without the unit in brackets at its end, and that unit; ``[header_units]`` lists them."""
    found = re.fullmatch(formats["header_units"]["form"], name)
    known = (units for kind, units in formats["header_units"].items() if kind != "form")
    return (found[1], found[2]) if found and any(found[2] in units for units in known) else (name, "")


def headers(parts: Iterable[Into]) -> set[str]:
    """All normalised headers that these blocks read."""
    found: set[str] = set()
    for part in parts:
        totals = (rule for total in part.totals for rule in (total.total, total.of) if rule)
        found |= {*part.each, *rule_headers((*part.keep, *part.drop, *totals))}
        found |= {name for column in part.columns.values() for name in column_headers(column)}
    return found


def rule_headers(rules: Iterable[Rule]) -> set[str]:
    """All normalised headers that these rules look at."""
    return {name for rule in rules for name in {*rule.headers, *rule.within, *rule.differs, *rule_headers(rule.also)}}


def column_headers(column: Column) -> set[str]:
    """All normalised headers that one column reads."""
    parts = [*column.parts, *([column.otherwise] if column.otherwise else [])]
    return {*column.headers, *rule_headers(column.when), *(name for part in parts for name in column_headers(part))}


def known_as(headers: Sequence[str], wanted: Collection[str], formats: Mapping[str, Any]) -> tuple[str, ...]:
    """A file's normalised headers, those that a definition does not name by its header that differs only in the unit.

    ``wanted`` are the definition's headers. One that the file has itself is never given to another column; `suited` takes
    the unit from the header that the file prints.
    """
    short = {bare(name, formats)[0]: name for name in wanted if name not in headers}
    found = [name if name in wanted else short.pop(bare(name, formats)[0], name) for name in headers]
    return tuple(found)


def suited(kind: str, column: Column, printed: Mapping[str, str], formats: Mapping[str, Any]) -> Column:
    """The column with the unit that the file's own header names; a form of rates stays where it is meant for that header.

    ``printed`` gives the header as the file prints it for each normalised header that it has.
    """
    if column.combine == "join" or column.when:
        return column
    parts = tuple(suited(kind, part, printed, formats) for part in column.parts) if not column.unit else column.parts
    name = next((name for name in column.headers if name in printed), "")
    own = header(printed.get(name, ""))
    unit = bare(own, formats)[1]
    if unit not in formats["header_units"].get(kind, {}) or (own == name and column.form):
        return replace(column, parts=parts)
    return replace(column, form="percent") if kind == "rate" else replace(column, unit=unit)


def into(place: str, raw: Mapping[str, Any], tables: Mapping[str, Table]) -> Into:
    """One [[into]] block of a definition.

    Raises
    ------
    DefinitionError
        It names a table, column or option that does not exist.
    """
    only(f"{place} into", raw, ("table", "keep", "drop", "columns", "each", "between", "totals", "check", "ahead"))
    name = raw.get("table", "")
    if name not in tables:
        raise DefinitionError(place, f"unknown table {name!r}", nearest(name, list(tables)))
    known = tables[name].columns
    for column in raw.get("columns", {}):
        if column not in known:
            raise DefinitionError(place, f"{name} has no column {column!r}", nearest(column, list(known)))
    keep, drop = (tuple(rule(place, entry) for entry in raw.get(word, ())) for word in ("keep", "drop"))
    columns = {column: _column(f"{place} {name}.{column}", entry) for column, entry in raw.get("columns", {}).items()}
    for column, words in tables[name].words.items():
        if column in columns:
            soundness.known(f"{place} {name}.{column}", columns[column], words)
    each = tuple(header(word) for word in listed(raw.get("each", [])))
    totals = tuple(_total(f"{place} totals", entry, known) for entry in raw.get("totals", ()))
    checks = tuple(_check(f"{place} check", entry, known) for entry in raw.get("check", ()))
    return Into(name, keep, drop, columns, each, raw.get("between", BETWEEN), totals, checks, raw.get("ahead", False))


def _check(place: str, raw: Mapping[str, Any], known: Mapping[str, str]) -> Check:
    only(place, raw, tuple(Check.__dataclass_fields__))
    limits = {word: tuple(listed(raw[word])) for word in ("above", "below") if isinstance(raw.get(word), str | list)}
    for column in (raw.get("column", ""), *(name for names in limits.values() for name in names)):
        if column not in known:
            raise DefinitionError(place, f"the table has no column {column!r}", nearest(column, list(known)))
    also = tuple(_check(place, entry, known) for entry in listed(raw.get("also", [])))
    return Check(**{**raw, **limits, "equals": tuple(listed(raw.get("equals", []))), "also": also})


def _total(place: str, raw: Mapping[str, Any], known: Mapping[str, str]) -> Total:
    only(place, raw, ("total", "of", "by", "columns", "rounds"))
    by, columns = tuple(raw.get("by", ())), tuple(raw.get("columns", ()))
    for column in (*by, *columns):
        if column not in known:
            raise DefinitionError(place, f"the table has no column {column!r}", nearest(column, list(known)))
    of = rule(place, raw["of"]) if "of" in raw else None
    return Total(rule(place, raw["total"]), of, by, columns, raw.get("rounds", False))


def nested(place: str, raw: Mapping[str, Any]) -> Nested:
    """The [nested] block of a definition."""
    only(f"{place} nested", raw, ("until", "words"))
    return Nested(rule(place, raw["until"]), tuple(listed(raw.get("words", []))))


def rule(place: str, raw: Mapping[str, Any]) -> Rule:
    """A test on rows as a definition writes it."""
    only(place, raw, ("header", *(name for name in Rule.__dataclass_fields__ if name != "headers")))
    soundness.expression(place, raw.get("pattern", ""))
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
        tuple(header(name) for name in listed(raw.get("within", []))),
        tuple(header(name) for name in listed(raw.get("differs", []))),
    )


def _column(place: str, raw: Any) -> Column:
    if isinstance(raw, str | list):
        return Column(headers=tuple(header(name) for name in listed(raw)))
    combine = next((word for word in ("join", "first", "row_number", "gather", *NUMBERS) if word in raw), "")
    plain = ("value", "unit", "form", "unknown", "empty", "pattern", "negate", "mask", "strict")
    named = ("header", "format", "values", "values_from", "null", "digits", "when", "else", "with", combine or "header")
    only(place, raw, (*named, *plain))
    soundness.column(place, raw, listed(raw.get("format", [])))
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
        digits=tuple(listed(raw.get("digits", []))),
        **{word: raw[word] for word in plain if word in raw},
    )


def _else(place: str, raw: Mapping[str, Any]) -> Column | None:
    given = raw.get("else")
    return Column(value=given) if isinstance(given, str) else _column(place, given) if given is not None else None


def listed(entry: Any) -> list[Any]:
    """The entry as a list; a single one becomes a list of one."""
    return list(entry) if isinstance(entry, list | tuple) else [entry]


def only(place: str, raw: Mapping[str, Any], known: tuple[str, ...]) -> None:
    """Nothing, unless an entry has a name that no definition knows, or another shape: then a DefinitionError."""
    soundness.shaped(place, raw)
    for word in raw:
        if word not in known:
            raise DefinitionError(place, f"unknown entry {word!r}", nearest(word, known))
