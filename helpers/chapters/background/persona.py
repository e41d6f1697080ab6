"""Whether the people who buy are those whom the shop wants: portraits of buyers and viewers against the target sheet."""

from functools import partial
from statistics import NormalDist
from typing import Any

import numpy as np

from helpers.chapters.background.persona_gap import against, distances, wanted
from helpers.chapters.background.portraits import Portrait, portrait
from helpers.chapters.values import by_chance, ranged
from helpers.findings import Answer, Gap, Label, Sentence, Slot, Value
from helpers.methods.intervals import Interval
from helpers.report import Report, sentence, table

CLAIM = "1.1.1d"
FILES = ("portraits", "target_audience", "orders", "members")
UNITS = {
    "label_kind": "label:portrait_kind", "portrait_label": "label:portrait_label", "target": "ratio",
    "buyers_share": "ratio", "low": "ratio", "high": "ratio", "viewers_share": "ratio",
    "persona_index": "multiple", "against_target": "label:against_target",
}  # fmt: skip


def persona(report: Report) -> Answer:
    """Share of each label among buyers against the share that the shop wants, and how far the two lie apart by kind.

    Table ``persona``: one row per label of the kinds that both name, biggest difference first: target, buyers with their
    interval, viewers, buyers ÷ target, and whether they differ beyond chance. Holds where every kind is near its target.
    """
    here = portrait(report, "buyers")
    if here is None:
        why = "no_rows" if len(report.every("portraits")) else "missing_file"
        return report.gap(CLAIM, why, "AUD", what=Label("gap_what", "persona"))
    aim = wanted(report)
    if not len(aim):
        return report.gap(CLAIM, "no_target", "TGT", what=Label("gap_what", "persona_target"))
    frame = against(report, here, aim)
    if not len(frame):
        return report.gap(CLAIM, "undefined", "TGT", "AUD", what=Label("gap_what", "persona_labels"))
    apart = distances(here, frame)
    values = _values(report, here, frame, apart)
    return report.finding(
        CLAIM,
        _headline(frame, values),
        more=tuple(_more(report, here, frame, values, apart)),
        values=values,
        tables={"persona": table(frame, UNITS, n=here.people)},
        verdict=_verdict(report, apart),
        action=_action(frame),
        gaps=_gaps(report, aim, frame),
    )


