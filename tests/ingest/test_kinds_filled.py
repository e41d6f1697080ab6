"""Sheets that only a shop can fill: as written, filled in, and half typed."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import SHOP, write_csv, write_xlsx  # type: ignore[import-not-found]

from helpers.definitions import exports, tables
from helpers.ingest import ImportReport
from helpers.store import Store
from helpers.templates import write_templates

Read = Callable[..., tuple[ImportReport, Store]]
KINDS = {kind.id: kind for kind in exports.load("", tables.load()) if kind.template}
PRODUCT, VIDEO, ORDER = "3698765432109876543", "7398765432109876543", "6998765432109876543"
DAY = datetime(2026, 10, 1)
# Kind → cells of one row by header, and what the store holds of it: money in fen, shares 0-1, days at midnight.
FILLED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "TGT": (
        {"指标": "月支付金额", "生效日期": DAY, "目标值": "18万元", "说明": "十月"},
        {"metric": "gmv_month", "valid_from": "2026-10-01", "value": "18万元", "amount": 180000.0, "note": "十月"},
    ),
    "TGT/steps": (
        {"指标": "阶梯佣金率", "起点": "10万", "生效日期": "2026/10/1", "目标值": "12.5%", "适用范围": ""},
        {"metric": "commission_step", "scope": "全部", "at_least": 100000.0, "amount": 0.125, "valid_from": "2026-10-01"},
    ),
    "TGT/audience": (
        {"标签类型": "年龄", "标签": "24-30岁", "目标占比": 0.4, "生效日期": DAY},
        {"label_kind": "年龄", "label": "24-30岁", "share": 0.4, "valid_from": "2026-10-01"},
    ),
    "BMK": (
        {"指标": "return_rate", "基准值": "7.5%", "下限": "6%", "上限": "", "来源": "罗盘", "来源日期": "20261101"},
        {"metric": "return_rate", "value": "7.5%", "amount": 0.075, "least": 0.06, "source_day": "2026-11-01", "scope": "全部"},
    ),
    "CAL": (
        {"名称": "双11", "类型": "大促", "开始": "2026-10-14", "高峰": "2026-11-11", "结束": "2026年11月11日", "玩法": "满减",
         "门槛金额": "300元", "优惠金额": 40, "活动费用": "0.2万", "有资源位": "是", "已确认": "否"},
        {"name": "双11", "kind": "promotion", "peak": "2026-11-11", "end": "2026-11-11", "mechanic": "threshold",
         "threshold_fen": 30000, "off_fen": 4000, "cost_fen": 200000, "slot": "yes", "confirmed": "no"},
    ),
    "CST": (
        {"商品ID": PRODUCT, "生效日期": DAY, "单件成本": "￥1,052.50", "平台费率": "5%", "佣金率": 0.1, "单件人工": 1.5,
         "成本误差": "5%"},
        {"product_id": PRODUCT, "unit_cost_fen": 105250, "fee_rate": 0.05, "commission_rate": 0.1, "labour_fen": 150},
    ),
    "CST/overheads": (
        {"费用类型": "客服人工", "费用名称": "工资", "开始": DAY, "结束": "2026-10-31", "费用金额": "1.8万", "人数": 2.5},
        {"item": "service", "name": "工资", "end": "2026-10-31", "amount_fen": 1800000, "people": 2.5},
    ),
    "ROL": (
        {"商品ID": PRODUCT, "商品名称": "尿裤 M", "角色": "利润款", "季节": "全年", "功能": "透气", "联名": "是"},
        {"product_id": PRODUCT, "name": "尿裤 M", "role": "profit", "season": "all", "function": "透气", "cobrand": "yes"},
    ),
    "HST": (
        {"主播代号": "H2", "开始": "2026-10-01 19:00", "结束": "2026-10-02 00:30", "场控代号": "C1", "主题": "开学季",
         "投放消耗": 1200},
        {"host": "H2", "start": "2026-10-01 19:00", "end": "2026-10-02 00:30", "controller": "C1", "spend_fen": 120000},
    ),
    "CRE": (
        {"内容ID": VIDEO, "内容类型": "短视频", "发布日期": DAY, "用途": "品牌", "形式": "竖屏短剧", "钩子": "提问",
         "备注": "联系 13812345678"},
        {"content_id": VIDEO, "content_kind": "video", "purpose": "brand", "format": "竖屏短剧", "hook": "提问",
         "note": "联系 ***"},
    ),
    "CRE/stages": (
        {"抖音号": "shop1", "环节开始": "2026-10-01 19:30", "环节结束": "2026-10-01 19:45", "环节": "逼单", "商品ID": PRODUCT},
        {"account_id": "shop1", "start": "2026-10-01 19:30", "stage": "offer", "product_id": PRODUCT},
    ),
    "COM": (
        {"竞品店铺": "甲", "方面": "月销售额", "下限": "100万", "上限": "250万", "单位": "元", "来源": "榜", "观察日期": DAY},
        {"competitor": "甲", "category": "全部", "aspect": "sales", "low": 1000000.0, "high": 2500000.0},
    ),
    "COM/items": (
        {"竞品店铺": "甲", "竞品商品ID": VIDEO, "最低价": 79, "最高价": "99", "近30天销量下限": "1,000", "来源": "页",
         "观察日期": DAY, "对应本店商品ID": PRODUCT},
        {"item_id": VIDEO, "price_low_fen": 7900, "price_high_fen": 9900, "sales_low": 1000, "twin_product_id": PRODUCT},
    ),
    "ACT": (
        {"行动编号": "A1", "做什么": "换主图，电话13812345678", "负责人代号": "K2", "开始日期": DAY, "检查日期": "2026-10-31",
         "指标": "主图点击", "基线": "9%", "预期值": "7%", "预期每月金额": "3,000", "状态": "进行中"},
        {"action_id": "A1", "what": "换主图，电话***", "owner": "K2", "metric": "主图点击", "baseline": 0.09, "expected": 0.07,
         "worth_fen": 300000, "state": "running", "check_on": "2026-10-31"},
    ),
    "EXP-AB": (
        {"实验编号": "T1", "分组": "新图", "对照组": "否", "分流单位": "用户", "计划占比": "50%", "开始": DAY,
         "结束": "2026-10-14 23:59:59", "指标": "点击率", "分到单位数": "5,000", "分母": "2万", "分子": 700, "最小有意义变化": 0.1},
        {"test_id": "T1", "arm": "新图", "control": "no", "unit": "user", "allocation": 0.5, "end": "2026-10-14 23:59:59",
         "units": 5000, "base": 20000, "hits": 700, "least_effect": 0.1},
    ),
    "MEM": (
        {"订单编号": ORDER, "买家代号": "M9", "支付时间": "2026-10-01 20:15:30", "金额": 89, "唤醒方式": "", "是否粉丝": "是"},
        {"order_id": ORDER, "amount_fen": 8900, "touch": "none", "fan": "yes", "paid_at": "2026-10-01 20:15:30"},
    ),
    "MEM/touches": (
        {"买家代号": "M9", "活动代号": "十月券", "触达时间": "2026-10-05 10:00", "组别": "对照", "触达方式": "福袋",
         "单人成本": "5元"},
        {"campaign": "十月券", "arm": "held_out", "touch": "bag", "cost_fen": 500, "touched_at": "2026-10-05 10:00"},
    ),
    "GRP": (
        {"群代号": "群1", "日期": DAY, "群成员数": "1.2万", "活跃人数": 60, "消息数": 150, "成交金额": "2,450.50"},
        {"group_id": "群1", "day": "2026-10-01", "members": 12000, "active": 60, "messages": 150, "paid_fen": 245050},
    ),
    "GRP/events": (
        {"活动编号": "E1", "活动类型": "抽奖", "开始": DAY, "结束": "2026-10-03", "触达人数": 400, "对照人数": 80, "成本": 300},
        {"event_id": "E1", "kind": "lottery", "end": "2026-10-03", "reached": 400, "held_out": 80, "cost_fen": 30000},
    ),
    "SUR": (
        {"问卷编号": "S1", "答卷编号": "0007", "题号": "Q1", "提交时间": "2026-10-08 21:30", "主题": "客服", "分数": 4, "满分": 5,
         "文字回答": "加微信 abc12345"},
        {"answer_id": "0007", "topic": "service", "score": 4.0, "scale_top": 5, "content": "加***"},
    ),
    "SUR/waves": (
        {"问卷编号": "S1", "发放日期": DAY, "发放数": 500, "回收数": 120},
        {"survey_id": "S1", "sent_on": "2026-10-01", "channel": "全部", "sent": 500, "returned": 120},
    ),
    "SUP": (
        {"供应商": "甲", "商品ID": PRODUCT, "主备": "备选", "最快天数": 10, "交货天数": 15, "最慢天数": 25, "单件进价": 48},
        {"supplier": "甲", "rank": "spare", "lead_low_days": 10, "lead_days": 15, "unit_cost_fen": 4800},
    ),
    "SUP/purchases": (
        {"采购单号": "P1", "商品ID": PRODUCT, "供应商": "甲", "下单日期": "2026-09-01", "实际到货": "2026-09-18", "采购数量": 500,
         "到货数量": 500, "不合格数量": 6},
        {"purchase_id": "P1", "arrived_on": "2026-09-18", "quantity": 500, "faulty": 6},
    ),
    "TCK": (
        {"工单编号": "W1", "提出部门": "运营", "处理部门": "采购", "提出时间": "2026-10-01 09:30", "完成时间": "2026-10-04 15:00",
         "重开次数": 0},
        {"ticket_id": "W1", "from_department": "operations", "to_department": "supply", "closed_at": "2026-10-04 15:00",
         "reopened": 0},
    ),
    "TRN": (
        {"人员代号": "K3", "岗位": "客服", "培训主题": "产品知识", "培训日期": DAY, "时长(小时)": 1.5, "培训前得分": 62,
         "培训后得分": 85},
        {"person": "K3", "role": "agent", "topic": "product", "length": 5400.0, "score_before": 62.0, "score_after": 85.0},
    ),
    "IDX": (
        {"来源": "巨量算数", "关键词": "小店", "日期": DAY, "指数": "1.2万", "归属": "本店"},
        {"source_name": "巨量算数", "keyword": "小店", "value": 12000.0, "owner": "own"},
    ),
    "REV": (
        {"评价编号": "R9", "评价时间": "2026-10-08 09:12", "商品ID": PRODUCT, "评价等级": "差评", "评分": 1, "物流评分": 2,
         "评价内容": "侧漏，加我13812345678", "商家已回复": "否"},
        {"review_id": "R9", "grade": "bad", "score": 1, "logistics_score": 2, "content": "侧漏，加我***", "replied": "no"},
    ),
    "STK": (
        {"商品ID": PRODUCT, "日期": DAY, "可售库存": 0, "占用库存": 6, "缺货原因": "台风", "在途库存": 300, "状态": "售卖中"},
        {"product_id": PRODUCT, "available": 0, "reserved": 6, "cause": "台风", "on_order": 300, "state": "on"},
    ),
    "DOU": (
        {"投放编号": "D1", "投放日期": DAY, "投放对象": "视频", "对象ID": VIDEO, "投放目标": "粉丝", "投放金额": 200,
         "实际消耗": "186.50", "播放量": "2.1万", "成交金额": "-"},
        {"promotion_id": "D1", "object_kind": "video", "goal": "fans", "budget_fen": 20000, "spend_fen": 18650,
         "plays": 21000},
    ),
}  # fmt: skip


def sheet(kind: str, *rows: dict[str, Any]) -> list[list[Any]]:
    """Header and rows of a kind's template, the mark left empty."""
    headers = ["行标记", *(field.header for field in KINDS[kind].template.fields)]
    for row in rows:
        assert not set(row) - set(headers)
    return [headers, *([row.get(name, "") for name in headers] for row in rows)]


