"""The clean tables of the store: what a row is, its key, its columns and their types."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from helpers.definitions import files
from helpers.errors import DefinitionError, nearest

TYPES = ("id", "text", "int", "money", "rate", "seconds", "time", "day", "person", "flag")
WHOLE = ("int", "money")
REAL = ("rate", "seconds")
MOMENT = ("time", "day")


def pandas_type(kind: str) -> str:
    """The dtype of a column that may have gaps."""
    if kind in WHOLE:
        return "Int64"
    return "float64" if kind in REAL else "datetime64[us]" if kind in MOMENT else "boolean" if kind == "flag" else "str"


@dataclass(frozen=True)
class Table:
    """One table of ``tables/*.toml``.

    Parameters
    ----------
    name : str
        Its name in the store.
    row : mapping of str to str
        What one row is, by language.
    key : tuple of str
        Columns that tell rows apart within a shop; none of them may be empty.
    month : str
        Column whose month partitions the table; empty for a plain list.
    booked : tuple of str
        Moments by which a row belongs to a period: the first one present wins.
    columns : mapping of str to str
        Type of each column.
    regions : tuple of str
        Columns that tell where people live: sums by them put small groups together.
    beyond : tuple of str
        Columns whose numbers may lie outside the ``[ranges]`` of formats.toml: counts below 0, rates that are no shares.
    daily : bool
        Whether every day that an export covers has rows, so that a day without any is missing.
    words : mapping of str to tuple of str
        The only words that a column may hold, where numbers depend on them.
    """

    name: str
    row: Mapping[str, str] = field(hash=False)
    key: tuple[str, ...]
    month: str
    booked: tuple[str, ...]
    columns: Mapping[str, str] = field(hash=False)
    regions: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()
    daily: bool = False
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    @property
    def moments(self) -> tuple[str, ...]:
        """Columns that place a row in time; a plain list is placed by the days of its key."""
        placed = dict.fromkeys([*self.booked, *([self.month] if self.month else [])])
        return tuple(placed) or tuple(name for name in self.key if self.columns[name] in MOMENT)


def load(shop: str = "") -> dict[str, Table]:
    """All tables by name.

    Raises
    ------
    DefinitionError
        A key, a month or a type that the table does not have, or a table that two files name.
    """
    found: dict[str, Table] = {}
    for path in files.united("tables", shop):
        for name, entry in files.toml(path).items():
            if name in found:
                raise DefinitionError(f"tables/{path.name}", f"table {name!r} stands in two files", "keep one")
            found[name] = _table(name, entry)
    return found


def _table(name: str, entry: Mapping[str, object]) -> Table:
    columns = entry["columns"]
    assert isinstance(columns, dict)
    table = Table(
        name,
        entry["row"],  # type: ignore[arg-type]
        tuple(entry["key"]),  # type: ignore[arg-type]
        str(entry["month"]),
        tuple(entry["booked"]),  # type: ignore[arg-type]
        columns,
        tuple(entry.get("regions", ())),  # type: ignore[arg-type]
        tuple(entry.get("beyond", ())),  # type: ignore[arg-type]
        bool(entry.get("daily", False)),
        {column: tuple(words) for column, words in entry.get("words", {}).items()},  # type: ignore[attr-defined]
    )
    for column in [*table.key, *table.moments, *table.regions, *table.beyond, *table.words]:
        if column not in columns:
            raise DefinitionError(f"tables {name}", f"has no column {column!r}", nearest(column, list(columns)))
    for column, kind in columns.items():
        if kind not in TYPES:
            raise DefinitionError(f"tables {name}.{column}", f"unknown type {kind!r}", nearest(kind, TYPES))
    return table
