"""The bridge: from a start to an end through what changed it."""

from collections.abc import Sequence
from typing import Any

from helpers.errors import XiaodianError
from helpers.findings import Answer
from helpers.show import axis, theme, words
from helpers.show.paper import Figure, Paper, wrap
from helpers.show.sheet import Sheet, opened

CENT = 0.01
DUST = 1e-6
ZOOM_BELOW = 0.35  # changes smaller than this part of the columns are zoomed in on
SLIM = 0.6
LINE = 3.2


def bridge(answer: Answer, name: str, label: str = "", value: str = "") -> Figure | None:
    """From a start to an end through the parts that changed it; the parts must add up to the cent.

    Parameters
    ----------
    answer : Finding or Gap
        Whose headline is the title.
    name : str
        Table: the first row is the start, the last the end, those between are changes.
    label, value : str
        Columns (default: the first words, the first number).

    Raises
    ------
    XiaodianError
        Start and parts do not make the end.
    """
    sheet = opened(answer, name)
    if sheet is None:
        return None
    label, value = sheet.words_column(label, ("kind",)), sheet.number_column(value)
    numbers = [float(number) for number in sheet.numbers(value)]
    _ties_out(sheet, numbers, value)
    tops = [sum(numbers[: i + 1]) for i in range(len(numbers) - 1)] + [numbers[-1]]
    with theme.applied():
        low, high, torn = _window(tops)
        room, small = theme.size("width") / len(numbers), theme.points("small")
        feet = [wrap(text, room - 1, small, lines=3) for text in sheet.names(label)]
        below = 2 + LINE * max(len(foot) for foot in feet)
        facts = [axis.unit_words(sheet, value), sheet.speech.word("torn") if torn else ""]
        paper = sheet.paper(theme.size("plot") + below, *facts)
        ax = _axes(paper, below, (low, high), len(numbers))
        texts = _texts(sheet, value, numbers, room)
        points = theme.points("base" if _fit(texts, room) else "small")
        for index, text in enumerate(texts):
            _column(ax, text, points, index, numbers, tops, low)
        if torn:
            _tear(ax, [0, len(numbers) - 1], low, high)
        _feet(paper, feet, below)
        return paper.figure(sheet.frame, sheet.meta())


def _ties_out(sheet: Sheet, numbers: Sequence[float], value: str) -> None:
    made, room = sum(numbers[:-1]), CENT if words.is_money(sheet.unit(value)) else DUST
    if len(numbers) < 2 or not abs(made - numbers[-1]) <= room * 1.001:
        where = f"bridge {sheet.name} of {sheet.finding.claim}"
        what = f"start and parts make {made:.6g}, the end is {numbers[-1]:.6g}"
        raise XiaodianError(where, what, "correct the table in the chapter")


def _window(tops: Sequence[float]) -> tuple[float, float, bool]:
    """Ends of the axis, and whether it begins above zero because the changes would be too small to see."""
    low, high = min(tops), max(tops)
    span = high - low
    if low > 0 and span < ZOOM_BELOW * high:
        base = low - (span * 0.6 or low * 0.1)
        return base, high + (high - base) * 0.12, True
    base, roof = min(low, 0.0), max(high, 0.0)
    room = 0.12 * ((roof - base) or 1.0)
    return base - (room if base < 0 else 0), roof + room, False


def _axes(paper: Paper, below: float, ends: tuple[float, float], count: int) -> Any:
    ax = paper.axes(0, 0, 0, below)
    axis.quiet(ax, *(["bottom"] if ends[0] >= 0 else []))
    ax.set_yticks([])
    ax.set_xticks([])
    ax.set_ylim(*ends)
    ax.set_xlim(-0.5, count - 0.5)
    if ends[0] < 0:
        ax.axhline(0, color=theme.colour("faint"), lw=0.8)
    return ax


def _column(
    ax: Any, text: str, points: float, index: int, numbers: Sequence[float], tops: Sequence[float], base: float
) -> None:
    """One column with its number: a whole from the base, a change from where the last one ended."""
    whole = index in (0, len(numbers) - 1)
    low, high = sorted((max(base, 0.0) if whole else tops[index - 1], tops[index]))
    hue = theme.colour("neutral" if whole else "good" if numbers[index] >= 0 else "bad")
    ax.bar(index, high - low, bottom=low, width=SLIM, color=hue, lw=0)
    if index + 1 < len(numbers):
        ax.plot([index + SLIM / 2, index + 1 - SLIM / 2], [tops[index]] * 2, color=theme.colour("faint"), lw=0.8)
    under = high <= 0 and low < 0
    look = {"color": theme.colour("ink") if whole else hue, "fontsize": points, "weight": "bold"}
    spot, shift = ((index, low), (0, -3)) if under else ((index, high), (0, 3))
    ax.annotate(text, spot, shift, textcoords="offset points", ha="center", va="top" if under else "bottom", **look)


def _texts(sheet: Sheet, value: str, numbers: Sequence[float], room: float) -> list[str]:
    """The numbers over the columns, changes with their sign: in full where the columns are wide enough."""
    unit, speech = sheet.unit(value), sheet.speech
    digits = 0 if max(abs(x) for x in numbers) >= words.CENTS_BELOW else 2
    exact = [words.full(x, unit, speech, digits) if words.is_money(unit) else sheet.say(x, value) for x in numbers]
    shown = exact if _fit(exact, room) else [sheet.say(x, value) for x in numbers]
    last = len(numbers) - 1
    return [f"+{text}" if 0 < i < last and numbers[i] > 0 else text for i, text in enumerate(shown)]


def _fit(texts: Sequence[str], room: float) -> bool:
    return all(theme.text_width(f"+{text}", theme.points("base"), True) < room for text in texts)


def _tear(ax: Any, places: Sequence[int], low: float, high: float) -> None:
    """Two white strokes through the foot of a column whose zero is not shown."""
    step = (high - low) / 60
    for place in places:
        for lift in (3.2, 5.0):
            x = [place - SLIM / 2 - 0.04, place + SLIM / 2 + 0.04]
            ax.plot(x, [low + step * lift, low + step * (lift + 1.6)], color=theme.colour("paper"), lw=2, zorder=5)


def _feet(paper: Paper, feet: Sequence[Sequence[str]], below: float) -> None:
    base = paper.height - theme.size("edge") - below + 3.4
    for index, lines in enumerate(feet):
        for line, piece in enumerate(lines):
            paper.write(paper.width * (index + 0.5) / len(feet), base + line * LINE, piece, ha="center")
