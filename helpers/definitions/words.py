"""Words of reviews: what counts as one word, which say nothing, and what the others mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from helpers.definitions import files
from helpers.errors import DefinitionError

FOLDER = "words"
POLARITIES = ("pain", "praise")


@dataclass(frozen=True)
class Meaning:
    """What several terms of buyers come down to: one pain or one praise.

    Parameters
    ----------
    key : str
        Its English name with underscores; part of fact ids.
    aspect : str
        What it is about: quality, size, delivery …
    polarity : str
        pain or praise.
    names : mapping of str to str
        By language.
    """

    key: str
    aspect: str
    polarity: str
    names: Mapping[str, str]


@cache
def terms(shop: str = "") -> Mapping[str, Meaning]:
    """The meaning of each term, from all CSV files of ``words``; a term that a shop lists anew has the shop's meaning.

    Raises
    ------
    DefinitionError
        A row lacks a name, has another polarity than pain or praise, or gives a meaning a second aspect or name.
    """
    found: dict[str, Meaning] = {}
    known: dict[str, Meaning] = {}
    for path in files.united(FOLDER, shop, ".csv"):
        for row in files.rows(path):
            meaning = _meaning(path.name, row)
            if known.setdefault(meaning.key, meaning) != meaning:
                raise DefinitionError(path.name, f"{row['term']}: {meaning.key} differs from a row above", "keep one")
            found[row["term"].casefold()] = meaning
    return found


@cache
def listed(name: str, shop: str = "") -> tuple[str, ...]:
    """The entries of ``words/<name>.txt``, one a line; what follows ``#`` is a comment."""
    lines = files.find(f"{FOLDER}/{name}.txt", shop).read_text(encoding="utf-8").splitlines()
    return tuple(word for line in lines if (word := line.partition("#")[0].strip().casefold()))


@cache
def reasons(shop: str = "") -> Mapping[str, tuple[str, ...]]:
    """Groups of after-sale reasons under which buyers send goods back for a pain of an aspect, by aspect."""
    found = files.toml(files.find(f"{FOLDER}/aspect_reasons.toml", shop))
    return {aspect: tuple(groups) for aspect, groups in found.items()}


def _meaning(file: str, row: Mapping[str, str]) -> Meaning:
    missing = [part for part in ("term", "aspect", "zh", "en") if not row.get(part)]
    if missing or row.get("polarity") not in POLARITIES:
        todo = f"fill {', '.join(missing) or 'polarity with pain or praise'}"
        raise DefinitionError(file, f"row of {row.get('term')!r} is not complete", todo)
    key = row["en"].casefold().replace(" ", "_")
    return Meaning(key, row["aspect"], row["polarity"], {"zh": row["zh"], "en": row["en"]})
