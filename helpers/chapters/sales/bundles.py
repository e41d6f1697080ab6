"""What buyers take together, what such an order leaves, and what bundles on offer have done."""

from datetime import timedelta
from typing import Any

import pandas as pd

from helpers.chapters import daily, lines, margin, names
from helpers.chapters.sales import basis
from helpers.chapters.values import rated
from helpers.findings import Answer, Finding, Gap, Label, Sentence, Value
from helpers.methods.events import uplift
from helpers.methods.intervals import mean_interval
from helpers.methods.pairs import pair_lift
from helpers.period import Period
from helpers.report import FEN, Report, sentence, table

CLAIM = "2.1.1a"
FILES = ("orders", "after_sales", "costs")
UNITS = {
    "pair_first": "text",
    "pair_second": "text",
    "orders_together": "count",
    "orders_by_chance": "count",
    "lift": "multiple",
    "low": "multiple",
    "high": "multiple",
    "pair_left": "money",
}


def bundles(report: Report) -> Answer:
    """Pairs of goods that share an order more often than chance pairs them, and what an order with both leaves.

    Table ``pairs``: one row per such pair of the last year, those that left most money first. Chance is that of each
    month's popularity among orders of several goods; pairs are named only where few would be false.
    """
    rows = _rows(report)
    if not len(rows):
        return basis.no_orders(report, CLAIM)
    if not rows["product_id"].notna().any():
        return report.gap(CLAIM, "missing_column", "ORD", column=Label("columns", "product_id"))
    goods = rows.dropna(subset=["product_id"]).groupby("order_id")["product_id"].nunique()
    several = rated(
        report, "sales.several_goods_share", int((goods > 1).sum()), len(goods), CLAIM, ["orders"], _history(report)
    )
    mixed = _mixed(report, rows.dropna(subset=["product_id"]), goods)
    found = pair_lift(mixed["order_id"], mixed["product_id"], mixed["day"].dt.to_period("M"), report.threshold("level"))
    sure = found[(found["q"] <= 1 - report.threshold("sure")) & (found["n"] >= report.threshold("pair_fewest"))]
    return _finding(report, several, len(found), _worth(report, mixed, sure))


def _history(report: Report) -> Period:
    start = report.seen.end - timedelta(int(report.threshold("pair_days")) - 1)
    return Period("range", max(start, report.begins), report.seen.end)


def _rows(report: Report) -> Any:
    """Lines of goods paid in the last year up to the end of the period."""
    return lines.products(lines.paid(report, _history(report)))


def _mixed(report: Report, rows: Any, goods: Any) -> Any:
    """Lines of orders with several goods, of the goods seen in most of them."""
    rows = rows[rows["order_id"].isin(goods.index[(goods > 1) & (goods <= report.threshold("pair_most_goods"))])]
    seen = rows.groupby("product_id")["order_id"].nunique()
    seen = seen[seen >= report.threshold("pair_fewest")].nlargest(int(report.threshold("pair_goods")))
    return rows[rows["product_id"].isin(seen.index)]


def _worth(report: Report, rows: Any, pairs: Any) -> Any:
    """The pairs with what their two goods left of an order with both, in fen, by orders whose refunds are in."""
    until = pd.Timestamp(report.covered) - pd.Timedelta(days=report.threshold("refund_full_days"))
    rows = rows[rows["day"] <= until]
    back = lines.refunds(report, rows).astype("float64")
    left = margin.contribution(report, rows, back) if len(report.every("costs")) else rows["payable_fen"] - back
    each = left.astype("float64").groupby([rows["order_id"], rows["product_id"]]).sum(min_count=1).unstack()
    both = [
        mean_interval((each[a] + each[b]).dropna()) if {a, b} <= set(each.columns) else mean_interval([])
        for a, b in zip(pairs["a"], pairs["b"], strict=True)
    ]
    frame = pairs.assign(
        **{f"left_{part}": [getattr(one, part) for one in both] for part in ("estimate", "low", "high")}
    )
    frame["worth"] = frame["left_estimate"] * frame["n"]
    return frame.sort_values(["worth", "n"], ascending=False, ignore_index=True)


