"""What the metrics cost: `Store.metric` against hand-written DuckDB SQL and against pandas, in CPU seconds and peak memory.

``python benchmarks/bench_queries.py`` writes a made-up shop (ten million order lines) into a store, asks all three in turn in
processes of their own, checks that they answer alike, and prints Markdown. A ratio is the median over the pairs; only ratios can
be compared between machines. ``--lines 100000000 --alone --memory 10GiB`` asks the metrics alone, which spill to disk.
"""

import argparse
import json
import os
import pickle
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import machine
import queries_pandas
import queries_shop
import queries_sql

HERE = Path(__file__).resolve()
TABLES = ("orders", "after_sales", "channel_days")
REPEATS = 5
GMV = "SELECT max(paid_at), sum(payable_fen) FROM orders"  # what month_gmv reads, without months


# in a process of its own ---------------------------------------------------------------------------------------------


def child(way: str, root: Path, out: Path) -> dict[str, Any]:
    """CPU and wall seconds of each metric, those until the first one could be asked, and the peak memory in GiB."""
    ask, names = _asked(way, root)
    start, times, answers = time.process_time(), {}, {}
    for name in names:
        cpu, wall = time.process_time(), time.perf_counter()
        answers[name] = ask(name)
        times[name] = (time.process_time() - cpu, time.perf_counter() - wall)
    out.write_bytes(pickle.dumps(answers))
    return {"start": start, "times": times, "peak": machine.peak() / 2**30}


def _asked(way: str, root: Path) -> tuple[Callable[[str], Any], list[str]]:
    names = list(queries_sql.QUERIES)
    if way in ("metric", "gmv"):
        from helpers.store import Store

        store = Store.open(root)
        store.metric(
            "funnel", queries_shop.SHOP, date(1999, 1, 1), date(1999, 1, 1)
        )  # loads what is loaded on first use
        if way == "gmv":
            return lambda name: store.metric("month_gmv", queries_shop.SHOP), [str(at) for at in range(REPEATS)]
        return lambda name: store.metric(name, queries_shop.SHOP), names
    files = _files(root)
    if way == "pandas":
        return lambda name: queries_pandas.FUNCTIONS[name](files), names
    con = _duckdb(files)
    if way == "decode":
        return lambda name: con.sql(GMV).fetchall(), [str(at) for at in range(REPEATS)]
    return lambda name: con.sql(queries_sql.QUERIES[name]).df(), names


def _files(root: Path) -> dict[str, list[str]]:
    from deltalake import DeltaTable

    return {name: [uri.removeprefix("file://") for uri in DeltaTable(root / name).file_uris()] for name in TABLES}


def _duckdb(files: dict[str, list[str]]) -> Any:
    import duckdb

    settings = {
        "memory_limit": os.environ["XIAODIAN_ENGINE_MEMORY"],
        "temp_directory": os.environ["XIAODIAN_ENGINE_SPILL"],
    }
    con = duckdb.connect(config=settings)
    for name, paths in files.items():
        con.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet({paths}, union_by_name = true)")
    return con


# in turn -------------------------------------------------------------------------------------------------------------


def run(way: str, folder: Path, memory: str) -> tuple[dict[str, Any], Any]:
    """What one process measured, and its answers."""
    out, spill = folder / f"{way}.pickle", folder / "spill"
    spill.mkdir(exist_ok=True)
    settings = {"XIAODIAN_ENGINE_MEMORY": memory, "XIAODIAN_ENGINE_SPILL": str(spill), "XIAODIAN_DATA": str(folder)}
    command = [sys.executable, str(HERE), "--child", way, "--folder", str(folder)]
    done = subprocess.run(command, env={**os.environ, **settings}, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1]), pickle.loads(out.read_bytes())


def same(one: Any, other: Any) -> None:
    """Both frames hold the same, floats to a billionth."""
    import pandas as pd

    kinds = {name: "str" if one[name].dtype == "str" else "float64" for name in one.columns}
    frames = [frame[list(kinds)].astype(kinds).reset_index(drop=True) for frame in (one, other)]
    pd.testing.assert_frame_equal(*frames, rtol=1e-9, atol=0)


def results(lines: int, folder: Path, pairs: int, pandas_runs: int, memory: str) -> dict[str, Any]:
    """All measurements: seconds by way and metric, one number per run.

    Returns
    -------
    dict
        ``lines``, ``machine``, ``memory``, ``runs`` (by way a list of what `child` gives).
    """
    folder = folder / str(lines)
    queries_shop.write(folder / "store", lines)
    runs: dict[str, list[Any]] = {way: [] for way in ("metric", "sql", "pandas", "gmv", "decode")}
    for at in range(pairs):
        ways = ["metric", "sql", *(["pandas"] if at < pandas_runs else []), "gmv", "decode"]
        for way in ways if at % 2 == 0 else ways[::-1]:
            measured, answers = run(way, folder, memory)
            runs[way].append(measured)
            if way == "metric":
                ours = answers
            if way in ("sql", "pandas") and at == 0:
                for name, answer in answers.items():
                    same(ours[name], answer)
    return {"lines": lines, "machine": machine.name(), "memory": memory, "runs": runs}


