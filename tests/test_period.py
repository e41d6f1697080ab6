"""Periods: forms, neighbours, refusals."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.errors import ParameterError
from helpers.period import Period, month_of


@pytest.mark.parametrize(
    ("text", "start", "end", "days"),
    [
        ("2026-10", date(2026, 10, 1), date(2026, 10, 31), 31),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), 29),
        ("2026Q3", date(2026, 7, 1), date(2026, 9, 30), 92),
        ("2026H1", date(2026, 1, 1), date(2026, 6, 30), 181),
        ("2026", date(2026, 1, 1), date(2026, 12, 31), 365),
        ("2026W01", date(2025, 12, 29), date(2026, 1, 4), 7),
        ("2026-10-01..2026-10-15", date(2026, 10, 1), date(2026, 10, 15), 15),
    ],
)
def test_each_form_names_its_days(text: str, start: date, end: date, days: int) -> None:
    period = Period.parse(text)
    assert (period.start, period.end, period.days) == (start, end, days)
    assert str(period) == text


@pytest.mark.parametrize(
    ("text", "previous", "year_ago"),
    [
        ("2026-01", "2025-12", "2025-01"),
        ("2024-02", "2024-01", "2023-02"),
        ("2026Q1", "2025Q4", "2025Q1"),
        ("2026H1", "2025H2", "2025H1"),
        ("2026-10-01..2026-10-15", "2026-09-16..2026-09-30", "2025-10-02..2025-10-16"),
        ("2026W40", "2026W39", "2025W40"),
    ],
)
def test_neighbours(text: str, previous: str, year_ago: str) -> None:
    assert str(Period.parse(text).previous()) == previous
    assert str(Period.parse(text).year_ago()) == year_ago


def test_a_year_that_papermill_made_a_number_is_still_a_year() -> None:
    assert Period.parse(2026).kind == "year"


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "october", "", "2026Q5", "2026-02-30..2026-03-01"])
def test_what_is_no_period_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(ParameterError) as caught:
        Period.parse(text)
    assert "\n" not in str(caught.value)
    assert "2026-10" in str(caught.value)


def test_month_thirteen_names_the_nearest_month() -> None:
    with pytest.raises(ParameterError, match="nearest 2026-12"):
        Period.parse("2026-13")


@given(st.dates(date(2000, 1, 1), date(2060, 12, 31)), st.integers(1, 40))
def test_months_in_a_row_touch_and_never_overlap(day: date, count: int) -> None:
    row = month_of(day).back(count)
    assert len(row) == count
    for before, after in zip(row, row[1:], strict=False):
        assert (after.start - before.end).days == 1
