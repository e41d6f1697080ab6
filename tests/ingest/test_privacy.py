"""Seeded names, phones, identity numbers and addresses: none is found in the store, in what is printed, or in a workbook."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import SHOP, write_csv, write_xlsx  # type: ignore[import-not-found]
from pyarrow import parquet

from helpers import cli

NAMES = ("欧阳锋铁", "慕容复兴")
SECRETS = (*NAMES, "13955512345", "110101199003074514", "翠竹路88号3栋", "lisi_vx2024", "li.si@mail.com")
SPACED = "电话 139 5551 2345，身份证110101199003074514，住广州市天河区翠竹路88号3栋，微信lisi_vx2024，li.si@mail.com"


def words(text: str) -> list[str]:
    return text.split()


ORDER = words("""
主订单编号 子订单编号 支付方式 选购商品 货号 商品ID 商家编码 商品数量 商品金额 订单提交时间 支付完成时间 订单完成时间 承诺发货时间
预约发货时间 买家留言 旗帜颜色 商家备注 APP渠道 订单状态 取消原因 售后状态 订单类型 发货时间 车型 订单应付金额 运费
优惠总金额 平台优惠
商家优惠 达人优惠 商家改价 支付优惠 手续费 红包抵扣 收件人 收件人手机号 省 市 区 街道 详细地址 是否修改过地址 快递信息 序列号
达人ID 达人昵称 税费 流量来源 仓库ID 仓库名称 广告渠道 流量类型 流量体裁 流量渠道 发货主体 发货主体明细 预计送达时间
""")
PERSONAL = words("买家留言 商家备注 收件人 收件人手机号 市 区 街道 详细地址 快递信息 达人昵称 发货主体明细 取消原因")
READ = words("商品数量 订单提交时间 支付完成时间 承诺发货时间 订单状态 售后状态 订单应付金额 运费 平台优惠 流量类型")
TEXTS = words("选购商品 货号 商家编码 省 流量来源 流量渠道")  # stored as they are: only numbers can be told from words
AFTER = words("""
售后单号 订单号 商品单号 商品ID 商品名称 售后类型 退商品金额（元） 售后状态 售后申请时间 用户到账时间 售后原因 用户售后说明
收货人 商家退货联系人电话 退货地址
""")
REVIEW = words("评价编号 评价时间 订单编号 商品ID 评价等级 评分 评价内容 追评内容 买家昵称 电话")


def order(at: int, **cells: str) -> list[str]:
    line = f"69200000000{at:04}1234"
    known = dict.fromkeys(ORDER, "-") | {"主订单编号": line, "子订单编号": line, "选购商品": "纸尿裤", "商品数量": "1"}
    known |= {"订单提交时间": "2026-10-03 09:59:00", "支付完成时间": "2026-10-03 10:00:00", "订单状态": "已完成"}
    known |= {"订单应付金额": "89.00", "省": "广东省"} | dict.fromkeys(PERSONAL, f"{NAMES[0]} {SPACED}")
    return [(known | cells)[name] for name in ORDER]


def orders() -> list[list[str]]:
    rows = [order(at) for at in range(40)]
    places = [(name, secret) for name in READ for secret in (NAMES[0], f"{NAMES[1]}收", "翠竹路88号3栋", SPACED)]
    places += [("订单应付金额", "13955512345"), ("订单状态", "13955512345"), ("支付完成时间", "110101199003074514")]
    places += [
        (name, secret) for name in TEXTS for secret in ("13955512345", "买家139-5551-2345", "110101199003074514")
    ]
    rows += [order(100 + at, **{name: secret}) for at, (name, secret) in enumerate(places)]
    for at in range(5):  # an unquoted comma in a remark moves all later cells
        rows.append([*order(300 + at)[:14], NAMES[1], *order(300 + at)[14:]])
    for at in range(5):  # moved by hand, in a table as wide as its header
        rows.append([*order(310 + at)[:9], NAMES[1], *order(310 + at)[9:-1]])
    return rows


def after_sales() -> list[list[str]]:
    row = ["7", "o1", "o1", "p1", "尿裤", "退货退款", "¥8.50", "退款成功", "2026-10-05 08:00:00", "2026-10-09 08:00:00"]
    row += ["质量问题", f"漏了，{SPACED}", NAMES[0], "13955512345", "翠竹路88号3栋"]
    rows = [[f"7{at:04}", *row[1:]] for at in range(16)]
    for at in range(5, 10):
        rows[at][at] = NAMES[0]
    rows[10][8] = SPACED
    return rows


def reviews() -> list[list[str]]:
    row = ["2026-10-08 09:12:00", "o1", "p1", "差评", "1", SPACED, SPACED, NAMES[0], "13955512345"]
    rows = [[f"R{at}", *row] for at in range(9)]
    rows[1][1], rows[2][5], rows[3][4] = f"{NAMES[0]}{SPACED}", NAMES[1], NAMES[0]
    return rows


@pytest.fixture
def seeded(raw: Path) -> Path:
    write_csv(raw / "1793500000_订单.csv", ORDER, orders(), "gb18030")
    others = [[row[0] + "9", row[1] + "9", *row[2 : len(ORDER)]] for row in orders()]
    write_xlsx(raw / "1793500000_订单2.xlsx", {"订单": [ORDER, *others]})
    write_xlsx(raw / "售后单-2026-11-01 00_34_04.xlsx", {"Sheet1": [AFTER, *after_sales()]})
    write_csv(raw / "评价.csv", REVIEW, reviews())
    write_csv(raw / "通讯录.csv", ["姓名", "电话", "住址"], [[NAMES[0], "13955512345", "翠竹路88号3栋"]])
    write_csv(raw / "没有表头.csv", order(1), orders()[:3])
    write_csv(
        raw / "坏订单.csv", ORDER, [order(900 + at, 订单应付金额=NAMES[0], 支付完成时间=SPACED) for at in range(9)]
    )
    write_csv(raw / "订单维度.csv", ORDER, [order(950, 子订单编号=f"6920000000000001;6920000000000002 {NAMES[0]}")])
    return raw


def content(path: Path) -> bytes:
    """The bytes of a file, and what they hold when they are decoded."""
    data = path.read_bytes()
    if path.suffix == ".parquet":
        data += parquet.read_table(io.BytesIO(data)).to_pandas().to_csv().encode()
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            data += b"".join(book.read(name) for name in book.namelist())
    return data


def leaks(data: bytes) -> list[str]:
    return [secret for secret in SECRETS if secret.encode() in data or secret.encode("gb18030") in data]


def test_no_secret_leaves_the_reader(seeded: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for lang in ("zh", "en"):
        cli.main(["ingest", "--shop", SHOP, "--lang", lang])
        cli.main(["ingest", "--quarantine", "--shop", SHOP, "--lang", lang])
        for path in sorted(seeded.iterdir()):
            cli.main(["ingest", "--explain", str(path), "--lang", lang])
    printed = "".join(capsys.readouterr())
    assert "等待更正" in printed and "拒收" in printed and leaks(printed.encode()) == []
    written = [path for folder in ("store", "quarantine") for path in (data / folder).rglob("*") if path.is_file()]
    assert {".parquet", ".json", ".xlsx"} <= {path.suffix for path in written}
    assert {str(path): found for path in written if (found := leaks(content(path)))} == {}


def test_a_leak_would_be_found(tmp_path: Path) -> None:
    import pandas as pd

    pd.DataFrame({"a": ["欧阳锋铁"] * 9}).to_parquet(tmp_path / "a.parquet", compression="zstd")
    book = write_xlsx(tmp_path / "a.xlsx", {"s": [["x 13955512345"]]})
    assert leaks(content(tmp_path / "a.parquet")) == ["欧阳锋铁"] and leaks(content(book)) == ["13955512345"]


def test_corrections_carry_no_secret_back(seeded: Path, data: Path, read: Callable[..., Any]) -> None:
    cli.main(["ingest", "--shop", SHOP])
    cli.main(["ingest", "--quarantine", "--shop", SHOP])
    for path in sorted((data / "quarantine" / SHOP).iterdir()):
        read(path)
    written = list((data / "store").rglob("*.parquet"))
    assert written and {str(path): found for path in written if (found := leaks(content(path)))} == {}
