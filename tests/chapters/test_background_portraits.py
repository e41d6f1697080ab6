"""Buyers against the target audience, their interests, and the young: from portraits."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers import show
from helpers.chapters import background
from helpers.chapters.background.persona_gap import distance
from helpers.findings import Finding, Gap


def portrait(kind: str, *rows: tuple[Any, ...], audience: str = "buyers", month: str = "2026-10") -> pd.DataFrame:
    """One audience over a month: label, share and TGI per row."""
    frame = pd.DataFrame([(*row, None)[:3] for row in rows], columns=["label", "share", "tgi"])
    span = pd.Period(month)
    frame["tgi"] = frame["tgi"].astype("float64")
    days = {"period_start": span.start_time.normalize(), "period_end": span.end_time.normalize()}
    return frame.assign(audience=audience, label_kind=kind, **days)


def target(kind: str, valid_from: str = "2026-01-01", **shares: float) -> pd.DataFrame:
    frame = pd.DataFrame({"label": list(shares), "share": list(shares.values())})
    return frame.assign(label_kind=kind, valid_from=pd.Timestamp(valid_from))


def orders(count: int, day: str = "2026-10-12") -> pd.DataFrame:
    ids = [f"{day}-{number}" for number in range(count)]
    frame = pd.DataFrame(
        {"order_id": ids, "line_id": ids, "payable_fen": 5000, "paid_at": pd.Timestamp(f"{day} 10:00")}
    )
    return frame.assign(ordered_at=frame["paid_at"])


def both(*frames: pd.DataFrame) -> pd.DataFrame:
    return pd.concat(frames, ignore_index=True)


CITY = portrait("城市等级", ("一线", 0.2), ("二线", 0.3), ("三线", 0.5))
WANTED = target("城市等级", 一线=0.4, 二线=0.3, 三线=0.3)


def test_a_label_far_above_its_target_is_the_headline(make_report: Any) -> None:
    report = make_report({"portraits": CITY, "target_audience": WANTED, "orders": orders(400)})
    found = background.persona(report)
    frame = found.tables["persona"].frame.set_index("portrait_label")
    assert frame["against_target"].to_dict() == {"一线": "below", "三线": "above", "二线": "within"}
    assert frame.loc["三线", "persona_index"] == pytest.approx(0.5 / 0.3)
    assert found.values["distance.城市等级"].value == pytest.approx(0.2)  # half of 0.2 + 0 + 0.2
    # Wilson's interval of 200 in 400, by hand: 0.5 ± 1.95996 √(0.25/400 + 1.95996²/(4·400²)) / (1 + 1.95996²/400)
    assert frame.loc["三线", ["low", "high"]].tolist() == pytest.approx([0.45123, 0.54877], abs=1e-4)
    assert found.verdict == "fails"
    assert found.action is not None


def test_buyers_on_target_hold_and_no_label_is_accused(make_report: Any) -> None:
    wanted = target("城市等级", 一线=0.21, 二线=0.3, 三线=0.49)
    found = background.persona(make_report({"portraits": CITY, "target_audience": wanted, "orders": orders(1000)}))
    assert found.headline.key == "background.persona.near" and found.verdict == "holds"
    assert found.action is None


def test_the_deviation_is_split_into_traffic_and_ordering_without_rest(make_report: Any) -> None:
    watching = portrait("城市等级", ("一线", 0.3), ("二线", 0.3), ("三线", 0.4), audience="viewers")
    tables = {"portraits": both(CITY, watching), "target_audience": WANTED, "orders": orders(400)}
    values = background.persona(make_report(tables)).values
    assert values["traffic"].value == pytest.approx(10) and values["ordering"].value == pytest.approx(10)


def test_a_label_spelled_otherwise_is_told_and_never_read_as_zero(make_report: Any) -> None:
    wanted = both(WANTED, target("性别", 女性=0.9, 男性=0.1))
    sexes = portrait("预测性别", ("女", 0.9), ("男", 0.1))
    found = background.persona(
        make_report({"portraits": both(CITY, sexes), "target_audience": wanted, "orders": orders(400)})
    )
    assert set(found.tables["persona"].frame["label_kind"]) == {"城市等级"}
    assert [gap.why for gap in found.gaps] == ["undefined", "missing_file"]


def test_age_and_guessed_age_are_one_kind(make_report: Any) -> None:
    ages, wanted = (
        portrait("预测年龄段", ("18-23岁", 0.4), ("24-30岁", 0.6)),
        target("年龄", **{"18-23岁": 0.1, "24-30岁": 0.9}),
    )
    found = background.persona(make_report({"portraits": ages, "target_audience": wanted, "orders": orders(300)}))
    assert set(found.tables["persona"].frame["label_kind"]) == {"年龄"}


def test_a_later_target_counts_only_once_it_is_valid(make_report: Any) -> None:
    later = target("城市等级", "2026-11-01", 一线=0.2, 二线=0.3, 三线=0.5)
    tables = {"portraits": CITY, "target_audience": both(WANTED, later), "orders": orders(400)}
    assert background.persona(make_report(tables)).verdict == "fails"


def test_few_buyers_are_shown_and_not_judged(make_report: Any) -> None:
    found = background.persona(make_report({"portraits": CITY, "target_audience": WANTED, "orders": orders(20)}))
    assert set(found.tables["persona"].frame["against_target"]) == {"few"}
    assert found.headline.key == "background.persona.few"


def test_without_paid_orders_nobody_knows_how_many_people_and_nothing_is_judged(make_report: Any) -> None:
    unpaid = orders(5).assign(paid_at=pd.NaT)
    found = background.persona(make_report({"portraits": CITY, "target_audience": WANTED, "orders": unpaid}))
    assert found.verdict == "" and found.more[0].key == "background.persona.basis_none"
    assert show.says(found) is not None


def test_members_count_people_and_not_their_orders(make_report: Any) -> None:
    sold = orders(400)
    people = sold[["order_id", "paid_at"]].assign(buyer_key=[f"M{number // 2}" for number in range(400)])
    tables = {"portraits": CITY, "target_audience": WANTED, "orders": sold, "members": people}
    assert background.persona(make_report(tables)).tables["persona"].n == 200


@pytest.mark.parametrize("answer", [background.persona, background.interests, background.young])
def test_without_a_portrait_there_is_a_gap_that_names_it(make_report: Any, answer: Any) -> None:
    found = answer(make_report({"orders": orders(40)}))
    assert isinstance(found, Gap) and found.why == "missing_file" and found.needs[0] == "AUD"
    old = CITY.assign(period_start=pd.Timestamp("2026-07-01"), period_end=pd.Timestamp("2026-07-31"))
    found = answer(make_report({"orders": orders(40), "portraits": old}, shop="old"))
    assert isinstance(found, Gap) and found.why == "no_rows"


def test_without_a_target_sheet_there_is_a_gap(make_report: Any) -> None:
    found = background.persona(make_report({"portraits": CITY, "orders": orders(40)}))
    assert isinstance(found, Gap) and (found.why, found.needs) == ("no_target", ("TGT",))


def test_a_distance_interval_covers_the_truth() -> None:
    truth, wanted, rng = np.array([0.35, 0.25, 0.2, 0.2]), np.array([0.2, 0.2, 0.3, 0.3]), np.random.default_rng(5)
    hits, far = 0, 0.2
    for _ in range(400):
        found, error = distance(rng.multinomial(600, truth) / 600, wanted, 600)
        hits += abs(found - far) <= 1.96 * error
    assert 0.91 <= hits / 400 <= 0.98


INTEREST = portrait(
    "电商品类成交偏好", ("母婴用品", 0.6, 300.0), ("游戏", 0.1, 50.0), ("美食", 0.5, 100.0), ("宠物", 0.02, 200.0)
)


def test_interests_are_set_against_the_platform(make_report: Any) -> None:
    found = background.interests(make_report({"portraits": INTEREST, "orders": orders(500)}))
    frame = found.tables["interests"].frame.set_index("portrait_label")
    assert frame["against_base"].to_dict() == {
        "母婴用品": "above",
        "游戏": "below",
        "美食": "within",
    }  # 10 pet owners: too few
    assert frame.loc["母婴用品", ["base_share", "platform_index"]].tolist() == pytest.approx([0.2, 3.0])
    assert frame.loc["游戏", "platform_index"] == pytest.approx(0.5)
    assert frame.loc["母婴用品", "low"] < 3 < frame.loc["母婴用品", "high"]
    assert found.headline.key == "background.interests.both"


def test_only_changes_beyond_chance_are_told(make_report: Any) -> None:
    before = portrait(
        "电商品类成交偏好", ("母婴用品", 0.59, 300.0), ("游戏", 0.2, 100.0), ("美食", 0.5, 100.0), month="2026-09"
    )
    sold = both(orders(500), orders(500, "2026-09-12"))
    found = background.interests(make_report({"portraits": both(INTEREST, before), "orders": sold}))
    change = found.tables["interests"].frame.set_index("portrait_label")["interest_change"]
    assert change["游戏"] == pytest.approx(-10) and change[["母婴用品", "美食"]].isna().all()
    assert "background.interests.falling" in [said.key for said in found.more]


def test_a_portrait_without_tgi_names_the_column(make_report: Any) -> None:
    found = background.interests(make_report({"portraits": INTEREST.assign(tgi=np.nan), "orders": orders(500)}))
    assert isinstance(found, Gap) and found.why == "missing_column"


def test_styles_by_age_stay_a_gap_and_the_young_are_told(make_report: Any) -> None:
    ages = portrait("预测年龄段", ("18-23岁", 0.05), ("24-30岁", 0.95))
    watching = portrait("预测年龄段", ("18-23岁", 0.2), ("24-30岁", 0.8), audience="viewers")
    found = background.young(make_report({"portraits": both(ages, watching), "orders": orders(400)}))
    assert isinstance(found, Finding) and [gap.why for gap in found.gaps] == ["not_measurable"]
    assert (found.values["viewers"].value, found.values["buyers"].value) == (0.2, 0.05)
    assert found.more[0].key == "background.young.less"
    # 0.20 against 0.24 with 80 % power at 5 %: about 7.849 · 2 · 0.22 · 0.78 / 0.04² = 1,684 each
    assert found.values["people"].value == pytest.approx(1684, rel=0.02)


def test_a_portrait_without_age_leaves_nothing_to_tell_of_the_young(make_report: Any) -> None:
    found = background.young(make_report({"portraits": CITY, "orders": orders(400)}))
    assert isinstance(found, Gap) and found.why == "not_measurable"


def test_the_spending_label_closes_the_gap_of_spending_power(make_report: Any) -> None:
    power = portrait("预测消费能力", ("高", 0.3, 150.0), ("低", 0.7, 90.0))
    found = background.spending_power(make_report({"portraits": power, "orders": orders(100)}))
    assert found.gaps == () and found.values["label"].value == 0.3
    assert found.values["label_index"].value == pytest.approx(1.5)


def test_the_sample_shop_finds_its_planted_audience(sample_report: Any) -> None:
    found = background.persona(sample_report)
    share, far = found.values["share.人生阶段 宝宝3-6岁"], found.values["distance.人生阶段"]
    assert share.low <= 0.31 <= share.high
    assert far.low <= 0.23 <= far.high  # half of 0.04 + 0.10 + 0.09 + 0.19 + 0.04
    assert found.headline.slots["label"].key == "宝宝3-6岁" and found.verdict == "fails"
    likes, styles = background.interests(sample_report), background.young(sample_report)
    books, young = likes.values["index.电商品类成交偏好 图书文具"], styles.values["buyers"]
    assert books.low <= 0.29 / 0.12 <= books.high
    assert likes.more[1].key == "background.interests.rising"
    assert young.low <= 0.07 <= young.high
