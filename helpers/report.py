"""The one object that a notebook holds: a shop's period, its tables and targets; every value is born here."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import pandas as pd

from helpers.definitions import deck, files, metrics
from helpers.definitions import shop as shops
from helpers.errors import DefinitionError, ParameterError, nearest
from helpers.findings import Answer, Finding, Gap, Number, Sentence, Setting, Slot, Source, Table, Value
from helpers.period import Period, month_of
from helpers.store import Store

LANGUAGES = ("zh", "en")
FEN = 100


def open_report(period: str, shop: str = "sample", lang: str = "zh") -> "Report":
    """The report of a shop's period, its parameters checked.

    Raises
    ------
    ParameterError
        Unknown shop or language, no such period, or a period without any data; names the nearest valid choice.
    """
    if lang not in LANGUAGES:
        raise ParameterError("lang", f"{lang!r} is not a language of the kit", nearest(str(lang), LANGUAGES))
    store = Store.open()
    chosen = checked_period(store, period, shop)
    _show_every_expression()
    return Report(store, chosen, shop, lang)


def checked_period(store: Store, period: str | int, shop: str) -> Period:
    """The period, once it is certain that the shop is known and has data in it.

    Raises
    ------
    ParameterError
        As `open_report`.
    """
    known = store.shops()
    if shop not in known:
        todo = nearest(shop, known) if known else "run `xiaodian sample` and `xiaodian ingest` first"
        raise ParameterError("shop", f"{shop!r} has no data in the store", todo)
    chosen = Period.parse(period)
    first, last = store_span(store, shop)
    if chosen.end < first or chosen.start > last:
        near = month_of(first if chosen.end < first else last)
        raise ParameterError(
            "period", f"shop {shop} has no data in {chosen}; data run {first} to {last}", f"try {near}"
        )
    return chosen


def store_span(store: Store, shop: str) -> tuple[date, date]:
    """First and last day of the shop's orders, or of all its tables where it has no orders."""
    names = store.tables(shop)
    spans = [store.span(name, shop) for name in (["orders"] if "orders" in names else names)]
    found = [span for span in spans if span is not None]
    if not found:
        raise ParameterError("shop", f"{shop} has no dated rows in the store", "ingest its order export first")
    return min(first for first, _ in found), max(last for _, last in found)


def covered_until(store: Store, shop: str) -> date:
    """The last day that the data hold in full: the day before the export, or the last day seen if that is unknown."""
    last = store_span(store, shop)[1]
    taken = store.snapshot("orders", shop)
    if taken is None or taken.date() < last:
        return last
    tail = store.frame("orders", shop, last, last)
    latest = max(tail[name].max() for name in ("paid_at", "ordered_at") if name in tail and tail[name].notna().any())
    return taken.date() - timedelta(1) if taken > latest else last


def last_complete_month(store: Store, shop: str) -> Period:
    """The last calendar month that the shop's data cover to its end; else the last one with any data."""
    until = covered_until(store, shop)
    month = month_of(until)
    return month if month.end <= until or month.previous().end < store_span(store, shop)[0] else month.previous()


def _show_every_expression() -> None:
    from IPython import get_ipython

    shell = get_ipython()
    if shell is not None:
        shell.ast_node_interactivity = "all"  # a cell shows its chart and its sentence without display() around each


