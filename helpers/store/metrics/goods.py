"""Metrics of products and categories: refunds, shares, ranks, concentration."""

from datetime import date, timedelta
from typing import Any

import ibis

from helpers.errors import ParameterError
from helpers.store import engine
from helpers.store.metrics.rows import Missing, Rows, goods, month, month_text, ratio, upto

UNKNOWN = "unknown"


def refund_rate(rows: Rows, by: str, until: str | date, grace: float) -> Any:
    """What was paid back so far of what was paid, never more than was paid on a line.

    Young payments look better than they are: their refunds are still to come. By product only goods count. Payments from
    before the first after-sale request are left out, for their refunds are not known. Where after-sale requests name no
    line, refunds by their own date stand in for those of the payments. Columns ``product_id`` or ``month``, ``lines`` (paid
    for), ``paid_fen``, ``refund_fen``, ``refund_rate`` (0-1).

    Parameters
    ----------
    by : str
        ``product_id``, or ``month`` of payment.
    until : str or date
        Count refunds that came by the end of that day; empty for all.
    grace : float
        Days by which the after-sales file may begin later than the payments and still count as covering them.
    """
    if by not in ("product_id", "month"):
        raise ParameterError("metric refund_rate", f"by = {by!r}", "use product_id or month")
    rows = _covered(rows, by, grace)
    last = _day(until)
    lines = goods(rows.paid) if by == "product_id" else rows.paid.mutate(at=month(rows.paid.paid_at))
    key = "product_id" if by == "product_id" else "at"
    if rows.refund_basis == "by_time":
        found = _by_time(rows, lines, key, last)
    else:
        lines = _with_refund(rows, lines, last)
        found = lines.group_by(key).aggregate(**_sums(lines), refund_fen=lines.back.sum())
    found = found.mutate(refund_rate=ratio(found.refund_fen, found.paid_fen))
    if by == "month":
        return found.mutate(month=month_text(found["at"])).order_by("month")
    return found.filter(found.lines > 0).order_by([found.paid_fen.desc(), "product_id"])


def _day(until: str | date) -> date | None:
    try:
        return date.fromisoformat(str(until)) if until else None
    except ValueError:
        raise ParameterError("metric refund_rate", f"until = {until!r} is no day", "write 2026-10-31") from None


def _covered(rows: Rows, by: str, grace: float) -> Rows:
    """The rows from the day on from which after-sales are known; whole months where the answer is by month."""
    if rows.refund_basis == "order_file":
        return rows
    known = rows.source.ends("after_sales", "applied_at")[0]
    start = rows.start or rows.source.ends("orders", "paid_at")[0]
    if known <= start + timedelta(int(grace)):
        return rows
    if rows.end is not None and known > rows.end:
        raise Missing(f"after_sales before {known}")
    if by == "month" and known.day > 1:
        known = (known.replace(day=1) + timedelta(31)).replace(day=1)
    return rows.since(known)


def _sums(lines: Any) -> dict[str, Any]:
    return {"lines": (lines.payable_fen > 0).cast("int64").sum(), "paid_fen": lines.payable_fen.sum()}


def _with_refund(rows: Rows, lines: Any, until: date | None) -> Any:
    if rows.refund_basis == "order_file":
        return lines.mutate(back=ibis.least(lines.refund_fen.fill_null(0), lines.payable_fen))
    requests = rows.refunds(until)
    each = requests.filter(requests.line_id.notnull()).group_by("line_id").aggregate(given=requests.refund_fen.sum())
    lines = lines.left_join(each, "line_id").drop("line_id_right")
    return lines.mutate(back=ibis.least(lines.given.fill_null(0), lines.payable_fen))


def _by_time(rows: Rows, lines: Any, key: str, until: date | None) -> Any:
    requests = engine.within(rows.refunds(until), ["moment"], rows.start, rows.end)
    requests = requests.mutate(at=month(requests.moment))
    given = requests.group_by(key).aggregate(given=requests.refund_fen.sum())
    found = lines.group_by(key).aggregate(**_sums(lines)).left_join(given, key).drop(f"{key}_right")
    return found.mutate(refund_fen=found.given.fill_null(0))


