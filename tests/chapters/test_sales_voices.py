"""Praise, complaints, what they cost and whether pages are truthful, worked out by hand and on the sample shop."""

import pandas as pd
import pytest
from sales_frames import after_sales, history, many, orders

from helpers import show
from helpers.chapters import sales, texts
from helpers.definitions import words
from helpers.findings import Gap


def reviews(*rows):
    """Rows as (product, day, grade, text)."""
    frame = pd.DataFrame(rows, columns=["product_id", "reviewed_at", "grade", "content"])
    frame["reviewed_at"] = pd.to_datetime(frame["reviewed_at"])
    return frame.assign(review_id=[f"R{at}" for at in range(len(frame))], score=5)


# words ---------------------------------------------------------------------------------------------------------------


def said(make_report, *contents):
    rows = reviews(*[("P", "2026-10-05", "good", content) for content in contents])
    report = make_report({"orders": pd.concat([history(), orders(*many("P", 3, "2026-10-03"))]), "reviews": rows})
    return texts.read(report)


def test_the_insurance_of_the_way_back_is_one_word_and_no_complaint(make_report):
    read = said(make_report, "送了退货运费险很放心")
    assert "退货运费险" in words.listed("shop_words")
    assert not set().union(*read["others"]) & {"退货", "运费", "运费险", "退货运费险"}


def test_emoji_line_breaks_and_default_reviews_are_handled(make_report):
    read = said(make_report, "👍👍", "很柔软\n没有味道👍", "此用户没有填写评价", "", None, "好评")
    assert read["content"].to_list() == ["👍👍", "很柔软\n没有味道👍"]
    assert read["said"].map(set).to_list() == [set(), {"soft"}]  # "no smell" is no complaint of smell


# praise --------------------------------------------------------------------------------------------------------------


MONTHS = [f"2026-{month:02}" for month in range(5, 11)]
GOODS = [f"{category}{at}" for category in "AB" for at in range(1, 6)]
RANGE = pd.DataFrame({"product_id": GOODS, "name": GOODS, "category": [one[0] for one in GOODS]})


def praised(make_report, shop, *rows):
    """A1 and A2 are the two hits of ten products."""
    count = {"A1": 6, "A2": 5}
    lines = [
        (f"{month}{one}{copy}", f"{month}{one}{copy}", f"{month}-05 10:00", 50, one, 1)
        for month in MONTHS
        for one in GOODS
        for copy in range(count.get(one, 1))
    ]
    written = reviews(*[(one, "2026-10-09", "good", text) for one, times, text in rows for _ in range(times)])
    tables = {"orders": pd.concat([orders(*lines), history("2026-05-01")]), "roles": RANGE, "reviews": written}
    return sales.praised_words(make_report(tables, shop=shop))


def test_praise_that_only_hits_get_in_their_category_is_their_own(make_report):
    answer = praised(make_report, "own", ("A1", 40, "很柔软"), ("A3", 40, "物流很快"), ("B1", 20, "物流很快"))
    row = answer.tables["praised"].frame.set_index("word").loc["柔软舒适"]
    assert row["praise_hits"] == 1 and row["praise_rest"] == 0
    assert row["per_1000_orders"] == pytest.approx(1000 * 40 / 66)  # 6 months of 6 and 5 orders
    assert row["praise_standing"] == "own"
    assert answer.headline.key == "sales.praised_words.own"


def test_praise_that_belongs_to_the_category_is_not_put_down_to_the_hit(make_report):
    answer = praised(make_report, "shared", ("A1", 40, "很柔软"), ("A3", 10, "很柔软"), ("B1", 50, "物流很快"))
    row = answer.tables["praised"].frame.set_index("word").loc["柔软舒适"]
    assert row["praise_rest"] == pytest.approx(10 / 60)
    assert row["praise_standing"] == "alike" or row["praise_standing"] == "category"
    assert answer.headline.key == "sales.praised_words.shared"


def test_few_good_reviews_are_too_few(make_report):
    answer = praised(make_report, "few", ("A1", 40, "很柔软"), ("A3", 3, "很柔软"))
    assert (answer.why, answer.slots["n"]) == ("too_few", 3)


# complaints ----------------------------------------------------------------------------------------------------------