def example(kind: str) -> dict[str, Any]:
    return {field.header: field.example for field in KINDS[kind].template.fields}


def stored(store: Store, kind: str) -> Any:
    return store.frame(KINDS[kind].into[0].table, SHOP)


def cost(**cells: Any) -> dict[str, Any]:
    return {"商品ID": PRODUCT, "生效日期": "2026-10-01", "单件成本": "52"} | cells


def costs(read: Read, raw: Path, *rows: dict[str, Any], name: str = "成本表") -> tuple[Any, Any, Store]:
    report, store = read(write_xlsx(raw / f"{name}.xlsx", {"成本表": sheet("CST", *rows)}))
    return report.entries[0], store.frame("costs", SHOP), store


def test_templates_left_as_they_are_are_recognised_and_read_as_no_rows(raw: Path, read: Read) -> None:
    paths = write_templates(raw)
    report, store = read(*paths)
    assert [entry.kinds for entry in report.entries] == [
        (kind.id,) for kind in exports.load("", tables.load()) if kind.template
    ]
    for entry in report.entries:
        assert (entry.status, entry.rows_in, entry.kept, entry.dropped) == ("read", 1, 0, {"example_row": 1})
        assert [problem["zh"] for problem in entry.problems] == ["还没有填写：除了示例没有别的行"]
    assert store.tables(SHOP) == []


