"""Chapter 02 on shops that lack nearly everything, and on the sample shop with its planted truths."""

import pytest
from bare_shops import LISTED, SHOPS

from helpers.chapters import sales


def test_an_order_list_with_refunds_gives_rates_but_compares_nothing(make_report):
    report = make_report({"orders": LISTED})
    sales.month(report)
    assert report.notes.facts["sales.refund_rate_amount"].value == pytest.approx(50 / 150)
    assert not [id for id in report.notes.facts if id.startswith("sales.refund_rate") and "/" in id]


def test_returns_without_an_order_are_booked_on_their_own_date(make_report):
    report = make_report(SHOPS["returns without orders"])
    sales.month(report)
    assert report.notes.facts["sales.refund_amount_by_time"].value == 30
    assert report.notes.facts["sales.net_amount"].value == 99_978
    assert "sales.refund_rate_orders" not in report.notes.facts


def test_the_sample_shops_order_value_moved_by_the_planted_mix_and_price(sample_report):
    answer = sales.order_value(sample_report)
    numbers = list(answer.tables["bridge"].frame["value_change"])
    assert sum(numbers[:-1]) == pytest.approx(numbers[-1], abs=0.001)
    assert answer.values["effect.mix"].value > 0
    assert answer.values["effect.list_price"].value > 0


def test_the_sample_shops_planted_offender_is_found(sample_report):
    answer = sales.returned_products(sample_report)
    assert answer.tables["returned"].frame.loc[0, "product_name"] == "小满摇粒绒外套"
    assert answer.tables["returned"].frame.loc[0, "standing"] == "above"
    assert answer.stake.low < answer.stake.value < answer.stake.high


def test_the_sample_shops_months_add_up_between_questions(sample_report):
    sales.month(sample_report)
    by_time = sample_report.notes.facts["sales.refund_amount_by_time"].value
    reasons = sales.reasons(sample_report).tables["reasons"].frame
    assert reasons["refund"].sum() == pytest.approx(by_time, abs=0.005)
    segments = sales.categories(sample_report).tables["segments"].frame
    assert segments["paid_amount"].sum() == pytest.approx(
        sample_report.notes.facts["sales.paid_amount"].value, abs=0.005
    )
    assert abs(sample_report.notes.facts["sales.reconcile_gap"].value) < 0.01
