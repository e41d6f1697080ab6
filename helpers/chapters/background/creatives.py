"""Which hook, length and scene make creatives that convert, how surely, and how fast creatives wear out."""

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters.background import tagged
from helpers.chapters.values import ranged
from helpers.findings import Answer, Label, Sentence, Slot, Value
from helpers.methods.decay import half_life, within_slope
from helpers.methods.experiments import units_needed
from helpers.methods.intervals import Interval
from helpers.period import Period
from helpers.report import Report, sentence, table

CLAIM = "1.3.1b"
FILES = ["ads", "content_tags"]
PARTS = ("hook", "length", "scene")
SUMS = ["impressions", "clicks", "orders"]
UNITS = {
    "creative_part": "label:creative_part",
    "creative_tag": "said",
    "creatives": "count",
    "clicks": "count",
    "conversion": "ratio",
    "low": "ratio",
    "high": "ratio",
    "best_chance": "probability",
}


def creatives(report: Report) -> Answer:
    """The hook, length or scene whose creatives convert best and how sure that is; days until a creative's clicks halve.

    Table ``creatives``: one row per hook, length and scene with enough creatives, the best of each first: orders per click
    at one mixture of categories, shrunken, with its interval, and the chance that it is the best of its kind.
    """
    days = daily(report)
    if not len(days):
        return report.gap(CLAIM, "missing_file", "QC-U", what=Label("gap_what", "creatives"))
    rows = each(report, days)
    if not len(rows):
        return report.gap(CLAIM, "missing_file", "CRE", what=Label("gap_what", "creatives"))
    frame = judged(report, rows)
    if not len(frame):
        need = 2 * int(report.threshold("tagged_fewest"))
        return report.gap(CLAIM, "too_few", "CRE", n=len(rows), need=need, what=Label("gap_what", "creatives"))
    values = _values(report, rows, frame, wear(report, days))
    return report.finding(
        CLAIM,
        _headline(report, frame, values),
        more=tuple(_more(report, rows, frame, values)),
        values=values,
        tables={"creatives": table(_shown(frame), UNITS, n=len(rows))},
        action=_action(report, frame, values),
    )


def span(report: Report) -> Period:
    """The days of delivery that are compared."""
    first = report.seen.end - timedelta(int(report.threshold("creative_days")) - 1)
    return Period("range", first, report.seen.end)


def daily(report: Report) -> Any:
    """One row per creative and day of the `span` with clicks: impressions, clicks, orders, age (days since its first)."""
    rows, days = report.every("ads"), span(report)
    rows = rows[(rows["level"] == "video") & (rows["clicks"] > 0)] if len(rows) else rows
    rows = rows.dropna(subset=SUMS) if len(rows) else rows
    if not len(rows):
        return rows
    rows = rows.groupby(["object_id", "day"], as_index=False)[SUMS].sum().astype(dict.fromkeys(SUMS, "float64"))
    rows["age"] = (rows["day"] - rows.groupby("object_id")["day"].transform("min")).dt.days
    return rows[rows["day"].between(pd.Timestamp(days.start), pd.Timestamp(days.end))]


def each(report: Report, days: Any) -> Any:
    """One row per tagged creative with enough clicks: clicks, orders, conversion, hook, scene, length, category."""
    rows = days.groupby("object_id").agg(clicks=("clicks", "sum"), orders=("orders", "sum"), days=("day", "nunique"))
    rows = rows[rows["clicks"] >= report.threshold("creative_clicks")]
    rows = rows.join(tagged.tags(report, "creative", "video"), how="inner")
    listed = report.every("content_tags").set_index("content_id")["product_id"]
    category = tagged.category_of(report, rows.index.to_series().map(listed))
    return rows.assign(length=_length(report, rows), category=category, conversion=rows["orders"] / rows["clicks"])


def _length(report: Report, rows: Any) -> Any:
    """short, middle or long where the list of own videos tells; missing else."""
    videos = report.every("videos")
    seconds = videos.groupby("video_id")["video_seconds"].max() if len(videos) else pd.Series(dtype="float64")
    long = rows.index.to_series().map(seconds).astype("float64")
    edges = [-np.inf, report.threshold("creative_short"), report.threshold("creative_long"), np.inf]
    return pd.cut(long, edges, labels=["short", "middle", "long"], right=False).astype(object)


def judged(report: Report, rows: Any) -> Any:
    """One row per hook, length and scene with enough creatives: part, tag, clicks, and the columns of `tagged.compared`.

    Each creative counts once, so that one lucky creative with many clicks makes no hook.
    """
    found = []
    for part in PARTS:
        frame = tagged.compared(report, rows, [part], "conversion")
        if len(frame):
            clicks = frame[part].map(rows.groupby(part)["clicks"].sum())
            found.append(frame.rename(columns={part: "tag"}).assign(part=part, clicks=clicks))
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


