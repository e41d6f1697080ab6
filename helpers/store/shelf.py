"""Where the tables lie: which version of each a shop's reader sees, and the locks under which they change."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.definitions import files as settings
from helpers.errors import ParameterError
from helpers.store import delta, locks, parts, shared, versions

NOTHING = pd.DataFrame({"path": [], "shop": [], "rows": []})


class Shelf:
    """The tables of a store, read at one version per shop as long as the object lives.

    Parameters
    ----------
    given : mapping of str to int, optional
        The versions to read; a table that is not named counts as not there.
    as_of : datetime, optional
        Read what the last whole import before this moment left.
    """

    def __init__(self, root: Path, given: Mapping[str, int] | None, as_of: datetime | None) -> None:
        self.root = root
        self._given, self._as_of = given, as_of
        self._writing: set[str] = set()
        self.refresh()

    def refresh(self) -> None:
        """Forget what was read: from now on the newest versions count."""
        self.answers: dict[tuple[str, str, str], Any] = {}  # what many callers ask
        self._pins: dict[tuple[str, int | None], delta.Pin | None] = {}
        self._published: dict[str, Mapping[str, int] | None] = {}

    # reading ---------------------------------------------------------------------------------------------------------

    def versions(self, shop: str) -> Mapping[str, int] | None:
        """The versions that a reader of the shop sees; None: the newest."""
        if self._given is not None or shop in self._writing:
            return self._given
        if shop not in self._published:
            self._published[shop] = versions.published(self.root, shop, self._as_of)
        return self._published[shop]

    def pin(self, name: str, shop: str) -> delta.Pin | None:
        """The version of a table that a reader of the shop sees."""
        seen = self.versions(shop)
        if seen is not None and name not in seen:
            return self._pinned(name, None) if name.startswith(versions.SEEN) else None  # not among the given ones
        return self._pinned(name, None if seen is None else seen[name])

    def files(self, name: str, shop: str) -> Any:
        """The shop's files of a table, one row each."""
        if ("own", name, shop) not in self.answers:
            pin = self.pin(name, shop)
            self.answers["own", name, shop] = NOTHING if pin is None else pin.files[pin.files["shop"] == shop]
        return self.answers["own", name, shop]

    def rows(self, name: str, shop: str) -> int:
        """How many rows the shop has in a table."""
        if ("rows", name, shop) not in self.answers:
            pin = self.pin(name, shop)
            self.answers["rows", name, shop] = 0 if pin is None else pin.rows(shop)
        return int(self.answers["rows", name, shop])

    def shops(self, name: str) -> list[str]:
        """Shops that have rows in the table, seen by their readers or not yet."""
        pin = self._pinned(name, None if self._given is None else self._given.get(name, -1))
        return [] if pin is None else pin.actions["shop"].unique().to_pylist()

    def _pinned(self, name: str, version: int | None) -> delta.Pin | None:
        if (name, version) not in self._pins:
            self._pins[name, version] = None if version == -1 else self._opened(name, version)
        return self._pins[name, version]

    def _opened(self, name: str, version: int | None) -> delta.Pin | None:
        if version is None:
            return delta.pinned(self.root / name)
        pin: delta.Pin | None = shared.once(
            f"{self.root} {name} {version}", lambda: delta.pinned(self.root / name, version)
        )
        return pin

    # writing ---------------------------------------------------------------------------------------------------------

    def seen(self, table: str) -> Path:
        """Where the register of confirmed states of a table lies."""
        return self.root / versions.SEEN / table

    @contextmanager
    def writing(self, shop: str) -> Iterator[None]:
        """One import of a shop at a time, seen by readers as a whole at its end; see `Store.writing`."""
        if shop in self._writing:
            yield
            return
        if self._given is not None or self._as_of is not None:
            raise ParameterError("store", "is open at a past version", f"unset {versions.ENVIRONMENT} before writing")
        with ExitStack() as stack:
            with parts.guarded(self.root):
                stack.enter_context(self._locked(f"shop-{parts.safe(shop)}", f"shop {shop}"))
                self._undo(shop)
            self._writing.add(shop)
            self.refresh()
            try:
                yield
                with parts.guarded(self.root):
                    versions.publish(self.root, shop)
            finally:
                self._writing.discard(shop)
                self.refresh()

    @contextmanager
    def changing(self, name: str, shop: str) -> Iterator[Path]:
        """The path of a table that nobody else writes meanwhile."""
        with self.writing(shop), parts.guarded(self.root), self.alone(name):
            try:
                yield self.root / name
            finally:
                self.refresh()

    def alone(self, name: str) -> AbstractContextManager[None]:
        """The lock of a table and of its register."""
        name = name.removeprefix(f"{versions.SEEN}/")
        return self._locked(f"table-{name}", f"table {name}")

    def _locked(self, name: str, what: str) -> AbstractContextManager[None]:
        wait = settings.toml(settings.find("store.toml"))["wait_seconds"]["value"]
        return locks.held(self.root / "_locks" / name, wait, what)

    def _undo(self, shop: str) -> None:
        """Bring all tables of a shop back to what its last whole import left."""
        kept = versions.published(self.root, shop)
        if kept is None:
            versions.publish(self.root, shop)  # from here on readers see whole imports only
            return
        for name, version in versions.current(self.root).items():
            if version != kept.get(name):
                with self.alone(name):
                    versions.undo(self.root / name, shop, kept.get(name))
