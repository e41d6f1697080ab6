"""What can be read but cannot be: counts below nothing, shares above the whole, ids of another length than those around them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from helpers.definitions.mapping import Column
from helpers.definitions.tables import Table

DIGITS, NEGATIVE, RANGE = "digits", "negative", "out_of_range"  # keys of [faults] in formats.toml


def beyond(table: Table, name: str, column: Column, frame: Any, formats: Mapping[str, Any]) -> tuple[Any, str]:
    """Per row of a column of the frame whether its value cannot be, and why: a key of ``[faults]`` in formats.toml.

    Counts, durations and rates have a range in ``[ranges]``, which the table may let a column go ``beyond``; ids of which the
    definition says how many ``digits`` they have are as long as most of their column.
    """
    kind = table.columns[name]
    if kind == "id" and column.digits:
        return _shorter(frame[name], formats), DIGITS
    if kind not in formats["ranges"] or name in table.beyond:
        return np.zeros(len(frame), dtype=bool), ""
    low, *high = formats["ranges"][kind]
    numbers = frame[name].to_numpy("float64", na_value=np.nan)
    return (numbers < low) | (numbers > (high[0] if high else np.inf)), RANGE if high else NEGATIVE


def miscounted(digits: tuple[int, ...], found: Any) -> Any:
    """Per id whether it has other signs than digits, fewer or more than the least and the most."""
    ids = pa.array(found, pa.large_string(), from_pandas=True)
    lengths = pc.binary_length(ids)
    whole = pc.and_(pc.greater_equal(lengths, digits[0]), pc.less_equal(lengths, digits[-1]))
    wrong = pc.invert(pc.and_(whole, pc.string_is_ascii(ids)))
    wrong = pc.or_(wrong, pc.invert(pc.utf8_is_decimal(ids)))
    return wrong.fill_null(False).to_numpy(zero_copy_only=False)


def _shorter(found: Any, formats: Mapping[str, Any]) -> Any:
    lengths = pc.binary_length(pa.array(found, pa.large_string(), from_pandas=True))
    most = pc.mode(lengths)
    if not len(most) or most[0]["count"].as_py() <= formats["same_digits"] * pc.count(lengths).as_py():
        return np.zeros(len(found), dtype=bool)
    return pc.not_equal(lengths, most[0]["mode"]).fill_null(False).to_numpy(zero_copy_only=False)
