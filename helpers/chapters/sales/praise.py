"""What buyers praise in hits, and whether hits are praised for anything that their category is not."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from helpers.chapters import texts
from helpers.chapters.sales import hits
from helpers.chapters.values import rated
from helpers.definitions import words
from helpers.findings import Answer, Gap, Label, Sentence, Slot, Value
from helpers.methods.intervals import benjamini_hochberg
from helpers.methods.keyness import keyness, per_thousand, pooled_odds
from helpers.report import Report, sentence, table

CLAIM = "2.2.3a"
GENERAL = "loyalty"  # "would buy again" tells nothing of the goods
UNITS = {
    "word": "text", "aspect": "label:aspect", "praise_standing": "label:praise_standing", "praise_hits": "ratio",
    "praise_rest": "ratio", "praise_log_ratio": "multiple", "per_1000_orders": "count", "quote": "text",
}  # fmt: skip


class Read(NamedTuple):
    """Good reviews with words, of hits and of the other products."""

    ours: Any
    rest: Any


def praised_words(report: Report) -> Answer:
    """Praise in the good reviews of hits against those of other products, overall and inside their category.

    Table ``praised``: one row per meaning, the most frequent in hits first: share of good reviews that name it,
    ``praise_log_ratio`` (how many times as often as in the others), per 1,000 orders of hits, a masked clause, and
    ``praise_standing``: ``own`` where hits are praised more than their own category, ``category`` where only the
    category explains it, ``alike``, ``less``.
    """
    if not len(report.every("reviews")):
        return report.gap(CLAIM, "missing_file", "REV", what=Label("voice_cost", "praise"))
    found = hits.hits(report, CLAIM)
    if isinstance(found, Gap):
        return found
    goods = hits.known(found)
    read = texts.read(report, found.span)
    read = read[read["product_id"].isin(goods.index) & (read["critical"] == False).fillna(False)]  # noqa: E712
    read = read.assign(category=read["product_id"].map(goods["category"]), hit=read["product_id"].map(goods["hit"]))
    sides = Read(read[read["hit"].astype(bool)], read[~read["hit"].astype(bool)])
    need = int(report.threshold("few"))
    if min(len(sides.ours), len(sides.rest)) < need:
        return report.gap(CLAIM, "too_few", "REV", n=min(len(sides.ours), len(sides.rest)), need=need)
    frame = _frame(report, sides, int(goods.loc[goods["hit"], "orders"].sum()))
    if not len(frame):
        return report.gap(CLAIM, "no_rows", "REV", what=Label("voice_open", "praise"))
    values = _values(report, frame, sides)
    top = int(report.threshold("pain_terms"))
    return report.finding(
        CLAIM,
        _headline(frame, values),
        more=tuple(_more(frame, values, found)),
        values=values,
        tables={"praised": table(frame.head(top).reset_index(drop=True), UNITS, total=len(frame), n=len(sides.ours))},
    )


def _frame(report: Report, sides: Read, orders: int) -> Any:
    """One row per praise named in good reviews of hits, most often named first."""
    level = report.threshold("level")
    praises = {meaning.key: meaning for meaning in words.terms(report.shop).values() if meaning.polarity == "praise"}
    ours, rest = (
        {key: count for key, count in texts.counted(side["said"]).items() if key in praises}
        for side in (sides.ours, sides.rest)
    )
    frame = (
        keyness(ours, rest, len(sides.ours), len(sides.rest)) if ours or rest else pd.DataFrame({"word": [], "a": []})
    )
    frame = frame[frame["a"] > 0].rename(columns={"word": "key"})
    if not len(frame):
        return frame
    within = np.array(_within(sides, list(frame["key"])))
    frame["within_q"], frame["within_odds"] = benjamini_hochberg(within[:, 0]), within[:, 1]
    more = (frame["within_q"] < 1 - level) & (frame["within_odds"] > 1)
    less = (frame["within_q"] < 1 - level) & (frame["within_odds"] < 1)
    apart = (frame["q"] < 1 - level) & (frame["log_ratio"] > 0)
    frame["praise_standing"] = np.select([more, less, apart], ["own", "less", "category"], "alike")
    frame["praise_hits"], frame["praise_rest"] = frame["a"] / len(sides.ours), frame["b"] / len(sides.rest)
    frame["praise_log_ratio"] = 2 ** frame["log_ratio"]
    frame["word"] = [praises[key].names[report.lang] for key in frame["key"]]
    frame["aspect"] = [praises[key].aspect for key in frame["key"]]
    frame["per_1000_orders"] = per_thousand(frame["a"].to_numpy(), orders, level).rate
    signs = int(report.threshold("quote_signs"))
    frame["quote"] = [
        texts.quote([said[key] for said in sides.ours["said"] if key in said], signs) for key in frame["key"]
    ]
    return frame.sort_values(["a", "key"], ascending=[False, True]).reset_index(drop=True)


def _within(sides: Read, keys: list[str]) -> list[tuple[float, float]]:
    """p and pooled odds ratio of praises in hits against other products of the same category (Cochran-Mantel-Haenszel)."""
    rest = {category: list(said) for category, said in sides.rest.groupby("category")["said"]}
    pairs = [(list(said), rest.get(category, [])) for category, said in sides.ours.groupby("category")["said"]]
    found = []
    for key in keys:
        tables = []
        for ours, others in pairs:
            a, b = (sum(key in said for said in side) for side in (ours, others))
            if others and 0 < a + b < len(ours) + len(others):
                tables.append([[a, len(ours) - a], [b, len(others) - b]])
        found.append(pooled_odds(tables))
    return found


def _values(report: Report, frame: Any, sides: Read) -> dict[str, Value]:
    files = ["reviews", "orders"]
    read = len(sides.ours) + len(sides.rest)
    found = {"read": report.value("sales.praise_read", read, CLAIM, files, n=read)}
    for row in frame.head(int(report.threshold("pain_terms"))).itertuples():
        for side, count, rows in (("hits", row.a, sides.ours), ("rest", row.b, sides.rest)):
            id = f"sales.praise_share/term={row.key}/in={side}"
            found[f"{side}.{row.key}"] = rated(report, id, int(count), len(rows), CLAIM, files)
    return found


def _headline(frame: Any, values: dict[str, Value]) -> Sentence:
    printed = frame[frame["key"].map(lambda key: f"hits.{key}" in values)]
    own = printed[printed["praise_standing"] == "own"]
    of_goods = printed[printed["aspect"] != GENERAL]
    row = own.iloc[0] if len(own) else of_goods.iloc[0] if len(of_goods) else frame.iloc[0]
    case = "own" if len(own) else "shared"
    ours, rest = values[f"hits.{row['key']}"], values[f"rest.{row['key']}"]
    return sentence(f"sales.praised_words.{case}", word=row["word"], share=ours, rest=rest)


def _more(frame: Any, values: dict[str, Value], found: hits.Hits) -> list[Sentence]:
    ours, rest = (next(one.n for key, one in values.items() if key.startswith(side)) for side in ("hits.", "rest."))
    slots: dict[str, Slot] = {
        "span": str(found.span),
        "ours": ours or 0,
        "rest": rest or 0,
        "hits": int(found.goods["hit"].sum()),
    }
    said = [sentence("sales.praised_words.basis", read=values["read"], **slots)]
    category = frame[frame["praise_standing"] == "category"]
    if len(category):
        said.append(sentence("sales.praised_words.category", word=category["word"].iloc[0], count=len(category)))
    if not (frame["praise_standing"] == "own").any():
        said.append(sentence("sales.praised_words.none"))
    return said
