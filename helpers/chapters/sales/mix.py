"""Which category or product sales come from, and which moved them: volume, mix or price."""

from typing import Any

import pandas as pd

from helpers.chapters import compare, lines, names
from helpers.chapters.sales import basis
from helpers.findings import Answer, Gap, Label, Sentence, Slot, Value
from helpers.methods.decomposition import exact_cents, lmdi_groups
from helpers.report import Report, sentence, table

CLAIM = "2.1.3a"
REST, OTHER = "rest", "no_goods"  # pooled products; postage, fees and lines without a quantity
EFFECTS = ["volume", "mix", "price"]


def categories(report: Report) -> Answer:
    """What each category (without categories: each product) adds to sales and to their change.

    Table ``segments``: one row per category: amount, share; over the days that have a partner in the base, amount
    before, change and its parts volume (more units in all), mix (its share in them) and price (amount per unit); the
    parts add up to the change, and the changes to that of the shop, to the cent. Table ``changes``: the changes alone.
    """
    rows = lines.paid(report)
    if not len(rows):
        return basis.no_orders(report, CLAIM)
    level = _level(report, rows)
    if not level:
        return report.gap(CLAIM, "missing_column", "ORD", "ROL", column=Label("columns", "product_id"))
    base = compare.best(report)
    frame = _frame(report, rows, level, base)
    values = _facts(report, frame, level, len(rows), base is not None)
    gaps: tuple[Gap, ...] = ()
    if base is None:
        gaps = (report.gap(CLAIM, "no_previous", "ORD"),)
    else:
        gaps = (
            ()
            if level == "category"
            else (report.gap(CLAIM, "missing_column", "ROL", column=Label("columns", "category")),)
        )
    return report.finding(
        CLAIM,
        _headline(frame, values, level, base is not None),
        more=tuple(_more(frame, values, base)),
        values=values,
        tables=_tables(frame, base is not None, rows["order_id"].nunique()),
        gaps=gaps,
    )


def _level(report: Report, rows: Any) -> str:
    if basis.categories(report, rows).notna().any():
        return "category"
    return "product" if rows["product_id"].notna().any() else ""


def _segments(report: Report, rows: Any, level: str) -> Any:
    found = basis.categories(report, rows) if level == "category" else rows["product_id"]
    return found.astype("object").fillna("unknown").where(basis.sound(rows), OTHER)


def _sums(report: Report, rows: Any, level: str) -> Any:
    sums = pd.DataFrame({"units": rows["quantity"].astype("float64"), "amount": rows["payable_fen"].astype("float64")})
    return sums.groupby(_segments(report, rows, level)).sum()


def _frame(report: Report, rows: Any, level: str, base: compare.Base | None) -> Any:
    """One row per segment in currency units, biggest amount first; small products pooled."""
    here, there = (rows, rows.head(0)) if base is None else compare.paid(report, base)
    whole, new, old = (_sums(report, side, level) for side in (rows, here, there))
    parts = [whole.add_suffix("_all"), new.add_suffix("_now"), old.add_suffix("_then")]
    pair = pd.concat(parts, axis=1).fillna(0)
    empty = (pair[["amount_all", "amount_then"]] == 0).all(axis=1)
    pair = pair[~(empty & (pair.index == OTHER))]
    effects = _effects(pair)
    change = pair["amount_now"] - pair["amount_then"]
    frame = pd.DataFrame({"amount": pair["amount_all"], "before": pair["amount_then"], "change": change}).join(effects)
    frame = _pooled(frame, int(report.threshold("segments")))
    cents = [exact_cents(row[EFFECTS], int(row["change"])) for _, row in frame.iterrows()]
    frame[EFFECTS] = cents
    frame["share"] = frame["amount"] / frame["amount"].sum()
    known = names.known(report, *[base.span] if base else []) if level == "product" else {}
    frame["segment"] = names.printed(frame.index, known)
    frame["key"] = frame.index
    order = ["segment", "amount", "share", "before", "change", *EFFECTS, "key"]
    return basis.yuan(frame[order].reset_index(drop=True), "amount", "before", "change", *EFFECTS)


