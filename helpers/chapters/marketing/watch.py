"""Live sessions: how long a viewer watches."""

from typing import Any

from helpers.chapters.marketing import bars
from helpers.chapters.values import ranged
from helpers.findings import Answer, Sentence, Value
from helpers.methods.intervals import ratio_interval
from helpers.methods.quantiles import quantile_interval
from helpers.period import Period
from helpers.report import Report, sentence, table

CLAIM = "3.2.1c"
FILES = ("live_sessions",)
MINUTE, HOUR = 60, 3600
SESSIONS = {"started": "date", "watch_minutes": "minutes", "viewers": "count"}


def watch_time(report: Report) -> Answer:
    """Minutes that a viewer watches a session, weighted by viewers, against the bar, and what the bar would take.

    Tables: ``watch`` one row per session, in order of time: minutes per viewer, and viewers.
    """
    missing = bars.absent(report, CLAIM, "live_sessions", "LIV", "watch_seconds", "viewers")
    if missing:
        return missing
    rows = _watched(report.table("live_sessions"))
    if not len(rows):
        return report.gap(CLAIM, "no_rows", "LIV")
    values = _values(report, rows)
    slipped = _slipped(report, values)
    verdict = bars.judged(values["minutes"], values["minutes.target"], report.threshold("fewest_sessions"))
    verdict = "open" if verdict and slipped else verdict
    case = "unit" if slipped else verdict or "plain"
    return report.finding(
        CLAIM,
        sentence(f"marketing.watch.{case}", **bars.slots(values, "minutes", "minutes.target", "unit_ratio")),
        more=() if slipped else _more(values),
        values=values,
        tables={"watch": table(rows, SESSIONS, n=len(rows))},
        verdict=verdict,
    )


def _slipped(report: Report, values: dict[str, Value]) -> bool:
    """Whether minutes look like seconds or the reverse: viewers × minutes must give people online × length."""
    ratio, slip = values.get("unit_ratio"), report.threshold("unit_slip")
    return ratio is not None and ratio.value is not None and not 1 / slip <= ratio.value <= slip


def _watched(rows: Any) -> Any:
    rows = rows[(rows["viewers"] > 0) & rows["watch_seconds"].notna()].sort_values("started_at", ignore_index=True)
    return rows.assign(
        started=rows["started_at"],
        watch_minutes=rows["watch_seconds"] / MINUTE,
        weight=rows["watch_seconds"] * rows["viewers"],
    )


def _values(report: Report, rows: Any) -> dict[str, Value]:
    count, middle, hours = len(rows), quantile_interval(rows["watch_minutes"], 0.5), float(rows["weight"].sum()) / HOUR
    found = {
        "minutes": _minutes(report, "marketing.watch_minutes", rows, report.seen),
        "minutes.target": bars.target(report, "marketing.watch_minutes", "watch_minutes", CLAIM),
        "median": ranged(report, "marketing.watch_median", middle, CLAIM, FILES, count),
        "hours": report.value("marketing.watch_hours", hours, CLAIM, FILES, n=count),
    }
    for end, share in (("low", 0.1), ("high", 0.9)):
        edge = float(rows["watch_minutes"].quantile(share))
        found[end] = report.value(f"marketing.watch_decile/end={end}", edge, CLAIM, FILES, n=count)
    found |= _online(report, rows)
    base = report.base("previous")
    before = _watched(report.table("live_sessions", base)) if base else rows.head(0)
    if base and len(before):
        found["minutes.previous"] = _minutes(report, "marketing.watch_minutes/base=previous", before, base)
    return found


def _minutes(report: Report, id: str, rows: Any, span: Period) -> Value:
    mean = ratio_interval(rows["weight"] / MINUTE, rows["viewers"])
    return ranged(report, id, mean, CLAIM, FILES, len(rows), span)


def _online(report: Report, rows: Any) -> dict[str, Value]:
    """People online as minutes and viewers imply, as the bar would take, and a check on the file's own count."""
    timed, bar = rows[rows["duration_seconds"] > 0], report.target("watch_minutes")
    length, watched = float(timed["duration_seconds"].sum()), float(timed["weight"].sum())
    if not length:
        return {}
    found = {"online": _people(report, "marketing.live_online", watched / length, timed)}
    if bar is not None:
        needed = float(timed["viewers"].sum()) * bar * MINUTE / length
        hours = float(rows["viewers"].sum()) * bar * MINUTE / HOUR
        found["online_needed"] = _people(report, "marketing.live_online/base=target", needed, timed)
        found["hours_needed"] = report.value("marketing.watch_hours/base=target", hours, CLAIM, FILES, n=len(rows))
    stated = timed.dropna(subset=["average_online"])
    counted = float((stated["average_online"] * stated["duration_seconds"]).sum())
    if counted > 0:
        ratio = float(stated["weight"].sum()) / counted
        found["unit_ratio"] = report.value("marketing.watch_unit_ratio", ratio, CLAIM, FILES, n=len(stated))
    return found


def _people(report: Report, id: str, number: float, rows: Any) -> Value:
    return report.value(id, round(number), CLAIM, FILES, n=len(rows))


def _more(values: dict[str, Value]) -> tuple[Sentence, ...]:
    said = [sentence("marketing.watch.spread", **bars.slots(values, "minutes", "median", "low", "high"))]
    said += bars.against_previous(values, "minutes", "marketing.previous")
    if "online_needed" in values:
        names = ("online", "online_needed", "hours", "hours_needed", "minutes.target")
        said.append(sentence("marketing.watch.meaning", **bars.slots(values, *names)))
    if "unit_ratio" in values:
        said.append(sentence("marketing.watch.checked", ratio=values["unit_ratio"]))
    return tuple(said)
