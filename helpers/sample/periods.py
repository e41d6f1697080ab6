"""The monthly totals of Compass: videos (VID), product cards (PCD), products (PRD), talents (TAL)."""

from pathlib import Path

import pandas as pd

from helpers.sample.facts import gather
from helpers.sample.files import write_xlsx
from helpers.sample.period_goods import cards, products
from helpers.sample.period_people import talents, videos
from helpers.sample.story import headers, load
from helpers.sample.world import World

SHEETS = {"videos": "Sheet1", "product_cards": "sheet1", "product_periods": "全部", "talents": "Sheet1"}


def write(
    folder: Path, world: World, lines: pd.DataFrame, asks: pd.DataFrame, people: pd.DataFrame, said: pd.DataFrame
) -> list[Path]:
    """Write the four files of each of the last months and return the paths."""
    story, facts, paths = load("story"), gather(world, lines, asks, people, said), []
    for month in pd.period_range(story["snapshots"]["period_files_from"], story["last_month_end"], freq="M"):
        first, last = month.start_time, month.end_time
        span, dashed = f"{first:%Y%m%d}-{last:%Y%m%d}", f"{first:%Y_%m_%d}~{last:%Y_%m_%d}"
        files = {
            f"[{span}]_自营_挂车_视频详情数据.xlsx": ("videos", videos(facts, month)),
            f"商品卡列表数据_{dashed}.xlsx": ("product_cards", cards(facts, month)),
            f"商品列表_{span}.xlsx": ("product_periods", products(facts, month, span)),
            f"达人分析_{span}.xlsx": ("talents", talents(facts, month)),
        }
        paths += [
            write_xlsx(folder / "罗盘" / name, SHEETS[kind], headers(kind), columns)
            for name, (kind, columns) in files.items()
        ]
    return paths
