"""How alike our items and those of competitors are: function, look, price and title, by category."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import lines, names, values
from helpers.findings import Answer, Label, Sentence, Slot, Value
from helpers.report import Report, sentence, table

CLAIM = "1.1.2d"
UNITS = {
    "category": "label:segment",
    "own_items": "count",
    "peer_items": "count",
    "overlap": "ratio",
    "twin_items": "count",
    "twin_sales": "ratio",
}


def sameness(report: Report) -> Answer:
    """Share of the sales that items make which a competitor has nearly alike, and where it is highest.

    Table ``sameness``: one row per category, most alike first: items of ours sold in the period, competitors' items, mean
    overlap of each of ours with its nearest (0-1), items with a near twin, and their share of the category's sales.
    """
    theirs, ours = seen_items(report), own_items(report)
    if not len(theirs):
        return report.gap(CLAIM, "missing_file", "COM", what=Label("gap_what", "sameness"))
    if not len(ours):
        return report.gap(CLAIM, "missing_file", "ROL", "ORD", what=Label("gap_what", "sameness"))
    ours = ours[ours["category"].isin(theirs["category"])]
    if not len(ours):
        return report.gap(CLAIM, "no_rows", "COM", what=Label("gap_what", "sameness"))
    common = _common(report, ours, theirs)
    judged = _judged(report, ours, theirs, common)
    frame = _frame(judged, theirs)
    found = _values(report, judged, theirs, frame, common)
    return report.finding(
        CLAIM,
        _headline(frame, found),
        more=tuple(_more(report, judged, found)),
        values=found,
        tables={"sameness": table(frame, UNITS, n=len(judged))},
    )


def seen_items(report: Report) -> Any:
    """The last look at each item of a competitor up to the cut-off, those with a category."""
    rows = report.every("competitor_items")
    rows = rows[rows["source_day"] <= pd.Timestamp(report.covered)] if len(rows) else rows
    if not len(rows):
        return rows
    rows = rows.sort_values("source_day").drop_duplicates(["competitor", "item_id"], keep="last")
    return rows[rows["category"].notna()]


def own_items(report: Report) -> Any:
    """Our items sold in the period and listed with a category: price (median paid per piece), paid_fen, title, traits."""
    rows = lines.products(lines.paid(report))
    rows = rows[(rows["quantity"] > 0) & (rows["payable_fen"] > 0)] if len(rows) else rows
    if not len(rows) or not rows["product_id"].notna().any():
        return rows.head(0)
    each = rows.assign(price=rows["payable_fen"] / rows["quantity"]).groupby("product_id")
    sold = each.agg(price=("price", "median"), paid_fen=("payable_fen", "sum"), title=("product_name", "last"))
    listed = report.every("roles").drop_duplicates("product_id").set_index("product_id")
    found = sold.join(listed[["category", "function", "look"]], how="inner")
    return found[found["category"].notna()].reset_index()


def nearest(report: Report, ours: Any, theirs: Any) -> Any:
    """Our items with ``overlap`` (that of their nearest) and ``twin``: at least the bar, or typed in as a twin."""
    return _judged(report, ours, theirs, _common(report, ours, theirs))


def _common(report: Report, ours: Any, theirs: Any) -> Any:
    """The `overlap` of each item of ours (rows) with each of theirs (columns), 0 across categories."""
    others = theirs.to_dict("records")
    return np.array(
        [
            [overlap(report, own, other) if other["category"] == own["category"] else 0.0 for other in others]
            for own in ours.to_dict("records")
        ]
    )


def _judged(report: Report, ours: Any, theirs: Any, common: Any) -> Any:
    best = common.max(axis=1, initial=0.0)
    alike = best >= report.threshold("twin_overlap")
    typed = ours["product_id"].isin(set(theirs["twin_product_id"].dropna()))
    return ours.assign(overlap=best, found=alike, typed=typed, twin=alike | typed.to_numpy())


def overlap(report: Report, own: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    """Mean of what two items have in common (0-1): function, look, price and title; parts that are not known count not.

    Function and look are the same word or not. Price: our paid price lies in their range, widened by the tolerance.
    Title: pairs of neighbouring letters in common (Dice), which needs no dictionary.
    """
    parts = [
        float(own[name] == other[name]) for name in ("function", "look") if _told(own[name]) and _told(other[name])
    ]
    if _told(other["price_low_fen"]) and _told(other["price_high_fen"]):
        room = report.threshold("twin_price")
        parts.append(float(other["price_low_fen"] * (1 - room) <= own["price"] <= other["price_high_fen"] * (1 + room)))
    if _told(own["title"]) and _told(other["title"]):
        mine, its = _pairs(own["title"]), _pairs(other["title"])
        parts.append(2 * len(mine & its) / (len(mine) + len(its)) if mine or its else 0.0)
    return float(np.mean(parts)) if len(parts) > 1 else 0.0


def _told(cell: Any) -> bool:
    return not pd.isna(cell)


def _pairs(title: str) -> set[str]:
    letters = "".join(letter for letter in title.casefold() if letter.isalnum())
    return {letters[at : at + 2] for at in range(len(letters) - 1)}


def _frame(judged: Any, theirs: Any) -> Any:
    """One row per category, the share of sales with a twin first."""
    by = judged.assign(alike=judged["paid_fen"].where(judged["twin"], 0)).groupby("category")
    frame = by.agg(
        own_items=("product_id", "size"),
        overlap=("overlap", "mean"),
        twin_items=("twin", "sum"),
        paid_fen=("paid_fen", "sum"),
        alike=("alike", "sum"),
    )
    frame["peer_items"] = theirs.groupby("category").size()
    frame["twin_sales"] = frame["alike"] / frame["paid_fen"]
    return frame.sort_values(["twin_sales", "overlap"], ascending=False, kind="stable").reset_index()


def _values(report: Report, judged: Any, theirs: Any, frame: Any, common: Any) -> dict[str, Value]:
    files = ["competitor_items", "roles", "orders"]
    without = [(theirs["competitor"] != name).to_numpy() for name in theirs["competitor"].unique()]
    ends = [_share(_judged(report, judged, theirs[rest], common[:, rest])) for rest in without]
    low, high = (min(ends), max([*ends, _share(judged)])) if len(ends) > 1 else (None, None)
    found = {
        "share": report.value("background.twin_sales", _share(judged), CLAIM, files, n=len(judged), low=low, high=high),
        "items": values.rated(report, "background.twin_items", int(judged["twin"].sum()), len(judged), CLAIM, files),
        "seen": report.value("background.peer_items", len(theirs), CLAIM, files[:1], n=theirs["competitor"].nunique()),
        "peers": report.value("background.peers", theirs["competitor"].nunique(), CLAIM, files[:1], n=len(theirs)),
    }
    for row in frame.itertuples():
        id = f"background.overlap/category={row.category}"
        found[f"overlap.{row.category}"] = report.value(id, row.overlap, CLAIM, files, n=row.own_items)
        id = f"background.twin_sales/category={row.category}"
        found[f"share.{row.category}"] = report.value(id, row.twin_sales, CLAIM, files, n=row.own_items)
    return found


def _share(judged: Any) -> float:
    """Share of the sales that items with a twin make."""
    return float(judged.loc[judged["twin"], "paid_fen"].sum() / judged["paid_fen"].sum())


def _headline(frame: Any, found: dict[str, Value]) -> Sentence:
    top = frame.iloc[0]
    if not top["twin_items"]:
        return sentence("background.sameness.none", peers=found["peers"])
    category: dict[str, Slot] = {"category": Label("segment", top["category"]), "of": found[f"share.{top['category']}"]}
    return sentence("background.sameness.found", share=found["share"], **category)


def _more(report: Report, judged: Any, found: dict[str, Value]) -> list[Sentence]:
    said = [sentence("background.sameness.basis", **{name: found[name] for name in ("items", "seen", "peers")})]
    if found["share"].low is not None:
        said.append(sentence("background.sameness.one_less", share=found["share"]))
    if judged["typed"].any():
        typed, hit = int(judged["typed"].sum()), int((judged["typed"] & judged["found"]).sum())
        said.append(sentence("background.sameness.check", typed=typed, hit=hit))
    free = judged[~judged["twin"]].sort_values("paid_fen", ascending=False)
    if len(free):
        name = names.short(str(names.known(report).get(free["product_id"].iloc[0], free["product_id"].iloc[0])))
        said.append(sentence("background.sameness.own", item=name))
    return said
