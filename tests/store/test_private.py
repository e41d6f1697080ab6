"""Small groups of people stay hidden in sums by region. The threshold is 5 rows."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from helpers.store import Store

SHOP = "店"


@pytest.fixture
def store(data: Path) -> Store:
    store = Store.open()
    counts = {("SP", "2026-09-10"): 40, ("RJ", "2026-09-10"): 6, ("MG", "2026-09-10"): 2, ("AC", "2026-09-10"): 1}
    counts |= {("SP", "2026-10-10"): 50, ("RJ", "2026-10-10"): 2, ("BA", "2026-10-10"): 4}
    rows = [(region, day) for (region, day), number in counts.items() for _ in range(number)]
    frame = pd.DataFrame(rows, columns=["province", "ordered_at"])
    ids = [f"{at:04d}" for at in range(len(frame))]
    frame = frame.assign(line_id=ids, order_id=ids, payable_fen=100, source="f", snapshot=pd.Timestamp("2026-11-01"))
    store.merge("orders", SHOP, frame)
    return store


def groups(frame: Any) -> dict[Any, Any]:
    names = [name for name in frame.columns if name not in ("rows", "payable_fen")]
    return {tuple(row[name] for name in names): (row["rows"], row["payable_fen"]) for _, row in frame.iterrows()}


def test_small_regions_are_one_group_and_a_small_pool_takes_in_the_next(store: Store) -> None:
    # September: MG 2 + AC 1 = 3 are too few, RJ 6 joins them; October: RJ 2 + BA 4 = 6 are enough
    found = store.sums("orders", SHOP, ["month", "province"], ["payable_fen"])
    assert groups(found) == {
        ("2026-09", "SP"): (40, 4000),
        ("2026-09", "other"): (9, 900),
        ("2026-10", "SP"): (50, 5000),
        ("2026-10", "other"): (6, 600),
    }
    assert found["payable_fen"].dtype == "int64" and found["rows"].sum() == 105


def test_over_all_months_the_regions_are_larger(store: Store) -> None:
    # SP 90, RJ 8, BA 4, MG 2, AC 1
    assert groups(store.sums("orders", SHOP, ["province"], ["payable_fen"])) == {
        ("RJ",): (8, 800), ("SP",): (90, 9000), ("other",): (7, 700),
    }  # fmt: skip


def test_a_small_region_cannot_be_asked_for_alone(store: Store) -> None:
    assert len(store.sums("orders", SHOP, ["month"], ["payable_fen"], where={"province": "AC"})) == 0
    asked = store.sums("orders", SHOP, ["month"], ["payable_fen"], where={"province": ["SP", "AC"]})
    assert groups(asked) == {("2026-09",): (40, 4000), ("2026-10",): (50, 5000)}
    total = store.sums("orders", SHOP, [], ["payable_fen"], where={"province": "SP"})
    assert total[["rows", "payable_fen"]].values.tolist() == [[90, 9000]]


def test_what_is_not_a_region_is_not_touched(store: Store) -> None:
    months = store.sums("orders", SHOP, ["month"], ["payable_fen"])
    assert groups(months) == {("2026-09",): (49, 4900), ("2026-10",): (56, 5600)}
