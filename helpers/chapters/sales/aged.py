"""Shipped lines that were all watched equally long, with the reason for which money went back; groups against the rest."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import lines
from helpers.chapters.sales import basis
from helpers.findings import Answer, Label
from helpers.methods.intervals import Ratio, benjamini_hochberg, clustered_ratio
from helpers.methods.ratios import ratio_difference
from helpers.period import Period
from helpers.report import Report

AFTER_SHIPPING = ("return", "refund_shipped")


def missing(report: Report, claim: str) -> Answer | None:
    """Why reasons cannot be counted per line that was sold; None where they can."""
    if not len(report.every("orders")):
        return report.gap(claim, "missing_file", "ORD")
    if not len(report.every("after_sales")):
        return report.gap(claim, "missing_file", "AFS")
    if lines.refund_basis(report) != "after_sales":
        return report.gap(claim, "no_link", "AFS")
    if not report.every("after_sales")["reason"].notna().any():
        return report.gap(claim, "missing_column", "AFS", column=Label("columns", "reason"))
    if not len(shipped(report)[0]):
        return report.gap(claim, "not_mature", "AFS", days=int(report.threshold("mature_days")))
    return None


def shipped(report: Report) -> tuple[Any, Period]:
    """Lines of goods paid in the last months and shipped, and their span; all watched for ``mature_days`` after payment.

    Columns as `lines.paid`, and ``group``: the group of reasons for which money went back in that time, else missing.
    """
    return report.once("aged reasons", lambda: _shipped(report))  # type: ignore[no-any-return]


def _shipped(report: Report) -> tuple[Any, Period]:
    end = last_day(report)
    begins = report.every("after_sales")["applied_at"].min().date()
    start = max(end - timedelta(int(report.threshold("defect_window_days")) - 1), report.begins, begins)
    if start > end:
        return lines.paid(report).head(0).assign(group=None, returned=None), report.seen
    span = Period("range", start, end)
    return watched(report, span), span


def last_day(report: Report) -> date:
    """Last day of payment whose lines have been watched for ``mature_days``."""
    age = timedelta(int(report.threshold("mature_days")))
    return min(report.seen.end, basis.known_until(report) - age)


def watched(report: Report, span: Period) -> Any:
    """Lines of goods paid in the span and shipped, with ``group`` as `shipped` and ``returned``: sent back and refunded."""
    rows = lines.products(lines.paid(report, span))
    events = lines.succeeded(report)
    since = lines.waited(events, rows)
    events = events[since <= pd.Timedelta(days=int(report.threshold("mature_days")))]
    early = events.loc[events["kind"] == "refund_unshipped", "line_id"]
    back = events[events["kind"].isin(AFTER_SHIPPING)].drop_duplicates("line_id").set_index("line_id")["reason"]
    sent = rows["shipped_at"].notna() if rows["shipped_at"].notna().any() else ~rows["line_id"].isin(early)
    rows = rows[sent | rows["line_id"].isin(back.index)]
    returned = rows["line_id"].isin(events.loc[events["kind"] == "return", "line_id"])
    return rows.assign(group=rows["line_id"].map(back.map(basis.reason_group(report))), returned=returned)


def against_rest(report: Report, rows: Any, by: str, expected: str = "") -> Any:
    """One row per group: ``n`` lines, ``hits``, ``rate``, and how it differs from all other lines, most first.

    ``p`` is adjusted for the number of groups (Benjamini-Hochberg); weeks are the clusters, so that a bad week does not
    count as many independent cases. ``standing``: above, below, open (no difference seen) or few (not judged).

    Parameters
    ----------
    rows : DataFrame
        One row per line, with ``day`` and a true or false column ``hit``.
    by : str
        Column of the groups.
    expected : str
        Column with the chance of a hit that the line's product has anyway; then hits are compared with what they give.
    """
    slim = pd.DataFrame({"by": rows[by], "hit": rows["hit"], "base": rows[expected] if expected else 1.0})
    found = slim.groupby("by").agg(n=("hit", "size"), hits=("hit", "sum"), base=("base", "sum")).astype("float64")
    week, own = (rows["day"] - rows["day"].min()).dt.days.to_numpy() // 7, found.index.get_indexer(rows[by])
    counts = slim["hit"].to_numpy(), slim["base"].to_numpy()
    tests = [_against(week, *counts, own == at) for at in range(len(found))]
    found["rate"], found["ratio"] = found["hits"] / found["n"], found["hits"] / found["base"].where(found["base"] > 0)
    found["difference"], found["p"] = [test[0] for test in tests], benjamini_hochberg([test[1] for test in tests])
    few, least = found["n"] < report.threshold("few"), report.threshold("defects_fewest")
    clear = found["p"] <= 1 - report.threshold("level")
    usual = found["base"] * found["hits"].sum() / found["base"].sum()  # a few cases, come or due, are no pattern
    above = clear & (found["difference"] > 0) & (found["hits"] >= least)
    levels = [few, above, clear & (found["difference"] < 0) & (usual >= least)]
    found["standing"] = np.select(levels, ["few", "above", "below"], "open")
    return found.sort_values(["difference", "n"], ascending=False)


def _against(week: Any, hit: Any, base: Any, mine: Any) -> tuple[float, float]:
    """Rate (or multiple of the expected) of some lines less that of the others, and the p of "no difference"."""
    own, rest = (_weekly(week[part], hit[part], base[part]) for part in (mine, ~mine))
    found = ratio_difference(own, rest)
    return found.difference, found.p


def _weekly(week: Any, hit: Any, base: Any) -> Ratio:
    """The rate with weeks as clusters, those without a line left out."""
    some = np.bincount(week) > 0
    return clustered_ratio(np.bincount(week, hit)[some], np.bincount(week, base)[some])


def top_product(rows: Any, others: float) -> str:
    """The product with most hits beyond what the rate of the others would give it; empty without any."""
    per = rows.dropna(subset=["product_id"]).groupby("product_id")["hit"].agg(["sum", "size"])
    excess = per["sum"] - per["size"] * others
    return str(excess.idxmax()) if len(excess) and excess.max() > 0 else ""
