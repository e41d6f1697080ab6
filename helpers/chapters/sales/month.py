"""The month in figures: what was paid and paid back, beside the bases, the target and the platform's own table."""

from typing import Any

import pandas as pd

from helpers.chapters import compare, daily, lines
from helpers.chapters.sales import basis, buyers, figures, platform
from helpers.chapters.values import rated
from helpers.findings import Answer, Label, Sentence, Slot, Value
from helpers.period import Period
from helpers.report import FEN, Report, sentence, table

CLAIM = "2.1.1"
CARDS = (
    "paid_amount",
    "orders_paid",
    "order_value",
    "refund_rate_amount",
    "refund_rate_orders",
    "net_amount",
    "units",
    "gmv_platform",
)
CHANGES = {"previous": "change", "year_ago": "change_year_ago"}
BESIDE = ("change", "change_year_ago", "previous", "year_ago", "target")


def month(report: Report) -> Answer:
    """Key figures of the period with their bases and targets, and what happened day by day.

    Values are those of the cards, named as the facts (``paid_amount``, ``orders_paid`` …), with ``.change``,
    ``.previous``, ``.year_ago`` and ``.target`` beside them; the other facts of the month stand in the report. Tables:
    ``daily`` one row per day of the period, days without orders included; ``calendar`` promotion windows in it.
    """
    if not report.every("orders").get("paid_at", pd.Series(dtype="object")).notna().any():
        return basis.no_orders(report, CLAIM)
    values = figures.values(report)
    frame = _daily(report)
    values |= platform.values(report, frame) | _created(report, int(values["orders_paid"].value or 0))
    values["zero_days"] = report.value(
        "sales.zero_days", int((frame["orders"] == 0).sum()), CLAIM, ["orders"], n=len(frame)
    )
    gaps = basis.missing_bases(report, CLAIM)
    if "net_amount" not in values:
        gaps = (*gaps, report.gap(CLAIM, "no_refund", "AFS"))
    return report.finding(
        CLAIM,
        _headline(values),
        more=tuple(_more(report, values)),
        values=_shown(values),
        tables=_tables(report, frame, values["orders_paid"].n),
        gaps=gaps,
    )


def _shown(values: dict[str, Value]) -> dict[str, Value]:
    """The values of the cards, each followed by what stands beside it; all the others are facts only."""
    wanted = [key for name in CARDS for key in (name, *(f"{name}.{part}" for part in BESIDE))]
    return {key: values[key] for key in wanted if key in values}


def _created(report: Report, paid: int) -> dict[str, Value]:
    """Orders created and the share never paid, where the file keeps unpaid orders."""
    rows = report.table("orders")
    unpaid = rows["order_id"].nunique() - rows.loc[rows["paid_at"].notna(), "order_id"].nunique() if len(rows) else 0
    if not unpaid:
        return {}
    created = paid + unpaid
    return {
        "orders_created": report.value("sales.orders_created", created, CLAIM, ["orders"], n=created),
        "unpaid_share": rated(report, "sales.unpaid_share", unpaid, created, CLAIM, ["orders"]),
    }


def _daily(report: Report) -> Any:
    rows = lines.paid(report)
    paid = daily.per_day(rows, report.seen)
    orders = rows.groupby("day")["order_id"].nunique().reindex(paid.index).fillna(0).astype("int64")
    return pd.DataFrame({"day": paid.index, "paid_amount": paid.to_numpy() / FEN, "orders": orders.to_numpy()})


def _tables(report: Report, frame: Any, count: int | None) -> dict[str, Any]:
    units = {"day": "date", "paid_amount": "money", "orders": "count"}
    if "gmv_platform" in frame:
        units["gmv_platform"] = "money"
    found = {"daily": table(frame, units, n=count)}
    windows = promotions(report, report.seen)
    if len(windows):
        found["calendar"] = table(windows[["name", "start", "end"]], {"name": "text", "start": "date", "end": "date"})
    return found


def promotions(report: Report, span: Period) -> Any:
    """Promotion windows that touch the period, cut to it, one row each: ``name``, ``start``, ``end``."""
    first, last = pd.Timestamp(span.start), pd.Timestamp(span.end)
    rows = report.calendar
    rows = rows[rows["kind"].isin(daily.PROMOTIONS) & (rows["start"] <= last) & (rows["end"] >= first)]
    return rows.assign(start=rows["start"].clip(lower=first), end=rows["end"].clip(upper=last))


