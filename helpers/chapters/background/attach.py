"""Whether traffic items bring profit items with them: in the same order, within a week, and per 1,000 exposures."""

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import lines
from helpers.chapters.background.items import ROLES, items
from helpers.chapters.values import rated
from helpers.findings import Answer, Gap, Label, Sentence, Value
from helpers.methods.intervals import proportion_test
from helpers.period import Period
from helpers.report import FEN, Report, sentence, table

CLAIM = "1.2.2d"
FILES = ("orders", "roles")
THOUSAND = 1000
UNITS = {"role": "label:role", "exposures": "count", "orders": "count", "role_left": "money", "per_thousand": "money"}


def attach(report: Report) -> Answer:
    """Share of orders with a traffic item that also hold a profit item, or whose buyer takes one within a week.

    The week after is compared with that after orders of neither kind, so that buyers who come back anyway do not count
    as drawn. Table ``attach``: one row per role, its exposures and what 1,000 of them left after refunds and costs, and one
    row ``drawn``: traffic items together with the profit items in their orders, per 1,000 of their exposures.
    """
    roles = report.every("roles")
    if not len(roles):
        return report.gap(CLAIM, "missing_file", "ROL", what=Label("gap_what", "attach"))
    rows = _rows(report, roles, report.seen)
    orders = _orders(rows)
    drawn = orders[orders["traffic"]]
    if not len(drawn):
        return report.gap(CLAIM, "no_rows", "ORD", "ROL", what=Label("gap_what", "attach"))
    values = {"same": rated(report, "background.attach_order", int(drawn["profit"].sum()), len(drawn), CLAIM, FILES)}
    values |= _week(report, roles, orders)
    goods = items(report)
    frame = _frame(goods, rows)
    values |= _per_thousand(report, frame)
    return report.finding(
        CLAIM,
        _headline(report, values),
        more=_more(report, values),
        values=values,
        tables={"attach": table(frame[_shown(frame)], {name: UNITS[name] for name in _shown(frame)})},
        gaps=_gaps(report, values),
    )


def _rows(report: Report, roles: Any, span: Period) -> Any:
    """Paid lines of goods of the days, with their ``role``."""
    rows = lines.products(lines.paid(report, span))
    role = roles.drop_duplicates("product_id").set_index("product_id")["role"]
    return rows.assign(role=rows["product_id"].map(role))


def _orders(rows: Any) -> Any:
    """One row per order: when it was paid, and whether a traffic and a profit item are in it."""
    kinds = {role: rows["role"] == role for role in ("traffic", "profit")}
    by = rows[["order_id", "paid_at"]].assign(**kinds).groupby("order_id", as_index=False)
    return by.agg({"paid_at": "min", "traffic": "any", "profit": "any"})


def _week(report: Report, roles: Any, orders: Any) -> dict[str, Value]:
    """Buyers who take a profit item within so many days after traffic items alone, and after other goods alone.

    Only orders that were watched for so long; empty without buyers or with too few of either kind.
    """
    days = int(report.threshold("attach_days"))
    buyers = report.every("members")
    if not len(buyers):
        return {}
    last = min(report.seen.end, report.covered - timedelta(days))
    asked = orders[~orders["profit"] & (orders["paid_at"] < pd.Timestamp(last) + pd.Timedelta(days=1))]
    key = buyers.drop_duplicates("order_id").set_index("order_id")["buyer_key"]
    asked = asked.assign(buyer=asked["order_id"].map(key)).dropna(subset=["buyer"])
    span = Period("range", report.seen.start, min(report.covered, report.seen.end + timedelta(days)))
    took = _rows(report, roles, span)
    took = took[took["role"] == "profit"].drop_duplicates("order_id")
    took = took.assign(buyer=took["order_id"].map(key)).dropna(subset=["buyer"])
    pairs = asked.merge(took[["buyer", "paid_at"]], on="buyer", suffixes=("", "_took"))
    wait = (pairs["paid_at_took"] - pairs["paid_at"]) / pd.Timedelta(days=1)
    asked = asked.assign(back=asked["order_id"].isin(pairs.loc[(wait > 0) & (wait <= days), "order_id"]))
    sides = asked.groupby("traffic")["back"].agg(["sum", "size"]).reindex([True, False], fill_value=0).to_numpy()
    if sides[:, 1].min() < report.threshold("few"):
        return {}
    files = (*FILES, "members")
    found = {
        name: rated(report, f"background.attach_{name}", int(k), int(n), CLAIM, files)
        for name, (k, n) in zip(("after", "others"), sides, strict=True)
    }
    gain = proportion_test(*sides[0], *sides[1])
    n, low, high = int(sides[:, 1].sum()), gain.low * 100, gain.high * 100
    id = "background.attach_gain"
    found["gain"] = report.value(id, gain.difference * 100, CLAIM, files, n=n, low=low, high=high)
    return found


