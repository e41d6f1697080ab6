"""Random sequences of imports: each must end in the same tables as one clean import of all files.

    python tools/sequences.py --runs 1000

A made-up shop has orders whose states change for weeks, refunds that arrive late, totals of a month that are downloaded again,
lists that are edited in place, and rows with typing errors that somebody corrects. Its exports are dropped in any order: again,
overlapping, under other names, cut after some rows; imports take some files or all, and some are killed (SIGKILL, in a process
of their own). At the end everything is imported once more, and the tables are compared with those of another store that met all
files in one go.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from helpers import paths
from helpers.ingest import desk, discover, feedback, ingest
from helpers.store import Store

SHOP = "drift"
START = datetime(2026, 8, 1)
DAYS = 80
UNIX = datetime(1970, 1, 1, 8)  # in Beijing
ORDERS = [
    "主订单编号",
    "子订单编号",
    "选购商品",
    "商品ID",
    "商品数量",
    "订单提交时间",
    "支付完成时间",
    "订单状态",
    "售后状态",
]
ORDERS += ["订单类型", "订单应付金额", "收件人", "省", "流量体裁"]
LEFT_OUT = ("选购商品", "售后状态", "订单类型", "省", "流量体裁")  # some selections do without
REQUESTS = [
    "售后单号",
    "订单号",
    "商品单号",
    "商品ID",
    "售后类型",
    "退商品金额（元）",
    "售后状态",
    "售后申请时间",
    "用户到账时间",
]
CARDS = ["商品标题", "商品ID", "商品卡曝光人数", "商品卡点击人数", "商品卡用户支付金额"]
COSTS = ["商品ID", "生效日期", "单件成本"]
MOMENT = "%Y-%m-%d %H:%M:%S"


class Shop:
    """What happens in the shop, and the files that somebody drops into its folder."""

    def __init__(self, chance: random.Random, root: Path) -> None:
        self.chance, self.root, self.files = chance, root, 0
        self.orders = [self._order(at) for at in range(chance.randint(5, 25))]
        root.mkdir(parents=True)

    def _order(self, at: int) -> dict[str, Any]:
        chance = self.chance
        placed = START + timedelta(seconds=chance.randrange(DAYS * 86400))
        back = placed + timedelta(hours=chance.randint(30, 900)) if chance.random() < 0.4 else None
        return {
            "id": f"69200000000{at:04}{chance.randint(1000, 9999)}",
            "placed": placed,
            "paid": placed + timedelta(minutes=1) if chance.random() < 0.9 else None,
            "sent": placed + timedelta(hours=chance.randint(5, 90)),
            "done": placed + timedelta(days=chance.randint(5, 20)),
            "back": back,
            "amount": chance.randint(0, 50000) / 100,
            "product": f"36{chance.randint(1, 4):017}",
        }

    def moment(self) -> datetime:
        """When an export is made."""
        return START + timedelta(seconds=self.chance.randrange(10 * 86400, (DAYS + 40) * 86400))

    # files -----------------------------------------------------------------------------------------------------------

    def export_orders(self) -> None:
        """Some orders as they stand at some moment, with a typing error now and then."""
        now, share = self.moment(), self.chance.choice((0.3, 0.7, 1.0))
        known = [order for order in self.orders if order["placed"] < now and self.chance.random() < share]
        rows = [self._order_row(order, now) for order in known]
        if len(rows) > 3 and self.chance.random() < 0.4:
            self.chance.choice(rows)[self.chance.choice((1, 6, 10))] = self.chance.choice(("约90", "-", "x"))
        wanted = [at for at, name in enumerate(ORDERS) if name not in LEFT_OUT or self.chance.random() < 0.8]
        self.chance.shuffle(wanted)  # a selection of columns in any order
        if rows:
            rows = [[row[at] for at in wanted] for row in rows]
            self._write(f"{int((now - UNIX).total_seconds())}_{self._number()}", [ORDERS[at] for at in wanted], rows)

    def _order_row(self, order: dict[str, Any], now: datetime) -> list[str]:
        paid = order["paid"] if order["paid"] and order["paid"] <= now else None
        sent = "已完成" if order["done"] <= now else "已发货" if order["sent"] <= now else "待发货"
        state = sent if order["paid"] else "已关闭"
        back = order["back"] and paid and order["back"] <= now
        cells = [order["id"], order["id"], "纸尿裤", order["product"], "1", order["placed"].strftime(MOMENT)]
        cells += [paid.strftime(MOMENT) if paid else "-", state, "退款成功" if back else "-", "普通订单"]
        return [*cells, f"{order['amount']:.2f}", "张三丰", "广东省", "直播"]

    def export_requests(self) -> None:
        """The refunds that were asked for until some moment; the money of some arrives later."""
        now = self.moment()
        rows = []
        for at, order in enumerate(self.orders):
            if order["back"] and order["back"] - timedelta(hours=24) <= now:
                done = order["back"] <= now
                cells = [
                    f"70{at:06}",
                    order["id"],
                    order["id"],
                    order["product"],
                    "未发货仅退款",
                    f"{order['amount']:.2f}",
                ]
                cells += [
                    "同意退款，退款成功" if done else "待商家处理",
                    (order["back"] - timedelta(hours=24)).strftime(MOMENT),
                ]
                rows.append([*cells, order["back"].strftime(MOMENT) if done else "-"])
        if rows:
            self._number()
            self._write(f"售后单-{now:%Y-%m-%d %H_%M_%S}", REQUESTS, rows, "xlsx")

    def export_cards(self) -> None:
        """Totals of a month, downloaded once or again."""
        rows = [["a", f"36{at:017}", *(str(self.chance.randint(1, 99)) for _ in range(3))] for at in range(1, 4)]
        name = "商品卡列表数据_2026_09_01~2026_09_30"
        taken = len(list(self.root.glob(f"{name}*")))
        self._write(f"{name} ({taken})" if taken else name, CARDS, rows, "xlsx")

    def edit_list(self) -> None:
        """A list that is kept in one or two files and edited in place."""
        name = self.chance.choice(("成本表", "成本表二"))
        rows = [
            [f"36{at:017}", "2026-09-01", str(self.chance.randint(1, 99))]
            for at in range(1, 5)
            if self.chance.random() < 0.7
        ]
        if rows:
            self._write(name, COSTS, rows, "csv")

    def copy(self) -> None:
        """A file once more: as ``(1)``, or under a name that tells nothing or another moment."""
        if files := self._plain():
            path = self.chance.choice(files)
            told = f"{int((self.moment() - UNIX).total_seconds())}_{self._number()}"
            name = self.chance.choice((f"{path.stem} (1)", f"copy{self._number()}", told, f"sub/{path.stem}"))
            target = self.root / f"{name}{path.suffix}"
            target.parent.mkdir(exist_ok=True)
            if not target.exists():
                shutil.copy(path, target)

    def cut(self) -> None:
        """A file of orders once more, with the first of its rows only."""
        if files := [path for path in self._plain() if path.suffix == ".csv" and path.name[0].isdigit()]:
            path = self.chance.choice(files)
            lines = path.read_bytes().splitlines(keepends=True)
            keep = lines[: self.chance.randint(2, len(lines))]
            self.root.joinpath(f"{path.stem} ({self._number() + 1}).csv").write_bytes(b"".join(keep))

    def correct(self) -> None:
        """The rows that wait for a correction, as a person gives them back."""
        feedback.lines(SHOP, "zh")
        if files := sorted(paths.quarantine(SHOP).glob("*.xlsx")):
            path = self.chance.choice(files)
            sheet, *rows = _cells(path)
            for row in rows:
                for header, value in (("订单应付金额", "12.34"), ("支付完成时间", "-"), ("子订单编号", "")):
                    if header in sheet and row[sheet.index(header)] in ("＊", "＊90", "x", "-"):
                        row[sheet.index(header)] = value or row[sheet.index("主订单编号")]
            _workbook(self.root / f"correction_{path.name}", sheet, rows)

    def _plain(self) -> list[Path]:
        return sorted(
            path for path in self.root.rglob("*") if path.is_file() and not path.name.startswith("correction")
        )

    def _number(self) -> int:
        self.files += 1
        return self.files

    def _write(self, name: str, headers: list[str], rows: list[list[str]], form: str = "") -> None:
        form = form or self.chance.choice(("csv", "gbk", "xlsx"))
        if form == "xlsx":
            _workbook(self.root / f"{name}.xlsx", headers, rows)
        else:
            text = "\n".join(",".join(f'"{cell}"' for cell in row) for row in [headers, *rows]) + "\n"
            self.root.joinpath(f"{name}.csv").write_bytes(text.encode("gb18030" if form == "gbk" else "utf-8-sig"))


def _workbook(path: Path, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        page = book.add_worksheet()
        for at, row in enumerate([headers, *rows]):
            for place, cell in enumerate(row):
                page.write_string(at, place, cell)


def _cells(path: Path) -> list[list[str]]:
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()


# running -------------------------------------------------------------------------------------------------------------


def tables(store: Store) -> dict[str, Counter[str]]:
    """The rows of every table as a report reads them, without where they came from."""
    frames = {name: store.frame(name, SHOP) for name in store.tables(SHOP)}
    return {name: Counter(map(repr, frame.itertuples(index=False, name=None))) for name, frame in frames.items()}


def waiting(store: Store) -> list[tuple[Any, ...]]:
    """The rows that wait for a correction, by content and row."""
    return sorted(store.quarantine(SHOP)[["source", "row", "reason"]].itertuples(index=False, name=None))


def killed(files: Sequence[Path], chance: random.Random) -> None:
    """An import in a process of its own that is killed at some moment, perhaps after it was done."""
    words = [sys.executable, __file__, "--import", *map(str, files)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=os.environ) as child:
        assert child.stdout is not None
        child.stdout.readline()  # it is about to begin
        time.sleep(chance.uniform(0, 1.5))
        child.send_signal(signal.SIGKILL)


def run(seed: int, kills: float = 0.05) -> str:
    """What differs after a random sequence from a clean import; empty if nothing does."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="sequence") as folder:
        os.environ["XIAODIAN_DATA"] = folder
        shop = Shop(chance, paths.raw(SHOP))
        acts: list[Callable[[], object]] = [shop.export_orders] * 5 + [shop.export_requests] * 2
        acts += [shop.export_cards, shop.edit_list, shop.edit_list, shop.copy, shop.copy, shop.cut, shop.correct]
        for _ in range(chance.randint(4, 14)):
            chance.choice(acts)()
            if chance.random() < 0.5:
                _import(chance, kills)
        ingest(discover(SHOP), SHOP)
        clean = Store.open(Path(folder) / "clean")
        ingest(discover(SHOP), SHOP, clean)
        return difference(Store.open(), clean)


