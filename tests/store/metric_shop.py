"""A shop of eight orders on which every metric can be worked out by hand."""

from typing import Any

import pandas as pd

from helpers.store import Store

SHOP = "o'neil 小店"
STAMP = {"source": "a" * 64, "snapshot": pd.Timestamp("2026-11-05 10:00")}
ORDERS = [
    ("o1", "l1", "p1", 10000, "2026-09-01 00:00:00", "b1", "广东省", "茶", None, "2026-09-01 12:00:00"),
    ("o1", "l2", "p2", 5000, "2026-09-01 00:00:00", "b1", "广东", "壶", None, "2026-09-02 00:00:00"),
    ("o2", "l3", "p1", 10000, "2026-09-30 23:59:59", "b2", None, "茶", None, None),
    ("o3", "l4", "p2", 5000, "2026-10-02 09:30:00", "b1", "湖南", None, None, "2026-10-03 09:30:00"),
    ("o4", "l5", "p3", 0, "2026-10-03 10:00:00", "b3", "湖南", None, None, "2026-10-03 11:00:00"),  # a free sample
    ("o5", "l6", "p3", 7000, None, "b3", "湖南", None, None, None),  # never paid
    ("o6", "l7", "p3", None, "2026-10-04 10:00:00", "b3", "湖南", None, None, None),  # amount unknown
    ("o7", "l8", "p1", 3000, "2026-10-31 23:59:59", None, "湖南", None, None, "2026-11-01 00:30:00"),
    ("o7", "l9", None, 800, "2026-10-31 23:59:59", None, "湖南", None, "other", None),  # postage
    ("o7", "l10", "p4", 0, "2026-10-31 23:59:59", None, "湖南", None, "gift", None),
    ("o8", "l11", "p2", 500, "2026-10-10 20:00:00", "b9", "湖南", None, None, None),  # cancels out
    ("o8", "l12", "p2", -500, "2026-10-10 20:00:00", "b9", "湖南", None, None, None),
]
AFTER_SALES = [
    ("a1", "l1", "p1", 12000, 0, 0, "success", "2026-09-03", "2026-09-05"),  # more than was paid
    ("a2", "l4", "p2", 1000, 100, 50, "success", "2026-10-05", None),
    ("a3", "l3", "p1", 500, 0, 0, "pending", "2026-10-05", None),
    ("a4", None, "p1", 700, 0, 0, "success", "2026-10-05", "2026-10-06"),  # names no line
]
CHANNEL_DAYS = [
    ("2026-10-01", "live", "any", 100, 10, 1, 90, 9, 1),
    ("2026-10-01", "live", "on", 50, 5, 1, 40, 4, 1),  # a part of the row above
    ("2026-10-02", "live", "any", 0, 0, 0, 0, 0, 0),
    ("2026-10-01", "all", "any", None, 10, 1, 90, 9, 1),
]


def orders(rows: list[Any] = ORDERS) -> Any:
    """Order lines; created ten minutes before they were paid."""
    names = [
        "order_id",
        "line_id",
        "product_id",
        "payable_fen",
        "paid_at",
        "buyer_key",
        "province",
        "category",
        "line_kind",
        "shipped_at",
    ]
    frame = _frame(rows, names, ["paid_at", "shipped_at"])
    created = (frame["paid_at"] - pd.Timedelta(minutes=10)).fillna(pd.Timestamp("2026-10-04 09:00"))
    return frame.assign(ordered_at=created)


def after_sales(rows: list[Any] = AFTER_SALES) -> Any:
    """After-sale requests."""
    amounts = ["goods_refund_fen", "freight_refund_fen", "coupon_refund_fen"]
    names = ["after_sale_id", "line_id", "product_id", *amounts, "status", "applied_at", "refunded_at"]
    return _frame(rows, names, ["applied_at", "refunded_at"])


def channel_days() -> Any:
    """Traffic by day."""
    names = ["day", "carrier", "ad_window", "exposures", "clicks", "orders", "exposure_users", "click_users", "buyers"]
    return _frame(CHANNEL_DAYS, names, ["day"]).assign(paid_fen=5)


def roles() -> Any:
    """The shop's own list: it knows the category that order line l4 lacks."""
    return pd.DataFrame({"product_id": ["p2"], "category": ["壶"]}).assign(**STAMP)


def product_periods() -> Any:
    """The platform's table knows a category for p1 from two periods, the newer one counts, and another for p2."""
    rows = {"product_id": ["p1", "p1", "p2"], "category": ["旧茶", "茶", "别的"], "carrier": "all", "seller": "own"}
    starts = pd.to_datetime(["2026-08-01", "2026-09-01", "2026-09-01"])
    return pd.DataFrame(rows).assign(period_start=starts, period_end=starts + pd.Timedelta(days=29), **STAMP)


def fill(store: Store) -> Store:
    """The store with the whole shop."""
    tables = {"orders": orders(), "after_sales": after_sales(), "channel_days": channel_days(), "roles": roles()}
    tables["product_periods"] = product_periods()
    for name, frame in tables.items():
        store.upsert(name, SHOP, frame)
    return store


def _frame(rows: list[Any], names: list[str], moments: list[str]) -> Any:
    frame = pd.DataFrame(rows, columns=names).assign(**STAMP)
    return frame.assign(**{name: pd.to_datetime(frame[name], format="mixed") for name in moments})
