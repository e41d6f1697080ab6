"""What a chapter hands on: values with their origin, findings made of them, gaps, and notes of what they rest on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

Number = float | int


@dataclass(frozen=True)
class Setting:
    """Where a finding belongs: shop, period, language and currency.

    ``currency`` is the ISO code that money values carry as their unit.
    """

    shop: str
    shop_name: str
    period: str
    lang: str
    currency: str


@dataclass(frozen=True)
class Source:
    """One raw file that a value stands on, and how many of its rows."""

    file: str
    kind: str
    sha256: str
    rows: int


@dataclass(frozen=True)
class Value:
    """One printed number.

    Parameters
    ----------
    id : str
        ``<chapter>.<name>`` with an optional ``/<dimension>=<value>``; the part before the slash stands in the metrics.
    value : float or int or None
        The number in its unit: money in yuan (or the shop's currency), ratios 0-1. None where it cannot be told.
    unit : str
        ratio, count, multiple, days, hours, minutes, seconds, per_1000, points, or a currency code.
    n : int or None
        How many orders, sessions, people … it rests on.
    low, high : float or None
        Interval; its kind and level stand in the definition of the metric.
    period : str
        Text of the period.
    claim : str
        Claim of the deck that it answers.
    definition : str
        Definition in words, in the language of the run.
    sources : tuple of Source
        Files and rows.
    """

    id: str
    value: Number | None
    unit: str
    n: int | None
    low: Number | None
    high: Number | None
    period: str
    claim: str
    definition: str
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Label:
    """A code that the wording turns into a word: ``Label("carrier", "live")``."""

    group: str
    key: str


Slot = Value | Label | str | int


@dataclass(frozen=True)
class Sentence:
    """A key of the wording and what goes into its slots; the chapter chooses, the wording speaks."""

    key: str
    slots: Mapping[str, Slot] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A frame that may be printed.

    Parameters
    ----------
    frame : DataFrame
        One row per what the caption says; money columns in the shop's currency, not in fen.
    units : mapping of str to str
        Unit of each column to print, in printing order: the units of `Value`, or text, date, label:<group>, or said (cells
        that are a `Sentence` or a `Value` of their own).
    total : int
        Rows there were before the frame was cut to what is printed.
    n : int or None
        How many orders, sessions … the table rests on.
    heads : mapping of str to str
        Headers that the data give, by column; all others are the wording's.
    """

    frame: Any
    units: Mapping[str, str]
    total: int
    n: int | None = None
    heads: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Gap:
    """What cannot be said, and which file would let us say it.

    ``why`` is a key of the wording's gaps (missing_file, missing_column, no_history, not_mature, too_few, no_benchmark …),
    ``needs`` holds codes of exports, ``slots`` what the sentence of that key wants.
    """

    claim: str
    setting: Setting
    why: str
    needs: tuple[str, ...] = ()
    slots: Mapping[str, Slot] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """The answer to one question of the deck.

    Parameters
    ----------
    claim : str
        Id of the claim.
    setting : Setting
        Where it belongs.
    headline : Sentence
        What was found, in one sentence: the bold line, and the title of its chart.
    more : tuple of Sentence
        What qualifies it.
    values : mapping of str to Value
        The numbers, by the name that sentences use.
    tables : mapping of str to Table
        The frames behind charts and tables, by name.
    verdict : str
        holds, fails, open, or empty where the claim sets no bar.
    stake : Value or None
        Money a month that hangs on it, with its range.
    action : Sentence or None
        What to do about it.
    gaps : tuple of Gap
        Parts of the question that stay open.
    """

    claim: str
    setting: Setting
    headline: Sentence
    more: tuple[Sentence, ...] = ()
    values: Mapping[str, Value] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    verdict: str = ""
    stake: Value | None = None
    action: Sentence | None = None
    gaps: tuple[Gap, ...] = ()


Answer = Finding | Gap


@dataclass
class Notes:
    """What a page read and found so far.

    Parameters
    ----------
    facts, answers : dict
        Values by id; findings and gaps by claim.
    read : dict
        Tables that were read, and up to which day.
    exported : dict
        When the newest export of a table was made, for those that were asked it; None: unknown.
    """

    facts: dict[str, Value] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    read: dict[str, date] = field(default_factory=dict)
    exported: dict[str, datetime | None] = field(default_factory=dict)

    def saw(self, name: str, until: date) -> None:
        """A table was read up to that day."""
        self.read[name] = max(until, self.read.get(name, until))

    def add(self, other: "Notes") -> None:
        """All of the other's notes are this one's too."""
        self.facts |= other.facts
        self.answers |= other.answers
        self.exported |= other.exported
        for name, until in other.read.items():
            self.saw(name, until)
