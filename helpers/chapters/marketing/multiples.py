"""How a promotion compares with as many normal days: the measuring."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import lines
from helpers.chapters.marketing.windows import Event, touched
from helpers.methods.events import uplift
from helpers.methods.intervals import Interval
from helpers.report import Report

SEED, DRAWS = 7, 2000


@dataclass(frozen=True)
class Multiple:
    """A promotion in multiples of normal days.

    ``gross`` as paid; ``net`` of refunds within ``age`` days on both sides; ``lasting`` also net of sales that were
    only moved, with ``extra`` the same in fen; ``peak`` the best day against its weekday; ``days``: amount and
    usual per day, in fen. None where unknown.
    """

    event: Event
    gross: Interval
    net: float | None
    age: int | None
    lasting: Interval | None
    extra: Interval | None
    peak: float
    peak_day: Any
    days: Any

    @property
    def start(self) -> str:
        """First day as text."""
        return f"{self.event.start:%Y-%m-%d}"


class Sales:
    """All paid lines as `lines.paid` gives them, by day; what was paid back at an age is worked out once."""

    def __init__(self, report: Report, rows: Any) -> None:
        self.report, self.rows = report, rows
        self._back: dict[int | None, Any] = {}

    def paid(self, index: Any) -> Any:
        """Fen paid on each of the days."""
        return self._per_day(self.rows["payable_fen"], index)

    def back(self, index: Any, age: int | None) -> Any:
        """Fen paid back of each day's sales within so many days; at any age where the file has no dates."""
        if age not in self._back:
            self._back[age] = lines.refunds(self.report, self.rows, within=age)
        return self._per_day(self._back[age], index)

    def _per_day(self, fen: Any, index: Any) -> Any:
        return fen.groupby(self.rows["day"]).sum().reindex(index, fill_value=0).astype("float64")


def measured(report: Report, sales: Sales, event: Event) -> Multiple | None:
    """The promotion against its normal days; None with too few untouched days before it, or days without sales."""
    if sales.rows["day"].min() >= event.start:
        return None
    index = _span(report, sales.rows, event)
    inside = (index >= event.start) & (index <= event.end)
    busy = touched(report, index, event)
    calm = np.flatnonzero(~busy & (index < event.start - _days(report, "promo_before_days")))
    calm = calm[-int(report.threshold("promo_baseline_days")) :]
    amount = sales.paid(index)
    usual = _usual(amount, calm)
    if len(calm) < report.threshold("promo_baseline_fewest") or not usual[inside].sum() > 0:
        return None
    first = index[calm[0]]
    net, age = _net(report, sales, amount, first, event.end)
    lasting, extra = _lasting(report, sales, amount, first, event, busy)
    return Multiple(
        event,
        _multiple(amount, calm, inside),
        None if net is None else _multiple(net, calm, inside).estimate,
        age,
        lasting,
        extra,
        float((amount / usual.where(usual > 0))[inside].max()),
        amount[inside].idxmax(),
        pd.DataFrame({"paid_day": amount, "usual_day": usual}),
    )


def _days(report: Report, name: str) -> Any:
    return pd.Timedelta(days=report.threshold(name))


def _span(report: Report, rows: Any, event: Event) -> Any:
    """Days to look at: those before the promotion that teach what is normal, and those after it that have been seen."""
    first = max(rows["day"].min(), event.start - _days(report, "promo_history_days"))
    last = min(pd.Timestamp(report.covered), event.end + _days(report, "promo_later_days")) if event.over else event.end
    return pd.date_range(first, max(last, event.end))


def _usual(amount: Any, calm: Any) -> Any:
    """For each day the median of the calm days of its weekday; of all calm days where its weekday has none."""
    quiet = amount.iloc[calm]
    whole = quiet.median() if len(quiet) else 0.0
    medians = quiet.groupby(quiet.index.day_of_week).median().reindex(range(7)).fillna(whole)
    return pd.Series(medians.to_numpy()[amount.index.day_of_week], index=amount.index)


def _multiple(amount: Any, calm: Any, inside: Any) -> Interval:
    """Sum of the event over the sum of its usual days; the interval draws the calm days again (bootstrap, 95 %)."""
    total, counts = float(amount[inside].sum()), np.bincount(amount.index[inside].day_of_week, minlength=7)
    quiet, rng, normal = amount.iloc[calm], np.random.default_rng(SEED), np.zeros(DRAWS)
    for weekday in np.flatnonzero(counts):
        own = quiet[quiet.index.day_of_week == weekday].to_numpy()
        own = own if len(own) else quiet.to_numpy()
        normal += counts[weekday] * np.median(rng.choice(own, (DRAWS, len(own))), axis=1)
    usual = float(_usual(amount, calm)[inside].sum())
    low, high = np.quantile(total / normal, [0.025, 0.975]) if (normal > 0).all() else (np.nan, np.nan)
    return Interval(total / usual if usual > 0 else np.nan, float(low), float(high))


def _net(report: Report, sales: Sales, amount: Any, first: Any, until: Any) -> tuple[Any, int | None]:
    """Sales less refunds within so many days, and how many: as many as the day ``until`` has had, for every day alike.

    Days before the refunds are on file and days too young for that age are NaN. None where the first day needed is
    among them, or refunds cannot be told yet.
    """
    basis = lines.refund_basis(report)
    if basis == "order_file":
        return amount - sales.back(amount.index, None), None
    age = min((pd.Timestamp(report.covered) - until).days, int(report.threshold("refund_full_days")))
    if basis != "after_sales" or age < report.threshold("refund_age_fewest"):
        return None, None
    filed = report.every("after_sales")["applied_at"].min() - _days(report, "refund_file_grace")
    if not filed <= first:
        return None, None
    last = pd.Timestamp(report.covered) - pd.Timedelta(days=age)
    net = amount - sales.back(amount.index, age)
    return net.where((amount.index >= filed) & (amount.index <= last)), age


def _lasting(
    report: Report, sales: Sales, amount: Any, first: Any, event: Event, busy: Any
) -> tuple[Interval | None, Interval | None]:
    """Multiple and extra money, fewer sales before and after counted against it; only once its dip has been seen."""
    # days around an event that are many more than its own would drown it in noise
    before, after = (min(int(report.threshold(f"promo_{part}_days")), event.days) for part in ("before", "after"))
    until = event.end + pd.Timedelta(days=after)
    if not event.over or amount.index[-1] < until:
        return None, None
    net, _ = _net(report, sales, amount, first, until)
    if net is None:
        return None, None
    found = uplift(net, event.start.date(), event.end.date(), pd.Series(busy, net.index), before, after)
    usual = float(found.parts.loc["event", "expected"]) if found else 0.0
    if found is None or usual <= 0:
        return None, None
    extra = Interval(*(float(found.parts.loc["net", end]) for end in ("excess", "low", "high")))
    return Interval(*(1 + end / usual for end in extra)), extra
