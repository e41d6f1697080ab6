"""Which product page, and which content that sold it, goods come back from as "not as described"."""

from typing import Any

import pandas as pd

from helpers.chapters import margin, names
from helpers.chapters.sales import aged
from helpers.chapters.values import rated
from helpers.findings import Answer, Label, Sentence, Value
from helpers.report import Report, sentence, table

CLAIM = "2.3.1c"
SOLD = ["orders", "after_sales"]
PAGES = 3  # products in the table; the others are as the shop
UNITS = {
    "sold_from": "said", "n": "count", "misdescribed_cases": "count", "misdescribed_rate": "ratio",
    "misdescribed_multiple": "multiple", "defect_standing": "label:defect_standing",
}  # fmt: skip


def page_returns(report: Report) -> Answer:
    """Products and carriers whose buyers say more often than others that the goods are not as described.

    Products are compared with all others; carriers with what their mix of products would give anyway. Versions of one
    page are compared by ``truthful``. Table ``misdescribed``: the products most above, then one row per carrier and seller.
    """
    lacking = aged.missing(report, CLAIM)
    if lacking is not None:
        return lacking
    rows, span = aged.shipped(report)
    if not rows["product_id"].notna().any():
        return report.gap(CLAIM, "missing_column", "ORD", column=Label("columns", "product_id"))
    rows = rows.dropna(subset=["product_id"]).assign(hit=lambda frame: frame["group"] == "not_as_described")
    pages = aged.against_rest(report, rows, "product_id")
    content = _content(report, rows)
    values = _values(report, rows, pages)
    known = names.known(report, span)
    return report.finding(
        CLAIM,
        _headline(report, pages, values, known),
        more=tuple(_more(report, pages, content, values)),
        values=values,
        tables=_tables(pages, content, known, len(rows)),
        action=_action(pages, known),
    )


def _content(report: Report, rows: Any) -> Any:
    """One row per carrier and seller, against what its products would give anyway; empty where no carrier is known."""
    usual = rows.groupby("product_id")["hit"].transform("mean")
    seller = margin.by_partner(report, rows).map({True: "partner", False: "own"})
    rows = rows.assign(usual=usual, source=rows["carrier"].astype("object") + " " + seller).dropna(subset=["carrier"])
    return (
        aged.against_rest(report, rows, "source", expected="usual") if len(rows) and usual.sum() > 0 else rows.head(0)
    )


def _values(report: Report, rows: Any, pages: Any) -> dict[str, Value]:
    span = aged.shipped(report)[1]
    id, hits = "sales.misdescribed_rate", int(rows["hit"].sum())
    found = {"rate": rated(report, id, hits, len(rows), CLAIM, SOLD, span)}
    top = pages.iloc[0]
    worst, others = f"{id}/product={pages.index[0]}", f"{id}/product=others"
    found["worst"] = rated(report, worst, int(top["hits"]), int(top["n"]), CLAIM, SOLD, span)
    if len(pages) > 1:
        rest = (hits - int(top["hits"]), len(rows) - int(top["n"]))
        found["others"] = rated(report, others, *rest, CLAIM, SOLD, span)
    return found


def _above(frame: Any) -> bool:
    return bool(len(frame) and frame["standing"].iloc[0] == "above")


def _named(pages: Any, known: Any) -> str:
    return names.printed([pages.index[0]], known)[0]


def _headline(report: Report, pages: Any, values: dict[str, Value], known: Any) -> Sentence:
    if not values["rate"].value:
        return sentence("sales.page_returns.none", rows=len(pages))
    if _above(pages) and "others" in values:
        slots = {"rate": values["worst"], "others": values["others"]}
        return sentence("sales.page_returns.above", product=_named(pages, known), **slots)
    return sentence("sales.page_returns.even", rate=values["rate"])


def _more(report: Report, pages: Any, content: Any, values: dict[str, Value]) -> list[Sentence]:
    span, age = str(aged.shipped(report)[1]), int(report.threshold("mature_days"))
    found = [sentence("sales.page_returns.basis", span=span, age=age, rate=values["rate"])]
    if _above(content):
        top = content.iloc[0]
        id = f"sales.misdescribed_multiple/source={content.index[0]}"
        multiple = report.value(id, top["ratio"], CLAIM, SOLD, n=int(top["n"]))
        slots = {**_sold(content.index[0]).slots, "multiple": multiple}
        found.append(sentence("sales.page_returns.content_above", **slots))
    elif len(content) > 1:
        found.append(sentence("sales.page_returns.content_even", count=len(content)))
    return found


def _action(pages: Any, known: Any) -> Sentence | None:
    return sentence("sales.page_returns.act", product=_named(pages, known)) if _above(pages) else None


def _tables(pages: Any, content: Any, known: Any, n: int) -> dict[str, Any]:
    usual = pages["hits"].sum() / pages["n"].sum()
    pages = pages[pages["difference"] > 0].head(PAGES)
    pages = pages.assign(ratio=pages["rate"] / usual if usual else 0.0, sold_from=_pages_said(pages, known))
    frame = pd.concat([pages, content.assign(sold_from=[_sold(one) for one in content.index])])
    frame = frame.rename(
        columns={
            "hits": "misdescribed_cases",
            "rate": "misdescribed_rate",
            "ratio": "misdescribed_multiple",
            "standing": "defect_standing",
        }
    )
    return {"misdescribed": table(frame.reset_index(drop=True)[[*UNITS]], UNITS, n=n)} if len(frame) else {}


def _pages_said(pages: Any, known: Any) -> list[Sentence]:
    return [sentence("sales.page_returns.page", product=name) for name in names.printed(pages.index, known)]


def _sold(source: str) -> Sentence:
    carrier, seller = source.split(" ")
    return sentence("sales.page_returns.sold", carrier=Label("carrier", carrier), seller=Label("seller", seller))
