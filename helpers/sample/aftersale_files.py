"""The after-sale exports (AFS): one workbook per half-year of application."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.sample.files import clock, write_xlsx
from helpers.sample.order_files import HALVES
from helpers.sample.story import headers, load, stream
from helpers.sample.world import World

KIND = {
    "unshipped": "未发货退款",
    "shipped_only": "已发货退款",
    "return": "退货退款",
    "exchange": "换货",
    "refused": "已发货退款",
}
DONE = "同意退款，退款成功"


def write(folder: Path, world: World, lines: pd.DataFrame, asks: pd.DataFrame) -> list[Path]:
    """Write the requests known at the snapshot and return the paths."""
    snapshot = pd.Timestamp(load("story")["snapshots"]["after_sales"])
    edges = [*map(pd.Timestamp, HALVES), snapshot]
    paths = []
    for at, (start, end) in enumerate(zip(edges[:-1], edges[1:], strict=True)):
        some = asks[(asks["applied_at"] >= start) & (asks["applied_at"] < end)]
        moment = snapshot + pd.Timedelta(seconds=17 * at)
        path = folder / "售后" / f"售后单-{moment:%Y-%m-%d %H_%M_%S}.xlsx"
        paths.append(write_xlsx(path, "Sheet1", headers("after_sales"), _columns(world, lines, some, snapshot)))
    return paths


def status(asks: pd.DataFrame, snapshot: pd.Timestamp) -> Any:
    """The state of each request at the snapshot, in the platform's words."""
    sent, agreed = asks["returned_at"] <= snapshot, asks["agreed_at"] <= snapshot
    back = asks["kind"].isin(["return", "exchange"])
    waiting = np.where(sent, "待商家收货", np.where(agreed & back, "待买家退货", "待商家处理"))
    swapped = (asks["final"] == "exchanged") & (asks["finished_at"] <= snapshot)
    found = np.where(swapped, "换货成功", waiting)
    found = np.where(asks["closed_at"] <= snapshot, "售后关闭", found)
    return np.where(asks["refunded_at"] <= snapshot, DONE, found)


def _columns(world: World, lines: pd.DataFrame, asks: pd.DataFrame, snapshot: pd.Timestamp) -> dict[str, Any]:
    rng, line = stream("persons"), lines.iloc[asks["line"]].reset_index(drop=True)
    goods = world.products.iloc[line["product"].to_numpy()].reset_index(drop=True)
    state = status(asks, snapshot)
    shipped = (asks["kind"] != "unshipped").to_numpy()
    sent = (asks["returned_at"] <= snapshot).to_numpy()
    parcels = rng.integers(10**12, 10**13, len(asks))
    return {
        "售后单号": asks["after_sale_id"].astype(str).tolist(),
        "订单号": line["order_id"].astype(str).tolist(),
        "商品单号": line["line_id"].astype(str).tolist(),
        "商品名称": goods["name"].tolist(),
        "商品ID": goods["product_id"].tolist(),
        "商家编码": [f"{code}-01" for code in goods["code"]],
        "商品发货状态": np.where(shipped, "1/1已发货", "未发货").tolist(),
        "售后类型": asks["kind"].map(KIND).tolist(),
        "售后状态": state.tolist(),
        "售后原因": asks["reason"].tolist(),
        "退款方式": np.where(asks["final"] == "exchanged", "无需退款", "原路退款").tolist(),
        "退货物流单号": np.where(sent, [f"SF{one}" for one in parcels], "-").tolist(),
        "退货物流公司": np.where(sent, "顺丰速运", "-").tolist(),
        "是否极速退款": np.where(shipped, "否", "是").tolist(),
        "仲裁状态": ["无仲裁"] * len(asks),
        "门店名称": [load("story")["shop_name"]] * len(asks),
        **_money(line, asks),
        **_times(asks, snapshot),
    }


def _money(line: pd.DataFrame, asks: pd.DataFrame) -> dict[str, Any]:
    def text(fen: Any) -> list[str]:
        return [f"¥{value / 100:.2f}" if value % 100 else str(value // 100) for value in fen.tolist()]

    return {
        "应付金额（元）": text(line["payable"]),
        "商品运费（元）": text(line["freight"]),
        "支付优惠（元）": text(line["payment"]),
        "退商品金额（元）": text(asks["goods"]),
        "退运费金额（元）": text(asks["freight"]),
        "退支付优惠（元）": text(asks["coupon"]),
    }


def _times(asks: pd.DataFrame, snapshot: pd.Timestamp) -> dict[str, Any]:
    names = {
        "退货发货时间": "returned_at",
        "同意售后申请时间": "agreed_at",
        "商家退款时间": "refunded_at",
        "用户到账时间": "arrived_at",
        "售后关闭时间": "closed_at",
        "售后完结时间": "finished_at",
    }
    found = {header: clock(asks[name].where(asks[name] <= snapshot)) for header, name in names.items()}
    return {**found, "售后申请时间": clock(asks["applied_at"])}
