"""What reaching members brought, read against the members that were held out of it."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from helpers.chapters import mature, members
from helpers.methods.experiments import UNEVEN
from helpers.methods.intervals import Difference, clustered_ratio, proportion_test
from helpers.methods.ratios import ratio_difference
from helpers.report import Report

ONCE = ("coupon", "bag", "benefit")  # costs only those who use it; a message costs everybody who gets it


class Trial(NamedTuple):
    """A campaign with its held-out members: outcome per arm, and the differences treated minus held-out.

    ``arms``: one row per arm: members, ordered (share), paid, cost and left (fen a member). ``kept``: what stays of a
    fen, and after what. ``past`` is the p of "both arms paid alike in the days before". ``chance``: that ``left`` is above 0.
    """

    name: str
    touch: str
    day: Any
    arms: Any
    ordered: Difference
    paid: Difference
    left: Difference
    kept: tuple[float, str]
    used: int
    past: float
    chance: float
    silent: float


def campaigns(report: Report) -> list[Any]:
    """Touches of each campaign of the last months whose days of watching are over, latest first."""
    rows = report.every("member_touches")
    if not len(rows):
        return []
    end = pd.Timestamp(report.seen.end) + pd.Timedelta(days=1)
    watch, back = (pd.Timedelta(days=report.threshold(f"touch_{name}")) for name in ("days", "back_days"))
    rows = rows[rows["touched_at"].notna() & rows["arm"].notna()]
    groups = [part for _, part in rows.groupby("campaign")]
    over = [part for part in groups if end - back <= part["touched_at"].max() <= end - watch]
    return sorted(over, key=lambda part: part["touched_at"].max(), reverse=True)


def held_out(report: Report, rows: Any) -> bool:
    """Whether both arms have enough members for a difference."""
    sizes = rows.drop_duplicates("buyer_key")["arm"].value_counts()
    return bool(min(sizes.get(arm, 0) for arm in ("treated", "held_out")) >= report.threshold("few"))


def trial(report: Report, rows: Any) -> Trial:
    """Orders and money of the days after the touch, less refunds, goods, fees and what the touch itself cost.

    Every member counts in the arm that was drawn, whether the touch was used or not. A used coupon is taken off what
    was paid already; its face value is put back before shares are taken, and then deducted in full.
    """
    rows = rows.drop_duplicates("buyer_key").set_index("buyer_key")
    orders, watch = members.history(report), report.threshold("touch_days")
    orders = orders[orders["buyer_key"].astype(object).isin(rows.index)]  # isin reads a column of text slowly
    after, before = _paid(orders, rows, 0, watch), _paid(orders, rows, -report.threshold("touch_past_days"), 0)
    kept = mature.kept_share(report)
    spent = rows["cost_fen"].astype("float64").fillna(0).where(rows["arm"] == "treated", 0)
    spent = spent.where(~rows["touch"].isin(ONCE) | (rows["used"] == "yes"), 0)
    face = spent.where((rows["touch"] == "coupon") & (after["orders"] > 0), 0)
    frame = pd.DataFrame(
        {"arm": rows["arm"], "ordered": after["orders"] > 0, "paid": after["amount_fen"], "cost": spent}
    )
    frame["left"] = (frame["paid"] + face) * kept[0] - spent
    arms = frame.groupby("arm").mean().assign(members=frame.groupby("arm").size())
    counts = frame.groupby("arm")["ordered"].sum().astype(int)
    sides = ("treated", "held_out")
    ordered = proportion_test(*(int(part) for arm in sides for part in (counts[arm], arms.at[arm, "members"])))
    left, last = _difference(frame, "left"), orders[orders["paid_at"] < rows["touched_at"].max()]
    silent = rows["touched_at"].max() - last.groupby("buyer_key")["paid_at"].max()
    return Trial(
        str(rows["campaign"].iloc[0]),
        str(rows["touch"].mode().iloc[0]) if rows["touch"].notna().any() else "",
        rows["touched_at"].max(),
        arms.loc[list(sides)],
        ordered,
        _difference(frame, "paid"),
        left,
        kept,
        int((rows["used"] == "yes").sum()),
        _difference(frame.assign(past=before["amount_fen"]), "past").p,
        _chance(left),
        float(silent.dt.days.median()) if len(silent) else np.nan,
    )


def _paid(orders: Any, rows: Any, start: float, end: float) -> Any:
    """Orders and money of each member between so many days after the touch, of the orders of these members."""
    wait = (orders["paid_at"] - orders["buyer_key"].map(rows["touched_at"])) / pd.Timedelta(days=1)
    mine = orders[(wait >= start) & (wait < end)].groupby("buyer_key")
    found = pd.DataFrame({"orders": mine.size(), "amount_fen": mine["amount_fen"].sum()})
    return found.reindex(rows.index).fillna(0.0)


def _difference(frame: Any, column: str) -> Difference:
    """Mean of the treated minus that of the held-out."""
    sides = [frame.loc[frame["arm"] == arm, column] for arm in ("treated", "held_out")]
    first, second = (clustered_ratio(side, np.ones(len(side))) for side in sides)
    return ratio_difference(first, second)


def _chance(left: Difference) -> float:
    """Probability that the difference is above 0, by the test of "no difference"."""
    return 1 - left.p / 2 if left.difference > 0 else left.p / 2


def uneven(found: Trial) -> bool:
    """Whether the arms differed before the touch by more than chance: then no difference after it may be read."""
    return found.past < UNEVEN
