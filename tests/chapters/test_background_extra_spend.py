"""Spend beyond the usual: what it returned and how far it went, worked out by hand."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers.chapters import background
from helpers.chapters.background.extra_spend import net_return
from helpers.findings import Gap

DAYS = pd.date_range("2026-06-01", "2026-10-31")
SALES = (("2026-07-13", "2026-07-19"), ("2026-10-12", "2026-10-18"))
ELSEWHERE = 'platform = "elsewhere"'


def busy() -> Any:
    found = np.zeros(len(DAYS), dtype=bool)
    for first, last in SALES:
        found |= pd.Series(DAYS).between(first, last).to_numpy()
    return found


def calendar() -> pd.DataFrame:
    first, last = (pd.to_datetime(side) for side in zip(*SALES, strict=True))
    return pd.DataFrame({"name": ["七月节", "十月节"], "kind": "promotion", "start": first, "peak": first, "end": last})


def ads(spend: Any) -> pd.DataFrame:
    frame = pd.DataFrame({"level": "product", "object_id": "P", "day": DAYS, "spend_fen": (spend * 100).astype(int)})
    return frame.assign(gmv_fen=frame["spend_fen"] * 3)


def orders(by_ad: Any, natural: Any) -> pd.DataFrame:
    """One order a day from each kind of traffic."""
    parts = []
    for traffic, yuan in (("ad", by_ad), ("organic", natural)):
        ids = [f"{traffic}{day:%m%d}" for day in DAYS]
        frame = pd.DataFrame(
            {"order_id": ids, "line_id": ids, "paid_at": DAYS + pd.Timedelta(hours=9), "ordered_at": DAYS}
        )
        parts.append(frame.assign(payable_fen=(yuan * 100).astype(int), traffic=traffic))
    return pd.concat(parts)


def shop(by_ad: float = 600, natural: float = 1500, spend: float = 300, **more: Any) -> dict[str, Any]:
    """100 yuan a day bring 300 by ads beside 1,000 naturally; on promotion days as given."""
    on = busy()
    lines = orders(np.where(on, by_ad, 300.0), np.where(on, natural, 1000.0))
    return {"orders": lines, "ads": ads(np.where(on, spend, 100.0)), "calendar": calendar()} | more


def told(answer: Any) -> list[str]:
    return [answer.headline.key.rpartition(".")[2], *[line.key.rpartition(".")[2] for line in answer.more]]


def test_what_natural_growth_explains_is_no_return_of_the_extra_money(make_report: Any) -> None:
    answer = background.extra_spend(make_report(shop(), shop_toml=ELSEWHERE))
    values = {name: value.value for name, value in answer.values.items()}
    # a day: 200 more spent, 300 more sold; but natural sales rose by half, so 150 of it would have come anyway
    assert values["gross"] == pytest.approx(300 / 200)
    assert values["net"] == pytest.approx(150 / 200)
    assert (values["natural"], values["events"], values["extra"]) == (pytest.approx(0.5), 2, 14 * 200)
    assert (values["promo"], values["normal"]) == (pytest.approx(3), pytest.approx(3))
    frame = answer.tables["levels"].frame.set_index("spend_level")
    assert frame["days"].to_dict() == {"calm": len(DAYS) - 14, "high": 14, "all": 14}
    assert told(answer)[0] == "plain"  # without costs there is no break-even
    assert answer.verdict == ""


def test_with_known_costs_the_extra_money_is_judged_by_break_even(make_report: Any) -> None:
    cost = {"product_id": ["P"], "valid_from": [pd.Timestamp("2026-01-01")], "unit_cost_fen": [0], "fee_rate": [0.5]}
    costs = pd.DataFrame(cost).assign(freight_out_fen=0, packing_fen=0, return_cost_fen=0, commission_rate=0.0)
    after = {"after_sale_id": ["S"], "order_id": ["x"], "line_id": ["x"], "status": ["closed"], "kind": ["return"]}
    asked = pd.DataFrame(after).assign(applied_at=pd.Timestamp("2026-06-01"), refunded_at=pd.Timestamp("2026-06-02"))
    asked = asked.assign(goods_refund_fen=0)
    tables = shop(costs=costs, after_sales=asked)
    tables["orders"] = tables["orders"].assign(product_id="P", quantity=1)
    answer = background.extra_spend(make_report(tables, shop_toml=ELSEWHERE))
    assert answer.values["break_even"].value == pytest.approx(2)  # half of every yuan is left
    assert (answer.verdict, told(answer)[0]) == ("fails", "fails")
    tables["orders"] = tables["orders"].assign(
        payable_fen=lambda rows: rows["payable_fen"].where(rows["payable_fen"] != 60_000, 120_000)
    )
    better = background.extra_spend(make_report(tables, shop="b", shop_toml=ELSEWHERE))
    assert better.values["net"].value == pytest.approx(750 / 200)  # 1,200 less 450
    assert better.verdict == "holds"


def test_a_single_promotion_is_no_proof(make_report: Any) -> None:
    tables = shop(calendar=calendar().head(1))
    answer = background.extra_spend(make_report(tables, shop_toml=ELSEWHERE))
    assert answer.values["net"].low is None and answer.values["net"].value is not None


def test_without_ads_traffic_or_promotions_it_says_what_is_missing(make_report: Any) -> None:
    whole = shop()
    missing = background.extra_spend(make_report({"orders": whole["orders"]}, shop_toml=ELSEWHERE))
    assert isinstance(missing, Gap) and (missing.why, missing.needs) == ("missing_file", ("QC-U",))
    blind = whole | {"orders": whole["orders"].drop(columns="traffic")}
    assert background.extra_spend(make_report(blind, shop="b", shop_toml=ELSEWHERE)).why == "missing_column"
    calm = {name: whole[name] for name in ("orders", "ads")}
    assert background.extra_spend(make_report(calm, shop="c", shop_toml=ELSEWHERE)).why == "no_history"
    saved = background.extra_spend(make_report(shop(spend=50), shop="d", shop_toml=ELSEWHERE))
    assert isinstance(saved, Gap) and saved.why == "not_applicable"


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    rng, hits, runs = np.random.default_rng(6), 0, 300
    for _ in range(runs):
        rows = []
        for event in range(8):
            days = int(rng.integers(5, 35))
            usual, lift = (
                300 * np.exp(rng.normal(0, 0.06)),
                rng.uniform(1.05, 1.6),
            )  # the usual level is an estimate too
            extra = 100 * (lift - 1) * np.exp(rng.normal(0, 0.2, days))
            natural = lift * np.exp(rng.normal(0, 0.1, days))
            sold = 300 * lift * np.exp(rng.normal(0, 0.25, days) - 0.03) + 1.0 * extra
            rows.append(pd.DataFrame({"event": event, "extra": extra, "beyond": sold - usual * natural}))
        found = net_return(pd.concat(rows))
        hits += found.low <= 1 <= found.high
    assert 0.91 <= hits / runs <= 0.98


def test_the_greatest_day_is_set_against_the_median_of_its_weekday(make_report: Any) -> None:
    spend = np.where(DAYS.day_of_week == 0, 200.0, 100.0) + np.arange(len(DAYS)) % 3
    spend[DAYS == "2026-10-12"] = 1100  # a Monday in the promotion: about 5.5 of some 201
    spend[DAYS == "2026-10-13"] = 480  # a Tuesday: 4.8 of some 101
    answer = background.day_budget(make_report(shop() | {"ads": ads(spend)}, shop_toml=ELSEWHERE))
    top = answer.values["top"]
    assert top.value == pytest.approx(1100 / 201) and top.low == pytest.approx(1100 / 202)
    assert (answer.values["limit"].value, answer.values["over"].value) == (5, 1)
    assert (answer.verdict, told(answer)[0]) == ("fails", "fails")
    days = answer.tables["days"].frame.set_index("day")["spend_multiple"]
    assert days["2026-10-13"] == pytest.approx(480 / 101)
    assert days["2026-10-20"] == pytest.approx(1, abs=0.02)


def test_each_further_multiple_shows_what_it_returned(make_report: Any) -> None:
    on = busy()
    rows = ads(np.where(on, 300.0, 100.0))
    rows["gmv_fen"] = np.where(on, 60_000, 50_000)  # 200 more a day bring 100
    answer = background.day_budget(make_report(shop() | {"ads": rows}, shop_toml=ELSEWHERE))
    frame = answer.tables["multiple_steps"].frame.set_index("multiple_step")
    assert frame["days"].to_dict() == {1.0: len(DAYS) - 14, 3.0: 14}
    assert frame.loc[3.0, "step_return"] == pytest.approx(0.5)
    assert frame.loc[3.0, "average_roi"] == pytest.approx(2)
    assert (answer.verdict, told(answer)[0]) == ("holds", "holds")


def test_the_cash_flow_stands_in_where_no_ad_report_is_there(make_report: Any) -> None:
    cash = pd.DataFrame({"day": DAYS, "pool": "-", "account_id": "-", "spend_fen": np.where(busy(), 30_000, 10_000)})
    tables = {name: part for name, part in shop().items() if name != "ads"} | {"ad_cash": cash}
    answer = background.day_budget(make_report(tables, shop_toml=ELSEWHERE))
    assert answer.values["top"].value == pytest.approx(3)
    assert [gap.needs for gap in answer.gaps] == [("QC-U",)]
    assert "multiple_steps" in answer.tables and not len(answer.tables["multiple_steps"].frame)


def test_without_spend_or_enough_ordinary_days_there_is_no_multiple(make_report: Any) -> None:
    found = background.day_budget(make_report({"orders": shop()["orders"]}, shop_toml=ELSEWHERE))
    assert isinstance(found, Gap) and found.needs == ("QC-U", "QC-F")
    short = ads(np.full(len(DAYS), 100.0)).tail(10)
    found = background.day_budget(
        make_report({"orders": shop()["orders"], "ads": short}, shop="b", shop_toml=ELSEWHERE)
    )
    assert isinstance(found, Gap) and found.why == "no_history"


def test_the_sample_shops_spend_follows_demand_and_brings_nothing_beyond(sample_report: Any) -> None:
    extra, budget = background.extra_spend(sample_report), background.day_budget(sample_report)
    net = extra.values["net"]
    assert net.low < 0 < net.high  # sales of the made-up shop do not depend on spend
    assert net.high < extra.values["break_even"].value and extra.verdict == "fails"
    assert budget.verdict == "holds" and 2 < budget.values["top"].value < 4
