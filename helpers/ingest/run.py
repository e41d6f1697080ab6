"""From files to the store: each is read on its own, and all rows of a table are written at once."""

import json
from collections.abc import Sequence
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers import paths
from helpers.ingest import readers
from helpers.ingest.desk import Desk, Reading, joined
from helpers.ingest.report import Entry, ImportReport
from helpers.store import Store
from helpers.store.registers import FILES

NOT_DATA = ("toml", "json", "md")
NOT_RAW = ("definitions", "truths")


def discover(shop: str) -> list[Path]:
    """The files that lie in the shop's folder of raw exports, by name."""
    root = paths.raw(shop)
    found = [(path, path.relative_to(root).parts) for path in sorted(root.rglob("*")) if path.is_file()]
    return [
        path
        for path, parts in found
        if parts[0] not in NOT_RAW
        and not any(part.startswith((".", "~$")) for part in parts)
        and readers.ending(path) not in NOT_DATA
    ]


def ingest(files: Sequence[Path], shop: str, store: Store | None = None) -> ImportReport:
    """What became of each file; the rows of those that could be read are in the store.

    A file that the store already holds, read by the same definition, is not opened again; a fault stops no other file.
    """
    store = store or Store.open()
    desk = Desk(shop, store)
    readings = [desk.read(Path(path)) for path in files]
    fresh = [reading for reading in readings if reading.entry.status == "read"]
    known = _cleared(store, shop, desk.known, [reading.entry for reading in fresh])
    _write(store, shop, fresh)
    entries = [reading.entry for reading in readings]
    _note(store, shop, known, entries)
    return ImportReport(shop, entries)


def _cleared(store: Store, shop: str, known: Any, fresh: Sequence[Entry]) -> Any:
    """The known files without those whose rows had to go: read by another definition, or lists edited in place."""
    lists = {name for name, table in store.definitions.items() if not table.month}
    now = {entry.sha256: entry.definition for entry in fresh}
    edited = {entry.file for entry in fresh if set(entry.tables) <= lists}
    gone = []
    for row in known[known["status"] == "read"].itertuples():
        redefined = now.get(row.sha256, row.definition) != row.definition
        if redefined or (row.name in edited and set(row.tables.split("+")) <= lists):
            store.forget(row.tables.split("+"), shop, [row.sha256])
            gone.append(row.sha256)
    return known[~known["sha256"].isin(gone)]


def _write(store: Store, shop: str, fresh: Sequence[Reading]) -> None:
    """Write each table once, then count per file which of its rows the store holds."""
    kept = [np.zeros(len(reading.reasons), dtype=bool) for reading in fresh]
    for name in dict.fromkeys(name for reading in fresh for name, _ in reading.frames):
        parts = [(at, frame) for at, reading in enumerate(fresh) for table, frame in reading.frames if table == name]
        rows = pd.concat([frame.assign(file=at) for at, frame in parts], ignore_index=True)
        won = store.merge(name, shop, rows).to_numpy() != "replaced"
        moments = _booked(rows, store.definitions[name].booked)
        for at, places in rows.groupby("file").indices.items():
            kept[at][rows["position"].to_numpy()[places[won[places]]]] = True
            _span(fresh[at].entry, moments.iloc[places].dropna())
    for reading, held in zip(fresh, kept, strict=True):
        _balance(reading, held)


def _balance(reading: Reading, held: Any) -> None:
    entry, used = reading.entry, reading.reasons == ""
    reasons, counts = np.unique(reading.reasons[~used].astype(str), return_counts=True)
    entry.rows_in, entry.kept, entry.replaced = len(used), int(held.sum()), int((used & ~held).sum())
    entry.dropped = dict(zip(reasons.tolist(), counts.tolist(), strict=True))


def _booked(rows: Any, names: Sequence[str]) -> Any:
    columns = [rows[name] for name in names if name in rows] or [pd.Series(pd.NaT, index=rows.index)]
    return reduce(lambda first, then: first.fillna(then), columns)


def _span(entry: Entry, moments: Any) -> None:
    """Widen the entry's days by those on which its rows are booked."""
    if len(moments):
        first, last = moments.min().date(), moments.max().date()
        entry.first_day, entry.last_day = min(first, entry.first_day or first), max(last, entry.last_day or last)


def _note(store: Store, shop: str, known: Any, entries: Sequence[Entry]) -> None:
    """Bring the list of files up to date; a file that was not read leaves the list when its name comes again."""
    noted = [entry for entry in entries if entry.status in ("read", "refused", "unknown")]
    if not noted:
        return
    names, hashes = [entry.file for entry in entries], [entry.sha256 for entry in noted]
    old = known[~known["sha256"].isin(hashes) & ((known["status"] == "read") | ~known["name"].isin(names))]
    rows = pd.DataFrame([_row(shop, entry) for entry in noted], columns=FILES.names).astype(known.dtypes.to_dict())
    listed = pd.concat([old, rows])
    content = listed["sha256"].mask(listed["sha256"] == "", listed["name"])  # a file that did not open has no hash
    store.write_files(shop, listed[~content.duplicated(keep="last")])


def _row(shop: str, entry: Entry) -> dict[str, Any]:
    texts = {
        f"{part}_{lang}": getattr(entry, part).get(lang, "") for part in ("reason", "todo") for lang in ("zh", "en")
    }
    return {
        **{name: getattr(entry, name) for name in FILES.names if hasattr(entry, name)},
        **texts,
        "shop": shop,
        "name": entry.file,
        "kind": joined(entry.kinds),
        "tables": joined(entry.tables),
        "dropped": json.dumps(dict(entry.dropped), ensure_ascii=False),
        "problems": json.dumps(entry.problems, ensure_ascii=False),
    }
