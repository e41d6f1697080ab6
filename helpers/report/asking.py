"""Questions that several pages of a run ask, answered once for all of them."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING

from helpers.findings import Answer

if TYPE_CHECKING:
    from helpers.report.report import Report


def for_all_pages(question: "Callable[[Report], Answer]") -> "Callable[[Report], Answer]":
    """The question, worked out by the page of a run that asks it first; what it read and found counts for each page that asks."""

    @wraps(question)
    def ask(report: "Report") -> Answer:
        name = f"{question.__module__}.{question.__name__}"
        return report.answered(name, lambda: question(report))  # type: ignore[no-any-return]

    return ask
