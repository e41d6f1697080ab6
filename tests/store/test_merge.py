"""The upsert: every order of arrival ends in the same rows, and nothing is written that is there already."""

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.errors import XiaodianError
from helpers.store import Store
from helpers.store.registers import FILES

SHOP = "店"


def export(taken: int, source: str, *rows: tuple[str, str | None, int | None], **more: Any) -> Any:
    """An export of order lines taken on that day of November: id, ordered, fen."""
    ids, ordered, fen = zip(*rows, strict=True)
    frame = pd.DataFrame(
        {"line_id": ids, "order_id": ids, "ordered_at": list(ordered), "payable_fen": list(fen), **more}
    )
    return frame.assign(source=source, snapshot=pd.Timestamp(2026, 11, taken))


def fen(store: Store) -> dict[str, int]:
    frame = Store.open(store.root).frame("orders", SHOP)
    assert frame["line_id"].is_unique
    return dict(zip(frame["line_id"], frame["payable_fen"].astype("int64"), strict=True))


def bring(store: Store, *exports: Any) -> list[str]:
    return [store.merge("orders", SHOP, frame).iloc[0] for frame in exports]


@pytest.fixture
def store(data: Path) -> Store:
    return Store.open()


def test_a_confirmed_state_is_as_new_as_its_confirmation(store: Store) -> None:
    first, again = export(1, "f1", ("a", "2026-10-01", 100)), export(3, "f3", ("a", "2026-10-01", 100))
    late, newest = export(2, "f2", ("a", "2026-10-01", 90)), export(4, "f4", ("a", "2026-10-01", 70))
    assert bring(store, first, again) == ["new", "same"]
    assert store.versions()["orders"] == 0  # the confirmation wrote nothing into the table
    assert bring(store, late) == ["replaced"] and fen(store) == {"a": 100}
    assert bring(store, newest, late, again) == ["changed", "replaced", "replaced"] and fen(store) == {"a": 70}


def test_of_two_exports_of_one_moment_the_greater_hash_counts(store: Store) -> None:
    less, more = export(1, "f1", ("a", "2026-10-01", 1)), export(1, "f2", ("a", "2026-10-01", 2))
    assert bring(store, more, less) == ["new", "replaced"] and fen(store) == {"a": 2}
    assert bring(store, export(1, "f4", ("a", "2026-10-01", 2)), export(1, "f3", ("a", "2026-10-01", 3))) == [
        "same",
        "replaced",
    ]


def test_of_two_rows_of_one_file_the_last_counts(store: Store) -> None:
    rows = export(1, "f1", ("a", "2026-10-01", 1), ("b", "2026-10-01", 5), ("a", "2026-10-01", 2))
    assert store.merge("orders", SHOP, rows).tolist() == ["replaced", "new", "new"] and fen(store) == {"a": 2, "b": 5}


def test_a_row_whose_month_changes_moves(store: Store) -> None:
    bring(store, export(1, "f1", ("a", "2026-09-30", 1), ("b", "2026-09-30", 2)))
    assert bring(store, export(2, "f2", ("a", "2026-10-01", 1))) == ["changed"] and fen(store) == {"a": 1, "b": 2}
    assert bring(store, export(1, "f0", ("a", "2026-08-01", 7))) == ["replaced"] and fen(store) == {"a": 1, "b": 2}


def test_rounded_cells_are_told_and_an_exact_one_takes_their_place(store: Store) -> None:
    bring(store, export(1, "f1", ("a", "2026-10-01", 1200000), rounded=["payable_fen"]))
    assert store.frame("orders", SHOP, columns=["rounded"])["rounded"].tolist() == ["payable_fen"]
    assert bring(store, export(2, "f2", ("a", "2026-10-01", 1200000))) == ["changed"]
    assert store.frame("orders", SHOP, columns=["rounded"])["rounded"].isna().all()


