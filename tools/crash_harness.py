"""Kill imports at random moments, in real processes on a real store, and check that nothing acknowledged is lost.

    python tools/crash_harness.py --kills 200

A worker imports made-up batches one after the other: rows that repeat, change, arrive late, get their month later, files
that are forgotten. After each import it writes a line into a ledger and flushes it to disk. The driver kills it, reads the
store as a report would, and compares every table with what a plain dictionary says of the batches so far: those of the
ledger, and perhaps one more whose line was not written any more.
"""

import argparse
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from helpers.errors import XiaodianError
from helpers.store import Store
from helpers.store.registers import FILES
from helpers.store.retention import cleanup

TABLES = {"orders": ("line_id", "ordered_at"), "after_sales": ("after_sale_id", "applied_at")}
STATE = ("payable_fen", "quantity", "status")
KEYS, DAYS, MOST = 200, 50, 80
FORGETS = 6  # every so many batches an earlier one is taken out
WAIT = 600.0


# what is imported ----------------------------------------------------------------------------------------------------


def source(at: int) -> str:
    """The hash of a batch; not in the order of the batches."""
    return f"{at * 7919 % 10007:064x}"


def batch(seed: int, at: int, table: str) -> Any:
    """The rows of one table in a batch: the same for the same numbers."""
    chance = np.random.default_rng([seed, at, list(TABLES).index(table)])
    key, moment = TABLES[table]
    ids = chance.integers(0, KEYS, chance.integers(1, MOST))
    days = pd.Timestamp("2026-06-01") + pd.to_timedelta(ids % DAYS, unit="D")
    columns = {
        key: [f"L{number:05d}" for number in ids],
        moment: days.where(chance.random(len(ids)) > 0.1),
        STATE[0] if table == "orders" else STATE[1]: chance.integers(0, 3, len(ids)),
        STATE[2]: chance.choice(["paid", "closed"], len(ids)),
    }
    taken = pd.Timestamp("2026-11-01") + pd.Timedelta(days=int(chance.integers(0, 9)))
    return pd.DataFrame(columns).assign(source=source(at), snapshot=taken)


def forgotten(at: int) -> int | None:
    """The earlier batch that a batch takes out, if any."""
    return at - 3 if at % FORGETS == FORGETS - 1 else None


def expected(seed: int, count: int, table: str) -> dict[str, tuple[Any, ...]]:
    """State of every key after so many batches: that of the newest export, of two of one moment that of the greater hash."""
    key, moment = TABLES[table]
    gone = {forgotten(at) for at in range(count)}
    newest: dict[str, tuple[Any, ...]] = {}
    for at in (at for at in range(count) if at not in gone):
        rows = batch(seed, at, table)
        amount = rows.columns[2]
        for row in rows.itertuples():
            age, name = (row.snapshot, row.source), getattr(row, key)
            state = (str(getattr(row, moment)), int(getattr(row, amount)), row.status)
            if name not in newest or newest[name][0] <= age:
                newest[name] = (age, state)
    return {name: state for name, (_, state) in newest.items()}


def stored(store: Store, shop: str, table: str) -> dict[str, tuple[Any, ...]]:
    """The same, read from the store."""
    key, moment = TABLES[table]
    columns = [key, moment, STATE[0] if table == "orders" else STATE[1], STATE[2]]
    rows = store.frame(table, shop, columns=columns)
    assert rows[key].is_unique, f"{table}: a key is stored twice"
    return {row[0]: (str(row[1]), int(row[2]), row[3]) for row in rows.itertuples(index=False)}


# the worker ----------------------------------------------------------------------------------------------------------


def done(store: Store, shop: str) -> int:
    """How many batches the store has imported."""
    names = store.files(shop)["name"]
    return int(names.max().removesuffix(".csv")) + 1 if len(names) else 0


def bring(store: Store, shop: str, seed: int, at: int) -> None:
    """Import one batch: several tables, then the list of files."""
    old = forgotten(at)
    again = store.forget(list(TABLES), shop, [source(old)]) if old is not None else []
    for number in [number for number in range(at) if source(number) in again] + [at]:
        for table in TABLES:
            store.merge(table, shop, batch(seed, number, table))
    row = {"shop": shop, "sha256": source(at), "name": f"{at:05d}.csv", "status": "read", "tables": "+".join(TABLES)}
    listed, fresh = store.files(shop), pa.Table.from_pylist([row], FILES).to_pandas()
    kept = listed[listed["sha256"] != source(-1 if old is None else old)]
    store.write_files(shop, pd.concat([kept, fresh]) if len(kept) else fresh)


