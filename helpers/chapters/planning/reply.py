"""Which share of conversations gets its first human reply in time, as far as means per agent and day can tell."""

from typing import Any

from helpers.chapters import interaction
from helpers.findings import Answer, Finding, Value
from helpers.methods.intervals import ratio_interval
from helpers.report import Report, sentence

CLAIM = "6.1.2d"
FILES = ("service_days",)


def reply(report: Report) -> Answer:
    """Conversations on agent-days whose mean first reply is within the bar, and bounds for single ones (6.1.2d).

    The export holds one mean per agent and day, so the share of conversations is only bounded; the verdict can be that
    the bar is missed, never that it is met.
    """
    asked = interaction.replies(report)
    if not isinstance(asked, Finding):
        return report.gap(CLAIM, asked.why, *asked.needs, **asked.slots)
    bar = report.target("reply_seconds")
    if bar is None:
        return report.gap(CLAIM, "no_target", "TGT")
    known = {name: asked.values[name] for name in ("mean", "target", "least", "in_3min") if name in asked.values}
    values = {"share": _share(report, bar), **known}
    verdict = "fails" if asked.verdict == "fails" else "open"
    case = "bounds" if "in_3min" in values else "bound"
    return report.finding(
        CLAIM,
        sentence(f"planning.reply.{verdict}", **values),
        more=(sentence("planning.reply.mean", **values), sentence(f"planning.reply.{case}", **values)),
        values=values,
        verdict=verdict,
        action=asked.action,
        gaps=(report.gap(CLAIM, "no_single_replies"),),
    )


def _share(report: Report, bar: float) -> Value:
    """Conversations of agent-days inside the bar over all; days are clusters, for agents of one day share its rush."""
    rows = report.table("service_days")
    rows = rows[(rows["sessions"] > 0) & rows["first_reply_seconds"].notna()]
    inside = rows["sessions"].where(rows["first_reply_seconds"] <= bar, 0)
    days = rows.assign(inside=inside).groupby("day")[["inside", "sessions"]].sum()
    found = ratio_interval(days["inside"], days["sessions"], report.threshold("level"))
    ends: dict[str, Any] = {"low": max(found.low, 0.0), "high": min(found.high, 1.0)}
    return report.value("planning.reply_share", found.estimate, CLAIM, FILES, n=int(rows["sessions"].sum()), **ends)
