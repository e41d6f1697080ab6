"""Layers of members, lucky bags and wake-up coupons, worked out by hand."""

import json

import numpy as np
import pandas as pd
import pytest

from helpers import paths
from helpers.chapters import background, mature
from helpers.findings import Gap


def bought(keys, *days, yuan=100.0):
    """An order of each buyer on each day."""
    rows = [(f"{key}-{day}", key, pd.Timestamp(f"{day} 12:00"), round(yuan * 100)) for day in days for key in keys]
    return pd.DataFrame(rows, columns=["order_id", "buyer_key", "paid_at", "amount_fen"])


def group(letter, count):
    return [f"{letter}{i}" for i in range(count)]


def shop(*orders, **tables):
    """Members beside two orders of nobody, that make the data reach from January into November."""
    days = pd.to_datetime(["2026-01-01 10:00", "2026-11-04 10:00"])
    fill = pd.DataFrame({"order_id": ["Y", "Z"], "line_id": ["Y", "Z"], "payable_fen": 100, "product_id": "P"})
    known = {"members": pd.concat(orders)} if orders else {}
    return {"orders": fill.assign(paid_at=days, ordered_at=days, quantity=1), **known, **tables}


LAYERED = pd.concat(
    [
        bought(group("kept", 30), "2026-07-20", "2026-08-10", "2026-09-10"),
        bought(group("lost", 10), "2026-04-10", "2026-07-20", "2026-08-20"),  # the April order falls out of half a year
        bought(group("new", 40), "2026-09-15"),
        bought(group("new", 10), "2026-10-10"),
        bought(group("old", 35), "2026-03-01"),
        bought(["old0"], "2026-10-12"),
        bought(["late"], "2026-11-03"),  # after the period: nobody knows of it yet
    ]
)


def test_everybody_is_in_one_layer_and_who_moved_is_counted(make_report):
    found = background.layers(make_report(shop(LAYERED)))
    values = found.values
    assert values["kept"].value == 30 / 40
    assert values["second"].value == 10 / 40
    assert values["back"].value == pytest.approx(1 / 35)
    assert (values["core"].value, values["core"].n) == (30, 115)
    moves = found.tables["moves"].frame.set_index("layer")
    assert moves.loc["core", ["layer_members", "moved_core", "moved_repeat"]].to_list() == [40, 0.75, 0.25]
    assert moves.loc["new", "moved_new"] == 0.75
    shares = moves.filter(like="moved_").sum(axis=1)
    assert shares.to_list() == pytest.approx([1] * len(moves))


def test_a_single_buyer_who_moved_cannot_be_seen_in_the_table(make_report):
    moves = background.layers(make_report(shop(LAYERED))).tables["moves"].frame.set_index("layer")
    assert moves.loc["asleep", "moved_repeat"] == 0
    assert moves.loc["asleep", "moved_few"] == pytest.approx(1 / 35)


def test_three_tiny_orders_make_no_core_buyer(make_report):
    days = ("2026-07-20", "2026-08-10", "2026-09-10")
    tiny = bought(group("tiny", 40), *days, yuan=1)
    found = background.layers(make_report(shop(LAYERED, tiny)))
    assert found.values["core"].value == 30  # by the number of orders alone it would be 70
    assert found.tables["moves"].frame.set_index("layer").loc["repeat", "layer_members"] == 40


def test_layers_need_buyers_and_half_a_year(make_report):
    assert background.layers(make_report(shop(), shop="none")).why == "no_buyer"
    short = make_report(shop(bought(group("a", 40), "2026-09-01", "2026-10-05")), shop="short")
    assert background.layers(short).why == "no_history"
    few = make_report(shop(LAYERED[LAYERED["buyer_key"].str.startswith("old")]), shop="few")
    assert isinstance(background.layers(few), Gap)


