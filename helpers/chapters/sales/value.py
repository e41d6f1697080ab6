"""Value per order: what moved it, to the cent."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import compare, lines
from helpers.chapters.sales import basis
from helpers.findings import Answer, Gap, Label, Sentence, Slot, Value
from helpers.methods.decomposition import exact_cents, lmdi_groups
from helpers.methods.intervals import mean_interval
from helpers.period import Period
from helpers.report import Report, sentence, table

CLAIM = "2.1.1c"
ITEMS, MIX, PRICE, KEPT = "items", "mix", "list_price", "discount"


def order_value(report: Report) -> Answer:
    """Why the value per order moved: items per order, mix of goods, list price, discount, freight and other lines.

    A product is compared with itself, so a dearer assortment counts as mix and a dearer price tag as list price;
    without products, categories are, and without both the shop as a whole. Values: ``order_value``,
    ``order_value.previous``, ``order_value.change``, ``effect.<factor>``. Table ``bridge``: start, one row per factor,
    end; the parts add up to the cent.
    """
    rows = lines.paid(report)
    if not len(rows):
        return basis.no_orders(report, CLAIM)
    now = _value(report, rows, "sales.order_value", report.seen)
    largest = _largest(report, rows)
    base = compare.best(report)
    if base is None:
        more = tuple(_largest_said(report, largest))
        alone = sentence("sales.order_value.alone", now=now)
        gaps = (report.gap(CLAIM, "no_previous", "ORD"),)
        return report.finding(CLAIM, alone, more=more, values={"order_value": now, "largest_order": largest}, gaps=gaps)
    here, before = compare.paid(report, base)
    then = _value(report, before, "sales.order_value/base=matched", base.span)
    change = report.value(f"sales.order_value/change={base.name}", _growth(here, before), CLAIM, ["orders"], n=now.n)
    bridge = _bridge(before, here)
    effects = _effects(report, bridge, now.n)
    factors = _factors(report, rows, before, base.span)
    values = {"order_value": now, "order_value.previous": then, "order_value.change": change, "largest_order": largest}
    return report.finding(
        CLAIM,
        _headline(report, now, then, change, effects),
        more=(*_said(factors, base, before), *_largest_said(report, largest)),
        values=values | factors | {f"effect.{key}": effect for key, effect in effects.items()},
        tables={"bridge": _printed(bridge, before, here, now.n)},
        gaps=_gaps(report, before, here),
    )


def _value(report: Report, rows: Any, id: str, span: Period) -> Value:
    amounts = rows.groupby("order_id")["payable_fen"].sum().astype("float64")
    mean = mean_interval(amounts)
    ends = {} if len(amounts) < 2 else {"low": mean.low, "high": mean.high}
    return report.money(id, mean.estimate, CLAIM, ["orders"], n=len(amounts), period=span, **ends)


def _printed(bridge: Any, before: Any, after: Any, orders: int | None) -> Any:
    """The bridge with its start and its end, in currency units."""
    ends = [("start", basis.cents(_mean(before))), ("end", basis.cents(_mean(after)))]
    first, last = (pd.DataFrame({"value_factor": [key], "value_change": [fen]}) for key, fen in ends)
    parts = bridge.rename(columns={"factor": "value_factor", "change": "value_change"})
    frame = pd.concat([first, parts, last], ignore_index=True)
    frame = frame.assign(kind=["start", *["part"] * len(parts), "end"])
    units = {"value_factor": "label:order_value_factor", "value_change": "money"}
    return table(basis.yuan(frame, "value_change"), units, n=orders)


def _gaps(report: Report, before: Any, after: Any) -> tuple[Gap, ...]:
    if all(basis.sound(rows).any() for rows in (before, after)):
        return ()
    return (report.gap(CLAIM, "missing_column", "ORD", column=Label("columns", "quantity")),)


def _parts(rows: Any, segment: str) -> tuple[Any, dict[str, float]]:
    """Factors of each segment, and what lies outside them (freight, lines that are no goods), per order, in fen."""
    orders = rows["order_id"].nunique()
    money = rows[["payable_fen", "freight_fen", "discount_fen"]].fillna(0).astype("float64")
    goods = money["payable_fen"] - money["freight_fen"]
    listed = goods + money["discount_fen"]
    sound = basis.sound(rows) & (goods >= 0) & (listed >= 0)
    by = rows[segment].astype("object").fillna("") if segment else pd.Series("", index=rows.index)
    sums = pd.DataFrame({"units": rows["quantity"].astype("float64"), "listed": listed, "goods": goods})[sound]
    sums = sums.groupby(by[sound]).sum()
    factors = pd.DataFrame(
        {ITEMS: sums["units"] / orders, PRICE: sums["listed"] / sums["units"], KEPT: sums["goods"] / sums["listed"]}
    )
    outside = {
        "freight": money.loc[sound, "freight_fen"].sum() / orders,
        "other": money.loc[~sound, "payable_fen"].sum() / orders,
    }
    return factors, outside


def _segment(*sides: Any) -> str:
    """The finest column that names the goods on both sides."""
    for column in ("product_id", "category"):
        if all(side.loc[basis.sound(side), column].notna().mean() > 0.5 for side in sides):
            return column
    return ""


def _bridge(before: Any, after: Any) -> Any:
    """One row per factor with its part of the change in whole fen, biggest first; they add up exactly."""
    segment = _segment(before, after)
    (old, old_rest), (new, new_rest) = _parts(before, segment), _parts(after, segment)
    change = {name: new_rest[name] - old_rest[name] for name in new_rest}
    change = (
        lmdi_groups(old, new).sum().to_dict() | change
        if len(old) and len(new)
        else {"other": _mean(after) - _mean(before)}
    )
    total = basis.cents(_mean(after)) - basis.cents(_mean(before))
    frame = pd.DataFrame({"factor": list(change), "change": exact_cents(list(change.values()), total)})
    frame = frame[frame["change"] != 0] if (frame["change"] != 0).any() else frame.head(1)
    return frame.reindex(frame["change"].abs().sort_values(ascending=False, kind="stable").index).reset_index(drop=True)


def _mean(rows: Any) -> float:
    return float(rows["payable_fen"].sum() / rows["order_id"].nunique())


def _effects(report: Report, bridge: Any, orders: int | None) -> dict[str, Value]:
    pairs = zip(bridge["factor"], bridge["change"], strict=True)
    return {
        key: report.money(f"sales.order_value_effect/factor={key}", fen, CLAIM, ["orders"], n=orders)
        for key, fen in pairs
    }


def _factors(report: Report, rows: Any, before: Any, span: Period) -> dict[str, Value]:
    """Items per order, list price per item and discount rate of both periods."""
    found = {}
    for suffix, side, period in (("", rows, report.seen), ("/base=matched", before, span)):
        goods = side[basis.sound(side)]
        units, count = float(goods["quantity"].sum()), side["order_id"].nunique()
        if not units:
            continue
        paid = float((goods["payable_fen"] - goods["freight_fen"].fillna(0)).sum())
        listed = paid + float(goods["discount_fen"].fillna(0).sum())
        key = ".previous" if suffix else ""
        more = {"n": count, "period": period}
        found[f"items{key}"] = report.value(
            f"sales.items_per_100_orders{suffix}", units / count * 100, CLAIM, ["orders"], **more
        )
        found[f"list_price{key}"] = report.money(f"sales.list_price{suffix}", listed / units, CLAIM, ["orders"], **more)
        if listed > 0 and side["discount_fen"].notna().any():
            rate = 1 - paid / listed
            found[f"discount{key}"] = report.value(f"sales.discount_rate{suffix}", rate, CLAIM, ["orders"], **more)
    return found


def _growth(rows: Any, before: Any) -> float | None:
    return _mean(rows) / _mean(before) - 1 if _mean(before) else None


def _headline(report: Report, now: Value, then: Value, change: Value, effects: dict[str, Value]) -> Sentence:
    """The move where it exceeds what chance makes; else the two factors that offset each other, if they do."""
    moved = float(now.value or 0) - float(then.value or 0)
    size = {key: float(effect.value or 0) for key, effect in effects.items()}
    up, down = max(size, key=lambda key: size[key]), min(size, key=lambda key: size[key])
    parts = {"up": (up, effects[up]), "down": (down, effects[down])}
    if abs(moved) > _reach(now, then) and moved:
        case = "up" if moved > 0 else "down"
        factor, effect = parts[case]
        label = Label("order_value_factor", factor)
        return sentence(f"sales.order_value.{case}", now=now, change=change, factor=label, effect=effect)
    least = report.threshold("offset") * float(now.value or 0)
    if abs(moved) < least <= min(size[up], -size[down]):
        slots: dict[str, Slot] = {case: Label("order_value_factor", factor) for case, (factor, _) in parts.items()}
        slots |= {f"{case}_effect": effect for case, (_, effect) in parts.items()}
        return sentence("sales.order_value.offset", now=now, **slots)
    return sentence("sales.order_value.same", now=now, change=change)


def _reach(now: Value, then: Value) -> float:
    """How far two means may differ by chance; infinite where one rests on a single order."""
    if now.high is None or then.high is None:
        return float("inf")
    return float(np.hypot(now.high - float(now.value or 0), then.high - float(then.value or 0)))


def _said(factors: dict[str, Value], base: compare.Base, before: Any) -> list[Sentence]:
    found = [sentence("sales.order_value.base", n=before["order_id"].nunique(), **base.slots())]
    if "items" in factors and "items.previous" in factors:
        slots = {key.replace(".previous", "_before"): value for key, value in factors.items()}
        found.append(sentence("sales.order_value.factors", **slots))
    return found


def _largest(report: Report, rows: Any) -> Value:
    amounts = rows.groupby("order_id")["payable_fen"].sum()
    share = float(amounts.max()) / float(amounts.sum())
    return report.value("sales.largest_order_share", share, CLAIM, ["orders"], n=len(amounts))


def _largest_said(report: Report, largest: Value) -> list[Sentence]:
    if not largest.n or largest.n < 2 or float(largest.value or 0) < report.threshold("largest_order"):
        return []
    return [sentence("sales.order_value.largest", share=largest)]
