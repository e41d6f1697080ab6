"""Settlement of guarantees, stepped commission, and conversion of talents' videos, worked out by hand."""

import numpy as np
import pandas as pd
import pytest
from planning_frames import PLAIN, daily

from helpers.chapters import background
from helpers.chapters.background.commission import growth_needed
from helpers.chapters.background.talents import _judged, _spread
from helpers.definitions.deck import Benchmark
from helpers.findings import Gap

DAY = pd.Timestamp


def alliance(*rows):
    """Alliance orders as (line, talent, day, yuan paid, rate)."""
    frame = pd.DataFrame(rows, columns=["line_id", "talent_name", "paid_at", "yuan", "commission_rate"])
    frame["paid_at"] = pd.to_datetime(frame["paid_at"]) + pd.Timedelta(hours=12)
    frame["paid_fen"] = (frame.pop("yuan") * 100).astype("int64")
    frame["expected_commission_fen"] = (frame["paid_fen"] * frame["commission_rate"]).round().astype("int64")
    return frame.assign(talent_id=frame["talent_name"])


def refunds(*rows):
    frame = pd.DataFrame(rows, columns=["line_id", "yuan", "refunded_at"])
    frame["refunded_at"] = pd.to_datetime(frame["refunded_at"])
    frame["goods_refund_fen"] = (frame.pop("yuan") * 100).astype("int64")
    frame = frame.assign(applied_at=frame["refunded_at"], status="success", kind="return")
    return frame.assign(after_sale_id=[f"S{at}" for at in frame.index], order_id=frame["line_id"])


def contract(talent="大咖", start="2026-08-01", end="2026-08-31", roi=3.0, fee=1000):
    steps = {
        "metric": ["talent_roi"],
        "scope": [talent],
        "at_least": [0.0],
        "valid_from": [DAY(start)],
        "amount": [roi],
    }
    fees = {"item": ["other"], "name": [talent], "start": [DAY(start)], "end": [DAY(end)], "amount_fen": [fee * 100]}
    return pd.DataFrame(steps), pd.DataFrame(fees)


SOLD = alliance(
    ("a", "大咖", "2026-08-05", 2000, 0.1),
    ("b", "大咖", "2026-08-31", 1000, 0.1),
    ("c", "大咖", "2026-09-01", 9000, 0.1),  # after the contract
    ("d", "别人", "2026-08-05", 5000, 0.1),
)
BACK = refunds(("b", 400, "2026-09-10"))


def settled(make_report, sold=SOLD, back=BACK, deal=None, **more):
    steps, fees = deal or contract()
    tables = {
        "orders": daily("2026-07-01", "2026-10-31"),
        "alliance_orders": sold,
        "target_steps": steps,
        "overheads": fees,
    }
    if back is not None:
        tables["after_sales"] = back
    return background.settlements(make_report(tables, shop_toml=PLAIN, **more))


def test_a_guarantee_is_settled_net_of_refunds_commission_and_slot_fee(make_report):
    answer = settled(make_report)
    row = answer.tables["settlements"].frame.iloc[0]
    assert row["net_sales"] == 2600  # 3,000 less 400; other talents and later days do not count
    assert row["commission"] == 260
    assert row["net_roi"] == pytest.approx(2600 / 1260)
    assert answer.values["short"].value == pytest.approx(3 * 1260 - 2600)
    assert answer.values["back"].value == pytest.approx(1260 - 2600 / 3, abs=0.01)
    assert answer.verdict == "fails"
    assert answer.action is not None
    # with what is to be paid back, the ratio is the guarantee
    assert 2600 / (1260 - answer.values["back"].value) == pytest.approx(3, abs=1e-3)


def test_the_slot_fee_is_all_that_can_be_paid_back(make_report):
    answer = settled(make_report, alliance(("a", "大咖", "2026-08-05", 30, 0.5)), refunds(("z", 1, "2026-09-01")))
    assert answer.values["back"].value == 1000


