"""What the questions of this chapter share: the growth of a rate, and the word that a period is not over."""

import numpy as np

from helpers.findings import Sentence
from helpers.methods.intervals import Interval
from helpers.report import Report, sentence


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
