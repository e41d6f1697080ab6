"""Lucky bags for members and coupons for sleepers: what they added, read against members held out."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import members, values
from helpers.chapters.background import sleepers
from helpers.chapters.background.heldout import Trial, campaigns, held_out, trial, uneven
from helpers.findings import Answer, Gap, Label, Sentence, Value
from helpers.report import FEN, Report, sentence, table

BAG, WAKE = "1.3.3b", "1.3.3c"
WAKING = ("coupon", "sms", "call", "group", "benefit")
FILES = ("member_touches", "members")
UNITS = {
    "touch_arm": "label:touch_arm",
    "touch_members": "count",
    "touch_ordered": "ratio",
    "touch_paid": "money",
    "touch_cost": "money",
    "touch_left": "money",
}


def lucky_bags(report: Report) -> Answer:
    """What the latest lucky bag left per member after its cost, as the difference to the members held out.

    Table ``bag``: one row per arm: members, share that ordered in the days after, money paid, cost and what was left
    of it a member.
    """
    gap = _missing(report, BAG)
    if gap is not None:
        return gap
    rows = [part for part in campaigns(report) if (part["touch"] == "bag").any()]
    judged = [part for part in rows if held_out(report, part)]
    if not judged:
        return _none(report, BAG, rows)
    found = trial(report, judged[0])
    facts = _facts(report, found, BAG)
    return report.finding(
        BAG,
        sentence(f"background.lucky_bags.{_case(report, found)}", **_slots(facts, "left", "past")),
        more=_more(report, found, facts),
        values=facts,
        tables={"bag": table(_frame(found), UNITS, n=int(found.arms["members"].sum()))},
        verdict=_verdict(report, found),
        action=_action(report, found, facts, BAG),
    )


def wake_up(report: Report) -> Answer:
    """From which silence on a buyer sleeps, and what the latest coupon for sleepers left per member after its cost.

    Table ``silence``: one row per length of silence: how many of those who were silent so long still came back within
    the next days by themselves, with interval, and how many buyers are that silent now.
    """
    orders = members.until(report)
    if not len(orders):
        return report.gap(WAKE, "no_buyer", "MEM")
    frame = sleepers.silence(report, orders)
    line = sleepers.sleep_line(report, frame)
    if line is None:
        return report.gap(WAKE, "no_history", "MEM")
    chosen = [part for part in campaigns(report) if part["touch"].isin(WAKING).any() and held_out(report, part)]
    trials = (trial(report, part) for part in chosen)
    found = next((one for one in trials if one.silent >= report.threshold("wake_silent_days")), None)
    facts = sleepers.facts(report, frame, line, WAKE)
    facts |= _facts(report, found, WAKE) if found else {}
    key = "background.wake_up"
    case, slots = (
        ("no_test", _slots(facts, "back")) if found is None else (_case(report, found), _slots(facts, "left", "past"))
    )
    said = [sentence(f"{key}.line", days=line, **_slots(facts, "back", "asleep"))]
    return report.finding(
        WAKE,
        sentence(f"{key}.{case}", days=line, **slots),
        more=(*said, *(_more(report, found, facts) if found else ())),
        values=facts,
        tables={"silence": table(frame, sleepers.UNITS, n=int(frame["silent_members"].sum()))},
        verdict=_verdict(report, found) if found else "",
        action=_action(report, found, facts, WAKE) if found else None,
        gaps=() if found else (_none(report, WAKE, campaigns(report)),),
    )


def _missing(report: Report, claim: str) -> Gap | None:
    if not members.source(report):
        return report.gap(claim, "no_buyer", "MEM")
    if not len(report.every("member_touches")):
        return report.gap(claim, "missing_file", "MEM", what=Label("members_what", "touches"))
    return None


def _none(report: Report, claim: str, rows: list[Any]) -> Gap:
    """Without a campaign, or with one of which nobody was held out."""
    why, what = ("no_experiment", "held_out") if rows else ("no_rows", "campaign")
    if not len(report.every("member_touches")):
        why, what = "missing_file", "touches"
    return report.gap(claim, why, "MEM", what=Label("members_what", what))


def _slots(facts: dict[str, Value], *names: str) -> dict[str, Any]:
    return {name: facts[name] for name in names if name in facts}


def _verdict(report: Report, found: Trial) -> str:
    return "open" if uneven(found) else values.by_chance(report, found.chance)


def _case(report: Report, found: Trial) -> str:
    if uneven(found):
        return "uneven"
    verdict, likely = values.by_chance(report, found.chance), report.threshold("likely")
    if verdict == "open":
        return "likely" if found.chance >= likely else "unlikely" if found.chance <= 1 - likely else "open"
    return "pays" if verdict == "holds" else "loses"


def _facts(report: Report, found: Trial, claim: str) -> dict[str, Value]:
    campaign, sizes = f"campaign={found.name}", found.arms["members"].astype(int)
    n = int(sizes.sum())

    def born(id: str, value: float, count: int = n, **ends: Any) -> Value:
        make = report.money if id in ("paid", "left", "cost", "even_cost") else report.value
        return make(f"background.touch_{id}/{campaign}", value, claim, FILES, n=count, **ends)

    ordered, paid, left = found.ordered, found.paid, found.left
    made = {
        "left": born("left", left.difference, low=left.low, high=left.high),
        "chance": born("pays", found.chance),
        "paid": born("paid", paid.difference, low=paid.low, high=paid.high),
        "more": born("more", ordered.difference * 100, low=ordered.low * 100, high=ordered.high * 100),
        "cost": born("cost", float(found.arms.at["treated", "cost"])),
        "kept": born(f"kept_{found.kept[1]}", found.kept[0]),
        "past": born("past", found.past),
    }
    for arm in sizes.index:
        hits = int(round(found.arms.at[arm, "ordered"] * sizes[arm]))
        id = f"background.touch_ordered/{campaign}&arm={arm}"
        made[arm] = values.rated(report, id, hits, int(sizes[arm]), claim, FILES)
    if found.used:
        gross = found.left.difference + float(found.arms.at["treated", "cost"])
        made["even_cost"] = born("even_cost", gross * int(sizes["treated"]) / found.used, found.used)
    return made


def _more(report: Report, found: Trial, facts: dict[str, Value]) -> tuple[Sentence, ...]:
    key, clear = (
        "background.touches",
        "more" if found.ordered.low > 0 else "fewer" if found.ordered.high < 0 else "alike",
    )
    days = int(report.threshold("touch_days"))
    said = [sentence(f"{key}.{clear}", name=found.name, days=days, **_slots(facts, "treated", "held_out", "more"))]
    said.append(sentence(f"{key}.money_{found.kept[1]}", **_slots(facts, "paid", "kept", "cost", "left", "chance")))
    basis = "uneven" if uneven(found) else "basis"
    past = int(report.threshold("touch_past_days"))
    said.append(
        sentence(
            f"{key}.{basis}",
            name=found.name,
            day=f"{found.day:%Y-%m-%d}",
            past_days=past,
            **_slots(facts, "left", "past"),
        )
    )
    return tuple(said)


def _action(report: Report, found: Trial, facts: dict[str, Value], claim: str) -> Sentence | None:
    kind = "bag" if claim == BAG else "wake"
    if uneven(found):
        return None
    verdict = values.by_chance(report, found.chance)
    if verdict == "fails" and "even_cost" in facts and (facts["even_cost"].value or 0) > 0:
        return sentence(f"background.touches.{kind}_cheaper", even=facts["even_cost"])
    return (
        sentence(f"background.touches.{kind}_stop" if verdict == "fails" else "background.touches.keep")
        if verdict != "open"
        else None
    )


def _frame(found: Trial) -> Any:
    yuan = found.arms[["paid", "cost", "left"]] / FEN
    frame = pd.DataFrame({"touch_arm": found.arms.index, "touch_members": found.arms["members"].to_numpy()})
    frame["touch_ordered"] = found.arms["ordered"].to_numpy()
    for name in ("paid", "cost", "left"):
        frame[f"touch_{name}"] = np.round(yuan[name].to_numpy(), 2)
    return frame
