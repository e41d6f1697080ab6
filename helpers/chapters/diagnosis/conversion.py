"""Natural and paid traffic against what others reach: below the industry, or not, or not to be told."""

from typing import Any

import pandas as pd

from helpers.chapters import mature, spans
from helpers.chapters.values import by_chance, rated
from helpers.definitions.deck import Benchmark
from helpers.findings import Answer, Label, Sentence, Value
from helpers.methods.intervals import prob_at_least
from helpers.report import Report, for_all_pages, sentence, table

WINDOWS = {"organic": ("5.1.1a", "off"), "promoted": ("5.1.1b", "on")}
METRICS = {"organic": "organic_conversion", "promoted": "paid_conversion"}
UNITS = {"traffic": "label:traffic_window", "base": "count", "rate": "ratio", "low": "ratio", "high": "ratio"}


@for_all_pages
def organic(report: Report) -> Answer:
    """Whether visitors who came while no campaign ran buy less often than the industry's (5.1.1a)."""
    return _judged(report, "organic")


@for_all_pages
def promoted(report: Report) -> Answer:
    """Whether visitors who came while a campaign ran buy less often than the industry's (5.1.1b)."""
    return _judged(report, "promoted")


def _judged(report: Report, traffic: str) -> Answer:
    claim, window = WINDOWS[traffic]
    days = report.table("channel_days")
    days = days[(days["carrier"] == "all") & (days["ad_window"] == window)] if len(days) else days
    clicked = int(days["click_users"].sum()) if len(days) else 0
    if not clicked:
        return report.gap(claim, "missing_file", "CDL")
    bought = min(int(days["buyers"].sum()), clicked)
    rate = rated(report, f"diagnosis.conversion/traffic={traffic}", bought, clicked, claim, ["channel_days"])
    bench = report.benchmark(METRICS[traffic])
    if bench is None or bench.value is None:
        alone = sentence("diagnosis.conversion.alone", traffic=_name(traffic), rate=rate)
        gaps = (report.gap(claim, "no_benchmark", "BMK"),)
        return report.finding(
            claim, alone, values={"rate": rate}, tables=_table(traffic, rate), verdict="open", gaps=gaps
        )
    return _against(report, claim, traffic, rate, bench, days, (bought, clicked))


def _against(
    report: Report, claim: str, traffic: str, rate: Value, bench: Benchmark, days: Any, counts: tuple[int, int]
) -> Answer:
    assert bench.value is not None
    bar = report.value(
        f"diagnosis.conversion_bar/traffic={traffic}",
        bench.value,
        claim,
        ["benchmarks"],
        low=bench.low,
        high=bench.high,
    )
    edge = bench.value if bench.low is None else bench.low  # inside the industry's own band is not below it
    below = 1 - float(prob_at_least(*counts, edge))
    chance = report.value(
        f"diagnosis.conversion_below/traffic={traffic}", below, claim, ["channel_days", "benchmarks"], n=rate.n
    )
    verdict = by_chance(report, below)
    stake = _stake(report, claim, traffic, bench.value, rate, days) if verdict == "holds" else None
    typed = {"source": Label("typed", bench.source), "scope": Label("typed", bench.scope)}
    more = [
        sentence("diagnosis.conversion.source", **typed, day=bench.source_day, bar=bar),
        sentence("diagnosis.conversion.days", n=counts[1]),
    ]
    return report.finding(
        claim,
        sentence(f"diagnosis.conversion.{verdict}", traffic=_name(traffic), rate=rate, bar=bar, chance=chance),
        more=(*more, *_basis(stake, report)),
        values={"rate": rate, "bar": bar, "chance": chance},
        tables=_table(traffic, rate),
        verdict=verdict,
        stake=stake,
        action=sentence(f"diagnosis.conversion.action_{traffic}", stake=stake) if stake else None,
    )


def _stake(report: Report, claim: str, traffic: str, bar: float, rate: Value, days: Any) -> Value | None:
    """What a month would leave more if this traffic bought as often as the industry's, all else equal."""
    share, basis = mature.kept_share(report)
    if basis == "paid" or not rate.value or rate.low is None or rate.high is None:
        return None
    worth = float(days["paid_fen"].sum()) * max(share, 0) * spans.monthly(report)
    more, least, most = (worth * max(bar / end - 1, 0) for end in (rate.value, rate.high, rate.low))
    files = [name for name in ("channel_days", "orders", "after_sales", "costs", "benchmarks") if report.has(name)]
    fact = f"diagnosis.conversion_lost/traffic={traffic}"
    return report.money(fact, round(more), claim, files, n=rate.n, low=round(least), high=round(most))


def _basis(stake: Value | None, report: Report) -> list[Sentence]:
    return [sentence(f"diagnosis.basis.{mature.kept_share(report)[1]}")] if stake else []


def _name(traffic: str) -> Label:
    return Label("traffic_window", traffic)


def _table(traffic: str, rate: Value) -> dict[str, Any]:
    row = {"traffic": traffic, "base": rate.n, "rate": rate.value, "low": rate.low, "high": rate.high}
    return {"rate": table(pd.DataFrame([row]), UNITS, n=rate.n)}
