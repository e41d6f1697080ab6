"""Costs that no order carries (CST): the licence of the co-branded product."""

from pathlib import Path

from helpers.sample.filled import save
from helpers.sample.story import load


def write(folder: Path) -> list[Path]:
    """Write a sheet of overheads beside the one that the partners' fees stand in."""
    story = load("story")["cobrand"]
    row = {"item": "授权", "name": story["licence"], "start": f"{story['from']}", "end": f"{story['to']}"}
    rows = row | {"amount_fen": story["fee"], "people": "-", "note": "-"}
    return [save(folder / "自填" / "联名", "overheads", {name: [cell] for name, cell in rows.items()})]
