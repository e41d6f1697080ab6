"""Who supplies what and how each batch arrived, and what the shop did about returns: sheets of the made-up shop."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.sample.filled import ROWS, save
from helpers.sample.story import load, stream
from helpers.sample.world import World

COST_RISE = 1.04  # of the costs sheet, from January 2026


def write(folder: Path, world: World) -> list[Path]:
    """Write the sheets of suppliers, purchases and actions and return their paths."""
    tables = {"suppliers": _suppliers(world), "purchases": _purchases(world), "actions": _actions(world)}
    return [save(folder / "自填", name, rows) for name, rows in tables.items()]


def _suppliers(world: World) -> ROWS:
    """The main supplier of every product, and the spare ones of some."""
    story, goods = load("story")["suppliers"], world.products
    spare = goods[goods["code"].isin(story["spare"])]
    name = [*goods["supplier"], *spare["code"].map(story["spare"])]
    low, usual, high = zip(*(story["lead_days"][one] for one in name), strict=True)
    cost = pd.concat([goods["cost"], spare["cost"] * story["spare_cost"]]) / 100 * COST_RISE
    return {
        "supplier": name,
        "product_id": [*goods["product_id"], *spare["product_id"]],
        "rank": ["主供"] * len(goods) + ["备选"] * len(spare),
        "lead_low_days": low,
        "lead_days": usual,
        "lead_high_days": high,
        "least_order": [200] * len(name),
        "unit_cost_fen": cost.round(2).tolist(),
    }


def _purchases(world: World) -> ROWS:
    """A batch per product every few weeks, ordered early enough; the last ones are still on their way."""
    story, rng, goods = load("story")["suppliers"], stream("suppliers"), world.products
    every, span = int(story["every_days"]), pd.Timestamp(load("story")["last_day"]) - pd.Timestamp(story["from"])
    at = np.tile(np.arange(len(goods)), span.days // every + 1)
    turn = np.repeat(np.arange(span.days // every + 1), len(goods))
    line = goods.iloc[at].reset_index(drop=True)
    ordered = pd.Timestamp(story["from"]) + pd.to_timedelta(turn * every + (at * 11) % every, unit="D")
    low, usual, high = np.array([story["lead_days"][one] for one in line["supplier"]]).T
    lead = np.round(rng.triangular(low - 1, usual, high + 1)).astype(int).clip(low, high)
    arrived = pd.Series(ordered + pd.to_timedelta(lead, unit="D"))
    here = (arrived <= pd.Timestamp(load("story")["last_day"])).to_numpy()
    need = world.mix.mean(axis=0)[at] * world.demand[-365:].mean() * every * 1.15
    quantity = (np.ceil(np.maximum(need, 60) / 20) * 20).astype(int)
    month = pd.Series(ordered).dt.strftime("%y%m")
    faulty = rng.binomial(quantity, _faulty(line, month, rng))
    return {
        "purchase_id": [f"P{number:04}" for number in range(1, len(line) + 1)],
        "product_id": line["product_id"].tolist(),
        "supplier": line["supplier"].tolist(),
        "ordered_on": _days(pd.Series(ordered)),
        "promised_on": _days(pd.Series(ordered + pd.to_timedelta(usual, unit="D"))),
        "arrived_on": _days(arrived.where(here)),
        "quantity": quantity.tolist(),
        "arrived": np.where(here, quantity, "-").tolist(),
        "faulty": np.where(here, faulty, "-").tolist(),
        "unit_cost_fen": (line["cost"] / 100 * COST_RISE).round(2).tolist(),
        "batch": (line["code"] + "-" + month).tolist(),
        "warehouse": [story["warehouse"]] * len(line),
    }


def _faulty(line: pd.DataFrame, month: Any, rng: np.random.Generator) -> Any:
    """The true share of faulty pieces of each batch: batches differ, one supplier's are worse, one batch is spoilt."""
    story = load("story")["suppliers"]
    mean = np.where(line["supplier"] == story["worse"], story["worse_faulty"], story["faulty"])
    share = rng.beta(mean * story["batch_size"], (1 - mean) * story["batch_size"])
    spoilt = (line["code"] + "-" + month) == story["spoilt_batch"]
    return np.where(spoilt, story["spoilt_faulty"], share)


def _actions(world: World) -> ROWS:
    """Two steps against returns; neither changed anything, for the orders were drawn without them."""
    rows = [line.split(" · ") for line in load("story")["suppliers"]["actions"]]
    number, what, code, start, check, baseline, expected = zip(*rows, strict=True)
    known = world.products.set_index("code")["product_id"]
    return {
        "action_id": number,
        "what": what,
        "owner": ["K1"] * len(rows),
        "claim": ["2.3.2c"] * len(rows),
        "object": [known[one] for one in code],
        "start": start,
        "check_on": check,
        "metric": ["退货率警戒线"] * len(rows),
        "baseline": baseline,
        "expected": expected,
        "state": ["进行中"] * len(rows),
    }


def _days(days: Any) -> list[str]:
    return [str(day) for day in days.dt.strftime("%Y-%m-%d").fillna("-")]
