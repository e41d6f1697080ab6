"""Products that turn clicks into orders and exposure into money, and those that do not."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import lines, margin, names, spans
from helpers.chapters.sales import basis
from helpers.findings import Answer, Finding, Sentence, Value
from helpers.methods.shrinkage import beta_binomial, beta_prior, prob_above
from helpers.report import FEN, Report, sentence, table

CLAIM = "2.1.3b"
FLOWS = ["exposures", "clicks", "orders", "paid_fen", "refund_fen"]


def products(report: Report) -> Answer:
    """Each product by conversion and by what a thousand exposures bring, with those that cannot be told set apart.

    Table ``products``: one row per product with traffic: ``conversion`` (shrunken) with ``low`` and ``high``,
    ``value_per_1000`` (contribution per 1,000 exposures; without costs, net amount), ``quadrant``. Without traffic,
    table ``top``: the products by net amount.
    """
    if not report.has("product_periods"):
        return _top_only(report)
    flow = traffic(report)
    if not len(flow):
        return _top_only(report)
    worth, costed = money_left(report, flow)
    flow = flow.assign(worth=worth).dropna(subset=["worth"])
    if not len(flow):
        return _top_only(report)
    return _finding(report, _judged(report, flow), costed)


def traffic(report: Report) -> Any:
    """One row per product with clicks in the period: exposures, clicks, orders, paid_fen, refund_fen."""
    rows, _ = spans.counted(report, "product_periods")
    if (rows["carrier"] == "all").any():
        rows = rows[rows["carrier"] == "all"]
    found = rows.groupby("product_id")[FLOWS].sum().astype("float64")
    return found[(found["exposures"] > 0) & (found["clicks"] > 0)]


def money_left(report: Report, flow: Any) -> tuple[Any, bool]:
    """What each product left, in fen: contribution where costs exist (True), else paid less refunded (False)."""
    rows = lines.products(lines.paid(report))
    if len(rows) and len(report.every("costs")) and rows["product_id"].notna().any():
        back = basis.refunded(report, rows, report.seen)
        left = margin.contribution(report, rows, back).groupby(rows["product_id"]).sum(min_count=1)
        if left.reindex(flow.index).notna().any():
            unsold = ~flow.index.isin(rows["product_id"])
            return left.reindex(flow.index).where(~unsold, 0.0), True
    return flow["paid_fen"] - flow["refund_fen"], False


def _judged(report: Report, flow: Any) -> Any:
    """The flow with rates per product, the chance that each lies above the shop's, and the quadrant."""
    clicks = np.maximum(flow["clicks"], flow["orders"])
    shop = flow["orders"].sum() / clicks.sum()
    prior = beta_prior(flow["orders"], clicks)
    found = beta_binomial(flow["orders"], clicks, prior=prior).set_index(flow.index)
    flow = flow.assign(conversion=found["mean"], low=found["low"], high=found["high"])
    flow["p_conversion"] = prob_above(flow["orders"], clicks, shop, prior)
    flow["per_1000"] = flow["worth"] / flow["exposures"] * 1000
    flow["p_worth"] = _worth_above(flow)
    likely = report.threshold("likely")
    sides = [
        np.select([flow[name] >= likely, flow[name] <= 1 - likely], ["high", "low"], "open")
        for name in ("p_conversion", "p_worth")
    ]
    names = {("high", "high"): "star", ("high", "low"): "thin", ("low", "high"): "rich", ("low", "low"): "weak"}
    flow["quadrant"] = [names.get(pair, "doubt") for pair in zip(*sides, strict=True)]
    return flow.sort_values("worth", ascending=False)


def _worth_above(flow: Any) -> Any:
    """Chance that the product's exposures bring more than the shop's; what an order leaves is taken as known."""
    bar = flow["worth"].sum() / flow["exposures"].sum()
    shows = np.maximum(flow["exposures"], flow["orders"])
    prior = beta_prior(flow["orders"], shows)
    per_order = flow["worth"] / flow["orders"].where(flow["orders"] > 0)
    typical = flow["worth"].sum() / max(flow["orders"].sum(), 1)
    needed = bar / per_order.fillna(typical)
    chances = [
        float(prob_above(k, n, min(max(rate, 0.0), 1.0), prior)) if each > 0 else 0.0
        for k, n, rate, each in zip(flow["orders"], shows, needed, per_order.fillna(typical), strict=True)
    ]
    return np.array(chances)


