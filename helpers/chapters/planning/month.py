"""Next month's sales target: how likely it is, and what each day, carrier and host has to bring."""

from datetime import timedelta
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from helpers.chapters import daily, lines
from helpers.chapters.planning import cascade
from helpers.findings import Answer, Sentence, Slot, Table, Value
from helpers.methods.forecast import Chance, reach_probability
from helpers.period import Period, month_of
from helpers.report import FEN, Report, sentence

CLAIM = "6.2.1a"
FILES = ("orders",)


class Course(NamedTuple):
    """The month that is planned: paid so far, weights of the days still to come, history with its own weights."""

    month: Period
    so_far: int
    ahead: Any
    history: Any
    usual: Any
    lifted: bool
    blind: bool


def monthly_target(report: Report) -> Answer:
    """The sales target of the month after the period: its chance, the daily need, and the target day by day (6.2.1a).

    The target is the one that month will be judged by; the chance rests on the shop's own last half year. Tables, each
    adding up to what is still to be sold, to the fen: ``calendar_days`` one row per cell of the month's calendar,
    ``parts`` one row per carrier, and per host under live.
    """
    if not report.every("orders").get("paid_at", pd.Series(dtype="object")).notna().any():
        return report.gap(CLAIM, "missing_file", "ORD")
    course = _course(report)
    target = report.at(course.month).target("gmv_month")
    chance = _chance(report, course, target or 0)
    values = _facts(report, course, target, chance)
    tables: dict[str, Table] = {}
    if target is not None:
        left = max(round(target * FEN) - course.so_far, 0)
        tables = cascade.tables(report, course.month, course.ahead, left)
    return report.finding(
        CLAIM,
        _headline(report, course, values),
        more=tuple(_more(course, values, tables)),
        values={name: value for name, value in values.items() if name != "recent"},
        tables=tables,
        verdict=_verdict(report, course, values),
        gaps=() if target is not None else (report.gap(CLAIM, "no_target", "TGT"),),
    )


def _course(report: Report) -> Course:
    last = report.seen.end
    month = month_of(report.period.end + timedelta(1))
    first = max(last - timedelta(int(report.threshold("tier_history_days")) - 1), report.begins)
    history = daily.paid_per_day(report, Period("range", first, last))
    days = pd.date_range(max(month.start, last + timedelta(1)), month.end)
    weights, usual = daily.weights(report, history, days)
    so_far = lines.paid(report, Period("range", month.start, last)) if month.start <= last else None
    paid = 0 if so_far is None else int(so_far["payable_fen"].sum())
    return Course(month, paid, weights, history, usual, *daily.lifted(report, days))


def _chance(report: Report, course: Course, target: float) -> Chance:
    level = report.threshold("tier_level")  # as 1.2.1a, so that both chapters expect the same month
    days = len(course.ahead)
    return reach_probability(course.history, course.so_far, days, target * FEN, course.ahead, course.usual, level)


def _facts(report: Report, course: Course, target: float | None, chance: Chance) -> dict[str, Value]:
    """What is told of the month ahead carries it as its dimension, and the days it was computed from as its period."""
    days = course.history.index
    past = Period("range", days[0].date(), days[-1].date())

    def born(name: str, fen: float, **ends: float) -> Value:
        return report.money(
            f"planning.{name}/month={course.month}", fen, CLAIM, FILES, n=len(days), period=past, **ends
        )

    found = {
        "expected": born("expected_month", chance.median, low=chance.low, high=chance.high),
        "recent": report.money("planning.recent_per_day", _recent(report), CLAIM, FILES, n=report.seen.days),
    }
    pace = _pace(report, course, chance)
    if pace is not None:
        found["pace"] = born("expected_pace", pace)
    if course.so_far:
        found["so_far"] = born("paid_so_far", course.so_far)
    year = course.month.year_ago()
    if report.begins <= year.start:
        paid = float(lines.paid(report, year)["payable_fen"].sum())
        found["expected.year_ago"] = report.money(f"planning.paid_month/month={year}", paid, CLAIM, FILES, period=year)
    if target is None:
        return found
    fact, chances = (f"planning.{name}/month={course.month}" for name in ("target_month", "reach_probability"))
    found["expected.target"] = report.value(fact, target, CLAIM, ["targets"], period=course.month)
    found["chance"] = report.value(chances, chance.probability, CLAIM, FILES, n=len(days), period=past)
    found["need"] = born("need_per_day", max(target * FEN - course.so_far, 0) / len(course.ahead))
    found["gap"] = born(
        "target_gap", max(target * FEN - chance.median, 0) if chance.median == chance.median else np.nan
    )
    return found


def _pace(report: Report, course: Course, chance: Chance) -> float | None:
    """The month at the level of the latest ordinary days, where that lies outside what half a year lets expect."""
    calm = (course.history / course.usual)[course.usual > 0]
    recent = calm.iloc[-int(report.threshold("tier_recent_days")) :]
    if np.isnan(chance.median) or len(calm) <= len(recent):
        return None
    pace = course.so_far + float(recent.mean() * course.ahead.sum())
    return None if chance.low <= pace <= chance.high else pace


def _recent(report: Report) -> float:
    return float(lines.paid(report)["payable_fen"].sum()) / report.seen.days


def _verdict(report: Report, course: Course, values: dict[str, Value]) -> str:
    """Open where the level moves, and where an event that nobody has seen before could still lift the month."""
    chance = values["chance"].value if "chance" in values else None
    sure = report.threshold("sure")
    if chance is None or "pace" in values or sure > chance > 1 - sure:
        return "open"
    if chance >= sure:
        return "holds"
    return "open" if course.blind else "fails"


def _headline(report: Report, course: Course, values: dict[str, Value]) -> Sentence:
    slots: dict[str, Slot] = {"month": str(course.month), **_slots(values)}
    if "target" not in slots:
        case = "nothing" if values["expected"].value is None else "no_target"
    elif not values["need"].value:
        case = "reached"
    else:
        case = "unknown" if values["chance"].value is None else _verdict(report, course, values)
    case = f"{case}_pace" if "pace" in slots and case in ("open", "no_target") else case
    return sentence(f"planning.month.{case}", **slots)


def _slots(values: dict[str, Value]) -> dict[str, Value]:
    return {name.rpartition(".")[2]: value for name, value in values.items() if value.value is not None}


def _more(course: Course, values: dict[str, Value], tables: dict[str, Table]) -> list[Sentence]:
    said, slots = [], _slots(values)
    if "need" in slots:
        said.append(
            sentence("planning.month.need", days=len(course.ahead), need=slots["need"], recent=values["recent"])
        )
    if "expected" in slots:
        said.append(sentence("planning.month.expected", **slots))
    if course.lifted:
        said.append(sentence("planning.month.lifted"))
    if course.blind:
        said.append(sentence("planning.month.blind"))
    if tables:
        said.append(sentence(f"planning.month.{cascade.depth(tables)}"))
    return said
