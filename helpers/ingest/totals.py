"""Total rows of a sheet against the rows that they stand for: a difference is told, never passed."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from helpers.definitions.mapping import Into, Total, header
from helpers.definitions.tables import WHOLE, Table
from helpers.ingest import cells
from helpers.ingest.refusal import cells as listed
from helpers.ingest.refusal import words
from helpers.ingest.rules import RawSheet, holds


def check(sheet: RawSheet, tables: Mapping[str, Table]) -> None:
    """Tell every total that differs from the sum of its rows by more than rounding can explain."""
    for into in sheet.kind.into:
        for total in into.totals if len(sheet.raw) else ():
            _check(sheet, into, total, tables[into.table])


def _check(sheet: RawSheet, into: Into, total: Total, table: Table) -> None:
    head = holds(sheet, total.total)
    if not head.any():
        return
    part = ~head & ~sheet.blank & (holds(sheet, total.of) if total.of else True)
    if not part.any():
        return
    read = {name: _read(sheet, into, table, name) for name in (*total.by, *total.columns) if name in into.columns}
    spans = [header(rule.partition(":")[2]) for rule in sheet.kind.period if rule.startswith("column")]
    by = [*(read[name][0] for name in total.by if name in read), *(sheet.column((name,)) for name in spans)]
    group = pd.MultiIndex.from_arrays([pd.Series(key).astype("str").fillna("") for key in by]) if by else None
    codes = np.zeros(len(head), dtype=int) if group is None else pd.factorize(group)[0]
    for name in total.columns:
        if name in read and table.columns[name] in WHOLE:
            exact = table.columns[name] == "int" or not (total.rounds or into.columns[name].form == "round")
            _compare(sheet, into, table, name, head, part, codes, *read[name], exact)


def _read(sheet: RawSheet, into: Into, table: Table, name: str) -> tuple[Any, Any]:
    found, _, rounded = cells.read(sheet, table.columns[name], into.columns[name])
    return found, rounded


def _compare(
    sheet: RawSheet, into: Into, table: Table, name: str, head: Any, part: Any, codes: Any, found: Any, rounded: Any,
    exact: bool,
) -> None:  # fmt: skip
    rules, numbers = sheet.formats["totals"], pd.Series(found).astype("Float64").to_numpy("float64", na_value=np.nan)
    n = codes.max() + 1
    added = np.bincount(codes[part], np.nan_to_num(numbers[part]), minlength=n)[codes]
    count = np.bincount(codes[part], minlength=n)[codes]
    coarse = np.bincount(codes[part], rounded[part], minlength=n)[codes] > 0
    slack = np.where(rounded | coarse, rules["rounded"] * np.abs(numbers), 0)
    slack = slack if exact else slack + rules["per_row"] * count
    wrong = head & (count > 0) & (np.abs(numbers - added) > slack)
    if not wrong.any():
        return
    scale = 100 if table.columns[name] == "money" else 1
    rows = sheet.raw.index.to_numpy()[wrong].tolist()
    pairs = [
        f"{all_ / scale:,.10g} ≠ {sum_ / scale:,.10g}" for all_, sum_ in zip(numbers[wrong], added[wrong], strict=True)
    ]
    slots = {"column": cells.title(sheet, into.columns[name]), "n": len(rows)}
    values = listed(sheet.formats, list(zip(rows, pairs, strict=True)))
    sheet.problems.append(words(sheet.formats["messages"]["total_differs"], values=values, **slots))