def _finding(report: Report, several: Value, tested: int, pairs: Any) -> Finding:
    known = _history(report)
    values = {"several": several}
    values["pairs"] = report.value("sales.pairs_found", len(pairs), CLAIM, ["orders"], n=tested, period=known)
    effect = _live(report, values)
    tables, headline = {}, sentence("sales.bundles.none", several=several)
    more: list[Sentence] = [sentence("sales.bundles.basis", several=several, tested=tested, days=known.days)]
    if len(pairs):
        frame = _frame(report, pairs)
        tables["pairs"] = table(frame, UNITS, n=int(pairs["n"].sum()))
        values |= _first(report, pairs.iloc[0], known)
        headline = sentence("sales.bundles.found", pairs=values["pairs"], lift=values["lift"])
        slots = {"first": str(frame["pair_first"][0]), "second": str(frame["pair_second"][0])}
        kind = "costs" if len(report.every("costs")) else "net"
        more.append(sentence(f"sales.bundles.top_{kind}", **slots, together=values["together"], left=values["left"]))
    action = sentence("sales.bundles.act", **slots) if len(pairs) else None
    more += [] if isinstance(effect, Gap) else [effect]
    gaps = (effect,) if isinstance(effect, Gap) else ()
    return report.finding(CLAIM, headline, more=tuple(more), values=values, tables=tables, action=action, gaps=gaps)


def _first(report: Report, row: Any, span: Period) -> dict[str, Value]:
    """The facts of the pair that left most."""
    n, files = int(row["n"]), [name for name in FILES if report.has(name, span) or len(report.every(name))]
    lift = report.value(
        "sales.pair_lift", row["lift"], CLAIM, ["orders"], n=n, low=row["low"], high=row["high"], period=span
    )
    left = report.money(
        "sales.pair_left",
        row["left_estimate"],
        CLAIM,
        files,
        n=n,
        low=row["left_low"],
        high=row["left_high"],
        period=span,
    )
    return {
        "lift": lift,
        "left": left,
        "together": report.value("sales.pair_orders", n, CLAIM, ["orders"], period=span),
    }


def _frame(report: Report, pairs: Any) -> Any:
    known = names.known(report, _history(report))
    every = sorted({*pairs["a"], *pairs["b"]})
    words = dict(zip(every, names.printed(every, known), strict=True))
    frame = pairs.assign(pair_first=pairs["a"].map(words), pair_second=pairs["b"].map(words))
    frame = frame.assign(pair_left=frame["left_estimate"] / FEN)
    return frame.rename(columns={"n": "orders_together", "expected": "orders_by_chance"})[[*UNITS]]


def _live(report: Report, values: dict[str, Value]) -> Sentence | Gap:
    """What the latest bundle on the shop's calendar added, buyers who only moved deducted; a gap without any."""
    rows = report.every("calendar")
    rows = rows[(rows["mechanic"] == "bundle") & (rows["end"] <= pd.Timestamp(report.seen.end))] if len(rows) else rows
    if not len(rows):
        return report.gap(CLAIM, "no_bundle", "CAL", "EXP-AB")
    event = rows.sort_values("start").iloc[-1]
    reach = timedelta(int(report.threshold("bundle_window_days")))
    first, last = max(report.begins, event["start"].date() - reach), min(event["end"].date() + reach, report.seen.end)
    paid = daily.paid_per_day(report, Period("range", first, last))
    other = daily.touched(report, paid.index) & ~((paid.index >= event["start"]) & (paid.index <= event["end"]))
    found = uplift(paid, event["start"].date(), event["end"].date(), other, level=report.threshold("level"))
    if found is None:
        return report.gap(CLAIM, "no_history", "ORD")
    net, days = found.parts.loc["net"], (event["end"] - event["start"]).days + 1
    values["effect"] = report.money(
        "sales.bundle_effect",
        net["excess"],
        CLAIM,
        ["orders", "calendar"],
        n=days,
        low=net["low"],
        high=net["high"],
        period=Period("range", event["start"].date(), event["end"].date()),
    )
    case = "up" if net["low"] > 0 else "down" if net["high"] < 0 else "open"
    return sentence(f"sales.bundles.live_{case}", name=str(event["name"]), effect=values["effect"])