def _values(report: Report, here: Portrait, frame: Any, apart: dict[str, tuple[float, float]]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    n = here.people
    for kind, (far, error) in apart.items():
        point = Interval(far, far - 1.96 * error, far + 1.96 * error)
        fact = f"background.persona_distance/kind={kind}"
        found[f"distance.{kind}"] = ranged(report, fact, point, CLAIM, FILES, n or 0, here.span, ends=(0, 1))
    found["bar"] = report.value("background.persona_bar", report.threshold("persona_distance"), CLAIM, [])
    for _, row in frame.iterrows():
        name, born = _key(row), partial(report.value, claim=CLAIM, tables=FILES, period=here.span)
        ends = {"low": row["low"], "high": row["high"]}
        found[f"share.{name}"] = born(f"background.persona_share/label={name}", row["buyers_share"], n=n, **ends)
        for kind, column in (("target", "target"), ("viewers", "viewers_share"), ("index", "persona_index")):
            found[f"{kind}.{name}"] = born(f"background.persona_{kind}/label={name}", row[column])
    return found


def _end(frame: Any, side: str) -> Any:
    """The label that lies farthest above or below its target beyond chance; None where none does."""
    rows = frame[frame["against_target"] == side]
    return rows.iloc[0] if len(rows) else None


def _slots(row: Any, values: dict[str, Value]) -> dict[str, Slot]:
    end = _key(row)
    slots: dict[str, Slot] = {name: values[f"{name}.{end}"] for name in ("share", "target", "viewers")}
    return slots | {"label": _label(row), "kind": Label("portrait_kind", row["label_kind"])}


def _key(row: Any) -> str:
    return f"{row['label_kind']} {row['portrait_label']}"


def _label(row: Any) -> Label:
    return Label("portrait_label", row["portrait_label"])


def _headline(frame: Any, values: dict[str, Value]) -> Sentence:
    off = frame[frame["against_target"].isin(["above", "below"])]
    if not len(off):
        known = (frame["against_target"] != "few").any()
        return sentence(f"background.persona.{'near' if known else 'few'}")
    return sentence(f"background.persona.{off.iloc[0]['against_target']}", **_slots(off.iloc[0], values))


def _more(
    report: Report, here: Portrait, frame: Any, values: dict[str, Value], apart: dict[str, tuple[float, float]]
) -> list[Sentence]:
    basis: dict[str, Slot] = {"period": str(here.span), **({"n": here.people} if here.people else {})}
    said = [sentence(f"background.persona.basis_{here.counted or 'none'}", **basis)]
    if apart:
        kinds = list(apart)
        slots: dict[str, Slot] = {"kind": Label("portrait_kind", kinds[0]), "bar": values["bar"]}
        slots["distance"] = values[f"distance.{kinds[0]}"]
        if len(kinds) > 1:
            slots |= {"near": Label("portrait_kind", kinds[-1]), "least": values[f"distance.{kinds[-1]}"]}
        said.append(sentence("background.persona.distance", **slots))
        said += _trend(report, here, kinds[0], apart[kinds[0]])
    return [*said, *_sides(report, here, frame, values)]


def _sides(report: Report, here: Portrait, frame: Any, values: dict[str, Value]) -> list[Sentence]:
    """How much of the surplus of the label farthest above its target viewers bring, and how much comes with ordering."""
    row = _end(frame, "above")
    if row is None or row["viewers_share"] != row["viewers_share"]:
        return []
    parts = {"traffic": row["viewers_share"] - row["target"], "ordering": row["buyers_share"] - row["viewers_share"]}
    slots = _slots(row, values)
    for side, part in parts.items():
        fact = f"background.persona_by_{side}/label={_key(row)}"
        slots[side] = values[side] = report.value(fact, part * 100, CLAIM, FILES, period=here.span)
    return [sentence("background.persona.viewers", **slots)]


def _trend(report: Report, here: Portrait, kind: str, now: tuple[float, float]) -> list[Sentence]:
    """Whether the distance of a kind grew since the period before, by more than chance."""
    before = portrait(report, "buyers", report.period.previous())
    if before is None or before.span.end >= here.span.start:
        return []
    then = distances(before, against(report, before, wanted(report))).get(kind)
    if then is None:
        return []
    change, error = now[0] - then[0], float(np.hypot(now[1], then[1]))
    low, high = (change - 1.96 * error) * 100, (change + 1.96 * error) * 100
    fact = f"background.persona_change/kind={kind}"
    value = report.value(fact, change * 100, CLAIM, FILES, n=before.people, low=low, high=high)
    case = "farther" if low > 0 else "nearer" if high < 0 else "same"
    return [
        sentence(f"background.persona.{case}", kind=Label("portrait_kind", kind), change=value, before=str(before.span))
    ]


def _verdict(report: Report, apart: dict[str, tuple[float, float]]) -> str:
    """Holds where every kind is sure to lie within the allowed distance, fails where one is sure to lie outside."""
    if not apart:
        return ""
    bar = report.threshold("persona_distance")
    chances = [NormalDist(far, max(error, 1e-9)).cdf(bar) for far, error in apart.values()]
    return by_chance(report, min(chances))


def _action(frame: Any) -> Sentence | None:
    above, below = _end(frame, "above"), _end(frame, "below")
    if above is None or below is None:
        return None
    return sentence("background.persona.act", above=_label(above), below=_label(below))


def _gaps(report: Report, aim: Any, frame: Any) -> tuple[Gap, ...]:
    found = []
    if set(aim["kind"]) - set(frame["label_kind"]):
        found.append(report.gap(CLAIM, "undefined", "TGT", what=Label("gap_what", "persona_labels")))
    if not frame["viewers_share"].notna().any():
        found.append(report.gap(CLAIM, "missing_file", "AUD", what=Label("gap_what", "persona_viewers")))
    return tuple(found)
