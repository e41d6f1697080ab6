"""Products that come back more often than the limit allows."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import lines, margin, names, spans
from helpers.chapters.sales import basis
from helpers.chapters.sales.cohort import Cohort, cohort
from helpers.chapters.values import rated
from helpers.findings import Answer, Finding, Gap, Label, Sentence, Value
from helpers.methods.shrinkage import beta_binomial, beta_prior, funnel_limits, prob_above
from helpers.report import Report, for_all_pages, sentence, table

CLAIM = "2.3.2a"


@for_all_pages
def returned_products(report: Report) -> Answer:
    """Products whose return rate is above the limit, with the probability that it truly is.

    All lines are watched equally long after payment; the cohort ends early enough for that. The limit is the shop's
    target, else the rate of the product's own category, else of the shop. Tables: ``returned`` one row per product:
    ``n`` shipped lines, ``returned``, ``return_rate``, ``rate_shrunk`` with ``low`` and ``high``, its ``target``,
    ``p_above``, ``standing``; ``funnel`` one row per product: returns expected at the limit and ``multiple`` of it,
    between the limits of chance.
    """
    if not lines.refund_basis(report) or not len(report.every("orders")):
        return report.gap(CLAIM, "missing_file", "AFS" if len(report.every("orders")) else "ORD")
    sold = cohort(report)
    if sold is None:
        return report.gap(CLAIM, "not_mature", "AFS", days=int(report.threshold("mature_days")))
    if not sold.rows["product_id"].notna().any():
        return report.gap(CLAIM, "missing_column", "ORD", column=Label("columns", "product_id"))
    frame = judged(report, sold.rows)
    return _finding(report, sold, frame)


def judged(report: Report, rows: Any) -> Any:
    """One row per product, most likely offender first."""
    rows = rows.dropna(subset=["product_id"])
    kind = basis.categories(report, rows)
    found = (
        rows.assign(category=kind)
        .groupby("product_id")
        .agg(n=("hit", "size"), returned=("hit", "sum"), category=("category", "first"), paid=("payable_fen", "mean"))
    )
    found = found.astype({"returned": "int64", "paid": "float64"})
    found["target"] = _bars(report, found)
    parts = [_shrunk(part) for _, part in found.groupby(found["category"].astype("object").fillna(""))]
    found = pd.concat(parts)
    found["rate"] = found["returned"] / found["n"]
    # peers alone condemn nobody: the product's own lines must be enough, and themselves above the limit
    own = (found["n"] >= report.threshold("few")) & (found["rate"] >= found["target"])
    levels = [
        (found["p_above"] >= report.threshold("sure")) & own,
        found["p_above"] >= report.threshold("likely"),
        found["p_above"] <= 1 - report.threshold("likely"),
    ]
    found["standing"] = np.select(levels, ["above", "likely", "within"], "open")
    excess = (found["mean"] - found["target"]) * found["n"]
    return found.assign(excess=excess).sort_values(["p_above", "excess"], ascending=False, kind="stable")


def _bars(report: Report, found: Any) -> Any:
    """Each product's limit: the target, else its category's own rate where that has enough lines, else the shop's."""
    given = report.target("return_rate")
    if given is not None:
        return given
    shop = found["returned"].sum() / found["n"].sum()
    sums = found.groupby("category")[["returned", "n"]].sum()
    own = (sums["returned"] / sums["n"])[sums["n"] >= report.threshold("few")]
    return found["category"].map(own).astype("float64").fillna(shop)


def _shrunk(part: Any) -> Any:
    prior = beta_prior(part["returned"], part["n"])
    found = beta_binomial(part["returned"], part["n"], prior=prior).set_index(part.index)[["mean", "low", "high"]]
    bar = float(part["target"].iloc[0])
    above = prob_above(part["returned"], part["n"], bar, prior)
    return part.join(found).assign(p_above=above if bar > 0 else 0.0)  # nobody lies above peers without any return


def _finding(report: Report, sold: Cohort, frame: Any) -> Finding:
    target = report.target("return_rate")
    known = names.known(report, sold.span)
    frame = frame.assign(product=names.printed(frame.index, known))
    values = _values(report, sold, frame, target)
    sure, likely = (frame[frame["standing"] == standing] for standing in ("above", "likely"))
    worst = sure if len(sure) else likely
    slots = {"above": values["products_above"], "likely": values["products_likely"]}
    slots |= {"product": worst["product"].iloc[0], "rate": values[f"rate.{worst.index[0]}"]} if len(worst) else {}
    case = ("above" if len(sure) else "likely" if len(likely) else "none") + ("_peers" if target is None else "")
    return report.finding(
        CLAIM,
        sentence(f"sales.returns.{case}", **slots),
        more=tuple(_more(report, sold, values, target)),
        values=values,
        tables=_tables(report, frame),
        stake=_stake(report, sold, sure),
        action=sentence("sales.returns.act", product=slots["product"]) if len(sure) else None,
        gaps=_gaps(report, sold.way),
    )


