"""Settlements, cash, insurance and warehouse bills as the platform writes them."""

from pathlib import Path

import pandas as pd
import pytest
from conftest import SHOP, write_csv, write_xlsx  # type: ignore[import-not-found]
from shop_files import ORDER, Read, balanced, bare, fen, grid, no_one_named  # type: ignore[import-not-found]

# settlements and cash --------------------------------------------------------------------------------------------

SETTLEMENT = [
    "结算时间",
    "订单号",
    "子订单号",
    "结算金额",
    "结算账户",
    "结算单类型",
    "有结算前退款",
    "下单时间",
    "商品ID",
    "商品数量",
    "业务类型",
    "订单类型",
    "订单总价",
    "商品总价",
    "运费",
    "店铺劵",
    "结算前退款金额",
    "平台补贴",
    "达人补贴",
    "抖音支付补贴",
    "抖音月付营销补贴",
    "用户实付",
    "收入合计",
    "平台服务费",
    "佣金",
    "渠道分成",
    "招商服务费",
    "站外推广费",
    "其他分成",
    "其他分成说明",
    "支出合计",
    "是否免佣",
    "免佣金额",
    "备注",
]


def settlement(line: str, at: str, amount: str, income: str, expense: str, **other: str) -> dict[str, str]:
    return {
        "结算时间": at,
        "订单号": f"'{ORDER}01",
        "子订单号": f"'{ORDER}{line}",
        "结算金额": amount,
        "结算账户": "聚合账户",
        "结算单类型": "已结算",
        "下单时间": "2026-10-03 09:59:00",
        "收入合计": income,
        "支出合计": expense,
        "备注": "老客户李四",
    } | other


def settlements() -> list[dict[str, str]]:
    """Settled 97.02 + 97.02 (twice the same) - 8.00 + 1,000.00 = 1,186.04."""
    first = settlement("02", "2026-10-20 05:59:20", "97.02", "109.00", "-11.98", 平台服务费="-5.45", 佣金="-6.53")
    back = settlement("02", "2026-10-25 18:34:00", "-8.00", "-8.00", "0.00", 结算单类型="结算后退款-非原路退回")
    big = settlement(
        "03", "2026-10-21 06:00:00", "1,000.00", "1,100.00", "-100.00", 子订单号=f'="{ORDER}03"', 店铺劵="5.00"
    )
    return [first, dict(first), back, big]


def test_settlements_skip_the_explanation_and_add_up_with_their_refunds(raw: Path, read: Read, data: Path) -> None:
    explained = {"结算时间": "结算到账的时间", "结算金额": "收入+支出", "收入合计": "各项收入之和", "子订单号": ""}
    rows = [["" if cell == "-" else cell for cell in row] for row in grid(SETTLEMENT, [explained])]
    report, store = read(
        write_csv(raw / "1793500000_b.csv", SETTLEMENT, [*rows, *bare(grid(SETTLEMENT, settlements()))])
    )
    entry = balanced(report.entries[0])
    assert (entry.kinds, entry.kept, entry.dropped, entry.problems) == (("SET",), 4, {"explanation_row": 1}, [])
    frame = store.frame("settlements", SHOP)
    assert fen(frame, "settled_fen") == 118604
    assert [fen(frame, name) for name in ("income_fen", "expense_fen")] == [131000, -12396]
    assert [fen(frame, name) for name in ("platform_fee_fen", "commission_fen", "shop_coupon_fen")] == [
        -1090,
        -1306,
        500,
    ]
    twice = frame[frame["settled_at"] == pd.Timestamp("2026-10-20 05:59:20")]
    assert twice["part"].tolist() == [1, 2] and twice["line_id"].tolist() == [ORDER + "02"] * 2
    assert sorted(frame["line_id"].unique()) == [ORDER + "02", ORDER + "03"]
    no_one_named(store, data)


