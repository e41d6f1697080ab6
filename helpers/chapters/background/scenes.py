"""When buyers order: day-parts, weekdays, rest days, and what viewers of each day-part do."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import lines
from helpers.chapters.background.facts import per_row
from helpers.definitions import groups
from helpers.findings import Answer, Label, Sentence, Slot, Table, Value
from helpers.methods.intervals import ratio_interval
from helpers.report import FEN, Report, sentence, table

CLAIM = "1.1.4a"
WEEKEND = 5  # Monday is 0
HOURS = {"hour": "count", "weekday": "label:weekday", "orders_per_day": "count"}
PARTS = {
    "day_part": "label:day_part",
    "clock": "text",
    "orders": "count",
    "order_share": "ratio",
    "orders_per_hour": "count",
    "order_value": "money",
    "workday_share": "ratio",
    "rest_share": "ratio",
}
LIVE = {
    "day_part": "label:day_part",
    "sessions": "count",
    "viewers": "count",
    "orders": "count",
    "orders_per_1000": "per_1000",
    "low": "per_1000",
    "high": "per_1000",
}


def scenes(report: Report) -> Answer:
    """In which part of the day orders come in, on workdays and rest days, and orders per live viewer by starting hour.

    Tables: ``hours`` one row per weekday and hour (mean orders of such an hour), ``parts`` one row per day-part,
    ``live`` one row per day-part in which sessions started, where the live file is there.
    """
    orders = lines.orders(lines.paid(report))
    if not len(orders):
        return report.gap(CLAIM, "missing_file", "ORD")
    days = day_kinds(report)
    at = orders.assign(
        hour=orders["paid_at"].dt.hour,
        weekday=orders["paid_at"].dt.day_of_week,
        day_part=orders["paid_at"].dt.hour.map(groups.day_parts(report.shop)),
    )
    parts = _parts(report, at, days)
    live = _live(report)
    values = _facts(report, parts, live)
    tables = {"hours": _hours(at, days), "parts": table(parts, PARTS, n=len(at))}
    if live is not None:
        tables["live"] = table(live, LIVE, n=int(live["sessions"].sum()))
    minutes = live is not None and report.has("live_minutes")
    needs, what = (("LVD",), "viewers_by_minute") if live is not None else (("LIV", "LVD"), "viewers")
    return report.finding(
        CLAIM,
        _headline(parts, values),
        more=(_hourly(parts, values), _rest(parts, values), *_viewers(report, live, values)),
        values=values,
        tables=tables,
        gaps=() if minutes else (report.gap(CLAIM, "missing_file", *needs, what=Label("gap_what", what)),),
    )


def day_kinds(report: Report) -> Any:
    """Each day seen, and whether people worked or rested on it: weekends and holidays rest, shifted workdays do not."""
    days = pd.date_range(report.seen.start, report.seen.end)
    kinds = pd.Series(np.where(days.day_of_week >= WEEKEND, "rest", "workday"), index=days)
    for kind, name in (("holiday", "rest"), ("workday", "workday")):
        for row in report.calendar[report.calendar["kind"] == kind].itertuples():
            kinds[(days >= row.start) & (days <= row.end)] = name
    return kinds


def _hours(at: Any, days: Any) -> Table:
    count = at.groupby(["weekday", "hour"]).size()
    every = pd.MultiIndex.from_product([range(7), range(groups.HOURS)], names=["weekday", "hour"])
    frame = count.reindex(every, fill_value=0).rename("orders").reset_index()
    held = frame["weekday"].map(pd.Series(days.index.day_of_week).value_counts())
    return table(frame.assign(orders_per_day=frame["orders"] / held), HOURS, n=len(at))


def _parts(report: Report, at: Any, days: Any) -> Any:
    """One row per day-part, in the order of the file; its share on workdays and rest days with days as clusters."""
    clock = pd.Series(groups.day_parts(report.shop))
    daily = at.groupby([at["paid_at"].dt.normalize(), "day_part"]).size().unstack(fill_value=0)
    daily = daily.reindex(index=days.index, columns=clock.unique(), fill_value=0)
    frame = pd.DataFrame({"hours": clock.value_counts(), "orders": daily.sum()}).reindex(daily.columns)
    amount = at.groupby("day_part")["amount_fen"].sum().reindex(daily.columns)
    frame = frame.assign(
        clock=[_clock(clock.index[clock == part]) for part in frame.index],
        order_share=frame["orders"] / len(at),
        orders_per_hour=frame["orders"] / (frame["hours"] * len(days)),
        order_value=amount / frame["orders"] / FEN,
    )
    for kind in ("workday", "rest"):
        some = daily[(days == kind) & (daily.sum(axis=1) > 0)]  # a day without orders has no shape
        shares = [ratio_interval(some[part], some.sum(axis=1), report.threshold("level")) for part in daily]
        names = [f"{kind}_share", f"{kind}_share_low", f"{kind}_share_high"]
        frame[names] = pd.DataFrame(shares, index=frame.index).to_numpy()
    return frame.rename_axis("day_part").reset_index()


def _clock(hours: Any) -> str:
    return f"{hours[0]}–{(hours[-1] + 1) % groups.HOURS}"


def _live(report: Report) -> Any:
    """Orders per 1,000 viewers by the day-part in which sessions started, which are the clusters; None without file."""
    rows = report.table("live_sessions")
    rows = rows[(rows["viewers"] > 0) & rows["orders"].notna()] if len(rows) else rows
    if not len(rows):
        return None
    clock = groups.day_parts(report.shop)
    found = []
    for part, some in rows.assign(part=rows["started_at"].dt.hour.map(clock)).groupby("part"):
        rate = ratio_interval(some["orders"], some["viewers"], report.threshold("level"))
        ends = [1000 * end for end in (rate.estimate, max(rate.low, 0), rate.high)]
        found.append((part, len(some), some["viewers"].sum(), some["orders"].sum(), *ends))
    frame = pd.DataFrame(found, columns=list(LIVE))
    order = {name: place for place, name in enumerate(dict.fromkeys(clock.values()))}
    return frame.sort_values("day_part", key=lambda names: names.map(order), ignore_index=True)


def _facts(report: Report, parts: Any, live: Any) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for column in ("orders", "order_share", "orders_per_hour", "workday_share", "rest_share"):
        some = per_row(report, f"background.{column}_by_part", parts, "day_part", column, CLAIM, ("orders",))
        found |= {f"{column}/{key}": value for key, value in some.items()}
    if live is not None:
        rows = live.rename(columns={"low": "orders_per_1000_low", "high": "orders_per_1000_high"})
        some = per_row(
            report,
            "background.orders_per_viewer",
            rows,
            "day_part",
            "orders_per_1000",
            CLAIM,
            ("live_sessions",),
            n="viewers",
        )
        found |= {f"live/{key}": value for key, value in some.items()}
    mean = parts["orders"].sum() / (report.seen.days * groups.HOURS)
    found["mean"] = report.value("background.orders_per_hour", mean, CLAIM, ("orders",), n=parts["orders"].sum())
    return found


def _headline(parts: Any, values: dict[str, Value]) -> Sentence:
    top = parts.loc[parts["orders_per_hour"].idxmax(), "day_part"]
    clock = parts.loc[parts["day_part"] == top, "clock"].iloc[0]
    return sentence(
        "background.scenes.found", part=Label("day_part", top), clock=clock, share=values[f"order_share/{top}"]
    )


def _hourly(parts: Any, values: dict[str, Value]) -> Sentence:
    top = parts.loc[parts["orders_per_hour"].idxmax(), "day_part"]
    return sentence("background.scenes.hourly", rate=values[f"orders_per_hour/{top}"], mean=values["mean"])


def _rest(parts: Any, values: dict[str, Value]) -> Sentence:
    """Whether the shape of the day differs on rest days; only intervals that do not touch count as a difference."""
    if parts[["workday_share_low", "rest_share_low"]].isna().any(axis=None):
        return sentence("background.scenes.no_rest")
    more = parts["rest_share_low"] > parts["workday_share_high"]
    less = parts["rest_share_high"] < parts["workday_share_low"]
    if not (more | less).any():
        return sentence("background.scenes.rest_same")
    place = (parts["rest_share"] - parts["workday_share"]).abs().where(more | less).idxmax()
    part = parts.loc[place, "day_part"]
    slots = {"rest": values[f"rest_share/{part}"], "work": values[f"workday_share/{part}"]}
    return sentence("background.scenes.rest_differs", part=Label("day_part", part), **slots)


def _viewers(report: Report, live: Any, values: dict[str, Value]) -> tuple[Sentence, ...]:
    """The day-part with the best order rate per viewer; said as a difference only where intervals do not touch."""
    if live is None:
        return ()
    some = live[live["sessions"] >= report.threshold("scene_sessions")]
    if len(some) < 2:
        return ()
    best, worst = (some.loc[pick] for pick in (some["orders_per_1000"].idxmax(), some["orders_per_1000"].idxmin()))
    clear = best["low"] > worst["high"]
    slots: dict[str, Slot] = {
        "best": Label("day_part", best["day_part"]),
        "worst": Label("day_part", worst["day_part"]),
        "high": values[f"live/{best['day_part']}"],
        "low": values[f"live/{worst['day_part']}"],
    }
    return (sentence("background.scenes.viewers" if clear else "background.scenes.viewers_open", **slots),)