def test_a_met_guarantee_claims_nothing(make_report):
    answer = settled(make_report, deal=contract(roi=2.0))
    assert (answer.verdict, answer.values["short"].value, answer.action) == ("holds", 0, None)


def test_orders_still_in_their_refund_period_are_not_settled(make_report):
    deal = contract(start="2026-10-01", end="2026-10-31")
    answer = settled(make_report, alliance(("a", "大咖", "2026-10-05", 20, 0.1)), deal=deal)
    assert answer.tables["settlements"].frame["settle_state"].to_list() == ["early"]
    assert "shortfall" not in answer.tables["settlements"].frame
    assert (answer.verdict, answer.values["short"].value) == ("open", 0)


def test_a_contract_without_any_order_is_not_called_missed(make_report):
    answer = settled(make_report, alliance(("d", "别人", "2026-08-05", 5000, 0.1)))
    assert answer.tables["settlements"].frame["settle_state"].to_list() == ["none"]
    assert answer.verdict == "open"


def test_what_a_cooperation_left_takes_goods_and_fee_off(make_report):
    orders = daily("2026-07-01", "2026-10-31").tail(2)
    orders = orders.assign(line_id=["a", "b"], payable_fen=[200000, 100000], product_id="P", source_name="精选联盟")
    orders = orders.assign(paid_at=[DAY("2026-08-05 12:00"), DAY("2026-08-31 12:00")])
    costs = {"product_id": ["P"], "valid_from": [DAY("2026-01-01")], "unit_cost_fen": [50000], "commission_rate": [0.5]}
    costs = pd.DataFrame(costs).assign(freight_out_fen=0, packing_fen=0, return_cost_fen=0, fee_rate=0.0)
    steps, fees = contract()
    tables = {"orders": pd.concat([daily("2026-07-01", "2026-10-31"), orders]), "alliance_orders": SOLD, "costs": costs}
    tables |= {"target_steps": steps, "overheads": fees, "after_sales": refunds(("z", 1, "2026-09-01"))}
    answer = background.settlements(make_report(tables, shop_toml=PLAIN))
    # 3,000 less two pieces at 500, 300 of commission (the alliance's, not the sheet's half) and the fee
    assert answer.values["left/大咖"].value == 3000 - 1000 - 300 - 1000


def test_what_is_missing_for_a_settlement_is_named(make_report):
    assert settled(make_report, back=None).needs == ("AFS",)
    bare = background.settlements(make_report({"orders": daily("2026-10-01", "2026-10-31")}, shop="b"))
    assert bare.needs == ("ALO",)
    none = {"orders": daily("2026-07-01", "2026-10-31"), "alliance_orders": SOLD, "after_sales": BACK}
    assert background.settlements(make_report(none, shop="c")).needs == ("TGT", "CST")


STEPS = pd.DataFrame(
    {
        "metric": "commission_step",
        "scope": "全部",
        "at_least": [0.0, 1000.0],
        "amount": [0.1, 0.2],
        "valid_from": DAY("2026-01-01"),
    }
)


def stepped(make_report, sold, shop="probe", **more):
    tables = {"orders": daily("2026-06-01", "2026-10-31"), "alliance_orders": sold, "target_steps": STEPS} | more
    return background.stepped_commission(make_report(tables, shop=shop, shop_toml=PLAIN))


def test_steps_pay_by_the_months_net_sales_of_each_talent(make_report):
    sold = alliance(
        ("a", "甲", "2026-08-05", 800, 0.15),
        ("b", "甲", "2026-08-06", 400, 0.15),
        ("c", "甲", "2026-09-06", 900, 0.15),
        ("d", "乙", "2026-08-06", 500, 0.15),
        ("e", "乙", "2026-10-06", 5000, 0.15),  # October's refunds are not in
    )
    answer = stepped(make_report, sold, after_sales=refunds(("d", 100, "2026-08-20")))
    assert answer.values["now"].value == pytest.approx(0.15 * (1200 + 900 + 400))
    assert answer.values["stepped"].value == pytest.approx(0.2 * 1200 + 0.1 * 900 + 0.1 * 400)
    assert answer.values["excess"].value == pytest.approx(0.1 * 1000 + 0.2 * 200 + 0.1 * 1300)
    assert answer.values["extra"].value == pytest.approx(370 - 375)
    assert answer.headline.key == "talents.stepped_commission.same"  # five yuan of 375
    assert answer.tables["steps"].frame["talent_months"].to_list() == [2, 1]
    assert [gap.needs for gap in answer.gaps] == [("CST",)]


