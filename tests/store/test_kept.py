"""A small table is kept in memory: every period of it is what the engine would have given."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.store import Store, locks, shared

DAY = date(2026, 10, 1)


def lines(paid: list[int | None]) -> Any:
    """One line per entry, paid so many hours into October, or not at all; every third one has no quantity."""
    moments = [None if hour is None else pd.Timestamp(DAY) + pd.Timedelta(hours=hour) for hour in paid]
    rows = pd.DataFrame({"line_id": [f"{10**17 + at}" for at in range(len(paid))], "paid_at": moments})
    rows["ordered_at"] = pd.Timestamp(DAY)
    rows.loc[[hour is None for hour in paid], "ordered_at"] = pd.NaT
    rows["order_id"], rows["payable_fen"] = rows["line_id"], range(len(paid))
    rows["quantity"] = pd.array([None if at % 3 == 2 else 1 for at in range(len(paid))], dtype="Int64")
    return rows.assign(source=[f"{at % 2}" * 64 for at in range(len(paid))], snapshot=pd.Timestamp("2026-11-05"))


@settings(max_examples=6, deadline=None)
@given(
    paid=st.lists(st.one_of(st.none(), st.integers(0, 30 * 24)), min_size=1, max_size=12),
    first=st.integers(0, 29),
    days=st.integers(0, 29),
)
def test_a_period_of_a_kept_table_is_what_the_engine_gives(
    tmp_path_factory: pytest.TempPathFactory, paid: list[int | None], first: int, days: int
) -> None:
    root = tmp_path_factory.mktemp("store")
    Store.open(root).upsert("orders", "probe", lines(paid))
    start = DAY + timedelta(first)
    for span in ((), (start, start + timedelta(days)), (None, start), (start, None)):
        found = {}
        for most in ("0", "200000"):
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("XIAODIAN_ENGINE_KEPT", most)
                found[most] = Store.open(root).frame("orders", "probe", *span)
        pd.testing.assert_frame_equal(found["0"], found["200000"])
        assert found["0"].attrs["sources"] == found["200000"].attrs["sources"]


def test_the_span_of_a_kept_table_leaves_out_what_is_not_booked(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    store.upsert("orders", "probe", lines([None, 30, 5]))
    assert store.span("orders", "probe") == (DAY, DAY + timedelta(1))


def test_kernels_of_a_run_work_a_thing_out_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def make() -> str:
        made.append("again")
        return "answer"

    assert [shared.once("key", make), shared.once("key", make)] == ["answer", "answer"]
    assert len(made) == 2
    monkeypatch.setenv(shared.ENVIRONMENT, str(tmp_path))
    assert [shared.once("key", make), shared.once("key", make), shared.once("other", make)] == ["answer"] * 3
    assert len(made) == 4


def test_columns_that_kernels_share_are_each_ones_own_to_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(shared.ENVIRONMENT, str(tmp_path))
    frame = pd.DataFrame({"number": [1.5, 2.5], "text": ["甲", None], "empty": pd.array([None, None], dtype="Int64")})
    shared.once("key", frame.copy)
    one, other = shared.once("key", frame.copy), shared.once("key", frame.copy)
    pd.testing.assert_frame_equal(one, frame)
    one.loc[0, "number"] = 9.5
    assert one["number"].tolist() == [9.5, 2.5]
    pd.testing.assert_frame_equal(other, frame)
    pd.testing.assert_frame_equal(shared.once("key", frame.copy), frame)


def test_a_shop_is_gathered_for_the_kernels_that_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shared").mkdir()
    monkeypatch.setenv(shared.ENVIRONMENT, str(tmp_path / "shared"))
    Store.open(tmp_path / "store").upsert("orders", "probe", lines([1, 2]))
    Store.open(tmp_path / "store").gather("probe")
    held = {path.name for path in (tmp_path / "shared").iterdir()}
    assert len(Store.open(tmp_path / "store").frame("orders", "probe")) == 2
    assert {path.name for path in (tmp_path / "shared").iterdir()} == held  # nothing was left to make


def test_a_shared_table_is_made_anew_once_its_files_have_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shared").mkdir()
    monkeypatch.setenv(shared.ENVIRONMENT, str(tmp_path / "shared"))
    store = Store.open(tmp_path / "store")
    store.upsert("orders", "probe", lines([1, 2]))
    assert len(store.frame("orders", "probe")) == 2
    store.upsert("orders", "probe", lines([1, 2, 3]))
    assert len(store.frame("orders", "probe")) == len(Store.open(tmp_path / "store").frame("orders", "probe")) == 3


def test_a_kernel_waits_for_what_another_one_is_making(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(shared.ENVIRONMENT, str(tmp_path))
    begun, go, made = threading.Event(), threading.Event(), []

    def make() -> str:
        begun.set()
        go.wait(20)
        made.append("answer")
        return "answer"

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(shared.once, "key", make)
        assert begun.wait(20)
        second = pool.submit(shared.once, "key", make)
        assert not second.done()
        go.set()
        assert [first.result(20), second.result(20), made] == ["answer", "answer", ["answer"]]


def test_a_kernel_does_not_wait_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(shared.ENVIRONMENT, str(tmp_path))
    monkeypatch.setattr(shared, "PATIENCE", 0)
    shared.once("key", lambda: "answer")
    (kept,) = tmp_path.glob("*[!k]")  # not the lock
    kept.unlink()
    with locks.held(kept.with_suffix(".lock"), 1, "key"):
        assert shared.once("key", lambda: "another") == "another"
