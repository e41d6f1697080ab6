"""Logged split tests: which there are, what each arm counted, and what may be read from it."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from helpers.definitions import files
from helpers.methods.experiments import ReadOut, read_out, units_needed
from helpers.methods.intervals import Difference, benjamini_hochberg, clustered_ratio, proportion_test
from helpers.methods.ratios import ratio_difference
from helpers.report import Report

TOPICS = ("policy", "creative")
TURNS = ("product", "day", "session")  # what is split when arms take turns: each row of the log is one unit
READ = ("better", "worse", "alike", "open", "harm")  # verdicts of arms that could be read
UNKNOWN = Difference(*[np.nan] * 5)
COUNTED = {"clicks": ("clicks", "impressions"), "orders": ("orders", "clicks")}


@dataclass(frozen=True)
class Side:
    """What one arm of a test counted, one entry per turn where the arms took turns.

    ``hits``, ``base``: numerator (in fen where ``money``) and denominator of the metric; ``guard``: numerator of the
    guardrail; ``units``: how many were split into the arm; ``planned``: its share; ``spend`` in fen. NaN where unknown.
    """

    arm: str
    hits: Any
    base: Any
    guard: Any
    units: float
    planned: float
    spend: float
    money: bool

    @property
    def rate(self) -> float:
        """Numerator by denominator over all turns."""
        total = float(self.base.sum())
        return float(self.hits.sum()) / total if total > 0 else np.nan

    @property
    def size(self) -> float:
        """Independent cases: the denominator, but no more than units were split, since one unit may count often."""
        return float(np.fmin(self.base.sum(), self.units))


@dataclass(frozen=True)
class Trial:
    """One arm of a test against its control.

    Parameters
    ----------
    effect : Difference
        Arm less control, in the unit and direction of the metric; its p is adjusted for all arms read beside it.
    verdict : str
        uncounted, uneven (units reached the arms in other shares than planned), early, stopped, budget (money did),
        harm (the guardrail broke), better, worse, alike (no change that would matter), or open.
    guarded : str
        Of the guardrail: holds, broken, open; empty where the log has none.
    harm, margin : Difference and float
        Rate of the guardrail less that of the control, and how much of it is still accepted; NaN where there is none.
    needed : float
        Units per arm that would find the smallest change that matters; NaN where the log does not state one.
    """

    test: str
    name: str
    metric: str
    guardrail: str
    start: Any
    end: Any
    side: Side
    control: Side
    effect: Difference
    verdict: str
    guarded: str
    harm: Difference
    margin: float
    needed: float

    @property
    def key(self) -> str:
        """The arm among all arms of all tests."""
        return f"{self.test}:{self.side.arm}"


def read(report: Report, topic: str) -> list[Trial]:
    """Each arm of the tests of a topic that ran lately against its control, latest test first.

    A test is read once, at its planned end, and only if its units reached the arms as planned; one of creatives only if
    its money did too. What is found is held to the number of arms that are read.
    """
    rows = logged(report, topic)
    found = [arm for _, test in rows.groupby("test_id", sort=False) for arm in _arms(report, test, topic)]
    asked = [trial.effect.p if trial.verdict in READ else np.nan for trial in found]
    adjusted = benjamini_hochberg(asked)
    sure = 1 - report.threshold("level")
    for at, p in enumerate(adjusted):
        lucky = found[at].verdict in ("better", "worse") and p >= sure
        effect = found[at].effect._replace(p=float(p))
        found[at] = replace(found[at], effect=effect, verdict="open" if lucky else found[at].verdict)
    return found


def logged(report: Report, topic: str) -> Any:
    """Rows of the log on a topic: tests that began by the end of the period and ended not long before its start."""
    rows = report.every("experiments")
    rows = rows[rows["start"].notna() & (rows["state"] != "planned")] if len(rows) else rows
    if not len(rows):
        return rows
    first = pd.Timestamp(report.seen.start) - pd.Timedelta(days=report.threshold("trial_days"))
    by = rows.groupby("test_id")
    whole = rows.assign(first=by["start"].transform("min"), last=by["end"].transform("max"))
    lately = (whole["first"] < _after(report)) & ~(whole["last"] < first)
    about = whole["test_id"].map({test: _topic(report, part) for test, part in by})
    return whole[lately & (about == topic)].sort_values(["last", "test_id", "start"], ascending=[False, True, True])


def uncontrolled(report: Report, topic: str) -> int:
    """Tests of the topic in which no arm is marked as the control: nothing can be read from them."""
    rows = logged(report, topic)
    return int((~(rows["control"] == "yes").groupby(rows["test_id"]).any()).sum()) if len(rows) else 0


def _after(report: Report) -> Any:
    return pd.Timestamp(report.seen.end) + pd.Timedelta(days=1)


def _words(report: Report) -> dict[str, list[str]]:
    return files.toml(files.find("groups/trials.toml", report.shop))


def _topic(report: Report, test: Any) -> str:
    """Topic by the words of the test's name, else by those of its metric; empty where none tells."""
    known = _words(report)
    texts = [text for column in ("name", "metric") for text in test[column].dropna().head(1)]
    return next((topic for text in texts for topic in TOPICS if _has(text, known[topic])), "")


def _has(text: Any, listed: list[str]) -> bool:
    return any(word in text for word in listed)


def _arms(report: Report, test: Any, topic: str) -> list[Trial]:
    """The arms of one test but its control; none where no arm is marked as the control."""
    rows = _counted(report, test)
    control = rows.loc[rows["control"] == "yes", "arm"].head(1).tolist()
    sides = {arm: _side(part) for arm, part in rows.groupby("arm", sort=False)}
    return [_trial(report, rows, sides, arm, control[0], topic) for arm in sides if control and arm != control[0]]


