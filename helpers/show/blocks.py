"""What a notebook shows beside charts and tables: findings in words, gaps, and the record of facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from helpers.definitions.wording import Wording
from helpers.findings import Answer, Finding, Gap, Value
from helpers.show import words

XIAODIAN = "application/vnd.xiaodian+json"
FACTS = "application/vnd.xiaodian.facts+json"
DIGITS = 6


@dataclass(frozen=True)
class Display:
    """Something shown: a payload for the report's PDF, with HTML and plain text beside it.

    Parameters
    ----------
    payload : mapping or list of mappings
        What the exporter reads: one block, or several in their order.
    html, plain : str
        The same for JupyterLab and for a terminal; no HTML where it is empty.
    mime : str
        Type of the payload.
    """

    payload: Any
    html: str
    plain: str
    mime: str = field(default=XIAODIAN)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        bundle: dict[str, Any] = {self.mime: self.payload, "text/plain": self.plain}
        return bundle | ({"text/html": self.html} if self.html else {})

    def __repr__(self) -> str:
        return self.plain


def says(answer: Answer) -> Display:
    """What was found, in words: headline, what qualifies it, verdict, stake, action; open parts as gaps below it."""
    if isinstance(answer, Gap):
        return block("gap", *gap_words(answer))
    payload = said(answer)
    tail = [payload[part] for part in ("verdict_text", "stake", "action") if payload[part]]
    lines = [*payload["more"], *tail]
    html = f"<p><strong>{escape(payload['headline'])}</strong></p>" + "".join(
        f"<p>{escape(line)}</p>" for line in lines
    )
    gaps = [block("gap", *gap_words(gap)) for gap in answer.gaps]
    shown = Display(payload, f'<div class="xiaodian-says">{html}</div>', "\n".join([payload["headline"], *lines]))
    if not gaps:
        return shown
    parts = [shown, *gaps]
    return Display(
        [part.payload for part in parts], "".join(part.html for part in parts), "\n".join(part.plain for part in parts)
    )


def said(finding: Finding) -> dict[str, Any]:
    """The payload of a finding's words."""
    setting = finding.setting
    speech = words.speech_of(setting)
    return {
        "type": "says",
        "claim": finding.claim,
        "headline": words.text(finding.headline, setting),
        "more": [words.text(sentence, setting) for sentence in finding.more],
        "verdict": finding.verdict,
        "verdict_text": speech.verdict(finding.verdict),
        "stake": stake_words(finding.stake, speech),
        "action": words.text(finding.action, setting) if finding.action else "",
    }


def stake_words(stake: Value | None, speech: Wording) -> str:
    """Money a month that hangs on a finding, with its range where it has one."""
    return words.fill(speech.word("stake"), {"value": stake}, speech, "stake") if stake else ""


def gap_words(gap: Gap) -> tuple[str, list[str]]:
    """What cannot be told, and one line for each export that would close it: its name and where to get it."""
    setting = gap.setting
    speech = words.speech_of(setting)
    title = words.fill(speech.gap(gap.why), gap.slots, speech, f"gaps.{gap.why}")
    lines = [
        speech.word("gap_line").format(name=speech.label("exports", code), where=speech.label("exports_where", code))
        for code in gap.needs
    ]
    return title, lines


def block(kind: str, title: str, lines: Sequence[str]) -> Display:
    """A titled list: ``gap`` for what is missing, ``coming`` for what is not answered yet."""
    payload = {"type": kind, "title": title, "lines": list(lines)}
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    html = f'<div class="xiaodian-{escape(kind)}"><p>{escape(title)}</p><ul>{items}</ul></div>'
    return Display(payload, html, "\n".join([title, *(f"  {line}" for line in lines)]))


def facts(payload: Mapping[str, Any]) -> Display:
    """The record of a page, and one line a fact, rounded so that it prints the same everywhere."""
    lines = [_fact_line(fact) for fact in payload.get("facts", [])]
    return Display(payload, "", "\n".join(lines), FACTS)


def _fact_line(fact: Mapping[str, Any]) -> str:
    value = fact["value"]
    shown = words.NONE if value is None else f"{value:.{DIGITS}g}"
    count = "" if fact.get("n") is None else f" (n={fact['n']})"
    return f"{fact['id']} = {shown} {fact['unit']}{count}"
