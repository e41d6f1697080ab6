"""Errors are one line, and lists of problems are short."""

from helpers.errors import XiaodianError, listed, nearest


def test_an_error_says_where_what_and_what_to_do() -> None:
    error = XiaodianError("a.csv", "column 金额 is missing", "export it again")
    assert str(error) == "a.csv: column 金额 is missing → export it again"
    assert error._render_traceback_() == [str(error)]


def test_ten_problems_are_listed_and_the_rest_counted() -> None:
    lines = listed([f"row {i}" for i in range(13)]).split("\n")
    assert len(lines) == 11
    assert lines[-1] == "… and 3 more"


def test_the_nearest_choice_is_named_or_all_of_them() -> None:
    assert nearest("sampel", ["sample", "other"]) == "did you mean sample?"
    assert nearest("xyz", ["sample", "other"]) == "known: sample, other"
