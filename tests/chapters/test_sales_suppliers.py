"""Where returns come from: suppliers, batches, pages and what sold them, worked out by hand."""

import numpy as np
import pandas as pd
import pytest
from sales_frames import after_sales, history, orders

from helpers import show
from helpers.chapters import sales
from helpers.chapters.sales import aged
from helpers.findings import Gap

DAYS = pd.date_range("2026-08-24", periods=49)  # seven whole weeks, all old enough


def sold(product, count, carrier="live"):
    """So many orders of one product, evenly over the days."""
    rows = [(f"{product}{i}", f"{product}{i}", f"{DAYS[i % 49]:%Y-%m-%d} 10:00", 50, product, 1) for i in range(count)]
    return orders(*rows, carrier=carrier, source_name="小店自卖")


def back(product, places, reason="质量问题", kind="return"):
    """Requests that succeeded five days after payment, of the lines at these places."""
    return [(f"{product}{i}", 50, f"{DAYS[i % 49] + pd.Timedelta(days=5)}", kind, reason, "success") for i in places]


def shop(returns, counts, suppliers=None, **tables):
    lines = pd.concat([history("2026-08-20"), *(sold(product, count) for product, count in counts.items())])
    first = [("Z0a", 1, "2026-08-21", "refund_unshipped", "多拍", "success")]
    roles = {"product_id": list(counts), "supplier": [(suppliers or {}).get(one, one) for one in counts]}
    found = {"orders": lines, "after_sales": after_sales(*first, *returns), "roles": pd.DataFrame(roles)}
    return found | tables


def batches(faulty, supplier="甲", arrived=100):
    days = pd.date_range("2026-06-01", periods=len(faulty), freq="5D")
    rows = {"faulty": faulty, "supplier": supplier, "arrived": arrived, "ordered_on": days, "arrived_on": days}
    names = [f"{supplier}{i}" for i in range(len(faulty))]
    return pd.DataFrame(rows).assign(product_id="A", quantity=arrived, purchase_id=names, batch=names)


def test_the_supplier_whose_goods_come_back_for_quality_is_named(make_report):
    returns = [*back("A", range(0, 300, 10)), *back("B", range(0, 300, 100)), *back("C", range(0, 300, 100))]
    report = make_report(shop(returns, {"A": 300, "B": 300, "C": 300}, {"A": "甲", "B": "乙", "C": "丙"}))
    answer = sales.suppliers(report)
    assert answer.headline.key == "sales.suppliers.above"
    assert answer.headline.slots["supplier"] == "甲"
    assert report.notes.facts["sales.quality_return_rate/supplier=甲"].value == pytest.approx(0.1)
    assert report.notes.facts["sales.quality_return_rate/supplier=others"].value == pytest.approx(0.01)
    assert report.notes.facts["sales.quality_return_rate"].value == pytest.approx(36 / 900)
    assert [gap.needs for gap in answer.gaps] == [("SUP",)]


def test_suppliers_that_are_alike_are_not_told_apart(make_report):
    returns = [case for product in "ABC" for case in back(product, range(0, 300, 50))]
    answer = sales.suppliers(make_report(shop(returns, {"A": 300, "B": 300, "C": 300})))
    assert answer.headline.key == "sales.suppliers.even"
    assert set(answer.tables["supplier_returns"].frame["defect_standing"]) == {"open"}
    assert answer.action is None


def test_a_refund_before_shipping_or_for_another_reason_is_no_quality_return(make_report):
    returns = [*back("A", range(40), kind="refund_unshipped"), *back("B", range(40), reason="7天无理由")]
    report = make_report(shop(returns, {"A": 300, "B": 300}))
    sales.suppliers(report)
    assert report.notes.facts["sales.quality_return_rate"].value == 0
    assert report.notes.facts["sales.quality_return_rate"].n == 560  # of A only 260 were shipped


def test_one_product_that_makes_a_supplier_look_bad_is_told_from_its_other_goods(make_report):
    returns = [*back("A", range(0, 300, 5)), *back("D", range(0, 300, 60)), *back("B", range(0, 900, 60))]
    report = make_report(shop(returns, {"A": 300, "D": 300, "B": 900}, {"A": "甲", "D": "甲", "B": "乙"}))
    driver = next(line for line in sales.suppliers(report).more if "driver" in line.key)
    assert driver.key == "sales.suppliers.driver_alone"
    assert driver.slots["product"] == "A"
    assert driver.slots["rate"].value == pytest.approx(60 / 300)
    assert driver.slots["rest"].value == pytest.approx(5 / 300)


