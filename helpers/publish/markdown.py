"""Markdown cells to Typst, all of a notebook in one pandoc process."""

import re
from collections.abc import Sequence
from pathlib import Path

READER = (
    "markdown+lists_without_preceding_blankline+east_asian_line_breaks+autolink_bare_uris"
    "-raw_tex-raw_attribute-citations-yaml_metadata_block-smart-implicit_figures"
)
FILTER = Path(__file__).with_name("markdown.lua")
MARK = "xiaodianendofcell"
TITLE = re.compile(r"^#[ \t]+(.+?)[ \t#]*$", re.MULTILINE)


def to_typst(cells: Sequence[str]) -> list[str]:
    """Typst markup of each Markdown text, in order.

    Level-1 headings become level 2, for the chapter itself is level 1; pictures become their caption.
    """
    if not cells:
        return []
    parts = _pandoc(f"\n\n{MARK}\n\n".join(cells)).split(MARK)
    if len(parts) != len(cells):  # an unclosed code fence swallowed a mark
        parts = [_pandoc(cell) for cell in cells]
    return [part.strip() for part in parts]


def split_title(text: str) -> tuple[str, str]:
    """The first level-1 heading of a text, and the text without it; an empty title where there is none."""
    found = TITLE.search(text)
    if found is None or text[: found.start()].strip():
        return "", text
    return found[1], text[found.end() :]


def _pandoc(text: str) -> str:
    import pypandoc

    options = ["--wrap=none", "--syntax-highlighting=none", f"--lua-filter={FILTER}"]
    return str(pypandoc.convert_text(text, "typst", READER, extra_args=options))
