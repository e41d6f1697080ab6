"""Key figures day by day, with days that the files do not hold in full left empty, so that they are no fall."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import lines, promoted
from helpers.chapters.background import rates
from helpers.period import Period
from helpers.report import Report

FIGURES = ("paid", "orders", "conversion", "roi", "refund")
TABLES = {
    "paid": "orders",
    "orders": "orders",
    "conversion": "channel_days",
    "roi": "ads",
    "refund": "after_sales",
}  # table of the store that a figure is read from


def figures(report: Report, span: Period) -> Any:
    """One row per day, one column per figure that some file holds: money in fen, orders, rates; NaN where not covered."""
    days = pd.date_range(span.start, span.end)
    paid, traffic = lines.paid(report, span), _traffic(report, span)
    found = {}
    if len(paid):
        by = paid.groupby("day")
        rows, money = by.size().reindex(days, fill_value=0), by["payable_fen"].sum().reindex(days, fill_value=0)
        held = ~empty(rows, report.threshold("swing_empty")) & ~_partial(report, money, traffic, days)
        found["paid"] = money.astype("float64").where(held)
        found["orders"] = by["order_id"].nunique().reindex(days, fill_value=0).astype("float64").where(held)
    if len(traffic):
        found["conversion"] = _ratio(traffic, *rates.basis(traffic, "click_buy"), days)
    ads = promoted.spent(report, span)
    if len(ads):
        found["roi"] = _ratio(ads, "gmv_fen", "spend_fen", days)
    if lines.refund_basis(report) == "after_sales":
        found["refund"] = _refunds(report, days)
    return pd.DataFrame(found, index=days).dropna(axis=1, how="all")


def empty(rows: Any, rare: float) -> Any:
    """Which days lie in a run without any row that is too long to be chance, at the shop's usual rows a day.

    Rows are taken to come at random (Poisson): a run is too long where its probability is below ``rare``.
    """
    none = rows == 0
    run = none.groupby((~none).cumsum()).transform("sum")
    return none & (np.exp(-run * float(rows.median())) < rare)


def _traffic(report: Report, span: Period) -> Any:
    """Rows of the daily traffic: the total row where there is one, else all carriers."""
    rows = report.table("channel_days", span)
    if not len(rows):
        return rows
    rows = rows[rows["ad_window"].fillna("any") == "any"]
    whole = rows[rows["carrier"] == rates.ALL]
    return whole if len(whole) else rows


def _partial(report: Report, money: Any, traffic: Any, days: Any) -> Any:
    """Days of which the order file holds far less than the platform counted that day, measured by what is usual."""
    none = pd.Series(False, index=days)
    if not len(traffic) or not traffic["paid_fen"].notna().any():
        return none
    told = traffic.groupby("day")["paid_fen"].sum(min_count=1).reindex(days).astype("float64")
    share = money / told.where(told > 0)
    usual = float(share.median())
    return (share < report.threshold("swing_cover") * usual) if usual > 0 else none


def _ratio(rows: Any, part: str, whole: str, days: Any) -> Any:
    sums = rows.groupby("day")[[part, whole]].sum(min_count=1).reindex(days).astype("float64")
    return sums[part] / sums[whole].where(sums[whole] > 0)


def _refunds(report: Report, days: Any) -> Any:
    """Paid back by the day of the refund in fen, while after-sales are on file."""
    asked = report.every("after_sales")["applied_at"].dropna().dt.normalize()
    requests = asked.value_counts().reindex(days, fill_value=0).sort_index()
    back = lines.succeeded(report)
    money = back.groupby(back["refunded_at"].dt.normalize())["refund_fen"].sum().reindex(days, fill_value=0)
    held = (days >= asked.min()) & (days <= asked.max()) & ~empty(requests, report.threshold("swing_empty")).to_numpy()
    return money.astype("float64").where(held)
