"""Metrics of the whole store: numbers worked out by hand on eight orders, gaps named, the chapters' facts met."""

from collections.abc import Callable
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
from helpers.report import Report
from helpers.store import Store
from helpers.store.metrics import run

OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return metric_shop.fill(Store.open(tmp_path_factory.mktemp("metrics")))


def rows(frame: Any) -> list[list[Any]]:
    """The cells, None where one is empty."""
    return [[None if pd.isna(cell) else cell for cell in row] for row in frame.itertuples(index=False)]


def test_month_gmv_adds_up_what_was_paid_in_each_month(shop: Store) -> None:
    assert rows(shop.metric("month_gmv", SHOP)) == [["2026-09", 25000], ["2026-10", 8800]]
    assert rows(shop.metric("month_gmv", SHOP, date(2026, 9, 2), date(2026, 10, 30))) == [
        ["2026-09", 10000],
        ["2026-10", 5000],
    ]


def test_order_value_leaves_out_orders_worth_nothing(shop: Store) -> None:
    assert rows(shop.metric("order_value", SHOP)) == [["2026Q3", 2, 25000, 12500.0], ["2026Q4", 2, 8800, 4400.0]]


def test_refund_rate_never_exceeds_what_was_paid_on_a_line(shop: Store) -> None:
    by_product = shop.metric("refund_rate", SHOP)
    assert rows(by_product) == [["p1", 3, 23000, 10000, 10000 / 23000], ["p2", 2, 10000, 1050, 0.105]]
    by_month = shop.metric("refund_rate", SHOP, by="month")
    assert rows(by_month) == [["2026-09", 3, 25000, 10000, 0.4], ["2026-10", 3, 8800, 1050, 1050 / 8800]]
    before = shop.metric("refund_rate", SHOP, by="month", until="2026-10-04")
    assert before["refund_fen"].tolist() == [10000, 0]


def test_payments_from_before_the_first_after_sale_have_no_refund_rate(shop: Store, tmp_path: Path) -> None:
    late = Store.open(tmp_path)
    late.upsert("orders", SHOP, metric_shop.orders())
    late.upsert(
        "after_sales", SHOP, metric_shop.after_sales([row for row in metric_shop.AFTER_SALES if row[0] != "a1"])
    )
    assert rows(late.metric("refund_rate", SHOP, by="month")) == []  # the first request is of 5 October
    assert rows(late.metric("refund_rate", SHOP, by="month", start=None, grace=40))[0][0] == "2026-09"
    assert rows(late.metric("refund_rate", SHOP)) == [["p1", 1, 3000, 0, 0.0]]
    before = late.metric("refund_rate", SHOP, date(2026, 9, 1), date(2026, 9, 30))
    assert len(before) == 0 and before.attrs["missing"] == "after_sales before 2026-10-05"


