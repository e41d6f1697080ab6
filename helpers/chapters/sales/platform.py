"""The platform's own daily table beside the order export, and how far apart they are."""

from typing import Any

from helpers.chapters import daily, lines
from helpers.findings import Sentence, Value
from helpers.report import FEN, Report, sentence

CLAIM = "2.1.1"


def days(report: Report) -> Any:
    """Platform totals of each day in fen: ``gmv_fen``, ``paid_fen``, indexed by day; empty without that file.

    The file mixes totals with their parts: total rows are taken where there are any, else the parts are added up.
    """
    rows = report.table("channel_days")
    for carriers in (rows["carrier"] == "all", rows["carrier"] != "all"):
        for windows in (rows["ad_window"] == "any", rows["ad_window"] != "any"):
            picked = rows[carriers & windows]
            if len(picked):
                return picked.groupby("day")[["gmv_fen", "paid_fen"]].sum(min_count=1)
    return rows.set_index("day")[["gmv_fen", "paid_fen"]]


def values(report: Report, frame: Any) -> dict[str, Value]:
    """成交金额 of the platform and the gap between both files; adds a column ``gmv_platform`` to the daily frame."""
    if not report.has("channel_days"):
        return {}
    found = days(report)
    frame["gmv_platform"] = found["gmv_fen"].reindex(frame["day"]).astype("float64").to_numpy() / FEN
    total = report.money("sales.gmv_platform", found["gmv_fen"].sum(min_count=1), CLAIM, ["channel_days"], n=len(found))
    same = found["paid_fen"].dropna().astype("float64")
    ours = daily.per_day(lines.paid(report), report.seen).reindex(same.index).fillna(0)
    if not same.sum():
        return {"gmv_platform": total}
    gap = report.value(
        "sales.reconcile_gap", ours.sum() / same.sum() - 1, CLAIM, ["orders", "channel_days"], n=len(same)
    )
    return {"gmv_platform": total, "reconcile_gap": gap}


def said(values: dict[str, Value], bar: float) -> list[Sentence]:
    """What the platform counts, and whether both files agree."""
    if "gmv_platform" not in values:
        return []
    found = [sentence("sales.month.platform", gmv=values["gmv_platform"], paid=values["paid_amount"])]
    gap = values.get("reconcile_gap")
    if gap is not None and gap.value is not None:
        case = "agrees" if abs(gap.value) <= bar else "differs"
        found.append(sentence(f"sales.month.platform_{case}", gap=gap))
    return found
