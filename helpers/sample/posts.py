"""Videos of talents before the last quarter (VID of partners): published on days on which the own live room sold well."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.sample.files import clock, write_xlsx
from helpers.sample.order_files import talent_id
from helpers.sample.story import headers, load, stream
from helpers.sample.world import World


def write(folder: Path, world: World) -> list[Path]:
    """Write one file per quarter of posts and return the paths."""
    story, rng, paths = load("story")["posts"], stream("posts"), []
    for first, last in story["files"]:
        days = _chosen(world, pd.date_range(first, last), rng)
        name = f"[{first.replace('-', '')}-{last.replace('-', '')}]_合作_挂车_视频详情数据.xlsx"
        paths.append(write_xlsx(folder / "罗盘" / name, "Sheet1", headers("videos"), _columns(world, days, rng)))
    return paths


def strength(world: World) -> Any:
    """How much more the own sessions of each day are expected to sell than their audience and hosts explain; 1 is even."""
    rooms = world.sessions
    hosts = rooms["host"].map(load("story")["live"]["hosts"])
    plain = rooms["traffic"] * hosts / hosts.mean()
    sums = (
        pd.DataFrame({"day": world.days[rooms["day"]], "sold": rooms["expected"], "plain": plain}).groupby("day").sum()
    )
    return sums["sold"] / sums["plain"]


def _chosen(world: World, days: Any, rng: np.random.Generator) -> Any:
    """Days of posts: the likelier, the stronger the own live room is that day."""
    story = load("story")["posts"]
    room = np.log(strength(world).reindex(days).dropna())
    weight = np.exp(story["pull"] * (room - room.mean()) / room.std())
    count = round(story["per_month"] * len(days) / 30.4)
    return np.sort(rng.choice(room.index, count, replace=False, p=weight / weight.sum()))


def _columns(world: World, days: Any, rng: np.random.Generator) -> dict[str, Any]:
    goods, count = world.products, len(days)
    names = load("phrases")["talents"]["names"]
    talent, product = rng.integers(0, len(names), count), rng.integers(0, 7, count)
    clicks = rng.poisson(160, count)
    orders = rng.binomial(clicks, 0.05)
    return {
        "视频ID": [f"7680{day.astype('datetime64[D]').astype(int):06}{at:09}" for at, day in enumerate(days)],
        "视频标题": [f"{names[one]}的好物分享" for one in talent],
        "发布时间": clock(days + rng.integers(36_000, 68_000, count).astype("timedelta64[s]")),
        "达人昵称": [names[one] for one in talent],
        "达人抖音号": [talent_id(one) for one in talent],
        "视频观看次数": clicks * 60,
        "商品曝光次数": clicks * 36,
        "商品点击次数": clicks,
        "成交订单数": orders,
        "用户支付金额(元)": (orders * 92.0).tolist(),
        "带货商品ID": goods["product_id"].to_numpy()[product].tolist(),
        "商品名称": goods["name"].to_numpy()[product].tolist(),
    }
