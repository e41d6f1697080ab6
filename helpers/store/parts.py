"""The Parquet files of a Delta table: written by partition, read back in any schema, swapped in one commit."""

import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake import DeltaTable, Schema
from deltalake.exceptions import DeltaError
from deltalake.transaction import AddAction, RemoveAction, create_table_with_add_actions

from helpers.errors import XiaodianError
from helpers.store import delta

ROWS = 1 << 20  # of one file at most
SMALL = 1 << 14  # of a file that new rows may join
GROUP = 1 << 17  # rows that a reader decodes at once
SAMPLE = 10_000  # rows that show whether a column repeats itself
LONGEST = 200  # characters of a text that is worth a statistic
# nothing of the past goes away by itself: it is cleaned up by a command
PROPERTIES = {
    "delta.enableExpiredLogCleanup": "false",
    "delta.logRetentionDuration": "interval 36500 days",
    "delta.deletedFileRetentionDuration": "interval 36500 days",
    "delta.checkpointInterval": "50",
    "delta.dataSkippingNumIndexedCols": "-1",  # statistics of all columns count, not of the first 32
}


@contextmanager
def guarded(path: Path) -> Iterator[None]:
    """A disk that is full, a folder that cannot be written, a damaged table: one line instead of a traceback.

    Raises
    ------
    XiaodianError
        In place of an error of the system, of Delta or of Arrow.
    """
    try:
        yield
    except (OSError, DeltaError, pa.ArrowException) as error:
        cause = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        todo = "free disk space, check that the folder may be written, run again; what was stored before is whole"
        raise XiaodianError(f"store {path}", f"cannot be written: {cause}", todo) from error


def safe(name: str) -> str:
    """A name as the name of a folder: letters of any script stay, all else is quoted."""
    return re.sub(r"[^\w-]", lambda found: quote(found[0], safe="") if found[0] != "." else "%2E", name)


def consecutive(rows: pa.Table, places: Any) -> pa.Table:
    """The rows at these places; nothing is copied where the places follow each other."""
    if len(places) and places[-1] - places[0] == len(places) - 1 and (np.diff(places) == 1).all():
        return rows.slice(int(places[0]), len(places))
    return rows.take(pa.array(places))


def read(file: str, schema: pa.Schema) -> pa.Table:
    """The rows of a file in the given columns and types; a column that it lacks is empty."""
    source = pq.ParquetFile(file)
    known = set(source.schema_arrow.names)
    rows = source.read([name for name in schema.names if name in known])
    return conformed(rows, schema)


