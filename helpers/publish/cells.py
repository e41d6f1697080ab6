"""What a notebook says: its parameters, the cells printed in its language, and the payload of its facts cell."""

import ast
from collections.abc import Iterator, Mapping
from typing import Any

FACTS = "application/vnd.xiaodian.facts+json"
PAYLOAD = "application/vnd.xiaodian+json"
SETTINGS = ("parameters", "injected-parameters")
HIDDEN = {"explore", "papermill-error-cell-tag", *SETTINGS}
LANGUAGES = {"zh", "en"}


def tags(cell: Any) -> set[str]:
    """Tags of a cell."""
    return set(cell.metadata.get("tags", []))


def parameters(notebook: Any) -> dict[str, Any]:
    """Parameters of a notebook: its defaults, then the injected cell, then what papermill noted."""
    found: dict[str, Any] = {}
    for tag in SETTINGS:
        for cell in notebook.cells:
            if tag in tags(cell) and cell.cell_type == "code":
                found |= dict(_assigned(cell.source))
    return found | dict(notebook.metadata.get("papermill", {}).get("parameters", {}))


def declared(notebook: Any) -> dict[str, str]:
    """Type name of each parameter in the ``parameters`` cell: its annotation, else its default's type, else empty."""
    found: dict[str, str] = {}
    for cell in notebook.cells:
        if "parameters" in tags(cell) and cell.cell_type == "code":
            for line in _lines(cell.source):
                note = ast.unparse(line.annotation) if isinstance(line, ast.AnnAssign) else ""
                default = line.value.value if isinstance(line.value, ast.Constant) else None
                kind = "" if default is None else type(default).__name__
                found[_target(line)] = note or kind
    return found


def _assigned(source: str) -> Iterator[tuple[str, Any]]:
    for line in _lines(source):
        try:
            yield _target(line), ast.literal_eval(line.value) if line.value else None
        except ValueError:
            continue


def _lines(source: str) -> list[ast.Assign | ast.AnnAssign]:
    """The assignments of a cell to one name each."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return []
    return [line for line in body if isinstance(line, ast.Assign | ast.AnnAssign) and _target(line)]


def _target(line: ast.Assign | ast.AnnAssign) -> str:
    target = line.targets[0] if isinstance(line, ast.Assign) else line.target
    return target.id if isinstance(target, ast.Name) else ""


def language(notebook: Any) -> str:
    """Language that the notebook was run in: zh unless its parameters say en."""
    lang = parameters(notebook).get("lang", "zh")
    return lang if lang in LANGUAGES else "zh"


def printed(notebook: Any, lang: str) -> list[Any]:
    """The cells that a page keeps: not hidden, and not the twin in the other language."""
    other = LANGUAGES - {lang}
    return [
        cell for cell in notebook.cells if not tags(cell) & HIDDEN and (lang in tags(cell) or not tags(cell) & other)
    ]


def facts(notebook: Any) -> Mapping[str, Any]:
    """Payload of the facts cell; empty when the notebook has none or did not get that far."""
    for cell in reversed(notebook.cells):
        for output in cell.get("outputs", []):
            if FACTS in output.get("data", {}):
                return dict(output.data[FACTS])
    return {}
