"""What empty shelves cost while it mattered: day by day, and as a share of the season that they fell into."""

from typing import Any

import pandas as pd

from helpers.chapters import lines, mature, names, shelves
from helpers.chapters.daily import PROMOTIONS
from helpers.findings import Answer, Finding, Sentence, Value
from helpers.methods.intervals import Interval
from helpers.period import Period
from helpers.report import FEN, Report, sentence, table

CLAIM = "2.2.2c"
FILES = ("stock", "orders", "after_sales", "costs")
UNITS = {
    "day": "date",
    "product": "text",
    "units_usual": "count",
    "units_sold": "count",
    "units_short": "count",
    "money_lost": "money",
}


def stockout_losses(report: Report) -> Answer:
    """Money not earned on days without stock, and the share of a promotion's sales that they cost.

    The same losses as `diagnosis.stockouts`, which judges them. Table ``stockout_days``: one row per day and product
    without stock: units that sell on such a weekday, units sold, units short, money after refunds (and costs).
    """
    if not report.has("stock"):
        return report.gap(CLAIM, "no_stock_file", "STK")
    snapshots = report.table("stock")
    found = shelves.emptied(report)
    empty = int((snapshots["available"] <= 0).sum())
    days = report.value("sales.stockout_days", empty, CLAIM, ["stock"], n=len(snapshots))
    if not found:
        case = "unknown" if empty else "none"
        said = sentence(f"sales.stockout_losses.{case}", products=snapshots["product_id"].nunique(), days=days)
        return report.finding(CLAIM, said, values={"days": days})
    return _finding(report, found, days)


def _finding(report: Report, found: list[shelves.Shelf], days: Value) -> Finding:
    name, span = season(report, found)
    values = {"days": days, "lost": _lost(report, found), "share": _share(report, found, span)}
    said: list[Sentence] = [
        sentence("sales.stockout_losses.method"),
        sentence(f"sales.stockout_losses.{mature.kept_share(report)[1]}"),
    ]
    said.insert(0, sentence("sales.stockout_losses.window", span=str(span), share=values["share"], lost=values["lost"]))
    first = max(found, key=lambda shelf: shelf.lost.units * shelf.each)
    product = str(names.known(report, shelves.history(report)).get(first.product, first.product))
    case = "event" if name else "period"
    return report.finding(
        CLAIM,
        sentence(f"sales.stockout_losses.{case}", event=name, days=days, share=values["share"], lost=values["lost"]),
        more=tuple(said),
        values=values,
        tables={"stockout_days": table(_days(report, found), UNITS, n=sum(len(shelf.days) for shelf in found))},
        action=sentence("sales.stockout_losses.act", product=names.short(product)),
    )


def season(report: Report, found: list[shelves.Shelf]) -> tuple[str, Period]:
    """The promotion that most days without stock fall into, as far as it has been seen; else the period, without a name."""
    days = pd.DatetimeIndex([day for shelf in found for day in shelf.days])
    rows = report.calendar[report.calendar["kind"].isin(PROMOTIONS)] if len(report.calendar) else report.calendar
    best, name, span = 0, "", report.seen
    for row in rows.itertuples():
        hits = int(((days >= row.start) & (days <= row.end)).sum())
        if hits > best:
            start, end = max(row.start.date(), report.begins), min(row.end.date(), report.seen.end)
            best, name, span = hits, str(row.name), Period("range", start, end)
    return name, span


def _lost(report: Report, found: list[shelves.Shelf]) -> Value:
    """Money lost in the period; the ends of the products' intervals added up, because shops run out of stock together."""
    total, low, high = (
        round(sum(getattr(shelf.lost, part) * shelf.each for shelf in found)) for part in ("units", "low", "high")
    )
    n = sum(len(shelf.days) for shelf in found)
    files = [name for name in FILES if len(report.every(name))]
    return report.money("sales.stockout_lost", total, CLAIM, files, n=n, low=low, high=high)


def _share(report: Report, found: list[shelves.Shelf], span: Period) -> Value:
    """Share of what these products could have sold in the season that was lost on its days without stock."""
    rows = lines.products(lines.paid(report, span))
    sold = float(rows.loc[rows["product_id"].isin([shelf.product for shelf in found]), "quantity"].sum())
    parts = [Interval(*_within(shelf, span)) for shelf in found]
    ends = [sum(getattr(part, name) for part in parts) for name in ("estimate", "low", "high")]
    share, low, high = (units / (units + sold) if units + sold > 0 else 0.0 for units in ends)
    return report.value(
        "sales.season_lost_share", share, CLAIM, ["stock", "orders"], n=int(sold), low=low, high=high, period=span
    )


def _within(shelf: shelves.Shelf, span: Period) -> tuple[float, float, float]:
    """Units lost inside the span; the interval shrinks with the part of the loss that lies there."""
    lost = shelf.lost.days["lost"].to_numpy()
    inside = (shelf.days >= pd.Timestamp(span.start)) & (shelf.days <= pd.Timestamp(span.end))
    part = float(lost[inside].sum() / lost.sum()) if lost.sum() > 0 else 0.0
    return shelf.lost.units * part, shelf.lost.low * part, shelf.lost.high * part


def _days(report: Report, found: list[shelves.Shelf]) -> Any:
    known = names.known(report, shelves.history(report))
    words = dict(zip([s.product for s in found], names.printed([s.product for s in found], known), strict=True))
    frames = []
    for shelf in found:
        rows = shelf.lost.days.reset_index(drop=True).assign(day=shelf.days, product=words[shelf.product])
        frames.append(rows.assign(money_lost=rows["lost"] * shelf.each / FEN))
    frame = pd.concat(frames).rename(columns={"expected": "units_usual", "sold": "units_sold", "lost": "units_short"})
    frame = frame.sort_values("money_lost", ascending=False, ignore_index=True)
    return frame.round({"units_usual": 1, "units_short": 1})[[*UNITS]]
