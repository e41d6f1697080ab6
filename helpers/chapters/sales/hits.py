"""Which products are hits: not one good month, but among the best by contribution again and again."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from helpers.chapters import lines, margin, names, spans
from helpers.chapters.sales import basis
from helpers.findings import Gap, Label, Slot
from helpers.period import Period
from helpers.report import Report


class Hits(NamedTuple):
    """The products of the last periods and the rule that makes some of them hits.

    ``goods``: one row per product by id: category, price (fen a piece, median), orders, per_day (orders per day on
    sale), periods (in how many it was among the best), hit. ``span``: the days; ``measure``: contribution or net.
    """

    goods: Any
    span: Period
    periods: list[Period]
    measure: str

    def slots(self) -> dict[str, Slot]:
        """What a sentence says of the rule."""
        count = int(self.goods["hit"].sum())
        return {"span": str(self.span), "periods": len(self.periods), "hits": count, "products": len(self.goods)}


def hits(report: Report, claim: str) -> Hits | Gap:
    """The products that sold in the last periods with those that are hits, or why that cannot be told.

    A hit is among the best ``hit_share`` of the products sold, by contribution (without costs: by net amount), in at
    least ``hit_sustained`` of the last ``hit_periods`` periods.
    """
    if not len(lines.paid(report)):
        return basis.no_orders(report, claim)
    periods = [span for span in report.period.back(int(report.threshold("hit_periods"))) if span.start >= report.begins]
    need = int(report.threshold("hit_sustained"))
    if len(periods) < need:
        return report.gap(claim, "no_history", "ORD", have=len(periods), need=need)
    found = report.once("hits", lambda: _hits(report, periods))
    if not len(found.goods):
        return report.gap(claim, "missing_column", "ORD", column=Label("columns", "product_id"))
    if not found.goods["category"].notna().any():
        return report.gap(claim, "missing_column", "ROL", column=Label("columns", "category"))
    least = int(report.threshold("hit_products"))
    if len(found.goods) < least:
        return report.gap(claim, "too_few", n=len(found.goods), need=least)
    return found  # type: ignore[no-any-return]


def known(found: Hits) -> Any:
    """The goods with a category that others share, by which they can be compared."""
    goods = found.goods.dropna(subset=["category"])
    return goods[goods.groupby("category")["hit"].transform("size") > 1]


def exposures(report: Report, found: Hits) -> Any:
    """How often each product was shown in these days, by product; empty without the platform's product table."""
    if not len(report.every("product_periods")):
        return pd.Series(dtype="float64")
    rows, _ = spans.counted(report, "product_periods", found.span)
    rows = rows[rows["carrier"] == "all"] if (rows["carrier"] == "all").any() else rows
    shown = rows.groupby("product_id")["exposures"].sum().astype("float64")
    return shown[shown > 0]


def printed(report: Report, found: Hits, products: Any) -> list[str]:
    """Names of products for sentences and tables."""
    return names.printed(list(products), names.known(report, found.span))


def by_period(report: Report, rows: Any, periods: list[Period]) -> tuple[Any, str]:
    """What each product left in each period, in fen (row by product, column by period; NaN where not sold), and of what.

    ``contribution`` where the costs of enough of the sales are known, else ``net``: paid less refunded.
    """
    paid, back = rows["payable_fen"].astype("float64"), lines.refunds(report, rows).astype("float64")
    worth, measure = margin.contribution(report, rows, back), "contribution"
    if paid[worth.notna()].sum() < report.threshold("cost_known") * paid.sum():
        worth, measure = paid - back, "net"
    sums = {}
    for span in periods:
        inside = rows["day"].between(pd.Timestamp(span.start), pd.Timestamp(span.end))
        sums[str(span)] = worth[inside].groupby(rows["product_id"]).sum(min_count=1)
    return pd.DataFrame(sums), measure


def best(report: Report, sums: Any) -> Any:
    """Which products are among the best of each period: a table of flags like that of `by_period`."""
    count = np.maximum(1, np.floor(report.threshold("hit_share") * sums.notna().sum() + 0.5))
    return (sums.rank(ascending=False, method="first") <= count) & (sums > 0)


def sold(report: Report, periods: list[Period]) -> Any:
    """Lines of goods with a price and a known product in these periods."""
    rows = lines.products(lines.paid(report, Period("range", periods[0].start, min(periods[-1].end, report.seen.end))))
    return rows[(rows["payable_fen"] > 0) & rows["product_id"].notna()]


def described(report: Report, rows: Any, end: Any) -> Any:
    """One row per product: category, price (fen a piece, median), orders, and orders per day on sale until ``end``."""
    each = rows["payable_fen"].astype("float64") / rows["quantity"].fillna(1).clip(lower=1).astype("float64")
    rows = rows.assign(category=basis.categories(report, rows), each=each)
    found = rows.groupby("product_id").agg(
        category=("category", "first"),
        price=("each", "median"),
        orders=("order_id", "nunique"),
        first=("day", "min"),
    )
    days = (pd.Timestamp(end) - found.pop("first")).dt.days + 1
    return found.assign(per_day=found["orders"] / days)


def _hits(report: Report, periods: list[Period]) -> Hits:
    rows = sold(report, periods)
    sums, measure = by_period(report, rows, periods)
    goods = described(report, rows, report.seen.end)
    goods["periods"] = best(report, sums).sum(axis=1).reindex(goods.index).fillna(0).astype("int64")
    goods["hit"] = goods["periods"] >= report.threshold("hit_sustained")
    return Hits(goods, Period("range", periods[0].start, report.seen.end), periods, measure)
