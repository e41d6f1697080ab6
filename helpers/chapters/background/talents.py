"""Mid-tier talents: whether the product clicks of their videos turn into orders as often as in the industry."""

from datetime import timedelta
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import spans
from helpers.chapters.background import deals, rates
from helpers.definitions.deck import Benchmark
from helpers.findings import Answer, Gap, Label, Sentence, Value
from helpers.methods import shrinkage
from helpers.period import Period
from helpers.report import Report, sentence, table

CLAIM = "1.2.4a"
FILES = ("videos", "talents")
METRIC = "talent_conversion"
VERDICT = {"keep": "holds", "drop": "fails", "hold": "open"}
UNITS = {
    "talent": "text", "fans": "count", "talent_videos": "count", "clicks": "count", "orders": "count",
    "shrunk": "ratio", "low": "ratio", "high": "ratio", "bar_chance": "probability", "decision": "label:decision",
    "videos_needed": "count",
}  # fmt: skip


def talents(report: Report) -> Answer:
    """Orders per product click in the videos of each mid-tier talent, and the chance that it reaches the industry's.

    Each talent's record is pulled towards the others as far as its few clicks deserve. Table ``talents``: one row per
    talent, keep / hold / drop: keep where the rate is practically certain to reach the benchmark, drop where it is
    certain to lie below the low end of its band; ``videos_needed`` is how many more videos like the past ones would
    decide, empty where even many would not.
    """
    rows = _videos(report)
    if not len(rows):
        return report.gap(CLAIM, "missing_file", "VID", what=Label("gap_what", "talent_videos"))
    frame = _by_talent(rows).merge(_fans(report), on="talent", how="left")
    frame = _mid_tier(report, frame)
    if not len(frame):
        return report.gap(CLAIM, "no_rows", "VID", "TAL", what=Label("gap_what", "mid_tier"))
    bar = report.benchmark(METRIC)
    bar = bar if bar is not None and bar.value is not None else None
    frame = _judged(report, frame, rows, bar)
    values = _values(report, frame, bar)
    return report.finding(
        CLAIM,
        _headline(frame, values, bar),
        more=_more(report, frame, values, bar),
        values=values,
        tables={"talents": table(frame[_shown(frame)], {name: UNITS[name] for name in _shown(frame)})},
        verdict=rates.overall(frame["decision"].map(VERDICT)) if bar else "",
        gaps=tuple(_gaps(report, frame, bar)),
    )


def _videos(report: Report) -> Any:
    """Videos of partners with product clicks, of the latest files that end in the period."""
    rows = report.every("videos")
    rows = rows[(rows["seller"] == "partner") & (rows["period_end"] >= pd.Timestamp(report.seen.start))]
    first = report.seen.end - timedelta(int(report.threshold("talent_days")) - 1)
    rows = spans.longest(rows, Period("range", first, report.seen.end))[0]
    usable = rows[(rows["product_clicks"] > 0) & rows["orders"].notna() & rows["account_name"].notna()]
    return usable.assign(orders=usable[["orders", "product_clicks"]].astype("float64").min(axis=1))


def _by_talent(rows: Any) -> Any:
    by = rows.groupby("account_name").agg(
        talent_videos=("video_id", "nunique"), clicks=("product_clicks", "sum"), orders=("orders", "sum")
    )
    return by.astype("float64").rename_axis("talent").reset_index()


def _fans(report: Report) -> Any:
    """Followers by name, as the newest file of talents up to the period's end tells."""
    rows = report.every("talents")
    rows = rows[rows["period_end"] <= pd.Timestamp(report.seen.end)] if len(rows) else rows
    last = rows.sort_values("period_end").drop_duplicates("talent_name", keep="last")
    return pd.DataFrame({"talent": last["talent_name"].astype("object"), "fans": last["fans"].astype("float64")})


def _mid_tier(report: Report, frame: Any) -> Any:
    """Talents between the two bounds of followers, and those whose followers nobody tells; none with a guarantee."""
    low, high = report.threshold("mid_tier_fans"), report.threshold("head_tier_fans")
    middle = frame["fans"].isna() | ((frame["fans"] >= low) & (frame["fans"] < high))
    own = [deal.talent for deal in deals.deals(report)]
    return frame[middle & ~frame["talent"].isin(own)].reset_index(drop=True)


