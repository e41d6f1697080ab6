"""The month's goal broken down to days, live sessions and hosts, and to the viewers and interactions that it takes."""

from datetime import timedelta
from typing import Any

import pandas as pd

from helpers.chapters.background import goal_month
from helpers.chapters.background.goal_month import Goal
from helpers.definitions import groups
from helpers.findings import Answer, Label, Sentence, Value
from helpers.methods import allocation
from helpers.period import Period
from helpers.report import FEN, Report, sentence, table

CLAIM = "1.2.1d"
FILES = ("live_sessions", "orders", "targets")
COUNTS = ("viewers", "product_click_users", "comments", "new_fans", "orders")
UNITS = {"goal_level": "label:goal_level", "goal_units": "count", "goal_total": "money", "goal_each": "money"}


def daily_goals(report: Report) -> Answer:
    """What own live sessions have to sell a month, a day and a session, and how many viewers and comments it takes.

    The roster of the last four weeks is laid on the month to come; days weigh as the calendar says, sessions as their
    part of the day sold. Tables: ``live_goals`` the month, its ordinary and its event days, and each host, counts per
    day or per session; ``days`` and ``sessions`` one row each. Days, sessions and hosts each add up to the month's live
    goal, to the fen.
    """
    goal = goal_month.goal(report)
    if goal is None:
        return report.gap(CLAIM, "no_target", "TGT", what=Label("gap_what", "month_goal"))
    if not goal.left:
        return goal_month.reached(report, goal, CLAIM)
    rooms = _rooms(report)
    if not len(rooms):
        return report.gap(CLAIM, "missing_file", "LIV", what=Label("gap_what", "live_goals"))
    parts = goal_month.shared(report, goal)
    if not parts.get("live"):
        return goal_month.unshared(report, parts, CLAIM)
    plan = _plan(report, goal, rooms, parts["live"])
    if not len(plan):
        return report.gap(CLAIM, "no_rows", "LIV")
    values = _values(report, goal, rooms, plan)
    return report.finding(
        CLAIM,
        _headline(goal, values),
        more=_more(report, goal, values),
        values=values,
        tables=_tables(goal, rooms, plan),
        gaps=() if plan["host"].notna().any() else (report.gap(CLAIM, "missing_file", "HST"),),
    )


def _rooms(report: Report) -> Any:
    """Sessions of the last four weeks that sold something, with ``day``, part of the day and ``host`` where known."""
    first = report.seen.end - timedelta(int(report.threshold("goal_roster_days")) - 1)
    rooms = report.table("live_sessions", Period("range", first, report.seen.end))
    if not len(rooms):
        return rooms
    rooms = rooms[rooms["paid_fen"].notna()].sort_values("started_at")
    rooms = rooms.assign(day=rooms["started_at"].dt.normalize(), host=None)
    rooms["part"] = rooms["started_at"].dt.hour.map(groups.day_parts(report.shop))
    shifts = report.every("hosts").dropna(subset=["host", "start"]).sort_values("start")
    if len(shifts):
        near = pd.Timedelta(minutes=int(report.threshold("goal_shift_minutes")))
        pairs = {"left_on": "started_at", "right_on": "start", "direction": "nearest", "tolerance": near}
        own = shifts["account_id"].isin(rooms["account_id"]).all()  # else the schedule names accounts in its own way
        told = shifts[["start", "host", "account_id"]]
        rooms["host"] = (
            pd.merge_asof(rooms[["started_at", "account_id"]], told, by="account_id", **pairs)
            if own
            else pd.merge_asof(rooms[["started_at"]], told, **pairs)
        )["host"].to_numpy()
    return rooms if rooms["paid_fen"].sum() > 0 else rooms.head(0)


def _plan(report: Report, goal: Goal, rooms: Any, fen: int) -> Any:
    """One row per session to come: ``day``, ``part``, ``host``, ``fen``."""
    last, length = pd.Timestamp(report.seen.end), int(report.threshold("goal_roster_days"))
    days = goal.weights.index
    like = last - pd.to_timedelta(length - 1 - ((days - last).days - 1) % length, unit="D")
    plan = pd.DataFrame({"day": days, "like": like}).merge(
        rooms[["day", "part", "host"]].rename(columns={"day": "like"})
    )
    if not len(plan):
        return plan
    held = goal.weights.where(goal.weights.index.isin(plan["day"]), 0)
    totals = dict(zip(held.index, allocation.cascade(fen, held).tolist(), strict=True))
    strength = plan["part"].map(rooms.groupby("part")["paid_fen"].mean()).astype("float64")
    return plan.assign(fen=allocation.nested_cascade(totals, plan["day"], strength))


