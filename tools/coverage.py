"""How often the intervals of a report hold what was planted: many sample shops with the same story, other chance.

    python tools/coverage.py --seeds 40

Each shop is written, ingested and asked like any other. A fact with an interval is held against the value that
``truths.json`` says was planted. Prints a table in Markdown, facts of one kind together.
"""

import argparse
import importlib
import json
import os
import tempfile
from pathlib import Path

import pandas as pd

from helpers import paths, sample
from helpers.ingest import discover, ingest
from helpers.report import open_report

SHOP, PERIOD = "sample", "2026-10"
CHAPTERS = ("background", "sales", "marketing", "interaction", "planning")


def main() -> None:
    """Ask as many shops as told and print how often each kind of interval held."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=40)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for the facts of each shop, to go on later")
    given = parser.parse_args()
    keep = given.keep or Path(tempfile.mkdtemp())
    keep.mkdir(parents=True, exist_ok=True)
    parts = [_facts(seed, keep / f"{seed}.csv") for seed in range(given.first, given.first + given.seeds)]
    print(_table(pd.concat(parts, ignore_index=True)))


def _facts(seed: int, file: Path) -> pd.DataFrame:
    """Facts with an interval of one shop: id, value, low, high, planted."""
    if not file.exists():
        with tempfile.TemporaryDirectory() as folder:
            os.environ["XIAODIAN_DATA"] = folder
            sample.write_shop(paths.raw(SHOP), seed=seed)
            ingest(discover(SHOP), SHOP)
            planted = json.loads((paths.raw(SHOP) / "truths" / "truths.json").read_text("utf-8"))["truths"]["facts"]
            rows = [
                (fact.id, fact.value, fact.low, fact.high, planted.get(fact.id))
                for fact in _asked().values()
                if fact.low is not None and fact.high is not None
            ]
        pd.DataFrame(rows, columns=["id", "value", "low", "high", "planted"]).to_csv(file, index=False)
    return pd.read_csv(file).assign(seed=seed)


def _asked() -> dict:
    report = open_report(PERIOD, SHOP, "zh")
    for name in CHAPTERS:
        chapter = importlib.import_module(f"helpers.chapters.{name}")
        for question in chapter.__all__:
            if question != "findings":
                getattr(chapter, question)(report)
    return report.facts


def _table(rows: pd.DataFrame) -> str:
    """One row per kind of fact: how often its intervals held what was planted, and in how many cases; all at the end."""
    rows = rows[rows["planted"].notna() & rows["value"].notna()]
    rows = rows.assign(held=(rows["low"] <= rows["planted"]) & (rows["planted"] <= rows["high"]))
    found = rows.groupby(rows["id"].str.replace(r"=[^/&,]*", "", regex=True))["held"].agg(["mean", "size"])
    found.loc["all"] = [rows["held"].mean(), len(rows)]
    lines = [f"| {kind} | {share:.1%} | {count:.0f} |" for kind, share, count in found.itertuples()]
    return "\n".join(["| fact | held | cases |", "|---|---|---|", *lines])


if __name__ == "__main__":
    main()