def _judged(report: Report, frame: Any, rows: Any, bar: Benchmark | None) -> Any:
    """The shrunken rate with its interval, and where there is a benchmark chance, decision and videos still needed."""
    spread = _spread(rows[rows["account_name"].isin(frame["talent"])])
    k, n = frame["orders"] / spread, frame["clicks"] / spread
    prior = shrinkage.beta_prior(k, n)
    found = shrinkage.beta_binomial(k, n, report.threshold("level"), prior)
    frame = frame.assign(
        rate=frame["orders"] / frame["clicks"], shrunk=found["mean"], low=found["low"], high=found["high"]
    )
    if bar is None or bar.value is None:
        return frame.sort_values("shrunk", ascending=False, ignore_index=True)
    least, sure = bar.value if bar.low is None else bar.low, report.threshold("sure")
    chance = shrinkage.prob_above(k, n, bar.value, prior)
    below = 1 - shrinkage.prob_above(k, n, least, prior)
    decision = np.where(chance >= sure, "keep", np.where(below >= sure, "drop", "hold"))
    goal = np.where(frame["shrunk"] >= bar.value, bar.value, least)
    frame = frame.assign(bar_chance=chance, decision=decision)
    frame["videos_needed"] = _needed(report, frame, goal, spread)
    return frame.sort_values("shrunk", ascending=False, ignore_index=True)


def _spread(rows: Any) -> float:
    """How much more the videos of one talent differ than chance allows (1 is chance), over all talents together."""
    k, n = rows["orders"].to_numpy(dtype=float), rows["product_clicks"].to_numpy(dtype=float)
    by = rows.groupby("account_name")
    rate = (by["orders"].transform("sum") / by["product_clicks"].transform("sum")).to_numpy(dtype=float)
    inner, freedom = (rate > 0) & (rate < 1), len(rows) - by.ngroups
    if freedom < 1 or not inner.any():
        return 1.0
    return max(1.0, float((np.square(k - n * rate)[inner] / (n * rate * (1 - rate))[inner]).sum() / freedom))


def _needed(report: Report, frame: Any, goal: Any, spread: float) -> Any:
    """Further videos until the rate, if it stays as it is, would be told from the goal; NaN if decided or too many."""
    far = np.abs(frame["shrunk"] - goal).clip(lower=1e-9)
    z = NormalDist().inv_cdf(report.threshold("sure"))
    clicks = spread * z**2 * frame["shrunk"] * (1 - frame["shrunk"]) / far**2
    more = np.ceil((clicks - frame["clicks"]).clip(lower=1) / (frame["clicks"] / frame["talent_videos"]))
    return more.where((frame["decision"] == "hold") & (more <= report.threshold("talent_videos_most")))


def _values(report: Report, frame: Any, bar: Benchmark | None) -> dict[str, Value]:
    made = {}
    for row in frame.itertuples():
        id = f"background.talent_rate/talent={row.talent}"
        ends = {"low": row.low, "high": row.high}
        made[f"rate/{row.talent}"] = report.value(id, row.shrunk, CLAIM, FILES, n=int(row.clicks), **ends)
    clicks = int(frame["clicks"].sum())
    pooled = float(frame["orders"].sum()) / clicks
    made["pooled"] = report.value("background.talents_rate", pooled, CLAIM, FILES, n=clicks)
    made["count"] = report.value("background.talents", len(frame), CLAIM, FILES, n=int(frame["talent_videos"].sum()))
    if bar is not None:
        made["bar"] = report.value(
            "background.talents_bar", bar.value, CLAIM, ["benchmarks"], low=bar.low, high=bar.high
        )
        for name in VERDICT:
            count = int((frame["decision"] == name).sum())
            made[name] = report.value(f"background.talents_decided/decision={name}", count, CLAIM, FILES, n=len(frame))
    return made


def _shown(frame: Any) -> list[str]:
    return [name for name in UNITS if name in frame and frame[name].notna().any()]


def _headline(frame: Any, values: dict[str, Value], bar: Benchmark | None) -> Sentence:
    if bar is None:
        return sentence("talents.talents.plain", count=values["count"], pooled=values["pooled"])
    return sentence("talents.talents.judged", **{name: values[name] for name in ("count", "bar", *VERDICT)})


def _more(report: Report, frame: Any, values: dict[str, Value], bar: Benchmark | None) -> tuple[Sentence, ...]:
    said = []
    if bar is not None:
        for name in ("keep", "drop"):
            some = frame[frame["decision"] == name]["talent"].tolist()
            if some:
                one = some[0] if name == "keep" else some[-1]
                said.append(
                    sentence(f"talents.talents.{name}", talent=one, rate=values[f"rate/{one}"], count=len(some))
                )
        needed = frame["videos_needed"].dropna()
        if len(needed):
            most = int(report.threshold("talent_videos_most"))
            said.append(sentence("talents.talents.needed", count=len(needed), videos=int(needed.min()), most=most))
        said.append(sentence("talents.talents.bar", bar=values["bar"], source=bar.source, date=bar.source_day))
    said.append(sentence("talents.talents.basis", videos=int(frame["talent_videos"].sum()), pooled=values["pooled"]))
    return tuple(said)


def _gaps(report: Report, frame: Any, bar: Benchmark | None) -> list[Gap]:
    found = []
    if bar is None:
        found.append(report.gap(CLAIM, "no_benchmark", "BMK", what=Label("gap_what", "talent_bar")))
    if frame["fans"].isna().all():
        found.append(report.gap(CLAIM, "missing_file", "TAL", what=Label("gap_what", "tiers")))
    return found
