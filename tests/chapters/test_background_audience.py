"""Who buys: spending power, regions, scenes, and what the report covers."""

from typing import Any

import pandas as pd
import pytest

from helpers.chapters import background
from helpers.findings import Finding, Gap

POUNDS = 'currency = "GBP"\ntimezone = "Europe/London"\nplatform = "other"\n'


def orders(amounts: list[float], at: str = "2026-10-12 10:00", **columns: Any) -> pd.DataFrame:
    """Orders of one line each, paid at that moment unless ``paid_at`` says otherwise."""
    ids = [f"o{number}" for number in range(len(amounts))]
    fen = [round(amount * 100) for amount in amounts]
    frame = pd.DataFrame({"order_id": ids, "line_id": ids, "payable_fen": fen}).assign(
        paid_at=pd.Timestamp(at), **columns
    )
    return frame.assign(ordered_at=frame["paid_at"])


def refunds(lines: list[str], fen: int) -> pd.DataFrame:
    frame = pd.DataFrame({"after_sale_id": lines, "line_id": lines, "goods_refund_fen": fen, "status": "success"})
    return frame.assign(applied_at=pd.Timestamp("2026-10-20"), refunded_at=pd.Timestamp("2026-10-21"), kind="return")


def test_order_values_are_told_per_order_and_by_band(make_report: Any) -> None:
    lines = orders([20, 40, 60, 100, 200]).assign(order_id=["a", "b", "c", "d", "d"])
    found = background.spending_power(make_report({"orders": lines}))
    values = found.values
    assert values["median"].value == 50  # of 20, 40, 60, 300
    assert values["p90"].value == 228  # 60 + 0.7 × 240
    bands = found.tables["bands"].frame.set_index("value_band")
    assert bands["orders"].to_dict() == {"<30": 1, "30–50": 1, "50–100": 1, "100–200": 0, "200–500": 1, "≥500": 0}
    assert values["amount_in_band/band=200–500"].value == pytest.approx(300 / 420)
    assert [gap.needs for gap in found.gaps] == [("AUD",)]


def test_a_shop_with_another_currency_gets_bands_of_its_own(make_report: Any) -> None:
    report = make_report({"orders": orders([float(n) for n in range(1, 121)])}, shop_toml=POUNDS)
    bands = background.spending_power(report).tables["bands"].frame
    assert bands["value_band"].tolist() == ["<20", "20–40", "40–60", "60–80", "80–100", "≥100"]
    assert bands["orders"].tolist() == [19, 20, 20, 20, 20, 21]


def test_a_median_that_moved_beyond_chance_is_said_to_have_risen(make_report: Any) -> None:
    before, now = orders([50.0] * 40, "2026-09-10"), orders([90.0] * 40)
    lines = pd.concat([before.assign(order_id="x" + before["order_id"], line_id="x" + before["line_id"]), now])
    found = background.spending_power(make_report({"orders": lines}))
    # the data begin on 10 September, so there is no whole month to compare with
    assert found.more[-1].key == "background.spending.no_base"
    first = orders([50.0], "2026-09-01").assign(order_id="f", line_id="f")
    found = background.spending_power(make_report({"orders": pd.concat([first, lines])}))
    assert found.more[-1].key == "background.spending.up"
    assert found.values["median.previous"].value == 50


def test_a_province_has_one_name_and_small_ones_are_pooled(make_report: Any) -> None:
    where = ["上海市"] * 4 + ["上海"] * 3 + ["内蒙古自治区"] * 6 + ["西藏自治区"] * 3 + ["青海省"] * 2
    found = background.regions(make_report({"orders": orders([10.0] * 18, province=where)}))
    frame = found.tables["provinces"].frame
    assert frame[["province", "orders"]].to_numpy().tolist() == [["上海", 7], ["内蒙古", 6], ["other", 5]]
    assert found.values["orders/上海"].id == "background.orders_by_province/province=上海"
    assert found.values["paid/内蒙古"].value == 60


def test_a_pool_that_is_too_small_takes_in_the_next_smallest_province(make_report: Any) -> None:
    where = ["广东省"] * 9 + ["江苏省"] * 6 + ["海南省"] * 2
    found = background.regions(make_report({"orders": orders([10.0] * 17, province=where)}))
    assert found.tables["provinces"].frame["province"].tolist() == ["广东", "other"]


def test_only_refund_rates_beyond_chance_are_called_high(make_report: Any) -> None:
    where = ["广东省"] * 200 + ["上海市"] * 40 + ["江苏省"] * 60
    lines = orders([10.0] * 300, province=where)
    back = [f"o{n}" for n in [*range(5), *range(200, 220), *range(240, 244)]]  # 2.5 %, 50 %, 6.7 %
    found = background.regions(make_report({"orders": lines, "after_sales": refunds(back, 1000)}))
    frame = found.tables["provinces"].frame.set_index("province")
    assert frame["refund_rate_orders"].round(3).to_dict() == {"广东": 0.025, "江苏": 0.067, "上海": 0.5}
    assert frame["refund_judged"].to_dict() == {"广东": "below", "江苏": "within", "上海": "above"}
    assert found.values["refund_rate"].value == pytest.approx(29 / 300)
    assert found.more[0].key == "background.regions.refund_above"


