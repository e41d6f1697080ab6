"""What a run leaves beside its pages: every fact (facts.json, facts.xlsx) and the record of the run (run.json)."""

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from helpers.definitions import files
from helpers.publish.chapter import Chapter
from helpers.publish.tables import NUMBER

PACKAGES = (
    "xiaodian", "pandas", "pyarrow", "duckdb", "ibis-framework", "deltalake", "scipy", "statsmodels", "matplotlib",
    "seaborn", "papermill", "nbconvert", "ipykernel", "typst", "pypandoc-binary", "pikepdf",
)  # fmt: skip
FACTS, RUN, SHEET = "facts.json", "run.json", "facts.xlsx"
COLUMNS = ("chapter", "id", "name", "value", "low", "high", "n", "unit", "text", "period", "claim", "definition")


@dataclass(frozen=True)
class Result:
    """How one chapter went: ``error`` is empty when it was delivered."""

    name: str
    title: str
    seconds: float
    error: str


def facts(chapters: Iterable[Chapter]) -> dict[str, Any]:
    """All facts, findings, gaps and sources, each with its chapter; an id that two chapters state comes once."""
    made: dict[str, Any] = {"facts": [], "findings": [], "gaps": [], "sources": {}}
    for chapter in chapters:
        for part in ("facts", "findings", "gaps"):
            made[part] += [{"chapter": chapter.name, **entry} for entry in chapter.facts.get(part, [])]
        made["sources"] |= chapter.facts.get("sources", {})
    unique = {fact["id"]: fact for fact in reversed(made["facts"])}
    return made | {"facts": sorted(unique.values(), key=lambda fact: (fact["chapter"], fact["id"]))}


def record(
    parameters: Mapping[str, str],
    results: Sequence[Result],
    told: Mapping[str, Any],
    notebooks: Iterable[Path],
    store_versions: Mapping[str, int],
    seconds: float,
    made_of: Mapping[str, Mapping[str, Any]],
    to: Sequence[str],
) -> dict[str, Any]:
    """The record of a run: versions, parameters, hashes, and per chapter seconds, status, number of gaps and what it was made of.

    ``store_versions`` are those of the tables that were read: `Store.open` shows the data of the report with them.
    """
    gaps = [gap["chapter"] for gap in told["gaps"]]
    return {
        "parameters": dict(parameters),
        "to": sorted(to),
        "versions": packages(),
        "store_versions": dict(store_versions),
        "notebooks": {path.name: _hash(path) for path in notebooks},
        "definitions": files.hashes(parameters["shop"]),
        "inputs": dict(sorted(told["sources"].items())),
        "chapters": {
            result.name: {
                "title": result.title,
                "status": "failed" if result.error else "done",
                "error": result.error,
                "seconds": round(result.seconds, 2),
                "gaps": gaps.count(result.name),
                **made_of.get(result.name, {}),
            }
            for result in results
        },
        "gaps": told["gaps"],
        "seconds": round(seconds, 2),
    }


def packages() -> dict[str, str]:
    """Versions of Python and of the packages that make the numbers and the pages."""
    return {"python": platform.python_version(), **{name: _version(name) for name in PACKAGES}}


def merged(earlier: Mapping[str, Any], told: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    """Facts of an earlier run with the chapters that were run again replaced."""
    kept = {
        part: [entry for entry in earlier.get(part, []) if entry["chapter"] not in names]
        for part in ("facts", "findings", "gaps")
    }
    parts = {part: sorted([*kept[part], *told[part]], key=lambda entry: entry["chapter"]) for part in kept}
    return {**parts, "sources": {**earlier.get("sources", {}), **told["sources"]}}


def write(path: Path, content: Mapping[str, Any]) -> None:
    """Write JSON that people can read and tools can compare."""
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read(path: Path) -> dict[str, Any]:
    """JSON of an earlier run; empty when there is none."""
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def workbook(path: Path, told: Mapping[str, Any]) -> None:
    """Write one sheet with a row per fact; texts are written as text, so nothing in them can run as a formula."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet, bold = book.add_worksheet("facts"), book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for column, key in enumerate(COLUMNS):
            sheet.write_string(0, column, key, bold)
            for row, fact in enumerate(told["facts"], 1):
                _cell(sheet, row, column, fact.get(key))


def _cell(sheet: Any, row: int, column: int, value: Any) -> None:
    if isinstance(value, int | float):
        sheet.write_number(row, column, value)
    elif value is not None:
        text = str(value)
        risky = text.startswith(("=", "+", "-", "@", "\t", "\r")) and not NUMBER.fullmatch(text)
        sheet.write_string(row, column, f"'{text}" if risky else text)


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
