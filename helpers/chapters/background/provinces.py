"""Orders by province: pooled where buyers could be recognised, with refund rates against what chance allows."""

from typing import Any

import pandas as pd

from helpers.chapters import lines
from helpers.definitions import groups
from helpers.methods.shrinkage import funnel_limits
from helpers.methods.survival import duration_quantile
from helpers.report import FEN, Report

OTHER, UNKNOWN = "other", "unknown"
RATES = ("refund_rate_orders", "lower", "upper", "refund_rate_amount")
DAYS = ("days", "days_low", "days_high")


def by_province(report: Report, paid: Any) -> Any:
    """One row per province, most orders first; ``last`` marks the rows other (pooled) and unknown.

    ``days`` is the median wait until ``arrival`` of the order with its interval; ``refund_judged`` says whether the
    refund rate lies outside the funnel around the shop's own rate.
    """
    orders = _orders(report, paid)
    by = orders.groupby("province")
    sums = by.agg(
        orders=("order_id", "size"),
        amount_fen=("amount_fen", "sum"),
        back_fen=("back_fen", "sum"),
        refunded=("refunded", "sum"),
    )
    frame = sums.join(by[["waited", "arrived", "refunded"]].apply(_wait)).reset_index()
    frame = frame.assign(last=frame["province"].isin([OTHER, UNKNOWN]))
    frame = frame.sort_values(["last", "orders", "province"], ascending=[True, False, True], ignore_index=True)
    return _judged(report, frame)


def arrival(paid: Any) -> str:
    """The moment that stands for arrival: delivery, else completion; empty where the file has neither."""
    return next((name for name in ("delivered_at", "finished_at") if paid[name].notna().any()), "")


def linked(report: Report) -> bool:
    """Whether refunds can be told by order."""
    return lines.refund_basis(report) in ("after_sales", "order_file")


def _orders(report: Report, paid: Any) -> Any:
    """One row per order: province by its one name, amount, what was paid back, days waited."""
    names, moment = groups.provinces(report.shop), arrival(paid)
    rows = paid.assign(
        back_fen=lines.refunds(report, paid),
        region=paid["province"].map(lambda text: names.get(text, text), na_action="ignore"),
        arrived=paid[moment] if moment else pd.NaT,
    )
    found = rows.groupby("order_id", as_index=False).agg(
        province=("region", "first"),
        amount_fen=("payable_fen", "sum"),
        back_fen=("back_fen", "sum"),
        paid_at=("paid_at", "min"),
        arrived=("arrived", "max"),
    )
    end = found["arrived"].fillna(pd.Timestamp(report.covered) + pd.Timedelta(days=1))
    return found.assign(
        province=_pooled(found["province"].fillna(UNKNOWN), int(report.threshold("private"))),
        refunded=found["back_fen"] > 0,
        waited=((end - found["paid_at"]) / pd.Timedelta(days=1)).clip(lower=0),
    )


def _pooled(province: Any, least: int) -> Any:
    size = province.value_counts().sort_values()
    few = size.index[size < least]
    if len(few) and size[few].sum() < least:
        few = size.index[: len(few) + 1]  # a pool that is itself too small takes in the next smallest
    return province.where(~province.isin(few), OTHER)


def _wait(part: Any) -> Any:
    """Median days until arrival; an order that was refunded on the way is not waited for."""
    part = part[part["arrived"].notna() | ~part["refunded"]]
    if not part["arrived"].notna().any():
        return pd.Series(float("nan"), DAYS)
    return pd.Series(duration_quantile(part["waited"], part["arrived"].notna()), DAYS)


def _judged(report: Report, frame: Any) -> Any:
    found = frame.assign(order_share=frame["orders"] / frame["orders"].sum(), paid_amount=frame["amount_fen"] / FEN)
    if not linked(report):
        return found.assign(**dict.fromkeys(RATES, float("nan")), refund_judged=None)
    rate, overall = frame["refunded"] / frame["orders"], frame["refunded"].sum() / frame["orders"].sum()
    low, high = funnel_limits(frame["orders"], overall, report.threshold("funnel_level"))
    judged = pd.Series("within", frame.index).mask(rate > high, "above").mask(rate < low, "below")
    few = (frame["orders"] < report.threshold("few")) | frame["last"]
    return found.assign(
        refund_rate_orders=rate,
        lower=low,
        upper=high,
        refund_judged=judged.mask(few, "few"),
        refund_rate_amount=frame["back_fen"] / frame["amount_fen"],
    )
