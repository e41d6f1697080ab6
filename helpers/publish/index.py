"""``reports/index.html``: every run with its state, from the records that the runs left."""

import json
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from helpers.definitions import wording
from helpers.publish import manifest
from helpers.publish.words import period_words, word

NAME = "index.html"
COLUMNS = ("shop", "period", "lang", "status", "seconds", "gaps", "links")
STYLE = """body{font:15px/1.6 "Noto Sans SC","PingFang SC","Microsoft YaHei",sans-serif;margin:2em;color:#222}
table{border-collapse:collapse}th,td{padding:.3em 1em .3em 0;text-align:left;border-bottom:1px solid #ddd}
td.number{text-align:right}td.failed{font-weight:bold}a{margin-right:.8em;color:#17406d}"""


def write(reports: Path, lang: str = "zh") -> Path:
    """Write the page that lists every run under a reports root, newest period first; its path."""
    speech = wording.load(lang)
    rows = sorted(_runs(reports), key=lambda run: (run[1]["parameters"]["shop"], run[0].parts[-1]))
    rows.sort(key=lambda run: str(run[1]["parameters"]["period"]), reverse=True)
    heads = "".join(f"<th>{escape(word(speech, f'index_{name}'))}</th>" for name in COLUMNS)
    body = "\n".join(f"<tr>{_row(folder, record, reports, speech)}</tr>" for folder, record in rows)
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>\n{body}\n</tbody></table>"
    title = escape(word(speech, "index_title"))
    page = f"<!doctype html><html lang='{lang}'><meta charset='utf-8'><title>{title}</title><style>{STYLE}</style><h1>{title}</h1>"
    target, fresh = reports / NAME, reports / f".{NAME}.{uuid4().hex}"
    reports.mkdir(parents=True, exist_ok=True)
    fresh.write_text(f"{page}{table if rows else escape(word(speech, 'index_none'))}</html>\n", encoding="utf-8")
    fresh.replace(target)
    return target


def _runs(reports: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Folder and record of every run; what is no record of a run is passed over."""
    for path in reports.glob(f"[!.]*/*/[!.]*/{manifest.RUN}"):
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(record, dict) and {"parameters", "chapters", "seconds", "gaps"} <= set(record):
            yield path.parent, record


def _row(folder: Path, record: dict[str, Any], reports: Path, speech: wording.Wording) -> str:
    given, failed = record["parameters"], [name for name, one in record["chapters"].items() if one["status"] != "done"]
    status = word(speech, "index_failed", chapters=", ".join(failed)) if failed else word(speech, "index_done")
    cells = [
        f"<td>{escape(str(given['shop']))}</td>",
        f"<td>{escape(period_words(str(given['period']), speech))}</td>",
        f"<td>{escape(str(given['lang']))}</td>",
        f"<td class='{'failed' if failed else 'done'}'>{escape(status)}</td>",
        f"<td class='number'>{record['seconds']:,.0f}</td>",
        f"<td class='number'>{len(record['gaps'])}</td>",
        f"<td>{''.join(_links(folder, reports, speech))}</td>",
    ]
    return "".join(cells)


def _links(folder: Path, reports: Path, speech: wording.Wording) -> Iterator[str]:
    for path in sorted(folder.glob("*.*"), key=lambda path: (path.stem != "book", path.name)):
        if path.suffix in (".pdf", ".html", ".xlsx"):
            shown = (
                word(speech, "index_book") if path.stem == "book" else path.stem[:2] + path.suffix.replace(".pdf", "")
            )
            yield f"<a href='{quote(path.relative_to(reports).as_posix())}'>{escape(shown)}</a>"
