"""Compass files as it writes them: total rows, nested sheets, chosen measures, periods in names; no sum counts twice."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import SHOP, write_csv, write_xlsx  # type: ignore[import-not-found]

from helpers.definitions import exports, tables
from helpers.sample.story import headers as sample_headers

Read = Callable[..., Any]
Cells = Sequence[Sequence[Any]]
PRODUCT, OTHER = "3612345678901234567", "3612345678901234575"
WIDE = sample_headers("deals")
ROOM = "直播间详情页_整场数据下载_2026-10-09_15-40-44(小满母婴_2026-10-08_00-00-46)"


@pytest.fixture(scope="module")
def kinds() -> list[exports.ExportKind]:
    return exports.load("", tables.load())


@pytest.fixture(autouse=True)
def read_once(monkeypatch: pytest.MonkeyPatch, kinds: list[exports.ExportKind]) -> None:
    """The shipped definitions are read once for all tests of this file; this shop has none of its own."""
    monkeypatch.setattr(exports, "load", lambda *_: kinds)


def taken(read: Read, path: Path, sheets: dict[str, Cells], status: str = "read") -> tuple[Any, Any]:
    """The file's entry, balanced, and the store."""
    (entry,), store = together(read, {path: sheets}, status)
    return entry, store


def together(read: Read, files: dict[Path, dict[str, Cells]], status: str = "read") -> tuple[list[Any], Any]:
    """The entries of several workbooks that are dropped at once, each balanced, and the store."""
    report, store = read(*(write_xlsx(path, sheets) for path, sheets in files.items()))
    for entry in report.entries:
        assert entry.status == status, (entry.status, entry.reason)
        assert entry.rows_in == entry.kept + entry.replaced + entry.quarantined + sum(entry.dropped.values())
    return report.entries, store


def told(entry: Any) -> str:
    return " ".join(problem["en"] for problem in entry.problems)


def wide(day: str, carrier: str, window: str, **cells: str) -> list[str]:
    """One row of a wide sheet; a cell that is not given is a dash."""
    found = dict.fromkeys(WIDE, "-") | {"日期": day, "载体类型": carrier, "投放时段": window} | cells
    return [found[name] for name in WIDE]


def sold(paid: str, gmv: str, orders: str) -> dict[str, str]:
    return {"用户支付金额": paid, "成交金额": gmv, "成交订单数": orders}


# 成交分析 ---------------------------------------------------------------------------------------------------------

ALL_DAY = {
    "退款金额(支付时间)": "120.5",
    "退款率(支付时间)": "10.95%",
    "两日内发货率": "0.9876",
    "平台补贴金额": "¥1,234.56",
    "商品曝光次数": "1.2万",
    "1小时成交退款率(支付时间)": "2.5%",
}
DEALS = [
    wide("20261001", "全部", "不限", **sold("¥1,000.00", "1,100.00", "10"), **ALL_DAY),
    wide("20261001", "直播", "不限", **sold("600", "650", "6")),
    wide("20261001", "图文", "不限", **sold("400", "450", "4")),
    wide("全部", "全部", "不限", **sold("1,000.00", "1,100.00", "10")),
]


def test_deals_of_51_columns_keep_total_carriers_apart_and_drop_total_days(raw: Path, read: Read) -> None:
    entry, store = taken(read, raw / "抖音电商罗盘-成交分析-20261001-20261001.xlsx", {"成交概览": [WIDE, *DEALS]})
    assert len(WIDE) == 51 and entry.dropped == {"total_row": 1} and "differ" not in told(entry)
    frame = store.frame("channel_days", SHOP).set_index("carrier")
    assert frame["paid_fen"].to_dict() == {"all": 100000, "image_text": 40000, "live": 60000}
    whole = frame.loc["all"]
    assert (whole["paid_refund_fen"], whole["platform_subsidy_fen"], whole["exposures"]) == (12050, 123456, 12000)
    assert (whole["refund_rate"], whole["ship_2day_rate"], whole["refund_1h_rate"]) == (0.1095, 0.9876, 0.025)


def test_deals_of_61_columns_under_their_new_names_and_wide_brackets(raw: Path, read: Read) -> None:
    renamed = {"平台补贴金额": "电商平台补贴金额", "1小时成交退款率(支付时间)": "1小时退款率（支付时间）"}
    wider = [renamed.get(name, name) for name in WIDE] + [f"新列{at}" for at in range(9)] + ["加购人数"]
    rows = [[*row, *["7"] * 9, "33"] for row in DEALS[:3]]
    _, store = taken(read, raw / "抖音电商罗盘-成交分析-20261001-20261001.xlsx", {"成交概览": [wider, *rows]})
    whole = store.frame("channel_days", SHOP).set_index("carrier").loc["all"]
    assert len(wider) == 61
    assert (whole["platform_subsidy_fen"], whole["refund_1h_rate"], whole["cart_users"]) == (123456, 0.025, 33)


