"""Words that a reader sees, by language: sentences, headers, labels, units, gaps, verdicts and hedges."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from helpers import paths
from helpers.definitions import files
from helpers.errors import DefinitionError, nearest

SECTIONS = ("sentences", "words", "columns", "units", "labels", "gaps", "verdicts", "hedges")


@dataclass(frozen=True)
class Wording:
    """The words of one language.

    Parameters
    ----------
    lang : str
        zh or en.
    where : str
        Folder that errors name.
    texts : mapping of str to str
        ``<section>.<key>`` to the words.
    """

    lang: str
    where: str
    texts: Mapping[str, str]

    def sentence(self, key: str) -> str:
        """Template ``<chapter>.<name>.<case>``."""
        return self._get("sentences", key)

    def word(self, key: str) -> str:
        """A word or a small template that several places use."""
        return self._get("words", key)

    def column(self, name: str) -> str:
        """Header of a column."""
        return self._get("columns", name)

    def unit(self, unit: str) -> str:
        """Template of a unit, with ``{sign}`` and ``{n}``; a currency that is not listed stands as its own code."""
        code, _, scaled = unit.partition("_")
        if not self.has("units", unit) and len(code) == 3 and code.isupper():
            return self._get("units", "money_scaled" if scaled else "money").replace("{code}", code)
        return self._get("units", unit)

    def gap(self, key: str) -> str:
        """Template that says why something cannot be told."""
        return self._get("gaps", key)

    def verdict(self, key: str) -> str:
        """Words of a verdict; none for the empty verdict."""
        return self._get("verdicts", key) if key else ""

    def hedge(self, key: str) -> str:
        """How sure a sentence may sound: sure, likely, open, unlikely, never."""
        return self._get("hedges", key)

    def label(self, group: str, key: Any) -> str:
        """Word of a code; a code that is not listed prints as it is, for it is data such as a province."""
        return self.texts.get(f"labels.{group}.{key}", self.texts.get(f"{group}.{key}", str(key)))

    def scales(self) -> list[tuple[float, float, str]]:
        """Powers that shorten big numbers, biggest first: used from, divided by, word."""
        found = []
        for entry in self.word("scales").split():
            word, _, numbers = entry.partition(":")
            start, _, divisor = numbers.partition("/")
            found.append((float(start), float(divisor), word))
        return sorted(found, reverse=True)

    def has(self, section: str, key: str) -> bool:
        """Whether the key is listed."""
        return f"{section}.{key}" in self.texts

    def keys(self, section: str) -> list[str]:
        """Keys of a section in the order of the files."""
        return [key.split(".", 1)[1] for key in self.texts if key.startswith(f"{section}.")]

    def _get(self, section: str, key: str) -> str:
        found = self.texts.get(f"{section}.{key}")
        if found is None:
            raise DefinitionError(self.where, f"[{section}] has no {key!r}", nearest(key, self.keys(section)[:200]))
        return found


def load(lang: str, shop: str = "") -> Wording:
    """The words of a language; an entry in a shop's own folder wins over the shipped one.

    Raises
    ------
    DefinitionError
        No such language, an unknown section, a key given twice in one folder, or an entry that is not text.
    """
    folders = paths.definition_folders(shop)
    found = tuple(chain.from_iterable(_stamped(folder / "wording" / lang) for folder in folders))
    if not found:
        place = f"{folders[-1] / 'wording' / lang}/common.toml"
        raise DefinitionError(f"wording/{lang}", "no wording for this language", f"write {place}")
    return _united(lang, found, tuple(chain.from_iterable(_stamped(folder / "exports") for folder in folders)))


def _stamped(folder: Path) -> list[tuple[str, int]]:
    """The definition files of a folder by name, with the moment of their last change: asked for with every sentence."""
    if not folder.is_dir():
        return []
    with os.scandir(folder) as entries:
        return sorted((entry.path, entry.stat().st_mtime_ns) for entry in entries if entry.name.endswith(".toml"))


@lru_cache(maxsize=8)
def _united(lang: str, stamped: tuple[tuple[str, int], ...], kinds: tuple[tuple[str, int], ...]) -> Wording:
    """Files as found, own folder first; the time stamp makes an edited file count at once."""
    texts: dict[str, str] = {}
    by_folder: dict[Path, dict[str, str]] = {}
    for path in (Path(name) for name, _ in stamped):
        merged = by_folder.setdefault(path.parent, {})
        for key, text in _flat(path, "", files.toml(path)).items():
            if key in merged:
                raise DefinitionError(str(path), f"{key!r} is given twice in {path.parent}", "keep one")
            merged[key] = text
    for merged in by_folder.values():
        texts = merged | texts
    for name, _ in kinds:
        texts |= {key: text for key, text in _of_kind(files.toml(Path(name)), lang).items() if key not in texts}
    return Wording(lang, f"{Path(stamped[-1][0]).parent}", texts)


def _of_kind(raw: Mapping[str, Any], lang: str) -> dict[str, str]:
    """What an export's definition says of itself, as labels of its code."""
    return {
        f"labels.{group}.{raw['kind']}": raw[word][lang]
        for group, word in (("exports", "name"), ("exports_where", "where"), ("exports_short", "short"))
        if isinstance(raw.get(word), dict) and not raw.get("variant")
    }


def _flat(path: Path, prefix: str, entries: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, entry in entries.items():
        name = f"{prefix}.{key}" if prefix else key
        if not prefix and (key not in SECTIONS or not isinstance(entry, dict)):
            raise DefinitionError(str(path), f"unknown section [{key}]", nearest(key, SECTIONS))
        if isinstance(entry, dict):
            found |= _flat(path, name, entry)
        elif isinstance(entry, str):
            found[name] = entry
        else:
            raise DefinitionError(str(path), f"{name!r} is {entry!r}, not text", "put it in quotes")
    return found
