"""What buyers are interested in more, or less, than the platform's people: labels of their portrait."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters.background import portraits
from helpers.chapters.background.portraits import Portrait, portrait
from helpers.findings import Answer, Label, Sentence, Slot, Value
from helpers.methods.intervals import bar_test, benjamini_hochberg, proportion_test
from helpers.report import Report, sentence, table

CLAIM = "1.1.3c"
FILES = ("portraits", "orders", "members")
UNITS = {
    "label_kind": "label:portrait_kind", "portrait_label": "label:portrait_label", "buyers_share": "ratio",
    "base_share": "ratio", "platform_index": "multiple",
    "low": "multiple", "high": "multiple", "against_base": "label:against_base", "interest_change": "points",
}  # fmt: skip


def interests(report: Report) -> Answer:
    """Share of each interest label among buyers against the platform's people, and its change since the month before.

    Table ``interests``: one row per label with enough people, the farthest from the platform first: buyers, platform (share ÷
    TGI), index with interval, whether it differs beyond chance, change in points (empty where chance may explain it).
    """
    here = portrait(report, "buyers")
    if here is None:
        why = "no_rows" if len(report.every("portraits")) else "missing_file"
        return report.gap(CLAIM, why, "AUD", what=Label("gap_what", "interests"))
    rows = here.rows[here.rows["label_kind"].isin(portraits.labels(report, "interest"))]
    if not len(rows):
        return report.gap(CLAIM, "missing_column", "AUD", what=Label("gap_what", "interests"))
    rows = rows[rows["tgi"] > 0]
    if not len(rows):
        return report.gap(CLAIM, "missing_column", "AUD", column=Label("columns", "tgi"))
    frame = _frame(report, here, rows)
    if not len(frame):
        return report.gap(CLAIM, "too_few", "AUD", need=int(report.threshold("few")), n=here.people or 0)
    values = _values(report, here, frame)
    return report.finding(
        CLAIM,
        _headline(frame, values),
        more=tuple(_more(here, frame, values)),
        values=values,
        tables={"interests": table(frame, UNITS, n=here.people)},
    )


def _frame(report: Report, here: Portrait, rows: Any) -> Any:
    """The printed table; labels that too few buyers carry are left out."""
    n = here.people or 0
    rows = rows[rows["share"] * n >= report.threshold("few")] if n else rows
    share, base = rows["share"].astype("float64"), rows["share"].astype("float64") / rows["tgi"] * 100
    low, high = portraits.bounds(report, share, here.people)
    tests = [bar_test(part * n, n, min(whole, 1)) for part, whole in zip(share, base, strict=True)]
    differs = benjamini_hochberg(tests) <= 1 - report.threshold("level")
    side = np.where(share > base, "above", "below")
    found = pd.DataFrame(
        {
            "label_kind": rows["label_kind"], "portrait_label": rows["label"], "buyers_share": share,
            "base_share": base, "platform_index": share / base,
            "low": low / base, "high": high / base, "against_base": np.where(differs, side, "within"),
            "interest_change": _changes(report, here, rows),
        }
    )  # fmt: skip
    return found.sort_values("platform_index", key=lambda x: -np.log(x).abs(), kind="stable", ignore_index=True)


def _changes(report: Report, here: Portrait, rows: Any) -> Any:
    """Points since the portrait of the period before; NaN where there is none or chance alone may have moved it."""
    before = portrait(report, "buyers", report.period.previous())
    if before is None or before.span.end >= here.span.start or not here.people or not before.people:
        return np.full(len(rows), np.nan)
    then = before.rows.set_index(["label_kind", "label"])["share"].to_dict()
    pairs = [(row.share, then.get((row.label_kind, row.label), np.nan)) for row in rows.itertuples()]
    tests = [proportion_test(a * here.people, here.people, b * before.people, before.people) for a, b in pairs]
    real = benjamini_hochberg([test.p for test in tests]) <= 1 - report.threshold("level")
    return np.where(real, [test.difference * 100 for test in tests], np.nan)


def _values(report: Report, here: Portrait, frame: Any) -> dict[str, Value]:
    found, n, span = {}, here.people, here.span
    for _, row in frame.iterrows():
        name, born = _key(row), partial(report.value, claim=CLAIM, tables=FILES, n=n, period=span)
        ends = {"low": row["low"], "high": row["high"]}
        found[f"share.{name}"] = born(f"background.interest_share/label={name}", row["buyers_share"])
        found[f"index.{name}"] = born(f"background.interest_index/label={name}", row["platform_index"], **ends)
        if row["interest_change"] == row["interest_change"]:
            found[f"change.{name}"] = born(f"background.interest_change/label={name}", row["interest_change"])
    return found


def _headline(frame: Any, values: dict[str, Value]) -> Sentence:
    first, last = (frame.loc[frame["platform_index"].agg(end)] for end in ("idxmax", "idxmin"))
    if first["against_base"] != "above":
        return sentence("background.interests.even")
    slots = _slots(first, values)
    if last["against_base"] != "below":
        return sentence("background.interests.above", **slots)
    low = _slots(last, values)
    return sentence("background.interests.both", **slots, low=low["label"], low_index=low["index"])


def _slots(row: Any, values: dict[str, Value]) -> dict[str, Slot]:
    name = _key(row)
    return {
        "label": Label("portrait_label", row["portrait_label"]),
        "share": values[f"share.{name}"],
        "index": values[f"index.{name}"],
    }


def _key(row: Any) -> str:
    return f"{row['label_kind']} {row['portrait_label']}"


def _more(here: Portrait, frame: Any, values: dict[str, Value]) -> list[Sentence]:
    slots: dict[str, Slot] = {"period": str(here.span), **({"n": here.people} if here.people else {})}
    counts = frame["against_base"].value_counts()
    sides = {side: int(counts.get(side, 0)) for side in ("above", "below", "within")}
    said = [sentence("background.interests.counts", all=len(frame), **sides, **slots)]
    moved = frame.loc[frame["interest_change"].abs().sort_values(ascending=False).index].dropna(
        subset=["interest_change"]
    )
    for case, rows in (
        ("rising", moved[moved["interest_change"] > 0]),
        ("falling", moved[moved["interest_change"] < 0]),
    ):
        if len(rows):
            label = Label("portrait_label", rows.iloc[0]["portrait_label"])
            change = values[f"change.{_key(rows.iloc[0])}"]
            said.append(sentence(f"background.interests.{case}", label=label, change=change))
    return [*said, sentence("background.interests.doubt")]
