import re
from pathlib import Path

import nbformat
import pandas as pd
import publish_notebooks as made
import pytest
from nbformat.v4 import new_notebook

from helpers import paths
from helpers.errors import ParameterError
from helpers.publish import parameters
from helpers.store import Store


@pytest.fixture(autouse=True)
def shop(data: Path, notebooks: tuple[Path, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """A shop called sample with orders from September to 5 November 2026, and three notebooks."""
    monkeypatch.setattr(paths, "NOTEBOOKS", notebooks[0].parent)
    moments = pd.to_datetime(["2026-09-01 09:00", "2026-10-31 09:00", "2026-11-05 09:00"])
    frame = pd.DataFrame({"order_id": list("abc"), "line_id": list("abc"), "ordered_at": moments, "paid_at": moments})
    given = frame.assign(payable_fen=100, source="0" * 64, snapshot=pd.Timestamp("2026-11-06 10:00"))
    Store.open().upsert("orders", "sample", given)


def test_a_plan_holds_what_the_notebooks_are_given() -> None:
    plan = parameters.plan("sample", "2026-10", "en")
    assert plan.parameters == {"period": "2026-10", "shop": "sample", "lang": "en"}
    assert [path.stem for path in plan.notebooks] == ["02_sales_recap", "04_user_interaction", "06_planning"]
    assert plan.whole


def test_without_a_period_it_is_the_last_month_that_the_data_cover() -> None:
    assert parameters.plan("sample", None, "zh").period == "2026-10"


@pytest.mark.parametrize("word", ["02", "2", "02_sales_recap", "sales_recap"])
def test_one_notebook_is_chosen_by_number_or_name(word: str) -> None:
    plan = parameters.plan("sample", "2026-10", "zh", only=[word])
    assert [path.stem for path in plan.notebooks] == ["02_sales_recap"] and not plan.whole


@pytest.mark.parametrize(
    "given, said",
    [
        ({"shop": "sampel"}, "did you mean sample?"),
        ({"period": "2026-13"}, "2026-12"),
        ({"period": "next month"}, "2026-10, 2026Q3"),
        ({"period": "2030-01"}, "try 2026-11"),
        ({"lang": "fr"}, "known: zh, en"),
        ({"only": ["02_sale_recap"]}, "did you mean 02_sales_recap?"),
        ({"only": ["99"]}, "02_sales_recap, 04_user_interaction"),
        ({"to": ["pdf", "doc"]}, "pdf, html, xlsx"),
    ],
)
def test_what_is_wrong_is_said_with_the_nearest_choice(given: dict, said: str) -> None:
    whole = {"shop": "sample", "period": "2026-10", "lang": "zh"} | given
    with pytest.raises(ParameterError, match=re.escape(said)):
        parameters.plan(**whole)


def test_a_parameter_that_a_notebook_does_not_declare_is_refused(tmp_path: Path) -> None:
    nbformat.write(new_notebook(cells=[made.code('perod: str = "2026-10"', "parameters")]), tmp_path / "01_x.ipynb")
    with pytest.raises(ParameterError, match="01_x.ipynb.*no 'period'.*did you mean perod"):
        parameters.check(tmp_path / "01_x.ipynb", {"period": "2026-10"})


def test_a_parameter_of_another_type_is_refused(tmp_path: Path) -> None:
    nbformat.write(new_notebook(cells=[made.code("period: int = 3", "parameters")]), tmp_path / "01_x.ipynb")
    with pytest.raises(ParameterError, match="period is '2026-10', not int"):
        parameters.check(tmp_path / "01_x.ipynb", {"period": "2026-10"})


def test_a_broken_notebook_is_named(tmp_path: Path) -> None:
    (tmp_path / "01_x.ipynb").write_text("{", encoding="utf-8")
    with pytest.raises(ParameterError, match=r"01_x\.ipynb: cannot be read"):
        parameters.check(tmp_path / "01_x.ipynb", {})
