"""The month's goal broken down to live sessions and videos: parts add up, needs follow own ratios."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planning_frames import PLAIN, daily, events, targets

from helpers.chapters import background
from helpers.chapters.background import goal_month
from helpers.findings import Gap

GOAL = targets(("gmv_month", "2026-11-01", "90000"))


def orders(**more):
    """October and September: 100 yuan a day in live sessions and 100 a day elsewhere."""
    live = daily("2026-08-31", "2026-10-31", carrier="live")
    cards = daily("2026-08-31", "2026-10-31", carrier="card").assign(order_id=lambda rows: "C" + rows["order_id"])
    return pd.concat([live, cards.assign(line_id=cards["order_id"])], ignore_index=True).assign(**more)


def sessions(first="2026-10-04", last="2026-10-31", rest=0):
    """A session at noon and a twice as strong one at night, every day but one weekday; 1 comment for each 2 yuan."""
    days = [day for day in pd.date_range(first, last) if day.day_of_week != rest]
    rows = [(day + pd.Timedelta(hours=hour), yuan) for day in days for hour, yuan in ((12, 50), (20, 100))]
    frame = pd.DataFrame(rows, columns=["started_at", "yuan"]).assign(account_id="A")
    frame["paid_fen"] = frame.pop("yuan") * 100
    return frame.assign(viewers=frame["paid_fen"] // 50, comments=frame["paid_fen"] // 200, orders=1)


def shifts(rooms):
    host = rooms["started_at"].dt.hour.map({12: "H1", 20: "H2"})
    start = rooms["started_at"] - pd.Timedelta(minutes=5)
    return pd.DataFrame({"host": host, "start": start, "end": start + pd.Timedelta(hours=3), "account_id": "A"})


def tables(**more):
    rooms = sessions()
    return {"orders": orders(), "targets": GOAL, "live_sessions": rooms, "hosts": shifts(rooms)} | more


def test_the_goal_is_shared_by_what_carriers_sold_and_days_sessions_and_hosts_add_up_to_it(make_report):
    answer = background.daily_goals(make_report(tables(), shop_toml=PLAIN))
    assert answer.values["live"].value == 45000  # half of what was paid came from live sessions
    frame = answer.tables["live_goals"].frame.set_index("goal_level")
    assert frame.loc["H1", "goal_total"] + frame.loc["H2", "goal_total"] == pytest.approx(45000)
    assert frame.loc["ordinary", "goal_total"] == 45000
    for name in ("days", "sessions"):
        assert answer.tables[name].frame["goal_total"].sum() == pytest.approx(45000)
    assert set(frame["goal_units"][["H1", "H2"]]) == {25}  # thirty November days less five Mondays of rest
    assert frame.loc["H2", "goal_each"] == pytest.approx(2 * frame.loc["H1", "goal_each"], rel=1e-3)
    assert frame.loc["month", "goal_each"] == 900
    assert not (answer.tables["days"].frame["day"].dt.day_of_week == 0).any()


def test_what_a_session_needs_follows_the_last_four_weeks(make_report):
    answer = background.daily_goals(make_report(tables(), shop_toml=PLAIN))
    assert answer.values["viewers"].value == 1800  # 900 yuan a session at 2 viewers a yuan
    assert answer.values["comments"].value == 450
    assert answer.values["viewers_now"].value == 150


def test_event_days_take_what_their_last_turn_sold(make_report):
    def money(day):
        return 300 if day.month == 7 and day.day in (1, 2) else 100

    rows = daily("2026-04-01", "2026-10-31", money, carrier="live")
    turns = events(("大促", "2026-07-01", "2026-07-02"), ("大促", "2026-11-10", "2026-11-11"))
    given = tables(orders=rows, calendar=turns, live_sessions=sessions(rest=9), hosts=shifts(sessions(rest=9)))
    answer = background.daily_goals(make_report(given, shop_toml=PLAIN))
    assert answer.values["event"].value == pytest.approx(3 * answer.values["ordinary"].value, rel=1e-3)
    assert answer.values["event"].value == pytest.approx(90000 * 3 / 34, rel=1e-3)  # 28 days of 1 and 2 of 3


def november():
    """Orders up to the cut-off of the fourth of November."""
    rows = orders()
    late = rows[(rows["paid_at"] >= "2026-10-01") & (rows["paid_at"] < "2026-10-05")]
    shift = pd.Timestamp("2026-11-01") - pd.Timestamp("2026-10-01")
    late = late.assign(**{name: late[name] + shift for name in ("paid_at", "ordered_at")})
    return pd.concat(
        [rows, late.assign(order_id="N" + late["order_id"], line_id="N" + late["line_id"])], ignore_index=True
    )


def test_what_is_paid_already_is_not_asked_again_and_a_reached_goal_is_said(make_report):
    rows = november()
    answer = background.daily_goals(make_report(tables(orders=rows), period="2026-11", shop_toml=PLAIN))
    assert answer.values["live"].value == (90_000 - 800) / 2  # four days of 200 yuan are in, half of it live
    assert answer.tables["days"].frame["day"].min() > pd.Timestamp("2026-11-04")
    small = tables(targets=targets(("gmv_month", "2026-11-01", "100")), orders=rows)
    report = make_report(small, period="2026-11", shop="b", shop_toml=PLAIN)
    assert background.daily_goals(report).headline.key == "goals.month.reached"
    assert background.video_goals(report).headline.key == "goals.month.reached"


def test_without_hosts_the_sessions_remain_and_the_missing_schedule_is_named(make_report):
    given = tables()
    del given["hosts"]
    answer = background.daily_goals(make_report(given, shop_toml=PLAIN))
    assert [gap.needs for gap in answer.gaps] == [("HST",)]
    assert list(answer.tables["live_goals"].frame["goal_level"]) == ["month", "ordinary"]


@pytest.mark.parametrize(
    ("drop", "why"), [("targets", "no_target"), ("live_sessions", "missing_file"), ("carrier", "missing_column")]
)
def test_what_is_missing_is_a_gap(make_report, drop, why):
    given = tables(orders=orders(carrier=None)) if drop == "carrier" else tables()
    given.pop(drop, None)
    answer = background.daily_goals(make_report(given, shop_toml=PLAIN))
    assert isinstance(answer, Gap)
    assert answer.why == why


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 10**7), min_size=2, max_size=40), st.floats(0, 10**9))
def test_a_need_grows_with_the_goal_and_is_never_negative(paid, fen):
    rows = pd.DataFrame({"paid_fen": paid, "viewers": range(len(paid))})
    need = goal_month.needed(rows, "viewers", fen)
    assert all(part >= 0 for part in need if part == part)
    if sum(paid):
        assert need.estimate == pytest.approx(fen * rows["viewers"].sum() / sum(paid))


def videos(month, views=31000, yuan=3100, count=2, **more):
    start = pd.Period(month).start_time
    frame = pd.DataFrame(
        {"video_id": [f"{month}{i}" for i in range(count)], "views": views // count, "orders": 31 // count}
    )
    frame = frame.assign(paid_fen=yuan * 100 // count, product_clicks=620 // count, account_name="A", seller="own")
    return frame.assign(period_start=start, period_end=pd.Period(month).end_time.normalize(), **more)


def video_tables(*frames, **more):
    rows = orders()
    rows["carrier"] = rows["carrier"].replace({"live": "video"})
    return {"orders": rows, "targets": GOAL, "videos": pd.concat(frames, ignore_index=True)} | more


def test_plays_needed_a_day_follow_the_periods_own_ratio(make_report):
    answer = background.video_goals(make_report(video_tables(videos("2026-10")), shop_toml=PLAIN))
    assert answer.values["goal"].value == 45000
    assert answer.values["plays"].value == 15000  # 1,500 yuan a day at 10 plays a yuan
    assert answer.values["clicks"].value == 300
    assert answer.values["now"].value == 1000
    assert [gap.why for gap in answer.gaps] == ["no_history"]  # one month makes no quarter
    assert not answer.tables  # one account needs no table


def test_the_best_quarter_is_three_months_in_a_row_and_judges_the_need(make_report):
    months = [
        videos("2026-05", 310_000),
        videos("2026-07", 31_000),
        videos("2026-08", 31_000),
        videos("2026-09", 30_000),
    ]
    answer = background.video_goals(make_report(video_tables(*months, videos("2026-10")), shop_toml=PLAIN))
    assert answer.values["best"].value == 1000  # May stands alone, June has no file
    assert answer.more[0].key == "goals.video_goals.beyond"
    many = [videos(month, 620_000) for month in ("2026-05", "2026-06", "2026-07")]
    answer = background.video_goals(make_report(video_tables(*many, videos("2026-10")), shop="b", shop_toml=PLAIN))
    assert answer.more[0].key == "goals.video_goals.within"


def test_accounts_share_the_goal_to_the_fen_and_partners_do_not_count(make_report):
    other = videos("2026-10", 93_000, 6_200).assign(account_name="B", video_id=["x", "y"])
    partner = videos("2026-10", 900_000, 90_000).assign(account_name="P", video_id=["p", "q"], seller="partner")
    answer = background.video_goals(make_report(video_tables(videos("2026-10"), other, partner), shop_toml=PLAIN))
    frame = answer.tables["video_goals"].frame.set_index("account_name")
    assert frame["goal_total"].to_dict() == {"B": 30000, "A": 15000}


def test_without_videos_the_file_is_named(make_report):
    answer = background.video_goals(make_report({"orders": orders(), "targets": GOAL}, shop_toml=PLAIN))
    assert isinstance(answer, Gap)
    assert answer.needs == ("VID",)


EVERY = [
    "attach",
    "daily_goals",
    "settlements",
    "stepped_commission",
    "swings",
    "talents",
    "video_goals",
    "visitor_value",
]


def test_a_shop_with_nothing_but_orders_gets_gaps_or_findings_and_no_fault(make_report):
    bare = daily("2026-08-31", "2026-10-31")
    one = bare.tail(1).assign(payable_fen=10_000_000)
    for shop, rows in (("bare", bare), ("one", one), ("unpaid", one.assign(paid_at=pd.NaT))):
        report = make_report({"orders": rows, "targets": GOAL}, shop=shop, shop_toml=PLAIN)
        for name in EVERY:
            answer = getattr(background, name)(report)
            assert isinstance(answer, Gap) or answer.headline.key == "swings.swings.calm"


def test_the_samples_goal_ties_out_and_uses_novembers_target(sample_report):
    answer = background.daily_goals(sample_report)
    assert answer.values["target"].value == 260_000
    live = answer.values["live"].value
    assert answer.tables["days"].frame["goal_total"].sum() == pytest.approx(live)
    assert answer.tables["sessions"].frame["goal_total"].sum() == pytest.approx(live)
    frame = answer.tables["live_goals"].frame.set_index("goal_level")["goal_total"]
    assert frame[["H1", "H2", "H3"]].sum() == pytest.approx(live)
    assert frame[["ordinary", "event"]].sum() == pytest.approx(live)
    assert background.video_goals(sample_report).values["goal"].value < 260_000 - live
