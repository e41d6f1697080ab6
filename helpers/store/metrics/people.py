"""Metrics of buyers, where orders or the shop's member list carry a pseudonymous key."""

from datetime import timedelta
from typing import Any

import ibis

from helpers.errors import ParameterError
from helpers.store import engine
from helpers.store.delta import EARLY
from helpers.store.metrics.rows import Rows, month, month_text, orders, ratio


def cohorts(rows: Rows) -> Any:
    """How many of those who bought first in the period bought again in which later month of it.

    First orders are looked for in all data up to the end of the period. Columns ``cohort`` (month of the first order), ``age``
    (months since), ``size`` (buyers at the start), ``buyers`` (who bought then), ``share`` (0-1).
    """
    known = _known(rows)
    if rows.start is not None and rows.start.day > 1:
        raise ParameterError(
            "metric cohorts", f"start = {rows.start}", "months are counted whole: begin on the first of one"
        )
    active = known.select("buyer_key", at=month(known.paid_at)).distinct()
    first = active.group_by("buyer_key").aggregate(born=active["at"].min())
    if rows.start is not None:
        first = first.filter(first.born >= rows.start.year * 12 + rows.start.month - 1)
    both = active.inner_join(first, "buyer_key")
    counted = both.group_by(["born", "at"]).aggregate(buyers=both.count())
    age = counted["at"] - counted.born
    found = counted.mutate(age=age, start=(age == 0).ifelse(counted.buyers, 0))
    size = found.start.sum().over(ibis.window(group_by=found.born))
    found = found.mutate(cohort=month_text(found.born), size=size)
    return found.mutate(share=ratio(found.buyers, found["size"])).order_by(["cohort", "age"])


def repurchase(rows: Rows, days: int) -> Any:
    """Of those who bought first in the period, by month: how many came back within so many days.

    Only buyers that the data follow for so many days count as watched, and are the base of the share. Columns ``cohort``,
    ``first_buyers``, ``watched``, ``repeat_buyers``, ``repeat_share`` (0-1).
    """
    known = _known(rows)
    each = orders(known, buyer_key=known.buyer_key.min()).mutate(day=lambda found: found.paid_at.date())
    first = each.group_by("buyer_key").aggregate(first=each.day.min())
    near = each.inner_join(engine.within(first, ["first"], rows.start, None), "buyer_key")
    near = near.filter(near.day <= near["first"] + ibis.interval(days=int(days)))
    buyers = near.group_by("buyer_key").aggregate(first=near["first"].min(), orders=near.count())
    watched = buyers["first"] <= ibis.timestamp(f"{rows.followed_until - timedelta(int(days))} 00:00:00")
    buyers = buyers.select(
        at=month(buyers["first"]),
        watched=watched.cast("int64"),
        again=(watched & (buyers.orders > 1)).cast("int64"),
    )
    found = buyers.group_by("at").aggregate(
        first_buyers=buyers.count(), watched=buyers.watched.sum(), repeat_buyers=buyers.again.sum()
    )
    share = ratio(found.repeat_buyers, found.watched)
    return found.mutate(cohort=month_text(found["at"]), repeat_share=share).order_by("cohort")


def rfm(rows: Rows, scores: int) -> Any:
    """The buyers of the period by three scores: how lately, how often and for how much they bought.

    Columns ``recency``, ``frequency``, ``money`` (scores from 1, the highest best), ``buyers``, ``orders``, ``paid_fen``.
    """
    known = engine.within(_known(rows), ["paid_at"], rows.start, rows.end)
    each = orders(known, buyer_key=known.buyer_key.min())
    buyers = each.group_by("buyer_key").aggregate(
        last=each.paid_at.max().date(), orders=each.count(), paid_fen=each.paid_fen.sum().cast("int64")
    )
    measures = {"recency": "last", "frequency": "orders", "money": "paid_fen"}
    buyers = buyers.mutate(**{name: _score(buyers, value, scores) for name, value in measures.items()})
    keys = ["recency", "frequency", "money"]
    found = buyers.group_by(keys).aggregate(
        buyers=buyers.count(), orders=buyers.orders.sum(), paid_fen=buyers.paid_fen.sum()
    )
    return found.order_by([found[name].desc() for name in keys])


def _score(buyers: Any, value: str, scores: int) -> Any:
    """A score from 1 by the share of buyers that lie below; equal values get equal scores."""
    below = ibis.rank().over(ibis.window(order_by=buyers[value])).cast("int64")
    return (below * scores // buyers.count().over(ibis.window())).cast("int64") + 1


def new_returning(rows: Rows) -> Any:
    """Buyers of each month: those whose first order lies in it, and those known before; what each side paid.

    Buyers are known as far back as the data go, so in the first months of the data nearly all look new. Columns ``month``,
    ``new_buyers``, ``returning_buyers``, ``returning_share`` (0-1), ``new_fen``, ``returning_fen``, ``unknown_fen`` (paid by
    buyers that no file names).
    """
    bought = rows.bought
    here = bought.paid_at >= ibis.timestamp(f"{rows.start or EARLY} 00:00:00")
    spent = bought.group_by(buyer_key=bought.buyer_key, at=month(bought.paid_at)).aggregate(
        fen=bought.payable_fen.sum(where=here).fill_null(0), lines=bought.count(where=here)
    )
    known = spent.filter(spent.buyer_key.notnull())
    first = known.group_by("buyer_key").aggregate(first=known["at"].min())
    here = spent.filter(spent.lines > 0)
    both = here.left_join(first, "buyer_key").drop("buyer_key_right")
    sides = {"new": both["first"] == both["at"], "returning": both["first"] < both["at"]}
    sides = {side: is_it.fill_null(False) for side, is_it in sides.items()}  # else Spark counts none as empty
    sums = {f"{side}_buyers": both.count(where=is_it) for side, is_it in sides.items()}
    sums |= {f"{side}_fen": both.fen.sum(where=is_it).fill_null(0) for side, is_it in sides.items()}
    sums["unknown_fen"] = both.fen.sum(where=both["first"].isnull()).fill_null(0)
    found = both.group_by("at").aggregate(**sums)
    share = ratio(found.returning_buyers, found.new_buyers + found.returning_buyers)
    return found.mutate(month=month_text(found["at"]), returning_share=share).order_by("month")


def _known(rows: Rows) -> Any:
    return rows.bought.filter(rows.bought.buyer_key.notnull())
