"""The command as a user runs it on the sample shop, and its numbers derived again from the raw files by other means."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from helpers import paths

CHAPTERS = [path.stem for path in sorted(paths.NOTEBOOKS.glob("*.ipynb"))]


def xiaodian(*words: str, data: Path, reports: Path) -> subprocess.CompletedProcess[str]:
    roots = {"XIAODIAN_DATA": str(data), "XIAODIAN_REPORTS": str(reports)}
    command = [sys.executable, "-m", "helpers.cli", *words]
    return subprocess.run(command, capture_output=True, text=True, env=os.environ | roots, check=False)


@pytest.fixture(scope="module", params=["zh", "en"])
def run(request: pytest.FixtureRequest, sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    reports = tmp_path_factory.mktemp("reports")
    done = xiaodian("report", "2026-10", "--lang", request.param, data=sample_data, reports=reports)
    assert done.returncode == 0, done.stdout + done.stderr
    yield reports / "sample" / "2026-10" / request.param


def facts(run: Path) -> dict[str, Any]:
    loaded = json.loads((run / "facts.json").read_text(encoding="utf-8"))
    return {fact["id"]: fact for fact in loaded["facts"]}


@cache
def pages(path: Path) -> list[str]:
    return [page.extract_text() for page in PdfReader(path).pages]


def text(path: Path) -> str:
    return "\n".join(pages(path))


def raw_orders(data: Path) -> dict[str, dict[str, str]]:
    """The newest row of each sub-order, read with the csv module alone."""
    found: dict[str, dict[str, str]] = {}
    files = [path for path in (data / "raw" / "sample").rglob("*.csv") if path.name.split("_")[0].isdigit()]
    for path in sorted(files, key=lambda path: int(path.name.split("_")[0])):
        with path.open(encoding="utf-8-sig", newline="") as handle:
            for row in csv.DictReader(handle):
                found[row["子订单编号"].strip()] = {key: cell.strip() for key, cell in row.items()}
    return found


def yuan(cell: str) -> Decimal:
    return Decimal("0") if cell in {"", "-"} else Decimal(cell.replace(",", ""))


def test_the_paid_amount_ties_to_the_raw_files_to_the_fen(run: Path, sample_data: Path) -> None:
    paid = [row for row in raw_orders(sample_data).values() if row["支付完成时间"].startswith("2026-10")]
    by_order: dict[str, Decimal] = {}
    for row in paid:
        order = row["主订单编号"]
        by_order[order] = by_order.get(order, Decimal("0")) + yuan(row["订单应付金额"])
    worth = {order: amount for order, amount in by_order.items() if amount > 0}
    found = facts(run)
    assert Decimal(str(found["sales.paid_amount"]["value"])) == sum(worth.values())
    assert found["sales.orders_paid"]["value"] == len(worth)


def test_a_run_leaves_what_the_readme_says(run: Path) -> None:
    names = {path.name for path in run.iterdir()}
    assert names >= {"book.pdf", "facts.json", "run.json", "notebooks", *(f"{stem}.pdf" for stem in CHAPTERS)}
    manifest = json.loads((run / "run.json").read_text(encoding="utf-8"))
    assert manifest["parameters"]["period"] == "2026-10"


def test_every_fact_names_its_definition_and_its_files(run: Path) -> None:
    for key, fact in facts(run).items():
        assert fact["definition"], key
        assert fact["unit"], key
        assert fact["value"] is None or fact["sources"], key


def test_the_book_has_an_outline_and_counts_its_pages(run: Path) -> None:
    assert len(PdfReader(run / "book.pdf").outline) >= 6
    found = pages(run / "book.pdf")
    footer = f"共 {len(found)} 页" if run.name == "zh" else f"of {len(found)}"
    assert footer.replace(" ", "") in found[-1].replace(" ", "").replace("\n", "")
    assert all(page.strip() for page in found)


def test_no_page_holds_code_or_a_box(run: Path) -> None:
    words = text(run / "book.pdf")
    for bad in ("open_report(", "report.", "show.", "Traceback", "\ufffd", "□", "NaN", "nan%", "None"):
        assert bad not in words, bad


def test_no_person_of_the_raw_files_is_printed(run: Path, sample_data: Path) -> None:
    row = next(iter(raw_orders(sample_data).values()))
    words = text(run / "book.pdf") + (run / "facts.json").read_text(encoding="utf-8")
    assert row["收件人手机号"] not in words
    assert row["详细地址"] not in words


def test_the_same_input_gives_the_same_bytes(run: Path, sample_data: Path, tmp_path: Path) -> None:
    if run.name == "en":
        return  # the language changes words alone
    again = xiaodian("report", "2026-10", "--lang", run.name, "--only", "04", data=sample_data, reports=tmp_path)
    assert again.returncode == 0, again.stderr
    name = "04_user_interaction.pdf"
    assert (tmp_path / "sample" / "2026-10" / run.name / name).read_bytes() == (run / name).read_bytes()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("report", "2026-13"), "2026-12"),
        (("report", "2030-01"), "2026-1"),
        (("report", "2026-10", "--shop", "sampel"), "did you mean sample?"),
        (("report", "2026-10", "--lang", "fr"), "zh"),
    ],
)
def test_bad_parameters_give_one_line_and_exit_2(
    words: tuple[str, ...], said: str, sample_data: Path, tmp_path: Path
) -> None:
    done = xiaodian(*words, data=sample_data, reports=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def told(notebook: Path) -> Any:
    """What the facts cell of a notebook holds."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return next(cell["outputs"][0]["data"] for cell in cells if "facts" in cell["metadata"].get("tags", []))


def test_the_stored_facts_of_the_notebooks_are_those_of_a_fresh_run(run: Path) -> None:
    if run.name == "en":
        return  # the notebooks hold those of the Chinese run
    for name in CHAPTERS:
        assert told(run / "notebooks" / f"{name}.ipynb") == told(paths.NOTEBOOKS / f"{name}.ipynb"), name


def test_nbval_finds_a_notebook_to_give_what_it_holds(sample_data: Path) -> None:
    words = "-p nbval --nbval-lax -q -p no:cacheprovider -W default"  # one of the six: a cold kernel is slow
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words.split(), str(paths.NOTEBOOKS / "04_user_interaction.ipynb")],
        capture_output=True,
        text=True,
        env=os.environ | {"XIAODIAN_DATA": str(sample_data)},
        cwd=paths.ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
