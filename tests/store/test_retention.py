"""Cleaning up: nothing by itself, nothing that the last days need."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from helpers import cli
from helpers.errors import ParameterError, XiaodianError
from helpers.store import Store, parts
from helpers.store.registers import FILES
from helpers.store.retention import cleanup

SHOP, LATER = "店", datetime.now(UTC) + timedelta(days=500)


def line(number: int, fen: int, day: int) -> Any:
    return pd.DataFrame(
        {"line_id": [f"l{number}"], "order_id": ["o"], "ordered_at": ["2026-10-01"], "payable_fen": [fen]}
    ).assign(source=f"f{day}", snapshot=pd.Timestamp(2026, 11, day))


@pytest.fixture
def store(data: Path) -> Store:
    """Three imports of one line, of another shop's too, and a file of a killed run."""
    store = Store.open()
    for day, fen in ((1, 100), (2, 90), (3, 80)):
        store.merge("orders", SHOP, line(1, fen, day))
    store.merge("orders", "other", line(1, 7, 1))
    (next((store.root / "orders").glob("shop=*/month=*")) / "part-killed.parquet").write_bytes(b"PAR1")
    return store


def amount(**then: Any) -> list[int]:
    return list(Store.open(**then).frame("orders", SHOP)["payable_fen"])


def test_without_yes_it_only_says_what_would_go(store: Store) -> None:
    found = cleanup(store.root, 400, now=LATER)
    names = [path.name for path in found.files]
    assert (
        len(names) == 3 and "part-killed.parquet" in names and found.size == sum(p.stat().st_size for p in found.files)
    )
    assert amount(versions={"orders": 0}) == [100] and amount() == [80]
    assert found.since == (LATER - timedelta(days=400)).astimezone().date()


def test_with_yes_the_old_goes_and_today_stays(store: Store) -> None:
    gone = cleanup(store.root, 400, really=True, now=LATER).files
    assert len(gone) == 3 and not any(path.exists() for path in gone)
    assert amount() == [80] and list(Store.open().frame("orders", "other")["payable_fen"]) == [7]
    with pytest.raises(XiaodianError, match="orders: version 0 is not there.*cleaned up"):
        amount(versions={"orders": 0})
    store.merge("orders", SHOP, line(2, 5, 4))
    assert amount() == [80, 5]
    assert cleanup(store.root, 400, now=LATER).files == ()


def test_the_days_that_are_kept_stay_readable(store: Store) -> None:
    found = cleanup(store.root, 400, really=True)
    assert [path.name for path in found.files] == ["part-killed.parquet"]
    assert amount(versions={"orders": 0}) == [100] and found.since == datetime.now().date()


def test_less_than_a_day_is_refused(store: Store) -> None:
    with pytest.raises(ParameterError, match="0 is too few"):
        cleanup(store.root, 0, really=True)


def test_an_import_that_was_killed_before_is_undone_first(store: Store) -> None:
    with pytest.raises(KeyboardInterrupt), store.writing(SHOP):
        store.merge("orders", SHOP, line(1, 1, 9))
        raise KeyboardInterrupt
    cleanup(store.root, 400, really=True, now=LATER)
    assert amount() == amount(versions=Store.open().versions()) == [80]


def test_small_files_are_written_together(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpers.store.parts.SMALL", 0)  # files of other programs, or of a time when they were larger
    store.merge("orders", SHOP, line(2, 20, 4))
    store.merge("orders", SHOP, line(3, 30, 5))
    assert len(store._files("orders", SHOP)) == 3 == cleanup(store.root, 1).small
    cleanup(store.root, 1, really=True)
    assert len(Store.open()._files("orders", SHOP)) == 1 and amount() == [80, 20, 30]
    assert Store.open()._files("orders", SHOP)[["min.line_id", "max.line_id"]].values.tolist() == [["l1", "l3"]]
    assert store.merge("orders", SHOP, line(3, 31, 6)).tolist() == ["changed"] and amount() == [80, 20, 31]


def test_the_log_goes_up_to_the_last_checkpoint_that_is_needed(data: Path) -> None:
    store = Store.open()
    rows = pa.Table.from_pylist([{"shop": SHOP, "sha256": "f", "name": "f"}], FILES)
    with store.writing(SHOP):
        for number in range(60):
            parts.overwrite(store.root / "files", SHOP, rows.set_column(1, "sha256", pa.array([str(number)])))
    cleanup(store.root, 400, really=True, now=LATER)
    commits = sorted(int(path.stem) for path in (store.root / "files" / "_delta_log").glob("*.json"))
    assert commits[-1] == 59 and 40 < commits[0] <= 50
    assert Store.open().files(SHOP)["sha256"].tolist() == ["59"]
    store.write_files(SHOP, store.files(SHOP).assign(sha256="60"))
    assert Store.open().files(SHOP)["sha256"].tolist() == ["60"]


def test_the_command_says_what_it_did(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["cleanup", "--keep-days", "30"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("would remove 1 files") and "nothing was changed" in said[2]
    assert cli.main(["cleanup", "--keep-days", "30", "--yes"]) == 0
    assert capsys.readouterr().out.startswith("removed 1 files")
