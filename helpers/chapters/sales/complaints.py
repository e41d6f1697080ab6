"""What buyers complain of, by aspect: per 1,000 orders, against the periods before, and beside what they sent back."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import lines, texts
from helpers.chapters.sales import basis
from helpers.chapters.values import ranged, rated
from helpers.definitions import words
from helpers.findings import Answer, Gap, Label, Sentence, Slot, Value
from helpers.methods.intervals import Interval, benjamini_hochberg
from helpers.methods.keyness import per_thousand, rates_differ
from helpers.period import Period
from helpers.report import Report, sentence, table

CLAIM = "2.2.3b"
UNITS = {
    "aspect": "label:aspect", "reviews": "count", "per_1000_orders": "count", "low": "count", "high": "count",
    "complaints_before": "count", "trend": "label:complaint_trend", "praise_per_1000": "count", "quote": "text",
}  # fmt: skip


def pain_points(report: Report) -> Answer:
    """Aspects that reviews complain of, per 1,000 paid orders, with their trend against the periods before.

    Table ``complaints``: one row per aspect, most complaints first: reviews that complain (each once), per 1,000 orders
    with ``low`` and ``high``, the rate of the periods before, ``trend``, praise per 1,000 orders, a masked clause.
    """
    if not len(report.every("reviews")):
        return report.gap(CLAIM, "missing_file", "REV", what=Label("voice_cost", "complaints"))
    orders = lines.paid(report)["order_id"].nunique()
    if not orders:
        return basis.no_orders(report, CLAIM)
    read = texts.read(report)
    if not len(read):
        return report.gap(CLAIM, "no_rows", "REV", what=Label("voice_open", "words"))
    frame = _frame(report, read, orders)
    values = _values(report, read, frame, orders)
    return report.finding(
        CLAIM,
        _headline(report, frame, values),
        more=tuple(_more(report, frame, values)),
        values=values,
        tables={"complaints": table(frame, UNITS, n=orders)} if len(frame) else {},
        gaps=_gaps(report),
    )


def _frame(report: Report, read: Any, orders: int) -> Any:
    """One row per aspect that somebody complains of, most first."""
    level, signs = report.threshold("level"), int(report.threshold("quote_signs"))
    pains, praises = (texts.counted(_aspects(report, read, polarity)) for polarity in ("pain", "praise"))
    frame = pd.DataFrame({"aspect": sorted(pains, key=lambda aspect: (-pains[aspect], aspect))})
    frame["reviews"] = frame["aspect"].map(pains).astype("int64")
    rate = per_thousand(frame["reviews"].to_numpy(), orders, level)
    frame["per_1000_orders"], frame["low"], frame["high"] = rate.rate, rate.low, rate.high
    frame["praise_per_1000"] = frame["aspect"].map(praises).fillna(0) / orders * 1000
    frame["quote"] = [texts.quote(_clauses(report, read, aspect), signs) for aspect in frame["aspect"]]
    return frame.assign(**_trend(report, frame, orders))


def _aspects(report: Report, read: Any, polarity: str) -> list[set[str]]:
    """The aspects of which each review says something of that polarity."""
    aspect = {one.key: one.aspect for one in words.terms(report.shop).values() if one.polarity == polarity}
    return [{aspect[key] for key in said if key in aspect} for said in read["said"]]


def _clauses(report: Report, read: Any, aspect: str) -> list[str]:
    ours = {one.key for one in words.terms(report.shop).values() if (one.aspect, one.polarity) == (aspect, "pain")}
    return [clause for said in read["said"] for key, clause in said.items() if key in ours]


def _trend(report: Report, frame: Any, orders: int) -> dict[str, Any]:
    """Rate of the periods before, and whether the present one differs by more than chance."""
    past = report.period.back(int(report.threshold("trend_periods")) + 1)[:-1]
    span = Period("range", past[0].start, past[-1].end)
    then = lines.paid(report, span)["order_id"].nunique()
    read = texts.read(report, span)
    if not then or not len(read) or read["reviewed_at"].min() > pd.Timestamp(past[0].end):
        return {"complaints_before": np.nan, "trend": "unknown"}
    before = frame["aspect"].map(texts.counted(_aspects(report, read, "pain"))).fillna(0)
    p = rates_differ(frame["reviews"], orders, before, then)
    risk = 1 - report.threshold("level")
    sure, maybe = benjamini_hochberg(p) < risk, p < risk
    more = frame["reviews"] / orders > before / then
    cases = {"new": sure & more & (before == 0), "rising": sure & more, "falling": sure, "maybe": maybe & more}
    trend = np.select([*cases.values()], [*cases], "steady")
    return {"complaints_before": before / then * 1000, "trend": trend}


def _values(report: Report, read: Any, frame: Any, orders: int) -> dict[str, Value]:
    files = ["reviews", "orders"]
    hits = int(sum(bool(aspects) for aspects in _aspects(report, read, "pain")))
    found = {"share": rated(report, "sales.complaint_share", hits, len(read), CLAIM, ["reviews"])}
    for row in frame.itertuples():
        id = f"sales.complaints_per_1000/aspect={row.aspect}"
        rate = Interval(row.per_1000_orders, row.low, row.high)
        found[row.aspect] = ranged(report, id, rate, CLAIM, files, n=orders)
    for group, count in _refunds(report, frame).items():
        low, high = (float(end) for end in per_thousand(count, orders, report.threshold("level"))[1:])
        rate = Interval(count / orders * 1000, low, high)
        id = f"sales.refunds_per_1000/reason={group}"
        found[f"refunds.{group}"] = ranged(report, id, rate, CLAIM, ["after_sales", "orders"], n=orders)
    return found


def _refunds(report: Report, frame: Any) -> dict[str, int]:
    """Refunds booked in the period for the reasons that belong to the first aspect."""
    if not len(frame) or not len(report.every("after_sales")):
        return {}
    rows = basis.booked_refunds(report, report.seen)
    groups = rows["reason"].map(basis.reason_group(report)).value_counts()
    wanted = words.reasons(report.shop).get(str(frame["aspect"].iloc[0]), ())
    return {group: int(groups.get(group, 0)) for group in wanted} if rows["reason"].notna().any() else {}


def _headline(report: Report, frame: Any, values: dict[str, Value]) -> Sentence:
    if not len(frame):
        return sentence("sales.pain_points.none", read=values["share"].n or 0)
    top = frame.iloc[0]
    if top["reviews"] < report.threshold("pain_least"):
        return sentence("sales.pain_points.scattered", read=values["share"].n or 0)
    slots: dict[str, Slot] = {"aspect": Label("aspect", top["aspect"]), "rate": values[top["aspect"]]}
    case = {"new": "rising"}.get(top["trend"], top["trend"])
    return sentence(f"sales.pain_points.{case}", **slots)


def _more(report: Report, frame: Any, values: dict[str, Value]) -> list[Sentence]:
    share = values["share"]
    found = [sentence("sales.pain_points.basis", read=share.n or 0, share=share)]
    if not len(frame):
        return found
    moved = frame.iloc[1:]
    rising = moved[moved["trend"].isin(["new", "rising"])]
    if len(rising):
        aspect = rising["aspect"].iloc[0]
        found.append(sentence("sales.pain_points.also", aspect=Label("aspect", aspect), rate=values[aspect]))
    elif (frame["trend"] == "unknown").all():
        found.append(sentence("sales.pain_points.no_past"))
    for key, value in values.items():
        if key.startswith("refunds."):
            reason = Label("reason", key.removeprefix("refunds."))
            found.append(sentence("sales.pain_points.refunds", reason=reason, rate=value))
    return found


def _gaps(report: Report) -> tuple[Gap, ...]:
    if len(report.every("after_sales")):
        return ()
    return (report.gap(CLAIM, "missing_file", "AFS", what=Label("voice_open", "refunds")),)
