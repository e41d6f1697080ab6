"""What a run of a period would find: the state of every export, and what each chapter would not be able to say."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from helpers.definitions import deck, exports, files, tables, wording
from helpers.definitions.wording import Wording
from helpers.publish import freshness
from helpers.publish.freshness import AMBER, GREEN, RED, ExportState
from helpers.publish.words import period_words, word


@dataclass(frozen=True)
class Question:
    """A question of the deck that cannot be answered: its id, its words, codes of the exports that it lacks."""

    id: str
    question: str
    missing: tuple[str, ...]


@dataclass(frozen=True)
class ChapterState:
    """One chapter: how many questions it answers, and those that will print a gap."""

    title: str
    light: str
    answered: int
    open: tuple[Question, ...]


@dataclass(frozen=True)
class Check:
    """All exports of the shop and all chapters; ``light`` is the worst of them."""

    shop: str
    period: str
    lang: str
    light: str
    exports: tuple[ExportState, ...]
    chapters: tuple[ChapterState, ...]

    def data(self) -> dict[str, Any]:
        """The same as plain data, for ``--json``."""
        return asdict(self)


def check(period: str, shop: str, lang: str = "zh") -> Check:
    """State of every export of the shop and of every chapter for the period; nothing is run.

    Raises
    ------
    ParameterError
        Unknown shop, or no such period in its data.
    """
    from helpers.report import checked_period
    from helpers.store import Store

    store = Store.open()
    chosen = checked_period(store, period, shop)
    rules = files.toml(files.find("check.toml", shop))
    kinds = exports.load(shop, tables.load(shop))
    asked = {code for claim in deck.claims().values() if claim.status == "answered" for code in claim.inputs}
    found = tuple(freshness.states(store, shop, chosen, kinds, sorted(asked - set(rules["shipped"])), rules))
    gone = {state.code for state in found if state.light == RED}
    chapters = tuple(_chapters(gone, lang))
    lights = {*(state.light for state in found), *(state.light for state in chapters)}
    worst = next((light for light in (RED, AMBER) if light in lights), GREEN)
    return Check(shop, str(chosen), lang, worst, found, chapters)


def lines(found: Check) -> Iterator[str]:
    """The check in words: one line per export with its reasons, then the questions that each chapter cannot answer."""
    speech = wording.load(found.lang, found.shop)
    yield word(speech, "check_head", shop=found.shop, period=period_words(found.period, speech))
    for state in found.exports:
        yield from _export(state, speech)
    open_chapters = [state for state in found.chapters if state.open]
    yield word(speech, "check_chapters") if open_chapters else word(speech, "check_all", light=word(speech, GREEN))
    for chapter in open_chapters:
        slots = {"light": word(speech, chapter.light), "title": chapter.title, "answered": chapter.answered}
        yield word(speech, "check_chapter", count=len(chapter.open), **slots)
        for question in chapter.open:
            needs = _names(question.missing, speech)
            yield word(speech, "check_question", id=question.id, question=question.question, tables=needs)


def _export(state: ExportState, speech: Wording) -> Iterator[str]:
    slots = asdict(state) | {
        "light": word(speech, state.light),
        "table": speech.label("exports_short", state.code),
        "where": speech.label("exports_where", state.code),
        "last": state.last or word(speech, "never"),
        "exported": state.exported or word(speech, "unknown"),
        "usual": "—" if state.usual is None else f"{state.usual:,.0f}",
        "missing": speech.word("list_comma").join(state.missing),
        "age": state.refund_age and state.refund_age[1],
    }
    shape = "check_missing" if "missing" in state.why else "check_export" if state.days else "check_undated"
    yield word(speech, shape, **slots)
    for reason in state.why:
        if reason != "missing":
            yield word(speech, f"check_{reason}", **slots)
    if state.refund_age:
        yield word(speech, "check_refund_age", first=state.refund_age[0], end=state.refund_age[1])


def _names(codes: Sequence[str], speech: Wording) -> str:
    return speech.word("list_comma").join(speech.label("exports_short", code) for code in codes)


def _chapters(gone: set[str], lang: str) -> Iterator[ChapterState]:
    claims = [claim for claim in deck.claims().values() if claim.status == "answered"]
    for row in deck.bullets().values():
        if row["bullet"].isdigit():
            asked = [claim for claim in claims if claim.bullet.startswith(f"{row['bullet']}.")]
            short = tuple(
                Question(claim.id, claim.words[lang], missing)
                for claim in asked
                if (missing := tuple(code for code in claim.inputs if code in gone))
            )
            light = GREEN if not short else RED if len(short) == len(asked) else AMBER
            yield ChapterState(f"{row['bullet']} {row[lang]}", light, len(asked) - len(short), short)
