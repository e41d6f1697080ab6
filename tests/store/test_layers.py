"""A narrow export updates what it tells and empties nothing else, whatever the order in which files arrive."""

from itertools import permutations
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.store import Store

FULL = pd.DataFrame(
    {"order_id": ["A", "B"], "line_id": ["A", "B"], "ordered_at": pd.to_datetime(["2026-10-01", "2026-10-02"])}
).assign(paid_at=lambda rows: rows["ordered_at"], payable_fen=[100, 200], carrier="live", after_sale="open")
LEAN = FULL[["order_id", "line_id", "ordered_at", "paid_at", "payable_fen"]].assign(after_sale="refunded").head(1)
LATE = FULL[["order_id", "line_id", "ordered_at", "paid_at"]].assign(province="广东", payable_fen=[90, 200])


def stamped(frame: pd.DataFrame, day: str, layer: str) -> pd.DataFrame:
    return frame.assign(snapshot=pd.Timestamp(day), source=layer * 64, layer=layer)


def test_a_narrow_export_leaves_what_it_does_not_tell_in_every_order_of_arrival(data: Path, tmp_path: Path) -> None:
    files = [stamped(FULL, "2026-10-05", "f"), stamped(LEAN, "2026-10-09", "l"), stamped(LATE, "2026-10-07", "p")]
    for at, order in enumerate(permutations(files)):
        store = Store.open(tmp_path / str(at))
        for frame in order:
            store.upsert("orders", "probe", frame)
        found = store.frame("orders", "probe", columns=["line_id", "payable_fen", "carrier", "after_sale", "province"])
        assert found.to_numpy().tolist() == [["A", 100, "live", "refunded", "广东"], ["B", 200, "live", "open", "广东"]]
        assert store.sums("orders", "probe", ["carrier"], ["payable_fen"])["rows"].tolist() == [2]


def test_a_newer_state_of_the_same_columns_counts_alone(data: Path) -> None:
    store = Store.open()
    store.upsert("orders", "probe", stamped(FULL, "2026-10-05", "f"))
    store.upsert("orders", "probe", stamped(FULL.assign(carrier=None), "2026-10-06", "f"))
    assert store.frame("orders", "probe")["carrier"].isna().all()


cell = st.sampled_from([None, 90, 100])
export = st.tuples(
    st.sampled_from("abc"),
    st.integers(1, 9),
    st.lists(st.tuples(st.sampled_from("AB"), cell, cell), min_size=1, max_size=2),
)


@settings(max_examples=15, deadline=None)
@given(drops=st.lists(export, min_size=1, max_size=6))
def test_a_small_table_is_put_together_as_the_engine_does_it(
    drops: list[Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    root, every = (
        tmp_path_factory.mktemp("store"),
        ["line_id", "paid_at", "payable_fen", "quantity", "source", "snapshot"],
    )
    for at, (layer, day, told) in enumerate(drops):
        rows = pd.DataFrame({line: cells(line, *rest) for line, *rest in told}.values())
        rows = rows.astype({"payable_fen": "Int64", "quantity": "Int64"})
        Store.open(root).upsert("orders", "probe", stamped(rows, f"2026-10-1{day}", layer).assign(source=f"{at}" * 64))
    found = {}
    for most in ("0", "200000"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XIAODIAN_ENGINE_KEPT", most)
            found[most] = Store.open(root).frame("orders", "probe", columns=every)
    pd.testing.assert_frame_equal(found["0"], found["200000"])


def cells(line: str, fen: int | None, quantity: int | None) -> dict[str, Any]:
    """A line of an order with what its export tells of it."""
    day = pd.Timestamp("2026-10-01")
    return {
        "order_id": line,
        "line_id": line,
        "ordered_at": day,
        "paid_at": day,
        "payable_fen": fen,
        "quantity": quantity,
    }
