"""What was aimed for and where the shop stands: tier, conversion, assortment, funnel, phase."""

from typing import Any

import pandas as pd
import pytest

from helpers.chapters import background
from helpers.findings import Finding, Gap

DAYS = pd.date_range("2026-10-01", "2026-10-31")


def daily_orders(first: str, last: str, amount: Any = 100.0, **columns: Any) -> pd.DataFrame:
    """One order a day at noon; ``amount`` is a number or a function of the number of the day."""
    days = pd.date_range(first, last)
    ids = [f"d{day:%Y%m%d}" for day in days]
    yuan = [amount(n) if callable(amount) else amount for n in range(len(days))]
    frame = pd.DataFrame({"order_id": ids, "line_id": ids, "payable_fen": [round(one * 100) for one in yuan]})
    return frame.assign(paid_at=days + pd.Timedelta(hours=12), ordered_at=days, **columns)


def targets(**bars: float) -> pd.DataFrame:
    return pd.DataFrame({"metric": list(bars), "amount": list(bars.values())}).assign(
        valid_from=pd.Timestamp("2026-01-01"), amount=lambda rows: rows["amount"].astype("float64")
    )


def channel(
    carrier: str, clicks: Any = 100, buyers: Any = 5, exposures: Any = 2000, paid_yuan: float = 100
) -> pd.DataFrame:
    """Every day of October of one carrier, all the same unless lists are given."""
    frame = pd.DataFrame({"day": DAYS, "carrier": carrier, "ad_window": "any", "paid_fen": round(paid_yuan * 100)})
    return frame.assign(click_users=clicks, buyers=buyers, exposure_users=exposures)


def test_without_a_typed_threshold_the_tier_is_a_gap(make_report: Any) -> None:
    found = background.tier(make_report({"orders": daily_orders("2026-08-01", "2026-10-31")}))
    assert isinstance(found, Gap)
    assert (found.why, found.needs) == ("no_target", ("TGT",))


def test_an_even_shop_reaches_what_its_days_add_up_to_and_no_more(make_report: Any) -> None:
    lines = daily_orders("2026-06-01", "2026-11-04")
    easy = make_report({"orders": lines, "targets": targets(tier_gmv=2900)}, period="2026-11", shop="easy")
    found = background.tier(easy)
    values = found.values  # four days of November are in: 400 paid, 26 days to come at 100 a day
    assert (values["paid"].value, values["gap"].value) == (400, 2500)
    assert values["needed"].value == round(2500 / 26, 2)
    assert (values["chance"].value, found.verdict) == (1, "holds")
    hard = make_report({"orders": lines, "targets": targets(tier_gmv=3100)}, period="2026-11", shop="hard")
    assert background.tier(hard).values["chance"].value == 0
    assert background.tier(hard).verdict == "fails"


def test_the_day_of_crossing_is_counted_from_the_last_day_seen(make_report: Any) -> None:
    own = pd.DataFrame(
        {"name": ["x"], "kind": "rule", "start": [pd.Timestamp("2026-01-01")], "end": [pd.Timestamp("2026-01-01")]}
    )
    tables = {"orders": daily_orders("2026-06-01", "2026-11-04"), "targets": targets(tier_gmv=1000), "calendar": own}
    said = {one.key: one for one in background.tier(make_report(tables, period="2026-11")).more}
    assert said["background.tier.crossing"].slots["day"] == "2026-11-10"  # 600 more at 100 a day


def test_an_event_ahead_weighs_what_it_weighed_a_year_before(make_report: Any) -> None:
    from helpers.chapters.daily import weights

    dates = pd.to_datetime(["2025-11-11", "2026-11-11"])
    sale = pd.DataFrame(
        {"name": ["双11 2025", "双11 2026"], "kind": "promotion", "start": dates, "peak": dates, "end": dates}
    )
    lines = daily_orders("2025-08-01", "2026-10-31", lambda n: 400.0 if n == 102 else 100.0)  # day 102 is 11 November
    report = make_report(
        {"orders": lines, "calendar": sale}, shop_toml='platform = "elsewhere"'
    )  # no holidays of the kit
    history = pd.Series(100.0, pd.date_range("2026-05-01", "2026-10-31"))
    ahead, past = weights(report, history, pd.date_range("2026-11-09", "2026-11-12"))
    assert ahead.tolist() == [1, 1, 4, 1]
    assert set(past) == {1}


