"""Chapter 03: videos, ads, watch time and live conversion."""

from typing import Any

import pandas as pd
import pytest

from helpers import show
from helpers.chapters import lines, marketing, promoted
from helpers.chapters.background import signs
from helpers.findings import Answer, Gap
from helpers.period import Period

ASKED = (
    marketing.interaction, marketing.roi, marketing.watch_time, marketing.live_conversion, marketing.hosts,
    marketing.promotion, marketing.old_customers,
)  # fmt: skip
COUNTS = {"likes": 0, "comments": 0, "shares": 0, "saves": 0}


def spoken(answer: Answer) -> str:
    """All that a notebook would print of the answer."""
    printed = [str(show.says(answer))]
    if not isinstance(answer, Gap):
        printed += [str(show.table(answer, name)) for name in answer.tables if name != "calendar"]
    return "\n".join(printed)


def orders(days: Any, fen: int = 10000, name: str = "o", **columns: Any) -> pd.DataFrame:
    """One order of one line on each of the days."""
    ids = [f"{name}{number}" for number in range(len(days))]
    at = pd.DatetimeIndex(days) + pd.Timedelta(hours=12)
    frame = pd.DataFrame({"order_id": ids, "line_id": ids, "payable_fen": fen, "quantity": 1, "paid_at": at})
    return frame.assign(ordered_at=at, **columns)


def refunds(lines: list[str], at: Any, fen: int = 10000, kind: str = "refund_unshipped") -> pd.DataFrame:
    frame = pd.DataFrame({"after_sale_id": [f"r{line}" for line in lines], "line_id": lines, "goods_refund_fen": fen})
    return frame.assign(status="success", kind=kind, applied_at=pd.DatetimeIndex(at), refunded_at=pd.DatetimeIndex(at))


def videos(views: list[int], likes: list[int], start: str = "2026-10-01", end: str = "2026-10-31") -> pd.DataFrame:
    ids = [f"v{number}" for number in range(len(views))]
    frame = pd.DataFrame({"video_id": ids, "title": ids, "views": views, **COUNTS}).assign(likes=likes)
    return frame.assign(period_start=pd.Timestamp(start), period_end=pd.Timestamp(end))


def sessions(count: int, **columns: Any) -> pd.DataFrame:
    start = pd.date_range("2026-10-01 19:00", periods=count, freq="D")
    frame = pd.DataFrame({"account_id": "a", "started_at": start, "duration_seconds": 3600.0})
    return frame.assign(ended_at=start + pd.Timedelta(hours=1), **columns)


def ads(object_id: str, gmv_fen: list[int], level: str = "product", **columns: Any) -> pd.DataFrame:
    day = pd.date_range("2026-10-01", periods=len(gmv_fen))
    frame = pd.DataFrame({"level": level, "object_id": object_id, "object_name": object_id, "day": day})
    return frame.assign(spend_fen=10000, gmv_fen=gmv_fen, **columns)


def test_partners_videos_are_no_own_videos_whatever_days_their_list_covers(make_report: Any) -> None:
    theirs = videos([5000], [4000], start="2026-10-01", end="2026-10-31").assign(video_id="p", seller="partner")
    report = make_report(
        {"orders": orders(["2026-10-01"]), "videos": pd.concat([videos([900, 100], [10, 90]), theirs])}
    )
    assert marketing.interaction(report).values["rate"].value == pytest.approx(0.1)


def test_interaction_is_weighted_by_plays_and_told_per_video_beside_it(make_report: Any) -> None:
    answer = marketing.interaction(make_report({"videos": videos([9000, 1000], [900, 500])}))
    assert answer.values["rate"].value == pytest.approx(1400 / 10000)
    assert answer.values["mean"].value == pytest.approx((0.1 + 0.5) / 2)
    assert answer.values["reached"].value == 0.5  # the second video alone is above 12 %
    assert answer.verdict == "open"  # two videos are too few to judge
    assert answer.tables["videos"].frame["title"].tolist() == ["v0", "v1"]


