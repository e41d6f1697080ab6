"""What buyers write: grades with planted pains, default praise without a word, and text that tries to be markup."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.sample.story import load, stream
from helpers.sample.world import World

SCORES = {"好评": 5, "中评": 3, "差评": 1}


def simulate(world: World, lines: pd.DataFrame) -> pd.DataFrame:
    """One row per review: position of the line, time, grade, score, text."""
    story, rng = load("story")["reviews"], stream("reviews")
    until = pd.Timestamp(load("story")["snapshots"]["compass"])
    able = np.flatnonzero((lines["delivered_at"].notna() & lines["head"]).to_numpy())
    line = able[rng.random(len(able)) < story["share"]]
    wait = (rng.exponential(4 * 86_400, len(line)) + 7200).astype("timedelta64[s]")
    code = world.products["code"].to_numpy()[lines["product"].to_numpy()[line]]
    bad = np.array([story["bad_product"].get(one, story["bad"]) for one in code])
    draw = rng.random(len(line))
    grade = np.where(draw < bad, "差评", np.where(draw < bad + story["middle"], "中评", "好评"))
    frame = pd.DataFrame({"line": line, "reviewed_at": lines["delivered_at"].to_numpy()[line] + wait, "grade": grade})
    frame["score"] = frame["grade"].map(SCORES) - (rng.random(len(line)) < 0.15)
    frame["score"] = frame["score"].clip(lower=1)
    category = world.products["category"].to_numpy()[lines["product"].to_numpy()[line]]
    frame["text"] = [_text(*row) for row in zip(grade, code, category, rng.random((len(line), 4)), strict=True)]
    frame = frame[frame["reviewed_at"] <= until].sort_values("reviewed_at", ignore_index=True)
    good, odd = frame.index[frame["grade"] == "好评"], load("phrases")["odd"]["texts"]
    places = good[:: -max(1, len(good) // 100)][: len(odd)]
    frame.loc[places, "text"] = odd[: len(places)]
    return frame


def _text(grade: str, code: str, category: str, draws: Any) -> str:
    words, silent = load("phrases"), load("story")["reviews"]["silent"]

    def pick(choices: list[str], draw: float) -> str:
        return choices[int(draw * len(choices))]

    good = [*words["praise"][category], *words["praise"][category], *words["praise"]["all"]]
    if grade == "好评":
        second = pick(["，" + pick(words["praise"]["all"], draws[3]), "", "！", "👍", "\n还会再来"], draws[2])
        return (
            "此用户没有填写评价"
            if draws[0] < silent * 0.3
            else ""
            if draws[0] < silent
            else pick(good, draws[1]) + second
        )
    pains = words["pain_of"].get(code) or [*words["pain"][category], *words["pain"][category], *words["pain"]["all"]]
    pain = pick(pains, draws[1])
    return pain if grade == "差评" else f"{pick(words['praise'][category], draws[2])}，就是{pain}"