def test_a_spoilt_batch_lies_above_the_limit_and_sound_ones_do_not(make_report):
    bought = pd.concat([batches([2, 1, 3, 2, 2, 1, 3, 2, 2, 20]), batches([1] * 10, "乙")])
    returns = [*back("A", range(0, 300, 10)), *back("B", range(0, 300, 100))]
    tables = shop(returns, {"A": 300, "B": 300}, {"A": "甲", "B": "乙"}, purchases=bought)
    report = make_report(tables)
    answer = sales.suppliers(report)
    assert report.notes.facts["sales.batches"].value == 20
    assert report.notes.facts["sales.batches_out"].value == 1
    assert report.notes.facts["sales.batches_out_by_chance"].value == pytest.approx(20 * 0.001)
    assert report.notes.facts["sales.batch_faulty_rate/purchase=甲9"].value == pytest.approx(0.2)
    assert report.notes.facts["sales.batch_faulty_worst"].value == pytest.approx(38 / 1000)
    assert report.notes.facts["sales.batch_faulty_others"].value == pytest.approx(0.01)
    assert show.control(answer, "supplier_batches", reference="faulty_others")


def test_batches_on_their_way_or_not_inspected_do_not_count(make_report):
    bought = pd.concat([batches([2] * 9), batches([5], "丙").assign(faulty=None)])
    late = batches([50], "丁").assign(arrived_on=pd.Timestamp("2026-11-03"))
    returns = back("A", range(0, 300, 10))
    tables = shop(returns, {"A": 300, "B": 300}, {"A": "甲", "B": "乙"}, purchases=pd.concat([bought, late]))
    report = make_report(tables)
    sales.suppliers(report)
    assert report.notes.facts["sales.batches"].value == 9


def test_equal_suppliers_are_called_worse_as_seldom_as_the_level_says(make_report):
    report, rng, wrong = make_report(shop([], {"A": 60})), np.random.default_rng(5), 0
    day = pd.Series(DAYS.repeat(40))
    for _ in range(60):
        group = pd.Series(rng.choice(list("abcdef"), len(day)))
        weeks = pd.Series(rng.beta(3, 97, 7))[day.sub(day.min()).dt.days // 7].to_numpy()  # weeks differ for everybody
        rows = pd.DataFrame({"day": day, "by": group, "hit": rng.random(len(day)) < weeks})
        wrong += int((aged.against_rest(report, rows, "by")["standing"] == "above").any())
    assert wrong <= 6


def test_without_suppliers_or_returns_the_missing_file_is_named(make_report):
    tables = shop(back("A", range(5)), {"A": 40})
    bare = sales.suppliers(make_report({name: part for name, part in tables.items() if name != "roles"}))
    assert isinstance(bare, Gap) and bare.needs == ("SUP", "ROL")
    assert sales.suppliers(make_report({"orders": tables["orders"]}, shop="other")).needs == ("AFS",)
    assert sales.page_returns(make_report({"orders": tables["orders"]}, shop="third")).needs == ("AFS",)


def test_the_page_that_is_most_often_called_wrong_is_named(make_report):
    returns = [*back("A", range(0, 200, 10), "与描述不符"), *back("B", range(0, 400, 200), "与描述不符")]
    report = make_report(shop(returns, {"A": 200, "B": 400}))
    answer = sales.page_returns(report)
    assert answer.headline.slots["product"] == "A"
    assert report.notes.facts["sales.misdescribed_rate/product=A"].value == pytest.approx(0.1)
    assert report.notes.facts["sales.misdescribed_rate/product=others"].value == pytest.approx(0.005)


def test_a_carrier_is_not_blamed_for_the_products_that_it_sells(make_report):
    lines = pd.concat([history("2026-08-20"), sold("A", 300, "live"), sold("B", 300, "card")])
    returns = [*back("A", range(0, 300, 10), "与描述不符"), *back("B", range(0, 300, 100), "与描述不符")]
    tables = shop(returns, {"A": 300, "B": 300}) | {"orders": lines}
    answer = sales.page_returns(make_report(tables))
    frame = answer.tables["misdescribed"].frame
    content = frame[[said.key.endswith("sold") for said in frame["sold_from"]]]
    assert content["misdescribed_multiple"].to_list() == pytest.approx([1, 1])
    assert set(content["defect_standing"]) == {"open"}


def test_no_complaint_at_all_is_said_so(make_report):
    assert sales.page_returns(make_report(shop([], {"A": 60, "B": 60}))).headline.key == "sales.page_returns.none"


def test_the_planted_supplier_and_batch_of_the_sample_shop_are_found(sample_report):
    answer = sales.suppliers(sample_report)
    assert answer.headline.slots["supplier"] == "织木服饰"
    assert answer.values["batches_out"].value == 1
    said = next(line for line in answer.more if line.key == "sales.suppliers.batches_out")
    assert said.slots["batch"] == "CL03-2609"
    worst = answer.values["faulty_worst"]
    assert worst.low < (0.045 * (worst.n - 80) + 0.20 * 80) / worst.n < worst.high
    assert answer.values["faulty_others"].low < 0.012 < answer.values["faulty_others"].high
