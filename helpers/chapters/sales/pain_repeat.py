"""Whether buyers who were refunded for a pain came back less often."""

from datetime import timedelta
from typing import Any

import pandas as pd

from helpers.chapters import lines
from helpers.chapters.sales import basis
from helpers.findings import Sentence
from helpers.methods.intervals import clustered_ratio
from helpers.methods.ratios import ratio_difference
from helpers.period import Period
from helpers.report import Report, sentence


def after_refund(report: Report, span: Period, claim: str, groups: tuple[str, ...]) -> list[Sentence]:
    """Whether buyers with such a refund came back less often; not counted as money, for they may differ anyway."""
    days = int(report.threshold("pain_repeat_days"))
    own = report.every("members")
    last = pd.Timestamp(report.seen.end - timedelta(days))
    if not len(own):
        return []
    own = own.dropna(subset=["buyer_key", "paid_at"]).sort_values("paid_at")
    wait = own.groupby("buyer_key")["paid_at"].shift(-1) - own["paid_at"]
    own = own.assign(again=wait <= pd.Timedelta(days=days))
    start = pd.Timestamp(span.start) - pd.Timedelta(days=days)
    own = own[(own["paid_at"] >= start) & (own["paid_at"] < last)]
    events = lines.succeeded(report)
    events = events[
        (events["kind"] != "refund_unshipped") & events["reason"].map(basis.reason_group(report)).isin(groups)
    ]
    hurt = own["order_id"].isin(events["order_id"])
    with_pain, without = _clustered(own[hurt]), _clustered(own[~hurt])
    test = ratio_difference(with_pain, without, report.threshold("level"))
    if hurt.sum() < report.threshold("few") or pd.isna(test.low):
        return []
    case = "repeat_less" if test.high < 0 else "repeat_alike" if test.low <= 0 else "repeat_more"
    made = [
        report.value(
            f"sales.repeat_after_refund/with={name}", side.estimate, claim, ["members", "after_sales"], n=count
        )
        for name, side, count in zip(
            ("pain", "none"), (with_pain, without), (int(hurt.sum()), int((~hurt).sum())), strict=True
        )
    ]
    return [sentence(f"sales.pain_costs.{case}", days=days, hurt=made[0], others=made[1])]


def _clustered(rows: Any) -> Any:
    buyers = rows.groupby("buyer_key")["again"].agg(["sum", "size"])
    return clustered_ratio(buyers["sum"], buyers["size"])
