"""Chapter 02: what empty shelves cost in season, and by when seasonal goods must be ordered."""

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest

from helpers import paths
from helpers.chapters import diagnosis, sales
from helpers.findings import Finding, Gap
from helpers.sample import story
from tests.chapters.sales_frames import orders

PAID = ("A", "Aa", "2026-10-31 10:00", 50, "A", 1)


def emptied(first="2026-10-12", days=3, cause="material"):
    """Ten pieces of A a day at 50 yuan from September, none while its shelf is empty; with its stock snapshots."""
    span = pd.date_range("2026-09-01", "2026-10-31")
    gone = pd.date_range(first, periods=days)
    rows = [(f"{day:%m%d}", f"l{day:%m%d}", f"{day:%Y-%m-%d} 10:00", 500, "A", 10) for day in span if day not in gone]
    stock = pd.DataFrame({"product_id": "A", "day": span, "available": [0 if day in gone else 9 for day in span]})
    return {"orders": orders(*rows), "stock": stock.assign(cause=cause)}


def test_a_loss_is_what_the_same_weekdays_sell(make_report):
    # three days without ten pieces at 50 yuan: 1,500 yuan; sold in the promotion from 9 to 31 October: 20 days × 10
    found = sales.stockout_losses(make_report(emptied()))
    assert found.values["lost"].value == pytest.approx(1500)
    assert found.values["days"].value == 3
    assert found.headline.slots["event"].startswith("抖音商城双11")
    assert found.values["share"].value == pytest.approx(30 / (30 + 200))
    frame = found.tables["stockout_days"].frame
    assert frame["units_short"].tolist() == [10, 10, 10] and frame["money_lost"].sum() == pytest.approx(1500)


def test_it_is_the_amount_that_chapter_05_judges(make_report):
    report = make_report(emptied())
    assert sales.stockout_losses(report).values["lost"].value == diagnosis.stockouts(report).values["lost"].value


def test_empty_days_outside_any_promotion_are_set_against_the_period(make_report):
    found = sales.stockout_losses(make_report(emptied("2026-10-08", 1)))
    assert found.headline.key == "sales.stockout_losses.period"
    assert found.values["share"].value == pytest.approx(10 / 310)


def test_shelves_that_were_never_empty_lost_nothing(make_report):
    tables = emptied()
    found = sales.stockout_losses(make_report(tables | {"stock": tables["stock"].assign(available=5)}))
    assert found.headline.key == "sales.stockout_losses.none" and not found.tables


def test_a_shelf_that_was_always_empty_is_not_priced(make_report):
    tables = emptied()
    found = sales.stockout_losses(make_report(tables | {"stock": tables["stock"].assign(available=0)}))
    assert found.headline.key == "sales.stockout_losses.unknown" and "lost" not in found.values


def seasonal(months=26, plain=3):
    """Four categories of three goods: K sells double in November and December, the others evenly; all double in June."""
    rows, number = [], 0
    for month in pd.period_range("2024-09", periods=months, freq="M"):
        for place, category in enumerate(["K", *"PQR"[:plain]]):
            pieces = 60 * (2 if category == "K" and month.month in (11, 12) else 1) * (2 if month.month == 6 else 1)
            for good in range(6):
                for day in range(1, 29):
                    number += 1
                    spread = pieces // 28 + (day + good + place) % 2
                    paid = f"{month}-{day:02} 1{good}:{number % 60:02}"
                    rows.append((f"o{number}", f"l{number}", paid, 50, f"{category}{good}", spread))
    frame = orders(*rows)
    return frame.assign(category=frame["product_id"].str[0])


@pytest.fixture(scope="module")
def two_years():
    return seasonal()


def deliveries(days=20, count=12, product="K0"):
    ordered = pd.date_range("2026-01-05", periods=count, freq="14D")
    frame = pd.DataFrame({"ordered_on": ordered, "arrived_on": ordered + pd.Timedelta(days=days), "quantity": 100})
    return frame.assign(purchase_id=[f"P{at}" for at in range(count)], product_id=product, supplier="S")


