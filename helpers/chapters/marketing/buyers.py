"""Returning buyers: their share of sales, and what they and new buyers paid."""

from typing import Any

import pandas as pd

from helpers.chapters import compare, lines
from helpers.chapters.marketing import bars
from helpers.findings import Answer, Gap, Label, Sentence, Slot, Value
from helpers.methods.intervals import ratio_interval
from helpers.period import Period
from helpers.report import FEN, Report, sentence, table

CLAIM = "3.3.2d"
MONTHS = {"month": "text", "old_amount": "money", "new_amount": "money", "old_share": "ratio", "orders": "count"}


def old_customers(report: Report) -> Answer:
    """Share of sales from buyers with an earlier paid order in this shop, and both amounts.

    Buyers whose first order lies before the data begin look new, so the share is a lower bound, the lower the
    shorter the history. Tables: ``months`` one row per month with enough history before it, oldest first: both
    amounts, the share, and orders.
    """
    orders, name = _orders(report)
    if not len(orders):
        return report.gap(CLAIM, "no_buyer", "MEM")
    here = lines.within(orders, report.seen)
    if not len(here):
        return report.gap(CLAIM, "no_rows", "MEM")
    first = orders["paid_at"].min().date()
    values = _values(report, orders, here, first, name)
    known = (report.seen.start - first).days >= report.threshold("old_history_days")
    verdict = bars.judged(values["share"], values["share.target"], report.threshold("fewest_days"))
    verdict = "open" if verdict == "fails" and not known else verdict  # a longer history could only raise the share
    months = _months(report, orders, first)
    return report.finding(
        CLAIM,
        sentence(f"marketing.old.{verdict or 'plain'}", **bars.slots(values, "share", "share.target", "old", "new")),
        more=_more(report, values, first),
        values=values,
        tables={"months": table(months, MONTHS, n=int(months["orders"].sum()) if len(months) else 0)},
        verdict=verdict,
        gaps=() if known else (_short(report, first),),
    )


def _orders(report: Report) -> tuple[Any, str]:
    """All paid orders of known buyers, ``old`` when not the buyer's first, and the table that they are from."""
    members = report.every("members")
    if len(members):
        rows, name = members.rename(columns={"amount_fen": "payable_fen"}), "members"
    else:
        rows, name = report.every("orders"), "orders"
    rows = rows.dropna(subset=["paid_at", "buyer_key", "payable_fen"])
    if not len(rows):
        return rows, name
    found = rows.groupby("order_id", as_index=False).agg(
        buyer_key=("buyer_key", "first"), paid_at=("paid_at", "min"), amount_fen=("payable_fen", "sum")
    )
    found = found[found["amount_fen"] > 0].sort_values(["paid_at", "order_id"], ignore_index=True)
    return found.assign(old=found["buyer_key"].duplicated(), day=found["paid_at"].dt.normalize()), name


def _values(report: Report, orders: Any, here: Any, first: Any, name: str) -> dict[str, Value]:
    found = {
        "share": _share(report, "marketing.old_share", here, report.seen, name),
        "share.target": bars.target(report, "marketing.old_share", "old_customer_share", CLAIM),
        "old": report.money("marketing.old_amount", _sum(here, True), CLAIM, [name], n=int(here["old"].sum())),
        "new": report.money("marketing.new_amount", _sum(here, False), CLAIM, [name], n=int((~here["old"]).sum())),
    }
    paid = lines.paid(report)["payable_fen"].sum()
    if paid > 0:
        part = min(float(here["amount_fen"].sum() / paid), 1.0)
        found["known"] = report.value("marketing.buyers_known", part, CLAIM, [name, "orders"])
    base = compare.best(report)
    if base is None or (base.span.start - first).days < report.threshold("old_history_days"):
        return found
    now, before = (orders[orders["day"].isin(base.pairs[side])] for side in ("now", "then"))
    if len(now) and len(before):
        found["share.previous"] = _share(report, f"marketing.old_share/base={base.name}", before, base.span, name)
        share = _sum(now, True) / float(now["amount_fen"].sum())
        points = (share - float(found["share.previous"].value or 0)) * 100
        found["share.change"] = report.value(f"marketing.old_share/change={base.name}", points, CLAIM, [name])
    for kind, old in (("old", True), ("new", False)):
        sides = (rows[rows["old"] == old].groupby("day")["amount_fen"].sum() for rows in (now, before))
        grown = compare.growth(base, *sides)
        if grown.estimate == grown.estimate:
            id = f"marketing.{kind}_amount/change={base.name}"
            found[f"{kind}.change"] = report.value(id, grown.estimate, CLAIM, [name], low=grown.low, high=grown.high)
    return found


