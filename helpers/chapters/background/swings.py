"""Days on which a key figure left its course, what the calendar says to it, and how often this list cries wolf."""

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import daily
from helpers.chapters.background import day_figures
from helpers.findings import Answer, Label, Sentence, Value
from helpers.methods import anomaly
from helpers.methods.intervals import wilson
from helpers.period import Period
from helpers.report import Report, sentence, table

CLAIM = "1.2.3d"
MONEY = ("paid", "refund")
SALES = ("paid", "orders", "roi", "conversion")
UNITS = {
    "day": "date",
    "figure": "label:swing_figure",
    "way": "label:swing_way",
    "actual": "said",
    "expected": "said",
    "excuse": "text",
}


def swings(report: Report) -> Answer:
    """Days of the period on which payments, orders, conversion, ad return or refunds left what eight weeks promised.

    A day is judged by the days before it only. Opening and peak of a long promotion, and short events as a whole, are
    neither learned from nor judged; days that the files do not hold are left out, not called a fall. Table ``swings``:
    one row per alarm, unexplained ones first, then by distance; ``excuse`` is the event that explains it, if any.
    """
    length = int(report.threshold("swing_history_days"))
    first = max(report.begins, report.seen.start - timedelta(length))
    known = day_figures.figures(report, Period("range", first, report.seen.end))
    masked = special(report, known.index)
    judged = {name: _judged(report, known[name], masked) for name in known}
    found = {name: rows[rows["score"].notna()] for name, rows in judged.items() if rows["score"].notna().any()}
    inside = {name: rows[rows.index >= pd.Timestamp(report.seen.start)] for name, rows in found.items()}
    if not sum(len(rows) for rows in inside.values()):
        have, need = int(known.notna().any(axis=1).sum()), int(report.threshold("swing_least_days"))
        return report.gap(CLAIM, "no_history", "ORD", "CDL", have=have, need=need)
    before = {name: rows[rows.index < pd.Timestamp(report.seen.start)] for name, rows in found.items()}
    alarms = _alarms(report, inside)
    values = _values(report, known, masked, inside, before, alarms)
    return report.finding(
        CLAIM,
        _headline(alarms, values),
        more=_more(report, values, known),
        values=values,
        tables={"swings": table(_shown(report, alarms), UNITS)} if len(alarms) else {},
    )


def special(report: Report, days: Any) -> Any:
    """Which days are too special to be judged: short events, and the opening and the peak of long ones."""
    found = pd.Series(False, index=days)
    edge = pd.Timedelta(days=int(report.threshold("swing_edge_days")))
    for row in daily.events(report, days[0], days[-1]).itertuples():
        if (row.end - row.start).days < report.threshold("swing_long_days"):
            found |= (days >= row.start) & (days <= row.end)
            continue
        found |= (days >= row.start) & (days < row.start + edge)
        if not pd.isna(row.peak):
            found |= (days > row.peak - edge) & (days < row.peak + edge)
    return found


def _judged(report: Report, series: Any, masked: Any = None) -> Any:
    least = report.threshold("swing_least") * float(series.abs().median())
    return anomaly.unusual(series, masked=masked, threshold=report.threshold("swing_score"), least=least)


def _alarms(report: Report, inside: dict[str, Any]) -> Any:
    """One row per alarm of the period: day, figure, way, actual, expected, score, excuse; unexplained ones first."""
    parts = [rows[rows["alarm"]].assign(figure=name) for name, rows in inside.items()]
    frame = pd.concat(parts).rename_axis("day").reset_index()
    frame["way"] = np.where(frame["actual"] > frame["expected"], "high", "low")
    frame["excuse"] = [_excuse(report, row.day, row.figure, row.way == "high") for row in frame.itertuples()]
    frame["far"] = -frame["score"].abs()
    return frame.sort_values(["excuse", "far"], key=_first_unexplained, ignore_index=True)


def _first_unexplained(column: Any) -> Any:
    return column.notna() if column.name == "excuse" else column


def _excuse(report: Report, day: Any, figure: str, rise: bool) -> str | None:
    """The event of the calendar that explains the swing: a promotion excuses no fall, its end no rise of sales."""
    after = pd.Timedelta(days=int(report.threshold("swing_after_days")))
    for row in report.calendar.sort_values("start", ascending=False).itertuples():
        during, past = row.start <= day <= row.end, row.end < day <= row.end + after
        sells = row.kind in daily.PROMOTIONS
        if during and (rise or not sells or figure not in SALES):
            return str(row.name)
        if past and sells and (rise if figure == "refund" else not rise):
            return str(row.name)
        if row.kind == "rule" and row.start <= day <= row.start + after:
            return str(row.name)
    return None


