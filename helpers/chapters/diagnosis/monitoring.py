"""Which key figures can be followed day by day from the files at hand, and which cannot."""

from typing import Any

import pandas as pd

from helpers.definitions import files
from helpers.findings import Answer
from helpers.report import Report, sentence, table

CLAIM = "5.1.4a"
UNITS = {
    "figure": "label:monitor",
    "file": "label:exports_short",
    "days": "count",
    "lag": "days",
    "status": "label:monitor_status",
}


def monitoring(report: Report) -> Answer:
    """For each key figure: its file, the days covered, the delay, and whether it can be followed (5.1.4a).

    Tables: ``figures`` one row per figure of ``groups/monitors.toml``; status daily, gaps (days missing), period (only
    totals of a whole period) or missing.
    """
    known = files.toml(files.find("groups/monitors.toml", report.shop))
    frame = pd.DataFrame([_row(report, name, entry) for name, entry in known.items()])
    daily = int((frame["status"] == "daily").sum())
    tables = [name for name in dict.fromkeys(entry["table"] for entry in known.values()) if report.has(name)]
    count = report.value("diagnosis.figures_daily", daily, CLAIM, tables, n=len(frame))
    total = report.value("diagnosis.figures_watched", len(frame), CLAIM, tables)
    verdict = "fails" if daily == len(frame) else "holds"
    return report.finding(
        CLAIM,
        sentence(f"diagnosis.monitoring.{verdict}", daily=count, total=total),
        more=(sentence("diagnosis.monitoring.offline"),),
        values={"daily": count, "total": total},
        tables={"figures": table(frame[list(UNITS)], UNITS)},
        verdict=verdict,
    )


def _row(report: Report, name: str, entry: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {"figure": name, "file": entry["file"], "days": 0, "lag": None, "status": "missing"}
    if not report.has(entry["table"]):
        return row
    if entry.get("whole_period"):
        return row | {"days": report.seen.days, "status": "period"}
    booked = report.store.definitions[entry["table"]].booked
    rows = report.table(entry["table"])
    moment = rows[booked[0]]
    for column in booked[1:]:
        moment = moment.fillna(rows[column])
    days = int(moment.dt.normalize().nunique())
    lag = (report.covered - moment.max().date()).days if report.covered <= report.seen.end else 0
    sparse = entry.get("events") or days >= report.seen.days
    return row | {"days": days, "lag": lag, "status": "daily" if sparse else "gaps"}
