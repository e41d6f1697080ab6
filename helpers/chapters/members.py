"""Orders of known buyers: from the orders where they carry a key of the buyer, else from the member sheet."""

from typing import Any

import pandas as pd

from helpers.report import Report


def source(report: Report) -> str:
    """The table that names buyers: ``orders`` where they carry a key, else ``members``; empty where none does."""
    for name in ("orders", "members"):
        rows = report.every(name)
        if len(rows) and rows["buyer_key"].notna().any():
            return name
    return ""


def history(report: Report) -> Any:
    """All paid orders of known buyers, one row each: ``order_id``, ``buyer_key``, ``paid_at``, ``amount_fen``; empty if none is."""
    return report.once("members history", lambda: _history(report))


def _history(report: Report) -> Any:
    name = source(report)
    if not name:
        return pd.DataFrame({"order_id": [], "buyer_key": [], "paid_at": pd.to_datetime([]), "amount_fen": []})
    rows, amount = report.every(name), "payable_fen" if name == "orders" else "amount_fen"
    rows = rows[rows["paid_at"].notna() & rows["buyer_key"].notna()]
    orders = rows.groupby("order_id")
    found = orders.agg(buyer_key=("buyer_key", "first"), paid_at=("paid_at", "min"))
    found["amount_fen"] = orders[amount].sum(min_count=1).astype("float64")
    return found[~(found["amount_fen"] <= 0)].reset_index()


def until(report: Report) -> Any:
    """As `history`, up to the last day seen of the period."""
    rows = history(report)
    return rows[rows["paid_at"] < pd.Timestamp(report.seen.end) + pd.Timedelta(days=1)]
