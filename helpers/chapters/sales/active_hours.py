"""Which hours turn viewers of live rooms into orders: orders per viewer who came, by hour and weekday."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters.sales.clock import hour_spans
from helpers.findings import Answer, Finding, Label, Sentence, Value
from helpers.methods.intervals import benjamini_hochberg, clustered_ratio, ratio_interval
from helpers.methods.ratios import ratio_difference
from helpers.report import Report, sentence, table

CLAIM = "2.1.2b"
UNITS = {
    "clock": "text",
    "sessions": "count",
    "viewers": "count",
    "orders": "count",
    "orders_per_1000": "per_1000",
    "low": "per_1000",
    "high": "per_1000",
}


def active_hours(report: Report) -> Answer:
    """Orders per thousand viewers who entered, by hour of the clock, and the hours that stand above the others.

    Tables: ``viewer_hours`` one row per hour with enough viewers, sessions as clusters; ``viewer_heat`` one row per weekday
    and hour with enough viewers.
    """
    if not report.has("live_minutes"):
        return report.gap(CLAIM, "no_minutes", "LVD")
    rows = report.table("live_minutes")
    for column in ("entered", "orders"):
        if not rows[column].notna().any():
            return report.gap(CLAIM, "missing_column", "LVD", column=Label("columns", f"live_{column}"))
    cells = _cells(rows.dropna(subset=["entered", "orders"]))
    hours = _hours(report, cells)
    if len(hours) < 2 or not hours["orders"].sum():
        return report.gap(CLAIM, "too_few", "LVD", n=int(cells["orders"].sum()))
    return _finding(report, cells, hours)


def _cells(rows: Any) -> Any:
    """One row per session and hour: weekday, viewers who entered, orders, minutes on air."""
    session = rows["started_at"].fillna(rows["minute"].dt.normalize()).astype(str) + rows["room"].astype(str)
    rows = rows.assign(session=session, hour=rows["minute"].dt.hour, weekday=rows["minute"].dt.day_of_week)
    found = rows.groupby(["session", "hour"], as_index=False).agg(
        weekday=("weekday", "first"), viewers=("entered", "sum"), orders=("orders", "sum"), minutes=("minute", "size")
    )
    return found.astype({"viewers": float, "orders": float})


def _hours(report: Report, cells: Any) -> Any:
    """One row per hour with enough viewers: rate with interval, and the chance that it only seems unlike the others."""
    enough = cells.groupby("hour")["viewers"].transform("sum") >= report.threshold("active_viewers")
    cells, found = cells[enough], []
    for hour, some in cells.groupby("hour"):
        rate = ratio_interval(some["orders"], some["viewers"], report.threshold("level"))
        others = cells[cells["hour"] != hour].groupby("session")[["orders", "viewers"]].sum()
        apart = ratio_difference(
            clustered_ratio(some["orders"], some["viewers"]), clustered_ratio(others["orders"], others["viewers"])
        )
        sums = some[["viewers", "orders", "minutes"]].sum()
        found.append((hour, len(some), *sums, *(1000 * max(end, 0) for end in rate), apart.difference, apart.p))
    names = ["hour", "sessions", "viewers", "orders", "minutes", "orders_per_1000", "low", "high", "apart", "p"]
    frame = pd.DataFrame(found, columns=names)
    return frame.assign(q=benjamini_hochberg(frame["p"]) if len(frame) else [])


def _finding(report: Report, cells: Any, hours: Any) -> Finding:
    sure = hours["q"] <= 1 - report.threshold("sure")
    best = [int(hour) for hour in hours.loc[sure & (hours["apart"] > 0), "hour"]]
    worst = [int(hour) for hour in hours.loc[sure & (hours["apart"] < 0), "hour"]]
    values = {f"hour.{row.hour}": _value(report, f"hour={row.hour}", row) for row in hours.itertuples()}
    values["all"] = _pooled(report, "sales.orders_per_viewer", cells)
    case = "found" if best else "worse" if worst else "same"
    for name, chosen in (("best", best or worst), ("rest", [h for h in hours["hour"] if h not in (best or worst)])):
        if best or worst:
            values[name] = _pooled(report, f"sales.orders_per_viewer/part={name}", cells[cells["hour"].isin(chosen)])
    slots = {name: values[name] for name in ("best", "rest", "all") if name in values}
    return report.finding(
        CLAIM,
        sentence(f"sales.active_hours.{case}", hours=hour_spans(best or worst), **slots),
        more=tuple(_more(report, cells, hours, values, best)),
        values=values,
        tables=_tables(cells, hours, report.threshold("active_cell")),
        action=sentence("sales.active_hours.act", hours=hour_spans(best)) if best else None,
    )


def _value(report: Report, dimension: str, row: Any) -> Value:
    return report.value(
        f"sales.orders_per_viewer/{dimension}",
        row.orders_per_1000,
        CLAIM,
        ["live_minutes"],
        n=int(row.viewers),
        low=row.low,
        high=row.high,
    )


def _pooled(report: Report, id: str, cells: Any) -> Value:
    sums = cells.groupby("session")[["orders", "viewers"]].sum()
    rate = ratio_interval(sums["orders"], sums["viewers"], report.threshold("level"))
    low, high = 1000 * max(rate.low, 0), 1000 * rate.high
    return report.value(
        id, 1000 * rate.estimate, CLAIM, ["live_minutes"], n=int(sums["viewers"].sum()), low=low, high=high
    )


def _more(report: Report, cells: Any, hours: Any, values: dict[str, Value], best: list[int]) -> list[Sentence]:
    """Basis, whether the hours with most viewers are the best ones, and the doubt."""
    days = report.table("live_minutes")["minute"].dt.normalize()
    found = [
        sentence(
            "sales.active_hours.basis",
            sessions=cells["session"].nunique(),
            first=f"{days.min():%Y-%m-%d}",
            last=f"{days.max():%Y-%m-%d}",
            all=values["all"],
        )
    ]
    dense = hours.assign(dense=hours["viewers"] / hours["minutes"])
    top = int(dense.loc[dense["dense"].idxmax(), "hour"])
    crowd = report.value("sales.viewers_per_minute", dense["dense"].max(), CLAIM, ["live_minutes"])
    values["crowd"] = crowd
    case = "crowd" if not best else "match" if top in best else "mismatch"
    found.append(
        sentence(f"sales.active_hours.{case}", hour=hour_spans([top]), crowd=crowd, rate=values[f"hour.{top}"])
    )
    found.append(sentence("sales.active_hours.doubt"))
    return found


def _tables(cells: Any, hours: Any, least: float) -> dict[str, Any]:
    heat = cells.groupby(["weekday", "hour"], as_index=False)[["viewers", "orders"]].sum()
    heat = heat[heat["viewers"] >= least].reset_index(drop=True)
    heat["orders_per_1000"] = heat["orders"] / heat["viewers"] * 1000
    heat["weekday"] = heat["weekday"].astype(str)
    frame = hours.assign(clock=[hour_spans([int(hour)]) for hour in hours["hour"]])
    counts = {name: np.rint(frame[name]).astype("int64") for name in ("viewers", "orders")}
    n = int(cells["viewers"].sum())
    units = {"weekday": "label:weekday", "hour": "text", "orders_per_1000": "per_1000"}
    return {
        "viewer_hours": table(frame.assign(**counts), UNITS, n=n),
        "viewer_heat": table(heat, units, n=n),
    }