def _gaps(report: Report, way: str) -> tuple[Gap, ...]:
    if way == "after_sales":
        return ()
    return (report.gap(CLAIM, "no_link") if way == "by_time" else report.gap(CLAIM, "missing_file", "AFS"),)


def _values(report: Report, sold: Cohort, frame: Any, target: float | None) -> dict[str, Value]:
    tables, span = ["orders", "after_sales"], sold.span
    n, returned = int(frame["n"].sum()), int(frame["returned"].sum())
    found = {"return_rate": rated(report, "sales.return_rate", returned, n, CLAIM, tables, span)}
    found["limit"] = report.value("sales.return_limit", 1, CLAIM, tables)
    if target is not None:
        found["target"] = report.value("sales.return_rate/base=target", target, CLAIM, ["targets"])
    for name, standing in (("products_above", "above"), ("products_likely", "likely")):
        count = int((frame["standing"] == standing).sum())
        found[name] = report.value(f"sales.{name}", count, CLAIM, tables, n=len(frame), period=span)
    for row in frame.head(int(report.threshold("top_list"))).itertuples():
        id = f"sales.return_rate/product={row.Index}"
        found[f"rate.{row.Index}"] = rated(report, id, row.returned, row.n, CLAIM, tables, span)
    return found


def _more(report: Report, sold: Cohort, values: dict[str, Value], target: float | None) -> list[Sentence]:
    age, span = int(report.threshold("mature_days")), str(sold.span)
    found = [sentence(f"sales.returns.basis_{sold.way}", span=span, age=age, rate=values["return_rate"])]
    own = "bar_own" if basis.categories(report, sold.rows).notna().any() else "bar_shop"
    case = own if target is None else "bar_target"
    slots = {"bar": values["target"]} if target is not None else {}
    found.append(sentence(f"sales.returns.{case}", **slots))
    if values["products_likely"].value and values["products_above"].value:
        found.append(sentence("sales.returns.also", likely=values["products_likely"]))
    return found


def _stake(report: Report, sold: Cohort, sure: Any) -> Value | None:
    """What returns beyond the limit cost a month: lost margin and the cost of the way back; None without costs."""
    rows = sold.rows[sold.rows["product_id"].isin(sure.index)]
    if not len(rows) or sold.way != "after_sales":
        return None
    cost = margin.costs(report, rows)
    fees = cost["fee_rate"].fillna(0) + cost["commission_rate"].fillna(0).where(margin.by_partner(report, rows), 0)
    loss = (
        rows["payable_fen"] * (1 - fees)
        - cost["unit_cost_fen"] * rows["quantity"].astype("float64")
        + cost["return_cost_fen"].fillna(0)
    )
    each = loss.groupby(rows["product_id"]).mean().reindex(sure.index)
    if not each.notna().any():
        return None
    scale = spans.MONTH_DAYS / sold.span.days
    ends = {
        side: ((sure[side] - sure["target"]).clip(lower=0) * sure["n"] * each).sum() * scale
        for side in ("mean", "low", "high")
    }
    if not ends["mean"] > 0:
        return None
    n, low, high = int(sure["n"].sum()), ends["low"], ends["high"]
    return report.money(
        "sales.returns_stake",
        ends["mean"],
        CLAIM,
        ["orders", "after_sales", "costs"],
        n=n,
        low=low,
        high=high,
        period=sold.span,
    )


def _tables(report: Report, frame: Any) -> dict[str, Any]:
    units = {
        "product_name": "text",
        "standing": "label:standing",
        "n": "count",
        "returned": "count",
        "return_rate": "ratio",
        "rate_shrunk": "ratio",
        "low": "ratio",
        "high": "ratio",
        "target": "ratio",
        "p_above": "probability",
    }
    expected = frame["n"] * frame["target"]
    lower, upper = funnel_limits(frame["n"], frame["target"], report.threshold("funnel_level"))
    funnel = pd.DataFrame(
        {"product_name": frame["product"], "expected_returns": expected, "multiple": frame["rate"] / frame["target"]}
    )
    funnel = funnel.assign(
        lower=lower / frame["target"], upper=upper / frame["target"], named=frame["standing"] == "above"
    )
    funnel = funnel[(expected >= report.threshold("funnel_least")) | ((frame["standing"] == "above") & (expected > 0))]
    shape = {
        "product_name": "text",
        "expected_returns": "count",
        "multiple": "multiple",
        "lower": "multiple",
        "upper": "multiple",
    }
    count = int(frame["n"].sum())
    shown = frame.rename(columns={"product": "product_name", "rate": "return_rate", "mean": "rate_shrunk"})
    return {
        "returned": table(shown[[*units]].reset_index(drop=True), units, n=count),
        "funnel": table(funnel.reset_index(drop=True), shape, n=count),
    }
