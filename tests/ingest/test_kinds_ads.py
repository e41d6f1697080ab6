"""Qianchuan and Feige files: ragged GBK rows, total rows, levels that must not be added up, and which file is taken for which."""

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import SHOP, write_xlsx  # type: ignore[import-not-found]

from helpers.definitions import exports, tables
from helpers.definitions.mapping import header
from helpers.ingest import recognise
from helpers.ingest.readers import Sheet
from helpers.ingest.refusal import Refusal
from helpers.sample.story import headers as sample_headers

Read = Callable[..., Any]
PRODUCT, OTHER, VIDEO = "3612345678901234567", "3612345678901234575", "7409876543210987654"


@pytest.fixture(scope="module")
def kinds() -> list[exports.ExportKind]:
    return exports.load("", tables.load())


@pytest.fixture(autouse=True)
def read_once(monkeypatch: pytest.MonkeyPatch, kinds: list[exports.ExportKind]) -> None:
    """The shipped definitions are read once for all tests of this file; this shop has none of its own."""
    monkeypatch.setattr(exports, "load", lambda *_: kinds)


def entry_of(report: Any, status: str = "read") -> Any:
    entry = report.entries[0]
    assert entry.status == status, (entry.status, entry.reason)
    assert entry.rows_in == entry.kept + entry.replaced + entry.quarantined + sum(entry.dropped.values())
    return entry


def gbk(path: Path, *lines: str) -> Path:
    path.write_bytes("\n".join(lines).encode("gbk"))
    return path


def sheet(path: Path, headers: str, *rows: Sequence[Any]) -> Path:
    return write_xlsx(path, {"Sheet1": [headers.split(), *rows]})  # type: ignore[no-any-return]


def told(entry: Any) -> str:
    return " ".join(problem["en"] for problem in entry.problems)


# 全域推广 ---------------------------------------------------------------------------------------------------------


def test_videos_in_gbk_with_ragged_rows_do_not_confuse_net_sales_with_their_rate(raw: Path, read: Read) -> None:
    headers = "素材ID,素材名称,素材创建时间,日期,整体展示次数,整体点击次数,"
    headers += "整体消耗,整体成交订单数,整体成交金额,净成交金额结算率,净成交金额,"
    headers += (
        "净成交订单数,1小时内退款金额,视频播放数,视频完播率,平均观看时长,3秒播放率,素材评估,基础消耗,追投调控消耗"
    )
    first = (
        f'"\t{VIDEO}",夜里换尿裤,2026-09-30 08:00:00,2026-10-01,"1,000",50,￥12.30,3,￥300.00,88.5%,￥250.00,2,￥50.00,'
    )
    first += "1.2万,3.25%,6.5秒,0.41,优质,12.30,0,,,"
    second = f"{VIDEO},夜里换尿裤,2026-09-30 08:00:00,2026-10-02,500,25,7.70,1,100,-,-,-,-,300,2%,5秒,40%,-,7.70,0,,"
    whole = "全部,全部,-,全部,1500,75,20.00,4,400,-,250,2,50,-,-,-,-,-,20,0,,,,"
    report, store = read(gbk(raw / "全域推广数据-视频-20261001-20261002.csv", headers, first, second, whole))
    entry, frame = entry_of(report), store.frame("ads", SHOP).sort_values("day")
    assert entry.kinds == ("QC-U/videos",) and entry.dropped == {"total_row": 1}
    assert told(entry) == "column 视频播放数: 1 values are rounded (such as 1.2万) and were read as written"
    assert frame[["level", "object_id", "spend_fen", "gmv_fen"]].values.tolist() == [
        ["video", VIDEO, 1230, 30000],
        ["video", VIDEO, 770, 10000],
    ]
    assert frame["net_gmv_fen"].dropna().tolist() == [25000] and frame["net_settled_rate"].dropna().tolist() == [0.885]
    assert frame["plays"].tolist() == [12000, 300] and frame["play_3s_rate"].tolist() == [0.41, 0.4]
    assert frame["watch_seconds"].tolist() == [6.5, 5.0]


