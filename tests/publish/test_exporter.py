"""Real notebooks, really executed, and the PDFs read back."""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pandas as pd
import publish_notebooks as made
import pypdf
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from helpers.errors import XiaodianError
from helpers.publish import cells, chapter, execute
from helpers.publish.exporter import PDFExporter, TypstExporter

Notebooks = dict[str, nbformat.NotebookNode]


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Notebooks:
    """The chapter with everything, run in Chinese, and the same with its parameters saying English."""
    folder = tmp_path_factory.mktemp("executed")
    nbformat.write(made.full(2), folder / "02_sales_recap.ipynb")
    (folder / "out").mkdir()
    given = {"period": "2026-10", "shop": "sample", "lang": "zh"}
    (done,) = execute.execute([folder / "02_sales_recap.ipynb"], folder / "out", given)
    assert not done.error
    zh, en = (nbformat.read(done.path, as_version=4) for _ in range(2))
    en.metadata["papermill"]["parameters"]["lang"] = "en"
    return {"zh": zh, "en": en}


@pytest.fixture(scope="module")
def pdfs(executed: Notebooks) -> dict[str, bytes]:
    return {lang: PDFExporter().from_notebook_node(notebook)[0] for lang, notebook in executed.items()}


def text(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def test_the_page_is_in_the_language_of_the_run_and_the_twin_is_dropped(pdfs: dict[str, bytes]) -> None:
    zh, en = text(pdfs["zh"]), text(pdfs["en"])
    assert "二、销售业绩复盘" in zh and "谁贡献了增长" in zh and "Who brought the growth" not in zh
    assert "2 Sales recap" in en and "Who brought the growth" in en and "谁贡献了增长" not in en
    assert zh.count("二、销售业绩复盘") == 1


def test_the_running_head_and_foot_name_report_period_and_page(pdfs: dict[str, bytes]) -> None:
    pages = pypdf.PdfReader(io.BytesIO(pdfs["zh"])).pages
    for number, page in enumerate(pages, 1):
        found = page.extract_text()
        assert "抖音小店运营工作总结" in found and "2026 年 10 月" in found
        assert f"第 {number} 页 / 共 {len(pages)} 页" in found
    assert f"Page 1 of {len(pages)}" in text(pdfs["en"])


def test_code_streams_parameters_and_exploration_are_not_printed(pdfs: dict[str, bytes]) -> None:
    found = text(pdfs["zh"])
    for hidden in ("a stream", "import pandas", "json.loads", 'lang = "zh"', "只供探索", "vnd.xiaodian", "付款成功"):
        assert hidden not in found


def test_hostile_text_comes_out_as_it_went_in(pdfs: dict[str, bytes]) -> None:
    found = re.sub(r"\s", "", text(pdfs["zh"]).replace("\u200b", ""))
    wanted = '#let x = 1 $a_b$ *a* _b_ @ref <tag> </script> =1+1 // c \\ " `r` [l](http://x) 好吃'
    assert found.count(re.sub(r"\s", "", wanted)) == 3  # in a finding, a list and a table
    assert "〔表情〕" in found


def test_no_page_is_empty_and_no_row_of_a_table_is_lost(pdfs: dict[str, bytes]) -> None:
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdfs["zh"])).pages]
    assert all(len(page) > 100 for page in pages)
    found = "\n".join(pages)
    assert [row for row in range(80) if f"商品 {row:02}" not in found] == []
    assert sum("商品 id 销售额" in " ".join(page.split()) for page in pages) >= 2  # the head is repeated
    assert all(f"¥{(place + 1) * 98765:,}" in found for place in range(14))


def test_the_wide_table_stands_on_a_turned_page_inside_its_margins(pdfs: dict[str, bytes]) -> None:
    page = pypdf.PdfReader(io.BytesIO(pdfs["zh"])).pages[-1]
    assert page.mediabox.width > page.mediabox.height
    assert max(right_edges(page)) < float(page.mediabox.width) - 50


def right_edges(page: pypdf.PageObject) -> Iterator[float]:
    places: list[float] = []
    page.extract_text(visitor_text=lambda text, cm, tm, font, size: places.append(tm[4]) if text.strip() else None)
    yield from places


def test_charts_keep_their_words_as_text_in_our_font(executed: Notebooks, pdfs: dict[str, bytes]) -> None:
    sales = chapter.convert(executed["zh"], "02")
    pictures = [data.decode() for name, data in sales.pictures.items() if name.endswith(".svg")]
    assert len(pictures) == 1
    for picture in pictures:
        families = re.findall(r"font(?:-family)?:[^;\"]*?'([^']+)'", picture)
        assert families and set(families) == {"Noto Sans SC"}
    assert "每日支付金额（元）" in text(pdfs["zh"])


