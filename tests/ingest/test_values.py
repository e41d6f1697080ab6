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
        ("89元", 8900),
        ("0.29", 29),
        ("1.2w", 1200000),
        ("1.2 万元", 1200000),
        ("１，２３４．５０", 123450),
        ("￥１２", 1200),
        ("−5.50", -550),
        ("﹣5.50", -550),
        ("－5.50", -550),
        ("-¥5.50", -550),
        ("¥-5.50", -550),
        ("(1.00)", -100),
        ("（1,200.00）", -120000),
        ("+3", 300),
        ("\u200b7.00\u202c", 700),
        ("-\u200b", None),
        ("12.340000000000001", 1234),
        ("1e-05", 0),
        ("9,999,999,999.99", 999999999999),
    ],
)
def test_money_becomes_whole_fen(text: str, fen: int | None) -> None:
    assert read("money", text) == fen


@given(st.integers(0, 10**9))
def test_every_amount_of_fen_survives_its_text(fen: int) -> None:
    assert read("money", f"{fen // 100:,}.{fen % 100:02}") == fen


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("abc", "unreadable"),
        ("1,5", "unreadable"),
        ("0,123", "unreadable"),
        ("1.234,56", "unreadable"),
        ("1.2.3", "unreadable"),
        ("12 34", "unreadable"),
        ("12.", "unreadable"),
        ("，", "unreadable"),
        ("1,23.0", "unreadable"),
        ("--5", "unreadable"),
        ("-(5)", "unreadable"),
        ("89件", "unreadable"),
        ("10万+", "unreadable"),
        ("5~8", "unreadable"),
        ("١٢", "unreadable"),
        ("1²", "unreadable"),
        ("inf", "unreadable"),
        ("#DIV/0!", "unreadable"),
        ("9" * 101, "unreadable"),
        ("12.345", "too_fine"),
        ("12.3401", "too_fine"),
        ("1e3", "scientific"),
        ("1.23457E+11", "scientific"),
        ("13812345678.00", "too_large"),  # a telephone number
        ("6920000000001013001", "too_large"),
    ],
)
def test_what_is_no_amount_is_not_guessed(text: str, reason: str) -> None:
    with pytest.raises(values.Fault) as fault:
        read("money", text)
    assert fault.value.reason == reason


def test_money_in_fen_and_sums_and_products_are_exact() -> None:
    assert read("money", "1234", unit="fen") == 1234
    assert read("money", f"3{values.SPLIT}0.335", combine="product") == 101  # 1.005 yuan, halves up
    assert read("money", f"1.10{values.SPLIT}{values.SPLIT}2.20", combine="sum") == 330
    assert read("money", f"5{values.SPLIT}1.5", combine="difference") == 350
    assert read("money", f"-12{values.SPLIT}4.65", combine="product", negate=True) == 5580
    assert read("money", f"3件{values.SPLIT}¥0.50", combine="product") == 150
    with pytest.raises(values.Fault):
        read("money", f"1.10{values.SPLIT}0.005", combine="sum")


def test_averages_are_rounded_to_the_fen_only_where_the_definition_says_so() -> None:
    assert read("money", "12.345", form="round") == 1235 and read("money", "-12.345", form="round") == -1235


def test_amounts_under_a_unit_of_the_header_count_in_it() -> None:
    assert read("money", "1.2", unit="万元") == 1200000 and read("money", "1234", unit="分") == 1234
    assert read("money", "123.456789", unit="万元") == 123456789 and read("int", "1.5", unit="万") == 15000
    parts = (Column(unit="万元"), Column())
    assert read("money", f"1.5{values.SPLIT}2.25", combine="sum", parts=parts) == 1500225
    with pytest.raises(values.Fault):
        read("money", "12.5", unit="分")


