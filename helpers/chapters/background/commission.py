"""Stepped commission tried on past sales: what it would have paid out, and how much more a talent has to sell for it."""

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters.background import deals
from helpers.findings import Answer, Label, Sentence, Slot, Value
from helpers.methods.intervals import Interval, ratio_interval
from helpers.report import FEN, Report, sentence, table

CLAIM = "1.2.4c"
FILES = ("alliance_orders", "target_steps", "costs")
STEP = "commission_step"
EVERYBODY = "全部"
UNITS = {
    "step_from": "money", "step_rate": "ratio", "talent_months": "count", "net_sales": "money", "paid_now": "money",
    "paid_stepped": "money", "step_left": "money", "growth_needed": "ratio",
}  # fmt: skip


def stepped_commission(report: Report) -> Answer:
    """What the steps of the contract would have paid on past months, against what was paid, and each step's break-even.

    Months count whose refunds are in; talents with a guaranteed return have their own terms and are left out. The rate of
    the step that a talent's net sales of a month reach is taken for all of them; value ``excess`` is the pay-out where a
    rate holds only for what lies above its step. Table ``steps``: one row per step, months by the step they reached;
    ``growth_needed`` is how much more must be sold than at the rate before for the same contribution.
    """
    if not len(report.every("alliance_orders")):
        return report.gap(CLAIM, "missing_file", "ALO", what=Label("gap_what", "commission"))
    steps = _steps(report)
    if len(steps) < 2:
        return report.gap(CLAIM, "no_target", "TGT", what=Label("gap_what", "steps"))
    rows = _rows(report)
    months = _months(rows, steps)
    if not len(months):
        days = int(report.threshold("refund_full_days"))
        return report.gap(CLAIM, "not_mature", "ALO", "AFS", days=days)
    margin = _margin(report, rows)
    values = _values(report, months, steps, margin)
    return report.finding(
        CLAIM,
        _headline(report, values),
        more=_more(values, months, margin),
        values=values,
        tables={"steps": _table(months, steps, margin)},
        gaps=() if margin else (report.gap(CLAIM, "no_cost", "CST", what=Label("gap_what", "break_even")),),
    )


def _steps(report: Report) -> Any:
    """The steps that hold at the end of the period: where each begins (fen) and its rate, lowest first."""
    rows = report.every("target_steps")
    if not len(rows):
        return rows
    valid = rows[(rows["metric"] == STEP) & (rows["scope"] == EVERYBODY)].sort_values("valid_from")
    valid = valid[(valid["valid_from"] <= pd.Timestamp(report.seen.end)) & valid["amount"].notna()]
    last = valid.groupby("at_least")["amount"].last().sort_index()
    return pd.DataFrame({"start": last.index * FEN, "rate": last.to_numpy()})


def _rows(report: Report) -> Any:
    """Alliance orders of whole months whose refunds are in, without talents that have a contract of their own."""
    rows = deals.sold(report)
    rows = rows[~rows["talent_name"].isin([deal.talent for deal in deals.deals(report)]) & rows["talent_id"].notna()]
    if not len(rows):
        return rows
    until = pd.Timestamp(report.covered - timedelta(int(report.threshold("refund_full_days"))))
    month = rows["day"].dt.to_period("M")
    return rows.assign(month=month)[(month.dt.end_time <= until + pd.Timedelta(days=1)).to_numpy()]


def _months(rows: Any, steps: Any) -> Any:
    """One row per talent and month: net sales, what was paid, the step reached, pay-out under both rules; in fen."""
    if not len(rows):
        return rows
    by = rows.groupby(["talent_id", "month"]).agg(
        net=("net_fen", "sum"), paid=("pay_fen", "sum"), lines=("net_fen", "size")
    )
    by = by[by["net"] > 0].reset_index()
    by["step"] = np.searchsorted(steps["start"].to_numpy(), by["net"].to_numpy(), side="right") - 1
    by = by[by["step"] >= 0]
    by["whole"] = by["net"] * steps["rate"].to_numpy()[by["step"]]
    starts, rates = steps["start"].to_numpy(), steps["rate"].to_numpy()
    inside = np.clip(by["net"].to_numpy()[:, None] - starts, 0, np.append(np.diff(starts), np.inf))
    return by.assign(excess=inside @ rates)


