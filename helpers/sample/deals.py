"""The daily deal analysis of Compass (CDL): days by carrier and advertising window, totals among the details."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.sample.files import ratio, write_xlsx
from helpers.sample.live import audience
from helpers.sample.order_files import HALVES
from helpers.sample.story import CARRIERS, headers, load, stream
from helpers.sample.world import World

WIDE = 2  # which half-year comes in the wider version
Cube = dict[str, Any]  # each an array of days × carriers × (window off, window on)
PEOPLE_ONCE = 0.97  # people met in several carriers count once in the total


def traffic(world: World) -> dict[str, tuple[Any, Any]]:
    """Product exposures and clicks (times) per day of every carrier and seller; they do not know of stock-outs."""
    rng, rooms, count = stream("deals"), audience(world), len(world.days)
    found: dict[str, tuple[Any, Any]] = {}
    for name, (share, convert, click) in load("story")["segments"].items():
        if name == "live_own":
            seen, clicks = (np.bincount(world.sessions["day"], rooms[one], count) for one in ("exposures", "clicks"))
            found[name] = (seen.astype("int64"), clicks.astype("int64"))
            continue
        clicks = rng.poisson(world.demand * share / convert * np.exp(rng.normal(0, 0.10, count)))
        exposures = np.round(clicks / click * np.exp(rng.normal(0, 0.05, count))).astype("int64")
        found[name] = (np.maximum(exposures, clicks), clicks)
    return found


def cube(world: World, lines: pd.DataFrame, asks: pd.DataFrame) -> Cube:
    """Every measure of the file, money in fen."""
    until = pd.Timestamp(load("story")["snapshots"]["compass"])
    rows = lines[lines["paid_at"].notna()]
    spot = _spots(world, rows, rows["paid_at"])
    subsidy, units = rows["platform"] + rows["packet"], rows["quantity"] * (rows["product"] >= 0)
    head = rows["head"].astype(int)
    measures = {"paid": rows["payable"], "coupon": rows["payment"], "subsidy": subsidy, "talent": rows["talent"]}
    measures |= {"orders": head, "units": units, "presale": rows["payable"] * rows["presale"]}
    in_time = (rows["shipped_at"] - rows["paid_at"]) <= pd.Timedelta(hours=48)
    measures |= {"in_time": head * in_time, "to_ship": head * (~rows["presale"] & rows["shipped_at"].notna())}
    for days in (7, 14):
        settled = (rows["finished_at"] <= rows["paid_at"] + pd.Timedelta(days=days)) & (rows["finished_at"] <= until)
        measures[f"settled_{days}"] = rows["payable"] * settled
    sums = {name: _sum(world, spot, values) for name, values in measures.items()}
    sums["shipped"] = _sum(world, _spots(world, rows, rows["shipped_at"]), rows["payable"])
    sums["settled"] = _sum(
        world, _spots(world, rows, rows["finished_at"].where(rows["finished_at"] <= until)), rows["payable"]
    )
    sums["gmv"] = sums["paid"] + sums["coupon"] + sums["subsidy"] + sums["talent"]
    return sums | _refunds(world, lines, asks, until) | _seen(world)


def _spots(world: World, rows: pd.DataFrame, moment: Any) -> Any:
    day = (moment - world.days[0]) // pd.Timedelta(days=1)
    day = day.where((day >= 0) & (day < len(world.days))).fillna(-1).astype(int).to_numpy()
    carrier = rows["carrier"].map({name: at for at, name in enumerate(CARRIERS)}).to_numpy()
    return np.where(day < 0, -1, (day * len(CARRIERS) + carrier) * 2 + rows["window"].to_numpy())


def _sum(world: World, spot: Any, values: Any) -> Any:
    good, size = spot >= 0, len(world.days) * len(CARRIERS) * 2
    sums = np.bincount(spot[good], np.asarray(values)[good], size)
    return np.round(sums).astype("int64").reshape(len(world.days), len(CARRIERS), 2)


def _refunds(world: World, lines: pd.DataFrame, asks: pd.DataFrame, until: pd.Timestamp) -> Cube:
    back = asks[(asks["final"] == "success") & (asks["refunded_at"] <= until)].sort_values("refunded_at")
    rows = lines.loc[back["line"]].reset_index(drop=True)
    back = back.reset_index(drop=True)
    user = back["goods"] + back["freight"] - back["coupon"]
    extra = np.where(back["whole"], rows[["platform", "packet", "talent"]].sum(axis=1), 0)
    once = (~rows["order"].duplicated()).astype(int)
    quick = (back["refunded_at"] - rows["paid_at"] <= pd.Timedelta(hours=1)).astype(int)
    by_pay, by_refund = _spots(world, rows, rows["paid_at"]), _spots(world, rows, back["refunded_at"])
    deal = user + back["coupon"] + extra
    measures = {"refund": user, "deal_refund": deal, "refunds": once, "quick": deal * quick, "quicks": once * quick}
    measures |= {
        "coupon_back": back["coupon"],
        "subsidy_back": np.where(back["whole"], rows["platform"] + rows["packet"], 0),
    }
    measures |= {"talent_back": np.where(back["whole"], rows["talent"], 0)}
    kinds = {name: deal * (back["kind"] == name) for name in ("unshipped", "shipped_only", "return")}
    late = {"refund_then": user, "deal_then": deal, "refunds_then": once}
    sums = {name: _sum(world, by_pay, values) for name, values in (measures | kinds).items()}
    return sums | {name: _sum(world, by_refund, values) for name, values in late.items()}


def _seen(world: World) -> Cube:
    shape = (len(world.days), len(CARRIERS), 2)
    seen = {"exposures": np.zeros(shape, dtype="int64"), "clicks": np.zeros(shape, dtype="int64")}
    off = 0.75 * (world.organic / world.demand)  # ads run only part of the day
    for name, pair in traffic(world).items():
        at = list(CARRIERS).index(name.rsplit("_", 1)[0])
        for measure, values in zip(seen, pair, strict=True):
            outside = np.round(values * off).astype("int64")
            seen[measure][:, at, 0] += outside
            seen[measure][:, at, 1] += values - outside
    return seen


def write(folder: Path, world: World, sums: Cube) -> list[Path]:
    """Write one file per half-year, one of them in the wider version, and return the paths."""
    last = pd.Timestamp(load("story")["snapshots"]["compass_last_day"])
    edges, paths = [*map(pd.Timestamp, HALVES), last + pd.Timedelta(days=1)], []
    for at, (start, end) in enumerate(zip(edges[:-1], edges[1:], strict=True)):
        chosen = np.flatnonzero((world.days >= start) & (world.days < end))
        columns, names = _columns(world, sums, chosen), headers("deals")
        if at == WIDE:
            columns, names = _wider(columns, names)
        name = f"抖音电商罗盘-成交分析-{start:%Y%m%d}-{end - pd.Timedelta(days=1):%Y%m%d}.xlsx"
        paths.append(write_xlsx(folder / "罗盘" / name, "成交概览", names, columns))
    return paths


def _rows(values: Any) -> Any:
    """Eight rows a day: the total, its two windows, the five carriers."""
    total = values.sum(axis=(1, 2))
    parts = [total, values[:, :, 1].sum(axis=1), values[:, :, 0].sum(axis=1), *values.sum(axis=2).T]
    return np.stack(parts, axis=1).ravel()


def _columns(world: World, sums: Cube, chosen: Any) -> dict[str, Any]:
    flat = {name: _rows(values[chosen]) for name, values in sums.items()}
    carriers = ["全部"] * 3 + list(CARRIERS.values())
    once = np.tile([PEOPLE_ONCE] * 3 + [1.0] * len(CARRIERS), len(chosen))
    people = {
        "buyers": np.ceil(flat["orders"] * 0.98 * once).astype(int),
        "exposure_users": np.round(flat["exposures"] / 1.45 * once).astype(int),
        "click_users": np.round(flat["clicks"] / 1.35 * once).astype(int),
    }
    return {
        "日期": np.repeat(world.days[chosen].strftime("%Y%m%d").to_numpy(), len(carriers)),
        "载体类型": carriers * len(chosen),
        "投放时段": ["不限", "投放时段", "非投放时段", *["不限"] * len(CARRIERS)] * len(chosen),
        **_deals(flat, people),
        **_given_back(flat),
        **_funnel(flat, people),
    }


def _deals(flat: Cube, people: Cube) -> dict[str, Any]:
    return {
        "用户支付金额": flat["paid"] / 100,
        "智能优惠券金额": flat["coupon"] / 100,
        "平台补贴金额": flat["subsidy"] / 100,
        "达人补贴金额": flat["talent"] / 100,
        "预售定金": np.zeros(len(flat["paid"])),
        "成交订单数": flat["orders"],
        "成交人数": people["buyers"],
        "客单价": ratio(flat["gmv"] / 100, people["buyers"], 2),
        "成交金额": flat["gmv"] / 100,
        "净成交金额": (flat["gmv"] - flat["quick"]) / 100,
        "成交件数": flat["units"],
        "件单价": ratio(flat["gmv"] / 100, flat["units"], 2),
        "净成交订单量": flat["orders"] - flat["quicks"],
        "发货用户支付金额(发货时间)": flat["shipped"] / 100,
        "两日内发货率": ratio(flat["in_time"], flat["to_ship"]),
        "结算金额": flat["settled"] / 100,
        "7日结算金额": flat["settled_7"] / 100,
        "14日结算金额": flat["settled_14"] / 100,
    }


def _given_back(flat: Cube) -> dict[str, Any]:
    return {
        "退款后用户支付金额(支付时间)": (flat["paid"] - flat["refund"]) / 100,
        "退款后智能优惠券金额(支付时间)": (flat["coupon"] - flat["coupon_back"]) / 100,
        "退款后达人补贴金额(支付时间)": (flat["talent"] - flat["talent_back"]) / 100,
        "退款后电商平台补贴金额(支付时间)": (flat["subsidy"] - flat["subsidy_back"]) / 100,
        "退款金额(退款时间)": flat["refund_then"] / 100,
        "成交退款金额(退款时间)": flat["deal_then"] / 100,
        "退款订单数(退款时间)": flat["refunds_then"],
        "退款率(支付时间)": ratio(flat["deal_refund"], flat["gmv"]),
        "退款金额(支付时间)": flat["refund"] / 100,
        "成交退款金额(支付时间)": flat["deal_refund"] / 100,
        "退款订单数(支付时间)": flat["refunds"],
        "发货前退款率(支付时间)": ratio(flat["unshipped"], flat["gmv"]),
        "未收货退款率(支付时间)": ratio(flat["shipped_only"], flat["gmv"]),
        "已收货退款率(支付时间)": ratio(flat["return"], flat["gmv"]),
        "已收货退货退款率(支付时间)": ratio(flat["return"], flat["gmv"]),
        "1小时成交退款金额(支付时间)": flat["quick"] / 100,
        "1小时退款订单数(支付时间)": flat["quicks"],
        "1小时成交退款率(支付时间)": ratio(flat["quick"], flat["gmv"]),
    }


def _funnel(flat: Cube, people: Cube) -> dict[str, Any]:
    seen, clicked, buyers = people["exposure_users"], people["click_users"], people["buyers"]
    return {
        "商品曝光人数": seen,
        "商品点击人数": clicked,
        "商品曝光-点击转化率(人数)": ratio(clicked, seen),
        "商品点击-成交转化率(人数)": ratio(buyers, clicked),
        "商品曝光-成交转化率(人数)": ratio(buyers, seen),
        "千次曝光用户支付金额": ratio(flat["paid"] * 10, flat["exposures"], 2),
        "商品曝光次数": flat["exposures"],
        "商品点击次数": flat["clicks"],
        "商品曝光-点击转化率(次数)": ratio(flat["clicks"], flat["exposures"]),
        "商品点击-成交转化率(次数)": ratio(flat["orders"], flat["clicks"]),
        "商品曝光-成交转化率(次数)": ratio(flat["orders"], flat["exposures"]),
    }


def _wider(columns: dict[str, Any], names: list[str]) -> tuple[dict[str, Any], list[str]]:
    renamed = load("headers")["deals_renamed"]
    columns = {renamed.get(name, name): values for name, values in columns.items()}
    columns["加购人数"] = np.round(columns["商品点击人数"] * load("story")["compass"]["cart_rate"]).astype(int)
    return columns, [*(renamed.get(name, name) for name in names), *headers("deals_extra")]
