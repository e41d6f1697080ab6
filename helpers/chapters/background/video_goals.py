"""The month's goal broken down to the plays and clicks that own short videos have to bring, and whether they ever did."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import spans
from helpers.chapters.background import goal_month
from helpers.chapters.background.goal_month import Goal
from helpers.findings import Answer, Gap, Label, Sentence, Value
from helpers.methods import allocation
from helpers.period import Period, month_of
from helpers.report import FEN, Report, sentence, table

CLAIM = "1.2.1e"
FILES = ("videos", "orders", "targets")
QUARTER = 3
NEEDED = {"views": "plays", "product_clicks": "clicks", "orders": "orders"}
UNITS = {
    "account_name": "text", "goal_total": "money", "plays_day": "count", "clicks_day": "count", "orders_day": "count",
    "plays_now": "count", "plays_best": "count",
}  # fmt: skip


def video_goals(report: Report) -> Answer:
    """Plays and product clicks a day that own videos need for their share of the goal, beside their best own quarter.

    Plays of one person count as often as they happen. Table ``video_goals``: one row per account, what it has to sell
    and its counts per day, needed, of the period and of its best three months in a row; accounts share the goal as their
    videos sold. Left out where there is one account only.
    """
    goal = goal_month.goal(report)
    if goal is None:
        return report.gap(CLAIM, "no_target", "TGT", what=Label("gap_what", "month_goal"))
    if not goal.left:
        return goal_month.reached(report, goal, CLAIM)
    rows, span = _videos(report, report.period)
    if not len(rows) or span is None or not rows["paid_fen"].sum() > 0:
        return report.gap(CLAIM, "missing_file", "VID", what=Label("gap_what", "video_goals"))
    parts = goal_month.shared(report, goal)
    fen = parts.get("video", 0)
    if not fen:
        return goal_month.unshared(report, parts, CLAIM)
    months = _months(report)
    values = _values(report, goal, fen, rows, span, months)
    return report.finding(
        CLAIM,
        _headline(goal, values),
        more=_more(values, len(months)),
        values=values,
        tables=_tables(goal, fen, rows, span, months),
        gaps=() if "best" in values else (_short(report, len(months)),),
    )


def _videos(report: Report, period: Period) -> tuple[Any, Period | None]:
    """Own videos counted wholly inside the period, and the days they cover."""
    rows, span = spans.own_videos(report, period)
    if not len(rows):
        return rows, span
    paid = rows["paid_fen"].fillna(rows["gmv_fen"])
    return rows.assign(paid_fen=paid.astype("float64"), views=rows["views"].astype("float64")), span


def _months(report: Report) -> Any:
    """Plays a day by account (columns) of each whole month with a file (rows), in order of time."""
    own = report.every("videos")
    own = own.loc[own["seller"].fillna("own") != "partner", ["account_name", "period_start", "period_end", "views"]]
    found = {}
    for month in sorted(own["period_start"].dropna().dt.to_period("M").unique()):
        whole = month_of(month.start_time.date())
        rows, span = spans.longest(own, whole)
        if len(rows) and span is not None and span.days == whole.days and whole.end <= report.seen.end:
            found[month] = rows.groupby("account_name")["views"].sum().astype("float64") / whole.days
    frame = pd.DataFrame(found).T.sort_index()
    every = pd.period_range(frame.index.min(), frame.index.max(), freq="M") if len(frame) else frame.index
    return frame.reindex(every)


def _values(report: Report, goal: Goal, fen: int, rows: Any, span: Period, months: Any) -> dict[str, Value]:
    days, n = len(goal.weights), len(rows)
    made = {"goal": report.money(f"background.goal_video/month={goal.month}", fen, CLAIM, FILES)}
    for column, name in NEEDED.items():
        id = f"background.goal_video_need/need={name}"
        need = goal_month.told(report, id, goal_month.needed(rows, column, fen / days), CLAIM, FILES, n)
        made |= {} if need is None else {name: need}
    now = float(rows["views"].sum()) / span.days
    made["now"] = report.value("background.video_plays_day", now, CLAIM, ["videos"], n=n, period=span)
    best = _best(months.sum(axis=1, min_count=1))
    if np.isfinite(best):
        made["best"] = report.value("background.video_plays_best", best, CLAIM, ["videos"], n=len(months))
    return made


def _best(plays: Any) -> float:
    """The highest mean of three months in a row; NaN without any."""
    return float(plays.rolling(QUARTER).mean().max()) if len(plays) else np.nan


def _tables(goal: Goal, fen: int, rows: Any, span: Period, months: Any) -> dict[str, Any]:
    """Only of several accounts; one alone is told in sentences."""
    by = rows.groupby("account_name")
    sold = by["paid_fen"].sum().clip(lower=0).sort_values(ascending=False)
    frame = pd.DataFrame({"account_name": sold.index, "fen": allocation.cascade(fen, sold)})
    for column, name in NEEDED.items():
        part = frame["fen"] / len(goal.weights)
        frame[f"{name}_day"] = (part * goal_month.needed(rows, column, 1.0).estimate).round()
    frame["plays_now"] = frame["account_name"].map(by["views"].sum() / span.days).round()
    frame["plays_best"] = frame["account_name"].map(months.apply(_best)).round()
    frame["goal_total"] = frame["fen"] / FEN
    units = {name: unit for name, unit in UNITS.items() if frame[name].notna().any()}
    return {"video_goals": table(frame[list(units)], units, n=len(rows))} if len(frame) > 1 else {}


def _headline(goal: Goal, values: dict[str, Value]) -> Sentence:
    if "plays" not in values:
        return sentence("goals.video_goals.money", month=str(goal.month), goal=values["goal"])
    slots = {"plays": values["plays"], "now": values["now"]}
    return sentence("goals.video_goals.found", month=str(goal.month), **slots)


def _more(values: dict[str, Value], months: int) -> tuple[Sentence, ...]:
    said = []
    if "plays" in values and "best" in values:
        slots = {"plays": values["plays"], "best": values["best"]}
        said.append(sentence(f"goals.video_goals.{_reach(values['plays'], values['best'])}", **slots))
    if "clicks" in values:
        said.append(sentence("goals.video_goals.clicks", goal=values["goal"], clicks=values["clicks"]))
    said.append(sentence("goals.video_goals.basis", n=values["now"].n or 0, months=months))
    return tuple(said)


def _reach(plays: Value, best: Value) -> str:
    """Whether the best own quarter had as many plays: beyond, within, or unclear by the interval of the need."""
    reached = float(best.value or 0)
    low, high = (float(plays.value or 0) if end is None else float(end) for end in (plays.low, plays.high))
    return "beyond" if low > reached else "within" if high <= reached else "unclear"


def _short(report: Report, months: int) -> Gap:
    return report.gap(CLAIM, "no_history", "VID", have=months, need=QUARTER, what=Label("gap_what", "best_quarter"))
