"""What was planted, measured where only the maker of the data can measure it."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.sample import alliance, planted, touches
from helpers.sample.orders import prices
from helpers.sample.qianchuan import spend
from helpers.sample.story import calendar, load
from helpers.sample.world import World, stock_out_days


def write(folder: Path, world: World, lines: pd.DataFrame, asks: pd.DataFrame, people: pd.DataFrame) -> Path:
    """Write truths.json: the story and what follows from it; money in yuan, rates 0-1."""
    path = folder / "truths" / "truths.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    truths = _truths(world, lines, asks, people)
    found = {"story": load("story"), "truths": {**truths, "facts": planted.facts(world, truths)}}
    path.write_text(json.dumps(found, ensure_ascii=False, indent=1, default=_plain), encoding="utf-8")
    return path


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value.item()


def _truths(world: World, lines: pd.DataFrame, asks: pd.DataFrame, people: pd.DataFrame) -> dict[str, Any]:
    paid = lines[lines["paid_at"].notna() & (lines["product"] >= 0)]
    back = asks[asks["final"] == "success"].set_index("line")
    returned = back[back["kind"] == "return"].index
    shipped = paid[paid["shipped_at"].notna()]
    rates = shipped.index.isin(returned)
    by_code = pd.Series(rates, world.products["code"].to_numpy()[shipped["product"]]).groupby(level=0).mean()
    waits = (back["refunded_at"] - lines["paid_at"].reindex(back.index)) / pd.Timedelta(days=1)
    return {
        "product_ids": dict(zip(world.products["code"], world.products["product_id"], strict=True)),
        "expected_orders_by_month": _months(world.days, world.demand * (1 - world.lost)),
        "expected_natural_orders_by_month": _months(world.days, world.organic),
        "promotion_lift_by_day": {
            f"{day:%Y-%m-%d}": round(lift, 3) for day, lift in zip(world.days, world.lift, strict=True) if lift != 1
        },
        "hosts": load("story")["live"]["hosts"],
        "return_rate_by_product": by_code.round(4).to_dict(),
        "refund_share_by_days_since_payment": {
            str(age): round(float((waits <= age).mean()), 4) for age in (1, 3, 7, 14, 21, 30, 45)
        },
        "repeat_order_share": round(float((people["nth"] > 1).mean()), 4),
        "ad_spend_yuan": round(float(spend(world).sum()) / 100, 2),
        "october": _october(world, paid),
        "stock_out": _stock_out(world),
        "function_multiples": _function_multiples(world),
        "season": _season(world),
        "alliance": alliance.truths(lines, asks),
        "touches": touches.truths(people),
        "cobrand": _cobrand(world),
        "challenge": _challenge(world, paid),
    }


def _months(days: pd.DatetimeIndex, values: Any) -> dict[str, float]:
    sums = pd.Series(np.asarray(values), days.strftime("%Y-%m")).groupby(level=0).sum()
    return {str(month): round(float(value), 1) for month, value in sums.items()}


def _october(world: World, paid: pd.DataFrame) -> dict[str, Any]:
    """What the price rise alone added: the same orders at the old prices, discounts in proportion."""
    rows = paid[paid["paid_at"].dt.to_period("M") == "2026-10"]
    old = prices(world, rows["day"].to_numpy(), rows["product"].to_numpy(), risen=False)
    goods = rows["payable"] - rows["freight"]
    added = goods.sum() - (goods * old / rows["price"]).sum()
    orders = rows["order"].nunique()
    in_time = (rows["shipped_at"] - rows["paid_at"]) <= pd.Timedelta(hours=48)
    due = rows["head"] & ~rows["presale"] & rows["shipped_at"].notna()
    return {
        "paid_orders": orders,
        "paid_yuan": float(rows["payable"].sum()) / 100,
        "order_value_yuan": round(float(rows["payable"].sum()) / 100 / orders, 4),
        "order_value_from_price_yuan": round(float(added) / 100 / orders, 4),
        "shipped_in_48h": round(float(in_time[due].mean()), 4),
    }


def _stock_out(world: World) -> dict[str, Any]:
    event, gone = load("story")["stock_out"], stock_out_days(world.days)
    lost = float((world.lost * world.demand)[gone].sum())
    at = int(np.flatnonzero(world.products["code"] == event["product"])[0])
    wanted, price = lost / event["lost_share"], prices(world, np.flatnonzero(gone)[:1], np.array([at]))[0] / 100
    days = [f"{day:%Y-%m-%d}" for day in world.days[gone]]
    return {
        "days": days,
        "orders_wanted": round(wanted, 2),
        "orders_lost": round(lost, 2),
        "list_value_lost_yuan": round(lost * price, 2),
    }


def _wanted(world: World) -> Any:
    """Orders of each product that are expected on each day."""
    promoted, share = world.products["promoted"].to_numpy() == 1, load("story")["orders"]["ad_promoted"]
    to_promoted = share * world.mix * promoted / world.mix[:, promoted].sum(axis=1, keepdims=True)
    return world.organic[:, None] * world.mix + world.ad[:, None] * ((1 - share) * world.mix + to_promoted)


def _season(world: World) -> dict[str, Any]:
    """How many times its usual orders the moved category is expected to have in October, what all share taken out."""
    moved = load("story")["october"]
    category, month = moved["mix_category"], moved["from"].month
    orders = pd.DataFrame(_wanted(world), world.days).T.groupby(world.products["category"].to_numpy()).sum().T
    logs = np.log(orders[: pd.Timestamp(load("story")["last_month_end"])].resample("MS").sum())
    own = logs[category] - (logs - logs.mean()).median(axis=1)
    by_month = np.exp(own.groupby(own.index.month).mean())
    return {"category": category, "month": month, "index": round(float(by_month[month] / by_month.mean()), 4)}


def _function_multiples(world: World) -> dict[str, float]:
    """How many times the orders of its category's other products each function's are expected to have, in the last months."""
    goods, story = world.products, load("story")
    last = (world.days >= pd.Timestamp("2026-05-01")) & (world.days <= pd.Timestamp(story["last_month_end"]))
    wanted = np.log(_wanted(world)[last].sum(axis=0))
    function = np.array([story["traits"][code].split(" · ")[0] for code in goods["code"]])
    categories = pd.get_dummies(goods["category"]).to_numpy(dtype=float)
    found = {}
    for name in sorted(set(function)):
        design = np.column_stack([categories, function == name])
        found[str(name)] = round(float(np.exp(np.linalg.lstsq(design, wanted, rcond=None)[0][-1])), 3)
    return found


def _cobrand(world: World) -> dict[str, float]:
    """Share of the co-branded product's buyers who would have bought a sibling: demand is spread over what is listed."""
    goods, story = world.products, load("story")["cobrand"]
    ours = goods["code"] == story["product"]
    siblings = (goods["category"] == goods.loc[ours, "category"].iloc[0]) & ~ours
    sold = world.mix[world.days >= pd.Timestamp(story["from"])].mean(axis=0)
    return {"from_siblings": round(float(sold[siblings].sum() / sold[~ours].sum()), 4)}


def _challenge(world: World, paid: pd.DataFrame) -> dict[str, float]:
    """Orders that the lift of the event added, and what orders of these days were worth."""
    event = calendar().set_index("name").loc[load("story")["challenge"]["event"]]
    days = (world.days >= event["start"]) & (world.days <= event["end"])
    more = float((world.demand * (1 - 1 / world.lift))[days].sum())
    rows = paid[(paid["paid_at"] >= event["start"]) & (paid["paid_at"] < event["end"] + pd.Timedelta(days=1))]
    value = float(rows["payable"].sum()) / 100 / rows["order"].nunique()
    return {"orders": round(more, 2), "sales_yuan": round(more * value, 2)}
