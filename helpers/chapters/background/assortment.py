"""Traffic, profit and image items: shares against the targets, and items that do not do what their role asks."""

from typing import Any

import pandas as pd

from helpers.chapters import lines
from helpers.chapters.background.items import ROLES, items, misfits
from helpers.findings import Answer, Gap, Label, Sentence, Slot, Table, Value
from helpers.report import FEN, Report, sentence, table

CLAIMS = {"traffic": "1.2.2a", "profit": "1.2.2b", "image": "1.2.2c"}
BASES = {"items": "items", "exposures": "exposures", "paid": "paid_fen", "contribution": "left_fen"}
FILES = {
    "items": ("roles",),
    "exposures": ("product_periods",),
    "paid": ("orders",),
    "contribution": ("orders", "after_sales", "costs"),
}
SHARES = {"role_basis": "label:role_basis", "role": "label:role", "share": "ratio"}
MISFITS = {
    "name": "text",
    "misfit": "label:misfit",
    "orders": "count",
    "paid_amount": "money",
    "price": "money",
    "click_rate": "ratio",
    "margin_after_refunds": "ratio",
    "together_share": "ratio",
}
TESTED = {"traffic": "exposures", "profit": "margin_after_refunds", "image": "together_share"}
TOLD = {"traffic": "click_rate", "profit": "margin_after_refunds", "image": "together_share"}


def traffic_items(report: Report) -> Answer:
    """Share of traffic items by items, exposures, money and contribution, its target, and those rarely clicked.

    Tables: ``roles`` one row per basis and role, ``misfits`` one row per item that does not do what its role asks.
    """
    return _answer(report, "traffic")


def profit_items(report: Report) -> Answer:
    """As `traffic_items` for profit items; misfits keep less than the threshold after refunds and costs."""
    return _answer(report, "profit")


def image_items(report: Report) -> Answer:
    """As `traffic_items` for image items; misfits are bought alone, whatever they sell themselves."""
    return _answer(report, "image")


def _answer(report: Report, role: str) -> Answer:
    goods = items(report)
    if not len(goods):
        return report.gap(CLAIMS[role], "missing_file", "ROL")
    shares = _shares(report, goods)
    mine = goods[goods["role"] == role].assign(misfit=misfits(report, goods, role))
    odd = mine[mine["misfit"].notna()].sort_values("paid_fen", ascending=False)
    values = _facts(report, role, goods, shares, odd)
    return report.finding(
        CLAIMS[role],
        _headline(report, role, values),
        more=_more(report, role, bool(mine[TESTED[role]].notna().any()), values),
        values=values,
        tables={"roles": _roles(shares, len(goods)), "misfits": _odd(odd, role)},
        verdict=_verdict(report, values),
        action=sentence(f"background.roles.{role}_action", count=len(odd)) if len(odd) else None,
        gaps=_gaps(report, role, goods, shares),
    )


def _shares(report: Report, goods: Any) -> Any:
    """One row per basis and role: contribution only where every cost is known and no role loses money."""
    goods = goods.assign(items=1.0)
    if goods.loc[goods["orders"] > 0, "left_fen"].isna().any():
        goods = goods.assign(left_fen=0.0)
    found = []
    for basis, column in BASES.items():
        sums = goods[column].astype("float64").fillna(0).groupby(goods["role"]).sum().reindex(ROLES, fill_value=0.0)
        if sums.sum() > 0 and (sums >= 0).all():
            found += [
                (basis, role, share, report.target(f"share_{role}")) for role, share in (sums / sums.sum()).items()
            ]
    return pd.DataFrame(found, columns=[*SHARES, "target"])


