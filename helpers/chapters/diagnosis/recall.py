"""By which ways old buyers are brought back, and whether it is really only one."""

from typing import Any

import pandas as pd

from helpers.chapters.values import by_chance, rated
from helpers.findings import Answer, Label
from helpers.methods.intervals import prob_at_least, wilson
from helpers.report import FEN, Report, sentence, table

CLAIM = "5.1.3a"
UNITS = {
    "touch": "label:touch",
    "orders": "count",
    "share": "ratio",
    "low": "ratio",
    "high": "ratio",
    "order_value": "money",
}


def recall(report: Report) -> Answer:
    """Which touches stand before the orders of returning buyers, and how much hangs on the most used one (5.1.3a).

    Tables: ``touches`` one row per touch with orders, share of all returning orders with interval, and money per order.
    """
    rows = returning(report)
    if not len(rows):
        return report.gap(CLAIM, "missing_file", "MEM")
    touches = _touches(rows)
    touched = touches[touches["touch"] != "none"]
    gaps = (report.gap(CLAIM, "no_sends", "GRP"),)
    share = _value(report, "diagnosis.touched_share", int(touched["orders"].sum()), len(rows))
    parts = {"touches": table(touches, UNITS, n=len(rows))}
    if not touched["orders"].sum():
        none = sentence("diagnosis.recall.none", n=len(rows))
        return report.finding(CLAIM, none, values={"touched": share}, tables=parts, verdict="open", gaps=gaps)
    first, total = touched.iloc[0], int(touched["orders"].sum())
    main = _value(report, "diagnosis.main_touch_share", int(first["orders"]), total)
    ways = report.value("diagnosis.touch_ways", int((touched["orders"] > 0).sum()), CLAIM, ["members"], n=total)
    chance = float(prob_at_least(int(first["orders"]), total, report.threshold("one_way")))
    verdict = by_chance(report, chance)
    name = Label("touch", first["touch"])
    return report.finding(
        CLAIM,
        sentence(f"diagnosis.recall.{verdict}", ways=ways, touch=name, share=main),
        more=(sentence("diagnosis.recall.touched", share=share, n=len(rows)),),
        values={"touched": share, "main": main, "ways": ways},
        tables=parts,
        verdict=verdict,
        gaps=gaps,
    )


def returning(report: Report) -> Any:
    """Orders of the period whose buyer has an earlier order in the member file, one row each."""
    every = report.every("members")
    if not len(every):
        return every
    first = every.groupby("buyer_key")["paid_at"].transform("min")
    rows = report.table("members")
    return rows[rows["order_id"].astype(object).isin(every.loc[every["paid_at"] > first, "order_id"].to_list())]


def _touches(rows: Any) -> Any:
    found = rows.assign(touch=rows["touch"].fillna("none")).groupby("touch", as_index=False)
    found = found.agg(orders=("order_id", "size"), amount_fen=("amount_fen", "sum"))
    low, high = wilson(found["orders"], len(rows))
    value = found["amount_fen"] / found["orders"] / FEN
    found = found.assign(share=found["orders"] / len(rows), low=low, high=high, order_value=value)
    order = found.sort_values(["orders", "touch"], ascending=[False, True])
    return pd.concat([order[order["touch"] != "none"], order[order["touch"] == "none"]], ignore_index=True)[list(UNITS)]


def _value(report: Report, fact: str, part: int, whole: int) -> Any:
    return rated(report, fact, part, whole, CLAIM, ["members"])
