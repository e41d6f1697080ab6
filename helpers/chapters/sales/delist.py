"""Whether a product that comes back too often should go, or whether its supplier should move: what each step is worth."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from helpers.chapters import lines, margin, mature, names, spans
from helpers.chapters.sales import basis
from helpers.chapters.sales.cohort import cohort
from helpers.chapters.sales.returns import judged
from helpers.findings import Answer, Sentence, Value
from helpers.methods.intervals import Interval, clustered_ratio, ratio_interval, wilson
from helpers.methods.ratios import prob_below
from helpers.period import Period
from helpers.report import Report, sentence, table

CLAIM = "2.3.2b"
TABLES = ["orders", "after_sales", "costs"]
UNITS = {
    "product_name": "text", "n": "count", "returned_share": "ratio", "break_even_rate": "ratio", "keep_month": "money",
    "p_loss": "probability", "talk_month": "money", "switch_share": "ratio", "decision": "label:delist_decision",
}  # fmt: skip


STEPS = ("delist", "talk", "open", "watch", "few")


class Worth(NamedTuple):
    """What a product leaves per line, how often it came back, and what a line that comes back loses; money in fen.

    ``share``: lines sent back of all that were paid; ``kept``: contribution of a line that stays; ``lost``: how much
    less one leaves that comes back; ``p_loss``: chance that a line leaves less than nothing.
    """

    n: int
    each: Interval
    share: Interval
    kept: float
    lost: float
    p_loss: float


def delist(report: Report) -> Answer:
    """For every product above its return limit: what keeping, talking to the supplier and delisting bring a month.

    Table ``decisions``, likely offenders first: ``keep_month`` contribution after refunds and costs, ``p_loss`` the
    chance that it is below zero, ``break_even_rate`` the return rate at which nothing is left, ``talk_month`` what a
    return rate at the limit would add, ``switch_share`` of its buyers who would have to buy another product for a
    delisting to pay, ``decision``.
    """
    if not len(report.every("orders")):
        return report.gap(CLAIM, "missing_file", "ORD")
    if lines.refund_basis(report) != "after_sales":
        return report.gap(CLAIM, "no_link" if len(report.every("after_sales")) else "missing_file", "AFS")
    sold, rows, span = cohort(report), mature.paid(report), mature.window(report)
    if sold is None or span is None or not len(rows):
        return report.gap(CLAIM, "not_mature", "AFS", days=int(report.threshold("refund_full_days")))
    if not rows["contribution_fen"].notna().any():
        return report.gap(CLAIM, "no_cost", "CST")
    found = judged(report, sold.rows)
    found = found[found["standing"].isin(["above", "likely"])]
    frame = _steps(report, found, _goods(report, rows), span)
    values = _values(report, frame, span)
    known = names.known(report, sold.span, span)
    return report.finding(
        CLAIM,
        _headline(frame, values, known),
        more=tuple(_more(frame, values, span)),
        values=values,
        tables=_tables(frame, known),
        action=_action(frame, known),
    )


def _goods(report: Report, rows: Any) -> Any:
    """Lines of goods with a known cost: product, day, contribution, whether each was sent back, and what handling it costs."""
    events = lines.succeeded(report)
    returned = events.loc[events["kind"] == "return", "line_id"]
    rows = lines.products(rows).dropna(subset=["product_id", "contribution_fen"])
    cost = margin.costs(report, rows)[["freight_out_fen", "packing_fen", "return_cost_fen"]].fillna(0).sum(axis=1)
    back = rows["line_id"].isin(returned) & (rows["back_fen"] > 0)
    return rows[["product_id", "day", "contribution_fen"]].assign(returned=back, cost=cost)


def _worth(report: Report, rows: Any) -> Worth:
    """What the lines of one product leave; no chance of a loss is told where all fell on one day."""
    days = rows.groupby("day")["contribution_fen"].agg(["sum", "size"])
    p_loss = prob_below(clustered_ratio(days["sum"], days["size"]))
    back = rows.loc[rows["returned"], "contribution_fen"].mean() if rows["returned"].any() else -rows["cost"].mean()
    kept = float(rows.loc[~rows["returned"], "contribution_fen"].mean())
    if rows["returned"].all():
        kept = 0.0
    hits, n = int(rows["returned"].sum()), len(rows)
    share = Interval(hits / n, *wilson(hits, n, report.threshold("level")))
    return Worth(n, ratio_interval(days["sum"], days["size"]), share, kept, kept - float(back), p_loss)


def _steps(report: Report, found: Any, goods: Any, span: Period) -> Any:
    """One row per product with what each step brings a month in fen, and the decision; without costs none."""
    scale, level = spans.MONTH_DAYS / span.days, goods["contribution_fen"].mean()
    made = []
    for product, row in found[found.index.isin(goods["product_id"])].iterrows():
        worth = _worth(report, goods[goods["product_id"] == product])
        month = worth.n * scale
        keep = [part * month for part in worth.each]
        talk = [max(part - row["target"], 0) * worth.lost * month for part in worth.share]
        made.append(
            {
                "product_id": product, "n": worth.n, "standing": row["standing"], "p_loss": worth.p_loss,
                "keep_month": keep[0], "keep_low": keep[1], "keep_high": keep[2],
                "talk_month": talk[0], "talk_low": talk[1], "talk_high": talk[2],
                "returned_share": worth.share.estimate, "share_low": worth.share.low, "share_high": worth.share.high,
                "break_even_rate": worth.kept / worth.lost if worth.lost > worth.kept > 0 else np.nan,
                "switch_share": worth.each.estimate / level if level > 0 else np.nan,
            }
        )  # fmt: skip
    frame = pd.DataFrame(made, columns=None if made else ["product_id", "n", "p_loss", "standing"])
    return frame.assign(decision=_decision(report, frame)).set_index("product_id")


def _decision(report: Report, frame: Any) -> Any:
    """Step per product: it loses money, it earns though it surely or probably is above the limit, open, or too few lines."""
    sure, few = report.threshold("sure"), frame["n"] < report.threshold("few")
    loses, earns = frame["p_loss"] >= sure, frame["p_loss"] <= 1 - sure
    cases = [few | frame["p_loss"].isna(), loses, earns & (frame["standing"] == "above"), earns]
    return np.select(cases, ["few", "delist", "talk", "watch"], "open")


def _lead(frame: Any) -> Any:
    """The product that the headline is about: most urgent step first, then the most likely offender; None without any."""
    rank = frame["decision"].map({step: place for place, step in enumerate(STEPS[:-1])}).dropna()
    return frame.loc[rank.sort_values(kind="stable").index[0]] if len(rank) else None


def _values(report: Report, frame: Any, span: Period) -> dict[str, Value]:
    found = {}
    for step in STEPS:
        count, id = int((frame["decision"] == step).sum()), f"sales.products_to/decision={step}"
        found[step] = report.value(id, count, CLAIM, TABLES, n=len(frame), period=span)
    lead = _lead(frame)
    if lead is None:
        return found
    more: dict[str, Any] = {"n": int(lead["n"]), "period": span}
    for name in ("keep", "talk"):
        ends = {"low": lead[f"{name}_low"], "high": lead[f"{name}_high"]}
        id = f"sales.return_{name}_month/product={lead.name}"
        found[name + "_month"] = report.money(id, lead[f"{name}_month"], CLAIM, TABLES, **ends, **more)
    ends = {"low": lead["share_low"], "high": lead["share_high"]}
    id = f"sales.returned_share/product={lead.name}"
    found["returned_share"] = report.value(id, lead["returned_share"], CLAIM, TABLES, **ends, **more)
    for name in ("p_loss", "break_even_rate", "switch_share"):
        if lead[name] == lead[name]:
            found[name] = report.value(f"sales.{name}/product={lead.name}", lead[name], CLAIM, TABLES, **more)
    return found


def _headline(frame: Any, values: dict[str, Value], known: Any) -> Sentence:
    lead = _lead(frame)
    if lead is None:
        return sentence("sales.delist.few" if len(frame) else "sales.delist.none", few=values["few"])
    product = names.printed([lead.name], known)[0]
    return sentence(f"sales.delist.{lead['decision']}", product=product, keep=values["keep_month"])


def _more(frame: Any, values: dict[str, Value], span: Period) -> list[Sentence]:
    lead = _lead(frame)
    if lead is None:
        return []
    found = [sentence("sales.delist.basis", span=str(span), keep=values["keep_month"], p=values["p_loss"])]
    if "break_even_rate" in values:
        slots = {"even": values["break_even_rate"], "rate": values["returned_share"], "talk": values["talk_month"]}
        found.append(sentence("sales.delist.even", **slots))
    if lead["switch_share"] > 0:
        case = "never" if lead["switch_share"] >= 1 else "switch"
        found.append(sentence(f"sales.delist.{case}", share=values["switch_share"]))
    found.append(sentence("sales.delist.doubt", few=values["few"]))
    return found


def _action(frame: Any, known: Any) -> Sentence | None:
    lead = _lead(frame)
    if lead is None or lead["decision"] not in ("delist", "talk"):
        return None
    return sentence(f"sales.delist.act_{lead['decision']}", product=names.printed([lead.name], known)[0])


def _tables(frame: Any, known: Any) -> dict[str, Any]:
    if not len(frame):
        return {}
    shown = basis.yuan(frame, "keep_month", "talk_month").assign(product_name=names.printed(frame.index, known))
    return {"decisions": table(shown.reset_index(drop=True)[[*UNITS]], UNITS, n=int(frame["n"].sum()))}
