"""Chapter 02: spend by hour, orders per viewer by hour, missed peaks, exposure moved."""

import numpy as np
import pandas as pd
import pytest

from helpers.chapters import sales
from helpers.findings import Finding, Gap
from helpers.sample import story
from tests.chapters.sales_frames import orders

OCTOBER = pd.date_range("2026-10-01", "2026-10-31")
UNPAID = ("Z", "Zz", None, 1, "Z", 1)
PAID = ("A", "Aa", "2026-10-31 10:00", 50, "A", 1)


def hours(power=0.5, strong=(20, 21)):
    """Hour file: sales of an hour are 300 (900 in strong ones) times spend to the power, spend swings around 100 yuan."""
    rows = []
    for at, day in enumerate(OCTOBER):
        for hour in (9, 10, 11, 20, 21, 22):
            spend = 100 * (1 + 0.3 * np.sin(at * 1.7 + hour))
            sales_ = (900 if hour in strong else 300) * (spend / 100) ** power
            rows.append((hour, day, round(spend * 100), round(sales_ * 100)))
    frame = pd.DataFrame(rows, columns=["hour", "period_start", "spend_fen", "gmv_fen"])
    return frame.assign(object_id="all", period_end=frame["period_start"])


def test_the_power_of_spend_and_the_return_of_hours_are_found(make_report):
    found = sales.pacing(make_report({"ad_hours": hours(), "orders": orders(PAID)}))
    assert found.values["more"].value == pytest.approx(1.1**0.5 - 1, abs=1e-4)  # a tenth more spend, root of sales
    frame = found.tables["each_hour"].frame.set_index("hour")
    spend = hours().groupby("hour")["spend_fen"].sum() / 100
    assert frame["spend"].to_dict() == pytest.approx(spend.to_dict())


def test_spend_moves_to_the_strong_hours_and_the_total_stays_to_the_cent(make_report):
    found = sales.pacing(make_report({"ad_hours": hours(), "orders": orders(PAID)}))
    frame = found.tables["each_hour"].frame.set_index("hour")
    assert frame["move"].sum() == pytest.approx(0, abs=1e-6)
    assert frame.loc[[20, 21], "move"].to_numpy() == pytest.approx(
        0.2 * frame.loc[[20, 21], "spend"].to_numpy(), abs=0.02
    )
    assert found.headline.key == "sales.pacing.found" and found.values["gain"].low > 0


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda rows: rows[rows["period_start"] < "2026-10-08"], "few_hours"),
        (lambda rows: rows.assign(spend_fen=10000), "flat_hours"),
        (lambda rows: rows.assign(spend_fen=0), "missing_file"),
        (lambda rows: rows[rows["hour"] == 20], "flat_hours"),
    ],
)
def test_hours_that_cannot_tell_say_so(make_report, change, why):
    found = sales.pacing(make_report({"ad_hours": change(hours()), "orders": orders(PAID)}))
    assert isinstance(found, Gap) and found.why == why


