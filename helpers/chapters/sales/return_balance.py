"""What a quicker return would cost: paying back without waiting for the goods, from the cheapest goods up."""

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import lines, margin, mature, spans
from helpers.chapters.sales import basis
from helpers.chapters.sales.return_stages import requests
from helpers.chapters.values import ranged, rated
from helpers.findings import Answer, Gap, Label, Sentence, Value
from helpers.methods.intervals import Interval, mean_interval, proportion_test
from helpers.period import Period
from helpers.report import FEN, Report, sentence, table

CLAIM = "2.3.3c"
TABLES = ["after_sales", "orders", "costs"]
HOURS = 3600
DAY = 24
UNITS = {"free_share": "text", "n": "count", "goods_limit": "money", "return_days": "days", "extra_month": "money"}


def return_balance(report: Report) -> Answer:
    """Days that returns take and money a month, if ever more of them were paid back without the goods, and reviews.

    Settled returns of mature orders. Table ``frontier`` one row per step, from none to all returns by the cost of their
    goods: ``goods_limit`` what the goods cost at most, ``return_days`` mean days from request to money over all
    returns, ``extra_month`` goods lost less way back and damage saved.
    """
    if not len(report.every("orders")):
        return report.gap(CLAIM, "missing_file", "ORD")
    if lines.refund_basis(report) != "after_sales":
        return report.gap(CLAIM, "no_link" if len(report.every("after_sales")) else "missing_file", "AFS")
    span, sold = mature.window(report), mature.paid(report)
    if span is None or not len(sold):
        return report.gap(CLAIM, "not_mature", "AFS", days=int(report.threshold("refund_full_days")))
    cases = _cases(report, sold)
    if not len(cases):
        return report.gap(CLAIM, "no_cost", "CST")
    if len(cases) < report.threshold("few"):
        return report.gap(CLAIM, "too_few", "AFS", n=len(cases), need=int(report.threshold("few")))
    values = _values(report, cases, span) | _reviews(report, span)
    frame = _frontier(report, cases, span)
    return report.finding(
        CLAIM,
        _headline(values),
        more=tuple(_more(cases, frame, values, span)),
        values=values,
        tables={"frontier": table(basis.yuan(frame, "goods_limit", "extra_month")[[*UNITS]], UNITS, n=len(cases))},
        gaps=_gaps(report, values),
    )


def _cases(report: Report, sold: Any) -> Any:
    """Settled returns with a known cost: ``goods`` and ``extra`` in fen, ``hours`` taken and ``quick`` hours without goods."""
    done = lines.succeeded(report)
    done = done[(done["kind"] == "return") & done["agreed_at"].notna() & done["line_id"].notna()]
    done = done.sort_values("refunded_at").drop_duplicates("line_id").set_index("line_id")
    rows = lines.products(sold)
    rows = rows[rows["line_id"].isin(done.index)].join(done[["applied_at", "agreed_at", "refunded_at"]], on="line_id")
    cost = margin.costs(report, rows)
    goods = cost["unit_cost_fen"] * rows["quantity"].astype("float64")
    taken = (rows["refunded_at"] - rows["applied_at"]).dt.total_seconds() / HOURS
    quick = (rows["agreed_at"] - rows["applied_at"]).dt.total_seconds() / HOURS + _payout(report)
    rows = rows.assign(
        goods=goods, extra=goods - cost["return_cost_fen"], hours=taken, quick=np.minimum(quick.clip(lower=0), taken)
    )
    return rows.dropna(subset=["extra"])


def _payout(report: Report) -> float:
    """Median hours from consent to the money where no goods had to come back; 0 where there is no such case."""
    done = lines.succeeded(report)
    done = done[(done["kind"] == "refund_shipped") & done["agreed_at"].notna()]
    hours = (done["refunded_at"] - done["agreed_at"]).dt.total_seconds() / HOURS
    return max(float(hours.median()), 0.0) if len(hours) else 0.0


def _frontier(report: Report, cases: Any, span: Period) -> Any:
    """One row per step: the cheapest share of the returns is paid back without the goods, the others as now."""
    cases, scale = cases.sort_values("extra", kind="stable"), spans.MONTH_DAYS / span.days
    made = []
    for share in np.linspace(0, 1, int(report.threshold("frontier_steps")) + 1):
        free = int(round(share * len(cases)))
        hours = np.concatenate([cases["quick"].iloc[:free], cases["hours"].iloc[free:]])
        limit = cases["goods"].iloc[:free].max() if free else np.nan
        made.append((f"{share:.0%}", free, limit, hours.mean() / DAY, cases["extra"].iloc[:free].sum() * scale))
    return pd.DataFrame(made, columns=[*UNITS])


