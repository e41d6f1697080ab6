"""Whether goods are as the page says: returns as "not as described" by product, and before and after edits of a page."""

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import lines, names
from helpers.chapters.sales import aged, basis
from helpers.chapters.values import rated
from helpers.definitions import wording
from helpers.findings import Answer, Gap, Label, Sentence, Value
from helpers.methods.control import control_limits
from helpers.methods.intervals import proportion_test
from helpers.methods.shrinkage import beta_prior, prob_above
from helpers.period import Period
from helpers.report import Report, sentence, table

CLAIM = "2.2.3d"
GROUP = "not_as_described"
TABLES = ["orders", "after_sales", "content_tags"]


def truthful(report: Report) -> Answer:
    """Share of shipped lines sent back as "not as described": by month for one product, and around each page edit.

    All lines are watched for ``mature_days``. Tables: ``described`` one row per month of the product that the headline
    names, else of the shop: share between control limits; ``edits`` one row per edited product: share before and
    after its latest edit; ``calendar`` the edits.
    """
    if not len(report.every("after_sales")):
        return report.gap(CLAIM, "missing_file", "AFS", what=Label("voice_cost", "pages"))
    lacking = aged.missing(report, CLAIM)
    if lacking is not None:
        return lacking
    rows = _rows(report)
    if not len(rows):
        return report.gap(CLAIM, "not_mature", "AFS", days=int(report.threshold("mature_days")))
    worst = _worst(report, rows)
    edits = _edits(report, rows)
    values = _values(report, rows, worst, edits)
    chosen = _charted(report, worst, edits)
    return report.finding(
        CLAIM,
        _headline(report, worst, edits, values),
        more=tuple(_more(report, rows, worst, edits, values)),
        values=values,
        tables=_tables(report, rows, edits, chosen),
        action=_action(report, worst, edits),
        gaps=() if len(edits) else (_no_edits(report),),
    )


def _no_edits(report: Report) -> Gap:
    return report.gap(CLAIM, "missing_file", "CRE", what=Label("voice_open", "edits"))


def _rows(report: Report) -> Any:
    """Shipped lines of goods of the last periods, watched long enough, and whether each came back as not as described."""
    age, back = int(report.threshold("mature_days")), int(report.threshold("page_periods"))
    end = min(report.seen.end, basis.known_until(report) - timedelta(age))
    first = max(
        report.period.back(back)[0].start, report.begins, report.every("after_sales")["applied_at"].min().date()
    )
    if first > end:
        return lines.paid(report).head(0)
    rows = lines.products(lines.paid(report, Period("range", first, end))).dropna(subset=["product_id"])
    events = lines.succeeded(report)
    wait = lines.waited(events, rows)
    late = events["kind"].isin(aged.AFTER_SHIPPING) & (wait <= pd.Timedelta(days=age))
    hits = events.loc[late & (events["reason"].map(basis.reason_group(report)) == GROUP), "line_id"]
    rows = rows.assign(hit=rows["line_id"].isin(hits))
    sent = rows["shipped_at"].notna() if rows["shipped_at"].notna().any() else True
    return rows[sent | rows["hit"]]


def _worst(report: Report, rows: Any) -> Any:
    """The product that most probably comes back so more often than the shop's mean: lines, hits, p_above."""
    found = rows.groupby("product_id")["hit"].agg(n="size", hits="sum")
    mean = float(rows["hit"].mean())
    prior = beta_prior(found["hits"], found["n"])
    found["p_above"] = prob_above(found["hits"], found["n"], mean, prior) if 0 < mean < 1 else 0.0
    return found.sort_values(["p_above", "hits"], ascending=False, kind="stable").iloc[0]


def _edits(report: Report, rows: Any) -> Any:
    """One row per product whose page was changed with enough lines on both sides, surest effect and most lines first.

    With several edits each interval is widened for their number (Bonferroni), so that all of them hold together.
    """
    sides = _sides(report, rows)
    level, found = 1 - (1 - report.threshold("level")) / max(len(sides), 1), []
    for product, (day, before, after) in sides.items():
        counts = int(after["hit"].sum()), len(after), int(before["hit"].sum()), len(before)
        test = proportion_test(*counts, level)
        found.append({"product_id": product, "edited_on": day, "hits_after": counts[0], "n_after": counts[1],
                      "hits_before": counts[2], "n_before": counts[3], "change_low": test.low * 100,
                      "described_change": test.difference * 100, "change_high": test.high * 100})  # fmt: skip
    frame = pd.DataFrame(found)
    if not len(frame):
        return frame
    cases = [frame["change_high"] < 0, frame["change_low"] > 0]
    frame["edit_effect"] = np.select(cases, ["better", "worse"], "open")
    frame["described_before"] = frame["hits_before"] / frame["n_before"]
    frame["described_after"] = frame["hits_after"] / frame["n_after"]
    frame["product_name"] = names.printed(frame["product_id"], names.known(report))
    first = frame["edit_effect"].map({"better": 0, "worse": 1, "open": 2})
    order = frame.assign(first=first, hits=-frame["hits_after"] - frame["hits_before"]).sort_values(["first", "hits"])
    return order.drop(columns=["first", "hits"]).reset_index(drop=True)


