"""Sales through talents: alliance orders (ALO), talents' videos (VID), and the contracts that the shop typed in."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.sample.aftersales import per_line
from helpers.sample.files import clock, write_xlsx
from helpers.sample.filled import ROWS, save
from helpers.sample.order_files import talent_id
from helpers.sample.story import headers, load, stream
from helpers.sample.world import World


def write(folder: Path, world: World, lines: pd.DataFrame, asks: pd.DataFrame) -> list[Path]:
    """Write the alliance orders, the talents' videos and the typed contracts; return the paths."""
    story = load("story")["alliance"]
    snapshot = pd.Timestamp(load("story")["snapshots"]["compass"])
    sold = sales(lines)
    orders = sold[(sold["paid_at"] >= pd.Timestamp(story["from"])) & (sold["paid_at"] < snapshot.normalize())]
    orders = orders[orders["talent_no"].isin(story["orders_of"])]
    return [
        write_xlsx(
            folder / "联盟" / f"联盟订单明细_{snapshot:%Y-%m-%d %H_%M_%S}.xlsx",
            "Sheet1",
            headers("alliance_orders"),
            _orders(world, orders.join(per_line(orders, asks, snapshot)[["refund"]]), snapshot),
        ),
        _videos(folder / "罗盘" / "合作视频", world, sold),
        *_contracts(folder / "自填" / "达人合作"),
    ]


def sales(lines: pd.DataFrame) -> pd.DataFrame:
    """Paid lines of products that a talent sold."""
    return lines[lines["paid_at"].notna() & (lines["product"] >= 0) & (lines["talent_no"] >= 0)]


def truths(lines: pd.DataFrame, asks: pd.DataFrame) -> dict[str, Any]:
    """What the contracts come to with every refund in, in yuan, and the true rates of the talents' videos by account."""
    story = load("story")["alliance"]
    found = {}
    for deal in story["contracts"]:
        rows = sales(lines)
        rows = rows[(rows["talent_no"] == deal["talent"]) & (rows["paid_at"] >= pd.Timestamp(deal["start"]))]
        rows = rows[rows["paid_at"] < pd.Timestamp(deal["end"]) + pd.Timedelta(days=1)]
        net = float((rows["payable"] - per_line(rows, asks, pd.Timestamp.max)["refund"]).sum()) / 100
        cost = net * deal["commission"] + deal["slot_fee"]
        due = {
            "net_yuan": round(net, 2),
            "cost_yuan": round(cost, 2),
            "shortfall_yuan": round(cost * deal["roi"] - net, 2),
        }
        found[name(deal["talent"])] = due
    rates = {talent_id(int(number)): rate for number, rate in story["video_rates"].items()}
    return {"settlements": found, "video_rates": rates}


def name(number: int) -> str:
    """Public name of a talent."""
    return str(load("phrases")["talents"]["names"][number])


def _rates(rows: pd.DataFrame) -> Any:
    """Commission rate of each line: the contract's for who has one, else the plan's."""
    story = load("story")["alliance"]
    own = {deal["talent"]: deal["commission"] for deal in story["contracts"]}
    return rows["talent_no"].map(own).fillna(story["commission"]).to_numpy()


def _orders(world: World, rows: pd.DataFrame, snapshot: pd.Timestamp) -> dict[str, Any]:
    goods = world.products.iloc[rows["product"].to_numpy()]
    rate, paid = _rates(rows), rows["payable"].to_numpy() / 100
    received = rows["finished_at"].where(rows["finished_at"] <= snapshot)
    settled_at = (received + pd.Timedelta(days=7)).where(received + pd.Timedelta(days=7) <= snapshot)
    done = settled_at.notna().to_numpy()
    kept = (rows["payable"] - rows["refund"]).to_numpy() / 100
    state = np.where(rows["refund"] >= rows["payable"], "订单退货退款", np.where(done, "订单结算", "订单付款"))
    return {
        "订单id": rows["line_id"].astype(str).tolist(),
        "商品id": goods["product_id"].tolist(),
        "商品名称": goods["name"].tolist(),
        "作者账号": [name(one) for one in rows["talent_no"]],
        "抖音/火山号": [talent_id(one) for one in rows["talent_no"]],
        "支付金额": paid,
        "佣金率": [f"{one:.0%}" for one in rate],
        "预估佣金支出": np.round(paid * rate, 2),
        "结算金额": np.where(done, kept, np.nan),
        "实际佣金支出": np.where(done, np.round(kept * rate, 2), np.nan),
        "订单状态": state.tolist(),
        "付款时间": clock(rows["paid_at"]),
        "收货时间": clock(received),
        "订单结算时间": clock(settled_at),
        "商品来源": ["商品橱窗"] * len(rows),
        "店铺名称": [load("story")["shop_name"]] * len(rows),
        "商品数量": rows["quantity"],
        "是否阶梯佣金": ["否"] * len(rows),
        "计划类型": ["普通计划"] * len(rows),
        "流量来源": ["精选联盟"] * len(rows),
        "流量细分来源": rows["carrier"].map({"live": "直播", "video": "短视频"}).tolist(),
    }