def _margin(report: Report, rows: Any) -> Interval | None:
    """What a yuan of net sales leaves before commission, talents' months as clusters; None where costs are not known."""
    left = deals.left(report, rows)
    known = rows.assign(left=left)[left.notna()]
    if not len(known) or known["net_fen"].sum() < report.threshold("cost_known") * rows["net_fen"].sum():
        return None
    by = known.groupby(["talent_id", "month"])[["left", "net_fen"]].sum()
    return ratio_interval(by["left"], by["net_fen"])


def growth_needed(margin: float, before: float, rate: float) -> float:
    """How much more must be sold at the new rate for the contribution of the old one; infinite where it never pays."""
    return (margin - before) / (margin - rate) - 1 if margin > rate else np.inf


def _values(report: Report, months: Any, steps: Any, margin: Interval | None) -> dict[str, Value]:
    n = int(months["lines"].sum())
    made = {
        name: report.money(f"background.commission_{name}", float(months[column].sum()), CLAIM, FILES, n=n)
        for name, column in (("now", "paid"), ("stepped", "whole"), ("excess", "excess"))
    }
    extra = float((months["whole"] - months["paid"]).sum())
    made["extra"] = report.money("background.commission_extra", extra, CLAIM, FILES, n=n)
    made["months"] = report.value("background.commission_months", len(months), CLAIM, FILES, n=n)
    if margin is None:
        return made
    low, high = _known(margin.low), _known(margin.high)
    made["margin"] = report.value(
        "background.commission_margin", margin.estimate, CLAIM, FILES, n=n, low=low, high=high
    )
    before, rate = (float(steps["rate"].iloc[at]) for at in (-2, -1))
    need = growth_needed(margin.estimate, before, rate)
    if np.isfinite(need):
        low, high = (_known(growth_needed(end, before, rate)) for end in (margin.high, margin.low))
        made["growth"] = report.value("background.commission_growth", need, CLAIM, FILES, n=n, low=low, high=high)
    made["top"] = report.value("background.commission_top", rate, CLAIM, ["target_steps"])
    return made


def _known(number: float) -> float | None:
    return number if np.isfinite(number) else None


def _table(months: Any, steps: Any, margin: Interval | None) -> Any:
    by = months.groupby("step").agg(
        talent_months=("net", "size"), net_sales=("net", "sum"), paid_now=("paid", "sum"), paid_stepped=("whole", "sum")
    )
    frame = by.reindex(range(len(steps)), fill_value=0)
    frame = frame.assign(step_from=steps["start"].to_numpy(), step_rate=steps["rate"].to_numpy(), growth_needed=np.nan)
    if margin is not None:
        frame["step_left"] = frame["net_sales"] * margin.estimate - frame["paid_stepped"]
        pairs = zip(steps["rate"].iloc[:-1], steps["rate"].iloc[1:], strict=True)
        need = [np.nan, *(growth_needed(margin.estimate, before, rate) for before, rate in pairs)]
        frame["growth_needed"] = np.where(np.isfinite(need), need, np.nan)
    money = [name for name, unit in UNITS.items() if unit == "money" and name in frame]
    shown = deals.yuan(frame, *money)
    units = {name: unit for name, unit in UNITS.items() if name in shown and shown[name].notna().any()}
    return table(shown[list(units)].reset_index(drop=True), units, n=int(months["lines"].sum()))


def _headline(report: Report, values: dict[str, Value]) -> Sentence:
    extra = float(values["extra"].value or 0)
    dust = report.threshold("commission_dust") * float(values["now"].value or 0)
    case = "same" if abs(extra) <= dust else "more" if extra > 0 else "less"
    slots: dict[str, Slot] = {"extra": values["extra"], "months": values["months"]}
    if "growth" in values:
        slots["growth"] = values["growth"]
    return sentence(f"talents.stepped_commission.{case}", **slots)


def _more(values: dict[str, Value], months: Any, margin: Interval | None) -> tuple[Sentence, ...]:
    said = [
        sentence("talents.stepped_commission.paid", **{name: values[name] for name in ("now", "stepped", "excess")})
    ]
    if "growth" in values:
        slots = {name: values[name] for name in ("margin", "top", "growth")}
        said.append(sentence("talents.stepped_commission.growth", **slots))
    elif margin is not None:
        slots = {name: values[name] for name in ("margin", "top")}
        said.append(sentence("talents.stepped_commission.never", **slots))
    talents = int(months["talent_id"].nunique())
    said.append(sentence("talents.stepped_commission.basis", talents=talents, months=values["months"]))
    return tuple(said)
