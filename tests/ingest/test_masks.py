"""Tests of rules on whole columns: the same as on each cell."""

import re
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.definitions import exports
from helpers.definitions.mapping import Rule, header
from helpers.ingest import masks, values

FORMATS = exports.formats()
CELLS = [
    ("合计", {"equals": ("合计", "总计")}, True),
    (" 合 计", {"equals": ("合计",)}, True),
    ("ALL", {"equals": ("all",)}, True),
    ("0.00", {"equals": (0,)}, True),
    ("¥0", {"equals": (0,)}, True),
    ("0.001", {"equals": (0,)}, False),
    ("0.10", {"equals": (0.1,)}, True),
    ("-", {"equals": (0,)}, False),
    ("-", {"not_equals": ("-",)}, False),
    ("1,200.50", {"above": 1200.4, "below": 1200.6}, True),
    ("1200.50", {"above": 1200.5}, False),
    ("1.2万", {"above": 11999}, True),
    ("-0.01", {"below": 0}, True),
    ("abc", {"below": 0}, False),
    ("\t6920000000001013001;6920000000001013002", {"pattern": r"\d\s*[;；,，]\s*\d"}, True),
    ("6920000000001013001；6920000000001013002", {"pattern": r"\d\s*[;；,，]\s*\d"}, True),
    ("\t6920000000001013001", {"pattern": r"\d\s*[;；,，]\s*\d"}, False),
    ("ab", {"pattern": r"^a(?=b)"}, True),
    ("aa", {"pattern": r"^a{,2}$"}, True),
    ("x1", {"pattern": r"^x", "not_equals": ("x2",)}, True),
]


@pytest.mark.parametrize(("text", "tests", "holds"), CELLS)
def test_a_cell_meets_all_tests_of_a_rule_or_not(text: str, tests: dict[str, object], holds: bool) -> None:
    rule = Rule(("h",), **tests)  # type: ignore[arg-type]
    assert masks.met(pd.Series([text, None], dtype="str"), rule, FORMATS).tolist()[0] is holds


def single(text: str, rule: Rule) -> bool:
    try:
        number = values.number(text, FORMATS)
    except ValueError:
        number = None
    numbers = {Decimal(str(word)) for word in (*rule.equals, *rule.not_equals) if not isinstance(word, str)}
    same = header(text) in map(header, map(str, (*rule.equals, *rule.not_equals))) or number in numbers
    found = not same if rule.not_equals else same if rule.equals else True
    if rule.pattern:
        found = found and re.search(rule.pattern, values.plain(text)) is not None
    if rule.above is not None:
        found = found and number is not None and number > Decimal(str(rule.above))
    if rule.below is not None:
        found = found and number is not None and number < Decimal(str(rule.below))
    return found


WORDS = "0 - 0.00 -0.01 ¥5 5 5.005 1,000 1.2万 合计 ＡＬＬ all a;b 12；3 NaN"
words = st.sampled_from(["", " 5", "a\x01;b", "all ", *WORDS.split()])
cells = st.lists(st.none() | words | st.text(max_size=6) | st.decimals(-9999, 9999, places=2).map(str), max_size=30)
RULES = [
    {"equals": ("合计", "all")},
    {"equals": (0, "-")},
    {"not_equals": (5, "all")},
    {"pattern": r"\w\s*[;；]\s*\w"},
    {"pattern": r"^\d+$", "above": 3},
    {"above": 0.005, "below": 1000},
    {"below": -0.01},
]


@pytest.mark.parametrize("tests", RULES)
@settings(max_examples=60, deadline=None)
@given(column=cells)
def test_a_column_meets_what_its_cells_meet(tests: dict[str, object], column: list[str | None]) -> None:
    rule = Rule(("h",), **tests)  # type: ignore[arg-type]
    wanted = [single(text or "", rule) for text in column]
    assert masks.met(pd.Series(column, dtype="str"), rule, FORMATS).tolist() == wanted
