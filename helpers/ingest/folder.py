"""The files of a shop's folder, found without following links and opened without ever waiting for one."""

import os
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from helpers.ingest.limits import refused
from helpers.ingest.refusal import Refusal, words

YOUNG = 2 * 10**9  # nanoseconds; some file systems count seconds in twos
LONGEST = 150  # characters of a name that are shown
TODO = {"archive": "unpack", "other_program": "save_as", "partial": "wait"}


def walk(root: Path, endings: Sequence[str]) -> list[Path]:
    """Everything in the folder but plain folders, by name; links to folders and closed folders are named, not entered.

    So is a folder that is called like a file (``x.csv``).
    """
    return sorted(_walked(root, tuple(f".{ending}" for ending in endings)))


def _walked(root: Path, endings: tuple[str, ...]) -> Iterator[Path]:
    closed: list[Path] = []
    for folder, inner, names in os.walk(root, onerror=lambda error: closed.append(Path(error.filename))):
        strange = [name for name in inner if (Path(folder) / name).is_symlink() or name.lower().endswith(endings)]
        inner[:] = [name for name in inner if name not in strange]
        yield from (Path(folder) / name for name in (*names, *strange))
    yield from (path for path in closed if path != root)


def shown(name: str) -> str:
    """A file's name as it may be printed and stored: one line, not too long, nothing that a screen obeys."""
    clean = "".join(sign if sign.isprintable() else "?" for sign in name)
    return clean if len(clean) <= LONGEST else f"{clean[: LONGEST // 2]}…{clean[-LONGEST // 2 :]}"


def stamp(path: Path) -> str:
    """What changes whenever a file is written anew: its size, place and times; empty for a link and for a file just made.

    Two writes within a tick of the clock may leave the same times, so that a young file is always read.
    """
    try:
        found = path.lstat()
    except OSError:
        return ""
    young = time.time_ns() - max(found.st_mtime_ns, found.st_ctime_ns) < YOUNG
    plain = stat.S_ISREG(found.st_mode) and not young
    return f"{found.st_size}-{found.st_ino}-{found.st_mtime_ns}-{found.st_ctime_ns}" if plain else ""


def content(path: Path, root: Path, endings: Sequence[str], formats: Mapping[str, Any]) -> bytes:
    """All bytes of a file.

    Raises
    ------
    Refusal
        It is no plain file or no file of data, a link out of the shop's folder, too large, closed, or being written.
    """
    try:
        _plain(path, root, formats)
        _known(path, endings, formats)
        return _bytes(path, formats)
    except OSError as error:
        raise refused(path, formats, "no_access", "rights", error=error.strerror or error) from None


def _plain(path: Path, root: Path, formats: Mapping[str, Any]) -> None:
    if path.is_symlink() and not path.exists():
        raise refused(path, formats, "dangling", "put_file")
    if path.is_relative_to(root) and not path.resolve().is_relative_to(root.resolve()):
        raise refused(path, formats, "link_out", "put_file")
    if path.is_dir() and os.access(path, os.R_OK | os.X_OK):
        raise refused(path, formats, "link_folder" if path.is_symlink() else "is_folder", "put_file")
    if path.exists() and not path.is_dir() and not path.is_file():
        raise refused(path, formats, "no_file", "put_file")


def _known(path: Path, endings: Sequence[str], formats: Mapping[str, Any]) -> None:
    ending = path.suffix.lower().removeprefix(".")
    message = next((message for message, known in formats["endings"].items() if ending in known), "")
    if message:
        raise refused(path, formats, message, TODO[message])
    if ending not in endings and not path.is_dir():
        reason = words(formats["messages"]["ending"], ending=shown(ending))
        raise Refusal(path.name, reason, words(formats["todo"]["none"]), "ignored")


def _bytes(path: Path, formats: Mapping[str, Any]) -> bytes:
    limit = formats["limits"]["file"]
    with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as handle:
        before = os.fstat(handle.fileno())
        if not stat.S_ISREG(before.st_mode):  # it was another thing a moment ago
            raise refused(path, formats, "no_file", "put_file")
        if before.st_size > limit:
            slots = {"size": before.st_size // 10**6, "limit": limit // 10**6}
            raise refused(path, formats, "too_large", "split", **slots)
        data = handle.read(before.st_size + 1)
        after = os.fstat(handle.fileno())
    if len(data) != before.st_size or before.st_mtime_ns != after.st_mtime_ns:
        raise refused(path, formats, "changing", "wait")
    return data
