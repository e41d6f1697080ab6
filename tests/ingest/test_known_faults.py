"""Cells that can be read but cannot be, and what an import says of them."""

from pathlib import Path

from conftest import ORDER, SHOP, order, write_csv, write_xlsx  # type: ignore[import-not-found]
from shop_files import Read, balanced  # type: ignore[import-not-found]

from helpers.ingest import feedback

GOOD = [order(f"{at:04d}", amount="10.00") for at in (1001, 1002, 1003, 1004)]


def changed(row: list[str], **cells: str) -> list[str]:
    return [cells.get(name, cell) for name, cell in zip(ORDER, row, strict=True)]


def told(entry: object) -> str:
    return "\n".join(problem["zh"] for problem in entry.problems)  # type: ignore[attr-defined]


# ids -------------------------------------------------------------------------------------------------------------


def test_an_order_id_with_too_few_or_too_many_digits_waits_for_a_correction(raw: Path, read: Read) -> None:
    short = changed(order("1005"), 子订单编号="692000000000101")
    long = changed(order("1006"), 主订单编号="69200000000010010066")
    report, store = read(write_csv(raw / "1793500000_a.csv", ORDER, [*GOOD, short, long]))
    entry = balanced(report.entries[0])
    assert (entry.kept, entry.quarantined) == (4, 2)
    assert set(store.quarantine(SHOP)["reason"]) == {"digits"}
    assert int(store.frame("orders", SHOP)["payable_fen"].sum()) == 4 * 1000


def test_an_id_one_digit_shorter_than_the_others_of_its_column_waits(raw: Path, read: Read) -> None:
    short = changed(order("1005"), 子订单编号="692000000000100100")  # 18 digits among 19
    report, _ = read(write_csv(raw / "1793500000_a.csv", ORDER, [*GOOD, short]))
    assert (report.entries[0].kept, report.entries[0].quarantined) == (4, 1)


def test_a_product_id_copied_in_part_is_left_out_and_told(raw: Path, read: Read) -> None:
    short = changed(order("1005"), 商品ID="36123456789")
    report, store = read(write_csv(raw / "1793500000_a.csv", ORDER, [*GOOD, short]))
    assert report.entries[0].kept == 5
    assert "「商品ID」" in told(report.entries[0]) and "第 6 行" in told(report.entries[0])
    assert store.frame("orders", SHOP)["product_id"].isna().sum() == 1


def test_a_name_in_the_place_of_an_id_is_stored_nowhere(raw: Path, read: Read, data: Path) -> None:
    shifted = changed(order("1005"), 子订单编号="张三丰")
    _, store = read(write_csv(raw / "1793500000_a.csv", ORDER, [*GOOD, shifted]))
    assert "张三丰" not in store.quarantine(SHOP).to_csv()


# ranges ----------------------------------------------------------------------------------------------------------

DAYS = ["日期", "载体类型", "投放时段", "用户支付金额", "成交金额", "成交订单数", "退款率(支付时间)", "商品曝光人数"]


def test_a_share_above_the_whole_and_a_count_below_nothing_are_left_out_and_told(raw: Path, read: Read) -> None:
    rows = [
        ["20261001", "直播", "全天", "10.00", "10.00", "1", "9.5%", "100"],
        ["20261002", "直播", "全天", "10.00", "10.00", "1", "950%", "-5"],
        ["20261003", "直播", "全天", "10.00", "10.00", "1", "-2%", "300"],
    ]
    report, store = read(write_xlsx(raw / "成交分析-20261001-20261003.xlsx", {"载体构成": [DAYS, *rows]}))
    entry = balanced(report.entries[0])
    frame = store.frame("channel_days", SHOP)
    assert frame["refund_rate"].dropna().tolist() == [0.095]
    assert frame["exposure_users"].dropna().tolist() == [100, 300]
    assert "「退款率(支付时间)」有 2 个值" in told(entry) and "「商品曝光人数」有 1 个值" in told(entry)


def test_stock_below_nothing_is_left_out_and_told(raw: Path, read: Read) -> None:
    rows = [["3698765432109876543", "2026-10-01", "12"], ["3698765432109876543", "2026-10-02", "-3"]]
    report, store = read(write_csv(raw / "库存.csv", ["商品ID", "日期", "可售库存"], rows))
    assert store.frame("stock", SHOP)["available"].tolist() == [12]
    assert "不可能是负数" in str(store.quarantine(SHOP)["reason"].tolist()) + told(report.entries[0])