def test_own_and_partner_sales_are_parts_that_do_not_enter_the_totals(raw: Path, read: Read) -> None:
    own = [wide("20261001", "直播", "不限", **sold("200", "220", "2"))]
    partner = [wide("20261001", "直播", "不限", **sold("400", "430", "4"))]
    sheets = {"自营成交": [WIDE, *own], "合作成交": [WIDE, *partner], "成交概览": [WIDE, *DEALS[:3]]}
    entry, store = taken(read, raw / "抖音电商罗盘-成交分析-20261001-20261001.xlsx", sheets)
    assert entry.rows_in == 5 and entry.kept == 5
    days, parts = store.frame("channel_days", SHOP), store.frame("seller_days", SHOP).set_index("seller")
    assert len(days) == 3 and days.loc[days["carrier"] == "live", "paid_fen"].tolist() == [60000]
    assert parts["paid_fen"].to_dict() == {"own": 20000, "partner": 40000}


def test_a_total_that_is_not_the_sum_of_its_carriers_is_told(raw: Path, read: Read) -> None:
    rows = [DEALS[0], DEALS[1], wide("20261001", "图文", "不限", **sold("390", "450", "4"))]
    entry, _ = taken(read, raw / "抖音电商罗盘-成交分析-20261001-20261001.xlsx", {"成交概览": [WIDE, *rows]})
    assert "用户支付金额" in told(entry) and "1,000 ≠ 990" in told(entry)


def test_an_unknown_carrier_is_set_aside_with_its_word(raw: Path, read: Read) -> None:
    rows = [*DEALS[:3], wide("20261001", "元宇宙", "不限", **sold("1", "1", "1"))]
    entry, store = taken(read, raw / "抖音电商罗盘-成交分析-20261001-20261001.xlsx", {"成交概览": [WIDE, *rows]})
    assert entry.quarantined == 1 and len(store.frame("channel_days", SHOP)) == 3


def test_sources_accounts_and_terminals_of_one_workbook(raw: Path, read: Read) -> None:
    money = ["成交金额", "用户支付金额", "退款金额（支付时间）", "投放贡献成交占比", "投放消耗（店铺被投）"]
    first = ["日期", "自营/合作", "载体类型", "账号/渠道", "抖音号", *money]
    sources = [
        ["20261001", "自营", "直播", "全部", "-", "300", "280", "-", "-", "-"],
        ["20261001", "自营", "直播", "小满母婴", "xiaoman", "200", "190", "5", "12.5%", "¥40"],
        ["20261001", "自营", "直播", "小满食品", "xiaoman2", "100", "90", "-", "0.2", "-"],
        ["20261001", "自营", "商品卡", "-", "-", "50", "50", "-", "-", "-"],
        ["20261001", "全部", "全部", "全部", "-", "350", "330", "-", "-", "-"],
    ]
    second = ["日期", "账号名称", "账号类型", "抖音号", *money]
    accounts = [
        ["20261001", "全部", "-", "-", "300", "280", "-", "-", "-"],
        ["20261001", "小满母婴", "自营", "xiaoman", "200", "190", "5", "12.5%", "¥40"],
        ["20261001", "小满食品", "自营", "xiaoman2", "100", "90", "-", "-", "-"],
    ]
    third = ["日期", "终端", "成交金额", "用户支付金额", "成交订单数"]
    terminals = [["20261001", "全部", "350", "330", "9"], ["20261001", "抖音", "300", "290", "8"]]
    terminals += [["20261001", "抖音极速版", "50", "40", "1"]]
    sheets = {"载体构成": [first, *sources], "账号构成": [second, *accounts], "终端": [third, *terminals]}
    entry, store = taken(read, raw / "抖音电商罗盘-成交分析-20261001-20261001.xlsx", sheets)
    assert entry.dropped == {"total_row": 4} and entry.kept == 7 and "differ" not in told(entry)
    found = store.frame("source_days", SHOP).set_index("source_name")
    assert found["gmv_fen"].to_dict() == {"-": 5000, "小满母婴": 20000, "小满食品": 10000}
    assert found["account_id"].to_dict() == {"-": "-", "小满母婴": "xiaoman", "小满食品": "xiaoman2"}
    assert found.at["小满母婴", "ad_gmv_share"] == 0.125 and found.at["小满母婴", "ad_spend_shop_fen"] == 4000
    assert store.frame("account_days", SHOP)["gmv_fen"].sum() == 30000
    assert store.frame("terminal_days", SHOP)["gmv_fen"].sum() == 35000


