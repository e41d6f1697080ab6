"""One executed notebook as a chapter: Typst source, pictures and facts; made once, used alone and in the book."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from helpers.definitions import wording
from helpers.publish import cells, glyphs, markdown, tables
from helpers.publish.tables import literal
from helpers.publish.words import word

SVG, PNG, HTML, TEXT = "image/svg+xml", "image/png", "text/html", "text/plain"
BLOCKS = {"cards", "says", "gap", "coming"}
ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass(frozen=True)
class Chapter:
    """What a page or a book needs of one notebook.

    Parameters
    ----------
    name : str
        File name without suffix, for example 02_sales_recap.
    title : str
        Title in the language of the run.
    lang, shop, period : str
        As the notebook was run.
    body : str
        Typst source; empty where the chapter failed.
    pictures : mapping of str to bytes
        Files that the source names.
    facts : mapping
        Payload of the facts cell.
    error : str
        Why the chapter failed; empty where it did not.
    """

    name: str
    title: str
    lang: str
    shop: str
    period: str
    body: str = ""
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""


def convert(notebook: Any, name: str) -> Chapter:
    """The chapter of an executed notebook.

    Raises
    ------
    XiaodianError
        It says something that the fonts cannot draw; names chapter and character.
    """
    given, facts, lang = cells.parameters(notebook), cells.facts(notebook), cells.language(notebook)
    shop, period = str(given.get("shop", "")), str(given.get("period", ""))
    printed = cells.printed(notebook, lang)
    heading, texts = _texts(printed)
    title = heading or facts.get("title") or name
    picture = word(wording.load(lang, shop), "emoji")
    prose = iter(markdown.to_typst(texts))
    parts: list[str] = []
    pictures: dict[str, bytes] = {}
    for cell in printed:
        if cell.cell_type == "markdown":
            parts.append(next(prose))
        elif cell.cell_type == "code":
            parts += _outputs(cell.outputs, name, pictures)
    clean = {key: _drawn(data, title, picture) if key.endswith(".svg") else data for key, data in pictures.items()}
    body = glyphs.drawable("\n\n".join(part for part in parts if part), title, picture)
    return Chapter(name, glyphs.drawable(title, title, picture), lang, shop, period, body, clean, facts)


def failed(notebook: Any, name: str, lang: str, shop: str, period: str, error: str) -> Chapter:
    """The chapter of a notebook that did not get to its end; ``notebook`` is whatever is left of it."""
    title = _texts(cells.printed(notebook, lang))[0] or name
    picture = word(wording.load(lang, shop), "emoji")
    title, error = (glyphs.drawable(text, name, picture, strict=False) for text in (title, error))
    return Chapter(name, title, lang, shop, period, error=error)


def _texts(printed: Sequence[Any]) -> tuple[str, list[str]]:
    """The chapter's title, and its Markdown texts without it."""
    texts = [cell.source for cell in printed if cell.cell_type == "markdown"]
    if not texts:
        return "", []
    title, rest = markdown.split_title(texts[0])
    return title, [rest, *texts[1:]]


def _drawn(data: bytes, title: str, picture: str) -> bytes:
    return glyphs.drawable(data.decode(), title, picture).encode()


def _outputs(outputs: Sequence[Any], name: str, pictures: dict[str, bytes]) -> list[str]:
    """Typst source of a cell's outputs; their pictures join ``pictures``."""
    parts: list[str] = []
    titles: list[str] = []
    for output in outputs:
        parts.append(_output(output, f"{name}-{len(pictures) + 1}", pictures, titles))
        titles += [_alt(output, kind) for kind in (SVG, PNG) if kind in output.get("data", {})]
    return parts


def _output(output: Any, picture: str, pictures: dict[str, bytes], titles: Sequence[str]) -> str:
    """Typst source of one output; its picture, if any, joins ``pictures``. Streams print nothing."""
    if output.output_type == "error":
        return fault(output.ename, output.evalue)
    data = output.get("data", {})
    if cells.PAYLOAD in data:
        return "\n\n".join(_blocks(data[cells.PAYLOAD], titles))
    for kind, suffix in ((SVG, ".svg"), (PNG, ".png")):
        if kind in data:
            pictures[picture + suffix] = _bytes(data[kind], kind)
            return f"#chart({literal(picture + suffix)}, {literal(_alt(output, kind))})"
    if HTML in data and cells.FACTS not in data:
        return tables.to_typst(_text(data[HTML]))
    return f"#plain({literal(_text(data[TEXT]))})" if TEXT in data and cells.FACTS not in data else ""


def _blocks(payload: Any, titles: Sequence[str]) -> Iterator[str]:
    """Calls of the report's own blocks; their content travels as JSON in a string.

    A headline that the chart above it already bears as its title is not printed a second time.
    """
    for block in payload if isinstance(payload, list) else [payload]:
        headline = block.get("headline")
        if headline and any(title.startswith(headline) for title in titles):
            block = block | {"headline": ""}
        if block.get("type") in BLOCKS:
            yield f"#{block['type']}(json(bytes({literal(json.dumps(block, ensure_ascii=False))})))"


def fault(name: str, text: str) -> str:
    """A callout that names an error."""
    return f"#fault({literal(name)}, {literal(ANSI.sub('', text).strip())})"


def _alt(output: Any, kind: str) -> str:
    own = output.metadata.get(kind)
    alt = output.metadata.get("alt") or (own.get("alt") if isinstance(own, dict) else "")
    return _text(alt or output.data.get(TEXT, ""))


def _text(data: Any) -> str:
    return "".join(data) if isinstance(data, list) else str(data)


def _bytes(data: Any, kind: str) -> bytes:
    if kind == PNG:
        from base64 import b64decode

        return b64decode(_text(data))
    return _text(data).encode()