def test_each_level_holds_the_spend_once(raw: Path, read: Read) -> None:
    plans = "计划名称 计划ID 日期 整体展示次数 整体消耗(元) 整体成交订单数 整体成交金额(元) 7日结算金额 14日结算金额"
    live = "抖音号 抖音号名称 日期 整体消耗(元) 整体支付ROI "
    live += "整体成交金额(元) 整体成交订单数 净成交ROI 净成交金额 GPM 直播间整体曝光次数"
    plan = ["日常", "1801", "2026-10-01", 10, "¥20.00", 4, "400", "90", "-"]
    rows = [
        ["xiaoman", "小满", "2026-10-01", "15.00", "20", "300", 3, "18", "270", "35", "1.1万"],
        ["xiaoman", "小满", "2026-10-02", "5.00", "20", "100", 1, "-", "-", "-", "-"],
        ["xiaoman", "小满", "全部", "20.00", "20", "400", 4, "-", "-", "-", "-"],
        ["全部", "-", "全部", "20.00", "20", "400", 4, "-", "-", "-", "-"],
    ]
    first = sheet(raw / "全域推广数据_直播_20261001_20261002.xlsx", live, *rows)
    report, store = read(first, sheet(raw / "全域推广数据_计划_20261001_20261001.xlsx", plans, plan))
    entry, frame = entry_of(report), store.frame("ads", SHOP)
    assert entry.dropped == {"total_row": 2}
    assert told(entry) == "column 直播间整体曝光次数: 1 values are rounded (such as 1.1万) and were read as written"
    assert frame.groupby("level")["spend_fen"].sum().to_dict() == {"live": 2000, "plan": 2000}
    assert frame["settled_7d_fen"].dropna().tolist() == [9000] and frame["room_exposures"].dropna().tolist() == [11000]


def test_a_total_of_a_period_that_is_not_the_sum_of_its_days_is_told(raw: Path, read: Read) -> None:
    headers = "抖音号 日期 整体消耗 整体成交金额"
    rows = [["xiaoman", "2026-10-01", "15", "300"], ["xiaoman", "全部", "20", "300"]]
    report, _ = read(sheet(raw / "抖音号_20261001_20261002.xlsx", headers, *rows))
    assert "20 ≠ 15" in told(entry_of(report))


def test_totals_of_a_period_without_days_go_to_their_own_table(raw: Path, read: Read) -> None:
    headers = "素材ID 全域素材视频名称 素材创建时间 整体消耗 整体成交订单数 整体成交金额 净成交金额 5秒播放率"
    rows = [
        [VIDEO, "夜里换尿裤", "2026-09-30 08:00", "20", 4, "400", "350", "12.5%"],
        ["全部", "-", "-", "20", 4, "400", "350", "-"],
    ]
    report, store = read(sheet(raw / "全域推广数据-投后数据-素材-2026-10-01-2026-10-31-17900123.xlsx", headers, *rows))
    frame = store.frame("ad_periods", SHOP)
    assert entry_of(report).dropped == {"total_row": 1} and frame["level"].tolist() == ["video"]
    assert frame[["spend_fen", "net_gmv_fen"]].values.tolist() == [[2000, 35000]]
    assert frame["period_end"].tolist() == [pd.Timestamp("2026-10-31")] and "ads" not in store.tables(SHOP)


def test_hours_of_a_day(raw: Path, read: Read) -> None:
    headers = "时间-小时 整体展示次数 整体消耗 整体成交订单数 整体成交金额"
    rows = [["00:00 - 00:59", 10, "1.5", 1, "30"], ["23:00 - 23:59", 20, "2.5", 0, "0"], ["全部", 30, "4", 1, "30"]]
    report, store = read(sheet(raw / "全域推广数据_分小时_20261001_20261001.xlsx", headers, *rows))
    frame = store.frame("ad_hours", SHOP).sort_values("hour")
    assert entry_of(report).dropped == {"total_row": 1} and told(entry_of(report)) == ""
    assert frame[["hour", "spend_fen"]].values.tolist() == [[0, 150], [23, 250]] and set(frame["object_id"]) == {"all"}


