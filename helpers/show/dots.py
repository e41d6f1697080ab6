"""Rates with their intervals against a bar: one row per item, or per step of a funnel."""

from typing import Any

from helpers.findings import Answer
from helpers.show import axis, theme
from helpers.show.paper import Figure
from helpers.show.ranked import SLIM, cut, item_rows
from helpers.show.rows import number_axis, reference_line, rows
from helpers.show.sheet import Sheet, opened


def intervals(
    answer: Answer,
    name: str,
    label: str = "",
    value: str = "",
    low: str = "low",
    high: str = "high",
    reference: str = "",
    top: int = 20,
    ranked: bool = True,
) -> Figure | None:
    """A dot and its interval per row against a bar: hollow where the interval crosses the bar.

    Parameters as in `bars`; a column ``target`` gives each row a bar of its own.
    """
    sheet = cut(opened(answer, name), value, top, ranked)
    if sheet is None:
        return None
    label, value = sheet.words_column(label), sheet.number_column(value)
    numbers, floor, roof = (sheet.numbers(column) for column in (value, low, high))
    with theme.applied():
        own = sheet.has("target")
        level = None if own else sheet.level(reference, value)
        bar = sheet.numbers("target") if own else _level_bar(level, numbers)
        hollow = sheet.speech.word("hollow") if own or level else ""
        black = sheet.speech.word("step_bar") if own else ""
        made = item_rows(sheet, label, value, hollow, black, head=bool(level))
        number_axis(made, axis.limits([numbers, floor, roof, bar], sheet.unit(value)), sheet, value)
        _dots(made.ax, numbers, floor, roof, bar, lower_better=level is not None and sheet.lower_better(level[0]))
        if own:
            _bars(made.ax, bar)
        reference_line(made, sheet, level, value)
        return made.paper.figure(sheet.frame, sheet.meta())


def funnel_steps(
    answer: Answer,
    name: str,
    label: str = "",
    count: str = "count",
    rate: str = "rate",
    low: str = "low",
    high: str = "high",
) -> Figure | None:
    """Steps of a funnel from the top: how many reach each, the rate from the step before, and the bar it should reach.

    The table has a row per step: ``count``, ``rate`` (none for the first step), ``low`` and ``high`` where the interval
    is known, and ``target`` for the bar of a step.
    """
    sheet = opened(answer, name)
    if sheet is None:
        return None
    numbers = sheet.numbers(rate)
    floor, roof = (sheet.numbers(low), sheet.numbers(high)) if sheet.has(low, high) else (numbers, numbers)
    bar = sheet.numbers("target") if sheet.has("target") else _level_bar(None, numbers)
    with theme.applied():
        made = rows(sheet, *_step_words(sheet, sheet.words_column(label), count, rate, bar), head=False)
        number_axis(made, axis.limits([numbers, floor, roof, bar, [0.0]], sheet.unit(rate)), sheet, rate)
        made.ax.barh(range(len(numbers)), numbers, height=SLIM, color=theme.colour("band"), lw=0)
        _dots(made.ax, numbers, floor, roof, bar)
        _bars(made.ax, bar)
        return made.paper.figure(sheet.frame, sheet.meta())


def _step_words(
    sheet: Sheet, label: str, count: str, rate: str, bar: Any
) -> tuple[list[str], list[str], list[str], list[str]]:
    """Names with counts, facts, rates and bars of the steps, in words."""
    speech = sheet.speech
    reach = [sheet.say(number, count) for number in sheet.numbers(count)]
    names = [f"{step} · {number}" for step, number in zip(sheet.names(label), reach, strict=True)]
    facts = [
        axis.unit_words(sheet, rate),
        speech.word("step_rate"),
        speech.word("step_bar") if sheet.has("target") else "",
    ]
    rates = [sheet.say(number, rate) if number == number else "" for number in sheet.numbers(rate)]
    goals = [f"{speech.word('bar')} {sheet.say(mark, rate)}" if mark == mark else "" for mark in bar]
    return names, facts, rates, goals


def _level_bar(level: Any, numbers: Any) -> Any:
    """The same bar for every row; none without a level."""
    import numpy as np

    return np.full(len(numbers), float(level[0].value) if level else np.nan)


def _dots(ax: Any, numbers: Any, floor: Any, roof: Any, bar: Any, lower_better: bool = False) -> None:
    """Dots with their intervals, marked by the side of the bar on which they certainly lie."""
    for index, number in enumerate(numbers):
        if number != number:
            continue
        above, below = floor[index] > bar[index], roof[index] < bar[index]
        unsure = bar[index] == bar[index] and not (above or below)
        hue = theme.colour("neutral" if unsure else "second" if below != lower_better else "main")
        ax.plot([floor[index], roof[index]], [index, index], color=hue, lw=1.6, zorder=3)
        fill = theme.colour("paper") if unsure else hue
        ax.plot([number], [index], marker="D" if below else "o", ms=4.6, color=hue, mfc=fill, mew=1.2, zorder=4)


def _bars(ax: Any, bar: Any) -> None:
    for index, mark in enumerate(bar):
        if mark == mark:
            height = [index - 0.42, index + 0.42]
            ax.plot([mark, mark], height, color=theme.colour("ink"), lw=1.4, solid_capstyle="butt", zorder=2.5)
