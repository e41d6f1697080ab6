"""Split tests of creatives and return policies, worked out by hand."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sales_frames import orders

from helpers.chapters import background, sales, trials
from helpers.findings import Finding, Gap

DONE = {
    "unit": "user",
    "allocation": 0.5,
    "start": pd.Timestamp("2026-10-01"),
    "end": pd.Timestamp("2026-10-20 23:59:59"),
    "metric": "素材点击率",
    "state": "done",
    "test_id": "T1",
    "name": "素材：新旧开头",
}

ORDERS = orders(("Z0", "Z0", "2026-10-01 10:00", 1, "Z", 1), ("Z1", "Z1", "2026-11-04 10:00", 1, "Z", 1))


def log(*arms: tuple[str, int, int, int], **more: Any) -> pd.DataFrame:
    """Rows as (arm, units, base, hits), the control first; ``more`` holds for all of them."""
    frame = pd.DataFrame(arms, columns=["arm", "units", "base", "hits"])
    return frame.assign(control=["yes", *["no"] * (len(arms) - 1)], **(DONE | more))


OLD, NEW = ("旧", 1000, 1000, 80), ("新", 1000, 1000, 120)


def told(answer: Any) -> list[str]:
    return [answer.headline.key.rpartition(".")[2], *[line.key.rpartition(".")[2] for line in answer.more]]


def test_a_sound_finished_test_names_its_winner(make_report: Any) -> None:
    report = make_report({"orders": ORDERS, "experiments": log(OLD, NEW, cost_fen=100)})
    answer = background.creative_tests(report)
    values = answer.values
    assert (values["rate/T1:新"].value, values["control/T1:新"].value) == (0.12, 0.08)
    effect = values["effect/T1:新"]  # 12 % less 8 %: 4 points, standard error 1.34 points
    assert effect.value == pytest.approx(4)
    assert effect.low == pytest.approx(4 - 1.96 * 1.34, abs=0.1) and effect.high == pytest.approx(6.6, abs=0.1)
    assert told(answer) == ["winner", "effect"]
    assert answer.action.key == "background.creative_tests.act"
    assert answer.tables["tests"].frame["trial_verdict"].tolist() == ["better"]


@pytest.mark.parametrize(
    ("rows", "verdict"),
    [
        (log(OLD, ("新", 800, 800, 120)), "uneven"),  # 1,000 and 800 of 1,800 planned half and half: p below 0.0001
        (log(OLD, NEW, end=pd.Timestamp("2026-11-03")), "early"),
        (log(OLD, NEW, state="running", end=pd.Timestamp("2026-11-03")), "early"),
        (log(OLD, NEW, state="stopped"), "stopped"),
        (log(OLD, NEW).assign(units=pd.NA), "uncounted"),
        (log(OLD, NEW).assign(hits=pd.NA), "uncounted"),
        (log(("旧", 1000, 0, 0), NEW), "uncounted"),
        (log(OLD, NEW).assign(cost_fen=[1000, 1400]), "budget"),
    ],
)
def test_a_test_that_may_not_be_read_prints_no_numbers(make_report: Any, rows: Any, verdict: str) -> None:
    answer = background.creative_tests(make_report({"orders": ORDERS, "experiments": rows}))
    frame = answer.tables["tests"].frame
    assert frame["trial_verdict"].tolist() == [verdict]
    assert frame["trial_rate"].isna().all() and frame["effect_low"].isna().all()
    assert told(answer) == ["unread", verdict]
    assert answer.action is None


def test_a_lead_among_many_arms_is_held_to_their_number(make_report: Any) -> None:
    lucky = ("一", 1000, 1000, 107)  # 10.7 % against 8 %: z 2.08, p 0.038 alone
    alone = trials.read(make_report({"orders": ORDERS, "experiments": log(OLD, lucky)}), "creative")
    assert [trial.verdict for trial in alone] == ["better"]
    others = [(f"其他{n}", 1000, 1000, 80) for n in range(4)]
    many = trials.read(
        make_report({"orders": ORDERS, "experiments": log(OLD, lucky, *others, allocation=1 / 6)}, shop="b"),
        "creative",
    )
    assert [trial.verdict for trial in many] == ["open"] * 5
    assert many[0].effect.p == pytest.approx(alone[0].effect.p * 5)


def test_people_are_the_cases_where_one_may_count_often(make_report: Any) -> None:
    often = [("旧", 100, 1000, 80), ("新", 100, 1000, 120)]  # a hundred people of ten views each
    (trial,) = trials.read(make_report({"orders": ORDERS, "experiments": log(*often)}), "creative")
    assert trial.verdict == "open"
    assert trial.side.size == 100


def test_a_change_that_would_not_matter_is_told_from_one_that_cannot_be_seen(make_report: Any) -> None:
    wide = log(("旧", 1000, 1000, 100), ("新", 1000, 1000, 100), least_effect=0.1)
    (trial,) = trials.read(make_report({"orders": ORDERS, "experiments": wide}), "creative")
    assert trial.verdict == "open"
    # 10 % to 11 %: n = (1.96 sqrt(2 x 0.105 x 0.895) + 0.84 sqrt(0.1 x 0.9 + 0.11 x 0.89))^2 / 0.01^2
    assert trial.needed == pytest.approx(14_750, rel=0.01)
    tight = log(("旧", 40_000, 40_000, 4000), ("新", 40_000, 40_000, 4000), least_effect=0.1)
    (trial,) = trials.read(make_report({"orders": ORDERS, "experiments": tight}, shop="b"), "creative")
    assert trial.verdict == "alike"


def test_counts_that_the_log_lacks_come_from_the_ad_report(make_report: Any) -> None:
    rows = log(OLD, NEW).assign(base=pd.NA, hits=pd.NA, object_id=["A", "B"]).astype({"base": "Int64", "hits": "Int64"})
    day = pd.to_datetime(["2026-10-02", "2026-10-03", "2026-10-02", "2026-10-25"])
    ads = pd.DataFrame({"level": "video", "object_id": ["A", "A", "B", "B"], "day": day})
    ads = ads.assign(impressions=[600, 400, 1000, 9], clicks=[50, 30, 120, 9], spend_fen=[60, 40, 100, 9], gmv_fen=0)
    (trial,) = trials.read(make_report({"orders": ORDERS, "experiments": rows, "ads": ads}), "creative")
    assert (trial.side.rate, trial.control.rate) == (0.12, 0.08)  # the day after the end is left out
    assert (trial.side.spend, trial.control.spend) == (100, 100)


def test_a_policy_that_breaks_its_guardrail_is_no_winner(make_report: Any) -> None:
    policy = {"name": "退货：新政策", "metric": "再次下单率", "guardrail": "异常退款率"}
    broken = log(OLD, NEW, **policy).assign(guard_hits=[10, 40])  # 1 % against 4 %, a quarter of 1 % accepted
    answer = sales.policy_tests(make_report({"orders": ORDERS, "experiments": broken}))
    assert answer.tables["policies"].frame["trial_verdict"].tolist() == ["harm"]
    assert told(answer)[0] == "harm" and answer.action.key.endswith("act_harm")
    assert answer.values["harm/T1:新"].value == pytest.approx(3)
    unclear = log(OLD, NEW, **policy).assign(guard_hits=[10, 11])
    answer = sales.policy_tests(make_report({"orders": ORDERS, "experiments": unclear}, shop="b"))
    assert told(answer)[0] == "better_open" and answer.action.key.endswith("act_watch")
    fine = log(OLD, NEW, **policy).assign(guard_hits=[40, 10])
    assert told(sales.policy_tests(make_report({"orders": ORDERS, "experiments": fine}, shop="c")))[0] == "better_holds"


def test_less_is_better_for_a_return_rate(make_report: Any) -> None:
    rows = log(("旧", 1000, 1000, 120), ("新", 1000, 1000, 80), name="退货：说明卡", metric="退货率")
    answer = sales.policy_tests(make_report({"orders": ORDERS, "experiments": rows}))
    assert answer.tables["policies"].frame["trial_verdict"].tolist() == ["better"]
    assert answer.values["effect/T1:新"].value == pytest.approx(-4)


def test_products_that_take_turns_are_compared_by_turns(make_report: Any) -> None:
    names = {"unit": "product", "name": "退货：说明卡", "metric": "退货率"}
    start = pd.date_range("2026-09-01", periods=4)
    old = log(*[("旧", 9, 100, hits) for hits in (4, 16, 4, 16)], **(names | {"start": start})).assign(control="yes")
    new = log(*[("新", 9, 100, hits) for hits in (3, 15, 3, 15)], **(names | {"start": start})).assign(control="no")
    (trial,) = trials.read(make_report({"orders": ORDERS, "experiments": pd.concat([old, new])}), "policy")
    assert (trial.control.rate, trial.side.rate, trial.side.units) == (0.10, 0.09, 4)
    # the products of one arm differ by 12 points, so a difference of one is nothing: 0.01 ± some 0.09
    assert trial.verdict == "open" and trial.effect.high - trial.effect.low > 0.15


def test_tests_of_other_topics_times_or_without_a_control_are_left_out(make_report: Any) -> None:
    other = log(OLD, NEW, name="包装盒", metric="好评率", test_id="T2")
    old = log(OLD, NEW, test_id="T3", start=pd.Timestamp("2026-03-01"), end=pd.Timestamp("2026-03-20"))
    planned = log(OLD, NEW, test_id="T4", state="planned")
    free = log(OLD, NEW, test_id="T5").assign(control="no")
    report = make_report({"orders": ORDERS, "experiments": pd.concat([other, old, planned, free, log(OLD, NEW)])})
    answer = background.creative_tests(report)
    assert answer.values["tests"].value == 1
    assert told(answer) == ["winner", "effect", "money_unknown", "uncontrolled"]
    assert isinstance(sales.policy_tests(report), Gap)


def test_without_the_log_both_say_so(make_report: Any) -> None:
    report = make_report({"orders": ORDERS})
    for answer in (background.creative_tests(report), sales.policy_tests(report)):
        assert isinstance(answer, Gap) and answer.why == "missing_file" and answer.needs == ("EXP-AB",)


def test_few_false_winners_where_no_arm_is_better(make_report: Any) -> None:
    rng, found = np.random.default_rng(3), 0
    for _ in range(200):
        hits = rng.binomial(1000, 0.08, 3)
        rows = log(*[(str(n), 1000, 1000, int(k)) for n, k in enumerate(hits)], allocation=1 / 3)
        rows = rows.assign(first=rows["start"], last=rows["end"], amount_fen=np.nan, cost_fen=np.nan, guard_hits=np.nan)
        sides = [trials._side(part.assign(spend=np.nan)) for _, part in rows.groupby("arm")]
        effects = [trials._difference(side, side.hits, sides[0], sides[0].hits) for side in sides[1:]]
        adjusted = trials.benjamini_hochberg([effect.p for effect in effects])
        found += bool(min(adjusted) < 0.05)
    assert found <= 18  # 5 % of 200 are ten; two arms share a control


def test_the_sample_shops_tests_are_read_as_they_were_planted(sample_report: Any) -> None:
    creatives, policies = background.creative_tests(sample_report), sales.policy_tests(sample_report)
    assert isinstance(creatives, Finding) and isinstance(policies, Finding)
    read = creatives.tables["tests"].frame.groupby("trial_name")["trial_verdict"].agg(set).to_dict()
    assert read["纸尿裤素材：开箱与口播开头"] == {"better"}
    assert read["视频字幕：横版与竖版"] == {"uneven"} and read["辅食视频：前三秒钩子"] == {"budget"}
    assert "better" not in read["湿巾素材：五款封面"]
    effect = creatives.values["effect/T2026-09A:开箱开头"]
    assert effect.low < 1.1 < effect.high  # 4.1 % less 3.0 %
    effect = policies.values["effect/T2026-08B:上门取件"]
    assert effect.low < 5.5 < effect.high  # 23.5 % less 18 %
    told = policies.tables["policies"].frame.set_index("trial_arm")["trial_verdict"].to_dict()
    assert told["放宽门槛"] == "harm" and told["放说明卡"] in ("open", "alike")