@pytest.mark.parametrize(
    ("kind", "text", "unit", "rounded"),
    [
        ("money", "1.2万", "", True),
        ("money", "3亿", "", True),
        ("money", "1.2w", "", True),
        ("money", "1.20000万", "", True),  # its last digit is worth ten fen
        ("money", "1.200000万", "", False),
        ("money", "89", "", False),
        ("money", "1.2", "万元", True),
        ("money", "123.456789", "万元", False),
        ("int", "2.5万", "", True),
        ("int", "2.5000万", "", False),
        ("int", "12", "", False),
    ],
)
def test_numbers_in_wan_count_as_rounded_unless_every_digit_is_there(
    kind: str, text: str, unit: str, rounded: bool
) -> None:
    assert values.coarse(text, Column(unit=unit), kind, FORMATS) is rounded


def test_whole_numbers_take_no_fractions_unless_told() -> None:
    assert read("int", "1,024") == 1024 and read("int", "2.5万") == 25000 and read("int", "3.0") == 3
    assert read("int", "3件") == read("int", "3 人") == 3 and read("int", "１２次") == 12
    assert read("int", "35.5", form="round") == 36
    for text, reason in (("35.6", "not_whole"), ("3元", "unreadable"), ("3%", "unreadable"), ("1e13", "scientific")):
        with pytest.raises(values.Fault) as fault:
            read("int", text)
        assert fault.value.reason == reason


def test_rates_in_all_three_forms() -> None:
    assert read("rate", "3.25%") == pytest.approx(0.0325) and read("rate", "0.0325") == pytest.approx(0.0325)
    assert read("rate", "2.58", form="percent") == pytest.approx(0.0258) and read("rate", "120%") == pytest.approx(1.2)
    assert (
        read("rate", "１２．５％") == 0.125 and read("rate", "3.25 %") == 0.0325 and read("rate", "-3.25%") == -0.0325
    )
    assert (
        read("rate", "3.2e-05") == 0.000032 and read("rate", "2.58", form="number") == 2.58 and read("rate", "1") == 1
    )
    for text, reason in (
        ("3.25", "out_of_range"),
        ("-1.01", "out_of_range"),
        ("3%%", "unreadable"),
        ("3‰", "unreadable"),
    ):
        with pytest.raises(values.Fault) as fault:
            read("rate", text)
        assert fault.value.reason == reason


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
        ("1天2小时", "", 93600),
        ("1 小时 2 分", "", 3720),
        ("１分６秒", "", 66),
        ("26:00:00", "", 93600),
        ("125:30", "", 7530),
        ("0:01:06.5", "", 66.5),
        ("2", "分钟", 120),
        ("2", "分", 120),
        ("1.5", "小时", 5400),
        ("1.5", "时", 5400),
        ("66", "秒", 66),
        ("0.5", "天", 43200),
        ("0.000763888888888889", "天", 66),  # 66 of the day's 86,400 seconds, as Excel keeps a time
        ("0.5", "seconds", 0.5),
        ("0", "", 0),
    ],
)
def test_durations_become_seconds(text: str, unit: str, found: float | None) -> None:
    assert read("seconds", text, unit=unit) == (None if found is None else pytest.approx(found, abs=1e-9))


@pytest.mark.parametrize(
    ("text", "unit", "reason"),
    [
        ("0.000763889", "", "no_unit"),  # part of a day, an hour, a minute?
        ("0.5", "", "no_unit"),
        ("8:30", "hours", "unreadable"),
        ("1:75", "", "unreadable"),
        ("0:75:00", "", "unreadable"),
        ("-5", "", "unreadable"),
        ("5~8秒", "", "unreadable"),
        ("6分钟多", "", "unreadable"),
    ],
)
def test_durations_that_could_be_several_are_not_guessed(text: str, unit: str, reason: str) -> None:
    with pytest.raises(values.Fault) as fault:
        read("seconds", text, unit=unit)
    assert fault.value.reason == reason


@pytest.mark.parametrize(
    "text",
    [
        "2026-09-10 08:00:00",
        "2026/9/10 8:00",
        "2026年9月10日 8时00分",
        "2026-09-10T08:00:00",
        "46275.3333333333",
        "2026.09.10 08:00",
        "２０２６－０９－１０　０８：００",
        "2026-09-10 08:00:00.000",
        "2026-09-10T00:00:00Z",
        "2026-09-10T08:00:00+08:00",
        "2026-09-10 01:00:00.5+0100",
        "\u200e2026-09-10 08:00:00",
    ],
)
def test_times_in_many_forms(text: str) -> None:
    assert read("time", text) == datetime(2026, 9, 10, 8)


