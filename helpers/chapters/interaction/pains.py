"""What buyers complain of and what they praise, in their reviews."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import lines, texts
from helpers.chapters.interaction import worth
from helpers.chapters.interaction.shared import unfinished
from helpers.chapters.values import ranged, rated
from helpers.definitions import wording, words
from helpers.findings import Answer, Label, Sentence, Table, Value
from helpers.methods.intervals import Interval
from helpers.methods.keyness import keyness, per_thousand
from helpers.period import Period
from helpers.report import Report, for_all_pages, sentence, table

CLAIM = "4.2.2a"
PAINS = {
    "word": "text", "aspect": "label:aspect", "reviews": "count", "per_1000_orders": "count", "in_critical": "ratio",
    "in_good": "ratio", "trend": "label:pain_trend", "quote": "text",
}  # fmt: skip
PRAISES = {name: unit for name, unit in PAINS.items() if name not in ("in_critical", "trend", "quote")}
OTHERS = {"word": "text", "reviews": "count", "in_critical": "ratio", "in_good": "ratio"}


@for_all_pages
def pains(report: Report) -> Answer:
    """Pains and praises of the reviews of the period, each counted once a review, per 1,000 orders.

    Tables: ``pains`` and ``praises`` one row per meaning, most mentioned first: ``reviews``, ``per_1000_orders`` with
    ``low`` and ``high``, the shares of critical and of good reviews that name it, ``typical`` (of critical reviews; G2,
    adjusted), ``trend`` against the periods before, a masked clause; ``others`` words in no list that are typical.
    """
    if not len(report.every("reviews")):
        return report.gap(CLAIM, "missing_file", "REV")
    read, orders = texts.read(report), lines.paid(report)["order_id"].nunique()
    if not len(read):
        silent = {"what": Label("interaction_open", "words")} if report.has("reviews") else {}
        return report.gap(CLAIM, "no_rows", "REV", **silent)
    frame = _counts(report, read, orders)
    frame = frame.join(_trend(report, read)).fillna({"trend": "unknown"})
    values = _values(report, read, frame, orders)
    complaints, praises = (frame[frame["polarity"] == polarity] for polarity in words.POLARITIES)
    others = _others(report, read)
    stake = worth.of_pain(report, read, complaints.iloc[0]) if _many(report, complaints) else None
    return report.finding(
        CLAIM,
        _headline(report, complaints, values),
        more=(*_more(report, read, complaints, others, values), *unfinished(report)),
        values=values,
        tables={
            "pains": _table(report, complaints, PAINS, len(read)),
            "praises": _table(report, praises, PRAISES, len(read)),
            "others": table(others, OTHERS),
        },
        stake=stake,
        action=_action(report, read, complaints),
        gaps=(report.gap(CLAIM, "not_measurable", what=Label("interaction_open", "chats")),),
    )


def _counts(report: Report, read: Any, orders: int) -> Any:
    """One row per meaning that was said, by its key: counts, rates, how typical of critical reviews, and a clause."""
    meanings = {meaning.key: meaning for meaning in words.terms(report.shop).values()}
    counts = pd.Series(texts.counted(read["said"]), dtype="int64").sort_index()
    frame = pd.DataFrame({"reviews": counts})
    frame["word"] = [meanings[key].names[report.lang] for key in counts.index]
    frame["aspect"] = [meanings[key].aspect for key in counts.index]
    frame["polarity"] = [meanings[key].polarity for key in counts.index]
    rate = per_thousand(counts.to_numpy(), orders, report.threshold("level"))
    frame["per_1000_orders"], frame["low"], frame["high"] = rate.rate, rate.low, rate.high
    frame["quote"] = [
        texts.quote([said[key] for said in read["said"] if key in said], int(report.threshold("quote_signs")))
        for key in counts.index
    ]
    frame = frame.join(_against_good(report, read, "said"))
    return frame.sort_values("reviews", ascending=False, kind="stable")


def _against_good(report: Report, read: Any, column: str) -> Any:
    """How often critical and good reviews name each entry, and whether it is typical of the critical ones; by entry."""
    critical, good = (read[(read["critical"] == side).fillna(False)] for side in (True, False))
    if not len(critical) or not len(good):
        return pd.DataFrame(columns=["in_critical", "in_good", "typical"], dtype="float64")
    found = keyness(texts.counted(critical[column]), texts.counted(good[column]), len(critical), len(good))
    found = found.set_index("word")
    return pd.DataFrame(
        {
            "in_critical": found["a"] / len(critical),
            "in_good": found["b"] / len(good),
            "typical": (found["q"] < 1 - report.threshold("level")) & (found["log_ratio"] > 0),
        }
    )


def _trend(report: Report, read: Any) -> Any:
    """Whether each meaning is new or rising against the periods before; by key, nothing where these have no reviews."""
    before = _before(report)
    if before is None:
        return pd.DataFrame(columns=["trend"], dtype=object)
    found = keyness(texts.counted(read["said"]), texts.counted(before["said"]), len(read), len(before))
    found = found.set_index("word")
    sure, far = found["q"] < 1 - report.threshold("level"), report.threshold("rising_log_ratio")
    more = sure & (found["log_ratio"] >= far) & (found["a"] >= report.threshold("pain_least"))
    less = sure & (found["log_ratio"] <= -far)
    kinds = np.select([more & (found["b"] == 0), more, less], ["new", "rising", "falling"], "steady")
    return pd.DataFrame({"trend": kinds}, found.index)


def _before(report: Report) -> Any | None:
    past = report.period.back(int(report.threshold("trend_periods")) + 1)[:-1]
    read = texts.read(report, Period("range", past[0].start, past[-1].end))
    return read if len(read) else None


def _others(report: Report, read: Any) -> Any:
    """Words outside the lists that are typical of critical reviews; only those that several buyers wrote."""
    found = _against_good(report, read, "others")
    found = found[(found["typical"] == True)]  # noqa: E712  an empty frame has no booleans
    counts = pd.Series(texts.counted(read["others"]), dtype="int64")
    found = found.assign(reviews=counts.reindex(found.index)).rename_axis("word").reset_index()
    return found[found["reviews"] >= report.threshold("private")][list(OTHERS)]


def _values(report: Report, read: Any, frame: Any, orders: int) -> dict[str, Value]:
    silent = len(report.table("reviews")) - len(read)
    found = {
        "read": report.value("interaction.reviews_read", len(read), CLAIM, ["reviews"]),
        "silent": report.value("interaction.reviews_silent", silent, CLAIM, ["reviews"]),
    }
    painful = set(frame.index[frame["polarity"] == "pain"])
    hits = int(sum(bool(painful & said.keys()) for said in read["said"]))
    found["pain_share"] = rated(report, "interaction.pain_share", hits, len(read), CLAIM, ["reviews"])
    if not orders:
        return found
    for polarity, part in frame.groupby("polarity"):
        for key, row in part.head(int(report.threshold("pain_terms"))).iterrows():
            rate = Interval(row["per_1000_orders"], row["low"], row["high"])
            id, files = f"interaction.{polarity}_per_1000/term={key}", ["reviews", "orders"]
            found[f"{polarity}.{key}"] = ranged(report, id, rate, CLAIM, files, row["reviews"])
    return found


def _many(report: Report, complaints: Any) -> bool:
    return bool(len(complaints) and complaints["reviews"].iloc[0] >= report.threshold("pain_least"))


def _headline(report: Report, complaints: Any, values: dict[str, Value]) -> Sentence:
    if not len(complaints):
        return sentence("interaction.pains.none", read=values["read"])
    top = complaints.iloc[0]
    rate = values.get(f"pain.{complaints.index[0]}")
    if not _many(report, complaints) or rate is None:
        return sentence("interaction.pains.scattered", read=values["read"], share=values["pain_share"])
    return sentence("interaction.pains.found", pain=top["word"], rate=rate, reviews=int(top["reviews"]))


def _more(report: Report, read: Any, complaints: Any, others: Any, values: dict[str, Value]) -> list[Sentence]:
    slots = {"read": values["read"], "silent": values["silent"], "share": values["pain_share"]}
    said = [sentence("interaction.pains.basis", **slots)]
    typical = complaints[complaints["typical"] == True]  # noqa: E712
    if len(typical):
        said.append(sentence("interaction.pains.typical", pains=_named(report, typical)))
    product = worth.home(report, read, complaints.index[0]) if _many(report, complaints) else {}
    if product:
        said.append(sentence("interaction.pains.home", pain=complaints["word"].iloc[0], **product))
    rising = complaints[complaints["trend"].isin(["new", "rising"])]
    if len(rising):
        said.append(sentence("interaction.pains.rising", pains=_named(report, rising)))
    elif len(complaints):
        unknown = (complaints["trend"] == "unknown").all()
        said.append(sentence("interaction.pains.no_past" if unknown else "interaction.pains.steady"))
    if len(others):
        said.append(sentence("interaction.pains.others", count=len(others)))
    return said


def _named(report: Report, frame: Any) -> str:
    return wording.load(report.lang, report.shop).word("list_comma").join(frame["word"].head(3))


def _action(report: Report, read: Any, complaints: Any) -> Sentence | None:
    if not _many(report, complaints):
        return None
    home = worth.home(report, read, complaints.index[0])
    if home:
        return sentence("interaction.pains.act_product", pain=complaints["word"].iloc[0], product=home["product"])
    return sentence("interaction.pains.act", pain=complaints["word"].iloc[0])


def _table(report: Report, frame: Any, units: dict[str, str], n: int) -> Table:
    cut = frame.head(int(report.threshold("pain_terms"))).reset_index(drop=True)
    return table(cut, units, total=len(frame), n=n)
