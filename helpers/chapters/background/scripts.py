"""Which scene, published at which time of day, does best: viewers who stay, clicks, sales."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters.background import tagged
from helpers.chapters.values import ranged
from helpers.findings import Answer, Label, Sentence, Slot, Value
from helpers.methods.experiments import detectable_gap
from helpers.methods.intervals import Interval
from helpers.report import Report, sentence, table

CLAIM = "1.1.4b"
FILES = ["videos", "content_tags", "roles"]
BY = ("scene", "day_part")
UNITS = {
    "scene": "label:scene",
    "day_part": "label:day_part",
    "n": "count",
    "completion_rate": "ratio",
    "low": "ratio",
    "high": "ratio",
    "play_click": "ratio",
    "play_gpm": "money",
    "best_chance": "probability",
}


def scripts(report: Report) -> Answer:
    """The scene and hour of publishing whose videos do better than other scene videos, where that is more than chance.

    Table ``scripts``: one row per scene and part of the day with enough videos, those that hold their viewers best first:
    completion with its interval, clicks and sales per play, all at one mixture of categories and shrunken towards the
    mean; ``best_chance``: of being the one that holds best.
    """
    missing = tagged.absent(report, CLAIM, "scripts")
    if missing:
        return missing
    rows = tagged.videos(report)
    posts = int((rows["published_at"] >= pd.Timestamp(report.seen.start)).sum())
    rows = rows[rows["scene"] != "plain"]  # what showing any scene brings is another question: immersion
    cells = {measure: tagged.compared(report, rows, BY, measure) for measure in tagged.MEASURES}
    known = {measure: frame for measure, frame in cells.items() if len(frame)}
    if not known:
        return report.gap(CLAIM, "too_few", "VID", "CRE", n=len(rows), what=Label("gap_what", "scripts"))
    values = _values(report, rows, known)
    return report.finding(
        CLAIM,
        _headline(report, known, values),
        more=tuple(_more(report, known, values)),
        values=values,
        tables={"scripts": table(_shown(known), _units(known), n=len(rows))},
        action=_action(report, known, posts),
    )


def _winner(report: Report, known: dict[str, Any]) -> tuple[str, Any] | None:
    """The measure nearest to money by which the best of them is practically sure to lie above the mean, and that row."""
    for measure in reversed(tagged.MEASURES):
        if measure in known and known[measure]["above"].iloc[0] >= report.threshold("sure"):
            return measure, known[measure].iloc[0]
    return None


def _values(report: Report, rows: Any, known: dict[str, Any]) -> dict[str, Value]:
    span, count = tagged.span(report), len(rows)
    found = {"videos": report.value("background.tagged_videos", count, CLAIM, FILES, n=count, period=span)}
    cells = len(next(iter(known.values())))
    found["cells"] = report.value("background.script_cells", cells, CLAIM, FILES, n=count, period=span)
    for measure, frame in known.items():
        top, id = frame.iloc[0], f"background.script_{measure}"
        n, name = int(top["n"]), f"{id}/scene={top['scene']}&day_part={top['day_part']}"
        mean = Interval(top["mean"], top["low"], top["high"])
        found[f"best.{measure}"] = ranged(report, name, mean, CLAIM, FILES, n, span)
        found[f"all.{measure}"] = report.value(id, top["overall"], CLAIM, FILES, n=count, period=span)
        for kind, column in (("above", "above"), ("first", "best")):
            id = f"background.script_{column}/by={measure}"
            found[f"{kind}.{measure}"] = report.value(id, top[column], CLAIM, FILES, n=n, period=span)
    return found


def _place(row: Any) -> dict[str, Slot]:
    return {"scene": Label("scene", row["scene"]), "part": Label("day_part", row["day_part"])}


def _headline(report: Report, known: dict[str, Any], values: dict[str, Value]) -> Sentence:
    won = _winner(report, known)
    if won is None:
        return sentence("background.scripts.none", videos=values["videos"])
    measure, row = won
    rates = {"rate": values[f"best.{measure}"], "overall": values[f"all.{measure}"]}
    return sentence(f"background.scripts.{measure}", **_place(row), **rates)


def _more(report: Report, known: dict[str, Any], values: dict[str, Value]) -> list[Sentence]:
    counts = {"fewest": int(report.threshold("tagged_fewest")), "days": tagged.span(report).days}
    said = [sentence("background.scripts.basis", videos=values["videos"], cells=values["cells"], **counts)]
    won = _winner(report, known)
    if won:
        chances = {name: values[f"{name}.{won[0]}"] for name in ("above", "first")}
        said.append(sentence("background.scripts.sure", **chances))
    unclear = [name for name in known if known[name]["above"].iloc[0] < report.threshold("sure")]
    if won and unclear:
        words = {f"measure{place}": Label("script_measure", name) for place, name in enumerate(unclear, 1)}
        said.append(sentence("background.scripts.unclear", **words))
    return [*said, sentence("background.scripts.doubt", **({"need": _need(known, won)} if won else {}))]


def _need(known: dict[str, Any], won: tuple[str, Any]) -> int:
    """Videos of each of two kinds that would show the winner's lead again."""
    row = won[1]
    lead, spread = row["mean"] - row["overall"], row["error"] * row["n"] ** 0.5
    return int(np.ceil((detectable_gap(spread * 2**0.5) / lead) ** 2))


def _action(report: Report, known: dict[str, Any], posts: int) -> Sentence | None:
    """A trial of the winner, where the shop publishes enough videos for it in a period."""
    won = _winner(report, known)
    need = _need(known, won) if won else 0
    return sentence("background.scripts.act", need=need, **_place(won[1])) if won and 2 * need <= posts else None


def _shown(known: dict[str, Any]) -> Any:
    """Cells in rows, measures in columns; in the order of the first measure that the files have."""
    columns = {"completion": "completion_rate", "click": "play_click", "gpm": "play_gpm"}
    first, *others = known
    lead = known[first]
    frame = lead[[*BY, "n", "low", "high"]].assign(**{columns[first]: lead["mean"], "best_chance": lead["best"]})
    for measure in others:
        more = known[measure][[*BY, "mean"]].rename(columns={"mean": columns[measure]})
        frame = frame.merge(more, on=list(BY), how="left")
    return pd.DataFrame(frame)


def _units(known: dict[str, Any]) -> dict[str, str]:
    frame = _shown(known)
    units = {name: unit for name, unit in UNITS.items() if name in frame}
    return units if "completion" in known else units | {"low": UNITS[_lead(known)], "high": UNITS[_lead(known)]}


def _lead(known: dict[str, Any]) -> str:
    return "play_click" if "click" in known else "play_gpm"
