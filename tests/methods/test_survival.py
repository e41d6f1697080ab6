"""Durations: the 6-MP arm of Freireich et al. (1963), as printed in textbooks; maturity by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.methods.intervals import Interval
from helpers.methods.survival import duration_quantile, ended_by, equal_age, kaplan_meier, maturity, project

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


CURVE = pd.DataFrame({"age": [0, 1, 2], "share": [0.5, 0.8, 1], "low": [0.4, 0.7, 1], "high": [0.6, 0.9, 1]})


def test_before_the_first_delay_and_after_the_last_the_band_is_wilsons():
    # one refund, a day after its order, which is three days old: 3.8415 / 4.8415 and 1 / 4.8415
    found = maturity([1], [3], 3)
    assert found["share"].tolist() == [0, 1, 1, 1]
    assert found["high"].tolist() == pytest.approx([0.79346, 1, 1, 1], abs=1e-5)
    assert found["low"].tolist() == pytest.approx([0, 0.20654, 0.20654, 1], abs=1e-5)


def test_project_adds_what_is_still_to_come_to_what_has_come():
    # 100 old orders and 100 at 0.5: 30 refunds of 150, so 10 of the other 50. Negative binomial (30.5, 0.75), summed by
    # its recursion: 4 to 18 at 95 %. The curve moves the rest to 30 * 40 / 160 = 7.5 and 30 * 60 / 140 = 12.857
    found = project(30, [100, 100], [0, 40], CURVE)
    low, high = 10 - np.hypot(6, 2.5), 10 + np.hypot(8, 2.857143)
    assert found == pytest.approx((0.2, (30 + low) / 200, (30 + high) / 200))


def test_a_group_that_has_grown_old_has_nothing_left_to_project():
    assert project(30, [200], [2], CURVE) == (0.15, 0.15, 0.15)
    assert project(0, [200], [9], CURVE) == (0, 0, 0)


def test_more_refunds_than_the_curve_holds_possible_are_not_projected():
    assert np.isnan(project(9, [10], [1], CURVE)).all()
    assert np.isnan(project(0, [], [], CURVE)).all()


def test_project_keeps_quiet_without_a_curve():
    assert np.isnan(project(3, [10], [1], maturity([], [], 5))).all()


def test_the_share_that_relapsed_by_ten_weeks_is_one_minus_the_printed_survival():
    found = ended_by(WEEKS, RELAPSED, 10)
    assert found.estimate == pytest.approx(1 - 0.753, abs=5e-4)
    assert (found.low, found.high) == pytest.approx(tuple(1 - kaplan_meier(WEEKS, RELAPSED).loc[2, ["high", "low"]]))


def test_a_share_by_an_age_that_nobody_has_reached_is_unknown():
    assert np.isnan(ended_by(WEEKS, RELAPSED, 36)).all()
    assert np.isnan(ended_by([], [], 1)).all()


def test_none_ended_and_all_ended_have_wilsons_intervals():
    # 21 of 21 watched for 5 weeks without a relapse: 3.8415 / 24.8415
    assert ended_by(WEEKS, RELAPSED, 5) == pytest.approx((0, 0, 0.15464), abs=1e-5)
    assert ended_by([1, 1, 2], [1, 1, 1], 2) == pytest.approx((1, 3 / 6.84146, 1), abs=1e-5)


def test_two_months_at_one_age_by_hand():
    # 0.2 (0.1 to 0.35) less 0.3 (0.26 to 0.42): -0.1 - hypot(0.1, 0.12), -0.1 + hypot(0.15, 0.04)
    found = equal_age(Interval(0.2, 0.1, 0.35), Interval(0.3, 0.26, 0.42))
    assert found == pytest.approx((-0.1, -0.1 - np.hypot(0.1, 0.12), -0.1 + np.hypot(0.15, 0.04)))


def test_an_unfinished_month_is_no_better_than_the_last_one_at_equal_age():
    # every day 10 orders, 2 refunded after 5 days; the young month has seen only a part of its refunds
    def month(days_old):
        age = np.repeat(np.arange(days_old - 30, days_old), 10)
        refunded = np.tile([5] * 2 + [99] * 8, 30)
        return np.minimum(refunded, age), refunded <= age

    old, young = month(90), month(30)
    assert young[1].mean() < old[1].mean()
    at = [ended_by(*rows, age=7) for rows in (young, old)]
    assert [share.estimate for share in at] == pytest.approx([0.2, 0.2])
    assert equal_age(*at).low < 0 < equal_age(*at).high


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 12)), min_size=1, max_size=60), st.randoms())
def test_maturity_rises_to_one_whatever_the_order_of_the_rows(pairs, random):
    pairs = [(min(p), max(p)) for p in pairs]
    found = maturity(*zip(*pairs, strict=True), 6)
    share = found["share"].dropna()
    assert share.is_monotonic_increasing and (share.empty or share.iloc[-1] == 1)
    mixed = random.sample(pairs, len(pairs))
    assert found.to_numpy() == pytest.approx(maturity(*zip(*mixed, strict=True), 6).to_numpy(), nan_ok=True)
