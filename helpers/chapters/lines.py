"""Orders as every chapter counts them: what was paid, what was paid back, at which age."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from helpers.period import Period
from helpers.report import Report


def paid(report: Report, period: Period | None = None) -> Any:
    """Lines of the orders that were paid in the period, one row per sub-order.

    Unpaid orders and orders that are worth nothing as a whole (samples, gifts sent alone) are left out; a gift line
    inside a paid order stays, with 0 fen. Columns as the store's table ``orders`` and ``day`` (midnight).
    """
    span = period or report.seen
    if span.end > report.period.end:
        return report.once(f"paid {span}", lambda: _paid(report.table("orders", span)))
    every = every_paid(report)
    first, after = every["day"].searchsorted([pd.Timestamp(span.start), pd.Timestamp(span.end) + pd.Timedelta(days=1)])
    return every.iloc[first:after]  # not `within`: a slice shares the memory of all


def every_paid(report: Report) -> Any:
    """As `paid`, of all the data up to the end of the report's period, in the order of payment."""
    return report.once("paid", lambda: _paid(report.every("orders")))


def _paid(lines: Any) -> Any:
    if not len(lines):
        return lines.assign(day=pd.Series(dtype="datetime64[us]"))
    worth = lines["payable_fen"].astype("float64").where(lines["paid_at"].notna())
    lines = lines[worth.notna() & (worth.groupby(lines["order_id"]).transform("sum") > 0)]
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
    later = beyond(report, lines)
    ids, rows = report.once(f"refunded lines {later}", lambda: _refunded(succeeded(report, later)))
    place = ids.get_indexer(lines["line_id"])
    if within is not None:
        rows = rows[_in_time(rows, lines, place, len(ids), within)]
    if until is not None:
        rows = rows[rows["refunded_at"] < pd.Timestamp(until) + pd.Timedelta(days=1)]
    sums = np.append(
        np.bincount(rows["place"], rows["refund_fen"], len(ids)), 0
    )  # 0: of lines that nothing went back of
    return pd.Series(sums[place].astype("int64"), index=lines.index).clip(upper=lines["payable_fen"])


def _refunded(rows: Any) -> tuple[Any, Any]:
    """The lines that money went back of, and the requests that name a line, with its ``place`` among them."""
    rows = rows.loc[rows["line_id"].notna(), ["line_id", "refunded_at", "refund_fen"]]
    place, ids = pd.factorize(rows["line_id"])
    return ids, rows.assign(place=place)


def _in_time(rows: Any, lines: Any, place: Any, count: int, within: Any) -> Any:
    """Which requests arrived at most so many days after their line was paid, or calendar days where each line has its own."""
    each = isinstance(within, pd.Series)
    last = (
        lines["day"] + pd.to_timedelta(within.array, unit="D") if each else lines["paid_at"] + pd.Timedelta(days=within)
    )
    ends = np.full(count + 1, np.datetime64("NaT"), "M8[us]")
    ends[place] = last.to_numpy()
    ends[-1] = np.datetime64("NaT")  # lines that nothing went back of
    moments = rows["refunded_at"].dt.normalize() if each else rows["refunded_at"]
    return moments.to_numpy() <= ends[rows["place"]]


def within(lines: Any, period: Period) -> Any:
    """Those rows whose ``day`` lies in the period."""
    return lines[(lines["day"] >= pd.Timestamp(period.start)) & (lines["day"] <= pd.Timestamp(period.end))]


def beyond(report: Report, lines: Any) -> bool:
    """Whether some of these lines were paid after the report's period."""
    return bool((lines["paid_at"] >= pd.Timestamp(report.period.end) + pd.Timedelta(days=1)).any())


def succeeded(report: Report, later: bool = False) -> Any:
    """All after-sale requests that ended in a refund, of orders paid by the end of the period, or ``later`` too.

    ``refund_fen`` is goods and freight, less the coupon part.
    """
    read = report.later if later else report.every
    return report.once(f"succeeded {later}", lambda: _succeeded(read("after_sales")))


def _succeeded(rows: Any) -> Any:
    if not len(rows):
        return rows.assign(refund_fen=pd.Series(dtype="int64"))
    rows = rows[rows["status"] == "success"]
    parts = rows[["goods_refund_fen", "freight_refund_fen", "coupon_refund_fen"]].fillna(0).astype("int64")
    net = parts["goods_refund_fen"] + parts["freight_refund_fen"] - parts["coupon_refund_fen"]
    return rows.assign(refund_fen=net, refunded_at=rows["refunded_at"].fillna(rows["applied_at"]))


def waited(refunds: Any, lines: Any) -> Any:
    """How long after payment each of these refunds came; missing where its line is not among the lines."""
    paid = lines.set_index("line_id")["paid_at"].reindex(refunds["line_id"])
    return refunds["refunded_at"] - paid.to_numpy()


def age(report: Report) -> int:
    """Days that even the youngest payment of the period has had to be refunded."""
    return max((report.covered - report.seen.end).days, 0)
