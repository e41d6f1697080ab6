"""Like for like: each day of a period beside a day of another one that was like it.

A day inside an event of the calendar stands beside the day of the same event's earlier turn that lies as far from its peak;
any other day beside an untouched day with the same weekday. Days without such a partner are left out on both sides, so that
a promotion that moves to other dates makes neither growth nor a drop.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import daily, lines
from helpers.findings import Slot
from helpers.methods.forecast import weekday_weights
from helpers.methods.intervals import Interval, ratio_interval
from helpers.period import Period
from helpers.report import Report

BASES = ("previous", "year_ago")
NOTHING = Interval(np.nan, np.nan, np.nan)


@dataclass(frozen=True)
class Base:
    """What a period is compared with.

    Parameters
    ----------
    name : str
        previous or year_ago; the period itself for one further back.
    span : Period
        The period of that name.
    pairs : DataFrame
        One row per day that has a partner: ``now``, ``then`` (days), ``event`` (name; missing for an ordinary day) and
        ``weight``, by which the value of ``then`` is multiplied because its weekday differs (1 where it does not).
    left_out : int
        Days of the period without a partner.
    why : str
        Why nothing can be compared: missing (the data begin later), few (too few partners); empty: it can.
    """

    name: str
    span: Period
    pairs: Any = field(repr=False)
    left_out: int = 0
    why: str = ""

    def slots(self) -> dict[str, Slot]:
        """What a sentence says of the alignment: base, days compared, event days among them and days left out, if any."""
        counts = {"events": int(self.pairs["event"].notna().sum()), "left_out": self.left_out}
        return {"base": str(self.span), "pairs": len(self.pairs), **{name: n for name, n in counts.items() if n}}


def base(report: Report, name: str) -> Base:
    """The days of the report's period beside those of its base, ``previous`` or ``year_ago``."""
    return report.once(f"like {name}", lambda: _base(report, name))  # type: ignore[no-any-return]


def best(report: Report) -> Base | None:
    """The nearest base that can be compared with and in which something was sold; None where there is none."""
    for name in BASES:
        found = base(report, name)
        if not found.why and len(paid(report, found)[1]):
            return found
    return None


def earlier(report: Report) -> list[Base]:
    """The periods before the report's, nearest first, whose days match enough of its own: what is usual is seen in them."""
    return report.once("like earlier", lambda: _earlier(report))  # type: ignore[no-any-return]


def beside_usual(report: Report, figure: Any) -> tuple[float, int, int]:
    """Growth of a daily figure against the shop's own median period, how many periods it exceeds, and how many there are.

    Each earlier period is compared over its own matching days; the median of these growths (ratio) is that against the
    median period. NaN and zeros where too few periods can be compared.

    Parameters
    ----------
    figure : Series
        The figure per day of all the data, days as index.
    """
    growths = [growth(base, figure, figure).estimate for base in earlier(report)]
    known = [one for one in growths if not np.isnan(one)]
    if len(known) < report.threshold("like_fewest_periods"):
        return np.nan, 0, 0
    return float(np.median(known)), sum(one > 0 for one in known), len(known)


def growth(base: Base, now: Any, then: Any) -> Interval:
    """Growth of a daily figure over the paired days, as a ratio (0.05: 5 % more), with its 95 % interval.

    NaN where the base sums to zero.

    Parameters
    ----------
    now, then : Series
        The figure per day, days as index, of the period and of any time that holds the base's days.
    """
    here, there = sides(base, now, then)
    if not len(here) or there.sum() <= 0:
        return NOTHING
    ratio = ratio_interval(here, there)
    return Interval(*(part - 1 for part in ratio))


def paid(report: Report, base: Base) -> tuple[Any, Any]:
    """Paid lines of the paired days, of the period and of its base."""
    found = []
    for days in (base.pairs["now"], base.pairs["then"]):
        rows = lines.paid(report, Period("range", days.min().date(), days.max().date()))
        found.append(rows[rows["day"].isin(days)])
    return found[0], found[1]


def sides(base: Base, now: Any, then: Any) -> tuple[Any, Any]:
    """A daily figure on both sides of the pairs, that of the base as if its days had had the period's weekdays."""
    weight = base.pairs["weight"].to_numpy()
    here = now.reindex(base.pairs["now"]).fillna(0).to_numpy(dtype=float)
    return here, then.reindex(base.pairs["then"]).fillna(0).to_numpy(dtype=float) * weight


