"""Ad spend without counting it twice: the reports by product, plan and video each hold the whole of it."""

from typing import Any

from helpers.period import Period
from helpers.report import Report

LEVELS = (("product", "live"), ("plan",), ("video",))  # each holds the whole spend; they must not be added up


def spent(report: Report, period: Period | None = None) -> Any:
    """One row per promoted object and day, of the one level that holds the whole spend."""
    rows = report.table("ads", period).dropna(subset=["spend_fen", "gmv_fen"])
    for levels in LEVELS:
        chosen = rows[rows["level"].isin(levels)]
        if len(chosen):
            return chosen
    return rows.head(0)
