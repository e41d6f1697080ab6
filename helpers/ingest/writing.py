"""Rows into the tables: those of files that are read anew leave first, and each file's balance is struck."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from helpers.definitions.tables import Table
from helpers.errors import XiaodianError
from helpers.ingest.days import moment
from helpers.ingest.desk import AGAIN, FED, Desk
from helpers.ingest.quarantine import MARK
from helpers.ingest.reading import Reading
from helpers.ingest.refusal import cells, words
from helpers.ingest.report import Entry
from helpers.store import Store


def cleared(store: Store, desk: Desk, entries: Sequence[Entry]) -> set[str]:
    """Hashes of known files whose rows had to go: read by another definition, edited in place, corrected once more.

    Files whose rows these may have replaced are marked to be read again.
    """
    lists = {name for name, table in store.definitions.items() if not table.month}
    now = {entry.sha256: entry.definition for entry in entries if entry.status == "read"}
    held = [
        entry for entry in entries if entry.status in ("read", "same")
    ]  # same: what it holds now stands elsewhere too
    edited = {entry.file for entry in held if _in_place(entry, lists)}
    typed = {entry.file: entry.snapshot for entry in held if desk.typed(entry.kinds)}
    gone: dict[str, list[str]] = {}
    for row in desk.known[desk.known["status"] == "read"].itertuples():
        definition = row.definition.removeprefix(AGAIN)
        again = now.get(row.sha256, definition) != definition
        again |= (row.name in desk.names or row.sha256 in desk.hashes) and desk.outdated(row)
        corrected = desk.typed(row.kind.split("+")) and typed.get(row.name, pd.Timestamp.max) <= row.snapshot
        instead = (row.name in edited and _in_place(row, lists)) or corrected
        instead = instead and row.sha256 not in {*now, *desk.hashes}
        if row.sha256 not in desk.forgotten and (again or instead):
            gone[row.sha256] = row.tables.split("+")
    if gone:
        desk.forgotten |= set(gone)
        desk.again(
            store.forget(sorted({table for tables in gone.values() for table in tables}), desk.shop, sorted(gone))
        )
    return set(gone)


def _in_place(file: Any, lists: set[str]) -> bool:
    """Whether a file of the same name takes the place of this one: a plain list, or corrected rows."""
    tables = file.tables.split("+") if isinstance(file.tables, str) else file.tables
    return set(tables) <= lists or file.definition.removeprefix(AGAIN).startswith(FED)


def write(store: Store, shop: str, fresh: Sequence[Reading], formats: Mapping[str, Any]) -> None:
    """Write each table once, then strike per file the balance of its rows."""
    sent, kept = ([np.zeros(len(reading.reasons), dtype=bool) for reading in fresh] for _ in range(2))
    for name in dict.fromkeys(name for reading in fresh for name, _ in reading.frames):
        table = store.definitions[name]
        parts = [(at, frame) for at, reading in enumerate(fresh) for fed, frame in reading.frames if fed == name]
        rows = pd.concat([frame.assign(file=at) for at, frame in parts], ignore_index=True)
        won = store.merge(name, shop, rows).to_numpy() != "replaced"
        moments, position = moment(rows, table.booked), rows["position"].to_numpy()
        for at, places in rows.groupby("file").indices.items():
            sent[at][position[places]] = True
            kept[at][position[places[won[places]]]] = True
            _span(fresh[at].entry, moments.iloc[places].dropna())
            _twins(fresh[at], table, rows.iloc[places], won[places], formats)
    for reading, given, held in zip(fresh, sent, kept, strict=True):
        balance(reading, given, held)


def balance(reading: Reading, sent: Any, kept: Any) -> None:
    """Count what became of the rows of a file: those sent to the store and kept by it, and the others by reason.

    Raises
    ------
    XiaodianError
        They do not add up: a row was lost or counted twice.
    """
    entry, reasons = reading.entry, reading.reasons
    names, counts = np.unique(reasons[reasons != ""].astype(str), return_counts=True)
    dropped = dict(zip(names.tolist(), counts.tolist(), strict=True))
    entry.rows_in, entry.kept, entry.replaced = len(reasons), int(kept.sum()), int((sent & ~kept).sum())
    entry.quarantined, entry.dropped = dropped.pop(MARK, 0), dropped
    found = entry.kept + entry.replaced + entry.quarantined + sum(dropped.values())
    if found != entry.rows_in:
        raise XiaodianError(entry.file, f"{entry.rows_in} rows came in, {found} are accounted for", "report this file")


def _span(entry: Entry, moments: Any) -> None:
    """Widen the entry's days by those on which its rows are booked."""
    if len(moments):
        first, last = moments.min().date(), moments.max().date()
        entry.first_day, entry.last_day = min(first, entry.first_day or first), max(last, entry.last_day or last)


def _twins(reading: Reading, table: Table, rows: Any, won: Any, formats: Mapping[str, Any]) -> None:
    """Tell rows of one file that have the same key but not the same amounts; the last of them counts."""
    amounts, key = [name for name, kind in table.columns.items() if kind == "money" and name in rows], list(table.key)
    if won.all() or not amounts:
        return
    twins = rows[rows.duplicated(key, keep=False)]
    differ = twins.groupby(key)[amounts].transform("nunique").gt(1).any(axis=1) if len(twins) else []
    if np.any(differ):
        found = twins[differ]
        numbers = reading.numbers[found["position"]].tolist()
        names = ["/".join(map(str, row)) for row in found[key].itertuples(index=False)]
        values = cells(formats, list(zip(numbers, names, strict=True)))
        reading.entry.problems.append(words(formats["messages"]["twins"], values=values))
