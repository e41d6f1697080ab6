"""Why a notebook stopped: a kernel that dies or hangs is noted in its cell, and every cause is one line."""

import re
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

from helpers.kernels import limits

ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
TIMED_OUT = re.compile(r"after (\d+) seconds")  # nbclient's words
IN_CELL = re.compile(r"\(\d+\.py, (line \d+)\)$")  # a syntax error names a file that is none
KNOWN = frozenset({"XiaodianError", "ParameterError", "DefinitionError", "FileRefused"})
TOLD = "Stopped"  # name of an error that is said in words of this module
SHOWN, LONGEST = 60, 300  # letters of a cell, and of a line that says why a notebook stopped


class Engine:
    """papermill's own engine; a kernel that dies or hangs is noted in its cell, so that the copy is kept and says so."""

    NAME = "xiaodian"

    @staticmethod
    def execute_notebook(notebook: Any, kernel_name: str, **given: Any) -> Any:
        """The notebook after its run, its own object; an error in a cell is an output of that cell."""
        from papermill.engines import NBClientEngine

        try:
            return NBClientEngine.execute_notebook(notebook, kernel_name, **given)
        except Exception as problem:
            begun = [cell for cell in _code(notebook) if cell.metadata.papermill["start_time"]]
            if not begun:
                raise
            _note(begun[-1], *_stopped(problem, given["kernel_manager_class"]))
            begun[-1].execution_count = len(begun)
            return notebook

    @staticmethod
    def nb_kernel_name(notebook: Any, name: str | None = None) -> str:
        """Name of the kernel's specification."""
        return name or "python3"

    @staticmethod
    def nb_language(notebook: Any, language: str | None = None) -> str:
        """Language of the cells."""
        return language or "python"


def _note(cell: Any, name: str, text: str) -> None:
    """Put an error into a cell; what interrupting it brought to light says where it hung."""
    lines = [line for one in cell.outputs if one.output_type == "error" for line in one.traceback]
    note = {"output_type": "error", "ename": name, "evalue": text, "traceback": [text, *lines]}
    cell.outputs = [*(one for one in cell.outputs if one.output_type != "error"), type(cell)(note)]


def _code(notebook: Any) -> list[Any]:
    """Cells that a kernel gets to see."""
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def _stopped(problem: Exception, manager: Any) -> tuple[str, str]:
    """Name and one line for what ended a run from outside its cells."""
    name, text = type(problem).__name__, str(problem)
    if isinstance(problem, TimeoutError) and (seconds := TIMED_OUT.search(text)):
        late = "its output came" if "IOPub" in text else "the cell ran"
        return TOLD, f"stopped: {late} for more than {seconds[1]} seconds"
    code = manager.exit_code()
    if isinstance(problem, RuntimeError) and code is not None:
        return TOLD, f"the kernel died: {_end(code)}"
    return name, text


def _end(code: int) -> str:
    """An exit code of a process in words."""
    if code >= 0:
        return f"it ended itself with exit code {code}"
    words = signal.strsignal(-code) or "unknown"
    memory = ", perhaps out of memory" if code == -getattr(signal, "SIGKILL", 9) else ""
    return f"{words.lower()} (signal {-code}){memory}"


def cause(problem: Exception, source: Path, target: Path, manager: Any) -> str:
    """The one line that says why a notebook stopped, and at which cell; ``manager`` is the class of its kernel's manager."""
    if isinstance(problem, OSError):
        return _file(problem, source, target)
    where, name, text = "", getattr(problem, "ename", ""), getattr(problem, "evalue", "")
    if name:
        first = problem.source.strip().partition("\n")[0]  # type: ignore[attr-defined]
        where = f"cell {problem.exec_count} ({_short(first, SHOWN)}): "  # type: ignore[attr-defined]
    else:
        name, text = _stopped(problem, manager)
        where = "before the first cell: " if name == TOLD else ""
    line = next((line.strip() for line in ANSI.sub("", text).splitlines() if line.strip()), "")
    line = IN_CELL.sub(r"(\1)", line)
    if name in KNOWN:  # says itself where it happened
        cell = line.startswith(limits.CELL)
        return _short(where + line.removeprefix(limits.CELL) if cell else line)
    return _short(where + (line if name == TOLD else f"{name}: {line}".rstrip(": ")))


def _file(problem: OSError, source: Path, target: Path) -> str:
    """The line for a file that cannot be read or written; half a notebook does not stay."""
    path = str(problem.filename or target)
    with suppress(OSError):
        target.unlink(missing_ok=True)
    return f"{path}: cannot be {'read' if path == str(source) else 'written'}: {problem.strerror or problem}"


def _short(text: str, most: int = LONGEST) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
