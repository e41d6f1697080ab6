"""Fifteen metrics over the whole store, each an expression that DuckDB and Spark answer alike.

A metric is a function of `Rows` (the rows as they count) and its options; columns, units and options stand in
``queries.toml``. `answer` runs one and gives a small frame.
"""

from helpers.store.metrics.run import answer

__all__ = ["answer"]
