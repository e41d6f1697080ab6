"""Tagged videos and creatives: scenes, hours, hooks, wear; worked out by hand, and intervals that hold."""

import numpy as np
import pandas as pd
import pytest
from sales_frames import orders

from helpers import show
from helpers.chapters import background
from helpers.chapters.background import tagged
from helpers.chapters.background.creatives import daily, each, wear
from helpers.findings import Gap
from helpers.sample.story import load

LEAST = 12  # videos of each kind in the hand-made shop
ORDERS = orders(("O1", "O1a", "2026-10-30 10:00", 50, "P", 1))


def videos(completion, start=0, hour=18, **more):
    """One video per completion rate, 1,000 plays each, 20 clicks, one a day from 2026-08-01."""
    count = len(completion)
    days = pd.date_range("2026-08-01", periods=count) + pd.Timedelta(hours=hour)
    frame = {"video_id": [f"V{start + i}" for i in range(count)], "published_at": days, "completion_rate": completion}
    frame |= {"views": 1000, "product_clicks": 20, "paid_fen": 5000, "product_id": "P", "seller": "own"}
    month = {"period_start": pd.Timestamp("2026-10-01"), "period_end": pd.Timestamp("2026-10-31")}
    return pd.DataFrame(frame | month | more)


def tags(ids, scene, **more):
    frame = {"content_id": list(ids), "content_kind": "video", "scene": scene, "hook": None, "format": "talk"}
    return pd.DataFrame(frame | {"product_id": "P"} | more).astype({"hook": "object"})


def two_kinds(make_report, scene_rates, plain_rates, **more):
    rows = pd.concat([videos(scene_rates), videos(plain_rates, start=len(scene_rates))])
    scenes = ["通勤"] * len(scene_rates) + ["无场景"] * len(plain_rates)
    tables = {"orders": ORDERS, "videos": rows, "content_tags": tags(rows["video_id"], scenes)}
    return make_report(tables | more)


def test_completion_with_and_without_a_scene_is_the_difference_of_means(make_report):
    with_scene, plain = [0.28, 0.32] * 6, [0.18, 0.22] * 6
    found = background.immersion(two_kinds(make_report, with_scene, plain))
    gap = found.values["completion.gap"]
    assert gap.unit == "points" and gap.value == pytest.approx(10)
    # spread inside: 24 × 0.02² / 22 degrees; error (0.0004364 / 6) ** 0.5 = 0.008528; t 2.0739
    assert (gap.low, gap.high) == pytest.approx((10 - 1.7687, 10 + 1.7687), abs=1e-3)
    assert found.headline.key == "background.immersion.more"
    assert found.values["completion.scene"].value == pytest.approx(0.30)
    assert found.tables["scenes"].frame["scene"].to_list() == ["通勤", "plain"]


def test_equal_videos_are_not_told_apart(make_report):
    rates = [0.2, 0.3, 0.4] * 4
    found = background.immersion(two_kinds(make_report, rates, rates))
    assert found.headline.key == "background.immersion.open"


def test_plays_weigh_the_periods_of_one_video(make_report):
    rows = pd.concat([videos([0.2] * 2 * LEAST), videos([0.5] * 2 * LEAST, views=3000)])
    later = {"period_start": pd.Timestamp("2026-09-01"), "period_end": pd.Timestamp("2026-09-30")}
    rows.iloc[2 * LEAST :] = rows.iloc[2 * LEAST :].assign(**later)
    scene = ["通勤", None] * LEAST
    report = make_report({"orders": ORDERS, "videos": rows, "content_tags": tags(rows["video_id"].unique(), scene)})
    found = tagged.videos(report)
    assert len(found) == 2 * LEAST and found["views"].eq(4000).all()
    assert found["completion"].to_numpy() == pytest.approx((0.2 * 1000 + 0.5 * 3000) / 4000)
    assert found["scene"].value_counts().to_dict() == {"通勤": LEAST, "plain": LEAST}  # tagged, no scene: plain


def test_partners_few_plays_and_untagged_videos_stay_out(make_report):
    rows = videos([0.2] * 5)
    rows.loc[0, "seller"], rows.loc[1, "views"], rows.loc[2, "views"] = "partner", 10, 0
    report = make_report({"orders": ORDERS, "videos": rows, "content_tags": tags(rows["video_id"][:4], "通勤")})
    assert tagged.videos(report)["video_id"].to_list() == ["V3"]