def test_hours_of_several_days_are_checked_day_by_day(raw: Path, read: Read) -> None:
    headers = "日期 时间-小时 整体消耗 整体成交金额"
    rows = [["2026-10-01", "08:00 - 08:59", "1", "30"], ["2026-10-01", "全部", "1", "30"]]
    rows += [["2026-10-02", "08:00 - 08:59", "2", "40"], ["2026-10-02", "全部", "2", "40"]]
    report, store = read(sheet(raw / "分小时.xlsx", headers, *rows))
    assert told(entry_of(report)) == "" and store.frame("ad_hours", SHOP)["spend_fen"].sum() == 300


def test_the_live_screen_keeps_every_row(raw: Path, read: Read) -> None:
    headers = "抖音号 净成交订单数 净成交订单成本(元) 用户实际支付净成交金额(元) "
    headers += "净成交金额结算率 净成交订单结算率 1小时内退款订单数 "
    headers += "1小时内退款金额(元) 1小时内退款率 GPM(元) 观看成交转化率 "
    headers += "直播间退款金额(元) 直播间整体观看人数 直播间平均停留时长(整场) 点赞率"
    row = [
        "xiaoman",
        5,
        "12.5",
        "¥450.00",
        "90%",
        "0.91",
        1,
        "50",
        "9.1%",
        "¥35.2",
        "1.25%",
        "60",
        "1.2万",
        "1分钟6秒",
        "3%",
    ]
    report, store = read(sheet(raw / "直播大屏_20261001_20261001.xlsx", headers, row, row))
    frame = store.frame("ad_rooms", SHOP)
    assert (
        entry_of(report).kept == 2 and sorted(frame["line"]) == [1, 2] and frame["net_paid_fen"].tolist() == [45000] * 2
    )
    assert frame["watch_seconds"].tolist() == [66.0] * 2 and frame["refund_1h_rate"].tolist() == [0.091] * 2


# 标准推广、财务 ----------------------------------------------------------------------------------------------------


def test_standard_promotion_stays_apart_and_its_click_rate_is_in_percent(raw: Path, read: Read) -> None:
    headers = "抖音号 抖音号名称 日期 消耗(元) 展示次数 点击率(%) "
    headers += "点击次数 直接成交金额(元) 直接支付ROI 直接成交订单数 7日总成交金额(元) "
    headers += "7日总成交订单数 店铺首单新客人数 账户 账户ID 下单平台"
    rows = [
        [
            "xiaoman",
            "小满",
            "2026-10-01",
            "1,000.00",
            "50,000",
            2.58,
            "1290",
            "¥3,000.5",
            3,
            30,
            "3,500",
            35,
            9,
            "甲",
            "170001",
            "千川PC版",
        ],
        [
            "xiaoman",
            "小满",
            "2026-10-01",
            "200",
            "8000",
            0.5,
            "40",
            "100",
            0.5,
            1,
            "-",
            "-",
            1,
            "甲",
            "170001",
            "小店随心推",
        ],
        ["全部", "-", "2026-10-01", "1200", "58000", 2.29, "1330", "3100.5", 2.58, 31, "-", "-", "-", "-", "-", "全部"],
    ]
    report, store = read(sheet(raw / "标准推广_20261001_20261001.xlsx", headers, *rows))
    entry, frame = entry_of(report), store.frame("standard_ads", SHOP).sort_values("platform")
    assert entry.kinds == ("QC-S",) and entry.dropped == {"total_row": 1} and entry.problems == []
    assert frame["click_rate"].tolist() == pytest.approx([0.0258, 0.005]) and frame["spend_fen"].tolist() == [
        100000,
        20000,
    ]
    assert frame["direct_gmv_fen"].tolist() == [300050, 10000] and frame["platform"].tolist() == [
        "千川PC版",
        "小店随心推",
    ]
    assert "ads" not in store.tables(SHOP)


