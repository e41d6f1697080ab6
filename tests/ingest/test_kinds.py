"""One small file of every other kind, with the traps that the platform sets."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from conftest import SHOP, write_xlsx  # type: ignore[import-not-found]

Read = Callable[..., Any]
PRODUCT = "3612345678901234567"
FIRST, SECOND = "6920000000001001001", "6920000000001001002"


def one_sheet(read: Read, path: Path, sheet: str, headers: str, *rows: Sequence[Any]) -> tuple[Any, Any]:
    report, store = read(write_xlsx(path, {sheet: [headers.split(), *rows]}))
    entry = report.entries[0]
    assert entry.status == "read", entry.reason
    assert entry.rows_in == entry.kept + entry.replaced + sum(entry.dropped.values())
    assert [problem["en"] for problem in entry.problems if "are rounded" not in problem["en"]] == []
    return entry, store


def test_after_sales(raw: Path, read: Read) -> None:
    headers = "售后单号 订单号 商品单号 商品ID 商品发货状态 售后类型 退商品金额（元） 退支付优惠（元） 售后状态 "
    headers += "售后申请时间 用户到账时间 售后原因 商家退货联系人电话"
    rows = [
        [
            "'7001",
            FIRST,
            FIRST,
            PRODUCT,
            "1/1已发货",
            "退货退款",
            "¥89.50",
            "-",
            "同意退款，退款成功",
            "2026-10-05 08:00:00",
            "2026-10-09 08:00:00",
            "质量问题",
            "13812345678",
        ],
        [
            "7002",
            FIRST,
            FIRST,
            PRODUCT,
            "未发货",
            "未发货仅退款",
            "159",
            "1.5",
            "待商家处理",
            "2026-10-06 08:00:00",
            "-",
            "-",
            "-",
        ],
        ["7003", SECOND, SECOND, PRODUCT, "-", "补寄", "0", "-", "换货成功", "2026-10-07 08:00:00", "-", "-", "-"],
    ]
    entry, store = one_sheet(read, raw / "售后单-2026-11-01 00_34_04.xlsx", "Sheet1", headers, *rows)
    assert entry.kinds == ("AFS",) and entry.snapshot == datetime(2026, 11, 1, 0, 34, 4)
    frame = store.frame("after_sales", SHOP).set_index("after_sale_id").sort_index()
    assert frame["goods_refund_fen"].tolist() == [8950, 15900, 0] and frame["coupon_refund_fen"].fillna(0).tolist() == [
        0,
        150,
        0,
    ]
    assert frame["status"].tolist() == ["success", "pending", "exchanged"]
    assert frame["kind"].tolist() == ["return", "refund_unshipped", "other"]
    assert frame["shipped"].fillna("?").tolist() == ["yes", "no", "?"] and frame["line_id"].tolist() == [
        FIRST,
        FIRST,
        SECOND,
    ]
    booked = store.frame("after_sales", SHOP, date(2026, 10, 9), date(2026, 10, 9))
    assert booked["after_sale_id"].tolist() == ["7001"]


def test_deals_keep_their_total_rows_by_name_and_other_sheets_are_left(raw: Path, read: Read) -> None:
    headers = [
        "日期",
        "载体类型",
        "投放时段",
        "用户支付金额",
        "成交金额",
        "成交订单数",
        "成交人数",
        "退款金额（支付时间）",
        "商品曝光次数",
    ]
    rows = [
        ["20261001", "全部", "不限", "¥1,000.00", "1,100.00", "10", "9", "12.5", "1.2万"],
        ["20261001", "直播", "投放时段", "600", "650", "6", "6", "-", "8000"],
        ["20261001", "图文", "非投放时段", "400", "450", "4", "3", "12.5", "4000"],
    ]
    other = [["20261001", "全部", "不限", "1", "1", "1", "1", "1", "1"]]
    path = write_xlsx(
        raw / "抖音电商罗盘-成交分析-20261001-20261031.xlsx",
        {"自营成交": [headers, *other], "成交概览": [headers, *rows]},
    )
    report, store = read(path)
    assert report.entries[0].kinds == ("CDL",) and report.entries[0].snapshot == datetime(2026, 10, 31)
    frame = store.frame("channel_days", SHOP).set_index("carrier")
    assert frame["paid_fen"].to_dict() == {"all": 100000, "image_text": 40000, "live": 60000}
    assert frame["ad_window"].to_dict() == {"all": "any", "image_text": "off", "live": "on"}
    assert frame.at["all", "exposures"] == 12000 and frame.at["all", "paid_refund_fen"] == 1250


def test_live_sessions_in_minutes_and_across_midnight(raw: Path, read: Read) -> None:
    headers = "主播昵称 主播抖音号 直播开始时间 直播结束时间 直播时长(分钟) 直播间观看人数 平均在线人数 "
    headers += "人均观看时长(分钟) 直播间成交金额 直播投放消耗（店铺被投）"
    row = ["小满", "xiaoman", "2026/10/31 22:00:00", "2026/11/01 00:30:00", 150.5, 1200, 35.6, 2.4, "12,345.60", 100]
    _, store = one_sheet(read, raw / "直播明细_全部账号_20261031_20261031.xlsx", "直播间明细", headers, row)
    frame = store.frame("live_sessions", SHOP, date(2026, 10, 31), date(2026, 10, 31))
    assert frame["duration_seconds"].tolist() == [9030.0] and frame["watch_seconds"].tolist() == [144.0]
    assert frame["gmv_fen"].tolist() == [1234560] and frame["average_online"].tolist() == [36]
    assert frame["ad_spend_fen"].tolist() == [10000] and frame["ended_at"].tolist() == [
        pd.Timestamp("2026-11-01 00:30:00")
    ]


def test_videos_take_their_period_from_the_name(raw: Path, read: Read) -> None:
    headers = "视频ID 视频标题 发布时间 视频时长 视频观看次数 完播率 点赞数 用户支付金额(元) 带货商品ID"
    row = ["v1", "=夜里换尿裤", datetime(2026, 9, 30, 8), "1分钟6秒", "1.5万", "12.34%", 7, "88.8", PRODUCT]
    _, store = one_sheet(read, raw / "[20261001-20261031]_自营_挂车_视频详情数据.xlsx", "Sheet1", headers, row)
    frame = store.frame("videos", SHOP)
    assert frame[["period_start", "period_end"]].values.tolist() == [
        [pd.Timestamp("2026-10-01"), pd.Timestamp("2026-10-31")]
    ]
    assert frame["views"].tolist() == [15000] and frame["completion_rate"].tolist() == [0.1234]
    assert frame["video_seconds"].tolist() == [66.0] and frame["published_at"].tolist() == [
        pd.Timestamp("2026-09-30 08:00:00")
    ]


def test_product_cards_of_two_downloads_keep_the_later_one(raw: Path, read: Read) -> None:
    headers = ["商品标题", "商品ID", "商品卡曝光人数", "商品卡点击人数", "商品卡用户支付金额", "首购用户数"]
    name = "商品卡列表数据_2026_06_01~2026_06_30"
    first = write_xlsx(raw / f"{name}.xlsx", {"sheet1": [headers, ["a", PRODUCT, 10, 2, 5, 1]]})
    second = write_xlsx(raw / f"{name} (1).xlsx", {"sheet1": [headers, ["a", PRODUCT, 12, 3, 6, 1]]})
    report, store = read(second, first)
    frame = store.frame("product_cards", SHOP)
    assert frame["exposure_users"].tolist() == [12] and frame["period_end"].tolist() == [pd.Timestamp("2026-06-30")]
    assert [entry.replaced for entry in report.entries] == [0, 1]


def test_product_list_trusts_the_period_inside_and_drops_totals(raw: Path, read: Read) -> None:
    headers = [
        "统计周期",
        "商品名称",
        "商品编码",
        "载体",
        "自卖/合作",
        "成交金额",
        "用户支付金额",
        "退款金额(退款时间)",
        "投放消耗（店铺被投）",
    ]
    rows = [
        ["20261001-20261031", "a", PRODUCT, "直播", "自卖", "100", "90", "-", "3.5"],
        ["20261001-20261031", "a", PRODUCT, "全部", "自卖", "100", "90", "-", "3.5"],
    ]
    report, store = read(write_xlsx(raw / "商品列表_20261105.xlsx", {"全部": [headers, *rows]}))
    entry = report.entries[0]
    assert entry.dropped == {"total_row": 1} and "2026-10-31" in entry.problems[0]["en"]
    frame = store.frame("product_periods", SHOP)
    assert frame[["carrier", "seller", "ad_spend_fen"]].values.tolist() == [["live", "own", 350]]
    assert frame["period_end"].tolist() == [pd.Timestamp("2026-10-31")]


def test_talents_prefer_the_settled_commission(raw: Path, read: Read) -> None:
    headers = "达人昵称 抖音号 电商等级 粉丝数 成交金额(元) 预估佣金支出 实际佣金支出 成交新用户数"
    _, store = one_sheet(
        read,
        raw / "达人分析_20261001_20261031.xlsx",
        "s",
        headers,
        ["辰妈", "t01", "LV4", "3.2万", "500", "60", "55.5", 4],
    )
    frame = store.frame("talents", SHOP)
    assert frame[["fans", "gmv_fen", "commission_fen", "new_buyers"]].values.tolist() == [[32000, 50000, 5550, 4]]


def test_ads_in_gbk_with_ragged_rows_and_totals(raw: Path, read: Read) -> None:
    text = "商品ID,商品名称,日期,整体展示次数,整体点击率,整体消耗,整体成交订单数,整体成交金额\n"
    cells = '2026-10-01,"1,000",2.5%,¥12.30,3,¥300.00,,'
    text += f"{PRODUCT},尿裤,{cells}\n全部,-,{cells}\n"
    path = raw / "全域推广数据_商品_20261001_20261031.csv"
    path.write_bytes(text.replace("¥", "￥").encode("gbk"))
    report, store = read(path)
    entry = report.entries[0]
    assert (entry.rows_in, entry.kept, entry.dropped) == (2, 1, {"total_row": 1})
    frame = store.frame("ads", SHOP)
    assert frame[["level", "object_id", "impressions", "spend_fen", "gmv_fen"]].values.tolist() == [
        ["product", PRODUCT, 1000, 1230, 30000]
    ]


def test_service_days_drop_the_rows_of_the_shop_and_hash_agents(raw: Path, read: Read, data: Path) -> None:
    headers = "日期 客服昵称 账号名称 人工已接待人数 人工已接待会话量 不满意率 3分钟人工回复率 "
    headers += "首次响应时长（秒） 客服销售额（元） PC在线时长（时）"
    rows = [
        ["2026-10-01", "小美", "客服小美", 30, 40, "1.5%", "98%", 12.5, "¥99.00", 7.5],
        ["2026-10-01", "-", "店铺汇总值", 30, 40, "-", "-", "-", "¥99.00", 7.5],
        ["2026-10-01", "-", "店铺平均值", 30, 40, "1.5%", "98%", 12.5, "-", "-"],
    ]
    entry, store = one_sheet(read, raw / "接待量_20261001_20261001.xlsx", "s", headers, *rows)
    assert entry.dropped == {"total_row": 1} and entry.kept == 2
    assert store.frame("service_averages", SHOP)[["first_reply_seconds", "reply_3min_rate"]].values.tolist() == [
        [12.5, 0.98]
    ]
    frame = store.frame("service_days", SHOP)
    assert frame["reply_3min_rate"].tolist() == [0.98] and frame["online_seconds"].tolist() == [27000.0]
    assert frame["first_reply_seconds"].tolist() == [12.5] and "小美" not in frame["agent_key"].iloc[0]
