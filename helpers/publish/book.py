"""Six chapters as one Typst document: cover, summary, contents, chapters, glossary, data notes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from helpers.definitions import files, wording
from helpers.definitions import shop as shops
from helpers.publish import document
from helpers.publish.chapter import Chapter
from helpers.publish.tables import literal
from helpers.publish.words import report_name, word

SHOWN_GAPS = 2
BESIDE = {  # what stands beside a key figure: word, end of the fact's id
    "change_previous": "change=previous",
    "change_year_ago": "change=year_ago",
    "previous": "base=previous",
    "target": "base=target",
}
RANKED = 3
SHOWN_SIGNS = 120  # of a failed chapter's cause; its own page tells all


def project(chapters: Sequence[Chapter], shop: str, period: str, lang: str) -> document.Files:
    """The Typst project of the book; failed chapters are pages that say why."""
    speech = wording.load(lang, shop)
    done = [chapter for chapter in chapters if not chapter.error]
    title = report_name(speech, shops.load(shop).platform)
    told = document.meta("book", title, lang, shop, period, _first(done, "shop_name"))
    parts = ["cover", "summary", "contents", *(_part(chapter) for chapter in chapters), "glossary", "notes"]
    main = '#import "book.typ": *\n#show: paper\n' + "\n".join(f"#{part}" for part in parts)
    made = document.project(
        main,
        told,
        cover=cover(done, told, shop, lang),
        summary=summary(chapters, shop, lang),
        glossary=glossary(done, speech),
        notes=notes(done, speech),
    )
    for chapter in done:
        made[f"{chapter.name}.typ"] = f'#import "report.typ": *\n{chapter.body}\n'.encode()
        made |= chapter.pictures
    return made | {"book.typ": document.BOOK.read_bytes()}


def pdf(chapters: Sequence[Chapter], shop: str, period: str, lang: str) -> bytes:
    """The book as PDF.

    Raises
    ------
    XiaodianError
        It cannot be set.
    """
    return document.pdf(project(chapters, shop, period, lang), period, "book")


def _part(chapter: Chapter) -> str:
    if chapter.error:
        return f"failed({literal(chapter.title)}, {literal(chapter.error)})"
    return f"chapter({literal(chapter.title)}, include {literal(chapter.name + '.typ')})"


def cover(done: Sequence[Chapter], told: Mapping[str, Any], shop: str, lang: str) -> list[list[str]]:
    """Lines of the cover: label and text."""
    speech = wording.load(lang, shop)
    complete = bool(done) and all(chapter.facts.get("complete") for chapter in done if chapter.facts)
    lines = {
        "shop": told["shop_name"],
        "period": told["period_text"],
        "preparer": shops.load(shop).preparer.get(lang, ""),
        "cutoff": _first(done, "cutoff") or word(speech, "unknown"),
        "status": word(speech, "final" if complete else "preliminary"),
    }
    return [[word(speech, key), text] for key, text in lines.items()]


def summary(chapters: Sequence[Chapter], shop: str, lang: str) -> dict[str, Any]:
    """What the one-page summary prints; numbers are facts as the chapters told them, none is computed here."""
    speech = wording.load(lang, shop)
    figures = files.toml(files.find("summary.toml", shop))["key"]
    facts = {fact["id"]: fact for chapter in chapters for fact in chapter.facts.get("facts", [])}
    findings = _by_stake(chapters)
    actions = [finding for finding in findings if finding["action"]][:RANKED]
    return {
        "figures": [_figure(id, facts, speech) for id in figures],
        "findings": [_ranked(finding, "headline", speech) for finding in findings[:RANKED]],
        "actions": [_ranked(finding, "action", speech) for finding in actions],
        "missing": list(_missing(chapters, speech)),
    }


def _figure(id: str, facts: Mapping[str, Any], speech: wording.Wording) -> dict[str, Any]:
    fact = facts.get(id)
    if fact is None or fact["value"] is None:
        name = fact["name"] if fact else _name(id, speech.lang)
        return {"name": name, "text": word(speech, "no_figure"), "notes": [], "trend": "", "tone": "neutral"}
    beside = {key: facts.get(f"{id}/{end}") for key, end in BESIDE.items()}
    known = {key: other for key, other in beside.items() if other and other["value"] is not None}
    changes = [other for key, other in known.items() if key.startswith("change")]
    notes = [
        word(speech, key, text=_signed(other) if other in changes else other["text"]) for key, other in known.items()
    ]
    trend, tone = _trend(fact, changes[0]["value"] if changes else 0)
    return {"name": fact["name"], "text": fact["text"], "notes": notes, "trend": trend, "tone": tone}


def _name(id: str, lang: str) -> str:
    from helpers.definitions import metrics

    metric = metrics.load().get(id)
    return metric.name[lang] if metric else id


def _signed(change: Mapping[str, Any]) -> str:
    return ("+" if change["value"] > 0 else "") + str(change["text"])


def _trend(fact: Mapping[str, Any], change: float) -> tuple[str, str]:
    """Direction of the change, like for like, and whether that is good."""
    if not change:
        return "", "neutral"
    trend = "up" if change > 0 else "down"
    better = fact.get("better", "none")
    return trend, "neutral" if better == "none" else "good" if trend == better else "bad"


def _by_stake(chapters: Iterable[Chapter]) -> list[Mapping[str, Any]]:
    """Findings that have an amount at stake, the largest first."""
    found = [finding for chapter in chapters for finding in chapter.facts.get("findings", []) if finding["stake"]]
    return sorted(found, key=lambda finding: (-abs(finding["stake"]), finding["claim"]))


def _ranked(finding: Mapping[str, Any], part: str, speech: wording.Wording) -> dict[str, str]:
    return {"text": finding[part], "side": word(speech, "stake", text=finding["stake_text"])}


def _missing(chapters: Iterable[Chapter], speech: wording.Wording) -> Iterable[str]:
    for chapter in chapters:
        gaps = [gap["title"] for gap in chapter.facts.get("gaps", [])]
        if chapter.error:
            yield word(speech, "chapter_failed", title=chapter.title, error=_short(chapter.error))
        elif gaps:
            names = list(dict.fromkeys(gaps))
            what = word(speech, "list_and").join(names[:SHOWN_GAPS])
            what += word(speech, "more_gaps") if len(names) > SHOWN_GAPS else ""
            yield word(speech, "gap_count", title=chapter.title, count=len(gaps), what=what)


def _short(text: str) -> str:
    return text if len(text) <= SHOWN_SIGNS else text[:SHOWN_SIGNS] + "…"


def glossary(done: Iterable[Chapter], speech: wording.Wording) -> list[dict[str, Any]]:
    """Per chapter every metric that it used, once, without dimensions."""
    seen: set[str] = set()
    parts = []
    for chapter in done:
        rows = []
        for fact in chapter.facts.get("facts", []):
            id = fact["id"].split("/")[0]
            if id not in seen:
                seen.add(id)
                unit = speech.label("unit_names", fact["unit"])
                rows.append({"id": id, "name": fact["name"], "unit": unit, "definition": fact["definition"]})
        if rows:
            parts.append({"title": chapter.title, "rows": rows})
    return parts


def notes(done: Sequence[Chapter], speech: wording.Wording) -> dict[str, Any]:
    """Files that facts stand on, with the most rows that one fact used, and every gap."""
    sources = {key: source for chapter in done for key, source in chapter.facts.get("sources", {}).items()}
    rows: dict[str, int] = {}
    for chapter in done:
        for fact in chapter.facts.get("facts", []):
            for key, count in fact["sources"]:
                rows[key] = max(rows.get(key, 0), count)
    listed = sorted(sources.items(), key=lambda item: (item[1]["kind"], item[1]["file"]))
    gaps = [[gap["claim"], gap["title"], gap["line"]] for chapter in done for gap in chapter.facts.get("gaps", [])]
    kinds = {key: speech.label("exports_short", source["kind"]) for key, source in sources.items()}
    return {"files": [[s["file"], kinds[key], f"{rows.get(key, 0):,}", key] for key, s in listed], "gaps": gaps}


def _first(done: Iterable[Chapter], key: str) -> str:
    return next((str(chapter.facts[key]) for chapter in done if chapter.facts.get(key)), "")
