"""The made-up shop: the same bytes at every run, the platform's headers, figures that agree with each other."""

import csv
import hashlib
import json
from collections import Counter, defaultdict
from decimal import Decimal

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from helpers.definitions import metrics
from helpers.sample import write_shop
from helpers.sample.aftersale_files import status
from helpers.sample.story import headers

DONE = "同意退款，退款成功"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    write_shop(folder, 60)
    return folder


def sheet(path):
    """Header row and rows of an XLSX, as a list of dictionaries."""
    names, *rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    return [dict(zip(names, row, strict=True)) for row in rows]


def order_files(shop):
    return sorted((shop / "订单").glob("*.csv"))


def read_orders(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def yuan(text):
    return Decimal(str(text).strip("¥￥\t ").replace(",", ""))


@pytest.fixture(scope="module")
def newest(shop):
    """Order lines by sub-order, the newest snapshot of each."""
    return {row["子订单编号"].strip(): row for path in order_files(shop) for row in read_orders(path)}


def digest(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_two_runs_write_the_same_bytes(shop, tmp_path):
    paths = write_shop(tmp_path, 60)
    assert digest(tmp_path) == digest(shop)
    assert len(paths) == len(set(paths)) == len(digest(shop))


def test_another_seed_makes_another_shop_with_the_same_story(shop, tmp_path):
    write_shop(tmp_path, 60, seed=7)
    ours, others = (json.loads((folder / "truths" / "truths.json").read_text("utf-8")) for folder in (shop, tmp_path))
    assert ours["story"] == others["story"]
    assert ours["truths"]["product_ids"] == others["truths"]["product_ids"]
    assert ours["truths"]["october"] != others["truths"]["october"]


def test_header_lists_have_the_platforms_lengths():
    assert [len(headers(name)) for name in ("orders_a", "orders_b", "deals", "ads")] == [75, 74, 51, 22]
    assert headers("orders_a")[0] == "主订单编号" and headers("orders_a")[-1] == "建议发货时间（止）"


def test_order_files_come_in_both_column_orders(shop):
    widths = Counter(len(read_orders(path)[0]) for path in order_files(shop))
    assert widths == {75: 5, 74: 1}


def test_order_cells_are_quoted_and_ids_follow_a_tab(shop):
    line = order_files(shop)[0].read_text(encoding="utf-8-sig").splitlines()[1]
    assert line.startswith('"\t69') and line.endswith('"') and ',"\t小满' in line


def test_order_ids_have_19_digits_and_single_lines_repeat_them(newest):
    lines = Counter(row["主订单编号"] for row in newest.values())
    assert all(len(line) == 19 and not line.endswith("0000") for line in newest)
    single = [row for row in newest.values() if lines[row["主订单编号"]] == 1]
    assert all(row["主订单编号"] == row["子订单编号"] for row in single)
    assert 0.05 < 1 - len(single) / len(newest) < 0.40


def test_payable_is_list_price_less_discounts_plus_freight(shop):
    parts = ["平台优惠", "商家优惠", "达人优惠", "商家改价", "支付优惠", "红包抵扣", "降价类优惠"]
    bearers = ["平台实际承担优惠金额", "商家实际承担优惠金额", "达人实际承担优惠金额"]
    for path in order_files(shop):
        for row in read_orders(path):
            price = yuan(row.get("商品金额") or row["商品单价"]) * int(row["商品数量"])
            off = yuan(row["优惠总金额"])
            assert off == sum(yuan(row[name]) for name in parts) == sum(yuan(row[name]) for name in bearers)
            assert yuan(row["订单应付金额"]) == price - off + yuan(row["运费"]) >= 0


def test_orders_of_the_export_day_have_no_traffic_yet(shop):
    last = read_orders(order_files(shop)[-1])
    waiting = {row["订单提交时间"][:10] for row in last if row["流量体裁"] == "数据将于第二天更新"}
    assert waiting <= {"2026-11-05"} and max(row["订单提交时间"] for row in last) < "2026-11-05 09:02:42"


def test_the_second_export_repeats_orders_with_a_later_state(shop):
    before = {row["子订单编号"]: row["订单状态"] for row in read_orders(order_files(shop)[-2])}
    after = {row["子订单编号"]: row["订单状态"] for row in read_orders(order_files(shop)[-1])}
    both = before.keys() & after.keys()
    assert any(before[one] == "已发货" and after[one] == "已完成" for one in both)


def test_receivers_are_masked(newest):
    assert all(
        "*" in row["收件人"] and "****" in row["收件人手机号"] and "*" in row["详细地址"] for row in newest.values()
    )


def test_unpaid_orders_are_closed_without_a_payment(newest):
    unpaid = [row for row in newest.values() if row["支付完成时间"] == "-"]
    assert unpaid and {row["订单状态"] for row in unpaid} <= {"已关闭", "待支付"}
    assert {row["发货时间"] for row in unpaid} == {"-"}


def deals(shop):
    return [row for path in sorted((shop / "罗盘").glob("*成交分析*")) for row in sheet(path)]


def test_carriers_and_windows_add_up_to_the_total_rows(shop):
    names = ["用户支付金额", "成交金额", "成交订单数", "商品曝光次数", "商品点击次数", "退款金额(支付时间)", "成交件数"]
    days = defaultdict(list)
    for row in deals(shop):
        days[row["日期"]].append(row)
    assert len(days) == 795 and {len(rows) for rows in days.values()} == {8}
    for total, on, off, *carriers in days.values():
        assert (total["载体类型"], total["投放时段"], on["投放时段"]) == ("全部", "不限", "投放时段")
        for name in names:
            assert total[name] == pytest.approx(on[name] + off[name], abs=0.001)
            assert total[name] == pytest.approx(sum(row[name] for row in carriers), abs=0.001)


def test_one_deal_file_is_wider_and_renames(shop):
    rows = [sheet(path)[0] for path in sorted((shop / "罗盘").glob("*成交分析*"))]
    assert Counter(len(row) for row in rows) == {51: 4, 61: 1}
    assert ["电商平台补贴金额" in row for row in rows] == [len(row) == 61 for row in rows]


def test_orders_tie_to_the_deals_of_their_payment_day(shop, newest):
    paid, orders = defaultdict(Decimal), defaultdict(set)
    for row in newest.values():
        if row["支付完成时间"] != "-":
            day = row["支付完成时间"][:10].replace("-", "")
            paid[day] += yuan(row["订单应付金额"])
            orders[day].add(row["主订单编号"])
    for row in deals(shop):
        if row["载体类型"] == "全部" and row["投放时段"] == "不限":
            assert Decimal(str(row["用户支付金额"])).quantize(Decimal("0.01")) == paid[row["日期"]]
            assert row["成交订单数"] == len(orders[row["日期"]])


def after_sales(shop):
    return [row for path in sorted((shop / "售后").glob("*.xlsx")) for row in sheet(path)]


def test_refunds_never_exceed_what_was_paid(shop, newest):
    back = defaultdict(Decimal)
    for row in after_sales(shop):
        assert row["商品单号"] in newest and newest[row["商品单号"]]["主订单编号"].strip() == row["订单号"]
        if row["售后状态"] == DONE:
            back[row["商品单号"]] += (
                yuan(row["退商品金额（元）"]) + yuan(row["退运费金额（元）"]) - yuan(row["退支付优惠（元）"])
            )
    assert back and all(0 < amount <= yuan(newest[line]["订单应付金额"]) for line, amount in back.items())


def test_after_sales_include_lines_that_asked_again_after_a_closed_request(shop):
    rows, states = after_sales(shop), defaultdict(set)
    for row in rows:
        states[row["商品单号"]].add(row["售后状态"])
    assert {DONE, "售后关闭"} in states.values()
    assert all(len(row) == 50 for row in rows)


def test_a_request_moves_through_its_states():
    ask = {"kind": "return", "final": "success", "applied_at": "2026-10-01", "agreed_at": "2026-10-02"}
    ask |= {"returned_at": "2026-10-04", "refunded_at": "2026-10-08", "closed_at": None, "finished_at": "2026-10-08"}
    asks = pd.DataFrame([{name: pd.Timestamp(one) if name.endswith("_at") else one for name, one in ask.items()}])
    days = ["2026-10-01 12:00", "2026-10-03", "2026-10-05", "2026-10-09"]
    found = [status(asks, pd.Timestamp(day)).tolist() for day in days]
    assert found == [["待商家处理"], ["待买家退货"], ["待商家收货"], [DONE]]


def test_live_sessions_hold_the_paid_live_orders_of_the_own_account(shop, newest):
    sessions = [row for path in (shop / "罗盘").glob("直播明细*") for row in sheet(path)]
    own = {
        row["主订单编号"]
        for row in newest.values()
        if row["流量体裁"] == "直播" and row["流量来源"] == "小店自卖" and row["支付完成时间"] != "-"
    }
    assert sum(row["直播间成交订单数"] for row in sessions) == len(own)
    assert any(row["直播开始时间"][:10] != row["直播结束时间"][:10] for row in sessions)


def test_product_totals_add_up_over_carriers_and_tie_to_the_cards(shop):
    rows = sheet(shop / "罗盘" / "商品列表_20261001-20261031.xlsx")
    cards = sheet(shop / "罗盘" / "商品卡列表数据_2026_10_01~2026_10_31.xlsx")
    for name in ("成交订单数", "用户支付金额", "商品曝光次数", "加购人数", "好评数"):
        total = sum(row[name] for row in rows if row["载体"] == "全部")
        assert total == pytest.approx(sum(row[name] for row in rows if row["载体"] != "全部"), abs=0.001)
    by_card = sum(row["成交订单数"] for row in rows if row["载体"] == "商品卡")
    assert by_card == sum(row["商品卡成交订单数"] for row in cards)


def test_ads_are_gbk_with_a_total_row_and_longer_rows(shop):
    path = sorted((shop / "千川").glob("*.csv"))[-1]
    names, total, *rows = list(csv.reader(path.read_text(encoding="gbk").splitlines()))
    assert total[2] == "全部" and {len(row) - len(names) for row in rows} == {2}
    for column in ("整体消耗", "整体成交金额"):
        at = names.index(column)
        assert yuan(total[at]) == sum(yuan(row[at]) for row in rows)


def test_service_files_end_with_sum_and_mean(shop):
    rows = sheet(shop / "飞鸽" / "飞鸽接待量_20261001-20261031.xlsx")
    assert [row["客服昵称"] for row in rows[-2:]] == ["店铺汇总值", "店铺平均值"]
    assert rows[-2]["人工已接待人数"] == sum(row["人工已接待人数"] for row in rows[:-2])
    assert rows[-2]["首次响应时长（秒）"] == "-"


def test_the_hit_is_out_of_stock_and_unsold_for_its_planted_days(shop, newest):
    truths = json.loads((shop / "truths" / "truths.json").read_text(encoding="utf-8"))["truths"]
    days, hit = set(truths["stock_out"]["days"]), truths["product_ids"]["DP01"]
    assert min(days) == "2026-10-19" and max(days) == "2026-10-27" and len(days) == 9
    empty = {row["日期"] for row in sheet(shop / "自填" / "库存.xlsx") if row["商品ID"] == hit and row["可售库存"] == 0}
    assert empty == days
    ordered = {row["订单提交时间"][:10] for row in newest.values() if row["商品ID"].strip() == hit}
    assert not ordered & days


def test_members_know_nearly_all_paid_orders(shop, newest):
    members = {row["订单编号"]: row for row in sheet(shop / "自填" / "会员订单.xlsx")}
    paid = defaultdict(Decimal)
    for row in newest.values():
        if row["支付完成时间"] != "-":
            paid[row["主订单编号"].strip()] += yuan(row["订单应付金额"])
    assert members.keys() <= paid.keys() and len(members) > 0.95 * len(paid)
    assert all(Decimal(str(row["金额"])).quantize(Decimal("0.01")) == paid[order] for order, row in members.items())


def test_reviews_include_text_that_tries_to_be_markup(shop):
    texts = {row["评价内容"] for row in sheet(shop / "自填" / "评价.xlsx")}
    assert "=1+1 下次还来" in texts and "#let x = 1 好用" in texts and "" in texts
    assert any("\n" in text for text in texts)


def test_truths_tell_the_story(shop):
    found = json.loads((shop / "truths" / "truths.json").read_text(encoding="utf-8"))
    assert found["story"]["live"]["hosts"]["H2"] == 1.35
    assert found["story"]["growth"]["break_day"] == "2026-05-01"
    assert found["truths"]["refund_share_by_days_since_payment"]["45"] == 1.0


def test_planted_facts_have_ids_of_metrics_and_the_storys_numbers(shop):
    planted = json.loads((shop / "truths" / "truths.json").read_text(encoding="utf-8"))["truths"]["facts"]
    assert {id.split("/")[0] for id in planted} <= set(metrics.load())
    assert planted["background.interest_index/label=电商品类成交偏好 母婴用品"] == pytest.approx(0.78 / 0.18, abs=1e-5)
    assert planted["trials.effect_rate/arm=T2026-09A:开箱开头"] == pytest.approx(1.1)  # 4.1 % against 3.0 %
    assert planted["trials.harm/arm=T2026-09B:放宽门槛"] == pytest.approx(2.8)  # 4.0 % against 1.2 %
    assert planted["sales.spend_response"] == pytest.approx(0.058853, abs=1e-6)  # 1.1 to the power of 0.6, less 1
    assert planted["background.touch_more/campaign=八月唤醒券"] == pytest.approx(3.8)
