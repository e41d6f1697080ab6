"""Numbers and rows of logged split tests, for every chapter that reads some."""

from typing import Any

import pandas as pd

from helpers.chapters import names
from helpers.chapters.trials import READ, Trial
from helpers.findings import Label, Sentence, Slot, Table, Value
from helpers.report import Report, sentence, table

TABLES = ("experiments", "ads")
UNITS = {
    "trial_name": "label:typed",
    "trial_arm": "label:typed",
    "n": "count",
    "trial_rate": "said",
    "trial_control_rate": "said",
    "effect_low": "points",
    "effect_high": "points",
    "trial_verdict": "label:trial_verdict",
}
POINTS = 100
FACTS = ("rate", "control", "effect", "needed", "harm", "margin", "cost")


def values(report: Report, trials: list[Trial], claim: str) -> dict[str, Value]:
    """Counts of tests, arms, arms that may be read and winners; rates and effect of each arm that may be read."""
    read = [trial for trial in trials if trial.verdict in READ]
    counts = {
        "tests": len({trial.test for trial in trials}),
        "arms": len(trials),
        "read": len(read),
        "better": sum(trial.verdict == "better" for trial in read),
        "higher": sum(trial.effect.difference > 0 for trial in read),
    }
    made = {name: report.value(f"trials.{name}", count, claim, TABLES, n=len(trials)) for name, count in counts.items()}
    for trial in read:
        made |= _facts(report, trial, claim)
    return made


def _facts(report: Report, trial: Trial, claim: str) -> dict[str, Value]:
    """Both rates, their difference, harm to the guardrail and extra cost, by ``<what>/<test>:<arm>``."""
    kind, scale = ("amount", 1) if trial.side.money else ("rate", POINTS)
    birth = report.money if trial.side.money else report.value
    end, n = f"arm={trial.key}", int(trial.side.size)
    effect = [part * scale for part in trial.effect[:3]]
    found = {
        "rate": birth(f"trials.{kind}/{end}", trial.side.rate, claim, TABLES, n=n),
        "control": birth(f"trials.control_{kind}/{end}", trial.control.rate, claim, TABLES, n=int(trial.control.size)),
        "effect": birth(f"trials.effect_{kind}/{end}", effect[0], claim, TABLES, n=n, low=effect[1], high=effect[2]),
        "needed": report.value(f"trials.needed/{end}", trial.needed, claim, TABLES, n=n),
        "margin": report.value(f"trials.margin/{end}", trial.margin * POINTS, claim, TABLES),
        "cost": report.money(f"trials.extra_cost/{end}", trial.side.spend - trial.control.spend, claim, TABLES, n=n),
    }
    harm = [part * POINTS for part in trial.harm[:3]]
    found["harm"] = report.value(f"trials.harm/{end}", harm[0], claim, TABLES, n=n, low=harm[1], high=harm[2])
    return {f"{name}/{trial.key}": value for name, value in found.items()}


def board(trials: list[Trial], values: dict[str, Value]) -> Table:
    """One row per arm: sizes, both rates, the interval of their difference in points, and what may be read."""
    rows = []
    for trial in trials:
        effect = values.get(f"effect/{trial.key}")
        shown = effect if effect is not None and effect.unit == "points" else None
        row: dict[str, Any] = {"trial_name": names.short(trial.name), "trial_arm": names.short(trial.side.arm)}
        row |= {"n": trial.side.size, "trial_rate": values.get(f"rate/{trial.key}")}
        row |= {"trial_control_rate": values.get(f"control/{trial.key}"), "trial_verdict": trial.verdict}
        row |= {"effect_low": shown and shown.low, "effect_high": shown and shown.high}
        rows.append(row)
    frame = pd.DataFrame(rows, columns=list(UNITS)).astype({"effect_low": "float64", "effect_high": "float64"})
    return table(frame, UNITS)


def slots(trial: Trial, values: dict[str, Value]) -> dict[str, Slot]:
    """What a sentence may say of an arm that was read."""
    found: dict[str, Slot] = {name: values[f"{name}/{trial.key}"] for name in FACTS}
    typed = {"arm": trial.side.arm, "metric": trial.metric, "guardrail": trial.guardrail, "name": trial.name}
    return found | {name: Label("typed", names.short(text)) for name, text in typed.items()}


def unread(trials: list[Trial], key: str) -> list[Sentence]:
    """One sentence for the first test of each kind that may not be read: broken split, budgets, stopped, unfinished."""
    found = []
    for verdict in ("uneven", "budget", "stopped", "uncounted", "early"):
        some = [trial for trial in trials if trial.verdict == verdict]
        if some:
            name = Label("typed", names.short(some[0].name))
            found.append(sentence(f"{key}.{verdict}", name=name, until=f"{some[0].end:%Y-%m-%d}"))
    return found
