"""What a chart knows of a finding: a table's columns by role, their words and units, and what it is compared with."""

from dataclasses import dataclass, replace
from typing import Any

from helpers.definitions import metrics
from helpers.definitions.wording import Wording
from helpers.errors import XiaodianError, nearest
from helpers.findings import Answer, Finding, Gap, Table, Value
from helpers.show import tables, theme, words
from helpers.show.paper import Paper

HELPING = {
    "low",
    "high",
    "lower",
    "upper",
    "low_inner",
    "high_inner",
    "n",
    "target",
    "bar",
    "centre",
    "expected",
    "cumulative",
    "named",
    "doubt",
    "kind",
}
REFERENCES = ("target", "bar", "benchmark", "break_even", "median", "mean", "centre")


TIME = r"\d{4}-\d\d(-\d\d)?"


@dataclass(frozen=True)
class Sheet:
    """A finding's table, ready to be drawn."""

    finding: Finding
    name: str
    table: Table
    speech: Wording

    @property
    def frame(self) -> Any:
        """The rows of the table, numbered from 0."""
        return self.table.frame.reset_index(drop=True)

    def unit(self, column: str, like: str = "") -> str:
        """Unit of a column; a helping column without one has that of the column it belongs to."""
        unit = self.table.units.get(column) or self.table.units.get(like, "count")
        return self.finding.setting.currency if unit == "money" else unit

    def has(self, *columns: str) -> bool:
        """Whether the frame has all these columns."""
        return set(columns) <= set(self.table.frame.columns)

    def words_column(self, given: str = "", skip: tuple[str, ...] = ()) -> str:
        """The given column, else the first that holds words or days."""
        return self._role(given, skip, True)

    def number_column(self, given: str = "", skip: tuple[str, ...] = ()) -> str:
        """The given column, else the first that holds numbers and is not an interval, a bar or a count of cases."""
        return self._role(given, skip, False)

    def names(self, column: str) -> list[str]:
        """The cells of a column as words."""
        unit = self.table.units.get(column, "text")
        cells = tables.cells_of(self.frame[column], unit, self.speech, self.finding.setting.currency)
        return [theme.printable(cell) for cell in cells]

    def numbers(self, column: str) -> Any:
        """The cells of a column as floats; NaN where there is none."""
        import pandas as pd

        return pd.to_numeric(self.frame[column]).to_numpy(dtype=float, na_value=float("nan"))

    def say(self, number: float, column: str, like: str = "") -> str:
        """A number of a column with its unit."""
        return words.number(None if number != number else number, self.unit(column, like), self.speech)

    def say_all(self, column: str) -> list[str]:
        """All numbers of a column in one scale, so that they compare at a glance."""
        return words.alike([float(number) for number in self.numbers(column)], self.unit(column), self.speech)

    def head(self, column: str) -> str:
        """Header of a column."""
        return theme.printable(self.speech.column(column))

    def reference(self, given: str) -> tuple[Value, str] | None:
        """The named value, else one called target, bar …, with its word; None where none has a number."""
        for name in (given,) if given else REFERENCES:
            value = self.finding.values.get(name)
            if value is None and given:
                raise self._wrong(given, "value", list(self.finding.values))
            if value is not None and value.value is not None:
                return value, self._reference_word(name, value)
        return None

    def level(self, given: str, column: str) -> tuple[Value, str] | None:
        """The reference, where it is in the unit of the column."""
        found = self.reference(given)
        return found if found and found[0].unit == self.unit(column) else None

    def lower_better(self, value: Value) -> bool:
        """Whether less is better, by the definition of the value's metric."""
        metric = metrics.load(self.finding.setting.shop).get(value.id.split("/")[0])
        return metric is not None and metric.better == "down"

    def sorted(self, column: str) -> "Sheet":
        """The sheet in the order of its days; as it is where the column holds other words."""
        if not self.is_time(column):
            return self
        frame = self.table.frame.sort_values(column, kind="stable")
        return replace(self, table=replace(self.table, frame=frame))

    def is_time(self, column: str) -> bool:
        """Whether a column holds days or months."""
        if self.table.units.get(column) == "date":
            return True
        return bool(self.table.frame[column].astype(str).str.fullmatch(TIME).all())

    def paper(self, body: float, *facts: str) -> Paper:
        """Paper titled by ``chart.<chapter>.<name>`` where there is such a sentence, else by the headline."""
        key = f"chart.{tables.chapter(self.finding)}.{self.name}"
        if self.speech.has("sentences", key):
            title = words.fill(self.speech.sentence(key), self.finding.values, self.speech, key)
        else:
            title = words.text(self.finding.headline, self.finding.setting)
        rests = [] if self.table.n is None else [self.speech.word("rests_on").format(n=f"{self.table.n:,}")]
        return Paper(title, " · ".join([fact for fact in [*facts, *rests, self.finding.setting.period] if fact]), body)

    def meta(self) -> dict[str, str]:
        """What the figure carries beside its drawing."""
        return {"claim": self.finding.claim, "name": self.name}

    def _reference_word(self, name: str, value: Value) -> str:
        last = name.rpartition(".")[2]
        if self.speech.has("words", last):
            return self.speech.word(last)
        metric = metrics.load(self.finding.setting.shop).get(value.id.partition("/")[0])
        return metric.name[self.speech.lang] if metric else last

    def _role(self, given: str, skip: tuple[str, ...], for_words: bool) -> str:
        columns = list(self.table.frame.columns)
        if given and given not in columns:
            raise self._wrong(given, "column", columns)
        fits = [
            column
            for column, unit in self.table.units.items()
            if tables.is_words(unit) == for_words and column not in skip and (for_words or column not in HELPING)
        ]
        if not given and not fits:
            raise self._wrong("words" if for_words else "numbers", "column of", columns)
        return given or fits[0]

    def _wrong(self, given: str, kind: str, known: list[str]) -> XiaodianError:
        return XiaodianError(
            f"chart {self.name} of {self.finding.claim}", f"no {kind} {given!r}", nearest(given, known)
        )


def opened(answer: Answer, name: str) -> Sheet | None:
    """The sheet of a finding's table; None for a gap, a table that is missing or one without rows."""
    if isinstance(answer, Gap) or name not in answer.tables or not len(answer.tables[name].frame):
        return None
    return Sheet(answer, name, answer.tables[name], words.speech_of(answer.setting))
