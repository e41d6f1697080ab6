"""Whether the shop digs into a few categories or spreads out: concentration of sales and of contribution."""

from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import categories, compare, lines, mature
from helpers.chapters.values import by_chance
from helpers.findings import Answer, Gap, Label, Sentence, Slot, Table, Value
from helpers.methods.concentration import Spread, effective_number
from helpers.period import Period, month_of
from helpers.report import Report, sentence, table

CLAIM = "1.1.1a"
FILES = ("orders", "roles", "product_periods")
COLUMNS = ["order_id", "product_id", "category", "line_kind", "payable_fen", "day"]


def focus(report: Report) -> Answer:
    """Over how many equal categories sales and contribution are spread, and whether that grew in a year.

    Table ``months``: one row per whole month: effective number of categories of what was paid, with interval. Holds where
    the number did not grow beyond the threshold against the same days a year before, fails where it did.
    """
    rows = lines.products(lines.paid(report))
    if not len(rows):
        return report.gap(CLAIM, "no_rows" if len(report.every("orders")) else "missing_file", "ORD")
    known = _known(report, rows)
    covered = known["payable_fen"].sum() / rows["payable_fen"].sum()
    if not covered >= report.threshold("category_known"):
        what = Label("gap_what", "focus")
        return report.gap(CLAIM, "missing_column", "ROL", "PRD", column=Label("columns", "category"), what=what)
    if known["order_id"].nunique() < report.threshold("few"):
        return report.gap(CLAIM, "too_few", "ORD", n=known["order_id"].nunique(), need=int(report.threshold("few")))
    values = {"covered": report.value("background.category_known", covered, CLAIM, FILES, n=len(rows))}
    values |= _level(report, known) | _year(report) | _contribution(report)
    case, verdict = _judged(report, values)
    return report.finding(
        CLAIM,
        _headline(known, values, case),
        more=tuple(_more(report, values)),
        values=values,
        tables=_months(report),
        verdict=verdict,
        gaps=_gaps(report, values),
    )


def _known(report: Report, rows: Any) -> Any:
    """Those of the lines whose category is known, with it."""
    return rows.assign(category=categories.of(report, rows)).dropna(subset=["category"])


def spread(report: Report, rows: Any, column: str = "payable_fen") -> Spread:
    """Effective number of categories of lines that carry a category, with orders as cases."""
    cases = rows.groupby(["order_id", "category"])[column].sum().unstack(fill_value=0)
    return effective_number(cases.to_numpy(dtype=float), report.threshold("level"))


def _born(report: Report, id: str, found: Spread, n: int, period: Period | None = None) -> Value:
    return report.value(id, found.number, CLAIM, FILES, n=n, low=found.low, high=found.high, period=period)


def _level(report: Report, rows: Any) -> dict[str, Value]:
    """Effective number of what was paid and the biggest category; without the biggest order where that weighs much."""
    n, single = rows["order_id"].nunique(), rows.groupby("order_id")["payable_fen"].sum()
    found = {"paid": _born(report, "background.focus_paid", spread(report, rows), n)}
    found["paid_share"] = _biggest(report, rows, "payable_fen", "background.focus_paid_share", report.seen)
    if single.max() >= report.threshold("focus_one_order") * single.sum():
        rest = rows[rows["order_id"] != single.idxmax()]
        found["without"] = _born(report, "background.focus_without_biggest", spread(report, rest), n - 1)
        share = float(single.max() / single.sum())
        found["biggest"] = report.value("background.focus_biggest_order", share, CLAIM, FILES, n=n)
    return found


def _biggest(report: Report, rows: Any, column: str, id: str, span: Period) -> Value:
    """Share of the category that brings most."""
    sums = rows.groupby("category")[column].sum()
    fact, share = f"{id}/category={sums.idxmax()}", float(sums.max() / sums.sum())
    return report.value(fact, share, CLAIM, FILES, n=rows["order_id"].nunique(), period=span)


def _year(report: Report) -> dict[str, Value]:
    """The number a year before on the days that have a partner, and the growth since; empty without such days."""
    base = compare.base(report, "year_ago")
    if base.why:
        return {}
    sides = [_known(report, lines.products(side)) for side in compare.paid(report, base)]
    counts = [side["order_id"].nunique() for side in sides]
    if min(counts) < report.threshold("few"):
        return {}
    now, then = (spread(report, side) for side in sides)
    growth = NormalDist(
        float(np.log(now.number / then.number)), max(float(np.hypot(now.log_error, then.log_error)), 1e-9)
    )
    low, high = (float(np.exp(growth.inv_cdf(end))) - 1 for end in (0.025, 0.975))
    allowed = float(np.log(1 + report.threshold("focus_change")))
    chances = {"spreading": 1 - growth.cdf(allowed), "gathering": growth.cdf(-allowed)}
    found = {side: report.value(f"background.focus_{side}", chance, CLAIM, FILES) for side, chance in chances.items()}
    grown, tables = float(np.exp(growth.mean)) - 1, FILES
    found["growth"] = report.value("background.focus_growth", grown, CLAIM, tables, n=counts[0], low=low, high=high)
    return found | {"year_ago": _born(report, "background.focus_paid/when=year_ago", then, counts[1], base.span)}


