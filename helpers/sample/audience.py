"""Who watches and buys (AUD portraits), whom the shop wants (its own sheet), and how often its name is searched for."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.sample.deals import traffic
from helpers.sample.files import percent, ratio, write_csv, write_xlsx
from helpers.sample.filled import ROWS, save
from helpers.sample.story import load, stream
from helpers.sample.world import World

HEADERS = ["标签类型", "标签", "占比", "tgi"]
NAMES = {"viewers": "观看人群", "buyers": "成交人群"}
CARD_CLICK, CARD_SEEN = 1.35, 1.45  # clicks and exposures per person, as in the file of product cards


def write(folder: Path, world: World, lines: pd.DataFrame, people: pd.DataFrame) -> list[Path]:
    """Write the portraits, the target audience, the search index and the sources of card traffic; return the paths."""
    rng = stream("index")
    return [
        *_portraits(folder, people),
        save(folder / "自填", "target_audience", _wanted()),
        save(folder / "自填", "brand_index", _index(world, rng)),
        *_card_sources(folder, world, lines, rng),
    ]


def _portraits(folder: Path, people: pd.DataFrame) -> list[Path]:
    """Viewers and buyers of each of the last months; a portrait draws its labels from as many people as there were."""
    story, rng, paths = load("story")["audience"], stream("audience"), []
    months = people["paid_at"].dt.to_period("M")
    last = pd.Period(load("story")["last_month_end"], freq="M")
    for ago in reversed(range(story["months"])):
        month = last - ago
        counts = {"viewers": story["viewers"], "buyers": people.loc[months == month, "buyer"].nunique()}
        for who, count in counts.items():
            rows = [row for kind in story["kinds"] for row in _labels(kind, who, count, ago, rng)]
            name = f"{NAMES[who]}_{month.start_time:%Y%m%d}-{month.end_time:%Y%m%d}.csv"
            paths.append(write_csv(folder / "云图" / name, HEADERS, rows, "utf-8-sig", False))
    return paths


def _labels(kind: str, who: str, count: int, ago: int, rng: np.random.Generator) -> list[list[str]]:
    """The rows of one kind of label; kinds whose shares exceed 1 in all are labels that one person has several of."""
    told = load("story")["audience"]["kinds"][kind]
    share = np.array(told[who]) - np.array(told.get("monthly", [0.0])) * ago * (who == "buyers")
    single = abs(share.sum() - 1) < 1e-6
    hits = rng.multinomial(count, share / share.sum()) if single else rng.binomial(count, share)
    index = hits / count / np.array(told["base"]) * 100
    return [
        [kind, label, one, f"{tgi:.2f}"]
        for label, one, tgi in zip(told["labels"], percent(hits, np.full(len(hits), count)), index, strict=True)
    ]


def _wanted() -> ROWS:
    story = load("story")["audience"]
    told = [(kind, label, share) for kind, labels in story["target"].items() for label, share in labels.items()]
    kinds, labels, shares = zip(*told, strict=True)
    return {
        "label_kind": kinds,
        "label": labels,
        "share": [f"{share:.0%}" for share in shares],
        "valid_from": [f"{story['target_from']}"] * len(told),
    }


def _index(world: World, rng: np.random.Generator) -> ROWS:
    """Two words a day: the category as the market goes, the shop's name as the category with a growth of its own."""
    story = load("story")["index"]
    until = load("story")["snapshots"]["compass_last_day"]
    days = pd.date_range(load("story")["snapshots"]["period_files_from"], until)
    lift = pd.Series(world.lift, world.days).reindex(days).to_numpy() ** 0.5
    category = story["category"] * lift * np.exp(rng.normal(0, story["noise"], len(days)))
    grown = (1 + story["growth"]) ** (np.arange(len(days)) / 30)
    own = category * story["share"] * grown * np.exp(rng.normal(0, story["noise"], len(days)))
    return {
        "source_name": [story["source"]] * len(days) * 2,
        "keyword": [story["own_word"]] * len(days) + [story["category_word"]] * len(days),
        "day": days.strftime("%Y-%m-%d").tolist() * 2,
        "value": np.round(np.concatenate([own, category])).astype(int).tolist(),
        "owner": ["本店"] * len(days) + ["品类"] * len(days),
    }


def _card_sources(folder: Path, world: World, lines: pd.DataFrame, rng: np.random.Generator) -> list[Path]:
    """Where the product cards' people came from, a file a month; they add up to the cards' own traffic."""
    months = world.days.to_period("M")
    seen, clicks = traffic(world)["card_own"]
    sold = lines.loc[lines["carrier"] == "card", ["order", "paid_at", "payable", "head"]].dropna(subset=["paid_at"])
    by_month = dict(list(sold.groupby(sold["paid_at"].dt.to_period("M"))))
    paths = []
    first, last = load("story")["snapshots"]["period_files_from"], load("story")["last_month_end"]
    for month in pd.period_range(first, last, freq="M"):
        inside = months == month
        people = [round(values[inside].sum() / each) for values, each in ((seen, CARD_SEEN), (clicks, CARD_CLICK))]
        rows = _sources(_weights(month), people, by_month[month], rng)
        path = folder / "罗盘" / f"商品卡流量来源_{month.start_time:%Y_%m_%d}~{month.end_time:%Y_%m_%d}.xlsx"
        paths.append(write_xlsx(path, "sheet1", list(rows), rows))
    return paths


def _weights(month: pd.Period) -> dict[str, float]:
    """Share of each second-level channel; a partner opens a door in one month, at the cost of another channel."""
    story = load("story")["card_sources"]
    door = story["door"]
    share = door["clicks"] if month.end_time >= pd.Timestamp(door["from"]) else door["before"]
    weights: dict[str, float] = story["clicks"]
    return weights | {door["taken"]: weights[door["taken"]] - share, door["channel"]: share}


def _sources(
    weights: dict[str, float], people: list[int], sold: pd.DataFrame, rng: np.random.Generator
) -> dict[str, Any]:
    """A row per second-level channel under the row of its first-level channel, which is their sum."""
    share = np.array(list(weights.values()))
    exposures, clicks = (rng.multinomial(count, share / share.sum()) for count in people)
    at = np.searchsorted(np.cumsum(share / share.sum()), sold["order"].to_numpy() * 0.7548776662 % 1)
    paid = np.bincount(at, sold["payable"], len(share)).round().astype("int64")
    buyers = np.bincount(at, sold["head"], len(share)).astype("int64")
    first, second = zip(*(name.split("/") for name in weights), strict=True)
    detail = pd.DataFrame({"一级渠道": first, "二级渠道": second})
    detail = detail.assign(exposures=exposures, clicks=clicks, paid=paid, buyers=buyers)
    parents = detail.drop(columns="二级渠道").groupby("一级渠道", as_index=False, sort=False).sum()
    rows = pd.concat([parents.assign(二级渠道="-"), detail]).sort_values(["一级渠道", "二级渠道"], kind="stable")
    return {
        "一级渠道": rows["一级渠道"].tolist(),
        "二级渠道": rows["二级渠道"].tolist(),
        "商品卡曝光人数": rows["exposures"].tolist(),
        "商品卡点击人数": rows["clicks"].tolist(),
        "商品卡点击率": ratio(rows["clicks"], rows["exposures"], 4),
        "用户支付金额(元)": (rows["paid"] / 100).tolist(),
        "成交人数": rows["buyers"].tolist(),
        "成交客单价(元)": ratio(rows["paid"] / 100, rows["buyers"], 2),
        "点击-成交转化率": ratio(rows["buyers"], rows["clicks"], 4),
    }