def test_the_older_overview_stays_beside_chosen_measures_of_the_same_day(raw: Path, read: Read) -> None:
    older = "日期 成交金额(元) 退款金额(元) 成交订单数 成交人数 "
    older += "商品访客数 商品点击人数 退款订单量 商品曝光次数 商品点击次数 "
    older += "商品点击率(次数) 商品点击-支付转化率(次数) 成交客单价(元) 千次曝光成交金额(元)"
    day = ["2026-10-01", "1,234.50", "100", 12, 11, 300, 80, 2, "1.5万", 420, "2.8%", "2.86%", "112.23", "82.3"]
    chosen = [["统计日期", "日期", "店铺名称", "加购人数"], ["20261001-20261001", "20261001", "小满", "77"]]
    older_file = raw / "经营概览_20261001_20261001.xlsx"
    _, store = together(read, {older_file: {"s": [older.split(), day]}, raw / "自助取数_20261002.xlsx": {"s": chosen}})
    frame = store.frame("shop_days", SHOP)
    assert frame["gmv_fen"].sum() == 123450 and frame["refund_orders_by_time"].sum() == 2
    assert frame["cart_users"].dropna().tolist() == [77] and len(frame) == 2


# 自助取数 ---------------------------------------------------------------------------------------------------------


def test_chosen_measures_of_the_shop_by_day(raw: Path, read: Read) -> None:
    headers = (
        "统计日期 日期 店铺名称 成交金额 用户支付金额 成交订单数 成交人数 净成交金额 投放贡献成交金额 投放贡献成交占比"
    )
    rows = [
        [
            "20260725-20260726",
            "20260725",
            "小满",
            "1085.00",
            "1000.00",
            "10",
            "9",
            "1,050",
            "271.25",
            "0.25000000000000001",
        ],
        ["20260725-20260726", "20260726", "小满", "500.00", "480.00", "5", "5", "-", "0", "0"],
    ]
    entry, store = taken(read, raw / "自助取数.xlsx", {"Sheet1": [headers.split(), *rows]})
    assert entry.kinds == ("CSQ",) and entry.problems == []
    frame = store.frame("shop_days", SHOP).sort_values("day")
    assert frame["gmv_fen"].tolist() == [108500, 50000] and frame["ad_gmv_share"].tolist() == [0.25, 0.0]
    assert "shop_measures" not in store.tables(SHOP)


def test_chosen_measures_of_a_span_or_of_weeks_go_to_the_table_of_spans(raw: Path, read: Read) -> None:
    whole = [["统计日期", "店铺名称", "成交金额"], ["20260701-20260731", "小满", "9,000"]]
    weeks = [["统计日期", "日期", "店铺名称", "成交金额"], ["20260701-20260714", "20260701-20260707", "小满", "2000"]]
    weeks += [["20260701-20260714", "20260708-20260714", "小满", "2100"]]
    _, store = together(read, {raw / "累计.xlsx": {"s": whole}, raw / "周.xlsx": {"s": weeks}})
    frame = store.frame("shop_measures", SHOP).sort_values(["period_start", "period_end"])
    assert [f"{a:%m%d}-{b:%m%d}" for a, b in zip(frame["period_start"], frame["period_end"], strict=True)] == [
        "0701-0707",
        "0701-0731",
        "0708-0714",
    ]
    assert frame["gmv_fen"].tolist() == [200000, 900000, 210000] and "shop_days" not in store.tables(SHOP)


def test_two_sets_of_measures_of_one_day_do_not_erase_each_other(raw: Path, read: Read) -> None:
    one = [["统计日期", "日期", "店铺名称", "成交金额"], ["20260725-20260725", "20260725", "小满", "10"]]
    two = [["统计日期", "日期", "店铺名称", "加购人数"], ["20260725-20260725", "20260725", "小满", "5"]]
    again = [["日期", "统计日期", "店铺名称", "加购人数"], ["20260725", "20260725-20260725", "小满", "6"]]
    files = {raw / f"自助取数_2026072{at}.xlsx": {"s": rows} for at, rows in ((6, one), (7, two), (8, again))}
    (*_, entry), store = together(read, files)
    frame = store.frame("shop_days", SHOP)
    assert len(frame) == 2 and frame["gmv_fen"].sum() == 1000 and frame["cart_users"].sum() == 6 and entry.kept == 1


