"""An import in a few lines for the command line."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from helpers.definitions import exports
from helpers.ingest.report import STATUSES, Entry, ImportReport


def summary_lines(report: ImportReport, lang: str) -> list[str]:
    """One line per status with its number of files, the balance of rows of each, and what each refused file needs."""
    words = exports.formats(report.shop)["summary"]
    lines = []
    for status in STATUSES:
        entries = report.with_status(status)
        if entries:
            lines.append(words["line"][lang].format(status=words[status][lang], n=len(entries)))
            lines += _balances(entries, words, lang) if status == "read" else []
            lines += [_reason(entry, words, lang) for entry in entries if entry.reason]
    lines += [
        words["problem"][lang].format(file=entry.file, problem=problem[lang])
        for entry in report.entries
        for problem in entry.problems
    ]
    if waiting := sum(entry.waiting for entry in report.entries):
        lines.append(words["waiting"][lang].format(n=waiting, shop=report.shop))
    return lines


def _balances(entries: Sequence[Entry], words: Mapping[str, Any], lang: str) -> list[str]:
    own = [words["file"][lang].format(file=entry.file, rows=_balance([entry], words, lang)) for entry in entries]
    return own if len(own) == 1 else ["  " + _balance(entries, words, lang), *own]


def _balance(entries: Sequence[Entry], words: Mapping[str, Any], lang: str) -> str:
    reasons: Counter[str] = Counter()
    for entry in entries:
        reasons.update(entry.dropped)
    dropped = str(reasons.total())
    if reasons:
        dropped += " (" + ", ".join(f"{reason} {count}" for reason, count in sorted(reasons.items())) + ")"
    parts = ("kept", "replaced", "quarantined")
    counts = {part: sum(getattr(entry, part) for entry in entries) for part in parts}
    rows = sum(entry.rows_in for entry in entries)
    return str(words["rows"][lang]).format(n=rows, dropped=dropped, **counts)


def _reason(entry: Entry, words: Mapping[str, Any], lang: str) -> str:
    return str(words["reason"][lang]).format(file=entry.file, reason=entry.reason[lang], todo=entry.todo[lang])
