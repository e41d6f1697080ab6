"""Facts of a table: one for each of its rows."""

from collections.abc import Sequence
from typing import Any

from helpers.findings import Value
from helpers.report import Report


def per_row(
    report: Report,
    id: str,
    frame: Any,
    dimension: str,
    column: str,
    claim: str,
    files: Sequence[str],
    n: str = "orders",
) -> dict[str, Value]:
    """One fact ``<id>/<dimension>=<row>`` for each row that has a number, by the row's name.

    A column ending in ``_fen`` holds money in fen. Its interval stands in ``<column>_low`` and ``<column>_high``; that
    of a ``rate`` in ``low`` and ``high``.
    """
    birth = report.money if column.endswith("_fen") else report.value
    found = {}
    for _, row in frame[frame[column].notna()].iterrows():
        ends = {end: row.get(end if column == "rate" else f"{column}_{end}") for end in ("low", "high")}
        name = row[dimension]
        found[name] = birth(f"{id}/{dimension}={name}", row[column], claim, files, n=row.get(n), **ends)
    return found