def test_standard_promotion_by_product(raw: Path, read: Read) -> None:
    headers = "商品id 商品名称 日期 消耗(元) 展示次数 点击次数 直接成交金额(元) 直接成交订单数"
    _, store = read(
        sheet(raw / "标准推广_商品_20261001.xlsx", headers, [PRODUCT, "尿裤", "20261001", "10", 100, 5, "99.99", 1])
    )
    frame = store.frame("standard_ads", SHOP)
    assert frame[["level", "object_id", "account_id", "platform"]].values.tolist() == [["product", PRODUCT, "-", "all"]]


def test_cash_by_kind_of_money(raw: Path, read: Read) -> None:
    headers = "日期 资金池类型 余额总消耗(元) 非赠款消耗(元) 赠款消耗(元) 消返红包消耗(元) 总存入(元) 总余额(元)"
    rows = [
        ["2026-10-01", "通用", "1,000.50", "900.50", "100", "-", "5,000", "3999.5"],
        ["2026-10-01", "竞价", "200", "200", "0", "-", "-", "10"],
        ["2026-10-01", "合计", "1200.5", "1100.5", "100", "-", "5000", "4009.5"],
    ]
    report, store = read(sheet(raw / "财务流水_20261001_20261031.xlsx", headers, *rows))
    frame = store.frame("ad_cash", SHOP)
    assert entry_of(report).dropped == {"total_row": 1} and "≠" not in told(entry_of(report))
    assert (frame["spend_fen"].sum(), frame["cash_spend_fen"].sum(), frame["grant_spend_fen"].sum()) == (
        120050,
        110050,
        10000,
    )


# 飞鸽 -------------------------------------------------------------------------------------------------------------


def test_agents_of_a_period_and_the_means_of_the_shop(raw: Path, read: Read) -> None:
    headers = "客服昵称 客服在线天数 接待会话量 已接待人数 有效评价数 全天不满意率 "
    headers += "全天满意率 全天平响时长 全天首响时长 全天3分钟回复率 客服询单支付额 退款金额 退款后销售额"
    rows = [
        ["小美", 20, "1,200", 1100, 300, "1.5%", "96%", "1分钟6秒", "25秒", "98%", "¥1.2万", "200.5", "11,799.5"],
        ["小李", 18, 800, 700, 200, "0.02", "0.95", "48秒", "0秒", "97.5%", "8000", "-", "8000"],
        ["店铺汇总值", 20, "2,000", "1800", "500", "-", "-", "-", "-", "-", "20000", "200.5", "19799.5"],
        ["店铺平均值", "-", "1000", "-", "-", "1.7%", "95.6%", "59秒", "16秒", "97.8%", "-", "-", "-"],
    ]
    report, store = read(sheet(raw / "客服表现_20261001_20261031.xlsx", headers, *rows))
    entry, frame = entry_of(report), store.frame("service_periods", SHOP).sort_values("sessions")
    assert entry.kinds == ("FGK/periods",) and entry.dropped == {"total_row": 1} and entry.kept == 3
    assert "≠" not in told(entry) and frame["sessions"].tolist() == [800, 1200]
    assert frame["mean_reply_seconds"].tolist() == [48.0, 66.0] and frame["sales_fen"].tolist() == [800000, 1200000]
    assert frame["agent_key"].str.fullmatch("[0-9a-f]{16}").all()
    mean = store.frame("service_period_averages", SHOP)
    assert mean[["mean_reply_seconds", "reply_3min_rate"]].values.tolist() == [[59.0, 0.978]]


