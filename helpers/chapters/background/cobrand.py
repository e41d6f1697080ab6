"""Co-branded goods: whom they brought, what they took from their siblings, and what is left after the licence."""

from datetime import timedelta
from typing import Any

import pandas as pd

from helpers.chapters import lines, margin, members
from helpers.chapters.background import siblings
from helpers.findings import Answer, Gap, Label, Sentence, Value
from helpers.methods.intervals import proportion_test, wilson
from helpers.period import Period
from helpers.report import FEN, Report, sentence, table

CLAIM = "1.3.4b"
UNITS = {"cobrand_step": "label:cobrand_step", "cobrand_amount": "money"}
FILES = ("orders", "roles")


def cobrand(report: Report) -> Answer:
    """What co-branded goods left since they were listed after refunds, costs and licence, and how much may be cannibalised.

    Table ``cobrand``: one row per step from the money paid to what is left.
    """
    if not len(report.every("orders")):
        return report.gap(CLAIM, "missing_file", "ORD")
    roles = report.every("roles")
    if not len(roles):
        return report.gap(CLAIM, "missing_file", "ROL")
    if not roles["cobrand"].notna().any():
        return report.gap(CLAIM, "missing_column", "ROL", column=Label("columns", "cobrand"))
    chosen = roles[roles["cobrand"] == "yes"]
    span = _span(report, chosen)
    sold = lines.paid(report, span)
    ours = sold[sold["product_id"].isin(chosen["product_id"])]
    if not len(ours):
        return report.gap(CLAIM, "not_applicable", "ROL", what=Label("plateau_what", "cobrand"))
    steps = _steps(report, ours, span)
    facts = _facts(report, steps, ours, span) | _people(report, ours, sold, span)
    facts |= _taken(report, roles, chosen, ours, span)
    frame = pd.DataFrame({"cobrand_step": list(steps), "cobrand_amount": [part / FEN for part in steps.values()]})
    return report.finding(
        CLAIM,
        _headline(facts),
        more=_more(facts, span),
        values=facts,
        tables={"cobrand": table(frame, UNITS, n=len(ours))},
        verdict=_verdict(facts),
        action=_action(facts),
        gaps=_gaps(report, facts),
    )


def _span(report: Report, chosen: Any) -> Period:
    """Since the first of them was listed, at most the last so many days."""
    back = report.seen.end - timedelta(int(report.threshold("cobrand_days")) - 1)
    listed = chosen["listed_on"].min()
    start = max(back, report.begins) if pd.isna(listed) else max(listed.date(), back, report.begins)
    return Period("range", min(start, report.seen.end), report.seen.end)


def _steps(report: Report, ours: Any, span: Period) -> dict[str, float]:
    """Money in fen: paid, refunds, costs and licence as deductions, and what is left; only what the files tell."""
    back = lines.refunds(report, ours).astype("float64")
    paid = float(ours["payable_fen"].sum())
    found = {"paid": paid}
    if lines.refund_basis(report) in ("after_sales", "order_file"):
        found["refunds"] = -float(back.sum())
    kept = margin.contribution(report, ours, back)
    if kept.notna().mean() >= report.threshold("cost_known"):
        found["costs"] = float(kept.mean()) * len(ours) - paid + float(back.sum())
        licence = _licence(report, span)
        if licence is not None:
            found["licence"] = -licence
    return found | {"left": sum(found.values())}


def _licence(report: Report, span: Period) -> float | None:
    """Licence fees of these days in fen, spread evenly over theirs; None where no file tells one."""
    rows = report.every("overheads")
    rows = rows[rows["item"] == "licence"] if len(rows) else rows
    if not len(rows):
        return None
    first, last = pd.Timestamp(span.start), pd.Timestamp(span.end)
    inside = (rows["end"].clip(upper=last) - rows["start"].clip(lower=first)).dt.days + 1
    whole = (rows["end"] - rows["start"]).dt.days + 1
    return float((rows["amount_fen"].astype("float64") * inside.clip(lower=0) / whole).sum())


def _facts(report: Report, steps: dict[str, float], ours: Any, span: Period) -> dict[str, Value]:
    names = ("after_sales", "costs", "overheads")
    files = (*FILES, *(name for name in names if report.held(name)))
    found = {}
    for name, fen in steps.items():
        id = "cobrand_left" if "licence" in steps else "cobrand_before_licence" if "costs" in steps else "cobrand_net"
        id = id if name == "left" else f"cobrand_{name}"
        key = id.removeprefix("cobrand_")
        found[key] = report.money(f"background.{id}", fen, CLAIM, files, n=len(ours), period=span)
    return found


