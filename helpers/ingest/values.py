"""One cell at a time: ids, money, numbers, rates, durations, times and masked text out of what a back office prints."""

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any

from helpers.definitions.mapping import NUMBERS, Column, header

Parse = Callable[[str], Any]
SPLIT = "\x1f"  # stands between the parts of a product or a sum
NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\d{1,3}(?:,\d{3})+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")
CLOCK = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{1,2})(?:\.\d+)?")
FULL = str.maketrans("０１２３４５６７８９＠－", "0123456789@-")
LARGEST = 10**15
WORD = 12  # longer cells are never a word for nothing
SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600}
EXCEL_FIRST = datetime(1899, 12, 30)


def parser(kind: str, column: Column, formats: Mapping[str, Any], shop: str) -> Parse:
    """The reader of one column's cells: text in, value or None out; raises ValueError on what it cannot read."""
    typed = _typed(kind, column, formats, shop)
    if column.value is not None:
        return typed
    read, null = _mapped(column, typed), frozenset({*map(header, formats["null"]), *column.null})

    def parse(text: str) -> Any:
        if says_nothing(text, null):
            return None if column.empty is None else typed(column.empty)
        return read(text)

    return parse


def says_nothing(text: str, null: frozenset[str]) -> bool:
    """Whether the cell is one of the words for nothing (as `header` writes them)."""
    return len(text.strip()) <= WORD and header(text) in null


def _mapped(column: Column, read: Parse) -> Parse:
    if column.pattern:
        read = partial(_extracted, re.compile(column.pattern), read)
    if not column.values:
        return read

    def parse(text: str) -> Any:
        known = column.values.get(header(text), column.unknown)
        if known is None:
            raise ValueError(text)
        return read(text if known == "keep" else known) if known else None

    return parse


def _extracted(pattern: re.Pattern[str], read: Parse, text: str) -> Any:
    found = pattern.search(text)
    return read(found[1]) if found else None


def _typed(kind: str, column: Column, formats: Mapping[str, Any], shop: str) -> Parse:
    simple = partial(number, formats=formats)
    amount: Parse = partial(_combined, column, simple) if column.combine in NUMBERS else simple
    sign = -1 if column.negate else 1
    readers: dict[str, Parse] = {
        "id": identity,
        "text": partial(masked, formats=formats) if column.mask else plain,
        "int": lambda text: whole(sign * amount(text), column.form == "round"),
        "money": lambda text: whole(sign * amount(text) * (1 if column.unit == "fen" else 100), True),
        "rate": lambda text: rate(text, column.form, formats),
        "seconds": lambda text: seconds(text, column.unit, formats),
        "time": lambda text: moment(text, column.format, formats),
        "day": lambda text: moment(text, column.format, formats).replace(hour=0, minute=0, second=0, microsecond=0),
        "person": lambda text: hashed(shop, identity(text)),
        "flag": lambda text: {"true": True, "false": False}[text.lower()],
    }
    return readers[kind]


def identity(text: str) -> str:
    """An id without the tabs, apostrophes, ``="…"`` and spaces that keep spreadsheets from spoiling it."""
    return "".join(text.split()).removeprefix("=").strip("'\"`").strip("\u200b\ufeff")


def plain(text: str) -> str:
    """Text without outer spaces and control characters."""
    return "".join(sign for sign in text if sign >= " " or sign == "\n").strip()


def masked(text: str, formats: Mapping[str, Any]) -> str:
    """Free text with e-mail, accounts, phone numbers, other long numbers and addresses covered."""
    found = plain(text.translate(FULL))
    for pattern in formats["mask"]["patterns"]:
        found = re.sub(pattern, formats["mask"]["with"], found)
    return found


def hashed(shop: str, text: str) -> str:
    """A person's key: tells buyers of one shop apart and cannot be read back as a name."""
    return hashlib.sha256((shop + text).encode()).hexdigest()[:16]


def number(text: str, formats: Mapping[str, Any]) -> Decimal:
    """The exact number in a cell such as ``¥1,234.00`` or ``1.2万``."""
    bare, factor = "".join(text.split()), 1
    if not NUMBER.fullmatch(bare):
        bare = bare.replace("，", ",").replace("￥", "¥")
        for sign in formats["money_signs"]:
            bare = bare.replace(sign, "")
        unit = next((unit for unit in formats["units"] if bare.endswith(unit)), "")
        bare, factor = bare.removesuffix(unit), formats["units"].get(unit, 1)
    if not NUMBER.fullmatch(bare):
        raise ValueError(text)
    return Decimal(bare.replace(",", "")) * factor


def _combined(column: Column, read: Callable[[str], Decimal], text: str) -> Decimal:
    parts = [read(part) if part.strip() else None for part in text.split(SPLIT)]
    if column.combine == "product":
        if None in parts:
            raise ValueError(text)
        first, *rest = (part for part in parts if part is not None)
        for part in rest:
            first *= part
        return first
    first, *rest = (part or Decimal(0) for part in parts)
    return first + sum(rest) if column.combine == "sum" else first - sum(rest)


def whole(value: Decimal, rounded: bool) -> int:
    """The number as an integer; halves are rounded up where rounding is allowed."""
    found = int(value.quantize(Decimal(1), ROUND_HALF_UP))
    if abs(found) > LARGEST or (not rounded and found != value):
        raise ValueError(str(value))
    return found


def rate(text: str, form: str, formats: Mapping[str, Any]) -> float:
    """A ratio 0-1 out of ``3.25%``, 0.0325, or 3.25 where the form is percent."""
    percent = "%" in text or "％" in text
    value = number(text.replace("%", "").replace("％", ""), formats)
    if percent or form == "percent":
        return float(value / 100)
    if abs(value) > 1 and form != "number":
        raise ValueError(text)
    return float(value)


def seconds(text: str, unit: str, formats: Mapping[str, Any]) -> float:
    """Seconds out of ``1分钟6秒``, ``66秒``, ``0:01:06``, ``1:06`` or a bare number in the unit of the header."""
    bare = "".join(text.split())
    if clock := CLOCK.fullmatch(bare):
        return int(clock[1] or 0) * 3600 + int(clock[2]) * 60 + int(clock[3])
    words = formats["durations"]
    pattern = "|".join(sorted(words, key=len, reverse=True))
    if re.fullmatch(rf"(\d+(\.\d+)?({pattern}))+", bare):
        found = re.findall(rf"(\d+(?:\.\d+)?)({pattern})", bare)
        return float(sum(Decimal(value) * words[word] for value, word in found))
    return float(number(text, formats) * SECONDS[unit or "seconds"])


def moment(text: str, given: tuple[str, ...], formats: Mapping[str, Any]) -> datetime:
    """A naive time: in one of the given formats, else year first, as eight digits, or as Excel counts days."""
    bare = text.strip()
    if given:
        return _given(bare, given)
    if len(bare) == 19 and bare[4] == bare[7] == "-":
        return datetime.fromisoformat(bare)
    if len(bare) == 8 and bare.isdigit():
        return datetime(int(bare[:4]), int(bare[4:6]), int(bare[6:]))
    if found := re.fullmatch(formats["time"], bare):
        return datetime(*(int(part or 0) for part in found.groups()))  # type: ignore[arg-type]
    first, last = formats["excel_days"]
    days = number(bare, formats)
    if not first < days < last:
        raise ValueError(text)
    return EXCEL_FIRST + timedelta(seconds=round(float(days * 86400)))


def _given(text: str, forms: tuple[str, ...]) -> datetime:
    for form in forms:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    raise ValueError(text)
