"""The scorecard: its points solve their equation, the test is worked out by hand, and nothing of the test is learned."""

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats

from helpers.methods.scorecard import chances, fit, judged, left_out, points

FLAG = pd.DataFrame({"flag": [1.0] * 10 + [0.0] * 10})
HIT = np.array([True] * 8 + [False] * 2 + [True] * 2 + [False] * 8)


def test_the_points_of_a_flag_solve_the_equation_of_the_likelihood_and_the_prior():
    card = fit(FLAG, HIT, prior=1.5)
    weight = card.points["flag"]
    # 8 of 10 with the flag, 2 of 10 without: score +-w/2, and 10 (0.8 - p) = w / 1.5^2
    assert 10 * (0.8 - special.expit(weight / 2)) == pytest.approx(weight / 2.25, abs=1e-4)
    assert card.start == pytest.approx(0, abs=1e-6)
    assert weight < 2 * special.logit(0.8)  # nearer to 0 than the unshrunken one


def test_chances_add_up_to_the_hits_that_were_learned():
    rng = np.random.default_rng(1)
    features = pd.DataFrame(rng.normal(size=(40, 6)))
    hit = rng.random(40) < 0.25
    assert chances(fit(features, hit), features).sum() == pytest.approx(hit.sum(), abs=0.01)


def test_points_and_start_are_the_log_odds_and_a_constant_gets_none():
    features = FLAG.assign(same=3.0)
    card = fit(features, HIT)
    found = points(card, features)
    assert (found["same"] == 0).all()
    assert special.expit(card.start + found.sum(axis=1)).tolist() == pytest.approx(chances(card, features).tolist())


@pytest.mark.parametrize("hit", [np.zeros(20, bool), np.ones(20, bool)])
def test_all_or_no_hits_give_finite_chances(hit):
    assert np.isfinite(chances(fit(FLAG, hit), FLAG)).all()


def test_an_item_is_scored_without_its_own_outcome():
    rng = np.random.default_rng(2)
    features, hit = pd.DataFrame(rng.normal(size=(15, 3))), rng.random(15) < 0.4
    other = hit.copy()
    other[4] = ~other[4]
    assert left_out(features, hit)[4] == pytest.approx(left_out(features, other)[4])


def test_the_test_by_hand():
    # the card picks items 0 and 1, the plain ranking 1 and 2; hits are 0 and 1
    found = judged([0.9, 0.8, 0.3, 0.2], [1, 4, 3, 2], [True, True, False, False], 2)
    assert (found.hits, found.plain, found.lot, found.differ, found.came) == (2, 1, 1, 1, 2)
    assert found.better == pytest.approx(stats.beta(1.5, 0.5).sf(0.5))  # one pick more, none less
    assert found.beats_lot == pytest.approx(1 / 6 + 4 / 6 + 1 / 12)
    assert found.promised == pytest.approx(2.2)
    assert found.spread == pytest.approx(0.62**0.5)


def test_two_ways_that_pick_the_same_cannot_be_told_apart():
    assert judged([0.9, 0.1], [2, 1], [True, False], 1).better == 0.5