def test_a_share_that_was_typed_without_its_sign_waits(raw: Path, read: Read) -> None:
    headers = ["指标", "生效日期", "目标值"]
    rows = [
        ["退货率警戒线", "2026-10-01", "9"],
        ["商品曝光点击率", "2026-10-01", "9%"],
        ["月支付金额", "2026-10-01", "18万"],
        ["投放投产比", "2026-10-01", "2.5"],
        ["月环比增幅", "2026-10-01", "120%"],
        ["品牌搜索指数增幅", "2026-10-01", "30"],
        ["48小时发货率", "2026-10-01", "350%"],
    ]
    report, store = read(write_csv(raw / "目标表.csv", headers, rows))
    kept = store.frame("targets", SHOP).set_index("metric")["amount"]
    assert sorted(kept) == [0.09, 1.2, 2.5, 180000.0]
    assert report.entries[0].quarantined == 3


# rounded numbers -------------------------------------------------------------------------------------------------


def test_rounded_numbers_are_told_once_per_column(raw: Path, read: Read) -> None:
    rows = [[f"2026100{at}", "直播", "全天", "1.2万", "10.00", "1", "9.5%", "100"] for at in (1, 2, 3)]
    report, _ = read(write_xlsx(raw / "成交分析-20261001-20261003.xlsx", {"载体构成": [DAYS, *rows]}))
    lines = [problem["zh"] for problem in report.entries[0].problems if "约数" in problem["zh"]]
    assert lines == ["「用户支付金额」有 3 个值是约数（例如 1.2万），按所写的数读入"]


# totals ----------------------------------------------------------------------------------------------------------


def test_a_total_one_order_or_one_fen_off_is_told(raw: Path, read: Read) -> None:
    day, rest = "20261001", ["9.5%", "100"]
    rows = [
        [day, "全部", "全天", "30.01", "30.00", "81", *rest],
        [day, "直播", "全天", "10.00", "10.00", "40", *rest],
        [day, "短视频", "全天", "20.00", "20.00", "40", *rest],
    ]
    report, _ = read(write_xlsx(raw / "成交分析-20261001-20261001.xlsx", {"载体构成": [DAYS, *rows]}))
    lines = [problem["zh"] for problem in report.entries[0].problems if "合计" in problem["zh"]]
    assert len(lines) == 2 and "「用户支付金额」" in lines[0] and "30.01 ≠ 30" in lines[0]
    assert "「成交订单数」" in lines[1] and "81 ≠ 80" in lines[1]


# the balance -----------------------------------------------------------------------------------------------------


def test_older_rows_with_other_columns_count_as_replaced_where_a_newer_export_differs(raw: Path, read: Read) -> None:
    old = write_csv(raw / "1793500000_a.csv", ORDER, [order("1001", 订单状态="已发货"), order("1002")])
    rows = [row[:-1] for row in (order("1001"), order("1002"))]  # without 流量体裁
    new = write_csv(raw / "1793600000_b.csv", ORDER[:-1], rows)
    report, store = read(new, old)
    counts = {entry.file[11:]: (entry.kept, entry.replaced) for entry in report.entries}
    assert counts == {"a.csv": (1, 1), "b.csv": (2, 0)}
    frame = store.frame("orders", SHOP)
    assert frame["status"].tolist() == ["finished"] * 2 and frame["carrier"].tolist() == ["live"] * 2


# days ------------------------------------------------------------------------------------------------------------

LIVE = ["主播抖音号", "直播开始时间", "直播结束时间", "直播间观看人数", "直播间成交金额"]


def live(path: Path, *days: str) -> Path:
    rows = [["acc", f"{day} 08:00:00", f"{day} 10:00:00", "10", "1.00"] for day in days]
    return write_xlsx(path, {"直播间明细": [LIVE, *rows]})


def test_a_shop_that_was_live_on_one_day_of_the_month_is_no_fault(raw: Path, read: Read) -> None:
    report, _ = read(live(raw / "直播明细_自营账号_20261001_20261031.xlsx", "2026-10-07"))
    assert report.entries[0].problems == []
    report, _ = read(live(raw / "直播明细_自营账号_20261101_20261130.xlsx", "2026-10-31", "2026-11-02"))
    assert "2026-11-01..2026-11-30" in told(report.entries[0])


def test_a_day_that_is_missing_among_daily_rows_is_told(raw: Path, read: Read) -> None:
    rows = [[f"202610{at:02}", "直播", "全天", "1.00", "1.00", "1", "9%", "5"] for at in (1, 2, 4, 5)]
    report, _ = read(write_xlsx(raw / "成交分析-20261001-20261005.xlsx", {"成交概览": [DAYS, *rows]}))
    assert told(report.entries[0]) == "文件名写着 2026-10-01..2026-10-05，里面却缺 1 天：10-03"


def test_the_day_on_which_the_data_were_updated_may_not_be_whole(raw: Path, read: Read) -> None:
    name = "抖音直播明细_2026-10-01~2026-10-31_数据更新日期2026-10-{}.xlsx"
    report, _ = read(live(raw / name.format(31), "2026-10-07", "2026-10-31"))
    assert "数据更新于 2026-10-31" in told(report.entries[0])
    report, _ = read(live(raw / "1" / name.format(31), "2026-10-07", "2026-10-30"))
    assert report.entries[0].problems == []


