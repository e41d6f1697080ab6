"""The month in figures, worked out by hand on a shop of five orders."""

import pandas as pd
import pytest
from sales_frames import after_sales, orders

from helpers import show
from helpers.chapters import sales
from helpers.findings import Finding, Gap

LINES = orders(
    ("Z0", "Z0a", "2026-08-31 10:00", 1, "P", 1),
    ("A1", "A1a", "2026-09-05 10:00", 100, "P", 1),
    ("A2", "A2a", "2026-09-20 10:00", 50, "P", 1),
    ("B1", "B1a", "2026-10-01 10:00", 60, "P", 1),
    ("B1", "B1b", "2026-10-01 10:00", 40, "Q", 2),
    ("B2", "B2a", "2026-10-02 10:00", 200, "P", 1),
    ("B2", "B2b", "2026-10-02 10:00", 0, "G", 1),
    ("B3", "B3a", "2026-10-31 23:59", 93, "Q", 3),
    ("B4", "B4a", None, 500, "P", 1),
    ("B5", "B5a", "2026-10-09 10:00", 0, "P", 1),
)
LINES["line_kind"] = ["gift" if line == "B2b" else "product" for line in LINES["line_id"]]
BACK = after_sales(
    ("A1a", 10, "2026-09-02", "return", "质量问题", "closed"),
    ("A1a", 100, "2026-10-04 08:00", "return", "质量问题", "success"),  # four days after September
    ("A2a", 50, "2026-10-20", "return", "7天无理由", "success"),  # later than its partner, 18 October, can be watched
    ("B1a", 60, "2026-10-10", "refund_unshipped", "多拍/错拍/不想要", "success"),
    ("B2a", 50, "2026-11-03", "return", "质量问题", "success"),
    ("B3a", 93, "2026-11-01", "return", "质量问题", "pending"),
)

PLAIN = 'platform = "other"'  # no calendar: every day is an ordinary one


@pytest.fixture
def month(make_report):
    report = make_report({"orders": LINES, "after_sales": BACK}, shop_toml=PLAIN)
    return sales.month(report), report.notes.facts


def test_only_paid_orders_that_are_worth_something_count(month):
    _, facts = month
    assert facts["sales.paid_amount"].value == 393
    assert facts["sales.orders_paid"].value == 3
    assert facts["sales.order_value"].value == 131
    assert facts["sales.units"].value == 7  # the gift is no unit sold


def test_growth_compares_days_that_have_a_partner(month):
    answer, facts = month
    assert facts["sales.paid_amount/base=previous"].value == 150
    assert facts["sales.paid_amount/change=previous"].value == pytest.approx(300 / 150 - 1)  # 29 to 31 October: none
    said = {line.key: line.slots for line in answer.more}["sales.month.previous"]
    assert (said["pairs"], said["left_out"], said["base"]) == (28, 3, "2026-09")
    assert facts["sales.paid_amount/change=previous"].unit == "ratio"
    assert "sales.paid_amount/base=year_ago" not in facts


def test_refunds_go_with_the_payment_and_both_periods_are_cut_alike(month):
    _, facts = month
    assert facts["sales.refund_rate_amount"].value == pytest.approx(110 / 393)
    assert facts["sales.refund_rate_orders"].value == pytest.approx(2 / 3)
    assert facts["sales.refund_rate_amount/base=previous"].value == pytest.approx(100 / 150)
    assert facts["sales.refund_rate_amount/change=previous"].value == pytest.approx((110 / 300 - 100 / 150) * 100)
    assert facts["sales.refund_rate_amount/change=previous"].unit == "points"
    assert facts["sales.net_amount"].value == 283
    assert facts["sales.refund_amount_by_time"].value == 210


def test_days_without_orders_and_unpaid_orders_are_counted(month):
    answer, facts = month
    assert facts["sales.zero_days"].value == 28
    assert facts["sales.orders_created"].value == 4
    assert facts["sales.unpaid_share"].value == 0.25
    daily = answer.tables["daily"].frame
    assert len(daily) == 31
    assert daily["paid_amount"].sum() == 393