def test_the_pdf_is_tagged_archivable_bookmarked_and_says_what_charts_show(pdfs: dict[str, bytes]) -> None:
    reader = pypdf.PdfReader(io.BytesIO(pdfs["zh"]))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "折线图：每日支付金额，30 天" in alternative_texts(reader)
    assert b"pdfaid:part>2<" in reader.trailer["/Root"]["/Metadata"].get_data()
    outline = reader.outline
    assert outline[0].title == "二、销售业绩复盘"
    assert [entry.title for entry in outline[1] if not isinstance(entry, list)] == ["2.1 销售额", "2.2 商品"]


def alternative_texts(reader: pypdf.PdfReader) -> set[str]:
    found = set()
    for number in range(1, len(reader.xref_objStm) + len(reader.xref.get(0, {})) + 1):
        thing = reader.get_object(number)
        if isinstance(thing, pypdf.generic.DictionaryObject) and "/Alt" in thing:
            found.add(str(thing["/Alt"]))
    return found


def test_the_same_notebook_gives_the_same_bytes(executed: Notebooks, pdfs: dict[str, bytes]) -> None:
    assert PDFExporter().from_notebook_node(executed["zh"])[0] == pdfs["zh"]


def test_the_typst_exporter_hands_over_source_and_files(executed: Notebooks) -> None:
    source, resources = TypstExporter().from_notebook_node(executed["zh"])
    assert source.startswith('#import "report.typ"')
    assert {"report.typ", "meta.json", "Notebook-1.svg"} <= set(resources["outputs"])


def test_an_error_becomes_a_callout_that_names_it() -> None:
    error = new_output("error", ename="ValueError", evalue="\x1b[31m第 3 行 #let\x1b[0m", traceback=[])
    source = chapter.convert(new_notebook(cells=[new_code_cell("1/0", outputs=[error])]), "x").body
    assert source == '#fault("ValueError", "第 3 行 #let")'


def test_a_missing_letter_names_the_chapter() -> None:
    output = new_output("display_data", {"text/html": "<table><tr><td>ก</td></tr></table>"})
    notebook = new_notebook(cells=[made.prose("# 二、销售"), new_code_cell("", outputs=[output])])
    with pytest.raises(XiaodianError, match=r"二、销售.*U\+0E01"):
        chapter.convert(notebook, "x")


def test_an_empty_notebook_is_a_page_with_its_name() -> None:
    assert "空" in text(PDFExporter().from_notebook_node(new_notebook(cells=[made.prose("# 空")]))[0])


def test_parameters_come_from_papermill_then_from_cells() -> None:
    notebook = new_notebook(cells=[made.parameters()])
    assert cells.parameters(notebook) == {"period": "2026-10", "shop": "sample", "lang": "zh"}
    notebook.cells.append(made.code('lang = "en"', "injected-parameters"))
    assert cells.language(notebook) == "en"
    notebook.metadata["papermill"] = {"parameters": {"lang": "zh"}}
    assert cells.language(notebook) == "zh"


def test_the_type_of_a_parameter_is_its_annotation_or_that_of_its_default() -> None:
    notebook = new_notebook(cells=[made.code('a: int = 1\nb = "x"\nc = None', "parameters")])
    assert cells.declared(notebook) == {"a": "int", "b": "str", "c": ""}


def test_a_kernel_is_this_interpreter_and_sees_absolute_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("XIAODIAN_DATA", "some/where")
    source = "import os, sys; print(sys.executable, os.environ['XIAODIAN_DATA'])"
    nbformat.write(new_notebook(cells=[new_code_cell(source)]), tmp_path / "01_x.ipynb")
    (tmp_path / "out").mkdir()
    (done,) = execute.execute([tmp_path / "01_x.ipynb"], tmp_path / "out", {})
    printed = nbformat.read(done.path, as_version=4).cells[0].outputs[0].text.split()
    assert printed == [sys.executable, str(Path("some/where").resolve())]


def test_all_kernels_of_a_run_read_the_versions_that_it_began_with(data: Path, tmp_path: Path) -> None:
    from helpers.store import Store

    row = {"product_id": ["p1"], "source": ["f"], "snapshot": [pd.Timestamp("2026-11-01")]}
    Store.open().merge("roles", "店", pd.DataFrame(row))
    before = Store.open().versions("店")
    Store.open().merge("roles", "店", pd.DataFrame(row | {"product_id": ["p2"]}))
    source = "from helpers.store import Store; print(len(Store.open().frame('roles', '店')))"
    nbformat.write(new_notebook(cells=[new_code_cell(source)]), tmp_path / "01_x.ipynb")
    for versions, rows in ((before, 1), (None, 2)):
        (tmp_path / str(rows)).mkdir()
        (done,) = execute.execute([tmp_path / "01_x.ipynb"], tmp_path / str(rows), {}, versions=versions)
        assert nbformat.read(done.path, as_version=4).cells[0].outputs[0].text == f"{rows}\n"


def test_nbconvert_finds_both_exporters_by_name() -> None:
    from nbconvert.exporters import get_exporter

    found = SimpleNamespace(typst=get_exporter("xiaodian-typst"), pdf=get_exporter("xiaodian-pdf"))
    assert (found.typst, found.pdf) == (TypstExporter, PDFExporter)
