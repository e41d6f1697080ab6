"""What the back offices count by the clock: minutes of live sessions (LVD) and hours of promotion (QC-U)."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.sample.files import write_csv, write_xlsx
from helpers.sample.live import audience
from helpers.sample.orders import gmv
from helpers.sample.qianchuan import promoted, spend
from helpers.sample.story import load, stream
from helpers.sample.world import World

MINUTE = np.timedelta64(1, "m")
HOURS = 24


def write(folder: Path, world: World, lines: pd.DataFrame) -> list[Path]:
    """Write one minute file per live session of the last weeks, and one file of hours; return the paths."""
    rows = minutes(world, lines)
    sheets = [_sheet(folder, start, some) for start, some in rows.groupby("start")]
    return [*sheets, _hours_file(folder, hours(world, lines))]


def minutes(world: World, lines: pd.DataFrame) -> pd.DataFrame:
    """One row per minute of the sessions: start, minute, entered, left, online, orders, paid (fen).

    Viewers come so that each one orders ``best_factor`` times as often in the best hours as in the others.
    """
    rng, story = stream("minutes"), load("story")["minutes"]
    rooms = world.sessions.assign(viewers=audience(world)["viewers"])
    last = pd.Timestamp(load("story")["last_month_end"]) + pd.Timedelta(days=1)
    rooms = rooms[(rooms["start"] >= pd.Timestamp(story["from"])) & (rooms["start"] < last)]
    sold = lines[lines["paid_at"].notna() & lines["session"].isin(rooms.index)]
    return pd.concat([_session(room, sold[sold["session"] == room.Index], story, rng) for room in rooms.itertuples()])


def _session(room: Any, sold: pd.DataFrame, story: dict[str, Any], rng: np.random.Generator) -> pd.DataFrame:
    at = np.arange(np.datetime64(room.start, "m"), np.datetime64(room.end, "m") + MINUTE, MINUTE)
    place = (np.arange(at.size) + 0.5) / at.size
    busy = place**0.5 * (1 - place) ** 0.2  # when orders of a session come, see orders.simulate
    hour = (at.astype("datetime64[h]").astype(int) % HOURS).tolist()
    weight = busy / np.where(np.isin(hour, story["best_hours"]), story["best_factor"], 1.0)
    entered = rng.multinomial(room.viewers, weight / weight.sum())
    stay = np.cumsum(entered) - np.concatenate([np.zeros(3, dtype=int), np.cumsum(entered)[:-3]])
    minute = ((sold["paid_at"].to_numpy().astype("datetime64[m]") - at[0]) // MINUTE).astype(int).clip(0, at.size - 1)
    online = stay + rng.poisson(1.0, at.size)
    left = np.maximum(entered - np.diff(online, prepend=0), 0)
    orders = np.bincount(minute, sold["head"], at.size).astype(int)
    paid = np.bincount(minute, sold["payable"], at.size).astype("int64")
    fields = {"entered": entered, "left": left, "online": online, "orders": orders, "paid": paid}
    return pd.DataFrame({"start": room.start, "minute": at, **fields})


def _sheet(folder: Path, start: Any, rows: pd.DataFrame) -> Path:
    story = load("story")
    taken, room = story["snapshots"]["compass"], f"{story['shop_name']}_{start:%Y-%m-%d_%H-%M-%S}"
    name = f"直播间详情页_分钟数据_{taken:%Y-%m-%d_%H-%M-%S}({room}).xlsx"
    columns = {
        "时间": rows["minute"].dt.strftime("%Y/%m/%d %H:%M").tolist(),
        "进入直播间人数": rows["entered"].tolist(),
        "实时在线人数": rows["online"].tolist(),
        "直播间离开人数": rows["left"].tolist(),
        "成交订单数": rows["orders"].tolist(),
        "用户支付金额": [f"¥{fen / 100:.2f}" for fen in rows["paid"].tolist()],
    }
    return write_xlsx(folder / "罗盘" / "直播分钟" / name, "Sheet1", list(columns), columns)


def hours(world: World, lines: pd.DataFrame) -> pd.DataFrame:
    """One row per day and hour: spend and sales (fen), orders, clicks, shows; they add up to the days of the daily file.

    Sales follow the strength of the hour times spend to the power ``power``; spend is flatter than the hours deserve.
    """
    rng, story, strength = stream("hours"), load("story")["ad_hours"], np.array(load("story")["hours"]["weights"])
    sold = lines[lines["paid_at"].notna() & lines["window"] & lines["product"].isin(promoted(world))]
    day = ((sold["paid_at"] - world.days[0]) // pd.Timedelta(days=1)).to_numpy()
    orders, sales = np.bincount(day, minlength=len(world.days)), np.bincount(day, gmv(sold), len(world.days))
    spent, parts = spend(world).sum(axis=1), []
    whole = world.days <= pd.Timestamp(load("story")["last_month_end"])
    for one in np.flatnonzero((world.days >= pd.Timestamp(story["from"])) & whole):
        cost = strength ** story["spend_follows"] * np.exp(rng.normal(0, story["spend_noise"], HOURS))
        worth = strength ** story["strength"] * cost ** story["power"]
        count = rng.multinomial(orders[one], worth / worth.sum())
        value = count * np.exp(rng.normal(0, 0.25, HOURS))
        fields = {"day": world.days[one], "hour": range(HOURS), "spend": _shared(spent[one], cost), "orders": count}
        parts.append(pd.DataFrame(fields | {"sales": _shared(sales[one], value)}))
    frame = pd.concat(parts, ignore_index=True)
    rule = load("story")["ads"]
    clicks = rng.poisson(frame["spend"] / 100 / rule["click_cost"])
    return frame.assign(clicks=clicks, shows=np.round(clicks / rule["click_rate"]).astype(int))


def _shared(total: float, weights: Any) -> Any:
    """Whole parts of the total in proportion to the weights."""
    grown = np.cumsum(weights)
    return np.diff(np.round(total * grown / max(grown[-1], 1e-9)).astype("int64"), prepend=0)


def _hours_file(folder: Path, frame: pd.DataFrame) -> Path:
    first, last = frame["day"].iloc[0], frame["day"].iloc[-1]
    columns = {
        "日期": frame["day"].dt.strftime("%Y-%m-%d"),
        "时间-小时": [f"{hour:02}:00 - {hour:02}:59" for hour in frame["hour"]],
        "整体展示次数": frame["shows"].astype(str),
        "整体点击次数": frame["clicks"].astype(str),
        "整体消耗": [f"{fen / 100:.2f}" for fen in frame["spend"]],
        "整体成交订单数": frame["orders"].astype(str),
        "整体成交金额": [f"{fen / 100:.2f}" for fen in frame["sales"]],
    }
    name = f"全域推广数据_分小时_{first:%Y%m%d}-{last:%Y%m%d}.csv"
    rows = list(zip(*columns.values(), strict=True))
    return write_csv(folder / "千川" / name, list(columns), rows, "gbk", quoted=False)
