"""What hits share, and the scorecard, on a range whose answers are worked out by hand."""

import json

import numpy as np
import pandas as pd
import pytest
from sales_frames import history, orders

from helpers import show
from helpers.chapters import sales
from helpers.chapters.sales import hits
from helpers.findings import Gap
from helpers.methods.scorecard import chances, fit

MONTHS = [f"2026-{month:02}" for month in range(2, 11)]
PRODUCTS = [f"{category}{at}" for category in "ABC" for at in range(1, 11)]
HITS = [product for product in PRODUCTS if int(product[1:]) >= 9]


def lines(months=MONTHS):
    """Three categories of ten products at 10, 20 … 100 yuan; the two dearest sell five a month, the others one."""
    rows = [
        (f"{month}{product}{copy}", f"{month}{product}{copy}", f"{month}-05 10:00", int(product[1:]) * 10, product, 1)
        for month in months
        for product in PRODUCTS
        for copy in range(5 if product in HITS else 1)
    ]
    return pd.concat([orders(*rows), history(f"{months[0]}-01")])


def roles(**columns):
    function = ["x" if product in HITS else "yz"[int(product[1:]) % 2] for product in PRODUCTS]
    look = [["plain", "drawn"][int(product[1:]) % 2] for product in PRODUCTS]
    frame = pd.DataFrame({"product_id": PRODUCTS, "name": PRODUCTS, "function": function, "look": look})
    return frame.assign(category=[product[0] for product in PRODUCTS], role="profit", **columns)


def exposures(shown):
    day = {"period_start": pd.Timestamp("2026-10-01"), "period_end": pd.Timestamp("2026-10-31")}
    frame = pd.DataFrame({"product_id": PRODUCTS, "exposures": shown})
    return frame.assign(carrier="all", seller="own", **day)


SHOP = {"orders": lines(), "roles": roles()}


def test_a_hit_is_among_the_best_again_and_again_and_one_giant_order_makes_none(make_report):
    giant = orders(("G", "G", "2026-10-06 10:00", 99_999, "G", 10_000))
    report = make_report({"orders": pd.concat([lines(), giant]), "roles": roles()})
    found = hits.hits(report, "2.2.1a")
    assert set(found.goods.index[found.goods["hit"]]) == set(HITS)
    assert found.goods.loc["G", "periods"] == 1
    assert found.goods.loc["A9", "price"] == 9000
    assert found.measure == "net"


def test_hits_gather_in_the_high_prices_of_their_category(make_report):
    answer = sales.hit_prices(make_report(SHOP))
    frame = answer.tables["bands"].frame.set_index("price_third")
    # places .05 … .95: above two thirds lie 8, 9 and 10 of each category, below one third 1, 2 and 3
    assert frame["hit_items"].to_dict() == {"low": 9, "middle": 12, "high": 9}
    assert frame["hit_count"].to_dict() == {"low": 0, "middle": 0, "high": 6}
    assert frame.loc["high", "hit_expected"] == pytest.approx(3 * 2 * 3 / 10)
    assert frame.loc["high", "target"] == pytest.approx(0.2)
    assert answer.headline.key == "sales.hit_prices.found"
    # the hits' prices against the others of the category: sqrt(90 x 100) over the eighth root of 8! x 10^8
    others = np.exp(np.log(np.arange(1, 9) * 10).mean())
    assert answer.values["ratio"].value == pytest.approx((90 * 100) ** 0.5 / others)
    assert answer.values["ratio"].low > 1


def test_hits_without_a_price_pattern_are_said_to_have_none(make_report):
    places = {"A10": 1, "A1": 10, "B9": 5, "B5": 9, "C9": 2, "C2": 9, "C10": 6, "C6": 10}
    prices = {product: 5000 + 100 * places.get(product, int(product[1:])) for product in PRODUCTS}
    rows = lines()
    rows["payable_fen"] = rows["product_id"].map(prices).fillna(100).astype("int64")
    answer = sales.hit_prices(make_report({"orders": rows, "roles": roles()}))
    assert answer.tables["bands"].frame["hit_count"].to_list() == [2, 2, 2]
    assert answer.headline.key == "sales.hit_prices.none"


def test_a_function_that_hits_share_sells_five_times_as_often_inside_its_category(make_report):
    answer = sales.hit_functions(make_report(SHOP))
    frame = answer.tables["functions"].frame.set_index("hit_function")
    assert frame.loc["x", ["hit_items", "hit_count"]].tolist() == [6, 6]
    assert frame.loc["x", "hit_expected"] == pytest.approx(3 * 2 * 2 / 10)
    assert frame.loc["x", "trait_multiple"] == pytest.approx(5, rel=0.05)  # 30 orders against 6; hardly shrunken
    assert frame.loc["x", "trait_standing"] == "common"
    assert answer.headline.key == "sales.hit_traits.found"
    assert [gap.why for gap in answer.gaps] == ["no_traffic"]


