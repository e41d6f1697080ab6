"""What the questions of this chapter share: bars and verdicts, what is missing, rows that count a whole period."""

from typing import Any

import pandas as pd

from helpers.findings import Gap, Label, Sentence, Value
from helpers.methods.intervals import Interval
from helpers.period import Period
from helpers.report import Report, sentence

MONTH_DAYS = 365 / 12


def judged(value: Value, bar: Value, few: float) -> str:
    """Verdict on "at least the bar": by the whole interval, open with few cases or none; empty without a bar."""
    if bar.value is None:
        return ""
    if value.low is None or value.high is None or (value.n or 0) < few:
        return "open"
    return "holds" if value.low >= bar.value else "fails" if value.high < bar.value else "open"


def target(report: Report, id: str, metric: str, claim: str) -> Value:
    """The bar of a metric as a fact ``<id>/base=target``, without a number where nobody has set it."""
    return report.value(f"{id}/base=target", report.target(metric), claim, ["targets"])


def known(values: dict[str, Value], *names: str) -> bool:
    """Whether all the named values exist and have a number."""
    return all(name in values and values[name].value is not None for name in names)


def moved(now: Value, before: Value) -> str:
    """``moved`` when the intervals of two periods lie apart, else ``alike``: what chance may have made is no change."""
    if now.low is None or now.high is None or before.low is None or before.high is None:
        return "alike"
    return "moved" if now.low > before.high or now.high < before.low else "alike"


def against_previous(values: dict[str, Value], name: str, key: str) -> list[Sentence]:
    """The sentence that sets a value beside the period before; none where there is none."""
    if not known(values, name, f"{name}.previous"):
        return []
    case = moved(values[name], values[f"{name}.previous"])
    return [sentence(f"{key}.{case}", now=values[name], previous=values[f"{name}.previous"])]


def slots(values: dict[str, Value], *names: str) -> dict[str, Any]:
    """Those of the named values that exist, by the last part of their name, for a sentence."""
    return {name.rpartition(".")[2]: values[name] for name in names if name in values}


def rated(report: Report, id: str, found: Interval, n: int, span: Period, claim: str, *tables: str) -> Value:
    """A share or mean that cannot be negative, with its interval, as a fact."""
    return report.value(id, found.estimate, claim, tables, n=n, low=max(found.low, 0.0), high=found.high, period=span)


def absent(report: Report, claim: str, name: str, code: str, *columns: str) -> Gap | None:
    """The gap of a table without rows in the period, or of the first empty column; None when all is there."""
    if not report.has(name):
        return report.gap(claim, "no_rows" if len(report.every(name)) else "missing_file", code)
    empty = [column for column in columns if report.table(name)[column].isna().all()]
    return report.gap(claim, "missing_column", code, column=Label("columns", empty[0])) if empty else None


def counted(report: Report, name: str, period: Period | None = None) -> tuple[Any, Period | None]:
    """Rows of a table of period totals that lie inside the period, and the days that they cover.

    Where files overlap (a week inside a month), the longest are kept, so that nothing is counted twice.
    """
    span = period or report.period
    rows = report.table(name, span)
    rows = rows[rows["period_end"] <= pd.Timestamp(span.end)] if len(rows) else rows
    if not len(rows):
        return rows, None
    spans = rows[["period_start", "period_end"]].drop_duplicates()
    longest = spans.assign(days=spans["period_end"] - spans["period_start"]).sort_values("days", ascending=False)
    kept: list[tuple[Any, Any]] = []
    for row in longest.itertuples():
        if all(row.period_end < start or row.period_start > end for start, end in kept):
            kept.append((row.period_start, row.period_end))
    rows = rows[[pair in kept for pair in zip(rows["period_start"], rows["period_end"], strict=True)]]
    return rows, Period("range", rows["period_start"].min().date(), rows["period_end"].max().date())


def monthly(report: Report) -> float:
    """What turns a sum of the report's period into a month's."""
    whole = report.complete and report.period.kind == "month"
    return 1.0 if whole else MONTH_DAYS / report.seen.days