def _contribution(report: Report) -> dict[str, Value]:
    """The same of what orders old enough for their refunds left after refunds and costs; empty where that is not known."""
    rows, span = _known(report, lines.products(mature.paid(report))), mature.window(report)
    if span is None or not len(rows) or mature.margin_share(report, rows) is None:
        return {}
    rows = rows.dropna(subset=["contribution_fen"])
    worst, n = rows.groupby("category")["contribution_fen"].sum(), rows["order_id"].nunique()
    if worst.min() <= 0:
        fact = f"background.focus_loss/category={worst.idxmin()}"
        return {"loss": report.money(fact, float(worst.min()), CLAIM, [*FILES, "costs"], n=n, period=span)}
    found = spread(report, rows, "contribution_fen")
    share = _biggest(report, rows, "contribution_fen", "background.focus_contribution_share", span)
    return {"contribution": _born(report, "background.focus_contribution", found, n, span), "contribution_share": share}


def _judged(report: Report, values: dict[str, Value]) -> tuple[str, str]:
    """What the year brought, and the verdict on it."""
    if "growth" not in values:
        return "level", "open"
    spreading, gathering = (float(values[side].value or 0) for side in ("spreading", "gathering"))
    verdict = by_chance(report, 1 - spreading)
    case = {"fails": "spreading", "open": "open", "holds": "steady"}[verdict]
    return ("gathering" if by_chance(report, gathering) == "holds" else case), verdict


def _headline(known: Any, values: dict[str, Value], case: str) -> Sentence:
    if known["category"].nunique() == 1:
        return sentence("background.focus.single", category=_category(values["paid_share"]))
    names = ("paid", "year_ago", "growth")
    return sentence(f"background.focus.{case}", **{name: values[name] for name in names if name in values})


def _category(share: Value) -> Label:
    return Label("segment", share.id.partition("=")[2])


def _more(report: Report, values: dict[str, Value]) -> list[Sentence]:
    said = [
        sentence("background.focus.basis", top=_category(values["paid_share"]), **_only(values, "paid", "paid_share"))
    ]
    if "biggest" in values:
        said.append(sentence("background.focus.biggest", **_only(values, "biggest", "without")))
    if "growth" in values:
        slots = compare.base(report, "year_ago").slots()
        said.append(sentence("background.focus.year", **slots, **_only(values, "growth", "spreading")))
    if "contribution" in values:
        top, given = _category(values["contribution_share"]), _only(values, "contribution", "contribution_share")
        said.append(sentence("background.focus.contribution", top=top, period=values["contribution"].period, **given))
    if "loss" in values:
        loss = values["loss"]
        said.append(sentence("background.focus.loss", category=_category(loss), loss=loss, period=loss.period))
    return said


def _only(values: dict[str, Value], *names: str) -> dict[str, Slot]:
    return {name: values[name] for name in names}


def _months(report: Report) -> dict[str, Table]:
    """Effective number of each whole month that the data hold; none where there are fewer than three."""
    month, found = month_of(report.seen.end), list[tuple[Any, ...]]()
    month = month if month.end <= report.seen.end else month.previous()
    rows = lines.paid(report, Period("range", min(report.begins, month.end), month.end))[COLUMNS]
    rows = _known(report, lines.products(rows))
    parts = dict(list(rows.groupby(rows["day"].dt.to_period("M").dt.start_time)))
    while month.start >= report.begins and len(found) < report.threshold("focus_months"):
        part = parts.get(pd.Timestamp(month.start), rows.head(0))
        if part["order_id"].nunique() >= report.threshold("few"):
            here = spread(report, part)
            found.append((pd.Timestamp(month.start), here.number, here.low, here.high, part["order_id"].nunique()))
        month = month.previous()
    frame = pd.DataFrame(found[::-1], columns=["month", "effective_categories", "low", "high", "n"])
    units = {"month": "date", "effective_categories": "count", "low": "count", "high": "count", "n": "count"}
    return {"months": table(frame, units)} if len(frame) > 2 else {}


def _gaps(report: Report, values: dict[str, Value]) -> tuple[Gap, ...]:
    found = [] if "growth" in values else [report.gap(CLAIM, "no_year_ago", "ORD")]
    if not values.keys() & {"contribution", "loss"}:
        found.append(report.gap(CLAIM, "no_cost", "CST", "AFS", what=Label("gap_what", "focus_contribution")))
    return tuple(found)
