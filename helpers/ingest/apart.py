"""A workbook opened in a process of its own with little memory, so that one made to harm can only end that process.

Run as a script: bytes of the workbook in, its visible and hidden sheets out.
"""

import contextlib
import io
import pickle
import subprocess
import sys
from typing import Any

SHEET = tuple[str, bool, list[list[Any]]]


def opened(data: bytes, memory: int, cells: int, seconds: int) -> tuple[list[SHEET], str]:
    """Name, whether shown, and rows from the first on of each sheet; or no sheets and why.

    The reason is the reader's own words, or empty where the process had to be ended.
    """
    words = [sys.executable, "-I", __file__, str(memory), str(cells)]
    try:
        done = subprocess.run(words, input=data, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return [], ""
    return pickle.loads(done.stdout) if done.returncode == 0 else ([], "")


def _sheets(data: bytes, cells: int) -> tuple[list[SHEET], str]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    found: list[SHEET] = []
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for known in book.sheets_metadata:
            if known.typ == SheetTypeEnum.WorkSheet:
                sheet = book.get_sheet_by_name(known.name)
                if sheet.total_height * sheet.total_width > cells:
                    return [], ""
                shown = known.visible == SheetVisibleEnum.Visible
                found.append((known.name, shown, sheet.to_python(skip_empty_area=False)))
    except BaseException as error:  # whatever the reader says, panics too, becomes one line for the analyst
        return [], str(error) or type(error).__name__
    return found, "" if found else "no sheet of cells"


def _main(memory: int, cells: int) -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # not every system can limit a process
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    sys.stdout.buffer.write(pickle.dumps(_sheets(sys.stdin.buffer.read(), cells)))


if __name__ == "__main__":
    _main(int(sys.argv[1]), int(sys.argv[2]))
