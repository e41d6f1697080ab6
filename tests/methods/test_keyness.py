"""Keyness against SciPy's own G test and by hand; Poisson limits from the printed table."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from helpers.methods.keyness import keyness, per_thousand, pooled_odds, rates_differ

counts = st.dictionaries(st.sampled_from("好坏快慢大小"), st.integers(0, 500), max_size=6)


def test_keyness_by_hand():
    # 30 of 100 against 10 of 100: expected 20 and 80; 2 (30 ln 1.5 + 10 ln 0.5 + 70 ln 0.875 + 90 ln 1.125)
    found = keyness({"好": 30}, {"好": 10}, 100, 100).iloc[0]
    g2 = 2 * (30 * np.log(1.5) + 10 * np.log(0.5) + 70 * np.log(0.875) + 90 * np.log(1.125))
    assert found["g2"] == pytest.approx(g2)
    assert found["log_ratio"] == pytest.approx(np.log2(3))
    assert (found["per_thousand_a"], found["per_thousand_b"]) == (300, 100)


def test_keyness_agrees_with_scipy_for_every_word():
    a, b = {"好": 30, "坏": 5, "快": 65}, {"好": 10, "慢": 7, "快": 40}
    for row in keyness(a, b).itertuples():
        table = [[row.a, row.b], [100 - row.a, 57 - row.b]]
        oracle = stats.chi2_contingency(table, correction=False, lambda_="log-likelihood")
        assert (row.g2, row.p) == pytest.approx((oracle.statistic, oracle.pvalue))


def test_the_words_of_a_come_first_and_those_of_b_last():
    found = keyness({"好": 50, "快": 50}, {"坏": 50, "快": 50})
    assert found["word"].tolist() == ["好", "快", "坏"]
    assert found["log_ratio"].tolist() == pytest.approx([np.log2(100), 0, -np.log2(100)])


def test_a_word_that_is_in_every_document_says_nothing():
    assert keyness({"好": 10}, {"好": 20}, 10, 20)["g2"].tolist() == pytest.approx([0])


def test_totals_that_cannot_be_are_refused():
    for given_total in (0, 5):
        with pytest.raises(ValueError, match="total"):
            keyness({"好": 10}, {"好": 20}, given_total, 20)


def test_per_thousand_gives_garwoods_limits():
    # printed 95 % limits: 0 events 0-3.69, 1 event 0.0253-5.57, 10 events 4.80-18.39
    found = per_thousand([0, 1, 10], [1000] * 3)
    assert found.rate.tolist() == [0, 1, 10]
    assert found.low.tolist() == pytest.approx([0, 0.0253, 4.80], abs=5e-3)
    assert found.high.tolist() == pytest.approx([3.69, 5.57, 18.39], abs=5e-3)
    assert np.isnan(per_thousand(0, 0)).all()


@given(counts, counts)
def test_swapping_the_texts_mirrors_the_result(a, b):
    a, b = {**a, "的": 1000}, {**b, "的": 1000}
    one, two = (keyness(*pair).set_index("word") for pair in ((a, b), (b, a)))
    assert one["log_ratio"].to_dict() == pytest.approx((-two["log_ratio"]).to_dict())
    assert one["g2"].to_dict() == pytest.approx(two["g2"].to_dict(), abs=1e-6)


def test_two_rates_are_compared_given_the_sum_of_their_counts():
    # 7 and 1 of 8 with even chances: both tails hold 2 x (8 + 1) / 256
    assert rates_differ([7, 0], 100, [1, 0], 100) == pytest.approx([2 * 9 / 256, 1])


def test_one_table_alone_gives_its_own_odds():
    # expected 6.5, variance 10 x 10 x 13 x 7 / (400 x 19): chi square 1.5 ** 2 / 1.19737 = 1.87912
    p, odds = pooled_odds([[[8, 2], [5, 5]]])
    assert (p, odds) == pytest.approx((stats.chi2.sf(1.5**2 / (9100 / 7600), 1), 4))
    assert all(np.isnan(pooled_odds([])))
