import pytest
import typst

from helpers.errors import XiaodianError
from helpers.publish import glyphs


def drawn(text: str) -> str:
    return glyphs.drawable(text, "二、销售", "〔表情〕")


def test_chinese_signs_and_ticks_stay_as_they_are() -> None:
    text = "镕 ¥1,204 ≥ 3㎡ ✔ ▲ “引号” — 100％\n下一行"
    assert drawn(text) == text


def test_a_run_of_emoji_becomes_one_word() -> None:
    assert drawn("好吃👍🏽🥡，推荐🚀") == "好吃〔表情〕，推荐〔表情〕"


def test_emoji_joined_to_one_become_one_word_and_control_signs_go() -> None:
    assert drawn("👩\u200d🥡\ufe0f a\x07b\U000e0067c") == "〔表情〕 abc"


def test_a_fancy_letter_becomes_its_plain_form() -> None:
    assert drawn("𝓢𝓐𝓛𝓔") == "SALE"


@pytest.mark.parametrize("sign, name", [("ก", "U+0E01"), ("𠮷", "U+20BB7"), ("한", "U+D55C")])
def test_a_missing_letter_stops_the_chapter_and_is_named(sign: str, name: str) -> None:
    with pytest.raises(XiaodianError, match="二、销售") as caught:
        drawn(f"商品{sign}")
    assert name in str(caught.value)


def test_an_error_message_is_never_stopped_by_a_missing_letter() -> None:
    assert glyphs.drawable("列 ก", "x", "〔表情〕", strict=False) == "列 〔U+0E01〕"


def test_widths_come_from_the_fonts() -> None:
    assert glyphs.width("商品") == 2.0
    assert glyphs.width("一\n一二三") == 3.0
    assert 0.5 < glyphs.width("1") < 0.6


def test_only_our_faces_are_known_to_typst_beside_its_own_for_formulas() -> None:
    assert set(typst.Fonts(include_system_fonts=False, font_paths=[glyphs.font_folder()]).families()) <= {
        "Noto Sans SC", "DejaVu Sans", "DejaVu Sans Mono", "DejaVu Sans Display",
        "Libertinus Serif", "New Computer Modern", "New Computer Modern Math",
    }  # fmt: skip
