"""The report object: what is covered, what a value carries, whose calendar counts."""

from datetime import date
from typing import Any

import pandas as pd
import pytest

from helpers.errors import DefinitionError, ParameterError
from helpers.report import last_complete_month
from helpers.store import Store


def orders(*moments: str) -> Any:
    times = pd.to_datetime(list(moments))
    ids = [f"o{index}" for index in range(len(times))]
    return pd.DataFrame(
        {"order_id": ids, "line_id": ids, "ordered_at": times, "paid_at": times, "payable_fen": 1250, "quantity": 1}
    )


def test_a_month_is_complete_once_the_export_was_made_after_it(make_report: Any) -> None:
    report = make_report({"orders": orders("2026-10-01 09:00", "2026-10-30 09:00")})  # exported on 5 November at 10:00
    assert report.covered == date(2026, 11, 4)
    assert report.complete


def test_an_unfinished_month_is_seen_as_far_as_it_is_covered(make_report: Any) -> None:
    report = make_report({"orders": orders("2026-10-01 09:00", "2026-11-03 09:00")}, period="2026-11")
    assert not report.complete
    assert (report.seen.start, report.seen.end) == (date(2026, 11, 1), date(2026, 11, 4))
    assert str(report.base("previous")) == "2026-10-01..2026-10-04"
    assert report.base("year_ago") is None
    assert str(last_complete_month(Store.open(), "probe")) == "2026-10"


def test_a_value_carries_unit_definition_and_the_rows_it_stands_on(make_report: Any) -> None:
    report = make_report({"orders": orders("2026-10-01 09:00", "2026-10-02 09:00", "2026-09-02 09:00")})
    value = report.money("sales.paid_amount", 2500, "2.1.1", ["orders"], n=2)
    assert (value.value, value.unit, value.n, value.period) == (25.0, "CNY", 2, "2026-10")
    assert [source.rows for source in value.sources] == [2]
    assert value.definition
    assert report.notes.facts == {"sales.paid_amount": value}


def test_a_number_without_a_definition_is_not_born(make_report: Any) -> None:
    report = make_report({"orders": orders("2026-10-01 09:00")})
    with pytest.raises(DefinitionError, match="sales.nonsense"):
        report.value("sales.nonsense", 1, "2.1.1", ["orders"])


def test_a_shop_that_types_its_promotions_keeps_the_public_holidays(make_report: Any) -> None:
    own = pd.DataFrame({"name": ["周年庆"], "kind": "promotion", "start": pd.to_datetime(["2026-10-10"])})
    report = make_report({"orders": orders("2026-10-01 09:00"), "calendar": own.assign(end=own["start"])})
    kinds = report.calendar.groupby("kind").size()
    assert kinds["promotion"] == 1
    assert kinds["holiday"] > 1


@pytest.mark.parametrize(
    ("period", "shop", "said"),
    [("2025-01", "probe", "try 2026-10"), ("2026-10", "prob", "did you mean probe"), ("x", "probe", "2026Q3")],
)
def test_what_is_not_there_is_refused_with_the_nearest_choice(
    make_report: Any, period: str, shop: str, said: str
) -> None:
    from helpers.report import open_report

    make_report({"orders": orders("2026-10-01 09:00")})
    with pytest.raises(ParameterError, match=said):
        open_report(period, shop)
