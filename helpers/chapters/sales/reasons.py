"""Why money went back: reasons in groups, refunds and returns apart, before and after shipping apart."""

from typing import Any

from helpers.chapters import margin, spans
from helpers.chapters.sales import basis
from helpers.findings import Answer, Label, Sentence, Value
from helpers.report import Report, for_all_pages, sentence, table

CLAIM = "2.3.1a"
WAYS = ["unshipped", "shipped", "returned"]  # refunded before shipping; refunded after it, goods kept; goods sent back
UNMAPPED = "unmapped"
OURS = ("quality", "not_as_described", "damaged", "late", "missing")  # what goods, page, packing and warehouse decide


@for_all_pages
def reasons(report: Report) -> Answer:
    """What was paid back in the period by group of reasons, in money, biggest first.

    Booked by the day of the refund, so the sum is ``sales.refund_amount_by_time``. Table ``reasons``: one row per
    group: refund, share, cumulative, cases, and the refund by way (before shipping, after shipping, with return);
    ``unknown`` lists reasons without a group.
    """
    if not len(report.every("after_sales")):
        return report.gap(CLAIM, "missing_file", "AFS")
    rows = basis.booked_refunds(report, report.seen)
    if not len(rows) or not rows["refund_fen"].sum() > 0:
        return _nothing(report)
    if not rows["reason"].notna().any():
        return report.gap(CLAIM, "missing_column", "AFS", column=Label("columns", "reason"))
    rows = rows.assign(group=rows["reason"].map(basis.reason_group(report)).fillna(UNMAPPED), way=_way(rows))
    frame = _frame(rows)
    values = _values(report, frame, rows)
    return report.finding(
        CLAIM,
        _headline(frame, values),
        more=tuple(_more(frame, values)),
        values=values,
        tables=_tables(frame, rows),
        stake=_stake(report, rows),
        action=_action(frame),
    )


def _nothing(report: Report) -> Answer:
    """No refund in the period: a finding where the after-sales reach into it, else a gap."""
    if not basis.refunds_known(report, report.seen):
        return report.gap(CLAIM, "missing_file", "AFS")
    none = report.money("sales.refund_amount_by_time", 0, CLAIM, ["after_sales"], n=0)
    return report.finding(CLAIM, sentence("sales.reasons.none"), values={"refund_amount_by_time": none})


def _way(rows: Any) -> Any:
    """How the money went back: by the kind of request, else by whether the goods had left."""
    sent = rows["shipped"].map({"yes": "shipped", "no": "unshipped"})
    return (
        rows["kind"]
        .map({"refund_unshipped": "unshipped", "refund_shipped": "shipped", "return": "returned"})
        .fillna(sent)
        .fillna("shipped")
    )


def _frame(rows: Any) -> Any:
    """One row per group in fen, biggest first, unmapped reasons last."""
    amounts = rows.pivot_table(
        index="group", columns="way", values="refund_fen", aggfunc="sum", fill_value=0, observed=True
    )
    frame = amounts.reindex(columns=WAYS, fill_value=0).astype("float64")
    frame.insert(0, "amount", frame.sum(axis=1))
    frame["cases"] = rows.groupby("group").size()
    frame = frame.sort_values("amount", ascending=False, kind="stable")
    frame = frame.loc[sorted(frame.index, key=lambda group: group == UNMAPPED)]
    frame["share"] = frame["amount"] / frame["amount"].sum()
    frame["cumulative"] = frame["share"].cumsum()
    return frame.reset_index()


def _values(report: Report, frame: Any, rows: Any) -> dict[str, Value]:
    total = int(rows["refund_fen"].sum())
    made: dict[str, Value] = {"refund_amount_by_time": _money(report, "sales.refund_amount_by_time", total, len(rows))}
    for row in frame.itertuples():
        made[f"reason.{row.group}"] = _money(
            report, f"sales.refund_by_reason/reason={row.group}", row.amount, row.cases
        )
        share = report.value(
            f"sales.refund_reason_share/reason={row.group}", row.share, CLAIM, ["after_sales"], n=len(rows)
        )
        made[f"share.{row.group}"] = share
    for way in WAYS:
        part = rows[rows["way"] == way]
        made[way] = _money(report, f"sales.refund_by_way/way={way}", part["refund_fen"].sum(), len(part))
    unmapped = rows.loc[rows["group"] == UNMAPPED, "refund_fen"].sum() / total
    made[UNMAPPED] = report.value("sales.refund_unmapped_share", unmapped, CLAIM, ["after_sales"], n=len(rows))
    return made


