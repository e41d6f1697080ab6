"""Chapter 02: goods bought together, and offers with a threshold."""

import numpy as np
import pandas as pd
import pytest

from helpers.chapters import sales
from helpers.findings import Finding, Gap
from tests.chapters.sales_frames import orders


def order(name, day, *goods, yuan=50.0, **more):
    return [(name, f"{name}{product}", f"{day} 10:00", yuan, product, 1) for product in goods]


def paired(together=12, apart=12):
    """Orders of A with B, C with D so often; of each other two of the four once, and many of one product."""
    rows = []
    for at in range(together):
        rows += order(f"x{at}", f"2026-10-{1 + at:02}", "A", "B") + order(f"y{at}", f"2026-10-{1 + at:02}", "C", "D")
    for at, pair in enumerate(["AC", "AD", "BC", "BD"]):
        rows += order(f"z{at}", "2026-10-05", *pair)
    for at in range(apart):
        rows += order(f"s{at}", f"2026-10-{1 + at:02}", "A")
    return orders(*rows)


def test_goods_bought_together_are_found_and_their_lift_is_that_worked_out_by_hand(make_report):
    # 28 orders of two goods, each good in 14 of them: by chance each of the six pairs comes 28 / 6 times;
    # A with B came 12 times: 12 / (28 / 6) = 2.571
    found = sales.bundles(make_report({"orders": paired()}))
    frame = found.tables["pairs"].frame
    assert frame[["pair_first", "pair_second"]].to_numpy().tolist() == [["A", "B"], ["C", "D"]]
    assert found.values["lift"].value == pytest.approx(12 / (28 / 6), abs=1e-4)
    assert found.values["pairs"].value == 2 and found.values["pairs"].n == 6
    assert found.values["several"].value == pytest.approx(28 / 40)


def test_what_a_pair_leaves_is_the_mean_of_its_two_goods(make_report):
    rows = paired().assign(paid_at=lambda frame: frame["paid_at"] - pd.Timedelta(days=30))
    found = sales.bundles(make_report({"orders": pd.concat([rows, orders(*order("q", "2026-10-31", "A"))])}))
    assert found.values["left"].value == pytest.approx(100)  # 50 yuan each, no refunds, no costs


def test_a_wholesale_order_of_everything_makes_no_pair(make_report):
    rows = orders(*order("w", "2026-10-03", *[f"P{at}" for at in range(40)]), *order("s", "2026-10-04", "P1"))
    found = sales.bundles(make_report({"orders": rows}))
    assert found.values["pairs"].value == 0 and found.headline.key == "sales.bundles.none"


def test_without_a_bundle_on_the_calendar_its_effect_is_a_gap(make_report):
    found = sales.bundles(make_report({"orders": paired()}))
    assert [gap.why for gap in found.gaps] == ["no_bundle"]


def test_a_bundle_offer_is_read_against_the_days_around_it(make_report):
    days = pd.date_range("2026-06-01", "2026-10-31")
    rows = [
        (f"o{at}", f"l{at}", f"{day:%Y-%m-%d} 10:00", 100 + 100 * (day.month == 9 and 20 <= day.day <= 23), "A", 1)
        for at, day in enumerate(days)
    ]
    calendar = pd.DataFrame(
        {
            "name": ["套装周"],
            "kind": ["own"],
            "start": [pd.Timestamp("2026-09-20")],
            "end": [pd.Timestamp("2026-09-23")],
            "mechanic": ["bundle"],
        }
    )
    found = sales.bundles(make_report({"orders": orders(*rows), "calendar": calendar}))
    assert found.values["effect"].value == pytest.approx(400, abs=1)  # four days of 100 yuan more, nothing moved
    assert not found.gaps


def offer(days=28, per_day=12, moved=4, off=True):
    """Orders of 150 and 190 yuan; during the offer (200 − 20) so many of the 190 become 205."""
    rows = []
    for at, day in enumerate(pd.date_range("2026-09-03", periods=2 * days)):
        for one in range(per_day):
            yuan = 190 if one < 6 else 150
            yuan = 205 if at >= days and one < moved else yuan
            rows.append((f"{at}-{one}", f"{at}-{one}", f"{day:%Y-%m-%d} 10:{one:02}", yuan, "A", 1))
    calendar = pd.DataFrame(
        {
            "name": ["满200减20"],
            "kind": ["own"],
            "start": [pd.Timestamp("2026-10-01")],
            "end": [pd.Timestamp("2026-10-28")],
            "mechanic": ["threshold"],
            "threshold_fen": [20000],
            "off_fen": pd.array([2000 if off else None], dtype="Int64"),
        }
    )
    return {"orders": orders(*rows), "calendar": calendar}


