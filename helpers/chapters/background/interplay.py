"""Whether the own live rooms sell more on days on which talents post."""

from datetime import timedelta
from typing import Any

import pandas as pd

from helpers.chapters import daily
from helpers.findings import Answer, Sentence, Value
from helpers.methods.events import placebo_p
from helpers.methods.pulses import moved_pulses, pulses
from helpers.report import Report, sentence, table

CLAIM = "1.3.2a"
KEY = "background.interplay"
TABLES = ("live_sessions", "videos")
LAGS = (-1, 0, 1)
ROWS = {"post_lag": "label:post_lag", "days": "count", "live_lift": "ratio", "low": "ratio", "high": "ratio"}


def interplay(report: Report) -> Answer:
    """How much more the own live rooms sell per hour on the days on which talents post a video, and around them.

    The days of the last year outside promotions, holidays and own events, beside what weekday and trend let expect; the
    day before a post should show nothing. Table ``lags``: one row per day from before a post to after it.
    """
    series = _hourly(report)
    if not len(series):
        return report.gap(CLAIM, "missing_file", "LIV")
    posts = _posts(report, series)
    if posts is None:
        return report.gap(CLAIM, "missing_file", "VID")
    found = pulses(series, posts, LAGS) if len(posts) >= report.threshold("posts_fewest") else None
    if found is None or not found.attrs["usual"] > 0:
        n = report.value("background.post_days", len(posts), CLAIM, TABLES)
        return report.gap(CLAIM, "too_few", "VID", n=n, need=int(report.threshold("posts_fewest")))
    lifts = found.assign(**{end: found[end] / found.attrs["usual"] for end in ("effect", "low", "high")})
    values = _values(report, series, posts, lifts.set_index("lag"))
    frame = lifts.rename(columns={"effect": "live_lift"}).assign(post_lag=found["lag"].astype(str))
    return report.finding(
        CLAIM,
        _headline(report, values),
        more=tuple(_more(report, values)),
        values=values,
        tables={"lags": table(frame[list(ROWS)], ROWS, n=len(series))},
    )


def _hourly(report: Report) -> Any:
    """Sales of the own sessions per hour on air, in fen, by the day on which they began; calm days of the last year."""
    first = pd.Timestamp(report.seen.end - timedelta(int(report.threshold("spend_year_days")) - 1))
    rooms = report.every("live_sessions")
    if not len(rooms):
        return pd.Series(dtype="float64", index=pd.DatetimeIndex([]))
    rooms = rooms.assign(day=rooms["started_at"].dt.normalize()).dropna(subset=["paid_fen", "duration_seconds"])
    rooms = rooms[(rooms["day"] >= first) & (rooms["day"] <= pd.Timestamp(report.seen.end))]
    sums = rooms.groupby("day")[["paid_fen", "duration_seconds"]].sum().astype("float64")
    sums = sums[sums["duration_seconds"] > 0]
    if not len(sums):
        return sums["paid_fen"]
    calm = ~daily.touched(report, sums.index)
    return (sums["paid_fen"] / sums["duration_seconds"] * 3600)[calm]


def _posts(report: Report, series: Any) -> Any | None:
    """Days on which talents published, between the first and the last of the series; None without videos of talents."""
    rows = report.every("videos")
    rows = rows[(rows["seller"] == "partner") & rows["published_at"].notna()] if len(rows) else rows
    if not len(rows):
        return None
    days = pd.DatetimeIndex(rows["published_at"].dt.normalize().unique())
    return days[days.isin(series.index)]


def _values(report: Report, series: Any, posts: Any, lifts: Any) -> dict[str, Value]:
    found = {
        "posts": report.value("background.post_days", len(posts), CLAIM, TABLES, n=len(series)),
        "others": report.value("background.other_days", len(series) - len(posts), CLAIM, TABLES, n=len(series)),
    }
    for name, lag in (("before", -1), ("lift", 0), ("after", 1)):
        row = lifts.loc[lag]
        id, n = f"background.live_lift/lag={lag}", int(row["days"])
        found[name] = report.value(id, row["effect"], CLAIM, TABLES, n=n, low=row["low"], high=row["high"])
    far = int(report.threshold("posts_moved_days"))
    moves = [move for move in range(-far, far + 1) if abs(move) > max(LAGS)]
    moved, here = moved_pulses(series, posts, moves), pulses(series, posts)
    if here is not None and len(moved):
        chance = placebo_p(float(here["effect"].iloc[0]), moved)
        found["chance"] = report.value("background.post_placebo", chance, CLAIM, TABLES, n=len(moved))
    return found


def _clear(value: Value) -> int:
    """1 where the interval lies above 0, -1 below, 0 where it holds 0 or is unknown."""
    if value.low is None or value.high is None:
        return 0
    return 1 if value.low > 0 else -1 if value.high < 0 else 0


def _headline(report: Report, values: dict[str, Value]) -> Sentence:
    """What interval and moved days bear out together; without moved days nothing is called certain."""
    chance = float(values["chance"].value or 0) if "chance" in values else 1.0
    side, before = _clear(values["lift"]), _clear(values["before"])
    case = {1: "more", 0: "open", -1: "less"}[side if chance <= 1 - report.threshold("likely") else 0]
    if case == "more" and before > 0:
        case = "suspect"
    elif case == "more" and chance > 1 - report.threshold("sure"):
        case = "maybe"
    return sentence(f"{KEY}.{case}", lift=values["lift"])


def _more(report: Report, values: dict[str, Value]) -> list[Sentence]:
    said = [sentence(f"{KEY}.basis", **{name: values[name] for name in ("posts", "others", "lift")})]
    said.append(sentence(f"{KEY}.around", before=values["before"], after=values["after"]))
    if "chance" in values:
        said.append(sentence(f"{KEY}.placebo", chance=values["chance"], moves=int(values["chance"].n or 0)))
    return [*said, sentence(f"{KEY}.doubt")]
