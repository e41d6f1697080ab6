"""How charts look: fonts, colours and sizes of ``theme.toml``, applied to one drawing at a time."""

import re
from functools import cache
from typing import Any

from helpers import paths
from helpers.definitions import files

FAMILY = "Noto Sans SC"
WEIGHTS = {"Regular": 400, "Bold": 700}
MM = 1 / 25.4
LACKING = "□"
# seaborn's style of that name, where it differs from matplotlib's own: a first chart need not import all of seaborn for it
WHITE = {
    "axes.axisbelow": True,
    "figure.facecolor": "white",
    "patch.edgecolor": "w",
    "patch.force_edgecolor": True,
    "xtick.bottom": False,
    "ytick.left": False,
}
# a line comes apart where the fonts kern nothing: before an ideograph, and between two words in letters
APART = re.compile(r"(?=[一-鿿])|(?<=[A-Za-z] )(?=[A-Za-z])")


@cache
def look() -> dict[str, Any]:
    """The sections of ``theme.toml``."""
    return files.toml(files.find("theme.toml"))


def colour(name: str) -> str:
    """A colour by what it is for."""
    return str(look()["colours"][name])


def series(index: int) -> str:
    """The colour of the n-th series."""
    palette = look()["palette"]["series"]
    return str(palette[index % len(palette)])


def size(name: str) -> float:
    """A length in mm."""
    return float(look()["size"][name])


def points(name: str) -> float:
    """A text size in points."""
    return float(look()["font"][name])


def applied() -> Any:
    """Context in which a chart is drawn; nothing of it stays behind."""
    import matplotlib as mpl

    _register()
    ink, muted = colour("ink"), colour("muted")
    style = WHITE | {
        "font.family": FAMILY,
        "font.size": points("base"),
        "text.color": ink,
        "axes.labelcolor": muted,
        "axes.edgecolor": colour("faint"),
        "axes.grid": False,
        "axes.unicode_minus": False,
        "axes.linewidth": 0.6,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "xtick.color": muted,
        "ytick.color": muted,
        "xtick.labelsize": points("small"),
        "ytick.labelsize": points("small"),
        "grid.color": colour("grid"),
        "grid.linewidth": 0.6,
        "lines.solid_capstyle": "round",
        "hatch.linewidth": 0.5,
        "text.parse_math": False,
        "svg.fonttype": "none",
        "svg.hashsalt": "xiaodian",
    }
    return mpl.rc_context(style)


@cache
def text_width(text: str, points: float, bold: bool = False) -> float:
    """Width of a line of text in mm, from the font itself."""
    return sum(_advance(part, points, bold) for part in APART.split(text)) / 64 / 72 / MM


@cache
def _advance(part: str, points: float, bold: bool) -> int:
    """How far a part of a line, mostly one ideograph or one word, moves the pen, in 1/64 pixels."""
    font = _face("Bold" if bold else "Regular")
    font.set_size(points, 72)
    font.set_text(part, 0.0)
    advance: int = font.get_width_height()[0]
    return advance


def printable(text: str) -> str:
    """The text on one line, with a box for each character that the font lacks."""
    face = _face("Regular")
    plain = " ".join(str(text).split())
    return "".join(letter if face.get_char_index(ord(letter)) else LACKING for letter in plain)


@cache
def _face(weight: str) -> Any:
    from matplotlib.ft2font import FT2Font

    return FT2Font(str(paths.FONTS / f"NotoSansSC-{weight}.ttf"))


@cache
def _register() -> None:
    """Tell matplotlib of the vendored fonts, under the name that other programs know them by."""
    from matplotlib.font_manager import FontEntry, fontManager

    for name, weight in WEIGHTS.items():
        path = str(paths.FONTS / f"NotoSansSC-{name}.ttf")
        fontManager.ttflist.insert(
            0, FontEntry(fname=path, name=FAMILY, weight=weight, stretch="normal", size="scalable")
        )