def touched(touch="福袋", cost=1500, day="2026-09-20", treated=40, held=40):
    """Members t0… treated and h0… held out; the first half of the treated used it."""
    keys = group("t", treated) + group("h", held)
    frame = pd.DataFrame({"buyer_key": keys, "campaign": "秋", "touched_at": pd.Timestamp(f"{day} 10:00")})
    used = ["yes" if key in group("t", treated // 2) else "no" for key in keys]
    arm = ["treated"] * treated + ["held_out"] * held
    return frame.assign(touch={"福袋": "bag", "优惠券": "coupon"}[touch], arm=arm, used=used, cost_fen=cost)


BOTH = group("t", 40) + group("h", 40)
PAST = bought(BOTH, "2026-08-01")
AFTER = pd.concat([bought(group("t", 20), "2026-09-25"), bought(group("h", 10), "2026-10-05")])
TOO_LATE = bought(group("h", 40), "2026-10-25")  # more than 30 days after


def test_a_bag_is_read_against_the_held_out_and_pays_for_itself(make_report):
    found = background.lucky_bags(make_report(shop(PAST, AFTER, TOO_LATE, member_touches=touched())))
    values = found.values
    # treated: 20 of 40 paid 100, 20 bags at 15: 50 - 7.5; held out: 10 of 40 paid 100: 25
    assert values["left"].value == pytest.approx(17.5)
    assert values["paid"].value == pytest.approx(25)
    assert values["more"].value == pytest.approx(25)
    assert (values["treated"].value, values["held_out"].value) == (0.5, 0.25)
    assert values["even_cost"].value == pytest.approx(50)  # 25 a member more, every second one used a bag
    assert found.tables["bag"].frame["touch_left"].to_list() == [42.5, 25.0]


def test_a_used_coupon_is_put_back_before_the_share_kept_and_then_deducted_in_full(make_report, monkeypatch):
    monkeypatch.setattr(mature, "kept_share", lambda report: (0.5, "contribution"))
    old = bought(BOTH, "2026-05-01")
    report = make_report(shop(old, AFTER, member_touches=touched("优惠券", 500)))
    # treated: half had (100 + 5) * 0.5 - 5 left, held out: a quarter 100 * 0.5
    assert background.wake_up(report).values["left"].value == pytest.approx(23.75 - 12.5)


def test_arms_that_differed_before_are_not_read(make_report):
    rich = pd.concat([PAST, *(bought([f"t{i}"], "2026-07-01", yuan=200 + i) for i in range(40))])
    found = background.lucky_bags(make_report(shop(rich, AFTER, member_touches=touched())))
    assert found.headline.key == "background.lucky_bags.uneven"
    assert (found.verdict, found.action) == ("open", None)


def test_without_members_held_out_or_without_a_campaign_that_is_over_nothing_is_claimed(make_report):
    alone = make_report(shop(PAST, member_touches=touched(held=0)), shop="alone")
    assert background.lucky_bags(alone).why == "no_experiment"
    young = make_report(shop(PAST, member_touches=touched(day="2026-10-20")), shop="young")
    assert background.lucky_bags(young).why == "no_rows"
    assert background.lucky_bags(make_report(shop(PAST), shop="sheetless")).why == "missing_file"
    assert background.lucky_bags(make_report(shop(), shop="none")).why == "no_buyer"


def test_nobody_buying_on_either_side_is_no_effect_and_no_crash(make_report):
    found = background.lucky_bags(make_report(shop(PAST, member_touches=touched(cost=0))))
    assert (found.values["left"].value, found.verdict) == (0, "open")


def test_a_single_huge_order_leaves_the_verdict_open(make_report):
    huge = bought(["t39"], "2026-09-30", yuan=100_000)
    report = make_report(shop(PAST, AFTER, huge, member_touches=touched()))
    assert background.lucky_bags(report).verdict == "open"


def test_silence_counts_ended_and_unended_waits(make_report):
    slow = pd.concat([bought(group("a", 100), "2026-01-01"), bought(group("a", 50), "2026-01-11")])
    found = background.wake_up(make_report(shop(slow)))
    frame = found.tables["silence"].frame.set_index("silence")
    # 150 silences: 50 ended after ten days, 100 are still going on
    assert frame.loc["0", "silent_back"] == pytest.approx(1 / 3)
    assert frame.loc["30", "silent_back"] == 0
    assert found.values["asleep"].value == 100
    assert found.headline.slots["days"] == 30  # 0 of 100: at most 3.7 %
    assert found.gaps[0].why == "missing_file"


def test_without_buyers_or_with_too_few_nobody_sleeps(make_report):
    assert background.wake_up(make_report(shop(), shop="none")).why == "no_buyer"
    one = make_report(shop(bought(["a"], "2026-10-01")), shop="one")
    assert background.wake_up(one).why == "no_history"


def test_the_planted_effects_of_the_sample_are_recovered(sample_report):
    file = paths.raw("sample") / "truths" / "truths.json"
    truth = json.loads(file.read_text(encoding="utf-8"))["truths"]["touches"]
    for name, answer in (("bag", background.lucky_bags(sample_report)), ("wake", background.wake_up(sample_report))):
        more, paid = answer.values["more"], answer.values["paid"]
        assert more.low <= truth[name]["ordered"] * 100 <= more.high
        assert paid.low <= truth[name]["paid_yuan"] <= paid.high
    assert background.lucky_bags(sample_report).verdict == "fails"
    moves = background.layers(sample_report).tables["moves"].frame
    assert moves.filter(like="moved_").sum(axis=1).to_list() == pytest.approx([1] * len(moves))
    assert moves["layer_members"].sum() == sample_report.every("members")["buyer_key"].nunique() - np.sum(
        sample_report.every("members").groupby("buyer_key")["paid_at"].min() > pd.Timestamp("2026-11-01")
    )