def test_chosen_measures_of_live_rooms_videos_and_products(raw: Path, read: Read) -> None:
    rooms = "统计日期 直播间ID 直播间名称 店铺名称 直播开始时间 用户支付金额 成交订单数 成交人数"
    room = ["20260729-20260729", "7401234567890123456", "晚场", "小满", "2026/07/29 07:59:36", "1,200.50", "11", "10"]
    videos = [["统计日期", "视频ID", "视频标题", "视频观看次数", "用户支付金额"]]
    videos += [["20260729-20260729", "7409876543210987654", "夜里换尿裤", "1.5万", "88"]]
    goods = [["统计日期", "日期", "商品ID", "商品名称", "加购人数", "商品点击人数"]]
    goods += [["20260729-20260730", "20260729", PRODUCT, "尿裤", "8", "100"]]
    goods += [["20260729-20260730", "20260730", PRODUCT, "尿裤", "9", "110"]]
    files = {"直播": [rooms.split(), room], "视频": videos, "商品": goods}
    _, store = together(read, {raw / f"{name}.xlsx": {"s": rows} for name, rows in files.items()})
    found = store.frame("room_measures", SHOP)
    assert found["started_at"].tolist() == [pd.Timestamp("2026-07-29 07:59:36")] and found["paid_fen"].tolist() == [
        120050
    ]
    assert store.frame("video_measures", SHOP)["views"].tolist() == [15000]
    assert store.frame("product_days", SHOP)["cart_users"].sum() == 17


# 直播 -------------------------------------------------------------------------------------------------------------


def test_live_lists_under_every_name_they_come_with(raw: Path, read: Read) -> None:
    cells = dict.fromkeys(sample_headers("live"), "-") | {
        "主播昵称": "小满",
        "主播抖音号": "xiaoman",
        "直播开始时间": "2026/10/31 22:00:00",
        "直播结束时间": "2026/11/01 00:30:00",
        "直播时长(分钟)": "150.5",
        "直播间观看人数": "1.2万",
        "直播间成交金额": "¥12,345.60",
        "观看老粉占比": "0.3125",
        "净成交金额": "12,000",
        "直播间退款人数": "3",
        "1小时退款率": "3.2%",
    }
    rows = [cells, {**cells, "直播开始时间": "2026-10-01 08:00:00", "直播间退款人数": "5"}]
    names = ["直播明细_自营账号_20261001_20261031", "抖音直播明细_2026-10-01~2026-10-31_数据更新日期2026-11-01"]
    widths = (sample_headers("live"), sample_headers("live")[:46])
    sheets = [
        {"直播间明细": [list(headers), [row[one] for one in headers]]}
        for headers, row in zip(widths, rows, strict=True)
    ]
    _, store = together(read, {raw / f"{name}.xlsx": page for name, page in zip(names, sheets, strict=True)})
    frame = store.frame("live_sessions", SHOP).sort_values("refund_users")
    whole = frame[["viewers", "gmv_fen", "net_gmv_fen", "refund_users"]].values.tolist()
    assert whole == [[12000, 1234560, 1200000, 3], [12000, 1234560, 1200000, 5]]
    assert set(frame["duration_seconds"]) == {9030.0} and set(frame["old_fans_share"]) == {0.3125}


def test_the_older_daily_summary_counts_hours(raw: Path, read: Read) -> None:
    headers = "直播间名称 日期 直播时长(小时) 带货商品数 成交金额 "
    headers += "人均看播时长 评论次数 点赞次数 分享次数 看播粉丝占比 直播间观看-互动率(人数)"
    rows = [["晚场", "2026-10-01", 2.5, 30, "1,000", "1分钟6秒", 40, "1.1万", 3, "12.5%", "3.1%"]]
    rows += [["全部", "2026-10-01", 2.5, 30, "1,000", "66秒", 40, "1.1万", 3, "12.5%", "3.1%"]]
    entry, store = taken(read, raw / "百应直播_20261001_20261001.xlsx", {"s": [headers.split(), *rows]})
    frame = store.frame("live_days", SHOP)
    assert entry.dropped == {"total_row": 1} and frame["duration_seconds"].tolist() == [9000.0]
    assert frame["watch_seconds"].tolist() == [66.0] and frame["gmv_fen"].tolist() == [100000]


CHANNELS: Cells = [
    ["渠道名称", "观看次数", "人均观看时长", "千川消耗", "千次观看成交金额"],
    ["整体", "1.2万", "1分钟6秒", "¥300.00", "¥92.50"],
    ["推荐feed", "8,000", "66秒", "-", "100"],
    ["千川PC版", "4000", "0秒", "300", "-"],
]
FUNNEL: Cells = [
    [
        "直播间曝光人数",
        "直播间曝光次数",
        "观看人数",
        "商品曝光人数",
        "商品点击人数",
        "成交人数",
        "自然流量观看人数",
        "付费流量观看人数",
        "平均在线人数",
    ],
    ["5万", "6.1万", "8,100", "6000", "900", "45", "5000", "3,100", "120.6"],
]
BASICS: Cells = [
    ["直播间名称", "开播时间", "下播时间", "直播时长"],
    ["晚场", "2026-10-08 00:00:46", "2026-10-08 03:00:46", "180分钟"],
]
PEOPLE: Cells = [
    ["评论次数", "点赞次数", "分享次数", "新增粉丝数", "互动率", "退款金额"],
    ["40", "1.1万", "3", "21", "3.25%", "¥59.90"],
]


