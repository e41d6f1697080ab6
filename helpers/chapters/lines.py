"""Orders as every chapter counts them: what was paid, what was paid back, at which age."""

from datetime import date
from typing import Any

import pandas as pd

from helpers.period import Period
from helpers.report import Report


def paid(report: Report, period: Period | None = None) -> Any:
    """Lines of the orders that were paid in the period, one row per sub-order.

    Unpaid orders and orders that are worth nothing as a whole (samples, gifts sent alone) are left out; a gift line
    inside a paid order stays, with 0 fen. Columns as the store's table ``orders`` and ``day`` (midnight).
    """
    return report.once(f"paid {period or report.seen}", lambda: _paid(report.table("orders", period)))


def _paid(lines: Any) -> Any:
    if not len(lines):
        return lines.assign(day=pd.Series(dtype="datetime64[us]"))
    lines = lines[lines["paid_at"].notna() & lines["payable_fen"].notna()]
    lines = lines[lines.groupby("order_id")["payable_fen"].transform("sum") > 0]
    return lines.assign(day=lines["paid_at"].dt.normalize())


def products(lines: Any) -> Any:
    """Those lines that are goods: no postage, fees or manual entries, no gifts."""
    return lines[lines["line_kind"].fillna("product") == "product"]


def orders(lines: Any) -> Any:
    """One row per order: ``order_id``, ``amount_fen``, ``units``, ``paid_at``, ``province``, ``freight_fen`` …"""
    return lines.groupby("order_id", as_index=False).agg(
        amount_fen=("payable_fen", "sum"),
        units=("quantity", "sum"),
        paid_at=("paid_at", "min"),
        province=("province", "first"),
        freight_fen=("freight_fen", "sum"),
        discount_fen=("discount_fen", "sum"),
    )


def refund_basis(report: Report) -> str:
    """Where refunds can be read from.

    Returns
    -------
    str
        ``after_sales``: each refund names its order line, so it can be counted with the payment and at equal age;
        ``order_file``: the order file states what was paid back, without a date;
        ``by_time``: returns exist but name no order line, so they can only be booked on their own date;
        empty: no file tells.
    """
    after = report.every("after_sales")
    if len(after):
        return "after_sales" if after["line_id"].notna().any() else "by_time"
    lines = report.every("orders")
    return "order_file" if len(lines) and lines["refund_fen"].notna().any() else ""


def refunds(report: Report, lines: Any, within: Any = None, until: date | None = None) -> Any:
    """What was paid back of each line, in fen, never more than was paid; indexed as the lines.

    Parameters
    ----------
    lines : DataFrame
        Lines as `paid` gives them.
    within : int or Series of int, optional
        Count only refunds that arrived at most so many days after the payment, so that periods of unequal age compare;
        a number per line counts calendar days. Only with the basis ``after_sales``.
    until : date, optional
        Count only refunds that arrived by the end of that day; two periods compare when both are cut as many days after
        their end.
    """
    basis = refund_basis(report)
    if basis == "order_file":
        return lines["refund_fen"].fillna(0).clip(upper=lines["payable_fen"])
    if basis != "after_sales" or not len(lines):
        return pd.Series(0, index=lines.index)
    rows = succeeded(report)
    if isinstance(within, pd.Series):
        last = rows["line_id"].map(lines.set_index("line_id")["day"] + pd.to_timedelta(within.array, unit="D"))
        rows = rows[rows["refunded_at"].dt.normalize() <= last]
    elif within is not None:
        since = rows["line_id"].map(lines.set_index("line_id")["paid_at"])
        rows = rows[rows["refunded_at"] - since <= pd.Timedelta(days=within)]
    if until is not None:
        rows = rows[rows["refunded_at"] < pd.Timestamp(until) + pd.Timedelta(days=1)]
    back = lines["line_id"].map(rows.groupby("line_id")["refund_fen"].sum()).fillna(0).astype("int64")
    return back.clip(upper=lines["payable_fen"])


def within(lines: Any, period: Period) -> Any:
    """Those rows whose ``day`` lies in the period."""
    return lines[(lines["day"] >= pd.Timestamp(period.start)) & (lines["day"] <= pd.Timestamp(period.end))]


def succeeded(report: Report) -> Any:
    """All after-sale requests that ended in a refund; ``refund_fen`` is goods and freight, less the coupon part."""
    return report.once("succeeded", lambda: _succeeded(report.every("after_sales")))


def _succeeded(rows: Any) -> Any:
    if not len(rows):
        return rows.assign(refund_fen=pd.Series(dtype="int64"))
    rows = rows[rows["status"] == "success"]
    parts = rows[["goods_refund_fen", "freight_refund_fen", "coupon_refund_fen"]].fillna(0).astype("int64")
    net = parts["goods_refund_fen"] + parts["freight_refund_fen"] - parts["coupon_refund_fen"]
    return rows.assign(refund_fen=net, refunded_at=rows["refunded_at"].fillna(rows["applied_at"]))


def age(report: Report) -> int:
    """Days that even the youngest payment of the period has had to be refunded."""
    return max((report.covered - report.seen.end).days, 0)
