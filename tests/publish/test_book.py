import io
from typing import Any

import publish_notebooks as made
import pypdf
import pytest

from helpers.errors import XiaodianError
from helpers.publish import book, document, words
from helpers.publish.chapter import Chapter


def chapter(number: int, error: str = "", **facts: Any) -> Chapter:
    name, module, title, _ = made.NAMES[number - 1]
    told = made.payload(module, title, number) | facts
    body = "" if error else f"== {number}.1 小节\n\n正文。"
    return Chapter(name, title, "zh", "sample", "2026-10", body, facts={} if error else told, error=error)


@pytest.fixture(scope="module")
def chapters() -> list[Chapter]:
    return [chapter(number, "订单.csv 第 3 行: 金额为空" if number == 4 else "") for number in range(1, 7)]


@pytest.fixture(scope="module")
def pages(chapters: list[Chapter]) -> list[str]:
    pdf = book.pdf(chapters, "sample", "2026-10", "zh")
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def test_the_cover_says_whose_report_it_is_and_how_final(pages: list[str]) -> None:
    for words_on_it in ("抖音小店运营工作总结", "小店样例", "2026 年 10 月", "数据分析组", "2026-11-05", "定稿"):
        assert words_on_it in pages[0]
    assert "第 1 页" not in pages[0]


def test_a_period_that_is_not_complete_makes_it_preliminary(chapters: list[Chapter]) -> None:
    told = book.document.meta("book", "x", "zh", "sample", "2026-10")
    assert "初稿" in book.cover([*chapters[:2], chapter(3, complete=False)], told, "sample", "zh")[-1][1]
    assert "初稿" in book.cover([], told, "sample", "zh")[-1][1]


def test_the_summary_is_the_second_page_and_the_contents_the_third(pages: list[str]) -> None:
    assert "一页摘要" in pages[1] and "第 2 页 / 共" in pages[1]
    assert pages[2].split("\n").count("目录") >= 1
    assert "未能回答的问题" in pages[1] and "未能回答的问题" not in pages[2]


def test_findings_and_actions_come_by_money_at_stake(chapters: list[Chapter]) -> None:
    found = book.summary(chapters, "sample", "zh")
    assert [row["text"] for row in found["findings"]] == [
        "六、下月规划：少付 6 万元",
        "五、问题诊断：少付 5 万元",
        "三、营销推广复盘：少付 3 万元",
    ]
    assert [row["text"] for row in found["actions"]] == ["动作 6", "动作 5", "动作 3"]


def test_a_key_figure_stands_beside_its_own_previous_and_target(chapters: list[Chapter]) -> None:
    figure = book.summary(chapters, "sample", "zh")["figures"][0]
    assert figure["text"] == "¥523,400.00"
    assert figure["notes"] == ["较去年同期 +3.2 %", "上期 ¥507,200.00", "目标 ¥500,000.00"]
    assert (figure["trend"], figure["tone"]) == ("up", "good")


def test_a_key_figure_that_no_chapter_states_says_so(chapters: list[Chapter]) -> None:
    figures = book.summary(chapters, "sample", "zh")["figures"]
    assert len(figures) == 6
    assert [figure["text"] for figure in figures[1:]] == ["无数据"] * 5


def test_more_of_what_should_be_less_is_bad() -> None:
    fact = made.fact("sales.refund_rate_amount", 0.2, "20%", "down")
    assert book._trend(fact, 0.1) == ("up", "bad")
    assert book._trend(fact, 0) == ("", "neutral")


def test_what_failed_or_is_missing_is_on_the_summary(pages: list[str]) -> None:
    assert "“四、用户互动与服务”未完成：订单.csv 第 3 行: 金额为空" in pages[1].replace("\n", "")
    assert "有 1 处数据缺口：退款成熟度" in pages[1].replace("\n", "")


def test_a_failed_chapter_is_a_page_that_says_why(pages: list[str]) -> None:
    (page,) = [page for page in pages[3:] if "其余各章不受影响" in page]
    assert "四、用户互动与服务" in page and "金额为空" in page


