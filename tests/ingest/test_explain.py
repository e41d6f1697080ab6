"""What a file is taken for and why, without a trace in the store."""

from pathlib import Path

import pytest
from conftest import ORDER, SHOP, order, write_csv  # type: ignore[import-not-found]

from helpers import cli, paths
from helpers.ingest import explain

NAME = "1793500000_a.csv"


def test_an_order_file_is_explained_column_by_column(raw: Path) -> None:
    rows = [order("0001"), order("0002", amount="1.2万", 商品数量="许多"), order("0003", amount="张三丰")]
    path = write_csv(raw / NAME, ["心情", *ORDER], [["好", *row] for row in rows])
    zh, en = (explain.lines(path, SHOP, lang) for lang in ("zh", "en"))
    assert "订单导出" in zh[1] and "ORD" in zh[1] and "exports/ord.toml" in zh[1]
    assert any("2026-11-01 10:26:40" in line and "文件名" in line for line in zh)
    amount = next(line for line in en if "orders.payable_fen" in line)
    assert amount == "  订单应付金额 → orders.payable_fen  money  2/0/1/1  such as 89.00 → 8900"
    assert next(line for line in en if "orders.quantity" in line).split("  ")[3] == "2/0/1/0"
    assert next(line for line in en if "orders.line_id" in line).endswith("such as 19 × 0-9")
    unread = next(line for line in en if line.startswith("columns not read"))
    assert all(header in unread for header in ("心情", "收件人", "收件人手机号", "详细地址", "买家留言"))
    assert "3 rows: 2 usable, 1 waiting for a correction, dropped 0" in en
    assert not any("张三丰" in line or "13812345678" in line for line in zh + en)
    assert not paths.store().exists()


def test_a_refused_file_says_its_cause(raw: Path) -> None:
    path = write_csv(raw / NAME, ORDER, [order("0001", 子订单编号="6.92E+18")])
    assert any("refused" in line and "6.92E+18" in line for line in explain.lines(path, SHOP, "en"))
    stranger = write_csv(raw / "x.csv", ["商品ID", "日期", "心情"], [["1", "2026-10-01", "好"]])
    assert "拒收" in explain.lines(stranger, SHOP, "zh")[-1]


def test_the_command_line_explains_and_lists(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_csv(raw / NAME, ORDER, [order("0001"), order("0002", amount="x")])
    assert cli.main(["ingest", "--explain", str(path), "--lang", "en"]) == 0
    assert "is Order export (ORD" in capsys.readouterr().out
    assert cli.main(["ingest", "--shop", SHOP, "--lang", "en"]) == 0
    assert "1 waiting for a correction" in capsys.readouterr().out
    assert cli.main(["ingest", "--quarantine", "--shop", SHOP, "--lang", "en"]) == 0
    assert "row 3 订单应付金额 cannot be read" in capsys.readouterr().out
    assert [path.name for path in paths.quarantine(SHOP).iterdir()] == ["更正-1793500000_a.xlsx"]