def test_a_shop_total_of_sessions_that_is_not_the_sum_of_its_agents_is_told(raw: Path, read: Read) -> None:
    headers = (
        "日期 客服昵称 账号名称 人工已接待人数 人工已接待会话量 3分钟人工回复率 工作时间3分钟回复率 平均响应时长（秒）"
    )
    rows = [
        ["2026-10-01", "小美", "客服小美", 30, 40, "98%", "99%", "1分钟6秒"],
        ["2026-10-01", "-", "店铺汇总值", 30, 45, "-", "-", "-"],
        ["2026-10-01", "-", "店铺平均值", 30, 45, "98%", "99%", 66],
    ]
    report, store = read(sheet(raw / "接待量_20261001_20261031.xlsx", headers, *rows))
    assert "45 ≠ 40" in told(entry_of(report)) and store.frame("service_days", SHOP)["sessions"].tolist() == [40]
    frame = store.frame("service_averages", SHOP)
    assert frame[["mean_reply_seconds", "work_reply_3min_rate"]].values.tolist() == [[66.0, 0.99]]


def test_a_shop_total_without_a_day_is_compared_with_all_days(raw: Path, read: Read) -> None:
    headers = "日期 客服昵称 账号名称 人工已接待人数 人工已接待会话量"
    rows = [["2026-10-01", "小美", "客服小美", 30, 40], ["2026-10-02", "小美", "客服小美", 30, 50]]
    rows += [["-", "店铺汇总值", "-", 60, 80], ["-", "店铺平均值", "-", 30, 40.5]]
    report, _ = read(sheet(raw / "接待量_20261001_20261002.xlsx", headers, *rows))
    entry = entry_of(report)
    assert entry.dropped == {"total_row": 2} and "80 ≠ 90" in told(entry)


# which file is taken for which -------------------------------------------------------------------------------------


REAL = {  # headers as public importers print them (several kinds), beside those of the made-up shop
    "QC-U/videos": "素材ID 素材视频名称 素材创建时间 日期 整体展示次数 整体点击次数 整体消耗 整体成交金额 净成交金额",
    "QC-U/plans": "计划名称 计划ID 日期 整体展示次数 整体消耗 整体成交订单数 整体成交金额 7日结算金额 14日结算金额",
    "QC-U/live": "抖音号(名称) 日期 整体消耗(元) 整体支付ROI 整体成交金额(元) 整体成交订单数 净成交ROI 净成交金额 GPM",
    "QC-S": "商品id 商品名称 日期 消耗(元) 展示次数 点击率(%) 点击次数 直接成交金额(元) 直接支付ROI 账户 账户ID 下单平台",
    "QC-F": "日期 资金池类型 余额总消耗(元) 非赠款消耗(元) 赠款消耗(元) 总存入(元) 总转入(元) 总转出(元) 总余额(元)",
    "FGK/periods": "客服昵称 客服在线天数 接待会话量 待回复会话量 已接待人数 转出会话量 全天3分钟回复率 询单人数 客服询单支付额",
    "LIV/days": "直播间名称 日期 直播时长(小时) 带货商品数 成交金额 人均看播时长 评论次数 点赞次数 分享次数 看播粉丝占比",
    "LVD": "时间 进入直播间人数 曝光-观看率 互动率 负反馈率 人均观看时长 实时在线人数 直播间离开人数 点赞次数 评论次数",
    "LVD/channels": "渠道名称 观看次数 人均观看时长 千川消耗 千次观看成交金额",
    "CDL/overview": "日期 成交金额(元) 退款金额(元) 成交订单数 成交人数 商品访客数 商品点击人数",
    "CDL/sources": "日期 自营/合作 载体类型 账号/渠道 抖音号 成交金额 用户支付金额 结算金额 退款率(支付时间) 投放消耗(店铺被投)",
    "CDL/accounts": "日期 账号名称 账号类型 抖音号 成交金额 用户支付金额 结算金额 退款率(支付时间)",
    "CSQ/live": "统计日期 直播间ID 直播间名称 店铺名称 直播开始时间 用户支付金额 成交订单数 成交人数",
    "CSQ": "统计日期 日期 店铺名称 成交金额 用户支付金额 成交订单数 成交人数 净成交金额 投放贡献成交金额 投放贡献成交占比",
    "PCS": "一级渠道 二级渠道 商品卡曝光人数 商品卡点击人数 商品卡点击率 用户支付金额(元) 成交人数 成交客单价(元)",
    "PRD/carriers": "商品编号 商品名称 载体类型 成交金额(元) 成交笔单价(元) 商品点击-支付转化率(次数)",
    "VID": "视频标题 视频ID 发布时间 达人昵称 视频时长 视频观看次数 成交金额(元) 成交订单数 完播率 商品id 商品名称",
    "AUD": "标签类型 标签 占比 tgi",
}
SAMPLE = {
    "CDL": "deals",
    "LIV": "live",
    "PCD": "product_cards",
    "PRD": "product_periods",
    "TAL": "talents",
    "QC-U": "ads",
}
SAMPLE |= {"FGK": "service", "ORD": "orders_a", "AFS": "after_sales"}
# What a file of a kind may be without one of its columns: figures without days are a period's.
MAY_BE = {
    *((f"QC-U{level}", "QC-U/periods") for level in ("", "/videos", "/plans", "/live")),
    ("QC-U/hours", "QC-U/plans"),
    ("CSQ/videos", "VID"),
}


