"""What each fact means: name, definition and unit, by fact id."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from helpers.definitions import files
from helpers.errors import DefinitionError

UNITS = {
    "money", "ratio", "count", "multiple", "days", "hours", "minutes", "seconds", "per_1000", "points", "probability",
}  # fmt: skip
BETTER = {"up", "down", "none"}


@dataclass(frozen=True)
class Metric:
    """One definition; ``better`` says whether more is good (up), bad (down) or neither (none)."""

    id: str
    name: Mapping[str, str]
    definition: Mapping[str, str]
    unit: str
    better: str


@cache
def load(shop: str = "") -> Mapping[str, Metric]:
    """All metrics by id.

    Raises
    ------
    DefinitionError
        An entry lacks a language, has an unknown unit, or its id is defined twice.
    """
    found: dict[str, Metric] = {}
    for path in files.united("metrics", shop):
        for key, entry in files.toml(path).items():
            if key in found:
                raise DefinitionError(path.name, f"{key} is defined twice", "keep one")
            found[key] = _metric(path.name, key, entry)
    return found


def _metric(file: str, key: str, entry: Mapping[str, object]) -> Metric:
    name, definition = entry.get("name"), entry.get("definition")
    for part in (name, definition):
        if not isinstance(part, dict) or not {"zh", "en"} <= part.keys():
            raise DefinitionError(file, f"{key} needs name and definition in zh and en", "add the missing words")
    unit, better = str(entry.get("unit")), str(entry.get("better", "none"))
    if unit not in UNITS or better not in BETTER:
        raise DefinitionError(file, f"{key}: unit {unit!r}, better {better!r}", f"units: {sorted(UNITS)}")
    assert isinstance(name, dict) and isinstance(definition, dict)
    return Metric(key, name, definition, unit, better)
