"""Which cells of a column meet the tests of a rule: plain ones all at once, every other word by itself."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from helpers.definitions.mapping import Rule, header
from helpers.ingest import columns, shapes, values

HUNDREDTHS = f"^-?{shapes.COUNT}{shapes.CENTS}$"


def met(texts: Any, rule: Rule, formats: Mapping[str, Any]) -> Any:
    """Per cell whether it meets those tests of the rule that look at one cell; a missing cell counts as an empty one."""
    cells, places = columns.distinct(columns.arrow(texts).fill_null(""))
    found = np.ones(len(cells), dtype=bool)
    if rule.equals:
        found &= _equal(cells, rule.equals, formats)
    if rule.not_equals:
        found &= ~_equal(cells, rule.not_equals, formats)
    if rule.pattern:
        found &= _search(cells, rule.pattern)
    if rule.above is not None or rule.below is not None:
        found &= _between(cells, rule.above, rule.below, formats)
    return found if places is None else columns.spread(found, places)


def _bare(cells: Any) -> Any:
    """Cells of printable ASCII without the space around them; null stands for every other cell."""
    bare = pc.ascii_trim(cells, shapes.SPACE)
    return pc.if_else(pc.ascii_is_printable(bare), bare, None)


def _equal(cells: Any, wanted: Sequence[str | float], formats: Mapping[str, Any]) -> Any:
    words = {header(word) for word in wanted if isinstance(word, str)}
    numbers = {_exact(word) for word in wanted if not isinstance(word, str)}

    def test(text: str) -> bool:
        return header(text) in words or (bool(numbers) and _number(text, formats) in numbers)

    if not numbers and not any(word.isascii() for word in words):
        return _finished(cells, pc.if_else(pc.string_is_ascii(cells), False, None), test)
    bare = _bare(cells)
    solid = pc.replace_substring(bare, " ", "")
    found = pc.is_in(pc.ascii_lower(solid), shapes.known(words))
    if numbers:
        amounts = _hundredths(bare)
        whole = [int(number * 100) for number in numbers if number * 100 % 1 == 0]
        found = pc.or_(found, pc.is_in(amounts, pa.array(whole, pa.int64())))
        solid = amounts
    return _finished(cells, pc.if_else(solid.is_valid(), found, None), test)


def _search(cells: Any, pattern: str) -> Any:
    """Whether the pattern is found; on plain ASCII both engines of expressions agree, if the compiled one takes it."""
    search = re.compile(pattern).search
    try:
        found = pc.match_substring_regex(_bare(cells), pattern) if "{," not in pattern else None
    except pa.ArrowInvalid:
        found = None
    found = pa.nulls(len(cells), pa.bool_()) if found is None else found
    return _finished(cells, found, lambda text: search(values.plain(text)) is not None)


def _between(cells: Any, low: float | None, high: float | None, formats: Mapping[str, Any]) -> Any:
    least, most = _exact("-inf" if low is None else low), _exact("inf" if high is None else high)

    def test(text: str) -> bool:
        value = _number(text, formats)
        return value is not None and least < value < most

    amounts, found = _hundredths(_bare(cells)), pa.array(np.ones(len(cells), dtype=bool))
    if low is not None:
        found = pc.and_(found, pc.greater(amounts, math.floor(least * 100)))
    if high is not None:
        found = pc.and_(found, pc.less(amounts, math.ceil(most * 100)))
    return _finished(cells, found, test)


def _hundredths(bare: Any) -> Any:
    return shapes.hundredths(pc.if_else(pc.match_substring_regex(bare, HUNDREDTHS), bare, None))


def _finished(cells: Any, found: Any, test: Callable[[str], bool]) -> Any:
    """The answers as numpy, with those that are still missing found word by word."""
    rest = found.is_null()
    said = found.fill_null(False).to_numpy(zero_copy_only=False).copy()
    if pc.any(rest).as_py():
        encoded = cells.filter(rest).dictionary_encode()
        told = np.array([test(word) for word in encoded.dictionary.to_pylist()], dtype=bool)
        said[rest.to_numpy(zero_copy_only=False)] = told[encoded.indices.to_numpy()]
    return said


def _exact(number: float | str) -> Decimal:
    """The number as the definition writes it."""
    return Decimal(str(number))


def _number(text: str, formats: Mapping[str, Any]) -> Decimal | None:
    try:
        return values.number(text, formats)
    except ValueError:
        return None
