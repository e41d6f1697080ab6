"""Two notebooks and a small store for the tests of backfills: one reads orders, the other orders and refunds."""

import json
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers.store import Store

SETTINGS = 'period: str = "2026-10"\nshop: str = "sample"\nlang: str = "zh"'
OPEN = "from helpers.report import open_report\nreport = open_report(period, shop, lang)"
TOLD = """
import json
from IPython.display import display
told = {"chapter": "sales", "title": "t", "period": period, "shop": shop, "shop_name": shop, "lang": lang, "currency": "CNY"}
told |= {"cutoff": str(report.covered), "complete": report.complete, "facts": []}
told["exported"] = {}
told["read"] = {name: str(until) for name, until in report.notes.read.items()}
told |= {"total": total, "sources": {}, "findings": [], "gaps": []}
display({"application/vnd.xiaodian.facts+json": told, "text/plain": ""}, raw=True)
"""
ORDERS = 'total = int(report.table("orders")["payable_fen"].sum())'
REFUNDS = """
lines = report.every("after_sales")
mine = lines[lines["order_id"].isin(report.table("orders")["order_id"].to_list())]
total = int(mine["goods_refund_fen"].sum())
"""


def notebook(ask: str) -> Any:
    """A notebook that opens the report and tells one total."""
    cells = [
        new_markdown_cell("# 一", metadata={"tags": ["zh"]}),
        new_markdown_cell("# One", metadata={"tags": ["en"]}),
    ]
    cells.append(new_code_cell(SETTINGS, metadata={"tags": ["parameters"]}))
    cells += [new_code_cell(OPEN), new_code_cell(ask.strip())]
    return new_notebook(cells=[*cells, new_code_cell(TOLD.strip(), metadata={"tags": ["facts"]})])


def write_notebooks(folder: Path, **asked: str) -> None:
    """Notebooks by name, those of orders and refunds by default."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, ask in (asked or {"01_orders": ORDERS, "02_refunds": REFUNDS}).items():
        nbformat.write(notebook(ask), folder / f"{name}.ipynb")


def orders(*months: str) -> Any:
    """Three paid lines of 100 yuan in each month, on the 5th, the 15th and the 25th."""
    days = [pd.Timestamp(f"{month}-{day}") for month in months for day in ("05", "15", "25")]
    ids = [f"{day:%Y%m%d}0001" for day in days]
    rows = {"line_id": ids, "order_id": ids, "ordered_at": days, "paid_at": days, "payable_fen": 10_000, "quantity": 1}
    return pd.DataFrame(rows)


def refund(order: str, fen: int, applied: str) -> Any:
    """One refund that was asked for on that day and paid on it."""
    day = pd.Timestamp(applied)
    row = {"after_sale_id": f"a{order}", "order_id": order, "line_id": order, "status": "success", "applied_at": day}
    return pd.DataFrame([row | {"refunded_at": day, "goods_refund_fen": fen, "kind": "return"}])


def store(shop: str, table: str, rows: Any, snapshot: str = "2026-11-05") -> None:
    """Put rows into the store as an import would."""
    Store.open().upsert(table, shop, rows.assign(source="0" * 64, snapshot=pd.Timestamp(snapshot)))


def totals(reports: Path) -> dict[str, int]:
    """What each executed notebook told, by shop/period/notebook."""
    found = {}
    for path in sorted(reports.glob("*/*/zh/notebooks/*.ipynb")):
        cells = nbformat.read(path, 4).cells
        data = cells[-1].outputs[0].data["application/vnd.xiaodian.facts+json"]
        data = json.loads(data) if isinstance(data, str) else data
        found["/".join([*path.relative_to(reports).parts[:2], path.stem])] = data["total"]
    return found
