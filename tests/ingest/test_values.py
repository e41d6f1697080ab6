"""Cells as back offices print them, each worked out by hand."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.definitions import exports
from helpers.definitions.mapping import Column
from helpers.ingest import values

FORMATS = exports.formats()


def read(kind: str, text: str, **options: object) -> object:
    return values.parser(kind, Column(**options), FORMATS, "shop")(text)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("89.00", 8900),
        ("¥1,234.50", 123450),
        ("￥0.01", 1),
        ("1.2万", 1200000),
        ("3亿", 30000000000),
        ("-", None),
        ("--", None),
        ("", None),
        ("暂无数据", None),
        ("-5.5", -550),
        ("12.345", 1235),
        ("1e2", 10000),
        ("89元", 8900),
        ("0.29", 29),
    ],
)
def test_money_becomes_whole_fen(text: str, fen: int | None) -> None:
    assert read("money", text) == fen


@given(st.integers(0, 10**9))
def test_every_amount_of_fen_survives_its_text(fen: int) -> None:
    assert read("money", f"{fen // 100:,}.{fen % 100:02}") == fen


@pytest.mark.parametrize("text", ["abc", "1,5", "1.2.3", "12 34 x", "，", "1,23.0"])
def test_what_is_no_amount_is_not_guessed(text: str) -> None:
    with pytest.raises(ValueError):
        read("money", text)


def test_money_in_fen_and_sums_and_products_are_exact() -> None:
    assert read("money", "1234", unit="fen") == 1234
    assert read("money", f"3{values.SPLIT}0.335", combine="product") == 101  # 1.005 yuan, halves up
    assert read("money", f"1.10{values.SPLIT}{values.SPLIT}2.20", combine="sum") == 330
    assert read("money", f"5{values.SPLIT}1.5", combine="difference") == 350
    assert read("money", f"-12{values.SPLIT}4.65", combine="product", negate=True) == 5580


def test_whole_numbers_take_no_fractions_unless_told() -> None:
    assert read("int", "1,024") == 1024 and read("int", "2.5万") == 25000
    assert read("int", "35.5", form="round") == 36
    with pytest.raises(ValueError):
        read("int", "35.6")


def test_rates_in_all_three_forms() -> None:
    assert read("rate", "3.25%") == pytest.approx(0.0325) and read("rate", "0.0325") == pytest.approx(0.0325)
    assert read("rate", "2.58", form="percent") == pytest.approx(0.0258) and read("rate", "120%") == pytest.approx(1.2)
    with pytest.raises(ValueError):
        read("rate", "3.25")


@pytest.mark.parametrize(
    ("text", "unit", "found"),
    [
        ("1分钟6秒", "", 66),
        ("66秒", "", 66),
        ("1小时2分", "", 3720),
        ("0:01:06", "", 66),
        ("1:06", "", 66),
        ("1.5", "minutes", 90),
        ("0.5", "hours", 1800),
        ("12.25", "", 12.25),
        ("-", "minutes", None),
    ],
)
def test_durations_become_seconds(text: str, unit: str, found: float | None) -> None:
    assert read("seconds", text, unit=unit) == found


@pytest.mark.parametrize(
    "text",
    [
        "2026-09-10 08:00:00",
        "2026/9/10 8:00",
        "2026年9月10日 8时00分",
        "2026-09-10T08:00:00",
        "46275.3333333333",
        "2026.09.10 08:00",
    ],
)
def test_times_in_many_forms(text: str) -> None:
    assert read("time", text) == datetime(2026, 9, 10, 8)


def test_days_and_given_formats() -> None:
    assert read("day", "20260910") == read("day", "2026-09-10 23:59:59") == datetime(2026, 9, 10)
    assert read("time", "9/10/2026 8:05", format=("%m/%d/%Y %H:%M",)) == datetime(2026, 9, 10, 8, 5)
    for text in ("9/10/2026", "2026-13-01", "20261301", "10-09-2026", "soon"):
        with pytest.raises(ValueError):
            read("time", text)


@pytest.mark.parametrize(
    "text", ["\t6920000000001013001", "'6920000000001013001", '="6920000000001013001"', " 692000000000 1013001\u3000"]
)
def test_ids_lose_what_spreadsheets_put_around_them(text: str) -> None:
    assert read("id", text) == "6920000000001013001"


def test_persons_are_hashed_with_the_shop() -> None:
    one, other = read("person", "\tM1"), values.parser("person", Column(), FORMATS, "other")("M1")
    assert one == read("person", "M1") != other and len(str(one)) == 16 and read("person", "-") is None


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("打我电话 138 1234 5678 谢谢", "5678"),
        ("加微信：abc_12345 返现", "abc_12345"),
        ("vx abcd1234", "abcd1234"),
        ("a.b@mail.com", "mail"),
        ("手机１３８１２３４５６７８", "1234"),
        ("寄到朝阳区幸福路8号3栋", "8号"),
        ("单号6920000000001013001", "0001013"),
        ("QQ:123456", "123456"),
    ],
)
def test_reviews_lose_phones_accounts_and_addresses(text: str, gone: str) -> None:
    assert gone not in str(read("text", text, mask=True)) and "***" in str(read("text", text, mask=True))


def test_a_plain_review_stays_as_it_is() -> None:
    text = "买了 2 包，60 片装，很软👍\n第二行 <b>$x^2$</b>"
    assert read("text", text, mask=True) == text


def test_words_are_mapped_and_unknown_ones_follow_the_definition() -> None:
    known = {"同意退款,退款成功": "success"}
    assert read("text", "同意退款，退款成功", values=known) == "success"
    assert (
        read("text", "新状态", values=known, unknown="other") == "other"
        and read("text", "新", values=known, unknown="keep") == "新"
    )
    assert read("text", "-", values=known, empty="none") == "none" and read("text", "-", values=known) is None
    with pytest.raises(ValueError):
        read("text", "新状态", values=known)
