"""The upsert: of each key the newest export's state, the same whatever the order in which files arrive.

A row of the table carries the snapshot of the export that wrote it. An export that brings the same state again writes
nothing to the table; that it confirmed the state, and when, is remembered in a small table beside it (``seen``), so that
a different state from before that moment, arriving late, still loses. Of two exports of one moment the one with the
greater hash counts.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from helpers.definitions.tables import Table
from helpers.errors import XiaodianError
from helpers.store import arrivals, delta, layers, parts

OUTCOMES = ("new", "changed", "same", "replaced")
NEW, CHANGED, SAME, REPLACED = range(4)


def merge(path: Path, seen: Path, table: Table, shop: str, frame: Any) -> Any:
    """What became of each row: new, changed, same (nothing new in it) or replaced (a newer export has another state).

    Parameters
    ----------
    path, seen : Path
        Where the table and its register of confirmed states lie; the caller holds their lock.
    frame : DataFrame
        Columns of the table (missing ones are empty) with ``source`` and ``snapshot``; its order decides between
        rows of one file with the same key: the last one wins.

    Raises
    ------
    XiaodianError
        A key is empty, a column cannot be stored as its type, or the table already holds a key twice.
    """
    rows = arrivals.prepared(table, frame)
    outcome = np.full(len(rows), NEW, dtype="int8")
    last = arrivals.newest(rows, table)
    outcome[~last] = REPLACED
    every = delta.of_shop(path, shop)
    files = _candidates(every, table, rows)
    found = _matches(rows, np.flatnonzero(last), files, table)
    register = delta.of_shop(seen, shop).reset_index(drop=True)
    _confirmed(found, rows, register, files, table)
    _compared(found, rows, files, table)
    differing = np.where(_ahead(found, "", "_old"), CHANGED, REPLACED)
    outcome[found["row"]] = np.where(found["differs"], differing, SAME)
    written = np.flatnonzero(outcome <= CHANGED)
    gone = _places(found[outcome[found["row"]] == CHANGED], files, "file", "place")
    parts.swap(path, delta.schema(table), shop, rows, arrivals.by_month(rows, table, written), every, gone, table.key)
    _confirm(seen, table, shop, rows, found, files, register)
    return pd.Series(pd.Categorical.from_codes(outcome, categories=list(OUTCOMES)))


def overtaken(path: Path, table: Table, shop: str, frame: Any) -> Any:
    """Per row whether a newer export with other columns says something else where both say something.

    ``table`` is the one that readers see, and ``frame`` what was merged into it: one export, or several at once.
    """
    found, every = np.zeros(len(frame), dtype=bool), delta.of_shop(path, shop)
    if not len(frame) or not layers.several(every):
        return found
    rows = arrivals.prepared(table, frame)
    files = _candidates(every, table, rows)
    files = delta.overlapping(files, "snapshot", pc.min(rows["snapshot"]).as_py(), files["max.snapshot"].max())
    files = files.reset_index(drop=True)
    both = _keys_in(rows, np.arange(len(rows)), files, table).sort_values(["file", "place"], ignore_index=True)
    both["snapshot"] = rows["snapshot"].to_numpy()[both["row"]]
    both = both[both["stored_snapshot"] > both["snapshot"]].reset_index(drop=True)
    _compared(both, rows, files, table, gaps=False)
    found[both["row"][both["differs"]]] = True
    return found


def forget(path: Path, seen: Path, table: Table, shop: str, sources: Iterable[str]) -> None:
    """Take out of a table, and of its register, all rows that came from the given files of a shop."""
    wanted, source = pa.array(sorted(sources), pa.string()), pa.schema({"source": pa.string()})
    for folder, columns in ((path, delta.schema(table)), (seen, _register(table))):
        files, gone = delta.of_shop(folder, shop), dict[str, Any]()
        for file in files["path"]:
            places = np.flatnonzero(pc.is_in(parts.read(file, source)["source"], wanted).to_numpy())
            gone |= {file: places} if len(places) else {}
        parts.swap(folder, columns, shop, columns.empty_table(), {}, files, gone, table.key)


def newest(path: Path, seen: Path, table: Table, shop: str, frame: Any) -> Any:
    """Per row the moment of the newest export that had the stored state of its key; missing where the key is not stored.

    ``frame`` has the columns of the key, ``source`` and ``snapshot``.
    """
    rows, register = arrivals.prepared(table, frame), delta.of_shop(seen, shop).reset_index(drop=True)
    places, files = np.arange(len(rows)), _candidates(delta.of_shop(path, shop), table, rows)
    found, confirmed = _keys_in(rows, places, files, table), _keys_in(rows, places, register, table)
    both = pd.concat([found, confirmed[confirmed["row"].isin(found["row"])]])
    return both.groupby("row")["stored_snapshot"].max().reindex(places)


def _candidates(files: Any, table: Table, rows: pa.Table) -> Any:
    """The files that may hold one of the keys, in any month: a row may have got its month since, or another one."""
    for name in table.key if len(rows) and len(files) else ():
        ends = pc.min_max(rows[name]).as_py()
        files = delta.overlapping(files, name, ends["min"], ends["max"])
    return files.reset_index(drop=True)


def _matches(rows: pa.Table, places: Any, files: Any, table: Table) -> Any:
    """One row per arriving row whose key is stored: where, and of which export; in the order of the files."""
    found = _keys_in(rows, places, files, table).sort_values(["file", "place"], ignore_index=True)
    if found["row"].duplicated().any():
        raise XiaodianError(f"table {table.name}", "holds a key twice", "move the store away and import again")
    found["snapshot"] = rows["snapshot"].to_numpy()[found["row"]]
    found["source"] = rows["source"].take(pa.array(found["row"])).to_pandas()
    return found.rename(columns={"stored_snapshot": "snapshot_old", "stored_source": "source_old"})


def _keys_in(rows: pa.Table, places: Any, files: Any, table: Table) -> Any:
    """Where the keys of the rows at these places stand in the files: row, file, place, and the export it came from."""
    key = delta.own(table)
    key = pa.schema([key.field(name) for name in table.key])
    held = pa.schema([*key, ("source", pa.string()), ("snapshot", pa.timestamp("us"))])
    every = [
        held.empty_table().append_column("file", pa.array([], "int64")).append_column("place", pa.array([], "int64"))
    ]
    for at, file in enumerate(files["path"]):
        stored = parts.read(file, held)
        numbers = pa.array(np.full(len(stored), at)), pa.array(np.arange(len(stored)))
        every.append(stored.append_column("file", numbers[0]).append_column("place", numbers[1]))
    stored = pa.concat_tables(every).rename_columns([*table.key, "stored_source", "stored_snapshot", "file", "place"])
    mine = rows.select(table.key).append_column("row", pa.array(np.arange(len(rows)))).take(pa.array(places))
    joined = mine.join(stored, keys=list(table.key), join_type="inner")
    return joined.select(["row", "file", "place", "stored_source", "stored_snapshot"]).to_pandas()


def _confirmed(found: Any, rows: pa.Table, register: Any, files: Any, table: Table) -> None:
    """Move the age of a stored state to that of the newest export which confirmed it."""
    found["seen_file"] = found["seen_place"] = -1
    here = register[register["month"].isin(files["month"].iloc[found["file"].unique()])]
    if not len(here):
        return
    seen = _keys_in(rows, found["row"].to_numpy(), here, table).sort_values(["stored_snapshot", "stored_source"])
    seen = seen.drop_duplicates("row", keep="last").set_index("row").reindex(found["row"]).reset_index(drop=True)
    known = seen["file"].notna()
    found.loc[known, ["seen_file", "seen_place"]] = seen.loc[known, ["file", "place"]].astype("int64").to_numpy()
    found["seen_file"] = found["seen_file"].where(~known, here.index.to_numpy()[found["seen_file"]])
    found[["snapshot_seen", "source_seen"]] = seen[["stored_snapshot", "stored_source"]]
    later = known & ~_ahead(found, "_old", "_seen")
    for name in ("snapshot", "source"):
        found[f"{name}_old"] = found[f"{name}_old"].where(~later, found[f"{name}_seen"])


def _ahead(found: Any, one: str, other: str) -> Any:
    """Whether one export is not older than the other."""
    taken, then = found[f"snapshot{one}"], found[f"snapshot{other}"]
    return (taken > then) | ((taken == then) & (found[f"source{one}"] >= found[f"source{other}"]))


def _compared(found: Any, rows: pa.Table, files: Any, table: Table, gaps: bool = True) -> None:
    """Say of each row whether its state is another one than the stored; without ``gaps`` an empty cell differs from none."""
    states, differs = delta.own(table), np.zeros(len(found), dtype=bool)
    arriving = rows.select(states.names)
    for at, part in found.groupby("file"):
        stored = parts.consecutive(parts.read(files["path"].iloc[at], states), part["place"].to_numpy())
        ours = parts.consecutive(arriving, part["row"].to_numpy())
        for name in states.names:
            unequal = pc.fill_null(pc.not_equal(ours[name], stored[name]), False)
            if gaps:
                unequal = pc.or_(unequal, pc.xor(ours[name].is_null(), stored[name].is_null()))
            differs[part.index] |= unequal.to_numpy()
    found["differs"] = differs


def _confirm(seen: Path, table: Table, shop: str, rows: pa.Table, found: Any, files: Any, register: Any) -> None:
    """Remember of each row whose state was stored already that a newer export has it too."""
    newer = found[~found["differs"] & ~_ahead(found, "_old", "")]
    months = files["month"].iloc[newer["file"]].to_numpy()
    fresh = {month: part["row"].to_numpy() for month, part in newer.groupby(months)}
    gone = _places(newer[newer["seen_file"] >= 0], register, "seen_file", "seen_place")
    parts.swap(seen, _register(table), shop, rows, fresh, register, gone, table.key)


def _places(found: Any, files: Any, file: str, place: str) -> dict[str, Any]:
    """Places by the path of their file."""
    return {files["path"].iloc[at]: part[place].to_numpy() for at, part in found.groupby(file)}


def _register(table: Table) -> pa.Schema:
    """Columns of the register: the key, and the newest export that had the stored state."""
    columns = delta.schema(table)
    return pa.schema([columns.field(name) for name in (*delta.PARTITION, *table.key, "source", "snapshot")])
