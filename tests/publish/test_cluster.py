"""Backfills on a Dask cluster: the same jobs, the same results, also when a worker dies."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import backfill_shop as made
import pytest

from helpers import cli, paths
from helpers.publish import backfill

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("ignore")  # of the cluster's own event loops as they end

MONTHS = ("2026-08", "2026-09", "2026-10")


@pytest.fixture
def shop(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One shop with three months; the reports root."""
    made.write_notebooks(tmp_path / "notebooks")
    monkeypatch.setattr(paths, "NOTEBOOKS", tmp_path / "notebooks")
    made.store("a", "orders", made.orders(*MONTHS))
    made.store("a", "after_sales", made.refund("202608150001", 1_000, "2026-08-20"))
    return tmp_path / "reports"


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers, each a process of its own; its address and the workers."""
    place = tmp_path / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    file = ["--scheduler-file", str(place)]
    serve = "from distributed.cli.dask_{0} import main; main()"
    start = [
        sys.executable,
        "-c",
        serve.format("scheduler"),
        *file,
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--no-dashboard",
    ]
    work = [sys.executable, "-c", serve.format("worker"), *file, "--nthreads", "1", "--no-dashboard", "--no-nanny"]
    processes = [subprocess.Popen(start, **quiet)]
    processes += [subprocess.Popen(work, cwd=tmp_path, **quiet) for _ in range(2)]
    with distributed.Client(scheduler_file=str(place), timeout="60s") as client:
        client.wait_for_workers(2, timeout=60)
        address = client.scheduler.address
    yield address, processes[1:]
    for process in processes:
        process.kill()
        process.wait()


def queued() -> list[backfill.Job]:
    return backfill.queue(["a"], "2026-08", "2026-10", ["zh"], ["pdf"])


def test_the_jobs_run_on_a_local_cluster(shop: Path) -> None:
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        outcomes = backfill.backfill(queued(), scheduler=cluster.scheduler_address)
    assert [outcome.error for outcome in outcomes] == [""] * 3
    assert sum(outcome.ran for outcome in outcomes) == 6
    assert made.totals(shop)["a/2026-08/02_refunds"] == 1_000
    assert backfill.backfill(queued()) and not any(outcome.ran for outcome in backfill.backfill(queued()))


def test_a_worker_that_is_killed_costs_nothing(
    shop: Path, scheduler: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, workers = scheduler
    killed: list[int] = []

    def kill(progress: backfill.Progress) -> None:
        if not killed:
            killed.append(workers[0].pid)
            os.kill(workers[0].pid, signal.SIGKILL)

    outcomes = backfill.backfill(queued(), scheduler=address, on_progress=kill)
    assert killed and [outcome.error for outcome in outcomes] == [""] * 3
    assert len(made.totals(shop)) == 6 and not any(outcome.ran for outcome in backfill.backfill(queued()))
    assert not list(shop.glob("*/*/.run-*"))


def test_a_scheduler_that_is_not_there_is_one_line(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["backfill", "--from", "2026-10", "--to", "2026-10", "--scheduler", "tcp://127.0.0.1:9"]
    assert cli.main(words) == 2
    said = capsys.readouterr().err.strip()
    assert "tcp://127.0.0.1:9" in said and "does not answer" in said and "\n" not in said