def _values(report: Report, known: Any, masked: Any, inside: Any, before: Any, alarms: Any) -> dict[str, Value]:
    files = list(dict.fromkeys(day_figures.TABLES[name] for name in inside))
    n = sum(len(rows) for rows in inside.values())
    k, past = (sum(int(part) for part in parts) for parts in _counted(before))
    plain = int(alarms["excuse"].isna().sum())
    period = known[known.index >= pd.Timestamp(report.seen.start)]
    left_out = masked[period.index]
    made = {
        "alarms": report.value("background.swing_alarms", len(alarms), CLAIM, files, n=n),
        "plain": report.value("background.swing_unexplained", plain, CLAIM, files, n=n),
        "judged": report.value("background.swing_judged", n, CLAIM, files),
    }
    if past:
        low, high = wilson(k, past, report.threshold("level"))
        ends = {"low": low * n, "high": high * n}
        made["false"] = report.value("background.swing_false", k / past * n, CLAIM, files, n=past, **ends)
    if len(inside.get("paid", ())):
        reach = ((inside["paid"]["high"] - inside["paid"]["expected"]) / inside["paid"]["expected"]).median()
        made["noticed"] = report.value("background.swing_noticed", reach, CLAIM, ["orders"], n=len(inside["paid"]))
    lost = period.isna().to_numpy() & ~left_out.to_numpy()[:, None]
    holes = int(lost.any(axis=1).sum())
    made["holes"] = report.value("background.swing_uncovered", holes, CLAIM, files, n=len(period))
    made["special"] = report.value("background.swing_special", int(left_out.sum()), CLAIM, files, n=len(period))
    return made


def _counted(before: dict[str, Any]) -> tuple[list[int], list[int]]:
    return [rows["alarm"].sum() for rows in before.values()], [len(rows) for rows in before.values()]


def _headline(alarms: Any, values: dict[str, Value]) -> Sentence:
    if not len(alarms):
        return sentence("swings.swings.calm", judged=values["judged"])
    if not values["plain"].value:
        return sentence("swings.swings.excused", alarms=values["alarms"])
    worst = alarms.iloc[0]
    slots = {"figure": Label("swing_figure", worst["figure"]), "way": Label("swing_way", worst["way"])}
    return sentence("swings.swings.found", plain=values["plain"], day=f"{worst['day']:%m-%d}", **slots)


def _more(report: Report, values: dict[str, Value], known: Any) -> tuple[Sentence, ...]:
    said = []
    if "false" in values:
        low, high = (float(end or 0) for end in (values["false"].low, values["false"].high))
        plain = float(values["plain"].value or 0)
        case = "calm" if not plain else "more" if plain > high else "usual" if plain >= low else "fewer"
        said.append(sentence(f"swings.swings.false_{case}", **{name: values[name] for name in ("false", "plain")}))
    else:
        said.append(sentence("swings.swings.untested"))
    if "noticed" in values:
        said.append(sentence("swings.swings.noticed", noticed=values["noticed"]))
    figures = sum(name in known for name in day_figures.FIGURES)
    said.append(sentence("swings.swings.basis", figures=figures, judged=values["judged"], special=values["special"]))
    if values["holes"].value:
        said.append(sentence("swings.swings.holes", holes=values["holes"]))
    said.append(sentence("swings.swings.offline", until=f"{report.seen.end}"))
    return tuple(said)


def _shown(report: Report, alarms: Any) -> Any:
    """The alarms with their numbers as values of their own unit."""
    cells = {name: [_value(report, row, name) for row in alarms.itertuples()] for name in ("actual", "expected")}
    return alarms.assign(**cells)[list(UNITS)]


def _value(report: Report, row: Any, side: str) -> Value:
    id, number = f"background.swing_{row.figure}/{side}={row.day:%Y-%m-%d}", getattr(row, side)
    make = report.money if row.figure in MONEY else report.value
    ends = {"low": row.low, "high": row.high} if side == "expected" else {}
    return make(id, number, CLAIM, [day_figures.TABLES[row.figure]], **ends)
