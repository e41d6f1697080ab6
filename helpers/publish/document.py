"""Files of a Typst project, and the PDF made of them: PDF/A with tags, small, the same bytes for the same input."""

import io
import json
import pickle
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from helpers.definitions import files as definitions
from helpers.definitions import shop as shops
from helpers.definitions import wording
from helpers.errors import ParameterError, XiaodianError
from helpers.period import Period
from helpers.publish import glyphs
from helpers.publish.chapter import Chapter
from helpers.publish.words import period_words, report_name, spoken

LOOK = Path(__file__).with_name("report.typ")
BOOK = Path(__file__).with_name("book.typ")
TYPESETTING = Path(__file__).with_name("typesetting.py")
Files = dict[str, bytes]


def meta(kind: str, title: str, lang: str, shop: str, period: str, shop_name: str = "") -> dict[str, Any]:
    """What the running heads and the document's properties say."""
    speech, settings = wording.load(lang, shop), shops.load(shop)
    words = spoken(speech)
    return {
        "kind": kind,
        "title": title,
        "lang": lang,
        "shop_name": shop_name or settings.name.get(lang, shop),
        "period_text": period_words(period, speech),
        "report_name": report_name(speech, settings.platform),
        "preparer": settings.preparer.get(lang, ""),
        "colours": definitions.toml(definitions.find("theme.toml", shop))["colours"],
        "words": words,
    }


def single(chapter: Chapter) -> Files:
    """The project of one chapter alone; ``main.typ`` is its start."""
    told = meta(
        "chapter", chapter.title, chapter.lang, chapter.shop, chapter.period, chapter.facts.get("shop_name", "")
    )
    main = f'#import "report.typ": *\n#show: paper\n#titleblock\n\n{chapter.body}\n'
    return project(main, told) | dict(chapter.pictures)


def project(main: str, told: Mapping[str, Any], **data: Any) -> Files:
    """The files that every document has, and its data as JSON files, checked for signs that the fonts lack."""
    texts = {"main.typ": main, "report.typ": LOOK.read_text(encoding="utf-8")}
    picture = told["words"]["emoji"]
    for name, content in {"meta": told, **data}.items():
        texts[f"{name}.json"] = glyphs.drawable(json.dumps(content, ensure_ascii=False), str(told["title"]), picture)
    return {name: text.encode() for name, text in texts.items()}


def pdf(files: Files, period: str, where: str) -> bytes:
    """The PDF of a project, dated by the end of its period.

    Raises
    ------
    XiaodianError
        Typst cannot set it; names the chapter and what Typst says.
    """
    order = pickle.dumps((files, glyphs.font_folder(), _moment(period)))
    done = subprocess.run([sys.executable, "-I", str(TYPESETTING)], input=order, capture_output=True, check=False)
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        cause = lines[-1] if lines else f"Typst ended with code {done.returncode}"
        raise XiaodianError(where, f"the page cannot be set: {cause}", "see that cell of the notebook")
    return _repacked(done.stdout)


def _moment(period: str) -> datetime:
    try:
        day = Period.parse(period).end
    except ParameterError:
        day = datetime(2000, 1, 1).date()
    return datetime.combine(day, time(), UTC)


def _repacked(pages: bytes) -> bytes:
    """The same PDF with its many small objects compressed (half the size), tags kept."""
    import pikepdf

    packed = io.BytesIO()
    with pikepdf.open(io.BytesIO(pages)) as opened:
        opened.save(packed, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return packed.getvalue()
