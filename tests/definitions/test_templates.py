"""Templates: every sheet that only a shop can fill is defined, written, and looks as its definition says."""

import re
import zipfile
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from python_calamine import CalamineWorkbook

from helpers import cli, paths
from helpers.definitions import deck, exports, tables
from helpers.definitions.exports import ExportKind
from helpers.errors import DefinitionError
from helpers.templates import write_templates

SHEETS = "TGT BMK CAL CST ROL HST CRE COM ACT EXP-AB MEM GRP SUR SUP TCK TRN IDX REV STK DOU"
KINDS = {kind.id: kind for kind in exports.load("", tables.load()) if kind.template}
MAIN = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
GOOD = """kind = "X"
name = { zh = "甲", en = "a" }
where = { zh = "甲", en = "a" }
required = ["ID", "角色"]
[[into]]
table = "roles"
[into.columns]
product_id = "ID"
role = { header = "角色", values = { "引流" = "traffic", "利润" = "profit", "利润款" = "profit" } }
[template]
file = "甲表"
about = { zh = "甲", en = "a" }
[template.columns]
product_id = { example = "3612345678901234567", zh = "编号", en = "id" }
role = { example = "利润", zh = "角色", en = "role" }
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All shipped templates in Chinese."""
    found = tmp_path_factory.mktemp("templates")
    write_templates(found)
    return found


def own(data: Path, text: str) -> ExportKind:
    path = data / "raw/probe/definitions/exports/x.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return exports.load("probe", tables.load())[0]


def pages(path: Path) -> dict[str, list[list[object]]]:
    book = CalamineWorkbook.from_path(path)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def part(path: Path, name: str) -> ElementTree.Element:
    with zipfile.ZipFile(path) as book:
        return ElementTree.fromstring(book.read(name))


def resaved(path: Path, target: Path) -> bytes:
    """The workbook as a spreadsheet would save it again: it notes when."""
    with zipfile.ZipFile(path) as book, zipfile.ZipFile(target, "w") as copy:
        for name in book.namelist():
            copy.writestr(name, re.sub(rb"2020(-01-01T00:00:00Z</dcterms:modified>)", rb"2026\1", book.read(name)))
    return target.read_bytes()


def lists(path: Path) -> dict[str, tuple[list[object], str]]:
    """Header of each column with a drop-down list → its words, and what another word leads to."""
    every = pages(path)
    head, words = next(iter(every.values()))[0], every["选项"]
    found = {}
    for rule in part(path, "xl/worksheets/sheet1.xml").iter(f"{{{MAIN['m']}}}dataValidation"):
        if rule.get("type") == "list":
            first, last = re.fullmatch(r"'?选项'?!\$([A-Z]+)\$2:\$[A-Z]+\$(\d+)", rule[0].text or "").groups()
            at, rows = letter(first), int(last)
            column = letter(re.match("[A-Z]+", rule.get("sqref"))[0])
            found[head[column]] = ([row[at] for row in words[1:rows]], rule.get("errorStyle", "stop"))
    return found


def letter(name: str) -> int:
    at = 0
    for sign in name:
        at = 26 * at + ord(sign) - 64
    return at - 1


def test_every_input_of_a_claim_has_a_kind_and_every_sheet_of_the_shop_a_template() -> None:
    known = {kind.code for kind in exports.load("", tables.load())}
    assert {code for claim in deck.claims().values() for code in claim.inputs} <= known
    assert set(SHEETS.split()) <= {kind.code for kind in KINDS.values()}


def test_the_committed_templates_are_what_the_definitions_say(folder: Path) -> None:
    shipped = paths.SHIPPED / "templates"
    assert sorted(path.name for path in shipped.iterdir()) == sorted(path.name for path in folder.iterdir())
    assert [path.name for path in folder.iterdir() if pages(path) != pages(shipped / path.name)] == []


