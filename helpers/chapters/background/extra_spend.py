"""What more spend on the days of promotions brought, beyond what these days would have brought anyway."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters.background import spend_days
from helpers.chapters.values import ranged
from helpers.findings import Answer, Label, Sentence, Value
from helpers.methods.intervals import Interval, ratio_interval
from helpers.report import Report, sentence, table

CLAIM = "1.3.2b"
KEY = "background.extra_spend"
TABLES = ("ads", "orders")
COSTS = ("orders", "after_sales", "costs")
LEVELS = {
    "spend_level": "label:spend_level",
    "days": "count",
    "spend_multiple": "multiple",
    "average_roi": "multiple",
    "net_return": "multiple",
    "low": "multiple",
    "high": "multiple",
}
UNBOUND = (-np.inf, np.inf)


def extra_spend(report: Report) -> Answer:
    """Sales per unit of money spent beyond the usual on promotion days, less what natural sales say would have come.

    The days of the last year; had nothing more been spent, sales of the ads would have risen as natural sales did. Table
    ``levels``: ordinary days, then promotion days by how many times the usual was spent. Promotions are the clusters.
    """
    days = spend_days.by_day(report)
    if not len(days):
        return report.gap(CLAIM, "missing_file", "QC-U")
    if days["natural"].isna().all():
        return report.gap(CLAIM, "missing_column", "ORD", column=Label("columns", "traffic"))
    busy = _busy(days)
    if not len(busy) or not busy["extra"].sum() > 0:
        return report.gap(CLAIM, "no_history" if not len(busy) else "not_applicable", "QC-U", "CAL")
    values = _values(report, days, busy)
    return report.finding(
        CLAIM,
        _headline(values),
        more=tuple(_more(values)),
        values=values,
        tables={"levels": table(_levels(report, days, busy), LEVELS, n=len(busy))},
        verdict=_verdict(values),
        action=sentence(f"{KEY}.act", net=values["net"]) if _verdict(values) == "fails" else None,
    )


def _busy(days: Any) -> Any:
    """Promotion days: ``extra`` money spent, and ``beyond`` what paid traffic paid beyond a growth like that of natural."""
    busy = days[days["event"].notna() & (days["usual_spend"] > 0) & (days["usual_natural"] > 0)]
    grown = busy["usual_by_ad"] * busy["natural"] / busy["usual_natural"]
    return busy.assign(extra=busy["spend"] - busy["usual_spend"], beyond=busy["by_ad"] - grown)


def net_return(busy: Any) -> Interval:
    """Sales beyond those of natural growth per unit of extra money, a promotion as a cluster."""
    events = busy.groupby("event")[["beyond", "extra"]].sum()
    if not events["extra"].sum() > 0:
        return Interval(*[np.nan] * 3)
    return ratio_interval(events["beyond"], events["extra"])


def _values(report: Report, days: Any, busy: Any) -> dict[str, Value]:
    calm, n = days[days["calm"]], len(busy)
    gross = (busy["by_ad"] - busy["usual_by_ad"]).sum() / busy["extra"].sum()
    found = {
        "promo": report.value("background.promo_roi", busy["gmv"].sum() / busy["spend"].sum(), CLAIM, ["ads"], n=n),
        "gross": report.value("background.extra_gross", gross, CLAIM, TABLES, n=n),
        "extra": report.money("background.extra_money", busy["extra"].sum(), CLAIM, ["ads"], n=n),
        "events": report.value("background.extra_events", busy["event"].nunique(), CLAIM, ["ads"], n=n),
        "net": ranged(report, "background.extra_return", net_return(busy), CLAIM, TABLES, n, ends=UNBOUND),
        "natural": report.value(
            "background.natural_lift", busy["natural"].sum() / busy["usual_natural"].sum() - 1, CLAIM, TABLES, n=n
        ),
        "break_even": report.value("background.extra_break_even", spend_days.break_even(report), CLAIM, COSTS),
    }
    if calm["spend"].sum() > 0:
        roi = calm["gmv"].sum() / calm["spend"].sum()
        found["normal"] = report.value("background.normal_roi", roi, CLAIM, ["ads"], n=len(calm))
    return found


def _levels(report: Report, days: Any, busy: Any) -> Any:
    """Ordinary days, and promotion days by the multiple of the usual spend, all together last."""
    calm = days[days["calm"] & (days["usual_spend"] > 0)]
    multiple = busy["spend"] / busy["usual_spend"]
    edges = [0, report.threshold("spend_step_low"), report.threshold("spend_step_high"), np.inf]
    level = pd.cut(multiple, edges, right=False, labels=["low", "middle", "high"])
    parts = {"calm": calm} | {name: busy[level == name] for name in ("low", "middle", "high")} | {"all": busy}
    rows = []
    for name, part in parts.items():
        if len(part):
            net = net_return(part) if name != "calm" else Interval(*[np.nan] * 3)
            row = {"spend_level": name, "days": len(part), "average_roi": part["gmv"].sum() / part["spend"].sum()}
            row |= {"spend_multiple": part["spend"].sum() / part["usual_spend"].sum(), "net_return": net.estimate}
            rows.append(row | {"low": net.low, "high": net.high})
    return pd.DataFrame(rows)[list(LEVELS)]


def _verdict(values: dict[str, Value]) -> str:
    """Whether the extra money pays: clear only where the whole interval lies on one side of break-even."""
    net, bar = values["net"], values["break_even"].value
    if bar is None:
        return ""
    if net.low is None or net.high is None:
        return "open"
    return "holds" if net.low > bar else "fails" if net.high < bar else "open"


def _headline(values: dict[str, Value]) -> Sentence:
    return sentence(f"{KEY}.{_verdict(values) or 'plain'}", net=values["net"], break_even=values["break_even"])


def _more(values: dict[str, Value]) -> list[Sentence]:
    said = [sentence(f"{KEY}.basis", **{name: values[name] for name in ("events", "extra", "net", "natural")})]
    if "normal" in values:
        said.append(sentence(f"{KEY}.average", **{name: values[name] for name in ("promo", "normal", "gross")}))
    return [*said, sentence(f"{KEY}.doubt")]
