"""A question that several pages ask is worked out once, and what it stands on counts for each of them."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from helpers.findings import Answer
from helpers.report import Report, for_all_pages, open_report
from helpers.store import shared

TIMES = pd.to_datetime(["2026-10-01 09:00", "2026-10-02 09:00"])
ORDERS = pd.DataFrame({"order_id": ["a", "b"], "line_id": ["a", "b"], "ordered_at": TIMES, "paid_at": TIMES})
ORDERS = ORDERS.assign(payable_fen=1250, quantity=1)
COSTS = pd.DataFrame({"product_id": ["p"], "valid_from": pd.to_datetime(["2026-01-01"]), "cost_fen": [500]})
asked: list[str] = []


def costly(report: Report) -> Any:
    """What two questions share: made once on a page, it is read for both."""
    return report.once("costly", lambda: report.every("costs"))


@for_all_pages
def margin(report: Report) -> Answer:
    """A question that rests on two tables, a target and the age of an export."""
    asked.append(str(report.period))
    costly(report)
    report.target("gmv_month")
    report.taken("orders")
    report.money("sales.paid_amount", 2500, "2.1.1", ["orders"])
    return report.gap("2.1.1", "missing_file", "CST")


@pytest.fixture(autouse=True)
def run_of_kernels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked.clear()
    (tmp_path / "shared").mkdir()
    monkeypatch.setenv(shared.ENVIRONMENT, str(tmp_path / "shared"))


def test_a_second_page_takes_the_answer_over_with_all_that_it_stands_on(make_report: Callable[..., Report]) -> None:
    first = make_report({"orders": ORDERS, "costs": COSTS})
    costly(first)  # what another question of the page has read already counts for this one, too
    second = open_report("2026-10", "probe", "zh")
    assert set(second.notes.read) == {"orders"}
    assert margin(first) == margin(second) == margin(second)
    assert asked == ["2026-10"]
    assert first.notes == second.notes
    assert second.notes.read["costs"] == date(2026, 10, 31)
    assert set(second.notes.read) == {"orders", "costs", "targets"}
    assert set(second.notes.exported) == {"orders"}
    assert second.notes.facts["sales.paid_amount"].value == 25.0
    assert set(second.notes.answers) == {"2.1.1"}


def test_another_month_language_or_state_of_the_store_is_asked_anew(make_report: Callable[..., Report]) -> None:
    for month, lang in (("2026-10", "zh"), ("2026-10", "en"), ("2026W40", "zh")):
        margin(make_report({"orders": ORDERS}, period=month, lang=lang))
    margin(make_report({"orders": ORDERS.assign(payable_fen=1300)}))
    assert asked == ["2026-10", "2026-10", "2026W40", "2026-10"]


def test_outside_a_run_a_question_is_asked_anew_each_time(
    make_report: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(shared.ENVIRONMENT)  # someone may be changing it in JupyterLab
    report = make_report({"orders": ORDERS})
    assert margin(report) == margin(report)
    assert len(asked) == 2


def test_a_question_that_fails_is_asked_again_and_has_read(make_report: Callable[..., Report]) -> None:
    report, tries = make_report({"orders": ORDERS}), []

    def fails() -> None:
        tries.append(report.every("costs"))
        raise ValueError("no")

    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            report.answered("fails", fails)
    assert len(tries) == 2
    assert set(report.notes.read) == {"orders", "costs"}  # a page that goes on without it has read for it