def alone(lines: int, folder: Path, memory: str) -> dict[str, Any]:
    """The metrics alone, once, with the same keys."""
    folder = folder / str(lines)
    queries_shop.write(folder / "store", lines)
    runs = {"metric": [run("metric", folder, memory)[0]]}
    return {"lines": lines, "machine": machine.name(), "memory": memory, "runs": runs}


# Markdown ------------------------------------------------------------------------------------------------------------


def markdown(found: dict[str, Any]) -> str:
    """The measurements as tables."""
    runs = {way: made for way, made in found["runs"].items() if made}
    ways = [way for way in ("metric", "sql", "pandas") if way in runs]
    about = f"{found['lines']:,} order lines, {found['machine']}, DuckDB up to {found['memory']}"
    how = f"CPU seconds, medians of {len(runs['metric'])} run(s); ratios are medians over pairs."
    said = ["## Metrics", "", f"{about}; {how}", ""]
    said += _table(["metric", *ways, *(f"÷ {way}" for way in ways[1:]), "wall"], _rows(runs, ways))
    said += [""] + _table(["whole", *ways, *(f"÷ {way}" for way in ways[1:])], _wholes(runs, ways))
    if "gmv" in runs:
        floor = [statistics.median(_cpu(one, name) for name in one["times"]) for one in runs["decode"]]
        gmv = [statistics.median(_cpu(one, name) for name in one["times"]) for one in runs["gmv"]]
        seconds = f"month_gmv {statistics.median(gmv):.2f} s ÷ decoding its columns {statistics.median(floor):.2f} s"
        ratio = statistics.median(one / other for one, other in zip(gmv, floor, strict=True))
        said += ["", f"{seconds}: {ratio:.2f}"]
    return "\n".join(said)


def _cpu(one: dict[str, Any], name: str) -> float:
    return float(one["times"][name][0])


def _rows(runs: dict[str, list[Any]], ways: list[str]) -> list[list[str]]:
    measures = {name: (lambda one, name=name: _cpu(one, name)) for name in queries_sql.QUERIES}
    walls = [statistics.median(one["times"][name][1] for one in runs["metric"]) for name in measures]
    rows = _compared(runs, ways, measures)
    return [[*row, f"{wall:.1f}"] for row, wall in zip(rows, walls, strict=True)]


def _wholes(runs: dict[str, list[Any]], ways: list[str]) -> list[list[str]]:
    measures: dict[str, Callable[[Any], float]] = {
        "all fifteen": lambda one: sum(cpu for cpu, _ in one["times"].values()),
        "start-up": lambda one: one["start"],
        "with start-up": lambda one: one["start"] + sum(cpu for cpu, _ in one["times"].values()),
        "peak GiB": lambda one: one["peak"],
    }
    return _compared(runs, ways, measures)


def _compared(
    runs: dict[str, list[Any]], ways: list[str], measures: dict[str, Callable[[Any], float]]
) -> list[list[str]]:
    """One row per measure: its median in each way, and the ratios of our way to the others."""
    rows = []
    for name, measure in measures.items():
        medians = [statistics.median(map(measure, runs[way])) for way in ways]
        pairs = [zip(map(measure, runs["metric"]), map(measure, runs[way]), strict=False) for way in ways[1:]]
        ratios = [statistics.median(ours / other for ours, other in pair) for pair in pairs]
        rows.append([name, *(f"{number:.2f}" for number in [*medians, *ratios])])
    return rows


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/xiaodian-queries"))
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--pandas-runs", type=int, default=1)
    parser.add_argument("--memory", default="4GiB")
    parser.add_argument("--alone", action="store_true", help="the metrics only, once")
    parser.add_argument("--child", choices=("metric", "sql", "pandas", "gmv", "decode"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        found = child(given.child, given.folder / "store", given.folder / f"{given.child}.pickle")
        print(json.dumps(found))
        return
    given.folder.mkdir(parents=True, exist_ok=True)
    if given.alone:
        print(markdown(alone(given.lines, given.folder, given.memory)))
    else:
        print(markdown(results(given.lines, given.folder, given.pairs, given.pandas_runs, given.memory)))


if __name__ == "__main__":
    main()
