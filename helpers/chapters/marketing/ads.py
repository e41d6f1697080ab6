"""Paid promotion: what it brings back by several definitions, and what is spent below break-even."""

from typing import Any

from helpers.chapters import mature, promoted, spans
from helpers.chapters.marketing import bars, spend
from helpers.findings import Answer, Gap, Sentence, Value
from helpers.report import FEN, Report, for_all_pages, sentence, table

CLAIM = "3.1.2b"
ADS, ORDERS, COSTS = ("ads",), ("ads", "orders", "after_sales"), ("ads", "orders", "after_sales", "costs")
FILES = {"gross": ADS, "net_1h": ADS, "net_refunds": ORDERS, "contribution": COSTS}
MULTIPLES = dict.fromkeys(("roi", "low", "high", "break_even"), "multiple")
BASES = {"roi_basis": "label:roi_basis", **MULTIPLES, "reached": "label:yes_no"}
OBJECTS = {"ad_object": "text", "spend": "money", "gmv": "money", **MULTIPLES}


@for_all_pages
def roi(report: Report) -> Answer:
    """Sales per unit of ad spend: gross, net of refunds within the hour, net of all refunds, and as contribution.

    Tables: ``bases`` one row per definition, ``objects`` one row per promoted object, most spend first, each with its
    own break-even multiple. The stake is what contribution did not bring back of the spend below break-even.
    """
    missing = bars.absent(report, CLAIM, "ads", "QC-U", "spend_fen", "gmv_fen")
    if missing:
        return missing
    rows = promoted.spent(report)
    if not rows["spend_fen"].sum() > 0:
        return report.gap(CLAIM, "no_rows", "QC-U")
    old = mature.paid(report, traffic="ad")
    bases, objects = spend.bases(report, rows, old), spend.objects(report, rows, old)
    values = _values(report, rows, bases) | _lost(report, objects)
    return report.finding(
        CLAIM,
        _headline(values),
        more=_more(values),
        values=values,
        tables=_tables(bases, objects, values),
        verdict=bars.judged(values["roi"], values["roi.target"], report.threshold("fewest_days")),
        stake=values.get("shortfall"),
        action=_action(values),
        gaps=_gaps(report, bases),
    )


def _values(report: Report, rows: Any, bases: Any) -> dict[str, Value]:
    found = {}
    for name, row in bases.iterrows():
        key = "roi" if name == "gross" else f"roi_{name}"
        found[key] = _multiple(report, f"marketing.{key}", row["roi"], row["low"], row["high"], rows, FILES[str(name)])
    found["roi.target"] = bars.target(report, "marketing.roi", "roi", CLAIM)
    found["spend"] = report.money("marketing.ad_spend", float(rows["spend_fen"].sum()), CLAIM, ADS, n=len(rows))
    if bases["target"].notna().any():
        found["break_even"] = report.value("marketing.roi_break_even", bases.loc["gross", "target"], CLAIM, COSTS)
    if bars.known(found, "roi.target"):
        hits = int((bases["roi"] >= found["roi.target"].value).sum())
        found["hits"] = report.value("marketing.roi_bases_reached", hits, CLAIM, COSTS, n=len(bases))
    base = report.base("previous")
    before = promoted.spent(report, base) if base else rows.head(0)
    if base and before["spend_fen"].sum() > 0:
        then = spend.back(before)
        found["roi.previous"] = _multiple(report, "marketing.roi/base=previous", *then, before, ADS, period=base)
    return found


def _multiple(
    report: Report, id: str, estimate: float, low: float, high: float, rows: Any, files: tuple[str, ...], **more: Any
) -> Value:
    days = int(rows["day"].nunique())
    return report.value(id, estimate, CLAIM, files, n=days, low=low, high=high, **more)


def _lost(report: Report, objects: Any) -> dict[str, Value]:
    """Spend below break-even, and what of it was not brought back a month; ranges from the ends of the multiples."""
    known, found = objects[objects["margin"].notna()], {}
    for row in objects.itertuples():
        id = f"marketing.object_roi/object={row.object_id}"
        found[f"roi.{row.object_id}"] = report.value(id, row.roi, CLAIM, ADS, low=row.low, high=row.high)
    if not len(known):
        return found
    earned = {end: known["margin"].clip(lower=0) * known[end].fillna(known["roi"]) for end in ("roi", "high", "low")}
    below = [float(known.loc[part < 1, "spend"].sum()) for part in earned.values()]
    short = [
        float((known["spend"] * (1 - part).clip(lower=0)).sum()) * spans.monthly(report) for part in earned.values()
    ]
    count = int((earned["roi"] < 1).sum())
    return found | {
        "below": _money(report, "marketing.spend_below_break_even", below, len(known)),
        "shortfall": _money(report, "marketing.ad_shortfall", short, len(known)),
        "objects_below": report.value("marketing.ad_objects_below", count, CLAIM, COSTS, n=len(known)),
    }


def _money(report: Report, id: str, yuan: list[float], n: int) -> Value:
    fen = [part * FEN for part in yuan]
    return report.money(id, fen[0], CLAIM, COSTS, n=n, low=fen[1], high=fen[2])


def _tables(bases: Any, objects: Any, values: dict[str, Value]) -> dict[str, Any]:
    frame = bases.reset_index().assign(break_even=bases["target"].to_numpy(), reached=None)
    if bars.known(values, "roi.target"):
        frame["reached"] = ["yes" if one >= values["roi.target"].value else "no" for one in frame["roi"]]
    told = objects.assign(break_even=objects["target"])
    units = {name: unit for name, unit in BASES.items() if frame[name].notna().any()}
    listed = {name: unit for name, unit in OBJECTS.items() if told[name].notna().any()}
    return {"bases": table(frame, units, n=values["roi"].n), "objects": table(told, listed, n=values["roi"].n)}


def _headline(values: dict[str, Value]) -> Sentence:
    case = "plain"
    if bars.known(values, "break_even"):
        case = "above" if float(values["roi"].value or 0) >= float(values["break_even"].value or 0) else "below"
    return sentence(f"marketing.roi.{case}", **bars.slots(values, "roi", "break_even", "roi_net_refunds", "roi.target"))


def _wasted(values: dict[str, Value]) -> bool:
    return bars.known(values, "objects_below") and bool(values["objects_below"].value)


def _action(values: dict[str, Value]) -> Sentence | None:
    if not _wasted(values):
        return None
    every = values["objects_below"].value == values["objects_below"].n
    case = "action" if values["below"].low and not every else "test" if every else "watch"
    return sentence(f"marketing.roi.{case}", below=values["below"])


def _more(values: dict[str, Value]) -> tuple[Sentence, ...]:
    said = []
    if bars.known(values, "hits"):
        said.append(sentence("marketing.roi.hits", **bars.slots(values, "hits", "roi.target")))
    if bars.known(values, "roi_net_refunds"):
        said.append(sentence("marketing.roi.net", roi=values["roi_net_refunds"]))
    said += bars.against_previous(values, "roi", "marketing.previous")
    if _wasted(values):
        said.append(sentence("marketing.roi.objects", **bars.slots(values, "objects_below", "below", "spend")))
    return (*said, sentence("marketing.roi.natural"))


def _gaps(report: Report, bases: Any) -> tuple[Gap, ...]:
    found = []
    if "net_refunds" not in bases.index:
        young = len(report.every("orders")) and mature.window(report) is None
        found.append(report.gap(CLAIM, "not_mature") if young else report.gap(CLAIM, "no_refund", "ORD", "AFS"))
    if "contribution" not in bases.index:
        found.append(report.gap(CLAIM, "no_cost", "CST"))
    return tuple(found)
