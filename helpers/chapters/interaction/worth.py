"""What a pain costs, where returns of the same products for the same kind of reason can be told from the usual."""

from typing import Any

import pandas as pd

from helpers.chapters import lines, margin, names, spans
from helpers.definitions import reasons, words
from helpers.findings import Value
from helpers.methods.intervals import proportion_test
from helpers.report import Report

CLAIM = "4.2.2a"


def mentions(read: Any, key: str) -> Any:
    """In how many reviews of each product a meaning was named, most first."""
    named = read["said"].map(lambda said: key in said)
    return read.loc[named, "product_id"].dropna().value_counts()


def home(report: Report, read: Any, key: str) -> dict[str, str | int]:
    """The product that at least half of a pain's mentions name, as slots; nothing where it is spread."""
    named = mentions(read, key)
    if not len(named) or named.iloc[0] < report.threshold("pain_least") or named.iloc[0] * 2 < named.sum():
        return {}
    name = names.known(report).get(named.index[0], named.index[0])
    return {"product": str(name), "count": int(named.iloc[0]), "all": int(named.sum())}


def of_pain(report: Report, read: Any, pain: Any) -> Value | None:
    """Contribution lost in a month because products with a pain come back more often than the others.

    Refunds count when their reason belongs to the aspect of the pain. None without costs, without after-sales that
    name their order line, for an aspect that no reason belongs to, or where no excess is certain.
    """
    groups = words.reasons(report.shop).get(pain["aspect"], ())
    named = mentions(read, str(pain.name))
    products = named.index[named >= report.threshold("pain_least")]
    rows = lines.products(lines.paid(report))
    if not groups or not len(products) or lines.refund_basis(report) != "after_sales" or not len(report.every("costs")):
        return None
    group_of = reasons.groups(report.shop)
    back = lines.succeeded(report)
    back = back[back["reason"].map(group_of).isin(groups)]
    rows = rows.assign(hit=rows["line_id"].isin(back["line_id"]), ours=rows["product_id"].isin(products))
    ours, rest = rows[rows["ours"]], rows[~rows["ours"]]
    excess = proportion_test(ours["hit"].sum(), len(ours), rest["hit"].sum(), len(rest), report.threshold("level"))
    each = _loss(report, ours[ours["hit"]])
    if not excess.low > 0 or each is None:
        return None
    scale = len(ours) * each * spans.monthly(report)
    return report.money(
        "interaction.pain_stake", excess.difference * scale, CLAIM, ["reviews", "orders", "after_sales", "costs"],
        n=int(ours["hit"].sum()), low=excess.low * scale, high=excess.high * scale,
    )  # fmt: skip


def _loss(report: Report, rows: Any) -> float | None:
    """What one such line would have left had it been kept, less what it left, in fen; None where a cost is unknown."""
    if not len(rows):
        return None
    back = lines.refunds(report, rows)
    kept, left = (margin.contribution(report, rows, amount) for amount in (back * 0, back))
    loss = (kept - left).mean(skipna=False)
    return None if pd.isna(loss) else float(loss)
