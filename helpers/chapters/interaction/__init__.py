"""Chapter 04: who follows, what buyers say, whether they come back, how fast they are answered."""

from helpers.chapters.interaction.follows import follows
from helpers.chapters.interaction.pains import pains
from helpers.chapters.interaction.repeat import repeat
from helpers.chapters.interaction.replies import replies
from helpers.findings import Finding
from helpers.report import Report

__all__ = ["findings", "follows", "pains", "repeat", "replies"]


def findings(report: Report) -> list[Finding]:
    """The findings of this chapter on which money hangs."""
    answers = [pains(report), repeat(report)]
    return [answer for answer in answers if isinstance(answer, Finding) and answer.stake is not None]