def test_what_follows_exposure_is_not_put_down_to_the_function(make_report):
    noise = [1.2 if at % 3 else 0.8 for at in range(30)]
    shown = [(3000 if product in HITS else 600) * noise[at] for at, product in enumerate(PRODUCTS)]
    answer = sales.hit_functions(make_report(SHOP | {"product_periods": exposures([round(one) for one in shown])}))
    assert "sales.hit_traits.shown_alike" in [line.key for line in answer.more]
    assert answer.values["shown.x"].low < 1 < answer.values["shown.x"].high
    assert not answer.gaps


def test_a_look_that_is_spread_evenly_is_no_pattern(make_report):
    answer = sales.hit_looks(make_report(SHOP))
    assert answer.headline.key == "sales.hit_traits.none"
    assert answer.action is None
    assert set(answer.tables["looks"].frame["trait_standing"]) == {"alike"}


@pytest.mark.parametrize("question", ["hit_prices", "hit_functions", "hit_looks", "scorecard"])
def test_what_is_missing_is_named(make_report, question):
    ask = getattr(sales, question)
    bare = ask(make_report({"orders": lines()}))
    assert isinstance(bare, Gap) and "ROL" in bare.needs
    young = ask(make_report({"orders": lines(MONTHS[-2:]), "roles": roles()}, shop="young"))
    assert isinstance(young, Gap) and young.why == "no_history"
    few = lines()[lines()["product_id"].isin(["A1", "A9", "Z"])]
    small = ask(make_report({"orders": few, "roles": roles()}, shop="small"))
    assert isinstance(small, Gap) and small.why == "too_few"
    unpaid = lines().assign(paid_at=pd.NaT)
    assert isinstance(ask(make_report({"orders": unpaid, "roles": roles()}, shop="unpaid")), Gap)


def test_a_roles_sheet_without_functions_is_a_gap_of_its_column(make_report):
    answer = sales.hit_functions(make_report({"orders": lines(), "roles": roles().drop(columns="function")}))
    assert (answer.why, answer.needs) == ("missing_column", ("ROL",))


def test_the_scorecard_is_as_good_as_past_sales_where_hits_never_change_and_says_so(make_report):
    answer = sales.scorecard(make_report(SHOP))
    assert (answer.values["score"].value, answer.values["plain"].value) == (6, 6)
    assert answer.values["lottery"].value == pytest.approx(6 * 6 / 30)
    assert answer.headline.key == "sales.scorecard.same"
    assert answer.verdict == "open"
    frame = answer.tables["scores"].frame
    assert set(frame["product_name"].head(6)) == set(HITS)
    assert "x" in frame["score_reasons"].iloc[0]  # the function that all hits share is among the reasons


def test_the_scorecard_has_not_seen_the_months_that_it_is_tested_on(make_report):
    # in the last three months other products become hits; neither way can know that
    turned = lines()
    late = turned["paid_at"] >= pd.Timestamp("2026-08-01")
    swap = {**{f"{c}9": f"{c}1" for c in "ABC"}, **{f"{c}1": f"{c}9" for c in "ABC"}}
    swap |= {**{f"{c}10": f"{c}2" for c in "ABC"}, **{f"{c}2": f"{c}10" for c in "ABC"}}
    turned.loc[late, "product_id"] = turned.loc[late, "product_id"].replace(swap)
    answer = sales.scorecard(make_report({"orders": turned, "roles": roles()}))
    assert answer.values["score"].value == answer.values["plain"].value == 0
    assert "sales.scorecard.uncalibrated" not in [line.key for line in answer.more]  # six promised, six came: others


def test_the_sample_shops_planted_function_is_found_and_its_looks_are_not(sample_report, sample_data):
    truths = json.loads((sample_data / "raw" / "sample" / "truths" / "truths.json").read_text(encoding="utf-8"))
    answer = sales.hit_functions(sample_report)
    assert answer.tables["functions"].frame["hit_function"].iloc[0] == "温和"
    for name, truth in truths["truths"]["function_multiples"].items():
        value = answer.values[f"multiple.{name}"]
        assert value.low <= truth <= value.high, name
    assert sales.hit_looks(sample_report).headline.key == "sales.hit_traits.none"
    card = sales.scorecard(sample_report)
    assert card.headline.key == "sales.scorecard.same"
    assert abs(card.values["promised"].value - card.values["score"].value) < 6
    for one in (answer, card, sales.hit_prices(sample_report)):
        assert show.says(one).plain


def test_chances_of_simulated_ranges_add_up_to_the_hits_that_come():
    rng, gaps = np.random.default_rng(3), []
    for _ in range(60):
        features = pd.DataFrame(rng.normal(size=(80, 2)))
        truth = 1 / (1 + np.exp(1 - features[0] * 1.2))
        learned, came = rng.random(80) < truth, rng.random(80) < truth
        found = chances(fit(features, learned), features)
        gaps.append(found.sum() - came.sum())
    assert abs(np.mean(gaps)) < 1.5
