"""Shares of the same parts by several measures."""

from typing import Any

from helpers.findings import Answer
from helpers.show import axis, theme
from helpers.show.paper import Figure
from helpers.show.rows import Rows, rows
from helpers.show.sheet import Sheet, opened

SLIM = 0.7
WHOLE = 0.999


def stacked(
    answer: Answer, name: str, measure: str = "", part: str = "", share: str = "", target: str = "target"
) -> Figure | None:
    """One bar of 100 % per measure, cut into the same parts, with marks where the targets lie.

    Parameters
    ----------
    answer : Finding or Gap
        Whose headline is the title.
    name : str
        Table: one row per measure and part.
    measure, part : str
        Columns (default: the first and the second words).
    share : str
        Column of shares 0-1 that add up to 1 in each measure (default: the first number).
    target : str
        Column with the share that a part should have; marks show where the borders between the parts should lie.
    """
    sheet = opened(answer, name)
    if sheet is None:
        return None
    measure, share = sheet.words_column(measure), sheet.number_column(share)
    part = sheet.words_column(part, (measure,))
    measures, parts, numbers = sheet.names(measure), sheet.names(part), sheet.numbers(share)
    goals = sheet.numbers(target) if sheet.has(target) else None
    order, kinds = list(dict.fromkeys(measures)), list(dict.fromkeys(parts))
    with theme.applied():
        facts = [axis.unit_words(sheet, share), "" if goals is None else sheet.speech.word("target_marks")]
        made = rows(sheet, order, facts, [], foot=False)
        made.ax.set_xlim(0, 1)
        made.ax.set_xticks([])
        for row, one in enumerate(order):
            own = {parts[i]: i for i in range(len(parts)) if measures[i] == one and numbers[i] == numbers[i]}
            places = [own[kind] for kind in kinds if kind in own]
            _bar(made, sheet, share, row, [(kinds.index(parts[i]), float(numbers[i])) for i in places])
            if goals is not None:
                _marks(made.ax, row, [float(goals[i]) for i in places])
        _legend(made, kinds)
        return made.paper.figure(sheet.frame, sheet.meta())


def _bar(made: Rows, sheet: Sheet, share: str, row: int, cuts: list[tuple[int, float]]) -> None:
    """One bar; a part prints its share where there is room."""
    width, begin, white = made.paper.width - made.left - made.right, 0.0, theme.colour("paper")
    look = {
        "ha": "center",
        "va": "center_baseline",
        "color": white,
        "fontsize": theme.points("small"),
        "weight": "bold",
    }
    for kind, size in cuts:
        made.ax.barh(row, size, left=begin, height=SLIM, color=theme.series(kind), edgecolor=white, lw=0.8)
        text = sheet.say(size, share)
        if theme.text_width(text, theme.points("small"), True) + 2 < size * width:
            made.ax.text(begin + size / 2, row, text, **look)
        begin += size


def _marks(ax: Any, row: int, goals: list[float]) -> None:
    wanted = 0.0
    for goal in goals:
        wanted += goal
        if 0 < wanted < WHOLE:
            ax.plot([wanted], [row - 0.42], marker="v", ms=4, color=theme.colour("ink"), zorder=4, clip_on=False)


def _legend(made: Rows, kinds: list[str]) -> None:
    """The parts by colour, in a line above the bars."""
    x, y, small = made.left, made.paper.top + made.head - 2.4, theme.points("small")
    for index, kind in enumerate(kinds):
        made.paper.write(x, y, "■", colour=theme.series(index))
        made.paper.write(x + 3.2, y, kind)
        x += 3.2 + theme.text_width(kind, small) + 5
