"""From which silence on a buyer will hardly come back without being woken."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import members
from helpers.findings import Value
from helpers.methods.survival import ended_by
from helpers.report import Report

STEP = 30  # days of silence between two rows
UNITS = {"silence": "label:silence", "silent_members": "count", "silent_back": "ratio", "low": "ratio", "high": "ratio"}


def silence(report: Report, orders: Any) -> Any:
    """One row per length of silence: ``silence`` (days, as text), ``silent_members`` now, ``silent_back``, low, high.

    Of all silences that lasted so long, ended or still going on, the share that ended by an order within the next days
    (Kaplan–Meier), NaN where too few or none were watched so long. Orders of one day count as one.
    """
    wait, ended = _waits(report, orders)
    current = wait[~ended]
    ahead, last = report.threshold("sleep_ahead_days"), int(report.threshold("sleep_longest_days"))
    starts = range(0, last + 1, STEP)
    rows = []
    for start in starts:
        long = wait >= start
        found = ended_by(wait[long] - start, ended[long], ahead, report.threshold("level"))
        high = start + STEP if start < last else np.inf
        now = int(((current >= start) & (current < high)).sum())
        enough = long.sum() >= report.threshold("few")
        rows.append([str(start), now, *(found if enough else [np.nan] * 3)])
    frame = pd.DataFrame(rows, columns=list(UNITS))
    return frame[frame["silent_back"].notna() | (frame["silent_members"] > 0)].reset_index(drop=True)


def _waits(report: Report, orders: Any) -> tuple[Any, Any]:
    """Days from each order day of a buyer to the next, or to the end of the period where none has come."""
    days = orders.assign(day=orders["paid_at"].dt.normalize())[["buyer_key", "day"]].drop_duplicates()
    days = days.sort_values(["buyer_key", "day"])
    following = days.groupby("buyer_key")["day"].shift(-1)
    end = following.fillna(pd.Timestamp(report.seen.end))
    return (end - days["day"]).dt.days.to_numpy(dtype=float), following.notna().to_numpy()


def sleep_line(report: Report, frame: Any) -> int | None:
    """Days of silence from which the share that comes back is surely below the bar; None where no row is."""
    below = frame[frame["high"] < report.threshold("sleep_back_share")]
    return None if below.empty else int(below["silence"].iloc[0])


def facts(report: Report, frame: Any, line: int, claim: str) -> dict[str, Value]:
    """The share that comes back after the line, and the buyers who are beyond it."""
    name = members.source(report)
    row = frame[frame["silence"] == str(line)].iloc[0]
    asleep = int(frame.loc[frame["silence"].astype(int) >= line, "silent_members"].sum())
    id = f"background.silent_back/days={line}"
    ends = {"low": row["low"], "high": row["high"]}
    return {
        "back": report.value(id, row["silent_back"], claim, [name], n=int(row["silent_members"]), **ends),
        "asleep": report.value(
            "background.silent_members", asleep, claim, [name], n=int(frame["silent_members"].sum())
        ),
    }
