"""Totals per counting period: the rows that make up a period without counting twice, and what makes a month of them."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.period import Period
from helpers.report import Report

MONTH_DAYS = 365 / 12


def counted(report: Report, name: str, period: Period | None = None) -> tuple[Any, Period | None]:
    """Rows counted wholly inside the period (default: the report's), and the days they cover, None without rows.

    Where counting periods overlap (a week inside a month), the longest are kept, so that nothing is counted twice.
    """
    return longest(report.every(name), period or report.period)


def own_videos(report: Report, period: Period | None = None) -> tuple[Any, Period | None]:
    """As `counted`, for the shop's own videos; those of partners come in lists of their own."""
    rows = report.every("videos")
    own = rows[rows["seller"].fillna("own") != "partner"] if len(rows) else rows
    return longest(own, period or report.period)


def longest(rows: Any, span: Period) -> tuple[Any, Period | None]:
    """Those of the rows that `counted` takes for the days, for rows chosen beforehand (one seller's, one channel's)."""
    inside = (rows["period_start"] >= pd.Timestamp(span.start)) & (rows["period_end"] <= pd.Timestamp(span.end))
    rows = rows[inside] if len(rows) else rows
    if not len(rows):
        return rows, None
    spans = rows[["period_start", "period_end"]].drop_duplicates()
    kept: list[tuple[Any, Any]] = []
    for start, end in sorted(spans.itertuples(index=False, name=None), key=lambda pair: pair[0] - pair[1]):
        if all(end < first or start > last for first, last in kept):
            kept.append((start, end))
    starts, ends = rows["period_start"], rows["period_end"]
    rows = rows[np.any([(starts == first) & (ends == last) for first, last in kept], axis=0)]
    return rows, Period("range", rows["period_start"].min().date(), rows["period_end"].max().date())


def monthly(report: Report) -> float:
    """What turns a total of the report's period into a month's."""
    whole = report.complete and report.period.kind == "month"
    return 1.0 if whole else MONTH_DAYS / report.seen.days
