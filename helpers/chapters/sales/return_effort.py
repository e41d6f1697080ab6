"""How much handling a return takes: what runs by itself, what is asked twice or given up, and what it costs the agents."""

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import lines
from helpers.chapters.sales import basis
from helpers.chapters.sales.return_stages import spell
from helpers.chapters.values import ranged, rated
from helpers.findings import Answer, Gap, Label, Sentence, Value
from helpers.methods.changes import calendar_terms, partial_slope
from helpers.methods.intervals import Interval
from helpers.methods.survival import duration_quantile
from helpers.period import Period
from helpers.report import Report, sentence, table

CLAIM = "2.3.3b"
TABLES = ["after_sales"]
FREE = "changed_mind"  # the group of reasons for which the right of return leaves the shop nothing to decide
KINDS = ("refund_unshipped", "refund_shipped", "return", "exchange")
UNITS = {
    "kind": "label:after_sale_kind", "n": "count", "automatic": "ratio", "agree_median": "hours", "given_up": "ratio",
    "asked_again": "ratio",
}  # fmt: skip


def return_effort(report: Report) -> Answer:
    """Share of returns that run by themselves, are given up or asked for again, and sessions of agents per request.

    Requests of the period. Table ``effort`` one row per kind of request: ``n``, ``automatic`` share that the platform
    paid back at once, ``agree_median`` hours until the shop agreed, ``given_up`` share closed without a refund,
    ``asked_again`` share whose line had an earlier request.
    """
    if not len(report.every("after_sales")):
        return report.gap(CLAIM, "missing_file", "AFS")
    rows = _asked(report)
    mine = rows[rows["kind"] == "return"]
    if not len(mine):
        return report.gap(CLAIM, "no_rows", "AFS")
    if len(mine) < report.threshold("few"):
        return report.gap(CLAIM, "too_few", "AFS", n=len(mine), need=int(report.threshold("few")))
    values = _values(report, mine) | _contacts(report)
    return report.finding(
        CLAIM,
        _headline(values),
        more=tuple(_more(values)),
        values=values,
        tables={"effort": table(_frame(report, rows), UNITS, n=len(rows))},
        action=sentence("sales.return_effort.act") if "free_wait" in values else None,
        gaps=_gaps(report, mine),
    )


def _asked(report: Report) -> Any:
    """Requests of the period with the group of their reason, and whether their line had asked before."""
    every = report.every("after_sales").sort_values("applied_at")
    again = every["line_id"].notna() & every.duplicated("line_id")
    every = every.assign(again=again, group=every["reason"].map(basis.reason_group(report)))
    start, end = pd.Timestamp(report.seen.start), pd.Timestamp(report.seen.end) + timedelta(days=1)
    return every[(every["applied_at"] >= start) & (every["applied_at"] < end)]


def _frame(report: Report, rows: Any) -> Any:
    """One row per kind of request that was made in the period."""
    made = []
    for kind in KINDS:
        part = rows[rows["kind"] == kind]
        if len(part):
            fast, shut = part["fast"].dropna().astype(float), (part["status"] == "closed").mean()
            made.append((kind, len(part), fast.mean(), _wait(report, part).estimate, shut, part["again"].mean()))
    return pd.DataFrame(made, columns=[*UNITS])


def _wait(report: Report, rows: Any) -> Interval:
    """Median hours until the shop agreed, with its interval; NaN where no moment of it is known."""
    if not rows["agreed_at"].notna().any():
        return Interval(np.nan, np.nan, np.nan)
    return duration_quantile(*spell(report, rows, "applied_at", "agreed_at"), level=report.threshold("level"))


def _values(report: Report, rows: Any) -> dict[str, Value]:
    n, fast = len(rows), rows["fast"].dropna()
    shut, again = int((rows["status"] == "closed").sum()), int(rows["again"].sum())
    found = {
        "given_up": rated(report, "sales.returns_given_up", shut, n, CLAIM, TABLES),
        "again": rated(report, "sales.returns_asked_again", again, n, CLAIM, TABLES),
    }
    if len(fast):
        found["automatic"] = rated(report, "sales.returns_automatic", int(fast.sum()), len(fast), CLAIM, TABLES)
    free = rows[(rows["group"] == FREE) & ~rows["fast"].fillna(False).astype(bool)]
    wait = _wait(report, free)
    if len(free) >= report.threshold("few") and np.isfinite(wait.high):
        id = "sales.returns_free"
        found["free"] = report.value(id, len(free), CLAIM, TABLES, n=n)
        found["free_wait"] = ranged(report, "sales.returns_free_wait", wait, CLAIM, TABLES, len(free))
    return found


def _contacts(report: Report) -> dict[str, Value]:
    """Sessions of agents that come with one more request on a day, orders and weekday alike; empty without enough days."""
    span = Period("range", report.seen.end - timedelta(int(report.threshold("contact_days")) - 1), report.seen.end)
    service = report.table("service_days", span)
    if not len(service) or not service["sessions"].notna().any():
        return {}
    daily = pd.DataFrame({"sessions": service.groupby("day")["sessions"].sum().astype("float64")})
    daily["orders"] = lines.paid(report, span).groupby("day")["order_id"].nunique().astype("float64")
    asked = report.every("after_sales")["applied_at"].dt.normalize().value_counts()
    daily["requests"] = asked.reindex(daily.index).astype("float64")
    daily = daily.fillna(0)
    if len(daily) < report.threshold("contact_days_fewest") or daily["requests"].nunique() < 2:
        return {}
    return {"contacts": _slope(report, daily)}


def _slope(report: Report, daily: Any) -> Value:
    design = np.column_stack([calendar_terms(daily.index), daily[["orders", "requests"]].to_numpy()])
    found = partial_slope(daily["sessions"].to_numpy(), design, report.threshold("level"))
    files, ends = ["service_days", "after_sales", "orders"], (-float("inf"), float("inf"))
    return ranged(report, "sales.sessions_per_request", found, CLAIM, files, len(daily), ends=ends)


def _headline(values: dict[str, Value]) -> Sentence:
    slots = {"given_up": values["given_up"]}
    if "automatic" not in values:
        return sentence("sales.return_effort.unknown", **slots)
    if not values["automatic"].value:
        return sentence("sales.return_effort.by_hand", **slots)
    return sentence("sales.return_effort.partly", automatic=values["automatic"], **slots)


def _more(values: dict[str, Value]) -> list[Sentence]:
    found = [sentence("sales.return_effort.basis", given_up=values["given_up"], again=values["again"])]
    if "free_wait" in values:
        found.append(sentence("sales.return_effort.free", free=values["free"], wait=values["free_wait"]))
    if "contacts" in values:
        each = values["contacts"]
        known = each.low is not None and each.high is not None and (each.low > 0 or each.high < 0)
        case = "contacts" if known and (each.value or 0) > 0 else "contacts_open"
        found.append(sentence(f"sales.return_effort.{case}", each=each))
    return found


def _gaps(report: Report, rows: Any) -> tuple[Gap, ...]:
    found = []
    if not rows["fast"].notna().any():
        column = Label("columns", "automatic_flag")
        found.append(
            report.gap(CLAIM, "missing_column", "AFS", column=column, what=Label("returning_open", "automatic"))
        )
    if not len(report.every("service_days")):
        found.append(report.gap(CLAIM, "missing_file", "FGK", what=Label("returning_open", "contacts")))
    return tuple(found)
