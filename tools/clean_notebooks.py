"""Strip notebooks of everything a run leaves, but for the facts cell that the tests compare.

Usage: ``python tools/clean_notebooks.py notebooks`` or, with executed copies to take the facts from,
``python tools/clean_notebooks.py notebooks --facts reports/sample/2026-10/zh/notebooks``.
"""

import argparse
import json
from pathlib import Path


def cleaned(cell: dict, executed: dict | None) -> dict:
    """The cell without outputs; a facts cell keeps its own, or takes those of the executed copy."""
    if cell["cell_type"] != "code":
        return cell
    if "facts" not in cell["metadata"].get("tags", []):
        return cell | {"outputs": [], "execution_count": None}
    outputs = executed["outputs"] if executed else cell["outputs"]
    outputs = [output | {"execution_count": 1} if "execution_count" in output else output for output in outputs]
    return cell | {"outputs": outputs, "execution_count": 1 if outputs else None}


def clean(path: Path, facts: Path | None) -> None:
    """Rewrite one notebook in place."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    source = json.loads((facts / path.name).read_text(encoding="utf-8")) if facts else {"cells": []}
    executed = {"".join(cell["source"]): cell for cell in source["cells"] if cell["cell_type"] == "code"}
    cells = [cleaned(cell, executed.get("".join(cell["source"]))) for cell in notebook["cells"]]
    for cell in cells:
        cell["metadata"] = {"tags": cell["metadata"].get("tags", [])}
    metadata = {
        key: notebook["metadata"][key] for key in ("kernelspec", "language_info") if key in notebook["metadata"]
    }
    metadata["language_info"] = {"name": "python"}
    text = json.dumps(notebook | {"cells": cells, "metadata": metadata}, ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--facts", type=Path)
    options = parser.parse_args()
    for notebook in sorted(options.folder.glob("*.ipynb")):
        clean(notebook, options.facts)
