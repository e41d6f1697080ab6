"""Where a definition file is found, and how it is read."""

import csv
import hashlib
import os
from pathlib import Path
from typing import Any

import tomli

from helpers import paths
from helpers.errors import DefinitionError

SUFFIXES = (".toml", ".csv", ".md", ".txt")


def find(name: str, shop: str = "") -> Path:
    """The file of that name in the first definition folder that has it.

    Raises
    ------
    DefinitionError
        No folder has it.
    """
    folders = paths.definition_folders(shop)
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    raise DefinitionError(name, "not found in the definitions", f"put it into {folders[-1]}")


def united(folder: str, shop: str = "", suffix: str = ".toml") -> list[Path]:
    """All files of a definition sub-folder, by name; a shop's own file hides the shipped one of the same name."""
    found: dict[str, Path] = {}
    for root in paths.definition_folders(shop):
        for path in sorted((root / folder).glob(f"*{suffix}")):
            found.setdefault(path.name, path)
    return [found[name] for name in sorted(found)]


def toml(path: Path) -> dict[str, Any]:
    """The content of a TOML file.

    Raises
    ------
    DefinitionError
        The file is not valid TOML; names file and line.
    """
    try:
        return tomli.loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        where = path.read_bytes().count(b"\n", 0, error.start) + 1
        raise DefinitionError(path.name, f"line {where} is not UTF-8", "save the file as UTF-8") from None
    except tomli.TOMLDecodeError as error:
        raise DefinitionError(path.name, f"not valid TOML: {error}", "correct that line") from None


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file with a header, cells stripped."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return [{key: (cell or "").strip() for key, cell in row.items()} for row in csv.DictReader(handle)]


def hashes(shop: str = "") -> dict[str, str]:
    """sha256 of every definition file that the shop's run may read, by path inside its folder, the shop's own first."""
    found: dict[str, str] = {}
    for folder in paths.definition_folders(shop):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix in SUFFIXES:
                name = path.relative_to(folder).as_posix()
                found.setdefault(name, hashlib.sha256(path.read_bytes()).hexdigest())
    return dict(sorted(found.items()))


def fingerprint(shop: str = "") -> str:
    """One hash of all definition files that the shop's run may read and of where they lie: by contents, not by times."""
    found = hashlib.sha256()
    for folder in paths.definition_folders(shop):
        for place, _, names in os.walk(folder, followlinks=True):
            for path in sorted(Path(place, name) for name in names if name.endswith(SUFFIXES)):
                content = path.read_bytes() if path.is_file() else b""
                found.update(f"{path}\0{len(content)}\0".encode() + content)
    return found.hexdigest()