class Report:
    """One shop, one period, one language; made by `open_report`."""

    def __init__(self, store: Store, period: Period, shop: str, lang: str) -> None:
        self.store, self.period, self.shop, self.lang = store, period, shop, lang
        self.settings = shops.load(shop)
        self.covered = covered_until(store, shop)
        self.complete = self.covered >= period.end
        name = self.settings.name.get(lang, shop)
        self.setting = Setting(shop, name, str(period), lang, self.settings.currency)
        self.facts: dict[str, Value] = {}
        self.answers: dict[str, Answer] = {}
        self._frames: dict[tuple[str, str], Any] = {}
        self._sources: dict[tuple[str, str], tuple[Source, ...]] = {}

    # periods -----------------------------------------------------------------------------------------------------

    @cached_property
    def seen(self) -> Period:
        """The part of the period that the data cover: the period itself once it is complete."""
        return self.period if self.complete else Period("range", self.period.start, self.covered)

    def base(self, which: str) -> Period | None:
        """The period to compare with, ``previous`` or ``year_ago``, with as many days; None before the data begin."""
        full = self.period.previous() if which == "previous" else self.period.year_ago()
        base = full if self.complete else Period("range", full.start, full.start + timedelta(self.seen.days - 1))
        return base if self.begins <= base.start else None

    @cached_property
    def begins(self) -> date:
        """First day of the shop's data."""
        return store_span(self.store, self.shop)[0]

    # data --------------------------------------------------------------------------------------------------------

    def has(self, name: str, period: Period | None = None) -> bool:
        """Whether the store holds any row of that table in the period (default: the report's)."""
        return name in self.store.tables(self.shop) and len(self.table(name, period)) > 0

    def table(self, name: str, period: Period | None = None) -> Any:
        """A clean table of the period (default: the part of the report's period that is covered) as a pandas frame.

        Columns and types stand in ``data/definitions/tables.toml``; money is in hundredths (``_fen``). Treat the frame
        as read-only, it is shared; empty when the shop has no such file.
        """
        span = period or self.seen
        key = (name, f"{span.start}..{span.end}")
        if key not in self._frames:
            self._frames[key] = self.store.frame(name, self.shop, span.start, span.end)
        return self._frames[key]

    def every(self, name: str) -> Any:
        """A clean table with all its periods as a pandas frame."""
        if (name, "") not in self._frames:
            self._frames[name, ""] = self.store.frame(name, self.shop)
        return self._frames[name, ""]

    def once(self, key: str, make: Callable[[], Any]) -> Any:
        """What ``make`` gives, made once per report under this key; treat it as read-only, it is shared."""
        if ("", key) not in self._frames:
            self._frames["", key] = make()
        return self._frames["", key]

    def sums(
        self, name: str, by: Sequence[str], sums: Sequence[str], period: Period | None = None, **where: Any
    ) -> Any:
        """Sums of a table by columns or by day, month, hour, weekday, made by the engine (default: all periods)."""
        start, end = (period.start, period.end) if period else (None, None)
        return self.store.sums(name, self.shop, list(by), list(sums), start, end, where or None)

    # bars --------------------------------------------------------------------------------------------------------

    @cached_property
    def targets(self) -> Mapping[str, deck.Target]:
        """Targets by metric: the deck's, or the shop's own where its sheet has one valid by the end of the period."""
        found = dict(deck.targets(self.shop))
        typed = self.every("targets")
        if len(typed):
            valid = typed[typed["valid_from"] <= pd.Timestamp(self.period.end)].sort_values("valid_from")
            for row in valid.itertuples():
                known = found.get(row.metric)
                value = deck.number(row.value, f"targets {row.metric}")
                if known:
                    found[row.metric] = deck.Target(
                        row.metric, value, known.unit, known.better, known.claim, known.basis, "shop"
                    )
        return found

    def target(self, metric: str) -> float | None:
        """The bar for a metric in its unit, or None where neither deck nor shop sets one."""
        found = self.targets.get(metric)
        return found.value if found else None

    def benchmark(self, metric: str) -> deck.Benchmark | None:
        """The newest benchmark that the shop typed in for a metric, or None: without a source there is no verdict."""
        typed = self.every("benchmarks")
        rows = typed[typed["metric"] == metric] if len(typed) else typed
        if not len(rows):
            return None
        row = rows.sort_values("source_day").iloc[-1]
        value, low, high = (deck.number(row[part], f"benchmark {metric}") for part in ("value", "low", "high"))
        return deck.Benchmark(
            metric, value, low, high, row["source_name"], f"{row['source_day']:%Y-%m-%d}", row["scope"]
        )

    def threshold(self, name: str) -> float:
        """A threshold of ``thresholds/*.toml``, by the name of its entry."""
        if name not in self._thresholds:
            raise DefinitionError("thresholds", f"no threshold {name!r}", nearest(name, list(self._thresholds)))
        return float(self._thresholds[name]["value"])

    @cached_property
    def _thresholds(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for path in files.united("thresholds", self.shop):
            found |= files.toml(path)
        return found

    @cached_property
    def calendar(self) -> Any:
        """Promotions, holidays and rule changes, one row each, by start: the shop's sheet, else the kit's.

        Columns name (in the report's language), kind, start, peak, end (days), confirmed (no: an estimate).
        """
        columns = ["name", "kind", "start", "peak", "end", "confirmed"]
        own = self.every("calendar")
        if len(own):
            name = own["name"] if self.lang == "zh" else own["name_en"].fillna(own["name"])
            return own.assign(name=name)[columns].sort_values("start")
        if self.settings.platform != "douyin":
            return pd.DataFrame(columns=columns)
        shipped = pd.DataFrame(files.rows(files.find("calendar.csv", self.shop)))
        days = {part: pd.to_datetime(shipped[part]) for part in ("start", "peak", "end")}
        shipped = shipped.assign(name=shipped[f"name_{self.lang}"], **days)
        return shipped[columns].sort_values("start")

    # births ------------------------------------------------------------------------------------------------------

    def value(
        self,
        id: str,
        value: Number | None,
        claim: str,
        tables: Sequence[str],
        n: int | None = None,
        low: Number | None = None,
        high: Number | None = None,
        period: Period | None = None,
    ) -> Value:
        """A number with its definition, unit and origin, noted in the report's facts.

        Parameters
        ----------
        id : str
            Fact id; the part before ``/`` must stand in the metrics. ``/change=<base>`` is a growth (ratio), or a
            difference in points (0-100) where the metric itself is a ratio or a probability.
        value, low, high : number or None
            In the metric's unit; money in currency units (not fen). NaN becomes None.
        claim : str
            Claim that it answers.
        tables : sequence of str
            Tables of the store that it was computed from.
        n : int, optional
            What it rests on.
        period : Period, optional
            Days that it covers (default: what is seen of the report's period).
        """
        metric = metrics.load(self.shop).get(id.split("/")[0])
        if metric is None:
            raise DefinitionError("metrics", f"fact {id!r} is not defined", "add it to data/definitions/metrics")
        span = period or self.seen
        measure = _change_unit(metric.unit) if "/change=" in id else metric.unit
        unit = self.settings.currency if measure == "money" else measure
        sources = tuple(source for name in tables for source in self._sources_of(name, span))
        number, lower, upper = (_plain(part, measure) for part in (value, low, high))
        definition = metric.definition[self.lang]
        born = Value(
            id, number, unit, None if n is None else int(n), lower, upper, str(span), claim, definition, sources
        )
        self.facts[id] = born
        return born

    def money(self, id: str, fen: Number | None, claim: str, tables: Sequence[str], **more: Any) -> Value:
        """As `value`, for an amount in fen (so are ``low`` and ``high``)."""
        for part in ("low", "high"):
            if more.get(part) is not None:
                more[part] = more[part] / FEN
        return self.value(id, None if fen is None else fen / FEN, claim, tables, **more)

    def finding(self, claim: str, headline: Sentence, **parts: Any) -> Finding:
        """A finding of this report, noted among its answers; parts as in `Finding`."""
        found = Finding(claim, self.setting, headline, **parts)
        self.answers[claim] = found
        return found

    def gap(self, claim: str, why: str, *needs: str, **slots: Slot) -> Gap:
        """A gap of this report, noted among its answers; ``needs`` are codes of exports."""
        gap = Gap(claim, self.setting, why, needs, slots)
        self.answers[claim] = gap
        return gap

    def _sources_of(self, name: str, span: Period) -> tuple[Source, ...]:
        key = (name, f"{span.start}..{span.end}")
        if key not in self._sources:
            self._sources[key] = tuple(self.store.origins(self.table(name, span), self.shop))
        return self._sources[key]


def sentence(key: str, **slots: Slot) -> Sentence:
    """A sentence of the wording with its slots."""
    return Sentence(key, slots)


def table(frame: Any, units: Mapping[str, str], total: int | None = None, n: int | None = None) -> Table:
    """A printable table; ``total`` defaults to the rows of the frame."""
    return Table(frame, units, len(frame) if total is None else total, n)


def _change_unit(unit: str) -> str:
    return "points" if unit in ("ratio", "probability") else "ratio"


def _plain(number: Number | None, unit: str) -> Number | None:
    if number is None or pd.isna(number):
        return None
    if unit == "count" and float(number).is_integer():
        return int(number)
    return round(float(number), 2) if unit == "money" else float(number)
