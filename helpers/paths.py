"""Every folder, named once."""

import os
from pathlib import Path

from helpers.errors import ParameterError

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
FONTS = ROOT / "helpers" / "fonts"
SHIPPED = ROOT / "data"
EXAMPLES = ROOT / "examples"
NO_NAME = "/\\:"
LONGEST = 100


def data() -> Path:
    """The data root: ``XIAODIAN_DATA``, else the folder beside the package."""
    return Path(os.environ.get("XIAODIAN_DATA") or SHIPPED).resolve()


def reports() -> Path:
    """The reports root: ``XIAODIAN_REPORTS``, else the folder beside the package."""
    return Path(os.environ.get("XIAODIAN_REPORTS") or ROOT / "reports").resolve()


def raw(shop: str) -> Path:
    """Where the shop's exports lie as downloaded.

    Raises
    ------
    ParameterError
        The name is none of a folder right under ``raw``: empty, a path, hidden, or with signs that no name has.
    """
    plain = shop.isprintable() and not set(shop) & set(NO_NAME) and len(os.fsencode(shop)) <= LONGEST
    if not plain or not shop.strip(" .") or shop.startswith(".") or shop != shop.strip():
        raise ParameterError(
            "shop", f"{shop!r} is no name of a folder", f"use the name of a folder in {data() / 'raw'}"
        )
    return data() / "raw" / shop


def quarantine(shop: str) -> Path:
    """Where workbooks with rows that wait for a correction lie."""
    return data() / "quarantine" / raw(shop).name


def store() -> Path:
    """Where the clean tables lie."""
    return data() / "store"


def run(shop: str, period: str, lang: str) -> Path:
    """Where one run leaves its files."""
    return reports() / raw(shop).name / period / lang


def definition_folders(shop: str = "") -> list[Path]:
    """Folders that may hold definitions, the shop's own first, the shipped ones last."""
    own = [raw(shop) / "definitions", EXAMPLES / shop] if shop else []
    return list(dict.fromkeys([*own, data() / "definitions", SHIPPED / "definitions"]))