def test_the_command_prints_their_paths_writes_the_same_bytes_and_leaves_filled_ones_alone(
    folder: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = data / "templates"
    target.mkdir(parents=True)
    saved = resaved(folder / "成本表.xlsx", target / "成本表.xlsx")
    (target / "目标表.xlsx").write_bytes(b"half an upload")
    assert cli.main(["templates"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == len(KINDS) == len(list(target.iterdir()))
    kept = {target / "成本表.xlsx": saved, target / "目标表.xlsx": b"half an upload"}
    assert {f"{path}（已填写，保留未动）" for path in kept} | set(map(str, {*target.iterdir()} - {*kept})) == set(
        printed
    )
    for path in target.iterdir():
        assert path.read_bytes() == kept.get(path, (folder / path.name).read_bytes())


def test_every_template_becomes_one_file_and_no_two_share_a_name(folder: Path) -> None:
    names = [kind.template.file for kind in KINDS.values()]
    assert sorted(path.stem for path in folder.iterdir()) == sorted(names) and len(set(names)) == len(names)


def test_the_cost_sheet_in_full(folder: Path) -> None:
    path = folder / "成本表.xlsx"
    every = pages(path)
    assert list(every) == ["成本表", "说明", "选项"]
    head, example = every["成本表"]
    assert head == ["行标记", "商品ID", "生效日期", "单件成本", "发货运费", "包材", "单次退货成本", "平台费率", "佣金率",
                    "单件人工", "成本误差"]  # fmt: skip
    assert example == ["示例", "3612345678901234567", date(2019, 1, 1), 52.0, 4.2, 0.8, 8.5, 0.05, 0.1, 1.5, 0.05]
    assert (
        every["说明"][0][0] == "商品成本表"
        and ["单件成本", "必填", "元，例如 52.00 或 1.2万", "进货或生产成本", "52.00"] in every["说明"]
    )
    sheet = part(path, "xl/worksheets/sheet1.xml")
    pane = sheet.find(".//m:pane", MAIN)
    assert (pane.get("ySplit"), pane.get("state")) == ("1", "frozen")


def test_formats_keep_ids_as_text_and_show_days_money_and_shares(folder: Path) -> None:
    path = folder / "成本表.xlsx"
    styles, sheet = part(path, "xl/styles.xml"), part(path, "xl/worksheets/sheet1.xml")
    codes = {style.get("numFmtId"): style.get("formatCode") for style in styles.iterfind(".//m:numFmt", MAIN)}
    known = {"0": "General", "1": "0", "4": "#,##0.00", "49": "@"} | codes
    forms = [known[style.get("numFmtId")] for style in styles.iterfind(".//m:cellXfs/m:xf", MAIN)]
    columns = [forms[int(column.get("style", 0))] for column in sheet.iterfind(".//m:cols/m:col", MAIN)
               for _ in range(int(column.get("min")), int(column.get("max")) + 1)]  # fmt: skip
    assert columns == ["@", "@", "yyyy-mm-dd", *["#,##0.00"] * 4, "0.0#%", "0.0#%", "#,##0.00", "0.0#%"]


def test_required_headers_are_red_and_the_others_grey(folder: Path) -> None:
    path = folder / "成本表.xlsx"
    styles, sheet = part(path, "xl/styles.xml"), part(path, "xl/worksheets/sheet1.xml")
    fills = [fill.find(".//m:fgColor", MAIN) for fill in styles.iterfind(".//m:fills/m:fill", MAIN)]
    colours = ["" if fill is None else fill.get("rgb") for fill in fills]
    formats = [colours[int(style.get("fillId"))] for style in styles.iterfind(".//m:cellXfs/m:xf", MAIN)]
    head = [formats[int(cell.get("s"))] for cell in sheet.find(".//m:sheetData/m:row", MAIN)]
    assert head == ["FF6B7280", *["FFA61C28"] * 3, *["FF6B7280"] * 7]


def test_every_column_has_a_note_with_what_to_write(folder: Path) -> None:
    for kind in KINDS.values():
        notes = [
            "".join(note.itertext()) for note in part(folder / f"{kind.template.file}.xlsx", "xl/comments1.xml")[1]
        ]
        assert len(notes) == len(kind.template.fields) + 1
        for field, note in zip(kind.template.fields, notes[1:], strict=True):
            assert note.startswith("【必填】" if field.required else "【选填】") and field.note["zh"] in note


def test_drop_down_lists_hold_words_that_the_reader_knows(folder: Path) -> None:
    for kind in KINDS.values():
        found = lists(folder / f"{kind.template.file}.xlsx")
        assert set(found) == {field.header for field in kind.template.fields if field.choices}
        for field in kind.template.fields:
            if field.strict:
                column = kind.into[0].columns[field.name]
                assert {exports.mapping.header(word) for word in found[field.header][0]} <= set(column.values)
    assert lists(folder / "商品角色表.xlsx") == {
        "角色": (["引流", "利润", "形象"], "stop"),
        "季节": (["春", "夏", "秋", "冬", "全年"], "stop"),
        "联名": (["是", "否"], "stop"),
    }
    assert lists(folder / "库存.xlsx")["缺货原因"] == (["原材料短缺", "物流", "预测不足"], "information")
    targets = lists(folder / "目标表.xlsx")["指标"][0]
    assert targets[0] == "下一层级成交额门槛" and "月支付金额" in targets and len(targets) == len(deck.targets())


def test_days_are_checked_where_they_are_typed(folder: Path) -> None:
    rules = part(folder / "成本表.xlsx", "xl/worksheets/sheet1.xml").iterfind(".//m:dataValidation", MAIN)
    found = [(rule.get("type"), rule.get("operator"), rule.get("sqref"), rule[0].text) for rule in rules]
    assert found == [("date", "greaterThanOrEqual", "C2:C2001", "36526")]  # 2000-01-01 as Excel counts


def test_notes_can_be_english_while_headers_stay_what_the_reader_knows(tmp_path: Path) -> None:
    write_templates(tmp_path, "en")
    every = pages(tmp_path / "商品角色表.xlsx")
    assert every["商品角色表"][0][1] == "商品ID" and every["说明"][0][0] == "Product roles sheet"
    assert [row[0] for row in every["选项"][1:4]] == ["traffic", "profit", "image"]
    assert [row[1] for row in every["选项"][1:4]] == ["引流", "利润", "形象"]


def test_no_example_can_be_taken_for_data() -> None:
    """Its key holds a word that says so, a number that counts up, or a day before the platform had shops."""
    sign = re.compile("示例|1234567|2019-|M000001|R000001|^H1$|^0001$|^Q1$")
    for kind in KINDS.values():
        keys = [field.example for field in kind.template.fields if field.key and field.example]
        assert any(sign.search(cell) for cell in keys), (kind.id, keys)


def test_text_that_looks_like_a_formula_stays_text(data: Path, tmp_path: Path) -> None:
    own(data, GOOD.replace('zh = "编号"', 'zh = "=1+1"').replace('"甲"', '"=HYPERLINK(1)"'))
    path = next(path for path in write_templates(tmp_path, shop="probe") if path.stem == "甲表")
    with zipfile.ZipFile(path) as book:
        assert not any(b"<f>" in book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/"))
    assert pages(path)["说明"][0][0] == "=HYPERLINK(1)"


def test_stored_words_are_read_beside_the_chinese_ones_and_lists_of_words_come_from_their_file(data: Path) -> None:
    words = own(data, GOOD).into[0].columns["role"].values
    assert words == {"traffic": "traffic", "profit": "profit", "引流": "traffic", "利润": "profit", "利润款": "profit"}
    metrics = KINDS["TGT"].into[0].columns["metric"].values
    assert metrics["月支付金额"] == metrics["monthlypayments"] == metrics["gmv_month"] == "gmv_month"


def test_a_list_without_names_is_read_by_its_ids(data: Path) -> None:
    path = data / "raw/probe/definitions/targets.csv"
    path.parent.mkdir(parents=True)
    path.write_text("metric,value\nwarmth,3\n", encoding="utf-8")
    kind = next(kind for kind in exports.load("probe", tables.load()) if kind.id == "BMK")
    assert kind.into[0].columns["metric"].values == {"warmth": "warmth"}
    assert kind.template.fields[0].example == "warmth"  # the shipped one is none of the shop's metrics


def test_the_example_decides_how_a_file_is_read_and_the_words_do_not(data: Path) -> None:
    before = own(data, GOOD).definition
    assert own(data, GOOD.replace('zh = "编号"', 'zh = "商品编号"')).definition == before
    assert own(data, GOOD.replace("3612345678901234567", "3612345678901234568")).definition != before


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("role = { example", "rule = { example", "did you mean role"),
        ('role = { example = "利润", zh = "角色", en = "role" }\n', "", "'role' has no entry"),
        ('example = "利润"', 'example = "利闰"', "did you mean 利润"),
        ('example = "利润"', 'choices = ["引流", "利闰"]', "did you mean 利润"),
        ('zh = "编号", ', "", "no text in 'zh'"),
        ('about = { zh = "甲", en = "a" }', 'about = { zh = "甲" }', "no text in 'en'"),
        ("about =", "abuot =", "did you mean about"),
        ("{ example =", "{ exmaple =", "did you mean example"),
        ('required = ["ID", "角色"]', 'required = ["角色"]', "part of the key"),
        ('example = "3612345678901234567", ', "", "no column of the key has an example"),
        ('file = "甲表"', 'file = "../甲表"', "cannot name a sheet"),
        ("values = {", 'values_from = "tragets.csv", values = {', "tragets.csv"),
    ],
)
def test_a_mistake_names_the_file_and_the_right_word(data: Path, old: str, new: str, named: str) -> None:
    assert old in GOOD
    with pytest.raises(DefinitionError, match=named) as error:
        own(data, GOOD.replace(old, new))
    assert "x.toml" in str(error.value) or "tragets" in named


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("8%", 0.08),
        ("0.08", 0.08),
        ("18万元", 180000),
        ("￥1,234.50", 1234.5),
        ("1.2亿", 1.2e8),
        ("-", None),
        (float("nan"), None),
    ],
)
def test_typed_targets_are_read_as_ingest_reads_them(text: str, value: float | None) -> None:
    assert deck.number(text, "x") == (None if value is None else pytest.approx(value))