def _money(report: Report, id: str, fen: float, cases: int) -> Value:
    return report.money(id, fen, CLAIM, ["after_sales"], n=cases)


def _headline(frame: Any, values: dict[str, Value]) -> Sentence:
    top = frame["group"].iloc[0]
    if top == UNMAPPED:
        return sentence("sales.reasons.unmapped_only", total=values["refund_amount_by_time"])
    return sentence(
        "sales.reasons.found", reason=Label("reason", top), share=values[f"share.{top}"], amount=values[f"reason.{top}"]
    )


def _more(frame: Any, values: dict[str, Value]) -> list[Sentence]:
    total = values["refund_amount_by_time"]
    found = [sentence("sales.reasons.ways", total=total, **{way: values[way] for way in WAYS})]
    best = _worst(frame)
    if best:
        found.append(
            sentence(
                "sales.reasons.ours",
                reason=Label("reason", best),
                amount=values[f"reason.{best}"],
                share=values[f"share.{best}"],
            )
        )
    if values[UNMAPPED].value:
        found.append(sentence("sales.reasons.unmapped", share=values[UNMAPPED]))
    return found


def _worst(frame: Any) -> str:
    """The costliest group of reasons that the shop can act on; empty where there is none."""
    ours = frame.loc[frame["group"].isin(OURS), "group"]
    return str(ours.iloc[0]) if len(ours) else ""


def _action(frame: Any) -> Sentence | None:
    worst = _worst(frame)
    return sentence("sales.reasons.act", reason=Label("reason", worst)) if worst else None


def _stake(report: Report, rows: Any) -> Value | None:
    """What refunds for reasons that the shop can act on took from contribution, a month; None without costs."""
    ours = rows[rows["group"].isin(OURS)].groupby("line_id")["refund_fen"].sum()
    sold = report.every("orders")
    sold = sold[sold["line_id"].isin(ours.index) & sold["paid_at"].notna()]
    if not len(sold):
        return None
    back = sold["line_id"].map(ours).astype("float64").clip(upper=sold["payable_fen"].astype("float64"))
    lost = (margin.contribution(report, sold, back * 0) - margin.contribution(report, sold, back)).dropna()
    if not len(lost):
        return None
    scale = spans.monthly(report)
    reach = 1.96 * float((lost**2).sum() ** 0.5)  # a compound Poisson sum: cases come at random, each with its own loss
    low, high = max(lost.sum() - reach, 0) * scale, (lost.sum() + reach) * scale
    tables = ["after_sales", "orders", "costs"]
    id = "sales.avoidable_refunds_stake"
    return report.money(id, lost.sum() * scale, CLAIM, tables, n=len(lost), low=low, high=high)


def _tables(frame: Any, rows: Any) -> dict[str, Any]:
    names = {"group": "reason_group", "amount": "refund", **{way: f"refund_{way}" for way in WAYS}}
    shown = basis.yuan(frame, "amount", *WAYS).rename(columns=names)
    units = {
        "reason_group": "label:reason",
        "refund": "money",
        "share": "ratio",
        "cumulative": "ratio",
        "cases": "count",
    }
    units |= {f"refund_{way}": "money" for way in WAYS}
    found = {"reasons": table(shown[[*units]], units, n=len(rows))}
    unknown = rows[rows["group"] == UNMAPPED]
    if unknown["reason"].notna().any():
        listed = unknown.groupby("reason").agg(refund=("refund_fen", "sum"), cases=("refund_fen", "size")).reset_index()
        listed = basis.yuan(listed.sort_values("refund", ascending=False), "refund").reset_index(drop=True)
        found["unknown"] = table(listed, {"reason": "text", "refund": "money", "cases": "count"})
    return found
