"""Buyers and those who came back, where orders carry a pseudonymous key."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import lines
from helpers.period import Period
from helpers.report import Report


def figures(report: Report, rows: Any, span: Period) -> dict[str, float]:
    """Buyers of the period, and those of them with another paid order by its end; nothing where no order has a key.

    Parameters
    ----------
    rows : DataFrame
        Lines as `lines.paid` gives them for the period.
    """
    history = paid_orders(report)
    if history is None or not len(rows):
        return {}
    order, ids, buyer = report.once("buyers of orders", lambda: _places(history))
    asked = np.isin(order, ids.get_indexer(rows["order_id"].unique()))
    so_far = (history["paid_at"] < pd.Timestamp(span.end) + pd.Timedelta(days=1)).to_numpy()
    counts = pd.Series(order[so_far]).groupby(buyer[so_far]).nunique()
    buyers = np.unique(buyer[asked])
    if not len(buyers):
        return {}
    again = int((counts.reindex(buyers) > 1).sum())
    return {"buyers": float(len(buyers)), "repeat_buyers": float(again), "repeat_share": again / len(buyers)}


def _places(history: Any) -> tuple[Any, Any, Any]:
    """The order of each row as its place among the ids of orders, those ids, and the buyer of each row as a place."""
    order, ids = pd.factorize(history["order_id"])
    return order, ids, pd.factorize(history["buyer_key"])[0]


def paid_orders(report: Report) -> Any | None:
    """All paid orders whose buyer is known: ``order_id``, ``buyer_key``, ``paid_at``; None where no file has keys."""
    return report.once("paid orders of buyers", lambda: _paid_orders(report))


def _paid_orders(report: Report) -> Any | None:
    orders, members = report.every("orders"), report.every("members")
    if len(orders) and orders["buyer_key"].notna().any():
        rows = orders[orders["paid_at"].notna() & (orders["payable_fen"] > 0)]
        return (
            rows.groupby("order_id", as_index=False)
            .agg(buyer_key=("buyer_key", "first"), paid_at=("paid_at", "min"))
            .dropna()
        )
    if len(members) and len(lines.paid(report)):
        return members[["order_id", "buyer_key", "paid_at"]].dropna(subset=["order_id", "buyer_key"])
    return None


def known_since(report: Report) -> date:
    """First day of the orders whose buyers are known."""
    rows = paid_orders(report)
    assert rows is not None
    return rows["paid_at"].min().date()  # type: ignore[no-any-return]


def comparable(report: Report, base: Period) -> bool:
    """Whether enough history lies before the base for its repeat buyers to be seen as such."""
    return known_since(report) + timedelta(report.threshold("repeat_history_days")) <= base.start
