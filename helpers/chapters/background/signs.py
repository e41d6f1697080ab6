"""What the phase of a shop is read from: volume, growth, a break, natural share and spend share."""

from datetime import timedelta
from typing import Any, NamedTuple

import numpy as np

from helpers.chapters import daily, lines, promoted
from helpers.methods.changes import slope_break, trend
from helpers.methods.intervals import Interval, mean_interval, ratio_interval
from helpers.period import Period
from helpers.report import Report


class Signs(NamedTuple):
    """Ordinary days, orders a day, growth with its ends, growth on the year, a break, natural share and spend share."""

    days: int
    volume: float
    growth: float
    low: float
    high: float
    year: Any
    broke: Any
    organic: Any
    spend: Any


def read(report: Report) -> Signs:
    """The signs of the days up to the last one seen; half a year of them must be in the data."""
    rows, span = lines.paid(report, _known(report)), last(report, "phase_days")
    calm = _calm(report, rows, span)
    mean, scale = float(calm.mean()), report.threshold("phase_growth_days")
    slope = trend(calm, report.threshold("level"))
    growth, low, high = (end * scale / mean if mean else np.nan for end in (slope.slope, slope.low, slope.high))
    found = slope_break(_calm(report, rows, _history(report)))
    volume = lines.within(rows, span)["order_id"].nunique() / span.days
    organic, spend = _shares(report, rows, _organic), _shares(report, rows, _spend)
    year = _on_the_year(report, rows, calm)
    broke = found if found and found.found else None
    return Signs(int(calm.notna().sum()), volume, growth, low, high, year, broke, organic, spend)


def last(report: Report, threshold: str, back: int = 0) -> Period:
    """So many days up to the last one seen, or as many before those."""
    count = int(report.threshold(threshold))
    end = report.seen.end - timedelta(back * count)
    return Period("range", end - timedelta(count - 1), end)


def _known(report: Report) -> Period:
    """All days that any sign needs: a year and a half, as far as the data reach back."""
    start = last(report, "phase_break_days").start - timedelta(last(report, "phase_days").days)
    return Period("range", max(start, report.begins), report.seen.end)


def _calm(report: Report, rows: Any, span: Period) -> Any:
    """What was paid on each ordinary day, empty where an event touched the day."""
    paid = daily.per_day(rows, span)
    return paid.where(~daily.touched(report, paid.index))


def _history(report: Report) -> Period:
    """The days in which a break is looked for: a year where the data reach back so far."""
    year, first = last(report, "phase_break_days"), report.begins
    return Period("range", max(year.start, first), year.end)


def _on_the_year(report: Report, rows: Any, calm: Any) -> Any:
    """Change of the mean ordinary day on the same half year before, with interval; None where the data begin later."""
    year = timedelta(int(report.threshold("phase_break_days")))
    span = Period("range", calm.index[0].date() - year, calm.index[-1].date() - year)
    if report.begins > span.start:
        return None
    then = mean_interval(_calm(report, rows, span).dropna(), report.threshold("level"))
    now = mean_interval(calm.dropna(), report.threshold("level"))
    if not (then.estimate > 0 and now.estimate > 0):
        return None
    ratio = now.estimate / then.estimate
    far = [(one.high - one.estimate) / one.estimate for one in (now, then)]
    reach = ratio * float(np.hypot(far[0], far[1]))
    return Interval(ratio - 1, ratio - 1 - reach, ratio - 1 + reach)


def _shares(report: Report, rows: Any, share: Any) -> Any:
    """A share of the last quarter and of the one before, each with interval; None where no file tells."""
    pair = [share(report, rows, last(report, "phase_share_days", back)) for back in (1, 0)]
    return None if pair[1] is None else pair


def _organic(report: Report, rows: Any, span: Period) -> Any:
    """Natural share of the money paid, of orders whose traffic is known; days are the clusters."""
    rows = lines.within(rows, span)
    rows = rows[rows["traffic"].isin(["ad", "organic"])]
    if not len(rows):
        return None
    total = rows.groupby("day")["payable_fen"].sum()
    organic = rows[rows["traffic"] == "organic"].groupby("day")["payable_fen"].sum().reindex(total.index, fill_value=0)
    return ratio_interval(organic, total, report.threshold("level"))


def _spend(report: Report, rows: Any, span: Period) -> Any:
    """Advertising spend over money paid; days are the clusters."""
    ads, known = promoted.spent(report, span), report.every("ads")
    if not len(ads):
        return None
    days = known.loc[known["level"].isin(ads["level"].unique()), "day"]
    if days.min().date() > span.start or days.max().date() < span.end:
        return None  # a file that begins in between would look like a rise
    paid = daily.per_day(rows, span)
    spend = ads.groupby("day")["spend_fen"].sum().reindex(paid.index, fill_value=0)
    return ratio_interval(spend, paid, report.threshold("level")) if paid.any() else None