def wear(report: Report, days: Any) -> Interval:
    """Days until a creative's click rate halves, from creatives with two days or more; NaN where it cannot be told."""
    rows = days[days["impressions"] > 0]
    rows = rows[rows.groupby("object_id")["day"].transform("nunique") > 1]
    if rows["object_id"].nunique() < report.threshold("tagged_fewest"):
        return Interval(np.nan, np.nan, np.nan)
    rate = np.log(rows["clicks"] / rows["impressions"])
    return half_life(within_slope(rate, rows["age"], rows["clicks"], rows["object_id"], report.threshold("level")))


def _values(report: Report, rows: Any, frame: Any, worn: Interval) -> dict[str, Value]:
    n, days, rate = len(rows), span(report), float(rows["conversion"].mean())
    found = {
        "creatives": report.value("background.creatives", n, CLAIM, FILES, n=n, period=days),
        "clicks": report.value("background.creative_clicks", rows["clicks"].sum(), CLAIM, FILES, n=n, period=days),
        "rate": report.value("background.creative_conversion", rate, CLAIM, FILES, n=n, period=days),
    }
    top = _best(frame)
    name, count = f"{top['part']}={top['tag']}", int(top["n"])
    lead, id = Interval(top["mean"], top["low"], top["high"]), f"background.creative_conversion/{name}"
    found["best"] = ranged(report, id, lead, CLAIM, FILES, count, days)
    found["chance"] = report.value(f"background.creative_best/{name}", top["best"], CLAIM, FILES, n=count, period=days)
    if np.isfinite(worn.estimate):
        id, last = "background.creative_half_life", worn.high if np.isfinite(worn.high) else None
        found["half"] = report.value(id, worn.estimate, CLAIM, FILES, n, worn.low, last, span(report))
    return found | _deciding(report, rows, rate)


def _deciding(report: Report, rows: Any, rate: float) -> dict[str, Value]:
    """Days until two creatives are told apart, beside the days that a creative runs."""
    a_day, rise = float(rows["clicks"].sum() / rows["days"].sum()), report.threshold("creative_effect")
    need = units_needed(rate, min(rate * rise, 1 - rate)) if rate > 0 else np.nan
    numbers = {"life": float(rows["days"].median()), "a_day": round(a_day), "decide": np.ceil(need / a_day)}
    born = {
        name: report.value(f"background.creative_{name}", number, CLAIM, FILES, n=len(rows), period=span(report))
        for name, number in numbers.items()
    }
    return born | {"effect": report.value("background.creative_effect", rise, CLAIM, [])}


def _best(frame: Any) -> Any:
    """The tag that is most surely better than the mean; the first part of equals."""
    return frame.loc[frame["above"].idxmax()]


def _tag(row: Any) -> Label:
    return Label({"length": "creative_length"}.get(row["part"], row["part"]), row["tag"])


def _headline(report: Report, frame: Any, values: dict[str, Value]) -> Sentence:
    top = _best(frame)
    if top["above"] < report.threshold("likely"):
        return sentence("background.creatives.open", creatives=values["creatives"])
    slots: dict[str, Slot] = {"part": Label("creative_part", top["part"]), "tag": _tag(top)}
    case = "found" if top["best"] >= report.threshold("sure") else "likely"
    return sentence(f"background.creatives.{case}", rate=values["best"], overall=values["rate"], **slots)


def _more(report: Report, rows: Any, frame: Any, values: dict[str, Value]) -> list[Sentence]:
    basis = {name: values[name] for name in ("creatives", "clicks", "best", "chance")}
    said = [sentence("background.creatives.basis", days=span(report).days, **basis)]
    highest = frame.groupby("part", sort=False)["above"].max()
    flat = highest.index[highest < report.threshold("sure")]
    if len(flat):
        words = {f"part{at}": Label("creative_part", part) for at, part in enumerate(flat, 1)}
        said.append(sentence("background.creatives.flat", **words))
    if "half" in values:
        said.append(sentence("background.creatives.wear", half=values["half"]))
    if values["decide"].value is not None:
        case = "slow" if values["decide"].value > (values["life"].value or 0) else "quick"
        slots = {name: values[name] for name in ("a_day", "decide", "life", "effect")}
        said.append(sentence(f"background.creatives.{case}", **slots))
    return said


def _action(report: Report, frame: Any, values: dict[str, Value]) -> Sentence | None:
    top = _best(frame)
    if top["best"] < report.threshold("sure"):
        return None
    slots: dict[str, Slot] = {"part": Label("creative_part", top["part"]), "tag": _tag(top)}
    return sentence("background.creatives.act", **slots, **({"half": values["half"]} if "half" in values else {}))


def _shown(frame: Any) -> Any:
    tags = [sentence("background.creatives.tag", tag=_tag(row)) for _, row in frame.iterrows()]
    return pd.DataFrame(
        {
            "creative_part": frame["part"],
            "creative_tag": tags,
            "creatives": frame["n"],
            "clicks": frame["clicks"],
            "low": frame["low"].clip(lower=0),
            "high": frame["high"],
            "conversion": frame["mean"],
            "best_chance": frame["best"],
        }
    )
