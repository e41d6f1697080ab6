"""Whether natural traffic has stopped growing, and since when."""

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import daily, lines, values
from helpers.findings import Answer, Sentence, Value
from helpers.methods.bends import Bend, bend
from helpers.period import Period
from helpers.report import Report, sentence, table

CLAIM = "1.3.4a"
WEEK = "7D"
UNITS = {"day": "date", "natural_adjusted": "count", "low": "count", "high": "count"}


def natural_traffic(report: Report) -> Answer:
    """Growth of natural visits outside events, season taken out, the chance that it is not above 0, and when it bent.

    Natural are people who clicked a product in hours without a running campaign; where no file splits the hours, orders that
    the platform calls organic. Table ``days``: one row per week, visits a day with the season taken out and the band of
    their trend; ``calendar`` the promotions and holidays, which are left out, without names.
    """
    visits, orders = _visits(report), _orders(report)
    basis, series, files = ("visits", visits, ("channel_days",)) if len(visits) else ("orders", orders, ("orders",))
    if not len(series):
        return report.gap(CLAIM, "missing_file", "CDL")
    series, orders = _calm(report, series), _calm(report, orders)
    found = bend(series, report.threshold("level"))
    if found is None:
        return report.gap(CLAIM, "no_history", "CDL")
    check = bend(orders, report.threshold("level")) if basis == "visits" and len(orders) else None
    facts = _facts(report, found, check, files)
    return report.finding(
        CLAIM,
        sentence(f"background.natural_traffic.{_case(report, found)}", slope=facts["slope"], chance=facts["chance"]),
        more=_more(report, basis, found, facts, series),
        values=facts,
        tables={
            "days": table(_weeks(found), UNITS, n=len(found.days)),
            "calendar": table(_windows(report, found), {"name": "text", "start": "date", "end": "date"}),
        },
        verdict=values.by_chance(report, found.not_rising),
    )


def _span(report: Report) -> Period:
    """As many days as the trend is read from, as far as the data reach back."""
    days = int(report.threshold("natural_days"))
    return Period("range", max(report.seen.end - timedelta(days - 1), report.begins), report.seen.end)


def _visits(report: Report) -> Any:
    """People who clicked a product in hours without a campaign, per day of the file; empty where it does not split them."""
    rows = report.table("channel_days", _span(report))
    rows = rows[(rows["carrier"] == "all") & (rows["ad_window"] == "off")] if len(rows) else rows
    return rows.set_index("day")["click_users"].dropna().astype("float64").sort_index()


def _orders(report: Report) -> Any:
    """Orders per day that the platform calls organic; empty where it tells nothing."""
    rows = lines.paid(report, _span(report))
    rows = rows[rows["traffic"] == "organic"]
    return rows.groupby("day")["order_id"].nunique().astype("float64")


def _calm(report: Report, series: Any) -> Any:
    return series[~daily.touched(report, series.index).to_numpy()] if len(series) else series


def _case(report: Report, found: Bend) -> str:
    verdict = values.by_chance(report, found.not_rising)
    if verdict == "holds":
        return "falling" if found.high < 0 else "stalled"
    likely = found.not_rising >= report.threshold("likely")
    return "growing" if verdict == "fails" else "likely" if likely else "open"


def _facts(report: Report, found: Bend, check: Bend | None, files: tuple[str, ...]) -> dict[str, Value]:
    def born(name: str, value: float, n: int = len(found.days), tables: tuple[str, ...] = files, **ends: Any) -> Value:
        return report.value(f"background.natural_{name}", value, CLAIM, tables, n=n, period=_span(report), **ends)

    def slope(name: str, one: Bend, tables: tuple[str, ...]) -> Value:
        middle, low, high = (_monthly(report, part) for part in (one.slope, one.low, one.high))
        return born(name, middle, len(one.days), tables, low=low, high=high)

    made = {
        "slope": slope("slope", found, files),
        "chance": born("not_rising", found.not_rising),
        "bent": born("bent", found.bent),
        "before": born("slope_before", _monthly(report, found.before)),
    }
    return made if check is None else made | {"orders": slope("orders_slope", check, ("orders",))}


def _monthly(report: Report, slope: float) -> float:
    return float(np.expm1(slope * report.threshold("phase_growth_days")))


def _more(report: Report, basis: str, found: Bend, facts: dict[str, Value], series: Any) -> tuple[Sentence, ...]:
    key = "background.natural_traffic"
    said = []
    if found.bent >= report.threshold("likely"):
        slots = {name: f"{getattr(found, name):%Y-%m-%d}" for name in ("day", "first", "last")}
        side = "up" if found.slope > found.before else "down"
        said.append(
            sentence(f"{key}.bend_{side}", bent=facts["bent"], before=facts["before"], slope=facts["slope"], **slots)
        )
    season = "season" if found.seasonal else "no_season"
    said.append(sentence(f"{key}.{season}", slope=facts["slope"], chance=facts["chance"], days=len(series)))
    if "orders" in facts:
        said.append(sentence(f"{key}.check", orders=facts["orders"]))
    return (*said, sentence(f"{key}.basis_{basis}"))


def _weeks(found: Bend) -> Any:
    weeks = found.days.resample(WEEK).mean().dropna().rename_axis("day").reset_index()
    return weeks.rename(columns={"adjusted": "natural_adjusted"})[list(UNITS)]


def _windows(report: Report, found: Bend) -> Any:
    first, last = found.days.index[0], found.days.index[-1]
    rows = daily.events(report, first, last)
    ends = {"start": rows["start"].clip(lower=first), "end": rows["end"].clip(upper=last)}
    return pd.DataFrame({"name": "", **ends})  # years of names would cover each other
