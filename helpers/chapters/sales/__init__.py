"""Chapter 02: what was sold, which goods carried it, and what came back."""

from helpers.chapters.sales.active_hours import active_hours
from helpers.chapters.sales.bundles import bundles
from helpers.chapters.sales.clock import peak_hours
from helpers.chapters.sales.complaints import pain_points
from helpers.chapters.sales.delist import delist
from helpers.chapters.sales.missed_peaks import missed_peaks
from helpers.chapters.sales.mix import categories
from helpers.chapters.sales.month import month
from helpers.chapters.sales.order_by import order_by
from helpers.chapters.sales.pacing import pacing
from helpers.chapters.sales.page_returns import page_returns
from helpers.chapters.sales.pain_costs import pain_costs
from helpers.chapters.sales.policy_tests import policy_tests
from helpers.chapters.sales.praise import praised_words
from helpers.chapters.sales.prices import hit_prices
from helpers.chapters.sales.quadrants import products
from helpers.chapters.sales.reallocation import reallocation
from helpers.chapters.sales.reasons import reasons
from helpers.chapters.sales.return_balance import return_balance
from helpers.chapters.sales.return_costs import return_costs
from helpers.chapters.sales.return_effort import return_effort
from helpers.chapters.sales.return_stages import return_stages
from helpers.chapters.sales.returns import returned_products
from helpers.chapters.sales.scorecard import scorecard
from helpers.chapters.sales.spend_more import spend_more
from helpers.chapters.sales.stockout_losses import stockout_losses
from helpers.chapters.sales.suppliers import suppliers
from helpers.chapters.sales.tops import turnover
from helpers.chapters.sales.traits import hit_functions, hit_looks
from helpers.chapters.sales.truthful import truthful
from helpers.chapters.sales.value import order_value
from helpers.chapters.values import priced
from helpers.findings import Finding
from helpers.report import Report

__all__ = [
    "active_hours",
    "bundles",
    "categories",
    "delist",
    "findings",
    "hit_functions",
    "hit_looks",
    "hit_prices",
    "missed_peaks",
    "month",
    "order_by",
    "order_value",
    "pacing",
    "page_returns",
    "pain_costs",
    "pain_points",
    "peak_hours",
    "policy_tests",
    "praised_words",
    "products",
    "reallocation",
    "reasons",
    "return_balance",
    "return_costs",
    "return_effort",
    "return_stages",
    "returned_products",
    "scorecard",
    "spend_more",
    "stockout_losses",
    "suppliers",
    "truthful",
    "turnover",
]


def findings(report: Report) -> list[Finding]:
    """The findings of this chapter on which money hangs."""
    return priced(reasons(report), returned_products(report), pain_costs(report), pacing(report), reallocation(report))
