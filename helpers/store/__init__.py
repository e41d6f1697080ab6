"""The clean tables: one Delta table per table of the definitions, read through one engine."""

from helpers.store.store import Store

__all__ = ["Store"]
