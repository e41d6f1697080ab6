"""Exposure moved to the goods that make most of it, within stock and variety, and what that would bring."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import names, spans
from helpers.chapters.sales import basis
from helpers.chapters.sales.pacing import more_of
from helpers.chapters.sales.quadrants import money_left, traffic
from helpers.findings import Answer, Gap, Sentence, Table, Value
from helpers.methods.intervals import Interval
from helpers.methods.marginal import elasticity, gain, moved
from helpers.methods.shrinkage import normal
from helpers.report import FEN, Report, for_all_pages, sentence, table

CLAIM = "2.1.3c"
FILES = ("product_periods", "orders", "after_sales", "costs", "stock")
ROUNDS = 6  # of narrowing a category that would grow beyond its limit
UNITS = {
    "product_name": "text",
    "exposures": "count",
    "exposure_move": "count",
    "value_per_1000": "money",
    "low": "money",
    "high": "money",
    "cover_days": "days",
}


@for_all_pages
def reallocation(report: Report) -> Answer:
    """How far the exposure of each product should move at the same total, and what that would leave more in a month.

    Table ``exposure_moves``: one row per product with traffic, largest rise first: exposure, its change, what a thousand
    exposures leave (shrunken, with interval), days that its stock lasts.
    """
    flow = traffic(report) if report.has("product_periods") else pd.DataFrame()
    if len(flow) < 2:
        return report.gap(CLAIM, "no_exposure", "PRD", *([] if len(report.every("costs")) else ["CST"]))
    left, costed = money_left(report, flow)
    flow = _rated(flow.assign(left=left).dropna(subset=["left"]))
    panel = _panel(report)
    power = elasticity(
        panel["exposures"], panel["orders"], panel["product_id"], panel["period_start"], report.threshold("level")
    )
    if power.estimate != power.estimate or len(flow) < 2:
        return report.gap(CLAIM, "flat_exposure", "PRD")
    flow = _planned(report, flow, float(np.clip(power.estimate, 0, 1)))
    more = gain(flow["exposures"], flow["new"], flow["rate"], flow["error"], power, report.threshold("level"))
    return _finding(report, flow, power, more, costed)


def _rated(flow: Any) -> Any:
    """The flow with what one exposure left (fen), its standard error by the number of orders, and the shrunken mean."""
    orders = flow["orders"]
    typical = abs(float(flow["left"].sum())) / max(float(orders.sum()), 1)
    each = (flow["left"] / orders.where(orders > 0)).abs().fillna(typical).clip(lower=max(typical / 10, 1e-6))
    rate, error = flow["left"] / flow["exposures"], each * np.sqrt(orders.clip(lower=1)) / flow["exposures"]
    believed = normal(rate, error).set_index(flow.index)
    return flow.assign(rate=rate, error=error, mean=believed["mean"], low=believed["low"], high=believed["high"])


def _panel(report: Report) -> Any:
    """Exposures and orders of each product and period up to the end of the report's, periods of the commonest length."""
    rows = report.every("product_periods")
    rows = rows[rows["period_end"] <= pd.Timestamp(report.seen.end)]
    rows = rows[rows["carrier"] == "all"] if (rows["carrier"] == "all").any() else rows
    length = (rows["period_end"] - rows["period_start"]).dt.days // 7  # months differ by three days at most
    rows = rows[length == length.mode().iloc[0]] if len(rows) else rows
    return rows.groupby(["product_id", "period_start"], as_index=False)[["exposures", "orders"]].sum()


def _planned(report: Report, flow: Any, power: float) -> Any:
    """The flow with ``new`` exposure, ``cover`` (days of stock) and ``category``."""
    cover = _cover(report, flow)
    need = report.threshold("reallocation_cover_days")
    most = (flow["exposures"] * (cover / need).clip(lower=1)).fillna(np.inf).to_numpy(dtype=float)
    category = _categories(report, flow.index)
    reach, limit = report.threshold("reallocation_reach"), 1 + report.threshold("reallocation_category")
    now = flow["exposures"].to_numpy(dtype=float)
    share = pd.Series(now).groupby(category).transform("sum").to_numpy()
    new = moved(now, flow["mean"], power, reach, most)
    for _ in range(ROUNDS):
        grown = pd.Series(new).groupby(category).transform("sum").to_numpy() / share
        if len(set(category)) < 2 or not (grown > limit + 1e-6).any():
            break
        tight = np.clip((limit - 1) / np.maximum(grown - 1, 1e-9), 0, 1)
        most = np.where(grown > limit, np.minimum(most, np.minimum(new, now) + np.maximum(new - now, 0) * tight), most)
        new = moved(now, flow["mean"], power, reach, most)
    return flow.assign(new=new, cover=cover, category=category)