def _finding(report: Report, flow: Any, costed: bool) -> Finding:
    tables = ["product_periods", "orders", "costs"] if costed else ["product_periods"]
    groups = {key: flow[flow["quadrant"] == key] for key in ("star", "thin", "rich", "weak", "doubt")}
    values = {
        key: report.value(f"sales.products_in/quadrant={key}", len(part), CLAIM, tables, n=len(flow))
        for key, part in groups.items()
    }
    clicks = float(np.maximum(flow["clicks"], flow["orders"]).sum())
    values["click_conversion"] = report.value(
        "sales.click_conversion", flow["orders"].sum() / clicks, CLAIM, tables, n=int(clicks)
    )
    name = "contribution_per_1000" if costed else "net_per_1000"
    bar = flow["worth"].sum() / flow["exposures"].sum() * 1000
    values["per_1000"] = report.money(f"sales.{name}", bar, CLAIM, tables, n=int(flow["exposures"].sum()))
    weak = groups["weak"]
    share = weak["exposures"].sum() / flow["exposures"].sum()
    values["weak_exposure"] = report.value("sales.weak_exposure_share", share, CLAIM, tables, n=len(weak))
    case = "found" if len(weak) else "clean" if len(groups["star"]) else "doubt"
    slots = {key: values[key] for key in ("star", "weak", "doubt")}
    known = names.known(report)
    worst = names.printed(weak.sort_values("exposures", ascending=False).index[:1], known)
    act = sentence("sales.products.act", product=worst[0]) if worst else None
    return report.finding(
        CLAIM,
        sentence(f"sales.products.{case}", **slots, exposure=values["weak_exposure"]),
        more=tuple(_more(report, values, flow, costed)),
        values=values,
        tables={"products": _table(flow, known)},
        action=act,
        gaps=() if costed else (report.gap(CLAIM, "missing_file", "CST"),),
    )


def _more(report: Report, values: dict[str, Value], flow: Any, costed: bool) -> list[Sentence]:
    case = "basis_costs" if costed else "basis_net"
    slots = {"conversion": values["click_conversion"], "per_1000": values["per_1000"]}
    found = [sentence(f"sales.products.{case}", **slots)]
    if values["doubt"].value:
        found.append(sentence("sales.products.doubtful", doubt=values["doubt"], products=len(flow)))
    return found


def _table(flow: Any, known: Any) -> Any:
    counts = {name: flow[name].astype("int64") for name in ("exposures", "orders")}
    frame = flow.assign(product_name=names.printed(flow.index, known), doubt=flow["quadrant"] == "doubt", **counts)
    frame = frame.assign(named=frame["quadrant"].isin(["weak", "star"]), value_per_1000=frame["per_1000"] / FEN)
    units = {
        "product_name": "text",
        "quadrant": "label:quadrant",
        "exposures": "count",
        "orders": "count",
        "conversion": "ratio",
        "low": "ratio",
        "high": "ratio",
        "value_per_1000": "money",
    }
    columns = [*units, "doubt", "named", "p_conversion", "p_worth"]
    return table(frame[columns].reset_index(drop=True), units, n=int(flow["clicks"].sum()))


def _top_only(report: Report) -> Answer:
    """Without traffic: what the products brought, and what is missing to judge them."""
    gap = report.gap(CLAIM, "missing_file", *(["PRD"] if len(report.every("costs")) else ["PRD", "CST"]))
    found = basis.net_by_product(report, report.seen) if len(lines.paid(report)) else pd.DataFrame()
    if not len(found):
        return gap
    count = int(report.threshold("top_list"))
    top = found.head(count)
    share = (
        report.value("sales.top_products_share", top["net"].sum() / found["net"].sum(), CLAIM, ["orders"], n=len(found))
        if found["net"].sum() > 0
        else None
    )
    frame = top.assign(product_name=names.printed(top.index, names.known(report)))
    frame = frame.rename(columns={"net": "net_amount", "amount": "paid_amount"})
    units = {"product_name": "text", "net_amount": "money", "paid_amount": "money", "refund": "money", "units": "count"}
    shown = basis.yuan(frame[[*units]].reset_index(drop=True), "net_amount", "paid_amount", "refund")
    first = report.money(
        f"sales.product_net/product={top.index[0]}",
        top["net"].iloc[0],
        CLAIM,
        ["orders", "after_sales"],
        n=int(top["lines"].iloc[0]),
    )
    headline = sentence("sales.products.top", product=frame["product_name"].iloc[0], net=first)
    more = (sentence("sales.products.top_share", count=len(top), share=share, products=len(found)),) if share else ()
    values = {"product_net": first} | ({"top_products_share": share} if share else {})
    return report.finding(
        CLAIM, headline, more=more, values=values, tables={"top": table(shown, units, total=len(found))}, gaps=(gap,)
    )
