"""How far the data of a shop reach, and which periods can be asked for."""

from datetime import date, timedelta

from helpers.definitions import thresholds
from helpers.errors import ParameterError, nearest
from helpers.period import Period, month_of
from helpers.store import Store


def checked_period(store: Store, period: str | int, shop: str) -> Period:
    """The period, once it is certain that the shop is known and has data in it.

    Raises
    ------
    ParameterError
        As `open_report`.
    """
    if not store.tables(shop):
        known = store.shops()
        todo = nearest(shop, known) if known else "run `xiaodian sample` and `xiaodian ingest` first"
        raise ParameterError("shop", f"{shop!r} has no data in the store", todo)
    chosen = Period.parse(period)
    first, last = store_span(store, shop)
    if chosen.end < first or chosen.start > last:
        near = month_of(first if chosen.end < first else last)
        raise ParameterError(
            "period", f"shop {shop} has no data in {chosen}; data run {first} to {last}", f"try {near}"
        )
    return chosen


def store_span(store: Store, shop: str) -> tuple[date, date]:
    """First and last day of the shop's orders, or of all its tables where it has no orders."""
    names = store.tables(shop)
    spans = [store.span(name, shop) for name in (["orders"] if "orders" in names else names)]
    found = [span for span in spans if span is not None]
    if not found:
        raise ParameterError("shop", f"{shop} has no dated rows in the store", "ingest its order export first")
    return min(first for first, _ in found), max(last for _, last in found)


def covered_until(store: Store, shop: str) -> date:
    """The last day that the data hold in full: the day before the export, or the last day seen if that is unknown."""
    last = store_span(store, shop)[1]
    taken = store.snapshot("orders", shop)
    if taken is None or taken.date() < last:
        return last
    tail = store.frame("orders", shop, last, last)
    latest = max(tail[name].max() for name in ("paid_at", "ordered_at") if name in tail and tail[name].notna().any())
    return taken.date() - timedelta(1) if taken > latest else last


def horizon(period: Period, shop: str) -> date:
    """The last day of which a review of the period may know anything but what concerns its own orders."""
    return period.end + timedelta(int(thresholds.load(shop)["later_days"]))


def last_complete_month(store: Store, shop: str) -> Period:
    """The last calendar month that the shop's data cover to its end; else the last one with any data."""
    until = covered_until(store, shop)
    month = month_of(until)
    return month if month.end <= until or month.previous().end < store_span(store, shop)[0] else month.previous()
