"""Exact numbers out of cells: amounts, counts and ratios, with the signs, commas, units and widths that back offices print."""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from helpers.definitions.mapping import Column
from helpers.errors import DefinitionError, nearest

SPLIT = "\x1f"  # stands between the parts of a product or a sum
LONGEST = 100  # no cell of a number has more signs
DIGITS = r"(?:[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.[0-9]+)?|\.[0-9]+"
INVISIBLE = [0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF]
NARROW = dict.fromkeys(INVISIBLE) | {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
NARROW |= {0x3000: " ", 0xFFE5: "¥", 0x2212: "-", 0xFE63: "-"}


class Fault(ValueError):
    """A cell that cannot be read; ``reason`` is a key of ``[faults]`` in formats.toml."""

    def __init__(self, text: str, reason: str = "unreadable") -> None:
        super().__init__(text)
        self.reason = reason


class Printed(NamedTuple):
    """A number as a cell prints it: its value, the size of its last digit, and whether a unit such as 万 multiplies it."""

    value: Decimal
    step: Decimal
    multiplied: bool


def narrow(text: str) -> str:
    """The text with full-width signs made plain, all minus signs the same, and without signs that nobody sees."""
    return text.translate(NARROW)


def printed(text: str, formats: Mapping[str, Any], kind: str = "") -> Printed:
    """The number in a cell of this type such as ``¥1,234.00``, ``1.2万``, ``(5.00)`` or ``3 件``.

    Raises
    ------
    Fault
        It is no number, or one that a spreadsheet printed as 1.2E+05, whose last digits may be lost.
    """
    bare = narrow(text).strip()
    inner = bare[1:-1] if bare[:1] == "(" and bare[-1:] == ")" else ""
    found = _grammar(kind, *_words(formats)).fullmatch(inner or bare) if len(bare) <= LONGEST else None
    if not found or (found[1] and (found[2] or inner)) or (inner and found[2]):
        raise Fault(text)
    if found[4] and not found[4].startswith("-"):
        raise Fault(text, "scientific")
    unit = Decimal(formats["units"][found[5].lower()] if found[5] else 1)
    value = Decimal(found[3].replace(",", "") + (f"e{found[4]}" if found[4] else ""))
    negative = inner or "-" in (found[1], found[2])
    return Printed(
        (-value if negative else value) * unit, Decimal((0, (1,), int(value.as_tuple().exponent))) * unit, unit > 1
    )


def number(text: str, formats: Mapping[str, Any], kind: str = "") -> Decimal:
    """The exact number in a cell (see `printed`)."""
    return printed(text, formats, kind).value


def _words(formats: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    return tuple(formats["money_signs"]), tuple(formats["counters"]), tuple(formats["units"])


@lru_cache
def _grammar(kind: str, signs: Sequence[str], counters: Sequence[str], units: Sequence[str]) -> re.Pattern[str]:
    """Signs of money may stand around amounts, counters behind counts; numbers of no stated type may have both."""
    before = signs if kind in ("", "money") else ()
    after = (*before, *(counters if kind in ("", "int") else ()))
    return re.compile(
        rf"([-+]?)\s*{_any(before)}\s*([-+]?)\s*({DIGITS})(?:e([-+]?[0-9]+))?\s*{_any(units, '')}\s*{_any(after)}", re.I
    )


def _any(words: Iterable[str], group: str = "?:") -> str:
    """One of the words or nothing."""
    return f"({group}{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})?" if words else ""


def factor(unit: str, kind: str, formats: Mapping[str, Any]) -> Decimal:
    """By how much a bare number in this unit counts more than one in yuan, seconds or pieces.

    Raises
    ------
    DefinitionError
        No such unit.
    """
    known = formats["header_units"].get(kind, {})
    if unit and unit not in known:
        raise DefinitionError("unit", f"unknown unit {unit!r} of {kind}", nearest(unit, list(known)))
    return Decimal(str(known[unit])) if unit else Decimal(1)


def combined(text: str, column: Column, kind: str, formats: Mapping[str, Any]) -> Decimal:
    """The product, sum or difference of the numbers in a cell; an empty part of a sum counts as 0."""
    scales = [factor(part.unit, kind, formats) for part in column.parts] or [Decimal(1)] * (text.count(SPLIT) + 1)
    parts = [
        number(part, formats, "" if column.combine == "product" else kind) * scale if part.strip() else None
        for part, scale in zip(text.split(SPLIT), scales, strict=True)
    ]
    if column.combine == "product":
        if None in parts:
            raise Fault(text)
        first, *rest = (part for part in parts if part is not None)
        for part in rest:
            first *= part
        return first
    first, *rest = (part or Decimal(0) for part in parts)
    return first + sum(rest) if column.combine == "sum" else first - sum(rest)


def whole(value: Decimal, formats: Mapping[str, Any], rounds: bool = False, noise: float = 0) -> int:
    """The number as an integer: up to ``noise`` away from it, or by rounding halves up where that is allowed.

    Raises
    ------
    Fault
        It has a fraction, or is larger than any number of a shop.
    """
    found = int(value.to_integral_value(ROUND_HALF_UP))
    if abs(found) > formats["largest"]:
        raise Fault(str(value), "too_large")
    if not rounds and abs(value - found) > noise:
        raise Fault(str(value), "too_fine" if noise else "not_whole")
    return found


def rate(text: str, form: str, formats: Mapping[str, Any]) -> float:
    """A ratio 0-1 out of ``3.25%``, 0.0325, or 3.25 where the form is percent; the form number takes 18万元 too.

    Raises
    ------
    Fault
        It is no number, or above 1 where neither the cell nor the form says percent.
    """
    bare = narrow(text).strip()
    value = number(bare.removesuffix("%"), formats, "" if form == "number" else "rate")
    if bare.endswith("%") or form == "percent":
        return float(value / 100)
    if abs(value) > 1 and form != "number":
        raise Fault(text, "out_of_range")
    return float(value)


def coarse(text: str, column: Column, kind: str, formats: Mapping[str, Any]) -> bool:
    """Whether a number that can be read was rounded by who printed it: 1.2万 yuan, not 1.200000万."""
    if kind not in ("int", "money"):
        return False
    base, fine, parts = factor(column.unit, kind, formats), 100 if kind == "money" else 1, text.split(SPLIT)
    scales = [factor(part.unit, kind, formats) * base for part in column.parts] or [base] * len(parts)
    return any(_coarse(part, scale, fine, formats) for part, scale in zip(parts, scales, strict=True))


def _coarse(text: str, scale: Decimal, fine: int, formats: Mapping[str, Any]) -> bool:
    try:
        found = printed(text, formats)
    except Fault:  # a word for nothing, or one that stands for a number
        return False
    return (found.multiplied or scale > 1) and found.step * scale * fine > 1
