"""Small export files as the back offices write them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from helpers.ingest import ImportReport, ingest
from helpers.store import Store

SHOP = "probe"
ORDER = [
    "主订单编号",
    "子订单编号",
    "选购商品",
    "商品ID",
    "商品数量",
    "订单提交时间",
    "支付完成时间",
    "承诺发货时间",
    "买家留言",
    "订单状态",
    "售后状态",
    "订单类型",
    "订单应付金额",
    "收件人",
    "收件人手机号",
    "省",
    "详细地址",
    "达人ID",
    "流量类型",
    "流量体裁",
]


def order(line: str, paid: str = "2026-10-03 10:00:00", amount: str = "89.00", **other: str) -> list[str]:
    """One order line with 19-digit ids; other cells by header."""
    cells = dict.fromkeys(ORDER, "-") | {
        "主订单编号": "\t692000000000100" + line[:4],
        "子订单编号": "\t692000000000100" + line[:4],
        "选购商品": "\t纸尿裤 M",
        "商品ID": "\t3612345678901234567",
        "商品数量": "1",
        "订单提交时间": "2026-10-03 09:59:00",
        "支付完成时间": paid,
        "订单状态": "已完成",
        "订单类型": "普通订单",
        "订单应付金额": amount,
        "收件人": "张三丰",
        "收件人手机号": "13812345678",
        "省": "广东省",
        "详细地址": "幸福路8号3栋",
        "买家留言": "请放门口，电话13812345678",
        "流量类型": "非广告",
        "流量体裁": "直播",
    }
    return [(cells | other)[name] for name in ORDER]


def write_csv(path: Path, headers: Sequence[str], rows: Sequence[Sequence[str]], encoding: str = "utf-8-sig") -> Path:
    """All cells quoted, as the order export writes them."""
    text = "\n".join(",".join(f'"{cell}"' for cell in row) for row in [headers, *rows])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


def write_xlsx(path: Path, sheets: dict[str, Sequence[Sequence[Any]]]) -> Path:
    """One workbook; datetimes become date cells."""
    import xlsxwriter

    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm:ss"}) as book:
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            for at, row in enumerate(rows):
                page.write_row(at, 0, row)
    return path


@pytest.fixture
def raw(data: Path) -> Path:
    """The shop's folder of raw exports."""
    folder = data / "raw" / SHOP
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def read(raw: Path) -> Callable[..., tuple[ImportReport, Store]]:
    """Ingest files and give the report and a fresh store."""

    def run(*files: Path) -> tuple[ImportReport, Store]:
        return ingest(files, SHOP), Store.open()

    return run
