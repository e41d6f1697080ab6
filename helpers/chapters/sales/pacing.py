"""Ad spend over the day: what one more yuan brings in each hour, and what moving some of it would bring."""

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import mature, spans
from helpers.chapters.sales.clock import hour_spans
from helpers.findings import Answer, Sentence, Table, Value
from helpers.methods.allocation import cascade
from helpers.methods.intervals import Interval, clustered_ratio
from helpers.methods.marginal import elasticity, gain, moved
from helpers.methods.shrinkage import normal
from helpers.period import Period
from helpers.report import FEN, Report, for_all_pages, sentence, table

CLAIM = "2.1.2c"
FILES = ("ad_hours", "orders", "after_sales", "costs")
SHOWN = 4  # hours named in a sentence
SLIGHT = 0.02  # a change of an hour below this share of its spend is none
UNITS = {"clock": "text", "spend": "money", "ad_return": "multiple", "ad_marginal": "multiple", "move": "money"}


@for_all_pages
def pacing(report: Report) -> Answer:
    """By how much spend of promotion should move between the hours of the day, and what that would bring in a month.

    Table ``each_hour``: one row per hour with spend: ``spend`` of the period, ``ad_return`` (sales per unit of spend,
    shrunken), ``ad_marginal`` (what one more unit brings), ``move`` (more or less spend at the same total);
    ``hours_paced``: the same, hours side by side that move alike put together.
    """
    rows = _cells(report)
    if not len(rows):
        return report.gap(CLAIM, "missing_file", "QC-U")
    days = rows["day"].nunique()
    if days < report.threshold("pacing_fewest_days"):
        return report.gap(CLAIM, "few_hours", "QC-U", have=days, need=int(report.threshold("pacing_fewest_days")))
    if not (rows["day"] >= pd.Timestamp(report.seen.start)).any():
        return report.gap(CLAIM, "no_rows", "QC-U")
    power = elasticity(rows["spend"], rows["sales"], rows["hour"], rows["day"], report.threshold("level"))
    hours = _hours(report, rows)
    if power.estimate != power.estimate or len(hours) < 2:
        return report.gap(CLAIM, "flat_hours", "QC-U")
    return _finding(report, rows, hours, power)


def _cells(report: Report) -> Any:
    """One row per day and hour with spend, of the last weeks up to the end of the period: day, hour, spend, sales in fen."""
    rows = report.every("ad_hours")
    if not len(rows):
        return rows
    first = pd.Timestamp(report.seen.end - timedelta(int(report.threshold("pacing_days")) - 1))
    inside = (rows["period_start"] >= first) & (rows["period_end"] <= pd.Timestamp(report.seen.end))
    rows = rows[(rows["period_start"] == rows["period_end"]) & inside]
    shop = rows[rows["object_id"] == "all"]
    rows = (shop if len(shop) else rows).dropna(subset=["spend_fen", "gmv_fen"])
    found = rows.groupby(["period_start", "hour"], as_index=False)[["spend_fen", "gmv_fen"]].sum()
    found.columns = ["day", "hour", "spend", "sales"]
    return found[found["spend"] > 0].astype({"spend": float, "sales": float})


def _hours(report: Report, rows: Any) -> Any:
    """One row per hour: spend, sales, ``rate`` with its ``error`` over days, and the shrunken ``mean``."""
    found = rows.groupby("hour")[["spend", "sales"]].sum()
    found["days"] = rows.groupby("hour").size()
    ratios = {hour: clustered_ratio(some["sales"], some["spend"]) for hour, some in rows.groupby("hour")}
    found["rate"] = [ratios[hour].estimate for hour in found.index]
    found["error"] = [ratios[hour].error for hour in found.index]
    found = found[(found["days"] >= report.threshold("fewest_sessions")) & (found["error"] > 0)]
    return found.assign(mean=normal(found["rate"], found["error"])["mean"].to_numpy() if len(found) else [])


