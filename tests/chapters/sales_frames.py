"""Small hand-made tables for the tests of chapter 02."""

from typing import Any

import pandas as pd


def orders(*rows: tuple[Any, ...], **more: Any) -> Any:
    """Lines as (order, line, paid at or None, yuan, product, quantity); ``more`` sets a column for all of them."""
    frame = pd.DataFrame(rows, columns=["order_id", "line_id", "paid_at", "yuan", "product_id", "quantity"])
    frame["paid_at"] = pd.to_datetime(frame["paid_at"], format="ISO8601")
    frame["payable_fen"] = (frame.pop("yuan") * 100).round().astype("int64")
    frame["ordered_at"] = frame["paid_at"].fillna(pd.Timestamp("2026-10-03 09:00"))
    frame["product_name"] = frame["product_id"]
    return frame.assign(**more)


def history(day: str = "2026-08-31") -> Any:
    """An early order, so that the data reach back to the start of the month before."""
    return orders(("Z0", "Z0a", f"{day} 10:00", 1, "Z", 1))


def after_sales(*rows: tuple[Any, ...]) -> Any:
    """Requests as (line, yuan, refunded at, kind, reason, status)."""
    frame = pd.DataFrame(rows, columns=["line_id", "yuan", "refunded_at", "kind", "reason", "status"])
    frame["refunded_at"] = pd.to_datetime(frame["refunded_at"], format="ISO8601")
    frame["applied_at"] = frame["refunded_at"]
    frame["goods_refund_fen"] = (frame.pop("yuan") * 100).round().astype("int64")
    frame["after_sale_id"] = [f"S{i}" for i in range(len(frame))]
    return frame.assign(order_id=frame["line_id"].str[:2])


def many(product: str, count: int, day: str, yuan: float = 50) -> list[tuple[Any, ...]]:
    """So many orders of one unit on one day."""
    return [(f"{product}{i}", f"{product}{i}", f"{day} 10:{i % 60:02}", yuan, product, 1) for i in range(count)]
