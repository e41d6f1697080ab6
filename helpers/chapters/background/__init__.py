"""Chapter 01: who buys, what was aimed for, and where the shop stands."""

from helpers.chapters.background.assortment import image_items, profit_items, traffic_items
from helpers.chapters.background.conversion import conversion
from helpers.chapters.background.coverage import coverage
from helpers.chapters.background.funnel import click_cart, exposure_click
from helpers.chapters.background.phase import phase
from helpers.chapters.background.regions import regions
from helpers.chapters.background.scenes import scenes
from helpers.chapters.background.spending import spending_power
from helpers.chapters.background.steps import steps
from helpers.chapters.background.tier import tier
from helpers.chapters.values import priced
from helpers.findings import Finding
from helpers.report import Report

__all__ = [
    "click_cart", "conversion", "coverage", "exposure_click", "findings", "image_items", "phase", "profit_items",
    "regions", "scenes", "spending_power", "steps", "tier", "traffic_items",
]  # fmt: skip


def findings(report: Report) -> list[Finding]:
    """The findings of this chapter on which money hangs, for the diagnosis."""
    return priced(steps(report))
