"""What the kernels of one run work out once for all of them: kept in the folder that ``XIAODIAN_SHARED`` names.

The runner makes that folder, private and for its own lifetime; without it everything is worked out where it is asked for.
"""

import hashlib
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

ENVIRONMENT = "XIAODIAN_SHARED"


def once(key: str, make: Callable[[], Any]) -> Any:
    """What ``make`` gives, taken from another kernel of the run where one has made it already; the key says all it rests on."""
    folder = os.environ.get(ENVIRONMENT)
    if not folder:
        return make()
    path = Path(folder) / hashlib.sha256(key.encode()).hexdigest()
    if path.is_file():
        return pickle.loads(path.read_bytes())
    made = make()
    fresh = path.with_suffix(f".{uuid4().hex}")
    fresh.write_bytes(pickle.dumps(made, protocol=5))
    fresh.replace(path)  # at once: nobody reads half of it
    return made
