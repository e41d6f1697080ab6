"""The private community: how many members, how active, and what one costs."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import lines
from helpers.chapters.values import ranged
from helpers.findings import Answer, Gap, Label, Sentence, Value
from helpers.methods.intervals import Interval, clustered_ratio, ratio_interval
from helpers.methods.ratios import ratio_difference
from helpers.period import Period
from helpers.report import FEN, Report, sentence, table

CLAIM = "1.3.1c"
KEY = "background.community"
TABLES = ("fan_groups",)
GROUPS = {
    "fan_group": "text",
    "group_members": "count",
    "group_joiners": "count",
    "group_leavers": "count",
    "group_active": "ratio",
    "joiner_cost": "money",
    "last_day": "date",
}
SHARE = (0.0, 1.0)
POINTS = 100


def community(report: Report) -> Answer:
    """Members of the fan groups, those who joined per order, the share that is active on a day, and cost per joiner.

    Activity is per member, so that a growing group does not look livelier than it is. Table ``groups``: one row per
    group, largest first.
    """
    if not len(report.every("fan_groups")):
        return report.gap(CLAIM, "missing_file", "GRP")
    rows = _rows(report, report.seen)
    if not len(rows):
        return report.gap(CLAIM, "no_rows", "GRP")
    values = _values(report, rows)
    frame = _frame(rows)
    return report.finding(
        CLAIM,
        _headline(values),
        more=tuple(_more(report, rows, values)),
        values=values,
        tables={"groups": table(frame, {name: unit for name, unit in GROUPS.items() if frame[name].notna().any()})},
        gaps=_gaps(report, rows),
    )


def _rows(report: Report, span: Period) -> Any:
    rows = report.table("fan_groups", span)
    numbers = dict.fromkeys(("members", "joiners", "leavers", "active", "cost_fen", "paid_fen"), "float64")
    return rows.dropna(subset=["members"]).astype(numbers).sort_values("day")


def _values(report: Report, rows: Any) -> dict[str, Value]:
    last = rows.groupby("group_id")["members"].last()
    found = {
        "members": report.value("background.members", last.sum(), CLAIM, TABLES, n=len(last)),
        "joiners": report.value("background.joiners", _total(rows["joiners"]), CLAIM, TABLES, n=len(rows)),
        "leavers": report.value("background.leavers", _total(rows["leavers"]), CLAIM, TABLES, n=len(rows)),
    }
    days = _active(rows)
    if days["members"].sum() > 0:
        share = ratio_interval(days["active"], days["members"])
        found["active"] = ranged(report, "background.active_share", share, CLAIM, TABLES, len(days), ends=SHARE)
    return found | _changes(report, rows, last.sum()) | _costs(report, rows)


def _changes(report: Report, rows: Any, members: float) -> dict[str, Value]:
    """Against the period before: members at its end, and its active share with the difference of the two."""
    base = report.base("previous")
    before = _rows(report, base) if base else rows.head(0)
    if not len(before):
        return {}
    then = before.groupby("group_id")["members"].last().sum()
    found = {"grown": report.value("background.members/change=previous", members / then - 1, CLAIM, TABLES)}
    here, there = _active(rows), _active(before)
    if here["members"].sum() > 0 and there["members"].sum() > 0:
        now, past = (clustered_ratio(side["active"], side["members"]) for side in (here, there))
        gap = [part * POINTS for part in ratio_difference(now, past)[:3]]
        id, n = "background.active_share", len(there)
        found["before"] = report.value(f"{id}/base=previous", past.estimate, CLAIM, TABLES, n=n, period=base)
        found["change"] = report.value(f"{id}/change=previous", gap[0], CLAIM, TABLES, low=gap[1], high=gap[2])
    return found


def _costs(report: Report, rows: Any) -> dict[str, Value]:
    """Joiners per paid order, cost per joiner, and sales through the groups: those that the log allows."""
    found, joiners = {}, int(rows["joiners"].sum())
    joined = _joined(report, rows)
    if joined.estimate == joined.estimate:
        tables = (*TABLES, "orders")
        found["join_rate"] = ranged(report, "background.join_rate", joined, CLAIM, tables, joiners)
    if joiners and rows["cost_fen"].sum() > 0:
        cost = rows["cost_fen"].sum() / joiners
        found["cost"] = report.money("background.member_cost", cost, CLAIM, TABLES, n=joiners)
    if rows["paid_fen"].sum() > 0:
        found["paid"] = report.money("background.group_paid", rows["paid_fen"].sum(), CLAIM, TABLES, n=len(rows))
    return found


def _total(column: Any) -> float | None:
    """Sum of what was recorded; None where nothing was."""
    return float(column.sum()) if column.notna().any() else None


def _active(rows: Any) -> Any:
    """Active members and members of each day on which both were counted."""
    return rows.dropna(subset=["active"]).groupby("day")[["active", "members"]].sum()


def _joined(report: Report, rows: Any) -> Interval:
    """Joiners by paid orders, from one record to the next as a cluster; a log that is not daily loses its first one."""
    joined = rows.groupby("day")["joiners"].sum(min_count=1).dropna()
    if not len(joined):
        return Interval(*[np.nan] * 3)
    sold = lines.paid(report).drop_duplicates("order_id")["day"]
    at = np.searchsorted(joined.index, sold[sold >= joined.index[0]])
    orders = np.bincount(at, minlength=len(joined) + 1)[: len(joined)]
    daily = len(joined) == (joined.index[-1] - joined.index[0]).days + 1
    return ratio_interval(joined.iloc[int(not daily) :], orders[int(not daily) :])


def _frame(rows: Any) -> Any:
    """One row per group, largest first."""
    sums = rows.groupby("group_id", as_index=False).agg(
        group_members=("members", "last"),
        group_joiners=("joiners", lambda column: column.sum(min_count=1)),
        group_leavers=("leavers", lambda column: column.sum(min_count=1)),
        cost_fen=("cost_fen", "sum"),
        last_day=("day", "last"),
    )
    days = rows.dropna(subset=["active"]).groupby("group_id")[["active", "members"]].sum()
    sums["group_active"] = sums["group_id"].map(days["active"] / days["members"].where(days["members"] > 0))
    sums["joiner_cost"] = sums["cost_fen"] / FEN / sums["group_joiners"].where(sums["group_joiners"] > 0)
    return sums.rename(columns={"group_id": "fan_group"}).sort_values(
        "group_members", ascending=False, ignore_index=True
    )


def _headline(values: dict[str, Value]) -> Sentence:
    slots = {name: values[name] for name in ("members", "active", "before", "joiners") if name in values}
    case = "quiet" if "active" not in values else "plain" if "change" not in values else _moved(values["change"])
    return sentence(f"{KEY}.{case}", **slots)


def _moved(change: Value) -> str:
    """Which way the active share went, where its change lies clear of chance."""
    if change.low is None or change.high is None:
        return "same"
    return "up" if change.low > 0 else "down" if change.high < 0 else "same"


def _more(report: Report, rows: Any, values: dict[str, Value]) -> list[Sentence]:
    told = {"joined": ("joiners", "leavers"), "cost": ("cost",), "paid": ("paid",)}
    slots = {name: values[name] for name in ("grown", "join_rate") if name in values}
    said = [
        sentence(f"{KEY}.{key}", **{name: values[name] for name in names}, **(slots if key == "joined" else {}))
        for key, names in told.items()
        if all(name in values and values[name].value is not None for name in names)
    ]
    fresh = pd.Timestamp(report.seen.end) - pd.Timedelta(days=report.threshold("group_fresh_days"))
    ends = rows.groupby("group_id")["day"].max()
    if (ends < fresh).any():
        said.append(sentence(f"{KEY}.stale", groups=int((ends < fresh).sum()), day=f"{ends.min():%Y-%m-%d}"))
    gap = _unexplained(rows)
    if gap > report.threshold("group_gap") * float(values["members"].value or 0):
        said.append(sentence(f"{KEY}.gap", gap=int(gap)))
    return [*said, sentence(f"{KEY}.people")] if len(ends) > 1 else said


def _unexplained(rows: Any) -> float:
    """Members by which the groups changed beyond those who joined and left, all groups together."""
    found = 0.0
    for _, part in rows.dropna(subset=["joiners", "leavers"]).groupby("group_id"):
        moved = part["joiners"].iloc[1:].sum() - part["leavers"].iloc[1:].sum()
        found += abs(part["members"].iloc[-1] - part["members"].iloc[0] - moved)
    return found


def _gaps(report: Report, rows: Any) -> tuple[Gap, ...]:
    """Columns of the log that are empty: what they would tell stays open."""
    missing = [name for name in ("active", "cost_fen") if not rows[name].notna().any()]
    names = {"active": "group_active", "cost_fen": "cost"}
    return tuple(report.gap(CLAIM, "missing_column", "GRP", column=Label("columns", names[name])) for name in missing)
