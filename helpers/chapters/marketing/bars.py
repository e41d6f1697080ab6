"""What the questions of this chapter share: bars and verdicts, what is missing."""

from typing import Any

from helpers.findings import Gap, Label, Sentence, Value
from helpers.report import Report, sentence


def judged(value: Value, bar: Value, few: float) -> str:
    """Verdict on "at least the bar": by the whole interval, open with few cases or none; empty without a bar."""
    if bar.value is None:
        return ""
    if value.low is None or value.high is None or (value.n or 0) < few:
        return "open"
    return "holds" if value.low >= bar.value else "fails" if value.high < bar.value else "open"


def target(report: Report, id: str, metric: str, claim: str) -> Value:
    """The bar of a metric as a fact ``<id>/base=target``, without a number where nobody has set it."""
    return report.value(f"{id}/base=target", report.target(metric), claim, ["targets"])


def known(values: dict[str, Value], *names: str) -> bool:
    """Whether all the named values exist and have a number."""
    return all(name in values and values[name].value is not None for name in names)


def moved(now: Value, before: Value) -> str:
    """``moved`` when the intervals of two periods lie apart, else ``alike``: what chance may have made is no change."""
    if now.low is None or now.high is None or before.low is None or before.high is None:
        return "alike"
    return "moved" if now.low > before.high or now.high < before.low else "alike"


def against_previous(values: dict[str, Value], name: str, key: str) -> list[Sentence]:
    """The sentence that sets a value beside the period before; none where there is none."""
    if not known(values, name, f"{name}.previous"):
        return []
    case = moved(values[name], values[f"{name}.previous"])
    return [sentence(f"{key}.{case}", now=values[name], previous=values[f"{name}.previous"])]


def slots(values: dict[str, Value], *names: str) -> dict[str, Any]:
    """Those of the named values that exist, by the last part of their name, for a sentence."""
    return {name.rpartition(".")[2]: values[name] for name in names if name in values}


def absent(report: Report, claim: str, name: str, code: str, *columns: str) -> Gap | None:
    """The gap of a table without rows in the period, or of the first empty column; None when all is there."""
    if not report.has(name):
        return report.gap(claim, "no_rows" if len(report.every(name)) else "missing_file", code)
    empty = [column for column in columns if report.table(name)[column].isna().all()]
    return report.gap(claim, "missing_column", code, column=Label("columns", empty[0])) if empty else None
