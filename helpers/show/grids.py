"""Charts on a grid: heat map, rank flow."""

from typing import Any

from helpers.findings import Answer
from helpers.show import axis, theme
from helpers.show.paper import Figure, Paper, fit, widest
from helpers.show.sheet import Sheet, opened
from helpers.show.words import number

CELL = 5.6
SHADES = 9
RANK = 5.2


def heatmap(answer: Answer, name: str, rows: str = "", columns: str = "", value: str = "") -> Figure | None:
    """A number for each row and column as a shade, with its scale; cells print their number where there is room.

    Parameters
    ----------
    answer : Finding or Gap
        Whose headline is the title.
    name : str
        Table: one row per cell; rows and columns keep the order in which they first come. A missing cell is hatched.
    rows, columns, value : str
        Columns of the table (default: its first, its second and its third).
    """
    sheet = opened(answer, name)
    if sheet is None:
        return None
    given = list(sheet.table.units)
    rows, columns, value = rows or given[0], columns or given[1], value or given[2]
    down, across, matrix = _matrix(sheet, rows, columns, value)
    with theme.applied():
        small = theme.points("small")
        left = widest(down, small, 40) + theme.size("gap")
        paper = sheet.paper(len(down) * CELL + 12, axis.unit_words(sheet, value))
        ax = paper.axes(left, 0, 6, 6)
        axis.quiet(ax)
        low, high = _ends(matrix)
        ax.patch.set(facecolor=theme.colour("wash"), hatch="////", edgecolor=theme.colour("grid"), alpha=1)
        ax.pcolormesh(matrix, cmap=_shades(), vmin=low, vmax=high, edgecolors=theme.colour("paper"), linewidth=0.8)
        ax.set_ylim(len(down), 0)
        cell = (paper.width - left) / len(across)
        _cells(ax, sheet, value, matrix, cell, (low + high) / 2)
        step = next(s for s in (1, 2, 3, 4, 6, 12, 24, 99) if s * cell > widest(across, small, 30) + 1.5)
        ax.set_xticks(
            [i + 0.5 for i in range(0, len(across), step)], [fit(text, step * cell, small) for text in across[::step]]
        )
        ax.set_yticks([i + 0.5 for i in range(len(down))], [fit(text, 40, small) for text in down])
        _scale(paper, sheet, value, low, high)
        return paper.figure(sheet.frame, sheet.meta())


def flow(answer: Answer, name: str, period: str = "", label: str = "", rank: str = "rank") -> Figure | None:
    """How the ranks of items change from period to period; newcomers and those that left are set off.

    The table has a row per period and item: period, label and ``rank`` (1 is the top); an item without a row in a
    period is not ranked there.
    """
    sheet = opened(answer, name)
    if sheet is None:
        return None
    period = sheet.words_column(period)
    label = sheet.words_column(label, (period,))
    when, names, ranks = sheet.names(period), sheet.names(label), sheet.numbers(rank)
    times, items = list(dict.fromkeys(when)), list(dict.fromkeys(names))
    deepest = int(max(ranks))
    with theme.applied():
        small, gap = theme.points("small"), theme.size("gap")
        sides = [[names[i] for i in range(len(names)) if when[i] == edge] for edge in (times[0], times[-1])]
        left, right = (widest(side, small, 42) + gap + 7 for side in sides)
        paper = sheet.paper(deepest * RANK + 7, sheet.head(rank), sheet.speech.word("flow_marks"))
        ax = paper.axes(left, right, 5, 1)
        axis.quiet(ax)
        ax.set_yticks([])
        ax.set_xlim(0, max(len(times) - 1, 1))
        ax.set_ylim(deepest + 0.5, 0.5)
        ax.xaxis.tick_top()
        ax.set_xticks(range(len(times)), times)
        for item in items:
            places = {times.index(when[i]): float(ranks[i]) for i in range(len(names)) if names[i] == item}
            _path(paper, ax, item, places, len(times), (left, right), deepest)
        return paper.figure(sheet.frame, sheet.meta())


