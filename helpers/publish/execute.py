"""Notebooks through papermill, several at a time in threads, in kernels of this very interpreter on unix sockets."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from helpers import kernels, memory, paths
from helpers.definitions import files
from helpers.publish import stops

# one thread of linear algebra per kernel and one order of sets: the same input gives the same numbers and bytes
STEADY = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
# what a kernel no longer needs goes back to the system
STEADY |= memory.SYSTEM | {"MALLOC_ARENA_MAX": "1"}
LIMITS = "--IPKernelApp.extra_extensions=helpers.kernels.limits"
ALONE = "--HistoryManager.enabled=False"  # cells of a batch are nobody's history, and each would be written to one file
OUTPUT_SECONDS = 60  # for what a finished cell printed to arrive: a busy machine takes its time


@dataclass(frozen=True)
class Executed:
    """One notebook after its run; ``error`` is empty when every cell ran."""

    name: str
    path: Path
    seconds: float
    error: str


def execute(
    notebooks: Sequence[Path],
    folder: Path,
    parameters: Mapping[str, Any],
    jobs: int = 2,
    versions: Mapping[str, int] | None = None,
    timeout: int | None = None,
    shared: str = "",
) -> Iterator[Executed]:
    """Run notebooks with the same parameters and yield each as it finishes.

    Parameters
    ----------
    notebooks : sequence of Path
        What to run, in order of start.
    folder : Path
        Where the executed copies go; a copy is kept up to the failing cell.
    parameters : mapping
        Parameters of the run.
    jobs : int
        How many at a time.
    versions : mapping of str to int, optional
        Versions of the store's tables that all of them read, whatever is imported meanwhile.
    timeout : int, optional
        Seconds after which a cell counts as hanging (default: ``cell_seconds`` of ``run.toml``).
    shared : str
        Folder for what the notebooks of several runs work out once (default: one for this run alone).
    """
    timeout = timeout or setting("cell_seconds")
    with tempfile.TemporaryDirectory(prefix="xd-") as private, ThreadPoolExecutor(jobs) as pool:
        futures = [
            pool.submit(_one, path, folder / path.name, parameters, _manager(Path(private), versions, shared), timeout)
            for path in notebooks
        ]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)  # after Ctrl-C nothing new is started


def setting(name: str) -> int:
    """A setting of ``run.toml``."""
    return int(files.toml(files.find("run.toml"))[name]["value"])


def _one(source: Path, target: Path, parameters: Mapping[str, Any], manager: type, timeout: int) -> Executed:
    from jupyter_core.utils import ensure_event_loop
    from papermill import execute_notebook
    from papermill.engines import papermill_engines

    started, error = time.perf_counter(), ""
    papermill_engines.register(stops.Engine.NAME, stops.Engine)
    try:
        execute_notebook(
            str(source),
            str(target),
            dict(parameters),
            engine_name=stops.Engine.NAME,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            request_save_on_cell_execute=False,
            execution_timeout=timeout,
            iopub_timeout=OUTPUT_SECONDS,
            kernel_manager_class=manager,
        )
    except Exception as problem:  # whatever stops one chapter must not stop the others
        error = stops.cause(problem, source, target, manager)
    finally:
        ensure_event_loop().close()  # nbclient leaves this thread's loop open
    return Executed(source.stem, target, time.perf_counter() - started, error)


def _manager(folder: Path, versions: Mapping[str, int] | None, shared: str) -> type:
    """The kernel manager of one notebook: this interpreter whatever PATH says, unix sockets, absolute data folders."""
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    from helpers.kernels.client import Client

    command = [sys.executable, "-P", "-m", "ipykernel_launcher", "-f", "{connection_file}", LIMITS, ALONE]
    warm = {"kernel_provisioner": {"provisioner_name": kernels.PROVISIONER}}
    environment = {"XIAODIAN_DATA": str(paths.data()), "XIAODIAN_REPORTS": str(paths.reports())}
    environment["XIAODIAN_SHARED"] = shared or str(folder)
    if versions is not None:
        environment["XIAODIAN_VERSIONS"] = json.dumps(versions)

    begun: list[Any] = []

    class Manager(AsyncKernelManager):  # type: ignore[misc]
        kernel_spec = KernelSpec(argv=command, display_name="Python 3", language="python", metadata=warm)
        client_factory = Client

        def __init__(self, **given: Any) -> None:
            super().__init__(transport="ipc", connection_file=str(folder / uuid4().hex[:8]), **given)
            begun.append(self)

        @staticmethod
        def exit_code() -> int | None:
            """That of the kernel, if it ended before it was asked to."""
            provisioner = begun[-1].provisioner if begun else None
            return provisioner.process.poll() if provisioner and provisioner.process else None

        async def start_kernel(self, **given: Any) -> None:
            env = {**STEADY, **os.environ, **(given.pop("env", None) or {}), **environment}
            # what a kernel says outside its cells is noise between the progress lines
            await super().start_kernel(env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **given)

    return Manager
