"""Fan groups of the made-up shop (GRP): members and activity by day, and coupon events with members kept out."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.sample.filled import save
from helpers.sample.story import load, stream
from helpers.sample.world import World

FRIDAY = 4


def write(folder: Path, world: World) -> list[Path]:
    """Write both sheets and return their paths."""
    story, rng = load("story")["groups"], stream("groups")
    days = pd.concat([_days(world, name, one, rng) for name, one in story["groups"].items()])
    return [
        save(folder / "自填", "fan_groups", {name: days[name].tolist() for name in days}),
        save(folder / "自填", "fan_events", _events(days, rng)),
    ]


def active_share(days: Any) -> Any:
    """True share of members who are active on each of the days."""
    story = load("story")["groups"]
    age = (pd.DatetimeIndex(days) - pd.Timestamp(story["from"])).days.to_numpy()
    return story["active"] * (1 - story["active_lost"]) ** (age / 30)


def _days(world: World, name: str, group: Any, rng: np.random.Generator) -> pd.DataFrame:
    story, (first, members, part) = load("story")["groups"], group
    days = pd.date_range(first, load("story")["snapshots"]["compass_last_day"])
    orders = pd.Series(world.demand * (1 - world.lost), world.days).reindex(days).to_numpy()
    joiners, leavers, count = rng.poisson(orders * story["join_per_order"] * part), [], []
    for joined in joiners:
        leavers.append(int(rng.binomial(members, story["leave"])))
        members += int(joined) - leavers[-1]
        count.append(members)
    share = active_share(days) * np.exp(rng.normal(0, story["active_noise"], len(days)))
    active = rng.binomial(count, share)
    friday = days.day_of_week == FRIDAY
    sent = np.where(friday, count, 0)
    claimed = rng.binomial(np.where(friday, active, 0), 0.8)
    used = rng.binomial(claimed, 0.35)
    orders_here = used + rng.poisson(active * 0.02)
    return pd.DataFrame(
        {"group_id": name, "day": days.strftime("%Y-%m-%d"), "members": count, "joiners": joiners, "leavers": leavers}
        | {"active": active, "messages": rng.poisson(active * 2.4), "coupons_sent": sent, "coupons_claimed": claimed}
        | {"coupons_used": used, "orders": orders_here, "paid_fen": (orders_here * 92.0).round(2)}
        | {"cost_fen": used * story["coupon_yuan"] + friday * story["prize_yuan"]}
    )


def _events(days: pd.DataFrame, rng: np.random.Generator) -> dict[str, Any]:
    """Every second Friday a coupon for all groups; a fifth of the members does not get it."""
    story = load("story")["groups"]
    fridays = days[pd.to_datetime(days["day"]).dt.day_of_week == FRIDAY]
    sums = fridays.groupby("day", as_index=False)[["members", "coupons_claimed", "coupons_used"]].sum().iloc[::2]
    held = (sums["members"] * 0.2).astype(int).to_numpy()
    reached = sums["members"].to_numpy() - held
    buyers = rng.binomial(reached, story["event_buyers"])
    others = rng.binomial(held, story["event_buyers"] - story["event_uplift"])
    entrants = rng.binomial(reached, 0.2)
    last = (pd.to_datetime(sums["day"]) + pd.Timedelta(days=2)).dt.strftime("%Y-%m-%d 23:59:59")
    return {
        "event_id": [f"E{day.replace('-', '')}" for day in sums["day"]],
        "group_id": ["-"] * len(sums),
        "kind": ["发券"] * len(sums),
        "start": [f"{day} 10:00:00" for day in sums["day"]],
        "end": last.tolist(),
        "reached": reached.tolist(),
        "entrants": entrants.tolist(),
        "claimed": sums["coupons_claimed"].tolist(),
        "used": sums["coupons_used"].tolist(),
        "buyers": buyers.tolist(),
        "paid_fen": (buyers * 92.0).tolist(),
        "held_out": held.tolist(),
        "held_out_buyers": others.tolist(),
        "held_out_paid_fen": (others * 92.0).tolist(),
        "cost_fen": (sums["coupons_used"] * story["coupon_yuan"]).tolist(),
        "kept_7": rng.binomial(entrants, 0.6).tolist(),
        "kept_30": rng.binomial(entrants, 0.4).tolist(),
    }