def _finding(report: Report, rows: Any, hours: Any, power: Interval) -> Answer:
    bent = float(np.clip(power.estimate, 0, 1))
    now = hours["spend"] * rows.loc[rows["day"] >= pd.Timestamp(report.seen.start), "spend"].sum() / rows["spend"].sum()
    new = moved(now, hours["mean"], bent, report.threshold("pacing_reach"))
    plan = pd.Series(cascade(round(float(now.sum())), new), hours.index)
    more = gain(now, plan, hours["rate"], hours["error"], power, report.threshold("level"))
    values = _values(report, rows, hours, power, bent, more, plan - now)
    case, basis = "found" if more.low > 0 else "open", mature.kept_share(report)[1]
    up, down = (plan - now).nlargest(SHOWN).index, hours["mean"].nsmallest(SHOWN).index
    clock = {"into": hour_spans(sorted(up)), "out": hour_spans(sorted(down))}
    loses = _break_even(report, hours, power, values)
    case = "loses" if case == "found" and loses else case
    said: list[Sentence] = [
        sentence("sales.pacing.basis", days=rows["day"].nunique(), more=values["more"], all=values["return"]),
        sentence(f"sales.pacing.money_{basis}", gain=values["gain"], share=values["moved_share"]),
        *loses,
        sentence("sales.pacing.doubt"),
    ]
    acts = {"found": "act", "loses": "act_less"}
    action = sentence(f"sales.pacing.{acts[case]}", **clock, reach=values["reach"]) if case in acts else None
    return report.finding(
        CLAIM,
        sentence(f"sales.pacing.{case}", into=clock["into"], gain=values["gain"]),
        more=tuple(said),
        values=values,
        tables=_tables(hours, bent, now, plan),
        stake=values["gain"] if more.low > 0 else None,
        action=action,
    )


def _values(
    report: Report, rows: Any, hours: Any, power: Interval, bent: float, more: Interval, shift: Any
) -> dict[str, Value]:
    days, span = rows["day"].nunique(), Period("range", rows["day"].min().date(), rows["day"].max().date())
    kept, _ = mature.kept_share(report)
    scale = max(kept, 0) * spans.monthly(report)
    files = [name for name in FILES if len(report.every(name))]
    ends = {"low": more_of(power.low), "high": more_of(power.high)}
    made = {
        "more": report.value(
            "sales.spend_response", more_of(power.estimate), CLAIM, ["ad_hours"], n=days, period=span, **ends
        ),
        "return": report.value(
            "sales.ad_return", rows["sales"].sum() / rows["spend"].sum(), CLAIM, ["ad_hours"], n=days, period=span
        ),
        "gain": report.money(
            "sales.pacing_gain",
            more.estimate * scale,
            CLAIM,
            files,
            n=days,
            low=more.low * scale,
            high=more.high * scale,
        ),
        "moved_share": report.value(
            "sales.pacing_moved", shift.clip(lower=0).sum() / hours["spend"].sum(), CLAIM, ["ad_hours"], n=days
        ),
        "reach": report.value("sales.pacing_reach", report.threshold("pacing_reach"), CLAIM, ["ad_hours"]),
    }
    for hour, rate in hours["mean"].items():
        made[f"marginal.{hour}"] = report.value(
            f"sales.ad_marginal/hour={hour}", rate * bent, CLAIM, ["ad_hours"], n=int(hours["days"][hour]), period=span
        )
    return made


def _break_even(report: Report, hours: Any, power: Interval, values: dict[str, Value]) -> list[Sentence]:
    """Whether one more unit of spend pays at all in the best hour; nothing where costs are unknown or where it may."""
    kept, basis = mature.kept_share(report)
    if basis != "contribution":
        return []
    each = [float(np.clip(end, 0, 1)) * float(hours["mean"].max()) * kept for end in power]
    files = [name for name in FILES if len(report.every(name))]
    best = report.value(
        "sales.ad_best_hour", each[0], CLAIM, files, n=int(hours["days"].sum()), low=each[1], high=each[2]
    )
    values["best_hour"] = best
    return [sentence("sales.pacing.too_much", best=best)] if each[2] < 1 else []


def more_of(power: float, step: float = 0.1) -> float:
    """By which share the yield grows when a tenth more is put in."""
    return float((1 + step) ** power - 1)


def _tables(hours: Any, bent: float, now: Any, plan: Any) -> dict[str, Table]:
    """Each hour by itself, and hours side by side that should get more, less, or as much."""
    move = plan - now
    frame = pd.DataFrame(
        {
            "hour": hours.index,
            "clock": [hour_spans([int(hour)]) for hour in hours.index],
            "spend": now.to_numpy() / FEN,
            "ad_return": hours["mean"].to_numpy(),
            "ad_marginal": hours["mean"].to_numpy() * bent,
            "move": move.to_numpy() / FEN,
            "way": np.sign(np.where(move.abs() >= now * SLIGHT, move, 0)),
        }
    )
    run = (frame["way"].diff() != 0).cumsum()
    sums = frame.groupby(run)[["spend", "move"]].sum()
    spans_ = [hour_spans([int(hour) for hour in some]) for _, some in frame.groupby(run)["hour"]]
    rate = (frame["ad_return"] * frame["spend"]).groupby(run).sum() / sums["spend"]
    runs = sums.assign(clock=spans_, ad_return=rate, ad_marginal=rate * bent).reset_index(drop=True)
    n = int(hours["days"].sum())
    return {"hours_paced": table(runs[[*UNITS]], UNITS, n=n), "each_hour": table(frame, UNITS, n=n)}
