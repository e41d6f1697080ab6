from pathlib import Path

import pandas as pd
import pytest

from helpers.errors import ParameterError
from helpers.publish import check
from helpers.store import Store

EXPORTED = pd.Timestamp("2026-11-05 10:00:00")


def orders(*days: str) -> pd.DataFrame:
    moments = pd.to_datetime(list(days)) + pd.Timedelta(hours=9)
    ids = [f"{place}" for place in range(len(days))]
    frame = pd.DataFrame({"order_id": ids, "line_id": ids, "ordered_at": moments, "paid_at": moments})
    return frame.assign(payable_fen=100, source="0" * 64, snapshot=EXPORTED)


def cards(start: str, end: str) -> pd.DataFrame:
    row = {"product_id": ["p"], "period_start": pd.to_datetime([start]), "period_end": pd.to_datetime([end])}
    return pd.DataFrame(row).assign(source="0" * 64, snapshot=EXPORTED)


@pytest.fixture
def found(data: Path) -> check.Check:
    """Four orders a month from July, one in October; a product-card export of whole October."""
    days = [f"2026-{month:02}-{day:02}" for month in (7, 8, 9) for day in (1, 2, 2, 30)]
    store = Store.open()
    store.upsert("orders", "probe", orders(*days, "2026-10-31"))
    store.upsert("product_cards", "probe", cards("2026-10-01", "2026-10-31"))
    return check.check("2026-10", "probe")


def test_far_fewer_rows_than_usual_deserve_a_look(found: check.Check) -> None:
    state = {state.table: state for state in found.tables}["orders"]
    assert (state.rows, state.usual, state.covered, state.days) == (1, 4, 1, 31)
    assert (state.light, state.last, state.snapshot) == ("amber", "2026-10-31", "2026-11-05 10:00")


def test_a_row_that_counts_a_month_covers_its_days(found: check.Check) -> None:
    state = {state.table: state for state in found.tables}["product_cards"]
    assert (state.rows, state.covered, state.light, state.usual) == (1, 31, "green", None)


def test_a_period_without_rows_is_missing_and_one_that_ends_early_deserves_a_look(data: Path) -> None:
    store = Store.open()
    store.upsert("orders", "probe", orders("2026-09-01", "2026-10-01", "2026-10-02"))
    store.upsert("product_cards", "probe", cards("2026-09-01", "2026-09-30"))
    lights = {state.table: state.light for state in check.check("2026-10", "probe").tables}
    assert lights == {"orders": "amber", "product_cards": "red"}


def test_chapters_that_lack_a_file_are_named_with_it(found: check.Check) -> None:
    sales = found.chapters[1]
    assert sales.title.startswith("2 ") and sales.light in {"amber", "red"} and "AFS" in sales.missing
    text = "\n".join(check.lines(found))
    assert "2026 年 10 月" in text and "[注意] 订单：最后一天 2026-10-31" in text and "售后单" in text


def test_a_period_without_any_data_is_refused(found: check.Check) -> None:
    with pytest.raises(ParameterError, match="2026-10"):
        check.check("2030-01", "probe")