def _counted(report: Report, test: Any) -> Any:
    """Rows of a test; what the log leaves out comes from the ad report of the arm's object, where there is one."""
    known, ads = _words(report), report.every("ads")
    rows = test.assign(spend=test["cost_fen"].astype("float64"))
    pair = next((pair for word, pair in COUNTED.items() if _has(str(test["metric"].iloc[0]), known[word])), None)
    for at, row in rows[rows["object_id"].isin(ads["object_id"].unique())].iterrows() if len(ads) else ():
        seen = ads[(ads["object_id"] == row["object_id"]) & ads["day"].between(row["start"].normalize(), row["end"])]
        rows.loc[at, "spend"] = float(seen["spend_fen"].sum())
        if pair and pd.isna(row["base"]) and pd.isna(row["hits"]):
            rows.loc[at, ["hits", "base"]] = [seen[name].sum() for name in pair]
    return rows


def _side(rows: Any) -> Side:
    money = bool(rows["hits"].isna().all() and rows["amount_fen"].notna().any())
    numbers = rows[["base", "units", "allocation", "spend", "guard_hits"]].astype("float64")
    turns = bool(rows["unit"].isin(TURNS).all())
    return Side(
        str(rows["arm"].iloc[0]),
        rows["amount_fen" if money else "hits"].to_numpy(dtype="float64", na_value=np.nan),
        numbers["base"].to_numpy(),
        numbers["guard_hits"].to_numpy(),
        float(len(rows)) if turns else float(numbers["units"].sum(min_count=1)),
        float(numbers["allocation"].iloc[0]),
        float(numbers["spend"].sum(min_count=1)),
        money,
    )


def _trial(report: Report, rows: Any, sides: dict[Any, Side], arm: Any, control: Any, topic: str) -> Trial:
    side, other, first = sides[arm], sides[control], rows.iloc[0]
    sign = -1 if _has(str(first["metric"]), _words(report)["lower"]) else 1
    effect, guards = _difference(side, side.hits, other, other.hits), _guards(report, side, other)
    rise = sign * other.rate * float(next(iter(rows["least_effect"].dropna().abs()), np.nan))
    over = bool(rows["last"].iloc[0] < _after(report))
    shares = [one.planned for one in sides.values()]
    units = [one.units for one in sides.values()]
    found = read_out(_turned(effect, sign), units, over, None if np.isnan(shares).any() else shares, guards)
    return Trial(
        str(first["test_id"]),
        str(next(iter(rows["name"].dropna()), first["test_id"])),
        str(first["metric"]),
        str(next(iter(rows["guardrail"].dropna()), "")),
        first["first"],
        first["last"],
        side,
        other,
        effect,
        _verdict(report, found, rows, sides, effect, rise, topic),
        found.guards.get("guard", ""),
        *guards.get("guard", (UNKNOWN, np.nan)),
        np.nan if side.money or len(side.base) > 1 else units_needed(other.rate, rise),
    )


def _verdict(report: Report, found: ReadOut, rows: Any, sides: Any, effect: Any, rise: float, topic: str) -> str:
    """The first reason not to read the arm, else what it says; a change that would matter is ruled out or not."""
    if np.isnan(found.split) or np.isnan(effect.p):
        return "uncounted"
    if found.verdict == "early" or (rows["state"] == "stopped").any():
        return "stopped" if (rows["state"] == "stopped").any() else "early"
    if found.verdict != "uneven" and topic == "creative" and _uneven_money(report, sides):
        return "budget"
    beyond = effect.high < rise if rise > 0 else effect.low > rise
    return "alike" if found.verdict == "open" and beyond else found.verdict


def _uneven_money(report: Report, sides: dict[Any, Side]) -> bool:
    """Whether money reached the arms in clearly other shares than planned."""
    spent = np.array([one.spend for one in sides.values()])
    planned = np.array([one.planned for one in sides.values()])
    planned = np.ones(len(spent)) if np.isnan(planned).any() else planned
    if np.isnan(spent).any() or not spent.sum() > 0:
        return False
    off = spent / spent.sum() / (planned / planned.sum()) - 1
    return bool((np.abs(off) > report.threshold("trial_money_gap")).any())


def _difference(a: Side, hits: Any, b: Side, others: Any) -> Difference:
    """Rate of the first arm less that of the second: over turns where there are several, else over independent cases."""
    if min(len(hits), len(others)) > 1:
        return ratio_difference(clustered_ratio(hits, a.base), clustered_ratio(others, b.base))
    if a.money or not (a.size > 0 and b.size > 0):
        return UNKNOWN
    part, rest = float(hits.sum() / a.base.sum()), float(others.sum() / b.base.sum())
    return proportion_test(part * a.size, a.size, rest * b.size, b.size)


def _guards(report: Report, side: Side, other: Side) -> dict[str, tuple[Difference, float]]:
    """Harm to what must not get worse, and how much of it is still accepted; nothing where the log does not tell."""
    harm = _difference(side, side.guard, other, other.guard)
    if np.isnan(harm.difference):
        return {}
    return {"guard": (harm, report.threshold("trial_harm") * float(other.guard.sum() / other.base.sum()))}


def _turned(effect: Difference, sign: int) -> Difference:
    """The effect with above 0 as better."""
    if sign > 0:
        return effect
    return Difference(-effect.difference, -effect.high, -effect.low, -effect.z, effect.p)