def minutes(rates, sessions=10, viewers=600):
    """Sessions of an hour's minutes each hour; so many viewers an hour, and orders at the hour's rate."""
    rows = []
    for at in range(sessions):
        start = OCTOBER[at] + pd.Timedelta(hours=19)
        for hour, rate in rates.items():
            for minute in range(60):
                extra = int(minute < round(viewers * rate) + (at % 3 - 1))
                rows.append((start, OCTOBER[at] + pd.Timedelta(hours=hour, minutes=minute), viewers // 60, extra))
    frame = pd.DataFrame(rows, columns=["started_at", "minute", "entered", "orders"])
    return frame.assign(room="房")


def test_orders_per_viewer_are_counted_by_hour(make_report):
    # 600 viewers an hour and session; at 20:00 24 orders (give or take one), at 19:00 and 21:00 12
    rows = minutes({19: 0.02, 20: 0.04, 21: 0.02})
    found = sales.active_hours(make_report({"live_minutes": rows, "orders": orders(PAID)}))
    counts = rows.groupby(rows["minute"].dt.hour)["orders"].sum()
    assert found.values["hour.20"].value == pytest.approx(counts[20] / 6000 * 1000)
    assert found.values["hour.20"].n == 6000
    assert found.headline.key == "sales.active_hours.found" and found.headline.slots["hours"] == "20:00–21:00"


def test_hours_that_are_alike_are_called_alike(make_report):
    found = sales.active_hours(make_report({"live_minutes": minutes({19: 0.03, 20: 0.03}), "orders": orders(PAID)}))
    assert found.headline.key == "sales.active_hours.same" and found.action is None


def test_minutes_that_are_missing_say_so(make_report):
    assert sales.active_hours(make_report({"orders": orders(PAID)})).why == "no_minutes"
    empty = minutes({19: 0.02}).assign(orders=pd.array([None] * 600, dtype="Int64"))
    assert (
        sales.active_hours(make_report({"orders": orders(PAID), "live_minutes": empty}, shop="b")).why
        == "missing_column"
    )
    none = minutes({19: 0.0, 20: 0.0}, sessions=1).assign(orders=0)
    assert sales.active_hours(make_report({"orders": orders(PAID), "live_minutes": none}, shop="c")).why == "too_few"


def evening(day, yuan):
    return (f"{day:%m%d}", f"l{day:%m%d}", f"{day:%Y-%m-%d} 20:30", yuan, "A", 1)


def sessions(days):
    starts = [day + pd.Timedelta(hours=19) for day in days]
    frame = pd.DataFrame({"started_at": starts, "ended_at": [start + pd.Timedelta(hours=3) for start in starts]})
    return frame.assign(account_id="a", viewers=10)


def no_session_shop(lost=60):
    """Ninety quiet days of 100 yuan; on each second Tuesday no session and so much less."""
    days = pd.date_range("2026-06-19", "2026-10-31")
    off = [day for at, day in enumerate(days[days.day_of_week == 1]) if at % 2]
    rows = orders(*[evening(day, 100 - lost * (day in off)) for day in days])
    return {"orders": rows, "live_sessions": sessions([day for day in days if day not in off])}, off


def test_days_without_a_session_in_the_peak_cost_what_they_fall_short(make_report):
    tables, off = no_session_shop()
    found = sales.missed_peaks(make_report(tables))
    missed = [day for day in off if day >= OCTOBER[0]]
    assert found.values["no_session"].n == len(missed)
    assert found.values["no_session"].value == pytest.approx(60 * len(missed), rel=0.02)
    assert found.headline.key == "sales.missed_peaks.found"


def test_a_shop_that_seldom_goes_live_misses_nothing(make_report):
    tables, _ = no_session_shop()
    found = sales.missed_peaks(make_report(tables | {"live_sessions": sessions(OCTOBER[:2])}))
    assert "no_session" not in found.values and found.headline.key == "sales.missed_peaks.none"


def test_a_session_of_the_morning_does_not_cover_the_peak(make_report):
    tables, _ = no_session_shop(lost=0)
    morning = (
        tables["live_sessions"]
        .iloc[-1:]
        .assign(started_at=pd.Timestamp("2026-10-31 08:00"), ended_at=pd.Timestamp("2026-10-31 09:30"))
    )
    rest = tables["live_sessions"].iloc[:-1]
    found = sales.missed_peaks(make_report(tables | {"live_sessions": pd.concat([rest, morning])}))
    assert "10-31" in found.tables["missed"].frame["what"].iloc[0]


def test_a_day_without_any_agent_is_counted(make_report):
    tables, _ = no_session_shop()
    served = pd.DataFrame({"day": OCTOBER[:-1], "agent_key": "k", "people": 5, "sessions": 5, "sales_fen": 3000})
    found = sales.missed_peaks(make_report(tables | {"service_days": served}))
    assert found.values["no_agent"].n == 1 and found.values["no_agent"].value == pytest.approx(30)


def test_without_any_of_the_files_the_peaks_are_a_gap(make_report):
    found = sales.missed_peaks(make_report({"orders": orders(PAID)}))
    assert (found.why, set(found.needs)) == ("no_peak_files", {"LIV", "STK", "FGK"})


def exposure(months=12, power=0.5):
    """Three products over months: orders 40, 40 and 10 times (exposure / 10,000) to the power."""
    rows = []
    for at, month in enumerate(pd.period_range(end="2026-10", periods=months, freq="M")):
        for product, level in (("A", 400), ("B", 400), ("C", 100)):
            shown = round(10000 * (1 + 0.3 * np.sin(at * 1.3 + ord(product))))
            count = round(level * (shown / 10000) ** power)
            rows.append((product, month.start_time, month.end_time.normalize(), shown, count * 2, count, count * 5000))
    columns = ["product_id", "period_start", "period_end", "exposures", "clicks", "orders", "paid_fen"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(carrier="all", seller="own", refund_fen=0, product_name=frame["product_id"], category="K")


def test_exposure_moves_from_the_weak_product_and_the_total_stays(make_report):
    found = sales.reallocation(make_report({"product_periods": exposure(), "orders": orders(PAID)}))
    frame = found.tables["exposure_moves"].frame.set_index("product_name")
    assert abs(frame["exposure_move"].sum()) <= 1  # each is rounded to whole exposures
    assert frame.loc["C", "exposure_move"] == pytest.approx(-0.2 * frame.loc["C", "exposures"], abs=1)
    assert found.values["more"].value == pytest.approx(1.1**0.5 - 1, abs=0.005)
    assert found.values["gain"].low > 0


def test_a_product_that_runs_out_gets_no_more_exposure(make_report):
    stock = pd.DataFrame({"product_id": ["A", "B", "C"], "day": [OCTOBER[-1]] * 3, "available": [5, 10**6, 10**6]})
    report = make_report({"product_periods": exposure(), "orders": orders(PAID), "stock": stock})
    frame = sales.reallocation(report).tables["exposure_moves"].frame.set_index("product_name")
    assert frame.loc["A", "exposure_move"] <= 0 < frame.loc["B", "exposure_move"]


def test_one_month_of_exposure_tells_no_curve(make_report):
    rows = exposure()
    found = sales.reallocation(
        make_report({"product_periods": rows[rows["period_start"] == "2026-10-01"], "orders": orders(PAID)})
    )
    assert found.why == "flat_exposure"


def test_without_exposure_the_move_is_a_gap(make_report):
    assert sales.reallocation(make_report({"orders": orders(PAID)})).why == "no_exposure"


@pytest.mark.parametrize("claim", ["pacing", "active_hours", "missed_peaks", "reallocation"])
def test_a_bare_order_table_ends_in_a_gap(make_report, claim):
    assert isinstance(getattr(sales, claim)(make_report({"orders": orders(UNPAID)})), Gap)


def test_the_planted_power_of_spend_and_strength_of_hours_are_recovered(sample_report):
    found = sales.pacing(sample_report)
    power = story.load("story")["ad_hours"]["power"]
    assert found.values["more"].low <= 1.1**power - 1 <= found.values["more"].high
    moves = found.tables["each_hour"].frame.set_index("hour")["move"]
    assert (moves[[19, 20, 21, 22]] > 0).all() and (moves[[1, 2, 3, 4, 5]] < 0).all()


def test_the_planted_best_hours_of_the_sample_shop_are_recovered(sample_report):
    found, best = sales.active_hours(sample_report), story.load("story")["minutes"]["best_hours"]
    frame = found.tables["viewer_hours"].frame
    assert found.headline.key == "sales.active_hours.found"
    assert set(frame.loc[(frame["q"] <= 0.05) & (frame["apart"] > 0), "hour"]) <= set(best)


def test_the_hours_of_the_sample_shop_add_up_to_its_days(sample_report):
    by_hour, by_day = sample_report.table("ad_hours"), sample_report.table("ads")
    by_day = by_day[by_day["level"] == "product"]
    assert by_hour["spend_fen"].sum() == by_day["spend_fen"].sum()
    assert by_hour["gmv_fen"].sum() == pytest.approx(by_day["gmv_fen"].sum(), abs=100)


def test_the_sample_shop_lost_its_peaks_to_the_empty_shelf(sample_report):
    found = sales.missed_peaks(sample_report)
    assert isinstance(found, Finding) and list(found.tables["missed"].frame["missed"]) == ["no_stock"]
    assert found.values["lost"].value < sales.stockout_losses(sample_report).values["lost"].value