def test_a_template_whose_example_was_deleted_reads_as_no_rows(raw: Path, read: Read) -> None:
    report, _ = read(write_xlsx(raw / "成本表.xlsx", {"成本表": sheet("CST")}))
    entry = report.entries[0]
    assert (entry.status, entry.rows_in, entry.kept, len(entry.problems)) == ("read", 0, 0, 1)


def test_one_filled_row_of_every_kind(raw: Path, read: Read) -> None:
    """The row stands under the example, as a person fills it in; the sheet 说明 beside it is no data."""
    paths = [
        write_xlsx(
            raw / f"{kind.replace('/', '-')}.xlsx", {"甲": sheet(kind, example(kind), cells), "说明": [["列", "必填"]]}
        )
        for kind, (cells, _) in FILLED.items()
    ]
    report, store = read(*paths)
    for kind, entry in zip(FILLED, report.entries, strict=True):
        assert entry.kinds == (kind,), (kind, entry)
        assert (entry.rows_in, entry.kept, entry.quarantined, entry.dropped) == (2, 1, 0, {"example_row": 1}), (
            kind,
            entry,
        )
        assert entry.problems == [], (kind, entry.problems)
        frame = stored(store, kind)
        assert len(frame) == 1
        for name, wanted in FILLED[kind][1].items():
            found = frame[name].iloc[0]
            assert found == (pd.Timestamp(wanted) if frame[name].dtype.kind == "M" else wanted), (kind, name, found)