def test_a_scene_at_one_hour_that_truly_holds_viewers_is_found(make_report):
    rng = np.random.default_rng(5)
    parts = [videos(0.25 + rng.normal(0, 0.02, LEAST), start=100 * i, hour=hour) for i, hour in enumerate([10, 12, 15])]
    parts.append(videos(0.40 + rng.normal(0, 0.02, LEAST), start=900, hour=18))
    rows = pd.concat(parts)
    report = make_report({"orders": ORDERS, "videos": rows, "content_tags": tags(rows["video_id"], "通勤")})
    found = background.scripts(report)
    assert found.headline.key == "background.scripts.completion"
    assert found.headline.slots["part"].key == "evening_commute"
    best = found.values["best.completion"]
    assert best.value == pytest.approx(0.40, abs=0.02) and found.values["first.completion"].value > 0.99
    assert found.action is None  # no video was published in October, so a trial would take long


def test_hours_that_are_alike_give_no_winner(make_report):
    rates = [0.2, 0.25, 0.3] * 4
    rows = pd.concat([videos(rates, start=100 * i, hour=hour) for i, hour in enumerate([10, 12, 15])])
    found = background.scripts(
        make_report({"orders": ORDERS, "videos": rows, "content_tags": tags(rows["video_id"], "通勤")})
    )
    assert found.headline.key == "background.scripts.none" and found.action is None


def test_missing_files_few_videos_and_no_scenes_are_gaps(make_report):
    rows = videos([0.2, 0.3])
    bare = make_report({"orders": ORDERS})
    for function in (background.scripts, background.immersion):
        assert set(function(bare).needs) == {"CRE", "VID"}
    assert set(background.creatives(bare).needs) == {"QC-U"}
    few = make_report({"orders": ORDERS, "videos": rows, "content_tags": tags(["V0", "V1"], "通勤")}, shop="few")
    assert background.scripts(few).why == background.immersion(few).why == "too_few"
    blind = make_report({"orders": ORDERS, "videos": rows, "content_tags": tags(["V0"], None)}, shop="blind")
    assert background.scripts(blind).why == "missing_column"
    untagged = make_report({"orders": ORDERS, "ads": ads({"c": ([100], [10])})}, shop="untagged")
    assert set(background.creatives(untagged).needs) == {"CRE"}


def ads(creatives, impressions=10_000):
    """Creatives as id: (clicks per day, orders per day), from 2026-10-01."""
    rows = [
        (name, pd.Timestamp("2026-10-01") + pd.Timedelta(days=day), float(clicked), float(bought))
        for name, (clicks, orders) in creatives.items()
        for day, (clicked, bought) in enumerate(zip(clicks, orders, strict=True))
    ]
    frame = pd.DataFrame(rows, columns=["object_id", "day", "clicks", "orders"])
    counts = {"clicks": "int64", "orders": "int64"}
    return frame.astype(counts).assign(level="video", impressions=impressions, spend_fen=100, gmv_fen=100)


def hooked(make_report, rates, shop="probe"):
    """A creative per rate with 1,000 clicks on each of two days; hook by position in the mapping."""
    creatives, hooks = {}, {}
    for hook, given in rates.items():
        for place, rate in enumerate(given):
            creatives[f"{hook}{place}"] = ([1000, 1000], [1000 * rate, 1000 * rate])
            hooks[f"{hook}{place}"] = hook
    kinds = {"content_kind": "creative", "hook": list(hooks.values())}
    sheet = tags(hooks, "无场景").assign(**kinds)
    return make_report({"orders": ORDERS, "ads": ads(creatives), "content_tags": sheet}, shop=shop)


def test_a_hook_that_converts_better_is_named_with_its_rate(make_report):
    rates = {"a": [0.09, 0.10, 0.11], "b": [0.04, 0.05, 0.06], "c": [0.045, 0.05, 0.055]}
    found = background.creatives(hooked(make_report, rates))
    assert found.headline.key == "background.creatives.found" and found.headline.slots["tag"].key == "a"
    assert found.values["best"].low <= 0.10 <= found.values["best"].high
    assert found.values["rate"].value == pytest.approx((0.30 + 0.15 + 0.15) / 9)
    assert found.values["a_day"].value == 1000
    # (1.96 + 0.8416)² × (0.0667 × 0.9333 + 0.0867 × 0.9133) / 0.02² = 2,775 clicks of each: three days
    assert found.values["decide"].value == 3


