"""Monthly totals of who sells in Compass: talents (TAL) and own videos (VID)."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.sample.facts import Facts, shares
from helpers.sample.files import clock
from helpers.sample.order_files import talent_id
from helpers.sample.story import load


def talents(facts: Facts, month: pd.Period) -> dict[str, Any]:
    """The columns of the talent file, one row per talent under a total row."""
    rows = facts.lines[month]
    rows = rows[rows["talent_no"] >= 0]
    new, early = rows["first"].astype(bool), rows["early"].astype(bool)
    rows = rows.assign(
        orders=(~rows.duplicated(["order", "talent_no"])).astype(int),
        live_gmv=rows["gmv"] * (rows["carrier"] == "live"),
        new_gmv=rows["gmv"] * new,
        early_refund=rows["refund"] * early,
        early_refunds=rows["refunds"] * early,
    )
    rows["live_orders"], rows["new"] = rows["orders"] * (rows["carrier"] == "live"), rows["orders"] * new
    names = [
        "gmv",
        "orders",
        "quantity",
        "live_gmv",
        "live_orders",
        "new_gmv",
        "new",
        "refund",
        "refunds",
        "early_refund",
        "early_refunds",
    ]
    by = rows.groupby("talent_no")
    sums = by[names].sum().assign(goods=by["product"].nunique()).sort_values("gmv", ascending=False)
    whole = sums.sum().to_frame().T.set_axis([-1])
    return _talent_columns(pd.concat([whole, sums.astype(float)]))


def _talent_columns(sums: pd.DataFrame) -> dict[str, Any]:
    number, names = sums.index.to_numpy(), [*load("phrases")["talents"]["names"], "全部"]
    sums, total = sums.round().astype("int64"), number < 0
    buyers, new = np.ceil(sums["orders"] * 0.98).astype(int), sums["new"]
    fans = 30_000 + (number * 48_271) % 900_000
    money = {name: sums[name] / 100 for name in sums.columns}
    return {
        "达人头像": ["-"] * len(sums),
        "达人昵称": [names[one] for one in number],
        "抖音号": np.where(total, "全部", [talent_id(one) for one in number]).tolist(),
        "成交商品数": sums["goods"],
        "电商等级": np.where(total, "-", [f"LV{2 + one % 4}" for one in number]).tolist(),
        "粉丝数": [("-" if one < 0 else f"{fan / 10_000:.1f}万") for one, fan in zip(number, fans, strict=True)],
        "成交金额(元)": money["gmv"],
        "成交订单数": sums["orders"],
        "成交件数": sums["quantity"],
        "成交人数": buyers,
        "预估佣金支出": (money["gmv"] * 0.12).round(2),
        "实际佣金支出": ((money["gmv"] - money["refund"]) * 0.12).round(2),
        "成交新用户数": new,
        "成交老用户数": np.maximum(buyers - new, 0),
        "新用户成交金额(元)": money["new_gmv"],
        "老用户成交金额(元)": (sums["gmv"] - sums["new_gmv"]) / 100,
        "直播间成交金额(元)": money["live_gmv"],
        "直播间成交订单数": sums["live_orders"],
        "直播间成交人数": sums["live_orders"],
        "短视频成交金额(元)": (sums["gmv"] - sums["live_gmv"]) / 100,
        "短视频成交订单数": sums["orders"] - sums["live_orders"],
        "短视频成交人数": sums["orders"] - sums["live_orders"],
        "退款金额": money["refund"],
        "退款订单数": sums["refunds"],
        "退款人数": sums["refunds"],
        "发货前退款金额": money["early_refund"],
        "发货前退款订单数": sums["early_refunds"],
        "发货前退款人数": sums["early_refunds"],
    }


def videos(facts: Facts, month: pd.Period) -> dict[str, Any]:
    """The columns of the video file: fourteen new own videos and the last eleven of the month before."""
    story, rng, goods = load("story"), facts.rng, facts.world.products
    made = [_video(number, facts) for number in _numbers(month)]
    sums = pd.DataFrame(made)
    age = ((month.end_time - sums["published"]) / pd.Timedelta(days=1)).to_numpy()
    weight = shares(sums["appeal"] * np.where(age < 31, 1.0, 0.35))
    inside = facts.months == month
    exposures, clicks = (rng.multinomial(int(values[inside].sum()), weight) for values in facts.seen["video_own"])
    rows = facts.lines[month]
    rows = rows[rows["segment"] == "video_own"]
    at = np.searchsorted(np.cumsum(weight), rows["order"].to_numpy() * 0.6180339887 % 1)
    money = rows.assign(at=np.minimum(at, len(sums) - 1)).groupby("at")[["head", "payable", "refund"]].sum()
    money = money.reindex(range(len(sums)), fill_value=0)
    return {
        "视频ID": [f"75{number:04}{(number * 7_368_787 + 1_234_567) % 10**13:013}" for number in _numbers(month)],
        "视频标题": sums["title"],
        "播放链接": ["https://v.example/share"] * len(sums),
        "发布时间": clock(sums["published"]),
        "达人昵称": [story["shop_name"]] * len(sums),
        "达人抖音号": [story["account"]] * len(sums),
        "视频时长": [f"{one // 60}分钟{one % 60}秒" if one >= 60 else f"{one}秒" for one in sums["seconds"]],
        **_watched(exposures, rng),
        "商品曝光次数": exposures,
        "商品点击次数": clicks,
        "成交订单数": money["head"],
        "用户支付金额(元)": money["payable"] / 100,
        "退款金额(元)": money["refund"] / 100,
        "带货商品ID": goods["product_id"].to_numpy()[sums["product"]],
        "商品名称": goods["name"].to_numpy()[sums["product"]],
    }


def _watched(exposures: Any, rng: np.random.Generator) -> dict[str, Any]:
    rates, count = load("story")["compass"], len(exposures)
    views = np.round(exposures * 1.9 * np.exp(rng.normal(0, 0.25, count))).astype(int) + 40
    action = rng.binomial(views, np.clip(rates["interaction"] * np.exp(rng.normal(0, 0.3, count)), 0, 0.3))
    likes, shared, saves = (np.round(action * part).astype(int) for part in (0.68, 0.10, 0.12))
    ended = np.clip(rng.normal(rates["completion"], 0.06, count), 0.04, 0.7)
    return {
        "视频观看次数": [f"{one / 10_000:.1f}万" if one >= 100_000 else one for one in views.tolist()],
        "点赞数": likes,
        "评论数": action - likes - shared - saves,
        "分享数": shared,
        "收藏数": saves,
        "新增粉丝数": rng.binomial(views, 0.004),
        "完播率": [f"{one:.2%}" for one in ended],
    }


def _numbers(month: pd.Period) -> range:
    newest = (month.ordinal - 600) * 14
    return range(newest - 11, newest + 14)


def _video(number: int, facts: Facts) -> dict[str, Any]:
    """A video by its running number, the same in every month's file."""
    rng, words, goods = (
        np.random.default_rng([load("story")["seed"], number]),
        load("phrases")["video"],
        facts.world.products,
    )
    month = pd.Period(ordinal=600 + number // 14, freq="M")
    published = month.start_time + pd.Timedelta(days=2 * (number % 14), seconds=int(rng.integers(36_000, 75_000)))
    listed = np.flatnonzero(goods["listed_on"] <= published)
    product = int(rng.choice(listed, p=shares(goods["weight"].to_numpy()[listed])))
    category = goods["category"].iloc[product]
    title = f"{rng.choice(words['forms'])}｜{rng.choice(words['topics'][category])} #母婴好物 #{category}"
    return {
        "published": published,
        "product": product,
        "title": title,
        "appeal": float(np.exp(rng.normal(0, 0.9))),
        "seconds": int(rng.integers(14, 95)),
    }
