"""Two steps of the traffic funnel against their bars: exposure to click, and click to cart."""

from typing import Any

from helpers.chapters.background import rates
from helpers.chapters.background.facts import per_row
from helpers.findings import Answer, Finding, Label, Sentence, Slot, Value
from helpers.report import Report, sentence, table

RATE = {
    "carrier": "label:carrier",
    "base": "count",
    "hits": "count",
    "rate": "ratio",
    "low": "ratio",
    "high": "ratio",
    "bar_chance": "probability",
    "verdict": "label:bar_verdict",
}


def exposure_click(report: Report) -> Answer:
    """Share of those who saw a product that clicked one, by carrier, against the bar.

    From channel days, else from products. Tables: ``exposure_click`` one row per carrier.
    """
    days = rates.channel_days(report)
    rows, file = (days, "channel_days") if len(days) else (rates.products(report), rates.products_file(report))
    columns = rates.basis(rows, "exposure_click")
    if not usable(rows, columns):
        return report.gap("1.2.3a", "missing_file", "CDL", "PRD", "PCD")
    return _against_bar(report, "1.2.3a", "exposure_click", rows, columns, file)


def click_cart(report: Report) -> Answer:
    """Share of those who clicked a product that put one into the cart, by carrier, against the bar.

    Tables: ``click_cart`` one row per carrier. The denominator is people who clicked, not people who saw.
    """
    rows = rates.products(report)
    if not usable(rows, rates.CART):
        return report.gap("1.2.3b", "missing_file", "PRD", "CSQ")
    return _against_bar(report, "1.2.3b", "click_cart", rows, rates.CART, rates.products_file(report))


def usable(rows: Any, columns: tuple[str, str]) -> bool:
    """Whether the rows hold both counts of a step."""
    return bool(len(rows)) and bool((rows[columns[1]].fillna(0) > 0).any()) and bool(rows[columns[0]].notna().any())


def _against_bar(report: Report, claim: str, step: str, rows: Any, columns: tuple[str, str], file: str) -> Finding:
    bar = report.target(step)
    every = rates.by_carrier(report, rows, columns, bar)
    total, frame = every[every["carrier"] == rates.ALL], every[every["carrier"] != rates.ALL]
    frame = frame if len(frame) else total
    values = _rate_facts(report, claim, step, frame, total, bar, file)
    units = RATE if bar is not None else {name: RATE[name] for name in list(RATE)[:6]}
    counting = "people" if columns[1].endswith("users") else "times"
    return report.finding(
        claim,
        _rate_headline(step, frame, values),
        more=(sentence(f"background.{step}.basis_{counting}"), *_worst(step, frame, values)),
        values=values,
        tables={step: table(frame, units, n=int(frame["base"].sum()))},
        verdict=rates.overall(frame["verdict"]) if bar is not None else "",
        gaps=() if bar is not None else (report.gap(claim, "no_target", "TGT"),),
    )


def _rate_facts(
    report: Report, claim: str, step: str, frame: Any, total: Any, bar: float | None, file: str
) -> dict[str, Value]:
    born = per_row(report, f"background.{step}", frame, "carrier", "rate", claim, (file,), n="base")
    found = {f"rate/{name}": value for name, value in born.items()}
    row = total.iloc[0] if len(total) else None
    sums = frame[["hits", "base"]].sum() if row is None else row
    ends = {} if row is None else {"low": row["low"], "high": row["high"]}
    found["rate"] = report.value(
        f"background.{step}", sums["hits"] / sums["base"], claim, (file,), n=sums["base"], **ends
    )
    if bar is not None:
        found["bar"] = report.value(f"background.{step}_bar", bar, claim, ())
    return found


def _rate_headline(step: str, frame: Any, values: dict[str, Value]) -> Sentence:
    if "bar" not in values:
        return sentence(f"background.{step}.no_bar", rate=values["rate"])
    slots: dict[str, Slot] = {"rate": values["rate"], "bar": values["bar"]}
    holds, fails, unclear = (int((frame["verdict"] == verdict).sum()) for verdict in ("holds", "fails", "open"))
    if len(frame) in (holds, fails):
        return sentence(f"background.{step}.{'all' if holds else 'none'}", **slots)
    counts = {"holds": holds, "fails": fails} | ({"unclear": unclear} if unclear else {})
    return sentence(f"background.{step}.some", **slots, **counts)


def _worst(step: str, frame: Any, values: dict[str, Value]) -> tuple[Sentence, ...]:
    """The widest channel that misses its bar."""
    failed = frame[frame["verdict"] == "fails"]
    if not len(failed) or len(frame) < 2:
        return ()
    carrier = failed.iloc[0]["carrier"]
    return (sentence(f"background.{step}.worst", carrier=Label("carrier", carrier), rate=values[f"rate/{carrier}"]),)