def test_pages_are_numbered_through_and_none_is_empty(pages: list[str]) -> None:
    for number, page in enumerate(pages[1:], 2):
        assert f"第 {number} 页 / 共 {len(pages)} 页" in page
    assert all(len(page) > 60 for page in pages)


def test_the_contents_give_the_page_of_each_chapter_and_section(pages: list[str]) -> None:
    contents = "".join(pages[2].split())
    for number, (_, _, title, _) in enumerate(made.NAMES, 1):
        at = next(place for place, page in enumerate(pages[3:], 4) if page.split("\n")[-2:] and title in page)
        assert f"{title}{'.' * 3}" in contents and f".{at}" in contents, title
        if number != 4:
            assert f"{number}.1小节" in contents


def test_the_outline_goes_from_chapter_to_section(chapters: list[Chapter]) -> None:
    reader = pypdf.PdfReader(io.BytesIO(book.pdf(chapters, "sample", "2026-10", "zh")))
    titles = [entry.title for entry in reader.outline if not isinstance(entry, list)]
    assert titles == ["一页摘要", "目录", *(name[2] for name in made.NAMES), "指标释义", "数据说明"]
    assert [entry.title for entry in reader.outline if isinstance(entry, list) for entry in entry][:1] == ["1.1 小节"]


def test_the_glossary_has_each_metric_once_and_the_notes_each_file(chapters: list[Chapter], pages: list[str]) -> None:
    speech = book.wording.load("zh", "sample")
    parts = book.glossary([chapters[0], chapters[0], chapters[1]], speech)
    assert [[row["id"] for row in part["rows"]] for part in parts] == [
        ["background.paid_amount"],
        ["sales.paid_amount"],
    ]
    assert book.notes(chapters, speech)["files"] == [["订单 2026-10.csv", "订单", "812", "a" * 12]]
    assert "付款成功的订单金额之和" in pages[-2] and "订单 2026-10.csv" in pages[-1]


def test_a_crowded_summary_still_takes_one_page() -> None:
    long = "直播间在活动期间的转化率明显低于往常，" * 6
    finding = made.payload("sales", "x", 2)["findings"][0] | {"headline": long, "action": long}
    findings = [finding | {"claim": f"2.{place}", "stake_text": "¥12,300（¥8,000–¥16,000）"} for place in range(5)]
    gaps = [{"claim": "2.1", "title": f"{long}{place}", "line": ""} for place in range(3)]
    crowd = [chapter(number, findings=findings, gaps=gaps) for number in range(1, 7)]
    pdf = book.pdf(crowd, "sample", "2026-10", "zh")
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]
    assert "六、下月规划”有 3 处" in pages[1].replace("\n", "") and "目录" in pages[2].split("第 3 页")[0]


def test_an_english_book_has_english_words(chapters: list[Chapter]) -> None:
    pdf = book.pdf(chapters, "sample", "2026-10", "en")
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]
    assert "Douyin shop operations review" in " ".join(pages[0].split()) and "October 2026" in pages[0]
    assert "Page 2 of" in pages[1] and "Glossary" in pages[-2]


@pytest.mark.parametrize(
    "text, zh, en",
    [
        ("2026-10", "2026 年 10 月", "October 2026"),
        ("2026Q3", "2026 年第 3 季度", "Q3 2026"),
        ("2026H1", "2026 年上半年", "First half of 2026"),
        ("2026", "2026 年", "2026"),
        ("2026W01", "2026 年第 1 周（2025-12-29 至 2026-01-04）", "Week 1 of 2026 (2025-12-29 to 2026-01-04)"),
        ("2026-10-01..2026-10-15", "2026-10-01 至 2026-10-15", "2026-10-01 to 2026-10-15"),
        ("whenever", "whenever", "whenever"),
    ],
)
def test_a_period_is_said_as_readers_say_it(text: str, zh: str, en: str) -> None:
    said = [words.period_words(text, book.wording.load(lang)) for lang in ("zh", "en")]
    assert said == [zh, en]


def test_a_page_that_cannot_be_set_says_what_typst_says() -> None:
    with pytest.raises(XiaodianError, match="^02 销售: the page cannot be set: unknown variable: nothing →"):
        document.pdf({"main.typ": b"#nothing"}, "2026-10", "02 销售")
