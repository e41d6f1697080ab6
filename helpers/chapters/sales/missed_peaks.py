"""Peak hours that were not used: no session on air, nothing on the shelf, nobody to answer; in money."""

from datetime import timedelta
from typing import Any

import pandas as pd

from helpers.chapters import daily, lines, mature, names, shelves
from helpers.chapters.sales import basis
from helpers.chapters.sales.clock import hour_spans
from helpers.findings import Answer, Gap, Label, Sentence, Value
from helpers.methods.absence import shortfall
from helpers.methods.intervals import Interval
from helpers.period import Period
from helpers.report import FEN, Report, sentence, table

CLAIM = "2.1.2d"
UNITS = {
    "missed": "label:missed",
    "what": "text",
    "times": "count",
    "money_lost": "money",
    "money_lost_low": "money",
    "money_lost_high": "money",
}
NEEDS = {"live_sessions": "LIV", "stock": "STK", "service_days": "FGK"}


def missed_peaks(report: Report) -> Answer:
    """Busiest hours of the period that went unused: days without a session then, goods out of stock, no agent on duty.

    Table ``missed``: one row per way and what it hit, ``times`` in days, money after refunds (and costs) that it cost;
    empty where that cannot be told.
    """
    orders = lines.orders(lines.paid(report))
    if not len(orders):
        return basis.no_orders(report, CLAIM)
    missing = [code for name, code in NEEDS.items() if not report.has(name)]
    if len(missing) == len(NEEDS):
        return report.gap(CLAIM, "no_peak_files", *missing)
    if (orders["paid_at"].dt.normalize() == orders["paid_at"]).all():
        return report.gap(CLAIM, "missing_column", "ORD", column=Label("columns", "paid_at"))
    counts = orders["paid_at"].dt.hour.value_counts()
    peak = sorted(int(hour) for hour in counts.index[: int(report.threshold("peak_hours"))])
    rows = [*_no_session(report, peak), *_no_stock(report, peak), *_no_agent(report)]
    return _finding(report, peak, pd.DataFrame(rows, columns=list(UNITS)), missing)


def _no_session(report: Report, peak: list[int]) -> list[dict[str, Any]]:
    """Days of the period without a session in the peak hours, and what such days fall short of the others."""
    if not report.has("live_sessions"):
        return []
    start = max(report.seen.end - timedelta(int(report.threshold("missed_days")) - 1), report.begins)
    span = Period("range", start, report.seen.end)
    days = pd.date_range(span.start, span.end)
    absent = ~days.isin(_days_on_air(report.every("live_sessions"), peak))
    inside = days >= pd.Timestamp(report.seen.start)
    missed = int((absent & inside).sum())
    if not missed or absent.mean() > 0.5:  # a shop that seldom goes live then misses nothing that it usually has
        return []
    short = shortfall(
        daily.paid_per_day(report, span), absent, daily.touched(report, days).to_numpy(), report.threshold("level")
    )
    share, _ = mature.kept_share(report)
    what = ", ".join(f"{day:%m-%d}" for day in days[absent & inside][:5]) + ("…" if missed > 5 else "")
    return [_row("no_session", what, missed, Interval(*(end * missed * max(share, 0) for end in short)))]


def _days_on_air(sessions: Any, peak: list[int]) -> Any:
    """Days on which a session touched one of the peak hours."""
    first, last = sessions["started_at"].dt.floor("h"), sessions["ended_at"].fillna(sessions["started_at"])
    longest = int(min(((last - first).max() / pd.Timedelta(hours=1)) if len(first) else 0, 24))
    touched = []
    for step in range(longest + 1):
        at = first + pd.Timedelta(hours=step)
        touched.append(at[(at <= last) & at.dt.hour.isin(peak)].dt.normalize())
    return pd.concat(touched).unique() if touched else []


