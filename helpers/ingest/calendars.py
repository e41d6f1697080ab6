"""Moments of the common forms, a whole column at once."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from helpers.definitions.mapping import Column

TIMES = ("0000-00-00 00:00:00", "0000-00-00 00:00", "0000-00-00", "00000000")
SHORTEST = len("0000-0-0")
APART = {"-": b"-/.", " ": b" T", ":": b":"}
DAY = "(?P<y>[0-9]{4})[-/.](?P<m>[0-9]{1,2})[-/.](?P<d>[0-9]{1,2})"
RAGGED = f"^{DAY}(?:[ T]+(?P<h>[0-9]{{1,2}}):(?P<n>[0-9]{{2}})(?::(?P<s>[0-9]{{2}}))?)?$"


def moments(kind: str, column: Column, bare: Any, formats: Mapping[str, Any]) -> Any:
    """The moments of trimmed cells, year first; null where the cell has another form or no calendar has such a moment."""
    found = np.full(len(bare), "NaT", dtype="M8[us]")
    length = pc.binary_length(bare).fill_null(0).to_numpy()
    for form in TIMES:
        hit = length == len(form)
        if hit.any():
            found[hit] = _fixed(form, bare.filter(pa.array(hit)), formats)
    rest = np.flatnonzero(np.isnat(found) & (length >= SHORTEST))
    parts = pc.extract_regex(bare.take(pa.array(rest)), RAGGED)
    if len(parts) > parts.null_count:
        numbers = [
            pc.if_else(pc.equal(part, ""), "0", part).cast(pa.int64()).fill_null(0).to_numpy()
            for part in parts.flatten()
        ]
        found[rest] = _calendar(numbers, formats)
    if kind == "day":
        found = found.astype("M8[D]").astype("M8[us]")
    return pa.array(found)


def _fixed(form: str, cells: Any, formats: Mapping[str, Any]) -> Any:
    """The moments of cells as long as the form: its zeros stand for digits; not-a-time where another sign stands."""
    try:  # the compiled reader takes all or none
        found = cells.cast(pa.timestamp("us")).to_numpy(zero_copy_only=False)
        first, last = (np.datetime64(str(year)) for year in formats["years"])
        return np.where((found >= first) & (found < last), found, np.datetime64("NaT"))
    except pa.ArrowInvalid:
        pass
    signs = np.frombuffer(cells.buffers()[2], dtype=np.uint8, count=len(cells) * len(form)).reshape(
        len(cells), len(form)
    )
    signs, good = np.ascontiguousarray(signs.T), np.ones(len(cells), dtype=bool)
    digits = []
    for sign, line in zip(form, signs, strict=True):
        if sign == "0":
            digits.append(line - np.uint8(48))
            good &= digits[-1] < 10
        else:
            good &= np.isin(line, np.frombuffer(APART[sign], dtype=np.uint8))
    year = sum(digits[at].astype(np.int64) * 10 ** (3 - at) for at in range(4))
    others = [digits[at].astype(np.int64) * 10 + digits[at + 1] for at in range(4, len(digits), 2)]
    return np.where(good, _calendar([year, *others], formats), np.datetime64("NaT"))


def _calendar(parts: Sequence[Any], formats: Mapping[str, Any]) -> Any:
    """Moments out of years, months, days, hours, minutes and seconds; not-a-time where the calendar has no such moment."""
    year, month, day, hour, minute, second = [*parts, 0, 0, 0][:6]
    first, last = formats["years"]
    good = (year >= first) & (year < last) & (month >= 1) & (month <= 12) & (hour < 24) & (minute < 60) & (second < 60)
    start = (np.where(good, (year - 1970) * 12 + month - 1, 0)).astype("M8[M]")
    days = ((start + 1).astype("M8[D]") - start.astype("M8[D]")).astype(np.int64)
    good &= (day >= 1) & (day <= days)
    microseconds = (((day - 1) * 24 + hour) * 60 + minute) * 60_000_000 + second * 1_000_000
    return np.where(good, start.astype("M8[us]") + microseconds.astype("m8[us]"), np.datetime64("NaT"))
