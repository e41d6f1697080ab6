"""Members who got a lucky bag or a wake-up coupon, and those held out of it (MEM): who bought decides who is in which arm."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.sample.files import clock
from helpers.sample.filled import save
from helpers.sample.story import load, stream

COLUMNS = "buyer_key campaign touched_at touch arm used cost_fen order_id"


def write(folder: Path, people: pd.DataFrame) -> list[Path]:
    """Write the sheet of touches; the orders are those that there are, the arms are drawn so that the effect is known."""
    rng = stream("touches")
    rows = pd.concat([_campaign(story, people, rng) for story in load("story")["touches"].values()])
    return [save(folder / "自填", "member_touches", {name: rows[name].tolist() for name in COLUMNS.split()})]


def truths(people: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Per campaign: how many more of the treated ordered because of it, and how much more a treated member paid."""
    found = {}
    for name, story in load("story")["touches"].items():
        pool = _pool(story, people)
        more = story["ordered"] - story["ordered_held_out"]
        each = float(pool.loc[pool["orders"] > 0, "amount"].mean()) / 100
        found[name] = {"ordered": round(more, 4), "paid_yuan": round(more * each, 2)}
    return found


def _pool(story: dict[str, Any], people: pd.DataFrame) -> pd.DataFrame:
    """Members that the campaign could reach, with what each ordered in the days after it."""
    at = pd.Timestamp(story["at"])
    before = people[people["paid_at"] < at]
    lately = before[before["paid_at"] >= at - pd.Timedelta(days=180)].groupby("buyer").size()
    silent = (at - before.groupby("buyer")["paid_at"].max()) / pd.Timedelta(days=1)
    low, high = story["silent_days"]
    chosen = silent.index[(silent >= low) & (silent < high)]
    chosen = chosen[lately.reindex(chosen, fill_value=0) >= story["orders_180"]]
    after = people[(people["paid_at"] >= at) & (people["paid_at"] < at + pd.Timedelta(days=story["days"]))]
    after = after.assign(
        order_id=after["order_id"].astype(str)
    )  # a number of 19 digits does not survive an empty neighbour
    by = after.groupby("buyer").agg(orders=("order", "size"), amount=("amount", "sum"), first=("order_id", "first"))
    found = by.reindex(chosen)
    return found.fillna({"orders": 0, "amount": 0})


def _campaign(story: dict[str, Any], people: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Rows of both arms: as many buyers in each as chance gives its true rate, the others from those who did not buy."""
    pool = _pool(story, people)
    came = rng.permutation(pool.index[pool["orders"] > 0].to_numpy(copy=True))
    away = rng.permutation(pool.index[pool["orders"] == 0].to_numpy(copy=True))
    arms = []
    size = min(story["arm"], len(away) // 2)
    for arm, rate in (("触达", story["ordered"]), ("对照", story["ordered_held_out"])):
        hits = min(int(rng.binomial(size, rate)), len(came))
        members, came = np.concatenate([came[:hits], away[: size - hits]]), came[hits:]
        away = away[size - hits :]
        use = rng.random(size) < np.where(np.arange(size) < hits, story["used_by_buyers"], story["used_by_others"])
        arms.append(pd.DataFrame({"buyer": members, "arm": arm, "used": use & (arm == "触达")}))
    rows = pd.concat(arms, ignore_index=True)
    order = pool["first"].reindex(rows["buyer"]).fillna("-").to_numpy()
    rows["order_id"] = np.where(rows["used"], order, "-")
    rows["cost_fen"] = np.where(rows["arm"] == "触达", str(story["cost"]), "-")
    rows["used"] = np.where(rows["used"], "是", "否")
    rows["buyer_key"] = [f"M{buyer:06}" for buyer in rows["buyer"]]
    at = clock([pd.Timestamp(story["at"])])[0]
    return rows.assign(campaign=story["campaign"], touched_at=at, touch=story["touch"])