def test_cards_and_sentences_print_in_both_languages(make_report):
    for lang in ("zh", "en"):
        answer = sales.month(make_report({"orders": LINES, "after_sales": BACK}, lang=lang))
        assert isinstance(answer, Finding)
        assert show.says(answer).plain
        assert show.cards(answer) is not None
        assert show.line(answer, "daily", y="paid_amount") is not None


def test_the_target_of_a_month_stands_beside_it(make_report):
    sheet = pd.DataFrame({"metric": ["gmv_month"], "valid_from": [pd.Timestamp("2026-10-01")], "amount": [400.0]})
    report = make_report({"orders": LINES, "targets": sheet})
    answer = sales.month(report)
    assert answer.values["paid_amount.target"].value == 400
    assert "sales.month.target_paid_amount_missed" in [line.key for line in answer.more]


def test_the_platform_is_read_from_its_total_rows_and_reconciled(make_report):
    rows = [("2026-10-01", "all", "any", 110, 100), ("2026-10-01", "live", "any", 60, 50)]
    rows += [("2026-10-02", "all", "any", 220, 200), ("2026-10-02", "all", "on", 20, 20)]
    days = pd.DataFrame(rows, columns=["day", "carrier", "ad_window", "gmv_fen", "paid_fen"])
    days = days.assign(day=pd.to_datetime(days["day"]), gmv_fen=days["gmv_fen"] * 100, paid_fen=days["paid_fen"] * 100)
    report = make_report({"orders": LINES, "channel_days": days})
    sales.month(report)
    assert report.notes.facts["sales.gmv_platform"].value == 330
    assert report.notes.facts["sales.reconcile_gap"].value == pytest.approx(0)
    assert report.notes.facts["sales.reconcile_gap"].n == 2


def test_without_after_sales_there_is_a_gap_and_no_zero(make_report):
    report = make_report({"orders": LINES})
    answer = sales.month(report)
    assert "sales.refund_rate_amount" not in report.notes.facts
    assert "sales.net_amount" not in report.notes.facts
    assert [gap.needs for gap in answer.gaps] == [("AFS",)]


def test_an_after_sale_file_that_begins_later_says_nothing_about_the_earlier_month(make_report):
    report = make_report({"orders": LINES, "after_sales": BACK.iloc[[3, 4]]})
    sales.month(report)
    assert "sales.refund_rate_amount/base=previous" not in report.notes.facts


def test_repeat_buyers_are_those_with_an_earlier_paid_order(make_report):
    keys = {"A1": "x", "A2": "y", "B1": "x", "B2": "z", "B3": "z"}
    report = make_report({"orders": LINES.assign(buyer_key=LINES["order_id"].map(keys))})
    sales.month(report)
    assert report.notes.facts["sales.buyers"].value == 2
    assert report.notes.facts["sales.repeat_buyers"].value == 2
    assert "sales.repeat_share/change=previous" not in report.notes.facts  # a year of history is missing


def test_an_unfinished_month_compares_as_many_days(make_report):
    more = orders(("C1", "C1a", "2026-11-04 10:00", 90, "P", 1))
    report = make_report({"orders": pd.concat([LINES, more])}, period="2026-11")
    answer = sales.month(report)
    assert report.seen.days == 4
    assert report.notes.facts["sales.paid_amount/base=previous"].value == 300  # 1 to 4 October
    assert "sales.month.partial" in [line.key for line in answer.more]


def test_a_shop_without_orders_gets_a_gap(make_report):
    days = pd.DataFrame(
        {"day": [pd.Timestamp("2026-10-01")], "carrier": ["all"], "ad_window": ["any"], "gmv_fen": [100]}
    )
    assert isinstance(sales.month(make_report({"channel_days": days})), Gap)
