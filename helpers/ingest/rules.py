"""The raw rows of one sheet, and the tests of a definition on them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.definitions.exports import ExportKind
from helpers.definitions.mapping import Into, Rule, header
from helpers.ingest import values
from helpers.ingest.refusal import Refusal, Words, cells, words


@dataclass
class RawSheet:
    """The raw text of one sheet and what came of it.

    Parameters
    ----------
    path : Path
        The file.
    kind : ExportKind
        Its definition.
    raw : DataFrame
        One row per row of the sheet, columns named by normalised header, all text; the index holds row numbers.
    titles : mapping of str to str
        Normalised header → header as the file prints it.
    shop : str
        Salt of persons' keys.
    formats : mapping
        Shared words and forms.
    problems : list of Words
        Values that were left empty.
    """

    path: Path
    kind: ExportKind
    raw: Any
    titles: Mapping[str, str]
    shop: str
    formats: Mapping[str, Any]
    problems: list[Words] = field(default_factory=list)

    def refusal(self, message: str, todo: str, **slots: object) -> Refusal:
        """An error that names the file, the fault and where to download it again."""
        formats, where = self.formats, self.kind.where
        advice = words(formats["todo"][todo], where=where, file=self.kind.file)
        return Refusal(self.path.name, words(formats["messages"][message], **slots), advice)

    def column(self, headers: tuple[str, ...]) -> Any:
        """The cells under the first of the headers that the file has; empty ones where it has none."""
        name = next((name for name in headers if name in self.raw.columns), None)
        return pd.Series("", index=self.raw.index, dtype="str") if name is None else self.raw[name]

    def title(self, headers: tuple[str, ...]) -> str:
        """How the file prints the first of the headers that it has."""
        return next((self.titles[name] for name in headers if name in self.titles), "/".join(headers))

    def at(self, mask: Any, texts: Any) -> Words:
        """The marked cells as row and value."""
        rows = self.raw.index.to_numpy()[mask].tolist()
        return cells(self.formats, list(zip(rows, texts[mask].fillna("").tolist(), strict=True)))

    def empty(self, column: Any) -> Any:
        """Per row whether the cell says nothing."""
        null = frozenset(map(header, self.formats["null"]))
        return tested(column, lambda text: values.says_nothing(text, null))

    def blank(self) -> Any:
        """Per row whether no column that the definition reads says anything."""
        found = np.ones(len(self.raw), dtype=bool)
        for name in self.raw.columns:
            if not found.any():
                break
            found[found] = self.empty(self.raw[name][found])
        return found


def tested(column: Any, test: Callable[[str], bool]) -> Any:
    """Per row what the test says of the cell; equal cells are tested once."""
    codes, known = pd.factorize(column.fillna(""))
    return np.array([test(word) for word in known.tolist()], dtype=bool)[codes]


def holds(sheet: RawSheet, rule: Rule) -> Any:
    """Per row whether all parts of the rule hold; a header that the file lacks counts as empty cells."""
    column = sheet.column(rule.headers)
    found = tested(column, _test(sheet, rule))
    if rule.empty is not None:
        found &= sheet.empty(column) == rule.empty
    for other in rule.also:
        found &= holds(sheet, other)
    return found


def reasons(sheet: RawSheet, into: Into) -> Any:
    """Per row why it does not go into the table; empty where it does."""
    found = np.full(len(sheet.raw), "", dtype=object)
    for rule in into.drop:
        found[(found == "") & holds(sheet, rule)] = rule.why
    for rule in into.keep:
        found[(found == "") & ~holds(sheet, rule)] = rule.why
    return found


def refuse(sheet: RawSheet) -> None:
    """Nothing, unless a rule of the definition says that such rows make the whole file unusable: then a Refusal."""
    for rule in sheet.kind.refuse:
        found = holds(sheet, rule)
        if found.any():
            values_shown = sheet.at(found, sheet.column(rule.headers))
            raise sheet.refusal(rule.why, "where", column=sheet.title(rule.headers), values=values_shown)


def _test(sheet: RawSheet, rule: Rule) -> Callable[[str], bool]:
    """What the parts of a rule that look at one cell say of it, together."""
    checks: list[Callable[[str], bool]] = []
    if rule.equals:
        checks.append(_equal(sheet, rule.equals))
    if rule.not_equals:
        same = _equal(sheet, rule.not_equals)
        checks.append(lambda text: not same(text))
    if rule.pattern:
        search = re.compile(rule.pattern).search
        checks.append(lambda text: search(values.plain(text)) is not None)
    if rule.above is not None or rule.below is not None:
        checks.append(lambda text: _between(_number(sheet, text), rule.above, rule.below))
    return checks[0] if len(checks) == 1 else lambda text: all(check(text) for check in checks)


def _equal(sheet: RawSheet, wanted: tuple[str | float, ...]) -> Callable[[str], bool]:
    words_wanted = {header(word) for word in wanted if isinstance(word, str)}
    numbers = {word for word in wanted if not isinstance(word, str)}
    if not numbers:
        return lambda text: header(text) in words_wanted
    return lambda text: header(text) in words_wanted or _number(sheet, text) in numbers


def _between(value: Decimal | None, low: float | None, high: float | None) -> bool:
    return value is not None and (low is None or value > low) and (high is None or value < high)


def _number(sheet: RawSheet, text: str) -> Decimal | None:
    try:
        return values.number(text, sheet.formats)
    except ValueError:
        return None
