"""Whether showing products in use holds viewers longer: the nearest that the platform's figures come to immersion."""

from typing import Any

import pandas as pd

from helpers.chapters.background import tagged
from helpers.chapters.values import ranged
from helpers.findings import Answer, Label, Sentence, Value
from helpers.methods.adjusted import adjusted_difference
from helpers.methods.intervals import Difference, mean_interval
from helpers.report import Report, sentence, table

CLAIM = "1.1.4c"
FILES = ["videos", "content_tags", "roles"]
MEASURES = ("completion", "click")
UNITS = {"scene": "label:scene", "completion_rate": "ratio", "n": "count"}


def immersion(report: Report) -> Answer:
    """How many more viewers watch videos with a scene of use to the end than plain ones, and click the product.

    Table ``scenes``: one row per scene, plain included, best first: completion per video with its interval.
    """
    missing = tagged.absent(report, CLAIM, "immersion")
    if missing:
        return missing
    rows = tagged.videos(report)
    shown = rows["scene"] != "plain"
    fewest = int(min(shown.sum(), (~shown).sum()))
    need = int(report.threshold("immersion_fewest"))
    if fewest < need:
        return report.gap(CLAIM, "too_few", "CRE", n=fewest, need=need, what=Label("gap_what", "immersion"))
    gaps = {measure: _gap(report, rows, measure) for measure in MEASURES}
    if gaps["completion"].low != gaps["completion"].low:
        what = Label("gap_what", "immersion")
        return report.gap(CLAIM, "missing_column", "VID", column=Label("columns", "completion_rate"), what=what)
    values = _values(report, rows, gaps)
    return report.finding(
        CLAIM,
        sentence(f"background.immersion.{_way(gaps['completion'])}", **_slots(values, "completion")),
        more=tuple(_more(report, gaps, values)),
        values=values,
        tables={"scenes": table(_by_scene(report, rows), UNITS, n=len(rows))},
    )


def _gap(report: Report, rows: Any, measure: str) -> Difference:
    """Videos with a scene minus plain ones, at one mixture of categories."""
    rows = rows.dropna(subset=[measure])
    return adjusted_difference(rows[measure], rows["scene"] != "plain", rows["category"], report.threshold("level"))


def _way(gap: Difference) -> str:
    return "more" if gap.low > 0 else "less" if gap.high < 0 else "open"


def _values(report: Report, rows: Any, gaps: dict[str, Difference]) -> dict[str, Value]:
    span = tagged.span(report)
    found: dict[str, Value] = {}
    for measure, gap in gaps.items():
        some = rows.dropna(subset=[measure])
        id, level = f"background.video_{measure}", report.threshold("level")
        if gap.low == gap.low:
            points = [100 * part for part in (gap.difference, gap.low, gap.high)]
            found[f"{measure}.gap"] = report.value(
                f"{id}/change=plain", points[0], CLAIM, FILES, len(some), points[1], points[2], span
            )
        for name, side in (("scene", some["scene"] != "plain"), ("plain", some["scene"] == "plain")):
            part = some[side]
            if len(part):
                mean = mean_interval(part[measure], level)
                found[f"{measure}.{name}"] = ranged(report, f"{id}/scene={name}", mean, CLAIM, FILES, len(part), span)
        if len(some):
            name = "mean" if measure == MEASURES[0] else f"{measure}.mean"
            whole = mean_interval(some[measure], level)
            found[name] = ranged(report, id, whole, CLAIM, FILES, len(some), span)
    return found


def _slots(values: dict[str, Value], measure: str) -> dict[str, Value]:
    return {name: values[f"{measure}.{name}"] for name in ("gap", "scene", "plain")}


def _more(report: Report, gaps: dict[str, Difference], values: dict[str, Value]) -> list[Sentence]:
    basis = {"shown": values["completion.scene"], "plain": values["completion.plain"], "gap": values["completion.gap"]}
    said = [sentence("background.immersion.basis", days=tagged.span(report).days, **basis)]
    if "click.gap" in values:
        said.append(sentence(f"background.immersion.click_{_way(gaps['click'])}", **_slots(values, "click")))
    return [*said, sentence("background.immersion.doubt")]


def _by_scene(report: Report, rows: Any) -> Any:
    """One row per scene with enough videos."""
    found = []
    for scene, some in rows.dropna(subset=["completion"]).groupby("scene"):
        mean = mean_interval(some["completion"], report.threshold("level"))
        found.append((scene, mean.estimate, mean.low, mean.high, len(some)))
    frame = pd.DataFrame(found, columns=["scene", "completion_rate", "low", "high", "n"])
    frame = frame[frame["n"] >= report.threshold("tagged_fewest")]
    return frame.sort_values("completion_rate", ascending=False, kind="stable", ignore_index=True)
