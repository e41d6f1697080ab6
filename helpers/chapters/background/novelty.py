"""Whether the assortment differs: sales of items that competitors sell too, sales of new items, and how long those live."""

from functools import partial
from typing import Any

import pandas as pd

from helpers.chapters import categories, lines, names
from helpers.findings import Answer, Gap, Label, Sentence, Slot, Value
from helpers.methods.survival import ended_by
from helpers.period import Period
from helpers.report import FEN, Report, sentence, table

CLAIM = "1.1.1b"
FILES = ("orders", "roles")
SEEN = ("orders", "roles", "competitor_items")
UNITS = {
    "product_name": "text", "first_sold": "date", "paid_first_days": "money", "paid_amount": "money",
    "has_twin": "label:has_twin", "still_sold": "label:still_sold",
}  # fmt: skip


def novelty(report: Report) -> Answer:
    """Share of sales of items with a twin at a competitor, of items first sold lately, and survival of new items.

    Table ``new_items``: one row per item first sold since the data begin, the newest first: what it sold in its first
    days and in the period, whether a twin is known, and whether it still sells.
    """
    rows = lines.products(lines.paid(report))
    if not len(rows):
        return report.gap(CLAIM, "no_rows" if len(report.every("orders")) else "missing_file", "ORD")
    rows = rows.dropna(subset=["product_id"])
    if not rows["payable_fen"].sum() > 0:
        return report.gap(CLAIM, "missing_column", "ORD", column=Label("columns", "product_id"))
    items, twins = _items(report), _twins(report, rows)
    found = _fresh(report, rows, items) | _survival(report, items) | _with_twin(report, rows, twins)
    if not found:
        return report.gap(CLAIM, "no_history", "ROL", "COM", what=Label("gap_what", "novelty"))
    return report.finding(
        CLAIM,
        _headline(report, found),
        more=tuple(_more(report, found, twins)),
        values=found,
        tables={"new_items": table(_table(report, items, twins), UNITS)},
        gaps=_gaps(report, found),
    )


def _items(report: Report) -> Any:
    """One row per item that is known to have been new since the data begin: ``first``, ``last`` sale, ``dead``.

    By the day on the shop's list unless it sold earlier, else by its first sale, once the data are old enough to tell.
    """
    sold = lines.products(lines.paid(report, Period("range", report.begins, report.seen.end)))
    days = sold.groupby("product_id")["day"].agg(["min", "max"])
    listed = report.every("roles").drop_duplicates("product_id").set_index("product_id")[["listed_on", "ended_on"]]
    found = days.join(listed, how="outer")
    begins, end = pd.Timestamp(report.begins), pd.Timestamp(report.seen.end)
    since = begins + pd.Timedelta(days=int(report.threshold("novel_days")))
    sold_before = found["min"] < found["listed_on"]
    found["first"] = found["listed_on"].mask(sold_before).fillna(found["min"].where(found["min"] >= since))
    found = found[(found["first"] >= begins) & (found["first"] <= end)]
    last = found["max"].fillna(found["first"])
    quiet = (end - last) > pd.Timedelta(days=int(report.threshold("novel_quiet_days")))
    return found.assign(last=last, dead=quiet | (found["ended_on"] <= end))[["first", "last", "dead"]]


def _twins(report: Report, rows: Any) -> Any:
    """What competitors' items of the sheet say, the latest look at each; empty where none is fresh at the period's end."""
    seen, end = report.every("competitor_items"), pd.Timestamp(report.seen.end)
    if not len(seen):
        return seen
    oldest = end - pd.Timedelta(days=int(report.threshold("twin_fresh_days")))
    seen = seen[(seen["source_day"] <= end) & (seen["source_day"] >= oldest)]
    return seen.sort_values("source_day").drop_duplicates(["competitor", "item_id"], keep="last")


def _born(report: Report, rows: Any, tables: tuple[str, ...]) -> Any:
    return partial(report.value, claim=CLAIM, tables=tables, n=rows["order_id"].nunique())


def _fresh(report: Report, rows: Any, items: Any) -> dict[str, Value]:
    """Share of sales of items in their first days and in their first year; empty where the data are too young to tell."""
    begins, listed = pd.Timestamp(report.begins), report.every("roles")
    span = pd.Timedelta(days=int(report.threshold("novel_days")))
    told = len(listed) and rows["product_id"].isin(listed.dropna(subset=["listed_on"])["product_id"]).all()
    if not told and pd.Timestamp(report.seen.start) < begins + 2 * span:
        return {}
    first, total = items["first"].reindex(rows["product_id"]).to_numpy(), rows["payable_fen"].sum()
    born, young = _born(report, rows, FILES), (rows["day"] - first) < span
    share = rows.loc[young, "payable_fen"].sum() / total
    found = {"fresh": born("background.novel_share", share)}
    year = pd.Timestamp(report.seen.end) - pd.Timedelta(days=365)
    if told or year >= begins + span:
        new = items.index[items["first"] > year]
        part = rows.loc[rows["product_id"].isin(new), "payable_fen"].sum() / total
        found |= {
            "year": born("background.novel_year_share", part),
            "launched": born("background.novel_items", len(new)),
        }
    return found


