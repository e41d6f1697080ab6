"""What a run of a period would find: how fresh and complete each table is, and which chapters would show gaps."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any

from helpers.definitions import deck, exports, files, tables, wording
from helpers.period import Period
from helpers.publish.words import period_words, word

GREEN, AMBER, RED = "green", "amber", "red"
UNKNOWN = 1970  # the year that stands for an unknown moment of export


@dataclass(frozen=True)
class TableState:
    """One table of the shop.

    Parameters
    ----------
    table, light : str
        Name; green, amber or red.
    last, snapshot : str
        Last booked day and moment of the newest export; empty where there is none.
    rows : int
        Rows in the period; all rows of a table without dates.
    usual : float or None
        Median rows of earlier periods.
    covered, days : int or None
        Days of the period that have data, and days it has; None for a table without dates.
    """

    table: str
    light: str
    last: str
    snapshot: str
    rows: int
    usual: float | None
    covered: int | None
    days: int | None


@dataclass(frozen=True)
class ChapterState:
    """One chapter: how many of its questions lack a file, and codes of the exports that would answer them."""

    title: str
    light: str
    questions: int
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Check:
    """All tables of the shop and all chapters."""

    shop: str
    period: str
    lang: str
    tables: tuple[TableState, ...]
    chapters: tuple[ChapterState, ...]

    def data(self) -> dict[str, Any]:
        """The same as plain data, for ``--json``."""
        return asdict(self)


def check(period: str, shop: str, lang: str = "zh") -> Check:
    """State of every table of the shop and of every chapter for the period; nothing is run.

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
    states = tuple(_table(store, name, shop, chosen, rules) for name in store.tables(shop))
    present = {state.table for state in states if state.rows}
    return Check(shop, str(chosen), lang, states, tuple(_chapters(present, shop, lang, rules)))


def lines(found: Check) -> Iterator[str]:
    """The check in words, one line per table and per chapter with gaps."""
    speech = wording.load(found.lang, found.shop)
    yield word(speech, "check_head", shop=found.shop, period=period_words(found.period, speech))
    names = {into.table: kind.code for kind in reversed(_kinds(found.shop)) for into in kind.into}
    for state in found.tables:
        slots = asdict(state) | {
            "light": word(speech, state.light),
            "table": speech.label("exports_short", names.get(state.table, state.table)),
            "last": state.last or word(speech, "never"),
            "snapshot": state.snapshot or word(speech, "unknown"),
            "usual": "—" if state.usual is None else f"{state.usual:,.0f}",
        }
        yield word(speech, "check_table" if state.days else "check_undated", **slots)
    open_chapters = [state for state in found.chapters if state.light != GREEN]
    yield word(speech, "check_chapters") if open_chapters else word(speech, "check_all", light=word(speech, GREEN))
    for chapter in open_chapters:
        needs = speech.word("list_comma").join(speech.label("exports_short", code) for code in chapter.missing)
        light = word(speech, chapter.light)
        yield word(speech, "check_chapter", light=light, title=chapter.title, count=chapter.questions, tables=needs)


def _table(store: Any, name: str, shop: str, period: Period, rules: Mapping[str, Any]) -> TableState:
    taken, span = store.snapshot(name, shop), store.span(name, shop)
    snapshot = f"{taken:%Y-%m-%d %H:%M}" if taken and taken.year > UNKNOWN else ""
    if span is None:
        return TableState(name, GREEN, "", snapshot, len(store.frame(name, shop)), None, None, None)
    rows = _rows(store, name, shop, period)
    earlier = [past for past in period.back(rules["periods_before"] + 1)[:-1] if past.start >= span[0]]
    usual = median(_rows(store, name, shop, past) for past in earlier) if earlier else None
    thin = usual is not None and rows < usual * rules["usual_share"]
    last = _last(store, name, shop, span[1])
    light = RED if not rows else AMBER if last < period.end or thin else GREEN
    return TableState(name, light, str(last), snapshot, rows, usual, _covered(store, name, shop, period), period.days)


def _last(store: Any, name: str, shop: str, booked: date) -> date:
    """The last day with data; of rows that count a span of days, its end."""
    if "period_end" not in store.definitions[name].columns:
        return booked
    counted: date = store.frame(name, shop, columns=["period_end"])["period_end"].max().date()
    return max(booked, counted)


def _rows(store: Any, name: str, shop: str, period: Period) -> int:
    return int(store.sums(name, shop, ["day"], [], period.start, period.end)["rows"].sum())


def _covered(store: Any, name: str, shop: str, period: Period) -> int:
    """Days of the period with data; a row that counts a span of days covers all of them."""
    if "period_end" not in store.definitions[name].columns:
        return len(store.sums(name, shop, ["day"], [], period.start, period.end))
    spans = store.frame(name, shop, period.start, period.end, ["period_start", "period_end"]).drop_duplicates()
    days = {
        start.date() + timedelta(step)
        for start, end in spans.itertuples(index=False)
        for step in range((end - start).days + 1)
    }
    return sum(period.start <= day <= period.end for day in days)


def _chapters(present: set[str], shop: str, lang: str, rules: Mapping[str, Any]) -> Iterator[ChapterState]:
    there = {kind.code for kind in _kinds(shop) if present & {into.table for into in kind.into}} | set(rules["shipped"])
    for row in deck.bullets().values():
        if row["bullet"].isdigit():
            asked = [
                c for c in deck.claims().values() if c.status == "answered" and c.bullet.startswith(f"{row['bullet']}.")
            ]
            missing = [code for claim in asked for code in claim.inputs if code not in there]
            short = sum(bool(set(claim.inputs) - there) for claim in asked)
            light = GREEN if not short else RED if short == len(asked) else AMBER
            yield ChapterState(f"{row['bullet']} {row[lang]}", light, short, tuple(dict.fromkeys(missing)))


def _kinds(shop: str) -> Sequence[exports.ExportKind]:
    return exports.load(shop, tables.load(shop))
