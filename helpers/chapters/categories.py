"""The category that each order line belongs to."""

from typing import Any

from helpers.report import Report


def of(report: Report, rows: Any) -> Any:
    """Category of each line: its own, else the shop's list, else the platform's product table; indexed as the lines."""
    found = rows["category"]
    for name in ("roles", "product_periods"):
        if len(report.every(name)):
            found = found.fillna(rows["product_id"].map(_listed(report, name)))
    return found


def _listed(report: Report, name: str) -> Any:
    """The last category that a table gives each product, indexed by product."""

    def made() -> Any:
        known = report.every(name)[["product_id", "category"]].dropna(subset=["category"])
        return known.drop_duplicates("product_id", keep="last").set_index("product_id")["category"]

    return report.once(f"category by {name}", made)
