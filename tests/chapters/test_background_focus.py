"""Concentration by category, twins at competitors, new items and how long they live."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers import show
from helpers.chapters import background
from helpers.findings import Gap


def orders(*rows: tuple[str, int, str, float], **more: Any) -> pd.DataFrame:
    """So many orders of one line each: product, count, day, yuan."""
    parts = []
    for product, count, day, yuan in rows:
        ids = [f"{product}{day}{number}" for number in range(count)]
        part = pd.DataFrame({"order_id": ids, "line_id": ids, "product_id": product, "payable_fen": round(yuan * 100)})
        parts.append(part.assign(paid_at=pd.Timestamp(f"{day} 10:00"), product_name=product, quantity=1))
    frame = pd.concat(parts, ignore_index=True)
    return frame.assign(ordered_at=frame["paid_at"], **more)


def roles(**category: str) -> pd.DataFrame:
    return pd.DataFrame({"product_id": list(category), "name": list(category), "category": list(category.values())})


def twins(*rows: tuple[str, str, str | None], day: str = "2026-10-20") -> pd.DataFrame:
    """Competitors' items: id, category, our twin."""
    frame = pd.DataFrame(rows, columns=["item_id", "category", "twin_product_id"])
    return frame.assign(competitor="甲", source_day=pd.Timestamp(day), title="x", source_name="x")


KINDS = roles(a="甲", b="乙", c="丙")


def test_sales_are_as_if_spread_over_so_many_equal_categories(make_report: Any) -> None:
    sold = orders(("a", 60, "2026-10-12", 10), ("b", 20, "2026-10-13", 10), ("c", 20, "2026-10-14", 10))
    found = background.focus(make_report({"orders": sold, "roles": KINDS}))
    assert found.values["paid"].value == pytest.approx(1 / (0.36 + 0.04 + 0.04))
    assert found.values["paid"].low < 2.2727 < found.values["paid"].high
    assert found.values["paid_share"].value == pytest.approx(0.6)
    assert found.headline.key == "background.focus.level" and found.verdict == "open"
    assert [gap.why for gap in found.gaps] == ["no_year_ago", "no_cost"]


def test_a_shop_that_spread_out_over_the_year_is_told_so_and_one_that_gathered_too(make_report: Any) -> None:
    days = [f"{day:02}" for day in range(12, 29)]
    narrow, wide = {"a": 20, "b": 2, "c": 2}, {"a": 8, "b": 8, "c": 8}

    def year(name: str, then: dict[str, int], now: dict[str, int]) -> Any:
        parts = [("a", 1, "2025-09-01", 10.0)]
        for span, mix in (("2025-10", then), ("2026-10", now)):
            parts += [(product, count, f"{span}-{day}", 10.0) for day in days for product, count in mix.items()]
        return background.focus(make_report({"orders": orders(*parts), "roles": KINDS}, shop=name))

    spread, gathered, same = year("one", narrow, wide), year("two", wide, narrow), year("three", wide, wide)
    assert (spread.headline.key, spread.verdict) == ("background.focus.spreading", "fails")
    assert (gathered.headline.key, gathered.verdict) == ("background.focus.gathering", "holds")
    assert (same.headline.key, same.verdict) == ("background.focus.steady", "holds")
    # 20 : 2 : 2 is worth 24² / (400 + 4 + 4) categories, 8 : 8 : 8 three
    assert spread.values["year_ago"].value == pytest.approx(576 / 408)
    assert spread.values["growth"].value == pytest.approx(3 / (576 / 408) - 1)


def test_one_category_is_one_and_shops_without_categories_have_a_gap(make_report: Any) -> None:
    sold = orders(("a", 40, "2026-10-12", 10))
    found = background.focus(make_report({"orders": sold, "roles": KINDS}))
    assert found.headline.key == "background.focus.single" and found.values["paid"].value == 1
    assert show.says(found) is not None
    bare = background.focus(make_report({"orders": sold}, shop="bare"))
    assert isinstance(bare, Gap) and (bare.why, bare.needs) == ("missing_column", ("ROL", "PRD"))


def test_one_huge_order_is_named_and_told_without(make_report: Any) -> None:
    sold = orders(("a", 50, "2026-10-12", 10), ("b", 50, "2026-10-13", 10), ("c", 1, "2026-10-14", 100_000))
    found = background.focus(make_report({"orders": sold, "roles": KINDS}))
    assert found.values["biggest"].value == pytest.approx(100_000 / 101_000)
    assert found.values["without"].value == pytest.approx(2)
    assert "background.focus.biggest" in [said.key for said in found.more]


def test_a_category_that_loses_money_is_named_instead_of_shared_out(make_report: Any) -> None:
    days = pd.date_range("2026-08-01", "2026-10-28").strftime("%Y-%m-%d")
    sold = orders(*[(product, 2, day, 10) for day in days for product in ("a", "b")])
    costs = pd.DataFrame(
        {"product_id": ["a", "b"], "valid_from": pd.Timestamp("2026-01-01"), "unit_cost_fen": [500, 1500]}
    )
    back = pd.DataFrame(
        {"after_sale_id": ["s"], "line_id": ["a2026-08-010"], "status": "success", "goods_refund_fen": 1}
    )
    back = back.assign(applied_at=pd.Timestamp("2026-08-01"), refunded_at=pd.Timestamp("2026-08-02"), kind="return")
    tables = {"orders": sold, "roles": KINDS, "costs": costs.assign(cost_error=0.0), "after_sales": back}
    found = background.focus(make_report(tables))
    assert "contribution" not in found.values
    assert found.values["loss"].id.endswith("category=乙") and found.values["loss"].value < 0


