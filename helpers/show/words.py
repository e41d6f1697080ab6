"""Sentences and numbers as a reader sees them, in the language of the run."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from helpers.definitions import thresholds, wording
from helpers.definitions.wording import Wording
from helpers.errors import DefinitionError, nearest
from helpers.findings import Label, Number, Sentence, Setting, Slot, Value

NONE = "—"
SHARES = {"ratio", "probability"}
WHOLE = {"days", "hours", "minutes", "seconds"}  # a whole one is printed without decimals
BIG = {"count"}  # units beside money that 万 or k shorten
SLOT = re.compile(r"\{(\w+)(?:\.(\w+))?\}")
SPACED = re.compile(SLOT.pattern + r"( (?=[一-鿿]))?")  # a slot and the space that parts it from Chinese
CLAUSE = re.compile(r"\[([^\[\]]*)\]")
PARTS = ("", "range", "n", "low", "high", "exact", "signed", "abs", "period")
STRAIGHT = str.maketrans("“”‘’", "\"\"''")  # a Chinese font draws the curly ones as wide as a character
FEW_DIGITS = 3
CENTS_BELOW = 1000
_spoken: list[tuple[Setting, Wording]] = []  # the report that spoke last, and its words


def speech_of(setting: Setting) -> Wording:
    """The words of a report, looked up once for all its sentences: an edited file counts when a report is opened anew.

    Every report that is opened has a setting of its own, also where it equals that of another one.
    """
    for known, speech in _spoken:
        if known is setting:
            return speech
    speech = wording.load(setting.lang, setting.shop)
    _spoken[:] = [(setting, speech)]
    return speech


def text(sentence: Sentence, setting: Setting) -> str:
    """The sentence in the language of the run.

    A template holds ``{slot}``; a value also answers ``{slot.range}`` (its interval), ``.n``, ``.low``, ``.high``,
    ``.exact``, ``.signed``, ``.abs`` and ``.period``. A clause in square brackets is left out when one of its slots has
    nothing to say.

    Raises
    ------
    DefinitionError
        The key is not in the wording, or its template asks for a slot that the sentence lacks.
    """
    speech = speech_of(setting)
    return fill(speech.sentence(sentence.key), sentence.slots, speech, sentence.key)


def fill(template: str, slots: Mapping[str, Slot], speech: Wording, where: str) -> str:
    """A template with its slots filled; ``where`` is the key that errors name."""

    def put(match: re.Match[str]) -> str:
        if match[1] not in slots:
            raise DefinitionError(where, f"no slot {{{match[1]}}} in {template!r}", nearest(match[1], list(slots)))
        said = _slot(slots[match[1]], match[2] or "", speech, where)
        return said + ("" if "一" <= said[-1:] <= "鿿" else match[3] or "")  # 16.6 万元不同, but 30 % 的

    def clause(match: re.Match[str]) -> str:
        told = [
            name in slots and _slot(slots[name], part, speech, where) != NONE for name, part in SLOT.findall(match[1])
        ]
        return match[1] if all(told) else ""

    text = SPACED.sub(put, CLAUSE.sub(clause, template))
    return text if speech.lang == "zh" else text.translate(STRAIGHT)


def format_value(value: Value | None, lang: str, exact: bool = False, shop: str = "") -> str:
    """A value by its unit, such as 12.3 %, 12.3 万元 or ¥1.23m; a dash where there is none.

    ``exact`` writes money to the cent and counts in full.
    """
    return NONE if value is None else number(value.value, value.unit, wording.load(lang, shop), exact)


def number(given: Number | None, unit: str, speech: Wording, exact: bool = False) -> str:
    """A number by its unit; a dash for None and for what is not a number."""
    if given is None or given != given:
        return NONE
    sign, size = ("-" if given < 0 else ""), abs(given)
    if unit in SHARES:
        digits = _share(size, unit, exact)
        return speech.unit(unit).format(sign=sign if digits != "0" else "", n=digits)
    money = is_money(unit)
    if (money or unit in BIG) and not exact:
        scale = _scale(size, speech)
        if scale:
            return speech.unit(f"{unit}_scaled").format(sign=sign, n=_few(size / scale[0]), scale=scale[1])
    digits = _money(size, exact) if money else _plain(size, unit, given)
    return speech.unit(unit).format(sign=sign if digits.strip("0.") else "", n=digits)


def full(given: Number, unit: str, speech: Wording, digits: int) -> str:
    """A number written out with separators and so many decimals."""
    shown = f"{abs(given):,.{digits}f}"
    return speech.unit(unit).format(sign="-" if given < 0 and shown.strip("0.") else "", n=shown)


def alike(given: Sequence[Number], unit: str, speech: Wording) -> list[str]:
    """Numbers in the scale and decimals of the biggest; one too small to show there keeps its own, none is a dash."""
    largest = max((abs(x) for x in given if x == x), default=0)
    scale = _scale(largest, speech)
    if is_money(unit) and scale is None:
        digits = 0 if largest >= CENTS_BELOW else 2
        return [full(x, unit, speech, digits) if x == x else NONE for x in given]
    if scale is None or not (is_money(unit) or unit in BIG):
        return [number(x, unit, speech) for x in given]
    divisor, word = scale
    digits, template = len(_few(largest / divisor).partition(".")[2]), speech.unit(f"{unit}_scaled")
    shown = [f"{abs(x) / divisor:,.{digits}f}" for x in given]
    return [
        template.format(sign="-" if x < 0 else "", n=text, scale=word) if text.strip("0.") else number(x, unit, speech)
        for x, text in zip(given, shown, strict=True)
    ]


def span(low: Number | None, high: Number | None, unit: str, speech: Wording) -> str:
    """Both ends of an interval, the unit once where that is clear: 11.2–13.4 %, but ¥5.6k–¥33.6k; a dash without an end."""
    if low is None or high is None or low != low or high != high:
        return NONE
    first, last = alike([low, high], unit, speech)
    tail = re.search(r"[^\d]*$", last)
    framed = not first.lstrip("-")[:1].isdigit()  # a sign of money stands before both, so must its scale behind both
    if tail and tail[0] and first.endswith(tail[0]) and not framed:
        first = first.removesuffix(tail[0])
    return speech.word("range_signed" if low < 0 else "range").format(low=first, high=last)


def hedge(p: float | None, lang: str, shop: str = "") -> str:
    """How sure one may sound at a probability: 基本可以确定 from 0.95, 可能 from 0.8, and their opposites below."""
    return wording.load(lang, shop).hedge(hedge_key(p, shop))


def hedge_key(p: float | None, shop: str = "") -> str:
    """Key of the hedge: sure, likely, open, unlikely or never; open where there is no probability."""
    if p is None or p != p:
        return "open"
    bars = thresholds.load(shop)
    sides = [("sure", "likely", p), ("never", "unlikely", 1 - p)]
    for strong, weak, chance in sides:
        if chance >= bars["sure"]:
            return strong
        if chance >= bars["likely"]:
            return weak
    return "open"


def is_money(unit: str) -> bool:
    """Whether the unit is a currency code."""
    return len(unit) == 3 and unit.isupper()


def _slot(slot: Slot, part: str, speech: Wording, where: str) -> str:
    if part not in PARTS:
        raise DefinitionError(where, f"{{….{part}}} is not a part of a value", nearest(part, PARTS[1:]))
    if isinstance(slot, Value):
        return _part(slot, part, speech)
    if part:
        return NONE
    if isinstance(slot, Label):
        return speech.label(slot.group, slot.key)
    return f"{slot:,}" if isinstance(slot, int) else str(slot)


def _part(value: Value, part: str, speech: Wording) -> str:
    given: Any = {"low": value.low, "high": value.high}.get(part, value.value)
    if part == "range":
        return span(value.low, value.high, value.unit, speech)
    if part == "n":
        return NONE if value.n is None else f"{value.n:,}"
    if part == "period":
        return value.period
    if part == "abs" and given is not None:
        given = abs(given)
    shown = number(given, value.unit, speech, part == "exact")
    return (
        f"+{shown}"
        if part == "signed" and given is not None and given > 0 and shown != number(0, value.unit, speech)
        else shown
    )


def _share(size: Number, unit: str, exact: bool) -> str:
    percent = size * 100
    if unit == "probability":
        return ">99" if size > 0.99 else "<1" if size < 0.01 else f"{percent:.0f}"
    shown = f"{percent:.2f}" if exact or percent < 1 else f"{percent:.1f}"
    return shown if shown.strip("0.") else "0"


def _money(size: Number, exact: bool) -> str:
    return f"{size:,.2f}" if exact or (0 < size < 100 and size != round(size)) else f"{size:,.0f}"


def _plain(size: Number, unit: str, given: Number) -> str:
    if isinstance(given, int) or size >= 1000 or (unit in BIG and float(size).is_integer()):
        return f"{size:,.0f}"
    if unit in WHOLE and float(size).is_integer():
        return f"{size:.0f}"
    if unit == "multiple" and 1 <= size < 10:  # 1.32 and 1.27 times are not the same
        return f"{size:.2f}".removesuffix("0")
    return f"{size:.2f}" if 0 < size < 1 else f"{size:.1f}"


def _scale(size: Number, speech: Wording) -> tuple[float, str] | None:
    """Divisor and word for a big number: the scale that it reaches once rounded; none below the smallest."""
    scales = speech.scales()
    for start, divisor, word in scales:
        digits = FEW_DIGITS if start > scales[-1][0] else FEW_DIGITS + 1
        if float(f"{size:.{digits}g}") >= start:
            return divisor, word
    return None


def _rounded(size: Number) -> float:
    return float(f"{size:.{FEW_DIGITS}g}")


def _few(size: Number) -> str:
    """Three digits, more only before the point."""
    digits = max(FEW_DIGITS - len(str(int(_rounded(size)))), 0)
    return f"{size:,.{digits}f}"
