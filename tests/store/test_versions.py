"""Whole imports or nothing, and the past as it was."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from helpers.errors import ParameterError, XiaodianError
from helpers.store import Store, parts, versions
from helpers.store.registers import FILES

SHOP = "店"


def line(number: int, fen: int = 100, day: int = 1) -> Any:
    return pd.DataFrame(
        {"line_id": [f"l{number}"], "order_id": ["o"], "ordered_at": ["2026-10-01"], "payable_fen": [fen]}
    ).assign(source=f"f{day}", snapshot=pd.Timestamp(2026, 11, day))


def request(number: int) -> Any:
    row = {"after_sale_id": [f"r{number}"], "applied_at": ["2026-10-02"], "source": ["f"]}
    return pd.DataFrame(row).assign(snapshot=pd.Timestamp("2026-11-01"))


def files(*names: str) -> Any:
    rows = [{"shop": SHOP, "sha256": name, "name": name, "status": "read", "tables": "orders"} for name in names]
    return pa.Table.from_pylist(rows, FILES).to_pandas()


def counts(store: Store) -> tuple[int, int, int]:
    return len(store.frame("orders", SHOP)), len(store.frame("after_sales", SHOP)), len(store.files(SHOP))


@pytest.fixture
def store(data: Path) -> Store:
    store = Store.open()
    with store.writing(SHOP):
        store.merge("orders", SHOP, line(1))
        store.merge("after_sales", SHOP, request(1))
        store.write_files(SHOP, files("a"))
    return store


class Killed(BaseException):
    """In place of a kill, which no test survives; the harness does the real thing."""


def killed_import(store: Store) -> None:
    with pytest.raises(Killed), store.writing(SHOP):
        store.merge("orders", SHOP, line(1, 70, day=2))
        store.merge("orders", SHOP, line(2, day=2))
        store.merge("ads", SHOP, pd.DataFrame(columns=["source", "snapshot"]))
        store.merge("after_sales", SHOP, request(2))
        raise Killed


def test_readers_see_an_import_as_a_whole_at_its_end(store: Store) -> None:
    with store.writing(SHOP):
        store.merge("orders", SHOP, line(2))
        assert counts(Store.open()) == (1, 1, 1) and counts(store) == (2, 1, 1)
        store.merge("after_sales", SHOP, request(2))
        store.write_files(SHOP, files("a", "b"))
        assert counts(Store.open()) == (1, 1, 1)
    assert counts(Store.open()) == (2, 2, 2)


def test_a_reader_keeps_all_its_tables_at_one_import(store: Store) -> None:
    reader = Store.open()
    assert len(reader.frame("orders", SHOP)) == 1
    with store.writing(SHOP):
        store.merge("orders", SHOP, line(2))
        store.merge("after_sales", SHOP, request(2))
    assert counts(reader) == (1, 1, 1) and reader.versions(SHOP) == {"after_sales": 0, "files": 0, "orders": 0}


def test_what_an_unfinished_import_left_is_undone_by_the_next(store: Store) -> None:
    killed_import(store)
    assert counts(Store.open()) == (1, 1, 1)
    with Store.open().writing(SHOP):
        pass
    newest = Store.open(versions=Store.open().versions())
    assert counts(newest) == (1, 1, 1) and newest.frame("orders", SHOP)["payable_fen"].tolist() == [100]
    again = Store.open()
    assert again.upsert("orders", SHOP, line(1, 70, day=2)) == (0, 1, 0)
    assert Store.open().frame("orders", SHOP)["payable_fen"].tolist() == [70]


def test_a_first_import_that_was_killed_shows_no_shop(data: Path) -> None:
    store = Store.open()
    killed_import(store)
    assert Store.open().shops() == [] and Store.open().tables(SHOP) == []
    store.merge("orders", SHOP, line(3))
    assert Store.open().frame("orders", SHOP)["line_id"].tolist() == ["l3"]


def test_another_shop_is_not_undone(store: Store) -> None:
    with pytest.raises(Killed), store.writing(SHOP):
        store.merge("orders", SHOP, line(2))
        Store.open().merge("orders", "other", line(9))
        raise Killed
    store.merge("orders", SHOP, line(3))
    assert Store.open().frame("orders", "other")["line_id"].tolist() == ["l9"]
    assert sorted(Store.open().frame("orders", SHOP)["line_id"]) == ["l1", "l3"]


def test_half_written_files_of_a_killed_run_stop_nobody(store: Store) -> None:
    (store.root / "stock" / "_delta_log").mkdir(parents=True)  # killed in the first moment of a table
    (store.root / "stock" / "_delta_log" / "_commit_1.json.tmp").write_text("{")
    (store.root / "orders" / "_delta_log" / "_commit_2.json.tmp").write_text('{"add')
    part = next((store.root / "orders").rglob("*.parquet"))
    part.with_name("part-half.parquet").write_bytes(part.read_bytes()[:100])
    book = next((store.root / "_versions").iterdir())
    book.write_text(book.read_text() + '\n{"at": "2026-11-2')
    assert counts(Store.open()) == (1, 1, 1) and Store.open().tables(SHOP) == ["orders", "after_sales"]
    store.merge("orders", SHOP, line(2))
    stock = {"product_id": ["p"], "day": ["2026-10-01"], "source": ["f"], "snapshot": [pd.Timestamp("2026-11-01")]}
    store.merge("stock", SHOP, pd.DataFrame(stock))
    assert counts(Store.open()) == (2, 1, 1) and len(Store.open().frame("stock", SHOP)) == 1


# the past ------------------------------------------------------------------------------------------------------------


def test_the_past_is_read_by_versions_or_by_moment(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    before, moment = Store.open().versions(SHOP), datetime.now()
    with store.writing(SHOP):
        store.merge("orders", SHOP, line(1, 70, day=2))
        store.write_files(SHOP, files("a", "b"))
    assert before == {"after_sales": 0, "files": 0, "orders": 0}
    past = [Store.open(versions=before), Store.open(as_of=moment)]
    monkeypatch.setenv("XIAODIAN_VERSIONS", json.dumps(before))
    for store_then in [*past, Store.open()]:
        assert store_then.frame("orders", SHOP)["payable_fen"].tolist() == [100]
        assert store_then.files(SHOP)["name"].tolist() == ["a"] and store_then.shops() == [SHOP]
        assert store_then.frame("orders", SHOP).attrs["versions"] == {"orders": 0}
    monkeypatch.delenv("XIAODIAN_VERSIONS")
    assert Store.open().frame("orders", SHOP)["payable_fen"].tolist() == [70]
    assert Store.open(as_of=datetime(2020, 1, 1)).shops() == []
    assert Store.open(versions={"orders": 0}).tables(SHOP) == ["orders"]  # a table that is not named was not there


def test_the_past_cannot_be_written_and_must_be_named_well(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ParameterError, match="past version"):
        Store.open(versions={"orders": 0}).merge("orders", SHOP, line(2))
    with pytest.raises(XiaodianError, match="orders: version 7 is not there"):
        Store.open(versions={"orders": 7}).frame("orders", SHOP)
    for wrong in ('{"orders": "0"}', "[1]", "orders=1"):
        monkeypatch.setenv("XIAODIAN_VERSIONS", wrong)
        with pytest.raises(ParameterError, match="XIAODIAN_VERSIONS"):
            Store.open()


def test_the_first_version_outlives_more_than_a_hundred_commits(data: Path, tmp_path: Path) -> None:
    table = tmp_path / "orders"
    for number in range(120):
        parts.overwrite(table, SHOP, pa.table({"shop": [SHOP], "number": [number]}))
    assert versions.current(tmp_path) == {"orders": 119}
    assert list(table.glob("_delta_log/*.checkpoint.parquet"))
    for version in (0, 49, 50, 51, 119):
        files_then = versions.delta.pinned(table, version).files  # type: ignore[union-attr]
        assert parts.gathered(files_then, pa.schema({"shop": pa.string(), "number": pa.int64()}))[
            "number"
        ].to_pylist() == [version]


def test_the_same_list_of_files_writes_no_version(store: Store) -> None:
    before = store.versions()["files"]
    store.write_files(SHOP, files("a"))
    assert store.versions()["files"] == before == 0
    store.write_files(SHOP, files("a", "b"))
    store.write_files(SHOP, files("b", "a"))
    assert store.versions()["files"] == 1 and Store.open().files(SHOP)["name"].tolist() == ["a", "b"]


def test_the_newest_export_counts_as_taken_even_if_it_brought_nothing_new(store: Store) -> None:
    assert store.snapshot("orders", SHOP) == datetime(2026, 11, 1)
    listed = files("a", "b").assign(snapshot=pd.to_datetime(["2026-11-01", "2026-11-09"]).astype("datetime64[us]"))
    store.write_files(SHOP, listed)
    assert store.snapshot("orders", SHOP) == datetime(2026, 11, 9)
