"""The clean tables of all shops, read at one pinned version as long as the object lives."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from helpers import paths
from helpers.definitions import tables as definitions
from helpers.errors import ParameterError, nearest
from helpers.findings import Source
from helpers.store import delta
from helpers.store.registers import FILES, QUARANTINE


class Store:
    """The store at a folder; made by `Store.open`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.definitions = definitions.load()
        self._pins: dict[str, delta.Pin | None] = {}
        self._asked: dict[tuple[str, str, str], Any] = {}  # answers that many callers want: span, snapshot, files

    @classmethod
    def open(cls, root: Path | None = None) -> "Store":
        """The store of the data root, or of another folder; it may still be empty."""
        return cls(root or paths.store())

    # what there is ---------------------------------------------------------------------------------------------------

    def shops(self) -> list[str]:
        """Shops with at least one row."""
        return sorted({shop for name in self.definitions for shop in self._files(name)["shop"]})

    def tables(self, shop: str) -> list[str]:
        """Tables in which the shop has at least one row; ``orders`` also where only heads of orders are known."""
        found = [name for name in self.definitions if self._rows(name, shop)]
        return ["orders", *found] if "order_heads" in found and "orders" not in found else found

    def span(self, table: str, shop: str) -> tuple[date, date] | None:
        """First and last booked day of the shop's rows, or None where none is booked."""
        booked = self._table(table).booked
        if not booked:
            return None
        if ("span", table, shop) not in self._asked:
            rows = self._expression(table, shop)
            moment = self._engine.booked(rows, booked)
            found = self._engine.fetch(rows.aggregate(first=moment.min(), last=moment.max())).iloc[0]
            known = not pd.isna(found["first"])
            self._asked["span", table, shop] = (found["first"].date(), found["last"].date()) if known else None
        span: tuple[date, date] | None = self._asked["span", table, shop]
        return span

    def snapshot(self, table: str, shop: str) -> datetime | None:
        """When the newest export that the shop's rows came from was made."""
        if ("snapshot", table, shop) not in self._asked:
            rows = self._expression(table, shop)
            newest = self._engine.fetch(rows.aggregate(newest=rows.snapshot.max()))["newest"].iloc[0]
            self._asked["snapshot", table, shop] = None if pd.isna(newest) else newest.to_pydatetime()
        taken: datetime | None = self._asked["snapshot", table, shop]
        return taken

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

        Columns and types stand in ``data/definitions/tables``: int64 (Int64 where something is missing), float64, datetime64[us],
        text as str. ``columns`` may also ask for ``source`` and ``snapshot``: the file a row came from, and when it was
        exported. ``attrs["versions"]`` holds the versions of the tables read, ``attrs["sources"]`` the rows that
        each file gave, by its sha256.

        Raises
        ------
        ParameterError
            No such table or column.
        """
        definition = self._table(table)
        wanted = list(columns or definition.columns)
        self._known(table, wanted, [*definition.columns, "source", "snapshot"])
        rows = self._expression(table, shop, start, end)
        moment = [self._engine.booked(rows, definition.booked).name("moment")] if definition.booked else []
        marks = [name for name in ("source", "head_source") if name in rows.columns]
        everything = list(dict.fromkeys([*wanted, *marks]))
        found = self._engine.fetch(rows.order_by([*moment, *definition.key]).select(*everything))
        counts = pd.concat([found[name].value_counts() for name in marks]).groupby(level=0).sum()
        frame = self._stamped(found[wanted].copy(), table)
        frame.attrs["sources"] = {str(sha): int(number) for sha, number in counts.items()}
        return frame

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

        Raises
        ------
        ParameterError
            No such table or column.
        """
        definition = self._table(table)
        known = [*definition.columns, *(self._engine.DERIVED if definition.booked else ())]
        self._known(table, [*by, *sums, *(where or {})], known)
        rows = self._engine.matching(self._expression(table, shop, start, end), where)
        return self._stamped(self._engine.fetch(self._engine.grouped(rows, by, sums, definition.booked)), table)

    def sources(self, table: str, shop: str, start: date | None = None, end: date | None = None) -> list[Source]:
        """The files that the rows of the period came from, with how many rows each gave."""
        return self.origins(self.frame(table, shop, start, end, self._table(table).key), shop)

    def origins(self, frame: Any, shop: str) -> list[Source]:
        """The files that the rows of a frame of this store came from, with how many rows each gave."""
        files = self.files(shop).set_index("sha256")
        return [
            Source(files.at[sha, "name"], files.at[sha, "kind"].partition("/")[0], sha, number)
            if sha in files.index
            else Source("", "", sha, number)
            for sha, number in sorted(frame.attrs["sources"].items())
        ]

    # writing ---------------------------------------------------------------------------------------------------------

    def upsert(self, table: str, shop: str, frame: Any) -> tuple[int, int, int]:
        """How many rows were new, changed, or brought nothing new; of two states of a row the newer snapshot is kept.

        ``frame`` has the table's columns (missing ones count as empty) and ``source`` and ``snapshot``.
        """
        found = self.merge(table, shop, frame).value_counts()
        new, changed = int(found.get("new", 0)), int(found.get("changed", 0))
        return new, changed, len(frame) - new - changed

    def merge(self, table: str, shop: str, frame: Any) -> Any:
        """As `upsert`, but says of each row whether it was new, changed, same or replaced."""
        outcome = delta.merge(self.root / table, self._table(table), shop, frame)
        self._pins.pop(table, None)
        self._asked.clear()
        return outcome

    def forget(self, tables: Sequence[str], shop: str, sources: Sequence[str]) -> None:
        """Take out all rows that came from these files."""
        for table in tables:
            if self._rows(table, shop):
                delta.forget(self.root / table, shop, sources)
                self._pins.pop(table, None)
        self._asked.clear()

    def files(self, shop: str) -> Any:
        """The files that were imported or refused, one row each, in the order of their names."""
        if ("files", "", shop) not in self._asked:
            found = delta.rows_of(self.root / "files", shop, FILES)
            self._asked["files", "", shop] = found.sort_values("name", ignore_index=True)
        return self._asked["files", "", shop]

    def write_files(self, shop: str, frame: Any) -> None:
        """Put these rows in place of the shop's list of files."""
        self._asked.clear()
        self._overwrite("files", shop, frame, FILES)

    def quarantine(self, shop: str) -> Any:
        """The rows that wait for a correction, by file and row."""
        found = delta.rows_of(self.root / "quarantine", shop, QUARANTINE)
        return found.sort_values(["file", "row"], ignore_index=True)

    def write_quarantine(self, shop: str, frame: Any) -> None:
        """Put these rows in place of the shop's list of rows that wait for a correction."""
        self._overwrite("quarantine", shop, frame, QUARANTINE)

    # inside ----------------------------------------------------------------------------------------------------------

    @cached_property
    def _engine(self) -> Any:
        from helpers.store import engine  # a second to import: only readers need it

        return engine

    @cached_property
    def _connection(self) -> Any:
        return self._engine.connect()

    def _overwrite(self, name: str, shop: str, frame: Any, schema: pa.Schema) -> None:
        columns = pd.DataFrame({column: frame[column] for column in schema.names})
        delta.overwrite(self.root / name, shop, pa.Table.from_pandas(columns, schema, preserve_index=False))

    def _table(self, name: str) -> definitions.Table:
        self._known("store", [name], list(self.definitions))
        return self.definitions[name]

    def _known(self, where: str, names: Sequence[str], known: Sequence[str]) -> None:
        for name in names:
            if name not in known:
                raise ParameterError(where, f"{name!r} is not among its columns or tables", nearest(name, known))

    def _pin(self, name: str) -> delta.Pin | None:
        if name not in self._pins:
            self._pins[name] = delta.pinned(self.root / name)
        return self._pins[name]

    def _files(self, name: str) -> Any:
        pin = self._pin(name)
        return pd.DataFrame({"shop": [], "rows": []}) if pin is None else pin.files

    def _rows(self, name: str, shop: str) -> int:
        files = self._files(name)
        return int(files.loc[files["shop"] == shop, "rows"].sum())

    def _expression(self, name: str, shop: str, start: date | None = None, end: date | None = None) -> Any:
        definition = self._table(name)
        if name == "orders" and self._rows("order_heads", shop):
            heads = self._part("order_heads", shop, None, None)
            rows = self._engine.orders(self._part(name, shop, None, None), heads)
        else:
            rows = self._part(name, shop, start, end)
        return self._engine.within(rows, definition.booked, start, end)

    def _part(self, name: str, shop: str, start: date | None, end: date | None) -> Any:
        definition, pin = self.definitions[name], self._pin(name)
        files = [] if pin is None else list(delta.between(pin, shop, definition.booked, start, end)["path"])
        columns = {**definition.columns, "source": "text", "snapshot": "time"}
        return self._engine.table(self._connection, files, columns)

    def _stamped(self, frame: Any, table: str) -> Any:
        names = ["orders", "order_heads"] if table == "orders" else [table]
        frame.attrs["versions"] = {name: pin.version for name in names if (pin := self._pin(name))}
        return frame
