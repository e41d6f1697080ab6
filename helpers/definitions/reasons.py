"""Which group each of the platform's after-sale reasons belongs to."""

from collections.abc import Callable
from unicodedata import normalize

from helpers.definitions import files
from helpers.errors import DefinitionError

GROUPS = ("quality", "not_as_described", "damaged", "changed_mind", "size", "late", "missing", "other")


def groups(shop: str = "") -> Callable[[str | None], str | None]:
    """A lookup from a reason, as the platform writes it, to its group; None for a reason that is not listed.

    A reason counts as listed when it is, or begins with, a text of ``reasons.csv``; of several the longest wins. Width
    and case of letters do not matter.

    Raises
    ------
    DefinitionError
        A row of the file names a group that does not exist, or the file is empty.
    """
    path = files.find("reasons.csv", shop)
    listed = {_plain(row["reason"]): row["group"] for row in files.rows(path) if row["reason"]}
    wrong = sorted(set(listed.values()) - set(GROUPS))
    if wrong or not listed:
        raise DefinitionError(path.name, f"groups {wrong}" if wrong else "no reasons", f"use {', '.join(GROUPS)}")
    longest = sorted(listed, key=len, reverse=True)

    def lookup(reason: str | None) -> str | None:
        plain = _plain(reason) if isinstance(reason, str) else ""
        return next((listed[text] for text in longest if plain.startswith(text)), None)

    return lookup


def _plain(text: str) -> str:
    return "".join(normalize("NFKC", text).casefold().split())
