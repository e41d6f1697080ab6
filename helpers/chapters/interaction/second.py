"""First and second orders of each buyer, and what second orders are worth."""

from datetime import date, timedelta
from typing import Any

import pandas as pd

from helpers.chapters import lines, margin, spans
from helpers.chapters.members import source
from helpers.findings import Value
from helpers.period import Period
from helpers.report import Report


def buyers(orders: Any, until: date) -> Any:
    """One row per buyer, as known at the end of a day, indexed by buyer.

    Columns: ``first`` (time of the first order), ``came`` (whether a second one was seen), ``wait`` (days to it, else
    to that day), ``age`` (days since the first), ``cohort`` (quarter of the first), ``second_order`` (its id).
    """
    rows = orders[orders["paid_at"] < pd.Timestamp(until) + pd.Timedelta(days=1)].sort_values(["paid_at", "order_id"])
    place = rows.groupby("buyer_key").cumcount()
    first = rows[place == 0].set_index("buyer_key")["paid_at"]
    again = rows[place == 1].set_index("buyer_key").reindex(first.index)
    age = (pd.Timestamp(until) - first.dt.normalize()).dt.days
    wait = (again["paid_at"].dt.normalize() - first.dt.normalize()).dt.days
    return pd.DataFrame(
        {
            "first": first,
            "came": again["paid_at"].notna(),
            "age": age,
            "wait": wait.fillna(age).astype(int),
            "cohort": first.dt.to_period("Q").astype(str),
            "second_order": again["order_id"],
        }
    )


def stake(report: Report, frame: Any, share: Value, target: Value | None, claim: str) -> Value | None:
    """Contribution a month if the share who come back reached the target; None where gap or costs are not sure."""
    if target is None or not (target.value and share.high and share.high < target.value):
        return None
    worth = _worth(report, frame)
    if worth is None or worth <= 0:
        return None
    new = int((frame["first"] >= pd.Timestamp(report.seen.start)).sum())
    gaps = [target.value - float(part or 0) for part in (share.value, share.high, share.low)]
    middle, low, high = (gap * new * worth * spans.monthly(report) for gap in gaps)
    tables = [source(report), "orders", "costs", "targets"]
    return report.money("interaction.repeat_stake", middle, claim, tables, n=new, low=low, high=high)


def _worth(report: Report, frame: Any) -> float | None:
    """What a second order of the last days left after refunds and costs, in fen, on average."""
    if lines.refund_basis(report) not in ("after_sales", "order_file"):
        return None
    days = int(report.threshold("repeat_stake_days"))
    span = Period("range", report.seen.end - timedelta(days - 1), report.seen.end)
    rows = lines.paid(report, span)
    rows = rows[rows["order_id"].astype(object).isin(frame["second_order"].dropna().to_list())]
    if rows["order_id"].nunique() < report.threshold("few"):
        return None
    back = lines.refunds(report, rows)
    left = margin.contribution(report, rows, back).groupby(rows["order_id"]).sum(min_count=1)
    enough = left.notna().mean() >= report.threshold("cost_known")
    return float(left.mean()) if enough else None
