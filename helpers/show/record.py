"""The last cell of a notebook, and what a bullet of the deck does not answer yet."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol

from helpers.definitions import deck, metrics
from helpers.findings import Answer, Finding, Gap, Notes, Setting, Source, Value
from helpers.show import blocks, words

SHORT = 12


class Ledger(Protocol):
    """What a report knows when its page is written."""

    setting: Setting
    covered: date
    complete: bool
    notes: Notes


def coming(report: Ledger, bullet: str) -> Any:
    """A small list of the bullet's claims that no cell answers yet, with the files it will need; None without any."""
    lang = report.setting.lang
    speech = words.speech_of(report.setting)
    open_claims = [claim for claim in deck.claims().values() if claim.bullet == bullet and claim.status == "coming"]
    if not open_claims:
        return None
    comma = speech.word("list_comma")
    lines = [
        speech.word("coming_line").format(
            id=claim.id,
            what=claim.words[lang],
            files=comma.join(speech.label("exports_short", code) for code in claim.inputs),
        )
        for claim in open_claims
    ]
    return blocks.block("coming", speech.word("coming_title"), lines)


def record(report: Ledger, chapter: str) -> Any:
    """The facts, findings and gaps of a page, for ``facts.json``, the summary page and the tests.

    Parameters
    ----------
    report : Report
        The report of the notebook.
    chapter : str
        Module of the chapter; facts of other chapters that it asked for are recorded by their own page.
    """
    setting = report.setting
    names = {row["module"]: row for row in deck.bullets().values() if row["bullet"].isdigit()}
    facts = {key: value for key, value in sorted(report.notes.facts.items()) if key.startswith(f"{chapter}.")}
    files = {source.sha256[:SHORT]: source for value in facts.values() for source in value.sources}
    number = names[chapter]["bullet"]
    own = {claim: answer for claim, answer in sorted(report.notes.answers.items()) if claim.startswith(f"{number}.")}
    payload = {
        "chapter": chapter,
        "title": names[chapter][setting.lang],
        "period": setting.period,
        "shop": setting.shop,
        "shop_name": setting.shop_name,
        "lang": setting.lang,
        "currency": setting.currency,
        "cutoff": f"{report.covered:%Y-%m-%d}",
        "complete": report.complete,
        "exported": {name: f"{moment or ''}" for name, moment in sorted(report.notes.exported.items())},
        "read": {name: f"{until}" for name, until in sorted(report.notes.read.items())},
        "facts": [_fact(value, setting) for value in facts.values()],
        "sources": {key: _source(source) for key, source in sorted(files.items())},
        "findings": [_finding(answer) for answer in own.values() if isinstance(answer, Finding)],
        "gaps": [_gap(gap) for answer in own.values() for gap in _gaps(answer)],
    }
    return blocks.facts(payload)


def _fact(value: Value, setting: Setting) -> Mapping[str, Any]:
    metric, speech = metrics.load(setting.shop)[value.id.split("/")[0]], words.speech_of(setting)
    plain = ("id", "value", "low", "high", "n", "unit", "period", "claim", "definition")
    return {key: getattr(value, key) for key in plain} | {
        "name": metric.name[setting.lang],
        "better": metric.better,
        "text": words.number(value.value, value.unit, speech),
        "sources": sorted([source.sha256[:SHORT], source.rows] for source in value.sources),
    }


def _source(source: Source) -> Mapping[str, str]:
    return {"file": source.file, "kind": source.kind, "sha256": source.sha256}


def _finding(finding: Finding) -> Mapping[str, Any]:
    setting, stake = finding.setting, finding.stake
    speech = words.speech_of(setting)
    return {
        "claim": finding.claim,
        "headline": words.text(finding.headline, setting),
        "verdict": finding.verdict,
        "verdict_text": speech.verdict(finding.verdict) if finding.verdict else "",
        "stake": stake.value if stake else None,
        "stake_low": stake.low if stake else None,
        "stake_high": stake.high if stake else None,
        "stake_text": words.number(stake.value, stake.unit, speech) if stake else "",
        "action": words.text(finding.action, setting) if finding.action else "",
    }


def _gaps(answer: Answer) -> tuple[Gap, ...]:
    return (answer,) if isinstance(answer, Gap) else answer.gaps


def _gap(gap: Gap) -> Mapping[str, str]:
    title, lines = blocks.gap_words(gap)
    return {"claim": gap.claim, "title": title, "line": " ".join(lines)}
