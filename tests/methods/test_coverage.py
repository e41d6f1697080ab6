"""Intervals that say 90 % hold the truth in 85 to 95 of 100 simulated months."""

import numpy as np
import pandas as pd
import pytest

from helpers.methods.changes import level_change, trend
from helpers.methods.events import uplift
from helpers.methods.forecast import reach_probability
from helpers.methods.intervals import clustered_ratio, ratio_interval, wilson
from helpers.methods.quantiles import quantile_interval
from helpers.methods.ratios import ratio_bootstrap, ratio_difference
from helpers.methods.seasons import group_season
from helpers.methods.shrinkage import beta_binomial, normal
from helpers.methods.stock import lead_time, lost_sales
from helpers.methods.survival import ended_by, equal_age, maturity, project

LEVEL = 0.9
DAYS = pd.date_range("2026-01-01", periods=84)
WEEKEND = np.where(DAYS.day_of_week > 4, 30.0, 0.0)


def inside(interval, truth):
    return float(interval.low <= truth <= interval.high)


def sessions(rng, count, uneven):
    viewers = rng.lognormal(4, uneven, count).astype(int) + 1
    return rng.binomial(viewers, rng.beta(2, 38, count)), viewers


def a_rate(rng):
    n = rng.integers(10, 300)
    low, high = wilson(rng.binomial(n, 0.08), n, LEVEL)
    return float(low <= 0.08 <= high)


def a_ratio(rng):
    return inside(ratio_interval(*sessions(rng, 30, 0.5), LEVEL), 0.05)


def a_ratio_of_few_uneven_sessions(rng):
    return inside(ratio_interval(*sessions(rng, 8, 1.2), LEVEL), 0.05)


def a_ratio_drawn_again(rng):
    return inside(ratio_bootstrap(*sessions(rng, 30, 0.5), LEVEL, draws=300), 0.05)


def a_difference_of_ratios(rng):
    a, b = (clustered_ratio(*sessions(rng, 15, 0.8)) for _ in "ab")
    return inside(ratio_difference(a, b, LEVEL), 0)


def a_median(rng):
    return inside(quantile_interval(rng.lognormal(0, 1, 41), 0.5, LEVEL), 1)


def shrunken_rates(rng):
    truth, n = rng.beta(3, 27, 25), rng.integers(20, 300, 25)
    found = beta_binomial(rng.binomial(n, truth), n, LEVEL)
    return ((found["low"] <= truth) & (truth <= found["high"])).mean()


def shrunken_means(rng):
    truth, errors = rng.normal(5, 2, 12), rng.uniform(0.5, 3, 12)
    found = normal(rng.normal(truth, errors), errors, LEVEL)
    return ((found["low"] <= truth) & (truth <= found["high"])).mean()


def days(rng, rho=0.4, spread=10):
    noise = rng.normal(0, spread, 104)
    for at in range(1, 104):
        noise[at] += rho * noise[at - 1]
    return pd.Series(100 + WEEKEND + noise[20:], DAYS)


def a_slope(rng):
    return inside(trend(days(rng), LEVEL), 0)


def a_step(rng):
    return inside(level_change(days(rng), DAYS[45], LEVEL), 0)


def an_event(rng):
    sales = days(rng)
    sales.iloc[50:53] += 200
    parts = uplift(sales, DAYS[50], DAYS[52], level=LEVEL).parts
    return np.mean([inside(parts.loc["event"], 600), inside(parts.loc["net"], 600)])


def a_month_to_come(rng):
    sales = days(rng).to_numpy()
    flat = np.ones(24)
    return inside(reach_probability(sales[:60], 0, 24, 0, flat, level=LEVEL, draws=300), sales[60:].sum())


def refunds(rng):
    """Age of each of 600 orders of two months, the delay of its refund, and whether it was seen yet."""
    age, delay = rng.integers(0, 60, 600), rng.geometric(0.15, 600) - 1
    delay = np.where((rng.random(600) < 0.3) & (delay <= 30), delay, 99)
    return age, delay, delay <= age


def refunds_of_an_unfinished_month(rng):
    age, delay, seen = refunds(rng)
    young = age < 20
    curve = maturity(delay[seen], age[seen], 30, LEVEL)
    found = project((seen & young).sum(), np.ones(young.sum()), age[young], curve, LEVEL)
    return inside(found, (delay[young] <= 30).mean())


def refunds_at_equal_age(rng):
    age, delay, seen = refunds(rng)
    new, old = (ended_by(np.minimum(delay, age)[part], seen[part], 7, LEVEL) for part in (age < 30, age >= 30))
    truth = 0.3 * (1 - 0.85**8)
    return np.mean([inside(new, truth), inside(equal_age(new, old), 0)])


def sales_without_stock(rng):
    weekday = np.arange(56) % 7
    wanted = rng.poisson((20 + 5 * (weekday > 4)) * rng.gamma(10, 0.1, 56))
    stocked = (np.arange(56) < 30) | (np.arange(56) >= 36)
    return inside(lost_sales(wanted * stocked, stocked, weekday, LEVEL), wanted[~stocked].sum())


def a_season(rng):
    truth = np.array([0.5, 0.6, 0.8, 1, 1, 1.2, 1.6, 1.8, 1.3, 1, 0.7, 0.5])
    on_sale = np.where(rng.random((12, 12)) < 0.2, 0, 30)
    sold = rng.poisson(rng.gamma(2, 1, (12, 1)) * on_sale * truth * rng.gamma(20, 1 / 20, (12, 12)))
    found = group_season(sold, on_sale, LEVEL)
    return ((found["low"] <= truth / truth.mean()) & (truth / truth.mean() <= found["high"])).mean()


def a_delivery(rng):
    times = rng.gamma(4, 2, 25)
    return float(times[24] <= lead_time(times[:24], LEVEL))


@pytest.mark.parametrize(
    ("case", "draws"),
    [
        (a_rate, 300),
        (a_ratio, 300),
        (a_ratio_of_few_uneven_sessions, 300),
        (a_ratio_drawn_again, 120),
        (a_difference_of_ratios, 300),
        (a_median, 300),
        (shrunken_rates, 25),
        (shrunken_means, 150),
        (a_slope, 120),
        (a_step, 120),
        (an_event, 50),
        (a_month_to_come, 120),
        (refunds_of_an_unfinished_month, 60),
        (refunds_at_equal_age, 50),
        (sales_without_stock, 50),
        (a_season, 16),
        (a_delivery, 300),
    ],
    ids=lambda case: case.__name__ if callable(case) else "",
)
def test_the_interval_holds_the_truth_as_often_as_it_says(case, draws):
    rng = np.random.default_rng(20)
    assert 0.85 <= np.mean([case(rng) for _ in range(draws)]) <= 0.95
