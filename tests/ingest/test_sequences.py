"""Random sequences of drops, overlaps, re-exports, late refunds, corrections and kills end as one clean import does."""

import random
import sys
from pathlib import Path

import pytest

from helpers import paths

sys.path.insert(0, str(paths.ROOT / "tools"))

import sequences


@pytest.fixture(autouse=True)
def definitions_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequences.desk.exports, "load", sequences.desk.exports.load)  # put back afterwards
    monkeypatch.setenv("XIAODIAN_DATA", "")
    sequences.remember_definitions()


@pytest.mark.parametrize("first", [0, 5])
def test_a_random_sequence_ends_as_a_clean_import_does(first: int) -> None:
    found = {seed: sequences.run(seed, kills=0) for seed in range(first, first + 5)}
    assert {seed: difference for seed, difference in found.items() if difference} == {}


@pytest.mark.parametrize("seed", [3, 7, 11])
def test_a_sequence_with_killed_imports_does_too(seed: int) -> None:
    assert sequences.run(seed, kills=0.4) == ""


def test_a_difference_is_found(data: Path) -> None:
    shop = sequences.Shop(random.Random(1), paths.raw(sequences.SHOP))
    shop.export_orders()
    sequences.ingest(sequences.discover(sequences.SHOP), sequences.SHOP)
    store, clean = sequences.Store.open(), sequences.Store.open(data / "clean")
    assert sequences.difference(store, store) == "" and "orders" in sequences.difference(store, clean)
