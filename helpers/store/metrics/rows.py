"""The rows that metrics are made of: what counts as paid, who bought it, what was paid back.

The same rules as in the chapters (`helpers.chapters.lines`): a line counts when it has a payment time and an amount, unless
its order is worth nothing as a whole; goods are lines that are not gifts, postage or fees.
"""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any, Protocol

import ibis

from helpers.store import engine


class Missing(Exception):
    """A metric lacks a table or a column; the text says which."""


class Source(Protocol):
    """What a store gives of one shop."""

    def part(self, table: str, start: date | None, end: date | None) -> Any:
        """The table as an expression; it may hold more than the days asked for, but lacks none of them."""

    def holds(self, table: str, column: str) -> bool:
        """Whether any row of the shop has that column."""

    def never(self, table: str, column: str, what: str) -> bool:
        """Whether the store's statistics say that the column is never ``empty``, or never ``negative``."""

    def ends(self, table: str, column: str) -> tuple[date, date]:
        """First and last day in a column that some row has."""

    def some(self, rows: Any) -> bool:
        """Whether an expression has any row."""


class Rows:
    """The rows of a shop in a period, as expressions that are made when they are asked for."""

    def __init__(self, source: Source, start: date | None, end: date | None) -> None:
        self.source, self.start, self.end = source, start, end

    @cached_property
    def paid(self) -> Any:
        """Order lines that were paid in the period."""
        return self._paid(self.start)

    @cached_property
    def orders(self) -> Any:
        """Paid orders of the period: ``order_id``, ``paid_fen``, ``paid_at``."""
        return orders(self.paid)

    @cached_property
    def bought_in(self) -> str:
        """The table that names buyers: orders where any does, else the shop's list of member orders."""
        for table in ("orders", "members"):
            if self.source.holds(table, "buyer_key"):
                return table
        raise Missing("orders.buyer_key")

    @cached_property
    def bought(self) -> Any:
        """What was bought by the end of the period: ``order_id``, ``buyer_key`` (may be empty), ``paid_at``, ``payable_fen``."""
        if self.bought_in == "orders":
            rows = self._paid(None)
            return rows.filter(rows.payable_fen != 0)  # a free sample makes no buyer
        rows = engine.within(self.source.part("members", None, self.end), ["paid_at"], None, self.end)
        rows = rows.filter(rows.paid_at.notnull(), rows.amount_fen.isnull() | (rows.amount_fen > 0))
        return rows.rename(payable_fen="amount_fen")

    @cached_property
    def followed_until(self) -> date:
        """The end of the period, or the last day with a payment where the data end before."""
        last = self.source.ends(self.bought_in, "paid_at")[1]
        return last if self.end is None else min(self.end, last)

    @cached_property
    def refund_basis(self) -> str:
        """Where refunds are read from: after_sales (each names its line), by_time (none does) or order_file."""
        if self.source.holds("after_sales", "after_sale_id"):
            return "after_sales" if self.source.holds("after_sales", "line_id") else "by_time"
        if self.source.holds("orders", "refund_fen"):
            return "order_file"
        raise Missing("after_sales")

    def refunds(self, until: date | None) -> Any:
        """After-sale requests that ended in a refund, by the end of a day: ``refund_fen`` and ``moment``."""
        rows = self.source.part("after_sales", None, None)
        goods, freight, coupon = (rows[f"{part}_refund_fen"].fill_null(0) for part in ("goods", "freight", "coupon"))
        rows = rows.filter(rows.status == "success").mutate(
            refund_fen=goods + freight - coupon, moment=ibis.coalesce(rows.refunded_at, rows.applied_at)
        )
        return rows if until is None else engine.within(rows, ["moment"], None, until)

    def since(self, start: date) -> "Rows":
        """The rows of the period from a later day on."""
        return Rows(self.source, start, self.end)

    def _paid(self, start: date | None) -> Any:
        if not self.source.holds("orders", "paid_at"):
            raise Missing("orders.paid_at")
        rows = engine.within(self.source.part("orders", start, self.end), ["paid_at"], start, self.end)
        rows = rows.filter(rows.paid_at.notnull(), rows.payable_fen.notnull())
        if not self.source.never("orders", "order_id", "empty"):
            rows = rows.filter(rows.order_id.notnull())
        return rows if self.source.never("orders", "payable_fen", "negative") else _worthy(rows)


def _worthy(rows: Any) -> Any:
    """The lines without those of orders that cancel out; of orders whose lines are all free only free lines are left."""
    doubtful = rows.semi_join(rows.filter(rows.payable_fen < 0).select("order_id").distinct(), "order_id")
    totals = doubtful.group_by("order_id").aggregate(total=doubtful.payable_fen.sum())
    return rows.anti_join(totals.filter(totals.total <= 0), "order_id")


def orders(lines: Any, /, **more: Any) -> Any:
    """One row per order that is worth something: ``order_id``, ``paid_fen``, ``paid_at`` and more sums of its lines."""
    found = lines.group_by("order_id").aggregate(paid_fen=lines.payable_fen.sum(), paid_at=lines.paid_at.min(), **more)
    return found.filter(found.paid_fen > 0)


def goods(lines: Any) -> Any:
    """Those lines that are goods and name their product: no postage, fees or manual entries, no gifts."""
    return lines.filter(lines.line_kind.fill_null("product") == "product", lines.product_id.notnull())


def ratio(part: Any, whole: Any) -> Any:
    """A quotient of two sums; empty where the whole is 0."""
    return part.cast("float64") / whole.nullif(0).cast("float64")


def month(moment: Any) -> Any:
    """The month of a moment, counted through from the year 0: a number, for it is cut off faster than a date."""
    return moment.year().cast("int64") * 12 + moment.month().cast("int64") - 1


def month_text(at: Any) -> Any:
    """Such a month as text: 2026-10."""
    return (at // 12).cast("int64").cast("string") + "-" + (at % 12 + 1).cast("int64").cast("string").lpad(2, "0")


def upto(order: Sequence[Any], by: Any = None) -> Any:
    """The window of all rows before this one and itself."""
    return ibis.window(group_by=by, order_by=order, preceding=None, following=0)


def quantiles(counted: Any, by: str, value: str, shares: dict[str, float]) -> Any:
    """Exact quantiles of a group, with linear interpolation between neighbours, and the number of values.

    Parameters
    ----------
    counted : Table
        Values by group: ``by``, ``value`` and ``times``, how often the value was seen. Values may stand in several rows.
    shares : dict of str to float
        Column of each quantile.
    """
    found = counted.group_by([by, value]).aggregate(times=counted.times.sum().cast("int64"))
    so_far = found.times.cast("float64").sum().over(upto([found[value]], found[by]))  # whole numbers, twice as fast
    last = so_far.cast("int64")
    placed = found.mutate(last=last, n=found.times.sum().over(ibis.window(group_by=found[by])))
    columns = {}
    for name, share in shares.items():
        at = (placed.n - 1).cast("float64") * ibis.literal(share).cast("float64")
        low = at.floor().cast("int64")
        weight = at - low.cast("float64")
        parts = [_share_of(placed, low, 1 - weight), _share_of(placed, low + 1, weight)]
        columns[name] = (placed[value].cast("float64") * (parts[0] + parts[1])).sum()
    return placed.group_by(by).aggregate(n=placed.times.sum(), **columns)


def _share_of(placed: Any, position: Any, weight: Any) -> Any:
    """The weight where the value stands at that position (from 0) of its group, else nothing."""
    here = (position >= placed["last"] - placed.times) & (position < placed["last"])
    return here.ifelse(weight.cast("float64"), ibis.literal(0.0).cast("float64"))
