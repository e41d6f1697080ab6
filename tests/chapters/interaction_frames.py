"""Small hand-made tables for the tests of chapter 04."""

from typing import Any

import pandas as pd


def orders(count: int = 1, day: str = "2026-10-05", product: str = "P", start: int = 0, **more: Any) -> Any:
    """So many paid orders of one line of 100 yuan on one day."""
    ids = [f"{product}{day}-{i}" for i in range(start, start + count)]
    moment = pd.Timestamp(f"{day} 10:00")
    frame = pd.DataFrame({"order_id": ids, "line_id": ids, "ordered_at": moment, "paid_at": moment})
    frame = frame.assign(payable_fen=10_000, quantity=1, product_id=product, product_name=f"goods {product}")
    return frame.assign(**more)


def all_of(*frames: Any) -> Any:
    return pd.concat(frames, ignore_index=True)


def reviews(*rows: tuple[str, str, int], day: str = "2026-10-10", product: str = "P") -> Any:
    """Reviews as (text, grade, how many)."""
    spread = [(text, grade) for text, grade, count in rows for _ in range(count)]
    frame = pd.DataFrame(spread, columns=["content", "grade"])
    frame["review_id"] = [f"{day}-{product}-{i}" for i in range(len(frame))]
    return frame.assign(reviewed_at=pd.Timestamp(f"{day} 12:00"), product_id=product)


def bought(buyers: Any, day: str, **more: Any) -> Any:
    """One order of 100 yuan for each buyer on that day."""
    names = list(buyers)
    return orders(len(names), day, product="P", **more).assign(
        order_id=[f"{day}-{name}" for name in names], line_id=[f"{day}-{name}" for name in names], buyer_key=names
    )


def service(*rows: tuple[str, str, int, float, float]) -> Any:
    """Agent-days as (agent, day, conversations, mean first reply, 3-minute rate)."""
    frame = pd.DataFrame(rows, columns=["agent_key", "day", "sessions", "first_reply_seconds", "reply_3min_rate"])
    return frame.assign(day=pd.to_datetime(frame["day"]))
