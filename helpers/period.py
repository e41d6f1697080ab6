"""Periods: month, quarter, half, year, ISO week or a range of days."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from helpers.errors import ParameterError

FORMS = "2026-10, 2026Q3, 2026H1, 2026, 2026W40 or 2026-10-01..2026-10-15"
MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}


@dataclass(frozen=True)
class Period:
    """Whole days from ``start`` to ``end``, both included.

    Parameters
    ----------
    kind : str
        month, quarter, half, year, week or range.
    start, end : date
        First and last day.
    """

    kind: str
    start: date
    end: date

    @classmethod
    def parse(cls, text: str | int) -> "Period":
        """The period that a text such as ``2026-10`` or ``2026Q3`` names.

        Raises
        ------
        ParameterError
            The text has another form, or names days that no calendar has.
        """
        given = str(text).strip()
        try:
            return _parse(given)
        except ValueError as error:
            raise ParameterError("period", f"{given!r} is not a period ({error})", f"write {FORMS}") from None

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.end - self.start).days + 1

    def previous(self) -> "Period":
        """The period of the same kind just before; for a range, as many days just before."""
        if self.kind in MONTHS:
            return _months(self.kind, _shift(self.start, -MONTHS[self.kind]))
        return Period(self.kind, self.start - timedelta(self.days), self.start - timedelta(1))

    def year_ago(self) -> "Period":
        """The same period one year earlier; weeks and ranges go back 52 whole weeks."""
        if self.kind in MONTHS:
            return _months(self.kind, _shift(self.start, -12))
        return Period(self.kind, self.start - timedelta(364), self.end - timedelta(364))

    def back(self, count: int) -> list["Period"]:
        """The ``count`` periods that end with this one, oldest first."""
        found = [self]
        while len(found) < count:
            found.append(found[-1].previous())
        return found[::-1]

    def __str__(self) -> str:
        """The text that ``parse`` reads back."""
        year, month = self.start.year, self.start.month
        iso = self.start.isocalendar()
        return {
            "month": f"{year}-{month:02}",
            "quarter": f"{year}Q{(month + 2) // 3}",
            "half": f"{year}H{1 if month == 1 else 2}",
            "year": f"{year}",
            "week": f"{iso.year}W{iso.week:02}",
        }.get(self.kind, f"{self.start}..{self.end}")


def month_of(day: date) -> Period:
    """The month that holds the day."""
    return _months("month", day.replace(day=1))


def _shift(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _months(kind: str, start: date) -> Period:
    last = _shift(start, MONTHS[kind] - 1)
    return Period(kind, start, last.replace(day=calendar.monthrange(last.year, last.month)[1]))


def _parse(text: str) -> Period:
    if match := re.fullmatch(r"(\d{4})-(\d{1,2})", text):
        if not 1 <= int(match[2]) <= 12:
            raise ValueError(f"months run from 01 to 12, nearest {match[1]}-{'12' if int(match[2]) > 12 else '01'}")
        return _months("month", date(int(match[1]), int(match[2]), 1))
    if match := re.fullmatch(r"(\d{4})[Qq]([1-4])", text):
        return _months("quarter", date(int(match[1]), int(match[2]) * 3 - 2, 1))
    if match := re.fullmatch(r"(\d{4})[Hh]([12])", text):
        return _months("half", date(int(match[1]), int(match[2]) * 6 - 5, 1))
    if match := re.fullmatch(r"(\d{4})", text):
        return _months("year", date(int(match[1]), 1, 1))
    if match := re.fullmatch(r"(\d{4})-?[Ww](\d{1,2})", text):
        monday = date.fromisocalendar(int(match[1]), int(match[2]), 1)
        return Period("week", monday, monday + timedelta(6))
    if match := re.fullmatch(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)", text):
        start, end = date.fromisoformat(match[1]), date.fromisoformat(match[2])
        if end < start:
            raise ValueError(f"{end} is before {start}")
        return Period("range", start, end)
    raise ValueError("no known form")
