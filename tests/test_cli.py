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
        shop: str,
        period: str | None,
        lang: str,
        only: Sequence[str],
        to: Sequence[str],
        jobs: int,
        tell: Any,
        cold: bool,
        timeout: int | None,
    ) -> run.RunResult:
        seen.append((shop, period, lang, list(only), list(to), jobs, cold, timeout, paths.reports()))
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
    assert cli.main([*words, "--to", "pdf,xlsx", "--jobs", "3", "--cold", "--timeout", "9"]) == 1
    assert asked == [("a", "2026-10", "en", ["02", "05"], ["pdf", "xlsx"], 3, True, 9, tmp_path)]
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("02_sales_recap  done") and lines[1].endswith("04_user_interaction  failed: 金额为空")
    assert lines[2] == str(tmp_path / "book.pdf")


def test_the_roots_may_stand_before_or_after_the_command(asked: list, tmp_path: Path) -> None:
    cli.main(["report", "--reports", str(tmp_path / "b")])
    assert asked[0] == ("sample", None, "zh", [], ["pdf"], 2, False, None, tmp_path / "b")


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


ORDERS = """主订单编号,子订单编号,订单提交时间,支付完成时间,订单应付金额,订单状态
6930000000000000123,6930000000000000123,2026-10-02 10:00:00,2026-10-02 10:01:00,12.30,已完成
"""


def test_ingest_takes_every_shop_or_asks_which(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for shop in ("a", "b"):
        (data / "raw" / shop).mkdir(parents=True)
        (data / "raw" / shop / "orders.csv").write_text(ORDERS, encoding="utf-8")
    assert cli.main(["ingest", "--lang", "en"]) == 0
    assert capsys.readouterr().out.count("read: 1 files") == 2
    assert cli.main(["ingest", str(data / "raw" / "b" / "orders.csv"), "--lang", "en"]) == 0
    capsys.readouterr()
    assert cli.main(["ingest", __file__]) == 2
    assert "add --shop NAME" in capsys.readouterr().err
    assert cli.main(["ingest", "--shop", "aa"]) == 2
    assert "did you mean a?" in capsys.readouterr().err


def test_ingest_of_nothing_that_can_be_read_says_so_with_its_exit_code(data: Path) -> None:
    assert cli.main(["ingest", __file__, "--shop", "a"]) == 2


def test_only_jupyterlab_takes_options_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["report", "--nonsense"])
    assert caught.value.code == 2
    assert "--nonsense" in capsys.readouterr().err


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
