"""What the kernels of one run work out once for all of them: kept in the folder that ``XIAODIAN_SHARED`` names.

The runner makes that folder, private and for its own lifetime; without it everything is worked out where it is asked for.
"""

import hashlib
import mmap
import os
import pickle
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from helpers.errors import XiaodianError
from helpers.store import locks

ENVIRONMENT = "XIAODIAN_SHARED"
ALIGNED = 64  # bytes, as Arrow wants its columns
PATIENCE = 30  # seconds that a kernel waits for what another one is making


@contextmanager
def folder() -> Iterator[str]:
    """A folder for as long as this lasts; what this process works out meanwhile lies there too."""
    with tempfile.TemporaryDirectory(prefix="xd-") as private:
        os.environ[ENVIRONMENT] = private
        try:
            yield private
        finally:
            os.environ.pop(ENVIRONMENT, None)


def once(key: str, make: Callable[[], Any]) -> Any:
    """What ``make`` gives, taken from another kernel of the run where one makes it already; the key says all it rests on."""
    place = os.environ.get(ENVIRONMENT)
    if not place:
        return make()
    path = Path(place) / hashlib.sha256(key.encode()).hexdigest()
    with ExitStack() as turn:
        if not path.is_file():
            with suppress(XiaodianError):  # the other one hangs: then each for itself
                turn.enter_context(locks.held(path.with_suffix(".lock"), PATIENCE, key))
        if path.is_file():
            return _read(path)
        made = make()
        fresh = path.with_suffix(f".{uuid4().hex}")
        _write(fresh, made)
        fresh.replace(path)  # at once: nobody reads half of it
        return made


def _write(path: Path, made: Any) -> None:
    """The pickle of an object, and behind it the memory of its columns as it is."""
    columns: list[pickle.PickleBuffer] = []
    head = pickle.dumps(made, protocol=5, buffer_callback=columns.append)
    parts = [memoryview(head), *(column.raw() for column in columns)]
    with path.open("wb") as file:
        pickle.dump([part.nbytes for part in parts], file)
        for part in parts:
            file.write(bytes(-file.tell() % ALIGNED))
            file.write(part)


def _read(path: Path) -> Any:
    """The object; its columns stay where the file lies in memory, once for all who read it, until somebody changes them."""
    with path.open("rb") as file:
        sizes, at, parts = pickle.load(file), file.tell(), []
        whole = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY))
    for size in sizes:
        at += -at % ALIGNED
        parts.append(whole[at : at + size])
        at += size
    return pickle.loads(parts[0], buffers=parts[1:])
