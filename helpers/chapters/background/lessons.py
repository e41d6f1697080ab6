"""What competitors do otherwise, turned into tests that the shop's own traffic can decide."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from helpers.chapters import daily, lines, spans
from helpers.chapters.background import levers
from helpers.chapters.background.levers import ALL
from helpers.chapters.background.peers import listed, named
from helpers.findings import Answer, Sentence, Slot, Value
from helpers.methods.experiments import POWER, detectable_gap, detectable_rate, units_needed
from helpers.methods.intervals import clustered_ratio
from helpers.period import Period
from helpers.report import Report, sentence, table

CLAIM = "1.1.2c"
UNITS = {
    "peer_lever": "said",
    "test_metric": "label:test_metric",
    "test_baseline": "said",
    "test_size": "count",
    "days": "days",
    "least_effect": "ratio",
    "check_day": "date",
}


class Plan(NamedTuple):
    """A test of two equal arms: the figure it watches as it is now, and what deciding it takes.

    ``size``: units (people, videos, sessions, days) of both arms together; ``days`` until they are there; ``least``: the
    smallest relative change that the planned days can show. NaN where it can never be shown.
    """

    rate: float
    n: int
    size: float
    days: float
    least: float


def lessons(report: Report) -> Answer:
    """How many of the things that bigger competitors do otherwise the shop can test within the planned days.

    Table ``lessons``: one row per lever, quickest test first: the figure to watch and its value now, units and days of
    both arms for the smallest change worth acting on, the smallest change that the planned days can show, the day to look.
    """
    rows = levers.observed(report)
    if not len(rows):
        return report.gap(CLAIM, "missing_file", "COM")
    chosen = listed(report, rows, list(METRICS))
    found = lessons_of(report, rows, levers.matrix(report, rows, chosen, CLAIM))
    if not len(found):
        return report.finding(CLAIM, sentence("background.lessons.none"), values=_counts(report, 0, 0))
    frame = _planned(report, found)
    if not len(frame):
        return report.gap(CLAIM, "missing_file", "CDL", "PCD", "VID", "LIV")
    return _finding(report, frame)


def lessons_of(report: Report, rows: Any, seen: Any) -> Any:
    """Aspect and category of each lever on which a competitor that sells more does clearly otherwise, or does in words."""
    sales, own = rows[rows["aspect"] == "sales"], levers.owned(report, ("sales", ALL), CLAIM)
    if len(sales) and own and own.value:
        seen = seen[seen["competitor"].isin(sales.loc[sales["low"] > own.value, "competitor"])]
    otherwise = seen["side"].isin(["below", "above"]) | (seen["aspect"].isin(levers.WORDS) & seen["words"].notna())
    return seen[otherwise & ~seen["stale"]].drop_duplicates(["aspect", "category"])[["aspect", "category"]]


def by_people(report: Report, hits: float, people: float) -> Plan:
    """A test that splits people: two proportions."""
    rate, rise = hits / people, report.threshold("lesson_effect")
    arms = 2 * units_needed(rate, rate * rise)
    a_day = people / report.seen.days
    half = a_day * report.threshold("lesson_days") / 2
    return Plan(rate, int(people), arms, arms / a_day, detectable_rate(rate, half, half) / rate)


def by_cluster(report: Report, hits: Any, base: Any, days: int) -> Plan:
    """A test that alternates between whole days, videos or sessions, seen in so many days: their spread tells how many it takes.

    The error of the difference of two arms of m units each is that of the ratio over all N units, times the root of 2 N / m.
    """
    found, count = clustered_ratio(hits, base), len(hits)
    rate, rise = found.estimate, report.threshold("lesson_effect")
    one = detectable_gap(found.error) * (2 * count) ** 0.5 / rate
    arms, a_day = 2 * np.ceil((one / rise) ** 2), count / days
    return Plan(rate, count, arms, arms / a_day, one / (a_day * report.threshold("lesson_days") / 2) ** 0.5)


def _price(report: Report, category: str) -> Plan | None:
    """Orders of the category per ordinary day: prices cannot differ between buyers, so days alternate."""
    first = report.seen.end - timedelta(int(report.threshold("lesson_history_days")) - 1)
    span = Period("range", max(first, report.begins), report.seen.end)
    rows = lines.products(lines.paid(report, span))
    rows = rows[rows["product_id"].map(levers.categories(report)) == category] if len(rows) else rows
    days = pd.date_range(span.start, span.end)
    ordinary = days[~daily.touched(report, days).to_numpy()]
    count = rows.groupby("day")["order_id"].nunique().reindex(ordinary, fill_value=0)
    return by_cluster(report, count, np.ones(len(count)), len(days)) if len(count) > 1 and count.sum() else None


def _discount(report: Report, category: str) -> Plan | None:
    """Buyers per person who clicked a product: a coupon can be given to one half."""
    rows = report.table("channel_days")
    rows = rows[(rows["carrier"] == "all") & (rows["ad_window"] == "any")] if len(rows) else rows
    return _people(report, rows, "buyers", "click_users")


def _function(report: Report, category: str) -> Plan | None:
    """People who click a product card per person who saw it: picture and title can be shown to one half."""
    rows, _ = spans.counted(report, "product_cards")
    return _people(report, rows, "click_users", "exposure_users")


def _people(report: Report, rows: Any, hits: str, people: str) -> Plan | None:
    rows = rows.dropna(subset=[hits, people]) if len(rows) else rows
    some, all_of_them = (float(rows[name].sum()) if len(rows) else 0.0 for name in (hits, people))
    return by_people(report, some, all_of_them) if 0 < some < all_of_them else None


def _content(report: Report, category: str) -> Plan | None:
    """Product clicks per play of an own video."""
    return _clusters(report, spans.own_videos(report)[0], "product_clicks", "views")


def _hours(report: Report, category: str) -> Plan | None:
    """Orders per viewer of a live session."""
    return _clusters(report, report.table("live_sessions"), "orders", "viewers")


def _clusters(report: Report, rows: Any, hits: str, base: str) -> Plan | None:
    rows = rows.dropna(subset=[hits, base]) if len(rows) else rows
    rows = rows[rows[base] > 0] if len(rows) else rows
    return by_cluster(report, rows[hits], rows[base], report.seen.days) if len(rows) > 1 and rows[hits].sum() else None


METRICS: dict[str, Callable[[Report, str], Plan | None]] = {
    "price": _price,
    "discount": _discount,
    "function": _function,
    "content": _content,
    "hours": _hours,
}
SOURCES = {"price": "orders", "discount": "channel_days", "function": "product_cards", "content": "videos"}


def _planned(report: Report, found: Any) -> Any:
    """The lessons with their plans, quickest first; those without a figure of our own are left out."""
    rows = []
    for aspect, category in found.itertuples(index=False, name=None):
        plan = METRICS[aspect](report, category)
        if plan is not None and plan.days == plan.days:
            rows.append({"aspect": aspect, "category": category, **plan._asdict()})
    frame = pd.DataFrame(rows, columns=["aspect", "category", *Plan._fields])
    return frame.sort_values("days", kind="stable", ignore_index=True)


def _finding(report: Report, frame: Any) -> Answer:
    limit = report.threshold("lesson_days")
    quick = frame[frame["days"] <= limit]
    values = _counts(report, len(frame), len(quick))
    values["effect"] = report.value("background.lesson_effect", report.threshold("lesson_effect"), CLAIM, [])
    values["power"] = report.value("background.lesson_power", POWER, CLAIM, [])
    now = [_baseline(report, row) for row in frame.itertuples()]
    values |= {f"now.{place}": value for place, value in enumerate(now)}
    return report.finding(
        CLAIM,
        _headline(report, values),
        more=tuple(_more(report, frame, values)),
        values=values,
        tables={"lessons": table(_shown(report, frame, now), UNITS)},
        action=_action(report, quick, values),
    )


def _baseline(report: Report, row: Any) -> Value:
    id = f"background.lesson_{'orders' if row.aspect == 'price' else 'rate'}/lever={row.aspect}&category={row.category}"
    return report.value(id, row.rate, CLAIM, [SOURCES.get(row.aspect, "live_sessions")], n=row.n)


def _counts(report: Report, count: int, quick: int) -> dict[str, Value]:
    files = ["competitors"]
    found = {"count": report.value("background.lessons", count, CLAIM, files)}
    return found | {"quick": report.value("background.lessons_quick", quick, CLAIM, files, n=count)}


def _headline(report: Report, values: dict[str, Value]) -> Sentence:
    case = "found" if values["quick"].value else "slow"
    slots = {name: values[name] for name in ("count", "quick", "effect")}
    return sentence(f"background.lessons.{case}", limit=int(report.threshold("lesson_days")), **slots)


def _more(report: Report, frame: Any, values: dict[str, Value]) -> list[Sentence]:
    limit = int(report.threshold("lesson_days"))
    old = int(report.threshold("peer_stale_days"))
    said = [sentence("background.lessons.basis", old=old, power=values["power"], effect=values["effect"])]
    slow = frame[frame["days"] > limit]
    if len(slow):
        said.append(sentence("background.lessons.too_slow", count=len(slow), limit=limit))
    return [*said, sentence("background.lessons.doubt")]


def _shown(report: Report, frame: Any, now: list[Value]) -> Any:
    levers_named = [
        sentence("background.levers.lever", **named({"aspect": row.aspect, "category": row.category}))
        for row in frame.itertuples()
    ]
    return pd.DataFrame(
        {
            "peer_lever": levers_named,
            "test_metric": frame["aspect"],
            "test_baseline": now,
            "test_size": frame["size"].round(),
            "days": np.ceil(frame["days"]),
            "least_effect": frame["least"],
            "check_day": [_check(report, days) for days in frame["days"]],
        }
    )


def _check(report: Report, days: float) -> Any:
    """The day on which a test that starts after the cut-off is read; none for one that takes too long."""
    late = days > report.threshold("lesson_days")
    return pd.NaT if late else pd.Timestamp(report.covered) + pd.Timedelta(days=1 + int(np.ceil(days)))


def _action(report: Report, quick: Any, values: dict[str, Value]) -> Sentence | None:
    if not len(quick):
        return None
    first = quick.iloc[0]
    check = f"{_check(report, first['days']):%Y-%m-%d}"
    slots: dict[str, Slot] = {"days": int(np.ceil(first["days"])), "check": check, "now": values["now.0"]}
    return sentence(f"background.lessons.try_{first['aspect']}", **slots, **named(first))
