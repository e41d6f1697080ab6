"""The fonts of the report: what they draw, how wide it is, and what becomes of a character that they cannot draw."""

import re
import tempfile
import threading
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from helpers import paths
from helpers.errors import XiaodianError

PICTURES = {"So", "Sk", "Co", "Cn", "Me"}  # emoji, skin tones, private signs, signs newer than Python's table, key caps
UNSEEN = {"Cc", "Cf", "Cs"}
ALONE = threading.Lock()
BOLD = 1.06  # the bold face is at most this much wider


def font_files() -> list[Path]:
    """The only fonts that charts and pages use: the vendored faces, then matplotlib's DejaVu for signs."""
    spec = find_spec("matplotlib")
    assert spec is not None and spec.origin is not None
    signs = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"
    return [*sorted(paths.FONTS.glob("*.ttf")), *sorted(signs.glob("DejaVuSans*.ttf"))]


def font_folder() -> str:
    """A folder with these fonts alone, as Typst wants them."""
    with ALONE:  # several reports may be set at once
        return _folder().name


@cache
def _folder() -> "tempfile.TemporaryDirectory[str]":
    # matplotlib's own folder also holds "Last Resort", which would draw any missing glyph as a box
    folder = tempfile.TemporaryDirectory(prefix="xiaodian-fonts-", ignore_cleanup_errors=True)
    for path in font_files():
        (Path(folder.name) / path.name).symlink_to(path)
    return folder


@cache
def advances() -> Mapping[int, float]:
    """Width in em by code point, for every character that the fonts can draw."""
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    found: dict[int, float] = {}
    for path in font_files():
        with TTFont(path, lazy=True) as font:
            # numbers do as names: to work out 24,000 real ones takes longer than all the rest
            font.setGlyphOrder([str(number) for number in range(font["maxp"].numGlyphs)])
            widths, scale = font["hmtx"].metrics, font["head"].unitsPerEm
            for point, name in font.getBestCmap().items():
                found.setdefault(point, widths[name][0] / scale)
    return found


def width(text: str) -> float:
    """Width in em of the longest line of a text."""
    known = advances()
    return max((sum(known.get(ord(sign), 1.0) for sign in line) for line in text.split("\n")), default=0.0)


def drawable(text: str, where: str, picture: str, strict: bool = True) -> str:
    """The text as the fonts can draw it.

    Control signs, joiners and variation selectors go; a look-alike letter becomes its plain form; a run of emoji or
    other pictures becomes the word ``picture``, for they come with buyers' words and must not stop a report. Where not
    ``strict`` (an error message), a missing letter prints as its code point.

    Raises
    ------
    XiaodianError
        A letter, ideograph or digit is in none of the fonts: printed as a box or left out it would be a silent hole.
    """
    known = advances()
    missing = {sign for sign in set(text) if ord(sign) not in known and sign not in "\n\t"}
    if not missing:
        return text
    swaps = {sign: _swap(sign, where, strict) for sign in missing}
    plain = "".join(swaps.get(sign, sign) for sign in text)
    return re.sub("\ufffc[\ufffc\u200d\ufe0f]*", picture, plain)


def _swap(sign: str, where: str, strict: bool) -> str:
    """What stands for a character that the fonts lack: nothing, its plain form, or U+FFFC for a picture."""
    kind = unicodedata.category(sign)
    if kind in UNSEEN or "VARIATION SELECTOR" in unicodedata.name(sign, ""):
        return ""
    plain = unicodedata.normalize("NFKC", sign)
    if plain != sign and all(ord(part) in advances() for part in plain):
        return plain
    if kind in PICTURES:
        return "\ufffc"
    if not strict:
        return f"〔U+{ord(sign):04X}〕"
    name = unicodedata.name(sign, "unnamed")
    todo = "replace it in the data or the text, or add it to the faces with tools/cut_fonts.py"
    raise XiaodianError(where, f"no font of the report can draw {sign!r} (U+{ord(sign):04X} {name})", todo)