def test_an_event_without_a_forerunner_is_admitted(make_report: Any) -> None:
    dates = pd.to_datetime(["2026-11-11"])
    sale = pd.DataFrame({"name": ["双11"], "kind": "promotion", "start": dates, "peak": dates, "end": dates})
    tables = {"orders": daily_orders("2026-06-01", "2026-10-31"), "targets": targets(tier_gmv=3000), "calendar": sale}
    assert "background.tier.blind" in {one.key for one in background.tier(make_report(tables)).more}


def test_conversion_is_rebuilt_from_sums_and_judged_by_its_chance(make_report: Any) -> None:
    days = pd.concat([channel("live", 100, 9), channel("card", 100, 2), channel("all", 200, 11)])
    found = background.conversion(make_report({"orders": daily_orders("2026-10-01", "2026-10-31"), "channel_days": days,
                                               "targets": targets(conversion=0.05)}))  # fmt: skip
    frame = found.tables["conversion"].frame.set_index("carrier")
    assert frame.loc["live", ["hits", "base", "rate"]].tolist() == [279, 3100, 0.09]
    assert frame["verdict"].to_dict() == {"live": "holds", "card": "fails"}
    # Wilson's interval of 279 of 3,100: centre (279 + 1.9207) / 3103.84, half width 0.0101
    assert frame.loc["live", ["low", "high"]].tolist() == pytest.approx([0.0805, 0.1006], abs=2e-4)


def test_days_that_swing_make_a_rate_less_certain(make_report: Any) -> None:
    swings = [0 if n % 2 else 12 for n in range(31)]  # 16 days of 12 %, 15 days of none: 6.2 % on the whole
    tables = {"orders": daily_orders("2026-10-01", "2026-10-31"), "targets": targets(conversion=0.05)}
    even = background.conversion(make_report(tables | {"channel_days": channel("live", 100, 6)}, shop="even"))
    wild = background.conversion(make_report(tables | {"channel_days": channel("live", 100, swings)}, shop="wild"))
    assert even.tables["conversion"].frame["verdict"].tolist() == ["holds"]
    assert wild.tables["conversion"].frame["verdict"].tolist() == ["open"]


def test_without_a_standard_conversion_is_told_but_not_judged(make_report: Any) -> None:
    found = background.conversion(
        make_report({"orders": daily_orders("2026-10-01", "2026-10-31"), "channel_days": channel("live")})
    )
    assert found.verdict == ""
    assert found.gaps[0].why == "no_target"
    assert "bar_chance" not in found.tables["conversion"].units


def roles(**items: str) -> pd.DataFrame:
    return pd.DataFrame({"product_id": list(items), "name": list(items), "role": list(items.values())})


def goods(**yuan: float) -> pd.DataFrame:
    """Forty orders of each product at that price."""
    rows = [(f"{name}{n}", name, price) for name, price in yuan.items() for n in range(40)]
    frame = pd.DataFrame(rows, columns=["line_id", "product_id", "price"])
    frame = frame.assign(order_id=frame["line_id"], payable_fen=(frame["price"] * 100).astype("int64"), quantity=1)
    return frame.assign(paid_at=pd.Timestamp("2026-10-12 10:00"), ordered_at=pd.Timestamp("2026-10-12 10:00"))


def costs(**yuan: float) -> pd.DataFrame:
    frame = pd.DataFrame({"product_id": list(yuan), "unit_cost_fen": [round(one * 100) for one in yuan.values()]})
    return frame.assign(valid_from=pd.Timestamp("2026-01-01"))


def test_shares_of_roles_by_items_money_and_contribution(make_report: Any) -> None:
    tables = {"orders": goods(a=10, b=20, c=30, d=40), "roles": roles(a="traffic", b="traffic", c="profit", d="image"),
              "costs": costs(a=9, b=18, c=15, d=28)}  # fmt: skip
    found = background.traffic_items(make_report(tables))
    shares = found.tables["roles"].frame.set_index(["role_basis", "role"])["share"]
    assert shares["items"].to_dict() == {"traffic": 0.5, "profit": 0.25, "image": 0.25}
    assert shares["paid"].to_dict() == pytest.approx({"traffic": 0.3, "profit": 0.3, "image": 0.4})
    assert shares["contribution"].to_dict() == pytest.approx(
        {"traffic": 0.1, "profit": 0.5, "image": 0.4}
    )  # 3, 15, 12 of 30
    assert "exposures" not in shares.index.get_level_values(0)
    assert found.gaps[0].needs == ("PRD",)
    assert (found.verdict, found.values["moves"].value) == ("fails", 0)  # 40 % of 4 items is 1.6, the nearest is 2


