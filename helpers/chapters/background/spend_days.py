"""Ad spend and sales day by day, beside what days like these bring without a promotion."""

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import daily, lines, mature, promoted
from helpers.period import Period
from helpers.report import Report

FLOWS = ("spend", "gmv", "by_ad", "natural")


def by_day(report: Report) -> Any:
    """One row per day of the last year up to the end of the period; empty without ad spend.

    Columns in fen: ``spend``, ``gmv`` (as the ads count), ``by_ad`` and ``natural`` (what orders from paid and natural
    traffic paid; NaN where the orders do not tell), and each as ``usual_…``: the mean of the untouched days with the same
    weekday around, NaN where too few. ``calm``: no event touched the day; ``event``: start of its promotion.
    """
    return report.once("spend days", lambda: _by_day(report))


def break_even(report: Report) -> float:
    """Sales that a unit of money must bring to pay for itself; NaN without known costs."""
    share, after = mature.kept_share(report)
    return 1 / share if after == "contribution" and share > 0 else np.nan


def _by_day(report: Report) -> Any:
    reach = timedelta(int(report.threshold("spend_year_days")) - 1)
    rows = promoted.spent(report, Period("range", report.seen.end - reach, report.seen.end))
    if not len(rows) or not rows["spend_fen"].sum() > 0:
        return pd.DataFrame(columns=[*FLOWS, *(f"usual_{flow}" for flow in FLOWS), "calm", "event"])
    days = pd.date_range(rows["day"].min(), rows["day"].max())
    sums = rows.groupby("day")[["spend_fen", "gmv_fen"]].sum().reindex(days, fill_value=0).astype("float64")
    found = sums.set_axis(["spend", "gmv"], axis=1).join(_traffic(report, days))
    found["calm"] = ~daily.touched(report, days)
    near = np.abs(np.subtract.outer(np.arange(len(days)), np.arange(len(days)))) <= report.threshold(
        "event_window_days"
    )
    alike = near & np.equal.outer(days.day_of_week, days.day_of_week) & found["calm"].to_numpy()
    enough = alike.sum(axis=1) >= report.threshold("spend_usual_fewest")
    for flow in FLOWS:
        usual = alike @ found[flow].to_numpy() / np.maximum(alike.sum(axis=1), 1)
        found[f"usual_{flow}"] = np.where(enough, usual, np.nan)
    return found.assign(event=_events(report, days))


def _traffic(report: Report, days: Any) -> Any:
    """What orders from paid and from natural traffic paid on each day: one definition, so that both can be compared."""
    rows = lines.paid(report, Period("range", days[0].date(), days[-1].date()))
    if not len(rows) or not rows["traffic"].notna().any():
        return pd.DataFrame(np.nan, index=days, columns=["by_ad", "natural"])
    paid = rows.pivot_table(index="day", columns="traffic", values="payable_fen", aggfunc="sum")
    paid = paid.reindex(index=days, columns=["ad", "organic"]).fillna(0).astype("float64")
    return paid.set_axis(["by_ad", "natural"], axis=1)


def _events(report: Report, days: Any) -> Any:
    found = pd.Series(pd.NaT, index=days)
    for row in daily.events(report, days[0], days[-1]).itertuples():
        if row.kind in daily.PROMOTIONS:
            found[(days >= row.start) & (days <= row.end)] = row.start
    return found