def _values(report: Report, goal: Goal, rooms: Any, plan: Any) -> dict[str, Value]:
    total, sessions, n = int(plan["fen"].sum()), len(plan), len(rooms)
    days = plan["day"].nunique()

    def told(name: str, fen: float, of: int | None = None) -> Value:
        return report.money(f"background.goal_{name}/month={goal.month}", fen, CLAIM, FILES, n=of)

    made = {
        "target": report.value(f"background.goal_month/month={goal.month}", goal.target, CLAIM, ["targets"]),
        "live": told("live", total),
        "session": told("session", total / sessions, sessions),
        "recent": told("recent", float(rooms["paid_fen"].mean()), n),
    }
    for level in ("ordinary", "event"):
        some = plan[goal.event.reindex(plan["day"]).to_numpy() == (level == "event")]
        if len(some):
            count = some["day"].nunique()
            made[level] = told(f"day_{level}", float(some["fen"].sum()) / count, count)
    for name in COUNTS:
        id = f"background.goal_interactions/interaction={name}"
        need = goal_month.told(report, id, goal_month.needed(rooms, name, total / sessions), CLAIM, FILES, n)
        made |= {} if need is None else {name: need}
    if rooms["viewers"].notna().any():
        made["viewers_now"] = report.value(
            "background.goal_viewers_now", round(rooms["viewers"].mean()), CLAIM, FILES, n=n
        )
    made["sessions"] = report.value("background.goal_sessions", sessions, CLAIM, FILES, n=days)
    return made


def _tables(goal: Goal, rooms: Any, plan: Any) -> dict[str, Any]:
    """``live_goals`` for print, ``days`` and ``sessions`` with all their rows; in yuan."""
    days = plan.groupby("day")["fen"].sum()
    event = goal.event.reindex(days.index)
    rows: list[tuple[Any, int, int]] = [("month", len(plan), int(days.sum()))]
    rows += [(name, int(mask.sum()), int(days[mask].sum())) for name, mask in (("ordinary", ~event), ("event", event))]
    hosts = plan["host"].dropna().unique()
    rows += [(host, len(part), int(part["fen"].sum())) for host, part in plan.groupby("host")]
    if len(hosts) and plan["host"].isna().any():
        rows.append(("nobody", int(plan["host"].isna().sum()), int(plan.loc[plan["host"].isna(), "fen"].sum())))
    frame = pd.DataFrame(rows, columns=["goal_level", "goal_units", "fen"])
    frame = frame[frame["goal_units"] > 0].reset_index(drop=True)
    each = frame["fen"] / frame["goal_units"]
    frame = frame.assign(goal_total=frame["fen"] / FEN, goal_each=each / FEN)
    for name in COUNTS:
        frame[name] = each * goal_month.needed(rooms, name, 1.0).estimate
    frame[list(COUNTS)] = frame[list(COUNTS)].round()
    units = UNITS | {name: "count" for name in COUNTS if frame[name].notna().any()}
    money = {"day": "date", "host": "text", "goal_total": "money"}
    sessions = plan.assign(goal_total=plan["fen"] / FEN)[list(money)]
    by_day = pd.DataFrame({"day": days.index, "goal_total": days.to_numpy() / FEN})
    return {
        "live_goals": table(frame[list(units)], units, n=len(rooms)),
        "days": table(by_day, {"day": "date", "goal_total": "money"}),
        "sessions": table(sessions, money),
    }


def _headline(goal: Goal, values: dict[str, Value]) -> Sentence:
    slots = {name: values[name] for name in ("live", "session", "sessions")}
    return sentence("goals.daily_goals.found", month=str(goal.month), **slots)


def _more(report: Report, goal: Goal, values: dict[str, Value]) -> tuple[Sentence, ...]:
    said = []
    if "viewers" in values and "viewers_now" in values:
        case = "more" if float(values["session"].value or 0) > float(values["recent"].value or 0) else "enough"
        slots = {name: values[name] for name in ("viewers", "viewers_now", "session", "recent")}
        said.append(sentence(f"goals.daily_goals.viewers_{case}", **slots))
    if "comments" in values and "new_fans" in values:
        said.append(sentence("goals.daily_goals.counts", comments=values["comments"], fans=values["new_fans"]))
    if "ordinary" in values and "event" in values:
        said.append(sentence("goals.daily_goals.days", ordinary=values["ordinary"], event=values["event"]))
    said.append(sentence(f"goals.daily_goals.basis{'_blind' if goal.blind else ''}", target=values["target"]))
    return tuple(said)