def complaining(now, before=0, silent=20):
    rows = [("P", "2026-10-09", "bad", "洗一次就起毛球，还有线头")] * now
    rows += [("P", "2026-10-09", "good", "物流很快")] * silent
    rows += [("P", "2026-08-09", "bad", "起毛球")] * before + [("P", "2026-07-09", "good", "物流很快")] * 60
    lines = [*many("P", 100, "2026-10-05"), *[("B" + one[0], "B" + one[0], "2026-08-05 10:00", *one[3:]) for one in
             many("P", 300, "2026-08-05")]]  # fmt: skip
    return {"orders": pd.concat([history("2026-06-30"), orders(*lines)]), "reviews": reviews(*rows)}


def test_an_aspect_counts_once_per_review_and_per_thousand_orders(make_report):
    answer = sales.pain_points(make_report(complaining(5)))
    frame = answer.tables["complaints"].frame.set_index("aspect")
    assert frame.loc["quality", "reviews"] == 5  # pilling and threads in one review are one
    assert frame.loc["quality", "per_1000_orders"] == 50
    assert answer.values["share"].value == pytest.approx(5 / 25)
    assert [gap.needs for gap in answer.gaps] == [("AFS",)]


@pytest.mark.parametrize(
    ("now", "before", "trend"), [(10, 0, "new"), (10, 6, "rising"), (3, 9, "steady"), (3, 100, "falling")]
)
def test_a_trend_needs_more_than_chance(make_report, now, before, trend):
    answer = sales.pain_points(make_report(complaining(now, before)))
    assert answer.tables["complaints"].frame["trend"].to_list() == [trend]


def test_without_earlier_reviews_no_trend_is_told(make_report):
    tables = complaining(5)
    tables["reviews"] = tables["reviews"][tables["reviews"]["reviewed_at"] > pd.Timestamp("2026-10-01")]
    answer = sales.pain_points(make_report(tables))
    assert answer.headline.key == "sales.pain_points.unknown"


def test_reviews_without_complaints_say_so_and_no_reviews_are_a_gap(make_report):
    answer = sales.pain_points(make_report(complaining(0)))
    assert answer.headline.key == "sales.pain_points.none" and not answer.tables
    gap = sales.pain_points(make_report({"orders": complaining(0)["orders"]}, shop="other"))
    assert isinstance(gap, Gap) and gap.needs == ("REV",)


def test_refunds_of_the_aspects_reasons_stand_beside_its_complaints(make_report):
    back = after_sales(*[(f"P{at}", 50, "2026-10-12", "return", "质量问题", "success") for at in range(4)])
    answer = sales.pain_points(make_report(complaining(5) | {"after_sales": back}))
    assert answer.values["refunds.quality"].value == 40
    assert not answer.gaps


# what pains cost -----------------------------------------------------------------------------------------------------


def costly(peers=0, cost=True):
    """P and Q of one category, 60 orders each on one mature day; 20 of P came back for quality, of Q so many."""
    lines = orders(*many("P", 60, "2026-08-05", 100), *many("Q", 60, "2026-08-05", 100), *many("R", 1, "2026-10-31"))
    back = [(f"P{at}", 100, "2026-08-12", "return", "质量问题", "success") for at in range(20)]
    back += [(f"Q{at}", 100, "2026-08-12", "return", "质量问题", "success") for at in range(peers)]
    back += [("P50", 100, "2026-08-06", "refund_unshipped", "多拍", "success")]
    roles = pd.DataFrame({"product_id": ["P", "Q"], "name": ["P", "Q"], "category": "c", "supplier": ["S", "T"]})
    tables = {"orders": pd.concat([history("2026-06-30"), lines]), "after_sales": after_sales(*back), "roles": roles}
    if cost:
        given = {"valid_from": pd.Timestamp("2026-01-01"), "unit_cost_fen": 4000, "freight_out_fen": 1000}
        given |= {"packing_fen": 0, "return_cost_fen": 500, "fee_rate": 0.0, "commission_rate": 0.0}
        tables["costs"] = pd.DataFrame({"product_id": ["P", "Q", "R", "Z"]}).assign(**given)
    early = after_sales(("Z0a", 1, "2026-06-30", "return", "x", "closed")).assign(after_sale_id="E")
    return tables | {"after_sales": pd.concat([tables["after_sales"], early])}


