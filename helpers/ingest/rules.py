"""The raw rows of one sheet, and the tests of a definition on them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.definitions.exports import ExportKind
from helpers.definitions.mapping import Into, Rule, header
from helpers.ingest import columns, masks
from helpers.ingest.quarantine import Aside, covered, known_words
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
    told : mapping of str to str
        What the file says outside its rows, read like cells of every row (see `recognise.Match.told`).
    aside : Aside
        Rows that are set aside.
    fed : DataFrame or None
        Where each row came from, if they come back corrected (see `feedback`).
    skipped : Series of str
        Why rows are no data, by row number (see `notes`); they are not in ``raw``.
    """

    path: Path
    kind: ExportKind
    raw: Any
    titles: Mapping[str, str]
    shop: str
    formats: Mapping[str, Any]
    problems: list[Words] = field(default_factory=list)
    told: Mapping[str, str] = field(default_factory=dict)
    aside: Aside = field(default_factory=Aside)
    fed: Any = None
    skipped: Any = field(default_factory=lambda: pd.Series(dtype=object))

    @property
    def printed(self) -> list[str]:
        """The headers in the order of the file."""
        return list(self.titles)[::-1]

    @cached_property
    def nothing(self) -> frozenset[str]:
        """The words for nothing."""
        return frozenset(map(header, self.formats["null"]))

    @cached_property
    def known(self) -> set[str]:
        """The words that may be shown."""
        return known_words(self)

    def refusal(self, message: str, todo: str, **slots: object) -> Refusal:
        """An error that names the file, the fault and where to download it again."""
        formats, where = self.formats, self.kind.where
        advice = words(formats["todo"][todo], where=where, file=self.kind.file)
        return Refusal(self.path.name, words(formats["messages"][message], **slots), advice)

    def column(self, headers: tuple[str, ...]) -> Any:
        """The cells under the first of the headers that the file has; empty ones where it has none."""
        name = next((name for name in headers if name in self.told or name in self.raw.columns), "")
        return self.raw[name] if name in self.raw.columns else pd.Series(self.told.get(name, ""), self.raw.index, "str")

    def title(self, headers: tuple[str, ...]) -> str:
        """How the file prints the first of the headers that it has."""
        return next((self.titles[name] for name in headers if name in self.titles), "/".join(headers))

    def at(self, mask: Any, texts: Any) -> Words:
        """The marked cells as row and value, words covered."""
        rows = self.raw.index.to_numpy()[mask].tolist()
        shown = [covered(text, self.known, self.formats) for text in texts[mask].fillna("")]
        return cells(self.formats, list(zip(rows, shown, strict=True)))

    def empty(self, column: Any) -> Any:
        """Per row whether the cell says nothing."""
        return columns.silence(column, self.nothing)

    @cached_property
    def blank(self) -> Any:
        """Per row whether no column that the definition reads says anything."""
        found = np.ones(len(self.raw), dtype=bool)
        for name in self.raw.columns:
            if not found.any():
                break
            found[found] = self.empty(self.raw[name][found])
        return found


def holds(sheet: RawSheet, rule: Rule) -> Any:
    """Per row whether all parts of the rule hold; a header that the file lacks counts as empty cells."""
    column = sheet.column(rule.headers)
    found = masks.met(column, rule, sheet.formats)
    if rule.empty is not None:
        found &= sheet.empty(column) == rule.empty
    for other in rule.also:
        found &= holds(sheet, other)
    if rule.within:
        groups = [sheet.column((name,)).fillna("").to_numpy() for name in rule.within]
        found = pd.Series(found).groupby(groups).transform("any").to_numpy(dtype=bool)
    if rule.differs:
        told = pd.DataFrame({name: sheet.column((name,)).fillna("").to_numpy() for name in rule.differs})
        apart = pd.Series(pd.factorize(pd.MultiIndex.from_frame(told))[0]).groupby(column.fillna("").to_numpy())
        found &= apart.transform("nunique").to_numpy() > 1
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
