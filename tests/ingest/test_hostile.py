"""Files that are made to harm or are no files at all: one clear line each, and neither memory nor time is lost on them."""

import io
import json
import os
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from conftest import ORDER, SHOP, order, write_csv, write_xlsx  # type: ignore[import-not-found]

from helpers import cli, paths
from helpers.errors import ParameterError
from helpers.ingest import discover

Read = Callable[..., Any]
SHEET = "xl/worksheets/sheet1.xml"
SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEAD = f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{SPACE}">'


def book(path: Path, change: Mapping[str, bytes]) -> Path:
    """A sound workbook of one order with some of its parts exchanged or added."""
    write_xlsx(path, {"Sheet1": [ORDER, order("0001")]})
    with zipfile.ZipFile(path) as sound:
        parts = {name: sound.read(name) for name in sound.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in (parts | change).items():
            target.writestr(name, content)
    return path


def sheet(cells: str) -> bytes:
    return f"{HEAD}<sheetData>{cells}</sheetData></worksheet>".encode()


def reasons(report: Any) -> dict[str, str]:
    """Reason by file; every refused file has a reason and something to do in both languages, each of one line."""
    for entry in report.entries:
        for text in (entry.reason, entry.todo):
            assert all(text[lang] and "\n" not in text[lang] for lang in ("zh", "en")), entry
    return {entry.file: entry.reason["en"] for entry in report.entries}


# bombs -----------------------------------------------------------------------------------------------------------

BOMBS = """
import json, resource, sys
from pathlib import Path
from helpers.ingest import ingest
report = ingest(sorted(Path(sys.argv[1]).iterdir()), "probe")
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())  # this process, not its parent
peak = [int(status["VmHWM"].split()[0]), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]
print(json.dumps([{entry.file: [entry.status, entry.reason["en"]] for entry in report.entries}, peak]))
"""


def lying(path: Path, content: bytes) -> Path:
    """A workbook whose sheet claims to unfold to 100 bytes."""
    book(path, {SHEET: content})
    data = bytearray(path.read_bytes())
    for sign, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        place = data.find(sign)
        while place >= 0:
            name = data[place + (46 if at == 24 else 30) :][: len(SHEET)]
            if bytes(name) == SHEET.encode():
                data[place + at : place + at + 4] = struct.pack("<I", 100)
            place = data.find(sign, place + 4)
    path.write_bytes(bytes(data))
    return path


def test_no_bomb_takes_more_memory_than_a_large_file_would(raw: Path) -> None:
    start, rows = f"{HEAD}<sheetData>".encode(), b"<row/>" * 25_000_000
    copies = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (at, at) for at in range(1, 100_001))
    strings = f'<sst xmlns="{SPACE}" count="1" uniqueCount="1"><si><t>{"y" * 32_000}</t></si></sst>'.encode()
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    laughs = sheet("").replace(b"<worksheet", b'<!DOCTYPE s [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet')
    book(raw / "bomb.xlsx", {SHEET: start + rows})
    lying(raw / "lying.xlsx", start + rows)
    book(raw / "text.xlsx", {SHEET: start + b'<row r="1"><c r="A1"><v>' + b"1" * 50_000_000})
    book(raw / "far.xlsx", {SHEET: sheet(far)})
    book(raw / "odd.xlsx", {SHEET: sheet(far.replace('"', "'"))})
    book(raw / "past.xlsx", {SHEET: sheet('<row r="1"><c r="A99999999999"><v>1</v></c></row>')})
    book(raw / "copies.xlsx", {SHEET: start + copies + b"</sheetData></worksheet>", "xl/sharedStrings.xml": strings})
    book(raw / "laughs.xlsx", {SHEET: laughs})
    done = subprocess.run([sys.executable, "-c", BOMBS, str(raw)], capture_output=True, text=True, timeout=120)
    found, (own, child) = json.loads(done.stdout)
    assert {status for status, _ in found.values()} == {"refused"}
    said = {name: reason for name, (_, reason) in found.items()}
    assert "zip bomb" in said["bomb.xlsx"] and "zip bomb" in said["lying.xlsx"]
    assert "bytes of text" in said["text.xlsx"] and "entities" in said["laughs.xlsx"]
    assert all("row 1048576, column 16384" in said[f"{name}.xlsx"] for name in ("far", "odd"))
    assert all("takes more memory" in said[f"{name}.xlsx"] for name in ("past", "copies"))
    assert own < 700_000 and child < 2_100_000  # kB


# what is no table ------------------------------------------------------------------------------------------------


