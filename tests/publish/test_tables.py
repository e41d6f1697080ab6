import pandas as pd
import pytest

from helpers.publish import tables


def styled(frame: pd.DataFrame) -> "pd.io.formats.style.Styler":
    return frame.style.hide(axis="index")


def test_a_literal_cannot_be_left() -> None:
    assert tables.literal('a"b\\c\nd') == '"a\\"b\\\\c\\nd"'


def test_cells_are_string_literals_and_nothing_else() -> None:
    code = tables.to_typst(styled(pd.DataFrame({"#let": ["*a* $b$ @c"]})).to_html())
    assert 'table.cell(text("*a* $b$ @c"))' in code
    assert 'table.cell(th("#let"))' in code


def test_numbers_stand_right_and_words_left() -> None:
    frame = pd.DataFrame(
        {"商品": ["甲", "乙"], "额": ["¥1,204.00", "-"], "率": ["12.5%", "—"], "区间": ["8%–12%", "3%–4%"]}
    )
    assert "align: (left, right, right, right,)" in tables.to_typst(styled(frame).to_html())


def test_colours_weights_and_captions_of_a_styler_are_kept() -> None:
    style = styled(pd.DataFrame({"a": ["x"]})).set_caption("表 1")
    code = tables.to_typst(style.map(lambda _: "background-color: #fde8e4; color: red; font-weight: bold").to_html())
    assert 'caption: "表 1"' in code
    assert 'table.cell(fill: rgb("#fde8e4"), text(fill: rgb("#ff0000"), weight: "bold", "x"))' in code


def test_a_bar_becomes_a_gradient_with_hard_stops() -> None:
    code = tables.to_typst(pd.DataFrame({"a": [1, 2]}).style.bar(color="#d65f5f", vmin=0).to_html())
    stops = '(rgb("#d65f5f"), 50.00%), (rgb("#ffffff00"), 50.00%)'
    assert f'gradient.linear((rgb("#d65f5f"), 0.00%), {stops}, (rgb("#ffffff00"), 100.00%))' in code


def test_the_row_that_pandas_adds_for_index_names_is_merged() -> None:
    frame = pd.DataFrame({"商品": ["甲"], "额": [1]}).set_index("商品")
    for html in (frame.to_html(), frame.style.to_html()):
        assert 'head: (table.cell(th("商品")), table.cell(th("额")), )' in tables.to_typst(html)


def test_spans_keep_columns_in_place() -> None:
    rows = "<tr><td rowspan=2>甲</td><td>一</td><td>1</td></tr><tr><td>二</td><td>2</td></tr>"
    code = tables.to_typst(f"<table><tbody>{rows}</tbody></table>")
    assert "align: (left, left, right,)" in code
    assert 'table.cell(rowspan: 2, text("甲"))' in code


@pytest.mark.parametrize("columns, turned", [(12, "false"), (13, "true")])
def test_more_than_twelve_columns_turn_the_page(columns: int, turned: str) -> None:
    frame = pd.DataFrame({str(place): [1] for place in range(columns)})
    assert f"landscape: {turned}" in tables.to_typst(styled(frame).to_html())


def test_a_table_too_wide_for_any_page_is_cut_into_parts_that_repeat_the_first_column() -> None:
    frame = pd.DataFrame({"商品": ["甲"]} | {f"列{place}": [f"¥{place:,}98,765,432"] for place in range(30)})
    code = tables.to_typst(styled(frame).to_html())
    parts = code.count("#datatable(")
    assert parts > 1 and code.count('text("甲")') == parts and "squeezed: true" not in code
    assert all(code.count(f'th("列{place}")') == 1 for place in range(30))
    assert "\u200b" not in code  # no number is broken


def test_a_word_that_would_push_the_table_off_the_page_gets_break_points() -> None:
    code = tables.to_typst(styled(pd.DataFrame({"链接": ["x" * 40], "单号": ["6920123456789012345"]})).to_html())
    assert "x" * 16 + "\u200b" + "x" * 16 + "\u200b" in code
    assert '"6920123456789012345"' in code


def test_html_without_a_table_is_its_text_and_scripts_are_dropped() -> None:
    assert tables.to_typst("<p>a<script>alert(1)</script></p>") == '#plain("a")'
    assert tables.to_typst("<table></table>") == ""