def work(root: Path, shop: str, seed: int, steps: int, ledger: Path) -> None:
    """Import batch after batch and acknowledge each in the ledger."""
    store = Store.open(root)
    with ledger.open("a", encoding="utf-8") as lines:
        while True:
            with store.writing(shop):
                at = done(store, shop)
                if at >= steps:
                    return
                bring(store, shop, seed, at)
            lines.write(f"{at}\n")
            lines.flush()
            os.fsync(lines.fileno())


# the driver ----------------------------------------------------------------------------------------------------------


def start(root: Path, shop: str, seed: int, steps: int, ledger: Path, *limits: str) -> "subprocess.Popen[str]":
    """A worker that has got as far as its first import."""
    words = [sys.executable, __file__, "--work", json.dumps([str(root), shop, seed, steps, str(ledger)]), *limits]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    worker = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    assert worker.stdout is not None
    worker.stdout.readline()
    return worker


def finish(worker: "subprocess.Popen[str]") -> str:
    """What the worker complained of; empty where all went well."""
    _, complaint = worker.communicate(timeout=WAIT)
    return complaint.strip()


def acknowledged(ledger: Path) -> list[int]:
    """The batches of the ledger."""
    return [int(line) for line in ledger.read_text().splitlines()] if ledger.exists() else []


def check(root: Path, shop: str, seed: int, least: int) -> int:
    """How many batches a reader sees; every table agrees with exactly these, and none of the acknowledged is missing."""
    store = Store.open(root)
    count = done(store, shop)
    assert least <= count <= least + 1, f"{count} batches in the store, {least} acknowledged"
    for table in TABLES:
        assert stored(store, shop, table) == expected(seed, count, table), f"{table} after {count} batches is wrong"
    return count


def trial(root: Path, shop: str, seed: int, kills: int, steps: int, longest: float) -> dict[str, int]:
    """Kill a worker several times, let it finish, clean up; what was seen is checked after each."""
    chance, ledger, torn = random.Random(seed), root.parent / f"{root.name}.ledger", 0
    for _ in range(kills):
        worker = start(root, shop, seed, steps, ledger)
        time.sleep(chance.uniform(0, longest))
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
        count = check(root, shop, seed, len(acknowledged(ledger)))
        torn += left_behind(root, shop)
        if count > len(acknowledged(ledger)):  # committed, and killed before its line was written
            ledger.write_text("".join(f"{at}\n" for at in range(count)))
    work(root, shop, seed, steps, ledger)
    assert check(root, shop, seed, steps) == steps
    cleanup(root, 1, really=True)
    assert not cleanup(root, 1).files, "a clean-up leaves files of killed imports"
    check(root, shop, seed, steps)
    return {"kills": kills, "killed inside an import": torn, "imports": steps}


def left_behind(root: Path, shop: str) -> int:
    """Whether the tables are further than what readers see: the kill hit the middle of an import."""
    return int(Store.open(root).versions() != Store.open(root).versions(shop)) if root.exists() else 0


def main() -> None:
    """Trials until there were enough kills; prints what happened."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    words.add_argument("--kills", type=int, default=200)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--longest", type=float, default=3.0, help="seconds that a worker lives at most")
    words.add_argument("--work", help=argparse.SUPPRESS)
    words.add_argument("--file-size", type=int, help=argparse.SUPPRESS)
    given = words.parse_args()
    if given.work:
        root, shop, seed, steps, ledger = json.loads(given.work)
        if given.file_size:
            resource.setrlimit(resource.RLIMIT_FSIZE, (given.file_size, given.file_size))
        print("ready", flush=True)
        try:
            work(Path(root), shop, seed, steps, Path(ledger))
        except XiaodianError as error:
            sys.exit(str(error))
        return
    total: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(-(-given.kills // 8)):
            seen = trial(Path(folder) / str(number), "店", given.seed + number, 8, 24, given.longest)
            total = {name: total.get(name, 0) + value for name, value in seen.items()}
            print(total, flush=True)
    print("nothing acknowledged was lost, no table was torn")


if __name__ == "__main__":
    main()
