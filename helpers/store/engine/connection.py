"""A connection to the engine, the files of a table behind it, and what it answers."""

import socket
import tempfile
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import ibis
import pyarrow as pa

from helpers.errors import ParameterError, XiaodianError
from helpers.store.delta import arrow_type
from helpers.store.frames import framed
from helpers.store.settings import ADDRESS, address, kept_rows, setting

SERVER = "sc://"
PORT = 15002


def connect() -> Any:
    """A connection of its own: DuckDB in memory, or the Spark Connect server that ``XIAODIAN_ENGINE`` names.

    How much memory it takes, where it spills and what may be set from outside stands in ``engine.toml``.

    Raises
    ------
    ParameterError
        An address of another kind, a client that is not installed, or a server that does not answer.
    """
    given = address()
    if given.startswith(SERVER):
        return _spark(given)
    if given:
        raise ParameterError(
            ADDRESS, f"{given!r} is no engine", f"use {SERVER}host:15002, or leave it empty for DuckDB"
        )
    return _duckdb()


def _duckdb() -> Any:
    folder = Path(setting("spill") or tempfile.gettempdir())
    folder.mkdir(parents=True, exist_ok=True)
    config = {
        "memory_limit": setting("memory"),
        "temp_directory": str(folder / f"xiaodian-{uuid.uuid4().hex}"),  # DuckDB makes it when it spills, and clears it
        "preserve_insertion_order": False,  # every result is put in order explicitly
        "autoinstall_known_extensions": False,
    }
    threads = int(setting("threads"))
    return ibis.duckdb.connect(**config, **({"threads": threads} if threads else {}))


def _spark(given: str) -> Any:
    server = urlsplit(given)
    shown = f"{SERVER}{server.hostname}:{server.port or PORT}"  # what follows may be a token
    try:
        from pyspark.sql.connect.session import SparkSession
    except ImportError:
        raise ParameterError(ADDRESS, f"{shown} needs the Spark client", "pip install 'xiaodian[spark]'") from None
    try:
        with socket.create_connection((server.hostname, server.port or PORT), float(setting("answer_seconds"))):
            pass  # the client itself would retry for ten minutes
        return ibis.pyspark.connect(SparkSession.builder.remote(given).create())
    except Exception as error:  # the client's errors have no common class
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        todo = "start the server or correct the address"
        raise ParameterError(ADDRESS, f"{shown} does not answer: {reason}", todo) from None


def _on_spark(con: Any) -> bool:
    return bool(con.name == "pyspark")


def table(con: Any, files: Mapping[str, int], columns: Mapping[str, str]) -> Any:
    """The files (path → rows) as one table with exactly these columns (name → type); a column that no file has is empty.

    Raises
    ------
    XiaodianError
        The server does not see all rows of the files.
    """
    wanted = pa.schema({name: arrow_type(kind) for name, kind in columns.items()})
    types = ibis.Schema.from_pyarrow(wanted)
    if _on_spark(con):
        return _spark_table(con, files, types)
    if not len(files):
        return ibis.memtable(wanted.empty_table())
    found = con.read_parquet(list(files), union_by_name=True, hive_partitioning=False)
    known = set(found.columns)
    return found.select(**{name: found[name] if name in known else ibis.null(types[name]) for name in columns})


def _spark_table(con: Any, files: Mapping[str, int], types: Any) -> Any:
    from ibis.backends.pyspark.datatypes import PySparkSchema
    from pyspark.sql.connect.session import SparkSession
    from pyspark.sql.types import StructField, StructType, TimestampNTZType, TimestampType

    session: SparkSession = con._session
    fields = [  # the files hold times without a zone, and are read as such
        StructField(field.name, TimestampNTZType() if isinstance(field.dataType, TimestampType) else field.dataType)
        for field in PySparkSchema.from_ibis(types)
    ]
    schema = StructType(fields)
    paths = [_seen_by_server(path) for path in files]
    found = session.read.schema(schema).parquet(*paths) if paths else session.createDataFrame([], schema)
    rows = sum(files.values())
    if paths and found.count() != rows:  # a server may take a file that it does not find for an empty one
        where = str(Path(paths[0]).parent)
        raise XiaodianError(
            ADDRESS, f"the server does not see all {rows} rows under {where}", "see docs/scale.md, paths"
        )
    name = f"store_{uuid.uuid4().hex}"
    found.createOrReplaceTempView(name)
    return con.table(name)


def _seen_by_server(path: str) -> str:
    here, _, there = str(setting("paths")).partition("=")
    return there + path[len(here) :] if there and path.startswith(here) else path


def named(con: Any, rows: Any, size: int) -> Any:
    """The rows under a name in the engine: a long expression is translated once, and worked out once where it is small."""
    name = f"store_{uuid.uuid4().hex}"
    if _on_spark(con) or size > kept_rows():
        return con.create_view(name, rows)
    return con.create_table(name, rows, temp=True)


def fetch(found: Any) -> Any:
    """The result as a frame: int64 (Int64 where something is missing), float64, datetime64[us], boolean, text as str."""
    con = found.get_backend()
    return framed(con.raw_sql(con.compile(found)).toArrow() if _on_spark(con) else found.to_pyarrow())
