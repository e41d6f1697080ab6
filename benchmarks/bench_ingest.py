"""What reading costs: the whole ingest against the bare parse of the same file, in CPU seconds and peak memory.

``python benchmarks/bench_ingest.py`` makes its files in a temporary folder, measures each pair in turn in processes of
their own and prints a Markdown table. A ratio is the median over the pairs; only ratios can be compared between machines.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import machine
import numpy as np

ORDERS = 1_000_000
BOOK_ROWS = 100_000
SEED = 20261001
COLUMNS = (
    "主订单编号 子订单编号 支付方式 选购商品 货号 商品ID 商家编码 商品数量 商品金额 订单提交时间 支付完成时间 "
    "订单完成时间 承诺发货时间 预约发货时间 买家留言 旗帜颜色 商家备注 APP渠道 订单状态 取消原因 售后状态 "
    "订单类型 发货时间 车型 是否是以旧换新 换新额外补贴 换新额外补贴发放状态 订单应付金额 运费 优惠总金额 "
    "平台优惠 商家优惠 达人优惠 商家改价 支付优惠 手续费 红包抵扣 降价类优惠 平台实际承担优惠金额 "
    "商家实际承担优惠金额 达人实际承担优惠金额 收件人 收件人手机号 省 市 区 街道 详细地址 是否修改过地址 "
    "快递信息 序列号 达人ID 达人昵称 拼团订单团编号 商品单价是否含税 税费 鲁班落地页ID 所属门店ID 流量来源 "
    "仓库ID 仓库名称 是否安心购 广告渠道 流量类型 流量体裁 流量渠道 发货主体 发货主体明细 教育优惠 预计送达时间 "
    "是否平台仓自流转 是否是渠道商品 预约送达时间 建议发货时间（起） 建议发货时间（止）"
)
HEADERS = COLUMNS.split()
FILLED = (
    "主订单编号 子订单编号 支付方式 选购商品 商品ID 商家编码 商品数量 订单提交时间 支付完成时间 订单完成时间 "
    "发货时间 订单状态 售后状态 订单类型 订单应付金额 运费 优惠总金额 省 流量体裁 流量渠道"
)
BOOK = FILLED.split()
NOUGHT = "换新额外补贴 运费 达人优惠 商家改价 支付优惠 手续费 红包抵扣 降价类优惠 税费 教育优惠"
SHOP = "bench"
SETTLED = 2.5  # seconds
FILES = (
    ("1 M order lines, UTF-8", "parse", "utf-8", "1798790400_utf8.csv"),
    ("1 M order lines, GB18030", "parse", "gb18030", "1798790400_gb18030.csv"),
    ("100 k lines × 20, XLSX", "calamine", "", "1798790400.xlsx"),
)


# files ---------------------------------------------------------------------------------------------------------------


def order_columns(rows: int) -> dict[str, Any]:
    """The 75 columns of an order export as Arrow text: ids behind tabs, ``-`` for nothing, a third of lines unshipped."""
    import pyarrow as pa
    import pyarrow.compute as pc

    random = np.random.default_rng(SEED)

    def picked(words: list[str], shares: list[float] | None = None) -> Any:
        return pa.array(words).take(pa.array(random.choice(len(words), rows, p=shares)))

    def printed(numbers: Any) -> Any:
        return pa.array(numbers).cast(pa.string())

    def amount(fen: Any) -> Any:
        yuan, rest = printed(fen // 100), pc.utf8_lpad(printed(fen % 100), 2, "0")
        low = pc.binary_join_element_wise(pc.utf8_slice_codeunits(yuan, 0, -3), pc.utf8_slice_codeunits(yuan, -3), ",")
        return pc.binary_join_element_wise(pc.if_else(pa.array(fen >= 100_000), low, yuan), rest, ".")

    def moments(seconds: Any, known: Any) -> Any:
        text = pc.strftime(pa.array(seconds, pa.timestamp("s")), "%Y-%m-%d %H:%M:%S")
        return pc.if_else(pa.array(known), text, "-")

    def tabbed(text: Any) -> Any:
        return pc.binary_join_element_wise("\t", text, "")

    nothing = pa.array(["-"]).take(pa.array(np.zeros(rows, dtype=int)))
    order = 6_920_000_000_001_000_000 + np.sort(random.integers(0, 10**13, rows)) * 7
    line = np.where(random.random(rows) < 0.87, order, order + 3)
    product = random.integers(0, 400, rows)
    placed = 1_790_784_000 + np.sort(random.integers(0, 92 * 86400, rows))
    paid, shipped = random.random(rows) < 0.93, random.random(rows) < 0.66
    payable = random.integers(900, 250_000, rows)
    off = random.integers(0, 3000, rows) * (random.random(rows) < 0.5)
    zero, province = amount(np.zeros(rows, dtype=int)), picked(["广东省", "浙江省", "江苏省", "四川省", "河南省"])
    found = dict.fromkeys(HEADERS, nothing)
    found |= dict.fromkeys(
        [
            "换新额外补贴",
            "运费",
            "达人优惠",
            "商家改价",
            "支付优惠",
            "手续费",
            "红包抵扣",
            "降价类优惠",
            "税费",
            "教育优惠",
        ],
        zero,
    )
    return found | {
        "主订单编号": tabbed(printed(order)),
        "子订单编号": tabbed(printed(line)),
        "支付方式": picked(["微信", "支付宝", "Dou分期"]),
        "选购商品": tabbed(pa.array([f"纸尿裤 超薄透气 第{at}款 L码 60片装" for at in range(400)]).take(pa.array(product))),
        "商品ID": tabbed(printed(3_612_345_678_901_230_000 + product * 17)),
        "商家编码": tabbed(pa.array([f"NK-{at:04}" for at in range(400)]).take(pa.array(product))),
        "商品数量": printed(random.integers(1, 4, rows)),
        "商品金额": amount(payable + off),
        "订单提交时间": moments(placed, np.ones(rows, dtype=bool)),
        "支付完成时间": moments(placed + random.integers(5, 900, rows), paid),
        "订单完成时间": moments(placed + random.integers(5, 15, rows) * 86400, shipped & paid),
        "承诺发货时间": moments(placed + 2 * 86400, paid),
        "发货时间": moments(placed + random.integers(1, 172_800, rows), shipped & paid),
        "买家留言": picked(["-", "请尽快发货", "放门口，谢谢"], [0.9, 0.06, 0.04]),
        "订单状态": picked(["已完成", "已发货", "待发货", "已关闭"], [0.5, 0.2, 0.2, 0.1]),
        "售后状态": picked(["-", "退款成功", "退款中"], [0.86, 0.12, 0.02]),
        "订单类型": picked(["普通订单"]),
        "订单应付金额": amount(payable),
        "优惠总金额": amount(off),
        "平台优惠": amount(off // 3),
        "商家优惠": amount(off - off // 3),
        "平台实际承担优惠金额": amount(off // 3),
        "商家实际承担优惠金额": amount(off - off // 3),
        "达人实际承担优惠金额": zero,
        "收件人": picked(["王**", "李*", "张**"]),
        "收件人手机号": picked(["138****5678", "139****0000"]),
        "省": province,
        "市": picked(["广州市", "杭州市", "南京市", "成都市"]),
        "区": picked(["天河区", "西湖区", "玄武区"]),
        "街道": picked(["一街道", "二街道"]),
        "详细地址": picked(["幸福路****", "和平街****"]),
        "快递信息": pc.if_else(pa.array(shipped), pc.binary_join_element_wise(printed(order // 7), "zhongtong-中通快递", "-"), "-"),
        "达人ID": tabbed(picked(["0", "-", "1234567890123456", "2234567890123457"], [0.4, 0.2, 0.25, 0.15])),
        "流量来源": picked(["精选联盟", "小店自卖", "巨量千川"]),
        "流量类型": picked(["广告", "非广告"], [0.4, 0.6]),
        "流量体裁": picked(["直播", "短视频", "商品卡", "数据将于第二天更新"], [0.5, 0.3, 0.19, 0.01]),
        "流量渠道": picked(["搜索", "购后页面", "直播间", "商品卡推荐"]),
        "是否安心购": picked(["是", "否"]),
    }  # fmt: skip


def write_orders(path: Path, rows: int, encoding: str) -> None:
    """An order export of that many lines, every cell in quotes."""
    import pyarrow as pa
    from pyarrow import csv

    sink = pa.BufferOutputStream()
    csv.write_csv(pa.table(order_columns(rows)), sink, csv.WriteOptions(quoting_style="all_valid"))
    data, step = sink.getvalue(), 1 << 24
    with path.open("wb") as file:
        if encoding == "utf-8":
            file.write(b"\xef\xbb\xbf")
            file.write(data)
            return
        import codecs

        decoder = codecs.getincrementaldecoder("utf-8")()
        for at in range(0, len(data), step):
            file.write(decoder.decode(data[at : at + step].to_pybytes()).encode(encoding))


def write_book(path: Path, rows: int) -> None:
    """An order export as a workbook with the twenty columns that are filled most often."""
    import xlsxwriter

    columns = {name: column.to_pylist() for name, column in order_columns(rows).items() if name in BOOK}
    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_numbers": False}) as book:
        page = book.add_worksheet("订单")
        for at, row in enumerate([list(columns), *zip(*columns.values(), strict=True)]):
            page.write_row(at, 0, row)


# what is measured, each in a process of its own ----------------------------------------------------------------------


def parse(path: Path, encoding: str) -> None:
    """Every column as text by the compiled reader, nothing else."""
    import pyarrow as pa
    from pyarrow import csv

    csv.read_csv(
        path,
        csv.ReadOptions(encoding=encoding),
        convert_options=csv.ConvertOptions(column_types=dict.fromkeys(HEADERS, pa.string())),
    )


def calamine(path: Path) -> None:
    """Every cell of the first sheet, nothing else."""
    from python_calamine import CalamineWorkbook

    for _ in CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows():
        pass


def take(path: Path) -> None:
    """The whole ingest."""
    from helpers.ingest import ingest

    (entry,) = ingest([path], SHOP).entries
    if entry.status not in ("read", "same"):
        raise SystemExit(str(entry.reason))


def _child(task: str, path: Path, encoding: str) -> dict[str, float]:
    """CPU seconds of the work, imports left out, and the peak of the process in MiB."""
    from helpers import memory

    if task == "take":
        memory.lean()  # as every command does
    import deltalake  # noqa: F401 - imported before the clock starts, like the two below
    import pyarrow.csv  # noqa: F401

    import helpers.ingest  # noqa: F401

    start = time.process_time()
    parse(path, encoding) if task == "parse" else calamine(path) if task == "calamine" else take(path)
    return {"cpu": time.process_time() - start, "peak": machine.peak() / 2**20}


def _run(task: str, path: Path, data: Path, encoding: str = "utf8") -> dict[str, float]:
    command = [sys.executable, __file__, "--task", task, "--file", str(path), "--encoding", encoding]
    environment = {**os.environ, "XIAODIAN_DATA": str(data)}
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _pair(path: Path, bare: str, encoding: str, data: Path) -> dict[str, float]:
    """One bare reading, one ingest into an empty store and the same again."""
    floor, first, again = (_run(task, path, data, encoding) for task in (bare, "take", "take"))
    shutil.rmtree(data / "store", ignore_errors=True)
    return {
        "bare": floor["cpu"],
        "ingest": first["cpu"],
        "ratio": first["cpu"] / floor["cpu"],
        "peak": first["peak"],
        "bare peak": floor["peak"],
        "again": again["cpu"] / first["cpu"],
    }


def results(orders: int = ORDERS, book_rows: int = BOOK_ROWS, pairs: int = 3) -> dict[str, dict[str, float]]:
    """Per file the medians over the pairs: CPU seconds (bare, ingest), their ratio, peaks in MiB, share of a second ingest."""
    found = {}
    with tempfile.TemporaryDirectory(dir=os.environ.get("XIAODIAN_BENCH")) as folder:
        data = Path(folder)
        raw = data / "raw" / SHOP
        raw.mkdir(parents=True)
        for title, bare, encoding, name in FILES:
            path = raw / name
            write_book(path, book_rows) if name.endswith("xlsx") else write_orders(path, orders, encoding)
            time.sleep(SETTLED)  # a file just made is read again
            taken = [_pair(path, bare, encoding, data) for _ in range(pairs)]
            found[title] = {key: statistics.median(pair[key] for pair in taken) for key in taken[0]}
            path.unlink()
    return found


def table(found: dict[str, dict[str, float]]) -> str:
    """The results as a Markdown table under the name of the machine."""
    lines = [
        "## Ingest",
        "",
        machine.name(),
        "",
        "| file | bare parse, CPU s | ingest, CPU s | ratio | peak, MiB | bare peak, MiB | again |",
    ]
    lines.append("|---|---|---|---|---|---|---|")
    for title, row in found.items():
        cells = [f"{row['bare']:.1f}", f"{row['ingest']:.1f}", f"{row['ratio']:.2f}", f"{row['peak']:.0f}"]
        lines.append(f"| {title} | " + " | ".join([*cells, f"{row['bare peak']:.0f}", f"{row['again']:.1%}"]) + " |")
    return "\n".join(lines)


def main() -> None:
    """The table on the screen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=ORDERS)
    parser.add_argument("--book-rows", type=int, default=BOOK_ROWS)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--task", help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--encoding", default="utf8", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.task:
        print(json.dumps(_child(given.task, given.file, given.encoding)))
    else:
        print(table(results(given.orders, given.book_rows, given.pairs)))


if __name__ == "__main__":
    main()
