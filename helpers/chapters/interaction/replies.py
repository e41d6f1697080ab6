"""How fast customer service answers first."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters.interaction.shared import unfinished
from helpers.chapters.values import ranged, rated
from helpers.findings import Answer, Label, Sentence, Value
from helpers.methods.intervals import Interval, ratio_interval
from helpers.period import Period
from helpers.report import Report, for_all_pages, sentence, table

CLAIM = "4.3.3a"
FILES = ["service_days"]
MEAN = "interaction.first_reply_seconds"
QUANTILES = {"p50": 0.5, "p90": 0.9}
PRINTED = {
    "conversations": "count", "agent_days": "count", "first_reply": "seconds", "low": "seconds", "high": "seconds",
    "days_in_target": "ratio", "reply_3min": "ratio",
}  # fmt: skip


@for_all_pages
def replies(report: Report) -> Answer:
    """Seconds to the first human reply, by agent and weekday, against the bar.

    The file holds one mean per agent and day, so the share of conversations inside the bar is only bounded from below.
    Tables ``agents`` and ``weekdays``: ``conversations``, ``agent_days``, ``first_reply`` (weighted by conversations)
    with ``low`` and ``high``, ``days_in_target`` (agent-days whose mean is inside), ``reply_3min``.
    """
    if not len(report.every("service_days")):
        return report.gap(CLAIM, "missing_file", "FGK")
    rows = _rows(report)
    if not len(rows):
        column = {"column": Label("columns", "first_reply")} if report.has("service_days") else {}
        return report.gap(CLAIM, "missing_column" if column else "no_rows", "FGK", **column)
    bar = report.target("reply_seconds")
    agents = _grouped(rows, "agent", bar)
    values = _values(report, rows, agents, bar)
    slow = _slowest(report, rows, agents)
    verdict = _verdict(values)
    return report.finding(
        CLAIM,
        sentence(f"interaction.replies.{_case(values, verdict)}", **_slots(values, "mean", "target")),
        more=(*_more(values, agents, slow), *_covered(report, rows), *unfinished(report)),
        values=values | slow,
        tables={
            "agents": table(agents, {"agent": "text", **PRINTED}, n=len(rows)),
            "weekdays": table(_grouped(rows, "weekday", bar), {"weekday": "label:weekday", **PRINTED}, n=len(rows)),
        },
        verdict=verdict,
        action=sentence("interaction.replies.act", agent=agents["agent"].iloc[0]) if slow else None,
        gaps=(report.gap(CLAIM, "not_measurable", what=Label("interaction_open", "reply_hours")),),
    )


def _rows(report: Report, period: Period | None = None) -> Any:
    """Agent-days with conversations and a first reply; ``agent`` is a code (A1, A2 …) by first day on file."""
    everyone = report.every("service_days").sort_values(["day", "agent_key"])["agent_key"].dropna().unique()
    codes = {key: f"A{place}" for place, key in enumerate(everyone, start=1)}
    rows = report.table("service_days", period)
    rows = rows[(rows["sessions"] > 0) & rows["first_reply_seconds"].notna()]
    sessions, seconds = rows["sessions"].astype("float64"), rows["first_reply_seconds"].astype("float64")
    return rows.assign(
        agent=rows["agent_key"].map(codes),
        weekday=rows["day"].dt.day_of_week.astype(str),
        sessions=sessions,
        seconds=seconds,
        waited=sessions * seconds,
        in_3min=sessions * rows["reply_3min_rate"].astype("float64"),
    )


def _mean(rows: Any, column: str = "waited") -> Interval:
    """Mean over conversations; days are clusters, for agents of one day share its rush."""
    days = rows[rows[column].notna()].groupby("day")[[column, "sessions"]].sum()
    return ratio_interval(days[column], days["sessions"])


def _grouped(rows: Any, by: str, bar: float | None) -> Any:
    found = []
    for name, part in rows.groupby(by):
        inside = np.nan if bar is None else float((part["seconds"] <= bar).mean())
        found.append([name, part["sessions"].sum(), len(part), *_mean(part), inside, _mean(part, "in_3min").estimate])
    frame = pd.DataFrame(found, columns=[by, *PRINTED])
    return frame if by == "weekday" else frame.sort_values("first_reply", ascending=False, ignore_index=True)


def _slowest(report: Report, rows: Any, agents: Any) -> dict[str, Value]:
    """The slowest agent and all others together, where the agent is surely slower; else nothing."""
    worst, rest = agents.iloc[0], rows[rows["agent"] != agents["agent"].iloc[0]]
    if not len(rest):
        return {}
    others = _mean(rest)
    if not worst["low"] > others.high:
        return {}
    n = int(rest["sessions"].sum())
    return {
        "slowest": report.notes.facts[f"{MEAN}/agent={worst['agent']}"],
        "others": ranged(report, f"{MEAN}/agent=others", others, CLAIM, FILES, n),
    }


def _values(report: Report, rows: Any, agents: Any, bar: float | None) -> dict[str, Value]:
    mean, fast, sessions = _mean(rows), _mean(rows, "in_3min"), int(rows["sessions"].sum())
    found = {"mean": ranged(report, MEAN, mean, CLAIM, FILES, sessions)}
    for name, share in QUANTILES.items():
        id = f"interaction.reply_quantile/share={name}"
        found[name] = report.value(id, _quantile(rows, share), CLAIM, FILES, n=len(rows))
    if fast.estimate == fast.estimate:
        found["in_3min"] = ranged(report, "interaction.reply_3min_rate", fast, CLAIM, FILES, sessions, ends=(0, 1))
    if bar is not None:
        found |= _against(report, rows, bar)
    base = report.base("previous")
    before = _rows(report, base) if base else rows.head(0)
    if len(before):
        n = int(before["sessions"].sum())
        found["mean.previous"] = ranged(report, f"{MEAN}/base=previous", _mean(before), CLAIM, FILES, n, base)
    for row in agents.itertuples():
        own = Interval(row.first_reply, row.low, row.high)
        found[f"agent.{row.agent}"] = ranged(
            report, f"{MEAN}/agent={row.agent}", own, CLAIM, FILES, int(row.conversations)
        )
    return found


def _against(report: Report, rows: Any, bar: float) -> dict[str, Value]:
    """The bar, agent-days inside it, and the least share of conversations inside it (Markov on each day's mean)."""
    hits = int((rows["seconds"] <= bar).sum())
    least = float(np.average((1 - rows["seconds"] / bar).clip(lower=0), weights=rows["sessions"])) if bar > 0 else 0.0
    sessions = int(rows["sessions"].sum())
    return {
        "target": report.value(f"{MEAN}/base=target", bar, CLAIM, ["targets"]),
        "days": rated(report, "interaction.reply_days_in_target", hits, len(rows), CLAIM, FILES),
        "least": report.value("interaction.reply_in_target_least", least, CLAIM, FILES, n=sessions),
    }


def _quantile(rows: Any, share: float) -> float:
    """The smallest agent-day mean that covers the share of conversations."""
    ordered = rows.sort_values("seconds")
    covered = ordered["sessions"].cumsum() / ordered["sessions"].sum()
    return float(ordered.loc[covered >= share - 1e-12, "seconds"].iloc[0])


def _verdict(values: dict[str, Value]) -> str:
    """Fails when the mean surely lies above the bar; holds when days with nine tenths of the replies lie inside it."""
    mean, bar, most = values["mean"], values.get("target"), values["p90"]
    if bar is None or bar.value is None or mean.low is None or mean.high is None:
        return "" if bar is None else "open"
    if mean.low > bar.value:
        return "fails"
    return "holds" if mean.high <= bar.value and (most.value or 0) <= bar.value else "open"


def _case(values: dict[str, Value], verdict: str) -> str:
    """The headline: the verdict, but a mean surely inside the bar is said even where the rest is open."""
    mean, bar = values["mean"], values.get("target")
    inside = bar is not None and mean.high is not None and mean.high <= (bar.value or 0)
    return "open_mean" if verdict == "open" and inside else verdict or "plain"


def _covered(report: Report, rows: Any) -> list[Sentence]:
    """A sentence where the file leaves out days at either end of the period."""
    first, last = rows["day"].min().date(), rows["day"].max().date()
    missing = max((first - report.seen.start).days, (report.seen.end - last).days)
    if missing <= report.threshold("service_grace_days"):
        return []
    return [sentence("interaction.replies.covered", first=f"{first}", last=f"{last}")]


def _more(values: dict[str, Value], agents: Any, slow: dict[str, Value]) -> list[Sentence]:
    said = [sentence("interaction.replies.spread", **_slots(values, "mean", "p50", "p90"))]
    if "days" in values:
        said.append(sentence("interaction.replies.bound", **_slots(values, "days", "least", "target")))
    if "in_3min" in values:
        said.append(sentence("interaction.replies.three", rate=values["in_3min"]))
    if "mean.previous" in values:
        said.append(_between(values["mean"], values["mean.previous"]))
    if slow:
        said.append(sentence("interaction.replies.slow", agent=agents["agent"].iloc[0], **slow))
    return said


def _between(now: Value, then: Value) -> Sentence:
    slower, faster = (now.low or 0) > (then.high or np.inf), (now.high or np.inf) < (then.low or 0)
    return sentence(
        f"interaction.replies.{'slower' if slower else 'faster' if faster else 'alike'}", now=now, then=then
    )


def _slots(values: dict[str, Value], *names: str) -> dict[str, Value]:
    return {name: values[name] for name in names if name in values}
