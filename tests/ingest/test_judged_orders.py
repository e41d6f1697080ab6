"""Faults that a stranger's corpus of order exports and hostile files found."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from conftest import ORDER, SHOP, order, write_csv, write_xlsx  # type: ignore[import-not-found]
from pyarrow import parquet

from helpers.definitions import exports
from helpers.ingest import ingest, values
from helpers.store import Store


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b" \r\n\r\n\t", b"\r\n"])
def test_a_file_without_a_word_is_called_empty_and_not_a_new_kind_of_export(raw: Path, content: bytes) -> None:
    (raw / "1793500000_a.csv").write_bytes(content)
    [entry] = ingest(list(raw.glob("1*")), SHOP).entries
    assert (entry.status, entry.reason["zh"]) == ("unknown", "是空的：一个字也没有")
    assert entry.todo["zh"] == "请重新下载这个文件，下载完成后再放入"


def test_dollars_are_not_read_as_yuan(raw: Path) -> None:
    rows = [order(f"{at:04}", amount="$12.00" if at == 3 else "¥12.00") for at in range(6)]
    write_csv(raw / "1793500000_a.csv", ORDER, rows)
    [entry] = ingest(list(raw.glob("1*")), SHOP).entries
    assert (entry.kept, entry.quarantined) == (5, 1)
    assert Store.open().frame("orders", SHOP)["payable_fen"].tolist() == [1200] * 5


def test_a_shop_that_sells_in_pounds_reads_pounds(raw: Path) -> None:
    (raw / "definitions").mkdir()
    (raw / "definitions" / "shop.toml").write_text('currency = "GBP"\n')
    write_csv(raw / "1793500000_a.csv", ORDER, [order("0001", amount="£12.00")])
    assert ingest(list(raw.glob("1*")), SHOP).entries[0].kept == 1
    assert Store.open().frame("orders", SHOP)["payable_fen"].tolist() == [1200]


def test_a_negative_quantity_is_not_called_zero(raw: Path) -> None:
    write_csv(
        raw / "1793500000_a.csv", ORDER, [order(f"{at:04}", 商品数量="-2" if at == 3 else "1") for at in range(6)]
    )
    [entry] = ingest(list(raw.glob("1*")), SHOP).entries
    assert (entry.kept, entry.quarantined) == (5, 1)
    assert "数量小于 1 却有金额" in " ".join(problem["zh"] for problem in entry.problems)


def test_a_workbook_that_is_damaged_inside_is_not_said_to_have_a_password(raw: Path) -> None:
    write_xlsx(raw / "1793500000_a.xlsx", {"Sheet1": [ORDER, *(order(f"{at:04}") for at in range(6))]})
    whole, torn = zipfile.ZipFile(raw / "1793500000_a.xlsx"), io.BytesIO()
    with zipfile.ZipFile(torn, "w", zipfile.ZIP_DEFLATED) as book:
        for name in whole.namelist():
            data = whole.read(name)
            book.writestr(name, data[: len(data) // 2] if name.endswith("sheet1.xml") else data)
    (raw / "1793500000_a.xlsx").write_bytes(torn.getvalue())
    [entry] = ingest(list(raw.glob("1*")), SHOP).entries
    assert entry.status == "refused"
    assert "密码" not in entry.todo["zh"]
    assert entry.todo["zh"].startswith("请重新下载")


def test_the_torn_line_of_json_lines_is_named_although_the_next_ones_seem_to_continue_it(raw: Path) -> None:
    records: list[dict[str, Any]] = [{"order_id": f"69200000000{at:08}", "create_time": 1791000000} for at in range(9)]
    lines = [json.dumps(record) for record in records]
    lines[5] = '{"order_id": "6920000000000000005", "create_time":'
    (raw / "1793500000_a.jsonl").write_text("\n".join(lines))
    [entry] = ingest(list(raw.glob("1*")), SHOP).entries
    assert entry.reason["zh"] == "第 6 行不是有效的 JSON"


SAID = [
    (
        "我是欧阳隐测，电话13800130099，微信号wx_yin_1397，地址翡翠湾隐园3号楼201室",
        ("欧阳", "隐测", "1380", "wx_yin", "翡翠", "隐园", "201"),
    ),
    ("收货人：张三丰，请改地址：浙江省杭州市翡翠湾小区", ("三丰", "翡翠", "杭州")),
    ("寄到翡翠湾12栋2单元801", ("翡翠", "12栋", "801")),
]


@pytest.mark.parametrize(("said", "secrets"), SAID)
def test_names_and_homes_in_a_buyers_own_words_are_covered(said: str, secrets: tuple[str, ...]) -> None:
    found = values.masked(said, exports.formats())
    assert not [secret for secret in secrets if secret in found]


@pytest.mark.parametrize(
    "said", ["我是觉得尺寸太小，38号的鞋只有37", "地址填错了，想换一下", "用了3天就漏，我叫客服没人理"]
)
def test_complaints_without_a_person_stay_as_they_are(said: str) -> None:
    assert values.masked(said, exports.formats()) == said


CASH = ["动账时间", "动帐流水号", "动账方向", "动账金额", "动账场景", "备注"]


def test_a_remark_that_is_not_needed_is_not_kept_with_a_row_that_waits_for_a_correction(raw: Path) -> None:
    rows = [
        ["2026-10-03 10:00:00", f"70310000000000{at:04}1", "入账", "12.00", "货款结算入账", "诸葛孔明"]
        for at in range(6)
    ]
    rows[2][2], rows[3][2], rows[3][4:] = "火星", "火星", ["-", "收件人诸葛孔明"]
    write_csv(raw / "1793500000_a.csv", CASH, rows)
    [entry] = ingest(list(raw.glob("1*")), SHOP).entries
    assert (entry.kept, entry.quarantined) == (4, 2)
    assert not [
        path
        for path in (raw.parents[1] / "store").rglob("*.parquet")
        if "孔明" in str(parquet.read_table(path, partitioning=None))
    ]
    assert "孔明" not in str(Store.open().frame("cash_movements", SHOP).to_dict())
