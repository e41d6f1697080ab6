"""Charts along days or months: line, control chart, fan."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from helpers.findings import Answer
from helpers.show import axis, theme
from helpers.show.paper import Figure
from helpers.show.sheet import HELPING, Sheet, opened
from helpers.show.timeline import End, last_of, timeline

DOTS_UP_TO = 16
DASHED = (0, (2, 1.4))
TARGET = (0, (4, 2))
BAND = 0.18


@dataclass(frozen=True)
class Series:
    """One line: its name, which rows it has, and its numbers."""

    name: str
    rows: Any
    numbers: Any


def line(
    answer: Answer,
    name: str,
    x: str = "",
    y: str | Sequence[str] = "",
    by: str = "",
    low: str = "low",
    high: str = "high",
    reference: str = "",
) -> Figure | None:
    """One or several series over time, each named at its end, with a band and promotion windows.

    Parameters
    ----------
    answer : Finding or Gap
        Whose headline is the title; its table ``calendar`` (name, start, end) is shaded where it has one.
    name : str
        Table: one row per moment, or per moment and series.
    x, y : str
        Columns (default: the first words, and all numbers of the same unit as the first); ``y`` may be several.
    by : str
        Column that names the series where the table is long.
    low, high : str
        Columns of a band; drawn where they exist and there is one ``y``.
    reference : str
        Value of the finding that is drawn as a level line (default: one called target, bar, benchmark …).
    """
    sheet = opened(answer, name)
    if sheet is None:
        return None
    x = sheet.words_column(x, (by,))
    sheet = sheet.sorted(x)
    columns = _columns(sheet, y)
    band = [sheet.numbers(low), sheet.numbers(high)] if len(columns) == 1 and sheet.has(low, high) else []
    with theme.applied():
        time, lines = axis.moments(sheet, x), _series(sheet, columns, by)
        ends = _line_ends(sheet, lines, columns[0])
        facts = [axis.shared_unit(sheet, columns), sheet.speech.word("band") if band else ""]
        drawn = [*(one.numbers for one in lines), *band]
        paper, ax = timeline(sheet, columns[0], time, drawn, ends, facts, reference)
        for index, one in enumerate(lines):
            where, hue = time.where[one.rows], theme.series(index)
            if band:
                ax.fill_between(where, band[0][one.rows], band[1][one.rows], color=hue, alpha=BAND, lw=0)
            ax.plot(where, one.numbers, color=hue, lw=1.6, marker="o" if len(where) <= DOTS_UP_TO else "", ms=2.6)
        return paper.figure(sheet.frame, sheet.meta())


def control(
    answer: Answer,
    name: str,
    x: str = "",
    y: str = "",
    centre: str = "centre",
    lower: str = "lower",
    upper: str = "upper",
    reference: str = "",
) -> Figure | None:
    """Points over time between their control limits; those outside are set off in shape and colour.

    The table has the columns ``centre``, ``lower`` and ``upper``, a number for each row, so that limits may step;
    ``reference`` as in `line`.
    """
    sheet = opened(answer, name)
    if sheet is None:
        return None
    x, y = sheet.words_column(x), sheet.number_column(y)
    sheet = sheet.sorted(x)
    points, middle, floor, roof = (sheet.numbers(column) for column in (y, centre, lower, upper))
    outside = (points < floor) | (points > roof)
    with theme.applied():
        time = axis.moments(sheet, x)
        named = [("limit_upper", roof, "muted"), ("centre", middle, "ink"), ("limit_lower", floor, "muted")]
        ends = [end for key, part, hue in named for end in _end(sheet, part, key, hue, y)]
        facts = [axis.unit_words(sheet, y), sheet.speech.word("outside")]
        paper, ax = timeline(sheet, y, time, [points, middle, floor, roof], ends, facts, reference, axis.NEAR_RATE)
        ax.fill_between(time.where, floor, roof, step="mid", color=theme.colour("wash"), lw=0, zorder=0.5)
        for part, style in ((roof, "--"), (floor, "--"), (middle, "-")):
            ax.step(time.where, part, where="mid", color=theme.colour("neutral"), lw=0.8, ls=style)
        ax.plot(time.where, points, color=theme.colour("main"), lw=1, marker="o", ms=2.8)
        ax.plot(time.where[outside], points[outside], ls="", color=theme.colour("bad"), marker="D", ms=5, zorder=4)
        return paper.figure(sheet.frame, sheet.meta())


def fan(
    answer: Answer,
    name: str,
    x: str = "",
    y: str = "",
    expected: str = "expected",
    low: str = "low",
    high: str = "high",
    low_inner: str = "low_inner",
    high_inner: str = "high_inner",
    reference: str = "",
) -> Figure | None:
    """What has been seen, what is expected with its band, and the target.

    The table has a row per moment: ``y`` where it is known, ``expected``, ``low`` and ``high`` from there on, and an
    inner band where there is one; a column ``target`` is drawn as a path, a value called target (or ``reference``) as a
    level line.
    """
    sheet = opened(answer, name)
    if sheet is None:
        return None
    x, y = sheet.words_column(x), sheet.number_column(y)
    sheet = sheet.sorted(x)
    pairs = [pair for pair in ((low, high), (low_inner, high_inner)) if sheet.has(*pair)]
    bands = [(sheet.numbers(floor), sheet.numbers(roof)) for floor, roof in pairs]
    seen, ahead = sheet.numbers(y), sheet.numbers(expected)
    goal = sheet.numbers("target") if sheet.has("target") else seen[:0]
    with theme.applied():
        time = axis.moments(sheet, x)
        ends = _end(sheet, ahead, "expected", "main", y) + _end(sheet, goal, "target", "ink", y)
        facts = [axis.unit_words(sheet, y), sheet.speech.word("band") if bands else ""]
        drawn = [seen, ahead, goal, *(side for band in bands for side in band)]
        paper, ax = timeline(sheet, y, time, drawn, ends, facts, reference)
        hue, ink = theme.colour("main"), theme.colour("ink")
        for index, (floor, roof) in enumerate(bands):
            ax.fill_between(time.where, floor, roof, color=hue, alpha=BAND * (1 + index), lw=0)
        if len(goal):
            ax.plot(time.where, goal, color=ink, lw=0.9, ls=TARGET)
        ax.plot(time.where, ahead, color=hue, lw=1.4, ls=DASHED)
        ax.plot(time.where, seen, color=ink, lw=1.8)
        return paper.figure(sheet.frame, sheet.meta())


def _columns(sheet: Sheet, given: str | Sequence[str]) -> list[str]:
    """The given columns, else all numbers of the same unit as the first."""
    if given:
        return [given] if isinstance(given, str) else list(given)
    unit = sheet.unit(sheet.number_column())
    return [column for column in sheet.table.units if sheet.unit(column) == unit and column not in HELPING]


def _series(sheet: Sheet, columns: Sequence[str], by: str) -> list[Series]:
    if not by:
        return [Series(sheet.head(column), slice(None), sheet.numbers(column)) for column in columns]
    names, numbers = sheet.names(by), sheet.numbers(columns[0])
    rows = {name: [i for i, other in enumerate(names) if other == name] for name in dict.fromkeys(names)}
    return [Series(name, chosen, numbers[chosen]) for name, chosen in rows.items()]


def _line_ends(sheet: Sheet, lines: Sequence[Series], column: str) -> list[End]:
    """The last number of each line, with its name where there are several."""
    found = []
    for index, one in enumerate(lines):
        last = last_of(one.numbers)
        if last is not None:
            shown = sheet.say(last, column)
            found.append(End(last, shown if len(lines) == 1 else f"{one.name} {shown}", theme.series(index), True))
    return found


def _end(sheet: Sheet, numbers: Any, key: str, hue: str, column: str) -> list[End]:
    """The word and the last number of a path; nothing where it has none."""
    last = last_of(numbers)
    if last is None:
        return []
    return [End(last, f"{sheet.speech.word(key)} {sheet.say(last, column)}", theme.colour(hue), hue == "main")]
