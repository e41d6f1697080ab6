"""What charts cost: their share of the CPU of a report's cells, and one draw against a figure that is laid out and cut to fit.

``python benchmarks/bench_charts.py`` writes and ingests the sample shop in a temporary folder (``--folder``: one that is kept),
runs the cells of the six notebooks in one process, then draws each of their charts again in pairs, as the kit does and saved with
``bbox_inches="tight"``, for which matplotlib lays the figure out and measures it first. It prints Markdown. A ratio is the
median over the pairs; only ratios can be compared between machines.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MPLBACKEND": "agg"}  # before numpy is imported

import machine
import nbformat
from matplotlib.figure import Figure as Drawing
from processes import LANG, PERIOD, SHOP, sample

from helpers import paths, show
from helpers.chapters import background, diagnosis, interaction, marketing, planning, sales  # noqa: F401  load first
from helpers.show.paper import Figure

PAIRS = 3


@dataclass(frozen=True)
class Chart:
    """One chart of the report: its kind, how to draw it again, and the CPU seconds that it took in its cell."""

    kind: str
    draw: Callable[[], Any]
    seconds: float


def watched(charts: list[Chart]) -> Any:
    """While this lasts, every chart that a notebook draws is kept."""

    def watching(kind: str, ask: Callable[..., Any]) -> Callable[..., Any]:
        def asked(*given: Any, **options: Any) -> Any:
            start = time.process_time()
            made = ask(*given, **options)
            if isinstance(made, Figure):
                charts.append(Chart(kind, lambda: ask(*given, **options), time.process_time() - start))
            return made

        return asked

    return mock.patch.multiple(show, **{kind: watching(kind, getattr(show, kind)) for kind in show.__all__})


def cells() -> float:
    """CPU seconds of all cells of the notebooks."""
    seconds = 0.0
    for path in sorted(paths.NOTEBOOKS.glob("0*.ipynb")):
        names: dict[str, Any] = {}
        for cell in (cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"):
            start = time.process_time()
            exec(cell.source, names)
            seconds += time.process_time() - start
            if "parameters" in cell.metadata.tags:
                names |= {"period": PERIOD, "shop": SHOP, "lang": LANG}
    return seconds


def tight() -> Any:
    """While this lasts, figures are laid out, measured and cut to what is drawn."""
    save = Drawing.savefig
    return mock.patch.object(Drawing, "savefig", lambda *given, **options: save(*given, bbox_inches="tight", **options))


def pair(charts: list[Chart], ours_first: bool) -> tuple[float, float]:
    """CPU seconds of the charts drawn once, and laid out and cut to fit."""
    seconds = {}
    for way in ("ours", "tight") if ours_first else ("tight", "ours"):
        with nullcontext() if way == "ours" else tight():
            start = time.process_time()
            for chart in charts:
                chart.draw()
            seconds[way] = time.process_time() - start
    return seconds["ours"], seconds["tight"]


def row(kind: str, charts: list[Chart], pairs: list[tuple[float, float]], whole: float) -> list[str]:
    """A line of the table."""
    spent = sum(chart.seconds for chart in charts)
    each = [f"{statistics.median(times) / len(charts) * 1000:.0f}" for times in zip(*pairs, strict=True)]
    ratio = statistics.median(ours / other for ours, other in pairs)
    return [kind, f"{len(charts)}", f"{spent:.2f}", f"{spent / whole:.1%}", *each, f"{ratio:.2f}"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, help="keep the sample shop here, and take it from here")
    given, charts = parser.parse_args(), list[Chart]()
    with tempfile.TemporaryDirectory() as scratch, watched(charts):
        os.environ |= sample((given.folder or Path(scratch)).resolve())
        whole = cells()
    kinds = {kind: [chart for chart in charts if chart.kind == kind] for kind in sorted({one.kind for one in charts})}
    pairs = {kind: [pair(own, at % 2 == 0) for at in range(PAIRS)] for kind, own in kinds.items()}
    together = [tuple(map(sum, zip(*runs, strict=True))) for runs in zip(*pairs.values(), strict=True)]
    rows = [row(kind, own, pairs[kind], whole) for kind, own in kinds.items()] + [row("all", charts, together, whole)]
    head = [
        "chart",
        "figures",
        "CPU s in cells",
        "share of cells",
        "ms each",
        "ms laid out, tight",
        "÷ laid out, tight",
    ]
    print(f"## Charts\n\nCells of six notebooks, sample shop, {PERIOD}: {whole:.1f} CPU seconds; {machine.name()}")
    print(f"CPU times drawn again are medians of {PAIRS} pairs; ratios are medians over the pairs.\n")
    for line in [head, ["---"] * len(head), *rows]:
        print(f"| {' | '.join(line)} |")


if __name__ == "__main__":
    main()