def _share(report: Report, id: str, orders: Any, span: Period, name: str) -> Value:
    parts = orders.assign(old_fen=orders["amount_fen"].where(orders["old"], 0))
    days = parts.groupby("day")[["old_fen", "amount_fen"]].sum()
    share = ratio_interval(days["old_fen"], days["amount_fen"])
    low, high = max(share.low, 0.0), min(share.high, 1.0) if share.high == share.high else None
    return report.value(id, share.estimate, CLAIM, [name], n=len(days), low=low, high=high, period=span)


def _sum(orders: Any, old: bool) -> float:
    return float(orders.loc[orders["old"] == old, "amount_fen"].sum())


def _months(report: Report, orders: Any, first: Any) -> Any:
    """Whole months up to the period's end with enough history before them; all where there are not two of these."""
    rows = orders.assign(month=orders["day"].dt.to_period("M").dt.to_timestamp())
    last = pd.Timestamp(report.seen.end) + pd.Timedelta(days=1)
    whole = rows[(rows["month"] + pd.offsets.MonthBegin(1) <= last) & (rows["month"] >= pd.Timestamp(first))]
    amounts = whole.pivot_table(index="month", columns="old", values="amount_fen", aggfunc="sum", fill_value=0)
    amounts = amounts.reindex(columns=[True, False], fill_value=0) / FEN
    found = amounts.set_axis(["old_amount", "new_amount"], axis=1)
    found["old_share"] = found["old_amount"] / found.sum(axis=1)
    found = found.assign(orders=whole.groupby("month").size()).rename_axis("month").reset_index()
    enough = found[found["month"] >= pd.Timestamp(first) + pd.Timedelta(days=report.threshold("old_history_days"))]
    shown = (enough if len(enough) > 1 else found).tail(int(report.threshold("months_shown"))).reset_index(drop=True)
    return shown.assign(month=shown["month"].dt.strftime("%Y-%m"))


def _more(report: Report, values: dict[str, Value], first: Any) -> tuple[Sentence, ...]:
    said = [sentence("marketing.old.amounts", old=values["old"], new=values["new"], share=values["share"])]
    if all(name in values for name in ("share.change", "old.change", "new.change")):
        slots: dict[str, Slot] = {name: values[f"{name}.change"] for name in ("old", "new")}
        slots |= {"change": values["share.change"], "previous": values["share.previous"]}
        slots |= {"base": Label("base", values["share.previous"].id.partition("/base=")[2])}
        said.append(sentence(f"marketing.old.{_why(values)}", **slots))
    said.append(sentence("marketing.old.history", first=f"{first:%Y-%m-%d}"))
    if "known" in values and float(values["known"].value or 0) < report.threshold("buyers_known"):
        said.append(sentence("marketing.old.known", known=values["known"]))
    return tuple(said)


def _why(values: dict[str, Value]) -> str:
    """Which amount moved the share: a higher share may only mean fewer new buyers."""
    if bars.moved(values["share"], values["share.previous"]) == "alike":
        return "alike"
    share, old, new = (float(values[f"{name}.change"].value or 0) for name in ("share", "old", "new"))
    if share >= 0:
        return "more_old" if new >= 0 else "fewer_new"
    return "more_new" if old >= 0 else "fewer_old"


def _short(report: Report, first: Any) -> Gap:
    have = report.value("marketing.history_days", max((report.seen.start - first).days, 0), CLAIM, [])
    need = report.value("marketing.history_days/base=target", report.threshold("old_history_days"), CLAIM, [])
    return report.gap(CLAIM, "no_history", "MEM", have=have, need=need)
