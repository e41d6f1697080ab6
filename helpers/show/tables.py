"""A finding's table as HTML that is the same every time."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from helpers.definitions.wording import Wording
from helpers.findings import Answer, Finding, Gap, Sentence, Table, Value
from helpers.show import words

SAID = "said"  # cells that hold a Sentence or a Value of their own
WORDS = {"text", "date", SAID}


@dataclass(frozen=True)
class Printed:
    """A table that is shown; ``data`` is its frame, for going on with pandas."""

    html: str
    plain: str
    data: Any

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.plain}

    def __repr__(self) -> str:
        return self.plain


def table(answer: Answer, name: str, rows: int | None = None) -> Printed | None:
    """One of a finding's tables, formatted by the units of its columns; None for a gap or an empty table.

    The caption is the sentence ``table.<chapter>.<name>``, which may use the finding's values as slots, followed by the
    number of rows and what they rest on; the headers are the wording's columns.

    Parameters
    ----------
    answer : Finding or Gap
        What a chapter answered.
    name : str
        Name of the table.
    rows : int, optional
        Print only the first so many.
    """
    if isinstance(answer, Gap) or name not in answer.tables or not len(answer.tables[name].frame):
        return None
    given = answer.tables[name]
    frame = given.frame if rows is None else given.frame.head(rows)
    speech = words.speech_of(answer.setting)
    columns = list(given.units)
    heads = [
        speech.label("typed", given.heads[column]) if column in given.heads else speech.column(column)
        for column in columns
    ]
    cells = [cells_of(frame[column], given.units[column], speech, answer.setting.currency) for column in columns]
    right = [not is_words(given.units[column]) for column in columns]
    said = caption(answer, name, len(frame), given, speech)
    lines = list(zip(*cells, strict=True))
    ident = f"{chapter(answer)}-{name}".replace("_", "-")
    plain = "\n".join([said, *(" | ".join(line) for line in [tuple(heads), *lines])])
    return Printed(_html(ident, said, heads, lines, right), plain, frame)


def caption(finding: Finding, name: str, printed: int, given: Table, speech: Wording) -> str:
    """What the rows are, how many are printed of how many, and what they rest on."""
    key = f"table.{chapter(finding)}.{name}"
    said = words.fill(speech.sentence(key), finding.values, speech, key)
    word = "rows_all" if printed >= given.total else "rows_cut"
    count = speech.word(word).format(printed=f"{printed:,}", total=f"{given.total:,}")
    rests = [] if given.n is None else [speech.word("rests_on").format(n=f"{given.n:,}")]
    return (
        said
        + speech.word("caption_open")
        + speech.word("list_comma").join([count, *rests])
        + speech.word("caption_close")
    )


def chapter(finding: Finding) -> str:
    """Module of the chapter that made the finding."""
    return finding.headline.key.partition(".")[0]


def is_words(unit: str) -> bool:
    """Whether a column holds words, not numbers."""
    return unit in WORDS or unit.startswith("label:")


def cells_of(column: Any, unit: str, speech: Wording, currency: str) -> list[str]:
    """The cells of a column as text: labels in words, days as 2026-10-31, money and counts in full."""
    if unit.startswith("label:"):
        return [_or_dash(cell, lambda known: speech.label(unit[6:], known)) for cell in column]
    if unit == "date":
        return [
            _or_dash(cell, lambda day: f"{day:%Y-%m-%d}" if hasattr(day, "strftime") else str(day)) for cell in column
        ]
    if unit == "text":
        return [_or_dash(cell, str) for cell in column]
    if unit == SAID:
        return [_or_dash(cell, lambda given: _said(given, speech)) for cell in column]
    return [number_cell(cell, currency if unit == "money" else unit, speech, column) for cell in column]


def number_cell(cell: Any, unit: str, speech: Wording, column: Any) -> str:
    """One number of a column; money of a column is all in cents or all without."""
    if _missing(cell):
        return words.NONE
    if words.is_money(unit):
        return words.full(cell, unit, speech, 2 if column.abs().max() < words.CENTS_BELOW else 0)
    whole = unit == "count" and float(cell).is_integer()
    return words.number(int(cell) if whole else float(cell), unit, speech, exact=unit == "count")


def _said(given: Sentence | Value, speech: Wording) -> str:
    if isinstance(given, Sentence):
        return words.fill(speech.sentence(given.key), given.slots, speech, given.key)
    return words.number(given.value, given.unit, speech)


def _or_dash(cell: Any, shown: Any) -> str:
    return words.NONE if _missing(cell) else str(shown(cell))


def _missing(cell: Any) -> bool:
    import pandas as pd

    return bool(pd.isna(cell))


def _html(ident: str, said: str, heads: Sequence[str], lines: Sequence[Sequence[str]], right: Sequence[bool]) -> str:
    align = ['style="text-align:right"' if number else 'style="text-align:left"' for number in right]
    head = "".join(f"<th {style}>{escape(text)}</th>" for style, text in zip(align, heads, strict=True))
    body = "".join(
        "<tr>"
        + "".join(f"<td {style}>{escape(cell)}</td>" for style, cell in zip(align, line, strict=True))
        + "</tr>\n"
        for line in lines
    )
    return (
        f'<table id="{escape(ident)}" class="xiaodian">\n<caption>{escape(said)}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>"
    )
