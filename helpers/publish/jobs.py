"""One report as a job: plain data, safe to run twice, on this machine or another one that sees the same folders."""

import os
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from helpers import kernels, paths
from helpers.errors import XiaodianError
from helpers.period import Period
from helpers.publish import execute, inputs, manifest, parameters, run


@dataclass(frozen=True)
class Job:
    """A report to be made.

    Parameters
    ----------
    shop, period, lang, to
        As `parameters.plan`.
    cold, timeout
        As `run.run`.
    kept : tuple of str
        Notebooks of the last run that would come out the same again.
    shared : str
        Folder for what the notebooks of several jobs work out once.
    notebooks, data, reports : str
        Folder of the notebooks and roots, for workers whose own environment does not say them.
    """

    shop: str
    period: str
    lang: str = "zh"
    to: tuple[str, ...] = ("pdf",)
    cold: bool = False
    timeout: int | None = None
    kept: tuple[str, ...] = ()
    shared: str = ""
    notebooks: str = ""
    data: str = ""
    reports: str = ""

    @property
    def name(self) -> str:
        """How people call it."""
        return f"{self.shop} {self.period} {self.lang}"


@dataclass(frozen=True)
class Outcome:
    """What became of a job: notebooks that were run, seconds, why it failed, and why it was tried again (empty: it was not)."""

    job: Job
    ran: int
    seconds: float
    error: str
    again: str = ""


def kept(job: Job, rows: inputs.Rows) -> dict[str, Path]:
    """Executed notebooks of the last run, by name, that would come out the same again."""
    target = paths.run(job.shop, job.period, job.lang)
    given = {"period": job.period, "shop": job.shop, "lang": job.lang}
    with suppress(ValueError, KeyError, TypeError):  # a record of another time or hand: run it all
        record = manifest.read(target / manifest.RUN)
        if not record or not set(job.to) <= set(record["to"]):
            return {}
        found = {path.stem: path for path in parameters.notebooks()}
        return {
            name: target / "notebooks" / path.name
            for name, path in found.items()
            if _unchanged(record["chapters"].get(name), path, given, rows)
            and (target / "notebooks" / path.name).is_file()
        }
    return {}


def _unchanged(entry: Mapping[str, Any] | None, notebook: Path, given: Mapping[str, str], rows: inputs.Rows) -> bool:
    if not entry or entry["status"] != "done" or entry.get("code") != inputs.code(notebook, given, rows.ground):
        return False
    return bool(entry["read"]) and rows.same(entry, Period.parse(given["period"]))


def whole(job: Job, found: Mapping[str, Path]) -> bool:
    """Whether nothing is left to do: every notebook is kept, and the files that were asked for are there."""
    target = paths.run(job.shop, job.period, job.lang)
    asked = [f"{name}.{form}" for form in job.to if form != "xlsx" for name in found]
    asked += [f"{run.BOOK}.pdf"] * ("pdf" in job.to) + [manifest.SHEET] * ("xlsx" in job.to)
    return len(found) == len(parameters.notebooks()) and all((target / name).is_file() for name in asked)


def work(given: Mapping[str, Any]) -> dict[str, Any]:
    """Run a job given as plain data, what failed a second time; its `Outcome` as plain data."""
    job, started = Job(**given), time.perf_counter()
    for name, root in (("XIAODIAN_DATA", job.data), ("XIAODIAN_REPORTS", job.reports)):
        if root:
            os.environ[name] = root
    every = parameters.notebooks(job.notebooks)
    plan = parameters.Plan(job.shop, job.period, job.lang, tuple(every), True, tuple(job.to))
    kept, ran, error, again = set(job.kept), 0, "", ""
    if not job.cold:
        kernels.keep_warm(execute.STEADY)
    for _ in range(execute.setting("tries")):
        again, (error, fresh, failed) = error, _try(plan, job, kept)
        ran += fresh
        kept = kept if failed is None else {path.stem for path in every} - failed
        if not error:
            break
    return asdict(Outcome(job, ran, time.perf_counter() - started, error, again))


def _try(plan: parameters.Plan, job: Job, kept: set[str]) -> tuple[str, int, set[str] | None]:
    """Why it failed, how many notebooks were run, and which of them failed; None: nothing was delivered."""
    try:
        made = run.deliver(plan, 1, timeout=job.timeout, kept=_executed(job, kept), shared=job.shared)
    except XiaodianError as problem:
        return str(problem), 0, None
    except Exception as problem:  # one job's fault stops no other job
        return f"{type(problem).__name__}: {problem}", 0, None
    failed = {result.name: result.error for result in made.chapters if result.error}
    error = "; ".join(f"{name}: {cause}" for name, cause in failed.items())
    return error, len(plan.notebooks) - len(kept), set(failed)


def _executed(job: Job, names: Iterable[str]) -> dict[str, Path]:
    folder = paths.run(job.shop, job.period, job.lang) / "notebooks"
    return {name: folder / f"{name}.ipynb" for name in sorted(names)}
