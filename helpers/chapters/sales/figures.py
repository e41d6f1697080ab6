"""The key figures of a period, beside the same figures of the periods it is compared with."""

from typing import Any

from helpers.chapters import compare, daily, lines
from helpers.chapters.sales import basis, buyers
from helpers.findings import Value
from helpers.methods.intervals import mean_interval, proportion_test, ratio_interval, wilson
from helpers.period import Period
from helpers.report import Report

CLAIM = "2.1.1"
MONEY = {"paid_amount", "order_value", "net_amount", "refund_amount_by_time"}
# compared as they are, the others by their daily mean
MEANS = {"order_value", "refund_rate_amount", "refund_rate_orders", "repeat_share"}
TARGETS = {"paid_amount": "gmv_month", "orders_paid": "orders_month"}
TABLES = ("orders", "after_sales")


def values(report: Report) -> dict[str, Value]:
    """The figures of the report's period by name; ``.previous``, ``.year_ago``, ``.change``, ``.target`` beside them."""
    now = figures(report, report.seen)
    spread = _intervals(report, now)
    found = {
        name: _born(report, name, number, report.seen, now, **spread.get(name, {})) for name, number in now.items()
    }
    for base, span in basis.bases(report).items():
        then = figures(report, span)
        if lines.refund_basis(report) == "order_file":  # undated refunds of an older month have had longer to come in
            then = {name: number for name, number in then.items() if not name.startswith(("refund", "net"))}
        for name in [name for name in now if name in then]:
            found[f"{name}.{base}"] = _born(report, f"{name}/base={base}", then[name], span, then)
            change = _change(report, name, base, span, now, then)
            if change is not None:
                found[f"{name}.change" if base == "previous" else f"{name}.change_{base}"] = change
    return found | _targets(report)


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


def _change(
    report: Report, name: str, base: str, span: Period, now: dict[str, float], then: dict[str, float]
) -> Value | None:
    id = f"sales.{name}/change={base}"
    if name in ("buyers", "repeat_buyers", "repeat_share") and not buyers.comparable(report, span):
        return None
    if name in MEANS - {"order_value"}:
        return report.value(id, (now[name] - then[name]) * 100, CLAIM, TABLES, **_apart(report, name, now, then))
    days = (1, 1) if name in MEANS else (report.seen.days, span.days)
    growth = compare.growth(now[name], days[0], then[name], days[1])
    low = high = None
    if name == "paid_amount":
        sides = [daily.per_day(lines.paid(report, side), side) for side in (report.seen, span)]
        low, high = basis.growth_interval(*sides)
    return None if growth is None else report.value(id, growth, CLAIM, TABLES, low=low, high=high)


def _apart(report: Report, name: str, now: dict[str, float], then: dict[str, float]) -> dict[str, Any]:
    """Interval in points of the difference between two shares of orders."""
    if name != "refund_rate_orders" or lines.refund_basis(report) == "by_time":
        return {}
    counts = [number for side in (now, then) for number in (side[name] * side["orders_paid"], side["orders_paid"])]
    test = proportion_test(*counts)
    return {"low": test.low * 100, "high": test.high * 100}


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