def test_every_kind_is_tried_with_a_filled_row() -> None:
    assert set(FILLED) == {id_ for id_, kind in KINDS.items() if kind.file.startswith("exports/filled_")}


def test_persons_are_hashed_and_training_of_an_agent_meets_the_service_days(raw: Path, read: Read) -> None:
    cells = FILLED["TRN"][0] | {"客服账号": "客服小美"}
    days = "日期 客服昵称 账号名称 人工已接待人数 人工已接待会话量 不满意率 3分钟人工回复率 首次响应时长（秒） "
    days += "客服销售额（元） PC在线时长（时）"
    row = ["2026-10-01", "小美", "客服小美", 30, 40, "1.5%", "98%", 12.5, "99", 7.5]
    _, store = read(
        write_xlsx(raw / "培训记录.xlsx", {"甲": sheet("TRN", cells)}),
        write_xlsx(raw / "接待量_20261001_20261031.xlsx", {"s": [days.split(), row]}),
    )
    agent = stored(store, "TRN")["agent_key"].iloc[0]
    assert len(agent) == 16 and store.frame("service_days", SHOP)["agent_key"].tolist() == [agent]


# the example row --------------------------------------------------------------------------------------------------


def test_an_example_without_its_mark_is_still_no_data(raw: Path, read: Read) -> None:
    """Somebody deleted the first column, and Excel turned the days into dates."""
    for kind, headers in (("CST", 3), ("TGT", 4), ("HST", 3)):
        head, row = (line[1 : headers + 1] for line in sheet(kind, example(kind)))
        row = [datetime.fromisoformat(cell) if cell[:4] == "2019" else cell for cell in row]
        report, _ = read(write_xlsx(raw / f"{kind}.xlsx", {"甲": [head, row]}))
        assert report.entries[0].dropped == {"example_row": 1}, kind


