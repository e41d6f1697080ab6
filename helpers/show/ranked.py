"""Bars with one row per item: ranked bars, Pareto."""

from dataclasses import replace
from typing import Any

from helpers.findings import Answer
from helpers.show import axis, theme
from helpers.show.paper import Figure
from helpers.show.rows import Rows, count_words, cut_words, number_axis, reference_line, rows
from helpers.show.sheet import Sheet, opened

SLIM = 0.62


def bars(
    answer: Answer,
    name: str,
    label: str = "",
    value: str = "",
    low: str = "low",
    high: str = "high",
    reference: str = "",
    top: int = 15,
    ranked: bool = True,
) -> Figure | None:
    """Horizontal bars, biggest first, with intervals and a reference line where the finding has them.

    Parameters
    ----------
    answer : Finding or Gap
        Whose headline is the title.
    name : str
        Table: one row per item; a column ``n`` is printed beside the numbers.
    label, value : str
        Columns (default: the first words, the first number).
    low, high : str
        Columns of the interval; drawn where they exist.
    reference : str
        Value of the finding that is drawn as a line (default: one called target, bar, benchmark …).
    top : int
        Rows at most; the subtitle says how many are left out.
    ranked : bool
        False keeps the order of the table.
    """
    sheet = cut(opened(answer, name), value, top, ranked)
    if sheet is None:
        return None
    label, value = sheet.words_column(label), sheet.number_column(value)
    numbers, band = sheet.numbers(value), sheet.has(low, high)
    ends = [sheet.numbers(low), sheet.numbers(high)] if band else []
    with theme.applied():
        level = sheet.level(reference, value)
        made = item_rows(sheet, label, value, foot=band, head=bool(level))
        goal = [float(level[0].value or 0)] if level else []
        number_axis(made, axis.limits([numbers, [0.0], goal, *ends], sheet.unit(value)), sheet, value, shown=band)
        places = range(len(numbers))
        made.ax.barh(places, numbers, height=SLIM, color=[_hue(number, band) for number in numbers], lw=0)
        if band:
            made.ax.hlines(places, *ends, color=theme.colour("ink"), lw=1)
        reference_line(made, sheet, level, value)
        return made.paper.figure(sheet.frame, sheet.meta())


def pareto(
    answer: Answer, name: str, label: str = "", value: str = "", cumulative: str = "cumulative", top: int = 12
) -> Figure | None:
    """Bars from the biggest down, and over them the share that they make together.

    The share is the column ``cumulative`` (0-1); without it, it is added up where the table is whole.
    """
    whole = opened(answer, name)
    sheet = cut(whole, value, top, True)
    if sheet is None or whole is None:
        return None
    label, value = sheet.words_column(label), sheet.number_column(value)
    numbers, shares = sheet.numbers(value), _together(sheet, whole, value, cumulative)
    with theme.applied():
        texts = [sheet.speech.unit("ratio").format(sign="", n=f"{share * 100:.0f}") for share in shares]
        facts = [axis.unit_words(sheet, value), sheet.speech.word("together") if shares else ""]
        facts.append(cut_words(sheet, len(numbers)))
        made = rows(sheet, sheet.names(label), facts, sheet.say_all(value), texts, foot=False, head=False)
        number_axis(made, axis.limits([numbers, [0.0]], sheet.unit(value)), sheet, value, shown=False)
        made.ax.barh(range(len(numbers)), numbers, height=SLIM, color=theme.colour("main"), lw=0)
        if shares:
            beside = made.ax.twiny()
            axis.quiet(beside)
            beside.set_xlim(0, 1.02)
            beside.set_xticks([])
            beside.plot(shares, range(len(shares)), color=theme.colour("second"), lw=1.2, marker="o", ms=3.5)
        return made.paper.figure(sheet.frame, sheet.meta())


def cut(sheet: Sheet | None, value: str, top: int, ranked: bool) -> Sheet | None:
    """The sheet with its first rows, biggest first when ranked; None without a sheet."""
    if sheet is None:
        return None
    frame = sheet.frame
    if ranked:
        frame = frame.sort_values(sheet.number_column(value), ascending=False, kind="stable")
    return replace(sheet, table=replace(sheet.table, frame=frame.head(top)))


def item_rows(sheet: Sheet, label: str, value: str, *more: str, foot: bool = True, head: bool = True) -> Rows:
    """The frame of a sheet with one item per row: names, numbers, what they rest on."""
    names = sheet.names(label)
    facts = [axis.unit_words(sheet, value), *more, cut_words(sheet, len(names))]
    return rows(sheet, names, facts, sheet.say_all(value), count_words(sheet), foot, head)


def _hue(number: float, pale: bool) -> str:
    if pale:
        return theme.colour("band_second" if number < 0 else "band")
    return theme.colour("second" if number < 0 else "main")


def _together(sheet: Sheet, whole: Sheet, value: str, cumulative: str) -> list[float]:
    """The cumulative shares; none where the table was cut and does not state them."""
    if sheet.has(cumulative):
        return [float(share) for share in sheet.numbers(cumulative)]
    parts: Any = whole.numbers(value)
    if len(parts) < whole.table.total or not parts.sum() > 0 or (parts < 0).any():
        return []
    return [float(share) for share in sheet.numbers(value).cumsum() / parts.sum()]