def test_an_offer_is_weighed_as_worked_out_by_hand(make_report):
    # of 12 orders a day 4 more lie just above 200 and 4 fewer just below: 33.3 points each way; 28 days give 112 such
    # orders, each 205 − 190 = 15 yuan more, against 112 times 20 yuan given away: 1,680 − 2,240 = −560
    found = sales.spend_more(make_report(offer()))
    assert found.values["above"].value == pytest.approx(100 / 3, abs=1e-3)
    assert found.values["below"].value == pytest.approx(-100 / 3, abs=1e-3)
    assert found.values["given"].value == pytest.approx(2240)
    assert found.values["net"].value == pytest.approx(-560, abs=0.01)


def test_an_offer_nobody_moves_up_for_is_called_that(make_report):
    found = sales.spend_more(make_report(offer(moved=0)))
    assert found.headline.key == "sales.spend_more.none"
    assert found.values["above"].value == 0


def test_the_bands_of_order_values_add_up_to_one(make_report):
    frame = sales.spend_more(make_report(offer())).tables["order_bands"].frame
    assert frame[["share_before", "share_during"]].sum().to_numpy() == pytest.approx([1, 1])


def test_an_offer_on_its_first_days_is_not_judged(make_report):
    tables = offer()
    tables["orders"] = tables["orders"][tables["orders"]["paid_at"] < "2026-10-03"]
    assert sales.spend_more(make_report(tables)).why == "few_offer_orders"


def test_a_discount_that_jumps_at_a_round_amount_is_named(make_report):
    rng = np.random.default_rng(4)
    rows = orders(
        *[
            (f"o{at}", f"l{at}", f"2026-10-{1 + at % 28:02} 10:00", yuan, "A", 1)
            for at, yuan in enumerate(rng.uniform(60, 300, 900))
        ]
    )
    off = np.where(rows["payable_fen"] >= 20000, 3000, rng.integers(0, 100, 900))
    found = sales.spend_more(
        make_report({"orders": rows.assign(payable_fen=rows["payable_fen"] - off, discount_fen=off)})
    )
    assert found.headline.key == "sales.spend_more.seen"
    assert found.values["threshold"].value in (199, 200)


def test_without_discounts_and_calendar_the_offer_is_a_gap(make_report):
    found = sales.spend_more(make_report({"orders": orders(*order("a", "2026-10-03", "A"))}))
    assert isinstance(found, Gap) and (found.why, found.needs) == ("no_offer", ("CAL",))


@pytest.mark.parametrize("claim", ["bundles", "spend_more"])
def test_no_orders_and_one_order_end_in_words(make_report, claim):
    early = orders(("Z", "Zz", None, 1, "Z", 1))
    assert isinstance(getattr(sales, claim)(make_report({"orders": early})), Gap)
    one = getattr(sales, claim)(
        make_report({"orders": orders(("A", "Aa", "2026-10-03 10:00", 9999999, "A", 10000))}, shop="one")
    )
    assert isinstance(one, Finding | Gap)


def test_the_planted_pairs_of_the_sample_shop_are_found(sample_report):
    from helpers.sample.story import products

    goods = products()
    planted = {
        frozenset((row.product_id, goods["product_id"][row.partner])) for row in goods.itertuples() if row.partner >= 0
    }
    name = dict(zip(goods["name"], goods["product_id"], strict=True))
    frame = sales.bundles(sample_report).tables["pairs"].frame
    found = {frozenset((name[row.pair_first], name[row.pair_second])) for row in frame.itertuples()}
    assert len(found & planted) >= 12  # of sixteen; the rest sell too little
    assert len(found - planted) <= 1


def test_the_sample_shop_has_no_offer_and_none_is_made_up(sample_report):
    found = sales.spend_more(sample_report)
    assert found.headline.key == "sales.spend_more.unseen" and [gap.why for gap in found.gaps] == ["no_offer"]
