"""Metrics that the engine works out: their columns with units, and their options."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from helpers.definitions import files, thresholds
from helpers.errors import DefinitionError, ParameterError, nearest

FILE = "queries.toml"


@dataclass(frozen=True)
class Query:
    """One metric of ``queries.toml``.

    Parameters
    ----------
    id : str
        Its name in the code.
    name, row : mapping of str to str
        What it is called, and what one row of it is, by language.
    columns : mapping of str to str
        Unit of each column, in the frame's order.
    types : mapping of str to str
        Type of each column.
    options : mapping of str to Any
        The options that hold.
    most_rows : int
        The longest answer that is given.
    """

    id: str
    name: Mapping[str, str]
    row: Mapping[str, str]
    columns: Mapping[str, str]
    types: Mapping[str, str]
    options: Mapping[str, Any]
    most_rows: int


def names() -> tuple[str, ...]:
    """All metrics."""
    return tuple(files.toml(files.find(FILE))["metrics"])


def load(id: str, shop: str, options: Mapping[str, Any]) -> Query:
    """A metric with the options of a caller in place of its own.

    Raises
    ------
    ParameterError
        No such metric or option.
    DefinitionError
        A column has a unit that the file does not list.
    """
    content = files.toml(files.find(FILE, shop))
    units, metrics = content["units"], content["metrics"]
    if id not in metrics:
        raise ParameterError("metric", f"{id!r} is not defined", nearest(id, list(metrics)))
    entry = metrics[id]
    own = entry.get("options", {})
    for name in options:
        if name not in own:
            raise ParameterError(f"metric {id}", f"has no option {name!r}", nearest(name, list(own)))
    chosen = {name: _value(value, shop) for name, value in {**own, **options}.items()}
    columns = {name.format(**chosen): unit for name, unit in entry["columns"].items()}
    for name, unit in columns.items():
        if unit not in units:
            raise DefinitionError(f"{FILE} {id}.{name}", f"unknown unit {unit!r}", nearest(unit, list(units)))
    types = {name: units[unit]["type"] for name, unit in columns.items()}
    return Query(id, entry["name"], entry["row"], columns, types, chosen, content["limits"]["most_rows"])


def _value(value: Any, shop: str) -> Any:
    if isinstance(value, str) and value.startswith("@"):
        return thresholds.load(shop)[value[1:]]
    return value
