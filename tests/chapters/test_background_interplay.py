"""Own live rooms on the days of talents' posts, worked out by hand."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sales_frames import orders

from helpers.chapters import background
from helpers.findings import Gap

DAYS = pd.date_range("2026-05-01", "2026-10-31")
POSTS = DAYS[[10, 23, 31, 44, 58, 66, 79, 93, 101, 122, 135, 150]]
SOLD = orders(("A", "A", "2026-05-01 10:00", 1, "P", 1), ("B", "B", "2026-10-31 10:00", 1, "P", 1))
ELSEWHERE = 'platform = "elsewhere"'


def rooms(yuan_an_hour: Any) -> pd.DataFrame:
    """A session of two hours every evening."""
    start = DAYS + pd.Timedelta(hours=19)
    frame = pd.DataFrame({"account_id": "own", "started_at": start, "duration_seconds": 7200.0})
    return frame.assign(paid_fen=np.round(np.asarray(yuan_an_hour) * 200).astype(int))


def videos(days: Any = POSTS, seller: str = "partner") -> pd.DataFrame:
    frame = pd.DataFrame(
        {"video_id": [f"v{n}" for n in range(len(days))], "published_at": days + pd.Timedelta(hours=12)}
    )
    return frame.assign(period_start=DAYS[0], period_end=DAYS[-1], seller=seller, views=100)


def told(answer: Any) -> list[str]:
    return [answer.headline.key.rpartition(".")[2], *[line.key.rpartition(".")[2] for line in answer.more]]


def noise(seed: int = 1) -> Any:
    return np.random.default_rng(seed).normal(0, 8, len(DAYS))


def test_a_lift_on_the_days_of_posts_is_found_beside_weekday_and_trend(make_report: Any) -> None:
    base = 100 + 20.0 * (DAYS.day_of_week >= 5) + noise()
    yuan = base + 0.4 * base.mean() * DAYS.isin(POSTS)
    answer = background.interplay(
        make_report({"orders": SOLD, "live_sessions": rooms(yuan), "videos": videos()}, shop_toml=ELSEWHERE)
    )
    lift, before = answer.values["lift"], answer.values["before"]
    assert lift.low < 0.4 < lift.high and lift.high - lift.low < 0.12
    assert before.low < 0 < before.high
    assert (answer.values["posts"].value, answer.values["others"].value) == (12, len(DAYS) - 12)
    assert told(answer) == ["more", "basis", "around", "placebo", "doubt"]
    assert answer.tables["lags"].frame["post_lag"].tolist() == ["-1", "0", "1"]


def test_nothing_is_claimed_where_nothing_is(make_report: Any) -> None:
    tables = {"orders": SOLD, "live_sessions": rooms(100 + noise(2)), "videos": videos()}
    answer = background.interplay(make_report(tables, shop_toml=ELSEWHERE))
    assert told(answer)[0] == "open"
    assert answer.values["chance"].value > 0.2


def test_a_room_that_is_up_the_day_before_as_well_is_suspect(make_report: Any) -> None:
    both = DAYS.isin(POSTS) | DAYS.isin(POSTS - pd.Timedelta(days=1))
    tables = {"orders": SOLD, "live_sessions": rooms(100 + 40.0 * both + noise(3)), "videos": videos()}
    assert told(background.interplay(make_report(tables, shop_toml=ELSEWHERE)))[0] == "suspect"


def test_days_of_events_and_own_videos_do_not_count(make_report: Any) -> None:
    first, last = pd.to_datetime(["2026-10-01"]), pd.to_datetime(["2026-10-31"])
    sale = pd.DataFrame({"name": ["节"], "kind": "promotion", "start": first, "peak": first, "end": last})
    tables = {"orders": SOLD, "live_sessions": rooms(100 + noise(4)), "videos": videos(), "calendar": sale}
    answer = background.interplay(make_report(tables, shop_toml=ELSEWHERE))
    assert answer.values["posts"].value + answer.values["others"].value == len(DAYS) - 31
    tables["videos"] = videos(seller="own")
    missing = background.interplay(make_report(tables, shop="b", shop_toml=ELSEWHERE))
    assert isinstance(missing, Gap) and (missing.why, missing.needs) == ("missing_file", ("VID",))


def test_few_posts_no_sessions_or_one_session_say_so(make_report: Any) -> None:
    tables = {"orders": SOLD, "live_sessions": rooms(100 + noise(5)), "videos": videos(POSTS[:5])}
    few = background.interplay(make_report(tables, shop_toml=ELSEWHERE))
    assert isinstance(few, Gap) and few.why == "too_few" and few.slots["n"].value == 5
    none = background.interplay(make_report({"orders": SOLD, "videos": videos()}, shop="b", shop_toml=ELSEWHERE))
    assert isinstance(none, Gap) and none.needs == ("LIV",)
    one = tables | {"live_sessions": rooms(100 + noise(5)).head(1)}
    assert background.interplay(make_report(one, shop="c", shop_toml=ELSEWHERE)).why == "too_few"
    silent = tables | {"live_sessions": rooms(0 * noise()), "videos": videos()}
    assert background.interplay(make_report(silent, shop="d", shop_toml=ELSEWHERE)).why == "too_few"


def test_the_sample_shops_planted_lift_lies_in_the_interval(sample_report: Any) -> None:
    from helpers.chapters.background.interplay import _hourly, _posts
    from helpers.sample import posts, world

    series = _hourly(sample_report)
    strength = posts.strength(world.build(1500)).reindex(series.index)
    on = strength.index.isin(_posts(sample_report, series))
    true = strength[on].mean() / strength[~on].mean() - 1
    lift = background.interplay(sample_report).values["lift"]
    assert true > 0.05
    assert lift.low < true < lift.high


@pytest.mark.parametrize("column", ["paid_fen", "duration_seconds"])
def test_sessions_without_their_numbers_are_left_out(make_report: Any, column: str) -> None:
    bare = rooms(100 + noise(6)).assign(**{column: np.nan})
    answer = background.interplay(make_report({"orders": SOLD, "live_sessions": bare, "videos": videos()}))
    assert isinstance(answer, Gap) and answer.needs == ("LIV",)
