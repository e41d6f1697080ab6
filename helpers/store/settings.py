"""How the query engine runs, and up to which size a table is kept in memory."""

import os
from typing import Any

from helpers.definitions import files

ADDRESS = "XIAODIAN_ENGINE"


def address() -> str:
    """The server that answers questions, such as ``sc://host``; empty: DuckDB in this process."""
    return os.environ.get(ADDRESS, "")


def setting(name: str) -> Any:
    """A setting of ``engine.toml``, or the environment variable that stands for it."""
    entry = files.toml(files.find("engine.toml"))[name]
    return os.environ.get(entry["env"]) or entry["value"]


def kept_rows() -> int:
    """Rows up to which a table is kept in memory."""
    return int(setting("kept_rows"))
