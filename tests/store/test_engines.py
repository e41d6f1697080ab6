"""Every metric and every answer of the store is the same on DuckDB and on a Spark Connect server (Sail)."""

import os
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import metric_shop
import numpy as np
import pandas as pd
import pytest
from metric_shop import SHOP

from helpers.definitions import queries
from helpers.errors import ParameterError, XiaodianError
from helpers.store import Store

HEADED, BIG, PERIOD = "两表 {x}%", "大店", (date(2026, 9, 1), date(2026, 10, 30))
BY_HEADS = ("month_gmv", "new_returning", "refund_rate")
OPTIONS: list[tuple[str, Mapping[str, Any]]] = [
    *((name, {}) for name in queries.names()),
    ("refund_rate", {"by": "month", "until": "2026-10-04"}),
    ("repurchase", {"days": 31}),
    ("rfm", {"scores": 2}),
    ("order_quantiles", {"least": 40}),
    ("price_bands", {"edges": [30]}),
]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a Sail server in this process."""
    os.environ.setdefault("RUST_LOG", "error")
    from pysail.spark import SparkConnectServer

    sail = SparkConnectServer(ip="127.0.0.1", port=0)
    sail.start(background=True)
    host, port = sail.listening_address
    yield f"sc://{host}:{port}"
    sail.stop()


@pytest.fixture(scope="module")
def stores(server: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Store]:
    """The same store with three shops, asked through DuckDB and through Sail."""
    root = tmp_path_factory.mktemp("engines")
    filled = metric_shop.fill(Store.open(root))
    filled.upsert("orders", BIG, many_lines())
    filled.upsert("after_sales", BIG, many_refunds())
    filled.upsert("orders", HEADED, bare_lines())
    filled.upsert("order_heads", HEADED, heads())
    found = []
    with pytest.MonkeyPatch.context() as patch:
        for address in ("", server):
            patch.setenv("XIAODIAN_ENGINE", address)
            store = Store.open(root)
            assert len(store.frame("orders", SHOP)) == len(metric_shop.ORDERS)  # the connection is made here
            found.append(store)
    return found[0], found[1]


def many_lines() -> Any:
    """Five hundred lines over 14 months with ties, gaps, midnights and month ends."""
    random = np.random.default_rng(20261001)
    n = 500
    days = pd.Timestamp("2025-09-01") + pd.to_timedelta(random.integers(0, 425, n), "D")
    seconds = random.choice([0, 1, 43_200, 86_399], n)
    paid = pd.Series(days + pd.to_timedelta(seconds, "s"))
    order = random.integers(0, 350, n)
    paid = paid.groupby(order).transform("first")  # lines of an order are paid together
    waited = pd.to_timedelta(random.choice([-60, 0, 3_600, 90_061], n), "s")
    texts = {
        "product_id": random.choice(["p1", "p2", "p3", None], n),
        "line_kind": random.choice(["product", "gift", None], n, p=[0.3, 0.1, 0.6]),
        "category": random.choice(["茶", "壶 & 杯", None], n),
        "order_type": random.choice(["physical", "virtual", None], n, p=[0.6, 0.1, 0.3]),
    }
    buyers, places = (
        random.choice([f"b{at}" for at in range(60)], 350),
        random.choice(["广东省", "广东", "湖南", "西藏"], 350, p=[0.3, 0.39, 0.3, 0.01]),
    )
    return pd.DataFrame(texts).assign(
        line_id=[f"l{at}" for at in range(n)],
        order_id=[f"o{at}" for at in order],
        payable_fen=random.choice([0, 1, 999, 1000, 3000, 5000, -1000], n),
        paid_at=paid.where(random.random(n) > 0.05),
        ordered_at=paid - pd.Timedelta("1h"),
        shipped_at=(paid + waited).where(random.random(n) > 0.2),
        buyer_key=pd.Series(buyers[order]).where(order % 7 != 0),
        province=pd.Series(places[order]).where(order % 11 != 0),
        **metric_shop.STAMP,
    )


def many_refunds() -> Any:
    random = np.random.default_rng(7)
    applied = pd.Timestamp("2025-09-02") + pd.to_timedelta(random.integers(0, 420, 120), "D")
    return pd.DataFrame(
        {
            "after_sale_id": [f"a{at}" for at in range(120)],
            "line_id": [f"l{at}" for at in random.integers(0, 500, 120)],
            "goods_refund_fen": random.choice([1, 999, 4000], 120),
            "status": random.choice(["success", "closed"], 120),
            "applied_at": applied,
        }
    ).assign(**metric_shop.STAMP)


def bare_lines() -> Any:
    """Lines whose times and money stand in the heads of their orders."""
    rows = {"line_id": ["h1", "h2", "h3"], "order_id": ["k1", "k1", "k2"], "product_id": ["p2", "p1", "p1"]}
    return pd.DataFrame(rows).assign(payable_fen=pd.array([None, None, 700], "Int64"), **metric_shop.STAMP)


def heads() -> Any:
    rows = {
        "head_id": ["1", "2", "3", "4"],
        "order_id": ["k1", "k1", "k2", "k3"],
        "payable_fen": pd.array([300, 50, 999, 40], "Int64"),
        "ordered_at": ["2026-10-05 08:00:00", None, "2026-10-31 23:59:59", "2026-11-01"],
        "paid_at": ["2026-10-05 09:00:00", None, None, "2026-11-01 00:00:00"],
        "delivered_at": ["2026-10-07", "2026-10-08", None, None],
        "province": [None, "SP", "RJ", None],
        "buyer_key": ["u", "u", None, "v"],
    }
    frame = pd.DataFrame(rows)
    moments = {name: pd.to_datetime(frame[name], format="mixed") for name in ("ordered_at", "paid_at", "delivered_at")}
    return frame.assign(**moments, **metric_shop.STAMP)


def alike(one: Any, other: Any) -> None:
    pd.testing.assert_frame_equal(one, other, rtol=1e-9, atol=0, check_freq=False)
    assert one.attrs == other.attrs


@pytest.mark.parametrize(("name", "options"), OPTIONS, ids=[f"{name}{len(more) or ''}" for name, more in OPTIONS])
def test_a_metric_is_the_same_on_both_engines(
    stores: tuple[Store, Store], name: str, options: Mapping[str, Any]
) -> None:
    for shop, *period in ((SHOP,), (BIG, *PERIOD), *([(HEADED,)] if name in BY_HEADS else [])):
        alike(*(store.metric(name, shop, *period, **options) for store in stores))


def test_frames_are_the_same_on_both_engines(stores: tuple[Store, Store]) -> None:
    for shop in (SHOP, BIG, HEADED):
        for table in ("orders", "after_sales", "channel_days", "roles", "costs"):
            alike(*(store.frame(table, shop) for store in stores))
        alike(*(store.frame("orders", shop, *PERIOD, columns=["line_id", "paid_at", "source"]) for store in stores))


def test_heads_complete_their_lines_on_both_engines(stores: tuple[Store, Store]) -> None:
    for store in stores:
        found = store.frame("orders", HEADED).set_index("line_id")
        assert found["payable_fen"].to_dict() == {"h1": 350, "h2": 0, "h3": 700, "k3": 40}
        assert found["province"].fillna("").to_dict() == {"h1": "SP", "h2": "SP", "h3": "RJ", "k3": ""}


def test_sums_and_spans_are_the_same_on_both_engines(stores: tuple[Store, Store]) -> None:
    for shop in (SHOP, BIG, HEADED):
        for by in ([], ["month"], ["weekday", "hour"], ["day", "product_id"], ["province"]):
            alike(*(store.sums("orders", shop, by, ["payable_fen", "refund_fen"]) for store in stores))
        chosen = [
            store.sums("orders", shop, ["day"], [], *PERIOD, where={"product_id": ["p1", "p2"]}) for store in stores
        ]
        alike(*chosen)
        assert len({store.span("orders", shop) for store in stores}) == 1
        assert len({store.snapshot("orders", shop) for store in stores}) == 1


def test_a_column_that_old_files_lack_is_empty_on_both_engines(
    stores: tuple[Store, Store], tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store.open(tmp_path).upsert("roles", SHOP, metric_shop.roles())
    for address in ("", server):
        monkeypatch.setenv("XIAODIAN_ENGINE", address)
        later = Store.open(tmp_path)
        known = later.definitions["roles"]
        later.definitions["roles"] = known.__class__(**{**known.__dict__, "columns": {**known.columns, "shelf": "int"}})
        frame = later.frame("roles", SHOP, columns=["product_id", "shelf"])
        assert frame["shelf"].isna().tolist() == [True] and frame["product_id"].tolist() == ["p2"]


def test_the_server_may_see_the_store_at_another_path(
    tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    Store.open(here).upsert("roles", SHOP, metric_shop.roles())
    store = Store.open(here)
    assert store.tables(SHOP) == ["roles"]  # the log is read on this side
    here.rename(there)
    monkeypatch.setenv("XIAODIAN_ENGINE", server)
    with pytest.raises(XiaodianError, match="does not see all 1 rows"):
        store.frame("roles", SHOP)
    monkeypatch.setenv("XIAODIAN_ENGINE_PATHS", f"{here}={there}")
    assert store.frame("roles", SHOP)["product_id"].tolist() == ["p2"]


@pytest.mark.parametrize(
    ("address", "said"), [("sc://127.0.0.1:1/;token=abc", "does not answer"), ("postgres://x", "is no engine")]
)
def test_an_engine_that_is_not_there_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, said: str
) -> None:
    monkeypatch.setenv("XIAODIAN_ENGINE", address)
    with pytest.raises(ParameterError, match=said) as caught:
        Store.open(tmp_path).sums("orders", SHOP, [], ["payable_fen"])
    assert "\n" not in str(caught.value) and "abc" not in str(caught.value)


def test_a_missing_client_says_what_to_install(tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIAODIAN_ENGINE", server)
    monkeypatch.setitem(__import__("sys").modules, "pyspark.sql.connect.session", None)
    with pytest.raises(ParameterError, match=r"xiaodian\[spark\]"):
        Store.open(tmp_path).sums("orders", SHOP, [], ["payable_fen"])


def test_duckdb_keeps_to_its_memory_and_spills(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIAODIAN_ENGINE_MEMORY", "64MiB")
    monkeypatch.setenv("XIAODIAN_ENGINE_SPILL", str(tmp_path / "spill"))
    monkeypatch.setenv("XIAODIAN_ENGINE_THREADS", "1")
    from helpers.store import engine

    con = engine.connect()
    assert con.raw_sql("SELECT current_setting('memory_limit')").fetchone() == ("64.0 MiB",)
    assert con.raw_sql("SELECT current_setting('threads')").fetchone() == (1,)
    con.raw_sql("CREATE TEMP TABLE big AS SELECT range AS a, hash(range)::VARCHAR AS b FROM range(2000000) ORDER BY b")
    assert list((tmp_path / "spill").glob("xiaodian-*/*"))
    con.disconnect()
    assert not list((tmp_path / "spill").glob("xiaodian-*/*"))
