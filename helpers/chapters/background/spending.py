"""Spending power: what one order is worth, and in which bands orders and money lie."""

from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import lines
from helpers.chapters.background import portraits
from helpers.definitions import groups
from helpers.findings import Answer, Gap, Label, Sentence, Value
from helpers.methods.quantiles import quantile_interval
from helpers.period import Period
from helpers.report import FEN, Report, sentence, table

CLAIM = "1.1.3a"
FILES = ("orders",)
QUANTILES = {"median": 0.5, "p90": 0.9}


def spending_power(report: Report) -> Answer:
    """Median and 90th percentile of the order value, and the share of orders and of money by band.

    Tables: ``orders`` one row per order (``order_value``, for a histogram), ``bands`` one row per band.
    """
    orders = lines.orders(lines.paid(report))
    if not len(orders):
        return report.gap(CLAIM, "missing_file", "ORD")
    amounts = orders["amount_fen"] / FEN
    bands = _bands(amounts, _edges(report))
    values = _quantiles(report, amounts)
    earlier = _earlier(report)
    values |= _facts(report, bands, len(orders)) | earlier | _power(report)
    units = {
        "value_band": "text",
        "orders": "count",
        "order_share": "ratio",
        "paid_amount": "money",
        "amount_share": "ratio",
    }
    return report.finding(
        CLAIM,
        sentence("background.spending.found", median=values["median"], p90=values["p90"]),
        more=(_most(bands, values), _change(values, earlier), *_labels(values)),
        values=values,
        tables={
            "orders": table(pd.DataFrame({"order_value": amounts}), {"order_value": "money"}, n=len(orders)),
            "bands": table(bands, units, n=len(orders)),
        },
        gaps=_gaps(report, values),
    )


def _quantiles(report: Report, amounts: Any, period: Period | None = None) -> dict[str, Value]:
    found = {}
    for name, share in QUANTILES.items():
        point = quantile_interval(amounts, share, report.threshold("level"))
        key, tail = (name, "") if period is None else (f"{name}.previous", "/when=previous")
        fact = f"background.order_value_{name}{tail}"
        ends = {"low": point.low, "high": point.high}
        found[key] = report.value(fact, point.estimate, CLAIM, FILES, n=len(amounts), period=period, **ends)
    return found


def _earlier(report: Report) -> dict[str, Value]:
    base = report.base("previous")
    if base is None:
        return {}
    orders = lines.orders(lines.paid(report, base))
    return _quantiles(report, orders["amount_fen"] / FEN, base) if len(orders) else {}


def _edges(report: Report) -> tuple[float, ...]:
    """The bands of the currency, else quantiles of everything the shop has sold so far, in round numbers."""
    listed = groups.price_edges(report.settings.currency, report.shop)
    if listed:
        return listed
    known = Period("range", report.begins, report.seen.end)
    amounts = lines.orders(lines.paid(report, known))["amount_fen"] / FEN
    count = int(report.threshold("price_bands"))
    cuts = np.quantile(amounts, np.arange(1, count) / count)
    return tuple(sorted({float(f"{cut:.1g}") for cut in cuts}))


def _bands(amounts: Any, edges: tuple[float, ...]) -> Any:
    names = [f"<{edges[0]:,g}", *(f"{low:,g}–{high:,g}" for low, high in pairwise(edges)), f"≥{edges[-1]:,g}"]
    cut = pd.cut(amounts, [-np.inf, *edges, np.inf], right=False, labels=names)
    found = amounts.groupby(cut, observed=False).agg(["size", "sum"]).reset_index()
    found.columns = ["value_band", "orders", "paid_amount"]
    shares = {"order_share": found["orders"] / len(amounts), "amount_share": found["paid_amount"] / amounts.sum()}
    return found.assign(value_band=found["value_band"].astype(str), **shares)


def _facts(report: Report, bands: Any, n: int) -> dict[str, Value]:
    found = {}
    for row in bands.itertuples():
        for kind, share in (("orders", row.order_share), ("amount", row.amount_share)):
            fact = f"background.{kind}_in_band/band={row.value_band}"
            found[fact.partition(".")[2]] = report.value(fact, share, CLAIM, FILES, n=n)
    return found


def _most(bands: Any, values: dict[str, Value]) -> Sentence:
    band = bands.loc[bands["orders"].idxmax(), "value_band"]
    parts = {kind: values[f"{kind}_in_band/band={band}"] for kind in ("orders", "amount")}
    return sentence("background.spending.band", band=band, **parts)


def _change(values: dict[str, Value], earlier: dict[str, Value]) -> Sentence:
    """Against the period before; only intervals that do not touch count as a change."""
    if not earlier:
        return sentence("background.spending.no_base")
    now, then = values["median"], earlier["median.previous"]
    if None in (now.low, now.high, then.low, then.high):
        return sentence("background.spending.same", previous=then)
    case = "up" if now.low > then.high else "down" if now.high < then.low else "same"  # type: ignore[operator]
    return sentence(f"background.spending.{case}", previous=then)


def _power(report: Report) -> dict[str, Value]:
    """Share of the spending label that buyers carry most above the platform, and how far above; empty without portrait."""
    here = portraits.portrait(report, "buyers")
    if here is None:
        return {}
    rows = here.rows[here.rows["label_kind"].isin(portraits.labels(report, "spending")) & (here.rows["tgi"] > 0)]
    if not len(rows):
        return {}
    row = rows.loc[rows["tgi"].idxmax()]
    low, high = portraits.bounds(report, [row["share"]], here.people)
    fact, files = f"background.spending_label/label={row['label']}", ("portraits", "orders", "members")
    born = partial(report.value, claim=CLAIM, tables=files, n=here.people, period=here.span)
    index = fact.replace("spending_label", "spending_label_index")
    return {"label": born(fact, row["share"], low=low[0], high=high[0]), "label_index": born(index, row["tgi"] / 100)}


def _labels(values: dict[str, Value]) -> tuple[Sentence, ...]:
    if "label" not in values:
        return ()
    label = Label("spending_power", values["label"].id.partition("=")[2])
    slots = {"share": values["label"], "index": values["label_index"]}
    return (sentence("background.spending.labels", label=label, **slots),)


def _gaps(report: Report, values: dict[str, Value]) -> tuple[Gap, ...]:
    what = Label("gap_what", "spending_labels")
    return () if "label" in values else (report.gap(CLAIM, "missing_file", "AUD", what=what),)
