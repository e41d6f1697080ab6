"""The order lines of the made-up shop, with their whole future: payment, shipping, delivery."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.sample.story import load, stream
from helpers.sample.world import World

HOUR = 3600
REMOTE = ("新疆", "西藏", "青海", "宁夏", "内蒙古")
DISCOUNTS = ("platform", "merchant", "talent", "changed", "payment", "packet", "lowered")


def simulate(world: World) -> pd.DataFrame:
    """One row per order line (gifts included), oldest first; money in fen, times naive.

    ``order`` numbers the orders, ``head`` marks the first line of each, ``product`` is -1 for a gift,
    ``paid_at`` is empty where the buyer never paid, ``session`` is -1 outside own live rooms.
    """
    rng = stream("lines")
    heads = _heads(world)
    lines = _priced(world, _lined(world, heads, rng), rng)
    lines = _with_gifts(world, lines)
    lines["order_id"], lines["line_id"] = _ids(lines, rng)
    return lines


def _heads(world: World) -> pd.DataFrame:
    story, rng = load("story"), stream("orders")
    paid_share = 1 - story["orders"]["unpaid_share"]
    demand = world.demand * (1 - world.lost) / paid_share
    parts = [_live(world, rng, paid_share)]
    for name, (share, _, _) in story["segments"].items():
        if name != "live_own":
            day = np.repeat(np.arange(len(world.days)), rng.poisson(demand * share))
            parts.append(
                pd.DataFrame({"day": day, "segment": name, "session": -1, "ordered_at": _moments(world, day, rng)})
            )
    heads = pd.concat(parts, ignore_index=True)
    heads = heads[heads["ordered_at"] <= pd.Timestamp(story["snapshots"]["again"])]
    heads = heads.sort_values("ordered_at", ignore_index=True)
    _attributes(world, heads, rng)
    return _logistics(world, heads, rng)


def _live(world: World, rng: np.random.Generator, paid_share: float) -> pd.DataFrame:
    rooms = world.sessions
    expected = rooms["expected"].to_numpy() * (1 - world.lost[rooms["day"]]) / paid_share
    session = np.repeat(np.arange(len(rooms)), rng.poisson(expected))
    start, end = rooms["start"].to_numpy()[session], rooms["end"].to_numpy()[session]
    seconds = (end - start) / np.timedelta64(1, "s") - 200
    ordered = start + (seconds * rng.beta(1.5, 1.2, len(session))).astype("timedelta64[s]")
    return pd.DataFrame(
        {"day": rooms["day"].to_numpy()[session], "segment": "live_own", "session": session, "ordered_at": ordered}
    )


def _moments(world: World, day: Any, rng: np.random.Generator) -> Any:
    weights = np.array(load("story")["hours"]["weights"], dtype=float)
    hours = rng.choice(24, len(day), p=weights / weights.sum())
    seconds = hours * HOUR + rng.integers(0, HOUR, len(day))
    return world.days.to_numpy()[day] + seconds.astype("timedelta64[s]")


def _attributes(world: World, heads: pd.DataFrame, rng: np.random.Generator) -> None:
    story, count = load("story"), len(heads)
    names = heads["segment"].to_numpy().astype(str)
    heads["carrier"] = pd.Series(names).str.rsplit("_", n=1).str[0].to_numpy()
    heads["partner"] = np.char.endswith(names, "partner")
    share = (world.ad / world.demand)[heads["day"]] * heads["carrier"].map(story["orders"]["ad_factor"])
    heads["ad"] = rng.random(count) < share.to_numpy()
    heads["window"] = heads["ad"] | (rng.random(count) < 0.25)
    unpaid = rng.random(count) < story["orders"]["unpaid_share"]
    wait = np.where(heads["carrier"] == "live", rng.integers(4, 150, count), rng.integers(4, 600, count))
    paid = heads["ordered_at"].to_numpy() + wait.astype("timedelta64[s]")
    heads["paid_at"] = np.where(unpaid, np.datetime64("NaT"), paid)
    early = (world.lift[heads["day"]] > 1.15) & (world.lift[heads["day"]] < 3)
    heads["presale"] = early & (rng.random(count) < story["orders"]["presale_share"])
    heads["sale"] = world.lift[heads["day"]] >= story["growth"]["sale_from"]
    places = load("phrases")["places"]
    weights = np.array([weight for _, weight in places.values()])
    heads["place"] = rng.choice(len(places), count, p=weights / weights.sum())
    heads["talent_no"] = _talents(heads, rng)


def _talents(heads: pd.DataFrame, rng: np.random.Generator) -> Any:
    names = len(load("phrases")["talents"]["names"])
    month = (heads["ordered_at"].dt.year * 12 + heads["ordered_at"].dt.month).to_numpy()
    rank = np.minimum((rng.pareto(1.1, len(heads)) * 2.2).astype(int), 11)  # twelve are active in a month
    return np.where(heads["partner"], (rank + month // 4) % names, -1)


def _logistics(world: World, heads: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    late, count = load("story")["orders"]["late_shipping"], len(heads)
    months = heads["ordered_at"].dt.strftime("%Y-%m").map(late).fillna(late["usual"]).to_numpy()
    usual = np.minimum(np.exp(rng.normal(np.log(19), 0.5, count)), 47.0)
    hours = np.where(rng.random(count) < months, 49 + rng.exponential(22, count), usual)
    promise = np.where(heads["presale"], 24.0 * rng.integers(7, 16, count), 48.0)
    hours = np.where(heads["presale"], promise - 90 * rng.random(count) + 8, hours)
    remote = pd.Series(list(load("phrases")["places"])).str.startswith(REMOTE).to_numpy()[heads["place"]]
    paid = heads["paid_at"].to_numpy()
    heads["promised_at"] = paid + _hours(promise)
    heads["shipped_at"] = paid + _hours(hours)
    heads["delivered_at"] = heads["shipped_at"] + _hours(36 + 60 * rng.random(count) + 48 * remote)
    heads["finished_at"] = heads["delivered_at"] + _hours(
        np.where(rng.random(count) < 0.7, 168, 24 + 140 * rng.random(count))
    )
    heads["remote"] = remote
    return heads


def _hours(hours: Any) -> Any:
    return (hours * HOUR).astype("timedelta64[s]")


def _lined(world: World, heads: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    rule, day = load("story")["orders"], heads["day"].to_numpy()
    promoted = world.mix * (world.products["promoted"].to_numpy() == 1)
    first = _pick(world.mix, day, rng)
    first = np.where(heads["ad"] & (rng.random(len(day)) < rule["ad_promoted"]), _pick(promoted, day, rng), first)
    partner = world.products["partner"].to_numpy()[first]
    other = _pick(world.mix, day, rng)
    known = (partner >= 0) & (world.mix[day, partner] > 0) & (rng.random(len(day)) < rule["partner_share"])
    second = np.where(known, partner, other)
    third = _pick(world.mix, day, rng)
    two = (rng.random(len(day)) < rule["second_line"]) & (second != first)
    three = (
        two & (rng.random(len(day)) < rule["third_line"] / rule["second_line"]) & (third != first) & (third != second)
    )
    at = np.arange(len(day))
    order = np.concatenate([at, at[two], at[three]])
    product = np.concatenate([first, second[two], third[three]])
    place = np.argsort(order, kind="stable")
    lines = heads.iloc[order[place]].reset_index(drop=True)
    lines["order"], lines["product"] = order[place], product[place]
    return lines.assign(head=~lines["order"].duplicated())


def _pick(share: Any, day: Any, rng: np.random.Generator) -> Any:
    table = np.cumsum(share, axis=1)
    draw = rng.random(len(day)) * table[day, -1]
    return np.minimum((table[day] < draw[:, None]).sum(axis=1), share.shape[1] - 1)


def gmv(lines: pd.DataFrame) -> Any:
    """Deal amount of each line in fen: what the buyer paid and what platform and talent added."""
    return lines[["payable", "payment", "platform", "packet", "talent"]].sum(axis=1)


def prices(world: World, day: Any, product: Any, risen: bool = True) -> Any:
    """List prices in fen on the given days; without the planted rise of October 2026 if so asked."""
    rise, goods = load("story")["october"], world.products
    base = goods["price"].to_numpy()[product]
    hit = (goods["category"] == rise["price_category"]).to_numpy()[product]
    later = (world.days >= pd.Timestamp(rise["from"]))[day]
    new = np.round(base * (1 + rise["price_rise"]), -1).astype("int64")
    return np.where(hit & later & risen, new, base)


def _priced(world: World, lines: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    quantity = rng.choice([1, 2, 3], len(lines), p=load("story")["orders"]["quantity"])
    price = prices(world, lines["day"].to_numpy(), lines["product"].to_numpy())
    parts = _discounts(lines, price * quantity, rng)
    freight = np.where(lines["remote"] & lines["head"], 800, 0)
    money = {"quantity": quantity, "price": price, "freight": freight, **parts, "discount": sum(parts.values())}
    return lines.assign(**money, payable=price * quantity + freight - money["discount"])


def _discounts(lines: pd.DataFrame, total: Any, rng: np.random.Generator) -> dict[str, Any]:
    sale, count = lines["sale"].to_numpy(), len(lines)

    def part(share: Any, chance: Any) -> Any:
        return (total * share * (rng.random(count) < chance)).astype("int64")

    return {
        "platform": part(np.where(sale, 0.07, 0.04), np.where(sale, 0.60, 0.20)),
        "merchant": part(np.where(sale, 0.10, 0.06), np.where(sale, 0.75, 0.55)),
        "talent": part(0.03, np.where(lines["partner"], 0.25, 0.0)),
        "changed": np.where(rng.random(count) < 0.005, 200, 0),
        "payment": np.where((rng.random(count) < 0.04), np.minimum(300, total // 20), 0),
        "packet": np.where(rng.random(count) < 0.06, np.minimum(rng.integers(50, 400, count), total // 20), 0),
        "lowered": part(0.05, np.where(sale, 0.5, 0.1)),
    }


def _with_gifts(world: World, lines: pd.DataFrame) -> pd.DataFrame:
    spent = np.bincount(lines["order"], lines["payable"])[lines["order"]]
    rich = lines["head"] & lines["sale"] & (spent >= load("story")["orders"]["gift_above"] * 100)
    gifts = lines[rich].copy()
    gifts[["price", "freight", "discount", "payable", *DISCOUNTS]] = 0
    gifts["product"], gifts["quantity"], gifts["head"] = -1, 1, False
    both = pd.concat([lines, gifts], ignore_index=True)
    return both.sort_values("order", kind="stable", ignore_index=True)


def _ids(lines: pd.DataFrame, rng: np.random.Generator) -> tuple[Any, Any]:
    seconds = (lines["ordered_at"] - pd.Timestamp("2024-01-01")) // pd.Timedelta(seconds=1)
    begin = 69 * 10**17 + seconds.to_numpy().astype("int64") * 10**9
    first, own = (begin + rng.integers(0, 10**5, len(lines)) * 10**4 + rng.integers(1, 10**4, len(lines)) for _ in "12")
    order = lines["order"].to_numpy()
    main = first[lines["head"].to_numpy()][order]
    single = np.bincount(order)[order] == 1
    return main, np.where(single, main, own)
