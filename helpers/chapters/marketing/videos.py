"""How much viewers of short videos interact."""

from typing import Any

from helpers.chapters import spans
from helpers.chapters.marketing import bars
from helpers.chapters.values import ranged, rated
from helpers.findings import Answer, Sentence, Value
from helpers.methods.intervals import Interval, mean_interval, ratio_interval
from helpers.period import Period
from helpers.report import Report, sentence, table

CLAIM = "3.1.1c"
EVENTS = ["likes", "comments", "shares", "saves"]
PRINTED = {"title": "text", "views": "count", **dict.fromkeys(EVENTS, "count"), "interaction_rate": "ratio"}


def interaction(report: Report) -> Answer:
    """Interactions per play, over all plays and per video, against the bar.

    Tables: ``videos`` one row per video played in the period, most played first: ``interaction_rate`` and its parts.
    """
    missing = bars.absent(report, CLAIM, "videos", "VID", "views", *EVENTS)
    if missing:
        return missing
    frame, span = _videos(report)
    if span is None or not len(frame):
        return report.gap(CLAIM, "no_rows", "VID")
    values = _values(report, frame, span)
    verdict = bars.judged(values["rate"], values["rate.target"], report.threshold("fewest_videos"))
    return report.finding(
        CLAIM,
        sentence(f"marketing.interaction.{verdict or 'plain'}", **bars.slots(values, "rate", "rate.target")),
        more=_more(values),
        values=values,
        tables={"videos": table(frame, PRINTED, n=len(frame))},
        verdict=verdict,
    )


def _videos(report: Report, period: Period | None = None) -> tuple[Any, Period | None]:
    """One row per video: title, plays, interactions; videos without plays or with a count missing are left out."""
    rows, span = spans.own_videos(report, period)
    sums = {name: (name, "sum") for name in ("views", *EVENTS)}
    rows = rows.dropna(subset=["views", *EVENTS]).groupby("video_id", as_index=False)
    found = rows.agg(title=("title", "first"), **sums)
    found = found[found["views"] > 0].assign(interactions=lambda frame: frame[EVENTS].sum(axis=1))
    found["interaction_rate"] = found["interactions"] / found["views"]
    return found.sort_values(["views", "video_id"], ascending=[False, True], ignore_index=True), span


def _values(report: Report, frame: Any, span: Period) -> dict[str, Value]:
    count, plays, bar = len(frame), int(frame["views"].sum()), report.target("interaction_rate")
    found = {
        "rate": _rate(report, "marketing.interaction_rate", frame, span),
        "rate.target": bars.target(report, "marketing.interaction_rate", "interaction_rate", CLAIM),
        "mean": _share(report, "marketing.interaction_mean", mean_interval(frame["interaction_rate"]), count, span),
        "plays": report.value("marketing.video_plays", plays, CLAIM, ["videos"], n=count, period=span),
    }
    if bar is not None:
        hits = int((frame["interaction_rate"] >= bar).sum())
        found["reached"] = rated(report, "marketing.interaction_reached", hits, count, CLAIM, ["videos"], span)
    base = report.base("previous")
    before, then = _videos(report, base) if base else (frame, None)
    if then is not None and len(before):
        found["rate.previous"] = _rate(report, "marketing.interaction_rate/base=previous", before, then)
    return found


def _rate(report: Report, id: str, frame: Any, span: Period) -> Value:
    return _share(report, id, ratio_interval(frame["interactions"], frame["views"]), len(frame), span)


def _share(report: Report, id: str, found: Interval, n: int, span: Period) -> Value:
    return ranged(report, id, found, CLAIM, ["videos"], n, span)


def _more(values: dict[str, Value]) -> tuple[Sentence, ...]:
    said = [sentence("marketing.interaction.both", **bars.slots(values, "rate", "mean", "plays"))]
    if "reached" in values:
        said.append(sentence("marketing.interaction.reached", **bars.slots(values, "reached", "rate.target")))
    return (*said, *bars.against_previous(values, "rate", "marketing.previous"))