def conformed(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """The rows in the given columns and types; a column that they lack is empty."""
    known = set(rows.column_names)
    columns = [
        rows[field.name].cast(field.type) if field.name in known else pa.nulls(len(rows), field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)


def write(path: Path, rows: pa.Table, partition: Mapping[str, str], key: Sequence[str]) -> list[AddAction]:
    """Write the rows, which lack the partition's columns, and describe the new files."""
    folder = path.joinpath(*(f"{name}={safe(value)}" for name, value in partition.items()))
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for start in range(0, len(rows), ROWS):
        file = folder / f"part-{uuid4()}.parquet"
        piece = rows.slice(start, ROWS)
        repeats = _repeating(piece)
        pq.write_table(
            piece, file, row_group_size=GROUP, compression="snappy", use_dictionary=repeats, store_schema=False
        )
        made.append(described(path, file, partition, key))
    return made


def _repeating(rows: pa.Table) -> list[str]:
    """The columns for which a dictionary saves work: less than half of the values of a sample are different."""
    head = rows.slice(0, SAMPLE)
    return [name for name in rows.column_names if pc.count_distinct(head[name], mode="all").as_py() * 2 <= len(head)]


def described(path: Path, file: Path, partition: Mapping[str, str], key: Sequence[str]) -> AddAction:
    """What the log of the table says of a file: its size, its rows, and of each column what decides on opening it.

    These are the number of empty cells, and least and greatest value; of texts only where they are part of the key.
    """
    footer = pq.read_metadata(file)
    least, most, empty = {}, {}, {}
    for at in range(footer.num_columns):
        name = footer.schema.column(at).path
        chunks = [footer.row_group(group).column(at).statistics for group in range(footer.num_row_groups)]
        if all(chunk is not None and chunk.has_null_count for chunk in chunks):
            empty[name] = sum(chunk.null_count for chunk in chunks)
            filled = [chunk for chunk in chunks if chunk.num_values]
            if filled and all(chunk.has_min_max for chunk in filled):
                low, high = min(chunk.min for chunk in filled), max(chunk.max for chunk in filled)
                if not isinstance(high, str) or (name in key and max(len(low), len(high)) <= LONGEST):
                    least[name], most[name] = _plain(low), _plain(high)
    stats = {"numRecords": footer.num_rows, "minValues": least, "maxValues": most, "nullCount": empty}
    stat = file.stat()
    name = file.relative_to(path).as_posix()
    return AddAction(name, stat.st_size, dict(partition), int(stat.st_mtime * 1000), True, json.dumps(stats))


def _plain(value: Any) -> Any:
    return value.isoformat(timespec="microseconds") if hasattr(value, "isoformat") else value


def removed(path: Path, file: str, partition: Mapping[str, str]) -> RemoveAction:
    """What the log of the table says of a file that no longer belongs to it; the file itself stays for the past."""
    found = Path(file)
    name, size = found.relative_to(path).as_posix(), found.stat().st_size
    return RemoveAction(name, True, int(time.time() * 1000), size, dict(partition))


def commit(path: Path, schema: pa.Schema, adds: list[AddAction], removes: list[RemoveAction]) -> None:
    """Swap files in one step that readers see whole or not at all; the table is made where there is none."""
    by = [name for name in delta.PARTITION if name in schema.names]
    if not adds and not removes:
        return
    if delta.exists(path):
        DeltaTable(path).create_write_transaction([*adds, *removes], "append", schema, by)
    else:
        create_table_with_add_actions(
            str(path), Schema.from_arrow(schema), adds, partition_by=by, configuration=PROPERTIES
        )


def swap(
    path: Path,
    columns: pa.Schema,
    shop: str,
    rows: pa.Table,
    months: Mapping[str, Any],
    files: Any,
    gone: Mapping[str, Any],
    key: Sequence[str],
) -> None:
    """Add rows to a table by month, and take rows out of its files, in one commit.

    Parameters
    ----------
    months : mapping of str to array of int
        Which of ``rows`` belong to which month.
    files : DataFrame
        The shop's files in the newest version: path, month.
    gone : mapping of str to array of int
        Places of the rows that go, by the path of their file.
    """
    if not months and not gone:
        return
    schema = delta.stored_schema(path, columns)
    inner = pa.schema([field for field in schema if field.name not in delta.PARTITION])
    adds: list[AddAction] = []
    removes: list[RemoveAction] = []
    for month in sorted({*months, *files.loc[files["path"].isin(list(gone)), "month"]}):
        partition = {"shop": shop, "month": month}
        fresh = conformed(consecutive(rows, months.get(month, np.empty(0, int))), inner)
        for file in _touched(files[files["month"] == month], gone):
            rest = _without(read(file, inner), gone.get(file, []))
            adds += write(path, pa.concat_tables([rest, fresh]), partition, key)
            removes.append(removed(path, file, partition))
            fresh = fresh.slice(0, 0)
        adds += write(path, fresh, partition, key)
    commit(path, schema, adds, removes)


def _touched(files: Any, gone: Mapping[str, Any]) -> list[str]:
    """The files of a month to write anew: those that lose rows, else a small one, so that small ones do not pile up."""
    small = files[files["rows"] <= SMALL].sort_values("rows")["path"].head(1)
    return [file for file in files["path"] if file in gone] or list(small)


def _without(rows: pa.Table, places: Any) -> pa.Table:
    if not len(places):
        return rows
    stays = np.ones(len(rows), dtype=bool)
    stays[places] = False
    return rows.filter(pa.array(stays))


def overwrite(path: Path, shop: str, rows: pa.Table) -> None:
    """Put the rows in place of all rows of the shop in a small table without months; the same rows write nothing."""
    files = delta.of_shop(path, shop)
    if gathered(files, rows.schema).equals(rows):
        return
    schema, partition = delta.stored_schema(path, rows.schema), {"shop": shop}
    inner = pa.schema([field for field in schema if field.name != "shop"])
    adds = write(path, conformed(rows, inner), partition, [])
    commit(path, schema, adds, [removed(path, file, partition) for file in files["path"]])


def gathered(files: Any, schema: pa.Schema) -> pa.Table:
    """The rows of some files of one table; ``shop`` is told by their place."""
    read_ones = [
        read(row.path, schema.remove(schema.get_field_index("shop"))).append_column(
            schema.field("shop"), pa.repeat(row.shop, int(row.rows))
        )
        for row in files.itertuples()
    ]
    return pa.concat_tables([schema.empty_table(), *(rows.select(schema.names) for rows in read_ones)])