def test_a_profit_item_that_does_not_earn_is_named(make_report: Any) -> None:
    tables = {
        "orders": goods(rich=100, thin=100),
        "roles": roles(rich="profit", thin="profit"),
        "costs": costs(rich=50, thin=85),
    }
    found = background.profit_items(make_report(tables))
    odd = found.tables["misfits"].frame
    assert odd["name"].tolist() == ["thin"]
    assert odd["margin_after_refunds"].tolist() == [pytest.approx(0.15)]
    assert found.action is not None


def test_one_unknown_cost_withholds_the_shares_of_contribution(make_report: Any) -> None:
    tables = {"orders": goods(a=10, b=20), "roles": roles(a="traffic", b="profit"), "costs": costs(a=5)}
    found = background.profit_items(make_report(tables))
    assert "contribution" not in set(found.tables["roles"].frame["role_basis"])
    assert "no_cost" in {gap.why for gap in found.gaps}


def test_exposure_to_click_by_channel_against_three_per_cent(make_report: Any) -> None:
    days = pd.concat(
        [
            channel("live", 100, exposures=2000),
            channel("video", 40, exposures=2000),
            channel("all", 140, exposures=4000),
        ]
    )
    found = background.exposure_click(
        make_report({"orders": daily_orders("2026-10-01", "2026-10-31"), "channel_days": days})
    )
    assert found.values["rate"].value == pytest.approx(0.035)
    assert found.values["rate/video"].value == pytest.approx(0.02)
    assert found.tables["exposure_click"].frame.set_index("carrier")["verdict"].to_dict() == {
        "live": "holds",
        "video": "fails",
    }
    assert found.headline.key == "background.exposure_click.some"


def periods(start: str, end: str, clicks: int, carts: int) -> pd.DataFrame:
    frame = pd.DataFrame(
        {"product_id": ["p"], "carrier": "card", "seller": "own", "click_users": clicks, "cart_users": carts}
    )
    return frame.assign(period_start=pd.Timestamp(start), period_end=pd.Timestamp(end))


def test_a_week_inside_the_month_is_not_counted_twice(make_report: Any) -> None:
    both = pd.concat([periods("2026-10-01", "2026-10-31", 1000, 90), periods("2026-10-05", "2026-10-11", 300, 3)])
    after = periods("2026-10-26", "2026-11-01", 500, 500)  # reaches beyond the report
    tables = {"orders": daily_orders("2026-10-01", "2026-10-31"), "product_periods": pd.concat([both, after])}
    found = background.click_cart(make_report(tables))
    assert found.values["rate"].value == pytest.approx(0.09)
    assert found.values["rate"].n == 1000


def test_money_lost_at_a_step_is_what_reaching_the_bar_would_leave(make_report: Any) -> None:
    lines = goods(p=100)  # 4,000 paid, of which a tenth comes back
    back = pd.DataFrame({"after_sale_id": ["r"], "line_id": ["p0"], "goods_refund_fen": 10_000, "status": "success"})
    back = pd.concat([back.assign(after_sale_id=f"r{n}", line_id=f"p{n}") for n in range(4)])
    back = back.assign(applied_at=pd.Timestamp("2026-10-20"), refunded_at=pd.Timestamp("2026-10-21"), kind="return")
    days = channel("video", clicks=40, buyers=2, exposures=2000, paid_yuan=100)  # 2 % of a bar of 3 %
    report = make_report({"orders": lines, "after_sales": back, "channel_days": days})
    found = background.steps(report)
    row = found.tables["steps"].frame.set_index("step").loc["exposure_click"]
    assert row["lost"] == pytest.approx(3100 * 0.5 * 0.9)
    assert found.stake is not None
    assert (found.stake.value, found.stake.id) == (1395, "background.step_lost_net/step=exposure_click&carrier=video")
    assert found.stake.low < 1395 < found.stake.high
    assert [one.claim for one in background.findings(report)] == ["1.2.3c"]


