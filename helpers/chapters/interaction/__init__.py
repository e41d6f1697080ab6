"""Chapter 04: who follows, what buyers say, whether they come back, how fast they are answered."""

from helpers.chapters.interaction.follows import follows
from helpers.chapters.interaction.pains import pains
from helpers.chapters.interaction.repeat import repeat
from helpers.chapters.interaction.replies import replies
from helpers.chapters.values import priced
from helpers.findings import Finding
from helpers.report import Report

__all__ = ["findings", "follows", "pains", "repeat", "replies"]


def findings(report: Report) -> list[Finding]:
    """The findings of this chapter on which money hangs."""
    return priced(pains(report), repeat(report))
