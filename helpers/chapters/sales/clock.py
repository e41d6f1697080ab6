"""When orders come in: by hour and weekday, and what drives the busy hours."""

from typing import Any

import pandas as pd

from helpers.chapters import compare, lines
from helpers.chapters.sales import basis
from helpers.chapters.values import rated
from helpers.findings import Answer, Label, Sentence, Value
from helpers.methods.intervals import ratio_interval
from helpers.period import Period
from helpers.report import Report, sentence, table

CLAIM = "2.1.2a"
HOURS, WEEKDAYS = range(24), range(1, 8)


def peak_hours(report: Report) -> Answer:
    """How strongly orders gather in the busiest hours of the day.

    Tables: ``heat`` one row per weekday and hour, orders per such weekday of the period; ``hours`` one row per hour,
    orders of the period and per day; ``carriers`` orders per hour and carrier where the file knows the carrier;
    ``weekdays`` one row per weekday.
    """
    rows = _orders(lines.paid(report))
    if not len(rows):
        return basis.no_orders(report, CLAIM)
    if (rows["paid_at"].dt.normalize() == rows["paid_at"]).all():
        return report.gap(CLAIM, "missing_column", "ORD", column=Label("columns", "paid_at"))
    counts = rows["hour"].value_counts().reindex(HOURS).fillna(0).astype(int)
    count = int(report.threshold("peak_hours"))
    peak = sorted(counts.sort_values(ascending=False, kind="stable").index[:count])
    values = _facts(report, rows, counts) | _peak(report, rows, peak, count)
    return report.finding(
        CLAIM,
        sentence(f"sales.peak_hours.{_case(report, values)}", hours=hour_spans(peak), share=values["peak_share"]),
        more=tuple(_more(report, rows, values)),
        values=values,
        tables=_tables(report, rows, counts),
    )


def _orders(rows: Any) -> Any:
    """One row per order of these paid lines with its ``hour``, ``weekday`` (1 is Monday), ``day`` and ``carrier``."""
    found = (
        rows.sort_values("paid_at")
        .groupby("order_id", as_index=False)
        .agg(paid_at=("paid_at", "first"), carrier=("carrier", "first"))
    )
    moment = found["paid_at"].dt
    return (
        found.assign(hour=moment.hour, weekday=moment.day_of_week + 1, day=moment.normalize()) if len(found) else found
    )


def hour_spans(hours: list[int]) -> str:
    """Hours as spans of the clock: 12:00–14:00, 20:00–22:00."""
    runs: list[list[int]] = []
    for hour in hours:
        if runs and runs[-1][-1] == hour - 1:
            runs[-1].append(hour)
        else:
            runs.append([hour])
    return ", ".join(f"{run[0]}:00–{run[-1] + 1}:00" for run in runs)


def _facts(report: Report, rows: Any, counts: Any) -> dict[str, Value]:
    days = rows["weekday"].value_counts().reindex(WEEKDAYS).fillna(0).astype(int)
    found = {}
    for name, series in (("hour", counts), ("weekday", days)):
        for key, number in series.items():
            id = f"sales.orders_by_{name}/{name}={key}"
            found[f"{name}.{key}"] = report.value(id, int(number), CLAIM, ["orders"], n=len(rows))
    return found


def _peak(report: Report, rows: Any, peak: list[int], count: int) -> dict[str, Value]:
    """Share of the busiest hours, day by day as clusters, and of the same hours in the period before."""
    found = {"peak_share": _share(report, rows, peak, "sales.peak_share", report.seen)}
    base = compare.base(report, "previous")
    earlier = rows.head(0) if base.why else _orders(compare.paid(report, base)[1])
    if len(earlier):
        found["peak_share.previous"] = _share(report, earlier, peak, "sales.peak_share/base=previous", base.span)
    found["even_share"] = report.value("sales.even_share", count / len(HOURS), CLAIM, ["orders"])
    known = rows[rows["carrier"].notna()]
    for name, part in (("peak", known["hour"].isin(peak)), ("rest", ~known["hour"].isin(peak))):
        chosen = known[part]
        if len(chosen) and known["carrier"].nunique() > 1:
            live = int((chosen["carrier"] == "live").sum())
            id = f"sales.live_share/hours={name}"
            found[f"live_{name}"] = rated(report, id, live, len(chosen), CLAIM, ["orders"])
    return found


