"""Notebooks that the tests of this room share."""

from pathlib import Path

import nbformat
import publish_notebooks as made
import pytest


@pytest.fixture(scope="session")
def notebooks(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """Three notebooks: one with everything, one that fails, a short one."""
    folder = tmp_path_factory.mktemp("notebooks")
    for number, make in ((2, made.full), (4, made.failing), (6, made.plain)):
        nbformat.write(make(number), folder / f"{made.NAMES[number - 1][0]}.ipynb")
    return tuple(sorted(folder.glob("*.ipynb")))
