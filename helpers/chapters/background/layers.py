"""Layers of buyers by how lately, how often and for how much they bought, and who moved between them in a month."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import members, values
from helpers.findings import Answer, Label, Sentence, Value
from helpers.methods.intervals import benjamini_hochberg, proportion_test
from helpers.report import Report, sentence, table

CLAIM = "1.3.3a"
LAYERS = ("core", "repeat", "new", "drifting", "asleep")
NOBODY = "nobody"  # no buyer a month ago
FLOWS = {
    "kept": (("core",), ("core",)),
    "second": (("new",), ("core", "repeat")),
    "back": (("drifting", "asleep"), ("core", "repeat")),
}


def layers(report: Report) -> Answer:
    """How many of the core buyers of a month ago are core still, who moved up or away, and whether that is unusual.

    Table ``moves``: one row per layer of a month ago, and one of those who had never bought: ``layer_members``, share of
    the money of the last half year, and which share is in each layer now; shares of fewer buyers than ``private`` are put
    together as ``moved_few``.
    """
    name, orders = members.source(report), members.until(report)
    if not len(orders):
        return report.gap(CLAIM, "no_buyer", "MEM")
    orders = orders[["paid_at", "amount_fen"]].assign(buyer=pd.factorize(orders["buyer_key"])[0])  # quicker than text
    ends = _ends(report)
    depth = pd.Timedelta(days=report.threshold("layer_sleep_days"))
    ends = [end for end in ends if orders["paid_at"].min() <= end - depth]
    if len(ends) < 2:
        return report.gap(CLAIM, "no_history", "MEM")
    states = [_states(report, orders, end) for end in ends]
    before, now = states[1], states[0]
    moves = [_moves(old, new) for new, old in zip(states[:-1], states[1:], strict=True)]
    facts = _facts(report, before, now, moves, name)
    frame = _frame(report, moves[0], before)
    if "kept" not in facts:
        return report.gap(CLAIM, "too_few", "MEM", what=Label("members_what", "core"))
    units = {"layer": "label:layer", "layer_members": "count", "layer_paid_share": "ratio"}
    units |= {column: "ratio" for column in frame.columns if column.startswith("moved_")}
    return report.finding(
        CLAIM,
        sentence("background.layers.found", **{key: facts[key] for key in ("core", "core_share", "core_paid", "kept")}),
        more=_more(report, facts, moves, ends),
        values=facts,
        tables={"moves": table(frame, units, n=len(now))},
    )


def _ends(report: Report) -> list[pd.Timestamp]:
    """The moment after the last day seen, and that of each month before."""
    last = pd.Timestamp(report.seen.end) + pd.Timedelta(days=1)
    return [last - pd.DateOffset(months=ago) for ago in range(int(report.threshold("layer_months")) + 2)]


def _states(report: Report, orders: Any, end: pd.Timestamp) -> Any:
    """One row per buyer at a moment: ``layer``, and ``amount_fen`` of the days that tell who is core."""
    rows = orders[orders["paid_at"] < end]
    recent = rows[rows["paid_at"] >= end - pd.Timedelta(days=report.threshold("layer_core_days"))]
    by, lately = rows.groupby("buyer"), recent.groupby("buyer")
    found = pd.DataFrame({"orders": by.size(), "last": by["paid_at"].max()})
    found["silent"] = (end - found["last"].dt.normalize()).dt.days
    found["recent"] = lately.size().reindex(found.index, fill_value=0)
    found["amount_fen"] = lately["amount_fen"].sum().reindex(found.index, fill_value=0.0)
    least = report.threshold("layer_core_amount") * float(np.nan_to_num(recent["amount_fen"].mean()))
    core = (found["recent"] >= report.threshold("layer_core_orders")) & (found["amount_fen"] >= least)
    active = found["silent"] <= report.threshold("layer_active_days")
    asleep = found["silent"] > report.threshold("layer_sleep_days")
    cases = [asleep, ~active, core, found["orders"] > 1]
    found["layer"] = np.select(cases, ["asleep", "drifting", "core", "repeat"], "new")
    return found[["layer", "amount_fen"]]


def _moves(before: Any, now: Any) -> Any:
    """Buyers by the layer of a month ago (rows, those who had never bought last) and the layer now (columns)."""
    was = before["layer"].reindex(now.index).fillna(NOBODY)
    counted = now.groupby([was, now["layer"]]).size().unstack(fill_value=0)
    return counted.reindex(index=[*LAYERS, NOBODY], columns=list(LAYERS), fill_value=0)


def _counts(moves: Any, flow: str) -> tuple[int, int]:
    """How many went the way of a flow, of how many that could."""
    start, goal = ([LAYERS.index(layer) for layer in part] for part in FLOWS[flow])
    went = moves.to_numpy()[start]
    return int(went[:, goal].sum()), int(went.sum())


def _facts(report: Report, before: Any, now: Any, moves: list[Any], name: str) -> dict[str, Value]:
    def born(id: str, value: float, n: int, **ends: Any) -> Value:
        return report.value(f"background.layer_{id}", value, CLAIM, [name], n=n, **ends)

    core, total, paid = now[now["layer"] == "core"], len(now), float(now["amount_fen"].sum())
    found = {
        "core": born("members/layer=core", len(core), total),
        "core_share": born("share/layer=core", len(core) / total, total),
    }
    if paid > 0:
        found["core_paid"] = born("paid_share/layer=core", float(core["amount_fen"].sum()) / paid, total)
    asleep = int((now["layer"] == "asleep").sum())
    found["asleep"] = born("members/layer=asleep", asleep, total)
    for flow in FLOWS:
        hits, n = _counts(moves[0], flow)
        if n >= report.threshold("few"):
            found[flow] = values.rated(report, f"background.layer_flow/flow={flow}", hits, n, CLAIM, [name])
            rates = [part / whole for part, whole in (_counts(one, flow) for one in moves[1:]) if whole]
            if len(rates) > 1:
                ends = {"low": min(rates), "high": max(rates)}
                id = f"flow_usual/flow={flow}"
                found[f"{flow}_usual"] = born(id, float(np.median(rates)), len(rates), **ends)
    return found


def _unusual(facts: dict[str, Value], moves: list[Any]) -> dict[str, str]:
    """Flows that lie outside all months before and differ from them by more than chance, with their side."""
    known = [flow for flow in FLOWS if f"{flow}_usual" in facts]
    pairs = [(_counts(moves[0], flow), np.sum([_counts(one, flow) for one in moves[1:]], axis=0)) for flow in known]
    p = benjamini_hochberg([proportion_test(*now, *then).p for now, then in pairs])
    found = {}
    for flow, chance in zip(known, p, strict=True):
        now, usual = facts[flow].value or 0.0, facts[f"{flow}_usual"]
        if chance < 0.05 and not (usual.low or 0) <= now <= (usual.high or 0):
            found[flow] = "up" if now > (usual.high or 0) else "down"
    return found


def _more(report: Report, facts: dict[str, Value], moves: list[Any], ends: list[Any]) -> tuple[Sentence, ...]:
    key = "background.layers"
    said = []
    unusual = _unusual(facts, moves)
    for flow in FLOWS:
        case = unusual.get(flow, "alike")
        if f"{flow}_usual" in facts and not (flow == "back" and case == "alike"):
            slots = {"now": facts[flow], "usual": facts[f"{flow}_usual"]}
            said.append(sentence(f"{key}.{flow}_{case}", months=len(moves) - 1, **slots))
    said.append(sentence(f"{key}.asleep", asleep=facts["asleep"]))
    rules = {name: int(report.threshold(f"layer_{name}")) for name in ("active_days", "sleep_days", "core_orders")}
    amount = int(report.threshold("layer_core_amount"))
    return (*said, sentence(f"{key}.basis", core=facts["core"], core_amount=amount, **rules))


def _frame(report: Report, moves: Any, before: Any) -> Any:
    """The table ``moves``; shares of few buyers stand in one column, so that nobody can be followed."""
    sizes = moves.sum(axis=1)
    few = (moves > 0) & (moves < report.threshold("private"))
    shares = moves.mask(few, 0).div(sizes.where(sizes > 0), axis=0)
    frame = shares.add_prefix("moved_")
    if few.to_numpy().any():
        frame["moved_few"] = moves.where(few, 0).sum(axis=1) / sizes.where(sizes > 0)
    paid = before.groupby("layer")["amount_fen"].sum() / (float(before["amount_fen"].sum()) or np.nan)
    frame.insert(0, "layer_members", sizes)
    frame.insert(1, "layer_paid_share", paid.reindex(frame.index))
    return frame[sizes > 0].rename_axis("layer").reset_index()
