"""Tags of own videos, their run as Qianchuan creatives, and versions of product pages."""

import re
from pathlib import Path
from typing import Any
from xml.sax.saxutils import unescape
from zipfile import ZipFile

import numpy as np
import pandas as pd

from helpers.sample import filled
from helpers.sample.files import ratio, write_xlsx
from helpers.sample.story import load, stream
from helpers.sample.world import World

VIDEOS = ["视频ID", "发布时间", "视频标题", "带货商品ID", "视频观看次数", "完播率"]
LIFE = (9, 19)  # days that a creative runs


def write(folder: Path, world: World) -> list[Path]:
    """Write the sheet of tags and the file of creatives and return the paths."""
    rng = stream("content")
    videos = _tagged(_videos(folder), rng)
    pages = [line.split(" · ") for line in load("story")["content"]["pages"]]
    ids = world.products.set_index("code")["product_id"]
    rows: filled.ROWS = {
        "content_id": [*videos["id"], *(f"P{number:03}" for number in range(1, len(pages) + 1))],
        "content_kind": ["短视频"] * len(videos) + ["详情页"] * len(pages),
        "published_on": [*videos["published"].str[:10], *(day for _, day, _ in pages)],
        "account_id": [load("story")["account"]] * len(videos) + ["-"] * len(pages),
        "product_id": [*videos["product_id"], *(ids[code] for code, _, _ in pages)],
        "purpose": ["带货"] * len(videos) + ["-"] * len(pages),
        **{name: [*videos[name], *["-"] * len(pages)] for name in ("format", "hook", "scene", "style")},
        "note": ["-"] * len(videos) + [note for _, _, note in pages],
    }
    return [filled.save(folder / "自填", "content_tags", rows), _creatives(folder, world, videos, rng)]


def _videos(folder: Path) -> pd.DataFrame:
    """One row per video as the files of Compass show it: id, published, title, product_id, completion over all plays."""
    frames = []
    for path in sorted((folder / "罗盘").glob("*自营*视频详情数据.xlsx")):
        head, *rows = _sheet(path)
        frames.append(pd.DataFrame(rows, columns=head)[VIDEOS])
    rows = pd.concat(frames).set_axis(["id", "published", "title", "product_id", "views", "ended"], axis=1)
    views = rows["views"].map(lambda cell: float(cell[:-1]) * 10_000 if isinstance(cell, str) else cell)
    rows = rows.assign(views=views, ended=rows["ended"].str.rstrip("%").astype(float) / 100 * views)
    found = rows.groupby("id", as_index=False).agg(
        published=("published", "first"),
        title=("title", "first"),
        product_id=("product_id", "first"),
        views=("views", "sum"),
        ended=("ended", "sum"),
    )
    return found.assign(completion=found["ended"] / found["views"])


def _sheet(path: Path) -> list[list[str | float]]:
    """Rows of a workbook that `files.write_xlsx` wrote."""
    with ZipFile(path) as book:
        page, strings = (book.read(f"xl/{part}.xml").decode() for part in ("worksheets/sheet1", "sharedStrings"))
    texts = [unescape(text) for text in re.findall(r">([^<]*)</t>", strings)]
    cells = [re.findall(r'<c r="[A-Z]+\d+"( t="s")?><v>([^<]*)</v>', row) for row in page.split("</row>")[:-1]]
    return [[texts[int(cell)] if text else float(cell) for text, cell in row] for row in cells]


def _tagged(videos: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The videos with their tags: a scene is likelier the longer a video held its viewers, all other tags are drawn."""
    story, count = load("story")["content"], len(videos)
    normal = np.sort(rng.standard_normal(count))[videos["completion"].rank(method="first").astype(int) - 1]
    pull = story["scene_pull"]
    seen = pull * normal + (1 - pull**2) ** 0.5 * rng.standard_normal(count)
    shown = seen >= np.quantile(seen, 1 - story["scene_share"])
    hour = videos["published"].str[11:13].astype(int)
    part, scene = hour.isin(story["commute_part"]), rng.choice(story["scenes"], count)
    scene = np.where(part, np.where(normal > story["commute_from"], "通勤", story["scenes"][-1]), scene)
    drawn = {name: rng.choice(list(story[f"{name}s"]), count) for name in ("hook", "format", "style")}
    return videos.assign(scene=np.where(shown, scene, story["plain"]), **drawn)


def _creatives(folder: Path, world: World, videos: pd.DataFrame, rng: np.random.Generator) -> Path:
    """One row per creative and day: the click rate wears out, the conversion depends on the hook alone."""
    story = load("story")["content"]
    some = videos[videos["published"] >= str(story["creatives_from"])].reset_index(drop=True)
    life = rng.integers(*LIFE, len(some))
    at = np.repeat(np.arange(len(some)), life)
    age = np.arange(len(at)) - np.repeat(np.cumsum(life) - life, life)
    day = pd.to_datetime(some["published"].str[:10]).to_numpy()[at] + age.astype("timedelta64[D]")
    kept = day <= np.datetime64(load("story")["snapshots"]["compass_last_day"])
    at, age, day = at[kept], age[kept], day[kept]
    own = np.exp(rng.normal(0, story["spread"], len(some)))
    convert = story["conversion"] * some["hook"].map(story["hooks"]).to_numpy() * own
    shows = rng.poisson(story["impressions"] * np.exp(rng.normal(0, 0.3, len(at))))
    start = story["click_rate"] * np.exp(rng.normal(0, 0.15, len(some)))
    clicks = rng.binomial(shows, start[at] * 0.5 ** (age / story["half_life"]))
    orders = rng.binomial(clicks, convert[at])
    price = world.products.set_index("product_id")["price"].reindex(some["product_id"]).to_numpy() / 100
    columns = _columns(some.iloc[at], day, shows, clicks, orders, orders * price[at], clicks * story["click_cost"])
    first, last = some["published"].min()[:10], str(day.max())[:10]
    path = folder / "千川" / f"全域推广数据-投后数据-素材-{first}-{last}-17900123.xlsx"
    return write_xlsx(path, "Sheet1", list(columns), columns)


def _columns(made: Any, day: Any, shows: Any, clicks: Any, orders: Any, gmv: Any, cost: Any) -> dict[str, Any]:
    return {
        "素材ID": made["id"].tolist(),
        "素材名称": made["title"].tolist(),
        "素材创建时间": made["published"].tolist(),
        "日期": [str(one)[:10] for one in day],
        "整体展示次数": shows,
        "整体点击次数": clicks,
        "整体消耗": np.round(cost, 2),
        "整体成交订单数": orders,
        "整体成交金额": np.round(gmv, 2),
        "整体支付ROI": ratio(gmv, cost, 2),
        "净成交金额": np.round(gmv * 0.94, 2),
        "视频播放数": np.round(shows * 0.9).astype(int),
    }
