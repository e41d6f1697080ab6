"""Chapter 03: hosts, promotions and returning buyers."""

from typing import Any

import pandas as pd
import pytest
from planning_frames import PLAIN
from test_marketing_content import orders, refunds, sessions, spoken

from helpers.chapters import marketing
from helpers.chapters.marketing import shifts

WOBBLE = [0.95, 1.05, 1.02, 0.98, 0.97, 1.03, 1.0, 1.0]


def staffed(viewers: dict[str, list[int]], per_viewer: dict[str, float]) -> dict[str, pd.DataFrame]:
    """Eight sessions for each host, one a day in turn, with a shift that fits."""
    names = list(viewers)
    rooms = sessions(8 * len(names), refund_fen=0, buyers=1)
    hosts = [names[day % len(names)] for day in range(len(rooms))]
    turn = [day // len(names) for day in range(len(rooms))]
    seen = [viewers[host][round_] for host, round_ in zip(hosts, turn, strict=True)]
    sold = [per_viewer[host] * count * WOBBLE[round_] for host, round_, count in zip(hosts, turn, seen, strict=True)]
    rooms = rooms.assign(viewers=seen, gmv_fen=[round(amount * 100) for amount in sold])
    shift = pd.DataFrame({"host": hosts, "start": rooms["started_at"], "end": rooms["ended_at"]})
    whole = orders(pd.DatetimeIndex(["2026-10-01"]))  # the order file covers the month
    return {"live_sessions": rooms, "hosts": shift, "orders": whole}


def test_a_host_who_sells_more_to_the_same_audience_leads(make_report: Any) -> None:
    crowd = [1000, 1200, 800, 1100, 900, 1000, 1050, 950]
    tables = staffed({"H1": crowd, "H2": crowd, "H3": crowd}, {"H1": 1.0, "H2": 2.0, "H3": 1.0})
    answer = marketing.hosts(make_report(tables))
    league = answer.tables["league"].frame.set_index("host")
    assert league.index[0] == "H2"
    assert league.loc["H2", "adjusted"] / league.loc["H1", "adjusted"] == pytest.approx(2, rel=0.05)
    assert answer.headline.key == "marketing.hosts.league"
    # 8 sessions each of H1 and H3, about 1,000 yuan short in each
    assert answer.values["gain"].value == pytest.approx(16000, rel=0.05)
    assert answer.stake is None  # no costs
    assert answer.verdict == "fails"  # 2,000 yuan against 500,000


def test_a_host_who_only_had_the_bigger_audience_does_not_lead(make_report: Any) -> None:
    small = [1000, 1200, 800, 1100, 900, 1000, 1050, 950]
    big = [count * 2 for count in small[::-1]]
    answer = marketing.hosts(
        make_report(staffed({"H1": small, "H2": big, "H3": small}, dict.fromkeys(["H1", "H2", "H3"], 1.0)))
    )
    league = answer.tables["league"].frame.set_index("host")
    assert league.loc["H2", "gmv_session"] / league.loc["H1", "gmv_session"] == pytest.approx(2, rel=0.02)
    assert league.loc["H2", "adjusted"] / league.loc["H1", "adjusted"] == pytest.approx(1, abs=0.1)
    assert answer.headline.key == "marketing.hosts.alike"
    assert answer.action is None


def test_a_session_that_two_hosts_shared_belongs_to_neither(make_report: Any) -> None:
    rooms = sessions(2, viewers=10, gmv_fen=1000)
    start, half = rooms["started_at"], rooms["started_at"] + pd.Timedelta(minutes=30)
    shift = pd.DataFrame(
        {
            "host": ["H1", "H2", "H1"],
            "start": [start[0], half[0], start[1]],
            "end": [half[0], rooms["ended_at"][0], rooms["ended_at"][1]],
        }
    )
    found, held = shifts.hosted(make_report({"live_sessions": rooms, "hosts": shift}))
    assert (found["host"].tolist(), held) == (["H1"], 2)
    assert found["started_at"].tolist() == [start[1]]


def test_the_gap_to_the_best_host_counts_the_others_sessions() -> None:
    scores = pd.DataFrame(
        {"adjusted": [200.0, 100.0], "log": [0.0, 0.0], "spread": 1e-9, "scale": 1.0, "sessions": [5, 10]}
    )
    assert shifts.gain(scores)[0] == 1000


def calendar(start: str, end: str, confirmed: str = "no") -> pd.DataFrame:
    day = {"start": pd.Timestamp(start), "end": pd.Timestamp(end)}
    return pd.DataFrame({"name": ["节"], "name_en": ["Fair"], "kind": "promotion", "confirmed": confirmed, **day})


def moved(make_report: Any, after: int = 5000) -> Any:
    """100 yuan a day, 300 from 1 to 10 October of which half comes back, then ``after`` fen for ten days."""
    days = pd.date_range("2026-06-01", "2026-10-31")
    fen = pd.Series(10000, index=days)
    fen["2026-10-01":"2026-10-10"], fen["2026-10-11":"2026-10-20"] = 30000, after
    lines = orders(days, name="o").assign(payable_fen=fen.to_numpy())
    sale = [
        number for number, day in enumerate(days) if pd.Timestamp("2026-10-01") <= day <= pd.Timestamp("2026-10-10")
    ]
    back = refunds([f"o{number}" for number in sale], days[sale] + pd.Timedelta(days=2), fen=15000)
    first = refunds(["o0"], days[:1], fen=0).assign(status="closed")
    tables = {
        "orders": lines,
        "after_sales": pd.concat([first, back]),
        "calendar": calendar("2026-10-01", "2026-10-10"),
    }
    return make_report(tables)


def test_a_promotion_is_measured_gross_net_and_with_the_days_around_it(make_report: Any) -> None:
    answer = marketing.promotion(moved(make_report))
    assert answer.values["multiple"].value == pytest.approx(3.0)
    assert answer.values["net"].value == pytest.approx(1.5)
    assert answer.values["peak"].value == pytest.approx(3.0)
    assert answer.values["age"].value == 25  # 10 October to the cut-off on 4 November
    # 500 yuan more in the promotion, 500 less in the ten days after it: nothing was won
    assert answer.values["extra"].value == pytest.approx(0, abs=0.01)
    assert answer.values["lasting"].value == pytest.approx(1.0)
    assert answer.verdict == "fails"
    assert "没有经公告核实" in spoken(answer)


def test_without_a_dip_the_extra_sales_stay(make_report: Any) -> None:
    assert marketing.promotion(moved(make_report, after=10000)).values["extra"].value == pytest.approx(500)


def test_a_promotion_that_still_runs_is_told_so_far_and_not_judged(make_report: Any) -> None:
    days = pd.date_range("2026-07-01", "2026-10-31")
    tables = {"orders": orders(days), "calendar": calendar("2026-10-20", "2026-11-11", "yes")}
    answer = marketing.promotion(make_report(tables))
    assert answer.headline.key == "marketing.promotion.running"
    assert answer.headline.slots["days"] == 12
    assert answer.values["multiple"].value == pytest.approx(1.0)
    assert answer.verdict == "open"
    assert "net" not in answer.values


def test_orders_and_calendar_are_enough_but_history_must_be_long(make_report: Any) -> None:
    tables = {
        "orders": orders(pd.date_range("2026-09-25", "2026-10-31")),
        "calendar": calendar("2026-10-09", "2026-10-12"),
    }
    answer = marketing.promotion(make_report(tables))
    assert answer.why == "no_history"


def member(rows: list[tuple[str, str, int]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["buyer_key", "paid_at", "amount_fen"])
    return frame.assign(
        paid_at=pd.to_datetime(frame["paid_at"]), order_id=[f"m{number}" for number in range(len(frame))]
    )


def test_a_returning_buyer_has_an_earlier_paid_order(make_report: Any) -> None:
    rows = member([("a", "2026-03-01", 10000), ("a", "2026-10-05", 30000), ("b", "2026-10-06", 10000)])
    answer = marketing.old_customers(
        make_report({"orders": orders(pd.DatetimeIndex(["2026-03-01", "2026-10-05"])), "members": rows})
    )
    assert answer.values["share"].value == pytest.approx(0.75)
    assert (answer.values["old"].value, answer.values["new"].value) == (300, 100)
    assert answer.verdict == "open"  # two days with orders
    assert answer.gaps == ()
    assert "2026-03-01" in spoken(answer)


def test_a_low_share_on_a_short_history_stays_open(make_report: Any) -> None:
    days = pd.date_range("2026-09-25", "2026-10-31")
    lines = orders(days, buyer_key=[f"b{number}" for number in range(len(days))])
    answer = marketing.old_customers(make_report({"orders": lines}))
    assert answer.values["share"].value == 0
    assert answer.verdict == "open"
    assert [gap.why for gap in answer.gaps] == ["no_history"]


def test_a_higher_share_through_fewer_new_buyers_is_called_that(make_report: Any) -> None:
    early = [(f"x{day}", f"2025-12-{day:02}", 10000) for day in range(1, 31)]
    september = [(f"x{day}", f"2026-09-{day:02}", 10000) for day in range(1, 31)]
    september += [(f"y{day}", f"2026-09-{day:02}", 10000) for day in range(1, 31)]
    october = [(f"x{day}", f"2026-10-{day:02}", 10000) for day in range(1, 31)]
    rows = member(early + september + october + [("z", "2026-10-31", 10000)])
    days = pd.date_range("2025-12-01", "2026-10-31")
    answer = marketing.old_customers(make_report({"orders": orders(days), "members": rows}, shop_toml=PLAIN))
    assert answer.values["share.previous"].value == 0.5
    assert answer.values["share"].value == pytest.approx(30 / 31)
    assert "marketing.old.fewer_new" in [said.key for said in answer.more]
    assert answer.verdict == "holds"


def test_the_sample_shop_shows_what_was_planted(sample_report: Any) -> None:
    hosts = marketing.hosts(sample_report)
    assert hosts.tables["league"].frame["host"].iloc[0] == "H2"
    conversion = marketing.live_conversion(sample_report)
    assert conversion.headline.key == "marketing.conversion.below"
    assert 2 <= marketing.watch_time(sample_report).values["minutes"].value <= 3  # planted 2.4
    assert 0.05 <= marketing.interaction(sample_report).values["rate"].value <= 0.07  # planted 6 %
    sale = marketing.promotion(sample_report).values["multiple"]
    assert sale.low <= 1.28 <= sale.high  # planted 1.2 a day, and 2.0 on the first of 23 days
    assert 2.4 <= marketing.roi(sample_report).values["roi"].value <= 3.9  # planted 2.4 to 3.9 by product
    assert all(
        spoken(ask(sample_report))
        for ask in (marketing.hosts, marketing.promotion, marketing.old_customers, marketing.roi)
    )
