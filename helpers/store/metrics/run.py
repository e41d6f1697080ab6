"""Runs one metric: its rows, its options, a frame with fixed types, stamped with units and versions."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from helpers.definitions import groups, queries, thresholds
from helpers.definitions import shop as shops
from helpers.errors import ParameterError, XiaodianError
from helpers.store import engine
from helpers.store.metrics import deals, goods, people
from helpers.store.metrics.rows import Missing, Rows
from helpers.store.metrics.source import ShopRows

FUNCTIONS = {
    function.__name__: function
    for function in (
        deals.month_gmv, deals.order_value, deals.busy_hours, deals.price_bands, deals.order_quantiles, deals.ship_hours,
        deals.funnel, goods.refund_rate, goods.categories, goods.product_ranks, goods.pareto,
        people.cohorts, people.repurchase, people.rfm, people.new_returning,
    )
}  # fmt: skip


def answer(store: Any, name: str, shop: str, start: date | None, end: date | None, options: Mapping[str, Any]) -> Any:
    """The metric as a small frame; empty where the shop lacks a file for it, which ``attrs["missing"]`` then names.

    ``attrs["columns"]`` holds the unit of each column (``[units]`` of ``queries.toml``), ``attrs["versions"]`` the versions
    of the tables read.

    Raises
    ------
    ParameterError
        No such metric or option.
    XiaodianError
        The answer has more rows than a frame should.
    """
    query = queries.load(name, shop, options)
    source, missing = ShopRows(store, shop), ""
    try:
        frame = _fetched(FUNCTIONS[name](Rows(source, start, end), **_options(query, shop)), query)
    except Missing as error:
        frame, missing = _empty(query), str(error)
    frame.attrs = {
        "metric": name,
        "columns": dict(query.columns),
        "missing": missing,
        "versions": source.versions(),
    }
    return frame


def _options(query: queries.Query, shop: str) -> dict[str, Any]:
    """The options, with what other files of the definitions say."""
    found = dict(query.options)
    least = thresholds.load(shop)["private"]
    if found.get("least", least) < least:
        raise ParameterError(
            f"metric {query.id}", f"least = {found['least']}", f"use {least:g} or more: few show who they are"
        )
    if "provinces" in found and not found["provinces"]:
        found["provinces"] = groups.provinces(shop)
    if "edges" in found and not found["edges"]:
        currency = shops.load(shop).currency
        found["edges"] = groups.price_edges(currency, shop)
        if not found["edges"]:
            raise ParameterError(f"metric {query.id}", f"there are no bands for {currency}", "give edges=[30, 100]")
    return found


def _fetched(found: Any, query: queries.Query) -> Any:
    columns = {name: found[name].cast(kind) for name, kind in query.types.items()}
    frame = engine.fetch(found.select(**columns).limit(query.most_rows + 1))
    if len(frame) > query.most_rows:
        raise XiaodianError(
            f"metric {query.id}", f"gives more than {query.most_rows} rows", "narrow the period or its options"
        )
    return frame


def _empty(query: queries.Query) -> Any:
    kinds = {name: "str" if kind == "string" else kind for name, kind in query.types.items()}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})
