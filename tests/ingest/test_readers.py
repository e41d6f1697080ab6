"""Files as back offices and spreadsheet programs really write them: every row is read, or the true cause is named."""

import json
import struct
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from conftest import ORDER, SHOP, order, write_csv, write_xlsx  # type: ignore[import-not-found]

from helpers.definitions import exports
from helpers.ingest import apart, discover, readers
from helpers.ingest.refusal import Refusal

Read = Callable[..., Any]
FORMATS = exports.formats()


def rows(name: str, data: bytes, header: int = 0) -> list[list[Any]]:
    """Row number and cells of all rows below a row of the head, of the first sheet."""
    sheet = readers.sheets(Path(name), data, FORMATS)[0]
    frame = sheet.body(header + 1, range(len(sheet.head[header])))
    return [[number, *cells] for number, cells in zip(frame.index.tolist(), frame.to_numpy().tolist(), strict=True)]


def refused(name: str, data: bytes) -> str:
    with pytest.raises(Refusal) as caught:
        rows(name, data)
    assert caught.value.reason["zh"] and caught.value.advice["zh"] and caught.value.advice["en"]
    return caught.value.reason["en"]


# text ------------------------------------------------------------------------------------------------------------

TABLE = [[2, "6920000000001000001", "纸尿裤，大号"], [3, "6920000000001000002", "奶瓶"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_make_no_difference(encoding: str, end: str) -> None:
    lines = ["子订单编号,选购商品", "6920000000001000001,纸尿裤，大号", "6920000000001000002,奶瓶", ""]
    assert rows("a.csv", end.join(lines).encode(encoding)) == TABLE


def test_line_ends_may_be_mixed_and_stand_within_quotes() -> None:
    text = 'id,text,n\r\n1,"two\nlines, one cell",5\n2,"a ""quoted"" word",6\r3,5" wide,7'
    expected = [[2, "1", "two\nlines, one cell", "5"], [3, "2", 'a "quoted" word', "6"], [4, "3", '5" wide', "7"]]
    assert rows("a.csv", text.encode()) == expected


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_cuts_every_row_alike(sign: str) -> None:
    lines = [["编号", "名称", "数量"], ["1", "红,黄,蓝,绿,紫,白", "5"], ["2", "大;中;小|特大", "6"], ["3", "无", "7"]]
    cells = [[f'"{cell}"' if sign in cell else cell for cell in line] for line in lines]
    text = "\n".join(sign.join(line) for line in cells)
    assert rows("a.csv", text.encode()) == [[at, *line] for at, line in enumerate(lines[1:], 2)]


def test_rows_longer_than_the_header_are_cut_and_shorter_ones_filled() -> None:
    assert rows("a.csv", b"a,b,c\n1,2,3,,\n4,5,6,x,y\n7,8\n9,10,11\n") == [
        [2, "1", "2", "3"],
        [3, "4", "5", "6"],
        [4, "7", "8", ""],
        [5, "9", "10", "11"],
    ]
    every = b"a,b,c\n" + b"".join(b"%d,x,y,extra\n" % at for at in range(30))
    assert rows("a.csv", every) == [[at + 2, str(at), "x", "y"] for at in range(30)]


def test_row_numbers_count_titles_and_blank_lines() -> None:
    text = "订单报表\n\n编号,名称\n1,一\n\n2,二\n"
    assert rows("a.csv", text.encode(), header=1) == [[4, "1", "一"], [5, "", ""], [6, "2", "二"]]


@pytest.mark.parametrize(
    ("tail", "row"),
    [
        ("2,纸尿裤", 3),  # too few cells
        ("2,", 3),
        ('2,"纸尿', 3),  # an open quote
        ('2,奶瓶,"89', 3),  # the same in the last column
        ("2,奶瓶,89\n3,纸", 4),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_file_that_ends_within_a_row_was_cut_off(tail: str, row: int, encoding: str) -> None:
    text = f"编号,名称,金额\n1,湿巾,5\n{tail}"
    assert refused("a.csv", text.encode(encoding)) == (
        f"it ends in the middle of row {row}: its download or copy did not finish"
    )


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_file_that_ends_within_a_character_was_cut_off(encoding: str) -> None:
    data = "编号,名称,备注\n1,湿巾,好\n2,奶瓶,很好的奶瓶".encode(encoding)
    assert "middle of row 3" in refused("a.csv", data[:-1])


def test_a_last_row_without_a_line_end_is_whole_when_no_cell_is_missing() -> None:
    assert len(rows("a.csv", b"a,b\n1,2\n3,4")) == 2
    assert rows("a.csv", "a,b,c\n1,2,3\n合计,5\n".encode())[-1] == [3, "合计", "5", ""]  # a footer is no cut
    assert len(rows("a.csv", b"a,b,c\n1,2\n3,4\n5,6")) == 3  # nor is a column that no row fills


def test_a_quote_that_is_never_closed_swallows_no_row_in_silence() -> None:
    assert "row 2" in refused("a.csv", b'a,b,c\n1,"x,2\n2,"def",3\n4,5,6\n')
    assert "row 3" in refused("a.csv", b'a,b,c\n1,2,3\n1,"x,2\n2,y,3\n4,"z",6\n5,5,5\n')


def test_bytes_of_zero_and_damaged_text_are_named_with_their_row() -> None:
    assert "1 bytes of zero, the first in row 3" in refused("a.csv", b"a,b\n1,2\n3,\x004\n5,6\n")
    damaged = "编号,名称\n1,纸尿裤\n2,奶瓶\n".encode().replace("奶".encode(), b"\xff\xfe\xfd")
    assert "row 3 is neither UTF-8 nor GB18030" in refused("a.csv", damaged)


def test_a_million_rows_worth_of_blocks_keep_their_numbers_and_odd_rows() -> None:
    lines = [f"{at},{'x' * 90},{at}" for at in range(120_000)]  # 12 MB: several blocks of the compiled reader
    lines[70_000] = "70000,short"
    found = rows("a.csv", "\n".join(["a,b,c", *lines, ""]).encode())
    assert [found[at][0] for at in (0, 69_999, 70_000, 119_999)] == [2, 70_001, 70_002, 120_001]
    assert found[70_000] == [70_002, "70000", "short", ""] and found[119_999][1] == "119999"


# workbooks -------------------------------------------------------------------------------------------------------

SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def with_sheet(path: Path, xml: str) -> bytes:
    """A workbook of one sheet with this XML."""
    write_xlsx(path, {"Sheet1": [["x"]]})
    with zipfile.ZipFile(path) as sound:
        parts = {name: sound.read(name) for name in sound.namelist()}
    parts["xl/worksheets/sheet1.xml"] = f'<worksheet xmlns="{SPACE}">{xml}</worksheet>'.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return path.read_bytes()


def text_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def test_a_wrong_dimension_hides_no_row_and_cells_become_what_they_show(tmp_path: Path) -> None:
    xml = (
        f'<dimension ref="A1"/><sheetData><row r="2">{text_cell("B2", "编号")}{text_cell("C2", "数")}</row>'
        f'<row r="3">{text_cell("B3", "a")}<c r="C3"><v>123456789012345</v></c></row>'
        f'<row r="5">{text_cell("B5", "b")}<c r="C5"><v>6920000000001013001</v></c></row>'
        f'<row r="6">{text_cell("B6", "c")}<c r="C6" t="e"><v>#N/A</v></c></row>'
        f'<row r="7">{text_cell("B7", "d")}<c r="C7" t="b"><v>1</v></c></row>'
        f'<row r="8">{text_cell("B8", "e")}<c r="C8"><f>1+1</f><v>2</v></c></row>'
        f'<row r="1048576"><c r="G1048576" s="0"/></row></sheetData>'
    )
    assert rows("a.xlsx", with_sheet(tmp_path / "a.xlsx", xml)) == [
        [3, "", "a", "123456789012345"],
        [5, "", "b", "6.92000E+18"],  # more digits than a number keeps: damaged, and it shows
        [6, "", "c", ""],
        [7, "", "d", "True"],
        [8, "", "e", "2"],
    ]


def test_cells_that_do_not_say_where_they_stand_are_read_apart(tmp_path: Path) -> None:
    xml = "<sheetData><row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c><c><v>4</v></c></row></sheetData>"
    assert rows("a.xlsx", with_sheet(tmp_path / "a.xlsx", xml)) == [[2, "3", "4"]]


def test_a_workbook_that_is_read_apart_is_opened_once_for_its_head_and_its_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, real = [], apart.opened
    monkeypatch.setattr(apart, "opened", lambda *given: opened.append(1) or real(*given))
    xml = "<sheetData><row><c><v>1</v></c></row><row><c><v>3</v></c></row></sheetData>"
    sheet = readers.sheets(tmp_path / "a.xlsx", with_sheet(tmp_path / "a.xlsx", xml), FORMATS)[0]
    assert (sheet.head[0], sheet.body(1, [0])[0].tolist(), sheet.body(1, [0])[0].tolist()) == (["1"], ["3"], ["3"])
    assert len(opened) == 1


def test_an_open_document_sheet_is_read(tmp_path: Path) -> None:
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    lines = "".join(f"<table:table-row>{''.join(map(cell.format, line))}</table:table-row>" for line in ("ab", "12"))
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    body = f'<office:body><office:spreadsheet><table:table table:name="s">{lines}</table:table></office:spreadsheet></office:body>'
    with zipfile.ZipFile(tmp_path / "a.ods", "w") as target:
        target.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        target.writestr("META-INF/manifest.xml", "<manifest/>")
        target.writestr("content.xml", f"<office:document-content{names}>{body}</office:document-content>")
    assert rows("a.ods", (tmp_path / "a.ods").read_bytes()) == [[2, "1", "2"]]


def old_workbook(lines: Sequence[Sequence[str]]) -> bytes:
    """A workbook of 1997 (.xls): one stream of records in a compound file."""

    def record(kind: int, data: bytes) -> bytes:
        return struct.pack("<HH", kind, len(data)) + data

    def label(row: int, column: int, text: str) -> bytes:
        return record(0x204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le"))

    start = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))
    name = struct.pack("<BB", 6, 0) + b"Sheet1"
    place = len(start) + 4 + 6 + len(name) + 4
    book = start + record(0x85, struct.pack("<IBB", place, 0, 0) + name) + record(0x0A, b"")
    cells = b"".join(label(at, column, text) for at, line in enumerate(lines) for column, text in enumerate(line))
    stream = book + record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0)) + cells + record(0x0A, b"")
    stream = stream.ljust(4096, b"\0") + bytes(-max(len(stream), 4096) % 512)
    sectors = len(stream) // 512

    def entry(title: str, kind: int, child: int, first: int, size: int) -> bytes:
        coded = (title + "\0").encode("utf-16-le")
        ends = struct.pack("<HBBiii", len(coded), kind, 1, -1, -1, child)
        return coded.ljust(64, b"\0") + ends + bytes(36) + struct.pack("<iII", first, size, 0)

    folder = entry("Root Entry", 5, 1, -2, 0) + entry("Workbook", 2, -1, 2, len(stream)) + bytes(256)
    chain = [-3, -2, *range(3, sectors + 2), -2]
    table = struct.pack(f"<{len(chain)}i", *chain).ljust(512, b"\xff")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIiIIiIiI", 0, 1, 1, 0, 4096, -2, 0, -2, 0) + struct.pack("<i", 0)
    return head.ljust(512, b"\xff") + table + folder + stream


def test_an_old_workbook_is_read() -> None:
    assert rows("a.xls", old_workbook([["编号", "名称"], ["1", "纸尿裤"], ["2", "奶瓶"]])) == [
        [2, "1", "纸尿裤"],
        [3, "2", "奶瓶"],
    ]


def test_hidden_sheets_count_only_where_no_other_is_known(raw: Path, read: Read) -> None:
    import xlsxwriter

    for name, known in (("beside.xlsx", True), ("alone.xlsx", False)):
        with xlsxwriter.Workbook(raw / name) as book:
            for at, title in enumerate(("shown", "hidden")):
                page = book.add_worksheet(title)
                for line, row in enumerate([ORDER, order(f"00{at}{known:d}")] if known or at else [["说明"], ["无"]]):
                    page.write_row(line, 0, row)
            page.hide()
    report, store = read(*discover(SHOP))
    assert sorted(store.frame("orders", SHOP)["line_id"]) == ["6920000000001000001", "6920000000001000010"]
    alone = next(entry for entry in report.entries if entry.file == "alone.xlsx")
    assert any("hidden sheet was read: hidden" in problem["en"] for problem in alone.problems)


# rows that are no data -------------------------------------------------------------------------------------------


def test_repeated_headers_and_explanations_are_dropped_by_name(raw: Path, read: Read) -> None:
    told = {"订单应付金额": "商品金额+运费-优惠", "支付完成时间": "付款的时间", "订单提交时间": "下单的时间"}
    joined = ["\ufeff" + ORDER[0], *ORDER[1:]]
    lines = [[told.get(name, "") for name in ORDER], order("0001"), joined, ORDER, order("0002")]
    report, store = read(write_csv(raw / "a.csv", ORDER, lines))
    entry = report.entries[0]
    assert (entry.rows_in, entry.kept, entry.dropped) == (5, 2, {"explanation_row": 1, "header_row": 2})
    assert len(store.frame("orders", SHOP)) == 2


def test_a_first_row_that_cannot_be_read_is_no_explanation(raw: Path, read: Read) -> None:
    lines = [order("0001", amount="约八十"), order("0002"), order("0003"), order("0004")]
    entry = read(write_csv(raw / "a.csv", ORDER, lines))[0].entries[0]
    assert (entry.kept, entry.quarantined, entry.dropped) == (3, 1, {})


def test_a_second_header_in_another_order_refuses_the_file(raw: Path, read: Read) -> None:
    turned = ORDER[::-1]
    entry = read(write_csv(raw / "a.csv", ORDER, [order("0001"), turned, order("0002")[::-1]]))[0].entries[0]
    assert entry.status == "refused" and "row 3 is another header" in entry.reason["en"]


OWN = """
kind = "LVX"
name = { zh = "测试", en = "test" }
where = { zh = "测试", en = "test" }
required = ["商品名称", "商品编号", "统计日", "可售数"]
[nested]
until = { header = "商品编号", pattern = '^\\d{19}$' }
words = ["规格名称"]
[[into]]
table = "stock"
[into.columns]
day = "统计日"
product_id = "商品编号"
available = "可售数"
"""


def plain(kind: str) -> str:
    """The same without the option."""
    skipped = ("[nested]", "until", "words")
    return "\n".join(line for line in OWN.replace("LVX", kind).splitlines() if not line.startswith(skipped))


def define(raw: Path, name: str, text: str) -> None:
    place = raw / "definitions" / "exports"
    place.mkdir(parents=True, exist_ok=True)
    (place / name).write_text(text, encoding="utf-8")


def test_blocks_with_a_header_of_their_own_are_left_out_where_the_definition_says_so(raw: Path, read: Read) -> None:
    block = [["规格名称", "", "商品编号", "可售数"], ["大号", "1740909462464574", "", "3"], ["中号", "", "", "4"]]
    lines = [
        ["商品名称", "商品编号", "统计日", "可售数"],
        ["纸尿裤", "3612345678901234567", "2026-10-01", "7"],
        *block,
        ["奶瓶", "3612345678901234568", "2026-10-01", "9"],
        *block,
    ]
    path = write_xlsx(raw / "a.xlsx", {"s": lines})
    define(raw, "lvx.toml", OWN)
    report, store = read(path)
    entry = report.entries[0]
    assert (entry.rows_in, entry.kept, entry.dropped) == (8, 2, {"nested_row": 6})
    assert sorted(store.frame("stock", SHOP)["available"]) == [7, 9]
    define(raw, "lvx.toml", plain("LVX"))
    entry = read(path)[0].entries[0]
    assert entry.status == "refused" and "row 3 is another header" in entry.reason["en"]


# what a file is --------------------------------------------------------------------------------------------------


def test_the_header_is_the_row_that_has_most_of_the_words(raw: Path, read: Read) -> None:
    some = ["主订单编号", "子订单编号", "订单提交时间", "支付完成时间", "订单应付金额", "订单状态"]
    notes = [*some, *[""] * (len(ORDER) - len(some))]
    path = write_xlsx(raw / "a.xlsx", {"s": [["订单报表"], notes, ORDER, order("0001")]})
    report, store = read(path)
    assert report.entries[0].rows_in == 1 and store.frame("orders", SHOP)["quantity"].tolist() == [1]


def test_a_file_without_headers_says_so_and_shows_no_value(raw: Path, read: Read) -> None:
    lines = [["6920000000001000001", "13812345678", "89.00"], ["6920000000001000002", "13812345679", "90.00"]]
    entry = read(write_csv(raw / "a.csv", lines[0], lines[1:]))[0].entries[0]
    assert entry.status == "unknown" and "no header" in entry.reason["en"] and "138" not in entry.reason["en"]


def test_a_header_that_stands_twice_is_read_once_and_told(raw: Path, read: Read) -> None:
    path = write_csv(raw / "a.csv", [*ORDER, "商品数量"], [[*order("0001", 商品数量="2"), "9"]])
    report, store = read(path)
    assert store.frame("orders", SHOP)["quantity"].tolist() == [2]
    assert any("商品数量 stands several times" in problem["en"] for problem in report.entries[0].problems)


STOCK = ["商品名称", "商品编号", "统计日", "可售数"]


def stock(place: int) -> list[str]:
    return ["纸尿裤", f"361234567890123456{place}", "2026-10-01", str(place)]


@pytest.mark.parametrize(
    ("sheets", "names", "kept"),
    [
        ('["总表"]', ["总表", "分表"], [0]),  # the named sheet alone
        ('["总表"]', ["总表(1)", "分表"], [0]),  # its name with something added
        ('["总表"]', ["Sheet1"], [0]),  # a new name, but no other sheet fits
        ('["总表"]', ["Sheet1", "Sheet2"], []),  # which of the two cannot be told
        ('["*"]', ["a", "b"], [0, 1]),
        ('["分*"]', ["总表", "分一", "分二"], [1, 2]),
    ],
)
def test_sheets_are_read_by_name_and_never_guessed(
    raw: Path, read: Read, sheets: str, names: list[str], kept: list[int]
) -> None:
    define(raw, "lvy.toml", plain("LVY").replace("required", f"sheets = {sheets}\nrequired"))
    report, store = read(write_xlsx(raw / "a.xlsx", {name: [STOCK, stock(at)] for at, name in enumerate(names)}))
    entry = report.entries[0]
    if not kept:
        assert entry.status == "refused" and "Sheet1, Sheet2" in entry.reason["en"]
        return
    assert sorted(store.frame("stock", SHOP)["available"]) == kept
    told = " ".join(problem["en"] for problem in entry.problems)
    left = [name for at, name in enumerate(names) if at not in kept]
    assert ("not read: " + ", ".join(left) in told) if left else ("not read" not in told)
    assert ("Sheet1 was read as 总表" in told) == (names == ["Sheet1"])


def test_a_csv_has_no_sheet_name_to_drift(raw: Path, read: Read) -> None:
    define(raw, "lvy.toml", plain("LVY").replace("required", 'sheets = ["总表"]\nrequired'))
    report, store = read(write_csv(raw / "a.csv", STOCK, [stock(3)]))
    assert store.frame("stock", SHOP)["available"].tolist() == [3] and report.entries[0].problems == []


# dumps of an interface -------------------------------------------------------------------------------------------


def dumped(content: object) -> dict[str, list[list[str]]]:
    """All forms of a dump: headers joined → rows."""
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    found = readers.sheets(Path("a.json"), data, FORMATS)
    return {",".join(sheet.head[0]): sheet.body(1, range(len(sheet.head[0]))).to_numpy().tolist() for sheet in found}


ORDERS = [
    {
        "order_id": 6920000000001013001,
        "pay": 1990,
        "addr": {"city": "上海"},
        "skus": [{"id": 1, "n": 2}, {"id": 2, "n": 1}],
    },
    {"order_id": 6920000000001013002, "pay": 0.10, "addr": None, "skus": [], "tags": ["a", "b"], "open": True},
]


@pytest.mark.parametrize(
    "content",
    [
        ORDERS,
        {"code": 10000, "data": {"shop_order_list": ORDERS, "total": 2}},
        [{"data": {"list": ORDERS[:1]}}, {"data": {"list": ORDERS[1:]}}, {"data": {"list": []}}],
        "\n".join(map(json.dumps, ORDERS)).encode(),
    ],
)
def test_inner_objects_become_dotted_headers_and_one_list_the_rows(content: object) -> None:
    found = dumped(content)
    assert found["order_id,pay,addr.city,addr,tags,open"] == [
        ["6920000000001013001", "1990", "上海", "", "", ""],
        ["6920000000001013002", "0.1", "", "", "a,b", "true"],
    ]
    assert found["order_id,pay,addr.city,skus.id,skus.n,addr,tags,open"] == [
        ["6920000000001013001", "1990", "上海", "1", "2", "", "", ""],
        ["6920000000001013001", "1990", "上海", "2", "1", "", "", ""],
        ["6920000000001013002", "0.1", "", "", "", "", "a,b", "true"],
    ]
    assert len(found) == 2


def test_lists_side_by_side_are_spread_one_at_a_time_and_lists_within_lists_together() -> None:
    found = dumped([{"id": 1, "a": [{"x": 1}, {"x": 2}], "b": [{"y": 1, "c": [{"z": 5}, {"z": 6}]}]}])
    assert found == {
        "id": [["1"]],
        "id,a.x": [["1", "1"], ["1", "2"]],
        "id,b.y": [["1", "1"]],
        "id,b.y,b.c.z": [["1", "1", "5"], ["1", "1", "6"]],
    }


def test_figures_of_a_dump_stay_as_they_are_written() -> None:
    found = dumped(b'[{"id": 6920000000001013001999, "amount": 1.10, "far": 1e5, "nothing": null}]')
    assert found == {"id,amount,far,nothing": [["6920000000001013001999", "1.10", "1e5", ""]]}


def test_a_dump_that_was_cut_off_is_refused() -> None:
    data = json.dumps({"data": {"list": ORDERS}}, ensure_ascii=False, indent=1).encode()
    assert "ends in the middle" in refused("a.json", data[: len(data) // 2])
    assert "row 2 is no valid JSON" in refused("a.json", b'{"a": 1}\n{"a": nonsense}\n{"a": 2}')