def _matrix(sheet: Sheet, rows: str, columns: str, value: str) -> tuple[list[str], list[str], Any]:
    import numpy as np

    down, across = (_texts(sheet, column) for column in (rows, columns))
    order, places = list(dict.fromkeys(down)), list(dict.fromkeys(across))
    matrix = np.full((len(order), len(places)), np.nan)
    for one, other, cell in zip(down, across, sheet.numbers(value), strict=True):
        matrix[order.index(one), places.index(other)] = cell
    return order, places, np.ma.masked_invalid(matrix)


def _texts(sheet: Sheet, column: str) -> list[str]:
    """Cells of a row or column header: words as words, numbers such as hours as they are."""
    from helpers.show import tables

    if tables.is_words(sheet.table.units.get(column, "text")):
        return sheet.names(column)
    return [f"{one:g}" for one in sheet.numbers(column)]


def _ends(matrix: Any) -> tuple[float, float]:
    if matrix.mask.all():
        return 0.0, 1.0
    low, high = float(matrix.min()), float(matrix.max())
    low = 0.0 if 0 <= low < 0.5 * high else low
    return low, high if high > low else low + 1


def _shades() -> Any:
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("heat", theme.look()["palette"]["heat"])


def _cells(ax: Any, sheet: Sheet, value: str, matrix: Any, room: float, middle: float) -> None:
    import numpy as np

    texts = {
        place: _bare(sheet, float(cell), value) for place, cell in np.ndenumerate(matrix.filled(np.nan)) if cell == cell
    }
    small = theme.points("small")
    if widest(list(texts.values()), small, 99) + 1.5 > room:
        return
    for (row, column), text in texts.items():
        hue = theme.colour("paper" if matrix[row, column] > middle else "ink")
        ax.text(column + 0.5, row + 0.5, text, ha="center", va="center_baseline", color=hue, fontsize=small)


def _bare(sheet: Sheet, given: float, value: str) -> str:
    """The number in a cell; a rate per thousand without its words, which the line below the title holds."""
    unit = sheet.unit(value)
    return number(given, "count" if unit == "per_1000" else unit, sheet.speech)


def _scale(paper: Paper, sheet: Sheet, value: str, low: float, high: float) -> None:
    """The shades with the numbers at their ends, above the grid on the right."""
    import numpy as np

    long, y = 36.0, paper.top + 2.6
    last = _bare(sheet, high, value)
    wide = theme.text_width(last, theme.points("small"))
    x = paper.width - long - wide - 2
    bar = paper.drawing.add_axes((x / paper.width, 1 - y / paper.height, long / paper.width, 2.6 / paper.height))
    bar.pcolormesh(np.linspace(low, high, SHADES)[None, :], cmap=_shades(), edgecolors=theme.colour("paper"), lw=0.8)
    bar.set_axis_off()
    paper.write(x - 1.2, y - 0.4, _bare(sheet, low, value), ha="right", colour="muted")
    paper.write(x + long + 1.2, y - 0.4, last, colour="muted")


def _path(
    paper: Paper, ax: Any, item: str, places: dict[int, float], count: int, room: tuple[float, float], deepest: int
) -> None:
    small, kind = theme.points("small"), (0 in places, count - 1 in places)
    hue = theme.colour({(True, True): "muted", (True, False): "neutral", (False, True): "main"}.get(kind, "faint"))
    marker = {(True, False): "X", (False, True): "D"}.get(kind, "o")
    for one in places:
        if one + 1 in places:
            ax.plot([one, one + 1], [places[one], places[one + 1]], color=hue, lw=1.3, clip_on=False)
    ax.plot(list(places), list(places.values()), ls="", marker=marker, ms=4.4, color=hue, clip_on=False, zorder=3)
    for edge, x, side in ((0, room[0] - 3, "right"), (count - 1, paper.width - room[1] + 3, "left")):
        if edge in places:
            y = paper.top + 5 + (places[edge] - 0.5) * RANK + 0.9
            look: dict[str, Any] = {"ha": side, "colour": "ink" if all(kind) else hue}
            paper.write(x, y, f"{places[edge]:.0f}", weight="bold", **look)
            paper.write(x + (-4 if side == "right" else 4), y, fit(item, 42, small), **look)