def test_a_row_with_the_mark_that_was_changed_is_left_out_and_told(raw: Path, read: Read) -> None:
    entry, frame, _ = costs(read, raw, cost(行标记="示例"), cost(生效日期="2026-11-01"))
    assert (entry.kept, entry.dropped) == (1, {"marked_row": 1})
    assert "第 2 行标着「示例」" in entry.problems[0]["zh"] and "rows 2 carry the mark" in entry.problems[0]["en"]
    assert frame["valid_from"].tolist() == [pd.Timestamp("2026-11-01")]


def test_columns_may_change_places_and_optional_ones_may_be_left_out(raw: Path, read: Read) -> None:
    headers = ["单件成本", "商品ID", "备忘", "生效日期"]
    report, store = read(write_csv(raw / "成本表.csv", headers, [["52", "\t" + PRODUCT, "x", "2026-10-01"]], "gb18030"))
    assert report.entries[0].kinds == ("CST",)
    assert store.frame("costs", SHOP)[["product_id", "unit_cost_fen"]].values.tolist() == [[PRODUCT, 5200]]


# half-typed files -------------------------------------------------------------------------------------------------


def test_rows_that_cannot_be_trusted_wait_for_a_correction(raw: Path, read: Read) -> None:
    wrong: list[tuple[dict[str, Any], str, str]] = [
        ({"商品ID": ""}, "商品ID", "empty_key"),
        ({"生效日期": "10.1"}, "生效日期", "unreadable"),
        ({"生效日期": 10.1}, "生效日期", "unreadable"),
        ({"生效日期": "2026年10月"}, "生效日期", "unreadable"),
        ({"生效日期": "2026-02-30"}, "生效日期", "unreadable"),
        ({"单件成本": ""}, "单件成本", "not_filled"),
        ({"单件成本": "约52"}, "单件成本", "unreadable"),
        ({"单件成本": "50-60"}, "单件成本", "unreadable"),
        ({"平台费率": "5"}, "平台费率", "out_of_range"),
        ({"平台费率": "百分之五"}, "平台费率", "unreadable"),
        ({"佣金率": "1"}, "佣金率", "out_of_range"),
    ]
    sound = [cost(生效日期=f"2025-{month:02}-01") for month in range(1, 12)]
    entry, frame, store = costs(read, raw, *sound, *(cost(**cells) for cells, _, _ in wrong))
    assert (entry.rows_in, entry.kept, entry.quarantined, len(frame)) == (22, 11, 11, 11)
    wanted = [[row, column, reason] for row, (_, column, reason) in enumerate(wrong, 13)]
    assert store.quarantine(SHOP)[["row", "column", "reason"]].values.tolist() == wanted
    told = " ".join(problem["zh"] for problem in entry.problems)
    assert all(column in told for column in ("商品ID", "生效日期", "单件成本", "平台费率"))


def test_amounts_and_shares_as_people_type_them(raw: Path, read: Read) -> None:
    money = [("52", 5200), ("52元", 5200), ("￥52.00", 5200), ("1.2万", 1200000), ("1,234.5", 123450), (52.05, 5205)]
    shares = [("5%", 0.05), (0.05, 0.05), ("0.05", 0.05), ("５％", 0.05), ("4.5 %", 0.045), ("", -1.0)]
    rows = [
        cost(生效日期=f"2026-0{month}-01", 单件成本=amount, 平台费率=share)
        for month, ((amount, _), (share, _)) in enumerate(zip(money, shares, strict=True), 1)
    ]
    _, frame, _ = costs(read, raw, *rows)
    assert frame["unit_cost_fen"].tolist() == [fen for _, fen in money]
    assert frame["fee_rate"].fillna(-1).tolist() == [share for _, share in shares]