def _earlier(report: Report) -> list[Base]:
    spans = report.period.back(int(report.threshold("like_periods")) + 1)[-2::-1]
    return [found for span in spans if not (found := _aligned(report, str(span), span)).why]


def _base(report: Report, name: str) -> Base:
    return _aligned(report, name, report.period.previous() if name == "previous" else report.period.year_ago())


def _aligned(report: Report, name: str, span: Period) -> Base:
    if not report.complete:
        span = Period("range", span.start, span.start + timedelta(report.seen.days - 1))
    nothing = pd.DataFrame({"now": [], "then": [], "event": [], "weight": []})
    if span.start < report.begins:
        return Base(name, span, nothing, report.seen.days, "missing")
    reach = int(report.threshold("like_reach_days"))
    first, last = pd.Timestamp(report.begins), pd.Timestamp(report.seen.end)
    found = paired(report.seen, span, daily.events(report, first, last), reach, report.begins)
    paid = daily.paid_per_day(report, Period("range", span.start, report.seen.end))
    found["weight"] = weights(paid, daily.touched(report, paid.index), found)
    left = report.seen.days - len(found)
    enough = len(found) >= report.threshold("like_fewest_days")
    return Base(name, span, found, left, "" if enough else "few")


def paired(now: Period, then: Period, events: Any, reach: int, first: date) -> Any:
    """Days of a period with their partners, one row each: ``now``, ``then``, ``event``.

    Parameters
    ----------
    events : DataFrame
        Rows of the calendar that touch sales: kind, series, name, start, peak, end.
    reach : int
        Days by which an event's earlier turn may lie outside the base.
    first : date
        First day of the data.
    """
    days, others = (pd.date_range(side.start, side.end) for side in (now, then))
    ours, theirs = _events_of(days, events), _events_of(others, events)
    earliest = max(pd.Timestamp(then.start) - pd.Timedelta(days=reach), pd.Timestamp(first))
    latest = min(pd.Timestamp(then.end) + pd.Timedelta(days=reach), pd.Timestamp(now.start) - pd.Timedelta(days=1))
    rows, turns = [*_ordinary(days[ours < 0], others[theirs < 0])], list(events.itertuples())
    for at in sorted({*ours[ours >= 0]}):
        rows += _turns(turns[at], days[ours == at], turns, earliest, latest)
    found = pd.DataFrame(rows, columns=["now", "then", "event"]).astype({"now": "M8[us]", "then": "M8[us]"})
    return found.sort_values("now", ignore_index=True)


def _events_of(days: Any, events: Any) -> Any:
    """The place of the event that each day belongs to, -1 for an ordinary one; promotions before all others."""
    found, inside = np.full(len(days), -1), daily.inside(days, events)
    for kind in daily.TOUCHING:
        for at in np.flatnonzero(events["kind"] == kind):
            found[inside[:, at]] = at
    return found


def _ordinary(days: Any, others: Any) -> list[tuple[Any, Any, Any]]:
    """The first day of each weekday beside the first of the other side, the second beside the second …"""
    rows: list[tuple[Any, Any, Any]] = []
    sides = [(side, side.day_of_week) for side in (days, others)]
    for weekday in range(7):
        both = (side[weekdays == weekday] for side, weekdays in sides)
        rows += [(now, then, None) for now, then in zip(*both, strict=False)]
    return rows


def _turns(event: Any, days: Any, turns: list[Any], earliest: Any, latest: Any) -> list[tuple[Any, Any, Any]]:
    """Days of an event beside those of its last earlier turn near the base, by their distance from the peak."""
    same = [turn for turn in turns if turn.kind == event.kind and turn.series == event.series]
    before = [turn for turn in same if turn.end < event.start and turn.start <= latest and turn.end >= earliest]
    if not before:
        return []
    turn = sorted(before, key=lambda turn: turn.start)[-1]
    partners = days - (daily.anchor(event) - daily.anchor(turn))
    known = (partners >= max(turn.start, earliest)) & (partners <= min(turn.end, latest))
    return [(now, then, event.name) for now, then in zip(days[known], partners[known], strict=True)]


def weights(sales: Any, busy: Any, pairs: Any) -> Any:
    """How much heavier the weekday of ``now`` is than that of ``then``, by a daily figure on days that are not busy."""
    week = weekday_weights(sales, sales.index.day_of_week, busy)
    here, there = (week[pairs[side].dt.day_of_week.to_numpy()] for side in ("now", "then"))
    return np.divide(here, there, out=np.ones(len(pairs)), where=there > 0)
