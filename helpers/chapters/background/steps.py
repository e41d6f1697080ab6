"""Every step of the funnel against its bar, and what a missed step costs."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.chapters import mature, spans
from helpers.chapters.background import rates
from helpers.chapters.background.funnel import usable
from helpers.findings import Answer, Gap, Label, Sentence, Value
from helpers.report import FEN, Report, for_all_pages, sentence, table

CLAIM = "1.2.3c"
TARGETS = {"exposure_click": "exposure_click", "click_cart": "click_cart", "click_buy": "conversion"}
FILES = ("channel_days", "product_periods", "product_cards", "orders", "after_sales", "costs")
UNITS = {
    "step": "label:funnel_step",
    "carrier": "label:carrier",
    "base": "count",
    "rate": "ratio",
    "target": "ratio",
    "bar_chance": "probability",
    "verdict": "label:bar_verdict",
    "lost": "money",
    "lost_low": "money",
    "lost_high": "money",
}


@for_all_pages
def steps(report: Report) -> Answer:
    """Every step against its bar by carrier, and what raising it to the bar would leave a month, all else equal.

    Tables: ``steps`` one row per step and carrier; money less refunds, and less costs where the shop knows them. The
    stake is the step that costs most among those that miss their bar: the steps of one funnel do not add up.
    """
    frame = _every_step(report)
    if not len(frame):
        return report.gap(CLAIM, "missing_file", "CDL", "PRD")
    if not frame["target"].notna().any():
        return report.gap(CLAIM, "no_target", "TGT")
    share, basis = mature.kept_share(report)
    frame = _lost(report, frame, share)
    judged = frame[frame["target"].notna()]
    failed = judged[(judged["verdict"] == "fails") & judged["lost_fen"].notna()].sort_values(
        "lost_fen", ascending=False
    )
    stake = _money(report, failed.iloc[0], basis) if len(failed) else None
    action = sentence("background.steps.action", **_names(failed.iloc[0])) if len(failed) else None
    values = _counts(report, judged)
    return report.finding(
        CLAIM,
        _headline(judged, failed, values, stake),
        more=(sentence("background.steps.counts", **values), sentence(f"background.steps.basis_{basis}")),
        values=values | ({"lost": stake} if stake else {}),
        tables={"steps": table(frame, UNITS)},
        verdict=rates.overall(judged["verdict"]),
        stake=None if basis == "paid" else stake,
        action=action,
        gaps=_gaps(report, frame),
    )


def _every_step(report: Report) -> Any:
    """One row per step and carrier with rate, bar, verdict and what was paid through the carrier."""
    days, goods = rates.channel_days(report), rates.products(report)
    found = []
    for step, target in TARGETS.items():
        rows = goods if step == "click_cart" else days
        columns = rates.CART if step == "click_cart" else rates.basis(rows, step)
        if usable(rows, columns):
            part = rates.by_carrier(report, rows, columns, report.target(target))
            paid = rows.groupby("carrier")["paid_fen"].sum()
            bar = report.target(target)
            part = part.assign(step=step, target=np.nan if bar is None else bar, paid_fen=part["carrier"].map(paid))
            found.append(part[part["carrier"] != rates.ALL] if part["carrier"].ne(rates.ALL).any() else part)
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


def _lost(report: Report, frame: Any, share: float) -> Any:
    """With what a month would hold more if the step were at its bar; between the ends of its rate."""
    worth = frame["paid_fen"].astype("float64") * max(share, 0) * spans.monthly(report)

    def gap(rate: Any) -> Any:
        return worth * (frame["target"] / rate.where(rate > 0) - 1).clip(lower=0)

    ends = {"lost": gap(frame["rate"]), "lost_low": gap(frame["high"]), "lost_high": gap(frame["low"])}
    money = {name: column / FEN for name, column in ends.items()}
    return frame.assign(**money, lost_fen=ends["lost"], lost_fen_low=ends["lost_low"], lost_fen_high=ends["lost_high"])


def _money(report: Report, row: Any, basis: str) -> Value:
    fact = f"background.step_lost_{basis}/step={row['step']}&carrier={row['carrier']}"
    files = [name for name in FILES if report.held(name)]
    ends = {"low": row["lost_fen_low"], "high": row["lost_fen_high"]}
    return report.money(fact, row["lost_fen"], CLAIM, files, n=row["base"], **ends)


def _counts(report: Report, judged: Any) -> dict[str, Value]:
    found = {}
    for verdict in ("holds", "fails", "open"):
        count = int((judged["verdict"] == verdict).sum())
        found[verdict] = report.value(
            f"background.steps_judged/verdict={verdict}", count, CLAIM, FILES[:3], n=len(judged)
        )
    return found


def _names(row: Any) -> dict[str, Label]:
    return {"step": Label("funnel_step", row["step"]), "carrier": Label("carrier", row["carrier"])}


def _headline(judged: Any, failed: Any, values: dict[str, Value], stake: Value | None) -> Sentence:
    if stake is not None and stake.value:
        return sentence("background.steps.lost", **_names(failed.iloc[0]), lost=stake)
    case = "failed" if values["fails"].value else "all" if values["holds"].value == len(judged) else "open"
    return sentence(f"background.steps.{case}", count=len(judged), open=values["open"], fails=values["fails"])


def _gaps(report: Report, frame: Any) -> tuple[Gap, ...]:
    found = []
    if frame["target"].isna().any():
        found.append(report.gap(CLAIM, "no_target", "TGT", what=Label("gap_what", "bars")))
    if "click_cart" not in set(frame["step"]):
        found.append(report.gap(CLAIM, "missing_file", "PRD", what=Label("gap_what", "carts")))
    return tuple(found)
