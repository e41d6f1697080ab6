"""Promotions of the calendar, and the days that they and holidays touch."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters.daily import PROMOTIONS
from helpers.report import Report

YEAR = 365
HOLIDAYS = ("holiday", "festival")


@dataclass(frozen=True)
class Event:
    """A promotion as far as it has been seen; ``over`` says whether to its end, ``confirmed`` is yes or no."""

    name: str
    start: Any
    end: Any
    over: bool
    confirmed: str

    @property
    def days(self) -> int:
        """Days seen."""
        return int((self.end - self.start).days) + 1


def events(report: Report) -> list[Event]:
    """Promotions of the year up to the end of the period, latest first."""
    end = pd.Timestamp(report.seen.end)
    rows = report.calendar[report.calendar["kind"].isin(PROMOTIONS)].dropna(subset=["start", "end"])
    rows = rows[(rows["start"] <= end) & (rows["end"] >= end - pd.Timedelta(days=YEAR))]
    latest = rows.sort_values(["start", "end"], ascending=False).itertuples()
    return [Event(row.name, row.start, min(row.end, end), row.end <= end, str(row.confirmed)) for row in latest]


def touched(report: Report, index: Any, event: Event) -> Any:
    """Days that other promotions (with the days around them) or holidays touched."""
    found = np.zeros(len(index), dtype=bool)
    before, after = (pd.Timedelta(days=report.threshold(f"promo_{part}_days")) for part in ("before", "after"))
    for row in report.calendar.itertuples():
        if row.kind in PROMOTIONS and row.start != event.start:
            found |= (index >= row.start - before) & (index <= row.end + after)
        elif row.kind in HOLIDAYS:
            found |= (index >= row.start) & (index <= row.end)
    return found
