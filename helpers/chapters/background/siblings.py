"""What a new product took from the other products of its category."""

from datetime import timedelta
from typing import Any

import numpy as np

from helpers.chapters import lines
from helpers.methods.intervals import Interval, ratio_interval
from helpers.period import Period
from helpers.report import Report

YEAR = timedelta(364)  # the same weekdays


def taken(report: Report, roles: Any, chosen: Any, span: Period) -> tuple[Interval, Period] | None:
    """What the siblings sold less since the listing, as a share of what the new products sold, and the days compared.

    The siblings' weight in the rest of the shop after the listing against before, less the change of the same days a year
    ago where the data reach back. None where the days before are too few or nothing was sold.

    Parameters
    ----------
    roles, chosen : DataFrame
        Rows of the roles sheet: all, and those of the new products.
    span : Period
        From the listing to the last day seen.
    """
    days = timedelta(min(span.days, int(report.threshold("cobrand_taken_days"))))
    after = Period("range", span.start, span.start + days - timedelta(1))
    before = Period("range", span.start - days, span.start - timedelta(1))
    if days.days < report.threshold("cobrand_least_days") or before.start < report.begins:
        return None
    others = roles["category"].isin(chosen["category"].dropna().unique()) & ~roles["product_id"].isin(
        chosen["product_id"]
    )
    siblings, spans = roles.loc[others, "product_id"], [after, before]
    if before.start - YEAR >= report.begins:
        spans += [Period("range", part.start - YEAR, part.end - YEAR) for part in (after, before)]
    moved = change([_weight(lines.paid(report, part), siblings, chosen["product_id"]) for part in spans])
    sold = lines.paid(report, after)
    theirs, ours = (
        float(sold.loc[sold["product_id"].isin(ids), "payable_fen"].sum()) for ids in (siblings, chosen["product_id"])
    )
    if not (theirs > 0 and ours > 0) or np.isnan(moved).any():
        return None
    share, low, high = (theirs * float(np.expm1(-end)) / ours for end in (moved.estimate, moved.high, moved.low))
    return Interval(share, low, high), after


def _weight(sold: Any, siblings: Any, ours: Any) -> Interval:
    """Logarithm of the siblings' sales over those of the rest of the shop, with interval; days are the clusters."""
    own, rest = sold["product_id"].isin(siblings), ~sold["product_id"].isin([*siblings, *ours])
    days = sold.assign(own=sold["payable_fen"].where(own, 0), rest=sold["payable_fen"].where(rest, 0))
    days = days.groupby("day")[["own", "rest"]].sum().astype("float64")
    found = ratio_interval(days["own"], days["rest"])
    if not found.estimate > 0:
        return Interval(*[np.nan] * 3)
    reach, middle = (found.high - found.estimate) / found.estimate, float(np.log(found.estimate))
    return Interval(middle, middle - reach, middle + reach)


def change(logs: list[Interval]) -> Interval:
    """First minus second, less third minus fourth where there are four; their errors are independent."""
    middle = sum(sign * one.estimate for sign, one in zip((1, -1, -1, 1), logs, strict=False))
    reach = float(np.sqrt(sum((one.high - one.estimate) ** 2 for one in logs)))
    return Interval(middle, middle - reach, middle + reach)
