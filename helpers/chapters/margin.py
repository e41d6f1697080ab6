"""What an order line leaves once refunds, goods, freight, packing and fees are taken off: its contribution."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import lines
from helpers.definitions import files
from helpers.report import Report

COSTS = ["unit_cost_fen", "freight_out_fen", "packing_fen", "return_cost_fen", "fee_rate", "commission_rate"]


def contribution(report: Report, rows: Any, back: Any) -> Any:
    """Contribution of each line in fen, indexed as the lines; NaN for a product without a cost at that time.

    Paid less refunds, fees and commission on what was kept, goods, freight and packing, and the cost of a return. Goods
    that came back or never left count as kept in stock; commission is owed on partners' sales alone; advertising is not in it.

    Parameters
    ----------
    rows : DataFrame
        Lines as `lines.paid` gives them.
    back : Series
        Refunds of these lines in fen, indexed as the lines; with zeros, what they would have left without any refund.
    """
    cost = costs(report, rows)
    paid = rows["payable_fen"].astype("float64")
    net = paid - back
    gone = (back / paid.where(paid > 0)).fillna(0)
    returned, unshipped = (_of_kind(report, rows, kind) for kind in ("return", "refund_unshipped"))
    goods = cost["unit_cost_fen"] * rows["quantity"].astype("float64") * (1 - gone * (returned | unshipped))
    sent = (cost["freight_out_fen"].fillna(0) + cost["packing_fen"].fillna(0)) * (1 - gone * unshipped)
    commission = cost["commission_rate"].fillna(0).where(by_partner(report, rows), 0)
    fees = (cost["fee_rate"].fillna(0) + commission) * net
    return net - goods - sent - fees - cost["return_cost_fen"].fillna(0) * (returned & (gone > 0))


def by_partner(report: Report, rows: Any) -> Any:
    """Which lines a partner sold, by the source that the order export names; indexed as the lines."""
    partners = files.toml(files.find("groups/sellers.toml", report.shop))["partner"]
    return rows["source_name"].isin(partners)


def costs(report: Report, rows: Any) -> Any:
    """The costs that held when each line was paid, indexed as the lines; NaN where a product had none then."""
    given = report.every("costs")
    if not len(given) or not rows["product_id"].notna().any():
        return pd.DataFrame(float("nan"), index=rows.index, columns=COSTS)
    products, moments = pd.Index(given["product_id"].unique()), pd.Index(given["valid_from"].unique()).sort_values()
    since = products.get_indexer(given["product_id"]) * len(moments) + moments.get_indexer(given["valid_from"])
    product, moment = products.get_indexer(rows["product_id"]), moments.searchsorted(rows["paid_at"], "right") - 1
    order, asked = np.argsort(since), product * len(moments) + moment
    at = order[np.searchsorted(since[order], asked, "right") - 1]  # the last cost before, of any product
    held = (since[at] <= asked) & (since[at] // len(moments) == product) & rows["paid_at"].notna().to_numpy()
    found = given[COSTS].to_numpy(dtype="float64", na_value=np.nan)[at]
    return pd.DataFrame(np.where(held[:, None], found, np.nan), index=rows.index, columns=COSTS)


def _of_kind(report: Report, rows: Any, kind: str) -> Any:
    """Which lines were paid back by that kind of request."""
    later = lines.beyond(report, rows)
    back = lines.succeeded(report, later)
    ids = report.once(
        f"back {kind} {later}", lambda: pd.Index(back.loc[back["kind"] == kind, "line_id"].dropna().unique())
    )
    return pd.Series(ids.get_indexer(rows["line_id"]) >= 0, index=rows.index)  # isin reads a column of text slowly
