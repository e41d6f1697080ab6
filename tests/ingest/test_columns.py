"""Whole columns read at once: the same as word by word, and ids that a spreadsheet has spoilt."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.definitions import exports
from helpers.definitions.mapping import Column, bare, header, known_as, suited
from helpers.definitions.tables import pandas_type
from helpers.ingest import columns, damage, values

FORMATS = exports.formats()


def texts(*cells: str | None) -> Any:
    return pd.Series(list(cells), dtype="str")


def read(kind: str, *cells: str | None, **options: object) -> tuple[Any, Any, Any]:
    return columns.read(kind, Column(**options), texts(*cells), FORMATS, "shop")  # type: ignore[arg-type]


def slowly(kind: str, column: Column, cells: list[str | None]) -> tuple[Any, list[bool], list[bool]]:
    parse = values.parser(kind, column, FORMATS, "shop")
    found: list[Any] = []
    bad, rounded = [], []
    for cell in cells:
        try:
            value, wrong = (None if cell is None else parse(cell)), False
        except ValueError:
            value, wrong = None, True
        found.append(value)
        bad.append(wrong)
        rounded.append(value is not None and values.coarse(str(cell), column, kind, FORMATS))
    return pd.array(found, dtype=pandas_type(kind)), bad, rounded


FULL = {ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789"}

# cells of every shape: of the common ones, near misses of them, and anything ------------------------------------------

digit = st.integers(0, 99999).map(str)
around = st.sampled_from(["", *" \t'\"¥￥-−()%万元件秒\u3000\u200b\x01", '="'])
WORDS = "- -- none NaN 0 暂无数据 数据将于第二天更新 N/A null ｎｕｌｌ 无 '-' '0'"
words = st.sampled_from(["", " ", *WORDS.split()])
ids = st.integers(10**14, 10**19).map(str) | st.from_regex(r"\A[A-Za-z]{0,3}-?[0-9]{1,8}(\.0)?\Z")
money = st.decimals(-(10**11), 10**11, places=2).map("{:,}".format) | st.decimals(-(10**13), 10**13, places=4).map(str)
ratio = (
    st.decimals(-2, 2, places=6).map(str)
    | st.decimals(-300, 300, places=2).map("{}%".format)
    | st.floats(-2, 2).map(repr)
)
year, two, sign = (
    st.sampled_from(["2026", "2000", "2024", "1999", "2100", "0000"]),
    st.integers(0, 62),
    st.sampled_from("-/.年 :"),
)
form = st.sampled_from(
    [
        "{y}{s}{m:02}{s}{d:02} {h:02}:{n:02}:{k:02}",
        "{y}-{m:02}-{d:02}T{h:02}:{n:02}:{k:02}",
        "{y}{m:02}{d:02}",
        "{y}{s}{m}{s}{d}",
    ]
    + [
        "{y}{s}{m}{s}{d} {h}:{n:02}",
        "{y}/{m}/{d}  {h}:{n:02}:{k:02}",
        "{y}-{m:02}-{d:02} {h:02}:{n:02}",
        "{y}-{m:02}-{d:02}",
    ]
)
times = st.builds(
    lambda form, y, s, m, d, h, n, k: form.format(y=y, s=s, m=m, d=d, h=h, n=n, k=k),
    form, year, sign, st.integers(0, 13), st.integers(0, 32), st.integers(0, 25), two, two,
)  # fmt: skip
wrapped = st.builds("{}{}{}".format, around, words | ids | money | times, around)
phone = st.builds(
    lambda before, sign, wide: f"{before}{sign.join(('138', '1234', '5678'))}{before}".translate(FULL if wide else {}),
    st.sampled_from(["纸尿裤超薄透气婴儿柔软舒适一包六十片", "请打 ", "x@y.cn 买家说这一款很好用很柔软很透气"]),
    st.sampled_from(["", "-", " ", "\t", "\u3000", "\xa0", "\x01", "\x85", "--"]),
    st.booleans(),
)
cell = words | phone | ids | money | ratio | times | digit | wrapped | st.text(max_size=20)
CASES = [
    ("id", {}),
    ("id", {"null": ("0",)}),
    ("text", {}),
    ("text", {"mask": True}),
    ("int", {}),
    ("int", {"form": "round", "empty": "0"}),
    ("int", {"negate": True, "null": ("0", "-1")}),
    ("money", {}),
    ("money", {"unit": "fen"}),
    ("money", {"unit": "万元", "form": "round"}),
    ("money", {"negate": True, "null": ("0", "¥0")}),
    ("rate", {}),
    ("rate", {"form": "percent"}),
    ("rate", {"form": "number"}),
    ("seconds", {}),
    ("time", {}),
    ("time", {"null": ("20260101",)}),
    ("day", {}),
    ("day", {"pattern": r"(\d{8})"}),
    ("person", {}),
    ("flag", {}),
]


@pytest.mark.parametrize(("kind", "options"), CASES)
@settings(max_examples=40, deadline=None)
@given(cells=st.lists(st.none() | cell, max_size=40))
def test_a_whole_column_gives_what_its_words_give(kind: str, options: dict[str, Any], cells: list[str | None]) -> None:
    column = Column(**options)
    found, bad, rounded = columns.read(kind, column, texts(*cells), FORMATS, "shop")
    wanted, wanted_bad, wanted_rounded = slowly(kind, column, cells)
    pd.testing.assert_series_equal(pd.Series(found), pd.Series(wanted), check_exact=True)
    assert bad.tolist() == wanted_bad and rounded.tolist() == wanted_rounded


def test_a_column_has_the_dtype_of_its_type_even_without_rows() -> None:
    for kind, dtype in (
        ("id", "str"),
        ("money", "Int64"),
        ("time", "datetime64[us]"),
        ("rate", "float64"),
        ("flag", "boolean"),
    ):
        assert read(kind)[0].dtype == dtype and read(kind, "-", None)[0].dtype == dtype


def test_money_rates_and_days_by_hand() -> None:
    found, bad, rounded = read("money", "\t1,234.50", "¥0.29", "1.2万", "-", "12.345", None, "-0.01", "89")
    assert found.tolist() == [123450, 29, 1200000, pd.NA, pd.NA, pd.NA, -1, 8900]
    assert np.flatnonzero(bad).tolist() == [4] and np.flatnonzero(rounded).tolist() == [2]
    assert read("rate", "3.25%", "0.0325", "120%", "3.25")[0].tolist()[:3] == [0.0325, 0.0325, 1.2]
    days, bad, _ = read("day", "2026-09-10 23:59:59", "20260910", "2026/9/10", "2026-02-29", "2024-02-29", "46275.9")
    assert pd.Series(days).dt.strftime("%m-%d").tolist()[:3] == ["09-10"] * 3
    assert bad.tolist() == [False, False, False, True, False, False] and days[4] == pd.Timestamp(2024, 2, 29)
    assert days[5] == pd.Timestamp(2026, 9, 10)


def test_only_the_shops_own_money_is_money() -> None:
    abroad = FORMATS | {"money_signs": ["£"]}
    found, bad, _ = columns.read("money", Column(), texts("£1,234.50", "¥5.00", "-£0.01", "7"), abroad, "shop")
    assert found.tolist() == [123450, pd.NA, -1, 700] and bad.tolist() == [False, True, False, False]
    assert read("money", "£5.00")[1].tolist() == [True] and read("money", "5.00元")[0].tolist() == [500]


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("id", "\t69200000{:011}"),
        ("id", '="69200000{:011}"'),
        ("money", "¥{:,}.05"),
        ("int", "{:,}"),
        ("rate", "0.{:06}"),
        ("time", "2026-09-10 08:{0:02}:00"),
        ("time", "2026/9/1 {1}:{0:02}:{2:02}"),
        ("text", "\t一个足够长的商品名称，比空白词都长 第{}款"),
    ],
)
def test_no_cell_of_a_common_shape_is_read_by_itself(kind: str, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def parser(*_: object) -> Callable[[str], None]:
        return asked.append

    monkeypatch.setattr(values, "parser", parser)
    cells = [
        form.format(at % 60 if "[0" not in form and "{0" in form else at, at // 60 % 24, at // 1440)
        for at in range(5000)
    ]
    found, _, _ = read(kind, *cells)
    assert not asked and not pd.isna(found).any()


def test_why_a_cell_cannot_be_read() -> None:
    for kind, text, reason in (("money", "12.345", "too_fine"), ("time", "1788998400", "looks_unix"), ("int", "7", "")):
        assert columns.cause(kind, Column(), text, FORMATS, "shop") == reason
    assert set(FORMATS["faults"]) >= {
        "too_fine",
        "too_large",
        "scientific",
        "looks_unix",
        "date_range",
        "no_unit",
        "unknown_word",
    }


def test_cells_that_say_nothing_and_cells_that_wait_for_the_next_day() -> None:
    cells = texts("-", "数据将于第二天更新", None, "直播", " 数据将于第二天更新 ", "\u200b", "0")
    null = values.silent(Column(), FORMATS)
    assert columns.silence(cells, null).tolist() == [True, True, True, False, True, True, False]
    assert columns.pending(cells, FORMATS).tolist() == [False, True, False, False, True, False, False]


# ids -----------------------------------------------------------------------------------------------------------------


def numbered(n: int, zeros: int) -> Any:
    """Ids of 19 digits, of which so many end in 0000; the others end in 0001 to 0999."""
    return texts(*(f"6920000000{at:05}{0 if at < zeros else at % 999 + 1:04}" for at in range(n)))


@pytest.mark.parametrize(
    ("n", "zeros", "spoilt"),
    [
        (8, 5, True),  # 56 · 0.0001^5 = 6e-19
        (8, 1, False),  # 8 · 0.0001 = 8e-4
        (1, 1, False),
        (2, 2, True),  # 1e-8
        (14, 2, True),  # 91 · 1e-8 = 9.1e-7
        (15, 2, False),  # 105 · 1e-8 = 1.05e-6
        (3000, 1, False),
        (3000, 9, True),  # 0.3 are expected; 0.3^9 / 9! · e^-0.3 = 4e-11
    ],
)
def test_zeros_at_the_end_are_counted_against_chance(n: int, zeros: int, spoilt: bool) -> None:
    assert (len(damage.damaged(numbered(n, zeros), FORMATS)) == zeros) is spoilt


def test_a_sound_column_of_many_ids_passes() -> None:
    every = texts(
        *(str(6920000000001000000 + at) for at in range(50_000))
    )  # five of them end in 0000, as chance has it
    assert damage.damaged(every, FORMATS) == []


def test_equal_ids_count_once() -> None:
    assert damage.damaged(texts(*["6920000000001010000"] * 50), FORMATS) == []


def test_ids_of_other_lengths_lose_fewer_digits() -> None:
    sixteen = [f"123456789012{at:03}0" for at in range(10)]  # of 16 digits the last becomes 0: 1e-10 for ten of ten
    assert len(damage.damaged(texts(*sixteen), FORMATS)) == 10 and damage.damaged(texts(*sixteen[:5]), FORMATS) == []
    assert damage.damaged(texts("123456789012300", "100000000000000"), FORMATS) == []  # 15 digits are all kept


PRINTED = "6.92E+18 6.92e18 6.92E18 6.92e+18 7E+18 6.92000000000101E+18 6,920,000,000,000,000,000 6920000000001013001.0"


@pytest.mark.parametrize("text", PRINTED.split())
def test_one_id_that_a_spreadsheet_printed_as_a_number_is_enough(text: str) -> None:
    found, _, _ = read("id", "6920000000001013001", f"\t{text}")
    assert damage.damaged(found, FORMATS) == [text]


def test_codes_that_look_like_powers_are_codes() -> None:
    assert damage.damaged(texts("2E10", "5e3", "A1E+5", "NK-1.5E", "1,234", "合计", "-"), FORMATS) == []


# units of headers ----------------------------------------------------------------------------------------------------


def test_a_header_gives_its_unit_but_no_other_bracket() -> None:
    known = [
        "平均停留时长(秒)",
        "转化率（%）",
        "成交金额(万元)",
        "时长【单位：分钟】",
        "成交金额(退款前)",
        "消耗",
        "(秒)",
    ]
    assert [bare(header(name), FORMATS) for name in known] == [
        ("平均停留时长", "秒"),
        ("转化率", "%"),
        ("成交金额", "万元"),
        ("时长", "分钟"),
        ("成交金额(退款前)", ""),
        ("消耗", ""),
        ("(秒)", ""),
    ]


def test_headers_that_differ_only_in_the_unit_are_known() -> None:
    wanted = {"停留时长(分钟)", "成交金额", "转化率(%)"}
    assert known_as(("停留时长(秒)", "成交金额(万元)", "转化率"), wanted, FORMATS) == (
        "停留时长(分钟)",
        "成交金额",
        "转化率(%)",
    )
    assert known_as(("成交金额(万元)", "成交金额"), wanted, FORMATS) == ("成交金额(万元)", "成交金额")
    assert known_as(("成交金额(退款前)",), wanted, FORMATS) == ("成交金额(退款前)",)


def test_the_unit_of_the_files_own_header_counts() -> None:
    minutes = Column(headers=("停留时长(分钟)",), unit="minutes")
    assert suited("seconds", minutes, {"停留时长(分钟)": "停留时长（秒）"}, FORMATS).unit == "秒"
    assert suited("seconds", Column(headers=("停留时长",)), {"停留时长": "停留时长（小时）"}, FORMATS).unit == "小时"
    assert suited("seconds", minutes, {}, FORMATS).unit == "minutes"
    assert suited("rate", Column(headers=("转化率(%)",)), {"转化率(%)": "转化率(%)"}, FORMATS).form == "percent"
    stated = Column(headers=("转化率(%)",), form="fraction")
    assert suited("rate", stated, {"转化率(%)": "转化率(%)"}, FORMATS).form == "fraction"
    assert suited("text", Column(headers=("评分",)), {"评分": "评分(分)"}, FORMATS).unit == ""
    total = Column(combine="sum", parts=(Column(headers=("甲",)), Column(headers=("乙",))))
    assert [part.unit for part in suited("money", total, {"甲": "甲(万元)", "乙": "乙"}, FORMATS).parts] == ["万元", ""]
