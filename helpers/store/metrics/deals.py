"""Metrics of orders: amounts by month, value per order, hours, bands, provinces, shipping, and the traffic before them."""

from collections.abc import Mapping, Sequence
from typing import Any

import ibis

from helpers.errors import ParameterError
from helpers.store import engine
from helpers.store.metrics.rows import Missing, Rows, month, month_text, orders, quantiles, ratio

OTHER, UNKNOWN = "other", "unknown"
UNSENT = -1


def month_gmv(rows: Rows) -> Any:
    """What was paid in each month: ``month``, ``paid_fen``."""
    days = rows.paid.group_by(day=rows.paid.paid_at.date()).aggregate(
        paid_fen=rows.paid.payable_fen.sum().cast("int64")
    )
    found = days.group_by(at=month(days.day)).aggregate(paid_fen=days.paid_fen.sum())  # by days first: that is faster
    return found.mutate(month=month_text(found["at"])).order_by("month")


def order_value(rows: Rows) -> Any:
    """Orders of each quarter and their mean: ``quarter``, ``orders``, ``paid_fen``, ``order_value_fen``."""
    each = rows.orders
    found = each.group_by(year=each.paid_at.year(), quarter=each.paid_at.quarter()).aggregate(
        orders=each.count(), paid_fen=each.paid_fen.sum()
    )
    quarter = found.year.cast("string") + "Q" + found.quarter.cast("string")
    return found.mutate(quarter=quarter, order_value_fen=ratio(found.paid_fen, found.orders)).order_by("quarter")


def busy_hours(rows: Rows) -> Any:
    """Orders by ``weekday`` (0 is Monday) and ``hour`` of their payment: ``orders``, ``paid_fen``."""
    each = orders(_timed(rows))
    keys = {name: engine.derived(each.paid_at, name) for name in ("weekday", "hour")}
    found = each.group_by(**keys).aggregate(orders=each.count(), paid_fen=each.paid_fen.sum())
    return found.order_by(["weekday", "hour"])


def _timed(rows: Rows) -> Any:
    """The paid lines, where their file tells more of a payment than its day."""
    paid = rows.paid
    if not rows.source.some(paid.filter(paid.paid_at != paid.paid_at.date().cast(paid.paid_at.type()))):
        raise Missing("orders.paid_at (hours)")
    return paid


def price_bands(rows: Rows, edges: Sequence[float]) -> Any:
    """Orders by band of their value; a value that is an edge belongs to the band above it.

    Columns ``band`` (from 0), ``from_fen`` (included), ``to_fen`` (not included, empty for the last), ``orders``, ``paid_fen``,
    ``order_share`` (0-1).

    Parameters
    ----------
    edges : sequence of float
        Upper ends of the bands in currency units, rising; the last band is open.
    """
    cuts = [round(edge * 100) for edge in edges]
    if cuts != sorted(set(cuts)) or cuts[0] <= 0:
        raise ParameterError("metric price_bands", f"edges = {list(edges)}", "give positive numbers in rising order")
    each = rows.orders
    band = sum(((each.paid_fen >= cut).cast("int64") for cut in cuts), start=ibis.literal(0, "int64"))
    found = each.group_by(band=band).aggregate(orders=each.count(), paid_fen=each.paid_fen.sum())
    ends = [ibis.cases(*((found.band == at, end) for at, end in side), else_=None) for side in _sides(cuts)]
    share = ratio(found.orders, found.orders.sum().over(ibis.window()))
    return found.mutate(from_fen=ends[0], to_fen=ends[1], order_share=share).order_by("band")


