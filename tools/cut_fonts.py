"""Cut the two static faces that charts and PDF share from the variable Noto Sans SC.

Run once, by hand: ``pip install fonttools justmytype-intl-cjk`` and ``python tools/cut_fonts.py``.
The faces hold every character of GBK, Latin-1, Greek and the signs a report uses.
"""

from importlib.util import find_spec
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

TARGET = Path(__file__).resolve().parent.parent / "helpers" / "fonts"
SIGNS = (
    range(0x2000, 0x2070),
    range(0x2100, 0x2600),
    range(0x25A0, 0x2800),
    range(0x3000, 0x3400),
    range(0xFF00, 0xFFF0),
)


def gbk() -> set[int]:
    """Code points that the GBK encoding can write."""
    points = set()
    for lead in range(0x81, 0xFF):
        for trail in range(0x40, 0xFF):
            text = bytes([lead, trail]).decode("gbk", errors="ignore")
            points.update(map(ord, text))
    return points


def cut(weight: int, name: str) -> None:
    """Write one face of the given weight."""
    package = Path(next(iter(find_spec("justmytype_intl_cjk").submodule_search_locations)))
    source = next((package / "fonts" / "ofl" / "notosanssc").glob("*.ttf"))
    font = TTFont(source)
    cutter = subset.Subsetter(subset.Options(layout_features=["*"], hinting=False, notdef_outline=True))
    wanted = gbk() | set(range(0x20, 0x250)) | set(range(0x370, 0x400)) | {point for signs in SIGNS for point in signs}
    cutter.populate(unicodes=wanted)
    cutter.subset(font)
    face = instantiateVariableFont(font, {"wght": weight}, updateFontNames=True)
    face.save(TARGET / f"NotoSansSC-{name}.ttf")


if __name__ == "__main__":
    TARGET.mkdir(exist_ok=True)
    cut(400, "Regular")
    cut(700, "Bold")
