"""Where hits stand in the prices of their own category."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters.sales import hits
from helpers.chapters.values import ranged
from helpers.findings import Answer, Gap, Label, Sentence, Value
from helpers.methods.intervals import Interval, wilson
from helpers.methods.lifts import multiples, shared
from helpers.report import Report, sentence, table

CLAIM = "2.2.1a"
BANDS = ["low", "middle", "high"]
UNITS = {
    "price_third": "label:price_third", "hit_items": "count", "hit_count": "count", "hit_expected": "count",
    "hit_share": "ratio", "low": "ratio", "high": "ratio",
}  # fmt: skip


def hit_prices(report: Report) -> Answer:
    """Whether hits gather in the low, middle or high prices of their own category, and how they are priced against it.

    Table ``bands``: one row per third of a category's prices: products, hits, hits that the categories let expect,
    share of hits with its interval, and the share to expect as ``target``.
    """
    found = hits.hits(report, CLAIM)
    if isinstance(found, Gap):
        return found
    goods = hits.known(found)
    goods = goods[goods.groupby("category")["hit"].transform("size") >= len(BANDS)]
    if not goods["hit"].any() or goods["hit"].all():
        return report.gap(CLAIM, "too_few", n=int(goods["hit"].sum()), need=1, what=Label("hit_open", "hits"))
    frame = _bands(report, goods)
    values = _values(report, goods, frame)
    slots = found.slots() | {"need": int(report.threshold("hit_sustained")), "n": len(goods)}
    more = [sentence(f"sales.hit_prices.basis_{found.measure}", **slots)]
    top = _top(report, frame)
    if top is None:
        more.append(sentence("sales.hit_prices.doubt", ratio=values["ratio"]))
    else:
        more.append(sentence("sales.hit_prices.ratio", ratio=values["ratio"], expected=values["expected"]))
    return report.finding(
        CLAIM,
        _headline(frame, values, top),
        more=tuple(more),
        values=values,
        tables={"bands": table(frame[[*UNITS, "target"]], UNITS, n=len(goods))},
    )


def _bands(report: Report, goods: Any) -> Any:
    place = goods.groupby("category")["price"].rank(pct=True, method="average") - 0.5 / goods.groupby("category")[
        "price"
    ].transform("size")
    band = np.select([place < 1 / 3, place < 2 / 3], BANDS[:2], BANDS[2])
    found = shared(goods["hit"], band, goods["category"]).set_index("trait").reindex(BANDS).dropna().reset_index()
    low, high = wilson(found["hits"], found["items"], report.threshold("level"))
    found = found.assign(
        hit_share=found["hits"] / found["items"], low=low, high=high, target=found["expected"] / found["items"]
    )
    counts = {"hit_items": found["items"].astype("int64"), "hits": found["hits"].astype("int64")}
    return found.assign(**counts).rename(
        columns={"trait": "price_third", "expected": "hit_expected", "hits": "hit_count"}
    )


def _values(report: Report, goods: Any, frame: Any) -> dict[str, Value]:
    count = int(goods["hit"].sum())
    values = {"hits": report.value("sales.hits", count, CLAIM, ["orders", "costs"], n=len(goods))}
    rows = multiples(goods["price"], goods["hit"], goods["category"], level=report.threshold("level"))
    row = rows[rows["trait"] == True].iloc[0]  # noqa: E712  the trait is the flag itself
    if pd.notna(row["multiple"]):
        ratio = Interval(row["multiple"], row["low"], row["high"])
        values["ratio"] = ranged(report, "sales.hit_price_ratio", ratio, CLAIM, ["orders"], n=len(goods))
    for band in frame.itertuples():
        share = Interval(band.hit_share, band.low, band.high)
        id = f"sales.hit_share/price={band.price_third}"
        values[f"share.{band.price_third}"] = ranged(report, id, share, CLAIM, ["orders"], n=band.hit_items)
    top = frame.loc[frame["q"].idxmin()]
    id = f"sales.hits_expected/price={top['price_third']}"
    values["expected"] = report.value(id, top["hit_expected"], CLAIM, ["orders"], n=len(goods))
    return values


def _top(report: Report, frame: Any) -> Any:
    """The band in which hits gather more than chance lets them; None without one."""
    sure = frame[(frame["q"] < 1 - report.threshold("level")) & (frame["hit_count"] > frame["hit_expected"])]
    return None if sure.empty else sure.loc[sure["q"].idxmin()]


def _headline(frame: Any, values: dict[str, Value], top: Any) -> Sentence:
    if top is None:
        counts = {band.price_third: int(band.hit_count) for band in frame.itertuples()}
        return sentence("sales.hit_prices.none", hits=values["hits"], **counts)
    band = Label("price_third", top["price_third"])
    return sentence("sales.hit_prices.found", band=band, count=int(top["hit_count"]), hits=values["hits"])
