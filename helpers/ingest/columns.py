"""One column of a table out of its cells: the common shapes all at once, every other cell word by word as `values` reads it."""

import math
import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from helpers.definitions.mapping import NUMBERS, Column
from helpers.definitions.tables import MOMENT, REAL, WHOLE, pandas_type
from helpers.ingest import values

SPACE = " \t\n\r\x0b\x0c"
CONTROL = "[\x00-\x09\x0b-\x1f]"
COUNT = "(?:[0-9]{1,10}|[1-9][0-9]{0,2}(?:,[0-9]{3}){1,2})"
CENTS = r"(?:\.[0-9]{1,2})?"
RATE = r"^-?[0-9]{1,6}(?:\.[0-9]{1,9})?%?$"
TIMES = ("0000-00-00 00:00:00", "0000-00-00 00:00", "0000-00-00", "00000000")
APART = {"-": b"-/.", " ": b" T", ":": b":"}
DAY = "(?P<y>[0-9]{4})[-/.](?P<m>[0-9]{1,2})[-/.](?P<d>[0-9]{1,2})"
RAGGED = f"^{DAY}(?:[ T]+(?P<h>[0-9]{{1,2}}):(?P<n>[0-9]{{2}})(?::(?P<s>[0-9]{{2}}))?)?$"
SAMPLE = 2000  # cells by which a column is taken for one of few words or of many


def read(kind: str, column: Column, texts: Any, formats: Mapping[str, Any], shop: str) -> tuple[Any, Any, Any]:
    """The column as an array of the type's dtype, and per cell whether it cannot be read and whether it was rounded.

    ``texts`` is a Series of str; a missing cell stays missing. What cannot be read is missing in the array; rounded are
    numbers such as 1.2万.
    """
    cells, places = distinct(arrow(texts))
    found, bad, rounded = _words(kind, column, cells, formats, shop)
    if places is None:
        return _pandas(kind, found), bad, rounded
    return _pandas(kind, found.take(places)), spread(bad, places), spread(rounded, places)


def distinct(cells: Any) -> tuple[Any, Any]:
    """The different cells and per cell the place of its own among them; where most differ, the cells themselves and None."""
    head = cells[:SAMPLE]
    different = pc.count_distinct(head).as_py()
    if different > len(head) // 2:
        return cells, None
    if different == 1 and pc.all(pc.equal(cells, head[0]), skip_nulls=False).as_py():
        return head[:1], pa.array(np.zeros(len(cells), dtype=np.int32))
    encoded = cells.dictionary_encode()
    return encoded.dictionary, encoded.indices


def spread(answers: Any, places: Any) -> Any:
    """Yes or no per cell out of the answers for the different cells; no for a missing one."""
    if not answers.any():
        return np.zeros(len(places), dtype=bool)
    return np.append(answers, False)[places.fill_null(-1).to_numpy()]


def _words(kind: str, column: Column, cells: Any, formats: Mapping[str, Any], shop: str) -> tuple[Any, Any, Any]:
    """The cells read as an Arrow array, with what cannot be read and what was rounded."""
    found = _quick(kind, column, cells, formats)
    rest = pc.and_(cells.is_valid(), found.is_null())
    at = rest.to_numpy(zero_copy_only=False)
    bad, rounded = np.zeros(len(cells), dtype=bool), np.zeros(len(cells), dtype=bool)
    if not at.any():
        return found, bad, rounded
    encoded = cells.filter(rest).dictionary_encode()
    slow, bad_words, coarse_words = _one_by_one(kind, column, encoded.dictionary.to_pylist(), formats, shop)
    codes = encoded.indices.to_numpy()
    bad[at], rounded[at] = bad_words[codes], coarse_words[codes]
    return pc.replace_with_mask(found, rest, slow.take(encoded.indices)), bad, rounded


def _one_by_one(
    kind: str, column: Column, words: Sequence[str], formats: Mapping[str, Any], shop: str
) -> tuple[Any, Any, Any]:
    parse, found = values.parser(kind, column, formats, shop), []
    bad, rounded = np.zeros(len(words), dtype=bool), np.zeros(len(words), dtype=bool)
    for at, word in enumerate(words):
        try:
            found.append(parse(word))
        except (ValueError, ArithmeticError):
            found.append(None)
            bad[at] = True
        rounded[at] = found[-1] is not None and values.coarse(word, column, kind, formats)
    return pa.array(found, _type(kind)), bad, rounded


def cause(kind: str, column: Column, text: str, formats: Mapping[str, Any], shop: str) -> str:
    """Why a cell cannot be read: a key of ``[faults]`` in formats.toml; empty where it can."""
    try:
        values.parser(kind, column, formats, shop)(text)
    except values.Fault as fault:
        return fault.reason
    except (ValueError, ArithmeticError):
        return "unreadable"
    return ""