def test_a_month_of_few_orders_is_not_judged(make_report: Any) -> None:
    found = background.focus(make_report({"orders": orders(("a", 3, "2026-10-12", 10)), "roles": KINDS}))
    assert isinstance(found, Gap) and found.why == "too_few"


def test_shares_with_and_without_twins_add_up_and_unseen_categories_stand_apart(make_report: Any) -> None:
    sold = orders(("a", 5, "2026-10-12", 10), ("b", 3, "2026-10-13", 10), ("c", 2, "2026-10-14", 10))
    seen = twins(("i1", "甲", "a"), ("i2", "乙", None))
    found = background.novelty(make_report({"orders": sold, "roles": KINDS, "competitor_items": seen}))
    shares = [found.values[name].value for name in ("twins", "unique", "unseen")]
    assert shares == pytest.approx([0.5, 0.3, 0.2])
    assert found.values["twin_items"].value == 1


def test_an_old_look_at_competitors_tells_nothing(make_report: Any) -> None:
    listed, seen = KINDS.assign(listed_on=pd.Timestamp("2025-01-01")), twins(("i1", "甲", "a"), day="2026-01-20")
    sold = orders(("a", 5, "2026-10-12", 10))
    found = background.novelty(make_report({"orders": sold, "roles": listed, "competitor_items": seen}))
    assert "twins" not in found.values and found.gaps[0].needs == ("COM",)


def test_new_items_are_told_by_their_first_sale_once_the_data_are_old_enough(make_report: Any) -> None:
    sold = orders(("a", 10, "2025-01-05", 10), ("a", 6, "2026-10-12", 10), ("b", 4, "2026-10-12", 10))
    found = background.novelty(make_report({"orders": sold}))
    assert found.values["fresh"].value == pytest.approx(0.4)
    assert found.tables["new_items"].frame["product_name"].tolist() == ["b"]  # a may be older than the data
    young = background.novelty(make_report({"orders": orders(("a", 6, "2026-10-12", 10))}, shop="young"))
    assert isinstance(young, Gap) and young.why == "no_history"


def test_a_listing_date_wins_unless_the_item_sold_before(make_report: Any) -> None:
    listed = KINDS.assign(listed_on=pd.to_datetime(["2026-09-20", "2026-09-20", "2020-01-01"]))
    sold = orders(
        ("a", 5, "2025-01-05", 10), ("a", 5, "2026-10-12", 10), ("b", 3, "2026-10-12", 10), ("c", 2, "2026-10-12", 10)
    )
    found = background.novelty(make_report({"orders": sold, "roles": listed}))
    assert found.values["fresh"].value == pytest.approx(0.3)  # b alone: a sold long before it was listed again


def test_survival_counts_items_that_stopped_selling(make_report: Any) -> None:
    sold = [("old", 1, "2024-01-01", 10.0), ("old", 5, "2026-10-12", 10.0)]
    sold += [(f"dead{n}", 1, "2025-03-01", 10.0) for n in range(2)] + [
        (f"dead{n}", 1, "2025-04-01", 10.0) for n in range(2)
    ]
    for n in range(6):
        sold += [(f"live{n}", 1, f"2025-0{month}-01", 10.0) for month in range(3, 10)] + [
            (f"live{n}", 1, "2026-10-12", 10.0)
        ]
    found = background.novelty(make_report({"orders": orders(*sold)}))
    assert found.values["survival"].value == pytest.approx(6 / 8)
    assert found.values["survival"].low < 0.75 < found.values["survival"].high


@pytest.mark.parametrize("answer", [background.focus, background.novelty, background.recognition])
def test_a_shop_with_no_paid_order_gets_a_gap_and_no_error(make_report: Any, answer: Any) -> None:
    unpaid = orders(("a", 3, "2026-10-12", 10)).assign(paid_at=pd.NaT)
    assert isinstance(answer(make_report({"orders": unpaid})), Gap)
    free = answer(make_report({"orders": orders(("a", 3, "2026-10-12", 0))}, shop="free"))
    assert isinstance(free, Gap)


def test_the_sample_shop_finds_its_categories_its_old_items_and_no_new_ones(sample_report: Any) -> None:
    found = background.focus(sample_report)
    lines = sample_report.table("orders")
    lines = lines[lines["paid_at"].notna()]
    kind = lines["product_id"].map(sample_report.every("roles").set_index("product_id")["category"])
    sums = lines.groupby(kind)["payable_fen"].sum().to_numpy(dtype=float)
    assert found.values["paid"].value == pytest.approx(sums.sum() ** 2 / np.square(sums).sum(), rel=0.002)
    new = background.novelty(sample_report)
    assert new.values["fresh"].value == 0  # the youngest item was listed in March
    assert new.values["launched"].value == 2  # fruit box and sunscreen
    assert new.values["survival"].value == 1 and new.values["survival"].n == 9  # all still sell