def test_new_rows_join_a_small_file(store: Store) -> None:
    bring(store, *(export(1, f"f{day}", (f"a{day}", f"2026-10-{day:02d}", day)) for day in range(1, 6)))
    assert len(store._files("orders", SHOP)) == 1 and sum(fen(store).values()) == 15


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    exports=st.lists(
        st.tuples(
            st.integers(1, 4),
            st.lists(
                st.tuples(st.sampled_from("abc"), st.sampled_from(["2026-09-01", None]), st.integers(1, 2)),
                min_size=1,
                max_size=4,
            ),
        ),
        min_size=2,
        max_size=6,
    ),
    data_=st.data(),
)
def test_every_order_of_drops_ends_in_the_same_rows(
    tmp_path_factory: pytest.TempPathFactory, exports: list[Any], data_: Any
) -> None:
    frames = [export(day, f"f{at * 5 % 7}", *rows) for at, (day, rows) in enumerate(exports)]
    newest: dict[str, tuple[Any, ...]] = {}
    for frame in frames:
        for row in frame.itertuples():
            age = (row.snapshot, row.source)
            if row.line_id not in newest or newest[row.line_id][0] <= age:
                newest[row.line_id] = (age, row.payable_fen, pd.Timestamp(row.ordered_at))
    store = Store.open(tmp_path_factory.mktemp("store"))
    for at in data_.draw(st.permutations(range(len(frames)))):
        store.merge("orders", SHOP, frames[at])
    found = store.frame("orders", SHOP)
    ordered = dict(zip(found["line_id"], found["ordered_at"], strict=True))
    assert fen(store) == {key: state[1] for key, state in newest.items()}
    assert all(str(ordered[key]) == str(state[2]) for key, state in newest.items())


# taking out ----------------------------------------------------------------------------------------------------------


def listed(store: Store, *sources: str) -> None:
    rows = [{"shop": SHOP, "sha256": name, "name": name, "status": "read", "tables": "orders"} for name in sources]
    store.write_files(SHOP, pa.Table.from_pylist(rows, FILES).to_pandas())


def test_what_a_forgotten_file_had_replaced_or_confirmed_comes_back(store: Store) -> None:
    first, changed = (
        export(1, "f1", ("a", "2026-10-01", 1), ("b", "2026-10-01", 5)),
        export(3, "f3", ("a", "2026-10-01", 3)),
    )
    confirms, late = export(4, "f4", ("b", "2026-10-01", 5)), export(2, "f2", ("b", "2026-10-01", 6))
    bring(store, first, changed, confirms, late)
    listed(store, "f1", "f2", "f3", "f4")
    assert fen(store) == {"a": 3, "b": 5}
    assert store.forget(["orders"], SHOP, ["f3", "f4"]) == ["f1", "f2"]
    assert fen(store) == {"b": 5}
    bring(store, late, first)
    assert fen(store) == {"a": 1, "b": 6}


# what is asserted ----------------------------------------------------------------------------------------------------


def test_a_column_that_does_not_fit_its_type_is_refused(store: Store) -> None:
    with pytest.raises(XiaodianError, match=r"orders.payable_fen: cannot be stored as money"):
        bring(store, export(1, "f1", ("a", "2026-10-01", 1)).assign(payable_fen=[1.5]))
    with pytest.raises(XiaodianError, match=r"orders.paid_at: cannot be stored as time"):
        bring(store, export(1, "f1", ("a", "2026-10-01", 1), paid_at=pd.Timestamp("2026-10-01", tz="UTC")))
    with pytest.raises(XiaodianError, match="snapshot is empty"):
        bring(store, export(1, "f1", ("a", "2026-10-01", 1)).assign(snapshot=pd.NaT))
    with pytest.raises(XiaodianError, match="line_id is empty"):
        bring(store, export(1, "f1", ("", "2026-10-01", 1)))
    assert Store.open().tables(SHOP) == []


def test_a_column_of_another_type_than_the_stored_one_is_refused(store: Store) -> None:
    bring(store, export(1, "f1", ("a", "2026-10-01", 1)))
    table = store.definitions["orders"]
    changed = {**table.columns, "quantity": "text"}
    store.definitions["orders"] = table.__class__(**{**table.__dict__, "columns": changed})
    with pytest.raises(XiaodianError, match="orders.quantity: is stored as int64, not as string"):
        bring(store, export(2, "f2", ("a", "2026-10-01", 2)))


def test_a_column_that_left_the_definitions_keeps_what_it_held(store: Store) -> None:
    bring(store, export(1, "f1", ("a", "2026-10-01", 1), province=["SP"]))
    narrow = Store.open()
    table = narrow.definitions["orders"]
    columns = {name: kind for name, kind in table.columns.items() if name != "province"}
    narrow.definitions["orders"] = table.__class__(**{**table.__dict__, "columns": columns, "regions": ()})
    assert bring(narrow, export(2, "f2", ("b", "2026-10-01", 2))) == ["new"]
    assert Store.open().frame("orders", SHOP).set_index("line_id")["province"].fillna("").to_dict() == {
        "a": "SP",
        "b": "",
    }
