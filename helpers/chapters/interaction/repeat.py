"""Whether first-time buyers come back, and how soon."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import lines, members
from helpers.chapters.interaction import second
from helpers.chapters.values import ranged
from helpers.findings import Answer, Gap, Label, Sentence, Table, Value
from helpers.methods.intervals import Interval
from helpers.methods.survival import kaplan_meier
from helpers.report import Report, for_all_pages, sentence, table

CLAIM = "4.3.1c"
NEAR, FAR = 30, 90  # days; parts of the fact ids
COHORTS = {
    "cohort": "text",
    "first_buyers": "count",
    **dict.fromkeys(["repeat_30", "repeat_90", "low", "high"], "ratio"),
}


@for_all_pages
def repeat(report: Report) -> Answer:
    """Share of first-time buyers with a second paid order within 30 and 90 days, each buyer counted as long as seen.

    Tables: ``cohorts`` one row per quarter of the first order: ``first_buyers``, ``repeat_30``, ``repeat_90`` with
    ``low`` and ``high``; ``curves`` the share by day since the first order, for the latest quarters.
    """
    orders = members.history(report)
    if not len(orders):
        return report.gap(CLAIM, "no_buyer", "MEM")
    since = orders["paid_at"].min().date()
    start = since + timedelta(int(report.threshold("first_order_days")))
    buyers = second.buyers(orders, report.seen.end)
    buyers = buyers[buyers["first"] >= pd.Timestamp(start)]
    if not _told(report, buyers, NEAR):
        return _short(report, since)
    cohorts = _cohorts(report, buyers)
    values = _values(report, buyers, cohorts, orders)
    verdict = _verdict(values)
    far = values.get("repeat_90")
    return report.finding(
        CLAIM,
        _headline(values),
        more=tuple(_more(report, values, since, start)),
        values=values,
        tables={"cohorts": table(cohorts, COHORTS, n=len(buyers)), "curves": _curves(report, buyers)},
        verdict=verdict,
        stake=second.stake(report, buyers, far, values.get("target"), CLAIM) if far else None,
        action=sentence("interaction.repeat.act", half=values["half"])
        if verdict == "fails" and "half" in values
        else None,
    )


def _short(report: Report, since: date) -> Gap:
    have, need = (report.seen.end - since).days + 1, int(report.threshold("first_order_days")) + NEAR
    if have >= need:
        return report.gap(CLAIM, "too_few", "MEM", what=Label("interaction_open", "first_buyers"))
    held = report.value("interaction.history_days", max(have, 0), CLAIM, [members.source(report)])
    wanted = report.value("interaction.history_days/base=target", need, CLAIM, [])
    return report.gap(CLAIM, "no_history", "MEM", have=held, need=wanted)


def _curve(report: Report, buyers: Any) -> Any:
    """Share that has come back by each day on which somebody did, with ``low`` and ``high``; starts at day 0."""
    found = kaplan_meier(buyers["wait"], buyers["came"], report.threshold("level"))
    frame = pd.DataFrame({"share": 1 - found["survival"], "low": 1 - found["high"], "high": 1 - found["low"]})
    frame = frame.set_index(found["time"].astype(int))
    return frame if 0 in frame.index else pd.concat([pd.DataFrame(0.0, [0], frame.columns), frame])


def _told(report: Report, buyers: Any, day: int) -> bool:
    """Whether enough buyers, and not only the first of a quarter, have been followed for so many days."""
    return int((buyers["age"] >= day).sum()) >= _least(report, buyers)


def _least(report: Report, buyers: Any) -> float:
    """How many buyers must have been followed."""
    return max(report.threshold("few"), report.threshold("repeat_followed") * len(buyers))


def _at(report: Report, buyers: Any, curve: Any, day: int) -> Any:
    """Share, low and high at a day; NaN where it cannot be told."""
    told = _told(report, buyers, day)
    return curve.loc[:day].iloc[-1] if told else pd.Series(np.nan, ["share", "low", "high"])


def _cohorts(report: Report, buyers: Any) -> Any:
    """One row per quarter of the first order, oldest first; quarters with too few buyers are left out."""
    rows = []
    for cohort, part in buyers.groupby("cohort"):
        if len(part) >= report.threshold("few"):
            curve = _curve(report, part)
            near, far = (_at(report, part, curve, day) for day in (NEAR, FAR))
            rows.append([cohort, len(part), near["share"], *far])
    frame = pd.DataFrame(rows, columns=list(COHORTS))
    return frame.tail(int(report.threshold("repeat_cohorts"))).reset_index(drop=True)


def _values(report: Report, buyers: Any, cohorts: Any, orders: Any) -> dict[str, Value]:
    name, curve = members.source(report), _curve(report, buyers)
    found = {"buyers": report.value("interaction.first_buyers", len(buyers), CLAIM, [name])}
    for day in (NEAR, FAR):
        at = Interval(*_at(report, buyers, curve, day))
        if at.estimate == at.estimate:
            id = f"interaction.repeat_by_day/day={day}"
            found[f"repeat_{day}"] = ranged(report, id, at, CLAIM, [name], len(buyers))
    far = float(found["repeat_90"].value or 0) if "repeat_90" in found else 0
    if far > 0:
        half = float(curve.index[curve["share"] >= far / 2][0])
        found["half"] = report.value("interaction.repeat_half_day", half, CLAIM, [name], n=len(buyers))
    bar = report.target("repurchase")
    if bar is not None:
        found["target"] = report.value("interaction.repeat_by_day/base=target", bar, CLAIM, ["targets"])
    came = buyers[buyers["came"]]
    if len(came):
        same = float((came["wait"] == 0).mean())
        found["same_day"] = report.value("interaction.repeat_same_day", same, CLAIM, [name], n=len(came))
    here = lines.paid(report)["order_id"].unique()
    if len(here):
        known = float((pd.Index(orders["order_id"].unique()).get_indexer(here) >= 0).mean())
        found["known"] = report.value("interaction.buyers_known", known, CLAIM, [name, "orders"], n=len(here))
    return found | _latest(report, cohorts, name)


def _latest(report: Report, cohorts: Any, name: str) -> dict[str, Value]:
    """The two newest quarters whose 90 days can be told."""
    judged = cohorts.dropna(subset=["repeat_90"]).tail(2)
    found = {}
    for place, row in zip(["newest", "before"], list(judged.itertuples())[::-1], strict=False):
        id = f"interaction.repeat_by_cohort/cohort={row.cohort}"
        found[place] = report.value(id, row.repeat_90, CLAIM, [name], n=row.first_buyers, low=row.low, high=row.high)
    return found


def _curves(report: Report, buyers: Any) -> Table:
    """One row per day and quarter, as far as enough buyers of the quarter have been followed."""
    last, rows = int(report.threshold("repeat_curve_days")), []
    for cohort in sorted(buyers["cohort"].unique())[-int(report.threshold("repeat_curves")) - 1 :]:
        part = buyers[buyers["cohort"] == cohort]
        ages, least = part["age"].to_numpy(), _least(report, part)
        seen = [day for day in range(last + 1) if (ages >= day).sum() >= least]
        if len(seen) > NEAR:
            shares = _curve(report, part)["share"].reindex(seen, method="ffill")
            rows.append(pd.DataFrame({"day": [str(day) for day in seen], "cohort": cohort, "share": shares.to_numpy()}))
    chosen = rows[-int(report.threshold("repeat_curves")) :]
    frame = pd.concat(chosen, ignore_index=True) if chosen else pd.DataFrame(columns=["day", "cohort", "share"])
    drawn = int(buyers["cohort"].isin(frame["cohort"].unique()).sum())
    return table(frame, {"day": "text", "cohort": "text", "share": "ratio"}, n=drawn)


def _verdict(values: dict[str, Value]) -> str:
    far, bar = values.get("repeat_90"), values.get("target")
    if far is None or bar is None or bar.value is None or far.low is None or far.high is None:
        return ""
    return "holds" if far.low >= bar.value else "fails" if far.high < bar.value else "open"


def _between(new: Value, old: Value) -> Sentence:
    case = "up" if (new.low or 0) > (old.high or 1) else "down" if (new.high or 1) < (old.low or 0) else "alike"
    names = {"cohort": new.id.rpartition("=")[2], "earlier": old.id.rpartition("=")[2]}
    return sentence(f"interaction.repeat.cohort_{case}", new=new, old=old, **names)


def _headline(values: dict[str, Value]) -> Sentence:
    if "repeat_90" not in values:
        return sentence("interaction.repeat.near", near=values["repeat_30"])
    slots = {"far": values["repeat_90"]} | ({"target": values["target"]} if "target" in values else {})
    return sentence("interaction.repeat.found", **slots)


def _more(report: Report, values: dict[str, Value], since: date, start: date) -> list[Sentence]:
    shown = values.get("repeat_90", values["repeat_30"])
    said = [
        sentence(
            "interaction.repeat.basis",
            buyers=values["buyers"],
            start=f"{start}",
            until=f"{report.seen.end}",
            share=shown,
        ),
        sentence("interaction.repeat.censored", since=str(since), days=int(report.threshold("first_order_days"))),
    ]
    if "half" in values:
        said.insert(0, sentence("interaction.repeat.speed", near=values["repeat_30"], half=values["half"]))
    if "before" in values:
        said.append(_between(values["newest"], values["before"]))
    if "same_day" in values and (values["same_day"].value or 0) >= report.threshold("repeat_same_day"):
        said.append(sentence("interaction.repeat.same_day", share=values["same_day"]))
    if "known" in values and (values["known"].value or 0) < report.threshold("buyers_known"):
        said.append(sentence("interaction.repeat.known", known=values["known"]))
    if "target" in values and "repeat_90" in values:
        said.append(
            sentence(
                "interaction.repeat.target",
            )
        )
    return said
