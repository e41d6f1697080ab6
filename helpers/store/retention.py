"""Clearing up the past: files that no version of the last days needs; only ever by command."""

import json
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow as pa

from helpers.definitions import files as settings
from helpers.errors import ParameterError, XiaodianError
from helpers.store import delta, parts, versions
from helpers.store.shelf import Shelf


@dataclass(frozen=True)
class Cleanup:
    """What a clean-up takes away, or would take away.

    Parameters
    ----------
    files : tuple of Path
        Data files and logs that go.
    size : int
        Their bytes.
    small : int
        Small files that are written together.
    since : date or None
        The first day from which on the past stays readable; None in a store without a past.
    """

    files: tuple[Path, ...]
    size: int
    small: int
    since: date | None


def cleanup(root: Path, keep_days: int | None = None, really: bool = False, now: datetime | None = None) -> Cleanup:
    """What no version of the last days needs any more; taken away if ``really``, and small files written together.

    Parameters
    ----------
    keep_days : int
        Days for which the past stays readable; default in ``store.toml``.
    now : datetime
        The moment from which the days count back; default the clock's.

    Raises
    ------
    ParameterError
        Less than ``least_keep_days``: reports that run right now must not lose their files.
    XiaodianError
        An import is running, or the folder cannot be written.
    """
    rules = settings.toml(settings.find("store.toml"))
    days, least = rules["keep_days"]["value"] if keep_days is None else keep_days, rules["least_keep_days"]["value"]
    if days < least:
        raise ParameterError(
            "--keep-days", f"{days} is too few", f"keep {least} or more: a running report reads the past"
        )
    until = (now or datetime.now(UTC)) - timedelta(days=days)
    if not really:
        return _found(root, until)
    shelf = Shelf(root, None, None)
    with parts.guarded(root), ExitStack() as stack:
        for shop in versions.shops(root):
            stack.enter_context(shelf.writing(shop))  # undoes what killed imports left; shows the new files at the end
        for name in versions.current(root):
            with shelf.alone(name):
                _joined(root / name)
        found = _found(root, until)
        for path in found.files:
            path.unlink()
    return found


def _found(root: Path, until: datetime) -> Cleanup:
    firsts = {shop: _first(root, shop, until) for shop in versions.shops(root)}
    needless, small = [], 0
    for name, newest in versions.current(root).items():
        kept = min((line[1].get(name, 0) for line in firsts.values()), default=0)
        needless += _needless(root / name, newest if name.startswith(versions.SEEN) else kept)
        small += sum(len(files) for _, files in _small(root / name))
    moments = [max(line[0], until) for line in firsts.values()]
    since = max(moments).astimezone().date() if moments else None
    return Cleanup(tuple(needless), sum(path.stat().st_size for path in needless), small, since)


def _first(root: Path, shop: str, until: datetime) -> tuple[datetime, dict[str, int]]:
    """The oldest import of a shop that stays readable: the last one before the days that are kept, or its first."""
    lines = versions.lines(root, shop)
    start = max((at for at, line in enumerate(lines) if line[0] <= until), default=0)
    return next((line for line in lines[start:-1] if _readable(root, line[1])), lines[-1])


def _readable(root: Path, tables: Mapping[str, int]) -> bool:
    """Whether no earlier clean-up took anything of these versions."""
    try:
        return all(delta.pinned(root / name, version) for name, version in tables.items())
    except XiaodianError:
        return False


def _small(path: Path) -> list[tuple[dict[str, str], Any]]:
    """Small files that could be one, by partition."""
    pin = delta.pinned(path)
    if pin is None or not len(pin.files):
        return []
    by = [name for name in delta.PARTITION if name in pin.files]
    few = pin.files[pin.files["rows"] * 2 <= parts.ROWS].groupby(by)
    groups = [(dict(zip(by, values, strict=True)), files) for values, files in few]
    return [(partition, files) for partition, files in groups if len(files) > 1]


def _joined(path: Path) -> None:
    """Write the small files of each partition together, in one commit."""
    adds, removes, schema = [], [], delta.stored_schema(path, pa.schema([]))
    inner = pa.schema([field for field in schema if field.name not in delta.PARTITION])
    for partition, files in _small(path):
        rows = pa.concat_tables([parts.read(file, inner) for file in files["path"]])
        adds += parts.write(path, rows, partition, delta.told(files))
        removes += [parts.removed(path, file, partition) for file in files["path"]]
    parts.commit(path, schema, adds, removes)


def _needless(path: Path, version: int) -> list[Path]:
    """Files of a table, and of its log, that neither this version nor a later one needs."""
    log = path / "_delta_log"
    pin = delta.pinned(path, version)
    needed = set() if pin is None else set(pin.files["path"])
    for commit in (file for file in log.glob("*.json") if file.stem.isdigit() and int(file.stem) > version):
        actions = (json.loads(line) for line in commit.read_text(encoding="utf-8").splitlines())
        needed |= {str(path / unquote(action["add"]["path"])) for action in actions if "add" in action}
    data = [file for file in path.rglob("*.parquet") if log not in file.parents and str(file) not in needed]
    return [*data, *_old_logs(log, version)]


def _old_logs(log: Path, version: int) -> list[Path]:
    """Commits before the last checkpoint that the version can be read from, and what killed runs left."""
    numbered = [file for file in log.iterdir() if file.name[:20].isdigit()]
    starts = [int(file.name[:20]) for file in numbered if ".checkpoint" in file.name]
    first = max((start for start in starts if start <= version), default=0)
    return [file for file in numbered if int(file.name[:20]) < first] + list(log.glob("*.tmp"))