def _share(report: Report, rows: Any, peak: list[int], id: str, span: Period) -> Value:
    days = rows.assign(inside=rows["hour"].isin(peak)).groupby("day")["inside"].agg(["sum", "size"])
    share = ratio_interval(days["sum"], days["size"])
    ends = {"low": max(share.low, 0), "high": min(share.high, 1)} if len(days) > 1 else {}
    return report.value(id, share.estimate, CLAIM, ["orders"], n=len(rows), period=span, **ends)


def _case(report: Report, values: dict[str, Value]) -> str:
    share, even = values["peak_share"], values["even_share"]
    if share.n is None or share.n < report.threshold("few"):
        return "few"
    return "gathered" if float(share.low or 0) >= float(even.value or 0) * report.threshold("peak_factor") else "spread"


def _more(report: Report, rows: Any, values: dict[str, Value]) -> list[Sentence]:
    found = [sentence("sales.peak_hours.interval", share=values["peak_share"], even=values["even_share"])]
    if "peak_share.previous" in values:
        found.append(sentence("sales.peak_hours.before", before=values["peak_share.previous"]))
    means = _per_weekday(report, rows)["orders"]
    if means.max() > 0 and report.seen.days >= len(WEEKDAYS):
        found.append(sentence("sales.peak_hours.weekday", **_extremes(report, means)))
    if "live_peak" in values and "live_rest" in values:
        case = (
            "live_more" if float(values["live_peak"].low or 0) > float(values["live_rest"].high or 0) else "live_alike"
        )
        case = "live_less" if float(values["live_peak"].high or 0) < float(values["live_rest"].low or 0) else case
        found.append(sentence(f"sales.peak_hours.{case}", peak=values["live_peak"], rest=values["live_rest"]))
    return found


def _extremes(report: Report, means: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, weekday in (("best", means.idxmax()), ("worst", means.idxmin())):
        number = report.value(f"sales.orders_per_weekday/weekday={weekday}", means[weekday], CLAIM, ["orders"])
        found |= {name: Label("weekday", str(weekday - 1)), f"{name}_orders": number}
    return found


def _per_weekday(report: Report, rows: Any) -> Any:
    """One row per weekday: orders per such day, and how many such days the period has."""
    days = (
        pd.Series(pd.date_range(report.seen.start, report.seen.end).day_of_week + 1)
        .value_counts()
        .reindex(WEEKDAYS)
        .fillna(0)
    )
    orders = rows["weekday"].value_counts().reindex(WEEKDAYS).fillna(0)
    return pd.DataFrame({"orders": (orders / days.where(days > 0)).fillna(0), "days": days.astype(int)})


def _tables(report: Report, rows: Any, counts: Any) -> dict[str, Any]:
    days = _per_weekday(report, rows)
    grid = rows.groupby(["weekday", "hour"]).size().reindex(pd.MultiIndex.from_product([WEEKDAYS, HOURS])).fillna(0)
    grid = grid.rename_axis(["weekday", "hour"]).rename("orders").reset_index()
    grid["orders"] /= grid["weekday"].map(days["days"]).where(lambda n: n > 0)
    grid = grid.assign(weekday=(grid["weekday"] - 1).astype(str)).rename(columns={"orders": "orders_per_day"})
    hours = pd.DataFrame(
        {"hour": list(HOURS), "orders": counts.to_numpy(), "orders_per_day": counts.to_numpy() / report.seen.days}
    )
    hours["share"] = hours["orders"] / len(rows)
    weekdays = days.rename_axis("weekday").reset_index().rename(columns={"orders": "orders_per_day"})
    weekdays = weekdays.assign(weekday=(weekdays["weekday"] - 1).astype(str))
    found = {
        "heat": table(grid, {"weekday": "label:weekday", "hour": "text", "orders_per_day": "count"}, n=len(rows)),
        "hours": table(
            hours, {"hour": "text", "orders": "count", "orders_per_day": "count", "share": "ratio"}, n=len(rows)
        ),
        "weekdays": table(
            weekdays, {"weekday": "label:weekday", "days": "count", "orders_per_day": "count"}, n=len(rows)
        ),
    }
    known = rows[rows["carrier"].notna()]
    if known["carrier"].nunique() > 1:
        split = known.groupby(["carrier", "hour"]).size().unstack(fill_value=0).reindex(columns=HOURS, fill_value=0)
        long = split.stack().rename("orders").reset_index().sort_values(["carrier", "hour"])
        found["carriers"] = table(long, {"carrier": "label:carrier", "hour": "text", "orders": "count"}, n=len(known))
    return found
