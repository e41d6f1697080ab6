"""A scorecard for choosing goods: learned on earlier periods, tested on later ones, against simply looking at sales."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from helpers.chapters import names
from helpers.chapters.sales import basis, hits
from helpers.chapters.values import by_chance
from helpers.definitions import wording
from helpers.findings import Answer, Label, Sentence, Slot, Value
from helpers.methods import scorecard as method
from helpers.methods.intervals import wilson
from helpers.period import Period
from helpers.report import Report, sentence, table

CLAIM = "2.2.1d"
TABLES = ["orders", "roles", "costs"]
SEASONS = {"spring": (3, 4, 5), "summer": (6, 7, 8), "autumn": (9, 10, 11), "winter": (12, 1, 2)}
KINDS = ["function", "look", "role"]
SCORES = {"product_name": "text", "score_chance": "probability", "score_rank": "count", "score_reasons": "text"}
BINS = {
    "score_bin": "label:score_group", "hit_items": "count", "score_promised": "ratio", "score_came": "ratio",
    "low": "ratio", "high": "ratio",
}  # fmt: skip


class Window(NamedTuple):
    """Some periods: features of the products sold in them, by product, what they left, and whether they were hits."""

    span: str
    features: Any
    worth: Any
    hit: Any


def scorecard(report: Report) -> Answer:
    """Whether a scorecard finds the hits of the periods to come better than a plain ranking by what products left.

    Learned from the features of one window and the hits of the next, tested one window later. Tables: ``scores`` one row
    per product, highest chance first, with its reasons; ``bins`` one row per third of the scores in the test.
    """
    if not len(report.every("roles")):
        return report.gap(CLAIM, "missing_file", "ROL", what=Label("hit_cost", "traits"))
    if not report.has("orders"):
        return basis.no_orders(report, CLAIM)
    each = int(report.threshold("score_periods"))
    periods = [one for one in report.period.back(3 * each) if one.start >= report.begins]
    if len(periods) < 3 * each:
        return report.gap(CLAIM, "no_history", "ORD", have=len(periods), need=3 * each)
    if not hits.sold(report, periods)["product_id"].notna().any():
        return report.gap(CLAIM, "missing_column", "ORD", column=Label("columns", "product_id"))
    early, late, last = (_window(report, periods[at : at + each]) for at in range(0, 3 * each, each))
    least, count = int(report.threshold("hit_products")), min(len(early.features), len(late.features))
    learned, came = (
        hit.reindex(one.features.index, fill_value=False) for one, hit in ((early, late.hit), (late, last.hit))
    )
    if count < least or not learned.any() or not came.any():
        return report.gap(CLAIM, "too_few", "ROL", n=count, need=least)
    return _finding(report, early, late, last, learned, came)


def _window(report: Report, periods: list[Period]) -> Window:
    """The products of some periods; features look only at these periods and at the season that follows."""
    rows = hits.sold(report, periods)
    sums, _ = hits.by_period(report, rows, periods)
    hit = hits.best(report, sums).sum(axis=1) >= report.threshold("score_sustained")
    goods = hits.described(report, rows, min(periods[-1].end, report.seen.end))
    worth = sums.sum(axis=1).reindex(goods.index)
    place = worth.rank(pct=True)
    found = pd.DataFrame({"past": place, "momentum": sums.iloc[:, -1].reindex(goods.index).rank(pct=True) - place})
    found["momentum"] = found["momentum"].fillna(0)
    found["price"] = goods.groupby(goods["category"].fillna(""))["price"].rank(pct=True)
    found = found.join(_tags(report, goods.index, _months(report, periods)))
    return Window(f"{periods[0]} – {periods[-1]}", found, worth, hit)


def _months(report: Report, periods: list[Period]) -> set[int]:
    """Calendar months of as many periods to come."""
    days = (periods[-1].end - periods[0].start).days + 1
    return set(pd.date_range(periods[-1].end, periods=days + 1)[1:].month)


def _tags(report: Report, products: Any, months: set[int]) -> Any:
    """A column of 0 and 1 per function, look and role of the shop's list, and whether the season to come is theirs."""
    roles = report.every("roles").drop_duplicates("product_id", keep="last").set_index("product_id").reindex(products)
    tags = pd.get_dummies(roles[KINDS].astype("object"), prefix_sep="=", dtype=float)
    for season, ours in SEASONS.items():
        tags.loc[(roles["season"] == season).fillna(False), "season"] = 1.0 if months & {*ours} else -1.0
    return tags.assign(season=tags.get("season", pd.Series(0.0, index=tags.index)).fillna(0.0))


