"""Next month's target and the growth target, worked out by hand."""

import pandas as pd
import pytest
from planning_frames import PLAIN, all_of, daily, events, orders, targets

from helpers.chapters import planning
from helpers.findings import Finding, Gap

FLAT = daily("2026-05-01", "2026-10-31")  # 100 yuan every day
GOAL = targets(("gmv_month", "2026-01-01", "9000"), ("gmv_month", "2026-11-01", "3000.10"))


def planned(make_report, period="2026-10", shop_toml=PLAIN, **tables):
    return planning.monthly_target(make_report({"orders": FLAT} | tables, period, shop_toml=shop_toml))


def test_the_target_is_the_one_valid_in_the_next_month(make_report):
    values = planned(make_report, targets=GOAL).values
    assert values["expected.target"].value == 3000.10
    assert values["expected.target"].id == "planning.target_month/month=2026-11"


def test_an_older_target_holds_until_it_is_replaced(make_report):
    assert planned(make_report, "2026-09", targets=GOAL).values["expected.target"].value == 9000


def test_flat_days_bring_exactly_their_sum(make_report):
    found = planned(make_report, targets=GOAL)
    values = found.values
    assert values["expected"].value == 3000.0
    assert values["chance"].value == 0.0  # ten fen short, in every future
    assert values["gap"].value == 0.10
    assert values["need"].value == pytest.approx(100.0, abs=0.01)
    assert found.verdict == "fails"


def test_a_target_at_the_level_of_flat_days_is_reached(make_report):
    found = planned(make_report, targets=targets(("gmv_month", "2026-11-01", "3000")))
    assert (found.values["chance"].value, found.values["gap"].value, found.verdict) == (1.0, 0.0, "holds")


def test_the_days_add_up_to_the_target_to_the_fen(make_report):
    found = planned(make_report, targets=GOAL)
    cells = found.tables["calendar_days"].frame
    assert cells["day_target"].notna().sum() == 30
    assert round(cells["day_target"].sum() * 100) == 300010
    assert cells["day_target"].dropna().round(2).isin([100.0, 100.01]).all()
    assert cells["weekday"].tolist()[:7] == ["0", "1", "2", "3", "4", "5", "6"]
    assert cells["day_target"].isna().tolist()[:7] == [True] * 6 + [False]  # 1 November 2026 is a Sunday
    assert "parts" not in found.tables


def test_a_promotion_weighs_what_it_weighed_before(make_report):
    sold = daily(
        "2026-05-01",
        "2026-10-31",
        lambda day: 300 if pd.Timestamp("2026-09-10") <= day <= pd.Timestamp("2026-09-12") else 100,
    )
    calendar = events(("秋促", "2026-09-10", "2026-09-12"), ("秋促", "2026-11-20", "2026-11-22"))
    found = planned(make_report, orders=sold, calendar=calendar, targets=targets(("gmv_month", "2026-11-01", "3600")))
    assert found.values["expected"].value == 3600.0  # 27 days at 100, 3 at 300
    cells = found.tables["calendar_days"].frame["day_target"].dropna()
    assert sorted(cells.round(2).unique()) == [100.0, 300.0]


def test_carriers_share_the_target_as_they_sold_and_tie_out(make_report):
    live = daily("2026-10-01", "2026-10-31", 200, carrier="live").assign(line_id=[f"L{i}" for i in range(31)])
    live = live.assign(order_id=live["line_id"])
    found = planned(make_report, orders=all_of(FLAT.assign(carrier="card"), live), targets=GOAL)
    parts = found.tables["parts"].frame
    assert parts["plan_part"].tolist() == ["live", "card"]
    assert round(parts["target"].sum() * 100) == 300010
    assert parts["share"].tolist() == pytest.approx([2 / 3, 1 / 3], abs=1e-4)
    assert parts["recent_per_day"].tolist() == [200.0, 100.0]


