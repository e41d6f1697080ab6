"""What a theme challenge added to visits, follows and sales beyond what its days would have brought anyway."""

from datetime import timedelta
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import daily, lines, mature, values
from helpers.findings import Answer, Label, Sentence, Table, Value
from helpers.methods.events import Uplift, placebo, placebo_p, uplift
from helpers.period import Period
from helpers.report import FEN, Report, sentence, table

CLAIM = "1.3.4c"
UNITS = {"day": "date", "challenge_paid": "money", "expected": "money", "low": "money", "high": "money"}
ENDS = ("excess", "low", "high")
WINDOW = {"name": "text", "start": "date", "end": "date"}
FILES = {"visits": "channel_days", "follows": "live_sessions", "sales": "orders"}


def challenge(report: Report) -> Answer:
    """Net effect of the latest challenge of the calendar: its days, the week before and the two weeks after, with interval.

    Visits are people clicking a product, follows new fans of own live sessions. Table ``days``: one row per day around it:
    money paid, expected without the challenge, and its band; ``calendar`` its window.
    """
    event = _event(report)
    if isinstance(event, str):
        return report.gap(CLAIM, event, "CAL", what=Label("plateau_what", "challenge"))
    figures = _series(report, _span(report, event))
    found = _effects(report, event, figures)
    if "sales" not in found:
        return report.gap(CLAIM, "no_history", "ORD")
    p = _by_chance(report, event, figures["sales"], found["sales"])
    facts = _facts(report, event, found)
    missing = [name for name in FILES if name not in found]
    kinds = {"visits": "CDL", "follows": "LIV"}
    gaps = [report.gap(CLAIM, "missing_file", kinds[one], what=Label("challenge_figure", one)) for one in missing]
    return report.finding(
        CLAIM,
        _headline(facts),
        more=_more(report, event, found["sales"].complete, p, facts),
        values=facts,
        tables={"days": _days(found["sales"]), "calendar": table(_window(report, event), WINDOW)},
        verdict=values.by_chance(report, _chance(facts.get("left"))),
        gaps=tuple(gaps),
    )


def _event(report: Report) -> Any:
    """The latest challenge that is over, or why there is none."""
    rows = report.every("calendar")
    if not len(rows) or not rows["mechanic"].notna().any():
        return "missing_column" if len(rows) else "missing_file"
    over = rows["end"] <= pd.Timestamp(report.seen.end)
    late = rows["end"] >= pd.Timestamp(report.seen.end) - pd.Timedelta(days=report.threshold("challenge_back_days"))
    rows = rows[(rows["mechanic"] == "challenge") & over & late].sort_values("start")
    return next(rows.iloc[[-1]].itertuples()) if len(rows) else "no_rows"


def _span(report: Report, event: Any) -> Period:
    """The days that the counterfactual is learned from and told for."""
    start = event.start.date() - timedelta(int(report.threshold("challenge_history_days")))
    return Period("range", max(start, report.begins), report.seen.end)


def _effects(report: Report, event: Any, figures: dict[str, Any]) -> dict[str, Uplift]:
    """Uplift of each figure whose days tell one."""
    found, around, level = {}, _around(report), report.threshold("level")
    for name, series in figures.items():
        busy, own = _touched(report, event, series.index)
        one = uplift(series, event.start, event.end, busy & ~own, around["before"], around["after"], level)
        if one is not None:
            found[name] = one
    return found


def _by_chance(report: Report, event: Any, series: Any, one: Uplift) -> float:
    """p of the uplift among made-up dates of its figure."""
    busy, own = _touched(report, event, series.index)
    made_up = placebo(series, (event.end - event.start).days + 1, busy | own, **_around(report))
    return placebo_p(float(one.parts.loc["net", "excess"]), made_up)


def _around(report: Report) -> dict[str, int]:
    return {side: int(report.threshold(f"challenge_{side}_days")) for side in ("before", "after")}


def _touched(report: Report, event: Any, days: Any) -> tuple[Any, Any]:
    """Days that any event touched, and the challenge's own."""
    return daily.touched(report, days), (days >= event.start) & (days <= event.end)


