"""Is the growth target within reach: own growth with promotions and holidays taken out, and what it adds up to."""

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import daily
from helpers.findings import Answer, Sentence, Slot, Value
from helpers.methods.events import baseline
from helpers.methods.forecast import FEWEST_CHANGES, Chance, growth_probability, weekday_weights
from helpers.period import Period, month_of
from helpers.report import FEN, Report, sentence, table

CLAIM = "6.2.1f"
FILES = ("orders",)
YEAR = 12
UNITS = {
    "month": "date",
    "paid_per_day": "money",
    "month_growth": "ratio",
    "level_growth": "ratio",
    "expected": "money",
    "low": "money",
    "high": "money",
    "target": "money",
}


def growth(report: Report) -> Answer:
    """Probability that the next month grows by the target, by daily mean, from the shop's own months (6.2.1f).

    Growth of the level outside promotions and holidays is carried on; what the next month's calendar multiplies it by
    is what the same events did before. Tables: ``months`` one row per complete month and one for the next, with its range
    and bar.
    """
    bar = report.target("mom_growth")
    if bar is None:
        return report.gap(CLAIM, "no_target", "TGT")
    paid = _paid(report)
    count = 0 if paid is None else len(_by_month(paid))
    if paid is None or count <= FEWEST_CHANGES or not (_by_month(paid) > 0).all():
        return report.gap(CLAIM, "no_history", "ORD", have=count, need=FEWEST_CHANGES + 1)
    means, season = _by_month(paid), _season(report, paid)
    chance = growth_probability(means, bar, season, report.threshold("tier_level"))
    values = _facts(report, paid, means, bar, chance)
    return report.finding(
        CLAIM,
        _headline(report, means, values),
        more=tuple(_more(report, values)),
        values=values,
        tables={"months": table(_months(means, season, bar, chance), UNITS, n=len(means))},
        verdict=_verdict(report, chance),
    )


def _paid(report: Report) -> Any:
    """Fen per day over the last complete months that are seen; None where there is none."""
    first, last = report.begins, report.seen.end
    start = month_of(first) if month_of(first).start == first else month_of(month_of(first).end + timedelta(1))
    end = month_of(last) if month_of(last).end == last else month_of(last).previous()
    wanted = end.back(int(report.threshold("growth_months")))[0]
    begin = max(start.start, wanted.start)
    return None if begin > end.end else daily.paid_per_day(report, Period("range", begin, end.end))


def _by_month(paid: Any) -> Any:
    return paid.groupby(paid.index.to_period("M")).mean()


def _season(report: Report, paid: Any) -> Any:
    """What promotions and holidays multiplied each month by, and what they will multiply the next one by."""
    reach = pd.Timedelta(days=report.threshold("event_window_days"))
    busy = daily.touched(report, paid.index)
    lift = pd.Series(1.0, index=paid.index)
    for month in _by_month(paid).index:
        around = paid[month.start_time - reach : month.end_time + reach]
        usual = pd.Series(baseline(around, around.index.day_of_week, busy[around.index]), index=around.index)
        inside = around.index[(around.index.to_period("M") == month) & busy[around.index] & (usual > 0)]
        lift[inside] = paid[inside] / usual[inside]
    ahead = _next(paid)
    weights, _ = daily.weights(report, paid, pd.date_range(ahead.start, ahead.end))
    week = weekday_weights(paid, paid.index.day_of_week, busy)
    factors = _by_month(lift * week[paid.index.day_of_week])
    return np.append(factors.where(factors > 0, 1.0), weights.mean())


def _next(paid: Any) -> Period:
    return month_of(paid.index[-1].date() + timedelta(1))


def _facts(report: Report, paid: Any, means: Any, bar: float, chance: Chance) -> dict[str, Value]:
    ahead, past = _next(paid), Period("range", paid.index[0].date(), paid.index[-1].date())
    changes = means.pct_change().dropna()
    more: dict[str, Any] = {"n": len(means), "period": past}

    def born(name: str, value: float, **rest: Any) -> Value:
        return report.value(f"planning.{name}", value, CLAIM, FILES, **(more | rest))

    found = {
        "target": report.value("planning.growth_target", bar, CLAIM, ["targets"]),
        "chance": born(f"growth_probability/month={ahead}", chance.probability),
        "expected": born(f"growth_expected/month={ahead}", chance.median, low=chance.low, high=chance.high),
        "times": born("growth_times", int((changes >= bar).sum()), n=len(changes)),
        "year": report.value("planning.growth_year", (1 + bar) ** YEAR, CLAIM, ["targets"]),
        "need": report.money(
            f"planning.growth_need/month={ahead}", means.iloc[-1] * (1 + bar) * ahead.days, CLAIM, FILES, **more
        ),
    }
    for month, change in changes.items():
        days = month_of(month.start_time.date())
        found[f"growth.{month}"] = report.value(f"planning.growth/month={month}", change, CLAIM, FILES, period=days)
    year = f"growth.{ahead.year_ago()}"
    return found | ({"year_ago": found[year]} if year in found else {})


def _months(means: Any, season: Any, bar: float, chance: Chance) -> Any:
    """Yuan per day and month; range and bar start from the last month, so that the chart joins on."""
    last = float(means.iloc[-1]) / FEN
    months = [*means.index, means.index[-1] + 1]
    frame = pd.DataFrame({"month": [f"{month}" for month in months]})
    frame["paid_per_day"] = [*(means / FEN), np.nan]
    frame["month_growth"] = frame["paid_per_day"].pct_change(fill_method=None)
    frame["level_growth"] = (frame["paid_per_day"] / season).pct_change(fill_method=None)
    ends = {"expected": chance.median, "low": chance.low, "high": chance.high, "target": bar}
    for name, change in ends.items():
        frame[name] = [*[np.nan] * (len(means) - 1), last, last * (1 + change)]
    return frame


def _verdict(report: Report, chance: Chance) -> str:
    sure = report.threshold("sure")
    if np.isnan(chance.probability):
        return "open"
    return "holds" if chance.probability >= sure else "fails" if chance.probability <= 1 - sure else "open"


def _headline(report: Report, means: Any, values: dict[str, Value]) -> Sentence:
    slots: dict[str, Slot] = {
        "month": f"{means.index[-1] + 1}",
        **{name: values[name] for name in ("target", "chance")},
    }
    sure, chance = report.threshold("sure"), float(values["chance"].value or 0)
    case = "holds" if chance >= sure else "fails" if chance <= 1 - sure else "open"
    return sentence(f"planning.growth.{case}", **slots)


def _more(report: Report, values: dict[str, Value]) -> list[Sentence]:
    named = ("expected", "need", "target", "times", "year", "year_ago")
    slots: dict[str, Slot] = {name: values[name] for name in named if name in values}
    case = "expected" if len(report.calendar) else "expected_plain"
    said = [sentence(f"planning.growth.{case}", **slots), sentence("planning.growth.record", **slots)]
    return [*said, sentence("planning.growth.year", **slots), sentence("planning.growth.gross")]
