"""Names beside points that cover neither a point nor each other."""

from collections.abc import Sequence
from typing import Any

from helpers.show import theme
from helpers.show.paper import Paper, fit

NAME_ROOM = 40
TALL = 3.0
OFF = 1.5
LINE = 0.2
Box = tuple[float, float, float, float]


def name_points(
    paper: Paper, ax: Any, xs: Any, ys: Any, names: Sequence[str], chosen: Sequence[int], bars: Sequence[Any] = ()
) -> None:
    """Names of the chosen points where there is room for them, in the order chosen; the rest stay without.

    ``bars`` are the lines across the axes, the upright one first: a value and its word, or None.
    """
    small = theme.points("small")
    spots = [_spot(paper, ax, x, y) for x, y in zip(xs, ys, strict=True)]
    taken = [(x - 1, y - 1, x + 1, y + 1) for x, y in spots if x == x and y == y]
    frame = ax.get_position()
    sides = (frame.x0 * paper.width, frame.y0 * paper.height, frame.x1 * paper.width, frame.y1 * paper.height)
    for level, upright in zip(bars, (True, False), strict=False):
        if level:
            x, y = _spot(
                paper, ax, *((level[0].value, ax.get_ylim()[0]) if upright else (ax.get_xlim()[0], level[0].value))
            )
            taken.append(
                (x - LINE, sides[1], x + LINE, sides[3]) if upright else (sides[0], y - LINE, sides[2], y + LINE)
            )
    for index in chosen:
        text = fit(names[index], NAME_ROOM, small)
        box = _free(*spots[index], theme.text_width(text, small), taken, sides)
        if box:
            taken.append(box)
            paper.write(box[0], paper.height - box[1] - 0.8, text)


def _spot(paper: Paper, ax: Any, x: float, y: float) -> tuple[float, float]:
    """Where a point lies, in mm from the bottom left."""
    across, up = paper.drawing.transFigure.inverted().transform(ax.transData.transform((x, y)))
    return float(across) * paper.width, float(up) * paper.height


def _free(x: float, y: float, wide: float, taken: Sequence[Box], sides: Box) -> Box | None:
    """The first place beside a point that lies inside the axes and is empty: left, bottom, right, top."""
    right, left, middle = x + OFF, x - OFF - wide, x - wide / 2
    places = [(right, y - TALL / 2), (left, y - TALL / 2), (middle, y + OFF), (middle, y - OFF - TALL)]
    places += [(right, y + 0.6), (left, y + 0.6), (right, y - TALL), (left, y - TALL)]
    for start, low in places:
        box = (start, low, start + wide, low + TALL)
        inside = box[0] >= sides[0] and box[1] >= sides[1] and box[2] <= sides[2] and box[3] <= sides[3]
        if inside and not any(_overlap(box, other) for other in taken):
            return box
    return None


def _overlap(box: Box, other: Box) -> bool:
    return box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
