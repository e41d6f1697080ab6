"""The story of the made-up shop: what is planted, its products, calendar, headers and words."""

from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import tomli

from helpers.definitions import exports, tables
from helpers.definitions.templates import Template

HERE = Path(__file__).parent
SEED: ContextVar[int | None] = ContextVar(
    "seed", default=None
)  # of another shop with the same story; None: the story's own
CARRIERS = {"live": "直播", "video": "短视频", "card": "商品卡", "image_text": "图文", "other": "其他"}
# Every part draws from its own stream, so that a change in one leaves the others as they were.
STREAMS = [
    "world",
    "orders",
    "lines",
    "persons",
    "buyers",
    "after_sales",
    "deals",
    "live",
    "periods",
    "ads",
    "service",
    "filled",
    "reviews",
    "audience",
    "rivals",
    "content",
    "alliance",
    "tests",
    "groups",
    "touches",
    "suppliers",
    "minutes",
    "hours",
    "experience",
    "index",
    "posts",
]


@lru_cache
def load(name: str) -> dict[str, Any]:
    """A TOML file of this package as nested dictionaries: story, headers or phrases."""
    return tomli.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))


def headers(name: str) -> list[str]:
    """The headers of one kind of file, in the platform's order."""
    return str(load("headers")[name]).split(" · ")


@lru_cache
def _templates() -> dict[str, Template]:
    kinds = [kind for kind in exports.load("", tables.load()) if kind.template]
    return {kind.into[0].table: kind.template for kind in kinds if kind.template}


def filled(table: str) -> tuple[str, dict[str, str]]:
    """Name of the file that only the shop can fill for a table, and its headers by column."""
    template = _templates()[table]
    return template.file, {field.name: field.header for field in template.fields}


def stream(part: str) -> np.random.Generator:
    """The random numbers of one part of the shop; the same at every run."""
    seed = SEED.get()
    return np.random.default_rng([load("story")["seed"] if seed is None else seed, STREAMS.index(part)])


def calendar() -> pd.DataFrame:
    """One row per promotion or holiday, with its lift in sales (multiple) in the phase and at the peak."""
    return pd.read_csv(HERE / "calendar.csv", parse_dates=["start", "peak", "end"])


def products() -> pd.DataFrame:
    """One row per product: 19-digit id, names, category, price and cost in fen, weight in sales, return rate (0-1)."""
    frame = pd.read_csv(HERE / "products.csv", parse_dates=["listed_on"], dtype={"code": str})
    rates = frame["category"].map(load("story")["returns"])
    frame["return_rate"] = frame["return_rate"].fillna(rates)
    for money in ("price", "cost"):
        frame[money] = (frame[money] * 100).round().astype("int64")
    tails = np.random.default_rng(7).integers(10**14, 10**15, len(frame)) * 10 + 3
    frame["product_id"] = [f"369{tail}" for tail in tails]
    frame["partner"] = frame["partner"].map({code: at for at, code in enumerate(frame["code"])}).fillna(-1).astype(int)
    return frame
