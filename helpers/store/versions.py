"""The book of whole imports: which version of each table a shop had after each of them.

Readers open what the last line of their shop says, so that an import shows all of its tables or none of them. What a killed
import left behind its last line is undone by the next one before it begins.
"""

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from helpers.errors import ParameterError
from helpers.store import delta, parts

FOLDER = "_versions"
SEEN = "_seen"
ENVIRONMENT = "XIAODIAN_VERSIONS"


def current(root: Path) -> dict[str, int]:
    """The newest version of every table in the store, registers included, by the path of its folder."""
    folders = [*root.glob("*/_delta_log"), *root.glob(f"{SEEN}/*/_delta_log")]
    found = {log.parent.relative_to(root).as_posix(): _newest(log) for log in sorted(folders)}
    return {name: version for name, version in found.items() if version is not None}


def _newest(log: Path) -> int | None:
    commits = [int(path.stem) for path in log.glob("*.json") if path.stem.isdigit()]
    return max(commits, default=None)


def lines(root: Path, shop: str) -> list[tuple[datetime, dict[str, int]]]:
    """When each import of the shop was complete, and the versions that it left; oldest first."""
    return [(datetime.fromisoformat(entry["at"]), entry["versions"]) for entry in _entries(_book(root, shop))]


def shops(root: Path) -> list[str]:
    """Shops that have a book."""
    return sorted({entry["shop"] for book in (root / FOLDER).glob("*.jsonl") for entry in _entries(book)})


def _entries(book: Path) -> list[dict[str, Any]]:
    found = []
    for line in book.read_text(encoding="utf-8", errors="replace").splitlines() if book.is_file() else []:
        with suppress(ValueError):  # a run was killed while it wrote the line
            found += [json.loads(line)]
    return found


def published(root: Path, shop: str, as_of: datetime | None = None) -> dict[str, int] | None:
    """The versions after the shop's last import, or its last one by a moment; None for a shop that has no book."""
    found = lines(root, shop)
    if as_of is None:
        return found[-1][1] if found else None
    known = [versions for at, versions in found if at <= as_of.astimezone()]
    return known[-1] if known else {}


def publish(root: Path, shop: str) -> None:
    """Let readers of the shop see today's versions."""
    versions, book = current(root), _book(root, shop)
    if published(root, shop) == versions:
        return
    at = datetime.now(UTC).isoformat(timespec="microseconds")
    line = json.dumps({"at": at, "shop": shop, "versions": versions})
    book.parent.mkdir(parents=True, exist_ok=True)
    with book.open("a", encoding="utf-8") as handle:
        handle.write(f"\n{line}\n")  # a line that a killed run left half written ends here


def _book(root: Path, shop: str) -> Path:
    return root / FOLDER / f"{parts.safe(shop)}.jsonl"


def given(text: str) -> dict[str, int] | None:
    """The versions that the environment names, or None where it names none.

    Raises
    ------
    ParameterError
        It is not a JSON object of numbers.
    """
    if not text:
        return None
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(type(version) is int for version in found.values()):
        raise ParameterError(ENVIRONMENT, f"{text[:60]!r} is not versions by table", 'write {"orders": 12, …}')
    return found


def undo(path: Path, shop: str, version: int | None) -> None:
    """Bring the shop's rows in a table back to those of an earlier version (None: it had none), as a new version."""
    now, before = delta.of_shop(path, shop), _files(path, shop, version)
    lost, extra = before[~before["path"].isin(now["path"])], now[~now["path"].isin(before["path"])]
    adds = [parts.described(path, Path(row.path), _partition(row), delta.told(before)) for row in lost.itertuples()]
    removes = [parts.removed(path, row.path, _partition(row)) for row in extra.itertuples()]
    parts.commit(path, delta.stored_schema(path, pa.schema([])), adds, removes)


def _files(path: Path, shop: str, version: int | None) -> Any:
    pin = None if version is None else delta.pinned(path, version)
    return pd.DataFrame({"path": [], "shop": []}) if pin is None else pin.files[pin.files["shop"] == shop]


def _partition(row: Any) -> dict[str, str]:
    return {name: getattr(row, name) for name in delta.PARTITION if hasattr(row, name)}
