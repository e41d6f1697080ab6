"""What the monthly totals of Compass are made of: paid lines by month, exposures and clicks, reviews."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.sample.aftersales import per_line
from helpers.sample.deals import traffic
from helpers.sample.orders import gmv
from helpers.sample.story import load, stream
from helpers.sample.world import World


@dataclass(frozen=True)
class Facts:
    """What the monthly files are made of.

    Parameters
    ----------
    world : World
        Days and products.
    lines : mapping of Period to DataFrame
        Paid lines of products by month, with gmv, refund, refunds, early, quality, quick, first (order of a new buyer).
    months : PeriodIndex
        Month of each day.
    seen : mapping
        Product exposures and clicks per day of each segment.
    taste : tuple of array
        Multiples of click rate and conversion per product.
    reviews : DataFrame
        Reviews with product, segment and month.
    rng : Generator
        Random numbers.
    """

    world: World
    lines: dict[pd.Period, pd.DataFrame]
    months: pd.PeriodIndex
    seen: dict[str, tuple[Any, Any]]
    taste: tuple[Any, Any]
    reviews: pd.DataFrame
    rng: np.random.Generator


def gather(world: World, lines: pd.DataFrame, asks: pd.DataFrame, people: pd.DataFrame, said: pd.DataFrame) -> Facts:
    """The facts behind all monthly files, as known at the snapshot of Compass."""
    rng, until = stream("periods"), pd.Timestamp(load("story")["snapshots"]["compass"])
    rows = lines[lines["paid_at"].notna() & (lines["product"] >= 0)]
    rows = pd.concat([rows.assign(gmv=gmv(rows)), per_line(rows, asks, until)], axis=1)
    rows["first"] = rows["order"].map(people.set_index("order")["nth"]) == 1
    of = lines.iloc[said["line"]]
    said = said.assign(product=of["product"].to_numpy(), segment=of["segment"].to_numpy())
    said["month"] = said["reviewed_at"].dt.to_period("M")
    click, convert = (np.exp(rng.normal(0, spread, len(world.products))) for spread in (0.14, 0.22))
    months = dict(list(rows.groupby(rows["paid_at"].dt.to_period("M"))))
    return Facts(world, months, world.days.to_period("M"), traffic(world), (click, convert), said, rng)


def spread(facts: Facts, month: pd.Period, segment: str) -> tuple[Any, Any]:
    """Exposures and clicks of a segment in the month, by product; they add up to those of the days."""
    inside = (facts.months == month).nonzero()[0]
    exposures, clicks = (int(values[inside].sum()) for values in facts.seen[segment])
    click, convert = facts.taste
    weight = facts.world.mix[inside].sum(axis=0) / convert
    seen, clicked = shares(weight / click), shares(weight)
    return facts.rng.multinomial(exposures, seen), facts.rng.multinomial(clicks, clicked)


def shares(weights: Any) -> Any:
    """The weights, adding up to 1."""
    return weights / weights.sum()