def _headline(values: dict[str, Value]) -> Sentence:
    paid, orders = values["paid_amount"], values["orders_paid"]
    if not orders.value:
        return sentence("sales.month.none")
    name, change = _nearest(values, "paid_amount")
    if change is None:
        return sentence("sales.month.alone", paid=paid, orders=orders)
    unclear = change.low is not None and change.high is not None and change.low <= 0 <= change.high
    case = "within" if unclear else "up" if float(change.value or 0) > 0 else "down"
    return sentence(f"sales.month.{case}", paid=paid, orders=orders, change=change, base=Label("base", name))


def _nearest(values: dict[str, Value], figure: str) -> tuple[str, Value | None]:
    """The nearest base that the figure could be compared with, and its change."""
    for name, key in CHANGES.items():
        if f"{figure}.{key}" in values:
            return name, values[f"{figure}.{key}"]
    return "", None


def _more(report: Report, values: dict[str, Value]) -> list[Sentence]:
    found = []
    if not report.complete:
        found.append(sentence("sales.month.partial", until=str(report.covered), days=report.seen.days))
    found += _bases_said(report, values) + _refunds_said(report, values)
    if values["zero_days"].value:
        found.append(sentence("sales.month.zero_days", days=values["zero_days"]))
    if "unpaid_share" in values:
        found.append(sentence("sales.month.unpaid", created=values["orders_created"], share=values["unpaid_share"]))
    if "repeat_share" in values:
        known = {name: values[name] for name in ("buyers", "repeat_buyers", "repeat_share")}
        found.append(sentence("sales.month.buyers", since=str(buyers.known_since(report)), **known))
    return found + platform.said(values, report.threshold("reconcile_gap")) + _targets_said(values)


def _bases_said(report: Report, values: dict[str, Value]) -> list[Sentence]:
    found = []
    for name, change in CHANGES.items():
        base = compare.base(report, name)
        if f"paid_amount.{change}" in values:
            named = ("paid_amount", "orders_paid", "order_value")
            slots: dict[str, Slot] = {
                f"{key}_change": values[f"{key}.{change}"] for key in named if f"{key}.{change}" in values
            }
            found.append(sentence(f"sales.month.{name}", **(base.slots() | slots)))
        elif base.why == "few":
            label = Label("base", name)
            found.append(sentence("sales.month.few", name=label, base=str(base.span), pairs=len(base.pairs)))
    if "usual.change" in values:
        usual, above = values["usual.change"], values["usual.above"]
        found.append(sentence("sales.month.usual", change=usual, above=above, periods=above.n or 0))
    return found


def _refunds_said(report: Report, values: dict[str, Value]) -> list[Sentence]:
    if "refund_rate_amount" not in values:
        return []
    names = {"amount": "refund_rate_amount", "orders": "refund_rate_orders", "net": "net_amount"}
    slots = {slot: values[name] for slot, name in names.items() if name in values}
    way = lines.refund_basis(report)
    if way == "by_time":
        return [sentence("sales.month.refunds_by_time", **slots)]
    if way == "order_file":
        return [sentence("sales.month.refunds_order_file", **slots)]
    until = basis.known_until(report)
    found = [sentence("sales.month.refunds", until=str(until), by_time=values["refund_amount_by_time"], **slots)]
    name, change = _nearest(values, "refund_rate_amount")
    if change is not None:
        orders = values[f"refund_rate_orders.{CHANGES[name]}"]
        found.append(
            sentence("sales.month.refunds_aged", change=change, orders_change=orders, base=Label("base", name))
        )
    return found


def _targets_said(values: dict[str, Value]) -> list[Sentence]:
    found = []
    for name in figures.TARGETS:
        target = values.get(f"{name}.target")
        if target is not None and values[name].value is not None:
            case = "reached" if float(values[name].value or 0) >= float(target.value or 0) else "missed"
            found.append(sentence(f"sales.month.target_{name}_{case}", now=values[name], target=target))
    return found
