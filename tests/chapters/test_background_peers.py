"""What is seen of competitors, and what follows from it: ranges, ages, tests, sameness."""

import pandas as pd
import pytest
from sales_frames import history, orders

from helpers import show
from helpers.chapters import background
from helpers.chapters.background.lessons import by_cluster, by_people
from helpers.chapters.background.sameness import nearest, overlap, own_items, seen_items
from helpers.findings import Gap
from helpers.sample.story import load, products

ROLES = pd.DataFrame({"product_id": ["P"], "name": ["甲"], "role": ["traffic"], "category": ["C"]})


def looks(*rows):
    """Looks as (competitor, category, aspect, low, high, words, day)."""
    columns = ["competitor", "category", "aspect", "low", "high", "words", "source_day"]
    frame = pd.DataFrame(rows, columns=columns).astype({"low": "float64", "high": "float64"})
    return frame.assign(source_day=pd.to_datetime(frame["source_day"]), source_name="看到", unit="元")


def price(competitor, low, high, day="2026-10-20"):
    return (competitor, "C", "price", low, high, None, day)


def sold():
    """Ten pieces each at 60, 70, 80 and 90: the middle half lies between 67.5 and 82.5."""
    rows = [(f"O{i}", f"O{i}", f"2026-10-05 10:{i:02}", 60 + 10 * (i % 4), "P", 1) for i in range(40)]
    before = [(f"S{i}", f"S{i}", f"2026-09-{14 + i // 2} 10:00", 70, "P", 1) for i in range(5)]  # on ordinary days
    return pd.concat([history(), orders(*rows, *before)])


@pytest.fixture
def shop(make_report):
    def make(*rows, **more):
        return make_report({"orders": sold(), "roles": ROLES, "competitors": looks(*rows), **more})

    return make


def test_only_ranges_that_do_not_touch_have_a_side(shop):
    found = background.peers(
        shop(price("A", 50, 67), price("B", 60, 68), price("D", 83, 99), price("E", 50, 60, "2026-08-31"))
    )
    cells = found.tables["peers"].frame.iloc[0]
    by_name = {head: cells[column] for column, head in found.tables["peers"].heads.items()}
    sides = {name: cell.slots["side"].key if "side" in cell.slots else "" for name, cell in by_name.items()}
    assert sides == {"A": "below", "B": "same", "D": "above", "E": ""}
    assert "stale" in by_name["E"].slots and by_name["E"].slots["age"] == 61
    assert by_name["A"].slots["age"] == 11
    assert (by_name["A"].slots["seen"].low, by_name["A"].slots["seen"].high) == (50, 67)  # no middle is made up
    assert by_name["A"].slots["seen"].value is None
    own = cells["own_figure"].slots["seen"]
    assert (own.low, own.high) == (67.5, 82.5)


def test_the_headline_names_the_lever_on_which_all_differ(shop):
    found = background.peers(
        shop(price("A", 50, 60), price("B", 40, 66), ("A", "全部", "hours", 6, 9, None, "2026-10-20"))
    )
    assert found.headline.key == "background.peers.found_all"
    assert found.headline.slots["side"].key == "below"
    assert found.values["apart"].value == found.values["of"].value == 2


def test_the_last_look_counts_and_a_look_after_the_cut_off_does_not(shop):
    report = shop(price("A", 50, 60, "2026-10-01"), price("A", 70, 75, "2026-10-20"), price("A", 1, 2, "2027-01-01"))
    found = background.peers(report)
    assert found.headline.key == "background.peers.alike"
    assert found.values["cells"].value == 1


def test_an_open_end_stays_open(shop):
    found = background.peers(shop(price("A", 90, None), price("B", None, 50), price("D", 50, None)))
    cells = found.tables["peers"].frame.iloc[0]
    said = {
        head: (cells[column].key.rpartition("_")[2], cells[column].slots["side"].key)
        for column, head in found.tables["peers"].heads.items()
    }
    assert said == {"A": ("least", "above"), "B": ("most", "below"), "D": ("least", "same")}


def test_without_a_figure_of_our_own_nothing_is_compared(make_report):
    rows = looks(("A", "全部", "group_size", 100, 200, None, "2026-10-20"))
    found = background.peer_care(make_report({"orders": history("2026-10-01"), "competitors": rows}))
    assert found.headline.key == "background.peer_care.open"
    assert "本店的粉丝群人数没有文件可查" in str(show.says(found))