def test_hooks_that_are_alike_are_not_told_apart(make_report):
    rates = {"a": [0.03, 0.05, 0.07], "b": [0.03, 0.05, 0.07], "c": [0.03, 0.05, 0.07]}
    found = background.creatives(hooked(make_report, rates))
    assert found.headline.key == "background.creatives.open" and found.action is None


def test_one_lucky_creative_makes_no_hook(make_report):
    rates = {"a": [0.02, 0.02, 0.60], "b": [0.05, 0.06, 0.05], "c": [0.05, 0.06, 0.06]}
    found = background.creatives(hooked(make_report, rates))
    assert found.headline.key == "background.creatives.open"


def test_creatives_with_hardly_a_click_and_days_without_any_are_left_out(make_report):
    frame = ads({"a": ([100, 0], [10, 0]), "b": ([5, 5], [5, 5])})
    report = make_report({"orders": ORDERS, "ads": frame, "content_tags": tags(["a", "b"], "通勤")})
    days = daily(report)
    assert len(days) == 3
    rows = each(report, days)
    assert rows.index.to_list() == ["a"] and rows["conversion"].to_list() == [0.1]
    assert np.isnan(wear(report, days).estimate)


def test_a_click_rate_that_halves_every_three_days_says_so(make_report):
    clicks = [round(4096 * 0.5 ** (day / 3)) for day in range(10)]
    frame = ads({name: (clicks, [1] * 10) for name in "abcd"}, impressions=100_000)
    report = make_report({"orders": ORDERS, "ads": frame})
    found = wear(report, daily(report))
    assert found.estimate == pytest.approx(3, rel=0.01)


class Bars:
    """Thresholds alone, for what needs nothing else of a report."""

    def threshold(self, name):
        return {"tagged_fewest": 3, "level": 0.95}[name]


def test_95_percent_intervals_of_tags_hold_the_true_means():
    rng, hits, all_of_them = np.random.default_rng(11), 0, 0
    for _ in range(150):
        true = pd.Series(rng.normal(0.25, 0.02, 8), list("abcdefgh"))
        tag, category = rng.choice(list("abcdefgh"), 90), rng.choice(list("uvwx"), 90)
        added = pd.Series({"u": 0.05, "v": 0.0, "w": -0.02, "x": -0.03})
        completion = true[tag].to_numpy() + added[category].to_numpy() + rng.normal(0, 0.05, 90)
        rows = pd.DataFrame({"scene": tag, "category": category, "completion": completion})
        found = tagged.compared(Bars(), rows, ["scene"], "completion").set_index("scene")
        middle = true[found.index] + added[category].mean()
        hits += int(((found["low"] <= middle) & (middle <= found["high"])).sum())
        all_of_them += len(found)
    assert 0.91 <= hits / all_of_them <= 0.98


def test_one_video_of_each_tag_or_a_single_tag_compares_nothing():
    rows = pd.DataFrame({"scene": ["a", "b"], "category": "u", "completion": [0.1, 0.2]})
    assert not len(tagged.compared(Bars(), rows, ["scene"], "completion"))
    alone = pd.DataFrame({"scene": ["a"] * 5, "category": "u", "completion": [0.1] * 5})
    assert not len(tagged.compared(Bars(), alone, ["scene"], "completion"))
    assert not len(tagged.compared(Bars(), rows.head(0), ["scene"], "completion"))
    same = pd.DataFrame({"scene": ["a", "b"] * 4, "category": "u", "completion": 0.2})
    assert not len(tagged.compared(Bars(), same, ["scene"], "completion"))  # no spread at all, so no error to trust


def test_the_planted_truths_of_the_sample_lie_in_their_intervals(sample_report):
    story = load("story")["content"]
    gap = background.immersion(sample_report).values["completion.gap"]
    assert gap.low <= 100 * story["completion_gap"] <= gap.high
    found = background.creatives(sample_report)
    best, half = found.values["best"], found.values["half"]
    assert found.headline.slots["tag"].key == "戳痛点"
    assert best.low <= story["conversion"] * story["hooks"]["戳痛点"] <= best.high
    assert half.low <= story["half_life"] <= half.high
    script = background.scripts(sample_report)
    assert (script.headline.slots["scene"].key, script.headline.slots["part"].key) == ("通勤", "evening_commute")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_gaps_are_said_in_both_languages(make_report, lang):
    report = make_report({"orders": ORDERS}, lang=lang)
    for function in (background.scripts, background.immersion, background.creatives):
        answer = function(report)
        assert isinstance(answer, Gap) and str(show.says(answer))
