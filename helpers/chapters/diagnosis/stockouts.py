"""Goods that ran out: how long, why, and what was not sold meanwhile."""

from typing import Any

import pandas as pd

from helpers.chapters import mature, names, shelves, spans
from helpers.findings import Answer, Value
from helpers.report import FEN, Report, for_all_pages, sentence, table

CLAIM = "5.2.1a"
UNITS = {
    "product": "text",
    "cause": "label:stockout_cause",
    "days_out": "count",
    "units_lost": "count",
    "lost": "money",
    "lost_low": "money",
    "lost_high": "money",
}


@for_all_pages
def stockouts(report: Report) -> Answer:
    """Products without stock in the period, and what their days without it cost (5.2.1a).

    A day counts as out of stock when its snapshot shows nothing to sell. What would have sold is read from the same
    weekdays when there was stock. Tables: ``products`` one row per product; money after refunds, and costs where known.
    """
    snapshots = report.table("stock")
    if not len(snapshots):
        return report.gap(CLAIM, "missing_file", "STK")
    empty = snapshots[snapshots["available"] <= 0]
    days = report.value("diagnosis.stockout_days", len(empty), CLAIM, ["stock"], n=len(snapshots))
    if not len(empty):
        return report.finding(
            CLAIM,
            sentence("diagnosis.stockouts.none", n=snapshots["product_id"].nunique()),
            values={"days": days},
            verdict="fails",
        )
    _, basis = mature.kept_share(report)
    found = [_lost(report, shelf) for shelf in shelves.emptied(report)]
    if not found:
        return report.finding(
            CLAIM, sentence("diagnosis.stockouts.unknown", days=days), values={"days": days}, verdict="open"
        )
    frame = pd.DataFrame(found).sort_values(["lost", "product"], ascending=[False, True], ignore_index=True)
    stake = _stake(report, frame, basis)
    first = frame.iloc[0]
    headline = sentence(
        "diagnosis.stockouts.found", product=str(first["product"]), days=int(first["days_out"]), stake=stake
    )
    return report.finding(
        CLAIM,
        headline,
        more=(sentence("diagnosis.stockouts.method"), sentence(f"diagnosis.basis.{basis}")),
        values={"days": days, "lost": stake},
        tables={"products": table(frame, UNITS, n=len(empty))},
        verdict="holds",
        stake=stake if stake.low else None,
        action=sentence("diagnosis.stockouts.action", product=str(first["product"]), stake=stake),
    )


def _lost(report: Report, shelf: shelves.Shelf) -> dict[str, Any]:
    """What one product did not sell, as it is printed."""
    units, low, high = shelf.lost.units, shelf.lost.low, shelf.lost.high
    return {
        "product": str(names.known(report, shelves.history(report)).get(shelf.product, shelf.product)),
        "cause": shelf.cause,
        "days_out": len(shelf.days),
        "units_lost": round(units),
        **{name: part * shelf.each / FEN for name, part in (("lost", units), ("lost_low", low), ("lost_high", high))},
    }


def _stake(report: Report, frame: Any, basis: str) -> Value:
    monthly = spans.monthly(report)
    total, low, high = (round(float(frame[part].sum()) * monthly * FEN) for part in ("lost", "lost_low", "lost_high"))
    files = [name for name in ("stock", "orders", "after_sales", "costs") if report.has(name)]
    return report.money(
        "diagnosis.stockout_lost", total, CLAIM, files, n=int(frame["days_out"].sum()), low=low, high=high
    )
