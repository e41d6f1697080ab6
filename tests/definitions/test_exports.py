"""Definitions of tables and exports: the shipped ones hold together, and mistakes name the nearest right word."""

import os
from pathlib import Path

import pytest

from helpers.definitions import exports, tables
from helpers.definitions.mapping import header
from helpers.errors import DefinitionError

TABLES = tables.load()
CODES = "ORD AFS SET CAS PKG CDL CSQ LIV LVD VID PCD PCS PRD RFD TAL ALO QC-U QC-S QC-F FGK AUD EXP "
CODES += "TGT BMK CAL CST ROL HST CRE COM ACT EXP-AB MEM GRP SUR SUP TCK TRN IDX REV STK DOU"
GOOD = """kind = "X"
name = { zh = "甲", en = "a" }
where = { zh = "甲", en = "a" }
required = ["ID"]
[[into]]
table = "roles"
[into.columns]
product_id = "ID"
"""


def write(data: Path, text: str) -> None:
    folder = data / "raw" / "probe" / "definitions" / "exports"
    folder.mkdir(parents=True)
    (folder / "x.toml").write_text(text, encoding="utf-8")


def test_the_shipped_kinds_load_and_have_their_words_in_both_languages(data: Path) -> None:
    kinds = {kind.code: kind for kind in exports.load("", TABLES)}
    assert set(CODES.split()) <= set(kinds)
    for kind in kinds.values():
        assert kind.name["zh"] and kind.name["en"] and kind.where["zh"] and kind.where["en"]


def test_every_table_has_its_key_and_moments_among_its_columns() -> None:
    for table in TABLES.values():
        assert table.key and set(table.key) <= set(table.columns)
        assert all(table.columns[name] in tables.MOMENT for name in table.moments)


def test_no_two_shipped_kinds_ask_for_the_same_headers(data: Path) -> None:
    wanted = [frozenset(header(names[0]) for names in kind.required) for kind in exports.load("", TABLES)]
    assert len(set(wanted)) == len(wanted)


def test_headers_are_compared_without_width_case_and_spaces() -> None:
    assert header(" 退商品金额（元） ") == header("退商品金额(元)") and header("商品ID") == header("商品id")


def test_the_shops_own_kind_comes_first_and_hides_a_shipped_one_of_its_code(data: Path) -> None:
    write(data, GOOD.replace('"X"', '"ORD"'))
    kinds = exports.load("probe", TABLES)
    assert kinds[0].code == "ORD" and kinds[0].into[0].table == "roles" and kinds[0].rank == 0
    assert sum(kind.id == "ORD" for kind in kinds) == 1


def test_the_hash_follows_what_is_read_not_how_it_is_written(data: Path) -> None:
    write(data, GOOD)
    before = exports.load("probe", TABLES)[0].definition
    path = data / "raw/probe/definitions/exports/x.toml"
    path.write_text("# a remark\n" + GOOD, encoding="utf-8")
    assert exports.load("probe", TABLES)[0].definition == before
    path.write_text(GOOD.replace('= "ID"', '= ["ID", "id"]'), encoding="utf-8")
    assert exports.load("probe", TABLES)[0].definition != before


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("required", "requird", "required"),
        ('table = "roles"', 'table = "role"', "roles"),
        ("product_id =", "product =", "product_id"),
        ('product_id = "ID"', 'name = "ID"', "product_id"),
        ('= "ID"\n', '= { headr = "ID" }\n', "header"),
        ("[[into]]", 'snapshot = ["name_unx"]\n[[into]]', "name_unix"),
        ('where = { zh = "甲", en = "a" }\n', "", "where"),
    ],
)
def test_a_mistake_names_the_file_and_the_right_word(data: Path, old: str, new: str, named: str) -> None:
    write(data, GOOD.replace(old, new))
    with pytest.raises(DefinitionError, match=named) as error:
        exports.load("probe", TABLES)
    assert "x.toml" in str(error.value)


def test_a_definition_that_changes_between_two_imports_is_read_anew_whatever_its_times_say(data: Path) -> None:
    write(data, GOOD)
    path = data / "raw" / "probe" / "definitions" / "exports" / "x.toml"
    before, written = exports.load("probe", TABLES)[0], path.stat()
    path.write_text(GOOD.replace('"ID"', '"NO"'), encoding="utf-8")
    os.utime(path, ns=(written.st_atime_ns, written.st_mtime_ns))
    assert (before.required, exports.load("probe", TABLES)[0].required) == ((("ID",),), (("NO",),))
    path.write_text(GOOD + "x = 1", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(DefinitionError):
            exports.load("probe", TABLES)