def test_unix_seconds_and_milliseconds_are_read_only_where_the_definition_says_so() -> None:
    # 2026-09-10 00:00:00 in London is day 20,706 since 1970: 20,706 · 86,400 = 1,788,998,400 seconds; Beijing is 8 hours ahead
    assert read("time", "1788998400", format=("unix",)) == datetime(2026, 9, 10, 8)
    assert read("time", "1788998400250", format=("unix",)) == datetime(2026, 9, 10, 8, 0, 0, 250_000)
    assert read("time", "0", format=("unix",), null=("0",)) is None
    for text in ("1788998400", "1788998400000"):
        with pytest.raises(values.Fault) as fault:
            read("time", text)
        assert fault.value.reason == "looks_unix"
    for text in ("0", "178899840", "1.79E+09", "2026-09-10"):
        with pytest.raises(values.Fault):
            read("time", text, format=("unix",))


@pytest.mark.parametrize(
    "text", ["20260725-20260729", "2026_06_01~2026_06_30", "2026-07-25 至 2026-07-29", "2026/7/25—2026/7/29"]
)
def test_a_range_of_days_is_no_day(text: str) -> None:
    with pytest.raises(values.Fault) as fault:
        read("day", text)
    assert fault.value.reason == "date_range"


def test_a_definition_may_take_the_first_day_of_a_range() -> None:
    assert read("day", "20260725-20260729", pattern=r"^(\d{8})") == datetime(2026, 7, 25)


def test_days_and_given_formats() -> None:
    assert read("day", "20260910") == read("day", "2026-09-10 23:59:59") == datetime(2026, 9, 10)
    assert read("time", "9/10/2026 8:05", format=("%m/%d/%Y %H:%M",)) == datetime(2026, 9, 10, 8, 5)
    assert read("day", "46275") == read("day", "46275.75") == datetime(2026, 9, 10)  # 46,275 days after 1899-12-30
    odd = (
        "9/10/2026",
        "2026-13-01",
        "20261301",
        "10-09-2026",
        "soon",
        "26-09-10",
        "2026-09",
        "202609",
        "2026-02-31",
        "20260231",
    )
    for text in (
        *odd,
        "2026-09-10 24:00:00",
        "2026-09-10 08:60",
        "2026-09-10 08:0",
        "1970-01-01 08:00:00",
        "4.6万",
        "45,930",
        "999",
    ):
        with pytest.raises(ValueError):
            read("time", text)


@pytest.mark.parametrize(
    "text",
    [
        "\t6920000000001013001",
        "'6920000000001013001",
        '="6920000000001013001"',
        " 692000000000 1013001\u3000",
        "\u202d6920000000001013001\u202c",
        "\ufeff692000000000101\u200b3001",
        "６９２０００００００００１０１３００１",
        "‘6920000000001013001’",
    ],
)
def test_ids_lose_what_spreadsheets_put_around_them(text: str) -> None:
    assert read("id", text) == "6920000000001013001"


def test_short_ids_lose_what_a_float_adds_and_codes_stay() -> None:
    assert read("id", "3612345678.0") == "3612345678" and read("id", "6920000000001013001.0") == "6920000000001013001.0"
    assert read("id", "NK-1.0") == "NK-1.0" and read("id", "2E10") == "2E10" and read("id", "－") is None


def test_flags_are_yes_or_no() -> None:
    assert read("flag", "是") is True and read("flag", "FALSE") is False and read("flag", "-") is None
    with pytest.raises(values.Fault):
        read("flag", "也许")


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


def test_names_of_products_lose_phones_and_mail_whatever_their_width() -> None:
    for text in ("纸尿裤 138-1234-5678", "纸尿裤 １３８１２３４５６７８", "纸尿裤 ａ＠b.cn a@b.cn"):
        assert str(read("text", text)).startswith("纸尿裤") and str(read("text", text)).endswith("***")
    assert read("text", "ＮＫ－１２ 纸尿裤 60片×2") == "ＮＫ－１２ 纸尿裤 60片×2"


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
