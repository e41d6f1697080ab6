"""The order exports (ORD): two column orders, tabs before ids, dashes for nothing, two snapshots."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.sample.files import clock, write_csv, yuan
from helpers.sample.story import CARRIERS, headers, load, stream
from helpers.sample.world import World

BEIJING = timezone(timedelta(hours=8))
WAITING = "数据将于第二天更新"
HALVES = ("2024-09-01", "2025-01-01", "2025-07-01", "2026-01-01", "2026-07-01")
VERSION_B = 1  # which half-year comes in the other column order
TABBED = {"主订单编号", "子订单编号", "选购商品", "商品规格", "货号", "商品ID", "商家编码", "达人ID"}
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"


def write(folder: Path, world: World, lines: pd.DataFrame, asks: pd.DataFrame) -> list[Path]:
    """Write one file per half-year and the overlapping second export; return their paths."""
    dates, people = load("story")["snapshots"], _people(lines)
    edges = [*map(pd.Timestamp, HALVES), pd.Timestamp(dates["orders"])]
    spans = [
        (edges[at], edges[at + 1], edges[-1] + pd.Timedelta(minutes=at), at == VERSION_B) for at in range(len(HALVES))
    ]
    spans.append((pd.Timestamp(dates["again_from"]), pd.Timestamp(dates["again"]), pd.Timestamp(dates["again"]), False))
    paths = []
    for start, end, snapshot, version_b in spans:
        inside = ((lines["ordered_at"] >= start) & (lines["ordered_at"] < end)).to_numpy()
        names = headers("orders_b" if version_b else "orders_a")
        columns = _columns(world, lines[inside], asks, snapshot, people[inside])
        paths.append(
            write_csv(folder / "订单" / _name(snapshot), names, _rows(names, columns), "utf-8-sig", quoted=True)
        )
    return paths


def _name(snapshot: pd.Timestamp) -> str:
    unix = int(datetime.combine(snapshot.date(), snapshot.time(), BEIJING).astimezone(UTC).timestamp())
    return f"{unix}_{hashlib.sha256(str(unix).encode()).hexdigest()[:32]}.csv"


def _rows(names: list[str], columns: dict[str, Any]) -> Any:
    blank = ["-"] * len(columns["主订单编号"])
    cells = (columns.get(name, blank) for name in names)
    return zip(
        *(
            ["\t" + cell for cell in column] if name in TABBED else column
            for name, column in zip(names, cells, strict=True)
        ),
        strict=True,
    )


def _people(lines: pd.DataFrame) -> pd.DataFrame:
    """Masked receivers and what they wrote, the same for every line of an order."""
    rng, order = stream("persons"), lines["order"].to_numpy()
    count, words = int(order.max()) + 1, load("phrases")["remarks"]
    names = np.array([f"{one}**" for one in SURNAMES])[rng.integers(0, len(SURNAMES), count)]
    phones = [
        f"1{a}{b:02}****{c:03}"
        for a, b, c in zip(
            rng.integers(3, 10, count), rng.integers(0, 99, count), rng.integers(0, 1000, count), strict=True
        )
    ]
    buyer = np.array(["-", *words["buyer"]])[rng.integers(1, 6, count) * (rng.random(count) < 0.04)]
    seller = np.array(["-", *words["seller"]])[rng.integers(1, 5, count) * (rng.random(count) < 0.02)]
    flag = np.array(list("灰灰灰紫绿橙"))[rng.integers(0, 6, count)]
    parcel = rng.integers(10**12, 10**13, count)
    frame = pd.DataFrame(
        {"name": names, "phone": phones, "buyer": buyer, "seller": seller, "flag": flag, "parcel": parcel}
    )
    return frame.iloc[order].reset_index(drop=True)


def _columns(
    world: World, lines: pd.DataFrame, asks: pd.DataFrame, snapshot: pd.Timestamp, people: pd.DataFrame
) -> dict[str, Any]:
    state, after, why = _states(lines, asks, snapshot)
    seen = {name: lines[name].where(lines[name] <= snapshot) for name in ("paid_at", "shipped_at", "finished_at")}
    seen["finished_at"] = seen["finished_at"].where(state != "已关闭")
    promise = lines["promised_at"].where(seen["paid_at"].notna())
    return {
        "主订单编号": lines["order_id"].astype(str).tolist(),
        "子订单编号": lines["line_id"].astype(str).tolist(),
        "订单提交时间": clock(lines["ordered_at"]),
        "支付完成时间": clock(seen["paid_at"]),
        "订单完成时间": clock(seen["finished_at"]),
        "承诺发货时间": clock(promise),
        "发货时间": clock(seen["shipped_at"]),
        "预计送达时间": clock(promise + pd.Timedelta(days=3)),
        "订单状态": state.tolist(),
        "售后状态": after.tolist(),
        "取消原因": why.tolist(),
        "订单类型": np.where(lines["presale"], "全款预售", "普通订单").tolist(),
        **_goods(world, lines),
        **_money(lines),
        **_traffic(lines, snapshot),
        **_receiver(lines, people, seen["shipped_at"].notna().to_numpy()),
    }


def _states(lines: pd.DataFrame, asks: pd.DataFrame, snapshot: pd.Timestamp) -> tuple[Any, Any, Any]:
    paid = (lines["paid_at"] <= snapshot).to_numpy()
    state = np.where(
        lines["finished_at"] <= snapshot, "已完成", np.where(lines["shipped_at"] <= snapshot, "已发货", "待发货")
    )
    fresh = (lines["ordered_at"] > snapshot - pd.Timedelta(minutes=30)).to_numpy()
    state = np.where(paid, state, np.where(fresh, "待支付", "已关闭"))
    after, why = (
        np.full(len(lines), "-", dtype=object),
        np.where(state == "已关闭", "超时未支付，系统取消", "-").astype(object),
    )
    known = asks[(asks["applied_at"] <= snapshot) & asks["line"].isin(lines.index)]
    at = lines.index.get_indexer(known["line"])
    open_now = _open(known, snapshot)
    success = (known["refunded_at"] <= snapshot).to_numpy()
    whole = success & known["whole"].to_numpy()
    early = (known["kind"] == "unshipped").to_numpy()
    after[at[open_now != ""]] = open_now[open_now != ""]
    after[at[success]] = np.where(whole, np.where(early, "已全额退款", "退款成功"), "退款成功")[success]
    state[at[whole]], why[at[whole]] = "已关闭", "售后退款完成，订单关闭"
    return state.astype(object), after, why


def _open(asks: pd.DataFrame, snapshot: pd.Timestamp) -> Any:
    ended = (asks[["refunded_at", "closed_at"]].min(axis=1) <= snapshot) | (
        (asks["final"] == "exchanged") & (asks["finished_at"] <= snapshot)
    )
    sent, agreed = asks["returned_at"] <= snapshot, asks["agreed_at"] <= snapshot
    back = asks["kind"].isin(["return", "exchange"])
    found = np.where(
        back,
        np.where(sent, "待收退货", np.where(agreed, "待退货", "售后待处理")),
        np.where(agreed, "退款中", "售后待处理"),
    )
    return np.where(ended, "", found)


def _goods(world: World, lines: pd.DataFrame) -> dict[str, Any]:
    at, goods = lines["product"].to_numpy(), world.products
    gift = {
        "name": "【赠品】小满旅行湿巾 10 抽 1 包",
        "product_id": "3690000000000000917",
        "code": "GIFT01",
        "category": "赠品",
    }
    text = {name: np.append(goods[name].to_numpy(dtype=object), gift[name])[at] for name in gift}
    return {
        "选购商品": text["name"].tolist(),
        "商品规格": [f"默认规格;{category}" for category in text["category"]],
        "货号": text["code"].tolist(),
        "商家编码": [f"{code}-01" for code in text["code"]],
        "商品ID": text["product_id"].tolist(),
        "商品数量": lines["quantity"].astype(str).tolist(),
    }


def _money(lines: pd.DataFrame) -> dict[str, Any]:
    price = yuan(lines["price"])
    columns = {
        "商品金额": price,
        "商品单价": price,
        "订单应付金额": yuan(lines["payable"]),
        "运费": yuan(lines["freight"]),
        "优惠总金额": yuan(lines["discount"]),
        "平台优惠": yuan(lines["platform"]),
        "商家优惠": yuan(lines["merchant"]),
        "达人优惠": yuan(lines["talent"]),
        "商家改价": yuan(lines["changed"]),
        "支付优惠": yuan(lines["payment"]),
        "红包抵扣": yuan(lines["packet"]),
        "降价类优惠": yuan(lines["lowered"]),
        "平台实际承担优惠金额": yuan(lines["platform"] + lines["packet"] + lines["payment"]),
        "商家实际承担优惠金额": yuan(lines["merchant"] + lines["lowered"] + lines["changed"]),
        "达人实际承担优惠金额": yuan(lines["talent"]),
    }
    return {**columns, "手续费": ["0.00"] * len(lines), "税费": ["0.00"] * len(lines)}


def _traffic(lines: pd.DataFrame, snapshot: pd.Timestamp) -> dict[str, Any]:
    story, names = load("story"), load("phrases")["talents"]["names"]
    late = (lines["ordered_at"] >= snapshot.normalize()).to_numpy()
    talent, carrier = lines["talent_no"].to_numpy(), lines["carrier"]
    own = np.where(carrier.isin(["live", "video"]), story["account_id"], "-")
    nick = np.where(carrier.isin(["live", "video"]), story["shop_name"], "-")
    entry = carrier.map(
        {"live": "推荐feed", "video": "短视频引流", "card": "搜索", "image_text": "图文", "other": "购后页面"}
    )
    return {
        "达人ID": np.where(talent >= 0, [talent_id(one) for one in talent], own).tolist(),
        "达人昵称": np.where(talent >= 0, np.array([*names, ""], dtype=object)[talent], nick).tolist(),
        "流量类型": np.where(late, WAITING, np.where(lines["ad"], "广告", "非广告")).tolist(),
        "流量体裁": np.where(late, WAITING, carrier.map(CARRIERS)).tolist(),
        "流量来源": np.where(late, WAITING, np.where(talent >= 0, "精选联盟", "小店自卖")).tolist(),
        "流量渠道": np.where(late, WAITING, entry).tolist(),
        "广告渠道": np.where(lines["ad"] & carrier.isin(["live", "video"]), carrier.map(CARRIERS), "无").tolist(),
    }


def talent_id(number: int) -> str:
    """The account id of a talent."""
    return f"{2_884_016_000_000 + number * 7_919_311}"


def _receiver(lines: pd.DataFrame, people: pd.DataFrame, shipped: Any) -> dict[str, Any]:
    places = load("phrases")["places"]
    province, city = np.array(list(places)), np.array([city for city, _ in places.values()])
    count, at = len(lines), lines["place"].to_numpy()
    text = {
        "支付方式": "微信",
        "APP渠道": "抖音",
        "区": "市辖区",
        "街道": "****街道",
        "详细地址": "********",
        "是否修改过地址": "否",
        "是否安心购": "是",
        "发货主体": "商家",
        "是否平台仓自流转": "否",
        "仓库名称": "小满一号仓",
    }
    return {
        **{name: [value] * count for name, value in text.items()},
        "收件人": people["name"].tolist(),
        "收件人手机号": people["phone"].tolist(),
        "省": province[at].tolist(),
        "市": city[at].tolist(),
        "买家留言": people["buyer"].tolist(),
        "商家备注": people["seller"].tolist(),
        "旗帜颜色": people["flag"].tolist(),
        "快递信息": np.where(shipped, [f"YT{one}-yuantong-圆通速递" for one in people["parcel"]], "-").tolist(),
    }
