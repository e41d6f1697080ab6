"""What each pain of each product costs a month, by supplier: refunds and what they took from contribution."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import lines, margin, mature, names, spans, texts
from helpers.chapters.sales import aged, basis, pain_repeat
from helpers.chapters.values import rated
from helpers.definitions import words
from helpers.findings import Answer, Gap, Label, Sentence, Value
from helpers.methods.intervals import benjamini_hochberg, proportion_test
from helpers.period import Period
from helpers.report import Report, for_all_pages, sentence, table

CLAIM = "2.2.3c"
GROUPS = ("quality", "not_as_described", "damaged", "size", "missing")  # what a supplier or its packing can change
TABLES = ["orders", "after_sales", "costs"]
PRINTED = 10  # rows


@for_all_pages
def pain_costs(report: Report) -> Answer:
    """Pains by what they cost a month, per product and supplier, and which are above their category.

    Orders are those old enough for their refunds to have come. Table ``pain_costs``: one row per product and reason,
    costliest first: supplier, cases, refunds and lost contribution a month with its interval, reviews that name such a
    pain, and ``pain_excess``: above the other products of the category or not.
    """
    if not len(report.every("after_sales")):
        return report.gap(CLAIM, "missing_file", "AFS", what=Label("voice_cost", "costs"))
    lacking = aged.missing(report, CLAIM)
    if lacking is not None:
        return lacking
    span = mature.window(report)
    rows = _rows(report)
    if span is None or not len(rows):
        return report.gap(CLAIM, "not_mature", "AFS")
    frame = _frame(report, rows, span)
    if not len(frame):
        none = report.value("sales.pain_cases", 0, CLAIM, ["after_sales"], n=len(rows), period=span)
        return report.finding(CLAIM, sentence("sales.pain_costs.none", n=none), values={"cases": none})
    frame = frame.join(_mentions(report, span), on=["product_id", "group"])
    values = _values(report, frame, span, len(rows))
    return report.finding(
        CLAIM,
        _headline(frame, values),
        more=tuple(_more(report, frame, values, span)),
        values=values,
        tables=_tables(report, frame, span, len(rows)),
        stake=_stake(report, frame, span),
        action=_action(report, frame, values),
        gaps=_gaps(report, frame),
    )


def _rows(report: Report) -> Any:
    """Shipped lines of goods of the mature window with refund, group of reasons, category and what a refund took."""
    rows = lines.products(mature.paid(report)).dropna(subset=["product_id"])
    if not len(rows):
        return rows
    events = lines.succeeded(report)
    events = events[events["kind"] != "refund_unshipped"].drop_duplicates("line_id").set_index("line_id")
    group = rows["line_id"].map(events["reason"].map(basis.reason_group(report)))
    kept = margin.contribution(report, rows, rows["back_fen"] * 0)
    lost = (kept - rows["contribution_fen"]).where(rows["back_fen"] > 0, 0.0)
    rows = rows.assign(group=group, lost_fen=lost, category=basis.categories(report, rows))
    return rows[rows["shipped_at"].notna() | rows["group"].notna()] if rows["shipped_at"].notna().any() else rows


def _frame(report: Report, rows: Any, span: Period) -> Any:
    """One row per product and group of reasons with enough cases, costliest first; money in fen a month."""
    scale, found = spans.MONTH_DAYS / span.days, []
    hurt = rows.loc[rows["group"].isin(GROUPS), ["product_id", "group", "lost_fen", "back_fen"]]
    costed = bool(hurt["lost_fen"].notna().all())
    products, categories, groups = (rows[name].to_numpy(object) for name in ("product_id", "category", "group"))
    for (product, group), cases in hurt.groupby(["product_id", "group"]):
        if len(cases) < report.threshold("pain_least"):
            continue
        mine = products == product
        n, peers = int(mine.sum()), groups[(categories == categories[mine.argmax()]) & ~mine] == group
        test = proportion_test(len(cases), n, int(peers.sum()), len(peers), report.threshold("level"))
        amount = cases["lost_fen"] if costed else cases["back_fen"]
        reach = 1.96 * float((amount**2).sum() ** 0.5)  # a compound Poisson sum, as in reasons.py
        total = float(amount.sum())
        found.append({
            "product_id": product, "group": group, "cases": len(cases), "n": n, "rate": len(cases) / n,
            "peer_rate": float(peers.mean()) if len(peers) else np.nan, "p": test.p,
            "excess": test.difference * n, "excess_low": test.low * n, "excess_high": test.high * n,
            "each": total / len(cases), "refund": float(cases["back_fen"].sum()) * scale, "loss": total * scale,
            "low": max(total - reach, 0) * scale, "high": (total + reach) * scale, "costed": costed,
        })  # fmt: skip
    frame = pd.DataFrame(found)
    if not len(frame):
        return frame
    sure = (benjamini_hochberg(frame["p"]) < 1 - report.threshold("level")) & (frame["excess"] > 0)
    frame["pain_excess"] = np.select([sure, frame["p"].isna()], ["above", "alone"], "alike")
    roles = report.every("roles").drop_duplicates("product_id").set_index("product_id")
    frame["supplier"] = frame["product_id"].map(roles["supplier"]) if len(roles) else None
    products = frame["product_id"].unique()
    printed = names.printed(products, names.known(report, span))
    frame["product_name"] = frame["product_id"].map(dict(zip(products, printed, strict=True)))
    return frame.sort_values("loss", ascending=False, kind="stable").reset_index(drop=True)


def _mentions(report: Report, span: Period) -> Any:
    """Reviews of these days that name a pain for which such refunds are made, by product and group."""
    nothing = pd.DataFrame({"mentions": []}, index=pd.MultiIndex.from_arrays([[], []], names=["product_id", "group"]))
    if not len(report.every("reviews")):
        return nothing
    read = texts.read(report, span)
    meanings = {one.key: one for one in words.terms(report.shop).values() if one.polarity == "pain"}
    of_aspect = words.reasons(report.shop)
    rows = [
        (product, group)
        for product, said in zip(read["product_id"], read["said"], strict=True)
        for group in {group for key in said if key in meanings for group in of_aspect.get(meanings[key].aspect, ())}
    ]
    if not rows:
        return nothing
    return (
        pd.DataFrame(rows, columns=["product_id", "group"]).groupby(["product_id", "group"]).size().to_frame("mentions")
    )


def _values(report: Report, frame: Any, span: Period, n: int) -> dict[str, Value]:
    cases = int(frame["cases"].sum())
    found = {"cases": report.value("sales.pain_cases", cases, CLAIM, ["after_sales"], n=n, period=span)}
    id = "sales.pain_cost" if frame["costed"].iloc[0] else "sales.pain_refund"
    for row in frame.head(PRINTED).itertuples():
        key = f"{row.product_id}.{row.group}"
        place = f"product={row.product_id}/reason={row.group}"
        more = {"n": row.cases, "low": row.low, "high": row.high, "period": span}
        found[f"loss.{key}"] = report.money(f"{id}/{place}", row.loss, CLAIM, TABLES, **more)
        found[f"rate.{key}"] = rated(report, f"sales.pain_rate/{place}", row.cases, row.n, CLAIM, TABLES, span)
        if row.pain_excess != "alone":
            id_peers = f"sales.pain_rate/{place}/base=peers"
            found[f"peers.{key}"] = report.value(id_peers, row.peer_rate, CLAIM, TABLES, period=span)
    supplier, total = _first(frame)["supplier"], float(frame["loss"].sum())
    if pd.notna(supplier) and total > 0:
        share = float(frame.loc[frame["supplier"] == supplier, "loss"].sum()) / total
        id = f"sales.pain_supplier_share/supplier={supplier}"
        found["supplier_share"] = report.value(id, share, CLAIM, TABLES, n=cases, period=span)
    return found


def _first(frame: Any) -> Any:
    """The costliest of the printed pains that is above its category, else the costliest."""
    frame = frame.head(PRINTED)
    above = frame[frame["pain_excess"] == "above"]
    return above.iloc[0] if len(above) else frame.iloc[0]


def _headline(frame: Any, values: dict[str, Value]) -> Sentence:
    row = _first(frame)
    case = "above" if row["pain_excess"] == "above" else "even"
    loss = values[f"loss.{row['product_id']}.{row['group']}"]
    slots = {"product": row["product_name"], "reason": Label("reason", row["group"]), "loss": loss}
    return sentence(f"sales.pain_costs.{case}{'' if row['costed'] else '_refund'}", **slots)


def _more(report: Report, frame: Any, values: dict[str, Value], span: Period) -> list[Sentence]:
    case = "basis" if frame["costed"].iloc[0] else "basis_refund"
    found = [sentence(f"sales.pain_costs.{case}", span=str(span), cases=values["cases"], above=_above(frame))]
    if "supplier_share" in values:
        supplier = str(_first(frame)["supplier"])
        found.append(sentence("sales.pain_costs.supplier", supplier=supplier, share=values["supplier_share"]))
    return [*found, *pain_repeat.after_refund(report, span, CLAIM, GROUPS)]


def _above(frame: Any) -> int:
    return int((frame["pain_excess"] == "above").sum())


def _stake(report: Report, frame: Any, span: Period) -> Value | None:
    """Contribution a month that the surely excessive cases took; None without costs or without any."""
    above = frame[frame["pain_excess"] == "above"]
    if not len(above) or not frame["costed"].iloc[0]:
        return None
    scale = spans.MONTH_DAYS / span.days
    ends = {
        name: float((above[name].clip(lower=0) * above["each"]).sum()) * scale
        for name in ("excess", "excess_low", "excess_high")
    }
    low, high, n = ends["excess_low"], ends["excess_high"], int(above["cases"].sum())
    return report.money("sales.pain_stake", ends["excess"], CLAIM, TABLES, n=n, low=low, high=high, period=span)


def _action(report: Report, frame: Any, values: dict[str, Value]) -> Sentence | None:
    row = _first(frame)
    if row["pain_excess"] != "above":
        return None
    key = f"{row['product_id']}.{row['group']}"
    slots = {"product": row["product_name"], "reason": Label("reason", row["group"]), "rate": values[f"rate.{key}"]}
    slots |= {"peers": values[f"peers.{key}"], "days": int(report.threshold("refund_full_days"))}
    if pd.notna(row["supplier"]):
        return sentence("sales.pain_costs.act", supplier=str(row["supplier"]), **slots)
    return sentence("sales.pain_costs.act_plain", **slots)


def _tables(report: Report, frame: Any, span: Period, n: int) -> dict[str, Any]:
    units = {"product_name": "text", "supplier": "text", "group": "label:reason", "cases": "count", "pain_rate": "ratio",
             "pain_peers": "ratio", "pain_excess": "label:pain_excess", "pain_refund": "money"}  # fmt: skip
    if frame["costed"].iloc[0]:
        units |= {"pain_loss": "money", "low": "money", "high": "money"}
    if frame["mentions"].notna().any():
        units |= {"mentions": "count"}
    if not frame["supplier"].notna().any():
        del units["supplier"]
    shown = frame.rename(
        columns={"rate": "pain_rate", "peer_rate": "pain_peers", "refund": "pain_refund", "loss": "pain_loss"}
    )
    shown = basis.yuan(shown, *(name for name, unit in units.items() if unit == "money"))
    shown = shown.rename(columns={"group": "reason_group"})
    units = {"reason_group" if name == "group" else name: unit for name, unit in units.items()}
    shown["mentions"] = shown["mentions"].fillna(0)
    cut = shown.head(PRINTED)
    return {"pain_costs": table(cut[[*units]], units, total=len(frame), n=n)}


def _gaps(report: Report, frame: Any) -> tuple[Gap, ...]:
    found = []
    if not frame["costed"].iloc[0]:
        found.append(report.gap(CLAIM, "no_cost", "CST", what=Label("voice_open", "loss")))
    if not len(report.every("reviews")):
        found.append(report.gap(CLAIM, "missing_file", "REV", what=Label("voice_open", "mentions")))
    if not frame["supplier"].notna().any():
        found.append(report.gap(CLAIM, "missing_column", "ROL", column=Label("columns", "supplier")))
    return tuple(found)
