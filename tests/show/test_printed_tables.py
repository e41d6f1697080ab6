"""Tables: formatted by unit, escaped, the same every time."""

import pandas as pd
from bs4 import BeautifulSoup

from helpers import show

UNITS = {
    "product_name": "text",
    "carrier": "label:carrier",
    "day": "date",
    "paid": "money",
    "rate": "ratio",
    "n": "count",
}


def frame():
    return pd.DataFrame(
        {
            "product_name": ["<b>甲</b> & 乙", None],
            "carrier": ["live", "没有列出"],
            "day": pd.to_datetime(["2026-10-01", None]),
            "paid": [1234567.4, float("nan")],
            "rate": [0.1234, None],
            "n": [12345, 7],
            "hidden": [1, 2],
        }
    )


def cells(html):
    soup = BeautifulSoup(html, "html.parser")
    return [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in soup.find_all("tr")]


def test_a_table_prints_labels_days_and_numbers_by_their_units(finding):
    shown = show.table(finding(frame(), UNITS), "items")
    assert cells(shown.html) == [
        ["商品", "载体", "日期", "支付金额", "比率", "样本量"],
        ["<b>甲</b> & 乙", "直播", "2026-10-01", "¥1,234,567", "12.3 %", "12,345"],
        ["—", "没有列出", "—", "—", "—", "7"],
    ]


def test_small_money_keeps_its_cents_in_the_whole_column(finding):
    shown = show.table(finding(pd.DataFrame({"paid": [12.5, 980.0]}), {"paid": "money"}), "items")
    assert cells(shown.html)[1:] == [["¥12.50"], ["¥980.00"]]


def test_the_caption_counts_rows_and_cases(finding):
    whole = show.table(finding(frame(), UNITS, n=1503), "items")
    assert "<caption>商品明细（共 2 行、n=1,503）</caption>" in whole.html
    cut = show.table(finding(frame(), UNITS, total=57), "items", rows=1)
    assert "<caption>商品明细（前 1 行，共 57 行）</caption>" in cut.html
    assert len(cut.data) == 1


def test_data_cannot_become_html_and_numbers_stand_right(finding):
    html = show.table(finding(frame(), UNITS), "items").html
    assert "<b>" not in html
    assert html.count('style="text-align:right"') == 3 * 3


def test_the_same_table_gives_the_same_html_with_a_fixed_id(finding):
    first, second = (show.table(finding(frame(), UNITS), "items").html for _ in range(2))
    assert first == second
    assert '<table id="probe-items" class="xiaodian">' in first


def test_an_empty_or_missing_table_shows_nothing(finding):
    assert show.table(finding(frame().head(0), UNITS), "items") is None
    assert show.table(finding(frame(), UNITS), "others") is None
