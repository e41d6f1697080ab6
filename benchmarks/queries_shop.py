"""A made-up shop of any size, written straight into the store, month by month; a run that was stopped goes on where it was."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from helpers.definitions import tables
from helpers.store import delta, parts

SHOP, SEED, MONTHS, FIRST, PART = "bench", 20261001, 36, "2023-11-01", 500_000
PRODUCTS, LINES_PER_ORDER, ORDERS_PER_BUYER = 3_000, 1.16, 3
CATEGORIES = ["茶叶", "茶具", "零食", "坚果", "蜜饯", "咖啡", "杯壶", "礼盒", "香薰", "餐具", "收纳", "其他"]
PROVINCES = [
    *(
        "广东",
        "江苏",
        "浙江",
        "山东",
        "河南",
        "四川",
        "湖北",
        "湖南",
        "安徽",
        "河北",
        "福建",
        "陕西",
        "江西",
        "上海",
        "北京",
    ),
    *(
        "辽宁",
        "广西",
        "重庆",
        "云南",
        "山西",
        "贵州",
        "黑龙江",
        "吉林",
        "内蒙古",
        "天津",
        "甘肃",
        "新疆",
        "海南",
        "宁夏",
        "青海",
    ),
]
HEX = np.array([int.from_bytes(f"{value:02x}".encode(), "little") for value in range(256)], dtype="uint16")


def write(root: Path, lines: int) -> None:
    """Orders, after-sale requests and traffic of about that many order lines; what is there already stays."""
    known = tables.load()
    for month in range(MONTHS):
        name = str(pd.Period(FIRST, "M") + month)
        for table in ("orders", "after_sales"):
            if name not in _done(root / table):
                pieces = (_table(known[table], piece) for piece in _pieces(table, lines, month))
                _commit(root / table, known[table], name, pieces)
    if not _done(root / "channel_days"):
        _commit(root / "channel_days", known["channel_days"], "all", [_table(known["channel_days"], _traffic())])


def _done(path: Path) -> set[str]:
    return set(delta.of_shop(path, SHOP)["month"])


def _commit(path: Path, table: Any, month: str, pieces: Any) -> None:
    adds = []
    for piece in pieces:
        adds += parts.write(path, piece, {"shop": SHOP, "month": month}, table.key)
    parts.commit(path, delta.schema(table), adds, [])


def _table(table: Any, columns: dict[str, Any]) -> pa.Table:
    schema = pa.schema([field for field in delta.schema(table) if field.name not in delta.PARTITION])
    n = len(next(iter(columns.values())))
    origin = {
        "source": pa.repeat("0" * 64, n),
        "snapshot": pa.array(np.full(n, np.datetime64("2026-11-05T10:00", "us"))),
    }
    return parts.conformed(pa.table({**columns, **origin}), schema)


def _pieces(table: str, lines: int, month: int) -> Iterator[dict[str, Any]]:
    """The rows of a month in pieces that fit into memory."""
    wanted = lines // MONTHS
    for part, start in enumerate(range(0, wanted, PART)):
        piece = _lines(lines, month, part, min(PART, wanted - start))
        yield piece if table == "orders" else _requests(piece, month, part)


def _lines(lines: int, month: int, part: int, rows: int) -> dict[str, Any]:
    random = np.random.default_rng([SEED, month, part])
    orders = int(rows / LINES_PER_ORDER)
    order = np.repeat(np.arange(orders), 1 + (random.random(orders) < 0.13) + (random.random(orders) < 0.03))
    n = len(order)
    number = (
        6_900_000_000_000_000_000 + (month * 100_000_000_000 + part * 1_000_000_000) * 1_000 + np.arange(orders) * 1_013
    )
    start = np.datetime64(FIRST, "M") + month
    length = (np.datetime64(start + 1, "s") - np.datetime64(start, "s")).astype(int)
    ordered = np.datetime64(start, "us") + random.integers(0, length, orders) * np.timedelta64(1_000_000, "us")
    paid = ordered + random.integers(20, 900, orders) * np.timedelta64(1_000_000, "us")
    is_paid = random.random(orders) < 0.94
    shipped = paid + (random.gamma(2.0, 40_000, orders).astype("int64") + 600) * np.timedelta64(1_000_000, "us")
    is_shipped = is_paid & (random.random(orders) < 0.9)
    product = np.minimum((random.pareto(0.9, n) * 12).astype("int64"), PRODUCTS - 1)
    price = np.random.default_rng(SEED).integers(900, 30_000, PRODUCTS)[product]
    quantity = 1 + (random.random(n) < 0.1)
    discount = (price * quantity * random.choice([0, 0, 5, 10, 20], n)) // 100
    free = random.random(n) < 0.01
    buyers = max(int(lines / LINES_PER_ORDER / ORDERS_PER_BUYER), 1)
    buyer = (buyers * random.random(orders) ** 1.5).astype("uint64")
    return {
        "order_id": pa.array(number).cast(pa.string()).take(pa.array(order)),
        "line_id": pa.array(number[order] + np.arange(n) % 1_013 % 7 + 1).cast(pa.string()),
        "product_id": _named("35", product),
        "product_name": _picked([f"{CATEGORIES[at % 12]}精选好物第{at}款" for at in range(PRODUCTS)], product),
        "sku_code": _named("SKU", product * 7 + np.arange(n) % 3),
        "quantity": pa.array(quantity),
        "payable_fen": pa.array(np.where(free, 0, price * quantity - discount)),
        "freight_fen": pa.array(np.zeros(n, "int64")),
        "discount_fen": pa.array(discount),
        "platform_discount_fen": pa.array(discount // 3),
        "merchant_discount_fen": pa.array(discount - discount // 3),
        "ordered_at": pa.array(ordered[order]),
        "paid_at": pa.array(paid[order], mask=~is_paid[order]),
        "promised_at": pa.array((paid + np.timedelta64(172_800_000_000, "us"))[order], mask=~is_paid[order]),
        "shipped_at": pa.array(shipped[order], mask=~is_shipped[order]),
        "finished_at": pa.array((shipped + np.timedelta64(600_000_000_000, "us"))[order], mask=~is_shipped[order]),
        "status": _picked(["finished", "paid", "cancelled"], np.where(is_shipped, 0, np.where(is_paid, 1, 2))[order]),
        "after_sale": _picked(["none", "refunded"], (random.random(n) < 0.12).astype(int)),
        "order_type": _picked(["physical", "presale"], (random.random(orders) < 0.03).astype(int)[order]),
        "line_kind": _picked(["product", "gift"], free.astype(int)),
        "carrier": _picked(["live", "video", "card", "image_text"], random.choice(4, n, p=[0.5, 0.3, 0.15, 0.05])),
        "traffic": _picked(["organic", "ad"], random.integers(0, 2, n)),
        "channel": _picked(["搜索", "直播间", "商品卡推荐", "购后页面"], random.integers(0, 4, n)),
        "province": _picked(PROVINCES, np.minimum(random.geometric(0.09, orders) - 1, len(PROVINCES) - 1)[order]),
        "buyer_key": _keys(buyer[order], mask=(random.random(orders) < 0.05)[order]),
        "category": _picked(CATEGORIES, product % 12),
    }  # fmt: skip


def _requests(lines: dict[str, Any], month: int, part: int) -> dict[str, Any]:
    """After-sale requests for an eighth of the paid lines."""
    random = np.random.default_rng([SEED, month, part, 1])
    chosen = np.flatnonzero((random.random(len(lines["line_id"])) < 0.12) & lines["paid_at"].is_valid().to_numpy(False))
    names = ("order_id", "line_id", "product_id", "product_name", "buyer_key")
    taken = {name: lines[name].take(pa.array(chosen)) for name in names}
    number = 7_100_000_000_000_000_000 + (month * 1_000 + part) * 1_000_000_000 + np.arange(len(chosen))
    n, paid = len(chosen), lines["payable_fen"].to_numpy()[chosen]
    applied = lines["paid_at"].to_numpy(False)[chosen] + random.exponential(4 * 86_400e6, n).astype("timedelta64[us]")
    good = random.random(n) < 0.9
    return {
        **taken,
        "after_sale_id": pa.array(number).cast(pa.string()),
        "goods_refund_fen": pa.array(np.where(random.random(n) < 0.8, paid, paid // 2)),
        "coupon_refund_fen": pa.array(paid // 50),
        "kind": _picked(["return", "refund_unshipped", "refund_shipped"], random.integers(0, 3, n)),
        "status": _picked(["success", "closed"], (~good).astype(int)),
        "reason": _picked(["多拍/错拍/不想要", "质量问题", "与描述不符", "尺码不合"], random.integers(0, 4, n)),
        "applied_at": pa.array(applied),
        "refunded_at": pa.array(applied + np.timedelta64(90_000_000_000, "us"), mask=~good),
    }


def _traffic() -> dict[str, Any]:
    random = np.random.default_rng([SEED, 99])
    days, carriers = np.arange(MONTHS * 30), ["live", "video", "card", "image_text", "other"]
    n = len(days) * len(carriers)
    clicks = random.integers(500, 5_000, n)
    counts = {"exposures": clicks * 9, "clicks": clicks, "orders": clicks // 11, "exposure_users": clicks * 7}
    counts |= {"click_users": clicks * 4 // 5, "buyers": clicks // 12, "paid_fen": clicks * 900}
    return {
        "day": pa.array(
            np.repeat(np.datetime64(FIRST, "us") + days * np.timedelta64(86_400_000_000, "us"), len(carriers))
        ),
        "carrier": pa.array(np.tile(carriers, len(days)).tolist()),
        "ad_window": pa.repeat("any", n),
        **{name: pa.array(values) for name, values in counts.items()},
    }


def _picked(words: list[str], places: Any) -> Any:
    return pa.array(words).take(pa.array(places))


def _named(prefix: str, numbers: Any) -> Any:
    every = pa.array([f"{prefix}{number:08d}" for number in range(int(numbers.max()) + 1)])
    return every.take(pa.array(numbers))


def _keys(numbers: Any, mask: Any) -> Any:
    """Sixteen hexadecimal digits for each number, like the keys of persons."""
    mixed = (numbers * np.uint64(0x9E3779B97F4A7C15)) ^ (numbers >> np.uint64(7))
    text = HEX[mixed.view("uint8").reshape(-1, 8)].view("uint8").tobytes()
    offsets = np.arange(0, 16 * len(numbers) + 1, 16, dtype="int32")
    array = pa.StringArray.from_buffers(len(numbers), pa.py_buffer(offsets), pa.py_buffer(text))
    return pc.if_else(pa.array(mask), pa.scalar(None, pa.string()), array)