def test_without_the_sheets_there_is_a_gap_that_names_them(make_report):
    report = make_report({"orders": sold(), "roles": ROLES})
    for function in (background.peers, background.peer_care, background.lessons, background.sameness):
        answer = function(report)
        assert isinstance(answer, Gap) and "COM" in answer.needs
    only_hours = make_report(
        {"orders": sold(), "competitors": looks(("A", "全部", "hours", 6, 9, None, "2026-10-20"))}, shop="b"
    )
    assert background.peer_care(only_hours).why == "no_rows"


def test_a_test_of_people_takes_what_two_proportions_take(shop):
    report = shop(price("A", 50, 60))
    plan = by_people(report, 400, 10_000)
    # (1.96 + 0.8416)² × (0.04 × 0.96 + 0.044 × 0.956) / 0.004² = 39,500 per arm; 10,000 people in 31 days
    assert plan.size == pytest.approx(2 * 39_500, rel=0.02)
    assert plan.days == pytest.approx(plan.size / (10_000 / 31))
    assert plan.least > 0.10  # 28 days are too few for a tenth


def test_a_test_of_days_takes_what_their_spread_takes(shop):
    report = shop(price("A", 50, 60))
    plan = by_cluster(report, [1.0, 3.0], [1.0, 1.0], days=2)
    # mean 2, standard deviation of a day 2 ** 0.5: 2.8016 × 2 ** 0.5 × (2 / m) ** 0.5 = 0.2 gives m = 785
    assert plan.rate == 2 and plan.size == 2 * 785 and plan.days == 1570
    assert plan.least == pytest.approx(2.8016 / 14**0.5, rel=1e-3)  # 14 days a side


def test_only_what_bigger_competitors_do_otherwise_is_a_lesson(shop):
    rows = [price("A", 50, 60), price("B", 85, 99), ("A", "全部", "sales", 9e5, 10e5, None, "2026-10-20")]
    rows.append(("B", "全部", "sales", 1, 2, None, "2026-10-20"))
    rows.append(("A", "全部", "function", None, None, "防漏", "2026-10-20"))
    cards = pd.DataFrame({"product_id": ["P"], "exposure_users": [200_000], "click_users": [8_000]})
    cards = cards.assign(period_start=pd.Timestamp("2026-10-01"), period_end=pd.Timestamp("2026-10-31"))
    found = background.lessons(shop(*rows, product_cards=cards))
    frame = found.tables["lessons"].frame
    assert set(frame["test_metric"]) == {"function", "price"}  # the price once, though B is dearer
    assert frame["test_metric"].iloc[0] == "function" and found.values["quick"].value == 1
    assert found.action.key == "background.lessons.try_function"
    assert frame["check_day"].notna().to_list() == [True, False]


def test_no_bigger_competitor_no_lesson(shop):
    found = background.lessons(shop(price("A", 50, 60), ("A", "全部", "sales", 1, 2, None, "2026-10-20")))
    assert found.headline.key == "background.lessons.none"


OWN = {"function": "透气", "look": "素色", "price": 8000.0, "title": "abcd"}
OTHER = {"function": "透气", "look": "卡通", "price_low_fen": 7500, "price_high_fen": 9000, "title": "abxd"}


def test_overlap_is_the_mean_of_what_is_known_of_both(shop):
    report = shop(price("A", 50, 60))
    # function 1, look 0, price 1, title: one pair of letters (ab) of three on each side: 2 × 1 / 6
    assert overlap(report, OWN, OTHER) == pytest.approx((1 + 0 + 1 + 1 / 3) / 4)
    assert overlap(report, OWN, OTHER | {"look": None}) == pytest.approx((1 + 1 + 1 / 3) / 3)
    assert overlap(report, OWN | {"price": 6000.0}, OTHER) == pytest.approx((1 + 0 + 0 + 1 / 3) / 4)
    nothing = {"function": None, "look": None, "price_low_fen": None, "price_high_fen": None}
    assert overlap(report, OWN, OTHER | nothing) == 0  # a title alone makes no twin


