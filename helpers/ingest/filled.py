"""What is told of the sheets that people fill: rows that still carry the example's mark, words that a column knows."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from helpers.definitions.exports import ExportKind
from helpers.definitions.mapping import Column, header
from helpers.definitions.templates import MARKED
from helpers.ingest.folder import shown
from helpers.ingest.refusal import LANGUAGES, Words, words

if TYPE_CHECKING:
    from helpers.ingest.rules import RawSheet

UNKNOWN = "unknown_word"


def remarks(sheet: "RawSheet", reasons: Any) -> list[Words]:
    """That there is nothing to read, and which rows were left out because they carry the mark of the example."""
    messages, found = sheet.formats["messages"], []
    marked = sheet.raw.index.to_numpy()[reasons == MARKED].tolist()
    if marked:
        rows = ", ".join(map(str, marked[: sheet.formats["shown"]])) + (
            " …" if len(marked) > sheet.formats["shown"] else ""
        )
        found.append(words(messages["marked_row"], rows=rows))
    if sheet.kind.template and not (reasons == "").any():
        found.append(_in_sheet(sheet, words(messages["only_example"])))
    elif not len(sheet.raw):
        found.append(_in_sheet(sheet, words(messages["no_rows"])))
    return found


def _in_sheet(sheet: "RawSheet", text: Words) -> Words:
    """The text with the name of the sheet, where the file is not called by it: others of its file may be filled."""
    name = sheet.told.get("#sheet", "")
    own = not name or header(name) in header(sheet.path.stem)
    return text if own else words(sheet.formats["messages"]["in_sheet"], sheet=shown(name), text=text)


def allowed(column: Column, formats: Mapping[str, Any]) -> Words:
    """The words that a coded column knows, one for each meaning, in brackets; nothing where it takes any word."""
    found = _words(column, formats)
    return words(formats["messages"]["allowed"], words=found) if found else dict.fromkeys(LANGUAGES, "")


def _words(column: Column, formats: Mapping[str, Any]) -> str:
    first: dict[str, str] = {}
    for word, value in column.values.items():
        if value and word != value:
            first.setdefault(value, word)
    known = list(first.values())
    return "、".join(known[: formats["shown"]]) + ("……" if len(known) > formats["shown"] else "")


def known(kind: ExportKind, title: str, formats: Mapping[str, Any]) -> str:
    """The words that a kind's column knows under the header that its file prints so; empty where it takes any word."""
    return _words(next((one for one in _coded(kind) if header(title) in one.headers), Column()), formats)


def coded(sheet: "RawSheet", title: str) -> Column:
    """The coded column that is read from the header that the file prints so."""
    return next((one for one in _coded(sheet.kind) if sheet.title(one.headers) == title), Column())


def _coded(kind: ExportKind) -> list[Column]:
    every = [column for into in kind.into for column in into.columns.values()]
    leaves = [*every, *(column.otherwise for column in every if column.otherwise)]
    return [one for one in leaves if one.values]
