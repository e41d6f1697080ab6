"""First replies from means by agent and day, worked out by hand."""

import pytest
from interaction_frames import all_of, orders, service

from helpers.chapters import interaction
from helpers.findings import Finding, Gap

HISTORY = all_of(orders(day="2026-08-20"), orders())
THREE = [("x", "2026-10-01", 10, 20.0, 1.0), ("x", "2026-10-02", 10, 40.0, 0.8), ("y", "2026-10-01", 30, 10.0, 0.9)]


def asked(make_report, *rows):
    return interaction.replies(make_report({"orders": HISTORY, "service_days": service(*rows)}))


def test_the_mean_is_weighted_by_conversations(make_report):
    values = asked(make_report, *THREE).values
    assert values["mean"].value == pytest.approx(18)  # (200 + 400 + 300) / 50
    assert values["mean"].n == 50
    assert values["in_3min"].value == pytest.approx(0.9)  # (10 + 8 + 27) / 50


def test_quantiles_are_those_of_agent_days_weighted_by_conversations(make_report):
    values = asked(make_report, *THREE).values
    assert (values["p50"].value, values["p90"].value) == (10, 40)


def test_days_inside_the_bar_and_the_least_share_of_conversations_are_kept_apart(make_report):
    values = asked(make_report, *THREE).values
    assert values["days"].value == pytest.approx(2 / 3)
    # 1 - 20/30, nothing, 1 - 10/30, weighted 10, 10, 30
    assert values["least"].value == pytest.approx((10 / 3 + 0 + 20) / 50)


def test_agents_are_codes_by_first_day_and_the_slowest_stands_first(make_report):
    found = asked(make_report, *THREE)
    assert found.tables["agents"].frame["agent"].tolist() == ["A1", "A2"]
    assert found.tables["agents"].frame["first_reply"].tolist() == [30, 10]


def test_the_bar_holds_only_where_nine_tenths_of_the_conversations_lie_on_days_within_it(make_report):
    fast = [("x", f"2026-10-{day:02}", 10, 10.0 + day % 2, 1.0) for day in range(1, 21)]
    assert asked(make_report, *fast).verdict == "holds"


def test_some_slow_days_leave_it_open(make_report):
    mixed = [("x", f"2026-10-{day:02}", 10, 45.0 if day > 15 else 10.0, 1.0) for day in range(1, 21)]
    assert asked(make_report, *mixed).verdict == "open"


def test_a_mean_surely_above_the_bar_fails(make_report):
    slow = [("x", f"2026-10-{day:02}", 10, 40.0 + day % 2, 1.0) for day in range(1, 21)]
    assert asked(make_report, *slow).verdict == "fails"


def test_one_agent_day_is_shown_without_an_interval_and_left_open(make_report):
    found = asked(make_report, THREE[0])
    assert found.values["mean"].low is None and found.verdict == "open"


def test_hours_and_staffing_stay_open(make_report):
    assert [gap.why for gap in asked(make_report, *THREE).gaps] == ["not_measurable"]


def test_no_conversations_or_no_file_are_gaps(make_report):
    assert interaction.replies(make_report({"orders": HISTORY})).needs == ("FGK",)


def test_days_without_conversations_are_no_zero_seconds(make_report):
    found = asked(make_report, ("x", "2026-10-01", 0, 0.0, 0.0), THREE[0])
    assert isinstance(found, Finding) and found.values["mean"].value == 20


def test_a_file_without_reply_times_names_the_column(make_report):
    found = asked(make_report, ("x", "2026-10-01", 5, None, None))
    assert isinstance(found, Gap) and found.why == "missing_column"


def test_the_late_shift_of_the_sample_shop_is_found(sample_report):
    found = interaction.replies(sample_report)
    slowest = found.tables["agents"].frame.iloc[0]
    # planted: 31 seconds in the median with a spread of 0.3, so 31 x exp(0.045) = 32.4 on average
    assert slowest["low"] < 32.4 < slowest["high"]
    assert found.values["slowest"].value == pytest.approx(slowest["first_reply"])


def test_a_file_that_ends_early_says_which_days_it_covers(make_report):
    more = [line.key for line in asked(make_report, *THREE).more]
    assert "interaction.replies.covered" in more


def test_a_mean_inside_the_bar_is_said_even_where_single_replies_cannot_be_told(make_report):
    mixed = [("x", f"2026-10-{day:02}", 10, 45.0 if day > 27 else 10.0, 1.0) for day in range(1, 32)]
    assert asked(make_report, *mixed).headline.key == "interaction.replies.open_mean"
