"""Spend-more-save-more: whether orders pile up above the threshold, and whether that pays for the discount."""

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import daily, lines, mature
from helpers.chapters.sales import basis
from helpers.findings import Answer, Gap, Sentence, Value
from helpers.methods.bunching import Bunching, bunching
from helpers.methods.intervals import benjamini_hochberg, clustered_ratio
from helpers.methods.ratios import ratio_difference
from helpers.period import Period
from helpers.report import FEN, Report, sentence, table

CLAIM = "2.1.1b"
FILES = ("orders", "calendar", "after_sales", "costs")
EDGES = (0.0, 0.5, 0.85, 1.0, 1.15, 1.5, np.inf)  # bands of the printed table, as shares of the threshold
UNITS = {"order_band": "text", "share_before": "ratio", "share_during": "ratio"}


def spend_more(report: Report) -> Answer:
    """Orders above the threshold of the latest offer against the days before it, and the margin that they add to its cost.

    Without an offer on the calendar: whether the discounts of the orders show one. Table ``order_bands``: one row per
    band of order values (goods before discounts), shares before and during the offer.
    """
    if not len(lines.paid(report)):
        return basis.no_orders(report, CLAIM)
    offers = _offers(report)
    if not len(offers):
        return _unregistered(report)
    offer = offers.iloc[-1]
    orders = _orders(report, offer)
    sides = orders.groupby("offered")["day"].agg(["size", "nunique"]).reindex([True, False]).fillna(0)
    if (sides["size"] < report.threshold("few")).any() or (
        sides["nunique"] < report.threshold("like_fewest_days")
    ).any():
        return report.gap(
            CLAIM, "few_offer_orders", "ORD", n=int(sides["size"].min()), need=int(report.threshold("few"))
        )
    found = bunching(
        orders["amount"],
        orders["day"],
        orders["offered"],
        float(offer["threshold_fen"]),
        report.threshold("spend_more_width"),
        report.threshold("level"),
    )
    return _finding(report, offer, orders, found)


def _offers(report: Report) -> Any:
    """Offers of the calendar with a threshold, of the last year up to the end of the period, oldest first."""
    rows = report.every("calendar")
    if not len(rows):
        return rows
    end = pd.Timestamp(report.seen.end)
    rows = rows[(rows["mechanic"] == "threshold") & (rows["threshold_fen"] > 0)]
    recent = (rows["start"] <= end) & (rows["end"] >= end - pd.Timedelta(days=report.threshold("pair_days")))
    return rows[recent].sort_values("start")


def _orders(report: Report, offer: Any) -> Any:
    """Orders of the offer and of untouched days before it: amount (goods before discounts, fen), day, offered."""
    first, last = offer["start"].date(), min(offer["end"].date(), report.seen.end)
    begin = max(first - timedelta(int(report.threshold("spend_more_days"))), report.begins)
    rows = _amounts(lines.paid(report, Period("range", begin, last)))
    rows = rows.assign(offered=rows["day"] >= pd.Timestamp(first))
    days = pd.DatetimeIndex(sorted(rows["day"].unique()))
    calm = days[~daily.touched(report, days).to_numpy()] if len(days) else days
    return rows[rows["offered"] | rows["day"].isin(calm)]


def _amounts(rows: Any) -> Any:
    """One row per order: amount of its goods before discounts and the discount, in fen, and its day."""
    goods = lines.products(rows)
    off = goods["discount_fen"].fillna(0).astype("float64")
    value = goods["payable_fen"].astype("float64") - goods["freight_fen"].fillna(0).astype("float64") + off
    frame = goods.assign(amount=value, off=off).groupby("order_id", as_index=False)
    return frame.agg(amount=("amount", "sum"), off=("off", "sum"), day=("day", "min"))


def _finding(report: Report, offer: Any, orders: Any, found: Bunching) -> Answer:
    on = orders[orders["offered"]]
    span = Period("range", on["day"].min().date(), on["day"].max().date())
    values = _values(report, offer, on, found, span)
    piled = found.above.low > 0 and (found.chance != found.chance or found.chance <= 1 - report.threshold("likely"))
    net = values.get("net")
    case = "none" if not piled else "open" if net is None or net.low is None or net.high is None else ""
    if not case and net is not None:
        case = "pays" if float(net.low or 0) > 0 else "costs" if float(net.high or 0) < 0 else "open"
    slots = {name: value for name, value in values.items() if value.value is not None}
    said: list[Sentence] = [sentence("sales.spend_more.basis", name=str(offer["name"]), n=len(orders), **slots)]
    if net is not None:
        said.append(sentence(f"sales.spend_more.money_{mature.kept_share(report)[1]}", **slots))
    if found.chance == found.chance:
        said.append(sentence("sales.spend_more.placebo", **slots))
    said.append(sentence("sales.spend_more.doubt"))
    return report.finding(
        CLAIM,
        sentence(f"sales.spend_more.{case}", **slots),
        more=tuple(said),
        values=values,
        tables={"order_bands": table(_bands(orders, float(offer["threshold_fen"])), UNITS, n=len(orders))},
    )


