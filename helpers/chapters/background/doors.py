"""Channels that hardly brought anybody before and do now: whether a partner opened new doors."""

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import spans
from helpers.findings import Answer, Sentence, Value
from helpers.methods.intervals import Difference, proportion_test, wilson
from helpers.period import Period
from helpers.report import FEN, Report, sentence, table

CLAIM = "1.3.4d"
NAMES = ["channel", "sub_channel"]
SUMS = ["click_users", "buyers", "paid_fen"]
UNITS = {
    "door": "text",
    "door_before": "ratio",
    "door_now": "ratio",
    "low": "ratio",
    "high": "ratio",
    "door_buyers": "ratio",
    "door_paid": "money",
}


def new_channels(report: Report) -> Answer:
    """Share of the product cards' visitors and buyers that came through channels which brought less than the bar before.

    Table ``doors``: one row per channel that was below the bar and is surely above it now: its share of visitors before
    and now with interval, its share of buyers, and the money paid. Visitors are people who clicked a product card.
    """
    now, span = spans.counted(report, "card_channels")
    if span is None:
        return report.gap(CLAIM, "missing_file" if not len(report.every("card_channels")) else "no_rows", "PCS")
    days = timedelta(int(report.threshold("door_base_days")))
    past, base = spans.counted(report, "card_channels", Period("range", span.start - days, span.start - timedelta(1)))
    if base is None:
        return report.gap(CLAIM, "no_history", "PCS")
    frame = _frame(report, _sums(now), _sums(past))
    if not frame["click_users"].sum() > 0 or not frame["past"].sum() > 0:
        return report.gap(CLAIM, "too_few", "PCS")
    doors = frame[frame["open"]].sort_values("click_users", ascending=False)
    facts = _facts(report, frame, doors, span)
    return report.finding(
        CLAIM,
        _headline(doors, facts),
        more=_more(report, frame, doors, facts, base),
        values=facts,
        tables={"doors": table(_printed(doors, frame), UNITS, n=int(frame["click_users"].sum()))},
    )


def _sums(rows: Any) -> Any:
    return rows.groupby(NAMES, dropna=False)[SUMS].sum().astype("float64")


def _frame(report: Report, now: Any, past: Any) -> Any:
    """One row per channel: visitors, buyers and money now, visitors before, and whether a door opened."""
    frame = now.assign(past=past["click_users"].reindex(now.index).fillna(0.0))
    lost = past.loc[~past.index.isin(now.index), "click_users"].sum()  # channels that are gone count in the base
    bar, level = report.threshold("door_share"), report.threshold("level")
    low, high = wilson(frame["click_users"], frame["click_users"].sum(), level)
    before = frame["past"] / ((frame["past"].sum() + lost) or np.nan)
    return frame.assign(before=before, low=low, high=high, open=(before < bar) & (low > bar))


def _facts(report: Report, frame: Any, doors: Any, span: Period) -> dict[str, Value]:
    level, visitors = report.threshold("level"), int(frame["click_users"].sum())

    def born(id: str, hits: float, n: int) -> Value:
        low, high = wilson(hits, n, level)
        where = {"low": low, "high": high, "n": n, "period": span}
        return report.value(f"background.door_{id}", hits / n, CLAIM, ["card_channels"], **where)

    found = {"visitors": born("visitors", doors["click_users"].sum(), visitors)}
    bar = report.threshold("door_share")
    found["bar"] = report.value("background.door_bar", bar, CLAIM, [])
    if not len(doors):
        return found
    buyers = int(frame["buyers"].sum())
    if buyers:
        found["buyers"] = born("buyers", doors["buyers"].sum(), buyers)
    found["paid"] = report.money("background.door_paid", doors["paid_fen"].sum(), CLAIM, ["card_channels"], period=span)
    rest = frame[~frame["open"]]
    for name, rows in (("rate", doors), ("rate_others", rest)):
        if rows["click_users"].sum() > 0 and rows["buyers"].sum() <= rows["click_users"].sum():
            found[name] = born(name, rows["buyers"].sum(), int(rows["click_users"].sum()))
    return found


def _headline(doors: Any, facts: dict[str, Value]) -> Sentence:
    key = "background.new_channels"
    if not len(doors):
        return sentence(f"{key}.none", bar=facts["bar"])
    slots = {name: facts[name] for name in ("visitors", "buyers") if name in facts}
    case = "one" if len(doors) == 1 else "several"
    return sentence(f"{key}.{case}", door=_name(doors.index[0]), count=len(doors), **slots)


def _more(report: Report, frame: Any, doors: Any, facts: dict[str, Value], base: Period) -> tuple[Sentence, ...]:
    key = "background.new_channels"
    slots: dict[str, Any] = {"visitors": facts["visitors"], "bar": facts["bar"], "base": str(base)}
    if not len(doors):
        return (sentence(f"{key}.basis_none", channels=len(frame), **slots),)
    said = [sentence(f"{key}.basis", paid=facts["paid"], **slots)]
    if "rate" in facts and "rate_others" in facts:
        gap = _gap(facts)
        case = "better" if gap.low > 0 else "worse" if gap.high < 0 else "alike"
        said.append(sentence(f"{key}.{case}", rate=facts["rate"], others=facts["rate_others"]))
    return (*said, sentence(f"{key}.doubt"))


def _gap(facts: dict[str, Value]) -> Difference:
    """Buyers per visitor of the new channels minus those of all others."""
    sides = [(value.value or 0, value.n or 0) for value in (facts["rate"], facts["rate_others"])]
    return proportion_test(*(part for rate, n in sides for part in (round(rate * n), n)))


def _name(names: Any) -> str:
    return " · ".join(str(name) for name in names if pd.notna(name))


def _printed(doors: Any, frame: Any) -> Any:
    found = pd.DataFrame({"door": [_name(names) for names in doors.index]})
    found["door_before"], found["door_now"] = (
        doors["before"].to_numpy(),
        (doors["click_users"] / frame["click_users"].sum()).to_numpy(),
    )
    for end in ("low", "high"):
        found[end] = doors[end].to_numpy()
    found["door_buyers"] = (doors["buyers"] / (frame["buyers"].sum() or np.nan)).to_numpy()
    return found.assign(door_paid=doors["paid_fen"].to_numpy() / FEN)
