"""Which phase the shop is in: cold start, ramp-up, steady or plateau, with the evidence listed."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import daily
from helpers.chapters.background.signs import Signs, last, read
from helpers.findings import Answer, Gap, Label, Sentence, Value
from helpers.period import Period
from helpers.report import FEN, Report, sentence, table

CLAIM = "1.3.0"
WEEK = 7
SLOPES = ("ramp", "steady", "falling")
UNITS = {
    "sign": "label:phase_sign",
    "earlier": "ratio",
    "recent": "ratio",
    "low": "ratio",
    "high": "ratio",
    "reads": "label:phase_reads",
}


def phase(report: Report) -> Answer:
    """The phase, or that it cannot be told, and the evidence for it.

    Growth is the slope of the daily amount outside promotions and holidays over the last half year, per 30 days and
    relative to the mean day. Tables: ``signs`` one row per piece of evidence, ``days`` one row per day (mean of seven
    days), ``calendar`` the promotions and holidays of those days.
    """
    span = last(report, "phase_days")
    if report.begins > span.start:
        return report.gap(CLAIM, "no_history", "ORD")
    paid = daily.paid_per_day(report, span)
    if not paid.any():
        return report.gap(CLAIM, "missing_file", "ORD")
    signs = read(report)
    label = _label(report, signs)
    values = _facts(report, signs, span)
    frame = pd.DataFrame(_evidence(report, signs), columns=list(UNITS))
    days = pd.DataFrame({"day": paid.index, "paid_smooth": paid.rolling(WEEK).mean().to_numpy() / FEN}).dropna()
    return report.finding(
        CLAIM,
        _headline(label, signs, values),
        more=_more(signs, values),
        values=values,
        tables={
            "signs": table(frame, UNITS),
            "days": table(days, {"day": "date", "paid_smooth": "money"}),
            "calendar": table(_windows(report, span), {"name": "text", "start": "date", "end": "date"}),
        },
        verdict="open" if label in ("open", "unknown") or (label in SLOPES and signs.year is None) else "",
        gaps=_gaps(report, signs),
    )


def _label(report: Report, signs: Signs) -> str:
    ramp = report.threshold("ramp_growth")
    if signs.volume < report.threshold("cold_orders"):
        return "cold"
    if np.isnan(signs.low):
        return "unknown"
    if signs.low > 0:
        return "ramp" if signs.growth >= ramp else "steady"
    if signs.high < 0:
        return "falling"
    return "plateau" if signs.high < ramp else "open"


def _headline(label: str, signs: Signs, values: dict[str, Value]) -> Sentence:
    """Without a year before, a slope may be the season's: then it names no phase."""
    case = f"season_{label}" if label in SLOPES and signs.year is None else label
    return sentence(f"background.phase.{case}", growth=values["growth"], volume=values["volume"])


def _reads(before: Any, now: Any) -> str:
    """Rising or falling only where the intervals do not touch."""
    if before is None or np.isnan([before.low, now.low]).any():
        return "open"
    return "rising" if now.low > before.high else "falling" if now.high < before.low else "flat"


def _evidence(report: Report, signs: Signs) -> list[tuple[Any, ...]]:
    side = "rising" if signs.low > 0 else "falling" if signs.high < 0 else "open"
    side = "flat" if side == "open" and signs.high < report.threshold("ramp_growth") else side
    found: list[tuple[Any, ...]] = [("growth", None, signs.growth, signs.low, signs.high, side)]
    if signs.year is not None:
        side = "rising" if signs.year.low > 0 else "falling" if signs.year.high < 0 else "open"
        found.append(("year", None, *signs.year, side))
    for name, pair in (("organic", signs.organic), ("spend", signs.spend)):
        if pair is not None:
            before, now = pair
            found.append((name, before and before.estimate, now.estimate, now.low, now.high, _reads(before, now)))
    return found


def _facts(report: Report, signs: Signs, span: Period) -> dict[str, Value]:
    files = ("orders",)

    def born(name: str, value: float, low: float | None = None, high: float | None = None) -> Value:
        fact = f"background.phase_{name}"
        return report.value(fact, value, CLAIM, files, n=signs.days, low=low, high=high, period=span)

    found = {
        "growth": born("growth", signs.growth, signs.low, signs.high),
        "volume": born("orders_per_day", signs.volume),
    }
    if signs.year is not None:
        found["year"] = born("year", *signs.year)
    for name, pair, source in (("organic", signs.organic, files), ("spend", signs.spend, ("ads", "orders"))):
        for when, share in zip(("earlier", "now"), pair or (), strict=False):
            if share is not None:
                ends = {"low": share.low, "high": share.high, "n": int(report.threshold("phase_share_days"))}
                days = last(report, "phase_share_days", int(when == "earlier"))
                fact = f"background.phase_{name}_share/when={when}"
                found[f"{name}_{when}"] = report.value(fact, share.estimate, CLAIM, source, period=days, **ends)
    return found


def _more(signs: Signs, values: dict[str, Value]) -> tuple[Sentence, ...]:
    known = values["growth"].value is not None
    said = [sentence("background.phase.growth", growth=values["growth"], volume=values["volume"])] if known else []
    if signs.year is not None:
        said.append(sentence("background.phase.year", year=values["year"]))
    for name, pair in (("organic", signs.organic), ("spend", signs.spend)):
        if pair is not None and pair[0] is not None:
            slots = {"now": values[f"{name}_now"], "earlier": values[f"{name}_earlier"]}
            said.append(sentence(f"background.phase.{name}", reads=Label("phase_reads", _reads(*pair)), **slots))
    if signs.broke is not None:
        bend = (signs.broke.slope_after - signs.broke.slope_before) * WEEK
        case = "break_up" if signs.broke.step + bend > 0 else "break_down"
        said.append(sentence(f"background.phase.{case}", day=f"{signs.broke.day:%Y-%m-%d}"))
    return tuple(said)


def _windows(report: Report, span: Period) -> Any:
    first, last = pd.Timestamp(span.start), pd.Timestamp(span.end)
    rows = daily.events(report, first, last)
    rows = rows.assign(start=rows["start"].clip(lower=first), end=rows["end"].clip(upper=last))
    return rows[["name", "start", "end"]]


def _gaps(report: Report, signs: Signs) -> tuple[Gap, ...]:
    found = []
    if signs.spend is None:
        found.append(report.gap(CLAIM, "missing_file", "QC-U", what=Label("gap_what", "spend")))
    if signs.organic is None:
        column, what = Label("columns", "traffic"), Label("gap_what", "organic")
        found.append(report.gap(CLAIM, "missing_column", "ORD", column=column, what=what))
    return tuple(found)
