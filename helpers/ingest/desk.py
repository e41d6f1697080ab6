"""One file: known already, read and converted, or refused with its reason."""

import csv
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers import paths
from helpers.definitions import exports
from helpers.definitions import shop as shops
from helpers.ingest import (
    columns,
    convert,
    days,
    feedback,
    filled,
    folder,
    kept,
    notes,
    quarantine,
    readers,
    recognise,
    totals,
)
from helpers.ingest.reading import Look, Reading
from helpers.ingest.refusal import Refusal, words
from helpers.ingest.report import Entry
from helpers.ingest.rules import RawSheet
from helpers.store import Store

FED = "fed:"  # before the definition of rows that came back corrected
AGAIN = (
    "again:"  # before the definition of a file that has to be read again: rows that replaced some of its own are gone
)


class Desk:
    """Reads the files of one shop, one run long.

    Parameters
    ----------
    shop : str
        The shop.
    store : Store
        Where its rows are; ``known`` lists the files that it has met.
    files : sequence of Path
        All files of the run.
    """

    def __init__(self, shop: str, store: Store, files: Sequence[Path] = ()) -> None:
        self.shop, self.tables = shop, store.definitions
        self.formats = exports.formats(shop)
        self.kinds = exports.load(shop, store.definitions)
        self.zone = shops.load(shop).timezone
        self.known = store.files(shop)
        self.names = {self.name(path) for path in files}
        self.hashes: set[str] = set()  # contents met in this run
        self.forgotten: set[str] = set()  # contents whose rows left the store in this run
        self.stale: set[str] = set()  # contents that have to be read again
        self.corrected: set[tuple[str, str, int]] = set()  # rows that came back, by source, sheet and row
        self._seen: set[tuple[str, datetime | None]] = set()

    def name(self, path: Path) -> str:
        """The file's name in reports and lists: its path in the shop's folder."""
        root = paths.raw(self.shop)
        return folder.shown(str(path.relative_to(root)) if path.is_relative_to(root) else path.name)

    def outdated(self, known: Any) -> bool:
        """Whether a known file would be read by another definition today."""
        by_id = {kind.id: kind.definition for kind in self.kinds}
        definition = known.definition.removeprefix(AGAIN).removeprefix(FED)
        return bool(definition != joined(by_id.get(id_, "") for id_ in known.kind.split("+")))

    def again(self, contents: Sequence[str]) -> None:
        """Note that these files have to be read again."""
        rows = self.known["sha256"].isin(contents) & ~self.known["definition"].str.startswith(AGAIN)
        self.known.loc[rows, "definition"] = AGAIN + self.known.loc[rows, "definition"]
        self.stale |= set(contents)

    def typed(self, kinds: Iterable[str]) -> bool:
        """Whether such files are typed by people, who correct them in place without a newer day in them."""
        return {*kinds} <= {kind.id for kind in self.kinds if kind.template}

    def read(self, path: Path) -> Reading:
        """The file's entry and rows; a file that cannot be read gives its reason and what to do, never an exception."""
        name = self.name(path)
        entry = Entry(name, "ignored")
        try:
            entry.sha256 = self._unchanged(path, entry)
            if entry.sha256 and self._is_known(entry):
                self.hashes.add(entry.sha256)
                return Reading(entry)
            held = [self.content(path)]
            entry.sha256 = hashlib.sha256(held[0]).hexdigest()
            self.hashes.add(entry.sha256)
            return Reading(entry) if self._is_known(entry) else self._opened(path, held, entry)
        except Refusal as error:
            return Reading(Entry(name, error.status, entry.sha256, reason=error.reason, todo=error.advice))
        except (OSError, csv.Error) as error:
            message = words(self.formats["messages"]["not_opened"], error=error)
            return Reading(
                Entry(name, "refused", entry.sha256, reason=message, todo=words(self.formats["todo"]["save"]))
            )

    def _unchanged(self, path: Path, entry: Entry) -> str:
        """The hash of a file that has not been written since it was last read; empty for any other."""
        entry.stamp = folder.stamp(path)
        if not entry.stamp:
            return ""
        same = self.known[(self.known["name"] == entry.file) & (self.known["stamp"] == entry.stamp)]
        return str(same["sha256"].iloc[-1]) if len(same) else ""

    def content(self, path: Path) -> bytes:
        """The bytes of a file.

        Raises
        ------
        Refusal
            It is none of the kinds of files that hold data, or may not or cannot be opened.
        """
        return folder.content(path, paths.raw(self.shop), readers.ENDINGS, self.formats)

    def _is_known(self, entry: Entry) -> bool:
        """Whether the store holds this content by today's definitions, and the name tells no newer moment of export."""
        same = self.known[(self.known["sha256"] == entry.sha256) & (self.known["status"] == "read")]
        for row in same.itertuples() if len(same) else ():
            kinds = [kind for kind in self.kinds if kind.id in row.kind.split("+")]
            told = [recognise.name_snapshot(entry.file, kind, self.formats, self.zone) for kind in kinds]
            newer = any(moment is not None and moment > row.snapshot for moment in told)
            newer |= any(recognise.by_name(kind) for kind in kinds) and self._days(entry.file) != self._days(row.name)
            if not newer and row.definition.removeprefix(FED) == joined(kind.definition for kind in kinds):
                entry.status, entry.snapshot = "same", row.snapshot.to_pydatetime()
                entry.kinds, entry.tables = tuple(row.kind.split("+")), tuple(row.tables.split("+"))
                return True
        return False

    def _days(self, name: str) -> tuple[date, date] | None:
        return recognise.dates(Path(name).stem, self.formats)

    def matches(self, path: Path, held: list[bytes]) -> list[tuple[recognise.Match, Any]]:
        """The sheets of a file that are read; those of corrected rows with where each row comes from.

        The file's bytes are taken out of ``held``, so that nobody else keeps them while its rows are converted.
        """
        pages = readers.sheets(path, held.pop(), self.formats)
        fed = feedback.matches(path, pages, self.kinds, self.formats)
        return fed or [(match, None) for match in recognise.matches(path, pages, self.kinds, self.formats)]

    def _opened(self, path: Path, held: list[bytes], entry: Entry) -> Reading:
        found = self.matches(path, held)
        reading, kinds = Reading(entry), {match.kind.id: match.kind for match, _ in found}
        entry.kinds = tuple(kinds)
        fed = any(rows is not None for _, rows in found)
        entry.definition = (FED if fed else "") + joined(kind.definition for kind in kinds.values())
        for match, rows in found:
            self._sheet(path, match, rows, reading)
        twice = (entry.sha256, entry.snapshot) in self._seen
        self._seen.add((entry.sha256, entry.snapshot))
        entry.status = "same" if twice else "read"
        return Reading(entry) if twice else reading

    def look(self, path: Path, match: recognise.Match, fed: Any) -> Look:
        """One sheet with its rows by table, before it is judged by those that must be set aside."""
        sheet = opened(path, match, fed, self.shop, self.formats)
        match.sheet.close()
        columns.solid(sheet.raw)
        notes.short(sheet)
        if fed is None and len(sheet.raw):
            sheet.skipped = notes.separated(sheet, match.sheet.head[match.row], self.tables)
        frames, reasons = convert.converted(sheet, self.tables)
        days.periods(sheet, frames)
        taken = days.exported(sheet, frames, self.tables, self.zone)
        told = days.told_hour(recognise.name_snapshot(sheet.path.name, match.kind, self.formats, self.zone))
        totals.check(sheet, self.tables)
        days.compare(sheet, frames, self.tables, told)
        sheet.problems += filled.remarks(sheet, reasons)
        return Look(sheet, frames, reasons, taken, told)

    def _sheet(self, path: Path, match: recognise.Match, fed: Any, reading: Reading) -> None:
        look, entry = self.look(path, match, fed), reading.entry
        quarantine.judge(look.sheet, int((look.reasons == "").sum()))
        self._add(look.sheet, look.frames, look.reasons, look.taken, reading)
        entry.exported = max(look.told, entry.exported or look.told) if look.told else entry.exported

    def _add(self, sheet: RawSheet, frames: convert.Frames, reasons: Any, taken: datetime, reading: Reading) -> None:
        """Add the rows of one sheet: those set aside to the list, the others with their origin to the frames."""
        entry, before = reading.entry, len(reading.reasons)
        moments = np.full(len(reasons), np.datetime64(taken, "us")) if sheet.fed is None else sheet.fed["snapshot"]
        moments = np.asarray(moments, dtype="datetime64[us]")
        aside = kept.rows(sheet, frames, self.tables)
        reasons[[row["place"] for row in aside]] = quarantine.MARK
        reading.aside += [{**row, "snapshot": pd.Timestamp(moments[row["place"]])} for row in aside]
        for name, frame in frames:
            sound = quarantine.sound(sheet, frame)
            position, origin = sound["position"] + before, moments[sound["position"]]
            reading.frames.append((name, sound.assign(position=position, source=entry.sha256, snapshot=origin)))
        if sheet.fed is not None:
            reading.corrected |= set(sheet.fed[["source", "sheet", "row"]].itertuples(index=False, name=None))
            taken = pd.Timestamp(moments.max()).to_pydatetime() if len(moments) else taken
        reading.reasons = np.concatenate((reading.reasons, reasons, sheet.skipped.to_numpy()))
        reading.numbers = np.concatenate((reading.numbers, sheet.raw.index, sheet.skipped.index)).astype(int)
        entry.problems += [one for at, one in enumerate(sheet.problems) if one not in sheet.problems[:at]]
        entry.tables = tuple(dict.fromkeys([*entry.tables, *(name for name, _ in frames)]))
        entry.snapshot = max(taken, entry.snapshot or taken)


def opened(path: Path, match: recognise.Match, fed: Any, shop: str, formats: Mapping[str, Any]) -> RawSheet:
    """The raw rows of a sheet; rows that come back corrected stand in the place of their first file and sheet."""
    told, problems = match.told(path), match.problems(formats)
    if fed is not None and len(fed):
        path = Path(fed["file"].iloc[0])
        told |= {"#name": path.stem, "#sheet": fed["sheet"].iloc[0]}
    return RawSheet(path, match.kind, match.raw(), match.titles(), shop, formats, problems, told, fed=fed)


def joined(parts: Iterable[str]) -> str:
    """Several codes in one cell of the list of files."""
    return "+".join(parts)
