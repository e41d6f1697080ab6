"""Audience portraits: the one that fits the period, how many people stand behind it, shares of labels with their doubt."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from helpers.chapters import lines
from helpers.definitions import files
from helpers.methods.intervals import wilson
from helpers.period import Period
from helpers.report import Report

COLUMNS = ["label_kind", "kind", "label", "share", "tgi"]


class Portrait(NamedTuple):
    """One audience over one span: ``rows`` (`COLUMNS`, one per label), the days it shows, who is behind it and how many.

    ``counted``: buyers or orders, what ``people`` is a number of; None and empty where nobody knows.
    """

    rows: Any
    span: Period
    people: int | None
    counted: str


def portrait(report: Report, audience: str, period: Period | None = None) -> Portrait | None:
    """The portrait of viewers, buyers or fans that shares most days with the period; None where none shares half of them.

    Shares are those of the file; ``kind`` is the kind of label without what the platform only guesses (预测).
    """
    wanted = period or report.seen
    rows = report.every("portraits")
    rows = rows[(rows["audience"] == audience) & rows["share"].notna()] if len(rows) else rows
    if not len(rows):
        return None
    start, end = rows["period_start"], rows["period_end"]
    shared = end.clip(upper=pd.Timestamp(wanted.end)) - start.clip(lower=pd.Timestamp(wanted.start))
    best = (shared / pd.Timedelta(days=1)).astype("float64") + 1
    chosen = rows[best == best.max()]
    chosen = chosen[chosen["period_start"] == chosen["period_start"].max()]
    chosen = chosen[chosen["period_end"] == chosen["period_end"].min()]
    first, last = chosen["period_start"].iloc[0].date(), chosen["period_end"].iloc[0].date()
    if best.max() < max(wanted.days, (last - first).days + 1) / 2:
        return None
    found = chosen.assign(kind=chosen["label_kind"].map(plain))[COLUMNS].reset_index(drop=True)
    span = Period("range", first, last)
    return Portrait(found, span, *(people(report, span) if audience == "buyers" else (None, "")))


def plain(kind: str) -> str:
    """A kind of label as the shop may write it: 预测年龄段 and 年龄 are the same."""
    return kind.removeprefix("预测").replace("年龄段", "年龄")


def people(report: Report, span: Period) -> tuple[int | None, str]:
    """Different buyers of those days by the member file, else paid orders, of which one buyer may have several."""
    orders = lines.paid(report, span)["order_id"].drop_duplicates()
    known = report.table("members", span)
    known = known[known["order_id"].astype(object).isin(orders)] if len(known) else known  # slow on a column of text
    if len(known) and len(known) >= report.threshold("buyers_known") * len(orders):
        return int(known["buyer_key"].nunique()), "buyers"
    return (len(orders), "orders") if len(orders) else (None, "")


def bounds(report: Report, share: Any, n: int | None) -> tuple[Any, Any]:
    """Wilson's ends of shares of so many people; NaN where nobody knows how many."""
    if not n:
        return np.full(len(share), np.nan), np.full(len(share), np.nan)
    return wilson(np.asarray(share, dtype=float) * n, n, report.threshold("level"))


def labels(report: Report, group: str) -> list[str]:
    """Names that the platform gives a group of labels: interest, age, young."""
    return list(files.toml(files.find("groups/portraits.toml", report.shop))[group])


def whole(rows: Any) -> bool:
    """Whether the labels of a kind share out all people: one label each, none cut off."""
    return bool(abs(rows["share"].sum() - 1) <= 0.02)
