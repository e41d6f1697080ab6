from helpers.publish import markdown


def test_all_cells_come_back_in_order() -> None:
    assert markdown.to_typst(["甲", "", "**乙：**丙"]) == ["甲", "", "#strong[乙：]丙"]


def test_an_open_code_fence_does_not_swallow_the_next_cell() -> None:
    first, second = markdown.to_typst(["```\nx = 1", "## 下一节"])
    assert "x = 1" in first and "下一节" not in first
    assert second == "== 下一节"


def test_text_that_looks_like_typst_is_text() -> None:
    (code,) = markdown.to_typst(["井号 #let x = 1 和 @ref，`#raw(1)`"])
    assert "\\#let" in code and "\\@ref" in code


def test_raw_typst_pictures_and_jumps_do_not_get_through() -> None:
    (code,) = markdown.to_typst(["`#panic()`{=typst} ![图](x.png) [跳](#a) <b>粗</b>\n\n```{=typst}\n#panic()\n```"])
    assert "image(" not in code and "#link" not in code and "粗" in code
    assert "\n#panic" not in code.replace("```\n#panic()", "")


def test_a_chapter_is_level_one_so_its_headings_start_at_two() -> None:
    assert markdown.to_typst(["# 甲\n\n## 乙\n\n### 丙"]) == ["== 甲\n== 乙\n=== 丙"]


def test_the_title_is_the_first_heading_and_leaves_the_text() -> None:
    assert markdown.split_title("# 二、销售 #\n\n正文") == ("二、销售", "\n\n正文")
    assert markdown.split_title("正文\n\n# 二") == ("", "正文\n\n# 二")
    assert markdown.split_title("## 二") == ("", "## 二")
