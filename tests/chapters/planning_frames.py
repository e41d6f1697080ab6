"""Small hand-made tables for the tests of chapter 06."""

from typing import Any

import pandas as pd

PLAIN = 'name = { zh = "测试店", en = "Probe" }\ncurrency = "CNY"\nplatform = "other"\n'  # a shop without the kit's calendar


def orders(count: int, paid: str = "2026-10-05 10:00", hours: float | None = 24, name: str = "A", **more: Any) -> Any:
    """So many orders of one line, shipped so many hours after payment; None = still to be shipped."""
    ids, moment = [f"{name}{paid}-{i}" for i in range(count)], pd.Timestamp(paid)
    frame = pd.DataFrame({"order_id": ids, "line_id": ids, "ordered_at": moment, "paid_at": moment})
    sent = pd.NaT if hours is None else moment + pd.Timedelta(hours=hours)
    frame = frame.assign(payable_fen=10_000, quantity=1, shipped_at=sent, status="paid" if hours is None else "shipped")
    return frame.assign(**more)


def all_of(*frames: Any) -> Any:
    return pd.concat(frames, ignore_index=True)


def daily(first: str, last: str, yuan: Any = 100, **more: Any) -> Any:
    """One order a day; ``yuan`` may be a function of the day."""
    days = pd.date_range(first, last)
    ids = [f"D{day:%Y%m%d}" for day in days]
    fen = [round((yuan(day) if callable(yuan) else yuan) * 100) for day in days]
    moment = days + pd.Timedelta(hours=10)
    frame = pd.DataFrame({"order_id": ids, "line_id": ids, "ordered_at": moment, "paid_at": moment, "payable_fen": fen})
    return frame.assign(quantity=1, **more)


def targets(*rows: tuple[str, str, str]) -> Any:
    """Targets as (metric, valid from, value as typed)."""
    frame = pd.DataFrame(rows, columns=["metric", "valid_from", "value"])
    return frame.assign(valid_from=pd.to_datetime(frame["valid_from"]), amount=frame["value"].astype("float64"))


def events(*rows: tuple[str, str, str]) -> Any:
    """Promotions as (name, first day, last day)."""
    frame = pd.DataFrame(rows, columns=["name", "start", "end"])
    days = {part: pd.to_datetime(frame[part]) for part in ("start", "end")}
    return frame.assign(**days, name_en=frame["name"], kind="promotion", peak=days["start"], confirmed="yes")


def service(*rows: tuple[str, str, int, float, float]) -> Any:
    """Agent-days as (agent, day, conversations, mean first reply, 3-minute rate)."""
    frame = pd.DataFrame(rows, columns=["agent_key", "day", "sessions", "first_reply_seconds", "reply_3min_rate"])
    return frame.assign(day=pd.to_datetime(frame["day"]))
