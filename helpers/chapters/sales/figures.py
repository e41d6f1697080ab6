"""The key figures of a period, beside the same figures of the periods it is compared with."""

from typing import Any

from helpers.chapters import compare, daily, lines
from helpers.chapters.sales import basis, buyers, changes
from helpers.findings import Value
from helpers.methods.intervals import mean_interval, ratio_interval, wilson
from helpers.period import Period
from helpers.report import Report

CLAIM = "2.1.1"
MONEY = {"paid_amount", "order_value", "net_amount", "refund_amount_by_time"}
TARGETS = {"paid_amount": "gmv_month", "orders_paid": "orders_month"}
TABLES = ("orders", "after_sales")


def values(report: Report) -> dict[str, Value]:
    """The figures of the report's period by name; ``.previous``, ``.year_ago``, ``.change``, ``.target`` beside them."""
    now = figures(report, report.seen)
    spread = _intervals(report, now)
    found = {
        name: _born(report, name, number, report.seen, now, **spread.get(name, {})) for name, number in now.items()
    }
    for name in compare.BASES:
        found |= _beside(report, compare.base(report, name), now)
    return found | _usual(report) | _targets(report)


def _beside(report: Report, base: compare.Base, now: dict[str, float]) -> dict[str, Value]:
    """The same figures of a base as they were, and the changes where its days can be compared."""
    if base.why == "missing":
        return {}
    then = figures(report, base.span)
    if lines.refund_basis(report) == "order_file":  # undated refunds of an older month have had longer to come in
        then = {name: number for name, number in then.items() if not name.startswith(("refund", "net"))}
    found = {
        f"{name}.{base.name}": _born(report, f"{name}/base={base.name}", then[name], base.span, then)
        for name in now.keys() & then.keys()
    }
    if base.why:
        return found
    change = "change" if base.name == "previous" else "change_year_ago"
    return found | {f"{name}.{change}": value for name, value in changes.values(report, base).items() if name in now}


def _usual(report: Report) -> dict[str, Value]:
    """The paid amount beside the shop's own median period, like for like, and how many earlier periods it exceeds."""
    sold = daily.paid_per_day(report, Period("range", report.begins, report.seen.end))
    change, above, periods = compare.beside_usual(report, sold)
    if not periods:
        return {}
    ids = {"usual.change": ("paid_amount/change=usual", change), "usual.above": ("periods_above", above)}
    return {name: report.value(f"sales.{id}", one, CLAIM, TABLES, n=periods) for name, (id, one) in ids.items()}


def figures(report: Report, span: Period) -> dict[str, float]:
    """The key figures of one period by name, money in fen; those that the files cannot tell are left out."""
    rows = lines.paid(report, span)
    paid, orders = float(rows["payable_fen"].sum()), rows["order_id"].nunique()
    found = {"paid_amount": paid, "orders_paid": float(orders)}
    if orders:
        found["order_value"] = paid / orders
    units = lines.products(rows)["quantity"]
    if units.notna().any() or not len(rows):
        found["units"] = float(units.sum())
    return found | refund_figures(report, rows, span) | buyers.figures(report, rows, span)


def refund_figures(report: Report, rows: Any, span: Period) -> dict[str, float]:
    """Refunds of the orders paid in the period as far as known; by their own date where they name no order."""
    if not basis.refunds_known(report, span):
        return {}
    paid, orders = float(rows["payable_fen"].sum()), rows["order_id"].nunique()
    booked = basis.booked_refunds(report, span)
    found = {"refund_amount_by_time": float(booked["refund_fen"].sum())} if len(report.every("after_sales")) else {}
    if lines.refund_basis(report) == "by_time":
        goods = booked[booked["kind"] != "other"]  # fees and postage credited are no returns
        back, hit = float(goods["refund_fen"].sum()), goods["order_id"].nunique()
    else:
        each = basis.refunded(report, rows, span)
        back, hit = float(each.sum()), rows.loc[each > 0, "order_id"].nunique()
    found["net_amount"] = paid - (found["refund_amount_by_time"] if lines.refund_basis(report) == "by_time" else back)
    if paid and orders:
        found["refund_rate_amount"] = back / paid
        if hit or not back:  # returns without an order number cannot be counted by orders
            found["refund_rate_orders"] = hit / orders
    return found


def _born(
    report: Report, id: str, number: float, span: Period, all_figures: dict[str, float], **interval: Any
) -> Value:
    birth = report.money if id.split("/")[0] in MONEY else report.value
    count = int(all_figures["orders_paid"])
    return birth(f"sales.{id}", number, CLAIM, TABLES, n=count, period=span, **interval)


def _intervals(report: Report, now: dict[str, float]) -> dict[str, dict[str, float]]:
    rows = lines.paid(report)
    found = {}
    if now.get("order_value"):
        value = mean_interval(rows.groupby("order_id")["payable_fen"].sum())
        found["order_value"] = {"low": value.low, "high": value.high}
    if "refund_rate_orders" in now and lines.refund_basis(report) != "by_time":
        low, high = wilson(now["refund_rate_orders"] * now["orders_paid"], now["orders_paid"])
        found["refund_rate_orders"] = {"low": low, "high": high}
        back = rows.assign(back=basis.refunded(report, rows, report.seen)).groupby("day")[["back", "payable_fen"]].sum()
        rate = ratio_interval(back["back"], back["payable_fen"])
        found["refund_rate_amount"] = {"low": max(rate.low, 0), "high": min(rate.high, 1)} if len(back) > 1 else {}
    return found


def _targets(report: Report) -> dict[str, Value]:
    """Targets of a calendar month; other periods have none."""
    found = {}
    for name, metric in TARGETS.items():
        bar = report.target(metric) if report.period.kind == "month" else None
        if bar is not None:
            found[f"{name}.target"] = report.value(
                f"sales.{name}/base=target", bar, CLAIM, ["targets"], period=report.period
            )
    return found
