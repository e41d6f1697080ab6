"""One file: known already, read and converted, or refused with its reason."""

import csv
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers import paths
from helpers.definitions import exports
from helpers.definitions import shop as shops
from helpers.ingest import convert, readers, recognise
from helpers.ingest.refusal import Refusal, words
from helpers.ingest.report import Entry
from helpers.ingest.rules import RawSheet
from helpers.store import Store


@dataclass
class Reading:
    """One file on its way into the store: its entry, its frames by table, and why each of its rows was dropped."""

    entry: Entry
    frames: convert.Frames = field(default_factory=list)
    reasons: Any = field(default_factory=lambda: np.empty(0, dtype=object))


class Desk:
    """Reads the files of one shop; ``known`` lists those that the store has met."""

    def __init__(self, shop: str, store: Store) -> None:
        self.shop, self.tables = shop, store.definitions
        self.formats = exports.formats(shop)
        self.kinds = exports.load(shop, store.definitions)
        self.zone = shops.load(shop).timezone
        self.known = store.files(shop)
        self._seen: set[tuple[str, datetime | None]] = set()

    def read(self, path: Path) -> Reading:
        """The file's entry and rows; a file that cannot be read gives its reason and what to do, never an exception."""
        root, ending = paths.raw(self.shop), readers.ending(path)
        name = str(path.relative_to(root)) if path.is_relative_to(root) else path.name
        entry = Entry(name, "ignored")
        try:
            if ending not in readers.ENDINGS:
                message = words(self.formats["messages"]["ending"], ending=ending)
                raise Refusal(name, message, words(self.formats["todo"]["none"]), "ignored")
            data = path.read_bytes()
            entry.sha256 = hashlib.sha256(data).hexdigest()
            return Reading(entry) if self._is_known(entry) else self._opened(path, data, entry)
        except Refusal as error:
            return Reading(Entry(name, error.status, entry.sha256, reason=error.reason, todo=error.advice))
        except (OSError, csv.Error) as error:
            message = words(self.formats["messages"]["not_opened"], error=error)
            return Reading(
                Entry(name, "refused", entry.sha256, reason=message, todo=words(self.formats["todo"]["save"]))
            )

    def _is_known(self, entry: Entry) -> bool:
        """Whether the store holds this content by today's definitions, and the name tells no newer moment of export."""
        same = self.known[(self.known["sha256"] == entry.sha256) & (self.known["status"] == "read")]
        for row in same.itertuples():
            kinds = [kind for kind in self.kinds if kind.id in row.kind.split("+")]
            told = [recognise.name_snapshot(entry.file, kind, self.formats, self.zone) for kind in kinds]
            newer = any(moment is not None and moment > row.snapshot for moment in told)
            if not newer and joined(kind.definition for kind in kinds) == row.definition:
                entry.status, entry.snapshot = "same", row.snapshot.to_pydatetime()
                entry.kinds, entry.tables = tuple(row.kind.split("+")), tuple(row.tables.split("+"))
                return True
        return False

    def _opened(self, path: Path, data: bytes, entry: Entry) -> Reading:
        found = recognise.matches(path, readers.sheets(path, data, self.formats), self.kinds, self.formats)
        reading = Reading(entry)
        kinds = {kind.id: kind for kind in self.kinds if kind in [match.kind for match in found]}
        entry.kinds, entry.definition = tuple(kinds), joined(kind.definition for kind in kinds.values())
        for match in found:
            self._sheet(path, match, reading)
        twice = (entry.sha256, entry.snapshot) in self._seen
        self._seen.add((entry.sha256, entry.snapshot))
        entry.status = "same" if twice else "read"
        return Reading(entry) if twice else reading

    def _sheet(self, path: Path, match: recognise.Match, reading: Reading) -> None:
        sheet = RawSheet(path, match.kind, match.raw(), match.titles(), self.shop, self.formats)
        frames, reasons = convert.converted(sheet, self.tables)
        self._count(sheet, frames)
        taken = recognise.name_snapshot(path.name, match.kind, self.formats, self.zone)
        taken = taken or recognise.inside_snapshot(sheet.raw, frames, match.kind, self.tables, self.formats)
        entry, before = reading.entry, len(reading.reasons)
        for name, frame in frames:
            placed = frame.assign(position=frame["position"] + before)
            reading.frames.append((name, placed.assign(source=entry.sha256, snapshot=pd.Timestamp(taken))))
        reading.reasons = np.append(reading.reasons, reasons)
        entry.problems += sheet.problems
        entry.tables = tuple(dict.fromkeys([*entry.tables, *(name for name, _ in frames)]))
        entry.snapshot = max(taken, entry.snapshot or taken)

    def _count(self, sheet: RawSheet, frames: convert.Frames) -> None:
        """Give the rows of period totals their counting period."""
        if not sheet.kind.period or not len(sheet.raw):
            return
        start, end, agreed = recognise.periods(sheet.raw, sheet.kind, sheet.path.name, self.formats)
        for _, frame in frames:
            frame["period_start"] = start.to_numpy()[frame["position"]]
            frame["period_end"] = end.to_numpy()[frame["position"]]
            if frame["period_start"].isna().any():
                raise sheet.refusal("no_period", "rename")
        if not agreed:
            message, inside = self.formats["messages"]["other_period"], f"{start.min():%Y-%m-%d}..{end.max():%Y-%m-%d}"
            sheet.problems.append(words(message, name=sheet.path.name, inside=inside))


def joined(parts: Iterable[str]) -> str:
    """Several codes in one cell of the list of files."""
    return "+".join(parts)