def _import(chance: random.Random, kills: float) -> None:
    files = discover(SHOP)
    chosen = files if chance.random() < 0.5 else chance.sample(files, chance.randint(0, len(files)))
    if chosen and chance.random() < kills:
        killed(chosen, chance)
    elif chosen:
        ingest(chosen, SHOP)


def difference(store: Store, clean: Store) -> str:
    """What one store holds and the other does not; empty if nothing."""
    found, expected = tables(store), tables(clean)
    for name in sorted({*found, *expected}):
        more, less = found.get(name, Counter()), expected.get(name, Counter())
        if more != less:
            return f"{name}: {list((more - less).items())[:2]} instead of {list((less - more).items())[:2]}"
    return "" if waiting(store) == waiting(clean) else f"waiting: {waiting(store)} instead of {waiting(clean)}"


def remember_definitions() -> None:
    """Read the definitions once: they do not change meanwhile, and reading them takes half of a small import."""
    kinds: list[Any] = []
    load = desk.exports.load
    desk.exports.load = partial(lambda *given: kinds or kinds.extend(load(*given)) or kinds)  # type: ignore[assignment]


def main() -> int:
    """Exit code: 0 if all sequences ended as a clean import does."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0, help="seed of the first sequence")
    parser.add_argument("--kills", type=float, default=0.05, help="share of imports that are killed")
    parser.add_argument("--import", nargs="+", dest="files", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.files:
        print("ready", flush=True)
        ingest([Path(path) for path in given.files], SHOP)
        return 0
    remember_definitions()
    wrong = 0
    for seed in range(given.first, given.first + given.runs):
        if found := run(seed, given.kills):
            wrong += 1
            print(f"{seed}: {found}", flush=True)
    print(f"{given.runs} sequences, {wrong} differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
