"""One run: plan, execute, export, bind the book, write down what happened."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from helpers import kernels, memory, paths
from helpers.errors import XiaodianError
from helpers.publish import book, cells, chapter, document, execute, inputs, manifest, parameters
from helpers.publish.chapter import Chapter
from helpers.publish.manifest import Result

BOOK = "book"


@dataclass(frozen=True)
class RunResult:
    """What a run delivered.

    Parameters
    ----------
    exit_code : int
        0 when everything was delivered, 1 when a chapter or the book failed.
    paths : tuple of Path
        Files that a reader opens.
    chapters : tuple of Result
        How each chapter went, and the book if it failed.
    """

    exit_code: int
    paths: tuple[Path, ...]
    chapters: tuple[Result, ...]


def run(
    shop: str,
    period: str | None = None,
    lang: str = "zh",
    only: Sequence[str] | None = None,
    to: Sequence[str] = ("pdf",),
    jobs: int = 2,
    on_progress: Callable[[Result], None] = lambda result: None,
    cold: bool = False,
    timeout: int | None = None,
) -> RunResult:
    """The review of a shop's period as files under ``reports/<shop>/<period>/<lang>``.

    A run of all notebooks replaces that folder; a run of some replaces their files and drops the book, which would no
    longer agree with them. A chapter that fails is named in the book and in run.json, and the others are delivered.

    Parameters
    ----------
    shop, period, lang, only, to
        As `parameters.plan`.
    jobs : int
        Notebooks at a time.
    on_progress : callable
        Told the `Result` of each chapter as it is done.
    cold : bool
        Start each kernel anew instead of forking it from a process that has imported everything.
    timeout : int, optional
        Seconds after which a cell counts as hanging.

    Raises
    ------
    ParameterError
        Something about the run is wrong; nothing has been run.
    """
    with kernels.warm(execute.STEADY, wanted=not cold):
        from helpers.store import shared  # not sooner: pandas comes while the kernels' server imports it, too

        with shared.folder() as folder, ThreadPoolExecutor(1) as beside:
            plan = parameters.plan(shop, period, lang, only, to)
            if plan.whole:
                beside.submit(_gather, shop)  # while kernels start; what cannot be read the pages tell
            return deliver(plan, jobs, on_progress, timeout, shared=folder)


def deliver(
    plan: parameters.Plan,
    jobs: int = 2,
    on_progress: Callable[[Result], None] = lambda result: None,
    timeout: int | None = None,
    kept: Mapping[str, Path] | None = None,
    shared: str = "",
) -> RunResult:
    """As `run`, for a plan that has been checked.

    Parameters
    ----------
    kept : mapping of str to Path, optional
        Executed notebooks, by name, that need no new run.
    shared : str
        Folder for what notebooks of several runs work out once.
    """
    from helpers.store import Store, locks

    started, versions, kept = time.perf_counter(), Store.open().versions(plan.shop), kept or {}
    target = paths.run(plan.shop, plan.period, plan.lang)
    target.parent.mkdir(parents=True, exist_ok=True)
    with (
        locks.held(target.parent / f".{plan.lang}.lock", execute.setting("wait_seconds"), str(target)),
        _scratch(target.parent, plan.lang) as folder,
    ):
        fresh = [path for path in plan.notebooks if path.stem not in kept]
        code = _code(plan)  # what is run is what lies there now
        made: dict[str, tuple[Chapter, Result]] = {}
        for done in chain(
            _again(kept, folder / "notebooks"),
            execute.execute(fresh, folder / "notebooks", plan.parameters, jobs, versions, timeout, shared),
        ):
            made[done.name] = _export(done, folder, plan)
            memory.give_back()
            on_progress(made[done.name][1])
        chapters, results = zip(*(made[name] for name in sorted(made)), strict=True)
        results = (*results, *_bind(chapters, folder, plan))
        _write_down(chapters, results, folder, target, plan, versions, code, time.perf_counter() - started)
        names = sorted(path.name for path in folder.iterdir() if path.is_file() and path.suffix != ".json")
        _move(folder, target, plan.whole)
    delivered = tuple(target / name for name in names)
    return RunResult(int(any(result.error for result in results)), delivered, tuple(results))


def _gather(shop: str) -> None:
    from helpers.store import Store

    Store.open().gather(shop)
    memory.give_back()


@contextmanager
def _scratch(parent: Path, lang: str) -> Iterator[Path]:
    """A folder in which a run is made, beside its place; what a killed run left of its own is cleared first."""
    for left in parent.glob(f".run-{lang}-*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f".run-{lang}-", dir=parent, ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch) / lang
        (folder / "notebooks").mkdir(parents=True)
        yield folder


def _again(kept: Mapping[str, Path], folder: Path) -> Iterator[execute.Executed]:
    """Executed notebooks of the earlier run, taken over as they are."""
    for name, path in kept.items():
        shutil.copyfile(path, folder / path.name)
        yield execute.Executed(name, folder / path.name, 0.0, "")


def _export(done: execute.Executed, folder: Path, plan: parameters.Plan) -> tuple[Chapter, Result]:
    """The chapter of an executed notebook, its files written; a failed one says why."""
    import nbformat

    started = time.perf_counter()
    source = next(path for path in plan.notebooks if path.stem == done.name)
    notebook = nbformat.read(done.path if done.path.is_file() else source, as_version=4)
    error, made = done.error, None
    if not error:
        try:
            made = chapter.convert(notebook, done.name)
            _files(made, notebook, folder, plan)
        except Exception as problem:  # a page that cannot be made must not stop the others
            error = _cause(problem)
    if made is None or error:
        made = chapter.failed(notebook, done.name, plan.lang, plan.shop, plan.period, error)
    seconds = done.seconds + time.perf_counter() - started
    return made, Result(done.name, made.title, seconds, error)


def _files(made: Chapter, notebook: Any, folder: Path, plan: parameters.Plan) -> None:
    if "pdf" in plan.to:
        pages = document.pdf(document.single(made), made.period, made.title)
        (folder / f"{made.name}.pdf").write_bytes(pages)
    if "html" in plan.to:
        (folder / f"{made.name}.html").write_text(html(notebook, plan.lang), encoding="utf-8")


def html(notebook: Any, lang: str) -> str:
    """The notebook as one HTML page in its language, code hidden."""
    from nbconvert.exporters import HTMLExporter

    shown = notebook.copy()
    shown["cells"] = cells.printed(notebook, lang)
    page, _ = HTMLExporter(exclude_input=True, exclude_output_prompt=True).from_notebook_node(shown)
    return str(page)


def _bind(chapters: Sequence[Chapter], folder: Path, plan: parameters.Plan) -> list[Result]:
    """Bind the book of a whole run; a result only where that fails."""
    if "pdf" not in plan.to or not plan.whole:
        return []
    started = time.perf_counter()
    try:
        (folder / f"{BOOK}.pdf").write_bytes(book.pdf(chapters, plan.shop, plan.period, plan.lang))
    except Exception as problem:  # the chapters are delivered all the same
        return [Result(BOOK, BOOK, time.perf_counter() - started, _cause(problem))]
    return []


def _code(plan: parameters.Plan) -> dict[str, str]:
    ground = inputs.ground(plan.shop)
    return {path.stem: inputs.code(path, plan.parameters, ground) for path in plan.notebooks}


def _write_down(
    chapters: Sequence[Chapter],
    results: Sequence[Result],
    folder: Path,
    target: Path,
    plan: parameters.Plan,
    versions: Mapping[str, int],
    code: Mapping[str, str],
    seconds: float,
) -> None:
    names = {made.name for made in chapters}
    told = manifest.facts(chapters)
    made_of = {made.name: _made_of(made, code[made.name], versions) for made in chapters}
    record = manifest.record(plan.parameters, results, told, plan.notebooks, versions, seconds, made_of, plan.to)
    if not plan.whole:
        told = manifest.merged(manifest.read(target / manifest.FACTS), told, names)
        earlier = manifest.read(target / manifest.RUN).get("chapters", {})
        record["chapters"] = dict(sorted({**earlier, **record["chapters"]}.items()))
    manifest.write(folder / manifest.FACTS, {**plan.parameters, **told})
    manifest.write(folder / manifest.RUN, record)
    if "xlsx" in plan.to:
        manifest.workbook(folder / manifest.SHEET, told)


def _made_of(made: Chapter, code: str, versions: Mapping[str, int]) -> dict[str, Any]:
    read = {**made.facts.get("read", {}), inputs.FILES: ""}
    seen = {name: [versions.get(name), until] for name, until in read.items()}
    told = {"cutoff": made.facts.get("cutoff", ""), "exported": made.facts.get("exported", {})}
    return {"code": code, **told, "read": seen}


def _move(folder: Path, target: Path, whole: bool) -> None:
    """Put the finished folder in its place at once; of a partial run, file by file."""
    if whole:
        if target.exists():
            target.rename(folder.parent / "replaced")
        folder.rename(target)
        return
    (target / "notebooks").mkdir(parents=True, exist_ok=True)
    (target / f"{BOOK}.pdf").unlink(missing_ok=True)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            shutil.move(path, target / path.relative_to(folder))


def _cause(problem: Exception) -> str:
    return str(problem) if isinstance(problem, XiaodianError) else f"{type(problem).__name__}: {problem}"