def taken_for(headers: Sequence[str], kind: exports.ExportKind, kinds: list[exports.ExportKind]) -> str:
    """The kind for which a sheet of these headers is taken; empty where it is refused."""
    page = Sheet((kind.sheets or ("Sheet1",))[0], [list(headers)], lambda *_: pd.DataFrame())
    try:
        found = recognise.matches(Path(f"x.{kind.formats[0]}"), [page], kinds, exports.formats())
    except Refusal:
        return ""
    return found[0].kind.id


def own(kind: exports.ExportKind) -> list[str]:
    """All headers that the definition reads, in a row of a file."""
    return sorted(name for name in recognise.used_headers(kind) if not name.startswith("#"))


def test_no_kind_is_taken_for_another(kinds: list[exports.ExportKind]) -> None:
    """Every kind's own headers, each spelling in turn, in any order and with all optional ones."""
    by_id, rng, wrong = {kind.id: kind for kind in kinds}, random.Random(7), []
    for kind in kinds:
        for turn in range(max(len(names) for names in kind.required)):
            asked = [names[min(turn, len(names) - 1)] for names in kind.required]
            rng.shuffle(asked)
            for headers in (asked, list(dict.fromkeys([*asked, *own(kind)]))):
                wrong += [(kind.id, found, headers)] if (found := taken_for(headers, kind, kinds)) != kind.id else []
    real = {name: headers.split() for name, headers in REAL.items()}
    for name, headers in (real | {name: sample_headers(file) for name, file in SAMPLE.items()}).items():
        wrong += [(name, found, headers)] if (found := taken_for(headers, by_id[name], kinds)) != name else []
    assert wrong == []


def test_no_kind_without_one_of_its_columns_is_taken_for_another(kinds: list[exports.ExportKind]) -> None:
    mine = {
        "CDL",
        "CSQ",
        "LIV",
        "LVD",
        "VID",
        "PCD",
        "PCS",
        "PRD",
        "RFD",
        "TAL",
        "QC-U",
        "QC-S",
        "QC-F",
        "FGK",
        "AUD",
        "EXP",
    }
    found = set()
    for kind in (kind for kind in kinds if kind.code in mine):
        for names in kind.required:
            left = [name for name in own(kind) if name not in map(header, names)]
            found.add((kind.id, taken_for(left, kind, kinds) or kind.id))
    assert {pair for pair in found if pair[0] != pair[1]} <= MAY_BE
