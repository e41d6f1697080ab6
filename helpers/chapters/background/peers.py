"""How leading competitors work: price, function, content, hours and offers, and how they care for their fans."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from helpers.chapters.background import levers
from helpers.chapters.background.levers import ALL, Lever
from helpers.findings import Answer, Label, Sentence, Slot, Table, Value
from helpers.report import Report, sentence, table

HIT_LEVERS = ("sales", "price", "discount", "function", "content", "hours")
CARE_LEVERS = ("posts", "sessions", "group_size", "member_offer")
NOT_JUDGED = ("sales",)  # tells how big they are, not what they do


def peers(report: Report) -> Answer:
    """The lever on which competitors clearly stand apart from the shop, and how many of them do.

    Table ``peers``: one row per lever (price by category), one column per competitor: its range as seen, the side on
    which it lies where the ranges do not touch, and the days since; looks older than the limit are marked, not judged.
    """
    return _answer(report, "1.1.2a", "peers", HIT_LEVERS)


def peer_care(report: Report) -> Answer:
    """How competitors keep their fans beside the shop: videos and sessions a week, group size, benefits of members.

    Table ``peer_care``: as ``peers``.
    """
    return _answer(report, "1.1.2b", "peer_care", CARE_LEVERS)


def _answer(report: Report, claim: str, name: str, aspects: Sequence[str]) -> Answer:
    rows = levers.observed(report)
    if not len(rows):
        return report.gap(claim, "missing_file", "COM", what=Label("gap_what", name))
    chosen = listed(report, rows, aspects)
    if not chosen:
        return report.gap(claim, "no_rows", "COM", what=Label("gap_what", name))
    seen = levers.matrix(report, rows, chosen, claim)
    values = _values(report, seen, claim)
    return report.finding(
        claim,
        _headline(seen, values, name),
        more=tuple(_more(report, seen, values, name)),
        values=values,
        tables={name: _table(report, seen, chosen)},
    )


def listed(report: Report, rows: Any, aspects: Sequence[str]) -> list[Lever]:
    """Levers that were looked at, in the given order; price by category, the categories that sell most first."""
    found: list[Lever] = []
    order = {name: place for place, name in enumerate(levers.amounts(report).index)}
    for aspect in aspects:
        some = rows.loc[rows["aspect"] == aspect, "category"].unique()
        found += [(aspect, name) for name in sorted(some, key=lambda name: (order.get(name, len(order)), name))]
    return found


def apart(seen: Any) -> Any:
    """One row per lever and side on which competitors clearly lie: ``apart`` of ``judged`` competitors, clearest first."""
    judged = seen[(seen["side"] != "") & ~seen["aspect"].isin(NOT_JUDGED)]
    place = ["aspect", "category"]
    counts = judged.groupby([*place, "side"], sort=False).size().rename("apart").reset_index()
    counts = counts.merge(judged.groupby(place, sort=False).size().rename("judged").reset_index(), on=place)
    counts = counts[counts["side"] != "same"]
    share = counts["apart"] / counts["judged"]
    return counts.assign(share=share).sort_values(["apart", "share"], ascending=False, kind="stable", ignore_index=True)


def _values(report: Report, seen: Any, claim: str) -> dict[str, Value]:
    files, fresh = ["competitors"], seen[~seen["stale"]]
    judged = seen[(seen["side"] != "") & ~seen["aspect"].isin(NOT_JUDGED)]
    id = "background.peer_cells/part="
    counts = {"cells": len(seen), "stale": len(seen) - len(fresh), "judged": len(judged)}
    found = {name: report.value(f"{id}{claim}_{name}", count, claim, files) for name, count in counts.items()}
    found["peers"] = report.value("background.peers", seen["competitor"].nunique(), claim, files, n=len(seen))
    top = apart(seen).head(1)
    for row in top.itertuples():
        found["apart"] = report.value(f"{id}{claim}_apart", row.apart, claim, files, n=row.judged)
        found["of"] = report.value(f"{id}{claim}_of", row.judged, claim, files, n=row.judged)
    return found


def _headline(seen: Any, values: dict[str, Value], name: str) -> Sentence:
    if not values["judged"].value:
        return sentence(f"background.{name}.open", peers=values["peers"])
    top = apart(seen)
    if not len(top):
        return sentence(f"background.{name}.alike", peers=values["peers"])
    first = top.iloc[0]
    case = "found_one" if first["judged"] == 1 else "found_all" if first["apart"] == first["judged"] else "found"
    return sentence(
        f"background.{name}.{case}", side=_sided(first), apart=values["apart"], of=values["of"], **named(first)
    )


def _sided(row: Any) -> Label:
    return Label("peer_side_of", f"{row['side']}_hours" if row["aspect"] == "hours" else row["side"])


def named(row: Any) -> dict[str, Slot]:
    """Slots that name a lever; its category where it does not hold for the whole shop."""
    slots: dict[str, Slot] = {"lever": Label("peer_lever", row["aspect"])}
    return slots if row["category"] == ALL else slots | {"category": Label("segment", row["category"])}


def _more(report: Report, seen: Any, values: dict[str, Value], name: str) -> list[Sentence]:
    limit = int(report.threshold("peer_stale_days"))
    said = [sentence("background.levers.basis", **{key: values[key] for key in ("peers", "cells", "judged")})]
    if values["stale"].value:
        said.append(sentence("background.levers.stale", stale=values["stale"], limit=limit))
    if (seen["aspect"] == "price").any():
        said.append(sentence("background.levers.prices"))
    second = apart(seen).iloc[1:2].query("judged > 1")
    for _, row in second.iterrows():
        counts = {"count": int(row["apart"]), "of": int(row["judged"])}
        said.append(sentence("background.levers.also", side=_sided(row), **counts, **named(row)))
    blank = [aspect for aspect in seen.loc[seen["own"].isna(), "aspect"].unique() if aspect in levers.UNITS]
    if blank:
        said.append(sentence("background.levers.no_own", lever=Label("peer_lever", blank[0])))
    return said


def _table(report: Report, seen: Any, chosen: Sequence[Lever]) -> Table:
    """A row per lever, a column per competitor, those with most fresh looks first."""
    fresh = (~seen["stale"]).groupby(seen["competitor"]).sum().sort_values(ascending=False, kind="stable")
    names = list(fresh.index[: int(report.threshold("peer_columns"))])
    frame = []
    for aspect, category in chosen:
        rows = seen[(seen["aspect"] == aspect) & (seen["category"] == category)]
        own = rows["own"].iloc[0]
        place = named({"aspect": aspect, "category": category})
        line: dict[str, Any] = {"peer_lever": sentence("background.levers.lever", **place)}
        line["own_figure"] = levers.own_cell(report, own, aspect)
        for number, name in enumerate(names, 1):
            mine = rows[rows["competitor"] == name]
            line[f"peer_{number}"] = levers.cell(next(mine.itertuples())) if len(mine) else None
        frame.append(line)
    columns = {f"peer_{number}": name for number, name in enumerate(names, 1)}
    units = dict.fromkeys(["peer_lever", "own_figure", *columns], "said")
    return table(pd.DataFrame(frame, columns=list(units)), units, n=len(seen), heads=columns)
