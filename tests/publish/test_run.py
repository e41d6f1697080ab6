import json
import zipfile
from pathlib import Path

import publish_notebooks as made
import pytest
from pypdf import PdfReader

from helpers.publish import execute, manifest, run
from helpers.publish.chapter import Chapter
from helpers.publish.parameters import Plan


@pytest.fixture(scope="module")
def delivered(
    notebooks: tuple[Path, ...], tmp_path_factory: pytest.TempPathFactory
) -> tuple[run.RunResult, Path, list]:
    """A run of three notebooks of which one fails, in every format."""
    told: list = []
    with pytest.MonkeyPatch.context() as patch:
        root = tmp_path_factory.mktemp("reports")
        patch.setenv("XIAODIAN_REPORTS", str(root))
        plan = Plan("sample", "2026-10", "zh", notebooks, True, ("pdf", "html", "xlsx"))
        result = run.deliver(plan, 2, told.append)
    return result, root / "sample" / "2026-10" / "zh", told


def test_a_failing_chapter_is_told_and_the_others_are_delivered(delivered: tuple) -> None:
    result, folder, told = delivered
    assert result.exit_code == 1
    assert {one.name: one.error for one in told} == {
        "02_sales_recap": "",
        "04_user_interaction": "订单.csv 第 3 行: 金额为空 → 重新导出",
        "06_planning": "",
    }
    assert sorted(path.name for path in result.paths) == [
        "02_sales_recap.html", "02_sales_recap.pdf", "06_planning.html", "06_planning.pdf", "book.pdf", "facts.xlsx",
    ]  # fmt: skip
    assert sorted(path.name for path in (folder / "notebooks").iterdir())[1] == "04_user_interaction.ipynb"


def test_the_book_has_a_page_for_the_failed_chapter(delivered: tuple) -> None:
    pages = [page.extract_text() for page in PdfReader(delivered[1] / "book.pdf").pages]
    assert any("四、用户互动与服务" in page and "金额为空" in page for page in pages[3:])


def test_nothing_of_the_scratch_folder_stays(delivered: tuple) -> None:
    assert sorted(path.name for path in delivered[1].parent.iterdir()) == [".zh.lock", "zh"]


def test_facts_carry_their_chapter_and_sources(delivered: tuple) -> None:
    told = json.loads((delivered[1] / "facts.json").read_text(encoding="utf-8"))
    assert (told["shop"], told["period"], told["lang"]) == ("sample", "2026-10", "zh")
    ids = [fact["id"] for fact in told["facts"]]
    assert "sales.paid_amount" in ids and "planning.paid_amount/base=target" in ids and len(ids) == 8
    assert {finding["chapter"] for finding in told["findings"]} == {"02_sales_recap", "06_planning"}


def test_the_record_says_what_ran_on_what(delivered: tuple) -> None:
    record = json.loads((delivered[1] / "run.json").read_text(encoding="utf-8"))
    assert record["parameters"] == {"period": "2026-10", "shop": "sample", "lang": "zh"}
    assert record["store_versions"] == {}  # nobody's store is empty
    assert record["versions"]["typst"] and record["definitions"]["tables/deals.toml"] and record["inputs"]["a" * 12]
    assert [record["chapters"][name]["status"] for name in sorted(record["chapters"])] == ["done", "failed", "done"]
    assert record["chapters"]["02_sales_recap"]["gaps"] == 1 and record["chapters"]["02_sales_recap"]["seconds"] > 0


def test_html_is_in_one_language_without_code(delivered: tuple) -> None:
    page = (delivered[1] / "02_sales_recap.html").read_text(encoding="utf-8")
    assert "谁贡献了增长" in page and "Who brought the growth" not in page and "import pandas" not in page


def test_formulas_in_the_workbook_are_text(tmp_path: Path) -> None:
    fact = made.fact("sales.x", 1.5, "=1+1") | {"chapter": "02", "name": "@cmd", "definition": "-"}
    other = made.fact("sales.y", -4.2, "-4.2 %") | {"chapter": "02", "name": "+cmd|' /C calc'!A0"}
    manifest.workbook(tmp_path / "facts.xlsx", {"facts": [fact, other]})
    with zipfile.ZipFile(tmp_path / "facts.xlsx") as book:
        sheet, strings = book.read("xl/worksheets/sheet1.xml").decode(), book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet and "<v>1.5</v>" in sheet
    assert "<t>-4.2 %</t>" in strings and "<t>'+cmd|" in strings
    assert "<t>'=1+1</t>" in strings and "<t>'@cmd</t>" in strings and "<t>-</t>" in strings


def test_a_partial_run_replaces_its_chapter_and_drops_the_book(
    delivered: tuple, notebooks: tuple[Path, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = delivered[1]
    monkeypatch.setenv("XIAODIAN_REPORTS", str(folder.parents[2]))
    before = (folder / "06_planning.pdf").read_bytes()
    (folder / "06_planning.pdf").write_bytes(b"old")
    result = run.deliver(Plan("sample", "2026-10", "zh", notebooks[2:], False, ("pdf",)))
    assert result.exit_code == 0 and [path.name for path in result.paths] == ["06_planning.pdf"]
    assert (folder / "06_planning.pdf").read_bytes() == before  # the same input gives the same bytes
    assert not (folder / "book.pdf").exists() and (folder / "02_sales_recap.pdf").exists()
    told = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    assert len(told["facts"]) == 8
    assert set(json.loads((folder / "run.json").read_text(encoding="utf-8"))["chapters"]) == {
        path.stem for path in notebooks
    }


def test_a_page_that_cannot_be_made_fails_its_chapter_only(
    tmp_path: Path, notebooks: tuple[Path, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(notebook: object, name: str) -> Chapter:
        raise ValueError("no such picture")

    monkeypatch.setattr(run.chapter, "convert", broken)
    done = execute.Executed("06_planning", notebooks[2], 1.0, "")
    plan = Plan("sample", "2026-10", "zh", notebooks, True, ("pdf",))
    chapter, result = run._export(done, tmp_path, plan)
    assert result.error == chapter.error == "ValueError: no such picture"
    assert chapter.title == "六、下月规划"


def test_a_fact_that_two_chapters_state_is_listed_once() -> None:
    told = made.payload("sales", "x", 2)
    twice = [Chapter(name, "x", "zh", "s", "2026-10", facts=told) for name in ("02_sales_recap", "05_diagnosis")]
    found = manifest.facts(twice)["facts"]
    assert [(fact["id"], fact["chapter"]) for fact in found][0] == ("sales.paid_amount", "02_sales_recap")
    assert len(found) == 4
