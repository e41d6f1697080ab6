"""What changes a store: rows merged, files forgotten, the lists beside the tables; and whole imports around them."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from helpers.definitions import tables as definitions
from helpers.errors import ParameterError, nearest
from helpers.store import layers, merge, parts
from helpers.store.registers import FILES, QUARANTINE
from helpers.store.shelf import Shelf


class Writer:
    """The half of a `Store` that writes, and that keeps the lists of files and of rows that wait."""

    def __init__(self, root: Path, given: Mapping[str, int] | None = None, as_of: datetime | None = None) -> None:
        self.root = root
        self.definitions = definitions.load()
        self._shelf = Shelf(root, given, as_of)

    def upsert(self, table: str, shop: str, frame: Any) -> tuple[int, int, int]:
        """How many rows were new, changed, or brought nothing new; of two states of a row the newer snapshot is kept.

        ``frame`` has the table's columns (missing ones count as empty) and ``source`` and ``snapshot``.
        """
        found = self.merge(table, shop, frame).value_counts()
        new, changed = int(found.get("new", 0)), int(found.get("changed", 0))
        return new, changed, len(frame) - new - changed

    def merge(self, table: str, shop: str, frame: Any) -> Any:
        """As `upsert`, but says of each row whether it was new, changed, same or replaced (by a newer state).

        Raises
        ------
        XiaodianError
            A key is empty, a column does not fit its type, the disk is full or may not be written, or another run
            was writing all the time. Nothing of the rows is stored then.
        """
        definition = layers.stored(self._table(table))
        with self._shelf.changing(table, shop) as path:
            found = merge.merge(path, self._shelf.seen(table), definition, shop, layers.marked(frame))
            found[merge.overtaken(path, self._table(table), shop, frame)] = "replaced"
            return found

    def newest(self, table: str, shop: str, frame: Any) -> Any:
        """Per row the moment of the newest export that had the stored state of its key; missing where none is stored.

        ``frame`` has the columns of the key, ``source`` and ``snapshot``.
        """
        definition = self._table(table)
        with self._shelf.changing(table, shop) as path:
            return merge.newest(path, self._shelf.seen(table), definition, shop, frame)

    def forget(self, tables: Sequence[str], shop: str, sources: Sequence[str]) -> list[str]:
        """Take out all rows that came from these files; gives the other files that fed the tables.

        These must be merged again: the rows that went may have replaced theirs.
        """
        with self.writing(shop):
            for table in tables:
                definition = layers.stored(self._table(table))
                with self._shelf.changing(table, shop) as path:
                    merge.forget(path, self._shelf.seen(table), definition, shop, sources)
            return sorted(set(self._feeding(tables, shop)["sha256"]) - set(sources))

    def writing(self, shop: str) -> AbstractContextManager[None]:
        """One import of a shop at a time: readers see all that is written inside it at its end, or nothing.

        What a killed import left is undone before; a second import waits. Tables may be written by imports of
        other shops meanwhile.

        Raises
        ------
        XiaodianError
            Another import was writing the shop all the time, the disk is full or may not be written, or this store
            shows the past.
        """
        return self._shelf.writing(shop)

    # lists beside the tables -----------------------------------------------------------------------------------------

    def files(self, shop: str) -> Any:
        """The files that were imported or refused, one row each, in the order of their names."""
        if ("files", "", shop) not in self._shelf.answers:
            self._shelf.answers["files", "", shop] = self._register("files", shop, FILES).sort_values(
                "name", ignore_index=True
            )
        return self._shelf.answers["files", "", shop]

    def _feeding(self, tables: Sequence[str], shop: str) -> Any:
        """The files that were read into one of these tables."""
        files = self.files(shop)
        feeds = np.array([bool(set(tables) & set(names.split("+"))) for names in files["tables"]], dtype=bool)
        return files[(files["status"] == "read") & feeds]

    def write_files(self, shop: str, frame: Any) -> None:
        """Put these rows in place of the shop's list of files."""
        self._overwrite("files", shop, frame, FILES)

    def quarantine(self, shop: str) -> Any:
        """The rows that wait for a correction, by file and row."""
        return self._register("quarantine", shop, QUARANTINE).sort_values(["file", "row"], ignore_index=True)

    def write_quarantine(self, shop: str, frame: Any) -> None:
        """Put these rows in place of the shop's list of rows that wait for a correction."""
        self._overwrite("quarantine", shop, frame, QUARANTINE)

    def _register(self, name: str, shop: str, schema: pa.Schema) -> Any:
        return parts.gathered(self._files(name, shop), schema).to_pandas()

    def _overwrite(self, name: str, shop: str, frame: Any, schema: pa.Schema) -> None:
        columns = pd.DataFrame({column: frame[column] for column in schema.names})
        rows = pa.Table.from_pandas(columns, schema, preserve_index=False)
        with self._shelf.changing(name, shop) as path:  # in a fixed order: the same rows are the same list
            parts.overwrite(path, shop, rows.sort_by([(column, "ascending") for column in schema.names]))

    def _table(self, name: str) -> definitions.Table:
        self._known("store", [name], list(self.definitions))
        return self.definitions[name]

    def _known(self, where: str, names: Sequence[str], known: Sequence[str]) -> None:
        for name in names:
            if name not in known:
                raise ParameterError(where, f"{name!r} is not among its columns or tables", nearest(name, known))

    def _files(self, name: str, shop: str) -> Any:
        return self._shelf.files(name, shop)