def _videos(folder: Path, world: World, sold: pd.DataFrame) -> Path:
    """The videos of mid-tier talents over the last quarter: real orders, clicks as their true rates want them."""
    story, rng = load("story")["alliance"], stream("alliance")
    start, end = pd.Timestamp(story["videos_from"]), pd.Timestamp(load("story")["last_month_end"])
    inside = (sold["carrier"] == "video") & (sold["paid_at"] >= start) & (sold["paid_at"] < end + pd.Timedelta(days=1))
    bought = sold.loc[inside, ["talent_no", "product", "payable"]].to_numpy(dtype="int64")
    made = []
    for number, rate in story["video_rates"].items():
        rows, count = bought[bought[:, 0] == int(number)], int(rng.integers(4, 13))
        share = rng.dirichlet(np.full(count, 3.0))
        misses = rng.multinomial(rng.negative_binomial(max(len(rows), 1), rate), share)
        video = np.searchsorted(np.cumsum(share)[:-1], rng.random(len(rows)))
        published = rng.integers(36_000, 80 * 86_400, count)
        for at in range(count):
            mine = rows[video == at]
            goods = int(mine[0, 1]) if len(mine) else 0
            money, clicks = int(mine[:, 2].sum()) / 100, int(misses[at]) + len(mine)
            made.append((int(number), at, int(published[at]), clicks, len(mine), money, goods))
    frame = pd.DataFrame(made, columns=["talent", "at", "published", "clicks", "orders", "paid", "product"])
    frame["published"] = start + pd.to_timedelta(frame["published"], unit="s")
    span = f"{start:%Y%m%d}-{end:%Y%m%d}"
    return write_xlsx(
        folder / f"[{span}]_合作_挂车_视频详情数据.xlsx", "Sheet1", headers("videos"), _video_columns(world, frame)
    )


def _video_columns(world: World, frame: pd.DataFrame) -> dict[str, Any]:
    goods = world.products.iloc[frame["product"].to_numpy()]
    numbers = list(zip(frame["talent"], frame["at"], strict=True))
    return {
        "视频ID": [f"7690{one:02}{(one * 100 + at + 1) * 7_368_787_123 % 10**13:013}" for one, at in numbers],
        "视频标题": [f"{name(one)}的母婴好物 {at + 1}" for one, at in numbers],
        "发布时间": clock(frame["published"]),
        "达人昵称": [name(talent) for talent in frame["talent"]],
        "达人抖音号": [talent_id(talent) for talent in frame["talent"]],
        "视频观看次数": frame["clicks"] * 61,
        "商品曝光次数": frame["clicks"] * 37,
        "商品点击次数": frame["clicks"],
        "成交订单数": frame["orders"],
        "用户支付金额(元)": frame["paid"],
        "带货商品ID": goods["product_id"].tolist(),
        "商品名称": goods["name"].tolist(),
    }


def _contracts(folder: Path) -> list[Path]:
    """Guaranteed return and commission steps as targets, slot fees with the days of the contract as costs."""
    story = load("story")["alliance"]
    deals, steps = story["contracts"], story["steps"]
    names = [name(deal["talent"]) for deal in deals]
    targets: ROWS = {
        "metric": ["达人保底投产比"] * len(deals) + ["阶梯佣金率"] * len(steps),
        "scope": [*names, *["全部"] * len(steps)],
        "at_least": ["-"] * len(deals) + [step[0] for step in steps],
        "valid_from": [str(deal["start"]) for deal in deals] + ["2026-01-01"] * len(steps),
        "amount": [deal["roi"] for deal in deals] + [f"{step[1]:.0%}" for step in steps],
        "note": ["合同：净销售额÷（佣金+坑位费）"] * len(deals) + ["达人每月净销售额（元）"] * len(steps),
    }
    fees: ROWS = {
        "item": ["其他"] * len(deals),
        "name": names,
        "start": [str(deal["start"]) for deal in deals],
        "end": [str(deal["end"]) for deal in deals],
        "amount_fen": [deal["slot_fee"] for deal in deals],
        "note": ["达人坑位费"] * len(deals),
    }
    return [save(folder, "target_steps", targets), save(folder, "overheads", fees)]
