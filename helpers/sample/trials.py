"""Split tests that the made-up shop logged (EXP-AB): creatives and return policies."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.sample.filled import save
from helpers.sample.story import load, stream

COLUMNS = (
    "test_id name unit arm control allocation start end metric least_effect units base hits cost_fen "
    "guardrail guard_hits state"
)


def write(folder: Path) -> list[Path]:
    """Write the log of tests, each drawn from the true rates of its arms."""
    story, rng = load("story")["trials"], stream("tests")
    rows = [row for test in story.values() for row in _test(test, rng)]
    cells = zip(*rows, strict=True)
    return [save(folder / "自填", "experiments", dict(zip(COLUMNS.split(), map(list, cells), strict=True)))]


def _test(test: dict[str, Any], rng: np.random.Generator) -> list[tuple[Any, ...]]:
    """One row per arm, or one per arm and turn where products took turns."""
    rows, share = [], f"{1 / len(test['arms']):.2%}"
    for at, (arm, (units, rate, guard, cost)) in enumerate(test["arms"].items()):
        for turn in range(test.get("turns", 1)):
            first, last = _days(test, at + len(test["arms"]) * turn)
            seen = int(rng.poisson(units * test.get("per_unit", 1.0)))
            seen = seen if "per_unit" in test else units
            true = float(np.clip(rate * np.exp(rng.normal(0, test.get("spread", 0.0))), 0, 1))
            hits, bad = rng.binomial(seen, true), rng.binomial(seen, guard)
            rows.append(
                (test["id"], test["name"], test["unit"], arm, "否" if at else "是", share, first, last, test["metric"])
                + (test["least"], units, seen, int(hits), cost, test.get("guardrail", "-"))
                + (int(bad) if "guardrail" in test else "-", test["state"])
            )
    return rows


def _days(test: dict[str, Any], turn: int) -> tuple[str, str]:
    shift = pd.Timedelta(days=turn if test.get("turns", 1) > 1 else 0)
    first, last = pd.Timestamp(test["start"]) + shift, pd.Timestamp(test["end"])
    return f"{first:%Y-%m-%d} 00:00:00", f"{last:%Y-%m-%d} 23:59:59"
