"""Cells of the common shapes, a whole column at once; exactly what `values` reads out of each of them."""

import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from helpers.definitions.mapping import NUMBERS, Column
from helpers.definitions.tables import MOMENT, REAL, WHOLE
from helpers.ingest import calendars, values

SPACE = " \t\n\r\x0b\x0c"
CONTROL = "[\x00-\x09\x0b-\x1f]"
COUNT = "(?:[0-9]{1,10}|[1-9][0-9]{0,2}(?:,[0-9]{3}){1,2})"
CENTS = r"(?:\.[0-9]{1,2})?"
RATE = r"^-?[0-9]{1,6}(?:\.[0-9]{1,9})?%?$"


def quick(kind: str, column: Column, cells: Any, formats: Mapping[str, Any]) -> Any:
    """The cells of a common shape as an Arrow array; null stands for every other cell."""
    special = column.values or column.pattern or column.mask or column.format or column.combine in NUMBERS
    special = special or column.form == "code"
    if not special and kind == "id":
        return _ids(cells, values.silent(column, formats))
    if not special and kind == "text":
        return _texts(cells, formats)
    readers = {**dict.fromkeys(WHOLE, _whole), **dict.fromkeys(MOMENT, calendars.moments), "rate": _rates}
    if special or kind not in readers:
        return pa.nulls(len(cells), type_of(kind))
    bare = pc.ascii_trim(cells, SPACE)
    if column.null:
        bare = pc.if_else(pc.is_in(pc.replace_substring(pc.utf8_lower(bare), " ", ""), known(column.null)), None, bare)
    return readers[kind](kind, column, bare, formats)


def _ids(cells: Any, null: frozenset[str]) -> Any:
    bare = pc.ascii_rtrim(pc.ascii_ltrim(cells, SPACE + "='\"`"), SPACE + "'\"`")
    silent = pc.is_in(pc.ascii_lower(bare), known({*null, *map(values.identity, null)}))
    return pc.if_else(pc.and_not(pc.ascii_is_alnum(pc.replace_substring(bare, "-", "")), silent), bare, None)


def _texts(cells: Any, formats: Mapping[str, Any]) -> Any:
    long = pc.greater(pc.utf8_length(pc.utf8_trim_whitespace(cells)), values.WORD)
    if pc.any(pc.match_substring_regex(cells, CONTROL)).as_py():
        cells = pc.replace_substring_regex(cells, CONTROL, "")
    free = pc.and_not(long, pc.match_substring_regex(cells, formats["cover"]["quick"]))
    return pc.if_else(free, pc.utf8_trim_whitespace(cells), None)


def _whole(kind: str, column: Column, bare: Any, formats: Mapping[str, Any]) -> Any:
    """Counts, and amounts with at most two decimals, without a detour over floats."""
    unit = values.factor(column.unit, kind, formats)
    if unit not in ((1, Decimal("0.01")) if kind == "money" else (1,)):
        return pa.nulls(len(bare), pa.int64())
    cents = kind == "money" and unit == 1
    shape = f"{COUNT}{CENTS if cents else ''}$"
    plain = pc.match_substring_regex(bare, f"^-?{shape}")
    signs = ["￥", *formats["money_signs"]] if "¥" in formats["money_signs"] else formats["money_signs"]
    if kind == "money" and signs and not pc.all(plain).as_py():
        plain = pc.match_substring_regex(bare, f"^-?(?:{'|'.join(map(re.escape, signs))})?{shape}")
        bare = pc.replace_substring_regex(pc.if_else(plain, bare, None), "[^-0-9.,]", "")
    bare = pc.if_else(plain, bare, None)
    found = hundredths(bare) if cents else _joined(bare).cast(pa.int64())
    found = pc.if_else(pc.less_equal(pc.abs(found), formats["largest"]), found, None)
    return pc.negate(found) if column.negate else found


def hundredths(bare: Any) -> Any:
    """Numbers of up to ten digits and two decimals, and commas between thousands, times 100.

    Exact: a float of twelve digits is off by less than a thousandth of a fen.
    """
    bare = _joined(bare).cast(pa.float64())
    return pc.round(pc.multiply(bare, 100)).cast(pa.int64())


def _joined(bare: Any) -> Any:
    """Without the commas between thousands."""
    return pc.replace_substring(bare, ",", "") if pc.any(pc.match_substring(bare, ",")).as_py() else bare


def _rates(kind: str, column: Column, bare: Any, formats: Mapping[str, Any]) -> Any:
    """Ratios as the quotient of two whole numbers that a float holds, so that they are rounded once."""
    good = pc.match_substring_regex(bare, RATE)
    percent = pc.ends_with(bare, "%")
    bare = pc.if_else(good, pc.ascii_rtrim(bare, "%"), "0")
    point, length = pc.find_substring(bare, "."), pc.binary_length(bare)
    decimals = pc.if_else(pc.less(point, 0), 0, pc.subtract(pc.subtract(length, 1), point))
    hundredfold = pc.or_(percent, column.form == "percent")
    power = pc.power(pa.scalar(10.0), pc.add(decimals, pc.if_else(hundredfold, 2, 0)))
    found = pc.divide(pc.replace_substring(bare, ".", "").cast(pa.int64()).cast(pa.float64()), power)
    good = pc.and_(good, pc.or_(pc.or_(hundredfold, column.form == "number"), pc.less_equal(pc.abs(found), 1)))
    return pc.if_else(good, found, None)


def known(words: Collection[str]) -> Any:
    """Words to look cells up in."""
    return pa.array(sorted(words), pa.large_string())


def type_of(kind: str) -> Any:
    """The Arrow type of a column."""
    if kind in WHOLE:
        return pa.int64()
    if kind in REAL:
        return pa.float64()
    return pa.timestamp("us") if kind in MOMENT else pa.bool_() if kind == "flag" else pa.large_string()
