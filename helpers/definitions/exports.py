"""Kinds of exports: which headers tell a file apart and what is made of it (see docs/exports.md)."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from helpers import paths
from helpers.definitions import files, mapping, soundness, templates
from helpers.definitions import shop as settings
from helpers.definitions.mapping import Into, Nested, Rule, listed
from helpers.definitions.tables import Table
from helpers.definitions.templates import Template
from helpers.errors import DefinitionError, nearest

SNAPSHOTS = ("name_unix", "name_date", "name_first", "column", "last_row")
PERIODS = ("name", "column")
SAID = ("messages", "todo", "faults", "summary", "explain", "feedback", "families")  # as much of the formats
TOLD = ("name", "short", "where", "template")  # what is said of a kind, not how it is read


@dataclass(frozen=True)
class ExportKind:
    """One kind of export file.

    Parameters
    ----------
    code, variant : str
        Short name, such as QC-U, and which of several files under this name it is (empty: the only or main one).
    name, short, where : mapping of str to str
        What it is called, in a word or two, and where it is downloaded, by language.
    formats, sheets : tuple of str
        File name endings; sheets to read (none: every sheet with the right header).
    required : tuple of tuple of str
        Headers that the file must have, each with its other spellings.
    forbidden : tuple of str
        Headers of a similar kind of file.
    snapshot, period : tuple of str
        Rules for the moment of export and the counting period, tried in order.
    whole_from : str
        The time of the next day from which the figures of a day are whole.
    earliest : str
        Day before which no row can be booked; empty: that of the formats.
    refuse : tuple of Rule
        Rows that make the whole file unusable; ``why`` is a key of the messages.
    into : tuple of Into
        Tables that it feeds.
    file : str
        File of the definition.
    definition : str
        Hash of all that decides how such a file is read.
    rank : int
        0 for the shop's own, more for those of later folders.
    template : Template or None
        The sheet to fill, where only the shop can.
    nested : Nested or None
        Blocks with a header of their own among its rows.
    """

    code: str
    variant: str
    name: Mapping[str, str]
    short: Mapping[str, str]
    where: Mapping[str, str]
    formats: tuple[str, ...]
    sheets: tuple[str, ...]
    required: tuple[tuple[str, ...], ...]
    forbidden: tuple[str, ...]
    snapshot: tuple[str, ...]
    period: tuple[str, ...]
    whole_from: str
    earliest: str
    refuse: tuple[Rule, ...]
    into: tuple[Into, ...]
    file: str
    definition: str
    rank: int
    template: Template | None = None
    nested: Nested | None = None

    @property
    def id(self) -> str:
        """Code and variant in one word, such as QC-U/video; no two kinds share it."""
        return f"{self.code}/{self.variant}" if self.variant else self.code

    @cached_property
    def headers(self) -> frozenset[str]:
        """All headers, normalised and with their other spellings, that the definition reads."""
        found = {name for _, names in self.asked for name in names}
        for rule in (*self.snapshot, *self.period):
            found |= {mapping.header(name) for name in rule.partition(":")[2].split("|") if name}
        return frozenset(found | mapping.headers(self.into) | mapping.rule_headers(self._rules()))

    @cached_property
    def asked(self) -> tuple[tuple[str, frozenset[str]], ...]:
        """Each required header as the definition writes it, with its normalised spellings."""
        return tuple((names[0], frozenset(map(mapping.header, names))) for names in self.required)

    @cached_property
    def barred(self) -> frozenset[str]:
        """The normalised headers that such a file must not have."""
        return frozenset(map(mapping.header, self.forbidden))

    def _rules(self) -> tuple[Rule, ...]:
        return (*self.refuse, *((self.nested.until,) if self.nested else ()))

    def whole_until(self, exported: datetime) -> date:
        """The last day whose figures were whole when the export was made."""
        return exported.date() - timedelta(1 if exported.time() >= time.fromisoformat(self.whole_from) else 2)


def formats(shop: str = "") -> dict[str, Any]:
    """The words and forms that all readers share, with the signs of the shop's own money."""
    found = files.toml(files.find("formats.toml", shop))
    return found | {"money_signs": found["money_signs"].get(settings.load(shop).currency, [])}


def load(shop: str, tables: Mapping[str, Table]) -> list[ExportKind]:
    """The kinds of exports in the order in which they are tried: the shop's own first.

    Raises
    ------
    DefinitionError
        A definition that names a table, column or option that does not exist.
    """
    return list(_loaded(shop, files.fingerprint(shop), tuple(tables.values())))


