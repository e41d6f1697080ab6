"""What one viewer of the shop's live sessions pays, against the shop's bar, and what moved it."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import compare, spans
from helpers.chapters.background import rates
from helpers.chapters.values import by_chance, rated
from helpers.findings import Answer, Gap, Label, Sentence, Value
from helpers.methods.decomposition import exact_cents, lmdi
from helpers.methods.intervals import Ratio, clustered_ratio, ratio_interval
from helpers.methods.ratios import ratio_at_least, ratio_difference
from helpers.period import Period
from helpers.report import FEN, Report, sentence, table

CLAIM = "1.2.1c"
FILES = ("live_sessions",)
UNITS = {"uv_part": "label:uv_part", "uv_money": "money"}


def visitor_value(report: Report) -> Answer:
    """Payments per viewer of the live sessions with interval, and the chance that the true value reaches the bar.

    Viewers are counted once per session. Without live sessions: payments per person who clicked a product, which is
    another figure and is not judged. Table ``bridge``: the value on the comparable days of the base, what the share of
    buyers and the payment per buyer moved it by, and the value of the period's own comparable days, to the cent.
    """
    rooms = _rooms(report, report.seen)
    if not len(rooms):
        return _by_clicks(report)
    bar, found = report.target("uv_value"), clustered_ratio(rooms["paid_fen"], rooms["viewers"])
    values = _values(report, rooms, found, bar)
    sides = _sides(report)
    bridge = _bridge(*sides) if sides else pd.DataFrame()
    moved = _moved(report, *sides) if sides else {}
    return report.finding(
        CLAIM,
        _headline(values, _verdict(report, values)),
        more=(*_more(report, values, moved), sentence("goals.visitor_value.basis", n=len(rooms))),
        values=values | moved,
        tables={"bridge": table(bridge, UNITS, n=len(sides[0]))} if sides else {},
        verdict=_verdict(report, values),
        gaps=_gaps(report, bar, sides is not None),
    )


def _rooms(report: Report, span: Period) -> Any:
    """Sessions of the days whose viewers, buyers and payments are known, with ``day``."""
    rows = report.table("live_sessions", span)
    rows = rows[(rows["viewers"] > 0) & rows["paid_fen"].notna() & rows["buyers"].notna()]
    floats = rows[["viewers", "buyers", "paid_fen"]].astype("float64")
    return floats.assign(day=rows["started_at"].dt.normalize())


def _values(report: Report, rooms: Any, found: Ratio, bar: float | None) -> dict[str, Value]:
    n, reach = len(rooms), ratio_interval(rooms["paid_fen"], rooms["viewers"])
    viewers, buyers, paid = (float(rooms[name].sum()) for name in ("viewers", "buyers", "paid_fen"))
    made = {
        "value": report.money("background.uv_value", reach.estimate, CLAIM, FILES, n=n, low=reach.low, high=reach.high),
        "share": rated(report, "background.uv_buyer_share", int(min(buyers, viewers)), int(viewers), CLAIM, FILES),
    }
    if buyers:
        made["each"] = report.money("background.uv_per_buyer", paid / buyers, CLAIM, FILES, n=int(buyers))
    if bar is None:
        return made
    made["value.target"] = report.value("background.uv_bar", bar, CLAIM, ())
    chance = ratio_at_least(found, bar * FEN)
    made["chance"] = report.value("background.uv_chance", chance, CLAIM, FILES, n=n)
    lack = max(bar * FEN - reach.estimate, 0) * viewers * spans.monthly(report)
    made["lack"] = report.money("background.uv_lack", lack, CLAIM, FILES, n=n)
    return made


def _sides(report: Report) -> tuple[Any, Any] | None:
    """Sessions on the comparable days of the period and of the nearest base that has any; None without one."""
    for name in compare.BASES:
        base = compare.base(report, name)
        if base.why:
            continue
        now = _rooms(report, report.seen)
        reached = Period("range", base.pairs["then"].min().date(), base.pairs["then"].max().date())
        then = _rooms(report, reached)
        both = now[now["day"].isin(base.pairs["now"])], then[then["day"].isin(base.pairs["then"])]
        if all(side["buyers"].sum() > 0 for side in both):
            return both
    return None


def _bridge(now: Any, then: Any) -> Any:
    """Start, the two effects and the end, in yuan per viewer."""
    start, end = (side["paid_fen"].sum() / side["viewers"].sum() for side in (then, now))
    parts = lmdi(_factors(then), _factors(now))
    fen = [*exact_cents([start, *parts.values()], round(end)), round(end)]
    return pd.DataFrame({"uv_part": ["start", *parts, "end"], "uv_money": np.array(fen) / FEN})


def _factors(side: Any) -> dict[str, float]:
    viewers, buyers, paid = (float(side[name].sum()) for name in ("viewers", "buyers", "paid_fen"))
    return {"share": buyers / viewers, "each": paid / buyers}


def _moved(report: Report, now: Any, then: Any) -> dict[str, Value]:
    """What moved the value on comparable days, and the difference with its interval."""
    here, there = (clustered_ratio(side["paid_fen"], side["viewers"]) for side in (now, then))
    gap = ratio_difference(here, there)
    parts = lmdi(_factors(then), _factors(now))
    n = len(now) + len(then)
    made = {
        "before": report.money("background.uv_value/base=matched", there.estimate, CLAIM, FILES, n=len(then)),
        "change": report.money(
            "background.uv_change", gap.difference, CLAIM, FILES, n=n, low=_known(gap.low), high=_known(gap.high)
        ),
    }
    for name, fen in parts.items():
        made[f"effect_{name}"] = report.money(f"background.uv_effect/uv_part={name}", fen, CLAIM, FILES, n=n)
    return made


def _known(number: float) -> float | None:
    return None if number != number else number


def _headline(values: dict[str, Value], verdict: str) -> Sentence:
    if not verdict:
        return sentence("goals.visitor_value.plain", value=values["value"])
    case = {"holds": "above", "fails": "below", "open": "open"}[verdict]
    return sentence(f"goals.visitor_value.{case}", value=values["value"], bar=values["value.target"])


def _more(report: Report, values: dict[str, Value], moved: dict[str, Value]) -> list[Sentence]:
    said = []
    if "chance" in values and values["chance"].value is not None:
        slots = {"value": values["value"], "chance": values["chance"], "lack": values["lack"]}
        case = "open" if _verdict(report, values) == "open" else "sure"
        said.append(
            sentence(f"goals.visitor_value.chance_{case}_{'short' if values['lack'].value else 'met'}", **slots)
        )
    if "each" in values:
        said.append(sentence("goals.visitor_value.split", share=values["share"], each=values["each"]))
    if moved:
        change = moved["change"]
        told = change.low is not None and change.high is not None and (change.low > 0 or change.high < 0)
        way = ("up" if float(change.value or 0) > 0 else "down") if told else "same"
        slots = {name: moved[name] for name in ("before", "change", "effect_share", "effect_each")}
        said.append(sentence(f"goals.visitor_value.{way}", **slots))
    return said


def _verdict(report: Report, values: dict[str, Value]) -> str:
    if "chance" not in values:
        return ""
    chance = values["chance"].value
    return "open" if chance is None else by_chance(report, float(chance))


def _gaps(report: Report, bar: float | None, compared: bool) -> tuple[Gap, ...]:
    found = [] if compared else [report.gap(CLAIM, "no_previous", "LIV")]
    if bar is None:
        found.append(report.gap(CLAIM, "no_target", "TGT", what=Label("gap_what", "uv_bar")))
    return tuple(found)


def _by_clicks(report: Report) -> Answer:
    """Payments per person who clicked a product: what the shop's daily traffic allows without live sessions."""
    days = rates.channel_days(report)
    if len(days) and (days["carrier"] == rates.ALL).any():
        days = days[days["carrier"] == rates.ALL]
    days = days[(days["click_users"] > 0) & days["paid_fen"].notna()] if len(days) else days
    if not len(days):
        return report.gap(CLAIM, "missing_file", "LIV", "CDL", what=Label("gap_what", "uv_value"))
    reach = ratio_interval(days["paid_fen"].astype("float64"), days["click_users"].astype("float64"))
    ends = {"low": _known(reach.low), "high": _known(reach.high)}
    id = "background.value_per_clicker"
    value = report.money(id, reach.estimate, CLAIM, ["channel_days"], n=len(days), **ends)
    gap = report.gap(CLAIM, "missing_file", "LIV", what=Label("gap_what", "uv_viewers"))
    said = sentence("goals.visitor_value.clickers", value=value)
    return report.finding(CLAIM, said, values={"value": value}, gaps=(gap,))