def _cover(report: Report, flow: Any) -> Any:
    """Days that the last stock of each product lasts at the period's pace; missing where its stock is unknown."""
    stock = report.table("stock")
    if not len(stock):
        return pd.Series(np.nan, flow.index)
    last = stock.sort_values("day").drop_duplicates("product_id", keep="last").set_index("product_id")["available"]
    pace = flow["orders"] / report.seen.days
    return (last.reindex(flow.index).astype("float64") / pace.where(pace > 0)).astype("float64")


def _categories(report: Report, products: Any) -> Any:
    rows = pd.DataFrame({"product_id": products, "category": pd.Series(None, range(len(products)), dtype="object")})
    return basis.categories(report, rows).fillna("-").to_numpy()


def _finding(report: Report, flow: Any, power: Interval, more: Interval, costed: bool) -> Answer:
    values = _values(report, flow, power, more)
    case = "found" if more.low > 0 else "open"
    frame = _frame(report, flow)
    tight = int((flow["cover"] < report.threshold("reallocation_cover_days")).sum())
    kind = "costs" if costed else "net"
    said: list[Sentence] = [
        sentence(f"sales.reallocation.basis_{kind}", products=len(flow), gain=values["gain"], share=values["moved"]),
        sentence("sales.reallocation.curve", more=values["more"]),
    ]
    if report.has("stock"):
        said.append(
            sentence("sales.reallocation.stock", tight=tight, days=int(report.threshold("reallocation_cover_days")))
        )
    up, down = (str(frame["product_name"].iloc[at]) for at in (0, -1))
    act = sentence("sales.reallocation.act", up=up, down=down, reach=values["reach"]) if case == "found" else None
    gaps: tuple[Gap, ...] = () if report.has("stock") else (report.gap(CLAIM, "missing_file", "STK"),)
    return report.finding(
        CLAIM,
        sentence(f"sales.reallocation.{case}", share=values["moved"], gain=values["gain"]),
        more=tuple(said),
        values=values,
        tables={"exposure_moves": _table(frame, int(flow["exposures"].sum()))},
        stake=values["gain"] if case == "found" else None,
        action=act,
        gaps=gaps,
    )


def _values(report: Report, flow: Any, power: Interval, more: Interval) -> dict[str, Value]:
    files, scale = [name for name in FILES if len(report.every(name))], spans.monthly(report)
    n, shift = int(flow["exposures"].sum()), (flow["new"] - flow["exposures"]).clip(lower=0).sum()
    low, high = more_of(power.low), more_of(power.high)
    return {
        "gain": report.money(
            "sales.reallocation_gain",
            more.estimate * scale,
            CLAIM,
            files,
            n=n,
            low=more.low * scale,
            high=more.high * scale,
        ),
        "more": report.value(
            "sales.exposure_response", more_of(power.estimate), CLAIM, ["product_periods"], n=n, low=low, high=high
        ),
        "moved": report.value("sales.exposure_moved", shift / flow["exposures"].sum(), CLAIM, files, n=n),
        "reach": report.value("sales.reallocation_reach", report.threshold("reallocation_reach"), CLAIM, files),
    }


def _frame(report: Report, flow: Any) -> Any:
    frame = flow.assign(product_name=names.printed(flow.index, names.known(report)), cover_days=flow["cover"].round())
    for name, column in (("value_per_1000", "mean"), ("low", "low"), ("high", "high")):
        frame[name] = flow[column] * 1000 / FEN
    frame["exposure_move"] = np.rint(frame["new"] - frame["exposures"]).astype("int64")
    frame["exposures"] = np.rint(frame["exposures"]).astype("int64")
    return frame.sort_values("exposure_move", ascending=False)[[*UNITS]].reset_index(drop=True)


def _table(frame: Any, n: int) -> Table:
    """Rises and cuts in turn, the largest first, so that the first rows show both."""
    order = (frame["exposure_move"].abs()).sort_values(ascending=False, kind="stable").index
    return table(frame.loc[order].reset_index(drop=True), UNITS, n=n)