def test_one_session_in_a_workbook_of_many_sheets(raw: Path, read: Read) -> None:
    sheets = {"基本信息": BASICS, "流量分析-渠道分析": CHANNELS, "流量&转化-转化漏斗": FUNNEL, "互动&人群&售后": PEOPLE}
    entry, store = taken(read, raw / f"{ROOM}.xlsx", sheets)
    assert entry.snapshot == pd.Timestamp("2026-10-09 15:40:44") and entry.dropped == {"total_row": 1}
    channels = store.frame("live_channels", SHOP).set_index("channel")
    assert channels["views"].to_dict() == {"千川PC版": 4000, "推荐feed": 8000} and "differ" not in told(entry)
    assert channels["ad_spend_fen"].sum() == 30000 and channels.at["推荐feed", "watch_seconds"] == 66.0
    for name in ("live_channels", "live_funnels", "live_basics", "live_reactions"):
        frame = store.frame(name, SHOP)
        assert set(frame["room"]) == {"小满母婴"} and set(frame["started_at"]) == {pd.Timestamp("2026-10-08 00:00:46")}
    funnel = store.frame("live_funnels", SHOP)
    assert funnel[["exposure_users", "viewers", "buyers", "average_online"]].values.tolist() == [[50000, 8100, 45, 121]]
    assert store.frame("live_basics", SHOP)["duration_seconds"].tolist() == [10800.0]
    assert store.frame("live_reactions", SHOP)[["likes", "refund_fen"]].values.tolist() == [[11000, 5990]]


def test_a_session_whose_name_was_changed_is_refused(raw: Path, read: Read) -> None:
    entry, _ = taken(read, raw / "渠道.xlsx", {"流量分析-渠道分析": CHANNELS}, "refused")
    assert "does not tell the room" in entry.reason["en"]


def test_blocks_of_skus_between_products_are_not_counted_again(raw: Path, read: Read) -> None:
    headers = (
        "商品名称 商品图片 商品编号 成交金额 成交件数 成交人数 成交订单数 预售订单数 预售创建金额 商品曝光人数 退款金额"
    )
    rows = [
        ["尿裤", "https://p", PRODUCT, "¥300.00", 6, 5, 5, "-", "-", "1.2万", "-"],
        [
            "SKU名称",
            "SKU图片",
            "SKU编号",
            "成交金额",
            "成交件数",
            "成交人数",
            "成交订单数",
            "商品支付GPM",
            "退款人数",
            "退款金额",
            "",
        ],
        ["M 码", "-", "1712345678901234", "200", 4, 3, 3, "12.5", "-", "-", ""],
        ["L 码", "-", "1712345678901235", "100", 2, 2, 2, "6.3", "-", "-", ""],
        ["湿巾", "https://p", OTHER, "20", 2, 2, 2, "-", "-", "900", "¥9.9"],
    ]
    entry, store = taken(read, raw / f"{ROOM}.xlsx", {"商品明细": [headers.split(), *rows]})
    frame = store.frame("live_products", SHOP).set_index("product_id")
    assert entry.dropped == {"nested_row": 3} and frame["gmv_fen"].to_dict() == {PRODUCT: 30000, OTHER: 2000}
    assert frame.at[PRODUCT, "exposure_users"] == 12000 and frame.at[OTHER, "refund_fen"] == 990


def test_minutes_of_sessions(raw: Path, read: Read) -> None:
    headers = "时间 进入直播间人数 曝光-观看率 互动率 负反馈率 人均观看时长 "
    headers += "实时在线人数 直播间离开人数 点赞次数 评论次数 新加直播团人数 成交金额"
    rows = [
        ["2026/10/08 00:01", "120", "12.5%", "3.1%", "0%", "1分钟6秒", "80", "40", "1.2万", "7", "-", "¥1,437.4"],
        ["2026/10/08 00:02", "90", "--", "-", "-", "0秒", "75", "95", "-", "--", "-", "--"],
    ]
    files = (f"{ROOM}-分钟级数据", f"{ROOM}-分钟级数据 (1)", "小满食品-分钟级数据")
    _, store = together(read, {raw / f"{name}.xlsx": {"Sheet1": [headers.split(), *rows]} for name in files})
    whole = store.frame("live_minutes", SHOP).sort_values("minute")
    frame = whole[whole["room"] != "小满食品"]
    assert len(whole) == 4 and set(frame["started_at"]) == {pd.Timestamp("2026-10-08 00:00:46")}
    assert frame["room"].tolist() == ["小满母婴"] * 2 and frame["minute"].tolist()[1] == pd.Timestamp(
        "2026-10-08 00:02"
    )
    assert frame["watch_seconds"].tolist() == [66.0, 0.0] and frame["gmv_fen"].sum() == 143740
    assert frame["likes"].sum() == 12000 and frame["exposure_view_rate"].dropna().tolist() == [0.125]


