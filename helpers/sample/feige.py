"""Feige reception (FGK): agents by day, with the shop's sum and mean among them."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.sample.files import percent, write_xlsx
from helpers.sample.story import headers, load, stream
from helpers.sample.world import World


def write(folder: Path, world: World) -> list[Path]:
    """Write one file per month and return the paths."""
    story, paths = load("story"), []
    frame = _days(world)
    for month in pd.period_range(story["snapshots"]["period_files_from"], story["last_month_end"], freq="M"):
        some = frame[frame["month"] == month]
        name = f"飞鸽接待量_{month.start_time:%Y%m%d}-{month.end_time:%Y%m%d}.xlsx"
        paths.append(write_xlsx(folder / "飞鸽" / name, "Sheet1", headers("service"), _with_summary(some)))
    return paths


def _days(world: World) -> pd.DataFrame:
    """One row per agent and day on duty; each rests one day in six."""
    story, rng = load("story")["service"], stream("service")
    agents = list(story["agents"])
    day, agent = (
        part.ravel() for part in np.meshgrid(np.arange(len(world.days)), np.arange(len(agents)), indexing="ij")
    )
    duty = (day + agent * 2) % 6 != 0
    day, agent = day[duty], agent[duty]
    frame = pd.DataFrame(
        {"date": world.days[day], "month": world.days[day].to_period("M"), "agent": np.array(agents)[agent]}
    )
    frame["number"] = agent + 1
    asked = (
        world.demand[day] * story["asks_per_order"] / 3.3 * np.where(frame["agent"] == story["late_agent"], 1.5, 0.9)
    )
    frame["people"] = rng.poisson(asked) + 1
    frame["sessions"] = frame["people"] + rng.binomial(frame["people"], 0.12)
    busy = (world.lift[day] > 1.5) * 0.25
    frame["first"] = np.exp(
        np.log(frame["agent"].map(story["agents"])) + rng.normal(0, story["spread"], len(day)) + busy
    ).round(1)
    frame["mean"] = (frame["first"] * np.exp(rng.normal(0.45, 0.15, len(day)))).round(1)
    slow = np.clip(frame["first"] / 700, 0.005, 0.3)
    frame["in_time"] = frame["sessions"] - rng.binomial(frame["sessions"], slow)
    frame["rated"] = rng.binomial(frame["sessions"], 0.3)
    frame["bad"] = rng.binomial(frame["rated"], np.clip(0.03 + frame["first"] / 900, 0, 0.5))
    frame["asks"] = rng.binomial(frame["people"], 0.62)
    frame["ordered"] = rng.binomial(frame["asks"], 0.46)
    frame["paid"] = rng.binomial(frame["ordered"], 0.93)
    frame["sales"] = (frame["paid"] * 88 * np.exp(rng.normal(0, 0.2, len(day)))).round(2)
    frame["online"] = (7.4 + 1.2 * rng.random(len(day))).round(2)
    return frame


def _with_summary(frame: pd.DataFrame) -> dict[str, Any]:
    """The columns of one month; the last two rows are the shop's sum (without rates) and mean."""
    detail = _columns(frame)
    sums = frame[["people", "sessions", "in_time", "rated", "bad", "asks", "ordered", "paid", "sales", "online"]].sum()
    counts = {
        "人工已接待人数": "people",
        "人工已接待会话量": "sessions",
        "客服销售额（元）": "sales",
        "询单人数": "asks",
    }
    counts |= {"下单人数": "ordered", "支付人数": "paid"}
    total = {header: [round(sums[name].item(), 2)] for header, name in counts.items()}
    mean = {header: [round(sums[name].item() / len(frame), 2)] for header, name in counts.items()}
    mean |= {
        "不满意率": percent([sums["bad"]], [sums["rated"]]),
        "满意率": percent([sums["rated"] - sums["bad"]], [sums["rated"]]),
    }
    mean |= {
        "3分钟人工回复率(会话)": percent([sums["in_time"]], [sums["sessions"]]),
        "询单转化率": percent([sums["paid"]], [sums["asks"]]),
    }
    for header, name in (("首次响应时长（秒）", "first"), ("平均响应时长（秒）", "mean")):
        mean[header] = [round(float(np.average(frame[name], weights=frame["sessions"])), 1)]
    last = {"日期": ["-"], "账号名称": ["-"]}
    total, mean = {**total, **last, "客服昵称": ["店铺汇总值"]}, {**mean, **last, "客服昵称": ["店铺平均值"]}
    return {header: [*values, *total.get(header, ["-"]), *mean.get(header, ["-"])] for header, values in detail.items()}


def _columns(frame: pd.DataFrame) -> dict[str, Any]:
    return {
        "日期": frame["date"].dt.strftime("%Y-%m-%d").tolist(),
        "客服昵称": frame["agent"].tolist(),
        "账号名称": [f"xiaoman_cs{one:02}" for one in frame["number"]],
        "人工已接待人数": frame["people"].tolist(),
        "人工已接待会话量": frame["sessions"].tolist(),
        "CPD": (frame["people"] / frame["online"]).round(2).tolist(),
        "不满意率": percent(frame["bad"], frame["rated"]),
        "3分钟人工回复率(会话)": percent(frame["in_time"], frame["sessions"]),
        "3分钟人工回复率": percent(frame["in_time"], frame["sessions"]),
        "首次响应时长（秒）": frame["first"].tolist(),
        "平均响应时长（秒）": frame["mean"].tolist(),
        "新平均响应时长（秒）": frame["mean"].tolist(),
        "满意率": percent(frame["rated"] - frame["bad"], frame["rated"]),
        "客服销售额（元）": frame["sales"].tolist(),
        "询单人数": frame["asks"].tolist(),
        "下单人数": frame["ordered"].tolist(),
        "支付人数": frame["paid"].tolist(),
        "询单转化率": percent(frame["paid"], frame["asks"]),
        "预警会话量": frame["bad"].tolist(),
        "PC在线时长（时）": frame["online"].tolist(),
        "PC小休时长（时）": [0.5] * len(frame),
        "PC离线时长（时）": (24 - 0.5 - frame["online"]).round(2).tolist(),
    }
