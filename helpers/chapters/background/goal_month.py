"""The month whose goal is broken down: what is still to be sold, on which days, and which part of it is whose."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from helpers.chapters import daily, lines, margin
from helpers.findings import Answer, Gap, Label, Value
from helpers.methods import allocation
from helpers.methods.intervals import Interval, ratio_interval
from helpers.period import Period, month_of
from helpers.report import FEN, Report, sentence

REST = "rest"


class Goal(NamedTuple):
    """A month's goal.

    ``left`` is what is still to be sold in fen, ``weights`` the calendar weight of each day to come, ``event`` which of
    these lie in a promotion or holiday, ``blind`` whether one of those has no forerunner to be weighed by.
    """

    month: Period
    target: float
    left: int
    weights: Any
    event: Any
    blind: bool


def goal(report: Report) -> Goal | None:
    """The goal of the month under way at the end of what is seen, or of the next one once that is complete.

    None where neither deck nor shop sets one for that month.
    """
    last = report.seen.end
    month = month_of(last) if month_of(last).end > last else month_of(last + timedelta(1))
    target = report.at(month).target("gmv_month")
    if target is None:
        return None
    first = max(last - timedelta(int(report.threshold("tier_history_days")) - 1), report.begins)
    history = daily.paid_per_day(report, Period("range", first, last))
    days = pd.date_range(max(month.start, last + timedelta(1)), month.end)
    so_far = history[history.index >= pd.Timestamp(month.start)].sum()
    left = max(round(target * FEN - so_far), 0)
    weights = daily.weights(report, history, days)[0]
    return Goal(month, target, left, weights, daily.touched(report, days), daily.lifted(report, days)[1])


def shared(report: Report, goal: Goal) -> dict[str, int]:
    """What is still to be sold by carrier, as the period's payments were shared; the parts add up to ``left``.

    The shop's own live sessions and videos are ``live`` and ``video``, all others together ``rest``. Empty where the
    orders name no carrier, or nothing was sold.
    """
    rows = lines.paid(report)
    if not len(rows) or not rows["carrier"].notna().any():
        return {}
    own = rows["carrier"].isin(["live", "video"]) & ~margin.by_partner(report, rows)
    sold = rows.groupby(rows["carrier"].where(own, REST))["payable_fen"].sum().clip(lower=0)
    if not sold.sum() > 0:
        return {}
    return dict(zip(sold.index, allocation.cascade(goal.left, sold).tolist(), strict=True))


def needed(rows: Any, what: str, fen: float) -> Interval:
    """How much of ``what`` it takes to sell so much, at the rows' own ratio to what was paid; rows are the clusters."""
    known = rows[rows[what].notna() & rows["paid_fen"].notna()]
    ratio = ratio_interval(known[what].astype("float64"), known["paid_fen"].astype("float64"))
    return Interval(*(max(part * fen, 0) if np.isfinite(part) else np.nan for part in ratio))


def told(report: Report, id: str, reach: Interval, claim: str, tables: Sequence[str], n: int) -> Value | None:
    """A need as whole people or times, with its ends where they are known; None where it cannot be told."""
    if not np.isfinite(reach.estimate):
        return None
    middle, low, high = (round(part) if np.isfinite(part) else None for part in reach)
    return report.value(id, middle, claim, tables, n=n, low=low, high=high)


def reached(report: Report, goal: Goal, claim: str) -> Answer:
    """The finding that nothing is left to be broken down."""
    target = report.value(f"background.goal_month/month={goal.month}", goal.target, claim, ["targets"])
    return report.finding(claim, sentence("goals.month.reached", month=str(goal.month), target=target))


def unshared(report: Report, parts: Mapping[str, int], claim: str) -> Gap:
    """Why a carrier has no part of the goal: the orders name none, or it sold nothing in the period."""
    if parts:
        return report.gap(claim, "not_applicable")
    return report.gap(claim, "missing_column", "ORD", column=Label("columns", "carrier"))
