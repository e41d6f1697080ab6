"""Numbers and sentences as a reader sees them."""

import pytest

from helpers.definitions import wording
from helpers.errors import DefinitionError
from helpers.findings import Label, Sentence
from helpers.show import words

CASES = [
    (1234, "CNY", "¥1,234", "¥1,234"),
    (87.654, "CNY", "¥87.65", "¥87.65"),
    (0, "CNY", "¥0", "¥0"),
    (123_456, "CNY", "12.3 万元", "¥123k"),
    (-123_456, "CNY", "-12.3 万元", "-¥123k"),
    (1_234_567, "CNY", "123 万元", "¥1.23m"),
    (12_345_678, "CNY", "1,235 万元", "¥12.3m"),
    (123_456_789, "CNY", "1.23 亿元", "¥123m"),
    (99_999_999, "CNY", "1.00 亿元", "¥100m"),
    (9_999, "CNY", "¥9,999", "¥9,999"),
    (999_999, "CNY", "100 万元", "¥1.00m"),
    (45_000, "GBP", "4.50 万英镑", "£45.0k"),
    (-12.5, "GBP", "-£12.50", "-£12.50"),
    (-0.001, "CNY", "¥0.00", "¥0.00"),
    (0.1234, "ratio", "12.3 %", "12.3 %"),
    (0.0042, "ratio", "0.42 %", "0.42 %"),
    (0, "ratio", "0 %", "0 %"),
    (-1e-9, "ratio", "0 %", "0 %"),
    (-0.05, "ratio", "-5.0 %", "-5.0 %"),
    (1.234, "points", "1.2 个百分点", "1.2 pp"),
    (5.3, "multiple", "5.3 倍", "5.3×"),
    (0.85, "probability", "85 %", "85 %"),
    (0.9991, "probability", ">99 %", ">99 %"),
    (0.002, "probability", "<1 %", "<1 %"),
    (1234, "count", "1,234", "1,234"),
    (12_345, "count", "1.23 万", "12.3k"),
    (2.5, "days", "2.5 天", "2.5 days"),
    (3, "hours", "3 小时", "3 h"),
    (28.04, "minutes", "28.0 分钟", "28.0 min"),
    (30, "seconds", "30 秒", "30 s"),
    (12.34, "per_1000", "每千 12.3", "12.3 per 1,000"),
    (None, "CNY", "—", "—"),
    (float("nan"), "ratio", "—", "—"),
]


@pytest.mark.parametrize(("number", "unit", "chinese", "english"), CASES)
def test_a_value_prints_by_its_unit(value, number, unit, chinese, english):
    assert words.format_value(value(number, unit), "zh") == chinese
    assert words.format_value(value(number, unit), "en") == english


def test_exact_prints_cents_and_whole_counts(value):
    assert words.format_value(value(1234567.8, "CNY"), "zh", exact=True) == "¥1,234,567.80"
    assert words.format_value(value(1234567, "count"), "en", exact=True) == "1,234,567"


def test_a_sentence_fills_values_labels_numbers_and_data(setting, value):
    speech = wording.load("zh", "probe")
    slots = {"a": value(0.084, "ratio", 1503, 0.07, 0.098), "b": Label("carrier", "live"), "c": 12345, "d": "广东"}
    template = "{a}（{a.range}，n={a.n}）{b} {c} {d} {a.low} {a.high} {a.period}"
    assert words.fill(template, slots, speech, "k") == "8.4 %（7.0–9.8 %，n=1,503）直播 12,345 广东 7.0 % 9.8 % 2026-10"


def test_parts_sign_and_size_of_a_value(value):
    speech = wording.load("zh", "probe")
    slots = {"up": value(0.05, "ratio"), "down": value(-0.05, "ratio"), "same": value(0.0, "ratio")}
    text = words.fill("{up.signed} {down.signed} {down.abs} {same.signed}", slots, speech, "k")
    assert text == "+5.0 % -5.0 % 5.0 % 0 %"


def test_an_interval_below_zero_is_spelt_with_a_word(value):
    speech = wording.load("zh", "probe")
    assert words.span(-0.02, 0.03, "ratio", speech) == "-2.0 至 3.0 %"
    assert words.span(1000, 2000, "CNY", speech) == "¥1,000–¥2,000"
    assert words.span(9000, 120000, "CNY", speech) == "0.9–12.0 万元"
    assert words.span(None, 2, "ratio", speech) == "—"


def test_a_clause_without_an_interval_is_left_out(setting, value):
    with_band = Sentence("probe.up", {"now": value(1000, "CNY", None, 900, 1100)})
    assert words.text(with_band, setting()) == "支付金额 ¥1,000，区间 ¥900–¥1,100"
    assert words.text(Sentence("probe.up", {"now": value(1000, "CNY")}), setting()) == "支付金额 ¥1,000"


def test_data_in_a_slot_is_never_read_as_a_template(setting):
    speech = wording.load("zh", "probe")
    assert words.fill("{a}", {"a": "{b} [x] {a.range}"}, speech, "k") == "{b} [x] {a.range}"


def test_a_missing_slot_names_the_sentence(setting):
    with pytest.raises(DefinitionError, match="probe.up: no slot {now}"):
        words.text(Sentence("probe.up", {"then": 1}), setting())


def test_an_unknown_part_of_a_value_is_refused(value):
    with pytest.raises(DefinitionError, match="did you mean range"):
        words.fill("{a.rang}", {"a": value(1, "count")}, wording.load("zh"), "k")


@pytest.mark.parametrize(
    ("p", "key"),
    [
        (0.95, "sure"),
        (0.949, "likely"),
        (0.8, "likely"),
        (0.79, "open"),
        (0.5, "open"),
        (0.2, "unlikely"),
        (0.01, "never"),
    ],
)
def test_a_hedge_goes_by_the_probability(p, key):
    assert words.hedge_key(p) == key


def test_without_a_probability_nothing_can_be_said():
    assert words.hedge(None, "zh") == "尚不能判断"
    assert words.hedge(0.96, "zh") == "基本可以确定"


def test_numbers_of_a_column_share_the_scale_of_the_biggest():
    speech = wording.load("zh")
    assert words.alike([52_000, 9_000, 900.5, -4_100], "CNY", speech) == [
        "5.20 万元",
        "0.90 万元",
        "0.09 万元",
        "-0.41 万元",
    ]
    assert words.alike([3.2e9, 5], "CNY", speech) == ["32.0 亿元", "¥5"]
    assert words.alike([0, float("nan")], "count", speech) == ["0", "—"]


def test_a_number_that_ends_in_a_chinese_unit_stands_close_to_the_words_after_it(value) -> None:
    speech = wording.load("zh")
    assert words.fill("共 {x} 不同", {"x": value(165_510.85, "CNY")}, speech, "k") == "共 16.6 万元不同"
    assert words.fill("占 {x} 不同", {"x": value(0.3, "ratio")}, speech, "k") == "占 30.0 % 不同"
    assert words.fill("{x} 万次", {"x": "春秋款 夏款"}, speech, "k") == "春秋款 夏款万次"


def test_words_are_read_once_a_report(setting, tmp_path):
    file = tmp_path / "raw" / "probe" / "definitions" / "wording" / "zh" / "probe.toml"
    report = setting()
    assert words.text(Sentence("probe.plain"), report) == "一句话"
    file.write_text(file.read_text(encoding="utf-8").replace("一句话", "另一句"), encoding="utf-8")
    assert words.text(Sentence("probe.plain"), report) == "一句话"
    assert words.text(Sentence("probe.plain"), setting()) == "另一句"
