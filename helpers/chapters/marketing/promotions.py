"""Promotions against normal days: gross, net of refunds, and net of what buyers only moved."""

from typing import Any

import pandas as pd

from helpers.chapters import lines
from helpers.chapters.daily import PROMOTIONS
from helpers.chapters.marketing import bars
from helpers.chapters.marketing.multiples import Multiple, Sales, measured
from helpers.chapters.marketing.windows import events
from helpers.findings import Answer, Finding, Sentence, Value
from helpers.methods.intervals import Interval
from helpers.period import Period
from helpers.report import FEN, Report, sentence, table

CLAIM = "3.3.1c"
ORDERS, DEEP = ("orders", "calendar"), ("orders", "calendar", "after_sales")
NONE = float("nan")
MULTIPLES = ("promo_multiple", "promo_net", "promo_lasting", "promo_peak")
NAMES = {"promotion": "text", "start": "date", "days": "count"}
LEAGUE = {**NAMES, **dict.fromkeys(MULTIPLES, "multiple"), "confirmed": "label:yes_no"}


def promotion(report: Report) -> Answer:
    """Sales of a promotion as a multiple of as many normal days: gross, net of refunds, net of pull-forward and dip.

    The promotion that touches the period comes first; while it runs, the last big one that is over decides about
    the bar. Tables: ``promotions`` one row per promotion of the last year, latest first; ``days`` one row per day
    around the first one, ``paid_day`` and ``usual_day`` (of its weekday); ``calendar`` the windows.
    """
    rows = lines.paid(report, _history(report)) if len(report.every("orders")) else report.every("orders")
    if not len(rows):
        return report.gap(CLAIM, "missing_file", "ORD")
    if not len(report.calendar):
        return report.gap(CLAIM, "missing_file", "CAL")
    sales = Sales(report, rows)
    found = [one for event in events(report) if (one := measured(report, sales, event)) is not None]
    if not found:
        return report.gap(CLAIM, "no_history", "ORD", "CAL")
    return _finding(report, found)


def _history(report: Report) -> Period:
    return Period("range", report.every("orders")["ordered_at"].min().date(), report.covered)


def _finding(report: Report, found: list[Multiple]) -> Finding:
    big = report.threshold("promo_big_days")
    here = [one for one in found if one.event.end >= pd.Timestamp(report.seen.start)]
    over = [one for one in found if one.event.over and one not in here]
    first = max(here, key=lambda one: one.event.days) if here else None
    last = next((one for one in over if one.event.days >= big), over[0] if over else None)
    main = first or last
    assert main is not None  # every promotion measured is either here or over
    values = _values(report, found, main, last)
    bar = values["multiple.target"]
    finished = values["multiple"] if main.event.over else values.get("reference")
    verdict = bars.judged(finished, bar, 0) if finished else "" if bar.value is None else "open"
    return report.finding(
        CLAIM,
        _headline(main, first, values),
        more=_more(main, last, values),
        values=values,
        tables=_tables(report, found, main),
        verdict=verdict,
    )


def _values(report: Report, found: list[Multiple], main: Multiple, last: Multiple | None) -> dict[str, Value]:
    id = "marketing.promo_multiple"
    values = {
        f"multiple.{one.start}": _fact(report, f"{id}/start={one.start}", one, one.gross, ORDERS) for one in found
    }
    values["multiple"] = _fact(report, id, main, main.gross, ORDERS)
    values["multiple.target"] = bars.target(report, id, "promo_multiple", CLAIM)
    if last is not None and last is not main:
        values["reference"] = values[f"multiple.{last.start}"]
    values["peak"] = _fact(report, "marketing.promo_peak_multiple", main, Interval(main.peak, NONE, NONE), ORDERS)
    if main.net is not None:
        values["net"] = _fact(report, "marketing.promo_multiple_net", main, Interval(main.net, NONE, NONE), DEEP)
    if main.age is not None:
        values["age"] = report.value("marketing.promo_refund_age", main.age, CLAIM, DEEP, period=_span(main))
    told = _told(main, last)
    if told is not None and told.lasting is not None and told.extra is not None:
        values["lasting"] = _fact(report, "marketing.promo_multiple_lasting", told, told.lasting, DEEP)
        yuan = Interval(*(end / FEN for end in told.extra))
        values["extra"] = _fact(report, "marketing.promo_extra", told, yuan, DEEP)
    return values


def _told(main: Multiple, last: Multiple | None) -> Multiple | None:
    """The promotion whose dip can be told: the chosen one, else the last big one."""
    return main if main.lasting is not None else last


def _fact(report: Report, id: str, one: Multiple, found: Interval, files: tuple[str, ...]) -> Value:
    ends = {"low": found.low, "high": found.high}
    return report.value(id, found.estimate, CLAIM, files, n=one.event.days, period=_span(one), **ends)


def _span(one: Multiple) -> Period:
    return Period("range", one.event.start.date(), one.event.end.date())


def _headline(main: Multiple, first: Multiple | None, values: dict[str, Value]) -> Sentence:
    case = "before" if first is None else "over" if main.event.over else "running"
    slots = {name: values[name] for name in ("multiple", "net") if name in values}
    return sentence(f"marketing.promotion.{case}", name=main.event.name, days=main.event.days, **slots)


def _more(main: Multiple, last: Multiple | None, values: dict[str, Value]) -> tuple[Sentence, ...]:
    said, key = [], "marketing.promotion"
    if bars.known(values, "multiple.target") and main.event.over:
        said.append(sentence(f"{key}.bar", **bars.slots(values, "multiple", "multiple.target")))
    said.append(sentence(f"{key}.peak", day=f"{main.peak_day:%Y-%m-%d}", **bars.slots(values, "peak", "multiple")))
    if bars.known(values, "net", "age"):
        said.append(sentence(f"{key}.age", **bars.slots(values, "net", "age")))
    if last is not None and "reference" in values:
        slots = bars.slots(values, "reference", "multiple.target")
        said.append(sentence(f"{key}.reference", name=last.event.name, days=last.event.days, **slots))
    told = _told(main, last)
    if told is not None and "lasting" in values:
        said.append(sentence(f"{key}.lasting", name=told.event.name, **bars.slots(values, "lasting", "extra")))
    if main.event.confirmed != "yes":
        said.append(sentence(f"{key}.unconfirmed", name=main.event.name))
    return tuple(said)


def _tables(report: Report, found: list[Multiple], main: Multiple) -> dict[str, Any]:
    league = pd.DataFrame(_row(one) for one in found)
    units = {name: unit for name, unit in LEAGUE.items() if league[name].notna().any()}
    first = main.event.start - pd.Timedelta(days=report.threshold("promo_shown_days"))
    days = (main.days[main.days.index >= first] / FEN).rename_axis("day").reset_index()
    calendar = report.calendar[report.calendar["kind"].isin(PROMOTIONS)][["name", "start", "end"]]
    return {
        "promotions": table(league, units),
        "days": table(days, {"day": "date", "paid_day": "money", "usual_day": "money"}, n=len(days)),
        "calendar": table(calendar, {"name": "text", "start": "date", "end": "date"}),
    }


def _row(one: Multiple) -> dict[str, Any]:
    return {
        "promotion": one.event.name,
        "start": one.event.start,
        "days": one.event.days,
        "promo_multiple": one.gross.estimate,
        "low": one.gross.low,
        "high": one.gross.high,
        "promo_net": one.net,
        "promo_lasting": one.lasting.estimate if one.lasting else None,
        "promo_peak": one.peak,
        "confirmed": one.event.confirmed,
    }