def test_a_newer_settlement_bill_with_a_row_that_adds_it_up(raw: Path, read: Read) -> None:
    now = {"佣金": "达人佣金（元）", "店铺劵": "店铺券(元)", "结算金额": "结算金额（元）"}
    titles = [*(now.get(name, name) for name in SETTLEMENT), "服务商佣金", "达人名称"]
    rows = [{now.get(name, name): cell for name, cell in row.items()} for row in settlements()]
    rows[-1]["子订单号"] = f"'{ORDER}03"  # a formula such as ="…" has no value that a workbook's writer could know
    total = {"结算金额（元）": "1,186.04"}
    sheet = [titles, *grid(titles, [total, *rows])]
    report, store = read(write_xlsx(raw / "结算账单_20261101.xlsx", {"Sheet1": sheet}))
    entry = balanced(report.entries[0])
    assert entry.dropped == {"total_row": 1} and entry.problems == []
    frame = store.frame("settlements", SHOP)
    assert (fen(frame, "settled_fen"), fen(frame, "commission_fen"), fen(frame, "shop_coupon_fen")) == (
        118604,
        -1306,
        500,
    )
    sheet[1][3] = "1,286.04"
    report, _ = read(write_xlsx(raw / "结算账单_20261102.xlsx", {"Sheet1": sheet}))
    assert "1,286.04" in balanced(report.entries[0]).problems[0]["en"]


def test_a_settlement_that_does_not_add_up_is_set_aside(raw: Path, read: Read) -> None:
    rows = settlements()
    rows[3]["结算金额"] = "1,000.50"
    report, store = read(write_csv(raw / "1793500000_b.csv", SETTLEMENT, bare(grid(SETTLEMENT, rows))))
    entry = balanced(report.entries[0])
    assert (entry.kept, entry.quarantined) == (3, 1)
    assert fen(store.frame("settlements", SHOP), "settled_fen") == 18604


CASH = [
    "动账时间",
    "动帐流水号",
    "动账方向",
    "动账金额",
    "动账账户",
    "动账场景",
    "计费类型",
    "子订单号",
    "订单号",
    "售后编号",
    "下单时间",
    "商品ID",
    "订单类型",
    "订单实付应结",
    "运费实付",
    "实际平台补贴_运费",
    "实际平台补贴",
    "实际达人补贴",
    "实际抖音支付补贴",
    "实际抖音月付营销补贴",
    "订单退款",
    "平台服务费",
    "佣金",
    "渠道分成",
    "招商服务费",
    "站外推广费",
    "其他分成",
    "是否免佣",
    "免佣金额",
    "备注",
]


def movements(sign: str) -> list[dict[str, str]]:
    """In: 170.05 + 3.00; out: 179.00 + 5,000.00 + 2,000.00 + 12.50."""
    rows = [
        ("入账", "170.05", "货款结算入账", {"订单实付应结": "179.00", "平台服务费": "-8.95"}),
        ("出账", f"{sign}179.00", "退款-结算后退款-退用户", {"订单退款": "-179.00"}),
        ("入账", "3.00", "消费者赔付", {}),
        ("出账", f"{sign}5,000.00", "提现", {"备注": "张三丰 13812345678"}),
        ("出账", f"{sign}2,000.00", "评价有礼保证金缴纳", {}),
        ("出账", f"{sign}12.50", "-", {"备注": "张三丰的保费扣除（6笔）"}),
    ]
    return [
        {
            "动账时间": f"2026-10-{at + 10} 10:00:00",
            "动帐流水号": f"'20261010085000001114191489{at:02}",
            "动账方向": way,
            "动账金额": amount,
            "动账场景": scene,
            "子订单号": f"'{ORDER}02" if at < 2 else "-",
        }
        | other
        for at, (way, amount, scene, other) in enumerate(rows)
    ]


