"""What the staff wrote down about three competitors: the shops and their items."""

from pathlib import Path
from typing import Any

import numpy as np

from helpers.sample import filled
from helpers.sample.story import load, stream
from helpers.sample.world import World

SEEN = ["competitor", "category", "aspect", "low", "high", "unit", "words", "source_name", "source_day"]
NOTHING = "-"


def write(folder: Path, world: World) -> list[Path]:
    """Write the sheets of competitors and of their items and return the paths."""
    rows = [line.split(" · ") for line in load("story")["rivals"]["seen"]]
    shops: filled.ROWS = dict(zip(SEEN, zip(*rows, strict=True), strict=True))
    items = _items(world)
    goods: filled.ROWS = {name: [item.get(name, NOTHING) for item in items] for name in items[0]}
    place = folder / "自填"
    return [filled.save(place, "competitors", shops), filled.save(place, "competitor_items", goods)]


def _items(world: World) -> list[dict[str, Any]]:
    """Twins of some of our products, and items of other kinds in every category."""
    story, rng, found = load("story")["rivals"], stream("rivals"), []
    traits, goods = load("story")["traits"], world.products.set_index("code")
    for competitor, brand in story["brands"].items():
        for code, own in goods.iterrows():
            if code in story["twins"] and rng.random() < 0.75:
                function, look, _ = traits[code].split(" · ")
                title, named = own["name"].replace("小满", brand), rng.random() < story["named"]
                twin = {"function": function, "look": look, "twin_product_id": own["product_id"] if named else NOTHING}
                found.append(_item(competitor, title, own["category"], own["price"], rng) | twin)
        for category in goods["category"].unique():
            for _ in range(story["others"]):
                title = brand + rng.choice(story["strange"])
                price = goods.loc[goods["category"] == category, "price"].max() * rng.uniform(1.5, 2.5)
                odd = {"function": "安全", "look": "素色", "twin_product_id": NOTHING}
                found.append(_item(competitor, title, category, price, rng) | odd)
    numbers = np.arange(len(found)) * 7_919 + 3_512_345_678_901_230_001
    return [item | {"item_id": str(number)} for item, number in zip(found, numbers, strict=True)]


def _item(competitor: str, title: str, category: str, fen: float, rng: np.random.Generator) -> dict[str, Any]:
    low = round(fen / 100 * rng.uniform(0.80, 0.97), 1)
    sold = int(rng.integers(2, 40)) * 100
    return {
        "competitor": competitor,
        "title": title,
        "category": category,
        "price_low_fen": low,
        "price_high_fen": round(low * rng.uniform(1.05, 1.2), 1),
        "sales_low": sold,
        "sales_high": sold * 2,
        "source_name": "样例：商品页",
        "source_day": f"2026-10-{int(rng.integers(8, 27)):02}",
    }
