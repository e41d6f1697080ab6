"""How long each stage of a return takes, from the request to the money, and which one is slowest."""

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters.sales import basis
from helpers.chapters.values import ranged, rated
from helpers.findings import Answer, Label, Sentence, Slot, Value
from helpers.methods.survival import duration_quantile, ended_by, equal_age
from helpers.period import Period
from helpers.report import Report, sentence, table

CLAIM = "2.3.3a"
TABLES = ["after_sales"]
STAGES = {  # of a return: where each begins and ends; the export does not tell when the shop received the goods
    "agree": ("applied_at", "agreed_at"),
    "send": ("agreed_at", "returned_at"),
    "settle": ("returned_at", "refunded_at"),
}
WHOLE = {"whole": ("applied_at", "refunded_at")}
UNITS = {
    "return_stage": "label:return_stage", "n": "count", "open": "count", "stage_median": "hours", "low": "hours",
    "high": "hours", "stage_slow": "hours",
}  # fmt: skip


def return_stages(report: Report) -> Answer:
    """Median hours of each stage of a return, open cases counted as far as they were seen, and the slowest stage.

    Returns that were asked for in the period; what closed without a refund leaves when it closed. Table ``stages`` one
    row per stage and the whole: ``n`` cases that entered it, ``open`` still in it, ``stage_median`` hours with ``low``
    and ``high``, ``stage_slow`` the hours within which nine of ten are through.
    """
    if not len(report.every("after_sales")):
        return report.gap(CLAIM, "missing_file", "AFS")
    rows = requests(report, report.seen)
    if not len(rows):
        return report.gap(CLAIM, "no_rows", "AFS")
    if not rows[["agreed_at", "returned_at"]].notna().any().all():
        return report.gap(CLAIM, "missing_column", "AFS", column=Label("columns", "stage_times"))
    if len(rows) < report.threshold("few"):
        return report.gap(CLAIM, "too_few", "AFS", n=len(rows), need=int(report.threshold("few")))
    frame = _frame(report, rows)
    values = _values(report, rows, frame)
    return report.finding(
        CLAIM,
        _headline(frame, values),
        more=tuple(_more(report, rows, frame, values)),
        values=values,
        tables={"stages": table(frame[[*UNITS]], UNITS, n=len(rows))},
    )


def requests(report: Report, span: Period) -> Any:
    """Requests for a return that were made in the days of the span."""
    rows = report.every("after_sales")
    if not len(rows):
        return rows
    day = rows["applied_at"].dt.normalize()
    return rows[(rows["kind"] == "return") & (day >= pd.Timestamp(span.start)) & (day <= pd.Timestamp(span.end))]


def spell(report: Report, rows: Any, start: str, end: str) -> tuple[Any, Any]:
    """Hours from one moment to another and whether the end was seen; what is open or closed counts up to then.

    Only cases that reached the start; times that lie before it are taken for 0.
    """
    rows = rows[rows[start].notna()]
    last = pd.Timestamp(basis.known_until(report)) + timedelta(days=1)
    until = rows[end].fillna(rows["closed_at"]).fillna(last).clip(upper=last)
    hours = ((until - rows[start]).dt.total_seconds() / 3600).clip(lower=0)
    return hours, (rows[end].notna() & (rows[end] <= last)).to_numpy()


def _frame(report: Report, rows: Any) -> Any:
    """One row per stage and the whole, in the order in which they are passed."""
    made, level = [], report.threshold("level")
    for stage, (start, end) in (STAGES | WHOLE).items():
        hours, seen = spell(report, rows, start, end)
        middle, slow = (duration_quantile(hours, seen, share, level) for share in (0.5, report.threshold("stage_slow")))
        waiting = rows.loc[hours.index, "closed_at"].isna().to_numpy() & ~seen
        made.append((stage, len(hours), int(waiting.sum()), *middle, slow.estimate))
    return pd.DataFrame(made, columns=["return_stage", "n", "open", "stage_median", "low", "high", "stage_slow"])


def _values(report: Report, rows: Any, frame: Any) -> dict[str, Value]:
    found = {}
    for row in frame.itertuples():
        high = row.high if np.isfinite(row.high) else None
        id = f"sales.return_stage_median/stage={row.return_stage}"
        found[row.return_stage] = report.value(id, row.stage_median, CLAIM, TABLES, n=row.n, low=row.low, high=high)
    id = "sales.return_stage_slow"
    found["slow"] = report.value(id, frame["stage_slow"].iloc[-1], CLAIM, TABLES, n=len(rows))
    closed = int((rows["status"] == "closed").sum())
    found["closed"] = rated(report, "sales.returns_closed", closed, len(rows), CLAIM, TABLES)
    return {name: value for name, value in found.items() if value.value is not None}


def _stages(frame: Any) -> Any:
    return frame[frame["return_stage"].isin(STAGES)].dropna(subset=["stage_median"])


def _headline(frame: Any, values: dict[str, Value]) -> Sentence:
    stages = _stages(frame).sort_values("stage_median", ascending=False)
    if not len(stages) or "whole" not in values:
        return sentence("sales.return_stages.open")
    first, rest = stages.iloc[0], stages.iloc[1:]
    slots: dict[str, Slot] = {"stage": Label("return_stage", first["return_stage"]), "whole": values["whole"]}
    clear = (first["low"] > rest["high"]).all()  # intervals that do not touch
    slots["hours"] = values[first["return_stage"]]
    return sentence(f"sales.return_stages.{'slowest' if clear else 'alike'}", **slots)


def _more(report: Report, rows: Any, frame: Any, values: dict[str, Value]) -> list[Sentence]:
    found = []
    if "whole" in values:
        slots = {name: values[name] for name in ("whole", "slow") if name in values}
        waiting = int(frame["open"].iloc[-1])
        found.append(sentence("sales.return_stages.basis", cases=len(rows), open=waiting, **slots))
    found += _change(report, rows)
    return [*found, sentence("sales.return_stages.unseen", closed=values["closed"])]


def _change(report: Report, rows: Any) -> list[Sentence]:
    """Whether more returns than in the period before were paid back within the usual time, both at equal age."""
    before = report.base("previous")
    then = requests(report, before) if before else rows.head(0)
    if len(then) < report.threshold("few"):
        return []
    age, level = report.threshold("return_days") * 24, report.threshold("level")
    sides = [ended_by(*spell(report, part, *WHOLE["whole"]), age, level) for part in (rows, then)]
    gap = equal_age(*sides)
    if not np.isfinite(gap.low + gap.high):
        return []
    id, n = "sales.returned_in_time", len(rows)
    now = report.value(id, sides[0].estimate, CLAIM, TABLES, n=n, low=sides[0].low, high=sides[0].high)
    change = ranged(report, f"{id}/change=previous", gap, CLAIM, TABLES, n + len(then), scale=100, ends=(-1, 1))
    case = "faster" if gap.low > 0 else "slower" if gap.high < 0 else "same"
    days = int(report.threshold("return_days"))
    return [sentence(f"sales.return_stages.{case}", days=days, share=now, change=change, base=str(before))]
