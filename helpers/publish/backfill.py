"""Many months of many shops: a queue of jobs that skips what has not changed, and can be killed and begun again."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from shutil import rmtree
from typing import Any

from helpers import kernels, paths
from helpers.errors import ParameterError, nearest
from helpers.period import Period
from helpers.publish import execute, index, inputs, jobs, parameters
from helpers.publish.jobs import Job, Outcome

ANSWER_SECONDS = "10s"


@dataclass(frozen=True)
class Progress:
    """What a job's end tells: how many of how many are done, and the seconds that the rest will take."""

    outcome: Outcome
    done: int
    total: int
    left: float


def queue(shops: Sequence[str], first: str, last: str, langs: Sequence[str], to: Sequence[str]) -> list[Job]:
    """A job per shop, period and language, in this order; periods of the kind of ``last``, as far as the shop has data.

    Raises
    ------
    ParameterError
        An unknown shop, language or format; periods that are none, that run backwards, or that no shop has data in.
    """
    for name, given, known in (("lang", langs, parameters.LANGUAGES), ("formats", to, parameters.FORMATS)):
        for word in given:
            if word not in known:
                raise ParameterError(name, f"{word!r} is not possible", nearest(word, known))
    wanted = list(_periods(Period.parse(first), Period.parse(last)))
    held = {shop: _held(shop) for shop in shops}
    found = [
        Job(shop, str(period), lang, tuple(to))
        for shop, (begins, ends) in held.items()
        for period in wanted
        if begins <= period.end and period.start <= ends
        for lang in langs
    ]
    if not found:
        spans = ", ".join(f"{shop} {begins} to {ends}" for shop, (begins, ends) in held.items())
        raise ParameterError("period", f"no shop has data from {first} to {last}", f"data run: {spans}")
    return found


def _periods(first: Period, last: Period) -> Iterator[Period]:
    if first.start > last.start or first.kind != last.kind or last.kind == "range":
        raise ParameterError("period", f"{first} to {last} is no row of periods", "use --from 2025-01 --to 2026-10")
    count, period = 1, last
    while period.start > first.start:
        count, period = count + 1, period.previous()
    yield from last.back(count)


def _held(shop: str) -> tuple[date, date]:
    """First day of the first month and last day of the last month of which the shop has data."""
    from helpers.store import Store

    store = Store.open()
    months = [Period.parse(month) for month in store.months(shop)]
    if not months:
        raise ParameterError("shop", f"{shop!r} has no data in the store", nearest(shop, store.shops()))
    return months[0].start, months[-1].end


def backfill(
    queued: Sequence[Job],
    workers: int = 2,
    scheduler: str = "",
    on_progress: Callable[[Progress], None] = lambda progress: None,
) -> list[Outcome]:
    """Do the jobs whose inputs have changed since their last run; what became of each, in the order in which they ended.

    Parameters
    ----------
    queued : sequence of Job
        What should be there in the end.
    workers : int
        Jobs at a time on this machine.
    scheduler : str
        Address of a Dask scheduler whose workers see the same folders; empty: this machine.

    Raises
    ------
    ParameterError
        The scheduler does not answer, or its client is not installed.
    """
    outcomes: list[Outcome] = []
    spent, todo = 0.0, len(queued)

    def tell(outcome: Outcome) -> None:
        nonlocal spent
        outcomes.append(outcome)
        spent += outcome.seconds
        ran = sum(1 for one in outcomes if one.seconds)
        left = (spent / ran) * (todo - len(outcomes)) / workers if ran else 0.0
        on_progress(Progress(outcome, len(outcomes), todo, left))

    try:
        with tempfile.TemporaryDirectory(prefix="xd-") as private:
            waiting = []
            for job in queued_changes(queued, tell):
                waiting.append(job if scheduler else replace(job, shared=str(Path(private) / job.shop)))
            if waiting:
                _run(waiting, workers, scheduler, tell)
    finally:
        index.write(paths.reports())
    return outcomes


def queued_changes(queued: Sequence[Job], tell: Callable[[Outcome], None]) -> Iterator[Job]:
    """The jobs with something to do, each with the notebooks that it may keep; the others are told at once."""
    rows: dict[str, inputs.Rows] = {}
    for job in queued:
        if job.shop not in rows:
            rows = {job.shop: inputs.Rows(job.shop)}  # of one shop at a time: they hold its tables
        found = jobs.kept(job, rows[job.shop])
        if jobs.whole(job, found):
            tell(Outcome(job, 0, 0.0, ""))
        else:
            yield replace(job, kept=tuple(found))


def _run(waiting: Sequence[Job], workers: int, scheduler: str, tell: Callable[[Outcome], None]) -> None:
    left = Counter(job.shared for job in waiting)
    for folder in {job.shared for job in waiting if job.shared}:
        Path(folder).mkdir()
    with _pool(workers, scheduler, cold=waiting[0].cold) as pool:
        futures = {pool.submit(jobs.work, asdict(job) | _roots(scheduler)): job for job in waiting}
        try:
            for future in as_completed(futures):
                tell(_outcome(future, futures[future]))
                folder = futures[future].shared
                left[folder] -= 1
                if folder and not left[folder]:
                    rmtree(folder, ignore_errors=True)
        except BaseException:
            for future in futures:
                future.cancel()
            raise


def _outcome(future: Any, job: Job) -> Outcome:
    try:
        return Outcome(**{**future.result(), "job": job})
    except Exception as problem:  # a worker of a cluster that was lost again and again
        return Outcome(job, 0, 0.0, f"{type(problem).__name__}: {problem}")


def _roots(scheduler: str) -> dict[str, str]:
    """Where everything lies, for workers whose own environment does not say."""
    places = {"notebooks": paths.NOTEBOOKS, "data": paths.data(), "reports": paths.reports()}
    return {name: str(path) for name, path in places.items()} if scheduler else {}


@contextmanager
def _pool(workers: int, scheduler: str, cold: bool) -> Iterator[Executor]:
    if not scheduler:
        with kernels.warm(execute.STEADY, wanted=not cold), ThreadPoolExecutor(workers) as pool:
            yield pool
        return
    try:
        from distributed import Client
    except ImportError:
        todo = "pip install 'xiaodian[cluster]'"
        raise ParameterError("scheduler", f"{scheduler} needs the Dask client", todo) from None
    try:
        client = Client(scheduler, timeout=ANSWER_SECONDS)
    except (OSError, ValueError) as error:
        cause = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ParameterError("scheduler", f"{scheduler} does not answer: {cause}", "start it or correct it") from None
    with client, client.get_executor(pure=False) as pool:
        yield pool
