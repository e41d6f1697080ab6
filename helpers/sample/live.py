"""Own live sessions: their audience, their sales, the list export (LIV)."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.sample.aftersales import per_line
from helpers.sample.files import clock, percent, ratio, write_xlsx
from helpers.sample.order_files import HALVES
from helpers.sample.orders import gmv
from helpers.sample.story import headers, load, stream
from helpers.sample.world import World


def audience(world: World) -> pd.DataFrame:
    """One row per session: who saw, entered, clicked. It follows the slot, not the host."""
    rng, rooms, live = stream("live"), world.sessions, load("story")["live"]
    _, convert, click = load("story")["segments"]["live_own"]
    count = len(rooms)

    def near(value: Any, spread: float) -> Any:
        return np.round(value * np.exp(rng.normal(0, spread, count))).astype("int64")

    clicks = rng.poisson(near(rooms["traffic"].to_numpy() / convert, 0.10))
    click_users = near(clicks / 1.35, 0.02)
    viewers = near(click_users / live["click_per_viewer"], 0.05) + 3
    exposures = near(clicks / click, 0.06)
    minutes = live["watch_minutes"] * np.exp(rng.normal(0, 0.14, count))
    length = ((rooms["end"] - rooms["start"]).dt.total_seconds() / 60).to_numpy()
    fields = {
        "clicks": clicks,
        "exposures": np.maximum(exposures, clicks),
        "click_users": np.minimum(click_users, clicks),
    }
    fields |= {"exposure_users": near(exposures / 1.45, 0.02), "viewers": viewers, "views": near(viewers * 1.24, 0.02)}
    fields |= {"room_users": near(viewers / live["exposure_watch"], 0.06), "fans": rng.poisson(viewers * 0.011)}
    fields |= {"lost_fans": rng.poisson(viewers * 0.004), "comments": rng.poisson(viewers * 0.055)}
    online = viewers * minutes / length
    fields |= {
        "online": np.ceil(online).astype(int),
        "peak": np.ceil(online * 2.4).astype(int) + 1,
        "minutes": np.round(minutes, 2),
    }
    fields |= {"spend": (rooms["traffic"].to_numpy() * 620 * np.exp(rng.normal(0, 0.15, count))).astype("int64")}
    return pd.DataFrame(
        fields
        | {
            "length": np.round(length, 2),
            "old_fans": np.round(rng.normal(load("story")["compass"]["old_fans"], 0.04, count), 4),
        }
    )


def sales(world: World, lines: pd.DataFrame, asks: pd.DataFrame, until: pd.Timestamp) -> pd.DataFrame:
    """One row per session: paid orders, money in fen, refunds known until the moment."""
    rows = lines[(lines["session"] >= 0) & lines["paid_at"].notna()]
    rows = rows.assign(
        orders=rows["head"].astype(int),
        units=rows["quantity"] * (rows["product"] >= 0),
        gmv=gmv(rows),
        presales=(rows["head"] & rows["presale"]).astype(int),
        presale_fen=rows["payable"] * rows["presale"],
    )
    rows = pd.concat([rows, per_line(rows, asks, until)], axis=1)
    names = ["orders", "units", "gmv", "payable", "presales", "presale_fen", "refund", "refunds", "quick", "quicks"]
    return rows.groupby("session")[names].sum().reindex(range(len(world.sessions)), fill_value=0)


def write(folder: Path, world: World, lines: pd.DataFrame, asks: pd.DataFrame) -> list[Path]:
    """Write the sessions, one file per half-year of their start, and return the paths."""
    dates = load("story")["snapshots"]
    last = pd.Timestamp(dates["compass_last_day"])
    frame = pd.concat(
        [world.sessions, audience(world), sales(world, lines, asks, pd.Timestamp(dates["compass"]))], axis=1
    )
    edges, paths = [*map(pd.Timestamp, HALVES), last + pd.Timedelta(days=1)], []
    for start, end in zip(edges[:-1], edges[1:], strict=True):
        some = frame[(frame["start"] >= start) & (frame["start"] < end)]
        name = f"直播明细_自营账号_{start:%Y%m%d}_{end - pd.Timedelta(days=1):%Y%m%d}.xlsx"
        paths.append(write_xlsx(folder / "罗盘" / name, "直播间明细", headers("live"), _columns(some)))
    return paths


def _columns(rooms: pd.DataFrame) -> dict[str, Any]:
    story, count, hours = load("story"), len(rooms), rooms["length"] / 60
    buyers = np.ceil(rooms["orders"] * 0.97).astype(int)
    return {
        "主播头像": ["https://p.example/avatar.jpg"] * count,
        "主播昵称": [story["shop_name"]] * count,
        "主播抖音号": [story["account"]] * count,
        "直播开始时间": [text.replace("-", "/") for text in clock(rooms["start"])],
        "直播结束时间": [text.replace("-", "/") for text in clock(rooms["end"])],
        "直播时长(分钟)": rooms["length"],
        "直播间曝光人数": rooms["room_users"],
        "直播间曝光次数": (rooms["room_users"] * 1.3).astype(int),
        "直播间观看人数": rooms["viewers"],
        "单小时观看人数": (rooms["viewers"] / hours).round(1),
        "直播间观看次数": rooms["views"],
        "最高在线人数": rooms["peak"],
        "平均在线人数": rooms["online"],
        "人均观看时长(分钟)": rooms["minutes"],
        "评论次数": rooms["comments"],
        "新增粉丝数": rooms["fans"],
        "取关粉丝数": rooms["lost_fans"],
        "观看老粉占比": percent(rooms["old_fans"], np.ones(count)),
        "带货商品数": [36] * count,
        "直播投放消耗（店铺绑定）": rooms["spend"] / 100,
        "直播投放消耗（店铺被投）": rooms["spend"] / 100,
        "直播间投放消耗": rooms["spend"] / 100,
        **_sold(rooms, hours, buyers),
        **_rates(rooms, buyers),
    }


def _sold(rooms: pd.DataFrame, hours: Any, buyers: Any) -> dict[str, Any]:
    return {
        "直播间商品曝光人数": rooms["exposure_users"],
        "直播间商品点击人数": rooms["click_users"],
        "直播间商品曝光次数": rooms["exposures"],
        "直播间商品点击次数": rooms["clicks"],
        "直播间成交订单数": rooms["orders"],
        "直播间成交金额": rooms["gmv"] / 100,
        "直播间用户支付金额": rooms["payable"] / 100,
        "单小时用户支付金额": (rooms["payable"] / 100 / hours).round(2),
        "直播间成交件数": rooms["units"],
        "直播间成交人数": buyers,
        "直播间退款订单数": rooms["refunds"],
        "直播间退款金额": rooms["refund"] / 100,
        "直播间退款人数": rooms["refunds"],
        "预估佣金支出": [0] * len(rooms),
        "预售订单数": rooms["presales"],
        "预售全款金额": rooms["presale_fen"] / 100,
        "净成交金额": (rooms["gmv"] - rooms["quick"]) / 100,
        "净成交订单数": rooms["orders"] - rooms["quicks"],
        "1小时退款金额": rooms["quick"] / 100,
        "1小时退款订单数": rooms["quicks"],
        "1小时退款率": percent(rooms["quick"], rooms["gmv"]),
    }


def _rates(rooms: pd.DataFrame, buyers: Any) -> dict[str, Any]:
    return {
        "商品曝光-点击率(次数)": percent(rooms["clicks"], rooms["exposures"]),
        "商品曝光-点击率(人数)": percent(rooms["click_users"], rooms["exposure_users"]),
        "商品点击-成交率(次数)": percent(rooms["orders"], rooms["clicks"]),
        "商品点击-成交率(人数)": percent(buyers, rooms["click_users"]),
        "观看-成交率(次数)": ratio(rooms["orders"], rooms["views"]),
        "观看-成交率(人数)": ratio(buyers, rooms["viewers"]),
    }
