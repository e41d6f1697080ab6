"""The rows of a store as expressions of the engine: files of a version, completed and united, cut to a period."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from helpers.store import delta, kept, layers
from helpers.store import versions as book
from helpers.store.writer import Writer

ORIGIN = {"rounded": "text", "source": "text", "snapshot": "time"}
HEADS = {"orders": ("order_heads",)}  # tables that complete another one as it is read


class Expressions(Writer):
    """The part of a `Store` that asks the engine; it is imported, and connected to, with the first question."""

    @cached_property
    def _engine(self) -> Any:
        from helpers.store import engine  # a second to import: only readers need it

        return engine

    @cached_property
    def _connection(self) -> Any:
        return self._engine.connect()

    @cached_property
    def _views(self) -> dict[Any, Any]:
        return {}  # tables of the engine by their files, which never change

    def _pin(self, name: str, shop: str) -> delta.Pin | None:
        return self._shelf.pin(name, shop)

    def _rows(self, name: str, shop: str) -> int:
        return self._shelf.rows(name, shop)

    def _expression(self, name: str, shop: str, start: date | None = None, end: date | None = None) -> Any:
        booked = self._table(name).booked
        return self._engine.within(self._unbooked(name, shop, start, end), booked, start, end)

    def _unbooked(
        self, name: str, shop: str, start: date | None, end: date | None, only: Sequence[str] | None = None
    ) -> Any:
        """The rows of the files that may hold rows of the period, and so perhaps more rows than those; at least ``only``."""
        if name == "orders" and self._rows("order_heads", shop):
            return self._completed(name, "order_heads", shop)
        return self._part(name, shop, start, end, only)

    def _completed(self, name: str, heads: str, shop: str) -> Any:
        files = [self._files(table, shop) for table in (name, heads)]
        key = tuple(tuple(found["path"]) for found in files)
        if key not in self._views:
            parts = [self._part(table, shop, None, None) for table in (name, heads)]
            size = sum(int(found["rows"].sum()) for found in files)
            self._views[key] = self._engine.named(self._connection, self._engine.orders(*parts), size)
        return self._views[key]

    def _part(
        self, name: str, shop: str, start: date | None, end: date | None, only: Sequence[str] | None = None
    ) -> Any:
        definition, pin, files = self.definitions[name], self._pin(name, shop), self._files(name, shop)
        every, mixed = {**definition.columns, **ORIGIN}, layers.several(files)
        if pin is not None and not mixed:
            files = delta.between(pin, shop, definition.booked, start, end)
        columns = {**every, layers.LAYER: "text"} if mixed else {column: every[column] for column in only or every}
        seen = self._files(f"{book.SEEN}/{name}", shop) if mixed else files[:0]
        key = (name, tuple(files["path"]), tuple(columns), tuple(seen["path"]))
        if key not in self._views:
            rows = self._engine.table(self._connection, dict(zip(files["path"], files["rows"], strict=True)), columns)
            self._views[key] = self._united(name, shop, rows, columns, seen) if mixed else rows
        return self._views[key]

    def _united(self, name: str, shop: str, rows: Any, columns: Mapping[str, str], told: Any) -> Any:
        key, seen = self.definitions[name].key, None
        if len(told):
            known = {column: columns[column] for column in (*key, layers.LAYER, "snapshot")}
            seen = self._engine.table(self._connection, dict(zip(told["path"], told["rows"], strict=True)), known)
        return self._engine.named(self._connection, self._engine.united(rows, key, seen), self._rows(name, shop))

    def _fetched(self, table: str, rows: Any, wanted: Sequence[str], keep: bool = False) -> Any:
        """The rows by booked moment and key, with the files that they came from, and with that moment to be kept."""
        definition = self.definitions[table]
        marks = [name for name in ("source", "head_source") if name in rows.columns]
        booked = [self._engine.booked(rows, definition.booked).name(kept.MOMENT)] if definition.booked else []
        columns = [*dict.fromkeys([*wanted, *marks]), *(booked if keep else ())]
        return self._engine.fetch(rows.order_by([*booked, *definition.key]).select(*columns))