def _values(report: Report, cases: Any, span: Period) -> dict[str, Value]:
    n, month = len(cases), spans.MONTH_DAYS / span.days
    level = report.threshold("level")
    taken, saved = (mean_interval(part / DAY, level) for part in (cases["hours"], cases["hours"] - cases["quick"]))
    reach = 1.96 * float((cases["extra"] ** 2).sum() ** 0.5)  # a compound Poisson sum, as for the cost of returns
    ends = {"low": (cases["extra"].sum() - reach) * month, "high": (cases["extra"].sum() + reach) * month}
    each, anything = mean_interval(cases["extra"], level), (-float("inf"), float("inf"))
    return {
        "taken": ranged(report, "sales.return_days", taken, CLAIM, TABLES, n, span),
        "saved": ranged(report, "sales.return_days_saved", saved, CLAIM, TABLES, n, span),
        "each": ranged(report, "sales.return_free_each", each, CLAIM, TABLES, n, span, 1 / FEN, anything),
        "month": report.money(
            "sales.return_free_month", cases["extra"].sum() * month, CLAIM, TABLES, n=n, period=span, **ends
        ),
        "cheap": report.value("sales.returns_cheap", int((cases["extra"] < 0).sum()), CLAIM, TABLES, n=n, period=span),
    }


def _reviews(report: Report, span: Period) -> dict[str, Value]:
    """Critical reviews among returns slower than their median and among the quicker ones, and the difference.

    Only reviews that were written after the request: an earlier one cannot come from how long the refund took.
    """
    months = Period("range", span.end - timedelta(int(report.threshold("defect_window_days")) - 1), span.end)
    done = requests(report, months)
    done = done[(done["status"] == "success") & done["refunded_at"].notna() & done["order_id"].notna()]
    known = report.every("reviews").dropna(subset=["order_id", "grade"])
    rows = known.merge(done.drop_duplicates("order_id"), on="order_id", suffixes=("", "_return"))
    rows = rows[rows["reviewed_at"] > rows["applied_at"]]
    taken = rows["refunded_at"] - rows["applied_at"]
    slow, hit = taken > taken.median(), rows["grade"].isin(["bad", "middle"])
    counts = [(int((hit & side).sum()), int(side.sum())) for side in (slow, ~slow)]
    if min(n for _, n in counts) < report.threshold("few"):
        return {}
    files, id = ["reviews", "after_sales"], "sales.slow_return_critical"
    found = {
        name: rated(report, f"{id}/speed={name}", *count, CLAIM, files, months)
        for name, count in zip(("slow", "quick"), counts, strict=True)
    }
    test = proportion_test(*counts[0], *counts[1], report.threshold("level"))
    gap = Interval(test.difference, test.low, test.high)
    return found | {"gap": ranged(report, f"{id}/change=slow", gap, CLAIM, files, len(rows), months, 100, (-1, 1))}


def _headline(values: dict[str, Value]) -> Sentence:
    case = "found" if (values["each"].value or 0) > 0 else "cheaper"
    return sentence(f"sales.return_balance.{case}", saved=values["saved"], each=values["each"])


def _more(cases: Any, frame: Any, values: dict[str, Value], span: Period) -> list[Sentence]:
    basis_slots = {name: values[name] for name in ("taken", "saved", "month")}
    found = [sentence("sales.return_balance.basis", span=str(span), cases=len(cases), **basis_slots)]
    if values["cheap"].value:
        found.append(sentence("sales.return_balance.cheap", cheap=values["cheap"]))
    if "gap" in values:
        gap = values["gap"]
        case = "slow_worse" if (gap.low or 0) > 0 else "slow_better" if (gap.high or 0) < 0 else "slow_open"
        found.append(
            sentence(f"sales.return_balance.{case}", **{name: values[name] for name in ("slow", "quick", "gap")})
        )
    return [*found, sentence("sales.return_balance.doubt")]


def _gaps(report: Report, values: dict[str, Value]) -> tuple[Gap, ...]:
    if "gap" in values:
        return ()
    what = Label("returning_open", "speed_reviews")
    return (report.gap(CLAIM, "too_few" if len(report.every("reviews")) else "missing_file", "REV", what=what),)
