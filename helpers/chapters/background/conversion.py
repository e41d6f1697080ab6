"""Conversion of clicks into orders by channel, against the shop's own standard."""

from typing import Any

import pandas as pd

from helpers.chapters.background import rates
from helpers.chapters.background.facts import per_row
from helpers.chapters.background.funnel import RATE, usable
from helpers.findings import Answer, Label, Sentence, Slot, Value
from helpers.report import Report, sentence, table

CLAIM = "1.2.1b"
LIVE = ("buyers", "product_click_users")
LIVE_TIMES = ("orders", "product_clicks")


def conversion(report: Report) -> Answer:
    """Buyers per person who clicked a product, by channel, with interval and the chance to meet the bar.

    Tables: ``conversion`` one row per carrier of the channel days, and one row ``live_sessions`` from the live file.
    """
    bar = report.target("conversion")
    frame = _rows(report, bar)
    if not len(frame):
        return report.gap(CLAIM, "missing_file", "CDL", "LIV")
    values = _facts(report, frame, bar)
    units = RATE if bar is not None else {name: RATE[name] for name in list(RATE)[:6]}
    return report.finding(
        CLAIM,
        _headline(frame, values),
        more=_more(report, frame),
        values=values,
        tables={"conversion": table(frame, units)},
        verdict=rates.overall(frame["verdict"]) if bar is not None else "",
        gaps=()
        if bar is not None
        else (report.gap(CLAIM, "no_target", "TGT", what=Label("gap_what", "conversion_bar")),),
    )


def _rows(report: Report, bar: float | None) -> Any:
    found, days, live = [], rates.channel_days(report), report.table("live_sessions")
    columns = rates.basis(days, "click_buy")
    if usable(days, columns):
        part = rates.by_carrier(report, days, columns, bar)
        found.append(part[part["carrier"] != rates.ALL] if part["carrier"].ne(rates.ALL).any() else part)
    pair = next((pair for pair in (LIVE, LIVE_TIMES) if usable(live, pair)), None)
    if pair:
        sessions = live.assign(carrier="live_sessions", day=live["started_at"].dt.normalize())
        found.append(rates.by_carrier(report, sessions, pair, bar))
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


def _facts(report: Report, frame: Any, bar: float | None) -> dict[str, Value]:
    files = [name for name in ("channel_days", "live_sessions") if report.has(name)]
    born = per_row(report, "background.conversion", frame, "carrier", "rate", CLAIM, files, n="base")
    found = {f"rate/{name}": value for name, value in born.items()}
    if bar is not None:
        chance = per_row(report, "background.conversion_chance", frame, "carrier", "bar_chance", CLAIM, files, n="base")
        found |= {f"chance/{name}": value for name, value in chance.items()}
        found["bar"] = report.value("background.conversion_bar", bar, CLAIM, ())
    return found


def _headline(frame: Any, values: dict[str, Value]) -> Sentence:
    if "bar" in values:
        count = {verdict: int((frame["verdict"] == verdict).sum()) for verdict in ("holds", "fails", "open")}
        return sentence("background.conversion.judged", bar=values["bar"], **count)
    names = frame.sort_values("rate", ascending=False)["carrier"].tolist()
    slots: dict[str, Slot] = {"best": Label("carrier", names[0]), "high": values[f"rate/{names[0]}"]}
    if len(names) == 1:
        return sentence("background.conversion.one", **slots)
    return sentence(
        "background.conversion.range", worst=Label("carrier", names[-1]), low=values[f"rate/{names[-1]}"], **slots
    )


def _more(report: Report, frame: Any) -> tuple[Sentence, ...]:
    counting = "people" if frame["base_column"].isin(["click_users", "product_click_users"]).all() else "times"
    said = [sentence(f"background.conversion.basis_{counting}")]
    if "live_sessions" in set(frame["carrier"]) and len(frame) > 1:
        said.append(sentence("background.conversion.live"))
    few = int((frame["base"] < report.threshold("few")).sum())
    return (*said, sentence("background.conversion.few", count=few)) if few else tuple(said)