def test_own_live_sessions_are_kept_apart_from_partners_where_the_orders_tell(make_report):
    rows = FLAT.assign(carrier="live", source_name=["精选联盟", "小店自卖"] * (len(FLAT) // 2))
    parts = planned(make_report, orders=rows, targets=GOAL).tables["parts"].frame
    assert set(parts["plan_part"]) == {"live_own", "live_partner"}


def test_hosts_share_what_their_carrier_has_to_bring(sample_report):
    found = planning.monthly_target(sample_report)
    parts = found.tables["parts"].frame
    hosts = parts[parts["host"].notna()]
    carriers = parts[parts["host"].isna()]
    cells = found.tables["calendar_days"].frame["day_target"]
    own = carriers.loc[carriers["plan_part"] == "live_own", "target"].iloc[0]
    assert set(hosts["host"]) == {"H1", "H2", "H3"}
    assert round(hosts["target"].sum() * 100) == round(own * 100)
    assert round(carriers["target"].sum() * 100) == round(cells.sum() * 100) == 26_000_000
    assert found.verdict == "fails"


def test_without_a_target_the_likely_month_is_still_told(make_report):
    found = planned(make_report)
    assert found.values["expected"].value == 3000.0
    assert found.headline.key == "planning.month.no_target"
    assert [(gap.why, gap.needs) for gap in found.gaps] == [("no_target", ("TGT",))]
    assert (found.verdict, found.tables) == ("open", {})


def test_a_month_under_way_needs_the_rest_only(make_report):
    found = planned(make_report, "2026-10-01..2026-10-21", targets=targets(("gmv_month", "2026-10-01", "4100")))
    assert found.values["so_far"].value == 2100.0
    assert found.values["need"].value == 200.0  # 2000 left, 10 days
    assert round(found.tables["calendar_days"].frame["day_target"].sum()) == 2000


def test_a_target_that_is_met_has_nothing_left_to_share(make_report):
    found = planned(make_report, "2026-10-01..2026-10-21", targets=targets(("gmv_month", "2026-10-01", "2000")))
    assert found.headline.key == "planning.month.reached"
    assert (found.tables, found.verdict) == ({}, "holds")


def test_a_level_that_moved_away_keeps_the_verdict_open(make_report):
    sold = daily("2026-05-01", "2026-10-31", lambda day: 300 if day >= pd.Timestamp("2026-10-01") else 100)
    found = planned(make_report, orders=sold, targets=targets(("gmv_month", "2026-11-01", "8000")))
    assert found.values["pace"].value == pytest.approx(9000, rel=0.01)  # 30 days at 300
    assert (found.verdict, found.headline.key) == ("open", "planning.month.open_pace")


def test_a_short_history_gives_no_probability(make_report):
    found = planned(make_report, orders=daily("2026-10-25", "2026-10-31"), targets=GOAL)
    assert found.headline.key == "planning.month.unknown"
    assert found.verdict == "open"


def rising(day):
    return 100 * 1.1 ** (day.month - 5)


def test_even_growth_goes_on_and_a_fifth_a_month_makes_nine_in_a_year(make_report):
    found = planning.growth(make_report({"orders": daily("2026-05-01", "2026-10-31", rising)}, shop_toml=PLAIN))
    values = found.values
    assert values["expected"].value == pytest.approx(0.1, abs=0.01)
    assert values["chance"].value == pytest.approx(0, abs=1e-4)
    assert values["year"].value == pytest.approx(8.9161, abs=1e-4)
    assert (values["times"].value, values["times"].n) == (0, 5)
    assert found.verdict == "fails"
    months = found.tables["months"].frame
    assert months["month"].tolist()[-1] == "2026-11"
    assert months["target"].iloc[-1] == pytest.approx(1.2 * months["paid_per_day"].iloc[-2])


def test_a_promotion_of_the_last_month_is_not_taken_for_growth(make_report):
    sold = daily(
        "2026-05-01",
        "2026-10-31",
        lambda day: 200 if pd.Timestamp("2026-10-10") <= day <= pd.Timestamp("2026-10-12") else 100,
    )
    found = planning.growth(make_report({"orders": sold, "calendar": events(("促", "2026-10-10", "2026-10-12"))}))
    assert found.values["expected"].value == pytest.approx(
        3100 / 3400 - 1, abs=1e-4
    )  # back from 3400 / 31 a day to 100
    assert found.tables["months"].frame["level_growth"].iloc[-2] == pytest.approx(0, abs=1e-9)


def test_a_part_of_a_month_is_no_month(make_report):
    report = make_report(
        {"orders": daily("2026-04-20", "2026-10-15", rising)}, "2026-10-01..2026-10-15", shop_toml=PLAIN
    )
    months = planning.growth(report).tables["months"].frame["month"].tolist()
    assert (months[0], months[-2]) == ("2026-05", "2026-09")


def test_few_months_are_a_gap_that_says_how_many(make_report):
    gap = planning.growth(make_report({"orders": daily("2026-08-01", "2026-10-31")}, shop_toml=PLAIN))
    assert isinstance(gap, Gap)
    assert (gap.why, gap.slots) == ("no_history", {"have": 3, "need": 5})


def test_a_month_that_sold_nothing_is_a_gap(make_report):
    gap = planning.growth(
        make_report({"orders": all_of(daily("2026-04-01", "2026-06-30"), daily("2026-08-01", "2026-10-31"))})
    )
    assert isinstance(gap, Gap)


BARE = ["order_id", "line_id", "ordered_at", "paid_at", "payable_fen"]
CASES = {
    "one order": orders(1),
    "bare": orders(3)[BARE],
    "nothing paid": orders(3, hours=None).assign(paid_at=pd.NaT, status="unpaid"),
    "one big order": orders(1).assign(quantity=10_000, payable_fen=1_000_000_000),
    "nothing in the period": orders(2, "2026-09-30 10:00"),
    "all closed": orders(3, hours=None).assign(status="closed"),
}


@pytest.mark.parametrize("case", CASES)
def test_thin_data_never_crash(case, make_report):
    later = orders(1, "2026-11-01 10:00", name="Z")[list(CASES[case].columns)]
    report = make_report({"orders": all_of(CASES[case], later), "targets": GOAL})
    for ask in (planning.reply, planning.shipping, planning.monthly_target, planning.growth, planning.actions):
        assert isinstance(ask(report), Finding | Gap)