@lru_cache(maxsize=8)
def _loaded(shop: str, contents: str, listed_tables: Sequence[Table]) -> Sequence[ExportKind]:
    """The kinds made of definition files with these contents: they are asked for again and again, and change rarely."""
    tables = {table.name: table for table in listed_tables}
    found: dict[str, ExportKind] = {}
    known = formats(shop)
    shared = _hash({word: entry for word, entry in known.items() if word not in SAID})
    mark = templates.settings(shop)["mark"]
    above: list[str] = []
    for rank, folder in enumerate(paths.definition_folders(shop)):
        for path in sorted((folder / "exports").glob("*.toml")):
            soundness.blocks(f"exports/{path.name}", raw := files.toml(path))
            raw = templates.worded(raw, shop)
            code = "/".join(str(raw[word]) for word in ("kind", "variant") if raw.get(word))
            if code in found and found[code].rank == rank:
                raise DefinitionError(
                    f"exports/{path.name}", f"code {code!r} is taken by {found[code].file}", "rename it"
                )
            if code in found:
                continue
            known_tables = (tables[entry["table"]] for entry in raw.get("into", ()) if entry.get("table") in tables)
            fed = [(table.columns, table.beyond, table.daily) for table in known_tables]
            reads = {word: entry for word, entry in raw.items() if word not in TOLD}
            definition = _hash([reads, templates.fingerprint(raw, mark), shared, fed, above])
            kind = _kind(path, raw, tables, definition, rank)
            _check_units(kind, tables, known["header_units"])
            soundness.reasons(kind, known["messages"])
            found[code] = _with_template(raw, kind, tables, mark, shop) if "template" in raw else kind
        above = [kind.definition for kind in found.values()]
    return tuple(found.values())


def _hash(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str, ensure_ascii=False).encode()).hexdigest()


def _kind(path: Path, raw: Mapping[str, Any], tables: Mapping[str, Table], definition: str, rank: int) -> ExportKind:
    place = f"exports/{path.name}"
    known = (
        "kind", "variant", *TOLD, "formats", "sheets", "required", "forbidden", "snapshot", "period", "whole_from",
        "earliest", "nested", "refuse", "into",
    )  # fmt: skip
    mapping.only(place, raw, known)
    for word in ("kind", "name", "where", "required", "into"):
        if not raw.get(word):
            raise DefinitionError(place, f"{word} is missing", "see docs/exports.md")
    if not isinstance(raw["required"], list):
        raise DefinitionError(place, f"required = {raw['required']!r} is no list", 'write required = ["…", "…"]')
    soundness.spoken(place, raw)
    soundness.dated(place, raw.get("whole_from", ""), str(raw.get("earliest", "")))
    kind = ExportKind(
        raw["kind"],
        raw.get("variant", ""),
        raw["name"],
        raw.get("short", raw["name"]),
        raw["where"],
        tuple(raw.get("formats", ("csv", "tsv", "txt", "xlsx", "xls", "parquet"))),
        tuple(raw.get("sheets", ())),
        tuple(tuple(listed(entry)) for entry in raw["required"]),
        tuple(raw.get("forbidden", ())),
        _rules_of(place, "snapshot", raw, SNAPSHOTS) or ("last_row",),
        _rules_of(place, "period", raw, PERIODS),
        raw.get("whole_from", "00:00"),
        str(raw.get("earliest", "")),
        tuple(mapping.rule(place, entry) for entry in raw.get("refuse", ())),
        tuple(mapping.into(place, entry, tables) for entry in raw["into"]),
        place,
        definition,
        rank,
        nested=mapping.nested(place, raw["nested"]) if "nested" in raw else None,
    )
    for into in kind.into:
        _check_key(place, kind, into, tables[into.table])
    return kind


def _with_template(
    raw: Mapping[str, Any], kind: ExportKind, tables: Mapping[str, Table], mark: Mapping[str, Any], shop: str
) -> ExportKind:
    """The kind with its template: the example row is left out, rows that lack a required cell are set aside."""
    into, *more = kind.into
    template = templates.read(kind.file, raw, into, tables[into.table], shop)
    return replace(kind, into=(templates.filled(into, template, mark), *more), template=template)


def _check_key(place: str, kind: ExportKind, into: Into, table: Table) -> None:
    given = {*into.columns, *(("period_start", "period_end") if kind.period else ())}
    missing = [name for name in table.key if name not in given]
    if missing:
        raise DefinitionError(place, f"{table.name} needs its key {', '.join(missing)}", "map a header to it")


def _check_units(kind: ExportKind, tables: Mapping[str, Table], known: Mapping[str, Any]) -> None:
    for into in kind.into:
        for name, column in into.columns.items():
            units = known.get(tables[into.table].columns[name], {})
            for part in (column, *column.parts):
                if part.unit and part.unit not in units:
                    place = f"{kind.file} {into.table}.{name}"
                    raise DefinitionError(place, f"unknown unit {part.unit!r}", nearest(part.unit, list(units)))


def _rules_of(place: str, word: str, raw: Mapping[str, Any], known: tuple[str, ...]) -> tuple[str, ...]:
    rules = tuple(str(rule) for rule in listed(raw.get(word, [])))
    for rule in rules:
        if rule.partition(":")[0] not in known:
            raise DefinitionError(f"{place} {word}", f"unknown rule {rule!r}", nearest(rule, known))
    return rules
