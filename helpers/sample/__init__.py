"""The made-up mother-and-baby shop: its exports in the real formats, with known truths planted."""

from pathlib import Path

from helpers.sample import (
    aftersale_files,
    aftersales,
    buyers,
    deals,
    feige,
    filled,
    live,
    order_files,
    orders,
    periods,
    qianchuan,
    reviews,
    truths,
    world,
)
from helpers.sample.story import HERE

__all__ = ["write_shop"]


def write_shop(folder: Path, orders_per_month: int = 1500) -> list[Path]:
    """Paths of all files of the made-up shop, written below the folder; the same bytes at every run.

    Parameters
    ----------
    folder : Path
        Where the back offices get their subfolders; files of an earlier run are replaced.
    orders_per_month : int
        Mean of the paid orders a month, over 26 months.

    Returns
    -------
    list of Path
        Every file; the last one is truths/truths.json, which no reader should read.
    """
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
        *feige.write(folder, shop),
        *filled.write(folder, shop, lines, people, said),
        _copied("shop.toml", folder / "definitions" / "shop.toml"),
        _copied("wording_en.toml", folder / "definitions" / "wording" / "en" / "shop.toml"),
        truths.write(folder, shop, lines, asks, people),
    ]


def _copied(name: str, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((HERE / name).read_bytes())
    return path
