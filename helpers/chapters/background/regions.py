"""Where buyers live: orders, money, refunds and waiting time by province."""

from typing import Any

import pandas as pd

from helpers.chapters import lines
from helpers.chapters.background.facts import per_row
from helpers.chapters.background.provinces import OTHER, UNKNOWN, arrival, by_province, linked
from helpers.findings import Answer, Gap, Label, Sentence, Slot, Value
from helpers.report import Report, sentence, table

CLAIM = "1.1.3b"
FIRST = 5
UNITS = {
    "province": "label:province",
    "orders": "count",
    "order_share": "ratio",
    "paid_amount": "money",
    "refund_rate_orders": "ratio",
    "refund_judged": "label:refund_judged",
    "refund_rate_amount": "ratio",
}


def regions(report: Report) -> Answer:
    """Orders, money, refund rates against what chance allows, and days until delivery (or completion), by province.

    Tables: ``provinces`` one row per province, most orders first; provinces with too few orders to protect their buyers
    are one row ``other``, orders without a province one row ``unknown``. ``funnel``: those whose refunds are judged.
    """
    paid = lines.paid(report)
    if not len(paid):
        return report.gap(CLAIM, "missing_file", "ORD")
    if not paid["province"].notna().any():
        return report.gap(CLAIM, "missing_column", "ORD", column=Label("columns", "province"))
    days = f"{arrival(paid).partition('_')[0]}_days"  # delivered_days or finished_days
    frame = by_province(report, paid).rename(
        columns={"days": days, "days_low": f"{days}_low", "days_high": f"{days}_high"}
    )
    values = _facts(report, frame, days)
    units = {name: unit for name, unit in (UNITS | {days: "days"}).items() if frame[name].notna().any()}
    tables = {"provinces": table(frame, units, n=int(frame["orders"].sum()))}
    if linked(report):
        judged = frame[frame["refund_judged"] != "few"]
        tables["funnel"] = table(judged, {name: UNITS[name] for name in ("province", "orders", "refund_rate_orders")})
    return report.finding(
        CLAIM,
        _headline(frame, values),
        more=_more(report, frame, values, days),
        values=values,
        tables=tables,
        gaps=_gaps(report, frame, days),
    )


def _facts(report: Report, frame: Any, days: str) -> dict[str, Value]:
    refund_files = [name for name in ("orders", "after_sales") if report.has(name)]
    total, named = int(frame["orders"].sum()), frame[~frame["last"]]
    judged = frame[frame["refund_judged"].isin(["above", "below"])]
    asked = {
        "orders": ("background.orders_by_province", frame, "orders", ["orders"]),
        "paid": ("background.paid_by_province", frame, "amount_fen", ["orders"]),
        "refund": ("background.refund_rate_by_province", judged, "refund_rate_orders", refund_files),
        "days": (f"background.{days}_by_province", _ends(report, named, days), days, ["orders"]),
    }
    found: dict[str, Value] = {}
    for kind, (fact, rows, column, files) in asked.items():
        born = per_row(report, fact, rows, "province", column, CLAIM, files)
        found |= {f"{kind}/{name}": value for name, value in born.items()}
    five = named["orders"].head(FIRST).sum() / total
    found["five_share"] = report.value("background.five_provinces_share", five, CLAIM, ["orders"], n=total)
    found["provinces"] = report.value("background.provinces", len(named), CLAIM, ["orders"], n=total)
    if linked(report):
        rate = frame["refunded"].sum() / total
        found["refund_rate"] = report.value("background.refund_rate_orders", rate, CLAIM, refund_files, n=total)
    return found


def _ends(report: Report, named: Any, days: str) -> Any:
    """The fastest and the slowest of the provinces that have enough orders, where their intervals do not touch."""
    known = named[(named["orders"] >= report.threshold("few")) & named[days].notna()].sort_values(days)
    ends = pd.concat([known.head(1), known.tail(1)])
    apart = len(known) and ends[f"{days}_low"].iloc[-1] > ends[f"{days}_high"].iloc[0]
    return ends if apart else known.head(0)


def _headline(frame: Any, values: dict[str, Value]) -> Sentence:
    first = frame.iloc[0]["province"]
    if first in (OTHER, UNKNOWN):
        return sentence("background.regions.unknown")
    slots: dict[str, Slot] = {"province": Label("province", first), "orders": values[f"orders/{first}"]}
    if (~frame["last"]).sum() <= FIRST:
        return sentence("background.regions.few", **slots)
    return sentence("background.regions.found", five=values["five_share"], **slots)


def _more(report: Report, frame: Any, values: dict[str, Value], days: str) -> tuple[Sentence, ...]:
    said = [_refund_sentence(frame, values)] if linked(report) else []
    ends = _ends(report, frame[~frame["last"]], days)["province"].tolist()
    if ends:
        slots: dict[str, Slot] = {"fast": Label("province", ends[0]), "slow": Label("province", ends[1])}
        waits = {"fast_days": values[f"days/{ends[0]}"], "slow_days": values[f"days/{ends[1]}"]}
        said.append(sentence(f"background.regions.{days}", **slots, **waits))
    elif frame[days].notna().any():
        said.append(sentence(f"background.regions.{days}_even"))
    if (frame["province"] == OTHER).any():
        said.append(sentence("background.regions.pooled", least=int(report.threshold("private"))))
    return tuple(said)


def _refund_sentence(frame: Any, values: dict[str, Value]) -> Sentence:
    above = frame[frame["refund_judged"] == "above"].sort_values("refund_rate_orders", ascending=False)
    if not len(above):
        return sentence("background.regions.refund_even", overall=values["refund_rate"])
    worst = above.iloc[0]["province"]
    slots: dict[str, Slot] = {"rate": values[f"refund/{worst}"], "overall": values["refund_rate"], "count": len(above)}
    return sentence("background.regions.refund_above", province=Label("province", worst), **slots)


def _gaps(report: Report, frame: Any, days: str) -> tuple[Gap, ...]:
    found = []
    if not linked(report):
        why = "no_link" if lines.refund_basis(report) == "by_time" else "no_refund"
        found.append(report.gap(CLAIM, why, "AFS", what=Label("gap_what", "regional_refunds")))
    if not frame[days].notna().any():
        column, what = Label("columns", "delivered_at"), Label("gap_what", "delivery")
        found.append(report.gap(CLAIM, "missing_column", "ORD", column=column, what=what))
    return tuple(found)