def test_orders_under_way_count_for_the_days_waited(make_report: Any) -> None:
    paid = pd.Timestamp("2026-10-12 10:00")
    lines = orders([10.0] * 10, province="广东省")
    lines["delivered_at"] = [paid + pd.Timedelta(days=n) for n in (1, 2, 3, 4)] + [pd.NaT] * 6
    found = background.regions(make_report({"orders": lines}))
    # six of ten have waited three weeks: the median has not been reached, and no gap is claimed for the column
    assert found.tables["provinces"].frame["delivered_days"].isna().all()
    lines["delivered_at"] = [paid + pd.Timedelta(days=n) for n in (1, 2, 3, 4, 5, 6)] + [pd.NaT] * 4
    again = background.regions(make_report({"orders": lines}, shop="again"))
    assert again.tables["provinces"].frame["delivered_days"].tolist() == [5]


def test_without_a_province_there_is_a_gap_that_names_the_column(make_report: Any) -> None:
    found = background.regions(make_report({"orders": orders([10.0])}))
    assert isinstance(found, Gap)
    assert (found.why, found.needs) == ("missing_column", ("ORD",))


def test_returns_without_an_order_leave_regional_refund_rates_open(make_report: Any) -> None:
    back = refunds(["r1"], 500).assign(line_id=None)
    found = background.regions(make_report({"orders": orders([10.0] * 6, province="Kent"), "after_sales": back}))
    assert found.gaps[0].why == "no_link"
    assert "refund_rate_orders" not in found.tables["provinces"].units


def test_shares_of_the_day_and_mean_orders_of_an_hour(make_report: Any) -> None:
    at = ["2026-10-12 20:05", "2026-10-12 21:40", "2026-10-19 20:30", "2026-10-13 12:15"]  # two Mondays and a Tuesday
    lines = orders([10, 20, 30, 40]).assign(paid_at=pd.to_datetime(at))
    found = background.scenes(make_report({"orders": lines}))
    parts = found.tables["parts"].frame.set_index("day_part")
    assert parts["orders"].to_dict()["evening"] == 3
    assert parts.loc["evening", ["clock", "order_share", "order_value"]].tolist() == ["19–23", 0.75, 20]
    assert parts.loc["evening", "orders_per_hour"] == pytest.approx(3 / (4 * 31))
    assert parts.loc["night", "clock"] == "23–6"
    hours = found.tables["hours"].frame.set_index(["weekday", "hour"])["orders_per_day"]
    assert hours[0, 20] == pytest.approx(2 / 4)  # October 2026 has four Mondays
    assert len(hours) == 7 * 24


def test_holidays_rest_and_shifted_weekends_work(make_report: Any) -> None:
    from helpers.chapters.background.scenes import day_kinds

    kinds = day_kinds(make_report({"orders": orders([10.0])}))
    assert kinds["2026-10-05"] == "rest"  # a Monday in the National Day holiday
    assert kinds["2026-10-10"] == "workday"  # the Saturday worked instead
    assert kinds["2026-10-12"] == "workday"
    assert kinds["2026-10-17"] == "rest"


def test_orders_per_viewer_come_from_the_live_file(make_report: Any) -> None:
    starts = pd.to_datetime(["2026-10-12 20:00", "2026-10-13 20:00", "2026-10-14 10:00"])
    live = pd.DataFrame({"account_id": "a", "started_at": starts, "viewers": [100, 300, 500], "orders": [2, 6, 5]})
    found = background.scenes(make_report({"orders": orders([10.0]), "live_sessions": live}))
    rates = found.tables["live"].frame.set_index("day_part")["orders_per_1000"]
    assert rates.to_dict() == {"morning_work": 10, "evening": 20}
    assert found.gaps[0].needs == ("LVD",)


def test_what_is_covered_says_preliminary_and_names_what_is_missing(make_report: Any) -> None:
    report = make_report({"orders": orders([10.0], "2026-11-02 09:00")}, period="2026-11")
    found = background.coverage(report)
    assert found.headline.key == "background.coverage.preliminary"
    assert found.values["days"].value == 4  # the export was made on 5 November
    states = found.tables["files"].frame.set_index("file")["status"]
    assert (states["ORD"], states["CDL"]) == ("present", "missing")


ODD = {
    "bare": orders([10.0, 20.0]),
    "unpaid": orders([10.0, 20.0]).assign(paid_at=pd.NaT, ordered_at=pd.Timestamp("2026-10-12")),
    "worthless": orders([0.0]),
    "giant": orders([10_000_000.0], quantity=10_000, product_id="p", province="广东省"),
}


@pytest.mark.parametrize("kind", list(ODD))
def test_odd_orders_give_an_answer_or_a_gap(make_report: Any, kind: str) -> None:
    report = make_report({"orders": ODD[kind]})
    for name in set(background.__all__) - {"findings"}:
        assert isinstance(getattr(background, name)(report), Finding | Gap)


def test_without_files_on_traffic_no_money_is_said_to_hang_on_anything(make_report: Any) -> None:
    assert background.findings(make_report({"orders": ODD["bare"]})) == []