def test_an_unknown_word_is_told_with_the_words_that_are_known(raw: Path, read: Read) -> None:
    rows = [{"商品ID": f"{PRODUCT[:-1]}{at}", "商品名称": "尿裤", "角色": "引流", "季节": "全年"} for at in range(4)]
    rows[1] |= {"角色": "福利"}
    rows[2] |= {"季节": "雨季"}
    report, store = read(write_xlsx(raw / "商品角色表.xlsx", {"甲": sheet("ROL", *rows)}))
    entry = report.entries[0]
    told = " ".join(problem["zh"] for problem in entry.problems)
    assert (entry.kept, entry.quarantined) == (3, 1)
    assert "引流、利润、形象" in told and "春、夏、秋、冬、全年" in told
    assert store.frame("roles", SHOP)["season"].fillna("?").tolist() == ["all", "?", "all"]


def test_a_metric_that_no_target_knows_is_not_lost_in_silence(raw: Path, read: Read) -> None:
    rows = [{"指标": name, "生效日期": DAY, "目标值": "5%"} for name in ("退货率警戒线", "return_rate", "月GMV")]
    rows[1]["生效日期"] = datetime(2026, 11, 1)
    report, store = read(write_xlsx(raw / "目标表.xlsx", {"甲": sheet("TGT", *rows)}))
    assert (report.entries[0].kept, report.entries[0].quarantined) == (2, 1)
    assert store.frame("targets", SHOP)["metric"].tolist() == ["return_rate", "return_rate"]
    assert "月支付金额" not in report.entries[0].problems[0]["zh"]  # the list is long: the first words stand for it
    assert "下一层级成交额门槛" in report.entries[0].problems[0]["zh"]


def test_cells_that_contradict_each_other_wait_for_a_correction(raw: Path, read: Read) -> None:
    cases: dict[str, tuple[str, dict[str, Any], str]] = {
        "HST": ("主播代号", {"结束": "2026-10-01 18:00"}, "ends_early"),
        "CAL": ("名称", {"结束": "2026-10-01"}, "ends_early"),
        "COM": ("竞品店铺", {"上限": "90万"}, "ends_low"),
        "EXP-AB": ("分组", {"分子": 20001}, "part_above_whole"),
        "SUR": ("题号", {"分数": 6}, "part_above_whole"),
        "ACT": ("行动编号", {"检查日期": "2026-09-30"}, "ends_early"),
    }
    paths = []
    for kind, (key, cells, _) in cases.items():
        first, second, third = (FILLED[kind][0] | {key: name} for name in ("A1", "B1", "C1"))
        paths.append(write_xlsx(raw / f"{kind}.xlsx", {"甲": sheet(kind, first, second, third | cells)}))
    report, store = read(*paths)
    assert [(entry.kept, entry.quarantined) for entry in report.entries] == [(2, 1)] * 6
    waiting = store.quarantine(SHOP).set_index("kind")["reason"]
    assert waiting.to_dict() == {kind: reason for kind, (_, _, reason) in cases.items()}


def test_a_name_in_the_place_of_a_code_is_neither_stored_nor_shown(raw: Path, read: Read, data: Path) -> None:
    hosts = [FILLED["HST"][0] | {"主播代号": f"H{at}", "场控代号": "欧阳美丽"} for at in range(1, 5)]
    hosts.append(FILLED["HST"][0] | {"主播代号": "诸葛建国"})
    report, store = read(write_xlsx(raw / "主播排班.xlsx", {"甲": sheet("HST", *hosts)}))
    entry = report.entries[0]
    assert (entry.kept, entry.quarantined) == (4, 1)
    assert store.frame("hosts", SHOP)["controller"].isna().all()
    waiting = store.quarantine(SHOP)
    assert waiting["reason"].tolist() == ["not_a_code"] and waiting["value"].tolist() == ["＊"]
    said = str(entry.problems) + waiting.to_csv()
    assert "欧阳" not in said and "建国" not in said and "代号" in said


