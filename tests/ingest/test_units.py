"""Files whose headers name another unit, files with few damaged ids, and files that nobody has touched."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ORDER, SHOP, order, write_csv  # type: ignore[import-not-found]

from helpers.ingest import folder, ingest
from helpers.store import Store

FIRST = "1793500000_a.csv"
Read = Callable[..., Any]


def test_amounts_in_wan_by_the_files_own_header_are_read_and_flagged(raw: Path, read: Read) -> None:
    headers = ["订单应付金额（万元）" if name == "订单应付金额" else name for name in ORDER]
    path = write_csv(raw / FIRST, headers, [order("0001", amount="1.2"), order("0002", amount="0.008900")])
    report, store = read(path)
    assert report.entries[0].kept == 2
    frame = store.frame("orders", SHOP).set_index("line_id")
    assert frame["payable_fen"].tolist() == [1200000, 8900]


def test_a_small_file_whose_ids_were_cut_is_refused(raw: Path, read: Read) -> None:
    cut = [order(f"{at}000", 商品ID="-") for at in range(1, 6)]
    for at, row in enumerate(cut):
        row[0] = row[1] = f"\t69200000000010{at}0000"
    report, _ = read(write_csv(raw / FIRST, ORDER, [*cut, order("0001"), order("0002"), order("0003")]))
    entry = report.entries[0]
    assert entry.status == "refused" and "damaged by Excel" in entry.reason["en"]


def test_a_file_that_nobody_has_written_since_is_not_opened(
    raw: Path, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "YOUNG", 0)
    path = write_csv(raw / FIRST, ORDER, [order("0001"), order("0002")])
    read(path)
    monkeypatch.setattr(folder, "content", lambda *_: pytest.fail("it was opened"))
    assert ingest([path], SHOP).entries[0].status == "same"


def test_a_file_of_the_same_size_and_time_is_opened_again(
    raw: Path, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "YOUNG", 0)
    path = write_csv(raw / FIRST, ORDER, [order("0001", amount="89.00")])
    read(path)
    before = path.stat()
    write_csv(path, ORDER, [order("0001", amount="98.00")])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size and ingest([path], SHOP).entries[0].status == "read"
    assert Store.open().frame("orders", SHOP)["payable_fen"].tolist() == [9800]


def test_a_young_file_and_a_link_have_no_stamp(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_csv(raw / FIRST, ORDER, [])
    (raw / "link.csv").symlink_to(path)
    assert folder.stamp(path) == folder.stamp(raw / "none.csv") == ""
    monkeypatch.setattr(folder, "YOUNG", 0)
    assert folder.stamp(path) and folder.stamp(raw / "link.csv") == ""
