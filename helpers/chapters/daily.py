"""The shop's days: money paid per day, which days events touched, and how heavy the days ahead will be."""

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import lines
from helpers.methods.events import baseline
from helpers.methods.forecast import weekday_weights
from helpers.period import Period
from helpers.report import Report

PROMOTIONS = ("promotion", "own")  # kinds of the calendar that sell
TOUCHING = ("holiday", "own", "promotion")  # a later kind wins where two overlap


def paid_per_day(report: Report, period: Period) -> Any:
    """What was paid each day of the period in fen, days without orders as 0."""
    if period.end > report.period.end:
        return per_day(lines.paid(report, period), period)
    return _filled(report.once("paid per day", lambda: _sums(lines.every_paid(report))), period)


def per_day(rows: Any, period: Period) -> Any:
    """As `paid_per_day`, of lines that hold the period."""
    return _filled(_sums(rows), period)


def _sums(rows: Any) -> Any:
    return rows.groupby("day")["payable_fen"].sum()


def _filled(sums: Any, period: Period) -> Any:
    return sums.reindex(pd.date_range(period.start, period.end), fill_value=0).astype("float64")


def touched(report: Report, days: Any) -> Any:
    """Which of the days lie inside a promotion, a holiday or an event of the shop's own."""
    return pd.Series(inside(days, events(report, days[0], days[-1])).any(axis=1), index=days)


def inside(days: Any, events: Any) -> Any:
    """Which of the days (rows) lie inside which of the events (columns)."""
    moments, (starts, ends) = days.to_numpy()[:, None], (events[side].to_numpy("M8[us]") for side in ("start", "end"))
    return (moments >= starts) & (moments <= ends)


def events(report: Report, first: Any, last: Any) -> Any:
    """Rows of the calendar that touch sales and overlap the days from first to last."""
    rows = report.once("touching events", lambda: report.calendar[report.calendar["kind"].isin(TOUCHING)])
    return rows[(rows["start"] <= last) & (rows["end"] >= first)]


def weights(report: Report, history: Any, days: Any) -> tuple[Any, Any]:
    """Weight of each day ahead and of each day of the history (0 where an event touched it), 1 being an ordinary day.

    An event ahead weighs what the same event weighed the last time, day by day from its peak; as ordinary days where
    the data hold no such forerunner.
    """
    busy = touched(report, history.index)
    week = weekday_weights(history, history.index.day_of_week, busy)
    past = np.where(busy, 0.0, week[history.index.day_of_week])
    factors = _factors(report, days)
    return week[days.day_of_week] * factors.fillna(1.0), past


def lifted(report: Report, days: Any) -> tuple[bool, bool]:
    """Whether some days ahead weigh what a past event weighed, and whether an event ahead has no forerunner."""
    known = [_forerunner(report, row) is not None for row in events(report, days[0], days[-1]).itertuples()]
    return any(known), not all(known)


def _factors(report: Report, days: Any) -> Any:
    """What an event multiplies each day by; 1 outside events, NaN where the event has no forerunner."""
    found = pd.Series(1.0, index=days)
    rows = events(report, days[0], days[-1])
    for row in rows.sort_values("kind", key=lambda kinds: kinds.map(TOUCHING.index)).itertuples():
        own = days[(days >= row.start) & (days <= row.end)]
        before = _forerunner(report, row)
        found[own] = np.nan if before is None else _lift(report, before, own - (anchor(row) - anchor(before)))
    return found


def _forerunner(report: Report, event: Any) -> Any:
    """The last earlier event of the same kind and name, years aside, that the data hold in full."""
    first = pd.Timestamp(report.begins) + pd.Timedelta(days=int(report.threshold("event_window_days")))
    rows = report.calendar[(report.calendar["kind"] == event.kind) & (report.calendar["end"] < event.start)]
    same = rows[(rows["series"] == event.series) & (rows["start"] >= first)]
    return None if same.empty else next(same.sort_values("start").iloc[[-1]].itertuples())


def _lift(report: Report, event: Any, days: Any) -> Any:
    """What the days of a past event sold, as multiples of the ordinary days around it with the same weekday."""
    reach = timedelta(int(report.threshold("event_window_days")))
    paid = paid_per_day(
        report, Period("range", event.start.date() - reach, min(event.end.date() + reach, report.seen.end))
    )
    usual = baseline(paid, paid.index.day_of_week, touched(report, paid.index))
    lift = pd.Series(np.divide(paid, usual, out=np.full(len(paid), np.nan), where=usual > 0), index=paid.index)
    own = pd.DatetimeIndex(np.clip(days.to_numpy(), np.datetime64(event.start), np.datetime64(event.end)))
    return lift.reindex(own).to_numpy()


def anchor(event: Any) -> Any:
    """The day by which two turns of an event are laid on each other: its peak, else its first."""
    return event.start if pd.isna(event.peak) else event.peak
