"""What a command costs with everything that it starts, and the sample shop that such commands run on."""

import ctypes
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Any

PERIOD, SHOP, LANG = "2026-10", "sample", "zh"
SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of prctl: orphans come to this process, which then learns what they cost
ORPHAN_SECONDS = 5
SAMPLE_SECONDS = 1.0
MEASURES = (attrgetter("cpu"), attrgetter("wall"))
Row = Sequence[object]


@dataclass(frozen=True)
class Cost:
    """CPU and wall seconds, what it printed, and its memory in bytes by moment: the whole tree, the process itself."""

    cpu: float
    wall: float
    said: str = ""
    memory: list[tuple[float, int, int]] = field(default_factory=list)

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.cpu + other.cpu, self.wall + other.wall)


def cost(command: Sequence[str | Path], environment: Mapping[str, str], watched: bool = False) -> Cost:
    """Run a command to its end; what it printed on the way to a failure ends the benchmark."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SUBREAPER, 1)
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as complained:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, env=dict(environment), stdin=subprocess.DEVNULL, stdout=said, stderr=complained
        )
        with _sampled(process.pid, watched) as samples:
            _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0), complained.seek(0)
        if process.returncode:
            raise SystemExit(f"{command}: {process.returncode}\n{said.read()[-2000:]}\n{complained.read()[-2000:]}")
        return Cost(used.ru_utime + used.ru_stime + _orphans(), wall, said.read(), samples)


def _orphans() -> float:
    """CPU seconds of what outlived the command."""
    until, cpu = time.monotonic() + ORPHAN_SECONDS, 0.0
    while time.monotonic() < until:
        try:
            ended, _, used = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            break
        cpu += used.ru_utime + used.ru_stime if ended else 0.0
        if not ended:
            time.sleep(0.01)
    return cpu


@contextmanager
def _sampled(root: int, watched: bool) -> Iterator[list[tuple[float, int, int]]]:
    samples: list[tuple[float, int, int]] = []
    done = threading.Event()

    def sample() -> None:
        while not done.wait(SAMPLE_SECONDS):
            samples.append((time.time(), sum(map(held, tree(root))), held(root)))

    thread = threading.Thread(target=sample, daemon=True)
    if watched:
        thread.start()
    try:
        yield samples
    finally:
        done.set()
        if watched:
            thread.join()


def tree(root: int) -> list[int]:
    """A process and its descendants."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has just ended
            continue
        children.setdefault(parent, []).append(int(path.parent.name))
    found = [root]
    for one in found:
        found += children.get(one, [])
    return found


def held(pid: int) -> int:
    """Proportional set size in bytes: a page that several processes share counts once over all of them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024


def environment(folder: Path) -> dict[str, str]:
    """Where the sample shop lies, and the programs beside this interpreter first."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    roots = {"XIAODIAN_DATA": str(folder / "data"), "XIAODIAN_REPORTS": str(folder / "reports")}
    return {**os.environ, "PATH": path, **roots}


def sample(folder: Path) -> dict[str, str]:
    """Write the sample shop into a folder and ingest it, unless it is there; the environment to run in."""
    around = environment(folder)
    if not (folder / "data" / "store").exists():
        cost(["xiaodian", "sample"], around)
        cost(["xiaodian", "ingest", "--shop", SHOP], around)
    return around


def in_turn(ways: Sequence[str], pairs: int) -> Iterator[str]:
    """The ways one after the other, each second time backwards."""
    for at in range(pairs):
        yield from ways if at % 2 == 0 else ways[::-1]


def compared(ours: Sequence[Cost], theirs: Sequence[Cost] = ()) -> list[object]:
    """Median CPU and wall seconds, and the median ratios to another way over the pairs, if there is one."""
    found: list[object] = [statistics.median(map(measure, ours)) for measure in MEASURES]
    for measure in MEASURES:
        pairs = zip(map(measure, ours), map(measure, theirs), strict=True) if theirs else ()
        ratios = [one / other for one, other in pairs]
        found.append(statistics.median(ratios) if ratios else "")
    return found


def table(head: Row, rows: Sequence[Row]) -> list[str]:
    """A Markdown table; decimal numbers get two digits."""
    return [f"| {' | '.join(map(_shown, row))} |" for row in [head, ["---"] * len(head), *rows]]


def _shown(cell: Any) -> str:
    return f"{cell:.2f}" if isinstance(cell, float) else str(cell)
