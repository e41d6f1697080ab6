"""Shipping within 48 hours: the rate against its bar, the promise kept, and on which days it slipped."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import compare, lines
from helpers.findings import Answer, Label, Sentence, Value
from helpers.methods.control import control_limits
from helpers.methods.intervals import prob_at_least, proportion_test, wilson
from helpers.period import Period
from helpers.report import Report, sentence, table

CLAIM = "6.1.3c"
FILES = ("orders", "after_sales")
SENT = ("shipped", "finished")
DAYS = {"day": "date", "in_time": "ratio", "centre": "ratio", "lower": "ratio", "upper": "ratio", "orders": "count"}
WEEK = {
    "weekday": "label:weekday",
    "orders": "count",
    "late": "count",
    "late_share": "ratio",
    "low": "ratio",
    "high": "ratio",
}


def shipping(report: Report) -> Answer:
    """Share of the paid physical orders that were shipped within 48 hours, against its bar (6.1.3c).

    An order counts once all its goods are out. Left out: presale, appointments, virtual goods, what was refunded before
    shipping, and orders whose 48 hours were not over when they were exported. Tables: ``days`` one row per day of
    payment with control limits; ``weekdays`` one row per weekday of payment with the late share and its interval.
    """
    if not report.every("orders").get("shipped_at", pd.Series(dtype="object")).notna().any():
        return report.gap(CLAIM, "missing_column", "ORD", column=Label("columns", "shipped_at"))
    rows = _goods(report, report.seen)
    due = within(rows, rows["deadline"])
    if not len(due):
        return report.gap(CLAIM, "no_rows", "ORD")
    values = _values(report, due, rows)
    days, weekdays = _days(report, due), _weekdays(report, due)
    values["out"] = report.value("planning.ship_days_out", int(days["out"].sum()), CLAIM, FILES, n=len(days))
    for row in weekdays.itertuples():
        fact = f"planning.ship_late_share/weekday={row.weekday}"
        values[f"weekday.{row.weekday}"] = report.value(
            fact, row.late_share, CLAIM, FILES, n=row.orders, low=row.low, high=row.high
        )
    return report.finding(
        CLAIM,
        _headline(report, values),
        more=tuple(_more(values, rows)),
        values=values,
        tables={"days": table(days, DAYS, n=len(due)), "weekdays": table(weekdays, WEEK, n=len(due))},
        verdict=_verdict(report, values),
        action=_action(report, values, weekdays),
    )


def _goods(report: Report, span: Period) -> Any:
    """Lines of paid goods with ``deadline``, ``promise``, ``seen_at`` (export), ``gone`` (refunded unshipped)."""
    rows = lines.products(lines.paid(report, span))
    taken = report.store.frame("orders", report.shop, span.start, span.end, ["line_id", "snapshot"])
    back = lines.succeeded(report)
    early = _moments(rows, back.loc[back["kind"] == "refund_unshipped"], "applied_at")
    covered = pd.Timestamp(report.covered) + pd.Timedelta(days=1)
    left = early.notna() | (rows["after_sale"] == "refunded") | rows["status"].isin(["closed", "cancelled"])
    plain = (rows["order_type"].fillna("physical") == "physical") & rows["appointed_at"].isna()
    hours = pd.Timedelta(hours=report.threshold("ship_hours"))
    return rows.assign(
        seen_at=_moments(rows, taken, "snapshot").fillna(covered),
        gone=rows["shipped_at"].isna() & left,
        asked_at=early,
        deadline=(rows["paid_at"] + hours).where(plain),
        promise=rows["promised_at"].where(rows["order_type"].fillna("physical") != "virtual"),
    )


def _moments(rows: Any, known: Any, column: str) -> Any:
    """The moment of each line in another frame of lines, indexed as the rows; empty where it is not there."""
    first = known.drop_duplicates("line_id").set_index("line_id")[column].to_dict()
    return pd.to_datetime(rows["line_id"].map(first))


def within(rows: Any, deadline: Any) -> Any:
    """One row per order whose deadline had passed at its export: ``day`` of payment, and whether it was ``in_time``."""
    untold = rows["status"].isin(SENT) & rows["shipped_at"].isna()  # sent, but the file does not say when
    rows = rows.assign(deadline=deadline, unsent=rows["shipped_at"].isna())[deadline.notna() & ~rows["gone"] & ~untold]
    found = rows.groupby("order_id").agg(
        day=("day", "min"),
        deadline=("deadline", "min"),
        seen_at=("seen_at", "min"),
        shipped_at=("shipped_at", "max"),
        unsent=("unsent", "any"),
    )
    found = found[found["deadline"] <= found["seen_at"]]
    return found.assign(in_time=~found["unsent"] & (found["shipped_at"] <= found["deadline"]))


def _values(report: Report, due: Any, rows: Any) -> dict[str, Value]:
    hits, orders = int(due["in_time"].sum()), len(due)
    found = {"rate": _rate(report, "planning.ship_48h", due)}
    found["late"] = report.value("planning.ship_late", orders - hits, CLAIM, FILES, n=orders)
    kept = within(rows, rows["promise"])
    if len(kept):
        found["promise"] = _rate(report, "planning.ship_promise", kept)
    waited = rows[rows["gone"] & (rows["asked_at"] > rows["deadline"])]["order_id"].nunique()
    found["waited"] = report.value("planning.ship_refunded_late", waited, CLAIM, FILES, n=orders)
    bar = report.target("ship_48h")
    if bar is not None:
        found["target"] = report.value("planning.ship_48h/base=target", bar, CLAIM, ["targets"])
        chance = float(prob_at_least(hits, orders, bar))
        found["chance"] = report.value("planning.ship_chance", chance, CLAIM, FILES, n=orders)
    return found | _previous(report, due)


def _previous(report: Report, due: Any) -> dict[str, Value]:
    """The rate on the matching days of the period before, and the change on them with its interval in points."""
    base = compare.base(report, "previous")
    if base.why:
        return {}
    reach = Period("range", base.pairs["then"].min().date(), base.pairs["then"].max().date())
    rows = _goods(report, reach)
    then = within(rows, rows["deadline"])
    then, now = then[then["day"].isin(base.pairs["then"])], due[due["day"].isin(base.pairs["now"])]
    if not len(then) or not len(now):
        return {}
    hits, earlier = (int(side["in_time"].sum()) for side in (now, then))
    test = proportion_test(hits, len(now), earlier, len(then), report.threshold("level"))
    ends: dict[str, Any] = {"low": test.low * 100, "high": test.high * 100}
    change = report.value("planning.ship_48h/change=previous", test.difference * 100, CLAIM, FILES, n=len(now), **ends)
    return {"rate.previous": _rate(report, "planning.ship_48h/base=previous", then, base.span), "rate.change": change}


def _rate(report: Report, fact: str, due: Any, span: Period | None = None) -> Value:
    hits, orders = int(due["in_time"].sum()), len(due)
    low, high = (float(end) for end in wilson(hits, orders, report.threshold("level")))
    return report.value(fact, hits / orders, CLAIM, FILES, n=orders, low=low, high=high, period=span)


def _days(report: Report, due: Any) -> Any:
    """One row per day of payment; a day without orders that count has no rate."""
    days = pd.date_range(report.seen.start, report.seen.end)
    by = due.groupby("day")["in_time"].agg(["sum", "size"]).reindex(days, fill_value=0)
    found = control_limits(by["sum"], by["size"]).rename(columns={"rate": "in_time", "low": "lower", "high": "upper"})
    found = found.assign(day=days, orders=by["size"].to_numpy())
    return found[found["orders"] > 0].reset_index(drop=True)


def _weekdays(report: Report, due: Any) -> Any:
    by = (~due["in_time"]).groupby(due["day"].dt.day_of_week).agg(["sum", "size"])
    low, high = wilson(by["sum"], by["size"], report.threshold("level"))
    found = pd.DataFrame({"weekday": by.index.astype(str), "orders": by["size"], "late": by["sum"]}).reset_index(
        drop=True
    )
    return found.assign(late_share=found["late"] / found["orders"], low=np.asarray(low), high=np.asarray(high))


def _verdict(report: Report, values: dict[str, Value]) -> str:
    if "chance" not in values:
        return ""
    chance, sure = float(values["chance"].value or 0), report.threshold("sure")
    if (values["rate"].n or 0) < report.threshold("few"):
        return "open"
    return "holds" if chance >= sure else "fails" if chance <= 1 - sure else "open"


def _headline(report: Report, values: dict[str, Value]) -> Sentence:
    case = _verdict(report, values) or "plain"
    slots = {name: values[name] for name in ("rate", "target", "late") if name in values}
    return sentence(f"planning.shipping.{case}", **slots)


def _more(values: dict[str, Value], rows: Any) -> list[Sentence]:
    chances = {name: values[name] for name in ("chance", "target") if name in values}
    said = [sentence("planning.shipping.basis", rate=values["rate"], **chances)]
    if "rate.change" in values:
        change = values["rate.change"]
        clear = change.low is not None and change.high is not None and not change.low <= 0 <= change.high
        case = "alike" if not clear else "better" if float(change.value or 0) > 0 else "worse"
        said.append(sentence(f"planning.shipping.{case}", then=values["rate.previous"], change=change))
    if "promise" in values:
        said.append(sentence("planning.shipping.promise", promise=values["promise"]))
    case = "days" if values["out"].value else "days_even"
    said.append(sentence(f"planning.shipping.{case}", out=values["out"]))
    if values["waited"].value:
        said.append(sentence("planning.shipping.waited", waited=values["waited"]))
    return said


def _action(report: Report, values: dict[str, Value], weekdays: Any) -> Sentence | None:
    """The weekday whose payments surely wait longer than those of all days together; none where days are alike."""
    overall = weekdays["late"].sum() / weekdays["orders"].sum()
    level = 1 - (1 - report.threshold("level")) / len(weekdays)  # so many weekdays are asked at once
    low, _ = wilson(weekdays["late"], weekdays["orders"], level)
    slow = weekdays[(weekdays["late"] > 0) & (low > overall)].sort_values("late_share", ascending=False)
    if not len(slow):
        return None
    worst = slow.iloc[0]["weekday"]
    return sentence("planning.shipping.act", weekday=Label("weekday", worst), share=values[f"weekday.{worst}"])
