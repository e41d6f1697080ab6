"""The sheet of paper a chart is drawn on: title, subtitle, room for axes, and the finished figure."""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from helpers.show import theme
from helpers.show.theme import MM

SVG = "image/svg+xml"
# a number stays with its short unit: 12.0 %, 30 s
TOKEN = re.compile(
    r"[+-]?[\d.,]+ (?:%|[a-z]{1,2}\b)[;,.]?"
    r"|[^\s⺀-￿]+[，。；：！？、）」』》”’]*|\s+|[（「『《“‘]*[⺀-￿][，。；：！？、）」』》”’]*"
)
LEADING = 1.35
POINT = 1 / 72 / MM


@dataclass(frozen=True)
class Figure:
    """A finished chart; ``data`` is the frame it was drawn from, for going on with pandas.

    Parameters
    ----------
    svg : str
        The drawing, the same bytes every time.
    alt : str
        What it shows, in words.
    data : DataFrame
        What was drawn.
    meta : mapping
        Claim and name of the table.
    """

    svg: str
    alt: str
    data: Any
    meta: Mapping[str, str]

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        return {SVG: self.svg, "text/plain": self.alt}, {SVG: {"alt": self.alt, **self.meta}}

    def __repr__(self) -> str:
        return self.alt


class Paper:
    """A drawing under its title; all lengths in mm, ``top`` is where the body begins.

    Parameters
    ----------
    title, subtitle : str
        Heading lines; the title wraps.
    body : float
        Height of all that stands under them.
    """

    def __init__(self, title: str, subtitle: str, body: float) -> None:
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure as Drawing

        points, small, edge = theme.points("title"), theme.points("small"), theme.size("edge")
        self.width, self.alt = theme.size("width"), f"{title} {subtitle}".strip()
        lines = _balanced(title, theme.size("title_width"), points)
        step = points * POINT * LEADING
        facts, step_small = wrap(subtitle, self.width, small), small * POINT * LEADING
        self.top = edge + len(lines) * step + len(facts) * step_small + 3.5
        self.height = self.top + body + edge
        self.drawing = Drawing(figsize=(self.width * MM, self.height * MM))
        FigureCanvasSVG(self.drawing)
        for index, line in enumerate(lines):
            self.write(0, edge + (index + 0.8) * step, line, size=points, weight="bold")
        for index, fact in enumerate(facts):
            self.write(0, edge + len(lines) * step + index * step_small + small * POINT * 1.2, fact, colour="muted")

    def write(self, x: float, y: float, text: str, colour: str = "ink", size: float = 0, **style: Any) -> None:
        """Text with its baseline at so many mm from the top left; styles as matplotlib's."""
        points = size or theme.points("small")
        hue = colour if colour.startswith("#") else theme.colour(colour)
        self.drawing.text(x / self.width, 1 - y / self.height, text, fontsize=points, color=hue, **style)

    def axes(self, left: float, right: float, above: float = 0, below: float = 0) -> Any:
        """Axes in the body, so far from its sides."""
        height = self.height - self.top - theme.size("edge") - above - below
        base = theme.size("edge") + below
        box = (left / self.width, base / self.height, (self.width - left - right) / self.width, height / self.height)
        return self.drawing.add_axes(box)

    def figure(self, data: Any, meta: Mapping[str, str]) -> Figure:
        """The finished chart."""
        buffer = io.StringIO()
        self.drawing.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Title": self.alt})
        svg = buffer.getvalue()
        return Figure(svg[svg.index("<svg") :], self.alt, data, meta)


def wrap(text: str, width: float, points: float, lines: int = 2, bold: bool = False) -> list[str]:
    """The text in at most so many lines of that width in mm; what does not fit ends in an ellipsis."""
    made = [""]
    for token in TOKEN.findall(theme.printable(text)):
        if theme.text_width(made[-1] + token.rstrip(), points, bold) <= width or not made[-1]:
            made[-1] += token
        else:
            made.append(token.lstrip())
    kept = [line.rstrip() for line in made[:lines]]
    if len(made) > lines:
        kept[-1] += "…"
    return [fit(line, width, points, bold) for line in kept]


def _balanced(title: str, width: float, points: float) -> list[str]:
    """The title in as few lines as the width allows, all about as long, so that none holds a single word."""
    lines = wrap(title, width, points, lines=3, bold=True)
    while len(lines) > 1:
        width -= 4
        closer = wrap(title, width, points, lines=3, bold=True)
        if len(closer) > len(lines) or closer[-1].endswith("…"):
            break
        lines = closer
    return lines


def fit(text: str, width: float, points: float, bold: bool = False) -> str:
    """The text, cut with an ellipsis where it is wider than so many mm."""
    plain = theme.printable(text)
    if theme.text_width(plain, points, bold) <= width:
        return plain
    plain = plain.rstrip("…")
    while plain and theme.text_width(plain + "…", points, bold) > width:
        plain = plain[:-1]
    return plain.rstrip() + "…"


def widest(texts: Sequence[str], points: float, most: float, bold: bool = False) -> float:
    """Width in mm that the texts need, at most so much."""
    return min(max((theme.text_width(text, points, bold) for text in texts), default=0), most)
