"""The fan groups: members, activity, joiners per order and their cost, worked out by hand."""

from typing import Any

import pandas as pd
import pytest
from sales_frames import many, orders

from helpers.chapters import background
from helpers.findings import Gap

SOLD = orders(*many("A", 20, "2026-10-01"), *many("B", 20, "2026-10-02"), ("Z", "Z", "2026-09-01 10:00", 1, "Z", 1))


def group(name: str, first: str, members: list[int], active: list[int], **more: Any) -> pd.DataFrame:
    """One row per day; joiners follow from the members, nobody leaves."""
    days = pd.date_range(first, periods=len(members))
    joined = [0, *[after - before for before, after in zip(members, members[1:], strict=False)]]
    frame = pd.DataFrame({"group_id": name, "day": days, "members": members, "active": active, "joiners": joined})
    return frame.assign(leavers=0, cost_fen=0, **more)


def told(answer: Any) -> list[str]:
    return [answer.headline.key.rpartition(".")[2], *[line.key.rpartition(".")[2] for line in answer.more]]


def test_groups_add_up_and_activity_is_per_member(make_report: Any) -> None:
    one = group("一", "2026-10-01", [100, 104], [10, 11])
    two = group("二", "2026-10-01", [50, 50], [10, 20]).assign(cost_fen=[0, 1200])
    report = make_report({"orders": SOLD, "fan_groups": pd.concat([one, two])})
    answer = background.community(report)
    values = {name: value.value for name, value in answer.values.items()}
    assert (values["members"], values["joiners"], values["leavers"]) == (154, 4, 0)
    assert values["active"] == pytest.approx(51 / 304)
    assert values["join_rate"] == pytest.approx(4 / 40)
    assert values["cost"] == 3.00
    frame = answer.tables["groups"].frame
    assert frame["fan_group"].tolist() == ["一", "二"]
    assert frame["group_active"].tolist() == pytest.approx([21 / 204, 30 / 100])
    assert told(answer) == ["plain", "joined", "cost", "stale", "people"]  # the log stops on 2 October


def test_a_growing_group_with_the_same_active_people_is_no_livelier(make_report: Any) -> None:
    before = group("一", "2026-09-02", [100] * 29, [20, 21, 19] * 9 + [20, 20])
    after = group("一", "2026-10-01", [200] * 31, [20, 21, 19] * 10 + [20])
    report = make_report({"orders": SOLD, "fan_groups": pd.concat([before, after])})
    answer = background.community(report)
    assert answer.values["change"].value == pytest.approx(-10, abs=0.01)
    assert answer.values["grown"].value == 1
    assert told(answer)[0] == "down"


def test_a_weekly_log_counts_the_orders_between_its_records(make_report: Any) -> None:
    weekly = group("一", "2026-10-01", [100, 108], [10, 10])
    weekly["day"] = pd.to_datetime(["2026-10-01", "2026-10-08"])
    answer = background.community(make_report({"orders": SOLD, "fan_groups": weekly}))
    assert answer.values["join_rate"].value == pytest.approx(8 / 20)  # the 20 orders of 2 October; 1 October is before


def test_head_counts_that_joiners_do_not_explain_are_told(make_report: Any) -> None:
    rows = group("一", "2026-10-30", [100, 140], [10, 10]).assign(joiners=[0, 5])
    answer = background.community(make_report({"orders": SOLD, "fan_groups": rows}))
    assert {line.key: line.slots for line in answer.more}["background.community.gap"]["gap"] == 35


def test_without_file_rows_or_columns_it_says_what_is_missing(make_report: Any) -> None:
    missing = background.community(make_report({"orders": SOLD}))
    assert isinstance(missing, Gap) and (missing.why, missing.needs) == ("missing_file", ("GRP",))
    old = group("一", "2026-09-02", [100], [10])
    assert background.community(make_report({"orders": SOLD, "fan_groups": old}, shop="b")).why == "no_rows"
    bare = group("一", "2026-10-31", [0], [0]).drop(columns=["active", "cost_fen", "joiners", "leavers"])
    answer = background.community(make_report({"orders": SOLD, "fan_groups": bare}, shop="c"))
    assert told(answer) == ["quiet"] and answer.values["members"].value == 0
    assert [gap.slots["column"].key for gap in answer.gaps] == ["group_active", "cost"]


def test_the_sample_shops_groups_are_found_as_planted(sample_report: Any) -> None:
    from helpers.sample.groups import active_share
    from helpers.sample.story import load

    answer = background.community(sample_report)
    share, joined = answer.values["active"], answer.values["join_rate"]
    assert share.low < active_share(pd.date_range("2026-10-01", "2026-10-31")).mean() * 1.005 < share.high
    assert joined.low < load("story")["groups"]["join_per_order"] < joined.high
