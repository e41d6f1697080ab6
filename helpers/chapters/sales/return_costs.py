"""What returns cost beside the refund, what they do to reviews, and whether steps against them worked."""

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import lines, margin, names, promoted, spans
from helpers.chapters.sales import aged, basis
from helpers.chapters.values import ranged, rated
from helpers.findings import Answer, Gap, Label, Sentence, Slot, Value
from helpers.methods.intervals import (
    Difference,
    Interval,
    Ratio,
    benjamini_hochberg,
    clustered_ratio,
    mean_interval,
    proportion_test,
)
from helpers.methods.ratios import ratio_difference
from helpers.period import Period
from helpers.report import FEN, Report, sentence, table

CLAIM = "2.3.2c"
TABLES = ["after_sales", "orders", "costs"]
AIMS = ("return_rate", "refund_rate")  # metrics of an action that is aimed at returns
UNITS = {
    "product_name": "text", "treated_from": "date", "n": "count", "rate_before": "ratio", "rate_after": "ratio",
    "treated_effect": "points", "low": "points", "high": "points", "treated_standing": "label:treated_standing",
}  # fmt: skip


def return_costs(report: Report) -> Answer:
    """Direct cost of the returns of the period, per case and a month, and what steps against returns changed.

    Cost: the way back and damage, sunk freight and packing, labour, sunk advertising; the refund itself is none. A step
    is an action of the shop's list on a product; its return rate after and before is set against that of products
    without a step. Table ``treated`` one row per step: rates at equal age, ``treated_effect`` in points with interval.
    """
    if not len(report.every("orders")):
        return report.gap(CLAIM, "missing_file", "ORD")
    if lines.refund_basis(report) != "after_sales":
        return report.gap(CLAIM, "no_link" if len(report.every("after_sales")) else "missing_file", "AFS")
    cases = _cases(report)
    if not len(cases):
        known = basis.refunds_known(report, report.seen)
        return report.gap(CLAIM, "no_rows" if known else "missing_file", "AFS")
    parts = _parts(report, cases)
    if parts["return_cost"].isna().all():
        return report.gap(CLAIM, "no_cost", "CST")
    values = _values(report, parts.dropna(subset=["return_cost"])) | _reviews(report) | _score(report)
    steps = _steps(report)
    return report.finding(
        CLAIM,
        sentence("sales.return_costs.found", month=values["month"], each=values["each"]),
        more=tuple(_more(values, steps)),
        values=values,
        tables={"treated": table(steps[[*UNITS]], UNITS)} if len(steps) else {},
        gaps=_gaps(report, steps, values),
    )


def _cases(report: Report) -> Any:
    """Lines that came back and were paid back in the period, as `lines.paid` would give them."""
    booked = basis.booked_refunds(report, report.seen)
    orders = report.every("orders")
    returned = booked.loc[booked["kind"] == "return", "line_id"]
    return orders[orders["line_id"].isin(returned) & orders["paid_at"].notna()]


def _parts(report: Report, cases: Any) -> Any:
    """What each case cost in fen, by kind of cost; NaN where the product has no known cost."""
    cost = margin.costs(report, cases)
    given = report.every("costs")
    labour = given.dropna(subset=["labour_fen"]).drop_duplicates("product_id", keep="last") if len(given) else given
    sold, spend = lines.paid(report), promoted.spent(report)["spend_fen"].sum()
    per_line = float(spend) / len(sold) if len(sold) else 0.0
    return pd.DataFrame(
        {
            "return_cost": cost["return_cost_fen"],
            "sent": cost["freight_out_fen"].fillna(0) + cost["packing_fen"].fillna(0),
            "labour": cases["product_id"].map(labour.set_index("product_id")["labour_fen"]).astype("float64").fillna(0),
            "advertising": per_line,
        }
    )