def test_a_pain_costs_what_its_refunds_took_from_contribution_a_month(make_report):
    report = make_report(costly())
    answer = sales.pain_costs(report)
    row = answer.tables["pain_costs"].frame.iloc[0]
    assert (row["product_name"], row["supplier"], row["reason_group"], row["cases"]) == ("P", "S", "quality", 20)
    # kept 100 - 40 - 10 = 50, returned 0 - 10 - 5 = -15: 65 each
    assert answer.values["cases"].period == "2026-07-08..2026-10-05"  # 90 days, thirty before the last whole day
    assert row["pain_loss"] == pytest.approx(20 * 65 * 365 / 12 / 90)
    assert row["pain_refund"] == pytest.approx(2000 * 365 / 12 / 90)
    assert row["high"] == pytest.approx((20 * 65 + 1.96 * 65 * 20**0.5) * 365 / 12 / 90)
    assert row["pain_rate"] == pytest.approx(20 / 60) and row["pain_peers"] == 0
    assert row["pain_excess"] == "above"
    assert answer.stake.value == pytest.approx(row["pain_loss"], abs=0.005)  # no other of the category had any
    assert answer.action.key == "sales.pain_costs.act"


def test_a_pain_that_the_whole_category_has_is_no_excess_and_no_stake(make_report):
    answer = sales.pain_costs(make_report(costly(peers=18)))
    assert set(answer.tables["pain_costs"].frame["pain_excess"]) == {"alike"}
    assert answer.stake is None and answer.action is None
    assert answer.headline.key == "sales.pain_costs.even"


def test_without_costs_refunds_are_ranked_and_the_gap_says_so(make_report):
    answer = sales.pain_costs(make_report(costly(cost=False)))
    assert answer.headline.key == "sales.pain_costs.above_refund"
    assert "pain_loss" not in answer.tables["pain_costs"].units
    assert answer.stake is None
    assert {gap.why for gap in answer.gaps} == {"no_cost", "missing_file"}


def test_buyers_who_never_came_back_after_a_refund_are_told_beside_the_others(make_report):
    tables = costly(peers=18)
    tables["after_sales"] = tables["after_sales"].assign(order_id=tables["after_sales"]["line_id"])
    bought = [f"{product}{at}" for product in "PQ" for at in range(60)]
    hurt = {f"P{at}" for at in range(20)} | {f"Q{at}" for at in range(18)}
    never = hurt | {f"Q{at}" for at in range(50, 60)}
    rows = [(one, f"B{one}", "2026-08-05") for one in bought]
    rows += [(f"N{one}", f"B{one}", "2026-08-15") for one in bought if one not in never]
    members = pd.DataFrame(rows, columns=["order_id", "buyer_key", "paid_at"])
    members["paid_at"] = pd.to_datetime(members["paid_at"])
    report = make_report(tables | {"members": members})
    answer = sales.pain_costs(report)
    assert "sales.pain_costs.repeat_less" in [line.key for line in answer.more]
    assert report.notes.facts["sales.repeat_after_refund/with=pain"].value == 0
    assert report.notes.facts["sales.repeat_after_refund/with=none"].value == pytest.approx(72 / 154)


def test_without_after_sales_or_their_reasons_nothing_can_be_ranked(make_report):
    tables = costly()
    blank = tables["after_sales"].assign(reason=None)
    gap = sales.pain_costs(make_report(tables | {"after_sales": blank}, shop="blank"))
    assert (gap.why, gap.needs) == ("missing_column", ("AFS",))
    del tables["after_sales"]
    assert sales.pain_costs(make_report(tables)).needs == ("AFS",)


# truthful pages ------------------------------------------------------------------------------------------------------


