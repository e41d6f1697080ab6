"""The files that only a shop can fill, empty but for one example row."""

from pathlib import Path

from helpers.sample.files import write_xlsx
from helpers.sample.story import filled, load


def write_templates(folder: Path) -> list[Path]:
    """Write one XLSX per template, with its headers and an example row, and return the paths."""
    paths = []
    for name in load("headers")["filled"]:
        file, names, example = filled(name)
        paths.append(
            write_xlsx(
                folder / f"{file}.xlsx", "Sheet1", names, dict(zip(names, ([cell] for cell in example), strict=True))
            )
        )
    return paths
