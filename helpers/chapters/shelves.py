"""Empty shelves: which goods had nothing to sell on which days, and what was not sold then."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pandas as pd

from helpers.chapters import lines, mature
from helpers.methods.stock import LostSales, lost_sales
from helpers.period import Period
from helpers.report import Report


@dataclass(frozen=True)
class Shelf:
    """A product that ran out in the period.

    Parameters
    ----------
    product : str
        Its id.
    cause : str
        As the shop noted it; unknown where it did not.
    days : DatetimeIndex
        Days without stock.
    lost : LostSales
        Units that were not sold; its ``days`` stand in the order of the days.
    each : float
        What a unit leaves, in fen.
    """

    product: str
    cause: str
    days: Any = field(repr=False)
    lost: LostSales = field(repr=False)
    each: float


def history(report: Report) -> Period:
    """Days from which is read what sells when there is stock: those before the period, and the period."""
    start = report.seen.start - timedelta(int(report.threshold("stock_history_days")))
    return Period("range", start, report.seen.end)


def emptied(report: Report) -> list[Shelf]:
    """Products without stock on some day of the period, of those whose loss can be told, by product."""

    def found() -> list[Shelf]:
        empty = report.table("stock")
        empty = empty[empty["available"] <= 0] if len(empty) else empty
        if not len(empty):
            return []
        rows = lines.products(lines.paid(report, history(report)))
        share, _ = mature.kept_share(report)
        shelves = [_shelf(report, rows, key, share) for key in sorted(set(empty["product_id"]))]
        return [shelf for shelf in shelves if shelf is not None]

    return report.once("empty shelves", found)  # type: ignore[no-any-return]


def _shelf(report: Report, rows: Any, product: str, share: float) -> Shelf | None:
    """What one product did not sell, or None where its snapshots or sales are too few to tell."""
    snapshots = report.table("stock", history(report))
    snapshots = snapshots[snapshots["product_id"] == product]
    own = rows[rows["product_id"] == product]
    inside = snapshots["day"] >= pd.Timestamp(report.seen.start)
    snapshots = snapshots[inside | (snapshots["available"] > 0)]  # earlier empty days are no loss of this period
    units = own.groupby("day")["quantity"].sum().reindex(snapshots["day"]).fillna(0).astype("float64")
    empty = snapshots["available"].le(0).to_numpy(dtype=bool)
    lost = lost_sales(units.to_numpy(), ~empty, units.index.day_of_week.to_numpy())
    sold = float(own["quantity"].sum())
    if not sold or lost.units != lost.units:
        return None
    cause = snapshots["cause"][empty].dropna()
    each = float(own["payable_fen"].sum()) / sold * max(share, 0)
    return Shelf(product, cause.iloc[0] if len(cause) else "unknown", units.index[empty], lost, each)
