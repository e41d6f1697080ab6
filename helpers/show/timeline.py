"""The frame of charts along days or months: time below, values left, names at the right ends, promotions shaded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from helpers.show import axis, theme
from helpers.show.axis import Moments
from helpers.show.paper import Paper, fit, widest
from helpers.show.sheet import Sheet

STRIP = 3.6  # height of a line of promotion names
ROWS = 4  # lines of promotion names at most
LABEL_ROOM = 42
LINE = 3.4  # names at the right ends keep so far apart


@dataclass(frozen=True)
class End:
    """What stands at the right end of a line."""

    y: float
    text: str
    colour: str
    bold: bool = False


@dataclass(frozen=True)
class Window:
    """A promotion on the time axis, and the line of names that its name stands in."""

    name: str
    start: float
    end: float
    row: int


def timeline(
    sheet: Sheet,
    column: str,
    time: Moments,
    drawn: Sequence[Any],
    ends: Sequence[End],
    facts: Sequence[str],
    reference: str,
    near: float = axis.NEAR,
) -> tuple[Paper, Any]:
    """Paper and axes that hold all the numbers ``drawn``, with the reference line of the column's unit."""
    unit, small = sheet.unit(column), theme.points("small")
    level = sheet.level(reference, column)
    if level:
        value = float(level[0].value or 0)
        ends = [*ends, End(value, f"{level[1]} {sheet.say(value, column)}", theme.colour("ink"))]
        drawn = [*drawn, [value]]
    scale = axis.limits(drawn, unit, near)
    left = axis.axis_width(scale, unit, sheet.speech) + 1
    right = widest([end.text for end in ends], small, LABEL_ROOM, bold=True) + theme.size("gap") + 1
    first, last = float(time.where.min()), float(time.where.max())
    pad = (last - first) * 0.015 or 0.5
    scale_x = (theme.size("width") - left - right) / (last - first + 2 * pad)
    windows = _windows(sheet, time, scale_x, last + pad + right / scale_x)
    above = STRIP * (max((window.row for window in windows), default=-1) + 1)
    paper = sheet.paper(theme.size("plot") + above, *facts)
    ax = paper.axes(left, right, above, 6)
    axis.quiet(ax, "bottom")
    axis.value_axis(ax, "y", scale, unit, sheet.speech)
    ax.set_xlim(first - pad, last + pad)
    ax.set_xticks(time.ticks, time.texts)
    if level:
        ax.axhline(float(level[0].value or 0), color=theme.colour("ink"), lw=0.9, ls=(0, (4, 2)), zorder=1.5)
    _shade(paper, ax, windows)
    _name_ends(paper, ax, ends)
    return paper, ax


def last_of(numbers: Any) -> float | None:
    """The last known number of a series; None where there is none."""
    known = numbers[numbers == numbers]
    return float(known[-1]) if len(known) else None


def _windows(sheet: Sheet, time: Moments, scale: float, edge: float) -> list[Window]:
    """Promotions that touch the axis, their names in lines so that they keep apart; ``scale`` is mm a day."""
    given = sheet.finding.tables.get("calendar")
    if given is None or not len(given.frame) or not time.real:
        return []
    frame, found = given.frame, []
    free: list[float] = []  # where the next name of each line may begin
    days = {part: axis.day_numbers(frame[part]) for part in ("start", "end")}
    for name, start, end in sorted(zip(frame["name"], days["start"], days["end"], strict=True), key=lambda one: one[1]):
        if end < time.where.min() or start > time.where.max():
            continue
        start, end = max(start, float(time.where.min())), min(end, float(time.where.max()))
        room = (theme.text_width(theme.printable(name), theme.points("small")) + 3) / scale
        begin = min(start, edge - room)
        row = _row(free, begin)
        free[row] = begin + room
        found.append(Window(theme.printable(name), start, end, row))
    return found


def _row(free: list[float], begin: float) -> int:
    """The first line with room from there on, a new one if none has, the emptiest if there are enough lines."""
    fitting = [at for at, taken in enumerate(free) if begin >= taken]
    if not fitting and len(free) < ROWS:
        free.append(begin)
        return len(free) - 1
    return fitting[0] if fitting else free.index(min(free))


def _shade(paper: Paper, ax: Any, windows: Sequence[Window]) -> None:
    box, small = ax.get_position(), theme.points("small")
    low, high = ax.get_xlim()
    rows = max((window.row for window in windows), default=0)
    for window in windows:
        hue = theme.colour("promotion")
        ax.axvspan(window.start - 0.5, window.end + 0.5, color=hue, alpha=0.55, lw=0, zorder=0.2)
        x = paper.width * (box.x0 + box.width * (window.start - 0.5 - low) / (high - low))
        name = fit(window.name, paper.width / 2, small)
        x = min(max(x, paper.width * box.x0), paper.width - theme.text_width(name, small))
        paper.write(x, paper.height * (1 - box.y1) - STRIP * (rows - window.row) - 1, name, colour="promotion_ink")


def _name_ends(paper: Paper, ax: Any, ends: Sequence[End]) -> None:
    box, (low, high) = ax.get_position(), ax.get_ylim()
    top, bottom = paper.height * (1 - box.y1), paper.height * (1 - box.y0)
    wanted = [bottom - (end.y - low) / (high - low) * (bottom - top) for end in ends]
    x = paper.width * box.x1 + theme.size("gap")
    for end, y in zip(ends, axis.spread(wanted, LINE, top + 1, bottom - 0.5), strict=True):
        text = fit(end.text, LABEL_ROOM, theme.points("small"), end.bold)
        paper.write(x, y + 0.9, text, colour=end.colour, weight="bold" if end.bold else "normal")
