"""The cells of chapters 01 and 02 on shops that lack nearly everything: each answers in words, or says what is missing."""

import json

import pytest
from bare_shops import SHOPS

from helpers import paths, show
from helpers.chapters import background, sales


def cells(number: str) -> list[str]:
    notebook = json.loads(next(paths.NOTEBOOKS.glob(f"{number}_*.ipynb")).read_text(encoding="utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return ["".join(cell["source"]) for cell in code if not {"parameters", "setup"} & {*cell["metadata"]["tags"]}]


def run(report, number):
    known = {"report": report, "show": show, "background": background, "sales": sales}
    for cell in cells(number):
        exec(cell, known)


@pytest.mark.parametrize("tables", SHOPS.values(), ids=SHOPS)
@pytest.mark.parametrize("number", ["01", "02"])
def test_a_page_runs_to_its_end(make_report, tables, number):
    report = make_report(tables, lang="en")
    run(report, number)
    assert report.notes.answers
    assert not [fact.id for fact in report.notes.facts.values() if fact.value is None]


@pytest.mark.parametrize("number", ["01", "02"])
def test_a_page_of_one_day_runs_to_its_end(make_report, number):
    run(make_report(SHOPS["one product"], "2026-10-05..2026-10-05"), number)
