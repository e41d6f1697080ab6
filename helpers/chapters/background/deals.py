"""Alliance orders as contracts see them: what a talent's sales left after refunds, and what was paid for them."""

from datetime import timedelta
from typing import Any, NamedTuple

import pandas as pd

from helpers.chapters import lines, margin
from helpers.report import FEN, Report

ROI = "talent_roi"


class Deal(NamedTuple):
    """A talent with a guaranteed return: the days of the contract, the guarantee, and the slot fee in fen."""

    talent: str
    start: Any
    end: Any
    roi: float
    fee: int


def sold(report: Report) -> Any:
    """Alliance orders with a payment, one row per sub-order, with ``day``, ``back_fen``, ``net_fen``, ``pay_fen``.

    ``pay_fen`` is the commission: what was paid out, else what is owed on the sales that were kept. Refunds come from the
    after-sales of the same sub-orders. Empty where no file tells either.
    """
    return report.once("alliance sold", lambda: _sold(report))


def _sold(report: Report) -> Any:
    rows = report.every("alliance_orders")
    rows = rows[rows["paid_at"].notna() & rows["paid_fen"].notna()]
    rows = rows[rows["paid_at"] < pd.Timestamp(report.seen.end) + pd.Timedelta(days=1)]
    rows = rows.assign(day=rows["paid_at"].dt.normalize())
    floats = rows[["paid_fen", "commission_fen", "expected_commission_fen", "commission_rate"]].astype("float64")
    back = lines.succeeded(report).groupby("line_id")["refund_fen"].sum()
    gone = rows["line_id"].map(back).fillna(0).astype("float64").clip(upper=floats["paid_fen"])
    net = floats["paid_fen"] - gone
    rate = floats["commission_rate"].fillna(floats["expected_commission_fen"] / floats["paid_fen"].where(net.notna()))
    owed = floats["commission_fen"].fillna(net * rate)
    return rows.assign(paid_fen=floats["paid_fen"], back_fen=gone, net_fen=net, pay_fen=owed.fillna(0))


def ripe(report: Report, day: Any) -> bool:
    """Whether orders paid by that day are old enough for their refunds to have come."""
    return bool(
        pd.Timestamp(day) <= pd.Timestamp(report.covered - timedelta(int(report.threshold("refund_full_days"))))
    )


def deals(report: Report) -> list[Deal]:
    """Contracts with a guaranteed return: slot fees of the overheads sheet whose name is one in the stepped targets."""
    steps, fees = report.every("target_steps"), report.every("overheads")
    known = steps[steps["metric"] == ROI].sort_values("valid_from") if len(steps) else steps
    found = []
    for fee in fees.sort_values("start").itertuples() if len(fees) and len(known) else ():
        valid = known[(known["scope"] == fee.name) & (known["valid_from"] <= fee.start)]
        if len(valid) and fee.start <= pd.Timestamp(report.seen.end):
            found.append(Deal(fee.name, fee.start, fee.end, float(valid["amount"].iloc[-1]), int(fee.amount_fen)))
    return found


def left(report: Report, rows: Any) -> Any:
    """What each alliance order left before any commission: after refunds, goods, freight, packing and fees; NaN without cost."""
    ordered = report.every("orders")
    asked = ordered["line_id"].astype(object).isin(rows["line_id"])  # isin reads a column of text slowly
    ordered = ordered[asked & ordered["paid_at"].notna()]
    # commission is the alliance's own here, not that of the cost sheet
    plain = ordered.assign(day=ordered["paid_at"].dt.normalize(), source_name=None)
    back = plain["line_id"].map(rows.set_index("line_id")["back_fen"]).astype("float64")
    made = margin.contribution(report, plain, back) if len(plain) else back
    return rows["line_id"].map(pd.Series(made.to_numpy(), plain["line_id"].to_numpy()))


def yuan(frame: Any, *columns: str) -> Any:
    """The frame with these columns in the shop's currency."""
    return frame.assign(**{name: frame[name] / FEN for name in columns})
