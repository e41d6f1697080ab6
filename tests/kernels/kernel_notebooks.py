"""Tiny notebooks for real kernels, and what a run of them left."""

import json
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers.publish import execute

ADDRESS = re.compile(r"0x[0-9a-f]{6,}")
HEAVY = ("pandas", "numpy", "pyarrow", "matplotlib", "seaborn", "scipy", "statsmodels", "ibis", "deltalake", "rjieba")


def write(folder: Path, name: str, *sources: str) -> Path:
    """A notebook with a line of prose and these code cells."""
    cells = [new_markdown_cell("# 标题"), *(new_code_cell(dedent(source).strip()) for source in sources)]
    nbformat.write(new_notebook(cells=cells, metadata={"language_info": {"name": "python"}}), folder / f"{name}.ipynb")
    return folder / f"{name}.ipynb"


def run(folder: Path, books: Mapping[str, tuple[str, ...]], jobs: int = 2, **given: Any) -> dict[str, execute.Executed]:
    """Notebooks by name after their run; what is printed to file descriptors counts as it does outside of pytest."""
    (folder / "out").mkdir(parents=True, exist_ok=True)
    paths = [write(folder, name, *sources) for name, sources in books.items()]
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTEST_CURRENT_TEST", raising=False)  # ipykernel leaves descriptors alone where it sees this
        return {done.name: done for done in execute.execute(paths, folder / "out", {}, jobs, **given)}


def cells(done: execute.Executed) -> list[Any]:
    """Code cells of the executed copy."""
    return [cell for cell in nbformat.read(done.path, as_version=4).cells if cell.cell_type == "code"]


def printed(done: execute.Executed, cell: int = -1) -> str:
    """What a cell printed."""
    assert not done.error, done.error
    return "".join(output.text for output in cells(done)[cell].outputs if output.get("name") == "stdout")


def told(done: execute.Executed, cell: int = -1) -> Any:
    """What a cell printed as JSON."""
    return json.loads(printed(done, cell))


def plain(cell: Any) -> list[Any]:
    """Outputs of a cell: texts of each stream in one piece, addresses of objects left out."""
    streams: dict[str, str] = {}
    for output in cell.outputs:
        if output.output_type == "stream":
            streams[output.name] = streams.get(output.name, "") + output.text
    shown = [ADDRESS.sub("0x", json.dumps(output)) for output in cell.outputs if output.output_type != "stream"]
    return [streams, *map(json.loads, shown)]


def without(folder: Path) -> str:
    """A value of PYTHONPATH that makes the libraries of the preload impossible to import: its server starts in no time."""
    folder.mkdir()
    for name in HEAVY:
        (folder / f"{name}.py").write_text("raise ImportError('not here')\n")
    return str(folder)


def alive(pid: int) -> bool:
    """Whether a process runs (one that ended and waits to be noticed does not)."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def within(seconds: float, true: Callable[[], bool]) -> bool:
    """Whether it becomes true in time."""
    until = time.monotonic() + seconds
    while not (found := true()) and time.monotonic() < until:
        time.sleep(0.02)
    return found


def numbers(path: Path, count: int) -> list[int]:
    """Process ids that notebooks wrote into a folder, once there are so many."""
    assert within(60, lambda: len(list(path.glob("*.pid"))) == count), list(path.iterdir())
    return [int(one.stem) for one in path.glob("*.pid")]
