"""The list of rows that wait for a correction, brought up to date after each import."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from helpers.definitions.tables import pandas_type
from helpers.ingest.desk import FED, Desk
from helpers.ingest.reading import Reading
from helpers.ingest.refusal import words
from helpers.store import Store
from helpers.store.registers import QUARANTINE

ROW = ["source", "sheet", "row"]


def settle(store: Store, desk: Desk, fresh: Sequence[Reading], gone: set[str]) -> None:
    """Put the rows set aside on the list; take off it those that came back or that the store now holds."""
    if not fresh and not gone:
        return
    old = store.quarantine(desk.shop)
    for reading in fresh:
        desk.corrected |= reading.corrected
    _ask_corrections(desk, fresh)
    if not len(old) and not any(reading.aside for reading in fresh):
        return
    left = old[~old["source"].isin({*gone, *(reading.entry.sha256 for reading in fresh)})]
    left = _without_replaced(desk, left, fresh)
    new = [{**row, **_origin(desk.shop, reading)} for reading in fresh for row in reading.aside]
    fed = pd.DataFrame(new, columns=QUARANTINE.names).astype(old.dtypes.to_dict())
    listed = pd.concat([left, fed], ignore_index=True)
    newest = listed.sort_values("snapshot", kind="stable").drop_duplicates(ROW, keep="last")
    listed = listed.loc[newest.index.sort_values()]  # one content may be read under two names
    back = [row in desk.corrected for row in listed[ROW].itertuples(index=False, name=None)]
    listed = listed[~np.array(back, dtype=bool)]
    listed = listed[~_held(store, desk.shop, listed)] if len(listed) else listed
    for reading in fresh:
        reading.entry.waiting = int((listed["source"] == reading.entry.sha256).sum())
    if len(listed) or len(old):
        store.write_quarantine(desk.shop, listed)


def _ask_corrections(desk: Desk, fresh: Sequence[Reading]) -> None:
    """Have known corrections read again where a content comes once more, as a newer export, with rows set aside."""
    again = {reading.entry.sha256 for reading in fresh if reading.aside} & set(desk.known["sha256"])
    if again:
        desk.again(desk.known["sha256"][desk.known["definition"].str.startswith(FED)].tolist())


def _origin(shop: str, reading: Reading) -> dict[str, str]:
    return {"shop": shop, "source": reading.entry.sha256, "file": reading.entry.file}


def _without_replaced(desk: Desk, waiting: Any, fresh: Sequence[Reading]) -> Any:
    """The list without rows of a file that was corrected in place: its name, its kind, and all of its days again."""
    known = desk.known.drop_duplicates("sha256").set_index("sha256")
    for reading in fresh:
        entry, own = reading.entry, waiting["file"] == reading.entry.file
        for source in waiting["source"][own].unique():
            if source in known.index and _covers(entry, known.loc[source]):
                gone = waiting["source"] == source
                message = desk.formats["messages"]["let_go"]
                entry.problems.append(words(message, n=int(gone.sum())))
                waiting = waiting[~gone]
    return waiting


def _covers(entry: Any, old: Any) -> bool:
    if entry.first_day is None or pd.isna(old["first_day"]) or "+".join(entry.kinds) != old["kind"]:
        return False
    return bool(entry.first_day <= old["first_day"].date() and entry.last_day >= old["last_day"].date())


def _held(store: Store, shop: str, waiting: Any) -> Any:
    """Per row whether the store holds its keys in a state that is as new: then nothing is missing."""
    keys = [(at, *key) for at, text in enumerate(waiting["key"]) for key in json.loads(text)]
    missing = np.ones(len(waiting), dtype=bool)
    missing[[at for at, *_ in keys]] = False
    for name in sorted({table for _, table, *_ in keys}):
        table, own = store.definitions[name], [(at, *key) for at, table, *key in keys if table == name]
        rows = pd.DataFrame(own, columns=["at", *table.key])
        rows = rows.astype({column: pandas_type(table.columns[column]) for column in table.key})
        origin = waiting[["source", "snapshot"]].iloc[rows["at"]].reset_index(drop=True)
        newest = store.newest(name, shop, pd.concat([rows, origin], axis=1))
        missing[rows["at"][~(newest >= origin["snapshot"]).to_numpy()]] = True
    return ~missing