# 短视频、商品、退款、达人 -------------------------------------------------------------------------------------------


def test_videos_without_products_and_older_ones(raw: Path, read: Read) -> None:
    plain = "视频ID 视频标题 发布时间 达人昵称 视频观看次数 点赞数 评论数 分享数 收藏数 新增粉丝数 完播率 视频时长"
    row = ["7409876543210987654", "=日常", "2026-09-30 08:00:00", "小满", "3,000", 7, 1, 0, 2, 4, "12.34%", "66秒"]
    older = "视频标题 视频ID 播放链接 发布时间 达人昵称 达人抖音号 "
    older += "视频时长 视频观看次数 成交金额(元) 成交订单数 完播率 商品id 商品名称"
    sale = [
        "旧",
        "7409876543210987111",
        "https://x",
        "2026-10-01",
        "小满",
        "xm",
        "15",
        "1.5万",
        "99.90",
        2,
        "0.2",
        PRODUCT,
        "尿裤",
    ]
    plain_file, older_file = (
        raw / "[20261001-20261031]_合作_非挂车_视频详情数据.xlsx",
        raw / "视频_20261001_20261031.xlsx",
    )
    _, store = together(read, {plain_file: {"s": [plain.split(), row]}, older_file: {"s": [older.split(), sale]}})
    frame = store.frame("videos", SHOP).sort_values("title")
    assert frame["seller"].fillna("").tolist() == ["partner", ""] and frame["views"].tolist() == [3000, 15000]
    assert frame["gmv_fen"].dropna().tolist() == [9990] and frame["paid_fen"].isna().all()
    assert frame["product_id"].dropna().tolist() == [PRODUCT] and frame["completion_rate"].tolist() == [0.1234, 0.2]


def test_the_slim_list_of_product_cards(raw: Path, read: Read) -> None:
    headers = "商品标题 商品ID 曝光人数 曝光次数 点击人数 点击次数 "
    headers += "点击率(人数) 点击率(次数) 用户支付金额 成交人数 成交订单数 加购人数"
    rows = [
        ["尿裤", PRODUCT, "1,000", 1500, 26, 30, 0.026, 0.02, "88.80", 2, 2, 5],
        ["全部", "全部", 1, 1, 1, 1, 1, 1, "1", 1, 1, 1],
    ]
    entry, store = taken(read, raw / "商品卡列表数据_2026_06_01~2026_06_30.xlsx", {"sheet1": [headers.split(), *rows]})
    frame = store.frame("product_cards", SHOP)
    assert entry.kinds == ("PCD",) and entry.dropped == {"total_row": 1}
    assert frame[["exposure_users", "clicks", "paid_fen", "cart_users"]].values.tolist() == [[1000, 30, 8880, 5]]


def test_channels_of_cards_keep_parents_out_of_the_sum_of_children(raw: Path, read: Read) -> None:
    headers = "一级渠道 二级渠道 商品卡曝光人数 商品卡点击人数 "
    headers += "商品卡点击率 用户支付金额(元) 成交人数 成交客单价(元) 点击-成交转化率"
    rows = [
        ["搜索", "-", "900", "90", "10%", "300", "5", "60", "5.5%"],
        ["搜索", "搜索商品卡", "700", "70", "10%", "200", "3", "66.67", "4.3%"],
        ["搜索", "搜索视频", "300", "30", "10%", "100", "2", "50", "6.7%"],
        ["猜你喜欢", "-", "1.2万", "600", "5%", "500", "9", "55.56", "1.5%"],
    ]
    entry, store = taken(read, raw / "商品卡流量来源_2026_06_01~2026_06_30.xlsx", {"sheet1": [headers.split(), *rows]})
    assert entry.kept == 4 and entry.dropped == {}
    assert told(entry) == "column 商品卡曝光人数: 1 values are rounded (such as 1.2万) and were read as written"
    children, parents = store.frame("card_channels", SHOP), store.frame("card_channel_totals", SHOP)
    assert children["paid_fen"].sum() == 30000 and sorted(children["sub_channel"]) == ["搜索商品卡", "搜索视频"]
    assert parents.set_index("channel")["paid_fen"].to_dict() == {"搜索": 30000, "猜你喜欢": 50000}
    rows[0][5] = "310"
    entry, _ = taken(read, raw / "商品卡流量来源_2026_07_01~2026_07_31.xlsx", {"sheet1": [headers.split(), *rows]})
    assert "310 ≠ 300" in told(entry)


