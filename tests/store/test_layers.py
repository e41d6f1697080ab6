"""A narrow export updates what it tells and empties nothing else, whatever the order in which files arrive."""

from itertools import permutations
from pathlib import Path

import pandas as pd

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
