"""What the report covers: period, cut-off, and which files are there."""

from typing import Any

import pandas as pd

from helpers.chapters import lines
from helpers.definitions import deck, exports
from helpers.findings import Answer, Sentence, Value
from helpers.report import Report, sentence, table

CLAIM = "0.1"
STATES = ["partial", "outside", "missing", "present"]
UNITS = {
    "file": "label:exports",
    "rows": "count",
    "first_day": "date",
    "last_day": "date",
    "status": "label:file_status",
}


def coverage(report: Report) -> Answer:
    """Whether the period is complete, the last day in the data, and which files are there.

    Tables: ``files`` one row per kind of export that an answered question uses: rows of the period, first and last day;
    ``lacking`` those of them that are missing or stop before the end of what is covered.
    """
    frame = pd.DataFrame([_file(report, code, names) for code, names in _wanted(report).items()], columns=list(UNITS))
    frame = frame.sort_values("status", key=lambda states: states.map(STATES.index), kind="stable")
    values = _facts(report, frame)
    case = "final" if report.complete else "preliminary"
    return report.finding(
        CLAIM,
        sentence(f"background.coverage.{case}", period=str(report.period), until=f"{report.covered}"),
        more=_more(report, values),
        values=values,
        tables={"files": table(frame, UNITS), "lacking": table(frame[frame["status"] != "present"], UNITS)},
    )


def _wanted(report: Report) -> dict[str, list[str]]:
    """Tables by code of export, for the codes that answered questions name and the kit can read."""
    asked = {code for claim in deck.claims().values() if claim.status == "answered" for code in claim.inputs}
    found: dict[str, list[str]] = {}
    for kind in exports.load(report.shop, report.store.definitions):
        code = kind.code if kind.code in asked else kind.code.rpartition("-")[0]
        if code in asked:
            found.setdefault(code, []).extend(into.table for into in kind.into)
    return found


def _file(report: Report, code: str, names: list[str]) -> tuple[Any, ...]:
    known = [name for name in dict.fromkeys(names) if report.held(name)]
    if not known:
        return code, None, None, None, "missing"
    frame, booked = report.table(known[0]), report.store.definitions[known[0]].booked
    if not booked:
        return code, len(report.every(known[0])), None, None, "present"
    if not len(frame):
        return code, 0, None, None, "outside"
    first = frame[booked[0]].fillna(frame[booked[-1]])
    last = frame.get("period_end", first).max()
    late = pd.Timestamp(report.seen.end) - last.normalize() > pd.Timedelta(days=report.threshold("file_late_days"))
    return code, len(frame), first.min(), last, "partial" if late else "present"


def _facts(report: Report, frame: pd.DataFrame) -> dict[str, Value]:
    count = {state: int((frame["status"] == state).sum()) for state in STATES}
    found = {
        state: report.value(f"background.files/status={state}", number, CLAIM, ()) for state, number in count.items()
    }
    found["days"] = report.value("background.days_seen", report.seen.days, CLAIM, ("orders",))
    return found


def _more(report: Report, values: dict[str, Value]) -> tuple[Sentence, ...]:
    said = [sentence("background.coverage.files", **{state: values[state] for state in STATES})]
    if 0 < lines.age(report) < report.threshold("refunds_settle_days"):
        said.append(sentence("background.coverage.young", days=lines.age(report)))
    if not report.complete:
        said.insert(0, sentence("background.coverage.days", days=values["days"], all=report.period.days))
    return tuple(said)
