"""Rows that cannot be trusted are set aside: each with its first fault, and with what of it may be kept."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from helpers.definitions.mapping import Column, Rule, header
from helpers.ingest import filled, values
from helpers.ingest.refusal import LANGUAGES, Words, cells, words

if TYPE_CHECKING:
    from helpers.ingest.rules import RawSheet

LETTERS = re.compile(r"[^\W\d_]+")
MARK, SHIFTED = "quarantined", "shifted"
HASHED = re.compile("[0-9a-f]{16}")


@dataclass(frozen=True)
class Fault:
    """Why a row is set aside: the column as the file prints it, its cell with words covered, a key of ``[faults]``."""

    column: str
    value: str
    reason: str


@dataclass
class Aside:
    """The rows of one sheet that are set aside, by their place: the first fault of each, and all faults by column.

    ``doubts`` counts per row the cells that are no good, in whatever column: a row with several may be shifted.
    """

    first: dict[int, Fault] = field(default_factory=dict)
    faults: dict[tuple[str, str], list[tuple[int, str]]] = field(default_factory=dict)
    doubts: Counter[int] = field(default_factory=Counter)

    def add(self, places: Sequence[int], rows: Sequence[int], column: str, shown: Sequence[str], reason: str) -> None:
        """Set rows aside, by place and row number, for a fault in this column; ``shown`` are its cells, covered."""
        self.doubts.update(places)
        for place, row, value in zip(places, rows, shown, strict=True):
            self.first.setdefault(place, Fault(column, value, reason))
            self.faults.setdefault((reason, column), []).append((row, value))


def known_words(sheet: "RawSheet") -> set[str]:
    """Words that the formats or the definition name: they may be shown, any other may be somebody's name."""
    formats, found = sheet.formats, {"e", "t"}
    for word in (*formats["null"], *formats["units"], *formats["durations"], *formats["money_signs"]):
        found |= set(LETTERS.findall(header(word)))
    for into in sheet.kind.into:
        tests = [*into.keep, *into.drop, *(total.total for total in into.totals)]
        for column in into.columns.values():
            found |= {part for word in column.values for part in LETTERS.findall(word)}
            tests += column.when
        found |= {part for word in _equals(tests) for part in LETTERS.findall(header(word))}
    return found


def _equals(rules: Iterable[Rule]) -> Iterable[str]:
    for rule in rules:
        yield from (word for word in (*rule.equals, *rule.not_equals) if isinstance(word, str))
        yield from _equals(rule.also)


def covered(text: str, known: set[str], formats: Mapping[str, Any]) -> str:
    """The cell without phone and identity numbers, and without words that nobody defined."""
    rules, found = formats["cover"], values.personal(text.replace(values.SPLIT, " | "), formats)

    def told(word: re.Match[str]) -> str:
        unit = word[0] in rules["units"] and found[: word.start()][-1:].isdigit()
        return word[0] if unit or header(word[0]) in known else str(rules["with"])

    return LETTERS.sub(told, found)[: rules["longest"]]


def shown(sheet: "RawSheet", kind: str, column: Column, texts: Any, places: Sequence[int] = ()) -> list[str]:
    """The cells of a fault as they may be printed; a word of a list that several rows share is no one's name.

    ``places`` are their rows: one that has another fault may be shifted, and a name stand where the word should.
    """
    formats, known = sheet.formats, sheet.known
    if kind == "text" and not column.values and column.form != "code":
        return [values.masked(text, formats) for text in texts]
    sane = [place not in sheet.aside.doubts for place in places] or [True] * len(texts)
    often = Counter(
        text for text, own in zip(texts, sane, strict=True) if own and column.form != "code" and kind == "text"
    )
    least, word = formats["cover"]["seen"], re.compile(formats["cover"]["word"])
    common = {text for text, count in often.items() if count >= least and word.fullmatch(text)}
    common = common if len(often) <= formats["cover"]["different"] else set()
    return [
        text if own and text in common else covered(text, known, formats) for text, own in zip(texts, sane, strict=True)
    ]


def judge(sheet: "RawSheet", used: int) -> None:
    """Tell the faults of the rows set aside.

    Raises
    ------
    Refusal
        More than the share of rows that may fail did: then the file as a whole is not what it should be. Sheets that people
        fill are never refused for that.
    """
    aside, formats = sheet.aside, sheet.formats
    if not aside.first:
        return
    groups = sorted(aside.faults.items(), key=lambda group: -len(group[1]))
    typed = sheet.fed is not None or sheet.kind.template is not None  # by people, row by row: the others may be right
    if len(aside.first) > formats["quarantine_share"] * used and not typed:
        reason, _ = groups[0][0]
        told = [_told(sheet, "faulty", reason, column, found) for (reason, column), found in groups]
        text = {lang: "; ".join(part[lang] for part in told) for lang in LANGUAGES}
        raise sheet.refusal("faults", "fill" if reason == "empty_key" else "correct", text=text)
    sheet.problems += [_told(sheet, "aside", reason, column, found) for (reason, column), found in groups]


def _told(sheet: "RawSheet", message: str, reason: str, column: str, found: list[tuple[int, str]]) -> Words:
    formats, said = sheet.formats, why(sheet.formats, reason)
    if reason == filled.UNKNOWN:
        known = filled.allowed(filled.coded(sheet, column), formats)
        said = {lang: said[lang] + known[lang] for lang in LANGUAGES}
    message = message if column else f"{message}_row"
    return words(formats["messages"][message], column=column, why=said, n=len(found), values=cells(formats, found))


def why(formats: Mapping[str, Any], reason: str) -> Words:
    """The words of a named reason; a reason that only a definition knows stands for itself."""
    return dict(formats["faults"].get(reason, dict.fromkeys(LANGUAGES, reason)))


def sound(sheet: "RawSheet", frame: Any) -> Any:
    """The rows of a frame that are not set aside."""
    return frame[~frame["position"].isin(list(sheet.aside.first))] if sheet.aside.first else frame


def person(sheet: "RawSheet", text: str) -> str:
    """A person's key; one that comes back with a corrected row is not hashed a second time."""
    back = sheet.fed is not None and HASHED.fullmatch(text)
    return text if back else values.hashed(sheet.shop, values.identity(text))
