import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from helpers import cli, paths
from helpers.errors import ParameterError
from helpers.publish import run
from helpers.publish.manifest import Result


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[Any, ...]]:
    """What `report` was asked for; one chapter of two fails."""
    seen: list[tuple[Any, ...]] = []

    def fake(
        shop: str, period: str | None, lang: str, only: Sequence[str], to: Sequence[str], jobs: int, tell: Any
    ) -> run.RunResult:
        seen.append((shop, period, lang, list(only), list(to), jobs, paths.reports()))
        tell(Result("02_sales_recap", "二", 1.0, ""))
        tell(Result("04_user_interaction", "四", 1.0, "金额为空"))
        return run.RunResult(1, (tmp_path / "book.pdf",), ())

    monkeypatch.setattr(run, "run", fake)
    monkeypatch.setenv("XIAODIAN_REPORTS", "before")
    monkeypatch.setenv("XIAODIAN_DATA", "before")
    return seen


def test_report_passes_its_words_on_and_prints_progress_then_paths(
    asked: list, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--reports", str(tmp_path), "report", "2026-10", "--shop", "a", "--lang", "en", "--only", "02,05"]
    assert cli.main([*words, "--to", "pdf,xlsx", "--jobs", "3"]) == 1
    assert asked == [("a", "2026-10", "en", ["02", "05"], ["pdf", "xlsx"], 3, tmp_path)]
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("02_sales_recap  done") and lines[1].endswith("04_user_interaction  failed: 金额为空")
    assert lines[2] == str(tmp_path / "book.pdf")


def test_the_roots_may_stand_before_or_after_the_command(asked: list, tmp_path: Path) -> None:
    cli.main(["report", "--reports", str(tmp_path / "b")])
    assert asked[0] == ("sample", None, "zh", [], ["pdf"], 2, tmp_path / "b")


def test_an_error_of_the_kit_is_one_line_and_exit_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*given: Any) -> None:
        raise ParameterError("period", "'x' is not a period", "write 2026-10")

    monkeypatch.setattr(run, "run", refuse)
    assert cli.main(["report", "x"]) == 2
    assert capsys.readouterr().err == "period: 'x' is not a period → write 2026-10\n"


def test_any_other_error_is_one_line_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(*given: Any) -> None:
        raise PermissionError("no writing here")

    monkeypatch.setattr(run, "run", fail)
    assert cli.main(["report"]) == 2
    assert capsys.readouterr().err == "PermissionError: no writing here\n"


def test_ingest_takes_every_shop_or_asks_which(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import helpers.ingest as room
    import helpers.ingest.summary as summary

    for shop in ("a", "b"):
        (data / "raw" / shop).mkdir(parents=True)
        (data / "raw" / shop / "orders.csv").write_text("x", encoding="utf-8")
    monkeypatch.setattr(room, "ingest", lambda files, shop: (shop, [path.name for path in files]))
    monkeypatch.setattr(summary, "summary_lines", lambda report, lang: [f"{report[0]} {report[1]} {lang}"])
    assert cli.main(["ingest"]) == 0
    assert capsys.readouterr().out.splitlines() == ["a ['orders.csv'] zh", "b ['orders.csv'] zh"]
    assert cli.main(["ingest", str(data / "raw" / "b" / "orders.csv"), "--lang", "en"]) == 0
    assert capsys.readouterr().out == "b ['orders.csv'] en\n"
    assert cli.main(["ingest", __file__]) == 2
    assert "add --shop NAME" in capsys.readouterr().err
    assert cli.main(["ingest", "--shop", "aa"]) == 2
    assert "did you mean a?" in capsys.readouterr().err


def test_ingest_without_any_shop_says_how_to_begin(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["ingest"]) == 2
    assert "xiaodian sample" in capsys.readouterr().err


def test_help_is_printed_without_loading_the_heavy_rooms() -> None:
    source = (
        "import sys\nfrom helpers import cli\ntry:\n    cli.main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print(sorted({'pandas', 'papermill', 'nbformat', 'typst', 'duckdb'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    for command in ("sample", "templates", "ingest", "check", "report", "lab"):
        assert f"    {command} " in done.stdout
