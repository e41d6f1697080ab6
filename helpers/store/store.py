"""The clean tables of all shops, read at one pinned version as long as the object lives."""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from helpers import paths
from helpers.definitions import thresholds
from helpers.definitions.tables import Table
from helpers.findings import Source
from helpers.store import delta, kept, known, private, settings, shared
from helpers.store import versions as book
from helpers.store.expressions import HEADS, ORIGIN, Expressions


class Store(Expressions):
    """The store at a folder; made by `Store.open`."""

    @classmethod
    def open(
        cls, root: Path | None = None, versions: Mapping[str, int] | None = None, as_of: datetime | None = None
    ) -> "Store":
        """The store of the data root, or of another folder; it may still be empty.

        Parameters
        ----------
        versions : mapping of str to int
            Version of each table to read; a table that is not named counts as not there. Without it, those that
            ``XIAODIAN_VERSIONS`` holds as JSON, else those that the last whole import of a shop left.
        as_of : datetime
            Read what the last whole import before this moment left (a naive moment is in this machine's zone).
        """
        if versions is None and as_of is None:
            versions = book.given(os.environ.get(book.ENVIRONMENT, ""))
        return cls(root or paths.store(), versions, as_of)

    def versions(self, shop: str | None = None) -> dict[str, int]:
        """Versions by table as this object reads them for a shop; without a shop the newest of every table."""
        found = None if shop is None else self._shelf.versions(shop)
        every = book.current(self.root) if found is None else found
        return {name: version for name, version in sorted(every.items()) if not name.startswith("_")}

    # what there is ---------------------------------------------------------------------------------------------------

    def shops(self) -> list[str]:
        """Shops with at least one row."""
        held = [(shop, name) for name in self.definitions for shop in self._shelf.shops(name)]
        return sorted({shop for shop, name in held if self._rows(name, shop)})

    def tables(self, shop: str) -> list[str]:
        """Tables in which the shop has at least one row; ``orders`` also where only heads of orders are known."""
        if ("tables", "", shop) not in self._shelf.answers:
            found = [name for name in self.definitions if self._rows(name, shop)]
            heads = "order_heads" in found and "orders" not in found
            self._shelf.answers["tables", "", shop] = ["orders", *found] if heads else found
        return list(self._shelf.answers["tables", "", shop])

    def span(self, table: str, shop: str) -> tuple[date, date] | None:
        """First and last booked day of the shop's rows, or None where none is booked."""
        if not self._table(table).booked:
            return None
        if ("span", table, shop) not in self._shelf.answers:
            self._shelf.answers["span", table, shop] = self._span(table, shop)
        span: tuple[date, date] | None = self._shelf.answers["span", table, shop]
        return span

    def months(self, shop: str) -> list[str]:
        """Months of which the shop's tables hold rows, such as 2026-10, of its orders where it has any; without opening a row."""
        names = [name for name in ("orders", "order_heads") if self._rows(name, shop)] or self.tables(shop)
        found = {str(month) for name in names for month in self._files(name, shop).get("month", ())}
        return sorted(found - {delta.NO_MONTH})

    def snapshot(self, table: str, shop: str) -> datetime | None:
        """When the newest export that feeds the table was made, also if it brought nothing new."""
        if ("snapshot", table, shop) not in self._shelf.answers:
            names = (table, *HEADS.get(table, ()))
            held = [moment for name in names for moment in self._files(name, shop).get("max.snapshot", ())]
            taken = pd.Series([*held, *self._feeding(names, shop)["snapshot"]], dtype="datetime64[us]").max()
            self._shelf.answers["snapshot", table, shop] = None if pd.isna(taken) else taken.to_pydatetime()
        newest: datetime | None = self._shelf.answers["snapshot", table, shop]
        return newest

    # reading ---------------------------------------------------------------------------------------------------------

    def frame(
        self,
        table: str,
        shop: str,
        start: date | None = None,
        end: date | None = None,
        columns: Sequence[str] | None = None,
    ) -> Any:
        """The shop's rows booked in the days from start to end (both included; all where None), as a pandas frame.

        Columns and types stand in ``data/definitions/tables``: int64 (Int64 where something is missing), float64,
        datetime64[us], text as str. ``columns`` may also ask for ``source`` and ``snapshot``, the file a row came from
        and when it was exported, and ``rounded``, the names of its columns that the platform rounded.
        ``attrs["versions"]`` holds the versions of the tables read, ``attrs["sources"]`` the rows that each file gave,
        by its sha256. Rows are single orders and requests: what is shown of them by region goes through `sums`, or
        pools small groups itself.

        Raises
        ------
        ParameterError
            No such table or column.
        """
        definition = self._table(table)
        wanted = list(columns or definition.columns)
        self._known(table, wanted, [*definition.columns, *ORIGIN])
        if self._small(table, shop):
            found = self._kept(table, shop).between(start, end)
        else:
            found = self._fetched(table, self._expression(table, shop, start, end), wanted)
        counts: Counter[str] = Counter()
        for name in {"source", "head_source"} & {*found.columns}:
            counts.update(found[name].value_counts().to_dict())
        frame = self._stamped(kept.typed(found[wanted]), table, shop)
        frame.attrs["sources"] = kept.Told(counts)
        return frame

    def known(self, table: str, shop: str, until: date) -> Any:
        """As `frame`: the rows booked by the end of a day, and what was booked later of orders that were paid by then."""
        frame = self.frame(table, shop)
        span = self.span(table, shop)
        if span is None or span[1] <= until:
            return frame
        return kept.typed(known.rows(frame, known.until(self._concern(table, shop, frame), until)))

    def mark(self, table: str, shop: str, until: date) -> str:
        """One mark of the rows that `known` gives: the same for the same rows, whatever file they came from.

        Of a table too large to be kept in memory it is that of all its files.
        """
        if not self._small(table, shop):
            return " ".join(
                sorted(path for name in (table, *HEADS.get(table, ())) for path in self._files(name, shop)["path"])
            )
        if ("marks", table, shop) not in self._shelf.answers:
            frame = self.frame(table, shop)
            self._shelf.answers["marks", table, shop] = self._concern(table, shop, frame), known.marks(frame)
        moments, numbers = self._shelf.answers["marks", table, shop]
        return known.mark(numbers[known.until(moments, until).to_numpy()])

    def _concern(self, table: str, shop: str, frame: Any) -> Any:
        links = [name for name in known.LINKS if name in self._table(table).columns and table != "orders"]

        def made() -> Any:
            orders = self.frame("orders", shop, columns=[*known.LINKS, "paid_at"]) if links else frame.head(0)
            return known.concern(frame, self._table(table).booked, orders)

        return shared.once(f"concern {self._lies(table, shop)} {self._lies('orders', shop)}", made) if links else made()

    def gather(self, shop: str) -> None:
        """Put the shop's small tables together for the readers of a run that come later (`shared`)."""
        for table in self.tables(shop):
            if self._small(table, shop):
                self._kept(table, shop)

    def sums(
        self,
        table: str,
        shop: str,
        by: Sequence[str],
        sums: Sequence[str],
        start: date | None = None,
        end: date | None = None,
        where: Mapping[str, str | Sequence[str]] | None = None,
    ) -> Any:
        """Number of rows (``rows``) and sums per group; ``by`` may name day, month, hour, weekday of the booked moment.

        Groups by where people live (``regions`` of the table) that have fewer rows than the threshold ``private`` are
        put together as ``other``, also where ``where`` asks for them.

        Raises
        ------
        ParameterError
            No such table or column.
        """
        definition = self._table(table)
        known = [*definition.columns, *(self._engine.DERIVED if definition.booked else ())]
        self._known(table, [*by, *sums, *(where or {})], known)
        wanted = where or {}
        rest, asked = (
            {name: wanted[name] for name in wanted if (name in definition.regions) is of} for of in (False, True)
        )
        rows, every = self._engine.matching(self._expression(table, shop, start, end), rest), [*by, *asked]
        found = self._engine.fetch(self._engine.grouped(rows, list(dict.fromkeys(every)), sums, definition.booked))
        if regions := [name for name in definition.regions if name in every]:
            found = private.chosen(private.pooled(found, regions, int(thresholds.load(shop)["private"])), by, asked)
        return self._stamped(found, table, shop)

    def metric(self, name: str, shop: str, start: date | None = None, end: date | None = None, **options: Any) -> Any:
        """A metric of ``queries.toml`` over the days from start to end (both included; all where None), as a small frame.

        Its columns, their units and its options stand there; ``attrs["columns"]`` repeats the units, ``attrs["versions"]``
        holds the versions of the tables read, ``attrs["missing"]`` what the shop lacks where the frame is empty for that.

        Raises
        ------
        ParameterError
            No such metric or option.
        """
        from helpers.store import metrics

        return metrics.answer(self, name, shop, start, end, options)

    def sources(self, table: str, shop: str, start: date | None = None, end: date | None = None) -> list[Source]:
        """The files that the rows of the period came from, with how many rows each gave."""
        return self.origins(self.frame(table, shop, start, end, self._table(table).key), shop)

    def origins(self, frame: Any, shop: str) -> list[Source]:
        """The files that the rows of a frame of this store came from, with how many rows each gave."""
        if ("names", "", shop) not in self._shelf.answers:
            known = self.files(shop)[["sha256", "name", "kind"]].itertuples(index=False, name=None)
            self._shelf.answers["names", "", shop] = {sha: (name, kind.partition("/")[0]) for sha, name, kind in known}
        names = self._shelf.answers["names", "", shop]
        return [
            Source(name, kind, sha, number)
            for sha, number in sorted(frame.attrs["sources"].items())
            for name, kind in [names.get(sha, ("", ""))]
        ]

    # inside ----------------------------------------------------------------------------------------------------------

    def _small(self, table: str, shop: str) -> bool:
        """Whether the shop's table is kept in memory as a whole."""
        return self._held(table, shop) <= self._most_kept

    def _held(self, table: str, shop: str) -> int:
        return sum(self._rows(name, shop) for name in (table, *HEADS.get(table, ())))

    @cached_property
    def _most_kept(self) -> int:
        return settings.kept_rows()

    def _span(self, table: str, shop: str) -> tuple[date, date] | None:
        definition = self.definitions[table]
        if self._small(table, shop):
            if ("kept", table, shop) in self._shelf.answers:
                return self._kept(table, shop).span()
            few = {name: definition.columns[name] for name in (*definition.key, *definition.booked)}
            key = f"span {self._lies(table, shop)}"
            ends: tuple[date, date] | None = shared.once(
                key, lambda: self._made(replace(definition, columns=few), shop).span()
            )
            return ends
        rows = self._expression(table, shop)
        moment = self._engine.booked(rows, definition.booked)
        found = self._engine.fetch(rows.aggregate(first=moment.min(), last=moment.max())).iloc[0]
        return None if pd.isna(found["first"]) else (found["first"].date(), found["last"].date())

    def _kept(self, table: str, shop: str) -> kept.Kept:
        if ("kept", table, shop) not in self._shelf.answers:
            made = shared.once(self._lies(table, shop), lambda: self._made(self.definitions[table], shop))
            self._shelf.answers["kept", table, shop] = made
        found: kept.Kept = self._shelf.answers["kept", table, shop]
        return found

    def _lies(self, table: str, shop: str) -> str:
        """Where all that makes up the table lies."""
        names = [table, *HEADS.get(table, ())]
        read = [list(self._files(name, shop)["path"]) for one in names for name in (one, f"{book.SEEN}/{one}")]
        return f"{self.root} {table} {shop} {read}"

    def _made(self, table: Table, shop: str) -> kept.Kept:
        alone = self._held(table.name, shop) == self._rows(table.name, shop)
        if alone and not settings.address():  # a server may see the files elsewhere
            return kept.read(self._files(table.name, shop), self._files(f"{book.SEEN}/{table.name}", shop), table)
        every = [*table.columns, *ORIGIN]
        return kept.keep(self._fetched(table.name, self._expression(table.name, shop), every, keep=True))

    def _stamped(self, frame: Any, table: str, shop: str) -> Any:
        names = (table, *HEADS.get(table, ()))
        frame.attrs["versions"] = kept.Told({name: pin.version for name in names if (pin := self._pin(name, shop))})
        return frame