def ole(*names: str) -> bytes:
    """The beginning of an old compound file that has streams of these names."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + b"".join(name.encode("utf-16-le") for name in names)


def locked_zip(path: Path) -> Path:
    """A zip file with the mark of a password."""
    with zipfile.ZipFile(path, "w") as target:
        target.writestr("a.csv", "1,2")
    data = path.read_bytes()
    data = data.replace(b"PK\x03\x04\x14\x00\x00", b"PK\x03\x04\x14\x00\x01")
    path.write_bytes(data.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"))
    return path


def test_what_is_no_table_is_named_by_its_content(raw: Path, read: Read) -> None:
    contents = {
        "password.xlsx": (ole("Root Entry", "EncryptedPackage"), "password"),
        "word.xls": (ole("Root Entry", "WordDocument"), "opened"),
        "rar.csv": (b"Rar!\x1a\x07\x01\x00", "packed"),
        "seven.xlsx": (b"7z\xbc\xaf\x27\x1c", "packed"),
        "a.7z": (b"7z\xbc\xaf\x27\x1c", "packed"),
        "gone.numbers": (b"PK\x03\x04", "another program"),
        "print.csv": (b"%PDF-1.7", "another program"),
        "old.xls": (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "another program"),
        "half.csv.crdownload": (b"1,2", "download has not finished"),
        "cut.xlsx": (write_xlsx(raw / "x", {"s": [ORDER]}).read_bytes()[:4000], "did not finish"),
        "deep.json": (b'{"a":' * 100_000, "JSON"),
        "zeros.csv": (b"a,b\n1,2\n" + bytes(5000), "bytes of zero"),
    }
    for name, (content, _) in contents.items():
        (raw / name).write_bytes(content)
    (raw / "x").unlink()
    with zipfile.ZipFile(raw / "plain.zip", "w") as target:
        target.writestr("a.csv", "1,2")
    locked_zip(raw / "locked.zip")
    found = reasons(read(*discover(SHOP))[0])
    for name, (_, said) in contents.items():
        assert said in found[name], (name, found[name])
    assert "packed" in found["plain.zip"] and "password" in found["locked.zip"]


def test_pipes_links_and_folders_are_told_and_never_opened(raw: Path, read: Read, tmp_path: Path) -> None:
    outside = write_csv(tmp_path / "outside.csv", ORDER, [order("0001")])
    os.mkfifo(raw / "pipe.csv")
    (raw / "out.csv").symlink_to(outside)
    (raw / "nowhere.csv").symlink_to(raw / "gone.csv")
    (raw / "away").symlink_to(tmp_path)
    (raw / "round").symlink_to(raw)
    write_csv(raw / "folder.csv" / "inner.csv", ORDER, [order("0002")])
    write_csv(raw / "plain" / "inner.csv", ORDER, [order("0003")])
    (raw / "inside.csv").symlink_to(raw / "plain" / "inner.csv")
    report, store = read(*discover(SHOP))
    found = {entry.file: (entry.status, entry.reason.get("en", "")) for entry in report.entries}
    assert "pipe" in found["pipe.csv"][1] and "does not exist" in found["nowhere.csv"][1]
    assert "out of the shop" in found["out.csv"][1] and "out of the shop" in found["away"][1]
    assert "link to a folder" in found["round"][1] and "is a folder" in found["folder.csv"][1]
    assert found["plain/inner.csv"][0] == "same" and found["inside.csv"][0] == "read" and len(found) == 8
    assert store.frame("orders", SHOP)["line_id"].tolist() == ["6920000000001000003"]


def test_a_folder_that_may_not_be_opened_is_told(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (raw / "closed").mkdir()
    real = os.scandir

    def scandir(path: Any) -> Any:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert discover(SHOP) == [raw / "closed"]


def test_a_file_that_may_not_be_read_or_changes_or_is_too_large_is_told(
    raw: Path, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    grown = write_csv(raw / "grows.csv", ORDER, [order("0001")])
    closed, large = write_csv(raw / "closed.csv", ORDER, [order("0002")]), raw / "large.csv"
    with large.open("wb") as target:
        target.truncate(3_000_000_000)  # takes no room on the disk
    real, fdopen = os.open, os.fdopen

    def refuse(path: Any, flags: int, *rest: Any) -> int:
        if Path(path) == closed:
            raise PermissionError(13, "Permission denied")
        return real(path, flags, *rest)

    class Growing(io.FileIO):
        def read(self, size: int | None = -1) -> Any:
            with grown.open("ab") as target:
                target.write(b"more")
            return super().read(size)

    def growing(handle: int, mode: str) -> Any:
        return Growing(handle) if os.path.samestat(os.fstat(handle), grown.stat()) else fdopen(handle, mode)

    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr(os, "fdopen", growing)
    found = reasons(read(grown, closed, large)[0])
    assert "changed while" in found["grows.csv"] and "Permission denied" in found["closed.csv"]
    assert "3000 MB, more than 2000 MB" in found["large.csv"]


def test_names_are_printed_on_one_line(raw: Path, read: Read) -> None:
    strange = ["two\nlines.csv", "bell\x07\x1b[31m.csv", "n" * 240 + ".csv", os.fsdecode(b"bad\xff.csv")]
    for at, name in enumerate(strange):
        write_csv(raw / name, ORDER, [order(f"{at:04}")])
    report, store = read(*discover(SHOP))
    assert {entry.status for entry in report.entries} == {"read"} and len(store.frame("orders", SHOP)) == 4
    assert {"two?lines.csv", "bell??[31m.csv", "bad?.csv"} < {entry.file for entry in report.entries}
    assert all(entry.file.isprintable() and len(entry.file) < 160 for entry in report.entries)


@pytest.mark.parametrize("shop", ["../x", "a/b", "/etc", "", ".", "..", "a\\b", "a\nb", ".hidden", " x ", "n" * 300])
def test_a_shop_is_a_folder_right_under_the_raw_exports(data: Path, shop: str) -> None:
    with pytest.raises(ParameterError, match="no name of a folder"):
        paths.raw(shop)


@pytest.mark.parametrize("command", [["ingest"], ["check", "2026-10"], ["report", "2026-10"]])
def test_every_command_refuses_a_shop_that_is_a_path(
    data: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    assert cli.main([*command, "--shop", "../x"]) == 2
    said = capsys.readouterr()
    assert said.err.count("\n") == 1 and "no name of a folder" in said.err
    assert not list(data.rglob("*"))


# strange but harmless --------------------------------------------------------------------------------------------


def test_macros_never_run_and_links_are_not_followed(raw: Path, read: Read) -> None:
    link = b'<externalLink xmlns="x"><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
    parts = {"xl/vbaProject.bin": b"macro", "xl/externalLinks/externalLink1.xml": link}
    path = book(raw / "a.xlsx", parts)
    path.rename(raw / "a.xlsm")
    report, store = read(raw / "a.xlsm")
    entry = report.entries[0]
    assert entry.status == "read" and len(store.frame("orders", SHOP)) == 1
    assert any("macros" in problem["en"] for problem in entry.problems)


def test_a_file_under_a_wrong_name_is_read_as_what_it_is_and_told(raw: Path, read: Read) -> None:
    rows = "".join(f"<tr>{''.join(f'<td>{cell.strip()}</td>' for cell in row)}</tr>" for row in [ORDER, order("0003")])
    (raw / "page.xls").write_text(f"<html><body><table>{rows}</table></body></html>", encoding="gb18030")
    write_xlsx(raw / "a.xlsx", {"Sheet1": [ORDER, order("0001")]}).rename(raw / "a.csv")
    write_csv(raw / "b.csv", ORDER, [order("0002")]).rename(raw / "b.xlsx")
    report, store = read(*discover(SHOP))
    assert {entry.status for entry in report.entries} == {"read"} and len(store.frame("orders", SHOP)) == 3
    told = {entry.file: [problem["en"] for problem in entry.problems] for entry in report.entries}
    assert any("its ending is csv, in truth it is a workbook" in text for text in told["a.csv"])
    assert any("its ending is xlsx, in truth it is CSV text" in text for text in told["b.xlsx"])
    assert any("web page" in text for text in told["page.xls"])


def test_wide_empty_and_overlong_files(raw: Path, read: Read) -> None:
    extra = [f"未知{at}" for at in range(300)]
    write_csv(raw / "wide.csv", [*extra, *ORDER], [["x"] * 300 + order("0001")])
    write_csv(raw / "no_rows.csv", ORDER, [])
    write_csv(raw / "many.csv", [f"列{at}" for at in range(5000)], [])
    write_csv(raw / "long.csv", ORDER, [order("0002"), order("0003", 选购商品="长" * 1_000_000)])
    write_csv(raw / "unread.csv", ORDER, [order("0004", 买家留言="长" * 1_000_000), order("0005")])
    (raw / "none.csv").write_bytes(b"")
    report, store = read(*discover(SHOP))
    found = {entry.file: entry for entry in report.entries}
    assert found["wide.csv"].status == found["no_rows.csv"].status == found["unread.csv"].status == "read"
    assert (found["no_rows.csv"].rows_in, found["no_rows.csv"].kept) == (0, 0)
    assert any("no rows" in problem["en"] for problem in found["no_rows.csv"].problems)
    assert found["none.csv"].status == "unknown" and "5000 columns" in found["many.csv"].reason["en"]
    assert "选购商品 in row 3 has 1000000 characters, more than 32767" in found["long.csv"].reason["en"]
    assert len(store.frame("orders", SHOP)) == 3
