"""Charts of points: scatter with quadrants, funnel plot."""

from collections.abc import Sequence
from math import ceil, floor, log10
from typing import Any

from helpers.findings import Answer, Value
from helpers.show import axis, theme, words
from helpers.show.naming import name_points
from helpers.show.paper import Figure, Paper, fit, widest, wrap
from helpers.show.sheet import Sheet, opened

NAMED = 8
TALLER = 14  # mm that a cloud needs beyond a line chart
LOG_FROM = 30  # ends so many times apart ask for a logarithmic axis
CROWD = 300  # more points than this are drawn as a picture, so that the file stays small
TICKS = 7
BAR_ROOM = 28
Level = tuple[Value, str] | None


def scatter(
    answer: Answer,
    name: str,
    x: str = "",
    y: str = "",
    label: str = "",
    x_bar: str = "",
    y_bar: str = "",
    corners: str = "",
    named: int = NAMED,
) -> Figure | None:
    """Points on two measures, cut into quadrants by two bars, with a zone of doubt around each bar.

    Parameters
    ----------
    answer : Finding or Gap
        Whose headline is the title.
    name : str
        Table: one row per point. A true or false column ``doubt`` makes a point hollow, ``named`` says which to name.
    x, y, label : str
        Columns (default: the first two numbers, the first words).
    x_bar, y_bar : str
        Values of the finding that cut the plane; their intervals are the zone of doubt.
    corners : str
        Label group with the names of the quadrants: high_high, high_low, low_high, low_low (x first).
    named : int
        Names at most; without a column ``named`` the points furthest out are named.
    """
    sheet = opened(answer, name)
    if sheet is None:
        return None
    x = sheet.number_column(x)
    y, label = sheet.number_column(y, (x,)), sheet.words_column(label)
    across, up = sheet.numbers(x), sheet.numbers(y)
    bars = [sheet.level(given, column) if given else None for given, column in ((x_bar, x), (y_bar, y))]
    zone = any(level and level[0].low is not None for level in bars)
    facts = [
        sheet.speech.word("doubt_zone") if zone else "",
        sheet.speech.word("doubt_point") if sheet.has("doubt") else "",
    ]
    with theme.applied():
        paper, ax = _plane(sheet, (x, y), (across, up), facts, bars)
        _corners(ax, sheet, corners)
        _points(ax, across, up, _flags(sheet, "doubt"))
        name_points(paper, ax, across, up, sheet.names(label), _chosen(sheet, across, up)[:named], bars)
        return paper.figure(sheet.frame, sheet.meta())


def funnel_plot(
    answer: Answer,
    name: str,
    n: str = "n",
    rate: str = "",
    label: str = "",
    lower: str = "lower",
    upper: str = "upper",
    reference: str = "",
    named: int = NAMED,
) -> Figure | None:
    """Rates against the cases they rest on, between limits that narrow as cases grow; those outside are named.

    The table has a row per item with ``n``, a rate, and the limits ``lower`` and ``upper`` at that n; the reference is
    the centre. A true or false column ``named`` names more items than those outside.
    """
    sheet = opened(answer, name)
    if sheet is None:
        return None
    rate, label = sheet.number_column(rate, (n,)), sheet.words_column(label)
    cases, rates, low, high = (sheet.numbers(column) for column in (n, rate, lower, upper))
    outside = (rates < low) | (rates > high)
    order = cases.argsort(kind="stable")
    with theme.applied():
        bars = [None, sheet.level(reference, rate)]
        paper, ax = _plane(sheet, (n, rate), (cases, [*rates, *low, *high]), [sheet.speech.word("outside")], bars)
        ax.fill_between(cases[order], low[order], high[order], color=theme.colour("wash"), lw=0, zorder=0.5)
        for limit in (low, high):
            ax.plot(cases[order], limit[order], color=theme.colour("neutral"), lw=0.8, ls="--")
        _points(ax, cases[~outside], rates[~outside], [False] * int((~outside).sum()))
        ax.plot(cases[outside], rates[outside], ls="", marker="D", ms=4.6, color=theme.colour("bad"), zorder=4)
        far = sorted(outside.nonzero()[0], key=lambda i: -max(low[i] - rates[i], rates[i] - high[i]))
        inside = [at for at, flag in enumerate(_flags(sheet, "named")) if flag and not outside[at]]
        name_points(paper, ax, cases, rates, sheet.names(label), [*far, *inside][:named], bars)
        return paper.figure(sheet.frame, sheet.meta())