def test_the_break_even_of_a_step_keeps_the_contribution():
    more = growth_needed(0.3, 0.1, 0.15)
    assert (0.3 - 0.15) * (1 + more) == pytest.approx(0.3 - 0.1)
    assert growth_needed(0.1, 0.05, 0.15) == np.inf


def test_months_too_young_no_steps_and_no_file_are_gaps(make_report):
    young = stepped(make_report, alliance(("a", "甲", "2026-10-20", 800, 0.15)))
    assert (young.why, stepped(make_report, SOLD, "b", target_steps=STEPS.head(1)).why) == ("not_mature", "no_target")
    bare = background.stepped_commission(make_report({"orders": daily("2026-10-01", "2026-10-31")}, shop="c"))
    assert isinstance(bare, Gap)
    assert bare.needs == ("ALO",)


def videos(*rows):
    """Videos as (talent, clicks, orders)."""
    frame = pd.DataFrame(rows, columns=["account_name", "product_clicks", "orders"])
    span = {"period_start": DAY("2026-10-01"), "period_end": DAY("2026-10-31")}
    return frame.assign(video_id=[f"V{at}" for at in frame.index], seller="partner", **span)


def benchmark(value=0.05, low=0.04):
    row = {"metric": "talent_conversion", "amount": value, "least": low, "most": 0.06, "scope": "全部"}
    return pd.DataFrame([row | {"source_name": "罗盘", "source_day": DAY("2026-10-01")}])


def judged(make_report, rows, shop="probe", **more):
    tables = {"orders": daily("2026-10-01", "2026-10-31"), "videos": rows} | more
    return background.talents(make_report(tables, shop=shop, shop_toml=PLAIN))


MANY = [("好", 500, 50)] * 4 + [("差", 500, 8)] * 4 + [("少", 10, 1)] * 2 + [("中", 500, 25)] * 2


def test_sure_ones_are_kept_or_dropped_and_few_clicks_decide_nothing(make_report):
    answer = judged(make_report, videos(*MANY), benchmarks=benchmark())
    frame = answer.tables["talents"].frame.set_index("talent")
    assert frame["decision"].to_dict() == {"好": "keep", "差": "drop", "少": "hold", "中": "hold"}
    assert frame.loc["好", "clicks"] == 2000
    assert 0.05 < frame.loc["少", "shrunk"] < 0.1  # one in ten is pulled towards the others
    assert answer.verdict == "fails"
    assert [answer.values[name].value for name in ("keep", "drop", "hold")] == [1, 1, 2]


def test_only_mid_tier_talents_without_a_guarantee_are_judged(make_report):
    fans = {"talent_name": ["好", "差", "少"], "fans": [50_000, 200_000, 2_000_000]}
    span = {"period_start": DAY("2026-10-01"), "period_end": DAY("2026-10-31")}
    known = pd.DataFrame(fans).assign(talent_id=["1", "2", "3"], **span)
    steps, fees = contract("中", start="2026-10-01", end="2026-10-31")
    more = {"talents": known, "target_steps": steps, "overheads": fees, "benchmarks": benchmark()}
    answer = judged(make_report, videos(*MANY), **more)
    assert answer.tables["talents"].frame["talent"].to_list() == ["差"]