def _values(report: Report, parts: Any) -> dict[str, Value]:
    each, scale, n = parts.sum(axis=1), spans.monthly(report), len(parts)
    reach = 1.96 * float((each**2).sum() ** 0.5)  # a compound Poisson sum: cases come at random, each with its own cost
    ends = {"low": max(each.sum() - reach, 0) * scale, "high": (each.sum() + reach) * scale}
    mean = mean_interval(each)
    found = {
        "month": report.money("sales.return_cost_month", each.sum() * scale, CLAIM, TABLES, n=n, **ends),
        "each": ranged(report, "sales.return_cost_each", mean, CLAIM, TABLES, n, scale=1 / FEN),
    }
    for name in parts:
        if parts[name].sum() > 0:
            id = f"sales.return_cost_part/part={name}"
            found[name] = report.money(id, parts[name].mean(), CLAIM, [*TABLES, "ads"], n=n)
    return found


def _reviews(report: Report) -> dict[str, Value]:
    """Share of critical reviews among orders with money back after shipping and among the others, of the last months."""
    rows = report.table("reviews", _window(report))
    if not len(rows) or not rows["order_id"].notna().any() or not rows["grade"].notna().any():
        return {}
    back = lines.succeeded(report)
    back = back.loc[back["kind"] != "refund_unshipped", "order_id"]
    critical, hit = rows["grade"].isin(["bad", "middle"]), rows["order_id"].isin(back)
    counts = [(int((critical & side).sum()), int(side.sum())) for side in (hit, ~hit)]
    if min(n for _, n in counts) < report.threshold("few"):
        return {}
    files = ["reviews", "after_sales"]
    found = {
        name: rated(report, f"sales.critical_share/orders={name}", *count, CLAIM, files, _window(report))
        for name, count in zip(("with_return", "without_return"), counts, strict=True)
    }
    test = proportion_test(*counts[0], *counts[1], report.threshold("level"))
    gap, n = Interval(test.difference, test.low, test.high), len(rows)
    id = "sales.critical_share/change=return"
    found["critical_gap"] = ranged(report, id, gap, CLAIM, files, n, _window(report), 100, (-1, 1))
    return found


def _window(report: Report) -> Period:
    """The last months up to the end of the period, as for defects: one month has too few reviews of returned orders."""
    start = report.seen.end - timedelta(int(report.threshold("defect_window_days")) - 1)
    return Period("range", start, report.seen.end)


def _score(report: Report) -> dict[str, Value]:
    """The shop's total experience score, the last of the period and the last of the one before on the same scale."""
    rows = report.every("experience_scores")
    rows = rows[(rows["metric"] == "总分") & rows["score"].notna()].sort_values("day")
    before = report.base("previous")
    ends = [report.seen.end, before.end] if before else [report.seen.end]
    last = [
        rows[(rows["day"] <= pd.Timestamp(end)) & (rows["day"] > pd.Timestamp(end) - pd.Timedelta(days=31))]
        for end in ends
    ]
    last = [part.iloc[-1] for part in last if len(part)]
    if len(last) < 2 or last[0]["scale"] != last[1]["scale"]:
        return {}
    files, id = ["experience_scores"], "sales.experience_score"
    return {
        "score": report.value(id, last[0]["score"], CLAIM, files),
        "score_before": report.value(f"{id}/base=previous", last[1]["score"], CLAIM, files, period=before),
    }


def _steps(report: Report) -> Any:
    """One row per action on a product that is aimed at returns and has enough lines on both sides of its start."""
    actions = report.every("actions")
    aimed = actions["metric"].isin(AIMS) | actions["claim"].fillna("").str.startswith("2.3.")
    begun = actions["start"] <= pd.Timestamp(report.seen.end)
    actions = actions[aimed & begun & actions["object"].notna()]
    found = [_step(report, action, set(actions["object"])) for action in actions.itertuples()]
    made = [row for row in found if row]
    frame = pd.DataFrame(made, columns=["p", *UNITS][: len(UNITS)])
    clear = benjamini_hochberg(frame["p"].astype(float)) <= 1 - report.threshold("level")
    cases = [clear & (frame["treated_effect"] < 0), clear & (frame["treated_effect"] > 0)]
    return frame.assign(treated_standing=np.select(cases, ["better", "worse"], "open"))


