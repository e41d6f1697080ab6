"""The shop's experience score (EXP), copied once a week from the page."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.sample.aftersales import QUALITY
from helpers.sample.filled import save
from helpers.sample.story import load, stream
from helpers.sample.world import World

DAYS = 30


def write(folder: Path, world: World, lines: pd.DataFrame, asks: pd.DataFrame) -> list[Path]:
    """Write the sheet of scores: four scores that hover around a level, and two metrics as the orders make them."""
    story, rng = load("story")["experience"], stream("experience")
    days = pd.date_range(story["from"], load("story")["snapshots"]["compass_last_day"], freq="7D")
    rows = []
    for name, (level, weight) in story["levels"].items():
        score = np.round(level + rng.normal(0, story["noise"], len(days)))
        rows += [(day, name, int(one), weight, "-") for day, one in zip(days, score, strict=True)]
    for day in days:
        quality, hours = _metrics(lines, asks, day)
        rows.append((day, "商品品质退货率", int(round(100 - quality * 1500)), "-", f"{quality:.2%}"))
        rows.append((day, "售后平均审核时长", int(round(100 - hours * 4)), "-", f"{hours:.1f}小时"))
    day, metric, score, weight, value = zip(*rows, strict=True)
    columns = {"day": [f"{one:%Y-%m-%d}" for one in day], "metric": metric}
    return [save(folder / "自填", "experience_scores", {**columns, "score": score, "weight": weight, "value": value})]


def _metrics(lines: pd.DataFrame, asks: pd.DataFrame, day: pd.Timestamp) -> tuple[float, float]:
    """Quality returns of the lines delivered in the last 30 days, and mean hours until a request was agreed to."""
    since = day - pd.Timedelta(days=DAYS)

    def recent(times: Any) -> Any:
        return (times > since) & (times <= day)

    arrived = lines.index[recent(lines["delivered_at"])]
    done = asks[(asks["final"] == "success") & (asks["refunded_at"] <= day)]
    bad = done["reason"].isin(QUALITY) & (done["kind"] != "unshipped") & done["line"].isin(arrived)
    some = done[recent(done["refunded_at"])]
    wait = (some["agreed_at"] - some["applied_at"]).mean() / pd.Timedelta(hours=1)
    return float(bad.sum() / len(arrived)), float(wait)
