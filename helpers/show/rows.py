"""The frame of charts with one row per item: names on the left, a plot in the middle, numbers on the right."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from helpers.findings import Value
from helpers.show import axis, theme
from helpers.show.paper import Paper, fit, widest, wrap
from helpers.show.sheet import Sheet

NAME_ROOM = 50
HEAD = 5
NO_HEAD = 1
FOOT = 6


@dataclass(frozen=True)
class Rows:
    """Paper and axes; row i is drawn at y = i, counted from the top."""

    paper: Paper
    ax: Any
    left: float
    right: float
    head: float

    def y(self, index: float) -> float:
        """Middle of a row in mm from the top."""
        return self.paper.top + self.head + (index + 0.5) * theme.size("row")


def rows(
    sheet: Sheet,
    names: Sequence[str],
    facts: Sequence[str],
    numbers: Sequence[str],
    counts: Sequence[str] = (),
    foot: bool = True,
    head: bool = True,
) -> Rows:
    """The frame: names left, ``numbers`` bold and ``counts`` muted on the right, one row each.

    ``foot`` leaves room for tick labels under the plot, ``head`` for a line of words above it.
    """
    base, small, gap = theme.points("base"), theme.points("small"), theme.size("gap")
    left = widest(list(names), base, NAME_ROOM) + gap
    wide, narrow = widest(list(numbers), base, 40), widest(list(counts), small, 24)
    right = wide * 1.08 + narrow + gap * (2 if counts else 1)
    above, below = HEAD if head else NO_HEAD, FOOT if foot else 1
    paper = sheet.paper(above + len(names) * theme.size("row") + below, *facts)
    ax = paper.axes(left, right, above, below)
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.set_yticks([])
    axis.quiet(ax)
    made = Rows(paper, ax, left, right, above)
    for index, text in enumerate(names):
        _name(paper, text, made.y(index))
    for index, text in enumerate(numbers):
        x = paper.width - (narrow + gap if counts else 0)
        paper.write(x, made.y(index) + 1, text, size=base, weight="bold", ha="right")
    for index, text in enumerate(counts):
        paper.write(paper.width, made.y(index) + 1, text, colour="muted", ha="right")
    return made


def reference_line(made: Rows, sheet: Sheet, level: tuple[Value, str] | None, column: str) -> None:
    """A named upright line through all rows at a value of the finding."""
    if not level:
        return
    value, word = float(level[0].value or 0), level[1]
    made.ax.axvline(value, color=theme.colour("ink"), lw=0.9, ls=(0, (4, 2)), zorder=1.5)
    low, high = made.ax.get_xlim()
    inner = made.paper.width - made.left - made.right
    text = fit(f"{word} {sheet.say(value, column)}", made.paper.width, theme.points("small"))
    half = theme.text_width(text, theme.points("small")) / 2
    x = made.left + inner * (value - low) / (high - low)
    made.paper.write(min(max(x, half), made.paper.width - half), made.paper.top + made.head - 1.4, text, ha="center")


def number_axis(made: Rows, ends: tuple[float, float], sheet: Sheet, column: str, shown: bool = True) -> None:
    """The axis of the numbers; without ticks and grid where it is not shown."""
    axis.value_axis(made.ax, "x", ends, sheet.unit(column), sheet.speech)
    if not shown:
        made.ax.set_xticks([])
        made.ax.grid(False)


def count_words(sheet: Sheet, column: str = "n") -> list[str]:
    """What each row rests on: n=1,203; nothing where the table has no such column."""
    if not sheet.has(column):
        return []
    word = sheet.speech.word("rests_on")
    return ["" if n != n else word.format(n=f"{n:,.0f}") for n in sheet.numbers(column)]


def cut_words(sheet: Sheet, shown: int) -> str:
    """How many rows are shown of how many, where some are left out."""
    if shown >= sheet.table.total:
        return ""
    return sheet.speech.word("rows_cut").format(printed=f"{shown:,}", total=f"{sheet.table.total:,}")


def _name(paper: Paper, text: str, y: float) -> None:
    base, small = theme.points("base"), theme.points("small")
    if theme.text_width(text, base) <= NAME_ROOM:
        paper.write(0, y + 1, text, size=base)
        return
    lines = wrap(text, NAME_ROOM, small, lines=2)
    for index, line in enumerate(lines):
        paper.write(0, y + 1 + (index - (len(lines) - 1) / 2) * 2.9, line, size=small)
