"""From files to the store: each is read on its own, and all rows of a table are written at once."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from helpers import paths
from helpers.ingest import folder, readers, waiting
from helpers.ingest.desk import Desk, joined
from helpers.ingest.reading import Reading
from helpers.ingest.report import NOTED, Entry, ImportReport
from helpers.ingest.writing import cleared, write
from helpers.store import Store
from helpers.store.registers import FILES

NOT_DATA = ("toml", "md")
DATA = readers.ENDINGS
NOT_RAW = ("definitions", "truths")
BATCH = 1_500_000  # rows in memory before they are written


def discover(shop: str, inside: Path | None = None) -> list[Path]:
    """The files in the shop's folder of raw exports, or in another folder, by name; links are named, not followed."""
    start, root = inside or paths.raw(shop), paths.raw(shop)
    root = root if start.is_relative_to(root) else start
    found = [(path, path.relative_to(root).parts) for path in folder.walk(start, DATA)]
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
    Of a run that is stopped nothing is stored: the next one does its work.

    Raises
    ------
    XiaodianError
        The store cannot be written, or another run is writing.
    """
    store = store or Store.open()
    given = [Path(path) for path in files]
    with store.writing(shop):
        desk = Desk(shop, store, given)
        entries = [entry for batch in _batches(desk, given) for entry in _stored(store, desk, batch)]
        stale = [at for at, entry in enumerate(entries) if entry.sha256 in desk.stale]
        again = [
            entry for batch in _batches(desk, [given[at] for at in stale]) for entry in _stored(store, desk, batch)
        ]
        for at, entry in zip(stale, again, strict=True):
            entries[at] = entry
    return ImportReport(shop, entries)


def _batches(desk: Desk, files: Sequence[Path]) -> Iterator[list[Reading]]:
    """The files read one after the other, handed on whenever enough rows have come together."""
    batch: list[Reading] = []
    for path in files:
        batch.append(desk.read(path))
        if sum(len(reading.reasons) for reading in batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _stored(store: Store, desk: Desk, batch: Sequence[Reading]) -> list[Entry]:
    entries = [reading.entry for reading in batch]
    fresh = [reading for reading in batch if reading.entry.status == "read"]
    gone = cleared(store, desk, entries)
    write(store, desk.shop, fresh, desk.formats)
    waiting.settle(store, desk, fresh, gone)
    desk.known = _note(store, desk.shop, desk.known[~desk.known["sha256"].isin(gone)], entries)
    desk.stale -= {entry.sha256 for entry in entries if entry.status == "read"}
    return entries


def _note(store: Store, shop: str, known: Any, entries: Sequence[Entry]) -> Any:
    """The list of files, brought up to date; a file that was not read leaves it when its name comes again."""
    noted = [entry for entry in entries if entry.status in NOTED]
    if not noted:
        return known
    names, hashes = [entry.file for entry in entries], [entry.sha256 for entry in noted]
    old = known[(known["status"] == "read") | ~(known["sha256"].isin(hashes) | known["name"].isin(names))]
    rows = pd.DataFrame([_row(shop, entry) for entry in noted], columns=FILES.names).astype(known.dtypes.to_dict())
    listed = pd.concat([old, rows]).sort_values("status", key=lambda status: status == "read", kind="stable")
    content = listed["sha256"].mask(listed["sha256"] == "", listed["name"])  # a file that did not open has no hash
    listed = listed[~content.duplicated(keep="last")]
    store.write_files(shop, listed)
    return listed


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
