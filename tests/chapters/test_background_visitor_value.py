"""Value per live viewer, worked out by hand."""

import pandas as pd
import pytest
from planning_frames import PLAIN, daily, targets

from helpers.chapters import background
from helpers.findings import Gap
from helpers.methods.intervals import clustered_ratio


def sessions(first, last, viewers=100, buyers=10, yuan=300):
    """One session a day; each number may be a function of the day."""
    days = pd.date_range(first, last)
    told = {"viewers": viewers, "buyers": buyers, "yuan": yuan}
    cells = {name: [(one(day) if callable(one) else one) for day in days] for name, one in told.items()}
    frame = pd.DataFrame({"account_id": "A", "started_at": days + pd.Timedelta(hours=20), **cells})
    return frame.assign(paid_fen=(frame.pop("yuan") * 100).astype("int64"))


def asked(make_report, rooms, *bar, **more):
    tables = {"orders": daily("2026-08-31", "2026-10-31"), "live_sessions": rooms}
    if bar:
        tables["targets"] = targets(("uv_value", "2026-01-01", bar[0]))
    return background.visitor_value(make_report(tables, shop_toml=PLAIN, **more))


def test_payments_are_divided_by_viewers_of_all_sessions_together(make_report):
    rooms = pd.concat(
        [sessions("2026-10-01", "2026-10-01", 100, 10, 200), sessions("2026-10-02", "2026-10-02", 300, 30, 1000)]
    )
    answer = asked(make_report, rooms)
    assert answer.values["value"].value == 3  # 1,200 yuan of 400 viewers, not the mean of 2 and 3.33
    assert answer.values["share"].value == 0.1
    assert answer.values["each"].value == 30
    assert answer.verdict == ""
    assert [gap.why for gap in answer.gaps] == ["no_previous", "no_target"]


def swinging(day):
    return 290 if day.day % 2 else 310


@pytest.mark.parametrize(
    ("bar", "verdict", "key"), [("2.5", "holds", "above"), ("3.5", "fails", "below"), ("3", "open", "open")]
)
def test_the_verdict_is_a_chance_and_the_headline_follows_it(make_report, bar, verdict, key):
    answer = asked(make_report, sessions("2026-10-01", "2026-10-30", yuan=swinging), bar)
    assert answer.values["value"].value == 3
    assert answer.verdict == verdict
    assert answer.headline.key == f"goals.visitor_value.{key}"


def test_a_shortfall_is_told_in_money_of_a_month(make_report):
    answer = asked(make_report, sessions("2026-10-01", "2026-10-30", yuan=swinging), "3.5")
    assert answer.values["lack"].value == pytest.approx(0.5 * 3000)  # 30 sessions of 100 viewers


def test_what_moved_the_value_adds_up_to_the_cent_and_is_charged_to_the_right_factor(make_report):
    rooms = pd.concat([sessions("2026-09-01", "2026-09-30", yuan=200), sessions("2026-10-01", "2026-10-31", yuan=300)])
    answer = asked(make_report, rooms)
    bridge = answer.tables["bridge"].frame.set_index("uv_part")["uv_money"]
    assert bridge.to_dict() == {"start": 2, "share": 0, "each": 1, "end": 3}
    dearer = pd.concat(
        [sessions("2026-09-01", "2026-09-30", buyers=5), sessions("2026-10-01", "2026-10-31", buyers=20, yuan=451)]
    )
    bridge = asked(make_report, dearer, shop="b").tables["bridge"].frame["uv_money"]
    assert round(bridge.iloc[:3].sum(), 2) == bridge.iloc[3] == 4.51


def test_without_live_sessions_clickers_stand_in_but_are_not_judged(make_report):
    day = pd.Timestamp("2026-10-01")
    traffic = pd.DataFrame(
        {"day": [day, day], "carrier": ["all", "live"], "ad_window": "any", "paid_fen": [50000, 20000]}
    )
    tables = {"orders": daily("2026-10-01", "2026-10-31"), "channel_days": traffic.assign(click_users=[200, 50])}
    tables["targets"] = targets(("uv_value", "2026-01-01", "2.5"))
    answer = background.visitor_value(make_report(tables, shop_toml=PLAIN))
    assert answer.headline.key == "goals.visitor_value.clickers"
    assert answer.values["value"].value == 2.5  # the total row alone
    assert (answer.verdict, answer.gaps[0].needs) == ("", ("LIV",))


def test_no_traffic_at_all_and_sessions_without_viewers_are_a_gap(make_report):
    answer = background.visitor_value(make_report({"orders": daily("2026-10-01", "2026-10-31")}, shop_toml=PLAIN))
    assert isinstance(answer, Gap)
    assert answer.needs == ("LIV", "CDL")
    assert isinstance(asked(make_report, sessions("2026-10-01", "2026-10-03", viewers=0), shop="b"), Gap)


def test_one_session_without_a_buyer_divides_by_nothing(make_report):
    answer = asked(make_report, sessions("2026-10-05", "2026-10-05", buyers=0, yuan=0), "2.5")
    assert answer.values["value"].value == 0
    assert answer.verdict == "open"
    assert "each" not in answer.values


def test_the_samples_value_is_that_of_its_own_live_file(sample_report):
    rooms = sample_report.table("live_sessions")
    answer = background.visitor_value(sample_report)
    found = clustered_ratio(rooms["paid_fen"], rooms["viewers"])
    assert answer.values["value"].value == pytest.approx(found.estimate / 100, abs=0.005)
    assert answer.values["value"].low < found.estimate / 100 < answer.values["value"].high
    assert answer.verdict == "open"  # one month of 56 sessions cannot tell 2.37 from 2.50
