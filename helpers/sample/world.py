"""What drives the shop: how many orders each day expects, of which products, in which live sessions."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.sample.story import calendar, load, products, stream

MONTH_DAYS = 30.4375


@dataclass(frozen=True)
class World:
    """The shop before chance decides about single orders.

    Parameters
    ----------
    products : DataFrame
        One row per product.
    days : DatetimeIndex
        Every day.
    organic, ad : array
        Expected paid orders per day without any stock-out.
    lift : array
        Multiple of the calendar per day.
    mix : array
        Days × products: share of each product in the day's orders.
    lost : array
        Share of the day's orders that a stock-out turns away.
    sessions : DataFrame
        One row per own live session.
    """

    products: pd.DataFrame
    days: pd.DatetimeIndex
    organic: Any
    ad: Any
    lift: Any
    mix: Any
    lost: Any
    sessions: pd.DataFrame

    @property
    def demand(self) -> Any:
        """Expected paid orders per day without any stock-out."""
        return self.organic + self.ad


def build(orders_per_month: int) -> World:
    """The shop's days, products and sessions at the given mean of paid orders a month."""
    story, rng = load("story"), stream("world")
    days = pd.date_range(story["first_day"], story["last_day"])
    goods, lift = products(), _lift(days)
    organic, ad = _trends(days, lift, rng)
    whole = days <= pd.Timestamp(story["last_month_end"])
    months = len(days[whole].to_period("M").unique())
    scale = orders_per_month * months / (organic + ad)[whole].sum()
    mix, lost = _mix(days, goods, ad / (organic + ad))
    sessions = _sessions(days, lift, (organic + ad) * scale, rng)
    return World(goods, days, organic * scale, ad * scale, lift, mix, lost, sessions)


def _trends(days: pd.DatetimeIndex, lift: Any, rng: np.random.Generator) -> tuple[Any, Any]:
    grow = load("story")["growth"]
    age = (days - days[0]).days.to_numpy() / MONTH_DAYS
    stall = (pd.Timestamp(grow["break_day"]) - days[0]).days / MONTH_DAYS
    organic = (1 + grow["organic"]) ** np.minimum(age, stall) * (1 + grow["organic_after_break"]) ** np.maximum(
        age - stall, 0
    )
    season = np.array(grow["month"])[days.month - 1] * np.array(grow["weekday"])[days.day_of_week]
    shape = season * lift * np.exp(rng.normal(0, grow["noise"], len(days)))
    share = grow["ad_share"]
    return (1 - share) * organic * shape, share * (1 + grow["ad"]) ** age * shape


def _lift(days: pd.DatetimeIndex) -> Any:
    opening, lift = load("story")["growth"]["opening_lift"], np.ones(len(days))
    for event in calendar().itertuples():
        lift[(days >= event.start) & (days <= event.end)] *= event.phase
        around = np.exp(-np.abs((days - event.peak).days.to_numpy()) * 1.1)
        near = (days >= event.start) & (days <= event.end)
        lift[near] *= 1 + (event.top / event.phase - 1) * around[near]
        if "双11" in event.name:
            lift[days == event.start] *= opening
    return lift


def _mix(days: pd.DatetimeIndex, goods: pd.DataFrame, ad: Any) -> tuple[Any, Any]:
    story = load("story")
    seasons = np.array([story["seasons"][category] for category in goods["category"]])
    mix = goods["weight"].to_numpy() * seasons[:, days.month - 1].T
    mix *= days.to_numpy()[:, None] >= goods["listed_on"].to_numpy()[None, :]
    shift = story["october"]
    moved = np.outer(days >= pd.Timestamp(shift["from"]), goods["category"] == shift["mix_category"])
    mix = np.where(moved, mix * shift["mix_factor"], mix)
    mix /= mix.sum(axis=1, keepdims=True)
    gone, at = stock_out_days(days), int(goods.index[goods["code"] == story["stock_out"]["product"]][0])
    promoted, by_ad = mix[:, goods["promoted"] == 1].sum(axis=1), ad * story["orders"]["ad_promoted"]
    wanted = mix[:, at] * (1 - by_ad + by_ad * goods["promoted"][at] / promoted)
    lost = np.where(gone, wanted * story["stock_out"]["lost_share"], 0.0)
    mix[gone, at] = 0
    return mix / mix.sum(axis=1, keepdims=True), lost


def stock_out_days(days: pd.DatetimeIndex) -> Any:
    """Which of the days the hit product could not be bought."""
    event = load("story")["stock_out"]
    first = pd.Timestamp(event["first"])
    return (days >= first) & (days < first + pd.Timedelta(days=event["days"]))


def _sessions(days: pd.DatetimeIndex, lift: Any, demand: Any, rng: np.random.Generator) -> pd.DataFrame:
    story, live, count = load("story"), load("story")["live"], len(days)
    sale = lift >= story["growth"]["sale_from"]
    rest = (days.day_of_week == 0) & ~sale & (rng.random(count) < live["rest_share"])
    noon = (days.day_of_week >= 5) | sale
    evening = _slot(days, rng, ~rest, 19.0, 3.2, np.where(noon, 0.74, 1.0), live["late_share"])
    midday = _slot(days, rng, noon, 11.4, 2.2, np.full(count, 0.26), 0.0)
    frame = pd.concat([evening, midday]).sort_values("start", ignore_index=True)
    hosts = live["hosts"]
    frame["host"] = rng.choice(list(hosts), len(frame), p=[0.38, 0.31, 0.31])
    strength = frame["host"].map(hosts)
    strength /= strength.mean()
    frame["traffic"] = demand[frame["day"]] * frame["share"] * story["segments"]["live_own"][0]
    frame["expected"] = (
        frame["traffic"] * strength * np.exp(rng.normal(-(live["noise"] ** 2) / 2, live["noise"], len(frame)))
    )
    return frame


def _slot(
    days: pd.DatetimeIndex, rng: np.random.Generator, held: Any, hour: float, hours: float, share: Any, late: float
) -> pd.DataFrame:
    at = np.flatnonzero(held)
    begin = hour + rng.random(len(at)) * 0.8 + np.where(rng.random(len(at)) < late, 1.9, 0.0)
    length = hours + rng.random(len(at)) * 1.1
    start = days[at] + pd.to_timedelta((begin * 3600).astype(int), unit="s")
    end = start + pd.to_timedelta((length * 3600).astype(int), unit="s")
    return pd.DataFrame({"day": at, "start": start, "end": end, "share": share[at]})
