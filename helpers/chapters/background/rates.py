"""Rates of the funnel by channel, each against its bar, on sums and with what day-to-day swings allow."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import spans
from helpers.chapters.values import by_chance
from helpers.methods.intervals import prob_at_least, wilson
from helpers.report import Report

ALL = "all"
CARD = "card"
TRAFFIC = {"exposure_click": ("click_users", "exposure_users"), "click_buy": ("buyers", "click_users")}
TIMES = {"exposure_click": ("clicks", "exposures"), "click_buy": ("orders", "clicks")}
CART = ("cart_users", "click_users")


def channel_days(report: Report) -> Any:
    """Traffic of the period, one row per day and carrier; advertising windows are summed where they have no total."""
    rows = report.table("channel_days")
    if not len(rows):
        return rows
    whole = rows[rows["ad_window"].fillna("any") == "any"]
    if len(whole):
        return whole
    return rows.groupby(["day", "carrier"], as_index=False).sum(numeric_only=True, min_count=1)


def products(report: Report) -> Any:
    """Products of the period by carrier, else product cards under the carrier ``card``; empty without either file."""
    rows = spans.counted(report, "product_periods")[0]
    if len(rows):
        detail = rows[rows["carrier"].fillna(ALL) != ALL]
        return detail if len(detail) else rows.assign(carrier=ALL)
    cards = spans.counted(report, "product_cards")[0]
    return cards.assign(carrier=CARD) if len(cards) else cards


def products_file(report: Report) -> str:
    """The table that `products` reads."""
    return "product_periods" if len(spans.counted(report, "product_periods")[0]) else "product_cards"


def basis(rows: Any, step: str) -> tuple[str, str]:
    """Columns of a step: people where the file counts them, else times."""
    people = TRAFFIC[step]
    return people if len(rows) and all(rows[column].notna().any() for column in people) else TIMES[step]


def by_carrier(report: Report, rows: Any, columns: tuple[str, str], bar: float | None) -> Any:
    """One row per carrier: ``hits``, ``base``, ``rate`` with ends, ``bar_chance`` to reach the bar, ``verdict``.

    Days are clusters: where days differ more than chance, the counts are divided by the design effect before Wilson's
    interval and the probability are taken. Product rows have no days and are taken as they are.
    """
    hits, base = columns
    usable = rows[rows[hits].notna() & (rows[base] > 0)]
    found = [(carrier, *_sums(part, hits, base)) for carrier, part in usable.groupby("carrier")]
    frame = pd.DataFrame(found, columns=["carrier", "hits", "base", "effect"])
    some, all_of = frame["hits"] / frame["effect"], frame["base"] / frame["effect"]
    low, high = wilson(some, all_of, report.threshold("level"))
    chance = np.full(len(frame), np.nan) if bar is None else prob_at_least(some, all_of, bar)
    frame = frame.assign(base_column=base, rate=frame["hits"] / frame["base"], low=low, high=high, bar_chance=chance)
    verdict = [_verdict(report, row.bar_chance, row.base) if bar is not None else "" for row in frame.itertuples()]
    return frame.assign(verdict=verdict).sort_values("base", ascending=False, ignore_index=True)


def overall(verdicts: Any) -> str:
    """One verdict of many: fails when one fails, holds when all hold, else open."""
    judged = list(verdicts)
    if "fails" in judged:
        return "fails"
    return "holds" if judged and all(verdict == "holds" for verdict in judged) else "open"


def _sums(part: Any, hits: str, base: str) -> tuple[float, float, float]:
    y, x = part[hits].to_numpy(dtype=float), part[base].to_numpy(dtype=float)
    rate, days = y.sum() / x.sum(), len(part)
    spread = rate * (1 - rate) * x.sum()
    if "day" not in part or days < 2 or spread <= 0:
        return float(y.sum()), float(x.sum()), 1.0
    effect = days / (days - 1) * np.square(y - rate * x).sum() / spread
    return float(y.sum()), float(x.sum()), max(1.0, float(effect))


def _verdict(report: Report, chance: float, base: float) -> str:
    return "open" if base < report.threshold("few") else by_chance(report, chance)