def edited(before, after, products=("P",), lines=100):
    """So many of the lines of each side of the edit on 2026-09-01 came back as not as described."""
    rows, back, pages = [], [], []
    for product in products:
        for side, day, hits in (("b", "2026-08-05", before), ("a", "2026-09-05", after)):
            ids = [f"{product}{side}{at}" for at in range(lines)]
            rows += [(one, one, f"{day} 10:00", 50, product, 1) for one in ids]
            later = pd.Timestamp(day) + pd.Timedelta(days=7)
            back += [(one, 50, f"{later:%Y-%m-%d}", "return", "与描述不符", "success") for one in ids[:hits]]
        pages += [(f"{product}1", product, "2026-07-01"), (f"{product}2", product, "2026-09-01")]
    tags = pd.DataFrame(pages, columns=["content_id", "product_id", "published_on"])
    tags = tags.assign(published_on=pd.to_datetime(tags["published_on"]), content_kind="page")
    last = orders(*many("R", 1, "2026-10-31"))
    early = [("Z0a", 1, "2026-07-01", "return", "x", "closed")]
    tables = {"orders": pd.concat([history("2026-07-01"), orders(*rows), last])}
    return tables | {"after_sales": after_sales(*early, *back), "content_tags": tags}


def test_a_page_edit_that_helped_is_shown_with_both_sides(make_report):
    answer = sales.truthful(make_report(edited(20, 4)))
    assert answer.headline.key == "sales.truthful.better"
    assert (answer.values["before.P"].value, answer.values["after.P"].value) == (0.2, 0.04)
    assert answer.values["change.P"].value == pytest.approx(-16)
    assert answer.values["change.P"].high < 0
    chart = answer.tables["described"].frame
    assert chart["described_share"].to_list() == [0.2, 0.04]
    assert answer.tables["calendar"].frame["start"].to_list() == [pd.Timestamp("2026-09-01")]


def test_of_many_edits_the_luckiest_is_not_called_a_success(make_report):
    alone = sales.truthful(make_report(edited(12, 4)))
    assert alone.headline.key == "sales.truthful.better"  # 12 against 4 of 100: p 0.037
    many_edits = sales.truthful(make_report(edited(12, 4, products=("P", "Q", "S", "T")), shop="many"))
    assert set(many_edits.tables["edits"].frame["edit_effect"]) == {"open"}
    assert many_edits.headline.key == "sales.truthful.open"


def test_without_page_versions_the_least_truthful_product_is_named_and_the_gap(make_report):
    tables = edited(20, 20)
    rows = orders(*[(f"Q{at}", f"Q{at}", "2026-09-05 10:00", 50, "Q", 1) for at in range(400)])
    tables["orders"] = pd.concat([tables["orders"], rows])
    del tables["content_tags"]
    answer = sales.truthful(make_report(tables))
    assert answer.headline.key == "sales.truthful.worst"
    assert answer.values["worst"].value == 0.2
    assert [(gap.why, gap.needs) for gap in answer.gaps] == [("missing_file", ("CRE",))]
    assert answer.tables["described"].n == 200


def test_a_shop_where_nobody_complains_of_pages_is_even(make_report):
    answer = sales.truthful(make_report(edited(0, 0)))
    assert answer.headline.key == "sales.truthful.open"
    assert answer.action is None
    assert show.says(answer).plain


# the sample shop -----------------------------------------------------------------------------------------------------


def test_the_sample_shops_truths_lie_in_the_intervals(sample_report):
    costs = sales.pain_costs(sample_report)
    top = costs.tables["pain_costs"].frame.iloc[0]
    assert (top["product_name"], top["reason_group"], top["pain_excess"]) == ("小满摇粒绒外套", "quality", "above")
    product = next(key for key in costs.values if key.startswith("rate.") and key.endswith(".quality"))
    rate = costs.values[product]
    assert rate.low <= 0.32 * 3 / 7 <= rate.high  # returned 32 %, three of seven of its reasons are quality
    assert costs.stake.low < costs.stake.value < costs.stake.high
    pages = sales.truthful(sample_report)
    changes = [value for key, value in pages.values.items() if key.startswith("change.")]
    assert len(changes) == 2
    assert all(change.low <= 0 <= change.high for change in changes)  # no edit has an effect
    praise = sales.praised_words(sample_report)
    assert not (praise.tables["praised"].frame["praise_standing"] == "own").any()  # praise follows the category alone
    rows = sample_report.table("reviews")
    named = rows["content"].fillna("").str.contains("破损|碎了").sum()
    complaints = sales.pain_points(sample_report).tables["complaints"].frame.set_index("aspect")
    assert complaints.loc["packaging", "reviews"] == named
