"""How well videos and live rooms win followers."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import spans
from helpers.chapters.interaction.shared import growth, unfinished
from helpers.chapters.values import ranged
from helpers.findings import Answer, Gap, Label, Sentence, Value
from helpers.methods.intervals import ratio_interval
from helpers.methods.shrinkage import beta_binomial
from helpers.period import Period
from helpers.report import Report, sentence, table

CLAIM = "4.1.3b"
TABLES = {"video": "videos", "live": "live_sessions"}
EXPORTS = {"video": "VID", "live": "LIV"}
RATE = "interaction.follows_per_1000/channel={}"
PRINTED = {
    "channel": "label:channel", "audience": "count", "new_fans": "count", "follows_per_1000": "count",
    "low": "count", "high": "count", "follows_before": "count", "follows_change": "ratio",
}  # fmt: skip
VIDEOS = {
    "title": "text", "views": "count", "new_fans": "count", "follows_per_1000": "count", "low": "count",
    "high": "count", "against": "label:against",
}  # fmt: skip


def follows(report: Report) -> Answer:
    """New fans per 1,000 plays of the videos and per 1,000 viewers of the live rooms, against the previous period.

    Tables: ``channels`` one row per channel; ``trend`` one row per channel and period of the last ones; ``videos``
    those with the highest rate once small ones are drawn to what is usual.
    """
    found = {channel: part for channel in TABLES if len(part := _units(report, channel)[0])}
    if not found:
        return _absent(report)
    values: dict[str, Value] = {}
    for channel, part in found.items():
        values |= _values(report, channel, part)
    videos = _videos(report, found["video"]) if "video" in found else None
    tables = {"channels": table(_channels(found, values), PRINTED), "trend": _trend(report, list(found))}
    if videos is not None:
        values |= _standing(report, videos)
        shown = videos.head(int(report.threshold("follow_videos")))
        tables |= {"videos": table(shown, VIDEOS, total=len(videos))} if values["above"].value else {}
    return report.finding(
        CLAIM,
        sentence(f"interaction.follows.{'_'.join(found)}", **{channel: values[channel] for channel in found}),
        more=(*_more(found, values), *unfinished(report)),
        values=values,
        tables=tables,
        gaps=_gaps(report, found),
    )


def _units(report: Report, channel: str, period: Period | None = None) -> tuple[Any, Period | None]:
    """One row per video or live session: ``audience`` (plays or viewers), ``new_fans``, and what else the file says."""
    if channel == "video":
        rows, span = spans.own_videos(report, period or report.seen)
        rows = rows.assign(audience=rows["views"])
    else:
        rows, span = report.every("live_sessions"), period or report.seen
        first, after = pd.Timestamp(span.start), pd.Timestamp(span.end) + pd.Timedelta(days=1)
        rows = rows[(rows["started_at"] >= first) & (rows["started_at"] < after)].assign(audience=rows["viewers"])
    return rows[(rows["audience"] > 0) & rows["new_fans"].notna()], span


def _absent(report: Report) -> Gap:
    held = [channel for channel, name in TABLES.items() if len(report.every(name))]
    if not held:
        return report.gap(CLAIM, "missing_file", "VID", "LIV")
    filled = [channel for channel in held if report.has(TABLES[channel])]
    if not filled:
        return report.gap(CLAIM, "no_rows", *[EXPORTS[channel] for channel in held])
    return report.gap(CLAIM, "missing_column", EXPORTS[filled[0]], column=Label("columns", "new_fans"))


def _values(report: Report, channel: str, rows: Any) -> dict[str, Value]:
    now = ratio_interval(rows["new_fans"], rows["audience"])
    span = _units(report, channel)[1]
    files, fans = [TABLES[channel]], int(rows["new_fans"].sum())
    id = f"interaction.new_fans/channel={channel}"
    found = {
        channel: ranged(report, RATE.format(channel), now, CLAIM, files, len(rows), span, 1000),
        f"{channel}_fans": report.value(id, fans, CLAIM, files, n=len(rows), period=span),
    }
    if channel == "live" and rows["lost_fans"].notna().all():
        found |= _net(report, rows, span)
    base = report.base("previous")
    before, then_span = _units(report, channel, base) if base else (rows.head(0), None)
    if len(before):
        then = ratio_interval(before["new_fans"], before["audience"])
        id = f"interaction.follows_before_per_1000/channel={channel}"
        found[f"{channel}.previous"] = ranged(report, id, then, CLAIM, files, len(before), then_span, 1000)
        id = f"interaction.follows_change/channel={channel}"
        change = growth(now, then)
        found[f"{channel}.change"] = ranged(report, id, change, CLAIM, files, len(rows), span, ends=(-1, np.inf))
    return found


def _net(report: Report, rows: Any, span: Period | None) -> dict[str, Value]:
    """What is left of the new fans of the live rooms once those who unfollowed there are taken off."""
    net, lost = ratio_interval(rows["new_fans"] - rows["lost_fans"], rows["audience"]), int(rows["lost_fans"].sum())
    id, files, ends = "interaction.net_follows_per_1000/channel=live", ["live_sessions"], (-np.inf, np.inf)
    return {
        "net": ranged(report, id, net, CLAIM, files, len(rows), span, 1000, ends),
        "lost": report.value("interaction.lost_fans/channel=live", lost, CLAIM, files, n=len(rows)),
    }


def _channels(found: dict[str, Any], values: dict[str, Value]) -> Any:
    rows = [
        {
            "channel": channel,
            "audience": part["audience"].sum(),
            "new_fans": part["new_fans"].sum(),
            "follows_per_1000": values[channel].value,
            "low": values[channel].low,
            "high": values[channel].high,
            "follows_before": _number(values.get(f"{channel}.previous")),
            "follows_change": _number(values.get(f"{channel}.change")),
        }
        for channel, part in found.items()
    ]
    return pd.DataFrame(rows)


def _number(value: Value | None) -> float:
    return np.nan if value is None or value.value is None else float(value.value)


def _trend(report: Report, channels: list[str]) -> Any:
    """The rates of the last periods, so that one month is not taken for a trend."""
    rows = []
    past = report.period.back(int(report.threshold("follow_periods")))[:-1]
    for channel in channels:
        for period in (*past, report.seen):
            units = _units(report, channel, period)[0]
            if len(units) > 1:
                rate = ratio_interval(units["new_fans"], units["audience"])
                rows.append([pd.Timestamp(period.start), channel, *(max(part, 0) * 1000 for part in rate)])
    frame = pd.DataFrame(rows, columns=["month", "channel", "follows_per_1000", "low", "high"])
    return table(frame, {"month": "date", "channel": "label:channel", "follows_per_1000": "count"})


def _videos(report: Report, rows: Any) -> Any:
    """One row per video, highest shrunken rate first; ``against`` says on which side of all videos it surely lies."""
    found = rows.groupby("video_id", as_index=False).agg(
        title=("title", "first"), views=("views", "sum"), new_fans=("new_fans", "sum")
    )
    usual = found["new_fans"].sum() / found["views"].sum()
    hits = np.minimum(found["new_fans"], found["views"])
    shrunk = beta_binomial(hits, found["views"], report.threshold("level"))
    found["against"] = np.select([shrunk["low"] > usual, shrunk["high"] < usual], ["above", "below"], "alike")
    found = found.assign(follows_per_1000=shrunk["mean"] * 1000, low=shrunk["low"] * 1000, high=shrunk["high"] * 1000)
    return found.sort_values(["follows_per_1000", "video_id"], ascending=[False, True], ignore_index=True)


def _standing(report: Report, videos: Any) -> dict[str, Value]:
    """How few videos won half of the new fans, and how many are surely better than all together."""
    fans = videos["new_fans"].sort_values(ascending=False)
    half = int((fans.cumsum() < fans.sum() / 2).sum()) + 1 if fans.sum() else 0
    counts = {"half": half, "above": int((videos["against"] == "above").sum())}
    ids = {"half": "interaction.half_fans_videos", "above": "interaction.videos_above"}
    return {name: report.value(ids[name], counts[name], CLAIM, ["videos"], n=len(videos)) for name in ids}


def _more(found: dict[str, Any], values: dict[str, Value]) -> list[Sentence]:
    said = []
    for channel in found:
        change = values.get(f"{channel}.change")
        if change is not None and change.value is not None:
            case = "up" if (change.low or 0) > 0 else "down" if (change.high or 0) < 0 else "alike"
            name, before = Label("channel", channel), values[f"{channel}.previous"]
            said.append(sentence(f"interaction.follows.change_{case}", channel=name, change=change, before=before))
    if "net" in values:
        slots = {"net": values["net"], "lost": values["lost"], "fans": values["live_fans"]}
        said.append(sentence("interaction.follows.net", **slots))
    if "half" in values and values["half"].value:
        said.append(sentence("interaction.follows.half", half=values["half"], fans=values["video_fans"]))
        case = "videos_above" if values["above"].value else "videos_alike"
        said.append(sentence(f"interaction.follows.{case}", above=values["above"]))
    said.append(sentence("interaction.follows.basis"))
    return said


def _gaps(report: Report, found: dict[str, Any]) -> tuple[Gap, ...]:
    missing = [channel for channel in TABLES if channel not in found]
    why = {one: "no_rows" if len(report.every(TABLES[one])) else "missing_file" for one in missing}
    parts = [report.gap(CLAIM, why[one], EXPORTS[one], what=Label("channel", one)) for one in missing]
    return (*parts, report.gap(CLAIM, "missing_file", "AUD", what=Label("interaction_open", "audience")))