def _frame(goods: Any, rows: Any) -> Any:
    """One row per role, and one for traffic items with what they drew; contribution in yuan, empty where unknown."""
    found = []
    for role in ROLES:
        mine = goods[goods["role"] == role]
        left = mine["left_fen"].sum() if mine.loc[mine["orders"] > 0, "left_fen"].notna().all() else np.nan
        found.append((role, mine["exposures"].sum(min_count=1), mine["orders"].sum(), left))
    traffic = found[0]
    profit = goods[goods["role"] == "profit"]
    each = profit["left_fen"] / profit["orders"].where(profit["orders"] > 0)
    lured = rows[rows["order_id"].isin(rows.loc[rows["role"] == "traffic", "order_id"]) & (rows["role"] == "profit")]
    with_them = lured["product_id"].map(each).sum(skipna=False) if len(lured) else 0.0
    found.append(("drawn", traffic[1], traffic[2], traffic[3] + with_them))
    frame = pd.DataFrame(found, columns=["role", "exposures", "orders", "left_fen"])
    seen = frame["exposures"].astype("float64")
    per = frame["left_fen"] / seen.where(seen > 0) * THOUSAND
    return frame.assign(role_left=frame["left_fen"] / FEN, per_thousand=per / FEN)


def _per_thousand(report: Report, frame: Any) -> dict[str, Value]:
    files = ("orders", "after_sales", "costs", "product_periods", "roles")
    known = frame[frame["per_thousand"].notna()]
    return {
        f"per/{row.role}": report.value(
            f"background.attach_per_thousand/role={row.role}", row.per_thousand, CLAIM, files, n=int(row.orders)
        )
        for row in known.itertuples()
    }


def _shown(frame: Any) -> list[str]:
    return [name for name in UNITS if frame[name].notna().any()]


def _headline(report: Report, values: dict[str, Value]) -> Sentence:
    if "gain" not in values:
        return sentence("goals.attach.same", same=values["same"])
    gain = values["gain"]
    case = "more" if float(gain.low or 0) > 0 else "less" if float(gain.high or 0) < 0 else "open"
    return sentence(f"goals.attach.{case}", same=values["same"], after=values["after"], others=values["others"])


def _more(report: Report, values: dict[str, Value]) -> tuple[Sentence, ...]:
    said = []
    if "gain" in values:
        slots = {name: values[name] for name in ("after", "others", "gain")}
        said.append(sentence("goals.attach.week", days=int(report.threshold("attach_days")), **slots))
    if "per/drawn" in values and "per/profit" in values:
        slots = {"traffic": values["per/traffic"], "drawn": values["per/drawn"], "profit": values["per/profit"]}
        case = "worth" if float(values["per/drawn"].value or 0) > 0 else "loss"
        said.append(sentence(f"goals.attach.thousand_{case}", **slots))
    said.append(sentence("goals.attach.basis", n=values["same"].n or 0))
    return tuple(said)


def _gaps(report: Report, values: dict[str, Value]) -> tuple[Gap, ...]:
    found = []
    if "gain" not in values:
        found.append(report.gap(CLAIM, "no_buyer", "MEM", what=Label("gap_what", "attach_week")))
    if "per/drawn" not in values:
        found.append(report.gap(CLAIM, "no_cost", "CST", "PRD", what=Label("gap_what", "attach_thousand")))
    return tuple(found)
