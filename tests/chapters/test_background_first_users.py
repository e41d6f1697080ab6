"""First-time buyers, their cost and their plan, worked out by hand."""

from typing import Any

import pandas as pd
import pytest

from helpers.chapters import background
from helpers.findings import Gap


def daily(first: str, last: str, buyer: str = "", **more: Any) -> pd.DataFrame:
    """One order of 50 yuan a day at noon, each of a buyer of its own, or all of the same ``buyer``."""
    days = pd.date_range(first, last)
    ids = [f"{buyer}{day:%Y%m%d}" for day in days]
    frame = pd.DataFrame({"order_id": ids, "line_id": ids, "payable_fen": 5000})
    frame = frame.assign(paid_at=days + pd.Timedelta(hours=12), ordered_at=days, buyer_key=buyer or ids)
    return frame.assign(**more)


def told(answer: Any) -> list[str]:
    return [answer.headline.key.rpartition(".")[2], *[line.key.rpartition(".")[2] for line in answer.more]]


def test_only_the_first_order_of_a_buyer_counts(make_report: Any) -> None:
    new = daily("2026-10-01", "2026-10-10", traffic="ad")
    old = daily("2026-09-01", "2026-10-31", buyer="old", traffic="organic")
    free = daily("2026-10-05", "2026-10-06", buyer="sample").assign(payable_fen=0)
    day = pd.to_datetime(["2026-10-01", "2026-10-02"])
    ads = pd.DataFrame({"level": "product", "object_id": "P", "day": day, "spend_fen": [6000, 4000], "gmv_fen": [1, 1]})
    answer = background.first_users(make_report({"orders": pd.concat([old, new, free]), "ads": ads}))
    values = {name: value.value for name, value in answer.values.items()}
    assert values["buyers"] == 10
    assert (values["cost"], values["by_ad"], values["ad_cost"]) == (10, 10, 10)
    frame = answer.tables["curve"].frame
    assert frame["new_total"].tolist() == [*range(1, 11), *[10] * 21]
    assert "new_total_before" not in frame  # the records begin in September: everybody was new then
    assert [gap.why for gap in answer.gaps] == ["no_target", "no_history"]


def test_growth_compares_days_that_are_alike(make_report: Any) -> None:
    twice = daily("2026-10-01", "2026-10-31").assign(order_id=lambda rows: "b" + rows["order_id"])
    twice = twice.assign(line_id=twice["order_id"], buyer_key=twice["order_id"])
    both = pd.concat([daily("2026-01-01", "2026-10-31"), twice])
    answer = background.first_users(make_report({"orders": both}, shop_toml='platform = "elsewhere"'))
    assert answer.values["buyers"].value == 62  # two a day, one a day before
    assert answer.values["change"].value == pytest.approx(1)
    assert told(answer)[:2] == ["up", "change"]


def test_the_plan_is_spread_over_the_days_and_its_part_done_is_told(make_report: Any) -> None:
    target = {"metric": ["new_buyers_month"], "valid_from": [pd.Timestamp("2026-01-01")], "amount": [62.0]}
    tables = {"orders": daily("2026-01-01", "2026-10-31"), "targets": pd.DataFrame(target)}
    answer = background.first_users(make_report(tables, shop_toml='platform = "elsewhere"'))
    assert (answer.values["done"].value, told(answer)[0]) == (0.5, "planned")
    plan = answer.tables["curve"].frame["new_total_plan"]
    assert plan.tolist() == pytest.approx([2.0 * n for n in range(1, 32)])
    assert not answer.gaps


def test_unknown_buyers_are_told(make_report: Any) -> None:
    lines = daily("2026-01-01", "2026-10-31")
    lines.loc[lines.index[-10:], "buyer_key"] = None
    answer = background.first_users(make_report({"orders": lines}))
    assert "known" in told(answer) and answer.values["known"].value == pytest.approx(21 / 31)


def test_without_buyers_the_fans_stand_alone_and_without_both_it_is_a_gap(make_report: Any) -> None:
    lines = daily("2026-10-01", "2026-10-31").assign(buyer_key=None)
    found = background.first_users(make_report({"orders": lines}))
    assert isinstance(found, Gap) and (found.why, found.needs) == ("no_buyer", ("MEM",))
    room = {"account_id": "a", "started_at": [pd.Timestamp("2026-10-02 20:00")], "new_fans": [7], "lost_fans": [9]}
    found = background.first_users(make_report({"orders": lines, "live_sessions": pd.DataFrame(room)}, shop="b"))
    assert told(found) == ["fans_only"]
    assert (found.values["fans"].value, found.values["net_fans"].value) == (7, -2)


def test_the_sample_shops_first_buyers_are_those_of_its_own_book(sample_report: Any) -> None:
    members = sample_report.every("members")
    firsts = members.groupby("buyer_key")["paid_at"].min()
    october = ((firsts >= "2026-10-01") & (firsts < "2026-11-01")).sum()
    answer = background.first_users(sample_report)
    assert answer.values["buyers"].value == october
    assert answer.values["fans"].value == sample_report.table("live_sessions")["new_fans"].sum()
