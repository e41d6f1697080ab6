"""The files that only a shop can fill, filled for the made-up shop."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.sample.files import clock, write_xlsx
from helpers.sample.story import calendar, filled, load, stream
from helpers.sample.world import World, stock_out_days

ROWS = dict[str, Sequence[Any]]


def write(folder: Path, world: World, lines: pd.DataFrame, people: pd.DataFrame, said: pd.DataFrame) -> list[Path]:
    """Write the nine filled templates and return their paths."""
    tables = {
        "targets": _typed("targets", "metric valid_from value note"),
        "benchmarks": _typed("benchmarks", "metric value low high source_name source_day scope"),
        "calendar": _calendar(),
        "costs": _costs(world),
        "roles": _roles(world),
        "hosts": _hosts(world),
        "members": _members(people),
        "reviews": _reviews(world, lines, said),
        "stock": _stock(world, lines),
    }
    return [save(folder / "自填", name, rows) for name, rows in tables.items()]


def save(folder: Path, name: str, rows: ROWS) -> Path:
    """Write the file that feeds a table, under the name and headers of its template; rows by column of the table."""
    file, headers = filled(name)
    columns = {headers[column]: cells for column, cells in rows.items()}
    return write_xlsx(folder / f"{file}.xlsx", "Sheet1", list(columns), columns)


def _typed(name: str, columns: str) -> ROWS:
    rows = [line.split(" · ") for line in load("story")["typed"][name]]
    return dict(zip(columns.split(), zip(*rows, strict=True), strict=True))


def _calendar() -> ROWS:
    days, challenge = calendar(), load("story")["challenge"]
    dates = {name: days[name].dt.strftime("%Y-%m-%d").tolist() for name in ("start", "peak", "end")}
    names = {name: days[name].tolist() for name in ("name", "name_en", "kind")}
    return {
        **names,
        **dates,
        "source_name": ["样例：自拟的店铺日历"] * len(days),
        "confirmed": days["confirmed"].tolist(),
        "mechanic": np.where(days["name"] == challenge["event"], "挑战赛", "-").tolist(),
        "cost_fen": np.where(days["name"] == challenge["event"], str(challenge["cost"]), "-").tolist(),
    }


def _costs(world: World) -> ROWS:
    """Two rows per product: costs rose a little in January 2026."""
    goods, count = world.products, len(world.products)
    rise = np.repeat([1.0, 1.04], count)
    twice = pd.concat([goods, goods], ignore_index=True)
    cost = (twice["cost"] / 100 * rise).round(2)
    bulky = np.where(twice["category"].isin(["纸尿裤", "洗护"]), 4.6, 3.4)
    return {
        "product_id": twice["product_id"].tolist(),
        "valid_from": np.repeat(["2024-09-01", "2026-01-01"], count).tolist(),
        "unit_cost_fen": cost.tolist(),
        "freight_out_fen": bulky.tolist(),
        "packing_fen": np.where(twice["category"] == "童装", 0.6, 0.9).tolist(),
        "return_cost_fen": np.where(twice["category"] == "童装", 9.5, 8.0).tolist(),
        "fee_rate": ["5%"] * len(twice),
        "commission_rate": ["12%"] * len(twice),
    }


def _roles(world: World) -> ROWS:
    goods = world.products.assign(listed_on=world.products["listed_on"].dt.strftime("%Y-%m-%d"))
    traits = [load("story")["traits"][code].split(" · ") for code in goods["code"]]
    goods[["function", "look", "season"]] = traits
    place = goods.groupby("category")["price"].rank(pct=True)
    goods["price_band"] = np.select([place <= 1 / 3, place <= 2 / 3], ["低", "中"], "高")
    goods["cobrand"] = np.where(goods["code"] == load("story")["cobrand"]["product"], "是", "否")
    given = "product_id name name_en category role listed_on supplier function look price_band season cobrand"
    return {name: goods[name].tolist() for name in given.split()}


def _hosts(world: World) -> ROWS:
    rooms = world.sessions[world.sessions["start"] < pd.Timestamp(load("story")["last_day"])]
    start, end = clock(rooms["start"].dt.floor("5min")), clock(rooms["end"].dt.ceil("5min"))
    return {
        "host": rooms["host"].tolist(),
        "start": start,
        "end": end,
        "account_id": [load("story")["account"]] * len(rooms),
    }


def _members(people: pd.DataFrame) -> ROWS:
    rng, share = stream("filled"), load("story")["buyers"]["members_share"]
    known = people[rng.random(len(people)) < share]
    return {
        "order_id": known["order_id"].astype(str).tolist(),
        "buyer_key": [f"M{buyer:06}" for buyer in known["buyer"]],
        "paid_at": clock(known["paid_at"]),
        "amount_fen": (known["amount"] / 100).tolist(),
        "level": known["level"].tolist(),
        "touch": known["touch"].tolist(),
    }


def _reviews(world: World, lines: pd.DataFrame, said: pd.DataFrame) -> ROWS:
    some = said[said["reviewed_at"] >= pd.Timestamp(load("story")["snapshots"]["reviews_from"])]
    line = lines.iloc[some["line"]]
    return {
        "review_id": [f"R{number:06}" for number in some.index],
        "reviewed_at": clock(some["reviewed_at"]),
        "order_id": line["order_id"].astype(str).tolist(),
        "product_id": world.products["product_id"].to_numpy()[line["product"]].tolist(),
        "grade": some["grade"].tolist(),
        "score": some["score"].tolist(),
        "content": some["text"].tolist(),
    }


def _stock(world: World, lines: pd.DataFrame) -> ROWS:
    """Shelves refilled every three weeks; the planted stock-out runs dry, stays empty, and is filled again."""
    story, count = load("story"), len(world.products)
    dates = story["snapshots"]
    chosen = (world.days >= pd.Timestamp(dates["stock_from"])) & (world.days <= pd.Timestamp(dates["compass_last_day"]))
    age = np.flatnonzero(chosen)[:, None] + np.arange(count) * 5
    daily = world.mix[chosen].mean(axis=0) * world.demand[chosen].mean() * 1.15
    shelf = np.ceil((daily * 38 + 12) * (1 - (age % 21) / 27)).astype(int)
    paid = lines[lines["paid_at"].notna() & (lines["product"] >= 0)]
    day = ((paid["paid_at"] - world.days[0]) // pd.Timedelta(days=1)).to_numpy()
    sold = np.bincount(day * count + paid["product"].to_numpy(), paid["quantity"], len(world.days) * count).reshape(
        -1, count
    )[chosen]
    at = int(np.flatnonzero(world.products["code"] == story["stock_out"]["product"])[0])
    gone = stock_out_days(world.days[chosen])
    left = np.arange(len(gone)) - int(np.argmax(gone))  # days until (negative) and since the shelf is empty
    before = (left < 0) & (left >= -12)
    shelf[before, at] = np.ceil(daily[at] * -left[before] * 0.9).astype(int)
    shelf[gone, at] = 0
    cause = np.full(shelf.shape, "-", dtype=object)
    cause[gone, at] = story["stock_out"]["cause"]
    reserved = np.minimum(sold.astype(int), 400)
    reserved[gone, at] = 0
    dates_text = world.days[chosen].strftime("%Y-%m-%d").to_numpy()
    return {
        "product_id": np.tile(world.products["product_id"].to_numpy(), len(dates_text)).tolist(),
        "day": np.repeat(dates_text, count).tolist(),
        "available": shelf.ravel().tolist(),
        "reserved": reserved.ravel().tolist(),
        "cause": cause.ravel().tolist(),
    }