def _people(report: Report, ours: Any, sold: Any, span: Period) -> dict[str, Value]:
    """Share of its orders that are a buyer's first one, beside that of all other orders; nothing without buyers."""
    known = members.until(report).sort_values("paid_at")
    first = known.drop_duplicates("buyer_key")["order_id"]
    orders = known["order_id"].astype(object)  # isin reads a column of text slowly
    orders = orders[orders.isin(sold["order_id"])]
    with_it, new = orders.isin(ours["order_id"]), orders.isin(first)
    sizes = int(with_it.sum()), int((~with_it).sum())
    if min(sizes) < report.threshold("few"):
        return {}
    hits = int((new & with_it).sum()), int((new & ~with_it).sum())
    found, files = {}, (*FILES, members.source(report))
    for name, hit, size in zip(("new", "new_others"), hits, sizes, strict=True):
        low, high = wilson(hit, size, report.threshold("level"))
        id = f"background.cobrand_{name}"
        found[name] = report.value(id, hit / size, CLAIM, files, n=size, low=low, high=high, period=span)
    gap = proportion_test(hits[0], sizes[0], hits[1], sizes[1], report.threshold("level"))
    ends = {"low": gap.low * 100, "high": gap.high * 100}
    id = "background.cobrand_new_gap"
    return found | {"gap": report.value(id, gap.difference * 100, CLAIM, files, n=sizes[0], period=span, **ends)}


def _taken(report: Report, roles: Any, chosen: Any, ours: Any, span: Period) -> dict[str, Value]:
    """What the siblings lost by it, where the days around the listing tell."""
    found = siblings.taken(report, roles, chosen, span)
    if found is None:
        return {}
    share, after = found
    ends = {"low": share.low, "high": share.high}
    id = "background.cobrand_taken"
    return {"taken": report.value(id, share.estimate, CLAIM, FILES, n=len(ours), period=after, **ends)}


def _headline(facts: dict[str, Value]) -> Sentence:
    key = "background.cobrand"
    if "left" in facts:
        case = "loss" if (facts["left"].value or 0) < 0 else "gain"
        return sentence(f"{key}.{case}", left=facts["left"])
    name = "before_licence" if "before_licence" in facts else "net"
    return sentence(f"{key}.{name}", left=facts[name])


def _more(facts: dict[str, Value], span: Period) -> tuple[Sentence, ...]:
    key = "background.cobrand"
    said = []
    if "licence" in facts:
        slots = {name: facts[name] for name in ("paid", "licence")}
        said.append(sentence(f"{key}.money", start=str(span.start), end=str(span.end), **slots))
    if "gap" in facts:
        low, high = facts["gap"].low or 0, facts["gap"].high or 0
        case = "new_more" if low > 0 else "new_fewer" if high < 0 else "new_alike"
        said.append(sentence(f"{key}.{case}", **{name: facts[name] for name in ("new", "new_others", "gap")}))
    if "taken" in facts:
        low, high = facts["taken"].low or 0, facts["taken"].high or 0
        case = "taken_sure" if low > 0 else "taken_none" if high < 0.1 else "taken_open"
        said.append(sentence(f"{key}.{case}", taken=facts["taken"]))
    return tuple(said)


def _verdict(facts: dict[str, Value]) -> str:
    """Whether it pays: a loss stays one whatever was cannibalised, a gain only if little enough was."""
    if "left" not in facts:
        return "open"
    left, fee = facts["left"].value or 0, -(facts["licence"].value or 0)
    if left < 0:
        return "fails"
    taken = facts["taken"].high if "taken" in facts else None
    return "open" if taken is None else "holds" if (left + fee) * (1 - min(max(taken, 0), 1)) > fee else "open"


def _action(facts: dict[str, Value]) -> Sentence | None:
    loss = "left" in facts and (facts["left"].value or 0) < 0
    return sentence("background.cobrand.act", left=facts["left"], licence=facts["licence"]) if loss else None


def _gaps(report: Report, facts: dict[str, Value]) -> tuple[Gap, ...]:
    found = []
    if "costs" not in facts:
        found.append(report.gap(CLAIM, "no_cost", "CST"))
    elif "licence" not in facts:
        found.append(report.gap(CLAIM, "missing_file", "CST", what=Label("plateau_what", "licence")))
    if "gap" not in facts:
        found.append(report.gap(CLAIM, "no_buyer", "MEM", what=Label("plateau_what", "new_buyers")))
    return tuple(found)
