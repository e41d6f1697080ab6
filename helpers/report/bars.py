"""What a shop is measured by: targets, benchmarks and the calendar, its own sheets before the kit's files."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from helpers.definitions import deck, files
from helpers.period import Period

COLUMNS = ["name", "series", "kind", "start", "peak", "end", "confirmed"]
YEAR = r"(?<!\d)20\d\d(?!\d)"


def targets(shop: str, typed: Any, period: Period) -> Mapping[str, deck.Target]:
    """Targets by metric: the deck's, or of the typed rows the last one valid by the end of the period."""
    found = dict(deck.targets(shop))
    if not len(typed):
        return found
    valid = typed[typed["valid_from"] <= pd.Timestamp(period.end)].sort_values("valid_from")
    for row in valid.itertuples():
        known = found.get(row.metric)
        if known:
            found[row.metric] = replace(known, value=_known(row.amount), origin="shop")
    return found


def benchmark(typed: Any, metric: str) -> deck.Benchmark | None:
    """The newest of the typed benchmarks of a metric; None where there is none."""
    rows = typed[typed["metric"] == metric] if len(typed) else typed
    if not len(rows):
        return None
    row = rows.sort_values("source_day").iloc[-1]
    value, low, high = (_known(row[part]) for part in ("amount", "least", "most"))
    return deck.Benchmark(metric, value, low, high, row["source_name"], f"{row['source_day']:%Y-%m-%d}", row["scope"])


def _known(amount: Any) -> float | None:
    return None if pd.isna(amount) else float(amount)


def calendar(shop: str, lang: str, typed: Any, shipped: bool) -> Any:
    """The typed rows and, for each kind that none was typed of, the kit's where they apply; columns as `Report.calendar`."""
    found = [pd.DataFrame(columns=COLUMNS)]
    rows = pd.DataFrame(files.rows(files.find("calendar.csv", shop)))
    known = dict(zip(rows["name_zh"], rows["series"], strict=True)) if "series" in rows else {}
    if len(typed):
        name = typed["name"] if lang == "zh" else typed["name_en"].fillna(typed["name"])
        found = [typed.assign(name=name, series=_series(typed["name"], known))[COLUMNS]]
    if shipped:
        days = {part: pd.to_datetime(rows[part]) for part in ("start", "peak", "end")}
        rows = rows.assign(name=rows[f"name_{lang}"], series=_series(rows["name_zh"], known), **days)[COLUMNS]
        found.append(rows[~rows["kind"].isin(set(found[0]["kind"]))])
    filled = [part for part in found if len(part)]
    return pd.concat(filled).sort_values("start", kind="stable") if filled else found[0]


def _series(names: Any, known: Mapping[str, str]) -> Any:
    """What the same event is called every year: by the kit's calendar, else its name without the year."""
    stems = names.str.replace(YEAR, "", regex=True).str.strip()
    return names.map(known).replace("", pd.NA).fillna(stems)
