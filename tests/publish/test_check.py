from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest

from helpers.errors import ParameterError
from helpers.publish import check, freshness
from helpers.store import Store
from helpers.store.registers import FILES

EXPORTED = pd.Timestamp("2026-11-05 10:00:00")
SHA = {"ORD": "a" * 64, "PCD": "b" * 64, "AFS": "c" * 64}


def orders(*days: str) -> pd.DataFrame:
    moments = pd.to_datetime(list(days)) + pd.Timedelta(hours=9)
    ids = [f"{place}" for place in range(len(days))]
    frame = pd.DataFrame({"order_id": ids, "line_id": ids, "ordered_at": moments, "paid_at": moments})
    return frame.assign(payable_fen=100, source=SHA["ORD"], snapshot=EXPORTED)


def cards(start: str, end: str) -> pd.DataFrame:
    row = {"product_id": ["p"], "period_start": pd.to_datetime([start]), "period_end": pd.to_datetime([end])}
    return pd.DataFrame(row).assign(source=SHA["PCD"], snapshot=EXPORTED)


def after_sales(day: str) -> pd.DataFrame:
    moment = pd.to_datetime([day])
    row = {"after_sale_id": ["1"], "applied_at": moment, "refunded_at": moment, "goods_refund_fen": [100]}
    return pd.DataFrame(row).assign(source=SHA["AFS"], snapshot=EXPORTED)


def listed(store: Store, *codes: str, told: bool = True, status: str = "read") -> None:
    """Put files of these kinds into the list of files, exported on 5 November at ten."""
    tables = {"ORD": "orders", "PCD": "product_cards", "AFS": "after_sales"}
    rows = [
        {"shop": "probe", "sha256": SHA[code], "name": f"{code}.csv", "kind": code, "tables": tables[code]}
        | {"status": status, "snapshot": EXPORTED, "exported": EXPORTED if told else pd.NaT}
        for code in codes
    ]
    frame = pd.DataFrame(rows).reindex(columns=FILES.names)
    for name in ("rows_in", "kept", "replaced", "quarantined"):
        frame[name] = 0
    for name in ("snapshot", "exported", "first_day", "last_day"):
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[us]")
    store.write_files("probe", frame.fillna({name: "" for name in FILES.names if frame[name].dtype == "object"}))


def state(found: check.Check, code: str) -> freshness.ExportState:
    return next(state for state in found.exports if state.code == code)


@pytest.fixture
def found(data: Path) -> check.Check:
    """Four orders a month from July, one in October; a product-card export of whole October."""
    days = [f"2026-{month:02}-{day:02}" for month in (7, 8, 9) for day in (1, 2, 2, 30)]
    store = Store.open()
    store.upsert("orders", "probe", orders(*days, "2026-10-31"))
    store.upsert("product_cards", "probe", cards("2026-10-01", "2026-10-31"))
    listed(store, "ORD", "PCD")
    return check.check("2026-10", "probe")


def test_far_fewer_rows_than_usual_and_days_without_any_deserve_a_look(found: check.Check) -> None:
    seen = state(found, "ORD")
    assert (seen.rows, seen.usual, seen.covered, seen.days) == (1, 4, 1, 31)
    assert (seen.light, seen.last, seen.exported) == ("amber", "2026-10-31", "2026-11-05 10:00")
    assert seen.why == ("holes", "thin") and seen.missing == ("2026-10-01..2026-10-30",)


def test_a_row_that_counts_a_month_covers_its_days(found: check.Check) -> None:
    seen = state(found, "PCD")
    assert (seen.rows, seen.covered, seen.light, seen.usual, seen.missing) == (1, 31, "green", None, ())


def test_an_export_that_a_chapter_asks_for_and_nobody_made_is_red_and_says_where_to_get_it(found: check.Check) -> None:
    seen = state(found, "AFS")
    assert (seen.light, seen.why, seen.rows, seen.days) == ("red", ("missing",), 0, None)
    assert any(line.startswith("[缺失] 售后单：没有（抖店") for line in check.lines(found))
    assert found.light == "red"


def test_a_period_without_rows_is_missing_and_one_that_ends_early_deserves_a_look(data: Path) -> None:
    store = Store.open()
    store.upsert("orders", "probe", orders("2026-09-01", "2026-10-01", "2026-10-02"))
    store.upsert("product_cards", "probe", cards("2026-09-01", "2026-09-30"))
    listed(store, "ORD", "PCD")
    found = check.check("2026-10", "probe")
    assert state(found, "ORD").why == ("early",) and state(found, "PCD").why[0] == "empty"
    assert (state(found, "ORD").light, state(found, "PCD").light) == ("amber", "red")


def test_refunds_are_as_old_as_the_days_between_payment_and_export(data: Path) -> None:
    store = Store.open()
    store.upsert("orders", "probe", orders("2026-10-01", "2026-10-31"))
    store.upsert("after_sales", "probe", after_sales("2026-10-31"))
    listed(store, "ORD", "AFS")
    found = check.check("2026-10", "probe")
    assert state(found, "AFS").refund_age == (35, 5) and "young" in state(found, "AFS").why
    assert any("期初订单 35 天，期末订单 5 天" in line for line in check.lines(found))


def test_an_export_shows_the_day_before_whole_only_from_its_hour_on() -> None:
    assert freshness.whole_until(datetime(2026, 11, 1, 10), "10:00") == date(2026, 10, 31)
    assert freshness.whole_until(datetime(2026, 11, 1, 9, 59), "10:00") == date(2026, 10, 30)
    assert freshness.whole_until(datetime(2026, 11, 1), "00:00") == date(2026, 10, 31)


def test_a_day_on_which_the_export_was_made_is_not_whole(data: Path) -> None:
    store = Store.open()
    store.upsert("orders", "probe", orders("2026-11-04", "2026-11-05"))
    listed(store, "ORD")
    seen = state(check.check("2026-11-01..2026-11-05", "probe"), "ORD")
    assert seen.whole == "2026-11-04" and "unfinished" in seen.why
    listed(store, "ORD", told=False)
    seen = state(check.check("2026-11-01..2026-11-05", "probe"), "ORD")
    assert seen.whole == "" and "unfinished" not in seen.why


def test_questions_that_will_print_a_gap_are_named_with_their_file(found: check.Check) -> None:
    sales = found.chapters[1]
    assert sales.title.startswith("2 ") and sales.light in {"amber", "red"}
    assert any("AFS" in question.missing for question in sales.open)
    text = "\n".join(check.lines(found))
    assert "2026 年 10 月" in text and "[注意] 订单：最后一天 2026-10-31" in text and "（缺 售后单" in text


def test_the_check_is_plain_data_too(found: check.Check) -> None:
    given = found.data()
    assert given["exports"][0]["code"] and given["chapters"][1]["open"][0]["missing"]


def test_a_period_without_any_data_is_refused(found: check.Check) -> None:
    with pytest.raises(ParameterError, match="2026-10"):
        check.check("2030-01", "probe")
