"""Signs of being better known: searches, fans, follows."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers.chapters import background
from helpers.findings import Gap


def history() -> pd.DataFrame:
    """One paid order a day in two months with few events, so that the second can be compared with the first."""
    days = pd.date_range("2026-07-01", "2026-08-31")
    ids = [f"o{day:%m%d}" for day in days]
    frame = pd.DataFrame(
        {"order_id": ids, "line_id": ids, "payable_fen": 1000, "paid_at": days + pd.Timedelta(hours=10)}
    )
    return frame.assign(ordered_at=frame["paid_at"])


def index(own: float, category: float, *months: str, noise: float = 0.02, source: str = "s") -> pd.DataFrame:
    """A search index a day with a share of the category that differs by week."""
    parts = []
    for month in months:
        days = pd.date_range(f"{month}-01", pd.Period(month).end_time.normalize())
        wave = 1 + noise * np.sin(np.arange(len(days)))
        for owner, level in (("own", own * wave), ("category", np.full(len(days), category))):
            part = pd.DataFrame({"day": days, "value": level, "owner": owner, "keyword": owner, "source_name": source})
            parts.append(part)
    return pd.concat(parts, ignore_index=True)


def test_a_name_searched_for_more_against_its_category_rises(make_report: Any) -> None:
    seen = pd.concat([index(200, 10_000, "2026-07"), index(300, 10_000, "2026-08")], ignore_index=True)
    found = background.recognition(make_report({"orders": history(), "brand_index": seen}, "2026-08"))
    row = found.tables["signs_of_recognition"].frame.iloc[0]
    assert row[["now", "then"]].tolist() == pytest.approx([0.03, 0.02], abs=2e-4)
    assert row["change"] == pytest.approx(1, abs=0.02) and row["recognition_reads"] == "rising"
    assert found.headline.key == "background.recognition.search_rising"
    assert found.gaps[0].needs == ("PCS", "LIV", "VID")


def test_a_season_that_lifts_name_and_category_alike_is_no_rise(make_report: Any) -> None:
    seen = pd.concat([index(200, 10_000, "2026-07"), index(400, 20_000, "2026-08")], ignore_index=True)
    found = background.recognition(make_report({"orders": history(), "brand_index": seen}, "2026-08"))
    assert found.headline.key == "background.recognition.open"


def test_days_that_are_missing_make_no_fall(make_report: Any) -> None:
    seen = index(200, 10_000, "2026-07", "2026-08")
    seen = seen[~seen["day"].between("2026-08-24", "2026-08-27")]
    found = background.recognition(make_report({"orders": history(), "brand_index": seen}, "2026-08"))
    assert found.values["search.change"].value == pytest.approx(0, abs=0.02)
    assert found.tables["signs_of_recognition"].frame["recognition_reads"].tolist() == ["open"]


def test_two_sources_are_never_mixed(make_report: Any) -> None:
    other = index(5000, 9000, "2026-08", source="other")
    seen = pd.concat([index(200, 10_000, "2026-07", "2026-08"), other.head(10)], ignore_index=True)
    found = background.recognition(make_report({"orders": history(), "brand_index": seen}, "2026-08"))
    assert found.values["search"].value == pytest.approx(0.02, abs=2e-4)


def test_a_name_without_a_category_word_tells_nothing(make_report: Any) -> None:
    seen = index(200, 10_000, "2026-07", "2026-08")
    found = background.recognition(
        make_report({"orders": history(), "brand_index": seen[seen["owner"] == "own"]}, "2026-08")
    )
    assert isinstance(found, Gap)


def videos(month: str, fans: list[int]) -> pd.DataFrame:
    span = pd.Period(month)
    frame = pd.DataFrame({"video_id": [f"{month}{n}" for n in range(len(fans))], "views": 10_000, "new_fans": fans})
    return frame.assign(period_start=span.start_time.normalize(), period_end=span.end_time.normalize(), title="x")


def test_follows_are_weighed_by_plays_and_compared_by_video(make_report: Any) -> None:
    made = pd.concat([videos("2026-07", [10, 12, 11, 9]), videos("2026-08", [40, 42, 41, 39])], ignore_index=True)
    found = background.recognition(make_report({"orders": history(), "videos": made}, "2026-08"))
    assert found.values["follows"].value == pytest.approx(162 / 40_000)
    assert found.values["follows.change"].value == pytest.approx((162 - 42) / 40_000 * 100)
    assert found.headline.key == "background.recognition.follows_rising"


def channels(month: str, search: int) -> pd.DataFrame:
    span = pd.Period(month)
    frame = pd.DataFrame(
        {"channel": ["搜索", "推荐"], "sub_channel": ["x", "y"], "click_users": [search, 1000 - search]}
    )
    return frame.assign(period_start=span.start_time.normalize(), period_end=span.end_time.normalize())


def test_a_month_is_set_against_how_much_the_months_before_vary(make_report: Any) -> None:
    ends = (
        history()
        .head(2)
        .assign(order_id=["e", "l"], line_id=["e", "l"], paid_at=pd.to_datetime(["2026-01-01", "2026-10-31"]))
    )
    sold = pd.concat([history(), ends.assign(ordered_at=ends["paid_at"])], ignore_index=True)
    usual = [channels(f"2026-{month:02}", 200 + 10 * (month % 3)) for month in range(2, 10)]

    def october(search: int, shop: str) -> Any:
        report = make_report(
            {"orders": sold, "card_channels": pd.concat([*usual, channels("2026-10", search)])}, shop=shop
        )
        return background.recognition(report).tables["signs_of_recognition"].frame.iloc[0]

    # the months before: 220 200 210 220 200 210 220 200 of 1,000: mean 210, s = √(600/7) = 9.26, t with 7 = 2.365
    row = october(225, "usual")
    assert (row["then"], row["recognition_reads"]) == (pytest.approx(0.21), "open")
    assert row["high"] - row["change"] == pytest.approx(2.365 * 0.9258 * (1 + 1 / 8) ** 0.5, abs=0.01)
    assert october(260, "high")["recognition_reads"] == "rising"


def test_without_any_file_there_is_a_gap_that_names_them_all(make_report: Any) -> None:
    found = background.recognition(make_report({"orders": history()}, "2026-08"))
    assert isinstance(found, Gap) and (found.why, found.needs) == ("missing_file", ("IDX", "PCS", "LIV", "VID"))


def test_the_sample_shop_is_searched_for_more_and_followed_no_more(sample_report: Any) -> None:
    found = background.recognition(sample_report)
    middle = [(pd.Timestamp(f"{year}-10-16") - pd.Timestamp("2025-09-01")).days / 30 for year in (2025, 2026)]
    then, now = (0.021 * 1.03**months for months in middle)
    change = found.values["search.change"]
    assert change.low <= (now - then) * 100 <= change.high
    assert found.headline.key == "background.recognition.search_rising"
    assert found.values["search.then"].id.endswith("when=year_ago")
    reads = found.tables["signs_of_recognition"].frame.set_index("recognition_sign")["recognition_reads"]
    assert reads["follows"] == "open"  # planted at 4 in 1,000 in every month