def silence(texts: Any, null: frozenset[str]) -> Any:
    """Per cell whether it is missing or one of the words for nothing."""
    cells, places = distinct(arrow(texts).fill_null(""))
    short = pc.less_equal(pc.utf8_length(pc.utf8_trim_whitespace(cells)), values.WORD)
    bare = pc.ascii_trim(cells, SPACE)
    plain = pc.ascii_is_printable(bare)
    said = pc.is_in(pc.ascii_lower(pc.replace_substring(bare, " ", "")), known(null))
    found = pc.and_(pc.and_(plain, short), said).to_numpy(zero_copy_only=False).copy()
    rest = pc.and_not(short, plain)
    encoded = cells.filter(rest).dictionary_encode()
    words = np.array([values.says_nothing(word, null) for word in encoded.dictionary.to_pylist()], dtype=bool)
    found[rest.to_numpy(zero_copy_only=False)] = words[encoded.indices.to_numpy()]
    return found if places is None else spread(found, places)


def pending(texts: Any, formats: Mapping[str, Any]) -> Any:
    """Per cell whether it says that it will be filled a day later: the day of the export was not yet whole."""
    if pc.all(pc.string_is_ascii(pa.array(texts, from_pandas=True))).as_py():
        return np.zeros(len(texts), dtype=bool)
    return silence(texts.fillna("-"), frozenset(map(values.header, formats["pending"])))


# the common shapes ---------------------------------------------------------------------------------------------------


def _quick(kind: str, column: Column, cells: Any, formats: Mapping[str, Any]) -> Any:
    """The cells of a common shape as an Arrow array; null stands for every other cell."""
    special = column.values or column.pattern or column.mask or column.format or column.combine in NUMBERS
    special = special or column.form == "code"
    if not special and kind == "id":
        return _ids(cells, values.silent(column, formats))
    if not special and kind == "text":
        return _texts(cells, formats)
    readers = {**dict.fromkeys(WHOLE, _whole), **dict.fromkeys(MOMENT, _moments), "rate": _rates}
    if special or kind not in readers:
        return pa.nulls(len(cells), _type(kind))
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
    signs = ["￥", *formats["money_signs"]] if "¥" in formats["money_signs"] else formats["money_signs"]
    sign = f"(?:{'|'.join(map(re.escape, signs))})?" if kind == "money" and signs else ""
    cents = kind == "money" and unit == 1
    shape = f"^-?{sign}{COUNT}{CENTS if cents else ''}$"
    bare = pc.if_else(pc.match_substring_regex(bare, shape), bare, None)
    if sign and pc.any(pc.match_substring_regex(bare, "[^-0-9.,]")).as_py():
        bare = pc.replace_substring_regex(bare, "[^-0-9.,]", "")
    found = hundredths(bare) if cents else pc.replace_substring(bare, ",", "").cast(pa.int64())
    found = pc.if_else(pc.less_equal(pc.abs(found), formats["largest"]), found, None)
    return pc.negate(found) if column.negate else found


def hundredths(bare: Any) -> Any:
    """Numbers with at most two decimals, and commas between thousands, times 100."""
    bare = pc.replace_substring(bare, ",", "")
    return pc.multiply(bare.cast(pa.decimal128(14, 2)), pa.scalar(100, pa.decimal128(3, 0))).cast(pa.int64())


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


def _moments(kind: str, column: Column, bare: Any, formats: Mapping[str, Any]) -> Any:
    found = np.full(len(bare), "NaT", dtype="M8[us]")
    for form in TIMES:
        hit = pc.equal(pc.binary_length(bare), len(form)).fill_null(False)
        at = np.flatnonzero(hit.to_numpy(zero_copy_only=False))
        if len(at):
            found[at] = _fixed(form, bare.filter(hit), formats)
    rest = np.flatnonzero(np.isnat(found))
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


# ids that a spreadsheet has spoilt -----------------------------------------------------------------------------------


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


# types ---------------------------------------------------------------------------------------------------------------


def arrow(texts: Any) -> Any:
    """A column of text as one Arrow array."""
    found = pa.array(texts, from_pandas=True)
    found = found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
    return found.cast(pa.large_string())


def known(words: Collection[str]) -> Any:
    """Words to look cells up in."""
    return pa.array(sorted(words), pa.large_string())


def _type(kind: str) -> Any:
    if kind in WHOLE:
        return pa.int64()
    if kind in REAL:
        return pa.float64()
    return pa.timestamp("us") if kind in MOMENT else pa.bool_() if kind == "flag" else pa.large_string()


def _pandas(kind: str, found: Any) -> Any:
    if kind in WHOLE:
        return pd.Int64Dtype().__from_arrow__(found)
    if kind == "flag":
        return pd.BooleanDtype().__from_arrow__(found)
    if kind in REAL or kind in MOMENT:
        return pd.array(found.to_numpy(zero_copy_only=False), dtype=pandas_type(kind))
    return pd.array(found, dtype="str")
