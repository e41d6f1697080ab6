"""Values and verdicts that several chapters make alike: with their interval, by a chance, with money at stake."""

from collections.abc import Sequence

from helpers.findings import Answer, Finding, Value
from helpers.methods.intervals import Interval, wilson
from helpers.period import Period
from helpers.report import Report


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


def rated(
    report: Report, id: str, hits: int, n: int, claim: str, tables: Sequence[str], period: Period | None = None
) -> Value:
    """Hits out of n with Wilson's interval."""
    low, high = wilson(hits, n, report.threshold("level"))
    return report.value(id, hits / n, claim, tables, n=n, low=low, high=high, period=period)


def by_chance(report: Report, chance: float) -> str:
    """``holds`` for what is practically certain, ``fails`` where its opposite is, else ``open``; open for NaN too."""
    sure = report.threshold("sure")
    return "holds" if chance >= sure else "fails" if chance <= 1 - sure else "open"


def priced(*answers: Answer) -> list[Finding]:
    """Those of the answers on which money hangs."""
    return [answer for answer in answers if isinstance(answer, Finding) and answer.stake is not None]
