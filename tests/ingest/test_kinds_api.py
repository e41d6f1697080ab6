"""Dumps of the open platform: hundredths of a yuan and seconds since 1970, as objects and as flat tables."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
from conftest import SHOP, write_csv, write_xlsx  # type: ignore[import-not-found]
from shop_files import ORDER, PRODUCT, Read, balanced, fen, grid, lines, no_one_named  # type: ignore[import-not-found]

from helpers.sample.story import headers

# the open platform -----------------------------------------------------------------------------------------------


def object_line(line: str, amount: int, **other: Any) -> dict[str, Any]:
    return {
        "order_id": ORDER + line,
        "parent_order_id": ORDER + "01",
        "product_id": int(PRODUCT),
        "product_name": "纸尿裤 M",
        "item_num": 1,
        "pay_amount": amount,
        "promotion_pay_amount": 500,
        "order_status": 5,
        "create_time": 1790992740,
        "pay_time": 1790992800,
        "author_id": 0,
        "after_sale_info": {"after_sale_status": 12},
    } | other


def answer() -> dict[str, Any]:
    """One order of two lines, 1,234.50 and 0, and an unpaid one of 300.10."""
    person = {
        "post_tel": "13812345678",
        "post_receiver": "张三丰",
        "buyer_words": "请放门口",
        "post_addr": {"province": {"name": "广东省"}, "detail": "幸福路8号"},
        "logistics_info": [{"tracking_no": "YT01", "company": "yuantong"}],
    }
    head = {"order_status": 5, "create_time": 1790992740, "pay_time": 1790992800, "pay_amount": 123450}
    paid = {
        "order_id": ORDER + "01",
        **head,
        "sku_order_list": [object_line("02", 123450, room_id=7), object_line("03", 0)],
    }
    open_ = object_line("04", 30010, parent_order_id=ORDER + "04", pay_time=0, order_status=4, after_sale_info={})
    unpaid = {"order_id": ORDER + "04", **head, "pay_time": 0, "order_status": 4, "sku_order_list": [open_]}
    return {"code": 10000, "msg": "success", "data": {"shop_order_list": [paid | person, unpaid | person], "total": 2}}


def test_orders_of_the_open_platform_are_in_hundredths_and_seconds(raw: Path, read: Read, data: Path) -> None:
    path = raw / "orders_20261101.json"
    path.write_text(json.dumps(answer(), ensure_ascii=False), encoding="utf-8")
    report, store = read(path)
    entry = balanced(report.entries[0])
    assert (entry.kinds, entry.kept, entry.problems) == (("ORD/api",), 3, [])
    frame = store.frame("orders", SHOP).set_index("line_id").sort_index()
    assert frame["payable_fen"].tolist() == [123450, 0, 30010]
    assert frame["order_id"].str[-2:].tolist() == ["01", "01", "04"]
    assert frame["paid_at"].tolist()[0] == pd.Timestamp("2026-10-03 10:00:00") and pd.isna(frame["paid_at"].iloc[2])
    assert frame["ordered_at"].eq(pd.Timestamp("2026-10-03 09:59:00")).all()
    assert frame["status"].tolist() == ["finished", "finished", "cancelled"]
    assert frame["after_sale"].tolist() == ["refunded", "refunded", "none"]
    assert frame["carrier"].fillna("").tolist() == ["live", "", ""] and frame["talent_id"].isna().all()
    assert frame["province"].tolist() == ["广东省"] * 3 and frame["product_id"].tolist() == [PRODUCT] * 3
    no_one_named(store, data)


HEADS = (("01", "123450"), ("09", "7000"))
FLAT = [
    "order_id",
    "parent_order_id",
    "product_id",
    "item_num",
    "pay_amount",
    "order_status",
    "create_time",
    "pay_time",
    "post_tel",
]


def flat(**other: str) -> list[list[str]]:
    rows = [
        [f"{ORDER}02", f"{ORDER}01", PRODUCT, "2", "123450", "5", "1790992740", "1790992800", "13812345678"],
        [f"{ORDER}03", f"{ORDER}01", PRODUCT, "1", "0", "5", "1790992740", "1790992800", "13812345678"],
        [f"{ORDER}05", f"{ORDER}05", PRODUCT, "1", "5990", "3", "1791079200", "1791079200", "13812345678"],
    ]
    return [[other.get(name, cell) for name, cell in zip(FLAT, row, strict=True)] for row in rows]


def test_flat_tables_with_the_platforms_names_are_read_the_same_way(raw: Path, read: Read, data: Path) -> None:
    rows = flat()
    book = write_xlsx(raw / "erp_20261101.xlsx", {"s": [FLAT, *rows[:2]]})
    report, store = read(book, write_csv(raw / "erp_20261101.csv", FLAT, rows[2:]))
    assert [balanced(entry).kinds for entry in report.entries] == [("ORD/api-flat",)] * 2
    frame = store.frame("orders", SHOP)
    assert fen(frame, "payable_fen") == 129440 and frame["order_id"].nunique() == 2
    assert sorted(frame["paid_at"].dt.day) == [3, 3, 4]
    no_one_named(store, data)


def test_names_of_the_platform_with_yuan_or_clock_times_are_refused(raw: Path, read: Read) -> None:
    others = [
        {"pay_amount": "1234.50"},
        {"pay_amount": "¥89"},
        {"create_time": "2026-10-03 09:59:00"},
        {"pay_time": "1790992800000"},
    ]
    files = [write_csv(raw / f"erp_2026110{at}.csv", FLAT, flat(**other)) for at, other in enumerate(others, 1)]
    for entry, other in zip(read(*files)[0].entries, others, strict=True):
        assert (
            entry.status == "refused" and "开放平台" in entry.reason["zh"] and next(iter(other)) in entry.reason["zh"]
        )


def test_a_flat_table_whose_orders_repeat_without_ids_of_lines_is_refused(raw: Path, read: Read) -> None:
    titles, rows = [name for name in FLAT if name != "parent_order_id"], [[*row[:1], *row[2:]] for row in flat()]
    rows[1][0], rows[1][1] = rows[0][0], "3612345678901234568"
    entry = read(write_csv(raw / "erp_20261101.csv", titles, rows))[0].entries[0]
    assert entry.status == "refused" and "order_id" in entry.reason["en"]
    rows[1][0] = ORDER + "07"
    report, store = read(write_csv(raw / "erp_20261102.csv", titles, rows))
    balanced(report.entries[0])
    assert fen(store.frame("orders", SHOP), "payable_fen") == 129440


def test_whole_orders_of_the_open_platform_are_not_counted_beside_their_lines(raw: Path, read: Read) -> None:
    titles = ["order_id", "pay_amount", "order_status", "create_time", "pay_time", "post_receiver"]
    rows = [[ORDER + end, amount, "5", "1790992740", "1790992800", "张三丰"] for end, amount in HEADS]
    report, store = read(write_csv(raw / "erp_20261101.csv", titles, rows))
    assert balanced(report.entries[0]).kinds == ("ORD/api-heads",)
    assert fen(store.frame("orders", SHOP), "payable_fen") == 123450 + 7000
    names = headers("orders_a")
    _, store = read(write_csv(raw / "1793500000_a.csv", names, grid(names, lines())))
    frame = store.frame("orders", SHOP)
    assert fen(frame, "payable_fen") == 159450 + 7000 and frame["order_id"].nunique() == 4
    rows[1][0] = rows[0][0]
    entry = read(write_csv(raw / "erp_20261102.csv", titles, rows))[0].entries[0]
    assert entry.status == "refused" and "order_id" in entry.reason["zh"]


def test_after_sales_of_the_open_platform(raw: Path, read: Read, data: Path) -> None:
    def item(at: int, status: int, refund: int, **other: int) -> dict[str, Any]:
        info = {
            "aftersale_id": f"14000000000000{at:03}1",
            "related_id": ORDER + "02",
            "aftersale_type": 0,
            "aftersale_status": status,
            "apply_time": 1790992740,
            "refund_amount": 9550,
            "refund_post_amount": 600,
            "refund_status": refund,
            "aftersale_refund_type": 0,
            "remark": "老客户李四",
        }
        return {
            "aftersale_info": info | other,
            "order_info": {
                "shop_order_id": ORDER + "01",
                "related_order_info": [{"sku_order_id": ORDER + "02", "order_status": 3}],
            },
            "text_part": {"reason_text": "质量问题"},
        }

    items = [
        item(1, 12, 3, refund_time=1791340200),
        item(6, 12, 3),
        item(2, 12, 2),
        item(3, 28, 4),
        item(4, 6, 0, aftersale_type=2),
        item(5, 12, 3, aftersale_refund_type=4),
    ]
    path = raw / "aftersale_20261101.json"
    path.write_text(json.dumps({"data": {"items": items, "total": 5}}, ensure_ascii=False), encoding="utf-8")
    report, store = read(path)
    entry = balanced(report.entries[0])
    assert (entry.kinds, entry.kept, entry.quarantined) == (("AFS/api",), 5, 1)
    frame = store.frame("after_sales", SHOP).set_index("after_sale_id").sort_index()
    assert frame["status"].tolist() == ["success", "pending", "closed", "pending", "success"]
    success = frame[frame["status"] == "success"]
    assert (fen(success, "goods_refund_fen"), fen(success, "freight_refund_fen")) == (8950, 600)
    assert frame["kind"].tolist()[3] == "refund_unshipped" and frame["reason"].tolist() == ["质量问题"] * 5
    assert frame["refunded_at"].dropna().tolist() == [pd.Timestamp("2026-10-07 10:30:00")]
    assert store.quarantine(SHOP)["reason"].tolist() == ["no_refund_time"]  # never booked by its request
    assert frame["applied_at"].eq(pd.Timestamp("2026-10-03 09:59:00")).all() and frame["line_id"].eq(ORDER + "02").all()
    no_one_named(store, data)
