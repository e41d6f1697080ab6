"""What the kernels of one run work out once for all of them: kept in the folder that ``XIAODIAN_SHARED`` names.

The runner makes that folder, private and for its own lifetime; without it everything is worked out where it is asked for.
"""

import hashlib
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
            return pickle.loads(path.read_bytes())
        made = make()
        fresh = path.with_suffix(f".{uuid4().hex}")
        fresh.write_bytes(pickle.dumps(made, protocol=5))
        fresh.replace(path)  # at once: nobody reads half of it
        return made
