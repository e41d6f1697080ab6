"""The report: one shop, one period, one language; its tables, its bars, and the birth of every value."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from helpers.definitions import deck, files, metrics, thresholds
from helpers.definitions import shop as shops
from helpers.errors import DefinitionError, nearest
from helpers.findings import Finding, Gap, Notes, Number, Sentence, Setting, Slot, Source, Table, Value
from helpers.period import Period
from helpers.report import bars, units
from helpers.report.reach import covered_until, horizon, store_span
from helpers.report.units import FEN
from helpers.store import Store, shared


class Report:
    """One shop, one period, one language; made by `open_report`."""

    def __init__(self, store: Store, period: Period, shop: str, lang: str) -> None:
        self.store, self.period, self.shop, self.lang = store, period, shop, lang
        self.settings = shops.load(shop)
        self.horizon = horizon(period, shop)
        self.covered = min(covered_until(store, shop), self.horizon)
        self.complete = self.covered >= period.end
        held = store.tables(shop)
        self.notes = Notes(read=dict.fromkeys(["orders"] if "orders" in held else held, period.end))
        name = self.settings.name.get(lang, shop)
        self.setting = Setting(shop, name, str(period), lang, self.settings.currency)
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

    def at(self, period: Period) -> "Report":
        """The report of another period of the shop, asked on behalf of this page: what it reads counts as read here."""
        other = Report(self.store, period, self.shop, self.lang)
        self.notes.add(other.notes)
        other.notes = Notes(read=self.notes.read, exported=self.notes.exported)
        return other

    def held(self, name: str) -> bool:
        """Whether the store holds any row of that table, of whatever period."""
        self.notes.saw(name, self.period.end)
        return name in self.store.tables(self.shop)

    def taken(self, name: str) -> datetime | None:
        """When the newest export that feeds a table was made, at most the last moment that this report may know; None: unknown."""
        latest, found = datetime.combine(self.horizon, time.max), self.store.snapshot(name, self.shop)
        self.notes.exported[name] = None if found is None else min(found, latest)
        return self.notes.exported[name]

    def has(self, name: str, period: Period | None = None) -> bool:
        """Whether the store holds any row of that table in the period (default: the report's)."""
        self.notes.saw(name, (period or self.seen).end)
        return name in self.store.tables(self.shop) and len(self.table(name, period)) > 0

    def table(self, name: str, period: Period | None = None) -> Any:
        """A clean table of the period (default: the part of the report's period that is covered) as a pandas frame.

        Columns and types stand in ``data/definitions/tables``; money is in hundredths (``_fen``). Treat the frame
        as read-only, it is shared; empty when the shop has no such file.
        """
        span = period or self.seen
        self.notes.saw(name, span.end)
        key = (name, f"{span.start}..{span.end}")
        if key not in self._frames:
            self._frames[key] = self.store.frame(name, self.shop, span.start, span.end)
        return self._frames[key]

    def every(self, name: str) -> Any:
        """A clean table with all its periods up to this one as a pandas frame.

        That is what was booked by the end of the period, and what was booked later of orders that were paid by then.
        """
        return self._known(name, self.period.end)

    def later(self, name: str) -> Any:
        """As `every`, with what concerns the ``later_days`` after the period too: for what came of its promotions."""
        return self._known(name, self.horizon)

    def _known(self, name: str, until: date) -> Any:
        self.notes.saw(name, until)
        if (name, str(until)) not in self._frames:
            self._frames[name, str(until)] = self.store.known(name, self.shop, until)
        return self._frames[name, str(until)]

    def once(self, key: str, make: Callable[[], Any]) -> Any:
        """What ``make`` gives, made once per report under this key; treat it as read-only, it is shared."""
        if ("", key) not in self._frames:
            self._frames["", key] = self._aside(make)
        return self._noted(*self._frames["", key])

    def answered(self, question: str, make: Callable[[], Any]) -> Any:
        """What ``make`` gives, once for all pages of a run; the question's name, the report and versions say what it rests on."""
        key = f"{self.store.root} {self.store.versions(self.shop)} {self.setting} {question}"
        return self._noted(*shared.once(key, lambda: self._aside(make)))

    def _noted(self, made: Any, notes: Notes) -> Any:
        """What was made, with all it stands on noted for this page."""
        self.notes.add(notes)
        return made

    def _aside(self, make: Callable[[], Any]) -> tuple[Any, Notes]:
        """What ``make`` gives, and what was noted meanwhile."""
        page, aside = self.notes, Notes()
        self.notes = aside
        try:
            return make(), aside
        except BaseException:
            page.add(aside)  # who goes on without the answer has read for it all the same
            raise
        finally:
            self.notes = page

    def sums(
        self, name: str, by: Sequence[str], sums: Sequence[str], period: Period | None = None, **where: Any
    ) -> Any:
        """Sums of a table by columns or by day, month, hour, weekday, made by the engine (default: all periods)."""
        start, end = (period.start, period.end) if period else (None, self.period.end)
        self.notes.saw(name, end)
        return self.store.sums(name, self.shop, list(by), list(sums), start, end, where or None)

    def metric(self, name: str, period: Period | None = None, **options: Any) -> Any:
        """A metric of ``queries.toml`` over a period (default: the part of the report's that is covered), as a small frame.

        Money stays in hundredths (``_fen``); ``attrs["columns"]`` holds the unit of each column, ``attrs["missing"]`` what the
        shop lacks where the frame is empty for that.
        """
        span = period or self.seen
        for table in self.store.tables(self.shop):
            self.notes.saw(table, span.end)
        return self.store.metric(name, self.shop, span.start, span.end, **options)

    # bars --------------------------------------------------------------------------------------------------------

    @property
    def targets(self) -> Mapping[str, deck.Target]:
        """Targets by metric: the deck's, or the shop's own where its sheet has one valid by the end of the period."""
        return self.once("targets", lambda: bars.targets(self.shop, self.every("targets"), self.period))  # type: ignore[no-any-return]

    def target(self, metric: str) -> float | None:
        """The bar for a metric in its unit, or None where neither deck nor shop sets one."""
        found = self.targets.get(metric)
        return found.value if found else None

    def benchmark(self, metric: str) -> deck.Benchmark | None:
        """The newest benchmark that the shop typed in for a metric, or None: without a source there is no verdict."""
        return bars.benchmark(self.every("benchmarks"), metric)

    def threshold(self, name: str) -> float:
        """A threshold of ``thresholds/*.toml``, by the name of its entry."""
        if name not in self._thresholds:
            raise DefinitionError("thresholds", f"no threshold {name!r}", nearest(name, list(self._thresholds)))
        return self._thresholds[name]

    @cached_property
    def _thresholds(self) -> Mapping[str, float]:
        return thresholds.load(self.shop)

    @property
    def calendar(self) -> Any:
        """Promotions, holidays and rule changes, one row each, by start: the shop's sheet, else the kit's.

        Columns name (in the report's language), kind, start, peak, end (days), confirmed (no: an estimate).
        """
        given = (self.shop, self.lang, self.every("calendar"), self.settings.platform == "douyin")
        return self.once("calendar", lambda: bars.calendar(*given))

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
        measure = units.difference(metric.unit) if "/change=" in id else metric.unit
        unit = self.settings.currency if measure == "money" else measure
        sources = tuple(source for name in tables for source in self._sources_of(name, span)) or self._bars
        number, lower, upper = (units.plain(part, measure) for part in (value, low, high))
        definition = metric.definition[self.lang]
        born = Value(
            id, number, unit, None if n is None else int(n), lower, upper, str(span), claim, definition, sources
        )
        self.notes.facts[id] = born
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
        self.notes.answers[claim] = found
        return found

    def gap(self, claim: str, why: str, *needs: str, **slots: Slot) -> Gap:
        """A gap of this report, noted among its answers; ``needs`` are codes of exports."""
        gap = Gap(claim, self.setting, why, needs, slots)
        self.notes.answers[claim] = gap
        return gap

    @cached_property
    def _bars(self) -> tuple[Source, ...]:
        """What a number stands on that no file of the shop gave: the kit's targets and thresholds."""
        known = {
            name: sha for name, sha in files.hashes(self.shop).items() if name.startswith(("targets", "thresholds"))
        }
        sha = hashlib.sha256("".join(known.values()).encode()).hexdigest()
        return (Source("definitions: targets, thresholds", "DEF", sha, len(known)),)

    def _sources_of(self, name: str, span: Period) -> tuple[Source, ...]:
        key = (name, f"{span.start}..{span.end}")
        self.notes.saw(name, span.end)
        if key not in self._sources:
            self._sources[key] = tuple(self.store.origins(self.table(name, span), self.shop))
        return self._sources[key]


def sentence(key: str, **slots: Slot) -> Sentence:
    """A sentence of the wording with its slots."""
    return Sentence(key, slots)


def table(
    frame: Any,
    units: Mapping[str, str],
    total: int | None = None,
    n: int | None = None,
    heads: Mapping[str, str] | None = None,
) -> Table:
    """A printable table; ``total`` defaults to the rows of the frame, ``heads`` are headers that the data give."""
    return Table(frame, units, len(frame) if total is None else total, n, heads or {})
