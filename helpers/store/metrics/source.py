"""What a store gives of one shop to metrics: tables as expressions, and what is known of a column without reading it."""

from datetime import date
from typing import Any

import pandas as pd

from helpers.store import engine

COLUMNS = {  # what metrics read of the wide tables: the engine plans faster with few columns
    "orders": (
        *("order_id", "line_id", "product_id", "payable_fen", "refund_fen", "paid_at", "appointed_at", "shipped_at"),
        *("order_type", "line_kind", "province", "buyer_key", "category"),
    ),
    "after_sales": (
        *("after_sale_id", "line_id", "product_id", "goods_refund_fen", "freight_refund_fen", "coupon_refund_fen"),
        *("status", "applied_at", "refunded_at"),
    ),
}


class ShopRows:
    """The rows of one shop in a store, at the versions that it is pinned to."""

    def __init__(self, store: Any, shop: str) -> None:
        self.store, self.shop = store, shop
        self.read: set[str] = set()  # tables that were asked for
        self._files: dict[str, Any] = {}

    def part(self, table: str, start: date | None, end: date | None) -> Any:
        """The table as an expression; it may hold more than the days asked for, but lacks none of them."""
        self.read.add(table)
        return self.store._unbooked(table, self.shop, start, end, COLUMNS.get(table))

    def holds(self, table: str, column: str) -> bool:
        """Whether any row of the shop has that column."""
        self.read.add(table)
        known = self._known(table, column)
        if known is not None:
            return bool((known["empty"] < known["rows"]).any())
        rows = self.part(table, None, None)
        return self.some(rows.filter(rows[column].notnull()))

    def never(self, table: str, column: str, what: str) -> bool:
        """Whether the store's statistics say that the column is never ``empty``, or never ``negative``."""
        known = self._known(table, column, ends=what == "negative")
        if known is None:
            return False
        return not bool(((known["empty"] > 0) if what == "empty" else (known["least"] < 0)).any())

    def ends(self, table: str, column: str) -> tuple[date, date]:
        """First and last day in a column that some row has."""
        known = self._known(table, column, ends=True)
        if known is not None:
            first, last = known["least"].min(), known["most"].max()
        else:
            rows = self.part(table, None, None)
            first, last = engine.fetch(rows.aggregate(first=rows[column].min(), last=rows[column].max())).iloc[0]
        return pd.Timestamp(first).date(), pd.Timestamp(last).date()

    def some(self, rows: Any) -> bool:
        """Whether an expression has any row."""
        return len(engine.fetch(rows.select(rows.columns[0]).limit(1))) > 0

    def versions(self) -> dict[str, int]:
        """The versions of the tables that were read."""
        names = self.read | ({"order_heads"} if "orders" in self.read else set())
        return {name: pin.version for name in sorted(names) if (pin := self.store._pin(name, self.shop))}

    def _known(self, table: str, column: str, ends: bool = False) -> Any | None:
        """Statistics of a column, one row per file: rows, empty, and least and most if asked; None where the log lacks one.

        Where heads of orders complete the lines it says nothing of them.
        """
        if table not in self._files:
            heads = table == "orders" and self.store._rows("order_heads", self.shop)
            self._files[table] = None if heads else self.store._files(table, self.shop)
        files = self._files[table]
        if files is None or (len(files) and f"null_count.{column}" not in files):
            return None
        told = {"empty": f"null_count.{column}", "least": f"min.{column}", "most": f"max.{column}"}
        found = pd.DataFrame({"rows": files["rows"], **{name: files.get(stat) for name, stat in told.items()}})
        filled = found[found["empty"] < found["rows"]]
        untold = found["empty"].isna().any() or (ends and filled[["least", "most"]].isna().any(axis=None))
        return None if untold else found
