"""An import in a few lines for the command line."""

from collections.abc import Mapping
from typing import Any

from helpers.definitions import exports
from helpers.ingest.report import STATUSES, Entry, ImportReport


def summary_lines(report: ImportReport, lang: str) -> list[str]:
    """One line per status with its number of files, the balance of rows, and what each refused file needs."""
    words = exports.formats(report.shop)["summary"]
    lines = []
    for status in STATUSES:
        entries = report.with_status(status)
        if entries:
            lines.append(words["line"][lang].format(status=words[status][lang], n=len(entries)))
            lines += _balance(entries, words, lang) if status == "read" else []
            lines += [_reason(entry, words, lang) for entry in entries if entry.reason]
    return lines + [
        words["problem"][lang].format(file=entry.file, problem=problem[lang])
        for entry in report.entries
        for problem in entry.problems
    ]


def _balance(entries: list[Entry], words: Mapping[str, Any], lang: str) -> list[str]:
    reasons: dict[str, int] = {}
    for entry in entries:
        for reason, count in entry.dropped.items():
            reasons[reason] = reasons.get(reason, 0) + count
    dropped = str(sum(reasons.values()))
    if reasons:
        dropped += " (" + ", ".join(f"{reason} {count}" for reason, count in sorted(reasons.items())) + ")"
    rows, kept, replaced = (sum(getattr(entry, part) for entry in entries) for part in ("rows_in", "kept", "replaced"))
    return ["  " + words["rows"][lang].format(n=rows, kept=kept, replaced=replaced, dropped=dropped)]


def _reason(entry: Entry, words: Mapping[str, Any], lang: str) -> str:
    return str(words["reason"][lang]).format(file=entry.file, reason=entry.reason[lang], todo=entry.todo[lang])
