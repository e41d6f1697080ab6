"""Days of a file that were not whole, or that its name tells otherwise."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ORDER, SHOP, order, write_csv, write_xlsx  # type: ignore[import-not-found]

Read = Callable[..., Any]
DEALS = ["日期", "载体类型", "投放时段", "用户支付金额", "成交金额", "成交订单数", "成交人数"]


def deals(raw: Path, name: str, *days: str) -> Path:
    rows = [[day, "直播", "投放时段", "1", "1", "1", "1"] for day in days]
    return write_xlsx(raw / f"{name}.xlsx", {"成交概览": [DEALS, *rows]})


def told(read: Read, path: Path) -> list[str]:
    entry = read(path)[0].entries[0]
    assert entry.status == "read", entry.reason
    return [problem["en"] for problem in entry.problems]


def test_orders_of_the_day_of_their_export_are_not_whole(raw: Path, read: Read) -> None:
    late = order("0002", paid="2026-11-01 09:00:00", 订单提交时间="2026-11-01 08:59:00")
    problems = told(read, write_csv(raw / "1793500000_a.csv", ORDER, [order("0001"), late]))  # 2026-11-01 10:26:40
    assert problems == [
        "the figures of 2026-11-01 were not whole when it was exported at 2026-11-01 10:26; export them again later"
    ]
    assert told(read, write_csv(raw / "1793590000_a.csv", ORDER, [order("0001"), late, order("0003")])) == []


def test_a_file_whose_name_tells_only_a_day_says_nothing_of_hours(raw: Path, read: Read) -> None:
    headers = ["售后单号", "订单号", "商品单号", "商品ID", "商品发货状态", "售后类型", "退商品金额（元）"]
    headers += ["售后状态", "售后申请时间", "用户到账时间"]
    ids = ["1400000000000000011", *["6920000000001001001"] * 2, "3612345678901234567"]
    row = [*ids, "未发货", "未发货仅退款", "1", "待商家处理", "2026-10-31 08:00:00", "-"]
    assert told(read, write_xlsx(raw / "售后单-2026-10-31.xlsx", {"Sheet1": [headers, row]})) == []
    row = ["1400000000000000021", *row[1:]]
    early = told(read, write_xlsx(raw / "售后单-2026-10-31 12_00_00.xlsx", {"Sheet1": [headers, row]}))
    assert len(early) == 1 and "2026-10-31 were not whole when it was exported at 2026-10-31 12:00" in early[0]


@pytest.mark.parametrize(
    ("days", "told_so"),
    [
        (["20261001", "20261002", "20261003"], False),
        (["20261001", "20261002", "20261004"], True),
        (["20261001"], True),  # less than half of the days: the picker was not applied
        (["20260930", "20261001", "20261002"], True),
    ],
)
def test_days_that_differ_from_those_in_the_name_are_told(
    raw: Path, read: Read, days: list[str], told_so: bool
) -> None:
    problems = told(read, deals(raw, "抖音电商罗盘-成交分析-20261001-20261003", *days))
    assert [("differ" in problem and "2026-10-01..2026-10-03" in problem) for problem in problems] == [True] * told_so


def test_cells_that_will_be_filled_a_day_later_are_counted(raw: Path, read: Read) -> None:
    waiting = order("0002", 流量体裁="数据将于第二天更新")
    problems = told(read, write_csv(raw / "1793500000_a.csv", ORDER, [order("0001"), waiting]))
    assert problems == ["column 流量体裁: 1 rows say that they are updated the next day; export them again later"]


def test_a_plan_may_lie_ahead(raw: Path, read: Read) -> None:
    rows = [["H1", f"2026-{month}-01 19:00", f"2026-{month}-01 23:00", "acc"] for month in ("10", "11", "12")]
    report, store = read(write_csv(raw / "主播排班_20261001.csv", ["主播代号", "开始", "结束", "抖音号"], rows))
    assert report.entries[0].status == "read" and len(store.frame("hosts", SHOP)) == 3
