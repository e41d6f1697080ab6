"""What the questions of this chapter share: bases, refunds cut alike, products by net amount, cents that tie."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import categories as shared
from helpers.chapters import compare, lines
from helpers.definitions import reasons
from helpers.findings import Gap, Label
from helpers.period import Period
from helpers.report import FEN, Report

NET = ("product_id", "line_id", "line_kind", "payable_fen", "refund_fen", "quantity", "paid_at", "day")


def missing_bases(report: Report, claim: str) -> tuple[Gap, ...]:
    """A gap when there is no earlier period at all to compare with."""
    known = any(report.base(name) is not None for name in compare.BASES)
    return () if known else (report.gap(claim, "no_previous", "ORD"),)


def no_orders(report: Report, claim: str) -> Gap:
    """Why there is nothing to count: no order file, one without payment times, or none paid in the period."""
    orders = report.every("orders")
    if not len(orders):
        return report.gap(claim, "missing_file", "ORD")
    if not orders["paid_at"].notna().any():
        return report.gap(claim, "missing_column", "ORD", column=Label("columns", "paid_at"))
    return report.gap(claim, "no_rows", "ORD")


def known_until(report: Report) -> date:
    """Last whole day of known after-sale events: the day before the export, or the last one seen where that is unknown."""
    return report.once("after-sales known until", lambda: _known_until(report))  # type: ignore[no-any-return]


def _known_until(report: Report) -> date:
    rows = report.every("after_sales")
    if not len(rows):
        return report.covered
    moments = rows[["applied_at", "refunded_at"]].stack()
    taken = report.taken("after_sales")
    if taken is not None and (not len(moments) or taken > moments.max()):
        return taken.date() - timedelta(1)
    return moments.max().date() if len(moments) else report.covered


def refunds_known(report: Report, span: Period) -> bool:
    """Whether the files tell what was paid back for orders of that period."""
    basis = lines.refund_basis(report)
    if basis not in ("after_sales", "by_time"):
        return basis == "order_file"
    first = report.every("after_sales")["applied_at"].fillna(report.every("after_sales")["refunded_at"]).min()
    grace = timedelta(report.threshold("file_grace_days"))
    return bool(first.date() <= span.start + grace and known_until(report) >= span.start)


def refunded(report: Report, rows: Any, span: Period) -> Any:
    """Refunds of each line in fen, indexed as the lines; every span is cut as many days after its end."""
    until = span.end + (known_until(report) - report.seen.end)
    return lines.refunds(report, rows, until=until).astype("float64")


def net_by_product(report: Report, span: Period) -> Any:
    """One row per product, goods only, best first: ``amount``, ``refund``, ``net`` in fen, ``lines``, ``units``."""
    rows = lines.products(lines.paid(report, span)[[*NET]])
    rows = rows.assign(back=refunded(report, rows, span)).dropna(subset=["product_id"])
    found = rows.groupby("product_id").agg(
        amount=("payable_fen", "sum"), refund=("back", "sum"), lines=("line_id", "size"), units=("quantity", "sum")
    )
    found = found.astype("float64")
    if lines.refund_basis(report) == "by_time":
        booked = booked_refunds(report, span).groupby("product_id")["refund_fen"].sum()
        found["refund"] = booked.reindex(found.index).fillna(0).astype("float64")
    return found.assign(net=found["amount"] - found["refund"]).sort_values(["net", "amount"], ascending=False)


def booked_refunds(report: Report, span: Period) -> Any:
    """Refunds that succeeded in the period, one row each, whenever their order was paid."""
    rows = lines.succeeded(report)
    if not len(rows):
        return rows
    moment = rows["refunded_at"]
    return rows[(moment >= pd.Timestamp(span.start)) & (moment < pd.Timestamp(span.end) + pd.Timedelta(days=1))]


def reason_group(report: Report) -> Callable[[str | None], str | None]:
    """A lookup of the group of an after-sale reason, as `helpers.definitions.reasons`; each text is read once."""
    return report.once("reason group", lambda: cache(reasons.groups(report.shop)))  # type: ignore[no-any-return]


def categories(report: Report, rows: Any) -> Any:
    """Category of each line, as `helpers.chapters.categories` tells it; indexed as the lines."""
    return shared.of(report, rows)


def sound(rows: Any) -> Any:
    """Which lines are goods with a quantity and an amount that can be split into factors."""
    goods = rows["line_kind"].fillna("product") == "product"
    return goods & (rows["quantity"].fillna(0) > 0) & (rows["payable_fen"] >= 0)


def cents(amount: float) -> int:
    """The nearest whole cent, halves up."""
    return int(np.floor(amount + 0.5))


def yuan(frame: Any, *columns: str) -> Any:
    """The frame with columns of fen turned into currency units."""
    return frame.assign(**{column: frame[column].astype("float64") / FEN for column in columns})
