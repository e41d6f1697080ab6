"""The import arrows of docs/architecture.md, held by walking the syntax trees."""

import ast
from pathlib import Path

import pytest

HELPERS = Path(__file__).resolve().parent.parent / "helpers"
GROUND = {"errors", "memory", "paths", "period", "findings"}
MAY = {
    "errors": set(),
    "memory": set(),
    "paths": {"errors"},
    "period": {"errors"},
    "findings": set(),
    "definitions": GROUND,
    "store": GROUND | {"definitions"},
    "ingest": GROUND | {"definitions", "store"},
    "methods": set(),
    "report": GROUND | {"definitions", "store"},
    "chapters": GROUND | {"definitions", "report", "methods"},
    "show": GROUND | {"definitions"},
    "kernels": GROUND | {"definitions"},
    "publish": GROUND | {"definitions", "store", "report", "kernels"},
    "sample": GROUND | {"definitions"},
    "templates": GROUND | {"definitions"},
    "cli": GROUND | {"definitions", "store", "ingest", "report", "publish", "sample", "templates"},
}
ONLY = {
    "matplotlib": {"show"},
    "seaborn": {"show"},
    "papermill": {"publish"},
    "nbclient": {"publish"},
    "nbconvert": {"publish"},
    "duckdb": {"store"},
    "ibis": {"store"},
    "pyspark": {"store"},
    "deltalake": {"store"},
    "python_calamine": {"ingest"},
    "xlsxwriter": {"publish", "templates", "ingest"},
    "scipy": {"methods"},
    "statsmodels": {"methods"},
}
FILES = sorted(HELPERS.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(HELPERS).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path.name}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(HELPERS)))
def test_arrows_point_down(path: Path) -> None:
    here = room(path)
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "helpers" and len(parts) > 1 and here != "__init__":
            assert parts[1] == here or parts[1] in MAY[here], f"{here} may not import {name}"
        if parts[0] in ONLY:
            assert here in ONLY[parts[0]], f"{parts[0]} belongs in {ONLY[parts[0]]}, not in {here}"


def test_chapters_ask_each_other_only_through_their_public_functions() -> None:
    shared = {path.stem for path in (HELPERS / "chapters").glob("*.py")}
    for path in (HELPERS / "chapters").rglob("*.py"):
        home = path.relative_to(HELPERS / "chapters").parts[0]
        for name in imports(path):
            parts = name.split(".")
            if parts[:2] == ["helpers", "chapters"] and len(parts) > 3:
                assert parts[2] == home or parts[2] in shared, f"{path.name}: {name}"