def _values(report: Report, offer: Any, on: Any, found: Bunching, span: Period) -> dict[str, Value]:
    bar, files = float(offer["threshold_fen"]), [name for name in FILES if len(report.every(name))]
    made = {"threshold": report.money("sales.offer_threshold", bar, CLAIM, ["calendar"], period=span)}
    for name, part in (("above", found.above), ("below", found.below)):
        made[name] = report.value(
            f"sales.bunching/side={name}",
            part.difference * 100,
            CLAIM,
            ["orders", "calendar"],
            n=len(on),
            low=part.low * 100,
            high=part.high * 100,
            period=span,
        )
    if found.chance == found.chance:
        made["chance"] = report.value("sales.bunching_chance", found.chance, CLAIM, ["orders"], period=span)
    off = offer["off_fen"]
    if not pd.isna(off):
        width, kept = report.threshold("spend_more_width"), max(mature.kept_share(report)[0], 0)
        up = on.loc[(on["amount"] >= bar) & (on["amount"] < bar * (1 + width)), "amount"].mean()
        down = on.loc[(on["amount"] < bar) & (on["amount"] >= bar * (1 - width)), "amount"].mean()
        step = (up - (down if down == down else bar * (1 - width / 2))) * kept
        given = float(off) * int((on["amount"] >= bar).sum())
        ends = [part * len(on) * step - given for part in (found.above.difference, found.above.low, found.above.high)]
        made["given"] = report.money("sales.offer_given", given, CLAIM, files, n=len(on), period=span)
        made["net"] = report.money(
            "sales.offer_net", ends[0], CLAIM, files, n=len(on), low=ends[1], high=ends[2], period=span
        )
    return made


def _bands(orders: Any, threshold: float) -> Any:
    yuan = [threshold * edge / FEN for edge in EDGES]
    words = [
        f"{low:,.0f}–{high:,.0f}" if np.isfinite(high) else f"≥ {low:,.0f}"
        for low, high in zip(yuan, yuan[1:], strict=False)
    ]
    band = pd.cut(orders["amount"] / threshold, list(EDGES), right=False, labels=words)
    shares = pd.crosstab(band, orders["offered"], normalize="columns", dropna=False)
    shares = shares.reindex(index=words, columns=[False, True], fill_value=0.0)
    return pd.DataFrame(
        {"order_band": words, "share_before": shares[False].to_numpy(), "share_during": shares[True].to_numpy()}
    )


def _unregistered(report: Report) -> Answer:
    """Without an offer on the calendar: a round amount at which the discount jumps, or that there is none."""
    gap: Gap = report.gap(CLAIM, "no_offer", "CAL")
    orders = _amounts(lines.paid(report))
    orders = orders[orders["amount"] > 0]
    if not orders["off"].sum() > 0:
        return gap
    jumps = _jumps(report, orders)
    if not len(jumps):
        return gap
    n = report.value("sales.offers_looked", len(jumps), CLAIM, ["orders"], n=len(orders))
    sure = jumps[(jumps["q"] <= 1 - report.threshold("sure")) & (jumps["jump"] >= report.threshold("spend_more_jump"))]
    if not len(sure):
        return report.finding(CLAIM, sentence("sales.spend_more.unseen", looked=n), values={"looked": n}, gaps=(gap,))
    top = sure.sort_values("jump").iloc[-1]
    bar = report.money("sales.offer_threshold", top["threshold"], CLAIM, ["orders"], n=int(top["n"]))
    jump = report.value("sales.offer_jump", top["jump"], CLAIM, ["orders"], n=int(top["n"]))
    said = sentence("sales.spend_more.seen", threshold=bar, jump=jump)
    return report.finding(CLAIM, said, values={"looked": n, "threshold": bar, "jump": jump}, gaps=(gap,))


def _jumps(report: Report, orders: Any) -> Any:
    """One row per round amount with enough orders on both sides: jump of the discount's share of the order, and its q."""
    step, width, few = (report.threshold(name) for name in ("spend_more_step", "spend_more_width", "few"))
    top, found = float(orders["amount"].quantile(0.99)), []
    for round_ in np.arange(step, top / FEN + step, step):
        for bar in (round_ * FEN, (round_ - 1) * FEN):
            amount, rate = orders["amount"], orders["off"] / orders["amount"]
            up = rate[(amount >= bar) & (amount < bar * (1 + width))]
            down = rate[(amount < bar) & (amount >= bar * (1 - width))]
            if min(len(up), len(down)) >= few:
                means = [clustered_ratio(part, np.ones(len(part))) for part in (up, down)]
                apart = ratio_difference(means[0], means[1])
                found.append((bar, len(up) + len(down), apart.difference, apart.p))
    frame = pd.DataFrame(found, columns=["threshold", "n", "jump", "p"])
    return frame.assign(q=benjamini_hochberg(frame["p"]) if len(frame) else [])