def _series(report: Report, span: Period) -> dict[str, Any]:
    """Each figure per day: only those whose file covers the days."""
    days = pd.date_range(span.start, span.end)
    found = {}
    visits = report.table("channel_days", span)
    if len(visits):
        whole = visits[(visits["carrier"] == "all") & (visits["ad_window"] == "any")]
        found["visits"] = whole.set_index("day")["click_users"].astype("float64").reindex(days)
    sessions = report.table("live_sessions", span)
    if len(sessions) and sessions["new_fans"].notna().any():
        fans = sessions.groupby(sessions["started_at"].dt.normalize())["new_fans"].sum().astype("float64")
        known = (days >= fans.index.min()) & (days <= fans.index.max())
        found["follows"] = fans.reindex(days).where(~known | fans.reindex(days).notna(), 0.0)
    if len(lines.paid(report, span)):
        found["sales"] = daily.paid_per_day(report, span) / FEN
    return {name: series for name, series in found.items() if series.notna().any()}


def _days(one: Uplift) -> Table:
    days = one.days.rename(columns={"actual": "challenge_paid"}).rename_axis("day").reset_index()
    return table(days[list(UNITS)], UNITS, n=len(days))


def _name(report: Report, event: Any) -> str:
    return str(event.name if report.lang == "zh" or pd.isna(event.name_en) else event.name_en)


def _window(report: Report, event: Any) -> Any:
    return pd.DataFrame({"name": [_name(report, event)], "start": [event.start], "end": [event.end]})


def _chance(left: Value | None) -> float:
    """Probability that what is left is above 0; NaN where it is not known."""
    if left is None or left.value is None or left.low is None or left.high is None or not left.high > left.low:
        return np.nan
    normal = NormalDist()
    return normal.cdf(left.value / ((left.high - left.low) / 2 / normal.inv_cdf(0.975)))


def _facts(report: Report, event: Any, found: dict[str, Uplift]) -> dict[str, Value]:
    span, made = _span(report, event), {}
    for name, one in found.items():
        net = one.parts.loc["net"]
        extra, low, high = (float(net[end]) if name == "sales" else round(net[end]) for end in ENDS)
        id, files = f"background.challenge_{name}", [FILES[name], "calendar"]
        made[name] = report.value(id, extra, CLAIM, files, n=len(one.days), low=low, high=high, period=span)
    share, basis = mature.kept_share(report)
    if pd.notna(event.cost_fen):
        cost = float(event.cost_fen) / FEN
        made["cost"] = report.value("background.challenge_cost", cost, CLAIM, ["calendar"], period=span)
        net = found["sales"].parts.loc["net"] * share - cost
        left, low, high = (float(net[end]) for end in ENDS)
        id, files = f"background.challenge_left_{basis}", ["orders", "calendar"]
        made["left"] = report.value(id, left, CLAIM, files, low=low, high=high, period=span)
    return made


def _headline(facts: dict[str, Value]) -> Sentence:
    key, sales, left = "background.challenge", facts["sales"], facts.get("left")
    if left is not None:
        case = "pays" if (left.low or 0) > 0 else "loses" if (left.high or 0) < 0 else "open"
        return sentence(f"{key}.{case}", left=left, sales=sales)
    case = "more" if (sales.low or 0) > 0 else "fewer" if (sales.high or 0) < 0 else "alike"
    return sentence(f"{key}.{case}", sales=sales)


def _more(report: Report, event: Any, complete: bool, p: float, facts: dict[str, Value]) -> tuple[Sentence, ...]:
    key, days = "background.challenge", facts["sales"].n or 0
    said = []
    for name in ("visits", "follows"):
        if name in facts:
            low, high = facts[name].low or 0, facts[name].high or 0
            case = "more" if low > 0 else "fewer" if high < 0 else "alike"
            said.append(sentence(f"{key}.{name}_{case}", extra=facts[name]))
    if "left" in facts:
        basis = facts["left"].id.rpartition("_")[2]
        said.append(sentence(f"{key}.money_{basis}", sales=facts["sales"], cost=facts["cost"], left=facts["left"]))
    slots: dict[str, Any] = {
        "name": _name(report, event),
        "start": f"{event.start:%Y-%m-%d}",
        "end": f"{event.end:%Y-%m-%d}",
    }
    whole = "whole" if complete else "cut"
    said.append(sentence(f"{key}.basis_{whole}", days=days, **slots, **_around(report)))
    if p == p:
        chance = report.value("background.challenge_placebo", p, CLAIM, ["orders"], period=_span(report, event))
        said.append(sentence(f"{key}.placebo", p=chance))
    return tuple(said)
