"""The shape of the notebooks: pages to be read, in two languages, that answer the deck."""

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from helpers import paths
from helpers.definitions import deck

NOTEBOOKS = sorted(paths.NOTEBOOKS.glob("*.ipynb"))
NAMES = [
    "01_background_targets",
    "02_sales_recap",
    "03_marketing_review",
    "04_user_interaction",
    "05_diagnosis",
    "06_planning",
]


def cells(path: Path) -> list[dict[str, Any]]:
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell | {"source": "".join(cell["source"]), "tags": cell["metadata"].get("tags", [])} for cell in found]


def code(path: Path) -> list[dict[str, Any]]:
    return [cell for cell in cells(path) if cell["cell_type"] == "code"]


def test_there_are_six_notebooks() -> None:
    assert [path.stem for path in NOTEBOOKS] == NAMES


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_page_is_short_and_has_no_logic(path: Path) -> None:
    assert len(cells(path)) <= 85
    for cell in code(path):
        if "parameters" in cell["tags"]:
            continue
        lines = [line for line in cell["source"].splitlines() if line.strip()]
        assert len(lines) <= 5, cell["source"]
        banned = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.Try, ast.With, ast.Lambda, ast.ListComp)
        nodes = list(ast.walk(ast.parse(cell["source"])))
        assert not [node for node in nodes if isinstance(node, banned)], cell["source"]
        numbers = [node for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, int | float)]
        assert not [node for node in numbers if not isinstance(node.value, bool) and node.value > 20], cell["source"]
        assert not re.search(r"20\d\d-\d\d", cell["source"])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_each_page_has_one_typed_parameters_cell(path: Path) -> None:
    found = [cell["source"] for cell in code(path) if "parameters" in cell["tags"]]
    assert len(found) == 1
    assert re.findall(r"^(\w+): str = ", found[0], re.M) == ["period", "shop", "lang"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_markdown_cell_has_its_twin(path: Path) -> None:
    prose = [cell for cell in cells(path) if cell["cell_type"] == "markdown"]
    assert [cell["tags"] for cell in prose] == [["zh"], ["en"]] * (len(prose) // 2)
    for zh, en in zip(prose[::2], prose[1::2], strict=True):
        assert re.findall(r"^#+ [\d.]+", zh["source"], re.M) == re.findall(r"^#+ [\d.]+", en["source"], re.M)
        assert not re.search(r"[一-鿿]", en["source"]), en["source"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_only_the_facts_cell_keeps_its_output(path: Path) -> None:
    kept = [cell["tags"] for cell in code(path) if cell["outputs"]]
    assert kept == [cell["tags"] for cell in code(path)[-1:]]
    assert {"facts", "nbval-check-output"} <= set(code(path)[-1]["tags"])


def test_the_cells_answer_what_the_claims_say_is_answered() -> None:
    tags = {
        tag.removeprefix("claim:")
        for path in NOTEBOOKS
        for cell in code(path)
        for tag in cell["tags"]
        if "claim:" in tag
    }
    cover = {"0.1", "0.2"}  # made by the book, not by a cell
    assert tags == {claim.id for claim in deck.claims().values() if claim.status == "answered"} - cover


def test_every_section_and_bullet_of_the_deck_is_a_heading() -> None:
    prose = "\n".join(cell["source"] for path in NOTEBOOKS for cell in cells(path) if cell["tags"] == ["zh"])
    numbers = set(re.findall(r"^#+ ([\d.]+) ", prose, re.M))
    assert {number for number in deck.bullets() if "." in number} <= numbers
    assert len({number for number in deck.bullets() if number.count(".") == 1}) == 18
