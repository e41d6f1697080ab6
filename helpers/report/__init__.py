"""The one object that a notebook holds: a shop's period, its tables and targets; every value is born here."""

from helpers.report.asking import for_all_pages
from helpers.report.opening import open_report
from helpers.report.reach import checked_period, covered_until, horizon, last_complete_month, store_span
from helpers.report.report import Report, sentence, table
from helpers.report.units import FEN

__all__ = [
    "FEN",
    "Report",
    "checked_period",
    "covered_until",
    "for_all_pages",
    "horizon",
    "last_complete_month",
    "open_report",
    "sentence",
    "store_span",
    "table",
]