def _sides(cuts: Sequence[int]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    return list(enumerate([0, *cuts])), list(enumerate(cuts))


def order_quantiles(rows: Rows, least: float, provinces: Mapping[str, str], **shares: float) -> Any:
    """Quantiles of the order value by province, so that no row stands for fewer orders than ``least``.

    Provinces below it are pooled as ``other``; a pool that is itself too small takes in the next smallest. Columns ``province``,
    ``orders``, ``q25_fen``, ``median_fen``, ``q75_fen``, ``q90_fen``.

    Parameters
    ----------
    provinces : mapping of str to str
        One name per way of writing a province.
    """
    each = orders(rows.paid, province=rows.paid.province.min())
    counted = each.group_by(["province", "paid_fen"]).aggregate(times=each.count())
    ways = counted.group_by("province").aggregate(size=counted.times.sum())
    ways = ways.mutate(
        name=(ways.province.substitute(dict(provinces)) if provinces else ways.province).fill_null(UNKNOWN)
    )
    shown = ways.left_join(_pool(ways, least), "name").select(
        "province", shown=lambda both: both.pool.fill_null(both.name)
    )
    same = counted.province.identical_to(shown.province)
    counted = counted.inner_join(shown, same).select("paid_fen", "times", province="shown")
    found = quantiles(counted, "province", "paid_fen", dict(shares)).rename(orders="n")
    last = found.province.isin([OTHER, UNKNOWN])
    return found.order_by([last, found.orders.desc(), found.province])


def _pool(ways: Any, least: float) -> Any:
    """The provinces that are pooled, with the pool's name."""
    sizes = ways.group_by("name").aggregate(size=ways["size"].sum())
    sizes = sizes.mutate(
        position=ibis.row_number().over(ibis.window(order_by=[sizes["size"], sizes.name])),
        few=(sizes["size"] < int(least)).cast("int64"),
    )
    whole = ibis.window()
    sizes = sizes.mutate(fewer=sizes.few.sum().over(whole), inside=(sizes.few * sizes["size"]).sum().over(whole))
    joins = (sizes.fewer > 0) & (sizes.inside < int(least)) & (sizes.position == sizes.fewer)
    return sizes.filter((sizes.few == 1) | joins).select("name", pool=ibis.literal(OTHER))


def ship_hours(rows: Rows, **shares: float) -> Any:
    """Hours from payment until all goods of an order were sent, to the minute, and how many orders are not sent.

    Only physical goods without an appointment; an order sent before it was paid waited 0 hours. Columns ``month``, ``orders``
    (sent), ``unsent``, ``median_hours``, ``q90_hours``.
    """
    if not rows.source.holds("orders", "shipped_at"):
        raise Missing("orders.shipped_at")
    paid = _timed(rows)
    sound = (paid.line_kind.fill_null("product") == "product") & paid.appointed_at.isnull()
    sound &= paid.order_type.fill_null("physical") == "physical"
    sent = {"sent_at": paid.shipped_at.max(where=sound), "unsent": paid.count(where=sound & paid.shipped_at.isnull())}
    each = orders(paid, lines=paid.count(where=sound), **sent)
    each = each.filter(each.lines > 0)
    minutes = ((each.sent_at.epoch_seconds() - each.paid_at.epoch_seconds()).cast("int64") // 60).cast("int64")
    waited = (each.unsent == 0).ifelse(ibis.greatest(minutes, ibis.literal(0, "int64")), UNSENT)
    counted = each.group_by(at=month(each.paid_at), minutes=waited).aggregate(times=each.count())
    rest = counted.times.sum(where=counted.minutes == UNSENT).fill_null(0)
    months = counted.group_by("at").aggregate(unsent=rest)
    found = quantiles(counted.filter(counted.minutes != UNSENT), "at", "minutes", dict(shares))
    found = months.left_join(found, "at").drop("at_right")
    hours = {name: found[name] / ibis.literal(60).cast("float64") for name in shares}
    return found.mutate(month=month_text(found["at"]), orders=found.n.fill_null(0), **hours).order_by("month")


def funnel(rows: Rows) -> Any:
    """Exposures, clicks and orders by carrier; advertising windows are added up only where they have no total.

    Columns ``carrier``, counts of times ``exposures``, ``clicks``, ``orders`` and of people per day ``exposure_users``,
    ``click_users``, ``buyers``, ``paid_fen``; rates 0-1 over the days that know both numbers ``click_rate``, ``order_rate``,
    ``click_rate_users``, ``buyer_rate_users``.
    """
    if not rows.source.holds("channel_days", "day"):
        raise Missing("channel_days")
    days = engine.within(rows.source.part("channel_days", rows.start, rows.end), ["day"], rows.start, rows.end)
    window = days.ad_window.fill_null("any")
    totals = (window == "any").cast("int64").sum().over(ibis.window())
    days = days.mutate(totals=totals).filter(
        lambda found: (found.totals == 0) | (found.ad_window.fill_null("any") == "any")
    )
    plain = ("exposures", "clicks", "orders", "exposure_users", "click_users", "buyers", "paid_fen")
    rates = {
        "click_rate": ("clicks", "exposures"),
        "order_rate": ("orders", "clicks"),
        "click_rate_users": ("click_users", "exposure_users"),
        "buyer_rate_users": ("buyers", "click_users"),
    }
    sums = {name: days[name].sum() for name in plain}
    for name, (part, whole) in rates.items():
        known = days[part].notnull() & days[whole].notnull()
        sums[name] = ratio(days[part].sum(where=known), days[whole].sum(where=known))
    return days.group_by(carrier=days.carrier.fill_null("all")).aggregate(**sums).order_by("carrier")