def _no_stock(report: Report, peak: list[int]) -> list[dict[str, Any]]:
    """Goods that were out of stock, with the part of the loss that falls into the peak hours."""
    if not report.has("stock"):
        return []
    known, found = names.known(report, shelves.history(report)), []
    sold = lines.products(lines.paid(report, shelves.history(report)))
    for shelf in shelves.emptied(report):
        own = sold[sold["product_id"] == shelf.product]
        part = float(own.loc[own["paid_at"].dt.hour.isin(peak), "quantity"].sum() / own["quantity"].sum()) * shelf.each
        lost = Interval(shelf.lost.units * part, shelf.lost.low * part, shelf.lost.high * part)
        what = names.short(str(known.get(shelf.product, shelf.product)))
        found.append(_row("no_stock", what, len(shelf.days), lost))
    return found


def _no_agent(report: Report) -> list[dict[str, Any]]:
    """Days with orders on which no agent served anybody, and what agents sell on other days; the file knows no hours."""
    if not report.has("service_days"):
        return []
    rows = report.table("service_days")
    served = (
        rows[rows["people"].fillna(0) + rows["sessions"].fillna(0) > 0].groupby("day")["sales_fen"].sum(min_count=1)
    )
    bought = pd.DatetimeIndex(lines.paid(report)["day"].unique())
    missed = bought[~bought.isin(served.index)]
    if not len(missed) or not len(served):
        return []
    share, _ = mature.kept_share(report)
    sold = served.astype("float64").dropna()
    each = Interval(*(float(sold.quantile(at)) if len(sold) else float("nan") for at in (0.5, 0.025, 0.975)))
    what = ", ".join(f"{day:%m-%d}" for day in missed[:5]) + ("…" if len(missed) > 5 else "")
    return [_row("no_agent", what, len(missed), Interval(*(end * len(missed) * max(share, 0) for end in each)))]


def _row(kind: str, what: str, times: int, lost: Interval) -> dict[str, Any]:
    ends = {"money_lost": lost.estimate, "money_lost_low": max(lost.low, 0), "money_lost_high": lost.high}
    return {"missed": kind, "what": what, "times": times} | {name: end / FEN for name, end in ends.items()}


def _finding(report: Report, peak: list[int], frame: Any, missing: list[str]) -> Answer:
    values = {"hours": report.value("sales.peak_hours_count", len(peak), CLAIM, ["orders"])}
    told = frame[frame["money_lost_low"] > 0]
    said: list[Sentence] = [sentence("sales.missed_peaks.basis", hours=hour_spans(peak))]
    for kind in ("no_session", "no_stock", "no_agent"):
        rows = frame[frame["missed"] == kind]
        if len(rows):
            values[kind] = _value(report, f"sales.peak_lost/missed={kind}", rows)
            case = "told" if values[kind].low else "open"
            said.append(
                sentence(f"sales.missed_peaks.{kind}_{case}", times=int(rows["times"].sum()), lost=values[kind])
            )
    if report.has("service_days"):
        said.append(sentence("sales.missed_peaks.agents"))
    case = "found" if len(told) else "open" if len(frame) else "none"
    slots: dict[str, Any] = {"hours": hour_spans(peak)}
    if len(told):
        values["lost"] = _value(report, "sales.peak_lost", told)
        worst = told.groupby("missed")["money_lost"].sum().idxmax()
        slots |= {"lost": values["lost"], "worst": Label("missed", str(worst))}
    gaps: tuple[Gap, ...] = (report.gap(CLAIM, "missing_file", *missing),) if missing else ()
    return report.finding(
        CLAIM,
        sentence(f"sales.missed_peaks.{case}", **slots),
        more=tuple(said),
        values=values,
        tables={"missed": table(frame.sort_values("money_lost", ascending=False, ignore_index=True), UNITS)}
        if len(frame)
        else {},
        gaps=gaps,
    )


def _value(report: Report, id: str, rows: Any) -> Value:
    files = [name for name in ("orders", *NEEDS, "after_sales", "costs") if len(report.every(name))]
    total, low, high = (
        float(rows[name].sum(min_count=1)) * FEN for name in ("money_lost", "money_lost_low", "money_lost_high")
    )
    return report.money(id, total, CLAIM, files, n=int(rows["times"].sum()), low=low, high=high)
