"""What tests of the shop's back office share: order lines with people's data, rows by header, what must hold of every import."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from conftest import SHOP  # type: ignore[import-not-found]

Read = Callable[..., Any]
Cells = Mapping[str, Any]

PRODUCT = "3612345678901234567"
ORDER = "69200000000010012"  # and two digits
SECRETS = ("张三丰", "13812345678", "幸福路", "请放门口", "老客户李四")
PEOPLE = {
    "收件人": "张三丰",
    "收件人手机号": "13812345678",
    "街道": "幸福路街道",
    "详细地址": "幸福路8号3栋",
    "买家留言": "=请放门口，电话13812345678",
    "商家备注": "老客户李四",
    "快递信息": "YT1234567890123-yuantong-圆通速递",
}


def lines() -> list[dict[str, str]]:
    """Four lines worth 1,234.50 + 0 + 300.10 (never paid) + 59.90."""
    shared = PEOPLE | {
        "商品ID": PRODUCT,
        "商品数量": "1",
        "订单提交时间": "2026-10-03 09:59:00",
        "支付完成时间": "2026-10-03 10:00:00",
        "订单状态": "已完成",
        "订单类型": "普通订单",
        "省": "广东省",
        "市": "深圳市",
        "流量类型": "非广告",
        "流量体裁": "直播",
        "流量来源": "小店自卖",
        "达人ID": "0",
    }
    first = {
        "选购商品": "纸尿裤 M;2 包装",
        "商家编码": "A-01",
        "货号": "A",
        "商品数量": "2",
        "商品金额": "642.25",
        "商品单价": "642.25",
        "订单应付金额": "1,234.50",
        "优惠总金额": "50.00",
        "支付优惠": "5.00",
        "平台实际承担优惠金额": "10.00",
        "商家实际承担优惠金额": "40.00",
        "承诺发货时间": "2026-10-05 10:00:00",
        "发货时间": "2026-10-04 10:00:00",
        "售后状态": "退款成功",
        "仓库名称": "一号仓",
    }
    gift = {"选购商品": "赠品 湿巾", "订单应付金额": "0.00"}
    unpaid = {"订单应付金额": "300.10", "支付完成时间": "-", "订单状态": "已关闭", "取消原因": "超时未支付"}
    other = {
        "订单应付金额": "59.90",
        "达人ID": "2884016000001",
        "流量来源": "精选联盟",
        "流量体裁": "数据将于第二天更新",
    }
    ids = [("01", "02"), ("01", "03"), ("04", "04"), ("05", "05")]
    return [
        shared | own | {"主订单编号": ORDER + main, "子订单编号": ORDER + line}
        for (main, line), own in zip(ids, (first, gift, unpaid, other), strict=True)
    ]


def titled(text: str) -> list[str]:
    """Headers out of one text."""
    return text.split()


def grid(titles: Sequence[str], rows: Sequence[Cells], tab: Sequence[str] = ()) -> list[list[Any]]:
    """Rows in the order of the headers, dashes for nothing, a tab before ids as the order export writes it."""
    return [[("\t" if name in tab else "") + str(row.get(name, "-")) for name in titles] for row in rows]


TABBED = ("主订单编号", "子订单编号", "选购商品", "商品规格", "商家编码", "商品ID", "达人ID")


def balanced(entry: Any, status: str = "read") -> Any:
    """The entry, whose rows must all be accounted for."""
    assert entry.status == status, entry.reason
    assert entry.rows_in == entry.kept + entry.replaced + entry.quarantined + sum(entry.dropped.values())
    return entry


def no_one_named(store: Any, data: Path, *more: str) -> None:
    """No table, list or file of the store holds a name, a phone, an address or a remark."""
    names = [*store.tables(SHOP)]
    texts = [store.frame(name, SHOP).to_csv() for name in names]
    texts += [store.files(SHOP).to_csv(), store.quarantine(SHOP).to_csv()]
    stored = [path.read_bytes() for path in (data / "store").rglob("*") if path.is_file()]
    for secret in (*SECRETS, *more):
        assert not any(secret in text for text in texts), secret
        assert not any(secret.encode() in content for content in stored), secret


def fen(frame: Any, column: str) -> int:
    return int(frame[column].sum())


def bare(rows: list[list[Any]]) -> list[list[Any]]:
    """CSV cells with the quotes inside doubled."""
    return [[cell.replace('"', '""') for cell in row] for row in rows]
