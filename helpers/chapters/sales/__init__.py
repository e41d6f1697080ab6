"""Chapter 02: what was sold, which goods carried it, and what came back."""

from helpers.chapters.sales.clock import peak_hours
from helpers.chapters.sales.mix import categories
from helpers.chapters.sales.month import month
from helpers.chapters.sales.quadrants import products
from helpers.chapters.sales.reasons import reasons
from helpers.chapters.sales.returns import returned_products
from helpers.chapters.sales.tops import turnover
from helpers.chapters.sales.value import order_value
from helpers.chapters.values import priced
from helpers.findings import Finding
from helpers.report import Report

__all__ = [
    "categories",
    "findings",
    "month",
    "order_value",
    "peak_hours",
    "products",
    "reasons",
    "returned_products",
    "turnover",
]


def findings(report: Report) -> list[Finding]:
    """The findings of this chapter on which money hangs."""
    return priced(reasons(report), returned_products(report))
