"""Real processes on a real store: killed, at the same time, on a full disk, in a folder that may not be written."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[2] / "tools"))
import crash_harness as harness

from helpers.errors import XiaodianError
from helpers.store import Store

SHOP, SEED = "店", 5


def test_kills_lose_nothing_that_was_acknowledged_and_tear_nothing(tmp_path: Path) -> None:
    seen = harness.trial(tmp_path / "store", SHOP, SEED, kills=3, steps=6, longest=1.5)
    assert seen["kills"] == 3 and seen["imports"] == 6


def test_two_imports_of_a_shop_and_one_of_another_while_a_reader_looks(tmp_path: Path) -> None:
    root, ledgers = tmp_path / "store", [tmp_path / name for name in ("one", "two", "other")]
    workers = [
        harness.start(root, shop, SEED, 4, ledger) for shop, ledger in zip((SHOP, SHOP, "other"), ledgers, strict=True)
    ]
    looks = []
    while any(worker.poll() is None for worker in workers):
        store = Store.open(root)
        count = harness.done(store, SHOP)
        assert harness.stored(store, SHOP, "orders") == harness.expected(SEED, count, "orders")
        assert harness.stored(store, SHOP, "after_sales") == harness.expected(SEED, count, "after_sales")
        looks.append(count)
    assert [harness.finish(worker) for worker in workers] == ["", "", ""]
    assert looks == sorted(looks) and len(looks) > 1
    assert sorted(harness.acknowledged(ledgers[0]) + harness.acknowledged(ledgers[1])) == list(range(4))
    assert harness.check(root, SHOP, SEED, 4) == harness.check(root, "other", SEED, 4) == 4


def test_a_shop_that_is_being_written_is_waited_for_and_then_one_line_says_so(data: Path) -> None:
    (data / "definitions").mkdir(parents=True)
    (data / "definitions" / "store.toml").write_text("[wait_seconds]\nvalue = 0.2\n")
    with Store.open().writing(SHOP), Store.open().writing("other"):
        started = time.monotonic()
        with (
            pytest.raises(XiaodianError, match=f"^shop {SHOP}: another run has been writing"),
            Store.open().writing(SHOP),
        ):
            pass
        assert 0.2 <= time.monotonic() - started < 5
    with Store.open().writing(SHOP):
        pass


@pytest.mark.parametrize("limit", [600, 4000])
def test_a_write_that_the_system_cuts_off_is_one_line_and_loses_nothing(tmp_path: Path, limit: int) -> None:
    """600 bytes are too few for any file, 4000 for an entry of the log."""
    root, ledger = tmp_path / "store", tmp_path / "ledger"
    harness.work(root, SHOP, SEED, 1, ledger)
    complaint = harness.finish(harness.start(root, SHOP, SEED, 40, ledger, "--file-size", str(limit)))
    assert complaint.startswith("store ") and "cannot be written" in complaint and "\n" not in complaint
    count = harness.check(root, SHOP, SEED, len(harness.acknowledged(ledger)))
    harness.work(root, SHOP, SEED, count + 1, ledger)
    assert harness.check(root, SHOP, SEED, count + 1) == count + 1


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 400 kilobytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", folder], capture_output=True).returncode:
        pytest.skip("a small disk can only be mounted by root")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_is_one_line_and_the_import_is_done_when_there_is_room(disk: Path, tmp_path: Path) -> None:
    root, ledger = disk / "store", tmp_path / "ledger"
    complaint = harness.finish(harness.start(root, SHOP, SEED, 40, ledger))
    assert "cannot be written" in complaint and "\n" not in complaint
    count = harness.check(root, SHOP, SEED, len(harness.acknowledged(ledger)))
    assert 0 < count < 40
    subprocess.run(["mount", "-o", "remount,size=9m", disk], check=True)
    harness.work(root, SHOP, SEED, count + 1, ledger)
    assert harness.check(root, SHOP, SEED, count + 1) == count + 1


def test_a_folder_that_may_not_be_written_is_one_line_and_can_be_read(disk: Path, tmp_path: Path) -> None:
    root, ledger = disk / "store", tmp_path / "ledger"
    harness.work(root, SHOP, SEED, 1, ledger)
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    complaint = harness.finish(harness.start(root, SHOP, SEED, 2, ledger))
    assert "cannot be written" in complaint and "ead-only" in complaint and "\n" not in complaint
    assert harness.check(root, SHOP, SEED, 1) == 1


@pytest.mark.skipif(os.name != "posix" or os.getuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write_is_one_line(tmp_path: Path) -> None:
    root = tmp_path / "store"
    root.mkdir(mode=0o555)
    with pytest.raises(XiaodianError, match="cannot be written"), Store.open(root).writing(SHOP):
        pass