def _sides(report: Report, rows: Any) -> dict[str, tuple[Any, Any, Any]]:
    """By product: the day of its latest page, lines paid under the page before it, and lines paid since."""
    pages = report.every("content_tags")
    pages = pages[(pages["content_kind"] == "page") & pages["product_id"].notna() & pages["published_on"].notna()]
    found = {}
    for product, versions in pages.sort_values("published_on").groupby("product_id"):
        days = versions["published_on"].drop_duplicates()
        mine = rows[rows["product_id"] == product]
        if len(days) < 2:
            continue
        before = mine[(mine["day"] >= days.iloc[-2]) & (mine["day"] < days.iloc[-1])]
        after = mine[mine["day"] >= days.iloc[-1]]
        if min(len(before), len(after)) >= report.threshold("few"):
            found[str(product)] = (days.iloc[-1], before, after)
    return found


def _span(rows: Any) -> Period:
    return Period("range", rows["day"].min().date(), rows["day"].max().date())


def _values(report: Report, rows: Any, worst: Any, edits: Any) -> dict[str, Value]:
    span, files = _span(rows), TABLES[:2]
    shop = int(rows["hit"].sum())
    found = {"shop": rated(report, "sales.truthful_rate", shop, len(rows), CLAIM, files, span)}
    id = f"sales.truthful_rate/product={worst.name}"
    found["worst"] = rated(report, id, int(worst["hits"]), int(worst["n"]), CLAIM, files, span)
    found["p_above"] = report.value(
        f"sales.truthful_above/product={worst.name}", worst["p_above"], CLAIM, files, period=span
    )
    for row in edits.itertuples():
        for side, hits, n in (("before", row.hits_before, row.n_before), ("after", row.hits_after, row.n_after)):
            id = f"sales.truthful_rate/product={row.product_id}/page={side}"
            found[f"{side}.{row.product_id}"] = rated(report, id, hits, n, CLAIM, TABLES, span)
        id = f"sales.truthful_rate/product={row.product_id}/change=page"
        ends = {"low": row.change_low, "high": row.change_high}
        found[f"change.{row.product_id}"] = report.value(id, row.described_change, CLAIM, TABLES, n=row.n_after, **ends)
    return found


def _headline(report: Report, worst: Any, edits: Any, values: dict[str, Value]) -> Sentence:
    if len(edits):
        row = edits.iloc[0]
        slots = {side: values[f"{side}.{row['product_id']}"] for side in ("before", "after")}
        if row["edit_effect"] == "open":
            return sentence("sales.truthful.open", count=len(edits), product=row["product_name"], **slots)
        return sentence(f"sales.truthful.{row['edit_effect']}", product=row["product_name"], **slots)
    if worst["p_above"] >= report.threshold("likely"):
        hedge = "worst" if worst["p_above"] >= report.threshold("sure") else "worst_likely"
        name = names.printed([worst.name], names.known(report))[0]
        return sentence(f"sales.truthful.{hedge}", product=name, rate=values["worst"], shop=values["shop"])
    return sentence("sales.truthful.even", shop=values["shop"])


def _more(report: Report, rows: Any, worst: Any, edits: Any, values: dict[str, Value]) -> list[Sentence]:
    age = int(report.threshold("mature_days"))
    found = [sentence("sales.truthful.basis", span=str(_span(rows)), age=age, shop=values["shop"])]
    for row in edits.head(2).itertuples():
        slots = {side: values[f"{side}.{row.product_id}"] for side in ("before", "after", "change")}
        day = f"{row.edited_on:%Y-%m-%d}"
        found.append(sentence("sales.truthful.edit", product=row.product_name, day=day, **slots))
    if len(edits):
        found.append(sentence("sales.truthful.doubt"))
        if worst["p_above"] >= report.threshold("sure"):
            name = names.printed([worst.name], names.known(report))[0]
            found.append(sentence("sales.truthful.worst_too", product=name, rate=values["worst"]))
    return found


def _action(report: Report, worst: Any, edits: Any) -> Sentence | None:
    if worst["p_above"] < report.threshold("sure"):
        return None
    name = names.printed([worst.name], names.known(report))[0]
    done = len(edits) and worst.name in set(edits["product_id"])
    return sentence("sales.truthful.act_again" if done else "sales.truthful.act", product=name)


def _charted(report: Report, worst: Any, edits: Any) -> str:
    """The product that the headline names; empty for the whole shop."""
    if len(edits):
        return str(edits["product_id"].iloc[0])
    return str(worst.name) if worst["p_above"] >= report.threshold("likely") else ""


def _tables(report: Report, rows: Any, edits: Any, chosen: str) -> dict[str, Any]:
    mine = rows[rows["product_id"] == chosen] if chosen else rows
    months = mine.groupby(mine["day"].dt.to_period("M").dt.to_timestamp())["hit"].agg(n="size", hits="sum")
    limits = control_limits(months["hits"], months["n"]).rename(columns={"low": "lower", "high": "upper"})
    chart = limits.assign(day=months.index, described_share=limits["rate"], n=months["n"].to_numpy())
    units = {"day": "date", "described_share": "ratio", "n": "count"}
    found = {"described": table(chart[["day", "described_share", "n", "centre", "lower", "upper"]], units, n=len(mine))}
    if not len(edits):
        return found
    shown = {"product_name": "text", "edited_on": "date", "n_before": "count", "described_before": "ratio", "n_after": "count",
             "described_after": "ratio", "described_change": "points", "change_low": "points", "change_high": "points",
             "edit_effect": "label:edit_effect"}  # fmt: skip
    found["edits"] = table(edits[[*shown]], shown, n=int(edits["n_after"].sum() + edits["n_before"].sum()))
    own = edits[edits["product_id"] == chosen]
    word = wording.load(report.lang, report.shop).label("voice_mark", "edit")
    marks = pd.DataFrame({"start": own["edited_on"], "end": own["edited_on"]}).assign(name=word)
    found["calendar"] = table(marks.reset_index(drop=True), {"name": "text", "start": "date", "end": "date"})
    return found
