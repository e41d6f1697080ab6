"""Thresholds: a shop's own win, two of one name are an error."""

from pathlib import Path

import pytest

from helpers.definitions import files, thresholds
from helpers.errors import DefinitionError
from helpers.paths import SHIPPED


def test_every_shipped_threshold_says_what_it_is_for() -> None:
    for path in (SHIPPED / "definitions" / "thresholds").glob("*.toml"):
        for name, entry in files.toml(path).items():
            assert entry.keys() == {"value", "why"} and entry["why"], name
    assert thresholds.load()["level"] == 0.95


def test_a_shop_may_set_one_threshold_of_its_own(data: Path) -> None:
    written(data, "common.toml", "[few]\nvalue = 12\n")
    found = thresholds.load("probe")
    assert found["few"] == 12 and found["sure"] == 0.95


def test_a_threshold_given_in_two_files_names_both(data: Path) -> None:
    written(data, "a.toml", "[few]\nvalue = 12\n")
    written(data, "b.toml", "[few]\nvalue = 12\n")
    with pytest.raises(DefinitionError, match=r"b\.toml.*few.*a\.toml"):
        thresholds.load("probe")


@pytest.mark.parametrize("text", ['[few]\nvalue = "12"\n', '[few]\nwhy = "none"\n', "few = 12\n"])
def test_a_threshold_without_a_number_is_named(data: Path, text: str) -> None:
    written(data, "a.toml", text)
    with pytest.raises(DefinitionError, match=r"a\.toml.*few"):
        thresholds.load("probe")


def written(data: Path, name: str, text: str) -> None:
    folder = data / "raw" / "probe" / "definitions" / "thresholds"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