def _plane(
    sheet: Sheet, columns: tuple[str, str], drawn: tuple[Any, Any], facts: list[str], bars: Sequence[Level]
) -> tuple[Paper, Any]:
    """Paper and axes with two number axes and the bars that cut them, named outside."""
    units = [sheet.unit(column) for column in columns]
    wide, high = (
        axis.limits([part, _ends(level)], unit, axis.NEAR_RATE)
        for part, level, unit in zip(drawn, bars, units, strict=True)
    )
    above = 4 if bars[0] else 0
    right = widest(_bar_words(bars[1], sheet), theme.points("small"), BAR_ROOM) + 3 if bars[1] else 5
    axes = sheet.speech.word("axes").format(x=axis.unit_words(sheet, columns[0]), y=axis.unit_words(sheet, columns[1]))
    paper = sheet.paper(theme.size("plot") + TALLER + above, axes, *facts)
    ax = paper.axes(axis.axis_width(high, units[1], sheet.speech, TICKS) + 1, right, above, 6)
    axis.quiet(ax, "bottom", "left")
    axis.value_axis(ax, "y", high, units[1], sheet.speech, TICKS)
    positive = [float(one) for one in drawn[0] if one == one]
    if positive and min(positive) > 0 and max(positive) / min(positive) > LOG_FROM:
        _log(ax, min(positive) * 0.8, max(positive) * 1.1, units[0], sheet)
    else:
        axis.value_axis(ax, "x", wide, units[0], sheet.speech, TICKS)
        ax.grid(False, axis="x")
    for level, side in zip(bars, "xy", strict=True):
        _cut(ax, level, side, sheet)
    return paper, ax


def _log(ax: Any, low: float, high: float, unit: str, sheet: Sheet) -> None:
    powers = range(floor(log10(low)), ceil(log10(high)) + 1)
    marks = [factor * 10.0**power for power in powers for factor in (1, 3)]
    kept = [mark for mark in marks if low <= mark <= high]
    ax.set_xscale("log")
    ax.set_xlim(low, high)
    ax.set_xticks(kept, [axis.tick_words([mark], unit, sheet.speech)[0] for mark in kept])
    ax.set_xticks([], minor=True)


def _ends(level: Level) -> list[float]:
    return [part for part in (level[0].value, level[0].low, level[0].high) if part is not None] if level else []


def _cut(ax: Any, level: Level, side: str, sheet: Sheet) -> None:
    """The line of a bar with its zone of doubt, and its name outside the axes."""
    if not level:
        return
    value, small = level[0], theme.points("small")
    line, zone = (ax.axvline, ax.axvspan) if side == "x" else (ax.axhline, ax.axhspan)
    if value.low is not None and value.high is not None:
        zone(value.low, value.high, color=theme.colour("wash"), lw=0, zorder=0.3)
    line(value.value, color=theme.colour("ink"), lw=0.8, ls=(0, (4, 2)), zorder=1)
    text, look = _bar_words(level, sheet), {"textcoords": "offset points", "fontsize": small}
    if side == "x":
        ax.annotate(" ".join(text), (value.value, 1), (0, 3), xycoords=ax.get_xaxis_transform(), ha="center", **look)
    else:
        where = ax.get_yaxis_transform()
        ax.annotate("\n".join(text), (1, value.value), (4, 0), xycoords=where, va="center", **look)


def _bar_words(level: Level, sheet: Sheet) -> list[str]:
    """The name of a bar and its number, in lines that fit beside the axes."""
    if not level:
        return []
    text = f"{level[1]} {words.number(level[0].value, level[0].unit, sheet.speech)}"
    return wrap(text, BAR_ROOM, theme.points("small"), lines=3)


def _corners(ax: Any, sheet: Sheet, group: str) -> None:
    if not group:
        return
    small, muted = theme.points("small"), theme.colour("muted")
    for x, across in enumerate(("low", "high")):
        for y, up in enumerate(("low", "high")):
            text = fit(sheet.speech.label(group, f"{across}_{up}"), 50, small)
            look = {"ha": "right" if x else "left", "va": "top" if y else "bottom", "color": muted, "fontsize": small}
            shift = (4 - 8 * x, 4 - 8 * y)
            ax.annotate(text, (x, y), shift, xycoords="axes fraction", textcoords="offset points", zorder=0.6, **look)


def _points(ax: Any, xs: Any, ys: Any, hollow: Sequence[bool]) -> None:
    faces = [theme.colour("paper" if empty else "main") for empty in hollow]
    edges = [theme.colour("neutral" if empty else "main") for empty in hollow]
    many = len(hollow) > CROWD
    ax.scatter(xs, ys, s=17, facecolors=faces, edgecolors=edges, linewidths=1, alpha=0.85, zorder=3, rasterized=many)


def _flags(sheet: Sheet, column: str) -> list[bool]:
    frame = sheet.frame
    return [bool(flag) for flag in frame[column]] if sheet.has(column) else [False] * len(frame)


def _chosen(sheet: Sheet, xs: Any, ys: Any) -> list[int]:
    """Points to name: those the table says, else all, those furthest from the middle first."""
    import numpy as np

    known = [i for i in range(len(xs)) if xs[i] == xs[i] and ys[i] == ys[i]]
    if sheet.has("named") or not known:
        flags = _flags(sheet, "named")
        return [i for i in known if flags[i]]
    far = sum(np.abs(part - np.nanmedian(part)) / (np.nanmax(part) - np.nanmin(part) or 1) for part in (xs, ys))
    return sorted(known, key=lambda i: -far[i])