def categories(rows: Rows) -> Any:
    """Share of each category of goods in a month, its change against the month before, and what it adds to the growth.

    The category of a line is its own, else that of the shop's list, else that of the platform's product table, else
    unknown. Without the month before, change and contribution are empty. Columns ``month``, ``category``, ``paid_fen``,
    ``share`` (0-1), ``change_fen``, ``contribution`` (of the month before, 0-1).
    """
    lines = goods(rows.paid).mutate(at=month(rows.paid.paid_at))
    lists = [table for table in ("roles", "product_periods") if rows.source.holds(table, "category")]
    keys = ["at", "category", *(["product_id"] if lists else [])]
    sold = lines.group_by(keys).aggregate(paid_fen=lines.payable_fen.sum())
    for table in lists:
        sold = sold.left_join(_listed(rows, table), "product_id").drop("product_id_right")
        sold = sold.mutate(category=ibis.coalesce(sold.category, sold.listed)).drop("listed")
    sold = sold.mutate(category=sold.category.fill_null(UNKNOWN))
    sold = sold.group_by(["at", "category"]).aggregate(paid_fen=sold.paid_fen.sum())
    grid = _grid(sold)
    grid = grid.mutate(total=grid.paid_fen.sum().over(ibis.window(group_by="at")))
    before = grid.select(
        after=grid["at"] + 1, category=grid.category, paid_before=grid.paid_fen, total_before=grid.total
    )
    found = grid.left_join(before, [grid["at"] == before.after, grid.category == before.category])
    found = found.drop("category_right").mutate(change_fen=lambda both: both.paid_fen - both.paid_before)
    found = found.filter((found.paid_fen != 0) | (found.change_fen.fill_null(0) != 0))
    return found.mutate(
        month=month_text(found["at"]),
        share=ratio(found.paid_fen, found.total),
        contribution=ratio(found.change_fen, found.total_before),
    ).order_by([found["at"], found.paid_fen.desc(), found.category])


def _listed(rows: Rows, table: str) -> Any:
    """The newest category that a table gives for each product: ``product_id``, ``listed``."""
    given = rows.source.part(table, None, None)
    given = given.filter(given.category.notnull(), given.product_id.notnull())
    latest = [
        given[name].desc() for name in ("period_start", "carrier", "seller", "period_end") if name in given.columns
    ]
    order = ibis.row_number().over(ibis.window(group_by=given.product_id, order_by=[*latest, given.category]))
    return given.mutate(order=order).filter(lambda found: found.order == 0).select("product_id", listed="category")


def _grid(sold: Any) -> Any:
    """Every month with every category, 0 where nothing was sold."""
    months, kinds = sold.select("at").distinct(), sold.select("category").distinct()
    every = months.cross_join(kinds)
    found = every.left_join(sold, ["at", "category"])
    return found.select("at", "category", paid_fen=found.paid_fen.fill_null(0))


def product_ranks(rows: Rows, top: int) -> Any:
    """The products of each month by what was paid for them, and how many places they rose since the month before.

    Columns ``month``, ``rank``, ``product_id``, ``paid_fen``, ``rank_before``, ``rise`` (empty for a product that was not sold).
    """
    lines = goods(rows.paid).mutate(at=month(rows.paid.paid_at))
    sold = lines.group_by(["at", "product_id"]).aggregate(paid_fen=lines.payable_fen.sum())
    sold = sold.filter(sold.paid_fen > 0)
    order = ibis.window(group_by=sold["at"], order_by=[sold.paid_fen.desc(), sold.product_id])
    ranked = sold.mutate(rank=ibis.row_number().over(order).cast("int64") + 1)
    before = ranked.select(after=ranked["at"] + 1, product_id=ranked.product_id, rank_before=ranked["rank"])
    shown = ranked.filter(ranked["rank"] <= top)
    found = shown.left_join(before, [shown["at"] == before.after, shown.product_id == before.product_id])
    found = found.drop("product_id_right").mutate(rise=lambda both: both.rank_before - both["rank"])
    return found.mutate(month=month_text(found["at"])).order_by(["month", "rank"])


def pareto(rows: Rows, top: int) -> Any:
    """The products by what was paid for them: ``rank``, ``product_id``, ``paid_fen``, ``share``, ``share_so_far`` (0-1)."""
    lines = goods(rows.paid)
    sold = lines.group_by("product_id").aggregate(paid_fen=lines.payable_fen.sum())
    sold = sold.filter(sold.paid_fen > 0)
    order = [sold.paid_fen.desc(), sold.product_id]
    found = sold.mutate(
        rank=ibis.row_number().over(ibis.window(order_by=order)).cast("int64") + 1,
        total=sold.paid_fen.sum().over(ibis.window()),
        so_far=sold.paid_fen.sum().over(upto(order)),
    )
    shares = {"share": ratio(found.paid_fen, found.total), "share_so_far": ratio(found.so_far, found.total)}
    return found.mutate(**shares).filter(found["rank"] <= top).order_by("rank")
