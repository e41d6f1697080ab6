"""One cell at a time: ids, numbers, rates, durations, times and masked text out of what a back office prints."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from helpers.definitions.mapping import NUMBERS, Column, header
from helpers.ingest.amounts import INVISIBLE, SPLIT, Fault, coarse, combined, factor, narrow, number, rate, whole
from helpers.ingest.moments import moment, seconds

__all__ = [
    "SPLIT",
    "Fault",
    "Parse",
    "coarse",
    "factor",
    "flag",
    "hashed",
    "header",
    "identity",
    "masked",
    "moment",
    "number",
]
__all__ += ["parser", "plain", "rate", "says_nothing", "seconds", "silent", "whole", "word"]

Parse = Callable[[str], Any]
WORD = 20  # longer cells are never a word for nothing
QUOTES = "'\"`’‘“”"
FULL = str.maketrans("０１２３４５６７８９＠－", "0123456789@-")
SHORT_FLOAT = re.compile(r"([1-9][0-9]{5,14})\.0+")  # a float still holds every digit of so short an id
UNSEEN = dict.fromkeys(INVISIBLE)


def parser(kind: str, column: Column, formats: Mapping[str, Any], shop: str) -> Parse:
    """The reader of one column's cells: text in, value or None out; raises Fault on what it cannot read."""
    typed = _typed(kind, column, formats, shop)
    if column.value is not None:
        return typed
    read, null = _mapped(column, typed), silent(column, formats)

    def parse(text: str) -> Any:
        if says_nothing(text, null):
            return None if column.empty is None else typed(column.empty)
        return read(text)

    return parse


def silent(column: Column, formats: Mapping[str, Any]) -> frozenset[str]:
    """The words for nothing in a column, as `header` writes them."""
    return frozenset({*map(header, formats["null"]), *column.null})


def says_nothing(text: str, null: frozenset[str]) -> bool:
    """Whether the cell is one of the words for nothing (as `header` writes them)."""
    return len(text.strip()) <= WORD and word(text) in null


def word(text: str) -> str:
    """A cell as it is compared with the words of a definition."""
    return header(text.translate(UNSEEN))


def _mapped(column: Column, read: Parse) -> Parse:
    if column.values:
        read = partial(_known, column, read)
    return partial(_extracted, re.compile(column.pattern), read) if column.pattern else read


def _known(column: Column, read: Parse, text: str) -> Any:
    known = column.values.get(word(text), column.unknown)
    if known is None:
        raise Fault(text, "unknown_word")
    return read(text if known == "keep" else known) if known else None


def _extracted(pattern: re.Pattern[str], read: Parse, text: str) -> Any:
    found = pattern.search(text)
    return read(found[1]) if found else None


def _typed(kind: str, column: Column, formats: Mapping[str, Any], shop: str) -> Parse:
    readers: dict[str, Parse] = {
        "id": partial(numbered, column.digits) if column.digits else identity,
        "text": partial(code if column.form == "code" else masked, formats=formats)
        if column.mask or column.form
        else partial(personal, formats=formats),
        "rate": lambda text: rate(text, column.form, formats),
        "seconds": lambda text: seconds(text, column.unit, formats),
        "time": lambda text: moment(text, column.format, formats),
        "day": lambda text: moment(text, column.format, formats).replace(hour=0, minute=0, second=0, microsecond=0),
        "person": lambda text: hashed(shop, identity(text)),
        "flag": lambda text: flag(text, formats),
    }
    return readers[kind] if kind in readers else _counted(kind, column, formats)


def _counted(kind: str, column: Column, formats: Mapping[str, Any]) -> Parse:
    """The reader of whole numbers: counts, or amounts in fen."""
    money, form = kind == "money", column.form == "round"
    scale = factor(column.unit, kind, formats) * (100 if money else 1) * (-1 if column.negate else 1)
    rounds, noise = form or column.combine == "product" and money, formats["noise"] if money else 0

    def read(text: str) -> int:
        value: Decimal = (
            combined(text, column, kind, formats) if column.combine in NUMBERS else number(text, formats, kind)
        )
        return whole(value * scale, formats, rounds, noise)

    return read


def flag(text: str, formats: Mapping[str, Any]) -> bool:
    """True or false out of one of the words for it."""
    for answer, known in ((True, formats["flags"]["yes"]), (False, formats["flags"]["no"])):
        if word(text) in known:
            return answer
    raise Fault(text, "unknown_word")


def identity(text: str) -> str:
    """An id without the tabs, apostrophes, ``="…"``, spaces and ``.0`` that spreadsheets put around it, in narrow signs."""
    bare = "".join(narrow(text).split()).lstrip("=" + QUOTES).rstrip(QUOTES)
    found = SHORT_FLOAT.fullmatch(bare)
    return found[1] if found else bare


def numbered(digits: Sequence[int], text: str) -> str:
    """An id of at least and at most so many digits, and nothing else."""
    found = identity(text)
    if not re.fullmatch(rf"[0-9]{{{digits[0]},{digits[-1]}}}", found):
        raise Fault(text, "digits")
    return found


def code(text: str, formats: Mapping[str, Any]) -> str:
    """The code of a person, such as H1; a name is none."""
    found = plain(narrow(text))
    if not re.fullmatch(formats["code"], found):
        raise Fault(text, "not_a_code")
    return found


def plain(text: str) -> str:
    """Text without outer spaces and control characters."""
    return (text if text.isprintable() else "".join(sign for sign in text if sign >= " " or sign == "\n")).strip()


def personal(text: str, formats: Mapping[str, Any]) -> str:
    """Text without phone and identity numbers and mail addresses, wherever they stand and however wide."""
    found = plain(text)
    for pattern in formats["cover"]["patterns"]:
        if re.search(pattern, found.translate(FULL)):
            found = re.sub(pattern, formats["mask"]["with"], found.translate(FULL))
    return found


def masked(text: str, formats: Mapping[str, Any]) -> str:
    """Free text with e-mail, accounts, phone numbers, other long numbers and addresses covered."""
    found = plain(text.translate(FULL))
    for pattern in formats["mask"]["patterns"]:
        found = re.sub(pattern, formats["mask"]["with"], found)
    return found


def hashed(shop: str, text: str) -> str:
    """A person's key: tells buyers of one shop apart and cannot be read back as a name."""
    return hashlib.sha256((shop + text).encode()).hexdigest()[:16]
