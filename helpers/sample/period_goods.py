"""Monthly totals of goods in Compass: product cards (PCD) and products by carrier (PRD)."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.sample.facts import Facts, spread
from helpers.sample.files import clock, percent, ratio
from helpers.sample.story import CARRIERS, load


def cards(facts: Facts, month: pd.Period) -> dict[str, Any]:
    """The columns of the product-card file, one row per product."""
    goods = facts.world.products
    exposures, clicks = spread(facts, month, "card_own")
    rows = facts.lines[month]
    rows = rows[rows["carrier"] == "card"]
    seen, users = np.round(exposures / 1.45).astype(int), np.round(clicks / 1.35).astype(int)
    old = np.round(users * 0.33).astype(int)
    return {
        "商品标题": goods["name"],
        "商品ID": goods["product_id"],
        "商品链接": [f"https://haohuo.example/views/product/item2?id={one}" for one in goods["product_id"]],
        "上架时间": clock(goods["listed_on"] + pd.Timedelta(hours=10)),
        "商品卡曝光人数": seen,
        "商品卡曝光次数": exposures,
        "商品卡点击人数": users,
        "商品卡点击次数": clicks,
        "商品卡点击率(人数)": ratio(users, seen, 4),
        "商品卡点击率(次数)": ratio(clicks, exposures, 4),
        "商品卡人均点击次数": ratio(clicks, users, 2),
        "新客点击人数": users - old,
        "老客点击人数": old,
        "新客点击占比": ratio(users - old, users, 4),
        "老客点击占比": ratio(old, users, 4),
        **_card_sales(facts, rows, exposures, clicks),
    }


def _card_sales(facts: Facts, rows: pd.DataFrame, exposures: Any, clicks: Any) -> dict[str, Any]:
    count, rates = len(facts.world.products), load("story")["compass"]
    paid, units, first = (np.bincount(rows["product"], rows[name], count) for name in ("payable", "quantity", "first"))
    orders = np.bincount(rows["product"], minlength=count)  # an order has one line per product
    buyers = np.ceil(orders * 0.98).astype(int)
    first = np.minimum(first.astype(int), buyers)
    seen, users = np.round(exposures / 1.45).astype(int), np.round(clicks / 1.35).astype(int)
    return {
        "商品卡用户支付金额": paid / 100,
        "商品卡成交人数": buyers,
        "商品卡成交订单数": orders,
        "商品卡成交客单价": ratio(paid / 100, buyers, 2),
        "商品卡点击-成交转化率(人数)": ratio(buyers, users, 4),
        "商品卡点击-成交转化率(次数)": ratio(orders, clicks, 4),
        "商品卡曝光-成交转化率(人数)": ratio(buyers, seen, 4),
        "商品卡曝光-成交转化率(次数)": ratio(orders, exposures, 4),
        "商品卡千次曝光用户支付金额": ratio(paid * 10, exposures, 2),
        "商品卡加购人数": facts.rng.binomial(users, rates["cart_rate"]),
        "商品卡收藏人数": facts.rng.binomial(users, rates["save_rate"]),
        "首购用户数": first,
        "复购用户数": buyers - first,
        "首购新客占比": ratio(first, buyers, 4),
        "复购老客占比": ratio(buyers - first, buyers, 4),
        "平台扶持曝光次数": np.round(exposures * 0.06).astype(int),
        "销量": units.astype(int),
    }


def products(facts: Facts, month: pd.Period, span: str) -> dict[str, Any]:
    """The columns of the product file, one row per product, seller and carrier, with rows for all carriers."""
    parts = [_product_part(facts, month, segment) for segment in load("story")["segments"]]
    both = pd.concat(parts)
    detail = both[(both["orders"] > 0) | (both["exposures"] > 0)]
    total = detail.drop(columns="carrier").groupby(["product", "seller"], as_index=False).sum().assign(carrier="全部")
    frame = pd.concat([total, detail]).sort_values(["product", "seller", "carrier"], kind="stable", ignore_index=True)
    return _product_columns(frame, facts.world.products.iloc[frame["product"]].reset_index(drop=True), span)


def _product_part(facts: Facts, month: pd.Period, segment: str) -> pd.DataFrame:
    count, rates = len(facts.world.products), load("story")["compass"]
    carrier, seller = segment.rsplit("_", 1)
    rows, said = facts.lines[month], facts.reviews
    rows = rows[rows["segment"] == segment]
    said = said[(said["month"] == month) & (said["segment"] == segment)]
    names = ["gmv", "payable", "quantity", "refund", "refunds", "quick", "quality"]
    sums = {name: np.bincount(rows["product"], rows[name], count).round().astype("int64") for name in names}
    exposures, clicks = spread(facts, month, segment)
    users = np.round(clicks / 1.35).astype(int)
    sums |= {"orders": np.bincount(rows["product"], minlength=count)}  # an order has one line per product
    sums |= {"exposures": exposures, "clicks": clicks, "users": users, "seen": np.round(exposures / 1.45).astype(int)}
    sums |= {
        "carts": facts.rng.binomial(users, rates["cart_rate"]),
        "saves": facts.rng.binomial(users, rates["save_rate"]),
    }
    sums |= {"commission": np.round(sums["gmv"] * 0.12 * (seller == "partner"))}
    sums |= {"spend": np.round(np.bincount(rows["product"], rows["gmv"] * rows["ad"], count) / 2.2)}
    for name, grade in (("good", "好评"), ("bad", "差评")):
        sums[name] = np.bincount(said.loc[said["grade"] == grade, "product"], minlength=count)
    place = {"product": np.arange(count), "carrier": CARRIERS[carrier]}
    return pd.DataFrame({**place, "seller": "合作" if seller == "partner" else "自卖", **sums})


def _product_columns(frame: pd.DataFrame, goods: pd.DataFrame, span: str) -> dict[str, Any]:
    buyers = np.ceil(frame["orders"] * 0.98).astype(int)
    return {
        "统计周期": [span] * len(frame),
        "商品名称": goods["name"],
        "商品编码": goods["product_id"],
        "载体": frame["carrier"],
        "品类": goods["category"],
        "自卖/合作": frame["seller"],
        "成交金额": frame["gmv"] / 100,
        "用户支付金额": frame["payable"] / 100,
        "成交订单数": frame["orders"],
        "成交人数": buyers,
        "成交件数": frame["quantity"],
        "成交客单价": ratio(frame["gmv"] / 100, buyers, 2),
        "实际佣金支出": frame["commission"] / 100,
        "净成交金额": (frame["gmv"] - frame["quick"]) / 100,
        "成交退款金额": frame["refund"] / 100,
        "退款金额(退款时间)": frame["refund"] / 100,
        "退款订单数(退款时间)": frame["refunds"],
        "商品曝光人数": frame["seen"],
        "商品曝光次数": frame["exposures"],
        "商品点击人数": frame["users"],
        "商品点击次数": frame["clicks"],
        "曝光点击率（人数）": percent(frame["users"], frame["seen"]),
        "投放消耗（店铺被投）": frame["spend"] / 100,
        "投放消耗（推商品）": frame["spend"] / 100,
        "加购人数": frame["carts"],
        "收藏人数": frame["saves"],
        "评价好评率": percent(frame["good"], frame["good"] + frame["bad"]),
        "好评数": frame["good"],
        "商品差评订单数": frame["bad"],
        "商品差评率": percent(frame["bad"], frame["orders"]),
        "商品品质退货单量": frame["quality"],
        "商品品质退货率": percent(frame["quality"], frame["orders"]),
    }
