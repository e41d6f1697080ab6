"""Kinds of exports: which headers tell a file apart and what is made of it (see docs/exports.md)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers import paths
from helpers.definitions import files, mapping
from helpers.definitions.mapping import Into, Rule, listed
from helpers.definitions.tables import Table
from helpers.errors import DefinitionError, nearest

SNAPSHOTS = ("name_unix", "name_date", "column", "last_row")
PERIODS = ("name", "column")
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
    refuse: tuple[Rule, ...]
    into: tuple[Into, ...]
    file: str
    definition: str
    rank: int

    @property
    def id(self) -> str:
        """Code and variant in one word, such as QC-U/video; no two kinds share it."""
        return f"{self.code}/{self.variant}" if self.variant else self.code


def formats(shop: str = "") -> dict[str, Any]:
    """The words and forms that all readers share."""
    return files.toml(files.find("formats.toml", shop))


def load(shop: str, tables: Mapping[str, Table]) -> list[ExportKind]:
    """The kinds of exports in the order in which they are tried: the shop's own first.

    Raises
    ------
    DefinitionError
        A definition that names a table, column or option that does not exist.
    """
    found: dict[str, ExportKind] = {}
    shared = formats(shop)
    above: list[str] = []
    for rank, folder in enumerate(paths.definition_folders(shop)):
        for path in sorted((folder / "exports").glob("*.toml")):
            raw = files.toml(path)
            code = "/".join(str(raw[word]) for word in ("kind", "variant") if raw.get(word))
            if code in found and found[code].rank == rank:
                raise DefinitionError(
                    f"exports/{path.name}", f"code {code!r} is taken by {found[code].file}", "rename it"
                )
            if code in found:
                continue
            fed = [tables[entry["table"]].columns for entry in raw.get("into", ()) if entry.get("table") in tables]
            reads = {word: entry for word, entry in raw.items() if word not in TOLD}
            found[code] = _kind(path, raw, tables, _hash([reads, shared, fed, above]), rank)
        above = [kind.definition for kind in found.values()]
    return list(found.values())


def _hash(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str, ensure_ascii=False).encode()).hexdigest()


def _kind(path: Path, raw: Mapping[str, Any], tables: Mapping[str, Table], definition: str, rank: int) -> ExportKind:
    place = f"exports/{path.name}"
    known = (
        "kind", "variant", *TOLD, "formats", "sheets", "required", "forbidden", "snapshot", "period", "whole_from",
        "refuse", "into",
    )  # fmt: skip
    mapping.only(place, raw, known)
    for word in ("kind", "name", "where", "required", "into"):
        if not raw.get(word):
            raise DefinitionError(place, f"{word} is missing", "see docs/exports.md")
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
        tuple(mapping.rule(place, entry) for entry in raw.get("refuse", ())),
        tuple(mapping.into(place, entry, tables) for entry in raw["into"]),
        place,
        definition,
        rank,
    )
    for into in kind.into:
        _check_key(place, kind, into, tables[into.table])
    return kind


def _check_key(place: str, kind: ExportKind, into: Into, table: Table) -> None:
    given = {*into.columns, *(("period_start", "period_end") if kind.period else ())}
    missing = [name for name in table.key if name not in given]
    if missing:
        raise DefinitionError(place, f"{table.name} needs its key {', '.join(missing)}", "map a header to it")


def _rules_of(place: str, word: str, raw: Mapping[str, Any], known: tuple[str, ...]) -> tuple[str, ...]:
    rules = tuple(str(rule) for rule in listed(raw.get(word, [])))
    for rule in rules:
        if rule.partition(":")[0] not in known:
            raise DefinitionError(f"{place} {word}", f"unknown rule {rule!r}", nearest(rule, known))
    return rules
