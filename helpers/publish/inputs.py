"""What a chapter was made of, and whether that is still the same: code, definitions, parameters, and the rows it read."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from helpers import paths
from helpers.definitions import files
from helpers.errors import XiaodianError
from helpers.period import Period
from helpers.publish import manifest

FILES = "files"  # the list of exports: with it moves the day until which the data reach
SOURCES = ("*.py", "*.typ", "*.lua", "*.ttf")


def ground(shop: str) -> str:
    """One hash of what every notebook of a shop stands on: the package, the packages it uses, the definitions."""
    told = f"{_package()} {files.hashes(shop)} {manifest.packages()}"
    return hashlib.sha256(told.encode()).hexdigest()


def code(notebook: Path, parameters: Mapping[str, str], ground: str) -> str:
    """One hash of a notebook, its parameters and what it stands on."""
    told = f"{ground} {sorted(parameters.items())}".encode()
    return hashlib.sha256(notebook.read_bytes() + told).hexdigest()


@cache
def _package() -> str:
    folder, found = paths.ROOT / "helpers", hashlib.sha256()
    for path in sorted(path for pattern in SOURCES for path in folder.rglob(pattern)):
        found.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return found.hexdigest()


class Rows:
    """The rows of a shop as they are now, to be compared with those that earlier runs read."""

    def __init__(self, shop: str) -> None:
        from helpers.store import Store

        self._open, self.shop, self.ground = Store.open, shop, ground(shop)
        self._now = Store.open()
        self.versions = self._now.versions(shop)
        self._past: dict[tuple[tuple[str, int], ...], Any] = {}

    def same(self, entry: Mapping[str, Any], period: Period) -> bool:
        """Whether what a review of the period may know is what it knew.

        Parameters
        ----------
        entry : mapping
            What ``run.json`` says of the chapter: ``read``, of each table the version (None: there was no such table) and the
            day up to which it looked; ``cutoff``, until when the data reached; ``exported``, when the exports that it asked
            about were made.
        """
        read = entry["read"]
        moved = {name: until for name, (version, until) in read.items() if self.versions.get(name) != version}
        if not moved:
            return True
        then = {name: version for name, (version, _) in read.items() if version is not None}
        try:
            return self._reach(period, entry["exported"]) == (entry["cutoff"], entry["exported"]) and all(
                self._mark(self._at(then), name, until) == self._mark(self._now, name, until)
                for name, until in moved.items()
                if name != FILES
            )
        except XiaodianError:  # that past was cleaned up
            return False

    def _reach(self, period: Period, tables: Iterable[str]) -> tuple[str, dict[str, str]]:
        """Until when the data reach now, and when the newest exports of these tables were made, as far as a review may know."""
        from helpers.report import Report

        report = Report(self._now, period, self.shop, "zh")
        return f"{report.covered}", {name: f"{report.taken(name) or ''}" for name in tables}

    def _mark(self, store: Any, table: str, until: str) -> str:
        mark: str = store.mark(table, self.shop, date.fromisoformat(until))
        return mark

    def _at(self, versions: Mapping[str, int]) -> Any:
        key = tuple(sorted(versions.items()))
        if key not in self._past:
            self._past[key] = self._open(versions=versions)
        return self._past[key]
