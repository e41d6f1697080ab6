"""The list of best-sellers: who stayed, who came, who left."""

from typing import Any

import pandas as pd

from helpers.chapters import lines, names
from helpers.chapters.sales import basis
from helpers.findings import Answer, Label, Sentence, Value
from helpers.period import Period
from helpers.report import Report, sentence, table

CLAIM = "2.2.2a"


def turnover(report: Report) -> Answer:
    """How the top list by net amount (refunds off, cut at equal age) differs from the one before.

    Tables: ``list`` one row per product on either list: ``rank``, ``rank_before``, ``net_amount``, ``growth`` of the
    daily mean, ``stage``; ``flow`` one row per product and period: ``rank``, for products that are on a list.
    """
    if not len(lines.paid(report)):
        return basis.no_orders(report, CLAIM)
    now = basis.net_by_product(report, report.seen)
    if not len(now):
        return report.gap(CLAIM, "missing_column", "ORD", column=Label("columns", "product_id"))
    base = report.base("previous")
    then = basis.net_by_product(report, base) if base is not None else now.head(0)
    count = min(int(report.threshold("top_list")), len(now))
    if base is None or not len(then):
        return _alone(report, now, count)
    frame = _frame(report, now, then, count, base)
    values = _values(report, frame, now, count)
    age = max((basis.known_until(report) - report.seen.end).days, 0)
    case = {"after_sales": "basis", "by_time": "basis_by_time"}.get(lines.refund_basis(report), "basis_order_file")
    more = [sentence(f"sales.turnover.{case}", base=str(base), age=age)]
    return report.finding(
        CLAIM,
        _headline(report, values, frame, count),
        more=(*more, *_moves(frame)),
        values=values,
        tables={"list": _table(frame), "flow": _flow(report, frame, count)},
    )


def _alone(report: Report, now: Any, count: int) -> Answer:
    top = now.head(count)
    net = report.money(
        "sales.top_list_net", top["net"].sum(), CLAIM, ["orders", "after_sales"], n=int(top["lines"].sum())
    )
    frame = top.assign(product=names.printed(top.index, names.known(report)), rank=range(1, count + 1))
    shown = frame.rename(columns={"product": "product_name", "net": "net_amount"})[
        ["rank", "product_name", "net_amount"]
    ]
    shown = basis.yuan(shown.reset_index(drop=True), "net_amount")
    return report.finding(
        CLAIM,
        sentence("sales.turnover.alone", count=count, product=frame["product"].iloc[0], net=net),
        values={"top_list_net": net},
        tables={"list": table(shown, {"rank": "count", "product_name": "text", "net_amount": "money"}, total=len(now))},
        gaps=(report.gap(CLAIM, "no_previous", "ORD"),),
    )


def _frame(report: Report, now: Any, then: Any, count: int, base: Period) -> Any:
    """One row per product that is on a list now or before, by today's rank."""
    ranks = {
        side: pd.Series(range(1, len(part) + 1), index=part.index)
        for side, part in (("rank", now), ("rank_before", then))
    }
    ids = [*now.index[:count], *[product for product in then.index[:count] if product not in now.index[:count]]]
    frame = pd.DataFrame({side: rank.reindex(ids) for side, rank in ranks.items()})
    frame["net"], frame["net_before"] = now["net"].reindex(ids).fillna(0), then["net"].reindex(ids).fillna(0)
    earlier = frame["net_before"].where(frame["net_before"] > 0) / base.days
    frame["growth"] = frame["net"] / report.seen.days / earlier - 1
    frame["stage"] = [_stage(report, row, count) for row in frame.itertuples()]
    return frame.assign(product=names.printed(ids, names.known(report, base)))


def _stage(report: Report, row: Any, count: int) -> str:
    """Where a product stands: entered or left the list, or rising, steady or falling on it."""
    if not row.rank <= count:
        return "left"
    if pd.isna(row.rank_before):
        return "new"
    if row.rank_before > count:
        return "entered"
    step = report.threshold("stage_growth")
    return "rising" if row.growth >= step else "falling" if row.growth <= -step else "steady"


def _values(report: Report, frame: Any, now: Any, count: int) -> dict[str, Value]:
    tables = ["orders", "after_sales"]
    stayed = int((frame["stage"].isin(["rising", "steady", "falling"])).sum())
    counts = {
        "stayed": stayed,
        "entered": int(frame["stage"].isin(["new", "entered"]).sum()),
        "left": int((frame["stage"] == "left").sum()),
    }
    values = {
        key: report.value(f"sales.top_list_{key}", number, CLAIM, tables, n=count) for key, number in counts.items()
    }
    values["overlap"] = report.value("sales.top_list_overlap", stayed / count, CLAIM, tables, n=count)
    top = now.head(count)
    values["top_list_net"] = report.money(
        "sales.top_list_net", top["net"].sum(), CLAIM, tables, n=int(top["lines"].sum())
    )
    for product, net in top["net"].items():
        values[f"net.{product}"] = report.money(
            f"sales.product_net/product={product}", net, CLAIM, tables, n=int(top.loc[product, "lines"])
        )
    return values


def _headline(report: Report, values: dict[str, Value], frame: Any, count: int) -> Sentence:
    overlap = float(values["overlap"].value or 0)
    if values["stayed"].value == count:
        return sentence("sales.turnover.same", count=count, product=frame["product"].iloc[0])
    case = "stable" if overlap >= report.threshold("stable_list") else "turning"
    return sentence(
        f"sales.turnover.{case}", count=count, stayed=values["stayed"], entered=values["entered"], left=values["left"]
    )


def _moves(frame: Any) -> list[Sentence]:
    found = []
    for stage, case in ((["new", "entered"], "entries"), (["left"], "exits")):
        names = list(frame.loc[frame["stage"].isin(stage), "product"])
        if names:
            found.append(sentence(f"sales.turnover.{case}", products=names[0], count=len(names)))
    return found


def _table(frame: Any) -> Any:
    units = {
        "product_name": "text",
        "rank": "count",
        "rank_before": "count",
        "stage": "label:stage",
        "net_amount": "money",
        "net_before": "money",
        "growth": "ratio",
    }
    shown = frame.rename(columns={"product": "product_name", "net": "net_amount"})[[*units]].reset_index(drop=True)
    return table(basis.yuan(shown, "net_amount", "net_before"), units)


def _flow(report: Report, frame: Any, count: int) -> Any:
    """Ranks of the listed products through the last periods that the data cover, oldest first."""
    spans = [span for span in report.period.back(int(report.threshold("flow_periods"))) if span.start >= report.begins]
    rows = []
    for span in spans:
        side = report.seen if span == report.period else span
        ranked = basis.net_by_product(report, side)
        rank = pd.Series(range(1, len(ranked) + 1), index=ranked.index).reindex(frame.index)
        rows.append(
            pd.DataFrame(
                {
                    "product_name": frame["product"].to_numpy(),
                    "period": str(span),
                    "rank": rank.where(rank <= count).to_numpy(),
                }
            )
        )
    flow = pd.concat(rows).dropna(subset=["rank"]).reset_index(drop=True)
    return table(flow, {"period": "text", "product_name": "text", "rank": "count"})
