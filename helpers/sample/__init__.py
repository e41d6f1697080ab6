"""The made-up mother-and-baby shop: its exports in the real formats, with known truths planted."""

from pathlib import Path

from helpers.sample import (
    aftersale_files,
    aftersales,
    alliance,
    audience,
    buyers,
    by_clock,
    content,
    costing,
    deals,
    experience,
    feige,
    filled,
    groups,
    live,
    order_files,
    orders,
    periods,
    posts,
    qianchuan,
    reviews,
    rivals,
    supply,
    touches,
    trials,
    truths,
    world,
)
from helpers.sample.story import HERE, SEED

__all__ = ["write_shop"]


def write_shop(folder: Path, orders_per_month: int = 1500, seed: int | None = None) -> list[Path]:
    """Paths of all files of the made-up shop, written below the folder; the same bytes at every run.

    Parameters
    ----------
    folder : Path
        Where the back offices get their subfolders; files of an earlier run are replaced.
    orders_per_month : int
        Mean of the paid orders a month, over 26 months.
    seed : int, optional
        Another shop with the same story: what chance decides differs, the planted truths stay.

    Returns
    -------
    list of Path
        Every file; the last one is truths/truths.json, which no reader should read.
    """
    before = SEED.set(seed)
    try:
        return _written(folder, orders_per_month)
    finally:
        SEED.reset(before)


def _written(folder: Path, orders_per_month: int) -> list[Path]:
    shop = world.build(orders_per_month)
    lines = orders.simulate(shop)
    asks = aftersales.simulate(shop, lines)
    lines = aftersales.settle(lines, asks)
    people, said = buyers.assign(lines), reviews.simulate(shop, lines)
    return [
        *order_files.write(folder, shop, lines, asks),
        *aftersale_files.write(folder, shop, lines, asks),
        *deals.write(folder, shop, deals.cube(shop, lines, asks)),
        *live.write(folder, shop, lines, asks),
        *periods.write(folder, shop, lines, asks, people, said),
        *qianchuan.write(folder, shop, lines, asks),
        *by_clock.write(folder, shop, lines),
        *feige.write(folder, shop),
        *alliance.write(folder, shop, lines, asks),
        *filled.write(folder, shop, lines, people, said),
        *rivals.write(folder, shop),
        *content.write(folder, shop),
        *supply.write(folder, shop),
        *experience.write(folder, shop, lines, asks),
        *audience.write(folder, shop, lines, people),
        *trials.write(folder),
        *touches.write(folder, people),
        *costing.write(folder),
        *groups.write(folder, shop),
        *posts.write(folder, shop),
        _copied("shop.toml", folder / "definitions" / "shop.toml"),
        _copied("wording_en.toml", folder / "definitions" / "wording" / "en" / "shop.toml"),
        truths.write(folder, shop, lines, asks, people),
    ]


def _copied(name: str, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((HERE / name).read_bytes())
    return path
