"""After-sale requests of the made-up shop: who asks when for what, and how it ends."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.sample.story import load, stream
from helpers.sample.world import World

DAY = 86_400
QUALITY = ("质量问题", "与描述不符")
KINDS = ("unshipped", "shipped_only", "return", "exchange", "refused")


def simulate(world: World, lines: pd.DataFrame) -> pd.DataFrame:
    """One row per after-sale request with its whole future; money in fen, times naive.

    ``line`` is the position of the order line; ``final`` is success, exchanged or closed. A line has at most one
    success, and what it gives back is never more than what was paid.
    """
    rng = stream("after_sales")
    asks = _asked(world, lines, rng)
    asks = _money(lines, _times(lines, asks, rng), rng)
    asks["reason"] = _reasons(world, lines, asks, rng)
    asks = pd.concat([asks, _closed_before(asks, rng)]).sort_values(["applied_at", "line"], ignore_index=True)
    asks["after_sale_id"] = _ids(asks, rng)
    return asks


def settle(lines: pd.DataFrame, asks: pd.DataFrame) -> pd.DataFrame:
    """The lines, where those that were given back before shipping are never shipped."""
    stopped = asks.loc[(asks["kind"] == "unshipped") & (asks["final"] == "success"), "line"]
    never = ["shipped_at", "delivered_at", "finished_at"]
    lines.loc[stopped, never] = pd.NaT
    return lines


def per_line(lines: pd.DataFrame, asks: pd.DataFrame, until: pd.Timestamp) -> pd.DataFrame:
    """What each line gave back until the moment.

    refund and quick (within an hour of payment) in fen, refunds and quicks as 0 or 1, early (before shipping), quality.
    """
    known = (asks["final"] == "success") & (asks["refunded_at"] <= until) & asks["line"].isin(lines.index)
    back = asks[known].set_index("line")
    refund = (back["goods"] + back["freight"] - back["coupon"]).reindex(lines.index, fill_value=0)
    hour = (back["refunded_at"] - lines["paid_at"].reindex(back.index)) <= pd.Timedelta(hours=1)
    hour = hour.reindex(lines.index, fill_value=False)
    return pd.DataFrame(
        {
            "refund": refund,
            "refunds": (refund > 0).astype(int),
            "quick": refund * hour,
            "quicks": ((refund > 0) & hour).astype(int),
            "early": (back["kind"] == "unshipped").reindex(lines.index, fill_value=False),
            "quality": back["reason"].isin(QUALITY).reindex(lines.index, fill_value=False).astype(int),
        }
    )


def _asked(world: World, lines: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    rule = load("story")["refunds"]
    paid = np.flatnonzero(lines["paid_at"].notna() & (lines["product"] >= 0) & (lines["payable"] > 0))
    rate = world.products["return_rate"].to_numpy()[lines["product"].to_numpy()[paid]]
    before = np.where(lines["sale"].to_numpy()[paid], rule["unshipped_promo"], rule["unshipped"])
    after = [rule["shipped_only"], rule["exchange"], rule["refused"]]
    chances = np.stack(
        [before, (1 - before) * after[0], (1 - before) * rate, *(np.full(len(paid), x) for x in after[1:])]
    )
    choice = (np.cumsum(chances, axis=0) < rng.random(len(paid))).sum(axis=0)
    asked = choice < len(KINDS)
    kind = np.array(KINDS)[choice[asked]]
    final = np.where(kind == "exchange", "exchanged", np.where(kind == "refused", "closed", "success"))
    return pd.DataFrame({"line": paid[asked], "kind": kind, "final": final})


def _times(lines: pd.DataFrame, asks: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    rule, count = load("story")["refunds"], len(asks)
    paid, shipped, delivered = (
        lines[name].to_numpy()[asks["line"]] for name in ("paid_at", "shipped_at", "delivered_at")
    )
    room = (shipped - paid) / np.timedelta64(1, "s")
    quick = np.where(rng.random(count) < rule["within_hour"], 2400 * rng.random(count), room * 0.9 * rng.random(count))
    wait = np.minimum(rng.exponential(rule["return_apply_days"] * DAY, count), 24 * DAY)
    early = (asks["kind"] == "unshipped").to_numpy()
    applied = np.where(early, paid + _seconds(quick), delivered + _seconds(wait))
    agreed = applied + _seconds(
        np.where(early, 300 + 900 * rng.random(count), rng.exponential(0.25 * DAY, count) + 600)
    )
    goods_back = asks["kind"].isin(["return", "exchange"]).to_numpy()
    returned = np.where(goods_back, agreed + _seconds(DAY * (0.4 + 1.8 * rng.random(count))), np.datetime64("NaT"))
    done = np.where(
        goods_back,
        returned + _seconds(DAY * (2.2 + 2.6 * rng.random(count))),
        agreed + _seconds(60 + 500 * rng.random(count)),
    )
    good = (asks["final"] == "success").to_numpy()
    none = np.datetime64("NaT")
    return asks.assign(
        applied_at=applied,
        agreed_at=np.where(asks["final"] == "closed", none, agreed),
        returned_at=returned,
        refunded_at=np.where(good, done, none),
        arrived_at=np.where(good, done + _seconds(60 + 7200 * rng.random(count)), none),
        closed_at=np.where(asks["final"] == "closed", agreed + _seconds(DAY * (0.5 + rng.random(count))), none),
        finished_at=done,
    )  # fmt: skip


def _seconds(seconds: Any) -> Any:
    return np.asarray(seconds).astype("timedelta64[s]")


def _money(lines: pd.DataFrame, asks: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    at, none = asks["line"], asks["final"] == "exchanged"
    payable, freight, coupon = (lines[name].to_numpy()[at] for name in ("payable", "freight", "payment"))
    some = (asks["kind"] == "shipped_only") & (rng.random(len(asks)) < load("story")["refunds"]["partial"])
    share = np.where(none, 0.0, np.where(some, 0.2 + 0.4 * rng.random(len(asks)), 1.0))
    goods = np.floor((payable - freight) * share).astype("int64")
    back = np.floor(coupon * share).astype("int64")
    with_freight = np.where((asks["kind"] == "unshipped") | (asks["kind"] == "refused"), freight, 0)
    return asks.assign(goods=goods + back, coupon=back, freight=with_freight, whole=share == 1.0)


def _reasons(world: World, lines: pd.DataFrame, asks: pd.DataFrame, rng: np.random.Generator) -> list[str]:
    words, goods = load("phrases")["reasons"], world.products
    product = lines["product"].to_numpy()[asks["line"]]
    codes, categories = goods["code"].to_numpy()[product], goods["category"].to_numpy()[product]
    found = []
    for kind, code, category, draw in zip(asks["kind"], codes, categories, rng.random(len(asks)), strict=True):
        own = words.get(code) or words.get(category) or words["return"]
        choices = words[kind] if kind in ("unshipped", "shipped_only") else own
        found.append(choices[int(draw * len(choices))])
    return found


def _closed_before(asks: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    able = (asks["kind"] == "return") & (rng.random(len(asks)) < load("story")["refunds"]["retried"])
    first = asks[able].copy()
    later = ["applied_at", "agreed_at", "returned_at", "refunded_at", "arrived_at", "finished_at"]
    first["final"], first["closed_at"] = "closed", first["applied_at"] + pd.Timedelta(hours=26)
    first[later[1:5]] = pd.NaT
    first["finished_at"] = first["closed_at"]
    asks.loc[able, later] += pd.Timedelta(hours=38)
    return first


def _ids(asks: pd.DataFrame, rng: np.random.Generator) -> Any:
    seconds = ((asks["applied_at"] - pd.Timestamp("2024-01-01")) // pd.Timedelta(seconds=1)).to_numpy().astype("int64")
    tails = rng.integers(0, 10**5, len(asks)) * 10**4 + rng.integers(1, 10**4, len(asks))
    return 14 * 10**17 + seconds * 10**9 + tails
