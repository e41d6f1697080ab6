"""Notebooks that fail in every way a real kernel can: one clear line each, a copy up to that cell, others unharmed."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import kernel_notebooks as made
import pytest

from helpers.kernels import server
from helpers.publish import execute, stops

SECONDS = 6
RAISES = """
    def broken(number):
        raise ValueError(f"no price: {number}\\nsecond line")
    broken(7)
"""
KIT = """
    from helpers.errors import XiaodianError
    raise XiaodianError("订单.csv 第 3 行", "金额为空", "重新导出")
"""
LONG = 'raise RuntimeError("long " * 2000)  # and a long line of code that is cut off somewhere'
DEAF = """
    import signal, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        try: time.sleep(60)
        except BaseException: pass
"""
FAILS = {
    "raises": (RAISES, "cell 2 (def broken(number):): ValueError: no price: 7"),
    "kit": (KIT, "订单.csv 第 3 行: 金额为空 → 重新导出"),
    "syntax": ("if:", "cell 2 (if:): SyntaxError: invalid syntax (line 1)"),
    "leaves": ("import sys; sys.exit(2)", "cell 2 (import sys; sys.exit(2)): SystemExit: 2"),
    "exits": (
        "import os; os._exit(3)",
        "cell 2 (import os; os._exit(3)): the kernel died: it ended itself with exit code 3",
    ),
    "killed": (
        "import os; os.kill(os.getpid(), 9)",
        "cell 2 (import os; os.kill(os.getpid(), 9)): the kernel died: killed (signal 9), perhaps out of memory",
    ),
    "crashes": (
        "import ctypes; ctypes.string_at(0)",
        "cell 2 (import ctypes; ctypes.string_at(0)): the kernel died: segmentation fault (signal 11)",
    ),
    "hangs": (
        "import time; time.sleep(600)",
        f"cell 2 (import time; time.sleep(600)): stopped: the cell ran for more than {SECONDS} seconds",
    ),
    "deaf": (DEAF, f"cell 2 (import signal, time): stopped: the cell ran for more than {SECONDS} seconds"),
}
FINE = ("import os", "print(os.getppid(), os.getpid())")


@pytest.fixture(scope="module")
def failed(forks: server.Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, execute.Executed]:
    """Notebooks that fail in their second cell, between two that do not."""
    books = {name: ("print('before')", source, "print('after')") for name, (source, _) in FAILS.items()}
    books |= {"long": ("", LONG)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "_current", [forks])
        return made.run(tmp_path_factory.mktemp("faults"), {"a": FINE} | books | {"z": FINE}, 3, timeout=SECONDS)


@pytest.mark.parametrize("name", FAILS)
def test_one_line_says_which_cell_and_why(failed: dict[str, execute.Executed], name: str) -> None:
    assert failed[name].error == FAILS[name][1]


@pytest.mark.parametrize("name", FAILS)
def test_a_copy_is_kept_up_to_the_cell_and_says_why_there(failed: dict[str, execute.Executed], name: str) -> None:
    first, second, third = made.cells(failed[name])
    assert (first.outputs[0].text, second.execution_count) == ("before\n", 2) and not third.outputs
    (error,) = (output for output in second.outputs if output.output_type == "error")
    assert failed[name].error.endswith(stops.IN_CELL.sub(r"(\1)", error.evalue.partition("\n")[0]))
    assert error.traceback


def test_the_traceback_leads_to_the_line(failed: dict[str, execute.Executed]) -> None:
    text = stops.ANSI.sub("", "\n".join(made.cells(failed["raises"])[1].outputs[0].traceback))
    assert text.count("Traceback (most recent call last)") == 1
    assert "in broken(number)" in text and "----> 3 broken(7)" in text and "second line" in text
    (kit,) = made.cells(failed["kit"])[1].outputs
    assert kit.traceback == [FAILS["kit"][1]]  # the user can put it right: no frames
    (hung,) = made.cells(failed["hangs"])[1].outputs
    assert "time.sleep(600)" in stops.ANSI.sub("", "\n".join(hung.traceback))  # where it was interrupted


def test_a_long_line_is_cut(failed: dict[str, execute.Executed]) -> None:
    assert failed["long"].error.startswith(f"cell 1 ({LONG[:59]}…): RuntimeError: long long")
    assert len(failed["long"].error) == stops.LONGEST


def test_others_and_the_server_are_unharmed(failed: dict[str, execute.Executed], forks: server.Server) -> None:
    said = [made.printed(failed[name]).split() for name in "az"]
    assert [parent for parent, _ in said] == [str(forks.process.pid)] * 2
    assert not any(made.alive(int(kernel)) for _, kernel in said)
    assert all(failed[name].seconds < SECONDS + 60 for name in FAILS)


def test_a_cold_kernel_that_dies_is_told_the_same(tmp_path: Path) -> None:
    source, line = FAILS["killed"]
    assert made.run(tmp_path, {"killed": ("1", source)})["killed"].error == line


def test_a_kernel_that_does_not_start_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ipykernel_launcher.py").write_text("raise SystemExit(4)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    done = made.run(tmp_path, {"a": FINE})["a"]
    assert done.error == "before the first cell: the kernel died: it ended itself with exit code 4"


def test_a_notebook_that_cannot_be_read_and_a_folder_that_is_not_there_are_told(tmp_path: Path) -> None:
    (missing,) = execute.execute([tmp_path / "a.ipynb"], tmp_path, {})
    assert missing.error == f"{tmp_path / 'a.ipynb'}: cannot be read: No such file or directory"
    (tmp_path / "b.ipynb").write_text("{")
    (broken,) = execute.execute([tmp_path / "b.ipynb"], tmp_path / "out", {})
    assert broken.error.startswith("NotJSONError: Notebook does not appear to be JSON") and "\n" not in broken.error


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 kilobytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], capture_output=True).returncode:
        pytest.skip("a small disk can only be mounted by root")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_and_a_folder_that_may_not_be_written_are_one_line(
    warm: server.Server, disk: Path, tmp_path: Path
) -> None:
    books = {"big": ("print('x' * 100_000)",), "small": ("print(1)",)}
    (tmp_path / "out").symlink_to(disk)
    done = made.run(tmp_path, books, 1)
    path = tmp_path / "out" / "big.ipynb"
    assert done["big"].error == f"{path}: cannot be written: No space left on device"
    assert not path.exists()  # half a notebook would stop whoever reads it
    assert made.printed(done["small"]) == "1\n"
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    again = made.run(tmp_path, {"big": books["big"]})["big"]
    assert again.error == f"{path}: cannot be written: Read-only file system"