def items(*rows):
    columns = [
        "competitor",
        "item_id",
        "title",
        "category",
        "price_low_fen",
        "price_high_fen",
        "function",
        "look",
        "twin_product_id",
    ]
    return pd.DataFrame(rows, columns=columns).assign(source_day=pd.Timestamp("2026-10-20"), source_name="看到")


def two_products():
    rows = [(f"O{i}", f"O{i}", f"2026-10-05 10:{i:02}", 80, "PQ"[i % 2], 1) for i in range(4)]
    listed = {"product_id": ["P", "Q"], "name": ["甲", "乙"], "role": "traffic", "category": "C"}
    roles = pd.DataFrame(listed | {"function": ["透气", "省力"], "look": "素色"})
    return {"orders": pd.concat([history(), orders(*rows)]), "roles": roles}


def test_the_share_of_sales_with_a_twin_and_what_it_rests_on(make_report):
    seen = items(
        ("A", "1", "P", "C", 7500, 8500, "透气", "素色", None),
        ("B", "2", "别的", "C", 50000, 60000, "安全", "国风", None),
    )
    found = background.sameness(make_report(two_products() | {"competitor_items": seen}))
    share = found.values["share"]
    assert share.value == 0.5 and (share.low, share.high) == (0.0, 0.5)  # it all hangs on competitor A
    assert found.tables["sameness"].frame["twin_items"].to_list() == [1]


def test_a_twin_that_somebody_typed_in_counts_and_checks_the_features(make_report):
    seen = items(("A", "1", "别的", "C", 50000, 60000, "安全", "国风", "Q"))
    found = background.sameness(make_report(two_products() | {"competitor_items": seen}))
    assert found.values["share"].value == 0.5
    assert "人工认定的 1 款同款里，按特征独立算出 0 款" in str(show.says(found))


def test_no_item_in_common_categories_is_a_gap(make_report):
    seen = items(("A", "1", "别的", "D", 50000, 60000, "安全", "国风", None))
    answer = background.sameness(make_report(two_products() | {"competitor_items": seen}))
    assert isinstance(answer, Gap) and answer.why == "no_rows"


def test_the_planted_gaps_are_found_in_the_sample(sample_report):
    found = background.peers(sample_report)
    assert found.headline.key == "background.peers.found_all" and found.headline.slots["category"].key == "纸尿裤"
    same = background.sameness(sample_report)
    judged = nearest(sample_report, own_items(sample_report), seen_items(sample_report))
    code = products().set_index("product_id")["code"]
    twins = set(judged.loc[judged["twin"], "product_id"].map(code))
    assert twins == set(load("story")["rivals"]["twins"])
    assert same.headline.slots["category"].key == "纸尿裤"
    assert isinstance(background.lessons(sample_report).values["count"].value, int)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_all_is_said_in_both_languages(make_report, lang):
    rows = looks(
        price("A", 50, 60),
        ("A", "全部", "content", None, None, "剧情", "2026-10-20"),
        ("A", "全部", "discount", 0.5, 0.6, None, "2026-07-01"),
    )
    report = make_report(two_products() | {"competitors": rows}, lang=lang)
    for function in (background.peers, background.lessons):
        answer = function(report)
        assert str(show.says(answer))
        for name in getattr(answer, "tables", {}):
            assert str(show.table(answer, name))


def test_a_bare_order_table_and_a_single_huge_order_break_nothing(make_report):
    huge = orders(("H", "Ha", "2026-10-06 10:00", 900_000, "P", 10_000)).assign(product_name=None)
    rows = looks(price("A", 50, 60), ("A", "全部", "discount", 0.1, 0.2, None, "2026-10-20"))
    seen = items(("A", "1", "别的", "C", None, None, None, None, None))
    report = make_report({"orders": huge, "competitors": rows, "competitor_items": seen})
    assert background.peers(report).headline.key == "background.peers.open"
    assert background.lessons(report).headline.key == "background.lessons.none"
    assert set(background.sameness(report).needs) == {"ROL", "ORD"}
    listed = ROLES.assign(function=None, look=None)
    named = make_report({"orders": huge, "roles": listed, "competitor_items": seen}, shop="named")
    assert background.sameness(named).headline.key == "background.sameness.none"
