"""How hours, order values and regions are grouped."""

from collections.abc import Mapping
from functools import cache

from helpers.definitions import files
from helpers.errors import DefinitionError

HOURS = 24


@cache
def price_edges(currency: str, shop: str = "") -> tuple[float, ...]:
    """Upper ends of the order-value bands in currency units; empty for a currency that has none."""
    found = files.toml(files.find("groups/price_bands.toml", shop)).get(currency, [])
    edges = tuple(float(edge) for edge in found)
    if list(edges) != sorted(set(edges)) or any(edge <= 0 for edge in edges):
        raise DefinitionError("price_bands.toml", f"{currency} = {found}", "write positive numbers in rising order")
    return edges


@cache
def day_parts(shop: str = "") -> Mapping[int, str]:
    """Name of the day-part by hour 0-23, parts in the file's order.

    Raises
    ------
    DefinitionError
        An hour stands in no part, or in two.
    """
    parts = files.toml(files.find("groups/day_parts.toml", shop))
    hours = [(hour, part) for part, listed in parts.items() for hour in listed]
    if sorted(hour for hour, _ in hours) != list(range(HOURS)):
        raise DefinitionError("day_parts.toml", "hours 0-23 do not each stand in one part", "correct the lists")
    return dict(hours)


@cache
def provinces(shop: str = "") -> Mapping[str, str]:
    """One name per way of writing a province."""
    listed = files.toml(files.find("groups/provinces.toml", shop))
    return {way: name for name, others in listed.items() for way in (name, *others)}