def test_without_refunds_the_loss_is_shown_but_no_stake_is_claimed(make_report: Any) -> None:
    days = channel("video", clicks=40, exposures=2000)
    found = background.steps(make_report({"orders": goods(p=100), "channel_days": days}))
    assert found.tables["steps"].frame.loc[0, "lost"] == pytest.approx(3100 * 0.5)
    assert found.stake is None


CALM = 'currency = "CNY"\ntimezone = "Asia/Shanghai"\nplatform = "other"\n'  # no shipped calendar


def test_half_a_year_is_needed_to_name_a_phase(make_report: Any) -> None:
    assert isinstance(background.phase(make_report({"orders": daily_orders("2026-06-01", "2026-10-31")})), Gap)


def many(first: str, last: str, amount: Any) -> pd.DataFrame:
    """As `daily_orders`, split into twelve orders a day."""
    one = daily_orders(first, last, amount)
    return pd.concat(
        [one.assign(order_id=one["order_id"] + f"-{n}", line_id=one["line_id"] + f"-{n}") for n in range(12)]
    )


@pytest.mark.parametrize(
    ("amount", "label"),
    [
        (lambda n: 100 + n % 2, "plateau"),
        (lambda n: 100 + 5 * n + n % 2, "ramp"),  # 150 on some 2,600 in 30 days
        (lambda n: 300 + 0.3 * n + n % 2, "steady"),  # 9 on some 450
        (lambda n: 1000 - n + n % 2, "falling"),
    ],
)
def test_the_phase_follows_the_slope_of_the_days(make_report: Any, amount: Any, label: str) -> None:
    found = background.phase(make_report({"orders": many("2025-04-01", "2026-10-31", amount)}, shop_toml=CALM))
    assert found.headline.key == f"background.phase.{label}"
    assert "year" in found.values


def test_growth_without_a_year_before_may_be_the_season(make_report: Any) -> None:
    lines = many("2026-04-01", "2026-10-31", lambda n: 100 + n)
    found = background.phase(make_report({"orders": lines}, shop_toml=CALM))
    assert (found.headline.key, found.verdict) == ("background.phase.season_ramp", "open")


def test_few_orders_a_day_look_like_a_cold_start(make_report: Any) -> None:
    found = background.phase(make_report({"orders": daily_orders("2026-04-01", "2026-10-31")}, shop_toml=CALM))
    assert found.headline.key == "background.phase.cold"
    assert found.values["volume"].value == 1


def test_the_natural_share_is_compared_with_the_quarter_before(make_report: Any) -> None:
    lines = many("2026-04-01", "2026-10-31", 100)
    ad = lines["paid_at"].dt.day % 2 == 1
    lines["traffic"] = [
        "ad" if flag and at >= pd.Timestamp("2026-08-02") else "organic"
        for flag, at in zip(ad, lines["paid_at"], strict=True)
    ]
    found = background.phase(make_report({"orders": lines}, shop_toml=CALM))
    assert found.values["organic_earlier"].value == 1  # 3 May to 1 August
    assert found.values["organic_now"].value == pytest.approx(45 / 91)  # 46 odd days from 2 August to 31 October
    assert found.tables["signs"].frame.set_index("sign").loc["organic", "reads"] == "falling"


def test_the_planted_truths_of_the_sample_shop_are_found(sample_report: Any) -> None:
    for name in set(background.__all__) - {"daily", "findings"}:
        assert isinstance(getattr(background, name)(sample_report), Finding), name
    carts = background.click_cart(sample_report).values["rate"]
    assert carts.low is None or carts.low <= 0.070 <= carts.high
    assert carts.value == pytest.approx(0.070, abs=0.004)  # planted: 7 % of those who click
    verdicts = background.exposure_click(sample_report).tables["exposure_click"].frame.set_index("carrier")["verdict"]
    assert verdicts.to_dict() == {
        "live": "holds",
        "card": "holds",
        "video": "fails",
        "image_text": "holds",
        "other": "holds",
    }
    stage = background.phase(sample_report)
    assert stage.headline.key == "background.phase.plateau"  # natural traffic stalls, paid traffic makes up for it
    shares = background.image_items(sample_report).values
    assert shares["items"].value == pytest.approx(7 / 40)
