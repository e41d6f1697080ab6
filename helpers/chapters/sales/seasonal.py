"""When goods are in season: sales of each category by month of the year, beside what all categories share."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import lines
from helpers.chapters.sales import basis
from helpers.methods.seasons import group_season
from helpers.period import Period
from helpers.report import Report

MONTHS = list(range(1, 13))
FEWEST_GROUPS = 3  # categories, below which what they share cannot be told from a season


def sold_by_month(report: Report) -> Any:
    """One row per product and full month of the last years: units, days on sale (as of an ordinary month), category.

    What all categories share (promotions, growth) is divided out of the days, by the median of their months.
    """
    months = _full_months(report)
    if not len(months):
        return pd.DataFrame()
    span = Period("range", months[0].start_time.date(), months[-1].end_time.date())
    rows = lines.products(lines.paid(report, span))
    rows = rows.assign(category=basis.categories(report, rows)).dropna(subset=["product_id", "category"])
    if not len(rows):
        return pd.DataFrame()
    units = rows.groupby(["product_id", rows["day"].dt.to_period("M")])["quantity"].sum().unstack(fill_value=0)
    units = units.reindex(columns=months, fill_value=0)
    first, last = rows.groupby("product_id")["day"].min(), rows.groupby("product_id")["day"].max()
    days = pd.DataFrame({month: _overlap(first, last, month) for month in months})
    frame = pd.DataFrame({"units": units.stack(), "days": days.reindex(units.index)[months].stack()}).reset_index()
    frame.columns = ["product_id", "month", "units", "days"]
    frame["category"] = frame["product_id"].map(rows.groupby("product_id")["category"].first())
    by = frame.groupby(["category", "month"])["units"].sum().unstack()
    if len(by) >= FEWEST_GROUPS:
        common = by.div(by.mean(axis=1).replace(0, np.nan), axis=0).median()
        frame["days"] *= frame["month"].map(common).fillna(0)
    return frame.astype({"units": float, "days": float})


def _full_months(report: Report) -> Any:
    """The last full months up to the end of the period: one to three whole years of them, none with less than a year."""
    after = pd.Timestamp(report.seen.end) + pd.Timedelta(days=1)
    last = after.to_period("M") - 1
    first = (pd.Timestamp(report.begins) + pd.offsets.MonthBegin(0)).to_period("M")
    years = min(((last - first).n + 1) // len(MONTHS), int(report.threshold("season_years")))
    return (
        pd.period_range(last - years * len(MONTHS) + 1, last, freq="M") if years > 0 else pd.PeriodIndex([], freq="M")
    )


def _overlap(first: Any, last: Any, month: Any) -> Any:
    """Days of the month between a product's first and last sale."""
    start, stop = (moment.normalize().to_datetime64() for moment in (month.start_time, month.end_time))
    length = np.minimum(last.to_numpy(), stop) - np.maximum(first.to_numpy(), start)
    return pd.Series(np.maximum(length // np.timedelta64(1, "D") + 1, 0), index=first.index)


def by_month(rows: Any) -> tuple[Any, Any]:
    """Units and days of products by month of the year, years added up."""
    by = rows.groupby(["product_id", rows["month"].dt.month])[["units", "days"]].sum()
    units, days = (
        by[name].unstack(fill_value=0.0).reindex(columns=MONTHS, fill_value=0.0) for name in ("units", "days")
    )
    return units, days


def seasons(report: Report, sold: Any) -> Any:
    """One row per category and month of the year: index with interval, whether it is season, and its next start."""
    found = []
    for category, rows in sold.groupby("category"):
        units, days = by_month(rows)
        level = report.threshold("level")
        season = (
            group_season(units, days, level).rename(columns={"index": "factor"}).assign(category=category, month=MONTHS)
        )
        strict = group_season(units, days, 1 - (1 - level) / len(MONTHS))["low"]  # twelve months are asked at once
        season["busy"] = (season["factor"] >= report.threshold("season_index")) & (strict > 1)
        begins = season["busy"] & ~np.roll(season["busy"], 1)
        season["starts"] = [
            _next(report, month) if first else pd.NaT for month, first in zip(MONTHS, begins, strict=True)
        ]
        found.append(season)
    return pd.concat(found, ignore_index=True)


def _next(report: Report, month: int) -> Any:
    """The first day of the month that lies after the period."""
    end = pd.Timestamp(report.seen.end)
    here = pd.Timestamp(end.year, month, 1)
    return here if here > end else pd.Timestamp(end.year + 1, month, 1)
