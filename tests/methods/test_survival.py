"""Durations: the 6-MP arm of Freireich et al. (1963), as printed in textbooks; maturity by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.methods.survival import duration_quantile, kaplan_meier, maturity, project

WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]


def test_kaplan_meier_gives_the_printed_table_of_the_6mp_patients():
    found = kaplan_meier(WEEKS, RELAPSED)
    assert found["time"].tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert found["at_risk"].tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert found["survival"].tolist() == pytest.approx([0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=5e-4)


def test_the_interval_of_the_6mp_patients_at_six_weeks_by_hand():
    # S 6/7, Greenwood 3 / (21 * 18); log(-log S) -+ 1.96 * 0.0764 / (S |log S|)
    theta = np.exp(1.959964 * np.sqrt(3 / 378) / abs(np.log(6 / 7)))
    assert kaplan_meier(WEEKS, RELAPSED).loc[0, ["low", "high"]].tolist() == pytest.approx(
        [(6 / 7) ** theta, (6 / 7) ** (1 / theta)]
    )


def test_the_median_of_the_6mp_patients_is_23_weeks_and_its_end_is_open():
    assert duration_quantile(WEEKS, RELAPSED) == (23, 13, np.inf)


def test_a_share_that_was_never_reached_has_no_time():
    found = duration_quantile(WEEKS, RELAPSED, share=0.9)
    assert np.isnan(found.estimate) and found.high == np.inf


def test_rows_without_a_duration_are_left_out():
    found = kaplan_meier([*WEEKS, np.nan], [*RELAPSED, 1])
    assert found["at_risk"].tolist() == [21, 17, 15, 12, 11, 7, 6]


def test_nothing_ended_gives_an_empty_curve():
    assert kaplan_meier([3, 4], [0, 0]).empty


def test_maturity_by_hand():
    # at least 2 days old: delays 0 1 1 2, so 3/4 come by day 1; at least 1 day old: 0 1 1 0 1, so 2/5 of those on day 0
    found = maturity([0, 1, 1, 2, 0, 0, 1], [2, 2, 2, 9, 1, 0, 1], 2)
    assert found["age"].tolist() == [0, 1, 2]
    assert found["share"].tolist() == pytest.approx([0.3, 0.75, 1])


def test_young_orders_do_not_make_refunds_look_faster_than_they_are():
    # each day 10 orders are refunded, 5 at once and 5 after 4 days; the data end on day 9
    day = np.repeat(np.arange(10), 10)
    delay = np.tile([0] * 5 + [4] * 5, 10)
    seen = delay <= 9 - day
    found = maturity(delay[seen], 9 - day[seen], 4)
    assert found["share"].tolist() == pytest.approx([0.5, 0.5, 0.5, 0.5, 1])
    assert (delay[seen] == 0).mean() == 50 / 80  # what counting alone would say


def test_nobody_knows_the_share_when_no_order_is_old_enough():
    assert maturity([0, 1], [3, 4], 5)["share"].isna().all()
    assert maturity([], [], 5)["share"].isna().all()


def test_one_old_order_with_a_late_refund_does_not_mean_that_nothing_comes_early():
    found = maturity([5, 0, 1], [5, 3, 3], 5)
    assert np.isnan(found["share"].iloc[:5]).all()


def test_before_the_first_delay_nothing_has_come():
    assert maturity([2, 3], [3, 3], 3)["share"].tolist() == pytest.approx([0, 0, 0.5, 1])


def test_a_refund_after_the_end_of_the_data_is_refused():
    with pytest.raises(ValueError, match="after the end"):
        maturity([3], [2], 5)


def test_project_counts_young_orders_by_what_they_could_have_shown():
    # 100 mature orders and 100 at 0.5: 30 refunds of 150
    curve = pd.DataFrame({"age": [0, 1, 2], "share": [0.5, 0.8, 1], "low": [0.4, 0.7, 1], "high": [0.6, 0.9, 1]})
    found = project(30, [100, 100], [0, 40], curve)
    assert found.estimate == pytest.approx(0.2)
    # Wilson 30 of 160 from below, 30 of 140 from above, by the formula
    z = 1.959964
    low = (30 + z**2 / 2 - z * np.sqrt(30 * 130 / 160 + z**2 / 4)) / (160 + z**2)
    high = (30 + z**2 / 2 + z * np.sqrt(30 * 110 / 140 + z**2 / 4)) / (140 + z**2)
    assert found[1:] == pytest.approx((low, high))


def test_project_keeps_quiet_without_a_curve():
    assert np.isnan(project(3, [10], [1], maturity([], [], 5))).all()


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 12)), min_size=1, max_size=60), st.randoms())
def test_maturity_rises_to_one_whatever_the_order_of_the_rows(pairs, random):
    pairs = [(min(p), max(p)) for p in pairs]
    found = maturity(*zip(*pairs, strict=True), 6)
    share = found["share"].dropna()
    assert share.is_monotonic_increasing and (share.empty or share.iloc[-1] == 1)
    mixed = random.sample(pairs, len(pairs))
    assert found.to_numpy() == pytest.approx(maturity(*zip(*mixed, strict=True), 6).to_numpy(), nan_ok=True)