def test_refunds_without_lines_count_by_their_own_date(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    store.upsert("orders", SHOP, metric_shop.orders())
    store.upsert("after_sales", SHOP, metric_shop.after_sales().assign(line_id=None))
    assert rows(store.metric("refund_rate", SHOP, by="month")) == [
        ["2026-09", 3, 25000, 12000, 0.48],
        ["2026-10", 3, 8800, 1750, 1750 / 8800],
    ]


def test_refunds_that_only_the_order_file_tells_are_read_there(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    store.upsert("orders", SHOP, metric_shop.orders().assign(refund_fen=600))
    found = store.metric("refund_rate", SHOP)
    assert rows(found) == [["p1", 3, 23000, 1800, 1800 / 23000], ["p2", 2, 10000, 1200, 0.12]]


def test_busy_hours_count_orders_at_their_payment(shop: Store) -> None:
    assert rows(shop.metric("busy_hours", SHOP)) == [
        [1, 0, 1, 15000],  # Tuesday, midnight
        [2, 23, 1, 10000],
        [4, 9, 1, 5000],
        [5, 23, 1, 3800],
    ]


def test_hours_are_not_told_where_the_file_knows_days_only(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    frame = metric_shop.orders()
    store.upsert("orders", SHOP, frame.assign(paid_at=frame["paid_at"].dt.normalize()))
    for name in ("busy_hours", "ship_hours"):
        found = store.metric(name, SHOP)
        assert len(found) == 0 and found.attrs["missing"] == "orders.paid_at (hours)"


def test_categories_share_a_month_and_explain_its_change(shop: Store) -> None:
    assert rows(shop.metric("categories", SHOP)) == [
        ["2026-09", "茶", 20000, 0.8, None, None],
        ["2026-09", "壶", 5000, 0.2, None, None],
        ["2026-10", "壶", 5000, 0.625, 0, 0.0],
        ["2026-10", "茶", 3000, 0.375, -17000, -0.68],
    ]


def test_a_category_that_sells_nothing_in_a_month_falls_to_nothing(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    gone = [row for row in metric_shop.ORDERS if row[1] not in ("l4", "l11", "l12")]
    store.upsert("orders", SHOP, metric_shop.orders(gone))
    store.upsert("product_periods", SHOP, metric_shop.product_periods())
    assert rows(store.metric("categories", SHOP))[2:] == [
        ["2026-10", "茶", 3000, 1.0, -17000, -0.68],
        ["2026-10", "壶", 0, 0.0, -5000, -0.2],
    ]


def test_cohorts_begin_with_a_month(shop: Store) -> None:
    with pytest.raises(ParameterError, match="first of one"):
        shop.metric("cohorts", SHOP, date(2026, 9, 2))


def test_cohorts_follow_buyers_by_months_after_their_first_order(shop: Store) -> None:
    assert rows(shop.metric("cohorts", SHOP)) == [["2026-09", 0, 2, 2, 1.0], ["2026-09", 1, 2, 1, 0.5]]
    assert rows(shop.metric("cohorts", SHOP, *OCTOBER)) == []  # October's one buyer bought first in September


def test_repurchase_judges_only_buyers_who_were_followed_long_enough(shop: Store) -> None:
    for days, expected in {30: [2, 2, 0, 0.0], 31: [2, 2, 1, 0.5], 32: [2, 1, 1, 1.0], 90: [2, 0, 0, None]}.items():
        assert rows(shop.metric("repurchase", SHOP, days=days)) == [["2026-09", *expected]]
    later = shop.metric("repurchase", SHOP, date(2026, 9, 1), date(2027, 3, 31), days=32)
    assert later["watched"].tolist() == [1]  # the data end in October whatever the period says


def test_rfm_gives_equal_values_equal_scores(shop: Store) -> None:
    assert rows(shop.metric("rfm", SHOP, scores=2)) == [[2, 2, 2, 1, 2, 20000], [1, 1, 1, 1, 1, 10000]]
    september = shop.metric("rfm", SHOP, date(2026, 9, 1), date(2026, 9, 30), scores=2)
    assert rows(september) == [[2, 1, 1, 1, 1, 10000], [1, 1, 2, 1, 1, 15000]]


def test_the_funnel_takes_totals_and_only_days_that_know_both_numbers(shop: Store) -> None:
    assert rows(shop.metric("funnel", SHOP)) == [
        ["all", None, 10, 1, 90, 9, 1, 5, None, 0.1, 0.1, 1 / 9],
        ["live", 100, 10, 1, 90, 9, 1, 10, 0.1, 0.1, 0.1, 1 / 9],
    ]
    zero = shop.metric("funnel", SHOP, date(2026, 10, 2), date(2026, 10, 2))
    assert rows(zero) == [["live", 0, 0, 0, 0, 0, 0, 5, None, None, None, None]]


def test_product_ranks_rise_and_fall_between_neighbouring_months(shop: Store) -> None:
    found = rows(shop.metric("product_ranks", SHOP))
    assert found[:2] == [["2026-09", 1, "p1", 20000, None, None], ["2026-09", 2, "p2", 5000, None, None]]
    assert found[2:] == [["2026-10", 1, "p2", 5000, 2, 1], ["2026-10", 2, "p1", 3000, 1, -1]]
    assert rows(shop.metric("product_ranks", SHOP, top=1))[1] == ["2026-10", 1, "p2", 5000, 2, 1]


def test_price_bands_take_an_edge_into_the_band_above(shop: Store) -> None:
    assert rows(shop.metric("price_bands", SHOP)) == [
        [1, 3000, 5000, 1, 3800, 0.25],
        [2, 5000, 10000, 1, 5000, 0.25],
        [3, 10000, 20000, 2, 25000, 0.5],
    ]
    assert rows(shop.metric("price_bands", SHOP, edges=[30])) == [[1, 3000, None, 4, 33800, 1.0]]


@pytest.fixture
def private(data: Path) -> Callable[[int], None]:
    """Sets the shop's own privacy threshold."""
    folder = data / "raw" / SHOP / "definitions" / "thresholds"
    folder.mkdir(parents=True)
    return lambda least: (folder / f"at_{least}.toml").write_text(f"[private]\nvalue = {least}\n") and None


def test_order_quantiles_show_no_province_with_few_orders(shop: Store) -> None:
    assert rows(shop.metric("order_quantiles", SHOP)) == [["other", 4, 4700.0, 7500.0, 11250.0, 13500.0]]
    with pytest.raises(ParameterError, match="5 or more"):
        shop.metric("order_quantiles", SHOP, least=1)


def test_order_quantiles_know_a_province_by_all_its_names(shop: Store, private: Callable[[int], None]) -> None:
    private(1)
    found = shop.metric("order_quantiles", SHOP)
    assert found["province"].tolist() == ["湖南", "广东", "unknown"]
    assert rows(found)[0][1:] == pytest.approx([2, 4100, 4400, 4700, 4880])
    two = shop.metric("order_quantiles", SHOP, least=2)
    assert two[["province", "orders"]].values.tolist() == [["湖南", 2], ["other", 2]]


def test_a_pool_that_is_too_small_takes_in_the_next_province(tmp_path: Path, private: Callable[[int], None]) -> None:
    private(2)
    places = ["甲", "乙", "乙", "丙", "丙", "丙", "丙", "丙"]
    lines = [(f"o{at}", f"l{at}", "p", 100 + at, "2026-10-01 10:00", None, place, None, None, None)
             for at, place in enumerate(places)]  # fmt: skip
    store = Store.open(tmp_path / "store")
    store.upsert("orders", SHOP, metric_shop.orders(lines))
    found = store.metric("order_quantiles", SHOP)
    assert found[["province", "orders"]].values.tolist() == [["丙", 5], ["other", 3]]


def test_new_buyers_are_those_whose_first_order_lies_in_the_month(shop: Store) -> None:
    september, october = ["2026-09", 2, 0, 0.0, 25000, 0, 0], ["2026-10", 0, 1, 1.0, 0, 5000, 3800]
    assert rows(shop.metric("new_returning", SHOP)) == [september, october]
    assert rows(shop.metric("new_returning", SHOP, *OCTOBER)) == [october]
    assert rows(shop.metric("new_returning", SHOP, date(2026, 10, 3), date(2026, 10, 31))) == [
        ["2026-10", 0, 0, None, 0, 0, 3800]
    ]


def test_an_order_is_shipped_when_all_its_goods_are(shop: Store) -> None:
    assert rows(shop.metric("ship_hours", SHOP)) == [["2026-09", 1, 1, 24.0, 24.0], ["2026-10", 2, 0, 12.25, 21.65]]


def test_pareto_adds_up_shares_from_the_biggest_product(shop: Store) -> None:
    assert rows(shop.metric("pareto", SHOP)) == [[1, "p1", 23000, 23 / 33, 23 / 33], [2, "p2", 10000, 10 / 33, 1.0]]
    assert rows(shop.metric("pareto", SHOP, top=1)) == [[1, "p1", 23000, 23 / 33, 23 / 33]]


# frames, gaps, errors ------------------------------------------------------------------------------------------------


def test_every_metric_of_the_file_says_its_units_and_versions(shop: Store) -> None:
    for name in queries.names():
        frame = shop.metric(name, SHOP)
        query = queries.load(name, SHOP, {})
        kinds = {column: str(frame[column].dtype).lower().replace("str", "string") for column in frame.columns}
        assert kinds == dict(query.types), name
        assert frame.attrs["columns"] == dict(query.columns) and frame.attrs["versions"], name
        told = str(run.FUNCTIONS[name].__doc__)
        assert all(f"``{column}``" in told for column in query.columns if column != "product_id"), name
        assert query.name["zh"] and query.name["en"] and query.row["zh"] and query.row["en"], name
    assert len(queries.names()) == 15


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("cohorts", "orders.buyer_key"),
        ("refund_rate", "after_sales"),
        ("ship_hours", "orders.shipped_at"),
        ("funnel", "channel_days"),
    ],
)
def test_a_metric_without_its_file_is_empty_and_names_it(tmp_path: Path, name: str, missing: str) -> None:
    store = Store.open(tmp_path)
    store.upsert("orders", SHOP, metric_shop.orders().assign(buyer_key=None, shipped_at=pd.NaT))
    found = store.metric(name, SHOP)
    assert len(found) == 0 and found.attrs["missing"] == missing
    assert list(found.columns) == list(queries.load(name, SHOP, {}).columns)


def test_an_empty_shop_misses_payments(tmp_path: Path) -> None:
    assert Store.open(tmp_path).metric("month_gmv", "nobody").attrs["missing"] == "orders.paid_at"


def test_members_stand_in_where_no_order_names_its_buyer(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    store.upsert("orders", SHOP, metric_shop.orders().assign(buyer_key=None))
    frame = pd.DataFrame(
        {
            "order_id": ["m1", "m2", "m3", "m4"],
            "buyer_key": ["x", "x", "y", "z"],
            "paid_at": pd.to_datetime(["2026-09-03", "2026-10-03", "2026-10-05", "2026-10-06"]),
            "amount_fen": [100, 200, None, 0],  # the last one was free
        }
    ).assign(**metric_shop.STAMP)
    store.upsert("members", SHOP, frame)
    assert rows(store.metric("cohorts", SHOP)) == [
        ["2026-09", 0, 1, 1, 1.0],
        ["2026-09", 1, 1, 1, 1.0],
        ["2026-10", 0, 1, 1, 1.0],
    ]
    assert rows(store.metric("new_returning", SHOP))[1] == ["2026-10", 1, 1, 0.5, 0, 200, 0]


def test_an_unknown_metric_or_option_names_the_nearest(shop: Store) -> None:
    with pytest.raises(ParameterError, match="month_gmv"):
        shop.metric("month_gvm", SHOP)
    with pytest.raises(ParameterError, match="days"):
        shop.metric("repurchase", SHOP, day=30)
    with pytest.raises(ParameterError, match="product_id or month"):
        shop.metric("refund_rate", SHOP, by="province")
    with pytest.raises(ParameterError, match="2026-10-31"):
        shop.metric("refund_rate", SHOP, until="October")
    with pytest.raises(ParameterError, match="rising"):
        shop.metric("price_bands", SHOP, edges=[50, 30])


def test_an_answer_that_is_too_long_is_refused(shop: Store, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = (Path(queries.files.find("queries.toml"))).read_text(encoding="utf-8")
    folder = data / "raw" / SHOP / "definitions"
    folder.mkdir(parents=True)
    (folder / "queries.toml").write_text(content.replace("most_rows = 100000", "most_rows = 1"), encoding="utf-8")
    with pytest.raises(XiaodianError, match="more than 1 rows"):
        shop.metric("month_gmv", SHOP)


def test_metrics_agree_with_the_facts_of_the_report(make_report: Callable[..., Report]) -> None:
    from helpers.chapters.sales import figures

    lines = metric_shop.orders()
    more = [lines.assign(line_id=lines["line_id"] + f"-{at}", order_id=lines["order_id"] + f"-{at}",
                         payable_fen=lines["payable_fen"] * at) for at in (2, 3)]  # fmt: skip
    report = make_report(
        {"orders": pd.concat([lines, *more], ignore_index=True), "after_sales": metric_shop.after_sales()}
    )
    values = figures.values(report)
    gmv = report.metric("month_gmv")
    assert gmv["paid_fen"].sum() / 100 == values["paid_amount"].value == 8800 * 6 / 100
    value = report.metric("order_value")
    assert value["orders"].sum() == values["orders_paid"].value
    refunds = report.metric("refund_rate", by="month", until=report.covered, grace=40)
    assert refunds["refund_rate"].tolist() == [pytest.approx(values["refund_rate_amount"].value)]
    assert np.isclose(refunds["refund_fen"].sum(), 1050)
