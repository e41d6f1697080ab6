"""What tests share: a report on hand-made tables, and the sample shop ingested once."""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from helpers.report import Report, open_report

EXPORTED = pd.Timestamp("2026-11-05 10:00:00")
LONG = ("test_whole_house.py", "test_backfill.py", "test_cluster.py", "test_sequences.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take minutes come first: at the end no worker waits for another."""
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))


@pytest.fixture(autouse=True, scope="session")
def nobodys_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test sees the exports that lie beside the code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XIAODIAN_DATA", str(tmp_path_factory.mktemp("nobody")))
        yield


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data root of this test alone."""
    root = tmp_path / "data"
    monkeypatch.setenv("XIAODIAN_DATA", str(root))
    monkeypatch.setenv("XIAODIAN_REPORTS", str(tmp_path / "reports"))
    return root


@pytest.fixture
def make_report(data: Path) -> Callable[..., Report]:
    """A report on hand-made tables that went through the real store."""
    from helpers.store import Store

    def make(
        tables: Mapping[str, Any],
        period: str = "2026-10",
        shop: str = "probe",
        lang: str = "zh",
        shop_toml: str | None = None,
    ) -> Report:
        folder = data / "raw" / shop / "definitions"
        folder.mkdir(parents=True, exist_ok=True)
        if shop_toml:
            (folder / "shop.toml").write_text(shop_toml, encoding="utf-8")
        store = Store.open()
        for name, frame in tables.items():
            store.upsert(name, shop, frame.assign(source="0" * 64, snapshot=EXPORTED))
        return open_report(period, shop, lang)

    return make


@pytest.fixture(scope="session")
def sample_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data root with the sample shop, written and ingested once for all tests and workers."""
    from helpers import paths, sample
    from helpers.ingest import discover, ingest
    from helpers.store import locks

    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    root, done = shared / "sample-data", shared / "sample-done"
    with pytest.MonkeyPatch.context() as patch, locks.held(shared / "sample-lock", 600, "sample shop"):
        patch.setenv("XIAODIAN_DATA", str(root))
        if not done.exists():
            sample.write_shop(paths.raw("sample"))
            ingest(discover("sample"), "sample")
            done.touch()
    yield root


@pytest.fixture
def sample_report(sample_data: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    """The sample shop's last month."""
    monkeypatch.setenv("XIAODIAN_DATA", str(sample_data))
    return open_report("2026-10", "sample", "zh")
