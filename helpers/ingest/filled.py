"""What is told of the sheets that people fill: rows that still carry the example's mark, words that a column knows."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from helpers.definitions.mapping import Column
from helpers.definitions.templates import MARKED
from helpers.ingest.refusal import LANGUAGES, Words, words

if TYPE_CHECKING:
    from helpers.ingest.rules import RawSheet

UNKNOWN = "unknown_word"


def remarks(sheet: "RawSheet", reasons: Any) -> list[Words]:
    """That there is nothing to read, and which rows were left out because they carry the mark of the example."""
    messages, found = sheet.formats["messages"], []
    marked = sheet.raw.index.to_numpy()[reasons == MARKED].tolist()
    if marked:
        shown = ", ".join(map(str, marked[: sheet.formats["shown"]])) + (
            " …" if len(marked) > sheet.formats["shown"] else ""
        )
        found.append(words(messages["marked_row"], rows=shown))
    if sheet.kind.template and not (reasons == "").any():
        found.append(words(messages["only_example"]))
    elif not len(sheet.raw):
        found.append(words(messages["no_rows"]))
    return found


def allowed(column: Column, formats: Mapping[str, Any]) -> Words:
    """The words that a coded column knows, one for each meaning, in brackets; nothing where it takes any word."""
    first: dict[str, str] = {}
    for word, value in column.values.items():
        if value and word != value:
            first.setdefault(value, word)
    if not first:
        return dict.fromkeys(LANGUAGES, "")
    known = list(first.values())
    shown = "、".join(known[: formats["shown"]]) + ("……" if len(known) > formats["shown"] else "")
    return words(formats["messages"]["allowed"], words=shown)


def coded(sheet: "RawSheet", title: str) -> Column:
    """The coded column that is read from the header that the file prints so."""
    every = [column for into in sheet.kind.into for column in into.columns.values()]
    leaves = [*every, *(column.otherwise for column in every if column.otherwise)]
    return next((one for one in leaves if one.values and sheet.title(one.headers) == title), Column())