def _step(report: Report, action: Any, touched: set[str]) -> list[Any]:
    """What one action changed, in the order of the table's columns; empty where there are too few lines to tell."""
    reach, first = timedelta(int(report.threshold("effect_days"))), action.start.date()
    span = Period("range", first - reach, min(first + reach, aged.last_day(report)))
    rows = aged.watched(report, span)
    rows = rows.assign(hit=rows["returned"], after=rows["day"] >= action.start, kind=basis.categories(report, rows))
    mine, others = rows[rows["product_id"] == action.object], rows[~rows["product_id"].isin(touched)]
    sides = [mine.loc[mine["after"] == side, "hit"] for side in (True, False)]
    few = report.threshold("few")
    if min(map(len, sides)) < few:
        return []
    alike = others[others["kind"] == mine["kind"].iloc[0]]
    enough = min((alike["after"] == side).sum() for side in (True, False)) >= few
    effect = against_untreated(mine, alike if enough else others)
    name = names.printed([action.object], names.known(report, span))[0]
    points = [100 * part for part in (effect.difference, effect.low, effect.high)]
    return [effect.p, name, action.start, len(mine), float(sides[1].mean()), float(sides[0].mean()), *points]


def against_untreated(mine: Any, others: Any) -> Difference:
    """Change of a rate where something was done less the change where nothing was, weeks as clusters.

    Parameters
    ----------
    mine, others : DataFrame
        One row per line: ``day``, ``hit`` and ``after`` (both true or false).
    """
    return ratio_difference(_change(mine), _change(others))


def _change(rows: Any) -> Ratio:
    sides = [clustered_ratio(*_weeks(rows[rows["after"] == side])) for side in (True, False)]
    between, error = sides[0].estimate - sides[1].estimate, float(np.hypot(sides[0].error, sides[1].error))
    parts = sum(side.error**4 / side.freedom for side in sides if side.error > 0)
    return Ratio(between, error, error**4 / parts if parts else np.inf)


def _weeks(rows: Any) -> tuple[Any, Any]:
    weeks = rows.groupby((rows["day"] - rows["day"].min()).dt.days // 7)["hit"].agg(["sum", "size"])
    return weeks["sum"].astype(float), weeks["size"].astype(float)


def _more(values: dict[str, Value], steps: Any) -> list[Sentence]:
    parts = {name: values[name] for name in ("return_cost", "sent", "labour", "advertising") if name in values}
    found = [sentence("sales.return_costs.parts", cases=values["each"].n or 0, each=values["each"], **parts)]
    if "critical_gap" in values:
        gap = values["critical_gap"]
        clear = (gap.low or 0) > 0 or (gap.high or 0) < 0
        rates = {"back": values["with_return"], "others": values["without_return"]}
        found.append(sentence(f"sales.return_costs.reviews{'' if clear else '_open'}", gap=gap, **rates))
    if "score" in values:
        found.append(sentence("sales.return_costs.score", score=values["score"], before=values["score_before"]))
    for standing in ("better", "worse", "open"):
        part = steps[steps["treated_standing"] == standing]
        if len(part):
            slots: dict[str, Slot] = {"product": part["product_name"].iloc[0], "count": len(part)}
            found.append(sentence(f"sales.return_costs.steps_{standing}", **slots))
    return found


def _gaps(report: Report, steps: Any, values: dict[str, Value]) -> tuple[Gap, ...]:
    found = []
    if not len(steps):
        found.append(report.gap(CLAIM, "missing_file", "ACT", what=Label("returning_open", "treated")))
    if "critical_gap" not in values:
        found.append(report.gap(CLAIM, "missing_file", "REV", what=Label("returning_open", "reviews")))
    return tuple(found)
