"""What ad spend brought back, by definition and by promoted object, beside the multiple at which it pays."""

from typing import Any

import pandas as pd

from helpers.chapters import mature, names
from helpers.methods.intervals import Interval, ratio_interval
from helpers.report import FEN, Report


def back(rows: Any, column: str = "gmv_fen") -> Interval:
    """Money of a column per unit of spend, with days as clusters."""
    days = rows.groupby("day")[[column, "spend_fen"]].sum()
    found = ratio_interval(days[column], days["spend_fen"])
    return found._replace(low=max(found.low, 0.0))


def bases(report: Report, rows: Any, old: Any) -> Any:
    """One row per definition that the files allow, by its name: roi, low, high, and break-even as ``target``.

    gross; net_1h: less refunds within the hour; net_refunds: less all refunds at the rate of mature orders;
    contribution: what is left after all costs but the ads.

    Parameters
    ----------
    rows : DataFrame
        Of `promoted.spent`.
    old : DataFrame
        Mature orders, of `mature.paid`.
    """
    gross = back(rows)
    found = {"gross": gross}
    if (quick := _quick(rows)) is not None:
        found["net_1h"] = back(rows.assign(net=quick), "net")
    if len(old):
        share = mature.refund_share(old)
        found["net_refunds"] = _scaled(gross, Interval(1 - share.estimate, 1 - share.high, 1 - share.low))
    left = mature.margin_share(report, old)
    if left is not None:
        found["contribution"] = _scaled(gross, left)
    frame = pd.DataFrame.from_dict(found, "index", columns=["roi", "low", "high"]).rename_axis("roi_basis")
    pays = left is not None and left.estimate > 0 and gross.estimate > 0
    return frame.assign(target=frame["roi"] / gross.estimate / left.estimate if left and pays else float("nan"))


def objects(report: Report, rows: Any, old: Any) -> Any:
    """One row per promoted object, most spend first: spend, sales, roi with interval, margin, break-even as ``target``.

    The margin is that of the object's own mature orders; with few of them, or for live rooms, that of all.
    """
    found, titles = [], names.listed(report)
    for key, part in rows.groupby("object_id"):
        own = old[old["product_id"] == key]
        left = mature.margin_share(report, own if len(own) >= report.threshold("few") else old)
        named = part["object_name"].dropna()
        sums = {"spend": part["spend_fen"].sum() / FEN, "gmv": part["gmv_fen"].sum() / FEN}
        words = {"object_id": key, "ad_object": titles.get(key, named.iloc[-1] if len(named) else key)}
        found.append(words | sums | back(part)._asdict() | {"margin": left.estimate if left else float("nan")})
    frame = pd.DataFrame(found).rename(columns={"estimate": "roi"})
    frame = frame[frame["spend"] > 0].sort_values("spend", ascending=False, ignore_index=True)
    return frame.assign(target=(1 / frame["margin"]).where(frame["margin"] > 0))


def _quick(rows: Any) -> Any | None:
    """Sales less what was refunded within the hour, where the file tells."""
    if rows["net_gmv_fen"].notna().any():
        return rows["net_gmv_fen"].fillna(rows["gmv_fen"])
    return rows["gmv_fen"] - rows["refund_1h_fen"].fillna(0) if rows["refund_1h_fen"].notna().any() else None


def _scaled(gross: Interval, factor: Interval) -> Interval:
    """The gross multiple times a factor; its ends take the unlucky and the lucky ends of both."""
    low, high = (factor.estimate if end != end else end for end in (factor.low, factor.high))
    return Interval(gross.estimate * factor.estimate, min(gross.low * low, gross.high * low), gross.high * high)
