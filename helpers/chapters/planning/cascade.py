"""A month's target shared out: to days by the calendar, to carriers and hosts by what they sold."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import lines, marketing
from helpers.definitions import files
from helpers.findings import Finding, Table
from helpers.methods import allocation
from helpers.period import Period
from helpers.report import FEN, Report, table

CLAIM = "6.2.1a"
FILES = ("orders", "targets")
WEEK = 7
LIVE = ("live_own", "live")
CELLS = {"week": "text", "weekday": "label:weekday", "day_target": "money"}
PARTS = {
    "plan_part": "label:plan_part",
    "share": "ratio",
    "target": "money",
    "per_day": "money",
    "recent_per_day": "money",
}
HOSTS = {"host": "text", "per_session": "money"}


def tables(report: Report, month: Period, weights: Any, left: int) -> dict[str, Table]:
    """The tables of the cascade, their cells also born as facts; ``left`` is what is still to be sold, in fen."""
    if not left:
        return {}
    days = pd.Series(allocation.cascade(left, weights), index=weights.index)
    for day, fen in days.items():
        report.money(f"planning.target_day/day={day:%Y-%m-%d}", fen, CLAIM, FILES)
    found = {"calendar_days": table(_calendar(days, month), CELLS)}
    parts = _parts(report, days)
    if len(parts):
        units = PARTS if "host" not in parts else {"plan_part": PARTS["plan_part"], "host": "text"} | PARTS | HOSTS
        found["parts"] = table(parts, units)
        _note(report, parts)
    return found


def depth(found: dict[str, Table]) -> str:
    """How deep the cascade goes: days, carriers or hosts."""
    if "parts" not in found:
        return "to_days"
    return "to_hosts" if "host" in found["parts"].frame else "to_carriers"


def _calendar(days: Any, month: Period) -> Any:
    """One row per weekday of each week of the month, Monday first; days outside the plan are empty."""
    first = pd.Timestamp(month.start) - pd.Timedelta(days=month.start.weekday())
    weeks = -(-((pd.Timestamp(month.end) - first).days + 1) // WEEK)
    grid = pd.date_range(first, periods=weeks * WEEK)
    monday = grid - pd.to_timedelta(grid.day_of_week, unit="D")
    money = days.reindex(grid).astype("float64") / FEN
    return pd.DataFrame(
        {"week": monday.strftime("%m-%d"), "weekday": grid.day_of_week.astype(str), "day_target": money.to_numpy()}
    )


def _parts(report: Report, days: Any) -> Any:
    """One row per carrier, with the hosts under the shop's own live sessions; empty where no carrier is known."""
    sold = _sold(report)
    if not len(sold):
        return sold
    totals = {day: int(fen) for day, fen in days.items()}
    parents, shares = np.repeat(days.index, len(sold)), np.tile(sold.to_numpy(dtype=float), len(days))
    cells = allocation.nested_cascade(totals, parents, shares).reshape(len(days), len(sold))
    frame = pd.DataFrame(
        {"plan_part": sold.index, "fen": cells.sum(axis=0), "recent_fen": sold.to_numpy() / report.seen.days}
    )
    hosts = _hosts(report, frame, len(days))
    frame = pd.concat([frame, hosts], ignore_index=True).sort_values("plan_part", key=_order(frame), kind="stable")
    money = {
        "target": frame["fen"] / FEN,
        "per_day": frame["fen"] / FEN / len(days),
        "recent_per_day": frame["recent_fen"] / FEN,
    }
    return frame.assign(share=frame["fen"] / days.sum(), **money).reset_index(drop=True)


def _sold(report: Report) -> Any:
    """What each carrier sold in the period in fen, biggest first; own live sessions apart where orders tell."""
    rows = lines.paid(report)
    if not rows["carrier"].notna().any():
        return pd.Series(dtype="int64")
    part = rows["carrier"].fillna("unknown")
    live = part == "live"
    if rows.loc[live, "source_name"].notna().any():
        partners = files.toml(files.find("groups/sellers.toml", report.shop))["partner"]
        part = part.mask(live, rows["source_name"].isin(partners).map({True: "live_partner", False: "live_own"}))
    sold = rows.groupby(part)["payable_fen"].sum().clip(lower=0)
    return sold[sold > 0].sort_values(ascending=False)


def _hosts(report: Report, parts: Any, days: int) -> Any:
    """The target of the shop's own live sessions by host, as their sessions sold; empty without a schedule."""
    own = parts[parts["plan_part"].isin(LIVE)]
    asked = marketing.hosts(report)
    if not len(own) or not isinstance(asked, Finding):
        return pd.DataFrame()
    league = asked.tables["league"].frame
    sold = (league["sessions"] * league["gmv_session"]).clip(lower=0)
    if not sold.sum() > 0:
        return pd.DataFrame()
    fen = allocation.cascade(int(own["fen"].iloc[0]), sold)
    sessions = league["sessions"] / report.seen.days * days
    rows = {
        "plan_part": own["plan_part"].iloc[0],
        "host": league["host"],
        "fen": fen,
        "per_session": fen / sessions / FEN,
    }
    return pd.DataFrame(rows).sort_values("fen", ascending=False)


def _order(parts: Any) -> Any:
    """Sorts hosts to their carrier."""
    place = {name: at for at, name in enumerate(parts["plan_part"])}
    return lambda names: names.map(place)


def _note(report: Report, parts: Any) -> None:
    """A fact for each carrier and each host."""
    for row in parts.itertuples():
        host = getattr(row, "host", None)
        alone = host is None or pd.isna(host)
        name = f"target_part/part={row.plan_part}" if alone else f"target_host/host={host}"
        report.money(f"planning.{name}", row.fen, CLAIM, FILES)