def _survival(report: Report, items: Any) -> dict[str, Value]:
    """Share of new items that still sell at the given age, those too young counted as far as they were seen."""
    if not len(items):
        return {}
    end = items["last"].where(items["dead"], pd.Timestamp(report.seen.end))
    lasted, age = (end - items["first"]) / pd.Timedelta(days=1), report.threshold("novel_survival_days")
    gone = ended_by(lasted.clip(lower=0), items["dead"], age, report.threshold("level"))
    if gone.estimate != gone.estimate:
        return {}
    ends, span = {"low": 1 - gone.high, "high": 1 - gone.low}, Period("range", report.begins, report.seen.end)
    fact, alive = "background.novel_survival", 1 - gone.estimate
    return {"survival": report.value(fact, alive, CLAIM, FILES, n=len(items), period=span, **ends)}


def _with_twin(report: Report, rows: Any, twins: Any) -> dict[str, Value]:
    """Share of sales of items with a known twin, of items without, and of those in categories that nobody looked at."""
    if not len(twins):
        return {}
    total, category = rows["payable_fen"].sum(), categories.of(report, rows)
    twin = rows["product_id"].isin(twins["twin_product_id"].dropna())
    seen = twin | category.isin(twins["category"].dropna())
    parts = {"twins": twin, "unique": seen & ~twin, "unseen": ~seen}
    born = _born(report, rows, SEEN)
    shares = {name: rows.loc[part, "payable_fen"].sum() / total for name, part in parts.items()}
    found = {name: born(f"background.novel_{name}", share) for name, share in shares.items()}
    return found | {"twin_items": born("background.novel_twin_items", rows.loc[twin, "product_id"].nunique())}


def _headline(report: Report, found: dict[str, Value]) -> Sentence:
    case = [name for name in ("twins", "fresh") if name in found]
    slots: dict[str, Slot] = {"days": int(report.threshold("novel_days")), **{name: found[name] for name in case}}
    none = "fresh" in found and not found["fresh"].value
    return sentence(
        f"background.novelty.{'_'.join(case) or 'survival'}{'_none' if none else ''}", **slots, **_lived(found)
    )


def _lived(found: dict[str, Value]) -> dict[str, Slot]:
    return {"survival": found["survival"]} if "survival" in found else {}


def _more(report: Report, found: dict[str, Value], twins: Any) -> list[Sentence]:
    said = []
    if "twins" in found:
        day = twins["source_day"].max()
        slots: dict[str, Slot] = {"items": len(twins), "shops": twins["competitor"].nunique(), "day": f"{day:%Y-%m-%d}"}
        said.append(
            sentence("background.novelty.sheet", twin_items=found["twin_items"], unique=found["unique"], **slots)
        )
        if found["unseen"].value:
            said.append(sentence("background.novelty.unseen", unseen=found["unseen"]))
    if "year" in found:
        said.append(sentence("background.novelty.year", launched=found["launched"], year=found["year"]))
    if "survival" in found:
        days = {name: int(report.threshold(f"novel_{name}_days")) for name in ("survival", "quiet")}
        said.append(sentence("background.novelty.lived", age=days["survival"], quiet=days["quiet"], **_lived(found)))
    return said


def _table(report: Report, items: Any, twins: Any) -> Any:
    end, span = report.seen.end, pd.Timedelta(days=int(report.threshold("novel_days")))
    sold = lines.products(lines.paid(report, Period("range", report.begins, end)))
    sold = sold[sold["product_id"].isin(items.index)]
    early = sold[(sold["day"] - items["first"].reindex(sold["product_id"]).to_numpy()) < span]
    parts = {"paid_first_days": early, "paid_amount": sold[sold["day"] >= pd.Timestamp(report.seen.start)]}
    frame = items.sort_values("first", ascending=False, kind="stable")
    money = {name: part.groupby("product_id")["payable_fen"].sum() / FEN for name, part in parts.items()}
    known = set(twins["twin_product_id"].dropna()) if len(twins) else set()
    return frame.assign(
        product_name=names.printed(frame.index, names.known(report, Period("range", report.begins, end))),
        first_sold=frame["first"],
        has_twin=[("yes" if product in known else "no") if len(twins) else None for product in frame.index],
        still_sold=frame["dead"].map({True: "no", False: "yes"}),
        **{name: sums.reindex(frame.index).fillna(0.0) for name, sums in money.items()},
    )[[*UNITS]].reset_index(drop=True)


def _gaps(report: Report, found: dict[str, Value]) -> tuple[Gap, ...]:
    gaps = [] if "twins" in found else [report.gap(CLAIM, "missing_file", "COM", what=Label("gap_what", "twins"))]
    if "fresh" not in found:
        gaps.append(report.gap(CLAIM, "no_history", "ROL", "ORD", what=Label("gap_what", "fresh_items")))
    return tuple(gaps)
