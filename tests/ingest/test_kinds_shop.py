"""Orders, after-sales, parcels and alliance orders as the platform writes them: all columns, totals, odd ids, people in them."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from conftest import SHOP, write_csv, write_xlsx  # type: ignore[import-not-found]
from shop_files import ORDER, PRODUCT, TABBED, Read, balanced, fen, grid, lines, no_one_named  # type: ignore[import-not-found]

from helpers.sample.story import headers

# orders ----------------------------------------------------------------------------------------------------------


def excel(row: Mapping[str, str]) -> dict[str, str]:
    """The row after Excel opened and saved it: no seconds, no zeros, no commas; ids survive as text."""
    times = {"2026-10-03 09:59:00": "2026/10/3 9:59", "2026-10-03 10:00:00": "2026/10/3 10:00"}
    times |= {"2026-10-04 10:00:00": "2026/10/4 10:00", "2026-10-05 10:00:00": "2026/10/5 10:00"}
    money = {"1,234.50": "1234.5", "0.00": "0", "300.10": "300.1", "59.90": "59.9", "50.00": "50"}
    return {name: (times | money).get(cell, cell) for name, cell in row.items()}


def written(raw: Path, how: str) -> Path:
    a, b, name = headers("orders_a"), headers("orders_b"), "1793500000_a"
    if how == "A":
        return write_csv(raw / f"{name}.csv", a, grid(a, lines(), TABBED))
    if how == "B in GB18030":
        return write_csv(raw / f"{name}.csv", b, grid(b, lines(), TABBED), "gb18030")
    if how == "shuffled":
        titles = [*a[37:], *a[:37]][::-1]
        return write_csv(raw / f"{name}.csv", titles, grid(titles, lines(), TABBED))
    if how == "saved by Excel":
        return write_xlsx(raw / f"{name}.xlsx", {"Sheet1": [a, *grid(a, [excel(row) for row in lines()])]})
    titles = ["支付完成时间", "子订单编号", "收件人", "订单应付金额（元）", "订单提交时间", "主订单编号"]
    rows = [row | {"订单应付金额（元）": row["订单应付金额"]} for row in lines()]
    return write_csv(raw / f"{name}.csv", titles, grid(titles, rows, TABBED))


@pytest.mark.parametrize("how", ["A", "B in GB18030", "shuffled", "saved by Excel", "five columns"])
def test_every_version_of_the_order_export_gives_the_same_money(raw: Path, read: Read, data: Path, how: str) -> None:
    report, store = read(written(raw, how))
    entry = balanced(report.entries[0])
    assert (entry.kinds, entry.rows_in, entry.kept) == (("ORD",), 4, 4)
    assert ["流量体裁" in problem["zh"] for problem in entry.problems] == ([] if how == "five columns" else [True])
    frame = store.frame("orders", SHOP).set_index("line_id").sort_index()
    assert frame["payable_fen"].tolist() == [123450, 0, 30010, 5990]
    assert frame["order_id"].str[-2:].tolist() == ["01", "01", "04", "05"]
    paid = pd.Timestamp("2026-10-03 10:00:00")
    assert frame["paid_at"].tolist()[0] == paid and frame["paid_at"].isna().tolist() == [False, False, True, False]
    assert frame["ordered_at"].eq(pd.Timestamp("2026-10-03 09:59:00")).all()
    assert frame["line_kind"].tolist() == ["product", "gift", "product", "product"]
    no_one_named(store, data)
    if how == "five columns":
        assert frame[["quantity", "status", "carrier", "province", "product_id"]].isna().all(axis=None)
        return
    assert frame["status"].tolist() == ["finished", "finished", "closed", "finished"]
    assert frame["talent_id"].fillna("own").tolist() == ["own", "own", "own", "2884016000001"]
    assert frame["carrier"].fillna("?").tolist() == ["live", "live", "live", "?"]
    first = frame.iloc[0]
    assert (first["quantity"], first["sku_code"], first["after_sale"], first["warehouse"]) == (
        2,
        "A-01",
        "refunded",
        "一号仓",
    )
    money = ["list_price_fen", "discount_fen", "payment_discount_fen", "platform_borne_fen", "merchant_borne_fen"]
    assert first[money].tolist() == [64225, 5000, 500, 1000, 4000]


def test_the_total_row_of_an_order_file_is_dropped_and_compared(raw: Path, read: Read) -> None:
    titles = headers("orders_a")
    total = {"主订单编号": "合计", "订单应付金额": "1,594.50"}
    report, store = read(write_csv(raw / "1793500000_a.csv", titles, grid(titles, [*lines(), total])))
    entry = balanced(report.entries[0])
    assert entry.dropped == {"total_row": 1} and len(entry.problems) == 1  # what is updated the next day
    assert fen(store.frame("orders", SHOP), "payable_fen") == 159450
    wrong = total | {"订单应付金额": "1,600.00"}
    report, _ = read(write_csv(raw / "1793500001_b.csv", titles, grid(titles, [*lines(), wrong])))
    problems = " ".join(problem["en"] for problem in balanced(report.entries[0]).problems)
    assert "1,600" in problems and "1,594.5" in problems


def test_reports_by_order_are_refused_with_their_cause(raw: Path, read: Read) -> None:
    changes = {
        "a": ({"子订单编号": f"{ORDER}02;{ORDER}03"}, "多个编号"),
        "b": ({"子订单编号": f"\t{ORDER}02；\t{ORDER}03"}, "多个编号"),
        "c": ({"子订单编号": "", "选购商品": "纸尿裤 M;赠品 湿巾"}, "多个商品"),
        "d": ({"子订单编号": "", "商品ID": f"{PRODUCT};{PRODUCT}"}, "多个编号"),
        "e": ({"子订单编号": ""}, "没有「子订单编号」"),
    }
    files = []
    for name, (change, _) in changes.items():
        titles = [title for title in headers("orders_a") if change.get(title, title)]
        rows = [row | {"选购商品": "纸尿裤"} for row in lines()]
        rows[1] |= change
        files.append(write_csv(raw / f"1793500000_{name}.csv", titles, grid(titles, rows)))
    report, store = read(*files)
    for entry, (_, cause) in zip(report.entries, changes.values(), strict=True):
        assert entry.status == "refused" and cause in entry.reason["zh"] and "商品维度" in entry.todo["zh"]
    assert store.tables(SHOP) == []


def test_a_selection_without_a_column_that_decides_about_money_names_it(raw: Path, read: Read) -> None:
    gone, files = ["支付完成时间", "订单应付金额", "订单提交时间", "主订单编号"], []
    for at, name in enumerate(gone):
        titles = [title for title in headers("orders_b") if title != name]
        files.append(write_csv(raw / f"179350000{at}_a.csv", titles, grid(titles, lines())))
    for entry, name in zip(read(*files)[0].entries, gone, strict=True):
        assert entry.status == "refused" and name in entry.reason["zh"] and "维度" not in entry.reason["zh"]


def test_every_word_of_state_that_the_platform_prints_is_known(raw: Path, read: Read) -> None:
    states = ["待支付", "备货中", "待发货", "部分发货", "已发货", "已完成", "已关闭", "已取消"]
    after = ["-", "退款中", "退款成功", "已全额退款", "待收退货", "待退货", "售后待处理", "售后关闭"]
    carriers = ["直播", "短视频", "商品卡", "图文", "其他", "橱窗", "-", "-"]
    types = ["普通订单", "全款预售", "虚拟", "电子券", "三方核销", "快闪店", "-", "服务市场"]
    titles, rows = headers("orders_b"), [dict(lines()[0]) for _ in states]
    for at, row in enumerate(rows):
        row |= {"子订单编号": f"{ORDER}{at:02}", "订单状态": states[at], "售后状态": after[at]}
        row |= {"流量体裁": carriers[at], "订单类型": types[at], "流量类型": ["广告", "非广告"][at % 2]}
    report, store = read(write_csv(raw / "1793500000_a.csv", titles, grid(titles, rows)))
    entry = balanced(report.entries[0])
    assert entry.kept == 8 and entry.problems == []
    frame = store.frame("orders", SHOP).set_index("line_id").sort_index()
    assert frame["status"].tolist() == ["unpaid", *["paid"] * 3, "shipped", "finished", "closed", "cancelled"]
    assert frame["after_sale"].tolist() == ["none", "open", "refunded", "refunded", "open", "open", "open", "none"]
    assert frame["carrier"].fillna("-").tolist() == ["live", "video", "card", "image_text", "other", "other", "-", "-"]
    kinds = ["physical", "presale", "virtual", "virtual", "virtual", "other", "-", "virtual"]
    assert frame["order_type"].fillna("-").tolist() == kinds
    assert frame["traffic"].tolist() == ["ad", "organic"] * 4


def test_lines_that_cannot_be_right_wait_for_a_person(raw: Path, read: Read) -> None:
    changes = [
        {"订单应付金额": "-"},
        {"订单应付金额": "-59.90"},
        {"订单应付金额": "约60"},
        {"支付完成时间": "2026-09-30 10:00:00"},
        {"商品数量": "0"},
    ]
    titles, rows = headers("orders_a"), lines()
    wrong = [rows[3] | change | {"子订单编号": f"{ORDER}1{at}"} for at, change in enumerate(changes)]
    sound = [rows[3] | {"子订单编号": f"{ORDER}2{at}"} for at in range(2)]
    report, store = read(write_csv(raw / "1793500000_a.csv", titles, grid(titles, [*rows, *wrong, *sound])))
    entry = balanced(report.entries[0])
    assert (entry.kept, entry.quarantined) == (6, 5)
    waiting = [[6 + at, next(iter(change))] for at, change in enumerate(changes)]
    assert store.quarantine(SHOP)[["row", "column"]].values.tolist() == waiting
    assert fen(store.frame("orders", SHOP), "payable_fen") == 159450 + 2 * 5990


def test_the_platforms_chinese_headers_over_unix_times_are_refused(raw: Path, read: Read) -> None:
    titles = headers("orders_a")
    rows = [row | {"订单提交时间": "1790992740", "支付完成时间": "1790992800"} for row in lines()]
    entry = read(write_csv(raw / "orders.csv", titles, grid(titles, rows)))[0].entries[0]
    assert entry.status == "refused" and "unix" in entry.reason["zh"]


# after-sales -----------------------------------------------------------------------------------------------------


def requests() -> list[dict[str, str]]:
    """Successful refunds of 89.50 + 100.00 (less 1.50 of coupon, with 6.00 of freight); the others are no money."""
    shared = {
        "订单号": ORDER + "01",
        "商品单号": ORDER + "02",
        "商品ID": PRODUCT,
        "商品发货状态": "1/1已发货",
        "售后类型": "退货退款",
        "售后状态": "同意退款，退款成功",
        "退款方式": "原路退款",
        "售后原因": "质量问题",
        "售后申请时间": "2026-10-05 08:00:00",
        "商家退货联系人姓名": "张三丰",
        "商家退货联系人电话": "13812345678",
        "商家退货地址": "幸福路8号",
        "订单备注": "老客户李四",
        "用户售后说明": "包装破了，加微信 abc12345 或 13812345678",
        "协商记录": "张三丰：请放门口",
        "是否极速退款": "否",
    }
    own = [
        {"退商品金额（元）": "¥89.50", "用户到账时间": "2026-11-02 08:00:00", "商家退款时间": "2026-11-01 08:00:00"},
        {
            "售后类型": "未发货仅退款",
            "商品发货状态": "未发货",
            "退商品金额（元）": "100",
            "退运费金额（元）": "6",
            "退支付优惠（元）": "1.50",
            "商家退款时间": "2026-10-06 08:00:00",
            "是否极速退款": "是",
        },
        {"退商品金额（元）": "159", "退款方式": "无需退款"},
        {"退商品金额（元）": "30", "售后状态": "售后关闭", "商品发货状态": "0/1已发货", "售后类型": "已发货退款"},
        {"退商品金额（元）": "20", "售后状态": "待买家退货", "售后类型": "仅退款", "商品发货状态": "未发货"},
        {"退商品金额（元）": "-", "售后状态": "换货成功", "售后类型": "换货", "退款方式": "无需退款"},
        {"退商品金额（元）": "3", "售后状态": "待商家处理", "售后类型": "价保"},
        {"退商品金额（元）": "-", "售后状态": "售后成功", "售后类型": "补寄", "退款方式": "无需退款"},
    ]
    return [shared | {"售后单号": f"14000000000000{at:03}1"} | cells for at, cells in enumerate(own)]


def test_after_sales_count_only_what_was_paid_back(raw: Path, read: Read, data: Path) -> None:
    titles = headers("after_sales")
    path = write_xlsx(raw / "售后单-2026-11-05 00_34_04.xlsx", {"Sheet1": [titles, *grid(titles, requests())]})
    report, store = read(path)
    entry = balanced(report.entries[0])
    assert (entry.kinds, entry.kept, entry.problems) == (("AFS",), 8, [])
    assert entry.snapshot == datetime(2026, 11, 5, 0, 34, 4)
    frame = store.frame("after_sales", SHOP).set_index("after_sale_id").sort_index()
    paid = frame[frame["status"] == "success"]
    assert fen(paid, "goods_refund_fen") == 18950 and fen(paid, "freight_refund_fen") == 600
    assert fen(paid, "coupon_refund_fen") == 150
    assert frame["status"].tolist() == ["success"] * 3 + ["closed", "pending", "exchanged", "pending", "success"]
    kinds = ["return", "refund_unshipped", "return", "refund_shipped", "refund_unshipped", "exchange", "other", "other"]
    assert frame["kind"].tolist() == kinds
    assert frame["shipped"].tolist() == ["yes", "no", "yes", "no", "no", "yes", "yes", "yes"]
    times = frame["refunded_at"].tolist()[:2]
    assert times == [pd.Timestamp("2026-11-02 08:00:00"), pd.Timestamp("2026-10-06 08:00:00")]
    assert frame["fast"].tolist()[:2] == [False, True]
    assert frame["note"].iloc[0] == "包装破了，加*** 或 ***"
    no_one_named(store, data, "abc12345")


def test_an_after_sale_in_a_state_that_nobody_knows_waits_for_a_person(raw: Path, read: Read) -> None:
    titles, rows = headers("after_sales"), requests()
    rows[0]["售后状态"] = "特殊退款成功"
    report, store = read(write_xlsx(raw / "售后单-2026-11-05 00_34_04.xlsx", {"Sheet1": [titles, *grid(titles, rows)]}))
    entry = balanced(report.entries[0])
    assert (entry.kept, entry.quarantined) == (7, 1)
    row = store.quarantine(SHOP).iloc[0]
    assert (row["row"], row["column"]) == (2, "售后状态")
    assert "14000000000000001" not in store.frame("after_sales", SHOP)["after_sale_id"].tolist()


# parcels ---------------------------------------------------------------------------------------------------------


def test_a_parcel_holds_several_orders_and_stands_once_per_anomaly(raw: Path, read: Read) -> None:
    titles = ["运单号", "订单编号", "收件人", "揽件时间", "发货时间", "异常类型", "物流公司"]
    shipped, picked = "2026-10-04 10:00:00", "2026-10-04 20:00:00"
    rows = [
        ["\tYT01", f"\t{ORDER}01,\t{ORDER}04", "张三丰", picked, shipped, "揽收超时", "圆通速递"],
        ["\tYT01", f"\t{ORDER}01,\t{ORDER}04", "张三丰", picked, shipped, "虚假发货", "圆通速递"],
        ["\tYT02", f"\t{ORDER}05", "张三丰", "-", "-", "-", "圆通速递"],
    ]
    report, store = read(write_csv(raw / "1793500000_p.csv", titles, rows))
    entry = balanced(report.entries[0])
    assert (entry.kinds, entry.rows_in, entry.kept, entry.replaced, entry.problems) == (("PKG",), 3, 2, 1, [])
    frame = store.frame("parcels", SHOP)
    assert len(frame) == 3 and frame["waybill_id"].nunique() == 2
    assert sorted(frame["order_id"].str[-2:]) == ["01", "04", "05"]
    assert frame["anomaly"].value_counts().to_dict() == {"揽收超时；虚假发货": 2, "none": 1}
    hours = frame.drop_duplicates("waybill_id")[["shipped_at", "picked_at"]].diff(axis=1)["picked_at"].dropna()
    assert hours.tolist() == [pd.Timedelta(hours=10)]
    rows[2][3:5] = [picked, shipped]  # the parcel has left: the row of before is the same one
    _, store = read(write_csv(raw / "1793600000_p.csv", titles, rows))
    frame = store.frame("parcels", SHOP)
    assert len(frame) == 3 and frame["shipped_at"].notna().all()


def test_an_anomaly_that_was_solved_leaves_no_row_behind(raw: Path, read: Read) -> None:
    titles = ["运单号", "订单编号", "揽件时间", "发货时间", "异常类型"]
    row = ["\tYT01", f"\t{ORDER}01", "2026-10-04 20:00:00", "2026-10-04 10:00:00"]
    read(write_csv(raw / "1793500000_p.csv", titles, [[*row, "揽收超时"]]))
    _, store = read(write_csv(raw / "1793600000_p.csv", titles, [[*row, "-"]]))
    assert store.frame("parcels", SHOP)["anomaly"].tolist() == ["none"]


def test_a_refund_without_its_moment_waits_and_is_not_booked_by_its_request(raw: Path, read: Read) -> None:
    titles = ["售后单号", "商品单号", "售后类型", "售后状态", "售后申请时间", "用户到账时间", "退商品金额（元）"]
    shared = ["退货退款", "同意退款，退款成功", "2026-10-30 10:00:00"]
    rows = [
        ["1400000000000000011", f"{ORDER}01", *shared, "2026-11-02 10:00:00", "50.00"],
        ["1400000000000000021", f"{ORDER}04", *shared, "-", "80.00"],
        ["1400000000000000031", f"{ORDER}05", "换货", "换货成功", "2026-10-30 10:00:00", "-", "30.00"],
    ]
    report, store = read(write_xlsx(raw / "售后单-2026-11-03 00_34_04.xlsx", {"Sheet1": [titles, *rows]}))
    assert (report.entries[0].kept, store.quarantine(SHOP)["reason"].tolist()) == (2, ["no_refund_time"])
    lacking = [titles[:5] + titles[6:], *([*row[:5], row[6]] for row in rows)]
    report, _ = read(write_xlsx(raw / "售后单-2026-11-04 00_34_04.xlsx", {"Sheet1": lacking}))
    assert report.entries[0].status == "refused" and "用户到账时间" in report.entries[0].reason["zh"]


# the alliance ----------------------------------------------------------------------------------------------------

ALLIANCE = [
    "订单id",
    "商品id",
    "商品名称",
    "作者账号",
    "抖音/火山号",
    "支付金额",
    "佣金率",
    "预估佣金支出",
    "结算金额",
    "实际佣金支出",
    "订单状态",
    "超时未结算原因",
    "付款时间",
    "收货时间",
    "订单结算时间",
    "商品来源",
    "尾款支付时间",
    "定金金额",
    "店铺名称",
    "商品数量",
    "佣金发票",
    "冻结比例",
    "是否阶梯佣金",
    "门槛销量",
    "基础佣金率",
    "升佣佣金率",
    "预估奖励佣金支出",
    "结算奖励佣金支出",
    "阶梯计划ID",
    "支付补贴",
    "平台补贴",
    "达人补贴",
    "运费",
    "税费",
    "运费补贴",
    "分销来源",
    "营销活动id",
    "推广费率",
    "推广技术服务费",
    "预估推广费支出",
    "结算推广费支出",
    "计划类型",
    "订单来源",
    "流量细分来源",
    "流量来源",
    "订单类型",
]


def test_alliance_orders_keep_expected_and_settled_commission_apart(raw: Path, read: Read) -> None:
    shared = {
        "商品id": f"{PRODUCT}\t",
        "作者账号": "辰妈",
        "抖音/火山号": "66799442664",
        "商品数量": "1",
        "流量来源": "视频",
    }
    rows = [
        {
            "订单id": f"{ORDER}02\t",
            "支付金额": "169.00",
            "佣金率": "32.00%",
            "预估佣金支出": "54.08",
            "结算金额": "0.00",
            "实际佣金支出": "0.00",
            "订单状态": "订单付款",
            "付款时间": "2026-10-09 21:25:25",
        },
        {
            "订单id": f"{ORDER}05\t",
            "支付金额": "1,000.00",
            "佣金率": "0.2",
            "预估佣金支出": "200.00",
            "结算金额": "900.00",
            "实际佣金支出": "180.00",
            "订单状态": "订单结算",
            "付款时间": "2026-10-10 00:00:01",
            "订单结算时间": "2026-10-25 03:00:00",
            "是否阶梯佣金": "是",
            "门槛销量": "100",
            "基础佣金率": "20%",
            "升佣佣金率": "25%",
            "结算奖励佣金支出": "9.00",
        },
    ]
    sheet = [ALLIANCE, *grid(ALLIANCE, [shared | row for row in rows])]
    report, store = read(write_xlsx(raw / "联盟订单_20261101.xlsx", {"Sheet1": sheet}))
    entry = balanced(report.entries[0])
    assert (entry.kinds, entry.kept, entry.problems) == (("ALO",), 2, [])
    frame = store.frame("alliance_orders", SHOP)
    money = ["paid_fen", "expected_commission_fen", "settled_fen", "commission_fen", "bonus_fen"]
    assert [fen(frame, name) for name in money] == [116900, 25408, 90000, 18000, 900]
    assert frame["commission_rate"].tolist() == [0.32, 0.2] and frame["line_id"].tolist() == [
        ORDER + "02",
        ORDER + "05",
    ]
    assert frame["stepped"].tolist()[1] and frame["raised_rate"].tolist()[1] == 0.25
    assert frame["talent_id"].tolist() == ["66799442664"] * 2
