"""Goods that ran out: how long, why, and what was not sold meanwhile."""

from datetime import timedelta
from typing import Any

import pandas as pd

from helpers.chapters import lines, mature, names, spans
from helpers.findings import Answer, Value
from helpers.methods.stock import lost_sales
from helpers.period import Period
from helpers.report import FEN, Report, sentence, table

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
    history = Period(
        "range", report.seen.start - timedelta(int(report.threshold("stock_history_days"))), report.seen.end
    )
    rows = lines.products(lines.paid(report, history))
    share, basis = mature.kept_share(report)
    found = [_lost(report, history, rows, key, share) for key in sorted(set(empty["product_id"]))]
    if not any(found):
        return report.finding(
            CLAIM, sentence("diagnosis.stockouts.unknown", days=days), values={"days": days}, verdict="open"
        )
    frame = pd.DataFrame([row for row in found if row]).sort_values(
        ["lost", "product"], ascending=[False, True], ignore_index=True
    )
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


def _lost(report: Report, history: Period, rows: Any, product: str, share: float) -> dict[str, Any]:
    """What one product did not sell, or nothing where its snapshots or sales are too few to tell."""
    snapshots = report.table("stock", history)
    snapshots = snapshots[snapshots["product_id"] == product]
    own = rows[rows["product_id"] == product]
    inside = snapshots["day"] >= pd.Timestamp(report.seen.start)
    snapshots = snapshots[inside | (snapshots["available"] > 0)]  # earlier empty days are no loss of this period
    units = own.groupby("day")["quantity"].sum().reindex(snapshots["day"]).fillna(0).astype("float64")
    empty = snapshots["available"].le(0).to_numpy(dtype=bool)
    lost = lost_sales(units.to_numpy(), ~empty, units.index.day_of_week.to_numpy())
    sold = float(own["quantity"].sum())
    if not sold or lost.units != lost.units:
        return {}
    out = snapshots[empty]
    cause = out["cause"].dropna()
    each = float(own["payable_fen"].sum()) / sold * max(share, 0) / FEN
    return {
        "product": str(names.known(report, history).get(product, product)),
        "cause": cause.iloc[0] if len(cause) else "unknown",
        "days_out": len(out),
        "units_lost": round(lost.units),
        "lost": lost.units * each,
        "lost_low": lost.low * each,
        "lost_high": lost.high * each,
    }


def _stake(report: Report, frame: Any, basis: str) -> Value:
    monthly = spans.monthly(report)
    total, low, high = (round(float(frame[part].sum()) * monthly * FEN) for part in ("lost", "lost_low", "lost_high"))
    files = [name for name in ("stock", "orders", "after_sales", "costs") if report.has(name)]
    return report.money(
        "diagnosis.stockout_lost", total, CLAIM, files, n=int(frame["days_out"].sum()), low=low, high=high
    )
