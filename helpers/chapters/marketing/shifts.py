"""Sessions and the hosts who led them: who was on air, and what each sells under the same conditions."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import daily
from helpers.definitions import groups
from helpers.methods import shrinkage
from helpers.methods.changes import fit_line
from helpers.report import FEN, Report

SEED, DRAWS = 7, 4000
Z95 = 1.96  # half the width of a 95 % interval in standard errors


def hosted(report: Report) -> tuple[Any, int]:
    """Sessions of the period with their ``host`` and ``net_fen`` (NaN without refunds), and how many there were.

    A session belongs to the host whose shift overlaps enough of it; sessions that two hosts shared, or that stand
    in no shift, are left out.
    """
    rooms = report.table("live_sessions").dropna(subset=["started_at", "gmv_fen"])
    ended = rooms["ended_at"].fillna(rooms["started_at"] + pd.to_timedelta(rooms["duration_seconds"], unit="s"))
    rooms = rooms.assign(ended=ended, net_fen=rooms["gmv_fen"] - rooms["refund_fen"].astype("float64"))
    length = (rooms["ended"] - rooms["started_at"]).dt.total_seconds()
    held = len(rooms)
    rooms, length = rooms[length > 0], length[length > 0]
    overlap = _overlap(rooms, report.every("hosts").dropna(subset=["host", "start", "end"]))
    if not len(rooms) or not overlap.shape[1]:
        return rooms.head(0).assign(host=None), held
    share = overlap.max(axis=1) / length.to_numpy()
    found = rooms.assign(host=overlap.idxmax(axis=1).to_numpy())[share.to_numpy() >= report.threshold("host_share")]
    return found.reset_index(drop=True), held


def _overlap(rooms: Any, shifts: Any) -> Any:
    """Seconds of each session (rows) inside the shifts of each host (columns)."""
    first, last, start, end = (
        column.to_numpy("datetime64[s]").astype("int64")
        for column in (rooms["started_at"], rooms["ended"], shifts["start"], shifts["end"])
    )
    both = (np.minimum.outer(last, end) - np.maximum.outer(first, start)).clip(min=0)
    known = (
        shifts["account_id"].isin(rooms["account_id"]).to_numpy()
    )  # a schedule may name accounts in its own way, or not at all
    same = rooms["account_id"].to_numpy()[:, None] == shifts["account_id"].to_numpy()[None, :]
    frame = pd.DataFrame(np.where(same | ~known, both, 0), columns=shifts["host"].astype(str).to_numpy())
    return frame.T.groupby(level=0).sum().T


def adjusted(report: Report, rooms: Any) -> Any | None:
    """One row per host: what a session of the period would sell under this host; None with too few sessions.

    Columns ``adjusted``, ``low``, ``high`` (95 %), ``log`` and ``spread`` (of its logarithm), ``scale``,
    ``sessions``, ``best`` (probability of being the best). Logarithm of sales on host, logarithm of viewers, part
    of the day and promotion; hosts shrunk towards each other.
    """
    sold = rooms[(rooms["gmv_fen"] > 0) & (rooms["viewers"] > 0)]
    counts = sold["host"].value_counts()
    sold = sold[sold["host"].isin(counts.index[counts >= report.threshold("host_sessions")])]
    names = sorted(sold["host"].unique())
    if len(names) < 2:
        return None
    around = _conditions(report, sold)
    if len(sold) - len(names) - around.shape[1] < report.threshold("fewest_sessions"):
        return None
    design = np.column_stack([(sold["host"] == name).to_numpy(dtype=float) for name in names] + list(around.T))
    y = np.log(sold["gmv_fen"].to_numpy(dtype=float) / FEN)
    line = fit_line(y, design)
    spread = np.sqrt(np.diag(line.covariance)[: len(names)])
    if not (spread > 0).all():
        return None
    shrunk = shrinkage.normal(line.coefficients[: len(names)], spread)
    # from the logarithm back to money: the period's mix of conditions, and the mean of what the line leaves over
    scale = float(
        np.exp(around @ line.coefficients[len(names) :]).mean() * np.exp(y - design @ line.coefficients).mean()
    )
    found = (np.exp(shrunk) * scale).set_axis(names).rename(columns={"mean": "adjusted"})
    half = (shrunk["high"] - shrunk["low"]).to_numpy() / 2 / Z95
    found = found.assign(log=shrunk["mean"].to_numpy(), spread=half, scale=scale, sessions=counts[names].to_numpy())
    return found.assign(best=_chance(found))


def _conditions(report: Report, rooms: Any) -> Any:
    """What differs between sessions beside the host, centred: audience, part of the day, promotion."""
    parts = rooms["started_at"].dt.hour.map(groups.day_parts(report.shop))
    slots = pd.get_dummies(parts, dtype=float).iloc[:, 1:]
    promotions = report.calendar[report.calendar["kind"] == "promotion"]
    inside = daily.inside(rooms["started_at"].dt.normalize(), promotions).any(axis=1)
    sale = pd.Series(inside.astype("float64"), index=rooms.index)
    frame = pd.concat([np.log(rooms["viewers"].astype("float64")), slots, sale], axis=1).to_numpy(dtype=float)
    centred = frame - frame.mean(axis=0) if len(frame) else frame
    return centred[:, centred.std(axis=0) > 0] if len(frame) else centred


def _draws(scores: Any) -> Any:
    noise = np.random.default_rng(SEED).standard_normal((DRAWS, len(scores)))
    return np.exp(scores["log"].to_numpy() + noise * scores["spread"].to_numpy()) * scores["scale"].to_numpy()


def _chance(scores: Any) -> Any:
    return np.bincount(_draws(scores).argmax(axis=1), minlength=len(scores)) / DRAWS


def gain(scores: Any) -> tuple[float, float, float]:
    """What the others' sessions would sell on top at the best host's level, low and high (95 %), in currency units."""
    best = int(scores["adjusted"].argmax())
    draws, held = _draws(scores), scores["sessions"].to_numpy()
    points = ((scores["adjusted"].iloc[best] - scores["adjusted"]) * held).sum()
    more = ((draws[:, [best]] - draws) * held).sum(axis=1)
    low, high = np.quantile(more, [0.025, 0.975])
    return float(points), max(float(low), 0.0), float(high)
