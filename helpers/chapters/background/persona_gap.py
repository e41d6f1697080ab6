"""The distance between a portrait of buyers and the people whom the shop wants, by label and by kind of label."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters.background.portraits import Portrait, bounds, plain, portrait, whole
from helpers.methods.intervals import bar_test, benjamini_hochberg
from helpers.report import Report

COLUMNS = [
    "label_kind", "portrait_label", "target", "buyers_share", "low", "high", "viewers_share", "persona_index",
    "against_target",
]  # fmt: skip


def wanted(report: Report) -> Any:
    """The target sheet as it held at the end of the period: kind, label, target (0-1)."""
    rows = report.every("target_audience")
    rows = rows[rows["valid_from"] <= pd.Timestamp(report.seen.end)] if len(rows) else rows
    if not len(rows):
        return rows
    rows = rows.assign(kind=rows["label_kind"].map(plain), target=rows["share"].astype("float64"))
    newest = rows.groupby("kind")["valid_from"].transform("max") == rows["valid_from"]
    return rows.loc[newest, ["kind", "label", "target"]].reset_index(drop=True)


def against(report: Report, here: Portrait, wanted: Any) -> Any:
    """The printed table; kinds of which a wanted label is not in the portrait are left out, never read as 0."""
    both = here.rows.merge(wanted, on=["kind", "label"], how="outer", indicator=True)
    unmatched = both.loc[both["_merge"] == "right_only", "kind"]
    both = both[both["kind"].isin(set(wanted["kind"]) - set(unmatched))]
    full = both.groupby("kind")["target"].transform("sum").sub(1).abs() <= 0.02
    found = both.assign(target=both["target"].fillna(0).where(full, both["target"])).dropna(subset=["target"])
    viewers = portrait(report, "viewers", here.span)
    known = {} if viewers is None else viewers.rows.set_index(["kind", "label"])["share"].to_dict()
    low, high = bounds(report, found["share"], here.people)
    found = found.assign(
        label_kind=found["kind"], portrait_label=found["label"], buyers_share=found["share"], low=low, high=high,
        viewers_share=[known.get(pair, np.nan) for pair in zip(found["kind"], found["label"], strict=True)],
        persona_index=found["share"] / found["target"].where(found["target"] > 0),
        against_target=_judged(report, here, found),
    )  # fmt: skip
    order = (found["share"] - found["target"]).abs().sort_values(ascending=False, kind="stable").index
    return found.loc[order, COLUMNS].reset_index(drop=True)


def _judged(report: Report, here: Portrait, found: Any) -> list[str]:
    """Whether each share lies above or below its target beyond chance, all labels asked at once."""
    n = here.people or 0
    pairs = list(zip(found["share"].astype(float), found["target"].astype(float), strict=True))
    chance = benjamini_hochberg([bar_test(share * n, n, target) for share, target in pairs])
    sure = 1 - report.threshold("level")
    few = [n * max(pair) < report.threshold("few") for pair in pairs]
    sides = ["above" if share > target else "below" for share, target in pairs]
    judged = zip(few, chance <= sure, sides, strict=True)
    return ["few" if small else side if differs else "within" for small, differs, side in judged]


def distance(share: Any, target: Any, n: float) -> tuple[float, float]:
    """Share of people who would have to carry another label, 0-1, and its standard error; n people share the labels out.

    Half the sum of absolute differences (total variation), its error by the delta method on multinomial shares.
    """
    gap, side = np.asarray(share) - np.asarray(target), np.sign(np.asarray(share) - np.asarray(target)) / 2
    spread = float((side**2 * share).sum() - float((side * share).sum()) ** 2)
    return float(np.abs(gap).sum() / 2), (max(spread, 0.0) / n) ** 0.5


def distances(here: Portrait, frame: Any) -> dict[str, tuple[float, float]]:
    """Distance and error of each kind whose labels share out all people, the farthest first."""
    found = {}
    for kind, rows in frame.groupby("label_kind", sort=False):
        parts = rows.rename(columns={"buyers_share": "share"})
        if whole(parts) and abs(rows["target"].sum() - 1) <= 0.02 and here.people:
            found[str(kind)] = distance(parts["share"].to_numpy(float), rows["target"].to_numpy(float), here.people)
    return dict(sorted(found.items(), key=lambda item: -item[1][0]))
