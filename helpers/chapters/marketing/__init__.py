"""Chapter 03: videos, ads, live sessions, hosts, promotions, returning buyers."""

from helpers.chapters.marketing.ads import roi
from helpers.chapters.marketing.buyers import old_customers
from helpers.chapters.marketing.conversion import live_conversion
from helpers.chapters.marketing.hosts import hosts
from helpers.chapters.marketing.promotions import promotion
from helpers.chapters.marketing.videos import interaction
from helpers.chapters.marketing.watch import watch_time
from helpers.chapters.values import priced
from helpers.findings import Finding
from helpers.report import Report

__all__ = ["findings", "hosts", "interaction", "live_conversion", "old_customers", "promotion", "roi", "watch_time"]


def findings(report: Report) -> list[Finding]:
    """Findings of this chapter on which money hangs."""
    return priced(roi(report), hosts(report))
