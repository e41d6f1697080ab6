"""The next shop tier: how far its monthly threshold is, what is needed a day, and how likely it is to be reached."""

from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from helpers.chapters import daily
from helpers.chapters.values import by_chance
from helpers.findings import Answer, Sentence, Slot, Value
from helpers.methods.forecast import Chance, crossing_days, reach_path, reach_probability
from helpers.period import Period, month_of
from helpers.report import FEN, Report, sentence, table

CLAIM = "1.2.1a"
FILES = ("orders",)
UNITS = {"day": "date", "running_total": "money", "expected": "money", "low": "money", "high": "money"}


class Course(NamedTuple):
    """The month that is judged: paid so far, days to come as their weights, and the history with its weights."""

    month: Period
    so_far: Any
    ahead: Any
    history: Any
    usual: Any
    lifted: bool
    blind: bool


def tier(report: Report) -> Answer:
    """Distance to the threshold, the daily amount it takes, the chance to reach it, and the likely day.

    The month judged is the one under way at the end of what is seen, or the next one once that is complete. Tables:
    ``path`` one row per day of that month: what was paid so far and what is expected, summed from its first day.
    """
    bar = report.target("tier_gmv")
    if bar is None:
        return report.gap(CLAIM, "no_target", "TGT")
    course = _course(report)
    chance = _chance(course, bar, report)
    values = _facts(report, course, bar, chance) | _last(report, course, bar)
    return report.finding(
        CLAIM,
        _headline(course, values),
        more=_more(report, course, bar, values),
        values=values,
        tables={"path": table(_path(report, course), UNITS)},
        verdict=by_chance(report, chance.probability),
    )


def _course(report: Report) -> Course:
    last = report.seen.end
    month = month_of(last) if month_of(last).end > last else month_of(last + timedelta(1))
    first = max(last - timedelta(int(report.threshold("tier_history_days")) - 1), report.begins)
    history = daily.paid_per_day(report, Period("range", first, last))
    so_far = history[history.index >= pd.Timestamp(month.start)]
    days = pd.date_range(max(month.start, last + timedelta(1)), month.end)
    weights, usual = daily.weights(report, history, days)
    lifted, blind = daily.lifted(report, days)
    return Course(month, so_far, weights, history, usual, lifted, blind)


def _chance(course: Course, bar: float, report: Report) -> Chance:
    so_far, days, level = float(course.so_far.sum()), len(course.ahead), report.threshold("tier_level")
    return reach_probability(course.history, so_far, days, bar * FEN, course.ahead, course.usual, level)


def _facts(report: Report, course: Course, bar: float, chance: Chance) -> dict[str, Value]:
    """What is told of the month ahead carries it as its dimension, and the days it was computed from as its period."""
    days = course.history.index
    past = Period("range", days[0].date(), days[-1].date())

    def born(name: str, fen: float, **ends: float) -> Value:
        fact = f"background.tier_{name}/month={course.month}"
        return report.money(fact, fen, CLAIM, FILES, n=len(days), period=past, **ends)

    done = float(course.so_far.sum())
    gap = max(bar * FEN - done, 0)
    recent = course.history.iloc[-int(report.threshold("tier_recent_days")) :]
    chances = f"background.tier_chance/month={course.month}"
    return {
        "target": report.value("background.tier_bar", bar, CLAIM, ()),
        "paid": born("paid", done),
        "gap": born("gap", gap),
        "needed": born("daily_needed", gap / len(course.ahead)),
        "recent": born("daily_recent", float(recent.mean())),
        "expected": born("expected", chance.median, low=chance.low, high=chance.high),
        "chance": report.value(chances, chance.probability, CLAIM, FILES, n=len(days), period=past),
    }


def _last(report: Report, course: Course, bar: float) -> dict[str, Value]:
    """What the last month brought, and what it lacked, where it is complete and in the data in full."""
    month = course.month.previous()
    if not course.so_far.empty or report.begins > month.start:
        return {}
    fen = float(daily.paid_per_day(report, month).sum())
    names = {"last": ("paid", fen), "last_gap": ("gap", max(bar * FEN - fen, 0))}
    facts = {key: (f"background.tier_{name}/month={month}", fen) for key, (name, fen) in names.items()}
    return {key: report.money(fact, fen, CLAIM, FILES, period=month) for key, (fact, fen) in facts.items()}


def _headline(course: Course, values: dict[str, Value]) -> Sentence:
    keys = ("chance", "gap", "target", "paid", *(("last", "last_gap") if "last" in values else ()))
    slots: dict[str, Slot] = {"month": str(course.month), **{key: values[key] for key in keys}}
    if values["gap"].value == 0:
        return sentence("background.tier.reached", **slots)
    if values["chance"].value is None:
        return sentence("background.tier.unknown", **slots)
    return sentence("background.tier.ahead" if course.so_far.empty else "background.tier.under_way", **slots)


def _more(report: Report, course: Course, bar: float, values: dict[str, Value]) -> tuple[Sentence, ...]:
    slots: dict[str, Slot] = {"needed": values["needed"], "recent": values["recent"], "days": len(course.ahead)}
    said = [sentence("background.tier.needed", **slots)]
    if "last" in values:
        case = "last_short" if values["last_gap"].value else "last_reached"
        said.insert(0, sentence(f"background.tier.{case}", last=values["last"], last_gap=values["last_gap"]))
    if values["chance"].value is not None:
        said.append(sentence("background.tier.expected", expected=values["expected"]))
        said.append(_crossing(report, course, bar))
    if course.lifted:
        said.append(sentence("background.tier.lifted"))
    if course.blind:
        said.append(sentence("background.tier.blind"))
    return tuple(said)


def _crossing(report: Report, course: Course, bar: float) -> Sentence:
    """The day on which the running total passes the bar, if it does within the month."""
    found = crossing_days(
        course.history,
        float(course.so_far.sum()),
        bar * FEN,
        course.ahead,
        course.usual,
        report.threshold("tier_level"),
    )
    days = [_day(report.seen.end, end) for end in (found.estimate, found.low, found.high)]
    case = "never" if not days[0] else "open_end" if not days[2] else "crossing"
    return sentence(f"background.tier.{case}", day=days[0], early=days[1], late=days[2])


def _day(last: date, count: float) -> str:
    return f"{last + timedelta(int(count))}" if np.isfinite(count) else ""


def _path(report: Report, course: Course) -> Any:
    """Running totals: actual up to the last day seen, expected with its band from there on."""
    known = pd.DataFrame({"day": course.so_far.index, "running_total": course.so_far.cumsum().to_numpy()})
    so_far, level = float(course.so_far.sum()), report.threshold("tier_level")
    chances = reach_path(course.history, so_far, 0, course.ahead, course.usual, level)
    coming = pd.DataFrame([(one.median, one.low, one.high) for one in chances], columns=["expected", "low", "high"])
    coming.insert(0, "day", course.ahead.index)
    frame = pd.concat([known, coming], ignore_index=True).reindex(columns=list(UNITS))
    return frame.assign(**{name: frame[name].astype("float64") / FEN for name in list(UNITS)[1:]})
