"""The deck as data: its bullets, its claims and its targets."""

from dataclasses import dataclass
from functools import cache

from helpers.definitions import files
from helpers.errors import DefinitionError


@dataclass(frozen=True)
class Claim:
    """One of the deck's claims; ``status`` is answered or coming, ``inputs`` are codes of exports."""

    id: str
    bullet: str
    kind: str
    inputs: tuple[str, ...]
    status: str
    words: dict[str, str]


@dataclass(frozen=True)
class Target:
    """A bar that the deck or the shop sets; ``value`` is None where nobody has filled it in."""

    metric: str
    value: float | None
    unit: str
    better: str
    claim: str
    basis: dict[str, str]
    origin: str


@dataclass(frozen=True)
class Benchmark:
    """What others reach: value, band, where it comes from and when it was read."""

    metric: str
    value: float | None
    low: float | None
    high: float | None
    source: str
    source_day: str
    scope: str


@cache
def claims() -> dict[str, Claim]:
    """All claims by id."""
    found = {}
    for row in files.rows(files.find("claims.csv")):
        words = {"zh": row["zh"], "en": row["en"]}
        inputs = tuple(row["inputs"].split())
        found[row["id"]] = Claim(row["id"], row["bullet"], row["kind"], inputs, row["status"], words)
    return found


@cache
def bullets() -> dict[str, dict[str, str]]:
    """Rows of the deck's outline by number: chapter 1, section 1.1, bullet 1.1.1; columns zh, en, module."""
    return {row["bullet"]: row for row in files.rows(files.find("bullets.csv"))}


def targets(shop: str = "") -> dict[str, Target]:
    """The deck's targets by metric, or those of the shop's own ``targets.csv``."""
    path = files.find("targets.csv", shop)
    found = {}
    for row in files.rows(path):
        basis = {"zh": row["basis_zh"], "en": row["basis_en"]}
        value = number(row["value"], f"{path.name} {row['metric']}")
        found[row["metric"]] = Target(row["metric"], value, row["unit"], row["better"], row["claim"], basis, "deck")
    return found


def number(text: str | None, where: str) -> float | None:
    """A typed number: 0.08, 8%, 500,000, 50万 or 50万元; None for an empty cell, also as a frame gives it.

    Raises
    ------
    DefinitionError
        The text is none of these.
    """
    plain = text.replace(",", "").replace("，", "").strip(" ¥￥元") if isinstance(text, str) else ""
    if not plain or plain == "-":
        return None
    scale = {"%": 0.01, "％": 0.01, "万": 1e4, "亿": 1e8}.get(plain[-1])
    try:
        return float(plain[:-1]) * scale if scale else float(plain)
    except ValueError:
        raise DefinitionError(where, f"{text!r} is not a number", "write 0.08, 8%, 500000 or 50万") from None
