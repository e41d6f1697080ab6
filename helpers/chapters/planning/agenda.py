"""What to do next month: findings with money and an action, the dearest first, and the target gap over the levers."""

from datetime import timedelta
from typing import Any

import pandas as pd

from helpers.chapters import background, diagnosis, interaction, marketing, mature, sales
from helpers.chapters.planning.month import monthly_target
from helpers.definitions import deck, files, metrics
from helpers.findings import Answer, Finding, Sentence, Value
from helpers.methods.allocation import cascade
from helpers.period import month_of
from helpers.report import FEN, Report, sentence, table

CLAIM = "6.3"
SOURCES = (background, sales, marketing, interaction, diagnosis)
PLAN = {
    "claim": "text",
    "to_do": "said",
    "watch": "text",
    "baseline": "said",
    "stake": "money",
    "stake_low": "money",
    "stake_high": "money",
    "check": "date",
}
SPLIT = {"claim": "text", "question": "text", "stake": "money", "share": "ratio", "gap_part": "money"}


def actions(report: Report) -> Answer:
    """One row per finding that has both money at stake and something to do about it, the dearest first.

    Tables: ``plan`` what to do, the figure to watch with its value now, money a month with its range, and the day on
    which next month's report can check it; ``split`` next month's target gap over the levers that raise sales, by
    stake, to the fen.
    """
    found = [answer for source in SOURCES for answer in source.findings(report)]
    priced = {answer.claim: answer for answer in found if answer.action and answer.stake and answer.stake.value}
    if not priced:
        return report.gap(CLAIM, "no_stakes", "CST", "BMK", "TGT")
    dear = sorted(priced.values(), key=lambda answer: (-_worth(answer), answer.claim))
    levers = files.toml(files.find("groups/levers.toml", report.shop))
    plan = pd.DataFrame([_row(report, answer, levers.get(answer.claim, {})) for answer in dear])
    first = dear[0].stake
    assert first is not None
    count = report.value("planning.actions", len(plan), CLAIM, ["orders"])
    raising = [answer for answer in dear if levers.get(answer.claim, {}).get("raises_sales")]
    split, more, gap = _split(report, raising)
    return report.finding(
        CLAIM,
        sentence("planning.actions.found", count=count, first=first),
        more=(sentence("planning.actions.overlap"), *more),
        values={"count": count, **gap},
        tables={"plan": table(plan, PLAN)} | ({"split": table(split, SPLIT)} if len(split) else {}),
    )


def _worth(answer: Finding) -> float:
    return float(answer.stake.value or 0) if answer.stake else 0.0


def _row(report: Report, answer: Finding, lever: dict[str, Any]) -> dict[str, Any]:
    stake = answer.stake
    assert stake is not None
    watched = _watched(answer, lever) or stake
    check = month_of(report.period.end + timedelta(1)).end + timedelta(1)
    return {
        "claim": answer.claim,
        "to_do": answer.action,
        "watch": metrics.load(report.shop)[watched.id.partition("/")[0]].name[report.lang],
        "baseline": watched,
        "stake": stake.value,
        "stake_low": stake.low,
        "stake_high": stake.high,
        "check": pd.Timestamp(check),
    }


def _watched(answer: Finding, lever: dict[str, Any]) -> Value | None:
    """The value that the lever's entry names; labels of the action stand in for ``{slots}`` of the name."""
    if "watch" not in lever or answer.action is None:
        return None
    keys = {name: getattr(slot, "key", slot) for name, slot in answer.action.slots.items()}
    return answer.values.get(lever["watch"].format_map(keys))


def _split(report: Report, levers: list[Finding]) -> tuple[Any, tuple[Sentence, ...], dict[str, Value]]:
    """One row per lever with its part of next month's gap, what must be said of it, and its facts."""
    month = monthly_target(report)
    gap = month.values.get("gap") if isinstance(month, Finding) else None
    if gap is None or gap.value is None:
        return pd.DataFrame(), (), {}
    if not gap.value or not levers:
        return pd.DataFrame(), (sentence(f"planning.actions.{'no_gap' if not gap.value else 'no_lever'}", gap=gap),), {}
    weights = [_worth(answer) for answer in levers]
    parts = cascade(round(gap.value * FEN), weights)
    words, rows, values = deck.claims(), [], {"gap": gap}
    for answer, weight, part in zip(levers, weights, parts, strict=True):
        fact = f"planning.gap_part/claim={answer.claim}"
        values[f"part.{answer.claim}"] = report.money(fact, int(part), CLAIM, ["orders", "targets"])
        row = {"claim": answer.claim, "question": words[answer.claim].words[report.lang], "stake": weight}
        rows.append(row | {"share": weight / sum(weights), "gap_part": int(part) / FEN})
    said, extra = _enough(report, gap, sum(weights))
    return pd.DataFrame(rows), (sentence("planning.actions.split", gap=gap), *said), values | extra


def _enough(report: Report, gap: Value, most: float) -> tuple[tuple[Sentence, ...], dict[str, Value]]:
    """Whether the levers together, overlap and all, could fill the gap once it is counted as they are."""
    share, basis = mature.kept_share(report)
    if basis == "paid" or share <= 0:
        return (), {}
    tables = [name for name in ("orders", "after_sales", "costs", "targets") if report.has(name) or name == "targets"]
    worth = report.value("planning.gap_worth", float(gap.value or 0) * share, CLAIM, tables)
    total = report.value("planning.levers_most", most, CLAIM, tables)
    case = "short" if most < float(worth.value or 0) else "enough"
    return (sentence(f"planning.actions.{case}", worth=worth, most=total),), {"worth": worth, "most": total}
