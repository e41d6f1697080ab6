"""New fans per 1,000, worked out by hand."""

import pandas as pd
import pytest
from interaction_frames import all_of, orders

from helpers.chapters import interaction
from helpers.findings import Finding, Gap

HISTORY = all_of(orders(day="2026-08-20"), orders())


def videos(*rows, start="2026-10-01", end="2026-10-31"):
    frame = pd.DataFrame(rows, columns=["video_id", "views", "new_fans"])
    return frame.assign(title=frame["video_id"], period_start=pd.Timestamp(start), period_end=pd.Timestamp(end))


def rooms(*rows, month="2026-10"):
    frame = pd.DataFrame(rows, columns=["viewers", "new_fans", "lost_fans"])
    times = [pd.Timestamp(f"{month}-{i + 1:02} 20:00") for i in range(len(frame))]
    return frame.assign(account_id="a", started_at=times)


def test_rates_are_sums_over_sums_per_1000_and_videos_are_the_clusters(make_report):
    report = make_report({"orders": HISTORY, "videos": videos(("v1", 1000, 10), ("v2", 3000, 10))})
    rate = interaction.follows(report).values["video"]
    assert rate.value == pytest.approx(5)  # 20 / 4,000
    # residuals 10-5 and 10-15 over 3/4 and 1/4: se = sqrt(25 / 0.75 + 25 / 0.25) / 4,000 = 0.00288675; t(1) = 12.706
    assert rate.high == pytest.approx(1000 * (0.005 + 12.7062 * 0.00288675), rel=1e-4)
    assert rate.low == 0


def test_live_rooms_count_viewers_and_lost_fans_are_taken_off(make_report):
    report = make_report({"orders": HISTORY, "live_sessions": rooms((100, 2, 1), (300, 4, 0))})
    values = interaction.follows(report).values
    assert values["live"].value == pytest.approx(15)  # 6 / 400
    assert values["net"].value == pytest.approx(12.5)  # 5 / 400


def test_change_is_the_ratio_of_the_rates_not_of_the_fans(make_report):
    before = videos(("v1", 1000, 4), ("v2", 1000, 4), start="2026-09-01", end="2026-09-30")
    now = videos(("v1", 4000, 20), ("v2", 4000, 20))
    report = make_report({"orders": HISTORY, "videos": all_of(before, now)})
    values = interaction.follows(report).values
    assert values["video.previous"].value == pytest.approx(4)
    assert values["video.change"].value == pytest.approx(0.25)


def test_a_week_inside_a_counted_month_is_not_counted_again(make_report):
    month, week = videos(("v1", 1000, 10)), videos(("v1", 400, 6), start="2026-10-05", end="2026-10-11")
    report = make_report({"orders": HISTORY, "videos": all_of(month, week)})
    assert interaction.follows(report).values["video"].value == pytest.approx(10)


def test_half_of_the_fans_come_from_the_best_videos(make_report):
    report = make_report({"orders": HISTORY, "videos": videos(("a", 1000, 60), ("b", 1000, 30), ("c", 1000, 30))})
    assert interaction.follows(report).values["half"].value == 1


def test_without_either_file_both_are_named(make_report):
    gap = interaction.follows(make_report({"orders": HISTORY}))
    assert isinstance(gap, Gap) and gap.why == "missing_file" and gap.needs == ("VID", "LIV")


def test_a_file_without_the_column_names_the_column(make_report):
    gap = interaction.follows(make_report({"orders": HISTORY, "videos": videos(("v1", 10, None))}))
    assert isinstance(gap, Gap) and gap.why == "missing_column"


def test_a_missing_second_file_and_the_audience_stay_open_parts(make_report):
    found = interaction.follows(make_report({"orders": HISTORY, "videos": videos(("v1", 10, 1))}))
    assert [gap.needs for gap in found.gaps] == [("LIV",), ("AUD",)]


@pytest.mark.parametrize("rows", [[("v1", 0, 0)], [("v1", 5, 0)], [("v1", 1, 3)]])
def test_no_plays_no_fans_or_more_fans_than_plays_do_not_stop_the_page(make_report, rows):
    assert isinstance(interaction.follows(make_report({"orders": HISTORY, "videos": videos(*rows)})), Finding | Gap)
