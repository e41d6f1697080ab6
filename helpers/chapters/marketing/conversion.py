"""Live sessions: how many of the viewers buy, and whether the rate is steady."""

from typing import Any

import pandas as pd

from helpers.chapters.marketing import bars
from helpers.chapters.values import ranged, rated
from helpers.findings import Answer, Sentence, Value
from helpers.methods.control import control_limits, steady
from helpers.methods.intervals import ratio_interval
from helpers.period import Period
from helpers.report import Report, sentence, table

CLAIM = "3.2.1d"
FILES = ("live_sessions",)
CHART = {"started": "date", "watch_order_rate": "ratio", "centre": "ratio", "lower": "ratio", "upper": "ratio"}


def live_conversion(report: Report) -> Answer:
    """Buyers per viewer and per person who clicked, against the bar; a control chart says whether the rate is steady.

    Tables: ``conversion`` one row per session in order of time: buyers per viewer with the limits that an even
    process keeps.
    """
    missing = bars.absent(report, CLAIM, "live_sessions", "LIV", "buyers", "viewers")
    if missing:
        return missing
    rows = _bought(report.table("live_sessions"), "viewers")
    if not len(rows):
        return report.gap(CLAIM, "no_rows", "LIV")
    values = _values(report, rows)
    frame = _charted(rows)
    bar = report.target("live_conversion")
    found = steady(rows["buyers"], rows["viewers"], bar) if bar is not None else None
    verdict = found.verdict if found else ""
    case = "below" if found and found.verdict == "fails" and found.high < (bar or 0) else verdict or "plain"
    return report.finding(
        CLAIM,
        sentence(f"marketing.conversion.{case}", **bars.slots(values, "rate", "rate.target", "click_rate")),
        more=_more(values),
        values=values,
        tables={"conversion": table(frame, CHART, n=len(frame))},
        verdict=verdict,
    )


def _bought(rows: Any, base: str) -> Any:
    """Sessions with a count of people and no more buyers than people, in order of time."""
    rows = rows[(rows[base] > 0) & (rows["buyers"] <= rows[base])]
    return rows.sort_values("started_at", ignore_index=True)


def _values(report: Report, rows: Any) -> dict[str, Value]:
    found = {
        "rate": _conversion(report, "watch_order", rows, "viewers"),
        "rate.target": bars.target(report, "marketing.watch_order_rate", "live_conversion", CLAIM),
    }
    bar = report.target("live_conversion")
    clicked = _bought(report.table("live_sessions"), "product_click_users")
    if len(clicked):
        found["click_rate"] = _conversion(report, "click_order", clicked, "product_click_users")
    base = report.base("previous")
    before = _bought(report.table("live_sessions", base), "viewers") if base else rows.head(0)
    if base and len(before):
        found["rate.previous"] = _conversion(report, "watch_order", before, "viewers", base)
    chart = control_limits(rows["buyers"], rows["viewers"])
    out = int((chart["out"] | chart["run"]).sum())
    found["out"] = report.value("marketing.live_sessions_out", out, CLAIM, FILES, n=len(rows))
    if bar is not None:
        found["reached"] = _reached(report, rows, "viewers", bar)
        if len(clicked):
            found["click_reached"] = _reached(report, clicked, "product_click_users", bar)
    return found


def _conversion(report: Report, step: str, rows: Any, people: str, base: Period | None = None) -> Value:
    id = f"marketing.{step}_rate" + ("/base=previous" if base else "")
    share = ratio_interval(rows["buyers"], rows[people])
    return ranged(report, id, share, CLAIM, FILES, len(rows), base)


def _reached(report: Report, rows: Any, people: str, bar: float) -> Value:
    hits = int((rows["buyers"] / rows[people] >= bar).sum())
    id = f"marketing.live_reached/step={'watch_order' if people == 'viewers' else 'click_order'}"
    return rated(report, id, hits, len(rows), CLAIM, FILES)


def _charted(rows: Any) -> Any:
    chart = control_limits(rows["buyers"], rows["viewers"]).rename(
        columns={"rate": "watch_order_rate", "low": "lower", "high": "upper"}
    )
    return pd.concat([rows[["viewers", "buyers"]], chart], axis=1).assign(started=rows["started_at"])


def _more(values: dict[str, Value]) -> tuple[Sentence, ...]:
    said = []
    if "click_rate" in values:
        said.append(sentence("marketing.conversion.both", **bars.slots(values, "rate", "click_rate")))
    if "reached" in values:
        said.append(
            sentence("marketing.conversion.reached", **bars.slots(values, "reached", "click_reached", "rate.target"))
        )
    case = "even" if not values["out"].value else "out"
    said.append(sentence(f"marketing.conversion.{case}", **bars.slots(values, "out")))
    return (*said, *bars.against_previous(values, "rate", "marketing.previous"))
