"""Pains counted by hand: once a review, not where negated, per 1,000 orders."""

import pandas as pd
import pytest
from interaction_frames import all_of, orders, reviews

from helpers import show
from helpers.chapters import interaction, texts
from helpers.findings import Finding, Gap

HUNDRED = all_of(orders(day="2026-08-20"), orders(100))
SAID = [
    ("晚上侧漏，又侧漏", "bad", 6),
    ("很柔软", "good", 20),
    ("没有侧漏", "good", 1),
    ("此用户没有填写评价", "good", 2),
    ("", "good", 1),
]


def pain(found, word):
    frame = found.tables["pains"].frame
    return frame[frame["word"] == word].iloc[0]


def test_a_review_counts_once_and_a_negated_pain_not_at_all(make_report):
    found = interaction.pains(make_report({"orders": HUNDRED, "reviews": reviews(*SAID)}))
    assert pain(found, "漏尿侧漏")["reviews"] == 6
    assert found.values["pain.leaks"].value == pytest.approx(60)  # 6 of 100 orders
    assert found.values["pain.leaks"].n == 6


def test_reviews_without_words_of_their_own_are_counted_not_read(make_report):
    values = interaction.pains(make_report({"orders": HUNDRED, "reviews": reviews(*SAID)})).values
    assert values["read"].value == 27
    assert values["silent"].value == 3
    assert values["pain_share"].value == pytest.approx(6 / 27)


def test_a_pain_of_critical_reviews_only_is_typical_of_them(make_report):
    row = pain(interaction.pains(make_report({"orders": HUNDRED, "reviews": reviews(*SAID)})), "漏尿侧漏")
    assert (row["in_critical"], row["in_good"], bool(row["typical"])) == (1, 0, True)


def test_a_pain_that_nobody_named_in_the_three_months_before_is_new(make_report):
    past = reviews(("很柔软", "good", 30), day="2026-08-25")
    found = interaction.pains(make_report({"orders": HUNDRED, "reviews": all_of(past, reviews(*SAID))}))
    assert pain(found, "漏尿侧漏")["trend"] == "new"
    assert [line.key for line in found.more].count("interaction.pains.rising") == 1


def test_a_pain_as_frequent_as_before_is_steady_and_without_a_past_unknown(make_report):
    past = reviews(*SAID, day="2026-09-25")
    both = interaction.pains(make_report({"orders": HUNDRED, "reviews": all_of(past, reviews(*SAID))}))
    assert pain(both, "漏尿侧漏")["trend"] == "steady"


def test_without_earlier_reviews_nothing_is_called_new(make_report):
    found = interaction.pains(make_report({"orders": HUNDRED, "reviews": reviews(*SAID)}))
    assert pain(found, "漏尿侧漏")["trend"] == "unknown"


def test_a_low_score_stands_for_a_missing_grade(make_report):
    rows = reviews(("侧漏", None, 1), ("很柔软", None, 1)).assign(score=[1, 5])
    read = texts.read(make_report({"orders": HUNDRED, "reviews": rows}))
    assert read["critical"].tolist() == [True, False]


def test_english_pages_name_the_pain_in_english(make_report):
    found = interaction.pains(make_report({"orders": HUNDRED, "reviews": reviews(*SAID)}, lang="en"))
    assert (
        show.text(found.headline, found.setting) == 'Buyers complain most of "leaks": 6 reviews, 60.0 per 1,000 orders'
    )


def test_a_quote_is_cut_and_its_markup_stays_text(make_report):
    long = "<script>alert(1)</script>这个包装破损" + "真" * 30
    found = interaction.pains(make_report({"orders": HUNDRED, "reviews": reviews((long, "bad", 3))}))
    quote = pain(found, "包装破损")["quote"]
    assert len(quote) == 20
    assert "<script" not in show.table(found, "pains").html


def test_emoji_and_line_breaks_do_no_harm(make_report):
    rows = reviews(("侧漏😭\n第二行：👍🏽没有味道", "bad", 3))
    assert pain(interaction.pains(make_report({"orders": HUNDRED, "reviews": rows})), "漏尿侧漏")["reviews"] == 3


@pytest.mark.parametrize(
    "text, said",
    [
        ("没有红屁屁了", set()),
        ("洗后不缩水", set()),
        ("味道太大", {"strong_smell"}),
        ("没用两次就起毛球", {"pilling"}),
        ("没有味道，但是侧漏", {"leaks"}),
    ],
)
def test_negation_reaches_two_words_within_its_clause(make_report, text, said):
    read = texts.read(make_report({"orders": HUNDRED, "reviews": reviews((text, "bad", 1))}))
    assert set(read["said"].iloc[0]) == said


def test_gaps_name_the_file_or_say_that_nobody_wrote(make_report):
    assert interaction.pains(make_report({"orders": HUNDRED})).needs == ("REV",)


def test_only_silent_reviews_are_a_gap(make_report):
    found = interaction.pains(make_report({"orders": HUNDRED, "reviews": reviews(("", "good", 3))}))
    assert isinstance(found, Gap) and found.why == "no_rows"


def test_praise_alone_is_a_finding_without_pains(make_report):
    found = interaction.pains(make_report({"orders": HUNDRED, "reviews": reviews(("很柔软", "good", 4))}))
    assert found.headline.key == "interaction.pains.none"


def test_reviews_of_a_month_without_orders_have_counts_but_no_rate(make_report):
    only = all_of(orders(day="2026-08-20"), orders(day="2026-11-02"))
    found = interaction.pains(make_report({"orders": only, "reviews": reviews(*SAID)}))
    assert isinstance(found, Finding) and "pain.leaks" not in found.values


def test_the_stake_is_the_contribution_lost_to_returns_beyond_the_other_products(make_report):
    """100 lines of P, 10 back for quality, none of Q: 10 too many; each 100 - 60 kept against -5 once it came back."""
    sold = all_of(orders(day="2026-08-20"), orders(100), orders(100, product="Q"))
    back = orders(10)[["line_id", "order_id", "product_id"]].assign(
        after_sale_id=[f"S{i}" for i in range(10)], status="success", kind="return", reason="质量问题",
        goods_refund_fen=10_000, applied_at=pd.Timestamp("2026-10-12"), refunded_at=pd.Timestamp("2026-10-14"),
    )  # fmt: skip
    cost = pd.DataFrame(
        {
            "product_id": ["P", "Q"],
            "valid_from": pd.Timestamp("2026-01-01"),
            "unit_cost_fen": 6000,
            "return_cost_fen": 500,
        }
    )
    report = make_report({"orders": sold, "after_sales": back, "costs": cost, "reviews": reviews(*SAID)})
    stake = interaction.pains(report).stake
    assert stake.value == pytest.approx(450)  # 10 lines x 45 yuan
    assert stake.low < 450 < stake.high
    assert interaction.findings(report)[0].claim == "4.2.2a"


def test_without_costs_there_is_no_stake(make_report):
    assert interaction.pains(make_report({"orders": HUNDRED, "reviews": reviews(*SAID)})).stake is None
