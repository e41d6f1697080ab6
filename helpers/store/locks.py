"""One writer at a time: a locked file, which the system frees when its process ends, however it ends."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from helpers.errors import XiaodianError

PAUSE = 0.05


@contextmanager
def held(path: Path, seconds: float, what: str) -> Iterator[None]:
    """Hold the lock of a file; others wait for it.

    Parameters
    ----------
    seconds : float
        How long to wait for whoever holds it.
    what : str
        What is written under this lock, for the one line that says that it was busy.

    Raises
    ------
    XiaodianError
        Another process held it all the time.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as handle:  # closing it frees the lock
        until = time.monotonic() + seconds
        while not _taken(handle.fileno()):
            if time.monotonic() > until:
                raise XiaodianError(
                    what,
                    f"another run has been writing there for {seconds:.0f} seconds",
                    "wait until it is done, then run again; nothing was written",
                )
            time.sleep(PAUSE)
        yield


if sys.platform == "win32":
    import msvcrt

    def _taken(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _taken(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
