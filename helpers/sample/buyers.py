"""Who bought: every paid order gets a pseudonymous buyer, new or coming back."""

import heapq
from typing import Any

import numpy as np
import pandas as pd

from helpers.sample.story import load, stream

LEVELS = ("普通", "银卡", "金卡")


def assign(lines: pd.DataFrame) -> pd.DataFrame:
    """One row per paid order, oldest first: order number, buyer, how many-th order, touch, amount in fen.

    After each order a buyer comes back with a chance of his own (beta distributed) after a log-normal wait;
    an order goes to the buyer who has waited longest, else to somebody new.
    """
    story, rng = load("story")["buyers"], stream("buyers")
    paid = lines[lines["paid_at"].notna()]
    orders = paid.groupby("order").agg(
        order_id=("order_id", "first"), paid_at=("paid_at", "first"), amount=("payable", "sum")
    )
    orders = orders.sort_values("paid_at", kind="stable").reset_index()
    hours = ((orders["paid_at"] - orders["paid_at"].iloc[0]) / pd.Timedelta(days=1)).to_numpy()
    orders["buyer"], orders["nth"] = _queue(hours, story, rng)
    back = (orders["nth"] > 1).to_numpy()
    names, shares = ["无", *story["touches"]], list(story["touches"].values())
    orders["touch"] = np.where(back, rng.choice(names, len(orders), p=[1 - sum(shares), *shares]), "无")
    orders["level"] = np.array(LEVELS)[np.digitize(orders["nth"], [2, 5])]
    return orders


def _queue(days: Any, story: dict[str, Any], rng: np.random.Generator) -> tuple[list[int], list[int]]:
    median, spread = story["gap_days"]
    chance = rng.beta(story["repeat"][0], story["repeat"][1], len(days)).tolist()
    again, open_to = rng.random(len(days)).tolist(), (rng.random(len(days)) < story["most"]).tolist()
    gaps = np.exp(rng.normal(np.log(median), spread, len(days))).tolist()
    waiting: list[tuple[float, int]] = []
    buyers: list[int] = []
    nths: list[int] = []
    count: dict[int, int] = {}
    for day, draw, gap, free in zip(days.tolist(), again, gaps, open_to, strict=True):
        buyer = heapq.heappop(waiting)[1] if free and waiting and waiting[0][0] <= day else len(count)
        count[buyer] = count.get(buyer, 0) + 1
        buyers.append(buyer)
        nths.append(count[buyer])
        if draw < chance[buyer]:
            heapq.heappush(waiting, (day + gap, buyer))
    return buyers, nths