def test_totals_of_products_over_carriers_stand_apart_and_are_checked(raw: Path, read: Read) -> None:
    headers = "统计周期 商品名称 商品编码 载体 品类 自卖/合作 "
    headers += "成交金额 用户支付金额 成交订单数 成交人数 商品品质退货率 投放消耗（推商品）"
    span = "20261001-20261031"
    rows = [
        [span, "尿裤", PRODUCT, "全部", "母婴", "全部", "100", "90", "5", "4", "1.5%", "-"],
        [span, "尿裤", PRODUCT, "全部", "母婴", "自卖", "100", "90", "5", "4", "-", "-"],
        [span, "尿裤", PRODUCT, "直播", "母婴", "自卖", "60", "50", "3", "3", "-", "7.5"],
        [span, "尿裤", PRODUCT, "商品卡", "母婴", "自卖", "39", "40", "2", "2", "-", "-"],
    ]
    entry, store = taken(read, raw / "商品列表_20261001_20261031.xlsx", {"全部": [headers.split(), *rows]})
    assert entry.dropped == {"total_row": 1} and "100 ≠ 99" in told(entry)
    assert store.frame("product_periods", SHOP)["paid_fen"].sum() == 9000
    total = store.frame("product_totals", SHOP)
    assert total[["paid_fen", "buyers"]].values.tolist() == [[9000, 4]] and total["quality_return_rate"].tolist() == [
        0.015
    ]


def test_older_lists_of_products(raw: Path, read: Read) -> None:
    over = "统计周期 商品名称 商品编码 成交金额 成交金额（剔除退款） "
    over += "成交退款率 发货前成交退款率 品质退货率（滞后） 好评率 评价数"
    row = ["20261001-20261031", "尿裤", PRODUCT, "1,000", "900.5", "9.95%", "0.05", "0.6%", "98%", "20"]
    mix = "商品编号 商品名称 载体类型 成交金额(元) 成交笔单价(元) 商品点击-支付转化率(次数)"
    parts = [[PRODUCT, "尿裤", "全部", "100", "50", "3%"], [PRODUCT, "尿裤", "直播", "100", "50", "3.25%"]]
    files = {"商品概览": [over.split(), row], "商品构成_20261001_20261031": [mix.split(), *parts]}
    (first, second), store = together(read, {raw / f"{name}.xlsx": {"s": rows} for name, rows in files.items()})
    assert (first.kinds, second.kinds) == (("PRD/overview",), ("PRD/carriers",)) and second.dropped == {"total_row": 1}
    total = store.frame("product_totals", SHOP)
    assert total["kept_gmv_fen"].tolist() == [90050] and total["refund_unshipped_rate"].tolist() == [0.05]
    found = store.frame("product_carriers", SHOP)
    assert found[["carrier", "gmv_fen", "order_value_fen"]].values.tolist() == [["live", 10000, 5000]]
    assert found["click_buy_rate"].tolist() == [0.0325] and "product_periods" not in store.tables(SHOP)


STAGES = [f"{stage}退款阶段" for stage in ("全部", "发货前", "未收货", "已收货", "已收货退货")]


def test_refunds_by_stage_take_their_day_from_the_name(raw: Path, read: Read) -> None:
    row, files = ["10", "¥1,000.5", "5", "400", "2", "300", "3", "300.5", "1", "100"], {}
    for day, between in (("13", ""), ("14", "-")):
        headers = [f"{stage}{between}{what}" for stage in STAGES for what in ("退款订单数", "退款金额")]
        files[raw / f"抖音电商罗盘-退款分析-2026_05_{day}.xlsx"] = {"本店数据": [headers, row]}
    _, store = together(read, files)
    frame = store.frame("refund_stages", SHOP).sort_values("period_start")
    assert (
        frame[["all_orders", "all_fen", "unshipped_fen", "returned_fen"]].values.tolist()
        == [[10, 100050, 40000, 10000]] * 2
    )
    assert (
        frame["period_start"].tolist() == frame["period_end"].tolist() == list(pd.date_range("2026-05-13", periods=2))
    )