def test_interaction_of_every_video_above_the_bar_holds(make_report: Any) -> None:
    assert marketing.interaction(make_report({"videos": videos([1000] * 12, [200] * 12)})).verdict == "holds"
    assert spoken(marketing.interaction(make_report({"videos": videos([1000] * 12, [50] * 12)}))).count("不成立")


def test_a_week_inside_the_month_is_not_counted_twice(make_report: Any) -> None:
    both = pd.concat([videos([1000], [100]), videos([300], [90], "2026-10-05", "2026-10-11")])
    answer = marketing.interaction(make_report({"videos": both}))
    assert answer.values["plays"].value == 1000
    assert answer.values["rate"].value == pytest.approx(0.1)


def test_interaction_without_saves_names_the_missing_column(make_report: Any) -> None:
    answer = marketing.interaction(make_report({"videos": videos([1000], [100]).assign(saves=None)}))
    assert (answer.why, answer.needs) == ("missing_column", ("VID",))
    assert "收藏" in spoken(answer)


def costed(make_report: Any, *spent: pd.DataFrame) -> Any:
    """A shop of which 10 of 40 mature orders were refunded, with costs that leave 40 of each 100 yuan kept."""
    days = pd.date_range("2026-08-01", periods=40)
    lines = orders(days, product_id="p1")
    late = orders(pd.DatetimeIndex(["2026-10-15"]), name="n", product_id="p1")
    back = refunds([f"o{number}" for number in range(10)], days[:10] + pd.Timedelta(hours=13))
    cost = {"unit_cost_fen": 5000, "freight_out_fen": 500, "packing_fen": 0, "return_cost_fen": 0, "fee_rate": 0.05}
    costs = pd.DataFrame({"product_id": ["p1"], "valid_from": pd.Timestamp("2026-01-01"), **cost})
    tables = {"orders": pd.concat([lines, late]), "after_sales": back, "costs": costs, "ads": pd.concat(spent)}
    return make_report(tables)


def test_roi_is_told_by_four_definitions_from_sums(make_report: Any) -> None:
    report = costed(make_report, ads("p1", [40000, 60000], net_gmv_fen=[38000, 58000]))
    answer = marketing.roi(report)
    bases = answer.tables["bases"].frame.set_index("roi_basis")
    assert bases["roi"].to_dict() == pytest.approx(
        {
            "gross": 5.0,  # 1,000 ÷ 200
            "net_1h": 4.8,  # 960 ÷ 200
            "net_refunds": 3.75,  # a quarter of the mature sales was paid back
            "contribution": 1.5,  # 30 × 40 yuan left of 4,000 paid is 30 %
        }
    )
    assert answer.values["break_even"].value == pytest.approx(1 / 0.3)
    assert answer.values["hits"].value == 0
    assert answer.stake.value == 0
    assert bases.loc["contribution", "break_even"] == pytest.approx(1)


def test_the_stake_is_what_contribution_did_not_bring_back(make_report: Any) -> None:
    report = costed(make_report, ads("p1", [50000, 50000]), ads("p2", [20000, 20000]))
    answer = marketing.roi(report)
    # p2: 200 spent, 400 sold, 30 % of it left: 80 yuan missing; p1 earned 300 on 200
    assert answer.stake.value == pytest.approx(80)
    assert answer.values["below"].value == 200
    assert answer.values["objects_below"].value == 1
    assert marketing.findings(report)[0].claim == "3.1.2b"
    assert "p2" in spoken(answer)


def test_levels_of_the_ad_report_are_never_added_up(make_report: Any) -> None:
    report = make_report({"ads": pd.concat([ads("p1", [40000]), ads("plan", [40000], "plan")])})
    assert promoted.spent(report)["object_id"].tolist() == ["p1"]
    answer = marketing.roi(report)
    assert answer.values["spend"].value == 100
    assert [gap.why for gap in answer.gaps] == ["no_refund", "no_cost"]
    assert answer.verdict == "open"  # one day


