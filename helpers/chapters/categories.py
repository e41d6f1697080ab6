"""The category that each order line belongs to."""

from typing import Any

from helpers.report import Report


def of(report: Report, rows: Any) -> Any:
    """Category of each line: its own, else the shop's list, else the platform's product table; indexed as the lines."""
    found = rows["category"]
    for name in ("roles", "product_periods"):
        listed = report.every(name)
        if len(listed):
            known = listed.dropna(subset=["category"]).drop_duplicates("product_id", keep="last")
            found = found.fillna(rows["product_id"].map(known.set_index("product_id")["category"]))
    return found
