"""Other platforms are definitions, not code: the examples of docs/exports.md and the British shop."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from conftest import SHOP, write_csv  # type: ignore[import-not-found]
from pyarrow import parquet

from helpers.ingest import ingest
from helpers.store import Store

ROOT = Path(__file__).parents[2]
Read = Callable[..., Any]


def documented(raw: Path, *names: str) -> None:
    """Put complete examples of the documentation into the shop's own definitions."""
    text = (ROOT / "docs/exports.md").read_text(encoding="utf-8")
    blocks = dict(re.findall(r"```toml\n# exports/(\S+)\n(.*?)```", text, re.S))
    folder = raw / "definitions/exports"
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_text(blocks[name], encoding="utf-8")


def test_one_file_with_amounts_paid_and_paid_back(raw: Path, read: Read) -> None:
    documented(raw, "tmall.toml")
    headers = ["订单编号", "总金额", "买家实际支付金额", "收货地址 ", "订单创建时间", "订单付款时间 ", "退款金额"]
    rows = [
        ["1", "178.80", "0.00", "上海", "2026-02-21 00:00:00", "", "0.00"],
        ["2", "21.00", "21.00", "内蒙古自治区", "2026-02-20 23:59:54", "2026-02-21 00:00:02", "0.00"],
        ["3", "37.00", "37.00", "安徽省", "2026-02-20 23:59:35", "2026-02-20 23:59:40", "37.00"],
    ]
    report, store = read(write_csv(raw / "tmall.csv", headers, rows, "utf-8"))
    assert report.entries[0].status == "read" and report.entries[0].problems == []
    frame = store.frame("orders", SHOP).set_index("order_id").sort_index()
    assert frame["payable_fen"].tolist() == [17880, 2100, 3700] and frame["refund_fen"].tolist() == [0, 0, 3700]
    assert frame["status"].tolist() == ["unpaid", "paid", "paid"] and frame["after_sale"].tolist() == [
        "none",
        "none",
        "refunded",
    ]
    assert frame["paid_at"].isna().tolist() == [True, False, False] and frame.at["2", "province"] == "内蒙古自治区"


def test_orders_and_items_in_two_files_come_together(raw: Path, read: Read) -> None:
    documented(raw, "heads.toml", "items.toml")
    orders = [
        "order_id",
        "customer_id",
        "order_status",
        "order_purchase_timestamp",
        "order_approved_at",
        "order_delivered_customer_date",
    ]
    items = ["order_id", "order_item_id", "product_id", "price", "freight_value"]
    files = [
        write_csv(
            raw / "orders.csv",
            orders,
            [
                ["o1", "c1", "delivered", "10/2/2026 10:56", "10/2/2026 11:07", "10/10/2026 21:25"],
                ["o2", "c2", "canceled", "10/3/2026 9:00", "", ""],
            ],
        ),
        write_csv(raw / "items.csv", items, [["o1", "1", "p1", "29.99", "8.72"], ["o1", "2", "p2", "10.00", "0"]]),
    ]
    report, store = read(*files)
    assert [entry.status for entry in report.entries] == ["read", "read"], [entry.reason for entry in report.entries]
    frame = store.frame("orders", SHOP).set_index("line_id")
    assert frame["payable_fen"].fillna(0).to_dict() == {"o1-1": 3871, "o1-2": 1000, "o2": 0}
    assert frame["paid_at"].fillna(pd.Timestamp(0)).tolist()[0] == pd.Timestamp("2026-10-02 11:07")
    assert frame["status"].to_dict() == {"o1-1": "finished", "o1-2": "finished", "o2": "cancelled"}
    assert frame.at["o1-1", "buyer_key"] == frame.at["o1-2", "buyer_key"] != frame.at["o2", "buyer_key"]


def invoices() -> Any:
    rows = [
        ("1", "85123A", "HEART", 6, "2010-12-01 08:26", 2.55, 17850.0, "United Kingdom"),
        ("1", "85123A", "HEART", 6, "2010-12-01 08:26", 2.55, 17850.0, "United Kingdom"),  # a duplicate, kept
        ("1", "POST", "POSTAGE", 1, "2010-12-01 08:26", 18.0, None, "France"),
        ("2", "22423", "GIFT", 1, "2010-12-02 08:26", 0.0, None, "France"),
        ("3", "22423", "damaged", -10, "2010-12-03 08:26", 0.0, None, "France"),
        ("A4", "B", "Adjust bad debt", 1, "2010-12-04 08:26", -11062.06, None, "France"),
        ("C5", "85123A", "HEART", -2, "2010-12-05 08:26", 2.55, 17850.0, "United Kingdom"),
        ("6", "PADS", "PADS", 1, "2010-12-06 08:26", 0.001, 1.0, "Spain"),
    ]
    names = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"]
    frame = pd.DataFrame(rows, columns=names)
    return frame.assign(InvoiceDate=pd.to_datetime(frame["InvoiceDate"]).astype("datetime64[us]"))


def test_the_british_shop_balances(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "retail.parquet"
    parquet.write_table(pa.Table.from_pandas(invoices(), preserve_index=False), path)
    entry = ingest([path], "online_retail").entries[0]
    assert entry.kinds == ("ORD",) and entry.tables == ("orders", "after_sales") and entry.problems == []
    assert (entry.rows_in, entry.kept, entry.dropped) == (8, 6, {"bad_debt_adjustment": 1, "stock_adjustment": 1})
    store = Store.open()
    lines = store.frame("orders", "online_retail").set_index("line_id")
    assert lines["payable_fen"].to_dict() == {"1-1": 1530, "1-2": 1530, "1-3": 1800, "2-1": 0, "6-1": 0}
    assert lines["line_kind"].to_dict() == {
        "1-1": "product",
        "1-2": "product",
        "1-3": "other",
        "2-1": "gift",
        "6-1": "other",
    }
    assert lines["buyer_key"].isna().to_dict() == {"1-1": False, "1-2": False, "1-3": True, "2-1": True, "6-1": False}
    back = store.frame("after_sales", "online_retail")
    assert back[["after_sale_id", "quantity", "goods_refund_fen", "kind", "status"]].values.tolist() == [
        ["C5-1", 2, 510, "return", "success"]
    ]
    assert back["buyer_key"].tolist() == [lines.at["1-1", "buyer_key"]]