def test_watch_time_is_weighted_and_its_unit_is_checked(make_report: Any) -> None:
    rooms = sessions(2, viewers=[100, 300], watch_seconds=[120.0, 240.0], average_online=[3, 20])
    answer = marketing.watch_time(make_report({"live_sessions": rooms}))
    assert answer.values["minutes"].value == pytest.approx(3.5)  # (100 × 2 + 300 × 4) ÷ 400
    assert answer.values["median"].value == 3
    assert answer.values["hours"].value == pytest.approx(84000 / 3600)
    assert answer.values["unit_ratio"].value == pytest.approx(84000 / 82800)
    assert answer.values["online_needed"].value == 93  # 400 × 28 ÷ 120 minutes on air
    assert answer.verdict == "open"  # two sessions


def test_minutes_read_as_seconds_are_caught(make_report: Any) -> None:
    rooms = sessions(9, viewers=300, watch_seconds=28.0, average_online=140)
    answer = marketing.watch_time(make_report({"live_sessions": rooms}))
    assert answer.headline.key == "marketing.watch.unit"
    assert answer.verdict == "open"


def test_conversion_holds_only_when_steady_above_the_bar(make_report: Any) -> None:
    rooms = sessions(10, viewers=1000, buyers=100, product_click_users=500)
    answer = marketing.live_conversion(make_report({"live_sessions": rooms}))
    assert answer.verdict == "holds"
    assert answer.values["rate"].value == pytest.approx(0.1)
    assert answer.values["click_rate"].value == pytest.approx(0.2)
    assert answer.values["out"].value == 0


def test_conversion_that_leaps_is_not_steady_though_above_the_bar(make_report: Any) -> None:
    rooms = sessions(10, viewers=1000, buyers=[100] * 5 + [400] + [100] * 4)
    answer = marketing.live_conversion(make_report({"live_sessions": rooms}))
    assert answer.verdict == "fails"
    assert answer.headline.key == "marketing.conversion.fails"
    assert "click_rate" not in answer.values


def test_conversion_below_the_bar_is_said_to_be_below(make_report: Any) -> None:
    answer = marketing.live_conversion(make_report({"live_sessions": sessions(10, viewers=1000, buyers=20)}))
    assert answer.headline.key == "marketing.conversion.below"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_bare_order_list_gives_gaps_and_no_crash(make_report: Any, lang: str) -> None:
    bare = pd.DataFrame(
        {"order_id": ["a"], "line_id": ["a"], "payable_fen": [100], "paid_at": pd.Timestamp("2026-10-03")}
    )
    report = make_report({"orders": bare.assign(ordered_at=bare["paid_at"])}, lang=lang)
    answers = [ask(report) for ask in ASKED]
    assert [answer.needs[0] for answer in answers] == ["VID", "QC-U", "LIV", "LIV", "LIV", "ORD", "MEM"]
    assert all(spoken(answer) for answer in answers)
    assert marketing.findings(report) == []


def test_rows_that_hold_nothing_are_no_rows(make_report: Any) -> None:
    nothing = {"viewers": 0, "buyers": 0, "watch_seconds": 0.0, "gmv_fen": 0}
    shift = {"start": pd.Timestamp("2026-10-09"), "end": pd.Timestamp("2026-10-10")}
    tables = {
        "orders": orders(pd.DatetimeIndex(["2026-10-03"]), fen=1000000),
        "videos": videos([0], [0]),
        "ads": ads("p1", [0]).assign(spend_fen=0),
        "live_sessions": sessions(1, **nothing),
        "hosts": pd.DataFrame({"host": ["H1"], **shift}),
    }
    report = make_report(tables)
    assert [ask(report).why for ask in ASKED[:5]] == ["no_rows"] * 5
    assert all(spoken(ask(report)) for ask in ASKED)


def test_the_share_spent_on_ads_counts_one_level_of_the_report(make_report: Any) -> None:
    days = pd.date_range("2026-10-01", periods=3)
    plans = [ads("p1", [40000] * 3), ads("plan", [40000] * 3, "plan"), ads("v1", [40000] * 3, "video")]
    report = make_report({"orders": orders(days, fen=50000), "ads": pd.concat(plans)})
    share = signs._spend(report, lines.paid(report), Period("range", days[0].date(), days[-1].date()))
    assert share.estimate == pytest.approx(100 / 500)
