"""What hits share in function and look: orders against other products of the same category, and orders per exposure."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters.sales import hits
from helpers.chapters.sales.hits import Hits
from helpers.chapters.values import ranged
from helpers.definitions import wording
from helpers.findings import Answer, Finding, Gap, Label, Sentence, Slot, Value
from helpers.methods.intervals import Interval
from helpers.methods.lifts import multiples, shared
from helpers.report import Report, sentence, table

FUNCTIONS, LOOKS = "2.2.1b", "2.2.1c"


def hit_functions(report: Report) -> Answer:
    """Functions by how many times the daily orders of other products of the same category theirs have.

    Table ``functions``: one row per function, the best seller first: products, hits among them and to be expected,
    ``trait_multiple`` with ``low`` and ``high`` (shrunken), ``multiple_shown`` by orders per exposure, ``trait_standing``.
    """
    return _answer(report, FUNCTIONS, "function")


def hit_looks(report: Report) -> Answer:
    """Looks, as `hit_functions`; table ``looks``."""
    return _answer(report, LOOKS, "look")


def _answer(report: Report, claim: str, column: str) -> Answer:
    given = report.every("roles")
    if not len(given):
        return report.gap(claim, "missing_file", "ROL", what=Label("hit_cost", column))
    tags = given.drop_duplicates("product_id", keep="last").set_index("product_id")[column].dropna().str.strip()
    if not len(tags):
        what = Label("hit_cost", column)
        return report.gap(claim, "missing_column", "ROL", column=Label("columns", f"hit_{column}"), what=what)
    found = hits.hits(report, claim)
    if isinstance(found, Gap):
        return found
    goods = hits.known(found).assign(trait=tags).dropna(subset=["trait"])
    least = int(report.threshold("hit_products"))
    if len(goods) < least:
        return report.gap(claim, "too_few", "ROL", n=len(goods), need=least)
    return _finding(report, claim, column, found, goods)


def _finding(report: Report, claim: str, column: str, found: Hits, goods: Any) -> Finding:
    frame = _frame(report, goods, hits.exposures(report, found))
    values = _values(report, claim, column, frame)
    kind = Label("hit_trait", column)
    slots = found.slots() | {"need": int(report.threshold("hit_sustained")), "n": len(goods)}
    more = [sentence(f"sales.hit_traits.basis_{found.measure}", kind=kind, **slots)]
    best = frame.iloc[0]
    common = best["trait_standing"] == "common"
    if common:
        more += _common(report, frame.iloc[0], values, kind)
    rare = frame[frame["trait_standing"] == "rare"]
    if len(rare):
        more.append(sentence("sales.hit_traits.rare", kind=kind, traits=_named(report, rare["trait"].head(3))))
    shown = frame["multiple_shown"].notna().any()
    units = _units(column, shown)
    rows = frame.rename(
        columns={"trait": f"hit_{column}", "items": "hit_items", "expected": "hit_expected", "hits": "hit_count"}
    )
    return report.finding(
        claim,
        _headline(frame, values, kind),
        more=tuple(more),
        values=values,
        tables={f"{column}s": table(rows[[*units]].reset_index(drop=True), units, n=len(goods))},
        action=sentence("sales.hit_traits.act", trait=Label("typed", best["trait"])) if common else None,
        gaps=() if shown else (report.gap(claim, "no_traffic", "PRD", what=Label("hit_open", "exposure")),),
    )


def _frame(report: Report, goods: Any, shown: Any) -> Any:
    """One row per trait, the highest multiple first, those that cannot be compared last."""
    level = report.threshold("level")
    found = shared(goods["hit"], goods["trait"], goods["category"]).set_index("trait")
    sales = multiples(goods["per_day"], goods["trait"], goods["category"], level=level).set_index("trait")
    found = found.join(sales[["multiple", "low", "high"]].rename(columns={"multiple": "trait_multiple"}))
    found = found.join(_at_equal_exposure(goods, shown, level))
    few = found["items"] < report.threshold("trait_items")
    cases = [few | found["low"].isna(), found["low"] > 1, found["high"] < 1]
    found["trait_standing"] = np.select(cases, ["few", "common", "rare"], "alike")
    order = found.assign(last=found["trait_standing"] == "few")
    return order.sort_values(["last", "trait_multiple"], ascending=[True, False], kind="stable").reset_index()


def _at_equal_exposure(goods: Any, shown: Any, level: float) -> Any:
    names = {"multiple": "multiple_shown", "low": "shown_low", "high": "shown_high"}
    rows = goods.assign(shown=shown.reindex(goods.index)).dropna(subset=["shown"])
    if len(rows) < len(goods) / 2:
        return pd.DataFrame(columns=[*names.values()], dtype="float64")
    found = multiples(rows["orders"] / rows["shown"], rows["trait"], rows["category"], level=level)
    return found.set_index("trait")[[*names]].rename(columns=names)


def _values(report: Report, claim: str, column: str, frame: Any) -> dict[str, Value]:
    values = {}
    for row in frame[frame["trait_multiple"].notna()].itertuples():
        for name, id, ends in (
            ("multiple", "sales.trait_multiple", (row.trait_multiple, row.low, row.high)),
            ("shown", "sales.trait_multiple_shown", (row.multiple_shown, row.shown_low, row.shown_high)),
        ):
            if not np.isnan(ends[0]):
                files = ["orders", "roles", *(["product_periods"] if name == "shown" else [])]
                id = f"{id}/{column}={row.trait}"
                values[f"{name}.{row.trait}"] = ranged(report, id, Interval(*ends), claim, files, n=row.items)
    return values


def _headline(frame: Any, values: dict[str, Value], kind: Label) -> Sentence:
    best = frame.iloc[0]
    if best["trait_standing"] == "few":
        return sentence("sales.hit_traits.untold", kind=kind)
    if best["trait_standing"] != "common":
        return sentence("sales.hit_traits.none", kind=kind)
    return sentence(
        "sales.hit_traits.found", trait=Label("typed", best["trait"]), multiple=values[f"multiple.{best['trait']}"]
    )


def _common(report: Report, best: Any, values: dict[str, Value], kind: Label) -> list[Sentence]:
    level, trait = report.threshold("level"), best["trait"]
    case = "hits_sure" if best["q"] < 1 - level else "hits_open"
    slots: dict[str, Slot] = {
        "count": int(best["hits"]),
        "expected": f"{best['expected']:.1f}",
        "items": int(best["items"]),
    }
    found = [sentence(f"sales.hit_traits.{case}", trait=Label("typed", trait), **slots)]
    shown = values.get(f"shown.{trait}")
    if shown is not None:
        case = "shown_more" if (shown.low or 0) > 1 else "shown_alike"
        found.append(sentence(f"sales.hit_traits.{case}", trait=Label("typed", trait), shown=shown, kind=kind))
    return found


def _named(report: Report, traits: Any) -> str:
    speech = wording.load(report.lang, report.shop)
    return speech.word("list_comma").join(speech.label("typed", trait) for trait in traits)


def _units(column: str, shown: bool) -> dict[str, str]:
    units = {
        f"hit_{column}": "label:typed",
        "trait_standing": "label:trait_standing",
        "hit_items": "count",
        "hit_count": "count",
    }
    units |= {"hit_expected": "count", "trait_multiple": "multiple", "low": "multiple", "high": "multiple"}
    return units | ({"multiple_shown": "multiple"} if shown else {})