@pytest.mark.parametrize("sign", ["", "-"])
def test_cash_goes_by_its_direction_whichever_sign_it_has(raw: Path, read: Read, data: Path, sign: str) -> None:
    rows = movements(sign)
    more = [
        "商品名称",
        "达人ID",
        "达人名称",
        "其他平台补贴",
        "以旧换新抵扣",
        "政府补贴平台垫资",
        "银行补贴",
        "服务商佣金",
        "商户主体名称",
    ]
    if sign:  # the newer version, with the other spelling
        titles = [{"动帐流水号": "动账流水号"}.get(name, name) for name in [*CASH, *more]]
        sheet = [
            titles,
            *grid(titles, [row | {"动账流水号": row["动帐流水号"], "商户主体名称": "张三丰"} for row in rows]),
        ]
        path = write_xlsx(raw / "动账明细_20261101.xlsx", {"Sheet1": sheet})
    else:
        path = write_csv(raw / "1793500000_c.csv", CASH, grid(CASH, rows))
    report, store = read(path)
    entry = balanced(report.entries[0])
    assert (entry.kinds, entry.kept, entry.problems) == (("CAS",), 6, [])
    frame = store.frame("cash_movements", SHOP)
    assert (fen(frame, "in_fen"), fen(frame, "out_fen")) == (17305, 719150)
    assert frame["kind"].tolist() == ["settlement", "refund", "compensation", "withdrawal", "deposit", "other"]
    cost = frame[~frame["kind"].isin(["withdrawal", "deposit"])]
    assert fen(cost, "out_fen") == 19150 and frame["scene"].tolist()[-1] == "保费"
    assert frame["line_id"].notna().sum() == 2 and fen(frame, "platform_fee_fen") == -895
    no_one_named(store, data)


def test_a_direction_that_nobody_knows_is_neither_income_nor_expense(raw: Path, read: Read) -> None:
    rows = movements("")
    rows[2]["动账方向"] = "冻结"
    report, store = read(write_csv(raw / "1793500000_c.csv", CASH, grid(CASH, rows)))
    assert balanced(report.entries[0]).quarantined == 1
    frame = store.frame("cash_movements", SHOP)
    assert (fen(frame, "in_fen"), fen(frame, "out_fen")) == (17005, 719150)


def test_insurance_and_warehouse_charges(raw: Path, read: Read) -> None:
    policy = [
        "投保单号",
        "订单编号",
        "下单时间",
        "承保时间",
        "保险名称",
        "承保保司",
        "保费来源",
        "支付保费",
        "保费状态",
        "动账时间",
        "动账流水号",
        "保险交易单号",
        "平台优惠【营销补贴】",
        "保障额度",
        "保障状态",
        "备注",
        "平台优惠【特殊活动】",
        "平台优惠",
    ]
    policies = [
        {
            "投保单号": "P1",
            "订单编号": ORDER + "01",
            "下单时间": "2026-10-03 09:59:00",
            "支付保费": "0.85",
            "保费状态": "已支付",
        },
        {
            "投保单号": "P2",
            "订单编号": ORDER + "04",
            "下单时间": "2026-10-04 09:59:00",
            "支付保费": "1.20",
            "平台优惠": "0.30",
        },
    ]
    charge = [
        "结算单号",
        "订单码",
        "关联订单号",
        "关联运单号",
        "费用项",
        "服务商",
        "QIC仓",
        "结算金额",
        "计费参数",
        "计费完成时间",
        "业务节点",
        "业务发生时间",
        "结算时间",
        "状态",
        "动账账户",
        "动账流水号",
        "备注",
        "是否木带宝",
        "是否子单",
    ]
    same = {"结算单号": "B1", "订单码": "C1", "计费完成时间": "2026-10-05 10:00:00", "结算时间": "2026-11-05 10:00:00"}
    charges = [same | {"费用项": "质检费(通过)", "结算金额": "12.30"}, same | {"费用项": "仓储费", "结算金额": "7.70"}]
    report, store = read(
        write_xlsx(raw / "运费险_20261101.xlsx", {"Sheet1": [policy, *grid(policy, policies)]}),
        write_xlsx(raw / "BIC_20261106.xlsx", {"Sheet1": [charge, *grid(charge, charges)]}),
    )
    assert [balanced(entry).kinds for entry in report.entries] == [("INS",), ("BIC",)]
    assert fen(store.frame("policies", SHOP), "premium_fen") == 205
    charged = store.frame("bic_charges", SHOP)
    assert fen(charged, "amount_fen") == 2000 and charged["settled_at"].dt.month.tolist() == [11, 11]
