"""How far a day's ad spend went beyond normal, against the limit, and what each further multiple returned."""

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import daily, promoted
from helpers.chapters.background import spend_days
from helpers.findings import Answer, Gap, Sentence, Value
from helpers.methods.quantiles import quantile_interval
from helpers.period import Period
from helpers.report import FEN, Report, sentence, table

CLAIM = "1.3.2c"
KEY = "background.day_budget"
TARGET = "budget_multiple"
STEPS = {
    "multiple_step": "count",
    "days": "count",
    "spend_per_day": "money",
    "average_roi": "multiple",
    "step_return": "multiple",
}


def day_budget(report: Report) -> Answer:
    """Spend of each day in multiples of normal: the median of the same weekday outside promotions, holidays and own events.

    Tables: ``days`` one row per day of the period with its multiple; ``multiple_steps`` one row per whole multiple of the last
    year: days, spend, average ROI, and what each further yuan returned against the step below.
    """
    spent, source = _spent(report)
    if spent is None:
        return report.gap(CLAIM, "missing_file", "QC-U", "QC-F")
    frame = _multiples(report, spent)
    if not frame["spend_multiple"].notna().any():
        return report.gap(CLAIM, "no_history", "QC-U")
    values = _values(report, frame, spent, source)
    verdict = _verdict(values)
    steps = _steps(report)
    slots = {name: values[name] for name in ("top", "limit", "over") if name in values}
    return report.finding(
        CLAIM,
        sentence(f"{KEY}.{verdict or 'plain'}", day=_top(frame), **slots),
        more=tuple(_more(values, frame, steps)),
        values=values,
        tables={
            "days": table(frame[["day", "spend_multiple"]], {"day": "date", "spend_multiple": "multiple"}),
            "multiple_steps": table(steps, STEPS),
        },
        verdict=verdict,
        gaps=_gaps(report, source),
    )


def _spent(report: Report) -> tuple[Any, str]:
    """Spend per day in fen from some weeks before the period to its end, and the table; None without any."""
    reach = timedelta(int(report.threshold("spend_normal_days")))
    span = Period("range", report.seen.start - reach, report.seen.end)
    rows, source = promoted.spent(report, span), "ads"
    if not len(rows):
        rows, source = report.table("ad_cash", span), "ad_cash"
    if not len(rows) or not rows["spend_fen"].sum() > 0:
        return None, source
    sums = rows.groupby("day")["spend_fen"].sum()
    return sums.reindex(pd.date_range(sums.index.min(), sums.index.max()), fill_value=0).astype("float64"), source


def _multiples(report: Report, spent: Any) -> Any:
    """One row per day of the period: spend, normal spend with the interval of that median, and their ratio."""
    calm = spent[~daily.touched(report, spent.index)]
    fewest, normal = report.threshold("spend_usual_fewest"), {}
    for weekday, values in calm.groupby(calm.index.day_of_week):
        if len(values) >= fewest:
            normal[weekday] = quantile_interval(values, 0.5)
    here = spent[spent.index >= pd.Timestamp(report.seen.start)]
    ends = pd.DataFrame(
        [normal.get(day, (np.nan,) * 3) for day in here.index.day_of_week], columns=["usual", "least", "most"]
    )
    found = ends.where(ends > 0).assign(day=here.index, spend=here.to_numpy())
    return found.assign(
        spend_multiple=found["spend"] / found["usual"],
        low=found["spend"] / found["most"],
        high=found["spend"] / found["least"],
    )


def _top(frame: Any) -> str:
    return f"{frame.loc[frame['spend_multiple'].idxmax(), 'day']:%Y-%m-%d}"


def _values(report: Report, frame: Any, spent: Any, source: str) -> dict[str, Value]:
    top, n = frame.loc[frame["spend_multiple"].idxmax()], int(frame["spend_multiple"].notna().sum())
    found = {
        "top": report.value(
            "background.day_multiple", top["spend_multiple"], CLAIM, [source], n=n, low=top["low"], high=top["high"]
        ),
        "spend": report.money("background.day_spend", top["spend"], CLAIM, [source], n=1),
        "usual": report.money("background.day_usual", top["usual"], CLAIM, [source], n=len(spent)),
        "mean": report.value(
            "background.day_multiple_mean", top["spend"] / spent.mean(), CLAIM, [source], n=len(spent)
        ),
    }
    limit = report.target(TARGET)
    if limit:
        over = int((frame["spend_multiple"] > limit).sum())
        found["limit"] = report.value("background.day_multiple/base=target", limit, CLAIM, ["targets"])
        found["over"] = report.value("background.days_over", over, CLAIM, [source], n=n)
    year = _year(report)
    if len(year):
        multiple = (year["spend"] / year["usual_spend"]).astype("float64")
        found["year"] = report.value("background.day_multiple_year", multiple.max(), CLAIM, [source], n=len(year))
        if limit:
            id, count = "background.days_over_year", int((multiple > limit).sum())
            found["year_over"] = report.value(id, count, CLAIM, [source], n=len(year))
    cash = report.table("ad_cash") if source == "ads" else frame.head(0)
    if len(cash) and cash["cash_spend_fen"].notna().any():
        paid = float(cash.loc[cash["day"] == top["day"], "cash_spend_fen"].sum())
        found["cash"] = report.money("background.day_cash", paid, CLAIM, ["ad_cash"], n=1)
    return found


def _verdict(values: dict[str, Value]) -> str:
    """Whether the greatest day kept the limit; open where the doubt about what is normal decides."""
    if "limit" not in values:
        return ""
    top, limit = values["top"], float(values["limit"].value or 0)
    if top.low is None or top.high is None:
        return "open"
    return "holds" if top.high <= limit else "fails" if top.low > limit else "open"


def _year(report: Report) -> Any:
    """Days of the last year with spend and a usual spend."""
    days = spend_days.by_day(report)
    return days[(days["usual_spend"] > 0) & (days["spend"] > 0)] if len(days) else days


def _steps(report: Report) -> Any:
    """One row per whole multiple of the usual spend, in units of a usual day, and the return of each step up."""
    days = _year(report)
    if not len(days):
        return pd.DataFrame(columns=list(STEPS))
    step = (days["spend"] / days["usual_spend"]).round().clip(lower=1)
    sums = days.groupby(step)[["spend", "gmv", "usual_spend"]].sum().assign(days=step.value_counts())
    paid, sold = sums["spend"] / sums["usual_spend"], sums["gmv"] / sums["usual_spend"]
    found = pd.DataFrame({"days": sums["days"], "spend_per_day": sums["spend"] / sums["days"] / FEN})
    found["average_roi"], found["step_return"] = sums["gmv"] / sums["spend"], sold.diff() / paid.diff()
    return found.rename_axis("multiple_step").reset_index()[list(STEPS)]


def _more(values: dict[str, Value], frame: Any, steps: Any) -> list[Sentence]:
    said = [
        sentence(f"{KEY}.basis", day=_top(frame), **{name: values[name] for name in ("spend", "usual", "top", "mean")})
    ]
    if "year" in values:
        slots = {name: values[name] for name in ("year", "year_over", "limit") if name in values}
        said.append(sentence(f"{KEY}.year", **slots))
    if "cash" in values:
        said.append(sentence(f"{KEY}.cash", cash=values["cash"]))
    return [*said, sentence(f"{KEY}.steps")] if len(steps) > 1 else said


def _gaps(report: Report, source: str) -> tuple[Gap, ...]:
    """Cash flow tells spend but not what it brought."""
    return (report.gap(CLAIM, "missing_file", "QC-U"),) if source == "ad_cash" else ()
