"""What a month's report costs: against papermill and nbconvert in a shell, against bare cells, against a browser's PDF.

``python benchmarks/bench_run.py`` writes and ingests the sample shop in a temporary folder, runs each pair in turn and prints
Markdown. CPU seconds are those of all processes that a command starts. A ratio is the median over the pairs; only ratios can be
compared between machines. ``--only month,floor,pdf,first,backfill`` chooses parts.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import bench_backfill
import bench_pdf
import machine
from processes import LANG, PERIOD, SHOP, Cost, compared, cost, in_turn, sample, table

HERE = Path(__file__).resolve()
NOTEBOOK = "02_sales_recap"
GIVEN = {"period": PERIOD, "shop": SHOP, "lang": LANG}
PLAIN = "import pandas, seaborn"
CELL_SECONDS = 120


def notebooks() -> list[Path]:
    from helpers.publish import parameters

    return parameters.notebooks()


def _cells(path: Path) -> list[str]:
    """Sources of the code cells with our parameters; the first are the parameters."""
    cells = [cell for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code"]
    given = "\n".join(f"{name} = {value!r}" for name, value in GIVEN.items())
    return [given if "parameters" in cell["metadata"].get("tags", []) else "".join(cell["source"]) for cell in cells]


# a month -------------------------------------------------------------------------------------------------------------


def month(folder: Path, around: dict[str, str], pairs: int) -> list[str]:
    """`xiaodian report` against a loop in a shell, and like for like: HTML from both."""
    runs: dict[str, list[Cost]] = {"pdf": [], "html": [], "loop": []}
    for way in in_turn(list(runs), pairs):
        report = ["xiaodian", "report", PERIOD, "--shop", SHOP, "--lang", LANG, "--to", way]
        runs[way].append(_loop(folder / "loop", around) if way == "loop" else cost(report, around))
    names = {"pdf": "`xiaodian report`: six PDFs and the book", "html": "`xiaodian report --to html`"}
    rows = [[name, *compared(runs[way], runs["loop"])] for way, name in names.items()]
    rows.append(["six `papermill`, six `jupyter nbconvert --to html --no-input`", *compared(runs["loop"])])
    return ["### A month", "", *table(["", "CPU s", "wall s", "÷ loop, CPU", "÷ loop, wall"], rows)]


def _loop(folder: Path, around: dict[str, str]) -> Cost:
    folder.mkdir(exist_ok=True)
    words = [word for name, value in GIVEN.items() for word in ("-p", name, value)]
    spent = Cost(0, 0)
    for path in notebooks():
        done = folder / path.name
        spent += cost(["papermill", "--no-progress-bar", path, done, *words], around)
        spent += cost(["jupyter", "nbconvert", "--to", "html", "--no-input", done], around)
    return spent


# the floor -----------------------------------------------------------------------------------------------------------


def floor(folder: Path, around: dict[str, str], pairs: int) -> list[str]:
    """Our run without export, against the same cells in bare shells; one notebook at a time in both."""
    from helpers.publish import execute
    from helpers.store import Store

    versions = json.dumps(Store.open(folder / "data" / "store").versions(SHOP))
    runs: dict[str, list[Cost]] = {"kernels": [], "bare": []}
    for way in in_turn(list(runs), pairs):
        steady = {**around, **execute.STEADY, "XIAODIAN_VERSIONS": versions}
        runs[way].append(cost([sys.executable, HERE, "--child", way], steady))
    rows = [
        ["notebooks through papermill in forked kernels", *compared(*runs.values())],
        ["their cells in forked bare IPython shells", *compared(runs["bare"])],
    ]
    return ["### The floor", "", *table(["", "CPU s", "wall s", "÷ floor, CPU", "÷ floor, wall"], rows)]


def _kernels() -> None:
    from helpers import kernels
    from helpers.publish import execute

    versions = json.loads(os.environ["XIAODIAN_VERSIONS"])
    with tempfile.TemporaryDirectory() as out, kernels.warm(execute.STEADY):
        for done in execute.execute(notebooks(), Path(out), GIVEN, 1, versions):
            if done.error:
                raise SystemExit(f"{done.name}: {done.error}")


def _bare() -> None:
    """Import once, fork per notebook, run its cells: no kernel, no messages, no file."""
    from helpers.kernels import forking

    forking.preload()
    with tempfile.TemporaryDirectory() as shared:
        os.environ["XIAODIAN_SHARED"] = shared
        for path in notebooks():
            pid = os.fork()
            if not pid:
                os._exit(_shell(_cells(path)))
            if os.waitpid(pid, 0)[1]:
                raise SystemExit(f"{path.name} failed")


def _shell(sources: Sequence[str]) -> int:
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    shell = InteractiveShell.instance()
    with capture_output():
        return int(not all(shell.run_cell(source).success for source in sources))


# an analyst's first figure -------------------------------------------------------------------------------------------


def first(folder: Path, around: dict[str, str], pairs: int) -> list[str]:
    """A cold kernel up to the first chart of chapter 02, against one that only imports pandas and seaborn."""
    parameters, setup, chart = _cells(next(path for path in notebooks() if path.stem == NOTEBOOK))[:3]
    ways = {"plain": [PLAIN], "ours": [f"{parameters}\n{setup}", chart]}
    runs: dict[str, list[list[Cost]]] = {"plain": [], "ours": []}
    for way in in_turn(list(ways), pairs):
        runs[way].append(_steps(ways[way], around))
    names = {
        "plain": ["kernel ready", f"`{PLAIN}`"],
        "ours": ["kernel ready", "first cell: `open_report`", "first chart"],
    }
    rows = [[step, *compared([run[at] for run in runs[way]])] for way in ways for at, step in enumerate(names[way])]
    wholes = {way: [sum(run[1:], run[0]) for run in made] for way, made in runs.items()}
    rows.insert(2, ["**plain, all**", *compared(wholes["plain"])])
    rows.append(["**chapter 02 to its first chart, all**", *compared(wholes["ours"], wholes["plain"])])
    return [
        "### An analyst's first figure",
        "",
        *table(["cold kernel", "CPU s", "wall s", "÷ plain, CPU", "÷ plain, wall"], rows),
    ]


def _steps(sources: Sequence[str], around: Mapping[str, str]) -> list[Cost]:
    """What a new kernel costs until it is ready, and then each cell."""
    from jupyter_client.manager import start_new_kernel

    started, spent = time.perf_counter(), []
    manager, client = start_new_kernel(
        kernel_name="python3", env=dict(around), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    stat = Path(f"/proc/{manager.provisioner.pid}/stat")

    def now() -> Cost:
        ticks = stat.read_text().rpartition(")")[2].split()[11:15]
        return Cost(sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK"), time.perf_counter() - started)

    try:
        spent.append(now())
        for source in sources:
            before = now()
            reply = client.execute_interactive(source, timeout=CELL_SECONDS, output_hook=lambda message: None)
            if reply["content"]["status"] != "ok":
                raise SystemExit(f"{source}\n{reply['content']['evalue']}")
            after = now()
            spent.append(Cost(after.cpu - before.cpu, after.wall - before.wall))
    finally:
        client.stop_channels()
        manager.shutdown_kernel()
    return spent


# in turn -------------------------------------------------------------------------------------------------------------

PARTS = {"month": month, "floor": floor, "pdf": bench_pdf.pdf, "first": first, "backfill": bench_backfill.backfill}
CHILDREN = {"kernels": _kernels, "bare": _bare}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default=",".join(PARTS), metavar=",".join(PARTS))
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--months", type=int, default=24, help="of the backfill, at most")
    parser.add_argument("--folder", type=Path, help="keep the sample shop here, and take it from here")
    parser.add_argument("--child", choices=list(CHILDREN), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        CHILDREN[given.child]()
        return
    chosen = given.only.split(",")
    if unknown := set(chosen) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory(dir=os.environ.get("XIAODIAN_BENCH")) as scratch:
        folder = (given.folder or Path(scratch)).resolve()
        around = sample(folder)
        print(f"## Runs\n\n{machine.name()}; sample shop, {PERIOD}; medians of {given.pairs} pair(s).", flush=True)
        for name in chosen:
            how = given.months if name == "backfill" else given.pairs
            print("", *PARTS[name](folder, around, how), sep="\n", flush=True)


if __name__ == "__main__":
    main()