# new words -------------------------------------------------------------------------------------------------------

ASKED = ["售后单号", "订单号", "商品单号", "售后类型", "售后状态", "售后申请时间", "用户到账时间", "退商品金额（元）"]


def ask(number: int, status: str, at: str = "2026-10-30 10:00:00", amount: str = "10.00") -> list[str]:
    line = f"692000000000100{number:04}"
    return [f"140000000000000{number:04}", line, line, "退货退款", status, at, "2026-10-31 10:00:00", amount]


def test_a_new_word_that_several_rows_share_is_shown_with_the_known_ones(raw: Path, read: Read) -> None:
    rows = [ask(at, "待平台介入" if at < 4 else "售后关闭") for at in range(1, 9)]
    report, _ = read(write_xlsx(raw / "售后单-2026-11-01 00_34_04.xlsx", {"Sheet1": [ASKED, *rows]}))
    assert report.entries[0].quarantined == 3 and "'待平台介入'" in told(report.entries[0])
    listed = "\n".join(feedback.lines(SHOP, "zh"))
    assert "'待平台介入'" in listed and "「售后状态」可写：同意退款,退款成功" in listed


def test_a_name_in_shifted_rows_is_not_taken_for_a_new_word(raw: Path, read: Read, data: Path) -> None:
    shifted = [ask(at, "张三丰", at="退货退款", amount="售后关闭") for at in (1, 2, 3, 4)]
    rows = [*shifted, *(ask(at, "售后关闭") for at in range(5, 12))]
    report, store = read(write_xlsx(raw / "售后单-2026-11-01 00_34_04.xlsx", {"Sheet1": [ASKED, *rows]}))
    assert report.entries[0].quarantined == 4
    assert "张三丰" not in told(report.entries[0]) + store.quarantine(SHOP).to_csv() + store.files(SHOP).to_csv()
    assert "张三丰" not in "\n".join(feedback.lines(SHOP, "zh"))


# headers ---------------------------------------------------------------------------------------------------------


def test_a_selection_of_orders_without_times_is_told_what_it_lacks(raw: Path, read: Read) -> None:
    chosen = ["主订单编号", "子订单编号", "选购商品", "商品ID", "商品数量", "订单状态", "订单应付金额"]
    rows = [[row[ORDER.index(name)] for name in chosen] for row in GOOD]
    report, _ = read(write_csv(raw / "1793500000_a.csv", chosen, rows))
    entry = report.entries[0]
    assert (entry.status, entry.reason["zh"]) == (
        "refused",
        "是「订单导出」，但缺少必需的列 订单提交时间, 支付完成时间",
    )
    assert "订单管理" in entry.todo["zh"]


# parts and wholes ------------------------------------------------------------------------------------------------

STAGES = ["全部退款阶段", "发货前退款阶段", "未收货退款阶段", "已收货退款阶段", "已收货退货退款阶段"]


def stages(path: Path, *amounts: str) -> Path:
    headers = [f"{stage}{measure}" for stage in STAGES for measure in ("退款订单数", "退款金额")]
    row = [cell for at, amount in enumerate(amounts) for cell in ("9" if at == 0 else "2", amount)]
    return write_xlsx(path, {"本店数据": [headers, row]})


def test_stages_of_refunds_are_compared_with_their_total(raw: Path, read: Read) -> None:
    name = "抖音电商罗盘-退款分析-2026_05_{}.xlsx"
    beside = stages(raw / name.format(11), "100.00", "40.00", "30.00", "20.00", "10.00")
    within = stages(raw / name.format(12), "90.00", "40.00", "30.00", "20.00", "10.00")
    report, _ = read(beside, within)
    assert [entry.problems for entry in report.entries] == [[], []]
    report, store = read(stages(raw / name.format(13), "100.01", "40.00", "30.00", "20.00", "10.00"))
    assert "「全部退款阶段退款金额」与各部分之和对不上" in told(report.entries[0])
    assert int(store.frame("refund_stages", SHOP)["all_fen"].sum()) == 29001


# sheets that people fill -----------------------------------------------------------------------------------------


def test_most_rows_of_a_typed_sheet_may_wait_and_the_others_are_read(raw: Path, read: Read) -> None:
    rows = [
        ["月支付金额", "2026-10-01", "18万"],
        ["月支付金额", "2026-11-01", "很多"],
        ["投放投产比", "2026-10-01", "高"],
    ]
    report, store = read(write_csv(raw / "目标表.csv", ["指标", "生效日期", "目标值"], rows))
    assert (report.entries[0].status, report.entries[0].kept, report.entries[0].quarantined) == ("read", 1, 2)
    assert store.frame("targets", SHOP)["amount"].tolist() == [180000.0]