def test_without_a_benchmark_there_is_no_verdict_and_own_videos_are_not_talents(make_report):
    answer = judged(make_report, videos(*MANY))
    assert answer.verdict == ""
    assert "no_benchmark" in [gap.why for gap in answer.gaps]
    assert answer.values["pooled"].value == pytest.approx((200 + 32 + 2 + 50) / (2000 + 2000 + 20 + 1000))
    own = judged(make_report, videos(*MANY).assign(seller="own"), "b")
    assert isinstance(own, Gap)
    assert isinstance(judged(make_report, videos(("甲", 0, 0)), "c"), Gap)


def test_one_video_without_an_order_is_judged_by_no_one(make_report):
    answer = judged(make_report, videos(("甲", 3, 0)), benchmarks=benchmark())
    assert answer.tables["talents"].frame["decision"].to_list() == ["hold"]


def test_videos_that_differ_more_than_chance_count_for_less():
    even = videos(*[("甲", 100, 10)] * 4)
    uneven = videos(*[("甲", 100, 0), ("甲", 100, 20)] * 2)
    assert _spread(even) == 1
    # each video is 10 off: 4 × 100 / (100 × 0.1 × 0.9) over 3 degrees of freedom
    assert _spread(uneven) == pytest.approx(4 * 100 / 9 / 3)


def test_intervals_of_talents_cover_their_true_rates(make_report):
    report, rng = make_report({"orders": daily("2026-10-01", "2026-10-31")}, shop_toml=PLAIN), np.random.default_rng(11)
    bar = Benchmark("talent_conversion", 0.05, 0.04, 0.06, "x", "2026-10-01", "")
    inside = kept = wrong = 0
    for _ in range(200):
        true = rng.beta(6, 114, 8)
        rows, sums = [], []
        for at, rate in enumerate(true):
            clicks = rng.integers(30, 250, 8)
            hits = rng.binomial(clicks, rate)
            rows += [(f"T{at}", int(n), int(k)) for n, k in zip(clicks, hits, strict=True)]
            sums.append((f"T{at}", 8.0, float(clicks.sum()), float(hits.sum()), np.nan))
        frame = pd.DataFrame(sums, columns=["talent", "talent_videos", "clicks", "orders", "fans"])
        found = _judged(report, frame, videos(*rows), bar).set_index("talent").loc[frame["talent"]]
        inside += ((found["low"] <= true) & (true <= found["high"])).sum()
        kept += (found["decision"] == "keep").sum()
        wrong += ((found["decision"] == "keep") & (true < 0.05)).sum()
    assert 0.91 < inside / 1600 < 0.98
    assert wrong / kept < 0.05


def test_the_samples_settlement_is_the_planted_one(sample_report, sample_data):
    import json

    path = sample_data / "raw" / "sample" / "truths" / "truths.json"
    planted = json.loads(path.read_text(encoding="utf-8"))["truths"]["alliance"]
    answer = background.settlements(sample_report)
    due = planted["settlements"]["辰妈育儿日记"]
    assert answer.values["short"].value == pytest.approx(
        due["shortfall_yuan"], abs=1
    )  # commission is rounded per order
    assert answer.values["net_sales/辰妈育儿日记"].value == pytest.approx(due["net_yuan"], abs=0.01)
    states = answer.tables["settlements"].frame.set_index("talent")["settle_state"]
    assert states.to_dict() == {"辰妈育儿日记": "short", "青青带娃记": "early"}
    videos = background.talents(sample_report)
    ids = sample_report.every("talents").drop_duplicates("talent_name").set_index("talent_name")["talent_id"]
    frame = videos.tables["talents"].frame
    true = frame["talent"].map(ids).map(planted["video_rates"])
    assert ((frame["low"] <= true) & (true <= frame["high"])).sum() >= len(frame) - 1
    decided = frame.assign(true=true).query("decision != 'hold'")
    assert (decided.query("decision == 'keep'")["true"] >= 0.05).all()
    assert (decided.query("decision == 'drop'")["true"] < 0.04).all()
    assert background.stepped_commission(sample_report).values["growth"].low > 0
