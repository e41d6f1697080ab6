"""Items by role: what each sold, earned and drew in the period, and whether it does what its role asks."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import lines, margin, names
from helpers.chapters.background import rates
from helpers.methods.intervals import wilson
from helpers.report import FEN, Report

ROLES = ("traffic", "profit", "image")
COUNTS = ["orders", "units", "paid_fen", "net_fen", "exposures", "clicks", "together"]


def items(report: Report) -> Any:
    """One row per item on sale that carries a role, with what it sold and drew in the period.

    Columns role, category, name, ``orders``, ``units``, ``paid_fen``, ``net_fen``, ``left_fen`` (contribution, empty
    where a cost is unknown), ``together`` (orders with another product), ``exposures`` and ``clicks`` (empty without
    file), and from these ``price`` (currency units), ``margin_after_refunds`` and ``together_share`` (0-1).
    """
    return report.once("items by role", lambda: _items(report))


def _items(report: Report) -> Any:
    roles = report.every("roles")
    if not len(roles):
        return roles
    roles = roles[roles["role"].isin(ROLES) & ~(roles["listed_on"] > pd.Timestamp(report.seen.end))]
    roles = roles.drop_duplicates("product_id").set_index("product_id")
    name = names.listed(report).reindex(roles.index)
    found = roles[["role", "category"]].assign(name=name.fillna(pd.Series(roles.index, roles.index)))
    found = found.join(_sales(report)).join(_draw(report))
    found[COUNTS[:4]] = found[COUNTS[:4]].astype("float64").fillna(0)
    found["together"] = found["together"].fillna(0)
    sold = found["units"].where(found["units"] > 0)
    return found.assign(
        price=found["paid_fen"] / sold / FEN,
        margin_after_refunds=found["left_fen"] / found["net_fen"].where(found["net_fen"] > 0),
        together_share=found["together"] / found["orders"].where(found["orders"] > 0),
    )


def misfits(report: Report, goods: Any, role: str) -> Any:
    """Why an item of the role does not do what the role asks, or None; indexed as the items of that role.

    A traffic item must be clicked as often as the others, a profit item must keep the margin of the threshold, an image
    item must be bought together with others as often as any item. Rates must differ beyond chance; few orders are not
    judged.
    """
    mine, level = goods[goods["role"] == role], report.threshold("level")
    enough = mine["orders"] >= report.threshold("few")
    if role == "profit":
        return _named(enough & (mine["margin_after_refunds"] < report.threshold("profit_margin")), "thin_margin")
    hits, base = ("clicks", "exposures") if role == "traffic" else ("together", "orders")
    high = pd.Series(wilson(mine[hits].to_numpy(float), mine[base].to_numpy(float), level)[1], mine.index)
    usual = goods[hits].sum() / goods[base].sum() if goods[base].sum() > 0 else np.nan
    return _named(
        (mine[base] >= report.threshold("few")) & (high < usual), "weak_draw" if role == "traffic" else "bought_alone"
    )


def _named(flags: Any, name: str) -> Any:
    return pd.Series(None, flags.index, dtype=object).mask(flags, name)


def _sales(report: Report) -> Any:
    """One row per product sold in the period."""
    rows = lines.products(lines.paid(report))
    back = lines.refunds(report, rows).astype("float64")
    together = rows.groupby("order_id")["product_id"].transform("nunique") > 1
    rows = rows.assign(
        net_fen=rows["payable_fen"] - back, left_fen=margin.contribution(report, rows, back), together=together
    )
    return rows.groupby("product_id").agg(
        orders=("order_id", "nunique"),
        units=("quantity", "sum"),
        paid_fen=("payable_fen", "sum"),
        net_fen=("net_fen", "sum"),
        left_fen=("left_fen", lambda cells: cells.sum(skipna=False)),
        together=("together", "sum"),
    )


def _draw(report: Report) -> Any:
    """One row per product: exposures and clicks, times where the file counts them, else people."""
    rows, pairs = rates.products(report), (("exposures", "clicks"), ("exposure_users", "click_users"))
    pair = next((pair for pair in pairs if len(rows) and all(rows[column].notna().any() for column in pair)), None)
    if pair is None:
        return pd.DataFrame(index=pd.Index([], name="product_id"), columns=["exposures", "clicks"], dtype="float64")
    return rows.groupby("product_id")[list(pair)].sum().set_axis(["exposures", "clicks"], axis=1).astype("float64")
