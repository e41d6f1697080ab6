"""Numbers at which a sentence or a chart decides, by the name of their entry."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from helpers import paths
from helpers.definitions import files
from helpers.errors import DefinitionError

FOLDER = "thresholds"


def load(shop: str = "") -> Mapping[str, float]:
    """All thresholds by name; an entry of the shop's own folder wins over the shipped one of the same name.

    Raises
    ------
    DefinitionError
        Two files of one folder give the same name, or an entry has no number.
    """
    return _united(tuple(paths.definition_folders(shop)))


@cache
def _united(folders: tuple[Path, ...]) -> Mapping[str, float]:
    found: dict[str, float] = {}
    for folder in reversed(folders):
        found |= _folder(folder / FOLDER)
    return found


def _folder(folder: Path) -> dict[str, float]:
    found: dict[str, float] = {}
    home: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        for name, entry in files.toml(path).items():
            if name in home:
                raise DefinitionError(path.name, f"threshold {name!r} is also given in {home[name]}", "keep one")
            value = entry.get("value") if isinstance(entry, dict) else entry
            if not isinstance(entry, dict) or not isinstance(value, int | float):
                raise DefinitionError(path.name, f"[{name}] gives {value!r}, not a number", "write value = 0.8")
            found[name], home[name] = float(value), path.name
    return found
