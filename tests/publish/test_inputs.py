"""Which change of the data concerns an earlier review: judged by what it asked of the store."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from backfill_shop import orders, refund, store

from helpers.chapters.sales import basis
from helpers.period import Period
from helpers.publish import inputs
from helpers.report import Report, open_report

SHOP = "a"


@pytest.fixture
def august(data: Path) -> Report:
    store(SHOP, "orders", orders("2026-08", "2026-09", "2026-10"))
    store(SHOP, "after_sales", refund("202608050001", 1000, "2026-08-07"))
    return open_report("2026-08", SHOP, "zh")


def same(report: Report) -> bool:
    """Whether a review that asked what this report was asked would be the same today."""
    versions = report.store.versions(SHOP)
    read = {name: [versions.get(name), f"{until}"] for name, until in report.notes.read.items()}
    exported = {name: f"{moment or ''}" for name, moment in report.notes.exported.items()}
    entry = {"read": read, "cutoff": f"{report.covered}", "exported": exported}
    return inputs.Rows(SHOP).same(entry, Period.parse("2026-08"))


def sheet(yuan: float, valid_from: str) -> Any:
    row = {"metric": "gmv_month", "amount": yuan, "valid_from": pd.Timestamp(valid_from)}
    return pd.DataFrame([row])


def test_a_table_that_comes_for_the_first_time_concerns_whoever_asked_whether_it_is_there(august: Report) -> None:
    assert not august.held("costs")
    assert same(august)
    store(
        SHOP,
        "costs",
        pd.DataFrame({"product_id": ["p"], "valid_from": [pd.Timestamp("2026-01-01")], "cost_fen": [100]}),
    )
    assert not same(august)


def test_a_newer_export_concerns_whoever_asked_for_its_moment_while_it_may_be_known(august: Report) -> None:
    august.every("after_sales")
    store(SHOP, "after_sales", refund("202610050001", 1000, "2026-10-07"), snapshot="2026-11-20")
    assert same(august)
    assert f"{august.taken('after_sales')}" == "2026-10-30 23:59:59.999999"  # sixty days after August
    assert same(august)


def test_the_day_until_which_refunds_are_known_follows_the_export_alone(data: Path) -> None:
    store(SHOP, "orders", orders("2026-08"), snapshot="2026-09-02")
    store(SHOP, "after_sales", refund("202608050001", 1000, "2026-08-07"), snapshot="2026-09-02")
    early = open_report("2026-08", SHOP, "zh")
    assert f"{basis.known_until(early)}" == "2026-09-01"
    store(SHOP, "after_sales", refund("another", 1000, "2026-09-10"), snapshot="2026-09-12")  # of no order of August
    assert f"{basis.known_until(open_report('2026-08', SHOP, 'zh'))}" == "2026-09-11"
    assert not same(early)


def test_the_report_of_another_month_reads_on_behalf_of_the_page(august: Report) -> None:
    assert august.at(Period.parse("2026-09")).target("gmv_month") is None
    assert f"{august.notes.read['targets']}" == "2026-09-30"
    store(SHOP, "targets", sheet(200, "2026-09-01"))
    assert not same(august)
