"""Ids that a spreadsheet has spoilt: it prints long numbers with an exponent and keeps fifteen of their digits."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from helpers.ingest.columns import arrow


def damaged(ids: Any, formats: Mapping[str, Any]) -> list[str]:
    """Ids of a column that a spreadsheet has spoilt: in scientific notation, or ending in zeros more often than chance allows.

    Of each number a spreadsheet keeps 15 digits; of a sound id with 19 digits one in 10,000 ends in four zeros. The
    number of different ids that do so is compared with the tail of the binomial distribution.
    """
    rules, cells = formats["damaged_ids"], arrow(ids).drop_null()
    odd = _kept(cells, pc.invert(pc.ascii_is_alnum(cells))).unique()
    found: list[str] = odd.filter(pc.match_substring_regex(odd, f"^(?:{rules['forms']})$")).to_pylist()
    long = _kept(cells, pc.and_(pc.ascii_is_decimal(cells), pc.greater(pc.binary_length(cells), rules["kept"])))
    for length in pc.unique(pc.binary_length(long)).to_pylist():
        same = _kept(long, pc.equal(pc.binary_length(long), length))
        zeros = same.filter(pc.ends_with(same, "0" * (length - rules["kept"]))).unique().to_pylist()
        if len(zeros) > 1 and _tail(_count(same), len(zeros), 10.0 ** (rules["kept"] - length)) < rules["chance"]:
            found += zeros
    return found


def _kept(cells: Any, wanted: Any) -> Any:
    """The wanted cells; nothing is copied where they are all."""
    return cells if pc.all(wanted).as_py() else cells.filter(wanted)


def _count(long: Any) -> int:
    """How many different ids of digits there are, as numbers where they fit."""
    try:
        numbers = np.sort(long.cast(pa.uint64()).to_numpy())
        return int(np.count_nonzero(np.diff(numbers))) + 1
    except pa.ArrowInvalid:
        return int(pc.count_distinct(long).as_py())


def _tail(n: int, k: int, chance: float) -> float:
    """The probability that at least k of n independent events of this chance happen."""
    if k <= n * chance:
        return 1.0
    total = 0.0
    for i in range(k, n + 1):
        term = math.exp(
            math.lgamma(n + 1)
            - math.lgamma(i + 1)
            - math.lgamma(n - i + 1)
            + i * math.log(chance)
            + (n - i) * math.log1p(-chance)
        )
        total += term
        if term < total * 1e-9:
            break
    return total