def _facts(report: Report, role: str, goods: Any, shares: Any, odd: Any) -> dict[str, Value]:
    claim, found = CLAIMS[role], {}
    for row in shares[shares["role"] == role].itertuples():
        fact = f"background.role_share/role={role}&basis={row.role_basis}"
        found[row.role_basis] = report.value(fact, row.share, claim, FILES[row.role_basis], n=len(goods))
    target, count = report.target(f"share_{role}"), int((goods["role"] == role).sum())
    if target is not None:
        found["target"] = report.value(f"background.role_target/role={role}", target, claim, ())
        moves = round(target * len(goods)) - count
        found["moves"] = report.value(f"background.role_moves/role={role}", moves, claim, ("roles",), n=len(goods))
    found["misfits"] = report.value(
        f"background.role_misfits/role={role}", len(odd), claim, ("roles", "orders"), n=count
    )
    margin = report.threshold("profit_margin")
    found["margin_bar"] = report.value("background.role_margin_bar", margin, claim, ())
    paid = lines.products(lines.paid(report))["payable_fen"].sum()
    if paid:
        known = goods["paid_fen"].sum() / paid
        found["covered"] = report.value("background.role_covered", known, claim, ("roles", "orders"), n=len(goods))
    return found


def _headline(report: Report, role: str, values: dict[str, Value]) -> Sentence:
    slots: dict[str, Slot] = {"share": values["items"], "role": Label("role", role)}
    if "target" not in values:
        return sentence("background.roles.no_target", **slots)
    gap = _gap(values)
    case = "near" if _near(report, values) else "above" if gap > 0 else "below"
    return sentence(f"background.roles.{case}", target=values["target"], **slots)


def _gap(values: dict[str, Value]) -> float:
    return float(values["items"].value or 0) - float(values["target"].value or 0)


def _near(report: Report, values: dict[str, Value]) -> bool:
    return abs(_gap(values)) <= report.threshold("role_tolerance")


def _more(report: Report, role: str, tested: bool, values: dict[str, Value]) -> tuple[Sentence, ...]:
    said = []
    if "moves" in values and values["moves"].value and not _near(report, values):
        said.append(
            sentence("background.roles.add" if _gap(values) < 0 else "background.roles.cut", moves=values["moves"])
        )
    others = {basis: values[basis] for basis in BASES if basis in values and basis != "items"}
    if "paid" in others:
        case = "bases" if len(others) == len(BASES) - 1 else "paid"
        said.append(sentence(f"background.roles.{case}", **others))
    case = f"{role}_misfits" if values["misfits"].value else f"{role}_fit" if tested else "untested"
    said.append(sentence(f"background.roles.{case}", count=values["misfits"], bar=values["margin_bar"]))
    if "covered" in values:
        said.append(sentence("background.roles.covered", covered=values["covered"]))
    return tuple(said)


def _roles(shares: Any, count: int) -> Table:
    if shares["target"].isna().any():
        return table(shares.drop(columns="target"), SHARES, n=count)
    return table(shares, SHARES | {"target": "ratio"}, n=count)


def _odd(odd: Any, role: str) -> Table:
    frame = odd.assign(
        paid_amount=odd["paid_fen"] / FEN, click_rate=odd["clicks"] / odd["exposures"].where(odd["exposures"] > 0)
    )
    told = [*list(MISFITS)[:5], TOLD[role]]
    return table(frame.reset_index(drop=True), {name: MISFITS[name] for name in told})


def _verdict(report: Report, values: dict[str, Value]) -> str:
    if "target" not in values:
        return ""
    return "holds" if _near(report, values) else "fails"


def _gaps(report: Report, role: str, goods: Any, shares: Any) -> tuple[Gap, ...]:
    told, found = set(shares["role_basis"]), []
    if "exposures" not in told:
        found.append(report.gap(CLAIMS[role], "missing_file", "PRD", what=Label("gap_what", "exposures")))
    if "contribution" not in told and goods["left_fen"].isna().any():
        found.append(report.gap(CLAIMS[role], "no_cost", "CST", what=Label("gap_what", "contribution")))
    if role == "image":
        found.append(report.gap(CLAIMS[role], "not_measurable", what=Label("gap_what", "co_view")))
    return tuple(found)
