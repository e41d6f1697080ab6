"""What many months cost: a backfill of the sample shop, again with nothing changed, again after one changed after-sales file.

``python benchmarks/bench_backfill.py`` prints Markdown, as does ``bench_run.py --only backfill``. Memory is that of all processes
together: a page that several share counts once (proportional set size).
"""

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import machine
from processes import LANG, PERIOD, SHOP, Cost, cost, sample, table

HERE = Path(__file__).resolve()
WORKERS = 2
REFUND, STATE, APPLIED, PAID = "退商品金额（元）", "售后状态", "售后申请时间", "同意退款，退款成功"
FRESH = "售后单-2026-11-05 10_{:02}_00.xlsx"  # exported after the others
MIB = 2**20


def backfill(folder: Path, around: dict[str, str], months: int) -> list[str]:
    """Cold, again, and after a change; with the memory of the first."""
    from helpers.period import Period

    around = {**around, "XIAODIAN_REPORTS": str(folder / "backfill")}
    periods = [str(period) for period in Period.parse(PERIOD).back(months)]
    shutil.rmtree(around["XIAODIAN_REPORTS"], ignore_errors=True)
    runs = {"cold": _run(periods, around), "again, nothing changed": _run(periods, around)}
    when = _change(Path(around["XIAODIAN_DATA"]) / "raw" / SHOP / "售后", periods[-1])
    cost(["xiaodian", "ingest", "--shop", SHOP], around)
    runs[f"after a refund of {when} changed"] = _run(periods, around)
    cold = runs["cold"][0]
    rows = []
    for name, (spent, ends) in runs.items():
        ran = sum(end["ran"] for end in ends)
        rows.append([name, ran, spent.cpu, spent.wall, spent.cpu / cold.cpu, spent.wall / cold.wall])
    again = [f"{end['period']} {end['ran']}" for end in ends if end["ran"]]
    head = [
        f"{len(ends)} months, {WORKERS} at a time",
        "notebooks run",
        "CPU s",
        "wall s",
        "÷ cold, CPU",
        "÷ cold, wall",
    ]
    told = f"Notebooks run after the change: {', '.join(sorted(again)) or 'none'}; the other months were kept as they were."
    return ["### A backfill", "", *table(head, rows), "", told, "", *_memory(*runs["cold"])]


def _run(periods: Sequence[str], around: dict[str, str]) -> tuple[Cost, list[dict[str, object]]]:
    command = [sys.executable, HERE, "--child", periods[0], periods[-1]]
    spent = cost(command, around, watched=True)
    return spent, json.loads(spent.said)


def _child(first: str, last: str) -> None:
    """A backfill; prints when each report ended and how many notebooks it ran."""
    from helpers.publish import backfill as publishing

    ends = []

    def tell(progress: publishing.Progress) -> None:
        done = progress.outcome
        if done.error:
            raise SystemExit(f"{done.job.name}: {done.error}")
        ends.append({"moment": time.time(), "period": done.job.period, "ran": done.ran})

    queued = publishing.queue([SHOP], first, last, [LANG], ["pdf"])
    publishing.backfill(queued, WORKERS, on_progress=tell)
    print(json.dumps(ends))


def _change(folder: Path, month: str) -> str:
    """Export one file of after-sales anew, with one refund of a month smaller by one yuan; when it was asked for."""
    import xlsxwriter
    from python_calamine import CalamineWorkbook

    files = sorted(folder.glob("*.xlsx"), reverse=True)
    for path in files:
        head, *rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
        at = {name: head.index(name) for name in (REFUND, STATE, APPLIED)}
        for row in rows:
            refund = row[at[REFUND]].strip("¥").replace(",", "")
            if row[at[APPLIED]].startswith(month) and row[at[STATE]] == PAID and float(refund) > 1:
                row[at[REFUND]] = f"¥{float(refund) - 1:.2f}"
                with xlsxwriter.Workbook(folder / FRESH.format(len(files)), {"strings_to_numbers": False}) as book:
                    page = book.add_worksheet("Sheet1")
                    for line, cells in enumerate([head, *rows]):
                        page.write_row(line, 0, cells)
                return str(row[at[APPLIED]])[: len("2026-10-01")]
    raise SystemExit(f"{folder}: no refund of {month}")


def _memory(spent: Cost, ends: Sequence[dict[str, object]]) -> list[str]:
    """Memory by quarters of the reports, in the order in which they ended."""
    moments = sorted(float(str(end["moment"])) for end in ends)
    edges = [0.0, *(moments[len(moments) * at // 4 - 1] for at in (1, 2, 3, 4))]
    rows, peaks = [], []
    for at, (begin, end) in enumerate(zip(edges, edges[1:], strict=False), 1):
        held = [(tree, root) for moment, tree, root in spent.memory if begin < moment <= end]
        if not held:
            return ["Too few months to follow the memory."]
        trees, roots = zip(*held, strict=True)
        peaks.append(max(trees))
        rows.append([at, *(f"{size / MIB:,.0f}" for size in (max(trees), statistics.median(trees), max(roots)))])
    head = ["quarter of the notebooks", "peak of all processes, MiB", "median, MiB", "peak of the parent alone, MiB"]
    return [*table(head, rows), "", f"Peak of the last quarter ÷ first: {peaks[-1] / peaks[0]:.2f}."]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--folder", type=Path, help="keep the sample shop here, and take it from here")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        _child(*given.child)
        return
    with tempfile.TemporaryDirectory(dir=os.environ.get("XIAODIAN_BENCH")) as scratch:
        folder = (given.folder or Path(scratch)).resolve()
        around = sample(folder)
        print(f"{machine.name()}\n", *backfill(folder, around, given.months), sep="\n")


if __name__ == "__main__":
    main()
