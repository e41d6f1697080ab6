"""Qianchuan promotion of whole-shop goods (QC-U): GBK, a total row, rows longer than the header."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.sample.files import ratio, write_csv
from helpers.sample.order_files import HALVES
from helpers.sample.orders import gmv
from helpers.sample.story import headers, load, stream
from helpers.sample.world import World


def spend(world: World) -> Any:
    """Spend in fen per day and promoted product: it follows what ads are expected to sell, not what they did."""
    story, rng = load("story"), stream("ads")
    at = promoted(world)
    price = world.products["price"].to_numpy()[at]
    expected = world.mix[:, at] * price * (world.organic * 0.25 + world.ad)[:, None]
    share = world.mix[:, at] / world.mix[:, at].sum(axis=1, keepdims=True)
    expected += share * price * (world.ad * story["orders"]["ad_promoted"])[:, None]
    fade = world.lift[:, None] ** 0.12  # dearer on the great days
    noise = np.exp(rng.normal(0, story["ads"]["noise"], expected.shape))
    return np.round(expected / np.array(list(story["ads"]["roi"].values())) * fade * noise).astype("int64")


def promoted(world: World) -> Any:
    """Positions of the promoted products."""
    codes = {code: at for at, code in enumerate(world.products["code"])}
    return np.array([codes[code] for code in load("story")["ads"]["roi"]])


def write(folder: Path, world: World, lines: pd.DataFrame, asks: pd.DataFrame) -> list[Path]:
    """Write one file per half-year and return the paths."""
    frame = _daily(world, lines, asks)
    last = pd.Timestamp(load("story")["snapshots"]["compass_last_day"])
    edges, names, paths = [*map(pd.Timestamp, HALVES), last + pd.Timedelta(days=1)], headers("ads"), []
    for start, end in zip(edges[:-1], edges[1:], strict=True):
        some = frame[(frame["date"] >= start) & (frame["date"] < end)]
        total = some.drop(columns=["id", "name", "date"]).sum().to_frame().T
        rows = [*_cells(total.assign(id="全部", name="-", date=pd.NaT)), *_cells(some)]
        name = f"全域推广数据_商品_{start:%Y%m%d}-{end - pd.Timedelta(days=1):%Y%m%d}.csv"
        paths.append(write_csv(folder / "千川" / name, names, rows, "gbk", quoted=False))
    return paths


def _daily(world: World, lines: pd.DataFrame, asks: pd.DataFrame) -> pd.DataFrame:
    at, cost = promoted(world), spend(world)
    rng, rule, days = stream("ads"), load("story")["ads"], len(world.days)
    rows = lines[lines["paid_at"].notna() & lines["window"] & lines["product"].isin(at)]
    quick = asks[(asks["final"] == "success")].set_index("line")["refunded_at"].reindex(rows.index) - rows["paid_at"]
    kept = ~(quick <= pd.Timedelta(hours=1))
    place = {product: number for number, product in enumerate(at)}
    day = ((rows["paid_at"] - world.days[0]) // pd.Timedelta(days=1)).to_numpy()
    spot = day * len(at) + rows["product"].map(place).to_numpy()
    deal = gmv(rows)
    fields = {"orders": 1, "gmv": deal, "net": deal * kept, "nets": kept, "paid": rows["payable"]}
    fields |= {
        "subsidy": rows["platform"] + rows["packet"],
        "coupon": rows["payment"],
        "presale": 0,
    }
    sums = {
        name: np.bincount(spot, np.broadcast_to(values, len(rows)), days * len(at)).round().astype("int64")
        for name, values in fields.items()
    }
    clicks = rng.poisson(cost.ravel() / 100 / rule["click_cost"])
    shows = np.round(clicks / rule["click_rate"] * np.exp(rng.normal(0, 0.08, len(clicks)))).astype("int64")
    goods = world.products.iloc[np.tile(at, days)]
    keys = {
        "id": goods["product_id"].to_numpy(),
        "name": goods["name"].to_numpy(),
        "date": np.repeat(world.days, len(at)),
    }
    return pd.DataFrame({**keys, "cost": cost.ravel(), "clicks": clicks, "shows": shows, **sums})


def _cells(frame: pd.DataFrame) -> list[list[str]]:
    """Rows of the file; those with a date carry two cells more than the header."""
    money = {name: frame[name] / 100 for name in ("cost", "gmv", "net", "paid", "subsidy", "coupon", "presale")}
    columns = [
        frame["id"].tolist(),
        frame["name"].tolist(),
        ["全部" if one is pd.NaT else f"{one:%Y-%m-%d}" for one in frame["date"]],
        frame["shows"].astype(str).tolist(),
        frame["clicks"].astype(str).tolist(),
        _percent(frame["clicks"], frame["shows"]),
        _percent(frame["orders"], frame["clicks"]),
        _money(money["cost"]),
        frame["orders"].astype(str).tolist(),
        _money(money["gmv"]),
        _number(ratio(money["gmv"], money["cost"], 2)),
        _number(ratio(money["cost"], frame["orders"], 2)),
        _number(ratio(money["cost"] * 1000, frame["shows"], 2)),
        _number(ratio(money["cost"], frame["clicks"], 2)),
        _number(ratio(money["net"], money["cost"], 2)),
        _money(money["net"]),
        frame["nets"].astype(str).tolist(),
        _money(money["paid"]),
        _money(money["subsidy"]),
        _money(money["coupon"]),
        _money(money["presale"]),
        _percent(money["net"] * 0.82, money["gmv"]),
    ]
    tail = [] if frame["date"].isna().any() else ["", ""]
    return [[*row, *tail] for row in zip(*columns, strict=True)]


def _money(yuan: pd.Series) -> list[str]:
    """With a yen sign; quoted where a comma stands at the thousands."""
    return [f'"￥{one:,.2f}"' if one >= 1000 else f"￥{one:.2f}" for one in yuan]


def _percent(part: Any, whole: Any) -> list[str]:
    return ["0.00%" if np.isnan(one) else f"{one:.2%}" for one in ratio(part, whole)]


def _number(values: Any) -> list[str]:
    return ["0" if np.isnan(one) else f"{one:.2f}" for one in values]