def _finding(report: Report, early: Window, late: Window, last: Window, before: Any, came: Any) -> Answer:
    """The answer, from what became hits after the early window (``before``) and after the late one (``came``)."""
    asked = late.features.reindex(columns=early.features.columns, fill_value=0.0)
    chance = method.chances(method.fit(early.features, before), asked)
    test = method.judged(chance, late.worth, came, int(came.sum()))
    traits = late.features.drop(columns=["past", "momentum"])
    own = late.hit.reindex(traits.index, fill_value=False)
    blind = method.judged(method.left_out(traits, own), late.worth, came, int(came.sum()))
    values = _values(report, test, blind, len(came))
    card = method.fit(late.features, came)
    slots = {"k": test.picks, "train": late.span, "test": last.span, "n": len(came)}
    sure = by_chance(report, test.better)
    case = {"holds": "better", "fails": "worse", "open": "same"}[sure]
    return report.finding(
        CLAIM,
        sentence(f"sales.scorecard.{case}", k=test.picks, score=values["score"], plain=values["plain"]),
        more=tuple(_more(report, test, blind, values, slots)),
        values=values,
        tables={"scores": _scores(report, card, last), "bins": _bins(report, chance, came)},
        verdict=sure,
        action=None if sure == "holds" else sentence("sales.scorecard.act"),
    )


def _values(report: Report, test: method.Test, blind: method.Test, n: int) -> dict[str, Value]:
    numbers = {
        "score": ("scorecard_hits", test.hits), "plain": ("plain_hits", test.plain), "lottery": ("lottery_hits", test.lot),
        "traits": ("newcomer_hits", blind.hits), "promised": ("score_calibration", test.promised),
        "chance": ("scorecard_better", test.better),
    }  # fmt: skip
    return {key: report.value(f"sales.{id}", number, CLAIM, TABLES, n=n) for key, (id, number) in numbers.items()}


def _more(
    report: Report, test: method.Test, blind: method.Test, values: dict[str, Value], slots: dict[str, Any]
) -> list[Sentence]:
    found = [sentence("sales.scorecard.test", lottery=values["lottery"], **slots)]
    if by_chance(report, test.better) == "open" and test.differ:
        found.append(sentence("sales.scorecard.open", differ=test.differ, chance=values["chance"]))
    close = abs(test.promised - test.came) <= 2 * test.spread
    case = "calibrated" if close else "uncalibrated"
    spread = f"{2 * test.spread:.0f}"
    found.append(sentence(f"sales.scorecard.{case}", promised=values["promised"], spread=spread, came=test.came))
    standing = Label("newcomer_standing", "better" if blind.beats_lot >= report.threshold("sure") else "alike")
    blindly: dict[str, Slot] = {
        "k": blind.picks,
        "traits": values["traits"],
        "lottery": values["lottery"],
        "standing": standing,
    }
    return [*found, sentence("sales.scorecard.newcomers", **blindly)]


def _scores(report: Report, card: method.Card, last: Window) -> Any:
    """The products of the latest window by their chance in the time to come, with what speaks most for each."""
    asked = last.features.reindex(columns=card.points.index, fill_value=0.0)
    points = method.points(card, asked)
    frame = pd.DataFrame({"score_chance": method.chances(card, asked)}, index=asked.index)
    frame["score_rank"] = last.worth.rank(ascending=False, method="first").astype("int64")
    frame = frame.sort_values("score_chance", ascending=False, kind="stable").head(int(report.threshold("top_list")))
    speech = wording.load(report.lang, report.shop)
    frame["score_reasons"] = [_reasons(speech, points.loc[item], asked.loc[item]) for item in frame.index]
    known = names.printed(list(frame.index), names.known(report))
    return table(frame.assign(product_name=known).reset_index(drop=True), SCORES, total=len(asked), n=len(asked))


def _reasons(speech: wording.Wording, points: Any, values: Any) -> str:
    """The two features that add most to the score of a product, in words; only what the product has."""
    own = points[(points > 0) & ((values > 0) | ~points.index.str.contains("="))].nlargest(2)
    said = []
    for name in own.index:
        kind, _, tag = str(name).partition("=")
        if kind == "price" and values["price"] <= 0.5:
            kind = "cheap"
        word = speech.label("score_feature", kind)
        label = speech.label("role" if kind == "role" else "typed", tag)
        said.append(f"{word} {label}" if tag else word)
    return speech.word("list_comma").join(said)


def _bins(report: Report, chance: Any, came: Any) -> Any:
    place = pd.Series(chance, index=came.index).rank(pct=True, method="first")
    group = np.select([place <= 1 / 3, place <= 2 / 3], ["low", "middle"], "high")
    rows = pd.DataFrame({"score_bin": group, "score_promised": chance, "score_came": came.astype(float)})
    found = rows.groupby("score_bin", sort=False).mean().reindex(["high", "middle", "low"]).dropna()
    count = rows["score_bin"].value_counts().reindex(found.index)
    low, high = wilson(np.round(found["score_came"] * count), count, report.threshold("level"))
    return table(found.assign(hit_items=count, low=low, high=high).reset_index(), BINS, n=len(rows))
