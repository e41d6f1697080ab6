"""The store: newest export wins whatever the order, nothing is written twice, periods and sums by hand."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.errors import ParameterError, XiaodianError
from helpers.store import Store

SHOP = "o'neil 小店"


def lines(*rows: tuple[str, str, str | None, int], source: str = "a", snapshot: str = "2026-11-01") -> Any:
    """Order lines: id, ordered, paid, fen."""
    return pd.DataFrame(
        {
            "line_id": [row[0] for row in rows],
            "order_id": [row[0][:2] for row in rows],
            "ordered_at": [row[1] for row in rows],
            "paid_at": [row[2] for row in rows],
            "payable_fen": [row[3] for row in rows],
            "source": source,
            "snapshot": pd.Timestamp(snapshot),
        }
    )


@pytest.fixture
def store(data: Path) -> Store:
    return Store.open()


def versions(store: Store, table: str) -> int:
    return int(store.frame(table, SHOP).attrs["versions"][table])


def test_an_empty_store_answers_everything(store: Store) -> None:
    assert store.shops() == [] and store.tables("x") == [] and store.span("orders", "x") is None
    assert store.snapshot("orders", "x") is None and len(store.files("x")) == 0 and store.sources("orders", "x") == []
    frame = store.frame("orders", "x", date(2026, 10, 1), date(2026, 10, 31))
    assert len(frame) == 0 and frame["payable_fen"].dtype == "int64" and frame["paid_at"].dtype == "datetime64[us]"


def test_new_changed_and_same_rows_are_told_apart(store: Store) -> None:
    first = lines(("o1a", "2026-10-01", "2026-10-01", 100), ("o1b", "2026-10-01", "2026-10-01", 200))
    assert store.upsert("orders", SHOP, first) == (2, 0, 0)
    again = lines(
        ("o1a", "2026-10-01", "2026-10-01", 100), ("o1b", "2026-10-01", "2026-10-01", 250), snapshot="2026-11-02"
    )
    assert store.upsert("orders", SHOP, again) == (0, 1, 1)
    assert store.frame("orders", SHOP)["payable_fen"].tolist() == [100, 250]
    assert store.shops() == [SHOP] and store.tables(SHOP) == ["orders"]
    assert store.snapshot("orders", SHOP) == datetime(2026, 11, 2)


def test_the_same_rows_again_write_no_version(store: Store) -> None:
    first = lines(("o1a", "2026-10-01", "2026-10-01", 100))
    store.upsert("orders", SHOP, first)
    assert store.upsert("orders", SHOP, first) == (0, 0, 1)
    assert versions(Store.open(), "orders") == 0


def test_an_older_export_changes_nothing(store: Store) -> None:
    store.upsert("orders", SHOP, lines(("o1a", "2026-10-01", "2026-10-01", 100), snapshot="2026-11-05"))
    assert store.upsert("orders", SHOP, lines(("o1a", "2026-10-01", None, 90), snapshot="2026-11-01")) == (0, 0, 1)
    assert store.frame("orders", SHOP)["payable_fen"].tolist() == [100]


def test_the_same_key_in_another_shop_is_another_row(store: Store) -> None:
    store.upsert("orders", SHOP, lines(("o1a", "2026-10-01", "2026-10-01", 100)))
    assert store.upsert("orders", "other", lines(("o1a", "2026-10-01", "2026-10-01", 7))) == (1, 0, 0)
    assert store.frame("orders", SHOP)["payable_fen"].tolist() == [100]


def test_a_row_that_gets_its_month_later_is_not_doubled(store: Store) -> None:
    store.upsert("orders", SHOP, lines(("o1a", None, None, 100)))  # type: ignore[arg-type]
    store.upsert("orders", SHOP, lines(("o1a", "2026-10-01", None, 100), snapshot="2026-11-02"))
    store.upsert("orders", SHOP, lines(("o1a", None, None, 120), snapshot="2026-11-03"))  # type: ignore[arg-type]
    assert store.frame("orders", SHOP)["payable_fen"].tolist() == [120]


def test_an_empty_key_is_refused(store: Store) -> None:
    with pytest.raises(XiaodianError, match="line_id"):
        store.upsert("orders", SHOP, lines(("o1a", "2026-10-01", None, 1)).assign(line_id=None))


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    states=st.lists(st.tuples(st.integers(1, 3), st.integers(100, 102)), min_size=2, max_size=5),
    data_=st.data(),
)
def test_the_order_of_imports_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, states: list[tuple[int, int]], data_: Any
) -> None:
    batches = [
        lines(("o1a", "2026-10-01", None, fen), source=f"s{at}", snapshot=f"2026-11-0{day}")
        for at, (day, fen) in enumerate(states)
    ]
    newest = max(range(len(states)), key=lambda at: (states[at][0], at))
    for order in (range(len(batches)), data_.draw(st.permutations(range(len(batches))))):
        store = Store.open(tmp_path_factory.mktemp("store"))
        for at in order:
            store.upsert("orders", SHOP, batches[at])
        assert store.frame("orders", SHOP)["payable_fen"].tolist() == [states[newest][1]]


def test_a_period_holds_the_rows_paid_in_it_and_unpaid_ones_by_their_creation(store: Store) -> None:
    store.upsert(
        "orders",
        SHOP,
        lines(
            ("o1a", "2026-09-30 23:59:59", "2026-10-01 00:00:00", 1),
            ("o2a", "2026-10-31 10:00:00", None, 2),
            ("o3a", "2026-10-31 23:59:00", "2026-11-01 00:00:01", 4),
            ("o4a", "2026-10-15 10:00:00", "2026-10-31 23:59:59", 8),
        ),
    )
    october = store.frame("orders", SHOP, date(2026, 10, 1), date(2026, 10, 31))
    assert october["payable_fen"].sum() == 1 + 2 + 8
    assert store.span("orders", SHOP) == (date(2026, 10, 1), date(2026, 11, 1))
    assert len(store.frame("orders", SHOP, date(2025, 1, 1), date(2025, 1, 31))) == 0


def test_sums_by_parts_of_the_booked_moment(store: Store) -> None:
    store.upsert(
        "orders",
        SHOP,
        lines(
            ("o1a", "2026-10-01", "2026-10-01 09:10:00", 1),  # a Thursday
            ("o2a", "2026-10-01", "2026-10-01 09:50:00", 2),
            ("o3a", "2026-10-04", "2026-10-04 21:00:00", 4),  # a Sunday
            ("o4a", "2026-11-01", None, 8),
        ).assign(status=["paid", "paid", "closed", "unpaid"]),
    )
    by_month = store.sums("orders", SHOP, ["month"], ["payable_fen"])
    assert by_month.to_dict("list") == {"month": ["2026-10", "2026-11"], "rows": [3, 1], "payable_fen": [7, 8]}
    slots = store.sums("orders", SHOP, ["weekday", "hour"], ["payable_fen"], date(2026, 10, 1), date(2026, 10, 31))
    assert slots.values.tolist() == [[3, 9, 2, 3], [6, 21, 1, 4]]
    days = store.sums("orders", SHOP, ["day"], [], where={"status": ["paid", "closed"]})
    assert days["day"].tolist() == [pd.Timestamp("2026-10-01"), pd.Timestamp("2026-10-04")]
    assert store.sums("orders", SHOP, [], ["payable_fen", "refund_fen"], where={"status": "paid"}).iloc[
        0, :2
    ].tolist() == [2, 3]


def test_types_are_fixed_and_text_stays_text(store: Store) -> None:
    store.upsert(
        "orders", SHOP, lines(("o1a", "2026-10-01", None, 5)).assign(quantity=[None], province=["'; DROP TABLE x;--"])
    )
    frame = store.frame("orders", SHOP)
    kinds = {name: str(frame[name].dtype) for name in ("payable_fen", "quantity", "paid_at", "province", "line_id")}
    assert kinds == {
        "payable_fen": "int64",
        "quantity": "Int64",
        "paid_at": "datetime64[us]",
        "province": "str",
        "line_id": "str",
    }
    assert frame["province"].tolist() == ["'; DROP TABLE x;--"]
    assert len(store.sums("orders", SHOP, ["province"], [], where={"province": "x' OR '1'='1"})) == 0


def test_one_store_object_reads_one_version(store: Store) -> None:
    store.upsert("orders", SHOP, lines(("o1a", "2026-10-01", None, 5)))
    reader = Store.open()
    assert len(reader.frame("orders", SHOP)) == 1
    store.upsert("orders", SHOP, lines(("o2a", "2026-10-02", None, 6)))
    assert len(reader.frame("orders", SHOP)) == 1 and len(Store.open().frame("orders", SHOP)) == 2


def test_an_unknown_table_or_column_names_the_nearest(store: Store) -> None:
    with pytest.raises(ParameterError, match="orders"):
        store.frame("order", SHOP)
    with pytest.raises(ParameterError, match="payable_fen"):
        store.sums("orders", SHOP, ["day"], ["payable"])


def test_a_column_added_to_the_definitions_later_is_empty_for_old_rows(store: Store) -> None:
    store.upsert(
        "roles", SHOP, pd.DataFrame({"product_id": ["p1"], "source": ["a"], "snapshot": [pd.Timestamp("2026-01-01")]})
    )
    later = Store.open()
    columns = {**later.definitions["roles"].columns, "shelf": "int"}
    later.definitions["roles"] = later.definitions["roles"].__class__(
        **{**later.definitions["roles"].__dict__, "columns": columns}
    )
    assert later.frame("roles", SHOP)["shelf"].isna().all()
    row = {"product_id": ["p2"], "shelf": [3], "source": ["b"], "snapshot": [pd.Timestamp("2026-01-02")]}
    later.upsert("roles", SHOP, pd.DataFrame(row))
    assert later.frame("roles", SHOP)["shelf"].fillna(0).tolist() == [0, 3]


# orders and their heads ----------------------------------------------------------------------------------------------


def heads(**columns: list[Any]) -> Any:
    frame = pd.DataFrame(columns)
    return frame.assign(head_id=[str(at) for at in range(len(frame))], source="h", snapshot=pd.Timestamp("2026-11-02"))


def test_heads_complete_lines_and_their_money_stands_on_the_first_line_only(store: Store) -> None:
    bare = lines(("o1b", None, None, 0), ("o1a", None, None, 0), ("o2a", None, None, 700)).assign(  # type: ignore[arg-type]
        payable_fen=[None, None, 700], product_id=["p2", "p1", "p3"]
    )
    store.upsert("orders", SHOP, bare)
    store.upsert(
        "order_heads",
        SHOP,
        heads(
            order_id=["o1", "o1", "o1", "o2", "o3"],
            payable_fen=[300, 50, None, 999, 40],
            ordered_at=[None, None, "2026-10-05 08:00:00", "2026-10-06 08:00:00", "2026-11-01"],
            paid_at=[None, None, "2026-10-05 09:00:00", None, None],
            province=[None, None, "SP", "RJ", None],
        ),
    )
    frame = Store.open().frame("orders", SHOP).set_index("line_id")
    assert frame["payable_fen"].to_dict() == {"o1a": 350, "o1b": 0, "o2a": 700, "o3": 40}
    assert frame.loc[["o1a", "o1b"], "paid_at"].eq(pd.Timestamp("2026-10-05 09:00:00")).all()
    assert frame["province"].fillna("").to_dict() == {"o1a": "SP", "o1b": "SP", "o2a": "RJ", "o3": ""}
    assert frame["product_id"].fillna("").to_dict() == {"o1a": "p1", "o1b": "p2", "o2a": "p3", "o3": ""}
    october = Store.open().sums("orders", SHOP, ["month"], ["payable_fen"], date(2026, 10, 1), date(2026, 10, 31))
    assert october.values.tolist() == [["2026-10", 3, 1050]]
    assert {source.sha256: source.rows for source in store.sources("orders", SHOP)} == {"a": 3, "h": 4}


def test_a_shop_with_heads_only_has_orders(store: Store) -> None:
    store.upsert("order_heads", SHOP, heads(order_id=["o1"], payable_fen=[5], ordered_at=["2026-10-01"]))
    assert store.tables(SHOP) == ["orders", "order_heads"]
    assert store.span("orders", SHOP) == (date(2026, 10, 1), date(2026, 10, 1))
    assert store.snapshot("orders", SHOP) == datetime(2026, 11, 2)