def _effects(pair: Any) -> Any:
    """Volume, mix and price of each segment in fen; lines that are no goods move by price alone."""
    goods = pair[pair.index != OTHER]
    sides = [
        pd.DataFrame({"volume": goods[f"units_{side}"], "price": goods[f"amount_{side}"] / goods[f"units_{side}"]})
        for side in ("then", "now")
    ]
    found = lmdi_groups(*sides).reindex(pair.index).fillna(0)[EFFECTS]
    found.loc[found.index == OTHER, "price"] = pair["amount_now"] - pair["amount_then"]
    return found


def _pooled(frame: Any, most: int) -> Any:
    """The biggest segments by amount now or before; the others in one row."""
    size = frame[["amount", "before"]].max(axis=1)
    keep = size.sort_values(ascending=False, kind="stable").index[:most]
    kept, rest = frame.loc[frame.index.isin(keep)], frame.loc[~frame.index.isin(keep)]
    kept = kept.sort_values("amount", ascending=False, kind="stable")
    return kept if not len(rest) else pd.concat([kept, rest.sum().to_frame(REST).T])


def _facts(report: Report, frame: Any, level: str, count: int, compared: bool) -> dict[str, Value]:
    found = {}
    for row in frame.head(int(report.threshold("segments"))).itertuples():
        end = f"{level}={row.key}"
        found[f"amount.{row.key}"] = report.value(f"sales.segment_amount/{end}", row.amount, CLAIM, ["orders"], n=count)
        found[f"share.{row.key}"] = report.value(f"sales.segment_share/{end}", row.share, CLAIM, ["orders"], n=count)
        if compared:
            found[f"change.{row.key}"] = report.value(
                f"sales.segment_change/{end}", row.change, CLAIM, ["orders"], n=count
            )
    if compared:
        for part in ["change", *EFFECTS]:
            found[part] = report.value(f"sales.amount_{part}", frame[part].sum(), CLAIM, ["orders"], n=count)
    return found


def _headline(frame: Any, values: dict[str, Value], level: str, compared: bool) -> Sentence:
    goods = frame[~frame["key"].isin([REST, OTHER])]
    top = (goods if len(goods) else frame).iloc[0]
    if len(frame) == 1:
        return sentence("sales.categories.single", top=_said(top))
    slots: dict[str, Slot] = {"top": _said(top), "share": values[f"share.{top['key']}"]}
    if not compared or not values["change"].value or not len(goods):
        return sentence("sales.categories.level", **slots)
    sign = 1 if values["change"].value > 0 else -1
    driver = goods.loc[(goods["change"] * sign).idxmax()]
    case = ("up" if sign > 0 else "down") + ("_top" if driver["key"] == top["key"] else "")
    slots |= {"driver": _said(driver), "change": values[f"change.{driver['key']}"]}
    return sentence(f"sales.categories.{case}", **slots)


def _more(frame: Any, values: dict[str, Value], base: compare.Base | None) -> list[Sentence]:
    if base is None:
        return []
    parts = {part: values[part] for part in ["change", *EFFECTS]}
    found = [sentence("sales.categories.parts", **base.slots(), **parts)]
    goods = frame[~frame["key"].isin([REST, OTHER])]
    against = goods[goods["change"] * float(values["change"].value or 0) < 0]
    if len(against):
        row = against.loc[against["change"].abs().idxmax()]
        found.append(sentence("sales.categories.against", segment=_said(row), change=values[f"change.{row['key']}"]))
    return found


def _said(row: Any) -> Label:
    """The segment's name as a shop's own wording may translate it."""
    return Label("segment", row["segment"])


def _tables(frame: Any, compared: bool, orders: int) -> dict[str, Any]:
    names = {"amount": "paid_amount", "before": "amount_before", **{part: f"effect_{part}" for part in EFFECTS}}
    shown = frame.rename(columns=names)
    units = {"segment": "label:segment", "paid_amount": "money", "share": "ratio"}
    if not compared:
        return {"segments": table(shown[[*units]], units, n=orders)}
    units |= dict.fromkeys(["amount_before", "change", "effect_volume", "effect_mix", "effect_price"], "money")
    moved = frame.loc[(frame["change"] != 0) & (frame["key"] != REST), ["segment", "change"]]
    moved = moved.sort_values("change", ascending=False, kind="stable")
    changes = table(moved.reset_index(drop=True), {"segment": "label:segment", "change": "money"}, n=orders)
    return {"segments": table(shown[[*units]], units, n=orders), "changes": changes}
