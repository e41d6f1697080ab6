"""The process that forks kernels: ``python -m helpers.kernels.forking FD``. One server per run, never longer.

Everything here is about what a fork must not inherit: threads, open connections, answers that libraries remember about
the place where they were imported.
"""

import os

# ipykernel reads it when imported: a kernel ends when this process does
os.environ["JPY_PARENT_PID"] = str(os.getpid())

import atexit
import builtins
import ctypes
import gc
import importlib
import json
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

from helpers import memory

BACKEND = "module://matplotlib_inline.backend_inline"  # not imported here: it hooks into the shell that it finds
# not the engine of queries: only large tables need it, and its import opens a connection with threads
PRELOAD = (
    "ipykernel.kernelapp", "ipykernel.zmqshell", "ipykernel.displayhook", "ipykernel.debugger", "IPython.core.pylabtools",
    "IPython.core.magics", "IPython.core.completerlib", "IPython.core.debugger", "IPython.core.logger", "IPython.core.oinspect",
    "IPython.extensions.storemagic", "tornado.platform.asyncio", "tornado.queues", "pandas",
    "pandas.core.reshape.reshape", "pandas.io.formats.style", "pyarrow.parquet", "pyarrow.compute", "matplotlib.pyplot",
    "matplotlib.backends.backend_svg", "matplotlib.backends.backend_agg", "scipy.stats", "scipy.optimize",
    "statsmodels.regression.linear_model", "statsmodels.stats.proportion", "statsmodels.stats.power",
    "statsmodels.duration.survfunc", "statsmodels.tsa.seasonal", "deltalake", "rjieba", "helpers.kernels.limits",
    "helpers.report", "helpers.show", "helpers.chapters.background", "helpers.chapters.sales", "helpers.chapters.marketing",
    "helpers.chapters.interaction", "helpers.chapters.diagnosis", "helpers.chapters.planning",
)  # fmt: skip
LAST_WORDS = 1.0  # seconds
DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl


def main() -> None:
    """Import, then serve requests until the other side is gone."""
    memory.lean()
    connection = socket.socket(fileno=int(sys.argv[1]))
    preload()
    with connection, connection.makefile("rwb", buffering=0) as lines:
        for line in iter(lines.readline, b""):
            request = json.loads(line)
            answer = poll(request["pid"]) if request["do"] == "poll" else fork(request, lines, connection)
            lines.write(json.dumps(answer).encode() + b"\n")


def preload() -> None:
    """Import what notebooks use, as if a notebook did it, and leave no thread and no connection behind."""
    os.environ.setdefault("MPLBACKEND", BACKEND)
    sys.modules["debugpy"] = None  # type: ignore[assignment]  # each kernel would import it, and nobody debugs a batch
    # pandas and others ask at import whether they are in a notebook, and print tables accordingly ever after
    builtins.get_ipython = lambda: SimpleNamespace(kernel=True, config={"IPKernelApp": True})  # type: ignore[attr-defined]
    gc.disable()  # all of it stays, and to look through it again and again is a sixth of the work
    for name in PRELOAD:
        with suppress(Exception):  # then the kernel imports it itself, and says what is wrong with it
            importlib.import_module(name)
    del builtins.get_ipython  # type: ignore[attr-defined]
    gc.collect()
    gc.freeze()
    gc.enable()
    memory.seldom()


def poll(pid: int) -> dict[str, Any]:
    """The exit code of a kernel, or none while it runs."""
    try:
        ended, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return {"code": -signal.SIGKILL}
    return {"code": os.waitstatus_to_exitcode(status) if ended else None}


def fork(request: dict[str, Any], *inherited: Any) -> dict[str, Any]:
    """The process id of a new kernel; in the kernel itself this never returns."""
    server = os.getpid()
    try:
        pid = os.fork()
    except OSError as error:
        return {"error": str(error)}
    if pid:
        return {"pid": pid}
    for one in inherited:
        one.close()
    _become(request, server)
    # as `multiprocessing` ends its forks: freeing what was imported takes longer than to begin
    threading._shutdown()  # type: ignore[attr-defined]
    gc.freeze()  # IPython looks for cycles twice at its end, in all that goes with the process anyway
    atexit._run_exitfuncs()
    os._exit(0)


def _become(request: dict[str, Any], server: int) -> None:
    """Be a kernel: its own session, signals, environment and random numbers."""
    os.setsid()
    ctypes.CDLL(None).prctl(DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != server:  # it ended before it could be watched
        os._exit(1)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update({"MPLBACKEND": BACKEND} | request["environment"] | {"JPY_PARENT_PID": str(server)})
    time.tzset()
    os.chdir(request["folder"])
    if "numpy" in sys.modules:  # Python's own generator is seeded anew at a fork
        sys.modules["numpy"].random.seed()
    from ipykernel.kernelapp import IPKernelApp

    sys.argv = ["ipykernel_launcher.py", *request["arguments"]]
    IPKernelApp.launch_instance(argv=request["arguments"])
    # it is about to say that it is done; were what it says that through closed now, it would wait until it is killed
    IPKernelApp.instance().control_thread.join(LAST_WORDS)


if __name__ == "__main__":
    main()
    os._exit(0)