def test_a_season_is_found_and_ordered_for_a_lead_time_ahead(make_report, two_years):
    # K doubles in November and December: season from 2026-11-01, every delivery took 20 days: 2026-10-12, too late now
    found = sales.order_by(make_report({"orders": two_years, "purchases": deliveries()}))
    frame = found.tables["season_orders"].frame
    row = frame[frame["product_name"] == "K0"].iloc[0]
    assert row["season_start"] == pd.Timestamp("2026-11-01") and row["lead_days"] == 20
    assert row["order_by"].date() <= date(2026, 10, 12)  # earlier by holidays that lie between
    assert set(frame["product_name"].str[0]) == {"K"}
    assert found.headline.key == "sales.order_by.late" and found.values["groups"].value == 1


def test_what_all_categories_share_is_no_season(make_report, two_years):
    found = sales.order_by(make_report({"orders": two_years, "purchases": deliveries()}))
    assert not [name for name in found.values if name.endswith(".6")]  # June doubles everywhere


def test_pieces_of_the_first_month_follow_the_season(make_report, two_years):
    # in September and October a good of K sells 2.6 a day on 28 of 30 days, so about 2.5; twice that for 30 days: 150
    found = sales.order_by(make_report({"orders": two_years, "purchases": deliveries()}))
    assert found.tables["season_orders"].frame["season_units"].between(120, 200).all()


def test_without_lead_times_the_season_is_told_without_a_date(make_report, two_years):
    found = sales.order_by(make_report({"orders": two_years}))
    assert found.headline.key == "sales.order_by.undated" and [gap.why for gap in found.gaps] == ["no_leads"]


def test_what_suppliers_state_stands_in_for_missing_deliveries(make_report, two_years):
    listed = pd.DataFrame({"supplier": ["S"], "product_id": ["K0"], "lead_days": [10], "lead_high_days": [15]})
    frame = sales.order_by(make_report({"orders": two_years, "suppliers": listed})).tables["season_orders"].frame
    assert frame.set_index("product_name")["lead_days"].dropna().to_dict() == {"K0": 15}


def test_less_than_a_year_tells_no_season(make_report, two_years):
    short = two_years[two_years["paid_at"] >= "2026-01-01"]
    found = sales.order_by(make_report({"orders": short}))
    assert isinstance(found, Gap) and found.why == "short_history"


def test_goods_that_sell_evenly_have_no_season(make_report, two_years):
    found = sales.order_by(make_report({"orders": two_years[two_years["category"] != "K"]}))
    assert found.headline.key == "sales.order_by.none" and not found.tables


@pytest.mark.parametrize("claim", ["order_by", "stockout_losses"])
def test_a_bare_order_table_ends_in_a_gap(make_report, claim):
    assert isinstance(getattr(sales, claim)(make_report({"orders": orders(PAID)})), Gap)


def test_the_planted_stock_out_is_recovered(sample_report):
    truth = json.loads((paths.raw("sample") / "truths" / "truths.json").read_text(encoding="utf-8"))["truths"][
        "stock_out"
    ]
    found = sales.stockout_losses(sample_report)
    assert isinstance(found, Finding) and found.values["days"].value == len(truth["days"])
    frame = found.tables["stockout_days"].frame
    assert sorted(frame["day"].dt.strftime("%Y-%m-%d")) == truth["days"]
    pieces = np.dot(story.load("story")["orders"]["quantity"], [1, 2, 3])
    low, high = (
        end / found.values["lost"].value * frame["units_short"].sum()
        for end in (found.values["lost"].low, found.values["lost"].high)
    )
    assert low <= truth["orders_wanted"] * pieces <= high


def test_the_planted_season_is_recovered(sample_report):
    found = sales.order_by(sample_report)
    truth = json.loads((paths.raw("sample") / "truths" / "truths.json").read_text(encoding="utf-8"))["truths"]["season"]
    value = found.values[f"season.{truth['category']}.{truth['month']}"]
    assert value.low <= truth["index"] <= value.high
    assert found.values["groups"].value == 1  # only clothes have a season of a quarter and more
    assert found.tables["season_orders"].frame["season_start"].unique().tolist() == [pd.Timestamp("2027-10-01")]
