"""Which order lines a return rate is counted on, so that all are watched equally long."""

from datetime import timedelta
from typing import Any, NamedTuple

import pandas as pd

from helpers.chapters import lines
from helpers.chapters.sales import basis
from helpers.period import Period
from helpers.report import Report


class Cohort(NamedTuple):
    """Lines that were sold, whether each was sent back, and over which days and by which way that is known."""

    rows: Any
    span: Period
    way: str


def cohort(report: Report) -> Cohort | None:
    """The lines to judge: those paid early enough to be watched for the full age; None where there are none."""
    way = lines.refund_basis(report)
    if way == "after_sales":
        return _aged(report)
    rows = lines.products(lines.paid(report))
    if not len(rows) or not basis.refunds_known(report, report.seen):
        return None
    if way == "by_time":
        booked = basis.booked_refunds(report, report.seen)
        back = booked["product_id"].value_counts()
        place = rows.groupby("product_id").cumcount()
        hit = place < rows["product_id"].map(back).fillna(
            0
        )  # which line came back is not known, only how many of a product
    else:
        hit = lines.refunds(report, rows) > 0
    return Cohort(rows.assign(hit=hit), report.seen, way)


def _aged(report: Report) -> Cohort | None:
    age = int(report.threshold("mature_days"))
    end = min(report.seen.end, basis.known_until(report) - timedelta(age))
    begins = report.every("after_sales")["applied_at"].min()
    first = max(report.begins, begins.date() - timedelta(report.threshold("file_grace_days")))
    start = max(end - timedelta(report.seen.days - 1), first)
    if start > end:
        return None
    span = Period("range", start, end)
    rows = lines.products(lines.paid(report, span))
    if not len(rows):
        return None
    events = lines.succeeded(report)
    since = lines.waited(events, rows)
    in_time = events[since <= pd.Timedelta(days=age)]
    back = in_time.loc[in_time["kind"] == "return", "line_id"]
    early = in_time.loc[in_time["kind"] == "refund_unshipped", "line_id"]
    rows = rows.assign(hit=rows["line_id"].isin(back))
    sent = rows["shipped_at"].notna() if rows["shipped_at"].notna().any() else ~rows["line_id"].isin(early)
    return Cohort(rows[sent | rows["hit"]], span, "after_sales")
