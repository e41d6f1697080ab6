"""Settings of one shop: its name, currency and clock."""

from collections.abc import Mapping
from dataclasses import dataclass

from helpers.definitions import files


@dataclass(frozen=True)
class Shop:
    """What a run must know about a shop.

    Parameters
    ----------
    name : mapping of str to str
        Name by language.
    currency : str
        ISO code of the money in its exports.
    timezone : str
        Zone of the times in its exports; they are kept as the shop's own clock shows them.
    preparer : mapping of str to str
        Who signs the report, by language.
    platform : str
        douyin, or another word where the exports come from elsewhere.
    """

    name: Mapping[str, str]
    currency: str
    timezone: str
    preparer: Mapping[str, str]
    platform: str


def load(shop: str) -> Shop:
    """The settings of a shop; a shop without a ``shop.toml`` gets the shipped ones and its folder's name."""
    path = files.find("shop.toml", shop)
    settings = files.toml(files.find("shop.toml")) | files.toml(path)
    name = settings.get("name") or {"zh": shop, "en": shop}
    return Shop(name, settings["currency"], settings["timezone"], settings["preparer"], settings["platform"])
