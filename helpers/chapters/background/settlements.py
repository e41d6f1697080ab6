"""Guaranteed return of head talents, settled on orders whose refunds are in."""

from typing import Any

import pandas as pd

from helpers.chapters.background import deals
from helpers.chapters.background.deals import Deal
from helpers.findings import Answer, Label, Sentence, Value
from helpers.report import Report, sentence, table

CLAIM = "1.2.4b"
FILES = ("alliance_orders", "after_sales", "target_steps", "overheads")
MONEY = ("net_sales", "commission", "slot_fee", "shortfall", "fee_back", "left")
UNITS = {
    "talent": "text", "contract": "text", "settle_state": "label:settle_state", "net_sales": "money", "refunds": "money",
    "commission": "money", "slot_fee": "money", "net_roi": "multiple", "guarantee": "multiple", "shortfall": "money",
    "left": "money",
}  # fmt: skip


def settlements(report: Report) -> Answer:
    """What is due under each guaranteed return: net sales ÷ (commission + slot fee) against the contract.

    Sales are net of refunds; a contract is settled once its last order is old enough for them, before that its figures
    are given without a claim. Table ``settlements``: one row per contract; ``shortfall`` is the net sales missing,
    ``left`` what remains to the shop after goods, freight, fees, commission and slot fee.
    """
    rows = deals.sold(report)
    if not len(report.every("alliance_orders")):
        return report.gap(CLAIM, "missing_file", "ALO", what=Label("gap_what", "settlements"))
    if not len(report.every("after_sales")):
        return report.gap(CLAIM, "missing_file", "AFS", what=Label("gap_what", "settlements"))
    known = deals.deals(report)
    if not known:
        return report.gap(CLAIM, "no_target", "TGT", "CST", what=Label("gap_what", "contracts"))
    frame = pd.DataFrame([_row(report, rows, deal) for deal in known])
    values = _values(report, frame)
    return report.finding(
        CLAIM,
        _headline(frame, values),
        more=_more(frame, values),
        values=values,
        tables={"settlements": _table(frame)},
        verdict=_verdict(frame),
        action=sentence("talents.settlements.action") if (frame["settle_state"] == "short").any() else None,
    )


def _row(report: Report, rows: Any, deal: Deal) -> dict[str, Any]:
    """One contract in fen; a claim only where its refunds are in and the guarantee was missed."""
    mine = rows[(rows["talent_name"] == deal.talent) & (rows["day"] >= deal.start) & (rows["day"] <= deal.end)]
    net, pay = float(mine["net_fen"].sum()), float(mine["pay_fen"].sum())
    cost, ready = pay + deal.fee, deals.ripe(report, deal.end)
    missing = max(deal.roi * cost - net, 0.0)
    left = deals.left(report, mine)
    known = left.notna().mean() >= report.threshold("cost_known") if len(mine) else False
    return {
        "talent": deal.talent,
        "contract": f"{deal.start:%m-%d} – {deal.end:%m-%d}",
        "settle_state": "none" if not len(mine) else "early" if not ready else "short" if missing else "met",
        "orders": len(mine),
        "net_sales": net,
        "refunds": float(mine["back_fen"].sum()),
        "commission": pay,
        "slot_fee": deal.fee,
        "net_roi": net / cost if cost else None,
        "guarantee": deal.roi,
        "shortfall": missing if ready and len(mine) else None,
        "fee_back": min(max(cost - net / deal.roi, 0.0), deal.fee) if ready and len(mine) else None,
        "left": float(left.sum()) - pay - deal.fee if known and ready else None,
    }


def _values(report: Report, frame: Any) -> dict[str, Value]:
    made = {}
    for row in frame.itertuples():
        for name in MONEY:
            fen = getattr(row, name)
            if fen is not None and fen == fen:
                id = f"background.talent_{name}/talent={row.talent}"
                made[f"{name}/{row.talent}"] = report.money(id, fen, CLAIM, FILES, n=row.orders)
        if row.net_roi is not None:
            id = f"background.talent_net_roi/talent={row.talent}"
            made[f"net_roi/{row.talent}"] = report.value(id, row.net_roi, CLAIM, FILES, n=row.orders)
        id = f"background.talent_guarantee/talent={row.talent}"
        made[f"guarantee/{row.talent}"] = report.value(id, row.guarantee, CLAIM, ["target_steps"])
    due = frame[frame["settle_state"] == "short"]
    n = int(due["orders"].sum())
    made["short"] = report.money("background.talent_short", due["shortfall"].astype("float64").sum(), CLAIM, FILES, n=n)
    made["back"] = report.money("background.talent_back", due["fee_back"].astype("float64").sum(), CLAIM, FILES, n=n)
    return made


def _table(frame: Any) -> Any:
    money = [name for name, unit in UNITS.items() if unit == "money"]
    shown = deals.yuan(frame.astype(dict.fromkeys(money, "float64")), *money)
    units = {name: unit for name, unit in UNITS.items() if shown[name].notna().any()}
    return table(shown[list(units)], units, n=int(frame["orders"].sum()))


def _verdict(frame: Any) -> str:
    """Fails where a contract that is due was missed, holds where all that are due were met, else open."""
    states = set(frame["settle_state"])
    return "fails" if "short" in states else "holds" if "met" in states else "open"


def _headline(frame: Any, values: dict[str, Value]) -> Sentence:
    short = frame[frame["settle_state"] == "short"]
    if len(short) == 1:
        talent = short["talent"].iloc[0]
        slots = {"talent": talent, "roi": values[f"net_roi/{talent}"], "bar": values[f"guarantee/{talent}"]}
        return sentence("talents.settlements.short", short=values["short"], **slots)
    if len(short):
        return sentence("talents.settlements.several", count=len(short), short=values["short"])
    met = int((frame["settle_state"] == "met").sum())
    return sentence("talents.settlements.met" if met else "talents.settlements.early", count=met or len(frame))


def _more(frame: Any, values: dict[str, Value]) -> tuple[Sentence, ...]:
    said = []
    if values["short"].value:
        said.append(sentence("talents.settlements.back", back=values["back"]))
    worst = frame[frame["settle_state"].isin(["short", "met"]) & frame["left"].notna()].sort_values("left")
    if len(worst):
        talent = worst["talent"].iloc[0]
        left = values[f"left/{talent}"]
        case = "lost" if float(left.value or 0) < 0 else "earned"
        said.append(sentence(f"talents.settlements.{case}", talent=talent, left=left))
    said.append(sentence("talents.settlements.basis"))
    early = int((frame["settle_state"] == "early").sum())
    return (*said, sentence("talents.settlements.waiting", count=early)) if early else tuple(said)
