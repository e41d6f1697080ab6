"""How the key figures of the month changed, like for like: over days that have a partner, refunds at equal age."""

from typing import Any

import pandas as pd

from helpers.chapters import compare, lines
from helpers.chapters.sales import basis, buyers
from helpers.findings import Value
from helpers.methods.intervals import Interval, proportion_test
from helpers.report import Report

CLAIM = "2.1.1"
TABLES = ("orders", "after_sales")


def values(report: Report, base: compare.Base) -> dict[str, Value]:
    """The change of each figure that both sides of a base know, by the figure's name.

    Growth (ratio) of what adds up by day and of the value per order, points of shares.
    """
    ages = (pd.Timestamp(basis.known_until(report)) - base.pairs["now"]).dt.days
    pair = zip(compare.paid(report, base), (base.pairs["now"], base.pairs["then"]), strict=True)
    here, there = (_with_refunds(report, rows, ages.set_axis(days)) for rows, days in pair)
    if not len(here) or not len(there):
        return {}
    found = {name: _grown(report, base, name, here, there) for name in ("paid_amount", "orders_paid", "units")}
    found["order_value"] = _order_value(report, base, here, there)
    if lines.refund_basis(report) == "after_sales" and basis.refunds_known(report, base.span):
        found["net_amount"] = _grown(report, base, "net_amount", here, there)
        found |= _refund_rates(report, base, here, there)
    return {name: value for name, value in found.items() if value is not None} | _buyers(report, base, here, there)


def _with_refunds(report: Report, rows: Any, ages: Any) -> Any:
    """The lines with ``back``: what was paid back of each, on both sides as many days after the payment."""
    return rows.assign(back=lines.refunds(report, rows, within=rows["day"].map(ages)).astype("float64"))


DAILY = {
    "paid_amount": lambda rows: rows.groupby("day")["payable_fen"].sum(),
    "orders_paid": lambda rows: rows.groupby("day")["order_id"].nunique(),
    "units": lambda rows: lines.products(rows).groupby("day")["quantity"].sum(),
    "net_amount": lambda rows: (rows["payable_fen"] - rows["back"]).groupby(rows["day"]).sum(),
}


def _grown(report: Report, base: compare.Base, name: str, here: Any, there: Any) -> Value | None:
    grown = compare.growth(base, *(DAILY[name](rows) for rows in (here, there)))
    return _ratio(report, base, name, grown, here)


def _ratio(report: Report, base: compare.Base, name: str, change: Interval, here: Any) -> Value | None:
    if pd.isna(change.estimate):
        return None
    id, count = f"sales.{name}/change={base.name}", here["order_id"].nunique()
    return report.value(id, change.estimate, CLAIM, TABLES, n=count, low=change.low, high=change.high)


def _order_value(report: Report, base: compare.Base, here: Any, there: Any) -> Value | None:
    now, then = (rows["payable_fen"].sum() / rows["order_id"].nunique() for rows in (here, there))
    return report.value(f"sales.order_value/change={base.name}", now / then - 1, CLAIM, TABLES) if then > 0 else None


def _refund_rates(report: Report, base: compare.Base, here: Any, there: Any) -> dict[str, Value]:
    amounts = [rows["back"].sum() / rows["payable_fen"].sum() for rows in (here, there)]
    counts = [
        number
        for rows in (here, there)
        for number in (rows.loc[rows["back"] > 0, "order_id"].nunique(), rows["order_id"].nunique())
    ]
    test = proportion_test(*counts)
    ends = {"low": test.low * 100, "high": test.high * 100, "n": counts[1]}
    id = "sales.refund_rate_{}/change=" + base.name
    return {
        "refund_rate_amount": report.value(id.format("amount"), (amounts[0] - amounts[1]) * 100, CLAIM, TABLES),
        "refund_rate_orders": report.value(id.format("orders"), test.difference * 100, CLAIM, TABLES, **ends),
    }


def _buyers(report: Report, base: compare.Base, here: Any, there: Any) -> dict[str, Value]:
    """Changes of buyers and of those who came back, where the history before the base is long enough to tell them."""
    if buyers.paid_orders(report) is None or not buyers.comparable(report, base.span):
        return {}
    now, then = buyers.figures(report, here, report.seen), buyers.figures(report, there, base.span)
    found = {}
    for name in now.keys() & then.keys():
        shift = (
            (now[name] - then[name]) * 100
            if name == "repeat_share"
            else now[name] / then[name] - 1
            if then[name]
            else None
        )
        found[name] = report.value(f"sales.{name}/change={base.name}", shift, CLAIM, TABLES)
    return {name: value for name, value in found.items() if value.value is not None}
