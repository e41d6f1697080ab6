"""Which sheets of a file are read as which kind: headers decide, names of sheets where several sheets share them.

No row may be counted twice and none taken for what it is not: where neither headers nor names tell, nothing is read.
"""

import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.definitions.exports import ExportKind
from helpers.definitions.mapping import header
from helpers.ingest.folder import shown
from helpers.ingest.refusal import Refusal, Words, words

if TYPE_CHECKING:
    from helpers.ingest.recognise import Match

NAMED, LIKE, ANY, OTHER = range(4)  # how well a sheet's name suits a kind


def suits(kind: ExportKind, name: str, stem: str) -> int:
    """How well the name of a sheet (of its file, where it has none) suits the kind; less is better."""
    if not kind.sheets:
        return ANY
    own, known = header(name or stem), [header(word) for word in kind.sheets]
    if name and any(fnmatchcase(own, word) for word in known):
        return NAMED
    return LIKE if any(word in own for word in known) else OTHER


def choose(
    path: Path, found: "Sequence[Sequence[Match]]", formats: Mapping[str, Any]
) -> "tuple[list[Match], list[Words]]":
    """The matches that are read, and what must be said of sheets that are not.

    ``found`` holds, for each sheet that has any, its match with every kind whose headers it has.

    Raises
    ------
    Refusal
        Sheets or kinds cannot be told apart.
    """
    if any(options[0].sheet.one_of for options in found):
        everything = [match for options in found for match in options]
        return [min(everything, key=lambda match: (match.kind.rank, -match.score))], []
    ranked: list[Sequence[Match]] = [sorted(options, key=lambda match: _order(match, path.stem)) for options in found]
    taken = _originals([options[0] for options in ranked if _suit(options[0], path.stem) < OTHER], formats)
    left = [options for options in ranked if options[0] not in taken]
    told = []
    if not taken:
        taken, left = _renamed(ranked, path.stem)
        told = [_told(formats, "sheet_renamed", match) for match in taken if match.sheet.name]
    if not taken:
        raise _unclear(path, left, formats)
    if left:
        sheets = ", ".join(shown(options[0].sheet.name) for options in left)
        told.append(words(formats["messages"]["sheet_left"], sheets=sheets))
    return taken, told


def _originals(taken: "Sequence[Match]", formats: Mapping[str, Any]) -> "list[Match]":
    """The sheets without those that a spreadsheet program made as copies, such as 成本表 (2) beside 成本表."""
    names = {(match.kind.id, match.sheet.name) for match in taken}

    def is_copy(match: "Match") -> bool:
        first = re.sub(formats["sheet_copy"], "", match.sheet.name)
        return first != match.sheet.name and (match.kind.id, first) in names

    return [match for match in taken if not is_copy(match)]


def _suit(match: "Match", stem: str) -> int:
    return suits(match.kind, match.sheet.name, stem)


def _order(match: "Match", stem: str) -> tuple[int, bool, int, int, int]:
    suit = _suit(match, stem)
    return match.kind.rank, suit != NAMED, -len(match.kind.required), suit, -match.score


def _renamed(ranked: "Sequence[Sequence[Match]]", stem: str) -> "tuple[list[Match], list[Sequence[Match]]]":
    """Sheets of unknown names that alone have the headers of their kind, when that is the only kind it can be."""
    first = [options[0].kind.id for options in ranked]
    alone = [
        first.count(options[0].kind.id) == 1
        and not any(_order(options[0], stem)[:4] == _order(other, stem)[:4] for other in options[1:])
        for options in ranked
    ]
    taken = [options[0] for options, is_alone in zip(ranked, alone, strict=True) if is_alone]
    return taken, [options for options, is_alone in zip(ranked, alone, strict=True) if not is_alone]


def _told(formats: Mapping[str, Any], message: str, match: "Match") -> Words:
    known = "/".join(match.kind.sheets)
    return words(formats["messages"][message], sheet=shown(match.sheet.name), kind=match.kind.name, known=known)


def _unclear(path: Path, left: "Sequence[Sequence[Match]]", formats: Mapping[str, Any]) -> Refusal:
    kind, messages = left[0][0].kind, formats["messages"]
    names = ", ".join(shown(options[0].sheet.name) for options in left)
    todo = words(formats["todo"]["sheet_name"], sheets="/".join(kind.sheets))
    if len(left) > 1:
        return Refusal(path.name, words(messages["which_sheet"], sheets=names, kind=kind.name), todo)
    kinds = ", ".join(match.kind.id for match in left[0])
    return Refusal(path.name, words(messages["which_kind"], sheet=names or path.stem, kinds=kinds), todo)