def test_two_days_of_equal_figures_are_two_days_in_any_order(raw: Path, read: Read) -> None:
    headers = [f"{stage}{what}" for stage in STAGES for what in ("退款订单数", "退款金额")]
    for day in ("14", "13", "14 (1)"):
        report, store = read(write_csv(raw / f"抖音电商罗盘-退款分析-2026_05_{day}.csv", headers, [["1", "9.9"] * 5]))
    days = store.frame("refund_stages", SHOP)["period_start"].dt.day
    assert sorted(days) == [13, 14]


def test_a_day_without_refunds_is_read_and_told(raw: Path, read: Read) -> None:
    entry, _ = taken(read, raw / "抖音电商罗盘-退款分析-2026_05_13.xlsx", {"本店数据": [["暂无数据"]]})
    assert entry.kinds == ("RFD",) and entry.rows_in == 0 and "no rows" in told(entry)


def test_talents_with_their_total(raw: Path, read: Read) -> None:
    headers = "达人昵称 抖音号 粉丝数 成交金额(元) 成交订单数 预估佣金支出 实际佣金支出 种草人数 发货前退款金额"
    rows = [
        ["全部", "全部", "-", "500", "5", "60", "55.5", "9", "8"],
        ["辰妈", "t01", "3.2万", "500", "5", "60", "55.5", "9", "8"],
    ]
    entry, store = taken(read, raw / "达人分析_20261001_20261031.xlsx", {"s": [headers.split(), *rows]})
    frame = store.frame("talents", SHOP)
    assert entry.dropped == {"total_row": 1} and frame["gmv_fen"].sum() == 50000
    assert frame[["estimated_commission_fen", "paid_commission_fen", "unshipped_refund_fen"]].values.tolist() == [
        [6000, 5550, 800]
    ]


# 画像、体验分 ------------------------------------------------------------------------------------------------------


def test_portraits_take_audience_and_days_from_the_name(raw: Path, read: Read) -> None:
    names = {
        "成交人群_20261001-20261031": "buyers",
        "直播观众画像_20261001-20261031 (1)": "viewers",
        "粉丝_20261001-20261031": "fans",
    }
    headers = ["标签类型", "标签", "占比", "tgi"]
    files = [
        write_csv(
            raw / f"{name}.csv",
            headers,
            [["预测性别", "女", "81.5%", f"132.{at}"], ["八大消费群体", "Gen Z", "0.125", "98"]],
        )
        for at, name in enumerate(names)
    ]
    report, store = read(*files)
    frame = store.frame("portraits", SHOP).set_index(["audience", "label"])
    assert [entry.problems for entry in report.entries] == [[]] * 3 and len(frame) == 6
    for at, audience in enumerate(names.values()):
        found = frame.loc[audience]
        assert found["share"].to_dict() == {"Gen Z": 0.125, "女": 0.815} and found.at["女", "tgi"] == 132 + at / 10
    assert set(frame["period_end"]) == {pd.Timestamp("2026-10-31")}


def test_portraits_of_unknown_audiences_do_not_mix_and_one_without_days_is_refused(raw: Path, read: Read) -> None:
    headers, row = ["标签类型", "标签", "占比", "tgi"], [["预测性别", "女", "81.5%", "132.5"]]
    read(write_csv(raw / "类目甲_20261001-20261031.csv", headers, row))
    _, store = read(write_csv(raw / "类目乙_20261001-20261031.csv", headers, [["预测性别", "女", "60%", "98"]]))
    assert sorted(store.frame("portraits", SHOP)["audience"]) == ["类目乙", "类目甲"]
    report, _ = read(write_csv(raw / "成交人群.csv", headers, [["预测性别", "男", "18.5%", "50"]]))
    assert report.entries[0].status == "refused" and "period cannot be told" in report.entries[0].reason["en"]


def test_scores_of_five_and_of_a_hundred_are_told_apart_by_day(raw: Path, read: Read) -> None:
    headers = ["日期", "指标", "得分", "权重", "指标值"]
    rows = [
        ["2026-09-01", "总分", 4.9, "-", "-"],
        ["2026-09-01", "商品", "4.88", "50%", "-"],
        ["2026-10-01", "总分", 69, "-", "-"],
        ["2026-10-01", "物流", 3, "30%", "0.32%"],
        ["2026-10-02", "总分", 101, "-", "-"],
    ]
    entry, store = taken(read, raw / "商家体验分.xlsx", {"s": [headers, *rows]})
    frame = store.frame("experience_scores", SHOP)
    assert frame.groupby("day")["scale"].unique().map(list).tolist() == [[5], [100]] and entry.quarantined == 1
    assert sorted(frame["score"]) == [3, 4.88, 4.9, 69] and "0.32%" in frame["value"].tolist()