# edited and fed back ----------------------------------------------------------------------------------------------


def stock(raw: Path, *pieces: int, name: str = "库存") -> Path:
    rows: Sequence[dict[str, Any]] = [
        {"商品ID": PRODUCT, "日期": f"2026-10-0{day}", "可售库存": count} for day, count in enumerate(pieces, 1)
    ]
    return write_xlsx(raw / f"{name}.xlsx", {"甲": sheet("STK", *rows)})


@pytest.mark.parametrize("pieces", [(5, 7), (5, 8), (5, 9)])
def test_a_sheet_corrected_in_place_wins_whatever_its_hash(raw: Path, read: Read, pieces: tuple[int, ...]) -> None:
    """Its last day is the same, so nothing in it says that it is newer."""
    read(stock(raw, 5, 100))
    _, store = read(stock(raw, *pieces))
    assert store.frame("stock", SHOP)["available"].tolist() == list(pieces)


def test_a_row_taken_out_of_a_sheet_leaves_the_store(raw: Path, read: Read) -> None:
    read(stock(raw, 5, 100))
    _, store = read(stock(raw, 5))
    assert store.frame("stock", SHOP)["available"].tolist() == [5]


def test_the_next_month_saved_over_the_last_one_adds_to_it(raw: Path, read: Read) -> None:
    read(stock(raw, 5, 4))
    path = write_xlsx(raw / "库存.xlsx", {"甲": sheet("STK", {"商品ID": PRODUCT, "日期": "2026-11-01", "可售库存": 3})})
    _, store = read(path)
    assert store.frame("stock", SHOP)["available"].tolist() == [5, 4, 3]


def test_a_list_edited_in_place_replaces_what_it_held(raw: Path, read: Read) -> None:
    headers = ["指标", "生效日期", "目标值"]
    old = [["roi", "2026-12-01", "1"], ["repurchase", "2026-10-01", "20%"]]
    read(write_csv(raw / "目标表.csv", headers, old))
    _, store = read(write_csv(raw / "目标表.csv", headers, [["repurchase", "2026-10-01", "30%"]]))
    assert store.frame("targets", SHOP)[["metric", "value"]].values.tolist() == [["repurchase", "30%"]]
    assert len(store.files(SHOP)) == 1
    _, store = read(write_csv(raw / "目标表.csv", headers, old))
    assert store.frame("targets", SHOP)["value"].tolist() == ["20%", "1"]


def test_two_benchmarks_of_one_day_for_different_scopes_are_both_kept(raw: Path, read: Read) -> None:
    rows = [FILLED["BMK"][0] | {"适用范围": scope} for scope in ("纸尿裤", "童装")]
    report, store = read(write_xlsx(raw / "行业基准.xlsx", {"甲": sheet("BMK", *rows)}))
    assert report.entries[0].kept == 2 and store.frame("benchmarks", SHOP)["scope"].tolist() == ["童装", "纸尿裤"]


def test_a_list_edited_in_place_lets_go_of_what_it_held_though_a_copy_was_read_first(raw: Path, read: Read) -> None:
    headers = ["商品ID", "生效日期", "单件成本"]
    first, second = [PRODUCT, "2026-09-01", "22"], ["3600000000000000002", "2026-09-01", "46"]
    read(write_csv(raw / "成本表.csv", headers, [first, second]))
    path = write_csv(raw / "成本表.csv", headers, [second])
    copy = write_csv(raw / "1795616968_8.csv", headers, [second])
    report, store = read(copy, path)
    assert [entry.status for entry in report.entries] == ["read", "same"]
    assert store.frame("costs", SHOP)["product_id"].tolist() == ["3600000000000000002"]
