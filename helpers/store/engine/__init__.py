"""The only package that talks to a query engine: Ibis on DuckDB, or on a Spark Connect server.

Everything is said in the subset that gives the same numbers on both. No approximate or missing functions (distinct counts,
quantiles), no bare window lags, no float literals times a column, divisions guarded, orders of rows always complete,
weekdays by index, times without a zone, counts only by conditions that are never empty.
"""

from helpers.store.engine.connection import connect, fetch, named, table
from helpers.store.engine.heads import orders
from helpers.store.engine.layers import united
from helpers.store.engine.shapes import DERIVED, booked, derived, grouped, matching, within

__all__ = [
    "DERIVED",
    "booked",
    "connect",
    "derived",
    "fetch",
    "grouped",
    "matching",
    "named",
    "orders",
    "table",
    "united",
    "within",
]
