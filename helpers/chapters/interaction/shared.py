"""What the questions of this chapter share: values with their interval, and the word that a period is not over."""

from collections.abc import Sequence

import numpy as np

from helpers.findings import Sentence, Value
from helpers.methods.intervals import Interval
from helpers.period import Period
from helpers.report import Report, sentence


def ranged(
    report: Report,
    id: str,
    found: Interval,
    claim: str,
    tables: Sequence[str],
    n: int,
    period: Period | None = None,
    scale: float = 1,
    ends: tuple[float, float] = (0, float("inf")),
) -> Value:
    """The estimate and its interval, cut at what is possible (``ends``), times ``scale``."""
    low, high = max(found.low, ends[0]) * scale, min(found.high, ends[1]) * scale
    return report.value(id, found.estimate * scale, claim, tables, n=n, low=low, high=high, period=period)


def unfinished(report: Report) -> list[Sentence]:
    """A sentence that the data end before the period does; nothing once it is complete."""
    return [] if report.complete else [sentence("interaction.unfinished", until=f"{report.covered}")]


def growth(now: Interval, then: Interval) -> Interval:
    """Growth of a rate, with the interval that both rates' own intervals leave."""
    if not (now.estimate > 0 and then.estimate > 0):
        return Interval(np.nan, np.nan, np.nan)
    ratio = now.estimate / then.estimate
    reach = ratio * float(np.linalg.norm([(one.high - one.estimate) / one.estimate for one in (now, then)]))
    return Interval(ratio - 1, ratio - 1 - reach, ratio - 1 + reach)
